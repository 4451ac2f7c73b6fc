//! Signing in by a provider: the whole way, and whatever can go wrong on it.

use crate::{
    account::enrol,
    harness::{Api, PASSWORD, Server},
};
use reqwest::{Response, header};
use salon_protocol::Role;
use salon_server::config::{OidcConfig, RequiredClaim, Switch};
use salon_testkit::{IdentityProvider, Trouble};
use serde_json::{Value, json};
use url::Url;

/// Where whoever has linked their account comes out.
const LINKED: &str = "/?settings=account";

/// A provider, and a server that knows it.
async fn start(change: impl FnOnce(&mut OidcConfig)) -> (IdentityProvider, Server) {
    let there = IdentityProvider::start(None).await.unwrap();
    there.person(json!({ "sub": "s1", "preferred_username": "ada", "name": "Ada L.", "email": "ada@example.com" }));
    let mut oidc = OidcConfig {
        issuer: there.issuer(),
        client_id: IdentityProvider::CLIENT.into(),
        client_secret_env: None,
        label: "Example ID".into(),
        new_people: true,
        handle_claim: "preferred_username".into(),
        email_domains: Vec::new(),
        required_claim: None,
        scopes: vec!["profile".into()],
    };
    change(&mut oidc);
    let server = Server::start_with(|config| config.oidc = Some(oidc)).await;
    (there, server)
}

/// A browser: it keeps cookies and follows nothing by itself.
struct Browser<'a> {
    server: &'a Server,
    client: reqwest::Client,
    pass: String,
    session: String,
}

impl<'a> Browser<'a> {
    fn new(server: &'a Server) -> Self {
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none());
        Self {
            server,
            client: client.build().unwrap(),
            pass: String::new(),
            session: String::new(),
        }
    }

    fn cookies(&self) -> String {
        let pairs = [
            ("salon_sign_in", &self.pass),
            ("salon_session", &self.session),
        ];
        let kept = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        let kept: Vec<_> = kept
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        kept.join("; ")
    }

    fn keep(&mut self, response: &Response) {
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            assert!(cookie.contains("; HttpOnly; SameSite=Lax"), "{cookie}");
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            let kept = match name {
                "salon_sign_in" => &mut self.pass,
                "salon_session" => &mut self.session,
                other => panic!("a cookie {other}"),
            };
            value.clone_into(kept);
        }
    }

    /// What the page asks for, and where it then goes.
    async fn begin(&mut self, path: &str, body: Value) -> Result<Url, (u16, Value)> {
        let request = self.client.post(self.server.url(path)).json(&body);
        let request = request.header("cookie", self.cookies());
        let request = request.header("origin", self.server.url(""));
        let response = request.send().await.unwrap();
        self.keep(&response);
        let status = response.status().as_u16();
        let body: Value = response.json().await.unwrap();
        match status {
            200 => Ok(body["url"].as_str().unwrap().parse().unwrap()),
            _ => Err((status, body)),
        }
    }

    /// Comes back from the provider's site; where it is sent then.
    async fn come_back(&mut self, back: &Url) -> String {
        let request = self
            .client
            .get(back.clone())
            .header("cookie", self.cookies());
        let request = request.header("sec-fetch-site", "cross-site");
        let response = request.send().await.unwrap();
        assert_eq!(response.status().as_u16(), 303);
        self.keep(&response);
        let to = response.headers().get(header::LOCATION).unwrap();
        to.to_str().unwrap().to_owned()
    }

    async fn sign_in(&mut self, there: &IdentityProvider) -> String {
        let away = self.begin("/api/sign-in", Value::Null).await.unwrap();
        self.come_back(&there.visit(&away).unwrap()).await
    }

    async fn link(&mut self, there: &IdentityProvider) -> String {
        let proof = json!({ "password": PASSWORD });
        let away = self.begin("/api/account/provider", proof).await.unwrap();
        self.come_back(&there.visit(&away).unwrap()).await
    }

    fn api(&self) -> Api<'a> {
        Api {
            server: self.server,
            token: self.session.clone(),
        }
    }
}

