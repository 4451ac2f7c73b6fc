//! A device that keeps passkeys, in software: it makes keys and signs with them, and says whatever
//! a test wants it to say.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    rand::{SecureRandom, SystemRandom},
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Somebody was there, and proved it.
const PRESENT_AND_VERIFIED: u8 = 0b101;
const HAS_KEY: u8 = 1 << 6;

enum Key {
    P256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

/// A device with one key.
pub struct Authenticator {
    key: Key,
    /// Its name for the key.
    pub credential: Vec<u8>,
    /// What it knows the account by, once it has made the key for somebody.
    pub user: Option<String>,
    /// How often it has signed.
    pub counter: u32,
}

/// What browser and device are about to say. Right as it comes; a test changes what it likes.
#[derive(Clone, Debug)]
pub struct Said {
    /// `webauthn.get` or `webauthn.create`.
    pub purpose: String,
    /// As it was asked for.
    pub challenge: String,
    /// The page's.
    pub origin: String,
    /// The page stands within another site's.
    pub cross_origin: bool,
    /// The host that the device signs for.
    pub site: String,
    /// What it says of whoever was there.
    pub flags: u8,
    /// How often it has signed.
    pub counter: u32,
    /// Its name for the key.
    pub credential: Vec<u8>,
    /// What it knows the account by.
    pub user: Option<String>,
    /// What stands behind all else.
    pub more: Vec<u8>,
}

impl Authenticator {
    /// A device that signs with ECDSA.
    ///
    /// # Panics
    /// Where there is no randomness.
    pub fn p256() -> Self {
        let random = SystemRandom::new();
        let kind = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let secret = EcdsaKeyPair::generate_pkcs8(kind, &random).expect("random bytes");
        let key = EcdsaKeyPair::from_pkcs8(kind, secret.as_ref(), &random).expect("its own key");
        Self::with(Key::P256(key))
    }

    /// A device that signs with Ed25519.
    ///
    /// # Panics
    /// Where there is no randomness.
    pub fn ed25519() -> Self {
        let secret = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).expect("random bytes");
        let key = Ed25519KeyPair::from_pkcs8(secret.as_ref()).expect("its own key");
        Self::with(Key::Ed25519(key))
    }

    fn with(key: Key) -> Self {
        let mut credential = vec![0; 32];
        SystemRandom::new()
            .fill(&mut credential)
            .expect("random bytes");
        Self {
            key,
            credential,
            user: None,
            counter: 0,
        }
    }

    /// What it says to a challenge or an offer of a key, on this page.
    ///
    /// # Panics
    /// Where it is neither.
    pub fn said(&mut self, asked: &Value, origin: &str) -> Said {
        let creates = asked.get("user").and_then(Value::as_str);
        if let Some(user) = creates {
            self.user = Some(user.to_owned());
        }
        let purpose = if creates.is_some() { "create" } else { "get" };
        let text = |name: &str| asked[name].as_str().expect("a challenge").to_owned();
        Said {
            purpose: format!("webauthn.{purpose}"),
            challenge: text("challenge"),
            origin: origin.to_owned(),
            cross_origin: false,
            site: text("site"),
            flags: PRESENT_AND_VERIFIED,
            counter: self.counter,
            credential: self.credential.clone(),
            user: self.user.clone(),
            more: Vec::new(),
        }
    }

    /// A key as it is brought to the server.
    pub fn create(&self, said: &Said, name: &str) -> Value {
        let mut device = said.device(HAS_KEY);
        device.extend([0; 16]);
        device.extend((said.credential.len() as u16).to_be_bytes());
        device.extend(&said.credential);
        device.extend(self.public_key());
        device.extend(&said.more);
        json!({
            "name": name,
            "client_data": encode(&said.client()),
            "authenticator_data": encode(&device),
        })
    }

    /// A signature as it is brought to the server.
    ///
    /// # Panics
    /// Where there is no randomness.
    pub fn get(&self, said: &Said) -> Value {
        let client = said.client();
        let mut device = said.device(0);
        device.extend(&said.more);
        let mut signed = device.clone();
        signed.extend(Sha256::digest(&client));
        let signature = match &self.key {
            Key::P256(key) => {
                let signature = key.sign(&SystemRandom::new(), &signed);
                signature.expect("random bytes").as_ref().to_vec()
            }
            Key::Ed25519(key) => key.sign(&signed).as_ref().to_vec(),
        };
        json!({
            "id": encode(&said.credential),
            "client_data": encode(&client),
            "authenticator_data": encode(&device),
            "signature": encode(&signature),
            "user": said.user,
        })
    }

    /// Its public key, as COSE.
    pub fn public_key(&self) -> Vec<u8> {
        let bytes = |label: u8, bytes: &[u8]| [&[label, 0x58, bytes.len() as u8], bytes].concat();
        match &self.key {
            Key::P256(key) => {
                let point = key.public_key().as_ref();
                // {1: 2, 3: -7, -1: 1, -2: x, -3: y}
                let begin = [0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01];
                let (x, y) = (bytes(0x21, &point[1..33]), bytes(0x22, &point[33..]));
                [&begin[..], &x, &y].concat()
            }
            Key::Ed25519(key) => {
                // {1: 1, 3: -8, -1: 6, -2: x}
                let begin = [0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06];
                [&begin[..], &bytes(0x21, key.public_key().as_ref())].concat()
            }
        }
    }
}

impl Said {
    fn client(&self) -> Vec<u8> {
        let data = json!({
            "type": self.purpose,
            "challenge": self.challenge,
            "origin": self.origin,
            "crossOrigin": self.cross_origin,
            "other_keys_can_be_added_here": "do not compare this with a template",
        });
        data.to_string().into_bytes()
    }

    fn device(&self, more_flags: u8) -> Vec<u8> {
        let mut device = Sha256::digest(self.site.as_bytes()).to_vec();
        device.push(self.flags | more_flags);
        device.extend(self.counter.to_be_bytes());
        device
    }
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
