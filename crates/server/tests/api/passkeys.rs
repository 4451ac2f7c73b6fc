//! Signing in with a passkey: the whole way, and whatever can be wrong on it.

use crate::{
    account::enrol,
    harness::{Api, PASSWORD, Server},
};
use reqwest::header;
use salon_protocol::Role;
use salon_server::config::Switch;
use salon_testkit::{Authenticator, Said};
use serde_json::{Value, json};

const KEYS: &str = "/api/account/passkeys";
const OFFER: &str = "/api/account/passkeys/options";
const CHALLENGE: &str = "/api/sign-in/passkey/options";
const SIGN_IN: &str = "/api/sign-in/passkey";

/// Nobody is asked to wait here: what is refused is refused for what it is.
async fn start() -> Server {
    let server = Server::start_with(|config| config.rate_limits = Switch::Off).await;
    server.person("ada", Role::Member).await;
    server
}

/// A browser at a name, since devices sign for no number. It keeps its cookies.
struct Browser<'a> {
    server: &'a Server,
    origin: String,
    pass: String,
    session: String,
}

impl<'a> Browser<'a> {
    fn new(server: &'a Server) -> Self {
        Self {
            server,
            origin: format!("http://localhost:{}", server.address().port()),
            pass: String::new(),
            session: String::new(),
        }
    }

    /// One in which somebody is in by their password.
    async fn of(server: &'a Server, handle: &str) -> Self {
        let session = server.sign_in(handle).await.token;
        Self {
            session,
            ..Self::new(server)
        }
    }

    async fn call(&mut self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let request = self.server.http.request(method, self.server.url(path));
        let cookies = format!(
            "salon_passkey={}; salon_session={}",
            self.pass, self.session
        );
        let host = self.origin.strip_prefix("http://").unwrap().to_owned();
        let request = request
            .header("host", host)
            .header("origin", &self.origin)
            .header("cookie", cookies);
        let response = request.json(&body).send().await.unwrap();
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            assert!(cookie.contains("; HttpOnly; SameSite=Lax"), "{cookie}");
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            let kept = match name {
                "salon_passkey" => &mut self.pass,
                "salon_session" => &mut self.session,
                other => panic!("a cookie {other}"),
            };
            value.clone_into(kept);
        }
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    async fn post(&mut self, path: &str, body: Value) -> (u16, Value) {
        self.call("POST", path, body).await
    }

    async fn offer(&mut self) -> Value {
        let (status, offer) = self.post(OFFER, json!({ "password": PASSWORD })).await;
        assert_eq!(status, 200, "{offer}");
        offer
    }

    /// Has the device make a key, with something changed.
    async fn add(
        &mut self,
        device: &mut Authenticator,
        change: impl FnOnce(&mut Said),
    ) -> (u16, Value) {
        let offer = self.offer().await;
        let mut said = device.said(&offer, &self.origin);
        change(&mut said);
        self.post(KEYS, device.create(&said, "my laptop")).await
    }

    /// Has the device sign, with something changed.
    async fn sign_in(
        &mut self,
        device: &mut Authenticator,
        change: impl FnOnce(&mut Said),
    ) -> (u16, Value) {
        let (status, challenge) = self.post(CHALLENGE, Value::Null).await;
        assert_eq!(status, 200, "{challenge}");
        let mut said = device.said(&challenge, &self.origin);
        change(&mut said);
        self.post(SIGN_IN, device.get(&said)).await
    }

    fn api(&self) -> Api<'a> {
        Api {
            server: self.server,
            token: self.session.clone(),
        }
    }
}

/// Ada's device, with a key that opens her account.
async fn device_of(server: &Server, handle: &str) -> Authenticator {
    let mut device = Authenticator::p256();
    let mut browser = Browser::of(server, handle).await;
    let (status, added) = browser.add(&mut device, |_| {}).await;
    assert_eq!(status, 201, "{added}");
    device
}