#[tokio::test]
async fn somebody_new_comes_in_and_is_the_same_the_next_time() {
    let (there, server) = start(|_| {}).await;
    let (_, ways) = server.member("bob").await.get("/api/sign-in").await;
    assert_eq!(ways, json!({ "provider": "Example ID" }));
    let mut browser = Browser::new(&server);
    assert_eq!(browser.sign_in(&there).await, "/");
    assert_eq!(browser.pass, "", "the pass is taken back");
    let (status, me) = browser.api().get("/api/me").await;
    assert_eq!(status, 200, "{me}");
    assert_eq!(
        (&me["user"]["handle"], &me["user"]["display_name"]),
        (&json!("ada"), &json!("Ada L."))
    );
    assert_eq!(me["user"]["role"], "member");
    let first = browser.session.clone();
    // Another name there makes nobody else here.
    there.person(json!({ "sub": "s1", "preferred_username": "bob" }));
    let mut other = Browser::new(&server);
    assert_eq!(other.sign_in(&there).await, "/");
    assert_ne!(other.session, first, "each time a new session");
    assert_eq!(
        other.api().get("/api/me").await.1["user"]["id"],
        me["user"]["id"]
    );
    assert_eq!(
        browser.api().get("/api/me").await.0,
        200,
        "the other browser stays in"
    );
}

#[tokio::test]
async fn a_browser_that_is_in_gets_another_session_when_it_signs_in() {
    let (there, server) = start(|_| {}).await;
    let mut browser = Browser::new(&server);
    // As if somebody had left it there.
    browser.session = "a session of somebody's choice".into();
    assert_eq!(browser.sign_in(&there).await, "/");
    assert_ne!(browser.session, "a session of somebody's choice");
    let before = browser.session.clone();
    assert_eq!(browser.sign_in(&there).await, "/");
    assert_ne!(browser.session, before);
}

#[tokio::test]
async fn neither_name_nor_e_mail_opens_an_account_that_is_there() {
    let (there, server) = start(|_| {}).await;
    server.person("ada", Role::Member).await;
    let mut browser = Browser::new(&server);
    assert_eq!(browser.sign_in(&there).await, "/?refused=handle_taken");
    assert_eq!(browser.session, "");
}

#[tokio::test]
async fn what_a_provider_does_wrong_lets_nobody_in() {
    let (there, server) = start(|_| {}).await;
    for (trouble, expected) in [
        (Trouble::OtherNonce, "untrue"),
        (Trouble::OtherAudience, "untrue"),
        (Trouble::OtherAsker, "untrue"),
        (Trouble::OtherIssuer, "untrue"),
        (Trouble::Expired, "untrue"),
        (Trouble::Unsigned, "untrue"),
        (Trouble::SharedSecret, "untrue"),
        (Trouble::OtherKey, "untrue"),
        (Trouble::UnknownKey, "untrue"),
        (Trouble::Changed, "untrue"),
        (Trouble::Denied, "denied"),
        (Trouble::Broken, "unavailable"),
        (Trouble::Huge, "unavailable"),
        (Trouble::LeadsAway, "unavailable"),
    ] {
        there.trouble(None);
        let mut browser = Browser::new(&server);
        let away = browser.begin("/api/sign-in", Value::Null).await.unwrap();
        there.trouble(trouble);
        let back = there.visit(&away).unwrap();
        let to = browser.come_back(&back).await;
        assert_eq!(to, format!("/?refused={expected}"), "{trouble:?}");
        assert_eq!(browser.session, "", "{trouble:?}");
    }
}

#[tokio::test]
async fn a_provider_that_does_not_answer_is_named() {
    let (there, server) = start(|_| {}).await;
    there.trouble(Trouble::Broken);
    let mut browser = Browser::new(&server);
    let (status, problem) = browser
        .begin("/api/sign-in", Value::Null)
        .await
        .unwrap_err();
    assert_eq!(status, 409);
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("Example ID"), "{detail}");
}

