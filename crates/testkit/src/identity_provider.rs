//! A provider of identities (OpenID Connect) that misbehaves on command. As strict as a real one
//! about what it is sent: the code once, its verifier, the address and the client's secret.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    digest, hmac,
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use serde_json::{Map, Value, json};
use std::{
    collections::HashMap,
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use url::{Url, form_urlencoded};

/// Of a request, head and body.
const REQUEST_BYTES_MAX: usize = 64 * 1024;

/// What a provider does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// A token of another sign-in.
    OtherNonce,
    /// A token for another client.
    OtherAudience,
    /// A token for several clients that another one asked for.
    OtherAsker,
    /// A token of another issuer.
    OtherIssuer,
    /// A token of yesterday.
    Expired,
    /// A token that never ends, as text in place of a number.
    EndsNever,
    /// A token from tomorrow.
    FromTomorrow,
    /// A token that nobody signed.
    Unsigned,
    /// A token signed with the public key as if it were a shared secret.
    SharedSecret,
    /// A token by a key that is not published, under the name of one that is.
    OtherKey,
    /// A token by a key whose name nobody knows.
    UnknownKey,
    /// A token that was changed after it was signed.
    Changed,
    /// An answer without a token.
    NoToken,
    /// Nobody is let in.
    Denied,
    /// The description speaks of somebody else.
    OtherName,
    /// The description without an end.
    Huge,
    /// The description never comes.
    Silent,
    /// Everything fails.
    Broken,
    /// Every answer leads elsewhere.
    LeadsAway,
}

struct Signer {
    name: String,
    pair: EcdsaKeyPair,
}

/// What was asked for with a code.
struct Asked {
    nonce: String,
    challenge: String,
    redirect: String,
}

struct State {
    trouble: Option<Trouble>,
    claims: Map<String, Value>,
    signer: Signer,
    published: Vec<Value>,
    codes: HashMap<String, Asked>,
    made: usize,
    came: Vec<String>,
}

/// The provider; gone when dropped.
pub struct IdentityProvider {
    /// Where it listens.
    pub address: SocketAddr,
    state: Arc<Mutex<State>>,
    accepting: JoinHandle<()>,
}

impl IdentityProvider {
    /// The name by which it knows its client.
    pub const CLIENT: &'static str = "salon of the tests";