#[tokio::test]
async fn a_key_is_made_opens_the_account_without_a_name_and_is_taken_back() {
    let server = start().await;
    for mut device in [Authenticator::p256(), Authenticator::ed25519()] {
        let mut browser = Browser::of(&server, "ada").await;
        let (status, added) = browser.add(&mut device, |_| {}).await;
        assert_eq!(status, 201, "{added}");
        assert_eq!(added["name"], "my laptop");
        assert_eq!(added["site"], "localhost");
        let (_, list) = browser.api().get(KEYS).await;
        assert_eq!(list, json!({ "passkeys": [added] }));

        let mut other = Browser::new(&server);
        let (status, me) = other.sign_in(&mut device, |_| {}).await;
        assert_eq!(status, 200, "{me}");
        assert_eq!(me["user"]["handle"], "ada");
        assert_eq!(other.pass, "", "the pass is taken back");
        assert_eq!(other.api().get("/api/me").await.0, 200);
        let (_, sessions) = other.api().get("/api/account/sessions").await;
        let mut sessions = sessions["sessions"].as_array().unwrap().iter();
        assert!(sessions.any(|one| one["current"] == true), "it is listed");
        let (_, list) = browser.api().get(KEYS).await;
        assert!(list["passkeys"][0]["used_at"].is_string(), "{list}");

        let path = format!("{KEYS}/{}", added["id"].as_str().unwrap());
        let wrong = json!({ "password": "not it" });
        assert_eq!(browser.api().call("DELETE", &path, wrong).await.0, 403);
        let proof = json!({ "password": PASSWORD });
        let gone = browser.api().call("DELETE", &path, proof.clone()).await;
        assert_eq!(gone.0, 204, "{}", gone.1);
        assert_eq!(browser.api().call("DELETE", &path, proof).await.0, 404);
        assert_eq!(
            Browser::new(&server).sign_in(&mut device, |_| {}).await.0,
            401
        );
    }
}

#[tokio::test]
async fn each_sign_in_makes_a_new_session() {
    let server = start().await;
    let mut device = device_of(&server, "ada").await;
    let mut browser = Browser::new(&server);
    browser.session = "a session of somebody's choice".into();
    assert_eq!(browser.sign_in(&mut device, |_| {}).await.0, 200);
    assert_ne!(browser.session, "a session of somebody's choice");
    let before = browser.session.clone();
    assert_eq!(browser.sign_in(&mut device, |_| {}).await.0, 200);
    assert_ne!(browser.session, before);
}

