//! A provider of identities that misbehaves in every way that we could think of, and what is made
//! of its word.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use salon_outside::identity::{
    Flow, Provider, ProviderConfig, Recognised, Unrecognised, Unsound, Untrue,
};
use salon_testkit::{IdentityProvider, Trouble};
use serde_json::json;
use std::time::Duration;
use url::Url;

const SECRET: &str = "a secret & more";

async fn start() -> (IdentityProvider, Provider) {
    let there = IdentityProvider::start(Some(SECRET)).await.unwrap();
    there.person(json!({ "sub": "s1", "email": "ada@example.com", "groups": ["chat"] }));
    let provider = client_of(&there.issuer());
    (there, provider)
}

fn client_of(issuer: &str) -> Provider {
    Provider::new(ProviderConfig {
        issuer: issuer.into(),
        client_id: IdentityProvider::CLIENT.into(),
        client_secret: Some(SECRET.into()),
        scopes: vec!["email".into()],
    })
    .unwrap()
}

fn flow() -> Flow {
    Flow {
        state: "the state".into(),
        nonce: "the nonce".into(),
        verifier: "v".repeat(43),
        redirect: "http://127.0.0.1:1/api/sign-in/callback".into(),
    }
}

/// What comes back with the browser.
fn returned(back: &Url, name: &str) -> Option<String> {
    let mut pairs = back.query_pairs();
    pairs.find_map(|(key, value)| (key == name).then(|| value.into_owned()))
}

/// The whole way, with a browser that signs in at once.
async fn walk(there: &IdentityProvider, provider: &Provider) -> Result<Recognised, Unrecognised> {
    let flow = flow();
    let back = there.visit(&provider.way_there(&flow).await?).unwrap();
    let code = returned(&back, "code").unwrap_or_default();
    provider.recognise(&flow, &code).await
}

#[tokio::test]
async fn a_sound_provider_says_who_somebody_is() {
    let (there, provider) = start().await;
    let flow = flow();
    let back = there
        .visit(&provider.way_there(&flow).await.unwrap())
        .unwrap();
    assert_eq!(returned(&back, "state").as_deref(), Some("the state"));
    let code = returned(&back, "code").unwrap();
    let ada = provider.recognise(&flow, &code).await.unwrap();
    assert_eq!(ada.subject, "s1");
    assert_eq!(ada.text("email"), Some("ada@example.com"));
    assert_eq!(ada.verified_email(), None, "nobody vouches for it");
    assert!(ada.has("groups", "chat") && !ada.has("groups", "cha"));
    assert_eq!(
        there.came(),
        ["/.well-known/openid-configuration", "/keys", "/token"]
    );
    let again = provider.recognise(&flow, &code).await.unwrap_err();
    assert!(matches!(again, Unrecognised::CodeRefused(_)), "{again}");
}

#[tokio::test]
async fn what_is_not_to_be_believed_is_not() {
    let (there, provider) = start().await;
    for (trouble, expected) in [
        (Trouble::OtherNonce, Untrue::OtherNonce),
        (Trouble::OtherAudience, Untrue::OtherClient),
        (Trouble::OtherAsker, Untrue::OtherClient),
        (Trouble::OtherIssuer, Untrue::OtherIssuer),
        (Trouble::Expired, Untrue::Expired),
        (Trouble::EndsNever, Untrue::Expired),
        (Trouble::FromTomorrow, Untrue::OtherTime),
        (Trouble::Unsigned, Untrue::OtherAlgorithm),
        (Trouble::SharedSecret, Untrue::OtherAlgorithm),
        (Trouble::OtherKey, Untrue::BadSignature),
        (Trouble::UnknownKey, Untrue::UnknownKey),
        (Trouble::Changed, Untrue::BadSignature),
        (Trouble::NoToken, Untrue::NoToken),
    ] {
        there.trouble(trouble);
        match walk(&there, &provider).await {
            Err(Unrecognised::Untrue(why)) => assert_eq!(why, expected, "{trouble:?}"),
            other => panic!("{trouble:?}: {other:?}"),
        }
    }
    there.trouble(None);
    walk(&there, &provider).await.unwrap();
}

#[tokio::test]
async fn a_provider_that_changes_its_key_is_asked_once_more_and_no_further() {
    let (there, provider) = start().await;
    walk(&there, &provider).await.unwrap();
    there.change_key();
    walk(&there, &provider).await.unwrap();
    let asked = || there.came().iter().filter(|path| *path == "/keys").count();
    assert_eq!(asked(), 2);
    there.trouble(Trouble::UnknownKey);
    walk(&there, &provider).await.unwrap_err();
    assert_eq!(asked(), 3);
    there.trouble(None);
    walk(&there, &provider).await.unwrap();
    assert_eq!(asked(), 3, "what is known is known");
}

#[tokio::test]
async fn trouble_is_bounded_and_remembered_by_nobody() {
    for trouble in [
        Trouble::Broken,
        Trouble::Huge,
        Trouble::LeadsAway,
        Trouble::OtherName,
    ] {
        let (there, provider) = start().await;
        there.trouble(trouble);
        let refused = walk(&there, &provider).await.unwrap_err();
        match trouble {
            Trouble::OtherName => assert!(
                matches!(refused, Unrecognised::Unsound(Unsound::OtherIssuer(_))),
                "{refused}"
            ),
            _ => assert!(
                matches!(refused, Unrecognised::Unavailable { .. }),
                "{trouble:?}: {refused}"
            ),
        }
        assert!(
            !there.came().iter().any(|path| path == "/elsewhere"),
            "no redirect is followed"
        );
        there.trouble(None);
        walk(&there, &provider).await.unwrap();
    }
}

#[tokio::test]
async fn a_provider_that_says_nothing_is_not_waited_for() {
    let (there, provider) = start().await;
    let provider = provider.patient_for(Duration::from_millis(50));
    there.trouble(Trouble::Silent);
    let refused = walk(&there, &provider).await.unwrap_err();
    assert!(matches!(refused, Unrecognised::TooSlow), "{refused}");
}

#[tokio::test]
async fn a_client_that_does_not_know_the_secret_is_told_of_the_trouble_and_not_of_the_secret() {
    let there = IdentityProvider::start(Some("another")).await.unwrap();
    let refused = walk(&there, &client_of(&there.issuer())).await.unwrap_err();
    assert!(refused.to_string().contains("invalid_client"), "{refused}");
    assert!(!format!("{refused:?}").contains(SECRET));
}

#[test]
fn an_issuer_is_an_address() {
    for bad in [
        "",
        "id.example",
        "ftp://id.example",
        "https://u:p@id.example",
        "https://id.example/?x",
        "https://id.example/#x",
    ] {
        let config = ProviderConfig {
            issuer: bad.into(),
            client_id: "c".into(),
            client_secret: None,
            scopes: Vec::new(),
        };
        assert!(Provider::new(config).is_err(), "{bad}");
    }
}
