//! What is pushed to browsers whose page is closed: a service that the test starts, and a browser's
//! real key to open what comes.

use crate::harness::{Api, Server};
use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    response::IntoResponse,
    routing::post,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, StatusCode};
use ring::{
    aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    agreement::{self, ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey},
    hmac::{self, HMAC_SHA256},
    rand::SystemRandom,
    signature::{self, ECDSA_P256_SHA256_FIXED},
};
use serde_json::{Value, json};
use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::sync::{mpsc, oneshot};

const PATIENCE: Duration = Duration::from_secs(20);

/// A push service that answers as it is told to, then 201.
struct Service {
    address: SocketAddr,
    came: mpsc::UnboundedReceiver<Came>,
    answers: Answers,
}

/// The browser's name, and what it was sent.
type Came = (String, HeaderMap, Bytes);
/// Each as soon as whoever holds the other end lets go, where somebody does.
type Answers = Arc<Mutex<VecDeque<(StatusCode, Option<oneshot::Receiver<()>>)>>>;
type Door = (mpsc::UnboundedSender<Came>, Answers);

impl Service {
    async fn start() -> Self {
        Self::start_at("127.0.0.1:0").await
    }

    async fn start_at(address: &str) -> Self {
        let listener = tokio::net::TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (told, came) = mpsc::unbounded_channel();
        let answers = Answers::default();
        let router = Router::new()
            .route("/{*browser}", post(take))
            .with_state((told, answers.clone()));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self {
            address,
            came,
            answers,
        }
    }

    fn answer(&self, statuses: impl IntoIterator<Item = u16>) {
        let statuses = statuses
            .into_iter()
            .map(|status| (StatusCode::from_u16(status).unwrap(), None));
        self.answers.lock().unwrap().extend(statuses);
    }

    /// The next answer, once what this gives is dropped.
    fn answer_later(&self, status: u16) -> oneshot::Sender<()> {
        let (let_go, held) = oneshot::channel();
        let status = StatusCode::from_u16(status).unwrap();
        self.answers.lock().unwrap().push_back((status, Some(held)));
        let_go
    }

    /// What is sent next, which is to one browser.
    async fn next_to(&mut self, browser: &str) -> (HeaderMap, Bytes) {
        let came = tokio::time::timeout(PATIENCE, self.came.recv()).await;
        let (to, head, body) = came.expect("something is pushed").unwrap();
        assert_eq!(to, browser);
        (head, body)
    }

    /// A server that may push there.
    async fn server(&self) -> Server {
        pushing_to(&[self]).await
    }
}

async fn pushing_to(services: &[&Service]) -> Server {
    let addresses = services.iter().map(|it| it.address.to_string());
    let addresses = addresses.map(|it| it.parse().unwrap()).collect();
    Server::start_with(|config| {
        config.push.enabled = true;
        config.push.contact = Some("mailto:ada@example.org".into());
        config.push.allowed_addresses = addresses;
    })
    .await
}

async fn take(
    State((told, answers)): State<Door>,
    Path(browser): Path<String>,
    head: HeaderMap,
    body: Bytes,
) -> impl IntoResponse {
    let answer = answers.lock().unwrap().pop_front();
    told.send((browser, head, body)).ok();
    let Some((status, held)) = answer else {
        return StatusCode::CREATED;
    };
    if let Some(held) = held {
        held.await.ok();
    }
    status
}

/// A browser that waits. Its key opens one word.
struct Browser {
    key: EphemeralPrivateKey,
    public: Vec<u8>,
    auth: [u8; 16],
    endpoint: String,
}