#[tokio::test]
async fn whatever_is_wrong_with_an_answer_lets_nobody_in() {
    let server = start().await;
    server.person("eve", Role::Member).await;
    let mut device = device_of(&server, "ada").await;
    let mut eves = device_of(&server, "eve").await;
    let eve = eves.user.clone();
    let mut nobodys = Authenticator::p256();
    let same_credential = device.credential.clone();
    type Change = Box<dyn FnOnce(&mut Said)>;
    let table: Vec<(&str, u16, Change)> = vec![
        (
            "another challenge",
            409,
            Box::new(|it| it.challenge = "A".repeat(43)),
        ),
        ("no challenge", 409, Box::new(|it| it.challenge.clear())),
        (
            "said while making a key",
            401,
            Box::new(|it| it.purpose = "webauthn.create".into()),
        ),
        (
            "another page",
            401,
            Box::new(|it| it.origin = "https://evil.example".into()),
        ),
        (
            "another port",
            401,
            Box::new(|it| it.origin = "http://localhost:1".into()),
        ),
        (
            "within another page",
            401,
            Box::new(|it| it.cross_origin = true),
        ),
        (
            "another site",
            401,
            Box::new(|it| it.site = "evil.example".into()),
        ),
        ("a site above", 401, Box::new(|it| it.site = "host".into())),
        ("nobody there", 401, Box::new(|it| it.flags &= !1)),
        ("nobody verified", 401, Box::new(|it| it.flags &= !4)),
        (
            "somebody else's account",
            401,
            Box::new(move |it| it.user = eve),
        ),
        (
            "no account",
            401,
            Box::new(|it| it.user = Some("AAAA".into())),
        ),
        ("an unknown key", 401, Box::new(|it| it.credential[0] ^= 1)),
        (
            "a name too long",
            401,
            Box::new(|it| it.credential = vec![0; 1024]),
        ),
        ("no name", 401, Box::new(|it| it.credential.clear())),
        ("something behind", 401, Box::new(|it| it.more = vec![0xa0])),
        (
            "spoilt CBOR",
            401,
            Box::new(|it| {
                it.flags |= 0x80;
                it.more = vec![0xbf, 0xff];
            }),
        ),
    ];
    let mut browser = Browser::new(&server);
    let mut texts = Vec::new();
    for (what, expected, change) in table {
        let (status, problem) = browser.sign_in(&mut device, change).await;
        assert_eq!(status, expected, "{what}: {problem}");
        assert_eq!(browser.session, "", "{what}");
        if status == 401 {
            texts.push(problem["detail"].clone());
        }
    }
    // Her name for the key, and another's signature.
    for other in [&mut nobodys, &mut eves] {
        let credential = same_credential.clone();
        other.user = None;
        let change = |it: &mut Said| it.credential = credential;
        let (status, problem) = browser.sign_in(other, change).await;
        assert_eq!(status, 401, "{problem}");
        texts.push(problem["detail"].clone());
    }
    texts.dedup();
    assert_eq!(texts.len(), 1, "nobody learns what is there: {texts:?}");
    // Unsigned, or not even text that could be read.
    for (name, value) in [
        ("signature", ""),
        ("signature", "AAAA"),
        ("signature", "=?="),
        ("authenticator_data", ""),
        ("client_data", ""),
        ("client_data", "e30"),
        ("id", "?"),
        ("user", "?"),
    ] {
        let (_, challenge) = browser.post(CHALLENGE, Value::Null).await;
        let said = device.said(&challenge, &browser.origin);
        let mut answer = device.get(&said);
        answer[name] = value.into();
        let (status, problem) = browser.post(SIGN_IN, answer).await;
        assert_eq!(status, 401, "{name} {value}: {problem}");
        assert_eq!(browser.session, "", "{name} {value}");
    }
    let (status, me) = browser.sign_in(&mut device, |it| it.user = None).await;
    assert_eq!(status, 200, "the premise: {me}");
}

#[tokio::test]
async fn a_challenge_belongs_to_one_browser_and_serves_once() {
    let server = start().await;
    let mut device = device_of(&server, "ada").await;
    let mut browser = Browser::new(&server);
    let (_, challenge) = browser.post(CHALLENGE, Value::Null).await;
    let said = device.said(&challenge, &browser.origin);
    let answer = device.get(&said);
    let pass = browser.pass.clone();
    let mut other = Browser::new(&server);
    let stale = other.post(SIGN_IN, answer.clone()).await;
    assert_eq!(stale.0, 409, "no cookie: {}", stale.1);
    other.post(CHALLENGE, Value::Null).await;
    assert_eq!(other.post(SIGN_IN, answer.clone()).await.0, 409, "its own");
    for changed in [
        format!("{pass}0"),
        format!("x{pass}"),
        pass.split('.').next().unwrap().into(),
        "x.1".into(),
    ] {
        other.pass = changed;
        assert_eq!(other.post(SIGN_IN, answer.clone()).await.0, 409);
    }
    assert_eq!(other.session, "");
    assert_eq!(browser.post(SIGN_IN, answer.clone()).await.0, 200);
    browser.session.clear();
    browser.pass = pass;
    assert_eq!(browser.post(SIGN_IN, answer).await.0, 409, "used already");
    assert_eq!(browser.session, "");
}

#[tokio::test]
async fn a_key_that_counts_must_go_on_counting() {
    let server = start().await;
    let mut device = device_of(&server, "ada").await;
    let mut browser = Browser::new(&server);
    for (counter, expected) in [
        (0, 200),
        (0, 200),
        (5, 200),
        (5, 401),
        (4, 401),
        (0, 401),
        (6, 200),
        (u32::MAX, 200),
        (u32::MAX, 401),
    ] {
        device.counter = counter;
        let (status, problem) = browser.sign_in(&mut device, |_| {}).await;
        assert_eq!(status, expected, "{counter}: {problem}");
    }
}

