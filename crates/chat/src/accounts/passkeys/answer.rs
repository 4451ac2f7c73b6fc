//! What a browser and a device say together (Web Authentication, Level 3): where they are, for
//! whom, and that somebody was there and proved it to the device.

use super::{
    cbor::Reader,
    key::PublicKey,
    words::{Page, Untrue},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// Bytes of a device's name for a key, by the standard.
pub(super) const CREDENTIAL_BYTES_MAX: usize = 1023;
/// Bytes of what the browser says.
const CLIENT_BYTES_MAX: usize = 8 * 1024;
/// Bytes of what the device says: the largest key and what may stand behind it.
const DEVICE_BYTES_MAX: usize = 8 * 1024;

const PRESENT: u8 = 1;
const VERIFIED: u8 = 1 << 2;
const MAY_BE_COPIED: u8 = 1 << 3;
const IS_COPIED: u8 = 1 << 4;
const HAS_KEY: u8 = 1 << 6;
const HAS_MORE: u8 = 1 << 7;

/// What the browser was asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Create,
    Get,
}

impl Purpose {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Create => "webauthn.create",
            Self::Get => "webauthn.get",
        }
    }
}

/// What the browser says of where it is; it stands under the device's signature by its digest.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientData {
    #[serde(rename = "type")]
    purpose: String,
    challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: bool,
    #[serde(default)]
    top_origin: Option<serde_json::Value>,
}

/// Refuses what was said for something else, elsewhere, or to another challenge.
pub(super) fn check_client(
    said: &[u8],
    purpose: Purpose,
    challenge: &[u8; 32],
    page: &Page,
) -> Result<(), Untrue> {
    if said.len() > CLIENT_BYTES_MAX {
        return Err(Untrue::Malformed);
    }
    let data: ClientData = serde_json::from_slice(said).map_err(|_| Untrue::Malformed)?;
    if data.purpose != purpose.as_str() {
        return Err(Untrue::OtherPurpose);
    }
    if data.challenge != URL_SAFE_NO_PAD.encode(challenge) {
        return Err(Untrue::OtherChallenge);
    }
    // Within a page of another site it is not ours that people see.
    if data.origin != page.origin || data.cross_origin || data.top_origin.is_some() {
        return Err(Untrue::OtherPage);
    }
    Ok(())
}

/// What the device says.
pub(super) struct DeviceData {
    /// How often it has signed, as far as it counts.
    pub(super) counter: u32,
    /// A key that it has just made.
    pub(super) made: Option<Made>,
}

/// A key that a device has just made.
pub(super) struct Made {
    pub(super) credential: Vec<u8>,
    pub(super) key: PublicKey,
    /// The same as it was written.
    pub(super) written: Vec<u8>,
}

impl DeviceData {
    /// Reads it, and refuses what was said for another site, or while nobody proved who they are.
    pub(super) fn read(said: &[u8], page: &Page) -> Result<Self, Untrue> {
        if said.len() > DEVICE_BYTES_MAX {
            return Err(Untrue::Malformed);
        }
        let mut rest = said;
        let site: [u8; 32] = take(&mut rest)?;
        let [flags] = take(&mut rest)?;
        let counter = u32::from_be_bytes(take(&mut rest)?);
        if site != *Sha256::digest(page.site.as_bytes()) {
            return Err(Untrue::OtherSite);
        }
        if flags & PRESENT == 0 {
            return Err(Untrue::NobodyThere);
        }
        if flags & VERIFIED == 0 {
            return Err(Untrue::NotVerified);
        }
        if flags & IS_COPIED != 0 && flags & MAY_BE_COPIED == 0 {
            return Err(Untrue::Malformed);
        }
        let made = match flags & HAS_KEY {
            0 => None,
            _ => Some(Made::read(&mut rest)?),
        };
        if flags & HAS_MORE != 0 {
            let mut reader = Reader::new(rest);
            // We ask for nothing more, and some devices say it all the same.
            reader.clone().map().map_err(|_| Untrue::Malformed)?;
            reader.value().map_err(|_| Untrue::Malformed)?;
            rest = reader.rest();
        }
        match rest.is_empty() {
            true => Ok(Self { counter, made }),
            false => Err(Untrue::Malformed),
        }
    }
}

impl Made {
    fn read(rest: &mut &[u8]) -> Result<Self, Untrue> {
        let _model: [u8; 16] = take(rest)?;
        let length = usize::from(u16::from_be_bytes(take(rest)?));
        if !(1..=CREDENTIAL_BYTES_MAX).contains(&length) {
            return Err(Untrue::Malformed);
        }
        let (credential, after) = rest.split_at_checked(length).ok_or(Untrue::Malformed)?;
        let mut reader = Reader::new(after);
        let key = PublicKey::read(&mut reader)?;
        let written = after[..after.len() - reader.rest().len()].to_vec();
        *rest = reader.rest();
        Ok(Self {
            credential: credential.to_vec(),
            key,
            written,
        })
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], Untrue> {
    let (taken, after) = rest.split_first_chunk().ok_or(Untrue::Malformed)?;
    *rest = after;
    Ok(*taken)
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
