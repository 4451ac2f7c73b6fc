//! One's own account: profile, password, sessions, second factor.

use crate::harness::{Api, PASSWORD, Server};
use jiff::Timestamp;
use salon_protocol::Role;
use salon_server::config::Switch;
use serde_json::{Value, json};
use totp_rs::{Builder, Secret};

/// The authenticator's code of the step so many after the one now.
fn code(secret: &str, steps: u64) -> String {
    let secret = Secret::try_from_base32(secret).unwrap();
    let totp = Builder::new().with_secret(secret).build().unwrap();
    let now = Timestamp::now().as_second() as u64;
    totp.generate(now + 30 * steps).to_string()
}

/// Sets up an authenticator; gives its key and the recovery codes. The code of the step now is
/// used up by it.
pub(crate) async fn enrol(user: &Api<'_>) -> (String, Vec<String>) {
    let (status, enrolment) = user
        .post(
            "/api/account/second-factor",
            json!({ "password": PASSWORD }),
        )
        .await;
    assert_eq!(status, 200, "{enrolment}");
    let secret = enrolment["secret"].as_str().unwrap().to_owned();
    assert!(
        enrolment["uri"].as_str().unwrap().contains(&secret)
            && enrolment["qr"]["path"]
                .as_str()
                .unwrap()
                .starts_with("M4 4"),
        "{enrolment}"
    );
    let (status, codes) = user
        .post(
            "/api/account/second-factor/confirm",
            json!({ "code": code(&secret, 0) }),
        )
        .await;
    assert_eq!(status, 200, "{codes}");
    let codes = codes["codes"].as_array().unwrap();
    let codes = codes.iter().map(|code| code.as_str().unwrap().to_owned());
    (secret, codes.collect())
}

#[tokio::test]
async fn a_profile_is_told_to_everybody_and_a_bad_one_to_nobody() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let mut bob = server.member("bob").await.connect().await;
    let profile = json!({ "display_name": "Ada L.", "about": " Engines. ", "time_zone": "Asia/Shanghai", "lang": "zh" });
    let (status, account) = ada.call("PATCH", "/api/account", profile).await;
    assert_eq!(status, 200, "{account}");
    assert_eq!(account["user"]["about"], "Engines.");
    assert_eq!(
        (
            &account["lang"],
            &account["has_password"],
            &account["second_factor"]
        ),
        (&json!("zh"), &json!(false), &json!(false))
    );
    // Others may be told of in the same frame.
    let hers = |frame: &Value| {
        let users = frame["users"].as_array()?;
        users
            .iter()
            .find(|user| user["about"] == "Engines.")
            .cloned()
    };
    let told = bob
        .expect_where(|frame| frame["type"] == "presence" && hers(frame).is_some())
        .await;
    assert_eq!(hers(&told).unwrap()["time_zone"], "Asia/Shanghai");
    for bad in [
        json!({ "time_zone": "Mars/Olympus" }),
        json!({ "time_zone": "../../etc/passwd" }),
        json!({ "about": "x".repeat(301) }),
        json!({ "role": "owner" }),
    ] {
        let (status, _) = ada.call("PATCH", "/api/account", bad.clone()).await;
        assert!(status == 400 || status == 413, "{status}: {bad}");
    }
    let (_, account) = ada
        .call("PATCH", "/api/account", json!({ "about": "" }))
        .await;
    assert_eq!(account["user"]["about"], Value::Null);
    assert_eq!(account["user"]["display_name"], "Ada L.");
}

#[tokio::test]
async fn a_changed_password_signs_all_other_browsers_out_at_once() {
    let server = Server::start().await;
    server.person("ada", Role::Member).await;
    let (here, there) = (server.sign_in("ada").await, server.sign_in("ada").await);
    assert_ne!(
        here.token, there.token,
        "each sign-in has a secret of its own"
    );
    let mut mine = here.connect().await;
    let mut other = there.connect().await;
    let change = |old: &str, new: &str| json!({ "old": old, "new": new });
    let (status, problem) = here
        .post("/api/account/password", change("wrong", "another horse"))
        .await;
    assert_eq!((status, &problem["code"]), (403, &json!("forbidden")));
    let (status, _) = here
        .post("/api/account/password", json!({ "new": "another horse" }))
        .await;
    assert_eq!(status, 403, "without the old one nothing is changed");
    assert_eq!(there.get("/api/me").await.0, 200);

    let (status, _) = here
        .post("/api/account/password", change(PASSWORD, "another horse"))
        .await;
    assert_eq!(status, 204);
    assert_eq!(other.closed().await, 4001);
    assert_eq!(there.get("/api/me").await.0, 401);
    assert_eq!(here.get("/api/me").await.0, 200);
    mine.drain().await;
    let old = server
        .login(json!({ "handle": "ada", "password": PASSWORD }))
        .await;
    assert_eq!(old.0, 401);
    let new = server
        .login(json!({ "handle": "ada", "password": "another horse" }))
        .await;
    assert_eq!(new.0, 200);
}