#[tokio::test]
async fn whatever_is_wrong_with_a_new_key_keeps_none() {
    let server = start().await;
    let mut browser = Browser::of(&server, "ada").await;
    let mut device = Authenticator::p256();
    type Change = Box<dyn FnOnce(&mut Said)>;
    let table: Vec<(&str, u16, Change)> = vec![
        (
            "another challenge",
            409,
            Box::new(|it| it.challenge = "A".repeat(43)),
        ),
        (
            "said while signing in",
            400,
            Box::new(|it| it.purpose = "webauthn.get".into()),
        ),
        (
            "another page",
            400,
            Box::new(|it| it.origin = "http://evil.example".into()),
        ),
        (
            "within another page",
            400,
            Box::new(|it| it.cross_origin = true),
        ),
        (
            "another site",
            400,
            Box::new(|it| it.site = "evil.example".into()),
        ),
        ("nobody there", 400, Box::new(|it| it.flags &= !1)),
        ("nobody verified", 400, Box::new(|it| it.flags &= !4)),
        ("no name", 400, Box::new(|it| it.credential.clear())),
        (
            "a name too long",
            400,
            Box::new(|it| it.credential = vec![0; 1024]),
        ),
        ("something behind", 400, Box::new(|it| it.more = vec![0])),
        (
            "spoilt CBOR",
            400,
            Box::new(|it| {
                it.flags |= 0x80;
                it.more = vec![0xbb];
            }),
        ),
    ];
    for (what, expected, change) in table {
        let (status, problem) = browser.add(&mut device, change).await;
        assert_eq!(status, expected, "{what}: {problem}");
    }
    // A signature is no key.
    let offer = browser.offer().await;
    let said = device.said(&offer, &browser.origin);
    let (mut body, signed) = (device.create(&said, "x"), device.get(&said));
    body["authenticator_data"] = signed["authenticator_data"].clone();
    assert_eq!(browser.post(KEYS, body).await.0, 400);
    let mut nameless = device.create(&said, " \u{7} ");
    assert_eq!(browser.post(KEYS, nameless.clone()).await.0, 400);
    nameless["name"] = "x".into();
    let (_, none) = browser.api().get(KEYS).await;
    assert_eq!(none, json!({ "passkeys": [] }));
    assert_eq!(
        browser.post(KEYS, nameless.clone()).await.0,
        201,
        "the premise"
    );
    assert_eq!(browser.post(KEYS, nameless).await.0, 409, "once only");
}

#[tokio::test]
async fn an_offer_is_for_the_session_that_proved_its_password() {
    let server = start().await;
    server.person("eve", Role::Member).await;
    let mut browser = Browser::of(&server, "ada").await;
    let wrong = json!({ "password": "not it" });
    assert_eq!(browser.post(OFFER, wrong).await.0, 403);
    let offer = browser.offer().await;
    let mut device = Authenticator::p256();
    let said = device.said(&offer, &browser.origin);
    let made = device.create(&said, "hers");
    let mut eve = Browser::of(&server, "eve").await;
    assert_eq!(eve.post(KEYS, made.clone()).await.0, 409, "no cookie");
    eve.pass = browser.pass.clone();
    assert_eq!(eve.post(KEYS, made.clone()).await.0, 409, "another account");
    let mut elsewhere = Browser::of(&server, "ada").await;
    elsewhere.pass = browser.pass.clone();
    let (status, _) = elsewhere.post(KEYS, made.clone()).await;
    assert_eq!(status, 409, "another session of hers");
    // What was asked for to sign in makes no key.
    let pass = browser.pass.clone();
    let (_, challenge) = browser.post(CHALLENGE, Value::Null).await;
    let mut mixed = device.said(&challenge, &browser.origin);
    mixed.purpose = "webauthn.create".into();
    let (status, _) = browser.post(KEYS, device.create(&mixed, "x")).await;
    assert_eq!(status, 409);
    browser.pass = pass;
    assert_eq!(browser.post(KEYS, made).await.0, 201, "the premise");
}

