//! By what push services know this server (RFC 8292): a key pair that was made once, and a word
//! signed with it for one service and half a day.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use ring::{
    error::{KeyRejected, Unspecified},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use serde_json::json;

/// So long a word is good; a day is the most that services take.
const GOOD_FOR: SignedDuration = SignedDuration::from_hours(12);

/// The key pair. Nothing of it but the public key is ever shown.
pub(super) struct Vapid {
    pair: EcdsaKeyPair,
    public: String,
}

impl Vapid {
    /// A fresh key pair, to be kept.
    pub(super) fn fresh() -> Result<Vec<u8>, Unspecified> {
        let pair =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())?;
        Ok(pair.as_ref().to_vec())
    }

    /// What was kept.
    pub(super) fn kept(pkcs8: &[u8]) -> Result<Self, KeyRejected> {
        let pair = EcdsaKeyPair::from_pkcs8(
            &ECDSA_P256_SHA256_FIXED_SIGNING,
            pkcs8,
            &SystemRandom::new(),
        )?;
        let public = URL_SAFE_NO_PAD.encode(pair.public_key());
        Ok(Self { pair, public })
    }

    /// The public key: base64url.
    pub(super) fn public(&self) -> &str {
        &self.public
    }

    /// The value of `Authorization` for a service, by its origin.
    pub(super) fn word(
        &self,
        audience: &str,
        contact: Option<&str>,
        now: Timestamp,
    ) -> Result<String, Unspecified> {
        let until = now.checked_add(GOOD_FOR).unwrap_or(now).as_second();
        let mut claims = json!({ "aud": audience, "exp": until });
        if let Some(contact) = contact {
            claims["sub"] = contact.into();
        }
        let part = |text: String| URL_SAFE_NO_PAD.encode(text);
        let head = part(json!({ "alg": "ES256", "typ": "JWT" }).to_string());
        let said = format!("{head}.{}", part(claims.to_string()));
        let signature = self.pair.sign(&SystemRandom::new(), said.as_bytes())?;
        let signature = URL_SAFE_NO_PAD.encode(signature);
        Ok(format!("vapid t={said}.{signature}, k={}", self.public))
    }
}
