//! Tokens made once with keys that are forgotten, by another implementation (pyca/cryptography).

use super::*;
use crate::identity::keys::{self, Key};
use serde_json::json;

const RSA_N: &str = "\
    nd0WA1qm1XrLSlPhX0N640zYVZT28WOy83DduzwP3mktZ87TIENrNwcdiypsqPIdediBWKj4-nG4shRtPeVE\
    BXrG06x9CgwwHUgEJlmila-mCc_dJDELfmLjg_YkLOryOtlvRjfJOIwH2sSliP0dYWGquS8sU0tu1cZAqx7m\
    2DMUZcCnMhN7SoKXDElgOXfJnJe0iKjvJenci46x9zBGq8ifqUf1wwWqWOaCAVGf33UITFSBOQD1oOREDRGV\
    VFe_CDLDxGFi5JXaocD_gv8B6_1LUbM0BAgZqprCBQoK0_d4BR18U4_Adr6s31tRKca4GovuM-r6rjU8jcoy\
    4RAu5w";
const RSA_TOKEN: &str = "\
    eyJhbGciOiJSUzI1NiIsImtpZCI6InIifQ.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJzdWIiOiIyN\
    DgyODk3NjEwMDEiLCJhdWQiOiJzYWxvbiIsIm5vbmNlIjoibi0wUzZfV3pBMk1qIiwiaWF0IjoxNzAwMDAwM\
    DAwLCJleHAiOjE3MDAwMDAzMDB9.DCN1D_RRLT6NVdrz-tfAbf7L04xOR1PdOTByD8y-Pluv1LbX4X6-32Hm\
    rXZ311drz2hIJcyltZUE7q-ZCK7KZQQl3O2cfLwAQogR2mSaseb-0J-u4OPFBUlgwB-X74nsCEAkJvrGUSGc\
    6T9mgzANSWvpycwmFsxEqDIYDKU7J0fPmNngLWOOJu6qtKA5VwW3IFzRR9uIVST8DgjlVNuCdvreCcOTaIxn\
    4yAXEn7JgsvJ4YPpcJ2W96uXpOfbGpso-haPJZvKTMl6vUrXHWxVNtR-dXDLK6RTtOfR_gjFQvPEs0SodEX-\
    pmv1sEzuc1tAOswCQQ2yWFWFA9Ll_L1siw";
const ED25519_X: &str = "C60ZJEl-YGpHp5_kNovbrtmmhcCwLpU5Q1qPAbsUAc8";
const ED25519_TOKEN: &str = "\
    eyJhbGciOiJFZERTQSJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJzdWIiOiIyNDgyODk3NjEwMDE\
    iLCJhdWQiOiJzYWxvbiIsIm5vbmNlIjoibi0wUzZfV3pBMk1qIiwiaWF0IjoxNzAwMDAwMDAwLCJleHAiOjE\
    3MDAwMDAzMDB9.YarLc3w8VsP1_10pmZyqFsW0E7oWVKAW4TWgXAEQNFU8MwLr7iAx2_xCURLRSezwtInson\
    HPb9sCEMuMsS7OCA";

const WANTED: Wanted<'static> = Wanted {
    issuer: "https://id.example",
    client_id: "salon",
    nonce: "n-0S6_WzA2Mj",
    now: 1_700_000_100,
};

fn keys(published: Value) -> Vec<Key> {
    keys::usable(serde_json::from_value(json!({ "keys": published })).unwrap())
}

fn both() -> Vec<Key> {
    keys(json!([
        { "kty": "RSA", "kid": "r", "n": RSA_N, "e": "AQAB", "use": "sig", "alg": "RS256" },
        { "kty": "OKP", "crv": "Ed25519", "x": ED25519_X },
    ]))
}

#[test]
fn tokens_of_rsa_and_of_ed25519_are_believed() {
    for text in [RSA_TOKEN, ED25519_TOKEN] {
        let signed = Token::parse(text).unwrap().verify(&both()).unwrap();
        assert_eq!(signed.check(&WANTED).unwrap().subject, "248289761001");
    }
}

#[test]
fn a_token_whose_letters_were_changed_is_not_believed() {
    for at in [0, 30, 60, RSA_TOKEN.len() - 40] {
        let mut changed = RSA_TOKEN.to_owned();
        let other = if &changed[at..=at] == "A" { "B" } else { "A" };
        changed.replace_range(at..=at, other);
        let verdict = Token::parse(&changed).and_then(|token| token.verify(&both()));
        assert!(verdict.is_err(), "changed at {at}");
    }
}