#[tokio::test]
async fn a_key_opens_one_account_and_an_account_has_ten() {
    let server = start().await;
    server.person("eve", Role::Member).await;
    let mut hers = device_of(&server, "ada").await;
    let mut eve = Browser::of(&server, "eve").await;
    let (status, problem) = eve.add(&mut hers, |_| {}).await;
    assert_eq!(status, 409, "{problem}");
    let mut browser = Browser::of(&server, "ada").await;
    // One offer more than there is room for, made while there was room.
    let mut late = Browser::of(&server, "ada").await;
    let offer = late.offer().await;
    for _ in 1..10 {
        let added = browser.add(&mut Authenticator::ed25519(), |_| {}).await;
        assert_eq!(added.0, 201, "{}", added.1);
    }
    let mut one_more = Authenticator::p256();
    let said = one_more.said(&offer, &late.origin);
    let (status, _) = late.post(KEYS, one_more.create(&said, "x")).await;
    assert_eq!(status, 409);
    let (status, _) = browser.post(OFFER, json!({ "password": PASSWORD })).await;
    assert_eq!(status, 409);
    let (_, list) = browser.api().get(KEYS).await;
    assert_eq!(list["passkeys"].as_array().unwrap().len(), 10);
    // Eve takes none of hers.
    let path = format!("{KEYS}/{}", list["passkeys"][0]["id"].as_str().unwrap());
    let proof = json!({ "password": PASSWORD });
    assert_eq!(eve.api().call("DELETE", &path, proof).await.0, 404);
    let signed_in = browser.sign_in(&mut hers, |it| it.user = None).await;
    assert_eq!(signed_in.0, 200, "hers opens what it did");
}

#[tokio::test]
async fn a_closed_account_stays_closed() {
    let server = start().await;
    let owner = server.user("olga", Role::Owner).await;
    let mut device = device_of(&server, "ada").await;
    let closing = json!({ "disabled": true });
    let (status, body) = owner.call("PATCH", "/api/admin/users/ada", closing).await;
    assert!(status < 300, "{body}");
    let mut browser = Browser::new(&server);
    let (status, problem) = browser.sign_in(&mut device, |_| {}).await;
    assert_eq!(status, 401, "{problem}");
    assert_eq!(browser.session, "");
}

#[tokio::test]
async fn where_codes_are_asked_for_a_key_needs_one_and_is_then_enough() {
    let server = start().await;
    let mut browser = Browser::of(&server, "ada").await;
    let (_, codes) = enrol(&browser.api()).await;
    let (status, problem) = browser.post(OFFER, json!({ "password": PASSWORD })).await;
    assert_eq!((status, &problem["code"]), (401, &json!("second_factor")));
    let proof = json!({ "password": PASSWORD, "code": codes[0] });
    let (_, offer) = browser.post(OFFER, proof).await;
    let mut device = Authenticator::p256();
    let said = device.said(&offer, &browser.origin);
    assert_eq!(browser.post(KEYS, device.create(&said, "x")).await.0, 201);
    let mut other = Browser::new(&server);
    assert_eq!(other.sign_in(&mut device, |_| {}).await.0, 200);
    let (_, list) = other.api().get(KEYS).await;
    let path = format!("{KEYS}/{}", list["passkeys"][0]["id"].as_str().unwrap());
    let without = json!({ "password": PASSWORD });
    assert_eq!(other.api().call("DELETE", &path, without).await.0, 401);
}

