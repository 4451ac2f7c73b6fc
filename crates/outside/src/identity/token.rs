//! An ID token, believed only after all of OpenID Connect Core 1.0, 3.1.3.7, has been looked at.
//! Pure: no clock of its own, no network.

use super::{
    Recognised,
    keys::{Algorithm, Key},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::{Map, Value};

/// Seconds that a provider's clock may be off.
const CLOCKS_APART_MAX: i64 = 60;
/// Seconds since a token was made: one is redeemed at once.
const AGE_MAX: i64 = 10 * 60;
/// Characters of a subject, by the standard.
const SUBJECT_CHARS_MAX: usize = 255;

/// Why a token is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Untrue {
    /// The answer has none.
    #[error("there is none")]
    NoToken,
    /// Not three parts, or not JSON.
    #[error("it is not a token")]
    Malformed,
    /// `none`, a shared secret, or something unheard of.
    #[error("it is signed in a way that is not taken: RS256, ES256 and EdDSA are")]
    OtherAlgorithm,
    /// Signed with a key that the provider does not publish.
    #[error("its key is not among those of the provider")]
    UnknownKey,
    /// Not what the key has signed.
    #[error("its signature is wrong")]
    BadSignature,
    /// Somebody else's word.
    #[error("it is of another issuer")]
    OtherIssuer,
    /// Meant for somebody else.
    #[error("it is for another client")]
    OtherClient,
    /// Of another sign-in.
    #[error("its nonce is not that of this sign-in")]
    OtherNonce,
    /// Too late.
    #[error("it has expired")]
    Expired,
    /// Made long ago, or in the future.
    #[error("its time is not now; compare the clocks of both machines")]
    OtherTime,
    /// Nobody is named.
    #[error("it names nobody")]
    NoSubject,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
    /// What must be understood. Nothing is.
    #[serde(default)]
    crit: Option<Value>,
}

/// A token whose signature nobody has looked at.
pub(super) struct Token<'a> {
    algorithm: Algorithm,
    key: Option<String>,
    signed: &'a str,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

/// What a provider has signed; whom for and when remains to be looked at.
#[derive(Debug)]
pub(super) struct Signed(Map<String, Value>);

/// What a token must say.
pub(super) struct Wanted<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    /// In seconds.
    pub(super) now: i64,
}

pub(super) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

impl<'a> Token<'a> {
    pub(super) fn parse(text: &'a str) -> Result<Self, Untrue> {
        let (signed, signature) = text.rsplit_once('.').ok_or(Untrue::Malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(Untrue::Malformed)?;
        let part = |part: &str| decode(part).ok_or(Untrue::Malformed);
        let header: Header =
            serde_json::from_slice(&part(header)?).map_err(|_| Untrue::Malformed)?;
        if header.crit.is_some() {
            return Err(Untrue::OtherAlgorithm);
        }
        Ok(Self {
            algorithm: Algorithm::named(&header.alg).ok_or(Untrue::OtherAlgorithm)?,
            key: header.kid,
            signed,
            payload: part(payload)?,
            signature: part(signature)?,
        })
    }

    /// Whether one of these keys has signed it. A token that names no key is by the only one that it
    /// can be by.
    pub(super) fn verify(&self, keys: &[Key]) -> Result<Signed, Untrue> {
        let mut fitting = keys.iter().filter(|key| {
            key.algorithm() == self.algorithm && (self.key.is_none() || key.name == self.key)
        });
        let key = fitting.next().ok_or(Untrue::UnknownKey)?;
        if fitting.next().is_some() {
            return Err(Untrue::UnknownKey);
        }
        if !key.has_signed(self.signed.as_bytes(), &self.signature) {
            return Err(Untrue::BadSignature);
        }
        serde_json::from_slice(&self.payload)
            .map(Signed)
            .map_err(|_| Untrue::Malformed)
    }
}

impl Signed {
    pub(super) fn check(self, wanted: &Wanted<'_>) -> Result<Recognised, Untrue> {
        let claims = self.0;
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        if text("iss") != Some(wanted.issuer) {
            return Err(Untrue::OtherIssuer);
        }
        check_audience(&claims, wanted.client_id)?;
        check_time(&claims, wanted.now)?;
        if text("nonce") != Some(wanted.nonce) {
            return Err(Untrue::OtherNonce);
        }
        let subject = text("sub").filter(|it| {
            !it.is_empty() && it.len() <= SUBJECT_CHARS_MAX && it.chars().all(|c| !c.is_control())
        });
        let subject = subject.ok_or(Untrue::NoSubject)?.to_owned();
        Ok(Recognised { subject, claims })
    }
}

/// For us, and where it is for others too, asked for by us.
fn check_audience(claims: &Map<String, Value>, client_id: &str) -> Result<(), Untrue> {
    let several = match claims.get("aud") {
        Some(Value::String(one)) if one == client_id => false,
        Some(Value::Array(all)) if all.iter().any(|one| one == client_id) => all.len() > 1,
        _ => return Err(Untrue::OtherClient),
    };
    match claims.get("azp") {
        Some(asker) if asker == client_id => Ok(()),
        None if !several => Ok(()),
        _ => Err(Untrue::OtherClient),
    }
}

/// Times are numbers; one that is something else is no time at all.
fn check_time(claims: &Map<String, Value>, now: i64) -> Result<(), Untrue> {
    let seconds = |name: &str| {
        let value = claims.get(name)?;
        value
            .as_i64()
            .or_else(|| value.as_f64().map(|it| it as i64))
    };
    let expires = seconds("exp").ok_or(Untrue::Expired)?;
    if expires.saturating_add(CLOCKS_APART_MAX) <= now {
        return Err(Untrue::Expired);
    }
    let made = seconds("iat").ok_or(Untrue::OtherTime)?;
    let from = match claims.contains_key("nbf") {
        true => seconds("nbf").ok_or(Untrue::OtherTime)?,
        false => made,
    };
    let latest = now.saturating_add(CLOCKS_APART_MAX);
    if made > latest || from > latest || made.saturating_add(AGE_MAX) < now {
        return Err(Untrue::OtherTime);
    }
    Ok(())
}

#[cfg(test)]
#[path = "token_tests.rs"]
mod tests;