impl Browser {
    fn new(service: &Service, name: &str) -> Self {
        let key = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new()).unwrap();
        let public = key.compute_public_key().unwrap().as_ref().to_vec();
        Self {
            key,
            public,
            auth: *b"sixteen bytes!!!",
            endpoint: format!("http://{}/{name}", service.address),
        }
    }

    async fn wait(&self, api: &Api<'_>) {
        let (status, answer) = api.call("PUT", "/api/push", self.request()).await;
        assert_eq!(status, 204, "{answer}");
        assert_eq!(api.get("/api/push").await.1["waits"], true);
    }

    fn request(&self) -> Value {
        json!({ "endpoint": self.endpoint, "keys": { "p256dh": URL_SAFE_NO_PAD.encode(&self.public),
            "auth": URL_SAFE_NO_PAD.encode(self.auth) } })
    }

    /// Opens what came, step by step as RFC 8291 and 8188 say.
    fn open(self, body: &[u8]) -> Value {
        let (salt, rest) = body.split_at(16);
        assert_eq!(
            rest[..5],
            [0, 0, 16, 0, 65],
            "records of 4096 bytes, a key of 65"
        );
        let (theirs, sealed) = rest[5..].split_at(65);
        let peer = UnparsedPublicKey::new(&ECDH_P256, theirs);
        let mac = |key: &[u8], text: &[u8]| {
            let key = hmac::Key::new(HMAC_SHA256, key);
            hmac::sign(&key, text).as_ref().to_vec()
        };
        let (public, auth) = (self.public, self.auth);
        let input = agreement::agree_ephemeral(self.key, &peer, |secret| {
            let both = [&b"WebPush: info\0"[..], &public[..], theirs, &[1]].concat();
            mac(&mac(&auth, secret), &both)
        })
        .unwrap();
        let pseudorandom = mac(salt, &input);
        let key = mac(&pseudorandom, b"Content-Encoding: aes128gcm\0\x01");
        let nonce = mac(&pseudorandom, b"Content-Encoding: nonce\0\x01");
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key[..16]).unwrap());
        let nonce = Nonce::try_assume_unique_for_key(&nonce[..12]).unwrap();
        let mut sealed = sealed.to_vec();
        let open = key.open_in_place(nonce, Aad::empty(), &mut sealed).unwrap();
        let end = open.iter().rposition(|byte| *byte != 0).unwrap();
        assert_eq!(open[end], 2, "the last record");
        serde_json::from_slice(&open[..end]).unwrap()
    }
}

/// The claims of a word that the key in it has signed.
fn claims(head: &HeaderMap, key: &str) -> Value {
    let word = head["authorization"].to_str().unwrap();
    let (token, shown) = word
        .strip_prefix("vapid t=")
        .and_then(|rest| rest.split_once(", k="))
        .unwrap();
    assert_eq!(shown, key);
    let (said, signed) = token.rsplit_once('.').unwrap();
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    signature::UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, bytes(key))
        .verify(said.as_bytes(), &bytes(signed))
        .unwrap();
    serde_json::from_slice(&bytes(said.split_once('.').unwrap().1)).unwrap()
}

async fn say(api: &Api<'_>, text: &str) -> Value {
    api.say("general", text).await
}

#[tokio::test]
async fn a_mention_reaches_a_closed_page_sealed_and_signed() {
    let mut service = Service::start().await;
    let server = service.server().await;
    let (ada, bob) = (server.member("ada").await, server.member("bob").await);
    let (_, state) = ada.get("/api/push").await;
    assert_eq!(state["waits"], false);
    let key = state["key"].as_str().unwrap().to_owned();
    let browser = Browser::new(&service, "ada");
    browser.wait(&ada).await;
    say(&bob, "nothing for anybody").await;
    let posted = say(&bob, "@ada tea is ready, ||poisoned||").await;
    let (head, body) = service.next_to("ada").await;
    assert_eq!(head["content-encoding"], "aes128gcm");
    assert!(
        head.contains_key("ttl") && head.contains_key("topic"),
        "{head:?}"
    );
    let claims = claims(&head, &key);
    assert_eq!(claims["aud"], format!("http://{}", service.address));
    assert_eq!(claims["sub"], "mailto:ada@example.org");
    let now = jiff::Timestamp::now().as_second();
    let good_for = claims["exp"].as_i64().unwrap() - now;
    assert!((0..=86_400).contains(&good_for), "{good_for}");
    let opened = browser.open(&body);
    let expected = json!({ "title": "bob · #general", "body": "@ada tea is ready, ▒▒▒",
        "room": posted["room"], "seq": posted["seq"] });
    assert_eq!(opened, expected);
    // The key is made once.
    let (server, token) = {
        let token = ada.token.clone();
        (server.restart().await, token)
    };
    let ada = Api {
        server: &server,
        token,
    };
    assert_eq!(
        ada.get("/api/push").await.1,
        json!({ "key": key, "waits": true })
    );
}