#[tokio::test]
async fn pages_of_other_sites_begin_nothing_and_numbers_have_no_keys() {
    let server = start().await;
    let begun = |origin: String| {
        let request = server.http.post(server.url(CHALLENGE));
        async move { request.header("origin", origin).send().await.unwrap() }
    };
    let response = begun("http://evil.example".into()).await;
    assert_eq!(response.status().as_u16(), 403);
    assert!(response.headers().get(header::SET_COOKIE).is_none());
    let response = begun(server.url("")).await;
    assert_eq!(response.status().as_u16(), 409);
    let problem: Value = response.json().await.unwrap();
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("a name instead of a number"), "{detail}");
}

#[tokio::test]
async fn over_tls_the_cookie_is_this_hosts_alone() {
    let server = Server::start_with(|config| {
        config.public_url = Some("https://chat.example/".into());
        config.rate_limits = Switch::Off;
    })
    .await;
    let request = server.http.post(server.url(CHALLENGE));
    let response = request.send().await.unwrap();
    let cookie = response.headers().get(header::SET_COOKIE).unwrap();
    let cookie = cookie.to_str().unwrap().to_owned();
    assert!(cookie.starts_with("__Host-salon_passkey="), "{cookie}");
    assert!(
        cookie.ends_with("; Path=/; Max-Age=300; HttpOnly; SameSite=Lax; Secure"),
        "{cookie}"
    );
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["site"], "chat.example");
}

#[tokio::test]
async fn somebody_who_tries_and_tries_is_made_to_wait() {
    let server = Server::start_with(|config| config.rate_limits = Switch::On).await;
    let mut browser = Browser::new(&server);
    let answer =
        json!({ "id": "AA", "client_data": "AA", "authenticator_data": "AA", "signature": "AA" });
    let mut code = Value::Null;
    for _ in 0..500 {
        let (status, problem) = browser.post(SIGN_IN, answer.clone()).await;
        if status == 429 {
            code = problem["code"].clone();
            break;
        }
    }
    assert_eq!(code, "too_fast");
}

#[tokio::test]
async fn an_admin_sees_how_many_somebody_has_and_takes_them_away() {
    let server = start().await;
    let boss = server.user("boss", Role::Admin).await;
    let eve = server.member("eve").await;
    let mut device = device_of(&server, "ada").await;
    let count = async || {
        let users = boss.get("/api/admin/users").await.1;
        let users = users["users"].as_array().unwrap().clone();
        let ada = users.into_iter().find(|one| one["user"]["handle"] == "ada");
        ada.unwrap()["passkeys"].clone()
    };
    assert_eq!(count().await, 1);
    let place = "/api/admin/users/ada/passkeys";
    assert_eq!(eve.call("DELETE", place, Value::Null).await.0, 403);
    assert_eq!(boss.call("DELETE", place, Value::Null).await.0, 204);
    assert_eq!(count().await, 0);
    let mut anybody = Browser::new(&server);
    assert_eq!(anybody.sign_in(&mut device, |_| {}).await.0, 401);
    let acts = boss.get("/api/admin/moderation").await.1;
    assert_eq!(acts["acts"][0]["act"], "take_passkeys", "{acts}");
    assert_eq!(acts["acts"][0]["user"], "ada");
}

#[tokio::test]
async fn the_terminal_takes_them_away_while_the_server_runs() {
    let server = start().await;
    let mut device = device_of(&server, "ada").await;
    let mut anybody = Browser::new(&server);
    assert_eq!(anybody.sign_in(&mut device, |_| {}).await.0, 200);
    let folder = server.folder().to_owned();
    let terminal = || {
        std::process::Command::new(env!("CARGO_BIN_EXE_salon"))
            .args(["user", "remove-passkeys", "ada", "--data"])
            .arg(&folder)
            .env("SALON_LOG", "error")
            .output()
            .unwrap()
    };
    let said = terminal();
    let text = String::from_utf8(said.stdout).unwrap();
    assert!(
        said.status.success() && text.contains("there were 1"),
        "{text}"
    );
    let mut anybody = Browser::new(&server);
    assert_eq!(anybody.sign_in(&mut device, |_| {}).await.0, 401);
    assert_eq!(terminal().status.code(), Some(1), "there are none any more");
}
