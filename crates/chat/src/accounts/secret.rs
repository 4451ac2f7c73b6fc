//! Secrets that open doors. The store keeps digests only.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::RngExt;
use sha2::{Digest, Sha256};

/// Characters of a public name: enough to tell those of a list apart.
const NAME_CHARS: usize = 24;

/// 256 random bits, in characters that survive a URL.
pub(super) fn new_secret() -> String {
    let bytes: [u8; 32] = rand::rng().random();
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The form in which a secret is kept and looked up. The secrets are random and long, so a fast
/// digest without salt is enough.
pub fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// The name of a cookie, token or link in a list, which does not tell what the store looks it up by.
pub(super) fn public_name(of: &[u8; 32]) -> String {
    let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    let mut name = hex(&digest(&hex(of)));
    name.truncate(NAME_CHARS);
    name
}