#[tokio::test]
async fn a_sign_in_belongs_to_the_browser_that_began_it_and_serves_once() {
    let (there, server) = start(|_| {}).await;
    let mut browser = Browser::new(&server);
    let away = browser.begin("/api/sign-in", Value::Null).await.unwrap();
    let back = there.visit(&away).unwrap();
    let mut other = Browser::new(&server);
    assert_eq!(other.come_back(&back).await, "/?refused=stale", "no cookie");
    other.begin("/api/sign-in", Value::Null).await.unwrap();
    assert_eq!(
        other.come_back(&back).await,
        "/?refused=stale",
        "its own cookie"
    );
    let kept = browser.pass.clone();
    // The secret stays, and what it is for or how old it is would be another.
    for changed in [
        kept.replace(".in", ".link"),
        kept.replacen('.', ".1", 1),
        "x".into(),
    ] {
        browser.pass = changed;
        let to = browser.come_back(&back).await;
        assert!(to.starts_with("/?refused="), "{to}");
    }
    browser.pass = kept.clone();
    assert_eq!(browser.come_back(&back).await, "/");
    browser.session = String::new();
    browser.pass = kept;
    assert_eq!(
        browser.come_back(&back).await,
        "/?refused=stale",
        "the code was used"
    );
    assert_eq!(browser.session, "");
}

#[tokio::test]
async fn nothing_from_the_address_is_ever_followed() {
    let (there, server) = start(|_| {}).await;
    let mut browser = Browser::new(&server);
    let away = browser.begin("/api/sign-in", Value::Null).await.unwrap();
    let mut back = there.visit(&away).unwrap();
    back.query_pairs_mut()
        .append_pair("next", "https://evil.example")
        .append_pair("redirect_uri", "https://evil.example");
    assert_eq!(browser.come_back(&back).await, "/");
    let mut browser = Browser::new(&server);
    for odd in [
        "",
        "?code=a",
        "?state=a&state=b&code=c&code=d",
        "?error=%0d%0aset-cookie:x",
    ] {
        let odd = server
            .url(&format!("/api/sign-in/callback{odd}"))
            .parse()
            .unwrap();
        assert_eq!(browser.come_back(&odd).await, "/?refused=stale");
    }
}

#[tokio::test]
async fn the_operators_rules_hold_each_time() {
    let (there, server) = start(|oidc| {
        oidc.email_domains = vec!["example.com".into()];
        oidc.required_claim = Some(RequiredClaim {
            name: "groups".into(),
            value: "chat".into(),
        });
    })
    .await;
    let fine = json!({ "sub": "s1", "preferred_username": "ada", "email": "ada@EXAMPLE.com", "email_verified": true, "groups": ["tea", "chat"] });
    there.person(fine.clone());
    assert_eq!(Browser::new(&server).sign_in(&there).await, "/");
    for (claim, value) in [
        ("groups", json!(["tea"])),
        ("groups", json!("chatter")),
        ("groups", Value::Null),
        ("email_verified", json!(false)),
        ("email_verified", Value::Null),
        ("email", json!("ada@evil-example.com")),
        ("email", json!("ada@example.com.evil.example")),
        ("email", json!("ada@example.com@evil.example")),
    ] {
        let mut changed = fine.clone();
        changed[claim] = value.clone();
        there.person(changed);
        let to = Browser::new(&server).sign_in(&there).await;
        assert_eq!(to, "/?refused=not_allowed", "{claim}: {value}");
    }
}

#[tokio::test]
async fn nobody_new_comes_in_where_the_operator_does_not_want_it() {
    let (there, server) = start(|oidc| oidc.new_people = false).await;
    let mut browser = Browser::new(&server);
    assert_eq!(browser.sign_in(&there).await, "/?refused=nobody_new");
    let (_, users) = server.member("bob").await.get("/api/directory").await;
    assert!(!users.to_string().contains("\"ada\""), "{users}");
}

#[tokio::test]
async fn a_handle_is_made_of_what_the_provider_says_and_of_nothing_else() {
    let (there, server) = start(|oidc| oidc.handle_claim = "email".into()).await;
    for (n, (said, expected)) in [
        (json!("grace.h@example.com"), Some("grace.h")),
        (json!("小波@example.com"), Some("小波")),
        (json!("Tea Pot<b>@x"), Some("Tea-Potb")),
        (json!("@example.com"), None),
        (json!("…"), None),
        (json!(7), None),
        (Value::Null, None),
    ]
    .into_iter()
    .enumerate()
    {
        there.person(json!({ "sub": format!("h{n}"), "email": said, "name": "\u{202e}evil" }));
        let mut browser = Browser::new(&server);
        let to = browser.sign_in(&there).await;
        match expected {
            Some(handle) => {
                assert_eq!(to, "/", "{said}");
                let (_, me) = browser.api().get("/api/me").await;
                assert_eq!(me["user"]["handle"], handle);
                assert_eq!(
                    me["user"]["display_name"], handle,
                    "a name that misleads is none"
                );
            }
            None => assert_eq!(to, "/?refused=no_handle", "{said}"),
        }
    }
}

