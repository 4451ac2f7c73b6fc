//! Public keys as devices write them (COSE, RFC 9052 and 9053), and what they have signed. Three
//! algorithms, each bound to its kind of key: no answer chooses another.

use super::{
    cbor::{Reader, Spoilt, Value},
    words::Untrue,
};
use ring::{
    agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey as Point, agree_ephemeral},
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
        UnparsedPublicKey,
    },
};

/// Algorithms by their numbers at IANA, those first that are asked for first.
pub(super) const ALGORITHMS: [i32; 3] = [ES256, ED_DSA, RS256];
const ES256: i32 = -7;
const ED_DSA: i32 = -8;
const RS256: i32 = -257;
/// Bits of an RSA key.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;
/// Bytes of its exponent.
const EXPONENT_BYTES_MAX: usize = 4;
/// Labels of a key; those that are needed are five at most.
const LABELS_MAX: u64 = 16;

enum Material {
    P256(Vec<u8>),
    Ed25519(Vec<u8>),
    Rsa { n: Vec<u8>, e: Vec<u8> },
}

/// A device's public key.
pub(super) struct PublicKey(Material);

impl PublicKey {
    /// One that was kept: nothing may stand behind it.
    pub(super) fn kept(bytes: &[u8]) -> Result<Self, Untrue> {
        let mut reader = Reader::new(bytes);
        let key = Self::read(&mut reader)?;
        match reader.rest().is_empty() {
            true => Ok(key),
            false => Err(Untrue::Malformed),
        }
    }

    /// One with which something begins; what stands behind it is left in the reader.
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, Untrue> {
        let written = Written::read(reader).map_err(|Spoilt| Untrue::Malformed)?;
        written.material().map(Self).ok_or(Untrue::UnusableKey)
    }

    pub(super) fn algorithm(&self) -> i32 {
        match self.0 {
            Material::P256(_) => ES256,
            Material::Ed25519(_) => ED_DSA,
            Material::Rsa { .. } => RS256,
        }
    }

    pub(super) fn has_signed(&self, signed: &[u8], signature: &[u8]) -> bool {
        let verdict = match &self.0 {
            Material::P256(point) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(signed, signature)
            }
            Material::Ed25519(point) => {
                UnparsedPublicKey::new(&ED25519, point).verify(signed, signature)
            }
            Material::Rsa { n, e } => RsaPublicKeyComponents { n, e }.verify(
                &RSA_PKCS1_2048_8192_SHA256,
                signed,
                signature,
            ),
        };
        verdict.is_ok()
    }
}

/// The labels that say something here. What -1, -2 and -3 are depends on the kind of key.
#[derive(Default)]
struct Written<'a> {
    kind: Option<i64>,
    algorithm: Option<i64>,
    curve: Option<i64>,
    first: Option<&'a [u8]>,
    second: Option<&'a [u8]>,
    third: Option<&'a [u8]>,
}

impl<'a> Written<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self, Spoilt> {
        let mut written = Self::default();
        let labels = reader.map()?;
        if labels > LABELS_MAX {
            return Err(Spoilt);
        }
        for _ in 0..labels {
            let label = reader.value()?;
            match (label, reader.value()?) {
                (Value::Int(1), Value::Int(it)) => once(&mut written.kind, it)?,
                (Value::Int(3), Value::Int(it)) => once(&mut written.algorithm, it)?,
                (Value::Int(-1), Value::Int(it)) => once(&mut written.curve, it)?,
                (Value::Int(-1), Value::Bytes(it)) => once(&mut written.first, it)?,
                (Value::Int(-2), Value::Bytes(it)) => once(&mut written.second, it)?,
                (Value::Int(-3), Value::Bytes(it)) => once(&mut written.third, it)?,
                _ => {}
            }
        }
        Ok(written)
    }

    fn material(&self) -> Option<Material> {
        let algorithm = i32::try_from(self.algorithm?).ok()?;
        match (self.kind?, algorithm, self.curve) {
            (2, ES256, Some(1)) => {
                let mut point = vec![4];
                point.extend(self.second.filter(|x| x.len() == 32)?);
                point.extend(self.third.filter(|y| y.len() == 32)?);
                is_on_the_curve(&point).then_some(Material::P256(point))
            }
            (1, ED_DSA, Some(6)) => {
                let point = self.second.filter(|x| x.len() == 32)?;
                Some(Material::Ed25519(point.to_vec()))
            }
            (3, RS256, None) => {
                let (n, e) = (without_zeros(self.first?), without_zeros(self.second?));
                let leading = n.first()?.leading_zeros() as usize;
                let bits = n.len() * 8 - leading;
                let is_odd = |number: &[u8]| number.last().is_some_and(|byte| byte % 2 == 1);
                let fits = RSA_BITS.contains(&bits)
                    && (is_odd(n) && is_odd(e))
                    && e.len() <= EXPONENT_BYTES_MAX
                    && e != [1];
                fits.then(|| Material::Rsa {
                    n: n.to_vec(),
                    e: e.to_vec(),
                })
            }
            _ => None,
        }
    }
}

fn once<T>(place: &mut Option<T>, found: T) -> Result<(), Spoilt> {
    match place.replace(found) {
        None => Ok(()),
        Some(_) => Err(Spoilt),
    }
}

/// Asked before a key is kept: one that is no point could never sign, and its owner would learn of
/// it at the door. An agreement is the only thing that looks at a point without a signature.
fn is_on_the_curve(point: &[u8]) -> bool {
    let own = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new());
    own.and_then(|own| agree_ephemeral(own, &Point::new(&ECDH_P256, point), |_| ()))
        .is_ok()
}

/// Numbers are written without leading zeros, but not by everybody.
fn without_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    &number[zeros..]
}