#[tokio::test]
async fn a_session_is_listed_and_ended_from_another_and_only_by_its_owner() {
    let server = Server::start().await;
    server.person("ada", Role::Member).await;
    let (here, there) = (server.sign_in("ada").await, server.sign_in("ada").await);
    let mut socket = there.connect().await;
    let (status, list) = here.get("/api/account/sessions").await;
    assert_eq!(status, 200);
    let sessions = list["sessions"].as_array().unwrap();
    assert_eq!(sessions.len(), 2, "{list}");
    let current: Vec<_> = sessions.iter().map(|one| one["current"] == true).collect();
    assert_eq!(current.iter().filter(|one| **one).count(), 1, "{list}");
    for session in sessions {
        assert_eq!(session["device"], "Firefox · Linux");
        assert_eq!(session["address"], "127.0.0.x");
        assert_eq!(session["purpose"], "session");
        assert!(session["seen_at"].is_string());
    }
    assert!(
        !list.to_string().contains(&there.token),
        "a list opens nothing"
    );
    let id = sessions.iter().find(|one| one["current"] != true).unwrap()["id"]
        .as_str()
        .unwrap();
    let path = format!("/api/account/sessions/{id}");

    let bob = server.member("bob").await;
    assert_eq!(bob.call("DELETE", &path, Value::Null).await.0, 404);
    assert_eq!(there.get("/api/me").await.0, 200, "it is not bob's to end");

    assert_eq!(here.call("DELETE", &path, Value::Null).await.0, 204);
    assert_eq!(socket.closed().await, 4001);
    assert_eq!(there.get("/api/me").await.0, 401);
    assert_eq!(here.call("DELETE", &path, Value::Null).await.0, 404);
}

#[tokio::test]
async fn all_other_browsers_are_ended_together_and_programs_go_on() {
    let server = Server::start().await;
    server.person("ada", Role::Member).await;
    let (here, there) = (server.sign_in("ada").await, server.sign_in("ada").await);
    let third = server.sign_in("ada").await;
    let chat = &server.running.chat;
    let ada = chat.store().user_by_handle(&"ada".parse().unwrap()).await;
    let token = salon_chat::accounts::create_token(chat, ada.unwrap().unwrap().id).await;
    let program = Api {
        token: token.unwrap(),
        ..server.sign_in("ada").await
    };
    let mut sockets = [there.connect().await, third.connect().await];
    assert_eq!(
        here.get("/api/account/sessions").await.1["sessions"]
            .as_array()
            .unwrap()
            .len(),
        5
    );
    let path = "/api/account/sessions";
    assert_eq!(here.call("DELETE", path, Value::Null).await.0, 204);
    for socket in &mut sockets {
        assert_eq!(socket.closed().await, 4001);
    }
    for (who, expected) in [(&here, 200), (&program, 200), (&there, 401), (&third, 401)] {
        assert_eq!(who.get("/api/me").await.0, expected);
    }
}