#[tokio::test]
async fn a_closed_account_stays_closed() {
    let (there, server) = start(|_| {}).await;
    let owner = server.user("olga", Role::Owner).await;
    let mut browser = Browser::new(&server);
    assert_eq!(browser.sign_in(&there).await, "/");
    let closing = json!({ "disabled": true });
    let (status, body) = owner.call("PATCH", "/api/admin/users/ada", closing).await;
    assert!(status < 300, "{body}");
    assert_eq!(browser.api().get("/api/me").await.0, 401);
    assert_eq!(
        Browser::new(&server).sign_in(&there).await,
        "/?refused=closed"
    );
}

#[tokio::test]
async fn an_account_is_linked_by_whoever_proves_it_and_unlinked_again() {
    let (there, server) = start(|_| {}).await;
    server.person("bob", Role::Member).await;
    let mut browser = Browser::new(&server);
    browser.session = server.sign_in("bob").await.token;
    let wrong = json!({ "password": "not it" });
    let (status, _) = browser
        .begin("/api/account/provider", wrong.clone())
        .await
        .unwrap_err();
    assert_eq!(status, 403);
    assert_eq!(browser.link(&there).await, LINKED);
    let (_, account) = browser.api().get("/api/account").await;
    assert_eq!(account["provider"]["label"], "Example ID");
    assert_eq!(account["provider"]["linked_as"], "ada@example.com");
    let mut elsewhere = Browser::new(&server);
    assert_eq!(elsewhere.sign_in(&there).await, "/");
    assert_eq!(
        elsewhere.api().get("/api/me").await.1["user"]["handle"],
        "bob"
    );
    // It opens one account alone.
    server.person("eve", Role::Member).await;
    let mut eve = Browser::new(&server);
    eve.session = server.sign_in("eve").await.token;
    assert_eq!(
        eve.link(&there).await,
        "/?settings=account&refused=linked_elsewhere"
    );

    let path = "/api/account/provider";
    assert_eq!(browser.api().call("DELETE", path, wrong).await.0, 403);
    let proof = json!({ "password": PASSWORD });
    assert_eq!(
        browser.api().call("DELETE", path, proof.clone()).await.0,
        204
    );
    assert_eq!(browser.api().call("DELETE", path, proof).await.0, 404);
    let to = Browser::new(&server).sign_in(&there).await;
    assert_eq!(to, "/?refused=unlinked", "nor as somebody new");
    assert_eq!(browser.link(&there).await, LINKED, "and linked once more");
    assert_eq!(Browser::new(&server).sign_in(&there).await, "/");
}

#[tokio::test]
async fn whoever_has_no_password_chooses_one_before_unlinking() {
    let (there, server) = start(|_| {}).await;
    let mut browser = Browser::new(&server);
    assert_eq!(browser.sign_in(&there).await, "/");
    let api = browser.api();
    let proof = json!({ "password": PASSWORD });
    let (status, refused) = api
        .call("DELETE", "/api/account/provider", proof.clone())
        .await;
    assert_eq!(status, 409, "{refused}");
    let (status, body) = api
        .post("/api/account/password", json!({ "new": PASSWORD }))
        .await;
    assert_eq!(status, 204, "{body}");
    let (status, body) = api.call("DELETE", "/api/account/provider", proof).await;
    assert_eq!(status, 204, "{body}");
}