#[test]
fn keys_that_are_for_something_else_sign_nothing() {
    let rsa = json!({ "kty": "RSA", "kid": "r", "n": RSA_N, "e": "AQAB" });
    let with = |name: &str, value: &str| {
        let mut key = rsa.clone();
        key[name] = json!(value);
        keys(json!([key])).len()
    };
    assert_eq!(with("use", "sig"), 1, "the premise");
    assert_eq!(with("use", "enc"), 0);
    assert_eq!(with("alg", "HS256"), 0);
    assert_eq!(with("alg", "ES256"), 0);
    assert_eq!(with("kty", "oct"), 0);
    let odd = json!([5, { "kty": "RSA" }, { "kty": 7 }, { "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA" }]);
    assert!(keys(odd).is_empty());
}

#[test]
fn a_token_that_names_no_key_is_by_the_only_one_that_it_can_be_by() {
    let token = Token::parse(ED25519_TOKEN).unwrap();
    assert!(token.verify(&both()).is_ok());
    let twice = json!({ "kty": "OKP", "crv": "Ed25519", "x": ED25519_X });
    let verdict = token.verify(&keys(json!([twice, twice])));
    assert_eq!(verdict.unwrap_err(), Untrue::UnknownKey);
}

#[test]
fn what_is_no_token_is_told_from_what_is_signed_otherwise() {
    let with = |header: Value| format!("{}.e30.", encode(header.to_string().as_bytes()));
    for (text, expected) in [
        (String::new(), Untrue::Malformed),
        ("a.b".into(), Untrue::Malformed),
        ("a.b.c.d".into(), Untrue::Malformed),
        (with(json!([])), Untrue::Malformed),
        (with(json!({ "alg": "none" })), Untrue::OtherAlgorithm),
        (with(json!({ "alg": "None" })), Untrue::OtherAlgorithm),
        (with(json!({ "alg": "HS256" })), Untrue::OtherAlgorithm),
        (
            with(json!({ "alg": "RS256", "crit": ["b64"] })),
            Untrue::OtherAlgorithm,
        ),
    ] {
        assert_eq!(Token::parse(&text).err(), Some(expected), "{text}");
    }
}

#[test]
fn each_claim_is_looked_at() {
    let now = WANTED.now;
    let sound = json!({
        "iss": WANTED.issuer, "aud": "salon", "nonce": WANTED.nonce, "sub": "s",
        "iat": now, "exp": now + 300,
    });
    let verdict = |changes: Value| {
        let mut claims = sound.as_object().unwrap().clone();
        for (name, value) in changes.as_object().unwrap() {
            match value {
                Value::Null => claims.remove(name),
                value => claims.insert(name.clone(), value.clone()),
            };
        }
        Signed(claims).check(&WANTED).err()
    };
    for fine in [
        json!({}),
        json!({ "aud": ["salon"] }),
        json!({ "aud": ["other", "salon"], "azp": "salon" }),
        json!({ "exp": now - 59, "iat": now + 59 }),
        json!({ "exp": (now + 300) as f64, "nbf": now }),
    ] {
        assert_eq!(verdict(fine.clone()), None, "{fine}");
    }
    for (changes, expected) in [
        (json!({ "iss": "https://id.example/" }), Untrue::OtherIssuer),
        (json!({ "iss": null }), Untrue::OtherIssuer),
        (json!({ "aud": "other" }), Untrue::OtherClient),
        (json!({ "aud": [] }), Untrue::OtherClient),
        (json!({ "aud": null }), Untrue::OtherClient),
        (json!({ "aud": { "salon": true } }), Untrue::OtherClient),
        (json!({ "aud": ["other", "salon"] }), Untrue::OtherClient),
        (json!({ "azp": "other" }), Untrue::OtherClient),
        (json!({ "azp": 5 }), Untrue::OtherClient),
        (json!({ "nonce": "other" }), Untrue::OtherNonce),
        (json!({ "nonce": null }), Untrue::OtherNonce),
        (json!({ "exp": null }), Untrue::Expired),
        (json!({ "exp": "never" }), Untrue::Expired),
        (json!({ "exp": now - 60 }), Untrue::Expired),
        (json!({ "iat": null }), Untrue::OtherTime),
        (json!({ "iat": now + 61 }), Untrue::OtherTime),
        (json!({ "iat": now - 601 }), Untrue::OtherTime),
        (json!({ "nbf": now + 61 }), Untrue::OtherTime),
        (json!({ "nbf": "now" }), Untrue::OtherTime),
        (json!({ "sub": "" }), Untrue::NoSubject),
        (json!({ "sub": 5 }), Untrue::NoSubject),
        (json!({ "sub": "x".repeat(256) }), Untrue::NoSubject),
    ] {
        assert_eq!(verdict(changes.clone()), Some(expected), "{changes}");
    }
}
