//! Public keys of a provider, and what they have signed. Three algorithms, each bound to its kind of
//! key: a token cannot choose another, and a secret that both sides share is none of them.

use super::token::decode;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};
use serde::Deserialize;

/// Keys of one provider; further ones are not looked at.
const KEYS_MAX: usize = 64;

/// How tokens may be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    Rs256,
    Es256,
    EdDsa,
}

impl Algorithm {
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::Rs256),
            "ES256" => Some(Self::Es256),
            "EdDSA" => Some(Self::EdDsa),
            _ => None,
        }
    }
}

enum Material {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    P256(Vec<u8>),
    Ed25519(Vec<u8>),
}

/// A key that tokens may be signed with.
pub(super) struct Key {
    pub(super) name: Option<String>,
    material: Material,
}

impl Key {
    pub(super) fn algorithm(&self) -> Algorithm {
        match self.material {
            Material::Rsa { .. } => Algorithm::Rs256,
            Material::P256(_) => Algorithm::Es256,
            Material::Ed25519(_) => Algorithm::EdDsa,
        }
    }

    pub(super) fn has_signed(&self, signed: &[u8], signature: &[u8]) -> bool {
        let verdict = match &self.material {
            Material::Rsa { n, e } => RsaPublicKeyComponents { n, e }.verify(
                &RSA_PKCS1_2048_8192_SHA256,
                signed,
                signature,
            ),
            Material::P256(point) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(signed, signature)
            }
            Material::Ed25519(point) => {
                UnparsedPublicKey::new(&ED25519, point).verify(signed, signature)
            }
        };
        verdict.is_ok()
    }
}

/// A key as it is published (RFC 7517, 7518, 8037).
#[derive(Deserialize)]
struct Published {
    kty: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default, rename = "use")]
    purpose: Option<String>,
    #[serde(default)]
    alg: Option<String>,
    #[serde(default)]
    crv: Option<String>,
    #[serde(default)]
    n: Option<String>,
    #[serde(default)]
    e: Option<String>,
    #[serde(default)]
    x: Option<String>,
    #[serde(default)]
    y: Option<String>,
}

/// A provider's keys as they are published. Each is read by itself: one of a kind that nobody here
/// knows spoils none of the others.
#[derive(Deserialize)]
pub(super) struct Set {
    keys: Vec<serde_json::Value>,
}

/// Those that a token may be signed with.
pub(super) fn usable(set: Set) -> Vec<Key> {
    let published = set.keys.into_iter().take(KEYS_MAX);
    published
        .filter_map(|key| read(serde_json::from_value(key).ok()?))
        .collect()
}

fn read(key: Published) -> Option<Key> {
    let is_for_signing = key.purpose.as_deref().is_none_or(|it| it == "sig");
    let part = |part: &Option<String>| decode(part.as_deref()?);
    let material = match (key.kty.as_str(), key.crv.as_deref()) {
        ("RSA", _) => Material::Rsa {
            n: without_zeros(part(&key.n)?),
            e: without_zeros(part(&key.e)?),
        },
        ("EC", Some("P-256")) => {
            let mut point = vec![4];
            point.extend(part(&key.x).filter(|it| it.len() == 32)?);
            point.extend(part(&key.y).filter(|it| it.len() == 32)?);
            Material::P256(point)
        }
        ("OKP", Some("Ed25519")) => Material::Ed25519(part(&key.x)?),
        _ => return None,
    };
    let read = Key {
        name: key.kid,
        material,
    };
    let fits = key
        .alg
        .is_none_or(|alg| Algorithm::named(&alg) == Some(read.algorithm()));
    (is_for_signing && fits).then_some(read)
}

/// Numbers are written without leading zeros, but not by everybody.
fn without_zeros(mut number: Vec<u8>) -> Vec<u8> {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.drain(..zeros);
    number
}