#[tokio::test]
async fn a_link_belongs_to_the_session_that_asked_for_it() {
    let (there, server) = start(|_| {}).await;
    for handle in ["bob", "eve"] {
        server.person(handle, Role::Member).await;
    }
    let mut browser = Browser::new(&server);
    browser.session = server.sign_in("bob").await.token;
    let proof = json!({ "password": PASSWORD });
    let away = browser
        .begin("/api/account/provider", proof.clone())
        .await
        .unwrap();
    let back = there.visit(&away).unwrap();
    let pass = browser.pass.clone();
    browser.session = server.sign_in("eve").await.token;
    assert_eq!(
        browser.come_back(&back).await,
        "/?settings=account&refused=stale",
        "another account"
    );
    browser.pass.clone_from(&pass);
    browser.session = String::new();
    assert_eq!(browser.come_back(&back).await, "/?refused=signed_out");
    assert_eq!(
        Browser::new(&server).sign_in(&there).await,
        "/",
        "it opens nobody's account"
    );
}

#[tokio::test]
async fn where_codes_are_asked_for_a_link_needs_one_and_then_the_provider_is_enough() {
    let (there, server) = start(|_| {}).await;
    server.person("bob", Role::Member).await;
    let mut browser = Browser::new(&server);
    browser.session = server.sign_in("bob").await.token;
    let (_, codes) = enrol(&browser.api()).await;
    let without = json!({ "password": PASSWORD });
    let (status, problem) = browser
        .begin("/api/account/provider", without)
        .await
        .unwrap_err();
    assert_eq!((status, &problem["code"]), (401, &json!("second_factor")));
    let proof = json!({ "password": PASSWORD, "code": codes[0] });
    let away = browser.begin("/api/account/provider", proof).await.unwrap();
    assert_eq!(
        browser.come_back(&there.visit(&away).unwrap()).await,
        LINKED
    );
    assert_eq!(Browser::new(&server).sign_in(&there).await, "/");
}

#[tokio::test]
async fn pages_of_other_sites_begin_nothing() {
    let (there, server) = start(|_| {}).await;
    let request = server.http.post(server.url("/api/sign-in"));
    let response = request
        .header("origin", "http://evil.example")
        .send()
        .await
        .unwrap();
    assert_eq!(response.status().as_u16(), 403);
    assert!(response.headers().get(header::SET_COOKIE).is_none());
    assert!(there.came().is_empty(), "the provider was not asked");
}

#[tokio::test]
async fn over_tls_the_cookies_are_this_hosts_alone() {
    let there = IdentityProvider::start(None).await.unwrap();
    let oidc = OidcConfig {
        issuer: there.issuer(),
        client_id: IdentityProvider::CLIENT.into(),
        client_secret_env: None,
        label: "Example ID".into(),
        new_people: true,
        handle_claim: "preferred_username".into(),
        email_domains: Vec::new(),
        required_claim: None,
        scopes: Vec::new(),
    };
    let server = Server::start_with(|config| {
        config.oidc = Some(oidc);
        config.public_url = Some("https://chat.example/".into());
        config.rate_limits = Switch::Off;
    })
    .await;
    let response = server
        .http
        .post(server.url("/api/sign-in"))
        .send()
        .await
        .unwrap();
    let cookie = response
        .headers()
        .get(header::SET_COOKIE)
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned();
    assert!(cookie.starts_with("__Host-salon_sign_in="), "{cookie}");
    assert!(
        cookie.ends_with("; Path=/; Max-Age=600; HttpOnly; SameSite=Lax; Secure"),
        "{cookie}"
    );
    let body: Value = response.json().await.unwrap();
    let away: Url = body["url"].as_str().unwrap().parse().unwrap();
    let back = away.query_pairs().find(|(name, _)| name == "redirect_uri");
    assert_eq!(back.unwrap().1, "https://chat.example/api/sign-in/callback");
}

#[tokio::test]
async fn without_a_provider_there_is_none() {
    let server = Server::start().await;
    let bob = server.member("bob").await;
    assert_eq!(bob.get("/api/sign-in").await, (200, json!({})));
    assert_eq!(bob.post("/api/sign-in", json!({})).await.0, 404);
    let proof = json!({ "password": PASSWORD });
    assert_eq!(
        bob.call("DELETE", "/api/account/provider", proof).await.0,
        404
    );
    assert_eq!(bob.get("/api/account").await.1.get("provider"), None);
}
