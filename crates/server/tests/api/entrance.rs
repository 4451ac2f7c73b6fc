//! What somebody tries who has no account, or has lost one: guessing, replaying, planting.

use crate::harness::{Api, PASSWORD, Server, Socket};
use reqwest::header::HeaderMap;
use salon_chat::accounts;
use salon_protocol::Role;
use salon_server::config::Switch;
use serde_json::{Value, json};
use tokio_tungstenite::{connect_async, tungstenite::client::IntoClientRequest};

/// Refused before it is hashed, so that a guess costs the test nothing.
fn too_long() -> String {
    "x".repeat(2_000)
}

/// What a sign-in answers, to the last header but the date.
async fn sign_in(
    server: &Server,
    handle: &str,
    password: &str,
    lang: &str,
) -> (u16, HeaderMap, String) {
    let body = json!({ "handle": handle, "password": password });
    let request = server.http.post(server.url("/api/login")).json(&body);
    let answer = request
        .header("accept-language", lang)
        .send()
        .await
        .unwrap();
    let (status, mut headers) = (answer.status().as_u16(), answer.headers().clone());
    headers.remove("date");
    (status, headers, answer.text().await.unwrap())
}

#[tokio::test]
async fn a_sign_in_that_fails_says_the_same_and_does_the_same_work_whoever_it_names() {
    let server = Server::start().await;
    for handle in ["ada", "closed", "factor"] {
        server.person(handle, Role::Member).await;
    }
    server.member("program").await;
    let chat = &server.running.chat;
    let closed = "closed".parse().unwrap();
    let closed = chat.store().user_by_handle(&closed).await.unwrap().unwrap();
    salon_chat::actions::disable_user(chat, &closed)
        .await
        .unwrap();
    let factor = server.sign_in("factor").await;
    crate::account::enrol(&factor).await;

    for lang in ["en", "zh-CN"] {
        let before = accounts::hashes_computed(chat);
        let nobody = sign_in(&server, "nobody", "wrong password", lang).await;
        assert_eq!(nobody.0, 401);
        let work = accounts::hashes_computed(chat) - before;
        assert_eq!(work, 1, "the premise: a hash is computed for nobody");
        for (handle, password) in [
            ("ada", "wrong password"),
            ("ADA", "wrong password"),
            ("@ada", "wrong password"),
            ("ada", ""),
            // Their passwords are right, and open nothing.
            ("closed", PASSWORD),
            ("closed", "wrong password"),
            ("factor", "wrong password"),
            // Neither has a password.
            ("program", "wrong password"),
            ("assistant", "wrong password"),
            ("no handle at all!", "wrong password"),
            ("", "wrong password"),
        ] {
            let before = accounts::hashes_computed(chat);
            let answer = sign_in(&server, handle, password, lang).await;
            assert_eq!(answer, nobody, "{handle:?}");
            let done = accounts::hashes_computed(chat) - before;
            assert_eq!(done, work, "{handle:?} took other work than nobody");
        }
        // What is too long to be a password is so for everybody.
        let before = accounts::hashes_computed(chat);
        for handle in ["nobody", "ada", "closed", "program"] {
            let answer = sign_in(&server, handle, &too_long(), lang).await;
            assert_eq!(answer, nobody, "{handle}");
        }
        assert_eq!(accounts::hashes_computed(chat), before);
    }
}

/// Guesses until one is refused unheard; how many were heard.
async fn guesses(server: &Server, most: usize, guess: impl Fn(usize) -> (String, String)) -> usize {
    for n in 0..most {
        let (handle, forwarded) = guess(n);
        let body = json!({ "handle": handle, "password": too_long() });
        let request = server.http.post(server.url("/api/login")).json(&body);
        let request = request.header("x-forwarded-for", forwarded);
        let answer = request.send().await.unwrap();
        if answer.status() == 429 {
            assert!(answer.headers().contains_key("retry-after"));
            return n;
        }
        assert_eq!(answer.status(), 401);
    }
    most
}

#[tokio::test]
async fn guessing_comes_to_an_end_however_the_name_is_written() {
    let server = Server::start_with(|config| config.rate_limits = Switch::On).await;
    server.person("ada", Role::Member).await;
    let ways = [
        "ada", "ADA", "Ada", "@ada", " ada", "ada ", "\tada", "@ADA ", "  ada", "   ada",
    ];
    let written = |n: usize| (ways[n % ways.len()].to_owned(), String::new());
    let heard = guesses(&server, 25, written).await;
    assert!((10..25).contains(&heard), "{heard} guesses were heard");
    // Who is not there is guessed at no longer than who is.
    let server = Server::start_with(|config| config.rate_limits = Switch::On).await;
    let nobody = |_| ("nobody".to_owned(), String::new());
    let heard = guesses(&server, 25, nobody).await;
    assert!((10..25).contains(&heard), "{heard} guesses were heard");
}