    /// Listens on a free port. A client with a secret must say it.
    pub async fn start(secret: Option<&str>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let signer = signer("key 1");
        let state = Arc::new(Mutex::new(State {
            trouble: None,
            claims: Map::new(),
            published: vec![published(&signer)],
            signer,
            codes: HashMap::new(),
            made: 1,
            came: Vec::new(),
        }));
        let (held, secret) = (state.clone(), secret.map(str::to_owned));
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let place = Place {
                    address,
                    state: held.clone(),
                    secret: secret.clone(),
                };
                tokio::spawn(async move { drop(place.answer(stream).await) });
            }
        });
        Ok(Self {
            address,
            state,
            accepting,
        })
    }

    /// Its name.
    pub fn issuer(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Who signs in from now on: `sub` and whatever else is said of them.
    pub fn person(&self, claims: Value) {
        let Value::Object(claims) = claims else {
            return;
        };
        self.state().claims = claims;
    }

    /// What goes wrong from now on.
    pub fn trouble(&self, trouble: impl Into<Option<Trouble>>) {
        self.state().trouble = trouble.into();
    }

    /// Signs with another key from now on, and publishes that alone.
    pub fn change_key(&self) {
        let mut state = self.state();
        state.made += 1;
        state.signer = signer(&format!("key {}", state.made));
        state.published = vec![published(&state.signer)];
    }

    /// The paths that were asked for, in order.
    pub fn came(&self) -> Vec<String> {
        self.state().came.clone()
    }

    /// What a browser is sent back with that goes to `there` and signs in at once.
    ///
    /// # Errors
    /// Where the address is not one that this provider takes.
    pub fn visit(&self, there: &Url) -> Result<Url, String> {
        let asked: HashMap<String, String> = there.query_pairs().into_owned().collect();
        let of = |name: &str| {
            let value = asked.get(name).filter(|it| !it.is_empty()).cloned();
            value.ok_or_else(|| format!("{name} is missing in {there}"))
        };
        let expected = [
            ("response_type", "code"),
            ("client_id", Self::CLIENT),
            ("code_challenge_method", "S256"),
        ];
        for (name, value) in expected {
            if of(name)? != value {
                return Err(format!("{name} is not {value} in {there}"));
            }
        }
        if !of("scope")?.split(' ').any(|it| it == "openid") {
            return Err(format!("no openid in {there}"));
        }
        let mut state = self.state();
        let mut back: Url = of("redirect_uri")?.parse().map_err(|_| "no address")?;
        if state.trouble == Some(Trouble::Denied) {
            back.query_pairs_mut().append_pair("error", "access_denied");
        } else {
            state.made += 1;
            let code = format!("code/{}&=", state.made);
            back.query_pairs_mut().append_pair("code", &code);
            let asked = Asked {
                nonce: of("nonce")?,
                challenge: of("code_challenge")?,
                redirect: of("redirect_uri")?,
            };
            state.codes.insert(code, asked);
        }
        back.query_pairs_mut().append_pair("state", &of("state")?);
        Ok(back)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for IdentityProvider {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

struct Place {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    secret: Option<String>,
}

/// What is said: the status, further headers, the body.
struct Said(u16, String, String);

impl Place {
    async fn answer(&self, mut stream: TcpStream) -> io::Result<()> {
        let (head, body) = read(&mut stream).await?;
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        let trouble = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.came.push(path.clone());
            state.trouble
        };
        let Said(status, more, body) = match trouble {
            Some(Trouble::Silent) => {
                // Ends when the other side does.
                while stream.read_buf(&mut Vec::new()).await? > 0 {}
                return Ok(());
            }
            Some(Trouble::Huge) => {
                stream.write_all(b"HTTP/1.1 200 Said\r\n\r\n[").await?;
                loop {
                    stream.write_all(&[b' '; 8_192]).await?;
                }
            }
            Some(Trouble::Broken) => Said(500, String::new(), "{}".into()),
            Some(Trouble::LeadsAway) => {
                let to = format!("location: http://{}/elsewhere\r\n", self.address);
                Said(302, to, String::new())
            }
            _ => match path.as_str() {
                "/.well-known/openid-configuration" => self.description(trouble),
                "/keys" => {
                    let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
                    said(&json!({ "keys": state.published }))
                }
                "/token" => self.token(&head, &body),
                _ => Said(404, String::new(), String::new()),
            },
        };
        let length = body.len();
        let answer = format!(
            "HTTP/1.1 {status} Said\r\nconnection: close\r\ncontent-type: application/json\r\n\
             {more}content-length: {length}\r\n\r\n{body}"
        );
        stream.write_all(answer.as_bytes()).await?;
        stream.shutdown().await
    }

    fn description(&self, trouble: Option<Trouble>) -> Said {
        let at = |path: &str| format!("http://{}{path}", self.address);
        let issuer = match trouble {
            Some(Trouble::OtherName) => "http://somebody.example".into(),
            _ => at(""),
        };
        said(&json!({
            "issuer": issuer,
            "authorization_endpoint": at("/authorize"),
            "token_endpoint": at("/token"),
            "jwks_uri": at("/keys"),
        }))
    }

    fn token(&self, head: &str, body: &str) -> Said {
        let refuse = |error: &str| {
            let body = json!({ "error": error }).to_string();
            Said(400, String::new(), body)
        };
        let form: HashMap<String, String> = form_urlencoded::parse(body.as_bytes())
            .into_owned()
            .collect();
        let of = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        if !self.knows_client(head, of("client_id")) {
            return refuse("invalid_client");
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        // A code is used up, whatever comes of it.
        let Some(asked) = state.codes.remove(of("code")) else {
            return refuse("invalid_grant");
        };
        let challenge = digest::digest(&digest::SHA256, of("code_verifier").as_bytes());
        let is_theirs =
            of("redirect_uri") == asked.redirect && encode(challenge.as_ref()) == asked.challenge;
        if of("grant_type") != "authorization_code" || !is_theirs {
            return refuse("invalid_grant");
        }
        if state.trouble == Some(Trouble::NoToken) {
            return said(&json!({ "access_token": "a", "token_type": "Bearer" }));
        }
        let token = made(&state, &format!("http://{}", self.address), &asked.nonce);
        said(&json!({ "access_token": "a", "token_type": "Bearer", "id_token": token }))
    }

    fn knows_client(&self, head: &str, id: &str) -> bool {
        let Some(secret) = &self.secret else {
            return id == IdentityProvider::CLIENT;
        };
        let written = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect();
        let (id, secret): (String, String) = (written(IdentityProvider::CLIENT), written(secret));
        let pair = base64::engine::general_purpose::STANDARD.encode(format!("{id}:{secret}"));
        head.contains(&format!("authorization: Basic {pair}\r\n"))
    }
}

fn said(body: &Value) -> Said {
    Said(200, String::new(), body.to_string())
}

/// The token for whoever signs in now.
fn made(state: &State, issuer: &str, nonce: &str) -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = since.map_or(0, |since| since.as_secs());
    let mut claims = state.claims.clone();
    let mut say = |name: &str, value: Value| claims.insert(name.into(), value);
    say("iss", json!(issuer));
    say("aud", json!(IdentityProvider::CLIENT));
    say("nonce", json!(nonce));
    say("iat", json!(now));
    say("exp", json!(now + 300));
    match state.trouble {
        Some(Trouble::OtherNonce) => say("nonce", json!("of another sign-in")),
        Some(Trouble::OtherAudience) => say("aud", json!("somebody else")),
        Some(Trouble::OtherAsker) => {
            say("aud", json!([IdentityProvider::CLIENT, "somebody else"]));
            say("azp", json!("somebody else"))
        }
        Some(Trouble::OtherIssuer) => say("iss", json!("http://somebody.example")),
        Some(Trouble::Expired) => say("exp", json!(now - 86_400)),
        Some(Trouble::EndsNever) => say("exp", json!("never")),
        Some(Trouble::FromTomorrow) => say("iat", json!(now + 86_400)),
        _ => None,
    };
    let mut key = state.signer.name.as_str();
    if state.trouble == Some(Trouble::UnknownKey) {
        key = "nobody's";
    }
    let algorithm = match state.trouble {
        Some(Trouble::Unsigned) => "none",
        Some(Trouble::SharedSecret) => "HS256",
        _ => "ES256",
    };
    let header = json!({ "alg": algorithm, "kid": key, "typ": "JWT" });
    let mut signed = format!(
        "{}.{}",
        encode(header.to_string().as_bytes()),
        encode(Value::Object(claims.clone()).to_string().as_bytes())
    );
    let signature = match state.trouble {
        Some(Trouble::Unsigned) => Vec::new(),
        Some(Trouble::SharedSecret) => {
            let shared = state.signer.pair.public_key().as_ref();
            let shared = hmac::Key::new(hmac::HMAC_SHA256, shared);
            hmac::sign(&shared, signed.as_bytes()).as_ref().to_vec()
        }
        Some(Trouble::OtherKey) => sign(&signer("other").pair, &signed),
        _ => sign(&state.signer.pair, &signed),
    };
    if state.trouble == Some(Trouble::Changed) {
        claims.insert("sub".into(), json!("somebody else"));
        let payload = encode(Value::Object(claims).to_string().as_bytes());
        signed = format!("{}.{payload}", encode(header.to_string().as_bytes()));
    }
    format!("{signed}.{}", encode(&signature))
}

fn sign(pair: &EcdsaKeyPair, signed: &str) -> Vec<u8> {
    let signature = pair.sign(&SystemRandom::new(), signed.as_bytes());
    signature.map_or_else(|_| Vec::new(), |it| it.as_ref().to_vec())
}

fn signer(name: &str) -> Signer {
    let random = SystemRandom::new();
    let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).expect("a key");
    Signer {
        name: name.to_owned(),
        pair: EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).expect("that key"),
    }
}

fn published(signer: &Signer) -> Value {
    let point = signer.pair.public_key().as_ref();
    json!({
        "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": signer.name,
        "x": encode(&point[1..33]), "y": encode(&point[33..]),
    })
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A request's head and its body.
async fn read(stream: &mut TcpStream) -> io::Result<(String, String)> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let head = format!("{head}\r\n");
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                let is_length = name.eq_ignore_ascii_case("content-length");
                is_length.then(|| value.trim().parse::<usize>().ok())?
            });
            if body.len() >= length.unwrap_or_default() {
                return Ok((head, body.to_owned()));
            }
        }
        if bytes.len() > REQUEST_BYTES_MAX || stream.read_buf(&mut bytes).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}