#[tokio::test]
async fn who_wants_no_words_to_leave_is_told_that_there_is_something_and_no_more() {
    let mut service = Service::start().await;
    let server = service.server().await;
    let (ada, bob) = (server.member("ada").await, server.member("bob").await);
    let browser = Browser::new(&service, "ada");
    browser.wait(&ada).await;
    ada.call("PUT", "/api/notifications", json!({ "hide_text": true }))
        .await;
    let posted = say(&bob, "@ada the secret").await;
    let (_, body) = service.next_to("ada").await;
    let expected = json!({ "title": "Salon 沙龙", "body": "New message", "room": posted["room"],
        "seq": posted["seq"] });
    assert_eq!(browser.open(&body), expected);
}

#[tokio::test]
async fn nothing_is_pushed_to_whoever_is_not_to_be_disturbed_told_of_nothing_or_out() {
    let mut service = Service::start().await;
    let server = service.server().await;
    let (ada, bob) = (server.member("ada").await, server.member("bob").await);
    let quiet = server.member("quiet").await;
    let out = server.member("out").await;
    let muted = server.member("muted").await;
    for (api, name) in [
        (&ada, "ada"),
        (&quiet, "quiet"),
        (&out, "out"),
        (&muted, "muted"),
    ] {
        Browser::new(&service, name).wait(api).await;
    }
    let until = json!({ "quiet_until": "2126-01-01T00:00:00Z" });
    quiet.call("PUT", "/api/notifications", until).await;
    out.run("general", "/leave").await;
    let nothing = json!({ "level": "nothing" });
    muted
        .call("PUT", "/api/rooms/general/notifications", nothing)
        .await;
    say(&bob, "@quiet @out @muted come").await;
    // What comes after it is the first thing that comes at all.
    say(&bob, "@ada come").await;
    service.next_to("ada").await;
}

#[tokio::test]
async fn what_is_read_or_muted_before_another_try_is_not_pushed_again() {
    let mut service = Service::start().await;
    let server = service.server().await;
    let (ada, bob) = (server.member("ada").await, server.member("bob").await);
    let (reads, mutes) = (server.member("reads").await, server.member("mutes").await);
    for (api, name) in [(&reads, "reads"), (&mutes, "mutes"), (&ada, "ada")] {
        Browser::new(&service, name).wait(api).await;
    }
    // One host is asked once at a time: each is held at its first try until all is said.
    let first = service.answer_later(503);
    let posted = say(&bob, "@reads come").await;
    service.next_to("reads").await;
    let second = service.answer_later(503);
    say(&bob, "@mutes come").await;
    service.answer([503, 201]);
    let read = json!({ "seq": posted["seq"] });
    let (status, told) = reads.post("/api/rooms/general/read", read).await;
    assert!(status < 300, "{told}");
    drop(first);
    service.next_to("mutes").await;
    let (status, told) = mutes.run("general", "/notify mute 2h").await;
    assert!(status < 300, "{told}");
    say(&bob, "@ada come").await;
    drop(second);
    service.next_to("ada").await;
    // Theirs is tried again later than the others' would have been.
    service.next_to("ada").await;
}