#[tokio::test]
async fn an_authenticator_is_asked_for_once_it_is_confirmed_and_each_code_opens_once() {
    let server = Server::start().await;
    server.person("ada", Role::Member).await;
    let ada = server.sign_in("ada").await;
    let (status, _) = ada
        .post("/api/account/second-factor", json!({ "password": "wrong" }))
        .await;
    assert_eq!(status, 403, "a stolen session sets up nothing");
    let begun = ada
        .post(
            "/api/account/second-factor",
            json!({ "password": PASSWORD }),
        )
        .await;
    assert_eq!(begun.0, 200);
    server.sign_in("ada").await;
    let (status, _) = ada
        .post(
            "/api/account/second-factor/confirm",
            json!({ "code": "000000" }),
        )
        .await;
    assert_eq!(status, 400);

    let (secret, recovery) = enrol(&ada).await;
    let attempt = |code: Value| {
        let mut body = json!({ "handle": "ada", "password": PASSWORD });
        if !code.is_null() {
            body["code"] = code;
        }
        server.login(body)
    };
    let (status, problem, cookie) = attempt(Value::Null).await;
    assert_eq!((status, &problem["code"]), (401, &json!("second_factor")));
    assert_eq!(cookie, None);
    let told: Vec<_> = problem.as_object().unwrap().keys().cloned().collect();
    assert_eq!(
        told,
        ["code", "detail", "status", "title", "type"],
        "and nothing more"
    );
    let wrong = server
        .login(json!({ "handle": "ada", "password": "wrong", "code": code(&secret, 1) }))
        .await;
    assert_eq!(
        (wrong.0, &wrong.1["code"]),
        (401, &json!("not_signed_in")),
        "a code is no password"
    );

    let used = attempt(json!(code(&secret, 0))).await;
    assert_eq!(
        (used.0, &used.1["code"]),
        (401, &json!("second_factor")),
        "the code that confirmed it"
    );
    let next = code(&secret, 1);
    assert_eq!(attempt(json!(next)).await.0, 200);
    assert_eq!(attempt(json!(next)).await.0, 401, "replayed");

    assert_eq!(attempt(json!(recovery[0].to_uppercase())).await.0, 200);
    assert_eq!(attempt(json!(recovery[0])).await.0, 401, "used up");
    let (_, account) = ada.get("/api/account").await;
    assert_eq!(
        (&account["second_factor"], &account["recovery_codes"]),
        (&json!(true), &json!(9))
    );

    let again = ada
        .post(
            "/api/account/second-factor",
            json!({ "password": PASSWORD }),
        )
        .await;
    assert_eq!(again.0, 409, "a confirmed one is not replaced");
    let bare = ada
        .call(
            "DELETE",
            "/api/account/second-factor",
            json!({ "password": PASSWORD }),
        )
        .await;
    assert_eq!((bare.0, &bare.1["code"]), (401, &json!("second_factor")));
    let fresh = ada
        .post(
            "/api/account/second-factor/codes",
            json!({ "password": PASSWORD, "code": recovery[1] }),
        )
        .await;
    assert_eq!(fresh.0, 200, "{}", fresh.1);
    assert_eq!(attempt(json!(recovery[2])).await.0, 401, "replaced");
    let proof = json!({ "password": PASSWORD, "code": fresh.1["codes"][0] });
    assert_eq!(
        ada.call("DELETE", "/api/account/second-factor", proof)
            .await
            .0,
        204
    );
    assert_eq!(attempt(Value::Null).await.0, 200);
}

#[tokio::test]
async fn codes_are_tried_a_few_times_only_and_by_nobody_without_the_password() {
    let server = Server::start_with(|config| config.rate_limits = Switch::On).await;
    server.person("ada", Role::Member).await;
    let ada = server.sign_in("ada").await;
    enrol(&ada).await;
    let mut codes = Vec::new();
    for n in 0..12 {
        let body = json!({ "handle": "ada", "password": PASSWORD, "code": format!("{n:06}") });
        let (status, problem, _) = server.login(body).await;
        codes.push((status, problem["code"].clone()));
    }
    let last = codes.last().unwrap();
    assert_eq!(last, &(429, json!("too_fast")), "{codes:?}");
    let tried = codes.iter().filter(|(status, _)| *status == 401).count();
    assert!((1..=10).contains(&tried), "{codes:?}");
    // Whoever does not know the password is told nothing of it.
    let wrong = server
        .login(json!({ "handle": "bob", "password": "wrong", "code": "000000" }))
        .await;
    assert_eq!((wrong.0, &wrong.1["code"]), (401, &json!("not_signed_in")));
}

#[tokio::test]
async fn an_operator_takes_a_lost_authenticator_away() {
    let server = Server::start().await;
    server.person("ada", Role::Member).await;
    let ada = server.sign_in("ada").await;
    let (secret, recovery) = enrol(&ada).await;
    let chat = &server.running.chat;
    let user = chat
        .store()
        .user_by_handle(&"ada".parse().unwrap())
        .await
        .unwrap()
        .unwrap();
    assert!(
        salon_chat::accounts::reset_second_factor(chat, user.id)
            .await
            .unwrap()
    );
    server.sign_in("ada").await;
    let (again, _) = enrol(&ada).await;
    assert_ne!(secret, again);
    let old = server
        .login(json!({ "handle": "ada", "password": PASSWORD, "code": recovery[0] }))
        .await;
    assert_eq!(old.0, 401, "its recovery codes went with it");
}