#[tokio::test]
async fn guessing_comes_to_an_end_whatever_is_said_of_where_it_comes_from() {
    let limited = |trusted: bool| {
        Server::start_with(move |config| {
            config.rate_limits = Switch::On;
            config.trust_proxy = trusted;
        })
    };
    // Without a proxy that we trust, what is said of the address is anybody's word.
    let server = limited(false).await;
    let forged = |n: usize| ("ada".to_owned(), format!("203.0.113.{}", n % 250));
    let heard = guesses(&server, 60, forged).await;
    assert!((10..60).contains(&heard), "{heard} guesses were heard");
    // Behind one, what stood there before its own word is the client's.
    let server = limited(true).await;
    let forged = |n: usize| {
        (
            "ada".to_owned(),
            format!("203.0.113.{}, 198.51.100.7", n % 250),
        )
    };
    let heard = guesses(&server, 60, forged).await;
    assert!((10..60).contains(&heard), "{heard} guesses were heard");
    // One network of somebody with as many addresses as they like.
    let server = limited(true).await;
    let many = |n: usize| ("ada".to_owned(), format!("2001:db8:1:2:{n:x}::1"));
    let heard = guesses(&server, 60, many).await;
    assert!((10..60).contains(&heard), "{heard} guesses were heard");
    // One password tried on everybody.
    let server = limited(false).await;
    let spread = |n: usize| (format!("user{n}"), String::new());
    let heard = guesses(&server, 200, spread).await;
    assert!((60..200).contains(&heard), "{heard} guesses were heard");
    // From all the world at one account.
    let server = limited(true).await;
    let world = |n: usize| ("ada".to_owned(), format!("203.0.{}.{}", n / 250, n % 250));
    let heard = guesses(&server, 300, world).await;
    assert!((100..300).contains(&heard), "{heard} guesses were heard");
}

#[tokio::test]
async fn nobody_leaves_a_secret_for_somebody_else_to_sign_in_with() {
    let server = Server::start().await;
    server.person("ada", Role::Member).await;
    server.person("eve", Role::Member).await;
    let planted = "0123456789abcdefghijklmnopqrstuvwxyz_ABCDEF";
    let eve = server.sign_in("eve").await;
    for left in [planted, eve.token.as_str(), ""] {
        let body = json!({ "handle": "ada", "password": PASSWORD });
        let request = server.http.post(server.url("/api/login")).json(&body);
        let request = request.header("cookie", format!("salon_session={left}"));
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let set = answer.headers()["set-cookie"].to_str().unwrap();
        let fresh = set.split(['=', ';']).nth(1).unwrap();
        assert_ne!(fresh, left);
        assert_eq!(fresh.len(), 43, "256 bits");
    }
    let opens = Api {
        server: &server,
        token: planted.into(),
    };
    assert_eq!(opens.get("/api/me").await.0, 401);
    assert_eq!(
        eve.get("/api/me").await.1["user"]["handle"],
        "eve",
        "hers is hers still"
    );
    // Each sign-in has a secret of its own.
    let (one, other) = (server.sign_in("ada").await, server.sign_in("ada").await);
    assert_ne!(one.token, other.token);
}

/// Every way in which a secret could be shown again.
async fn opens(server: &Server, secret: &str) -> Vec<&'static str> {
    let mut opened = Vec::new();
    let me = || server.http.get(server.url("/api/me"));
    let cookie = format!("salon_session={secret}");
    for (way, request) in [
        ("bearer", me().bearer_auth(secret)),
        ("cookie", me().header("cookie", &cookie)),
        ("both", me().bearer_auth(secret).header("cookie", &cookie)),
    ] {
        match request.send().await.unwrap().status().as_u16() {
            200 => opened.push(way),
            status => assert_eq!(status, 401, "{way}"),
        }
    }
    let mut socket = Socket::open(server).await;
    socket
        .send(json!({ "type": "hello", "token": secret }))
        .await;
    if socket.next().await["type"] == "welcome" {
        opened.push("hello");
    }
    for (way, name, value) in [
        (
            "handshake by bearer",
            "authorization",
            format!("Bearer {secret}"),
        ),
        ("handshake by cookie", "cookie", cookie.clone()),
    ] {
        let url = format!("ws://{}/api/ws", server.address());
        let mut request = url.into_client_request().unwrap();
        request.headers_mut().insert(name, value.parse().unwrap());
        let mut socket = Socket::over(connect_async(request).await.unwrap().0);
        socket.send(json!({ "type": "hello" })).await;
        if socket.next().await["type"] == "welcome" {
            opened.push(way);
        }
    }
    opened
}