#[tokio::test]
async fn a_tired_service_is_asked_again_and_a_browser_that_is_gone_is_forgotten() {
    let mut service = Service::start().await;
    let server = service.server().await;
    let (ada, bob) = (server.member("ada").await, server.member("bob").await);
    Browser::new(&service, "first").wait(&ada).await;
    service.answer([503, 201]);
    say(&bob, "@ada once").await;
    let (first, _) = service.next_to("first").await;
    let (again, _) = service.next_to("first").await;
    assert_eq!(first["topic"], again["topic"]);
    service.answer([410]);
    let mut events = ada.connect().await;
    say(&bob, "@ada twice").await;
    service.next_to("first").await;
    events.event("message.posted").await;
    let forgotten = async {
        while ada.get("/api/push").await.1["waits"] == true {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, forgotten).await.unwrap();
}

#[tokio::test]
async fn a_service_that_never_answers_holds_up_its_own_browsers_alone() {
    let mut service = Service::start().await;
    let silent = Service::start_at("127.0.0.2:0").await;
    let server = pushing_to(&[&service, &silent]).await;
    let (ada, bob) = (server.member("ada").await, server.member("bob").await);
    let eve = server.member("eve").await;
    Browser::new(&service, "ada").wait(&ada).await;
    Browser::new(&silent, "eve").wait(&eve).await;
    let mut held = Vec::new();
    for n in 0..80 {
        held.push(silent.answer_later(201));
        say(&bob, &format!("@eve {n}")).await;
    }
    say(&bob, "@ada come").await;
    service.next_to("ada").await;
    drop(held);
}

#[tokio::test]
async fn a_subscription_ends_with_its_session_and_another_s_takes_the_browser() {
    let mut service = Service::start().await;
    let server = service.server().await;
    let bob = server.member("bob").await;
    server.person("ada", salon_protocol::Role::Member).await;
    let (first, second) = (server.sign_in("ada").await, server.sign_in("ada").await);
    Browser::new(&service, "left").wait(&first).await;
    let mine = Browser::new(&service, "right");
    mine.wait(&second).await;
    let (status, _) = first.post("/api/logout", Value::Null).await;
    assert!(status < 300, "{status}");
    // Somebody else uses the browser whose cookie is lost.
    let eve = server.member("eve").await;
    let hers = Browser::new(&service, "right");
    hers.wait(&eve).await;
    assert_eq!(second.get("/api/push").await.1["waits"], false);
    say(&bob, "@ada nobody hears it").await;
    say(&bob, "@eve does").await;
    let (_, body) = service.next_to("right").await;
    assert_eq!(hers.open(&body)["body"], "@eve does");
    eve.call("DELETE", "/api/push", Value::Null).await;
    assert_eq!(eve.get("/api/push").await.1["waits"], false);
}

#[tokio::test]
async fn an_address_of_our_own_network_or_no_key_of_a_browser_is_refused() {
    let service = Service::start().await;
    let server = service.server().await;
    let ada = server.member("ada").await;
    let good = Browser::new(&service, "ada");
    let port = service.address.port();
    for endpoint in [
        format!("http://localhost:{port}/x"),
        format!("https://127.0.0.1:{}/x", port ^ 1),
        "https://127.0.0.1/x".into(),
        "https://[::1]/x".into(),
        "https://10.0.0.1/x".into(),
        "https://169.254.169.254/latest".into(),
        "https://user@1.1.1.1/x".into(),
        "http://1.1.1.1/x".into(),
        "file:///etc/passwd".into(),
        "no address".into(),
        format!("https://1.1.1.1/{}", "x".repeat(3_000)),
    ] {
        let mut request = good.request();
        request["endpoint"] = endpoint.clone().into();
        let (status, refused) = ada.call("PUT", "/api/push", request).await;
        assert_eq!(
            (status, &refused["code"]),
            (400, &json!("bad_arguments")),
            "{endpoint}"
        );
    }
    for (name, value) in [("p256dh", "BAAA"), ("p256dh", ""), ("auth", "AAAA")] {
        let mut request = good.request();
        request["keys"][name] = value.into();
        assert_eq!(ada.call("PUT", "/api/push", request).await.0, 400, "{name}");
    }
    assert_eq!(ada.get("/api/push").await.1["waits"], false);
}

#[tokio::test]
async fn a_server_that_pushes_nothing_says_so() {
    let service = Service::start().await;
    let server = Server::start_with(|config| config.push.enabled = false).await;
    let ada = server.member("ada").await;
    assert_eq!(ada.get("/api/push").await.1, json!({ "waits": false }));
    let request = Browser::new(&service, "ada").request();
    assert_eq!(ada.call("PUT", "/api/push", request).await.0, 404);
}
