//! What is pushed is sealed for one browser (RFC 8291): the service that carries it sees its length,
//! in steps, and nothing else. One record of `aes128gcm` (RFC 8188). Pure, but for the chance in it.

use ring::{
    aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    agreement::{self, ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey},
    error::Unspecified,
    hmac::{self, HMAC_SHA256},
    rand::{SecureRandom, SystemRandom},
};

/// A point of P-256, uncompressed.
pub(super) const PUBLIC_KEY_BYTES: usize = 65;
/// What both sides know besides.
pub(super) const AUTH_BYTES: usize = 16;

const SALT_BYTES: usize = 16;
/// Services take at least so much, and need not take more (RFC 8030).
const RECORD_BYTES: u32 = 4_096;
const HEAD_BYTES: usize = SALT_BYTES + 4 + 1 + PUBLIC_KEY_BYTES;
const TAG_BYTES: usize = 16;
/// Text is filled up to a multiple of this: how long a message is, is nobody's business.
const STEP_BYTES: usize = 512;
/// What fits.
const TEXT_BYTES_MAX: usize = RECORD_BYTES as usize - HEAD_BYTES - TAG_BYTES - 1;

/// Seals a text. Fails where it is too long, or the key is no point of the curve.
pub(super) fn seal(text: &[u8], public_key: &[u8], auth: &[u8]) -> Result<Vec<u8>, Unspecified> {
    let chance = SystemRandom::new();
    let mut salt = [0; SALT_BYTES];
    chance.fill(&mut salt)?;
    let ours = EphemeralPrivateKey::generate(&ECDH_P256, &chance)?;
    let our_public = ours.compute_public_key()?;
    let theirs = UnparsedPublicKey::new(&ECDH_P256, public_key);
    let length = (text.len() + 1).next_multiple_of(STEP_BYTES);
    agreement::agree_ephemeral(ours, &theirs, |secret| {
        let keys = Keys::of(secret, auth, public_key, our_public.as_ref(), &salt);
        keys.record(
            text,
            length.min(TEXT_BYTES_MAX + 1),
            our_public.as_ref(),
            &salt,
        )
    })?
}

/// What one message is encrypted with.
struct Keys {
    key: [u8; 16],
    nonce: [u8; 12],
}

impl Keys {
    /// HKDF in both its steps; each expands into one block.
    fn of(secret: &[u8], auth: &[u8], theirs: &[u8], ours: &[u8], salt: &[u8]) -> Self {
        let both = [&b"WebPush: info\0"[..], theirs, ours, &[1]].concat();
        let input = mac(&mac(auth, secret), &both);
        let pseudorandom = mac(salt, &input);
        Self {
            key: first(&mac(&pseudorandom, b"Content-Encoding: aes128gcm\0\x01")),
            nonce: first(&mac(&pseudorandom, b"Content-Encoding: nonce\0\x01")),
        }
    }

    /// Salt, size, our key, and the one record: the text, a mark where it ends, zeros up to
    /// `length`.
    fn record(
        &self,
        text: &[u8],
        length: usize,
        ours: &[u8],
        salt: &[u8],
    ) -> Result<Vec<u8>, Unspecified> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(Unspecified);
        }
        let mut sealed = [text, &[2]].concat();
        sealed.resize(length.max(sealed.len()), 0);
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &self.key)?);
        let nonce = Nonce::assume_unique_for_key(self.nonce);
        key.seal_in_place_append_tag(nonce, Aad::empty(), &mut sealed)?;
        let size = RECORD_BYTES.to_be_bytes();
        Ok([salt, &size, &[PUBLIC_KEY_BYTES as u8], ours, &sealed].concat())
    }
}

fn mac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let key = hmac::Key::new(HMAC_SHA256, key);
    hmac::sign(&key, text).as_ref().to_vec()
}

fn first<const N: usize>(bytes: &[u8]) -> [u8; N] {
    std::array::from_fn(|at| bytes[at])
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

    fn bytes(text: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(text).unwrap()
    }

    #[test]
    fn the_example_of_the_rfc_comes_out_to_the_byte() {
        // RFC 8291, appendix A.
        let theirs = bytes(
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        );
        let ours = bytes(
            "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8",
        );
        let salt = bytes("DGv6ra1nlYgDCS1FRnbzlw");
        let auth = bytes("BTBZMqHH6r4Tts7J_aSIgg");
        let secret = bytes("kyrL1jIIOHEzg3sM2ZWRHDRB62YACZhhSlknJ672kSs");
        let keys = Keys::of(&secret, &auth, &theirs, &ours, &salt);
        assert_eq!(keys.key.to_vec(), bytes("oIhVW04MRdy2XN9CiKLxTg"));
        assert_eq!(keys.nonce.to_vec(), bytes("4h_95klXJ5E_qnoN"));
        let text = b"When I grow up, I want to be a watermelon";
        let record = keys.record(text, 0, &ours, &salt).unwrap();
        let expected = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6\
                        e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZ\
                        wbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
        assert_eq!(record, bytes(expected));
    }

    #[test]
    fn how_long_a_text_is_shows_in_steps_alone_and_never_more_than_a_record() {
        let key = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new()).unwrap();
        let public = key.compute_public_key().unwrap();
        let sealed = |length| seal(&vec![b'x'; length], public.as_ref(), &[7; 16]);
        assert_eq!(sealed(1).unwrap().len(), sealed(500).unwrap().len());
        assert_ne!(sealed(1).unwrap(), sealed(1).unwrap());
        assert_eq!(sealed(TEXT_BYTES_MAX).unwrap().len(), RECORD_BYTES as usize);
        assert!(sealed(TEXT_BYTES_MAX + 1).is_err());
        assert!(
            seal(b"x", &[4; PUBLIC_KEY_BYTES], &[7; 16]).is_err(),
            "no point"
        );
        assert!(seal(b"x", b"", &[7; 16]).is_err());
    }
}