const EVERY_WAY: [&str; 6] = [
    "bearer",
    "cookie",
    "both",
    "hello",
    "handshake by bearer",
    "handshake by cookie",
];

/// A way to end what somebody is signed in with.
#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    SignOut,
    EndedElsewhere,
    OthersEnded,
    NewPassword,
    PasswordOnTheTerminal,
    AccountClosed,
}

/// Out is out when the answer is there: the secret opens no door again, its sockets close, and of
/// what is committed afterwards nothing reaches them.
#[tokio::test]
async fn what_was_ended_opens_nothing_again_and_its_sockets_hear_nothing_more() {
    for end in [
        End::SignOut,
        End::EndedElsewhere,
        End::OthersEnded,
        End::NewPassword,
        End::PasswordOnTheTerminal,
        End::AccountClosed,
    ] {
        let server = Server::start().await;
        server.person("ada", Role::Member).await;
        let owner = server.user("owner", Role::Owner).await;
        let (here, there) = (server.sign_in("ada").await, server.sign_in("ada").await);
        assert_eq!(opens(&server, &there.token).await, EVERY_WAY, "the premise");
        let mut sockets = vec![there.connect().await, there.connect().await];
        let chat = &server.running.chat;
        let ada = "ada".parse().unwrap();
        let ada = chat.store().user_by_handle(&ada).await.unwrap().unwrap();
        let done = match end {
            End::SignOut => there.post("/api/logout", Value::Null).await.0,
            End::EndedElsewhere => {
                let (_, list) = here.get("/api/account/sessions").await;
                let all = list["sessions"].as_array().unwrap();
                let other = all.iter().find(|one| one["current"] != true).unwrap();
                let path = format!("/api/account/sessions/{}", other["id"].as_str().unwrap());
                here.call("DELETE", &path, Value::Null).await.0
            }
            End::OthersEnded => {
                here.call("DELETE", "/api/account/sessions", Value::Null)
                    .await
                    .0
            }
            End::NewPassword => {
                let body = json!({ "old": PASSWORD, "new": "another horse" });
                here.post("/api/account/password", body).await.0
            }
            End::PasswordOnTheTerminal => {
                accounts::set_password(chat, ada.id, "another horse".into())
                    .await
                    .unwrap();
                204
            }
            End::AccountClosed => {
                let body = json!({ "disabled": true });
                owner.call("PATCH", "/api/admin/users/ada", body).await.0
            }
        };
        assert!((200..300).contains(&done), "{end:?}: {done}");
        owner.say("general", "said after the end").await;
        for socket in &mut sockets {
            let code = loop {
                match socket.next_or_close().await {
                    Ok(frame) => assert!(
                        !frame.to_string().contains("said after the end"),
                        "{end:?}: {frame}"
                    ),
                    Err(code) => break code,
                }
            };
            assert_eq!(code, 4001, "{end:?}");
        }
        assert_eq!(opens(&server, &there.token).await, [""; 0], "{end:?}");
        let kept = !matches!(end, End::PasswordOnTheTerminal | End::AccountClosed);
        let expected = if kept { &EVERY_WAY[..] } else { &[] };
        assert_eq!(
            opens(&server, &here.token).await,
            expected,
            "{end:?}: the other browser"
        );
    }
}

#[tokio::test]
async fn an_account_that_is_opened_again_does_not_bring_its_secrets_back() {
    let server = Server::start().await;
    server.person("ada", Role::Member).await;
    let owner = server.user("owner", Role::Owner).await;
    let ada = server.sign_in("ada").await;
    for disabled in [true, false] {
        let body = json!({ "disabled": disabled });
        let changed = owner.call("PATCH", "/api/admin/users/ada", body).await;
        assert_eq!(changed.0, 204, "{}", changed.1);
    }
    assert_eq!(opens(&server, &ada.token).await, [""; 0]);
    assert_eq!(server.sign_in("ada").await.get("/api/me").await.0, 200);
}
