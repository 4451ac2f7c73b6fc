//! What a browser and a device say, told right and told wrong, without a server.

use super::*;
use crate::accounts::passkeys::cbor::Spoilt;
use proptest::prelude::*;
use salon_testkit::{Authenticator, Said};
use serde_json::{Value, json};

const ORIGIN: &str = "https://chat.example";

// Made and signed by OpenSSL 3.
const RSA_N: &str = "\
    qw1HazNeyeEFiTvktJvbQ3p7H05KR3KQ_oaHFw-lB5hYVozsOixwRof89RzHz96qlXFSnEAk4NiOIFVEyORZ\
    aCSq8wO96gJbfHZ5TuRPuv2TDhwYyK-PhWfqClBW_b7FUudZERpB_K54rGx08yrgJ0nYJ04JyqLdonjE2B4N\
    jetIga_GSejg-uRSBhkbj7YgoYIZ9YVXUtWC50xDHN4nAFTdqKVSIEW3cjtBxUg4HCkRkeJN3HPu_Gv9fNI1\
    buUV0_oM9rNGH3oiKq2zlFI2yEWuQI3jJG85QUAmuPSh_JCZkUxiowAoJZoKEmJ2qjexSW4n3iVtLKgIQsl6\
    rYPUZQ";
const RSA_SIGNATURE: &str = "\
    G7Wy2XOjr8_4darnRs8p32MZ-03qUds4fPz583i6ZRzzGNfhzpjVxrNAb422wOP1UEks8XeWQiQt4_-4qs16\
    s-F3x2a573BgskHFp1G4xp1OW6Oj6UhyVLfX4xN9k9XlqGp_glX0mHayLgSPw_8DUlcVUi3oeR3hRPSTEjiA\
    ynUX9pSvK3y5GTXlihwXPocwZnVKORccwItLjYWCj3N7yAmcx5dE5zaIGy_8LVnTjfmAhkbejDgY3ijgJH1w\
    L-I55c2C46J1ayr-jtDnrO7VH-rrSUSvCpRjrG4hbAf9w0my6STtqZLXDqbU3OwuEwbzG17bfNm2GbB9Qdwf\
    27w9dg";
const RSA_SIGNED: &[u8] = b"signed by another implementation";

fn page() -> Page {
    Page {
        origin: ORIGIN.into(),
        site: "chat.example".into(),
    }
}

fn bytes(of: &Value, name: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(of[name].as_str().unwrap()).unwrap()
}

fn said(device: &mut Authenticator) -> Said {
    let challenge = URL_SAFE_NO_PAD.encode([7; 32]);
    let offer = json!({ "challenge": challenge, "site": "chat.example", "user": "AAAA" });
    device.said(&offer, ORIGIN)
}

fn made_by(device: &mut Authenticator) -> Vec<u8> {
    let said = said(device);
    bytes(&device.create(&said, "a key"), "authenticator_data")
}

fn rsa(n: &[u8], e: &[u8]) -> Vec<u8> {
    // {1: 3, 3: -257, -1: n, -2: e}
    let mut key = vec![0xa4, 0x01, 0x03, 0x03, 0x39, 0x01, 0x00, 0x20, 0x59];
    key.extend((n.len() as u16).to_be_bytes());
    key.extend(n);
    key.extend([0x21, 0x40 | e.len() as u8]);
    key.extend(e);
    key
}

#[test]
fn a_key_is_read_as_the_device_wrote_it() {
    for mut device in [Authenticator::p256(), Authenticator::ed25519()] {
        let data = DeviceData::read(&made_by(&mut device), &page()).unwrap();
        let made = data.made.unwrap();
        assert_eq!(made.credential, device.credential);
        assert_eq!(made.written, device.public_key());
        let kept = PublicKey::kept(&made.written).unwrap();
        assert_eq!(kept.algorithm(), made.key.algorithm());
    }
}

#[test]
fn what_another_implementation_has_signed_with_rsa_is_believed_and_nothing_else() {
    let decode = |text| URL_SAFE_NO_PAD.decode(text).unwrap();
    let (n, mut signature) = (decode(RSA_N), decode(RSA_SIGNATURE));
    let key = PublicKey::kept(&rsa(&n, &[1, 0, 1])).unwrap();
    assert_eq!(key.algorithm(), -257);
    assert!(key.has_signed(RSA_SIGNED, &signature));
    assert!(!key.has_signed(b"something else", &signature));
    signature[9] ^= 1;
    assert!(!key.has_signed(RSA_SIGNED, &signature));
}

#[test]
fn keys_that_could_not_sign_or_are_of_another_kind_are_not_kept() {
    let n = URL_SAFE_NO_PAD.decode(RSA_N).unwrap();
    let even = [&n[..255], &[0]].concat();
    let p256 = Authenticator::p256().public_key();
    let changed = |at: usize, to: u8| {
        let mut key = p256.clone();
        key[at] = to;
        key
    };
    assert!(PublicKey::kept(&p256).is_ok(), "the premise");
    for (what, key) in [
        ("too short", rsa(&n[..128], &[1, 0, 1])),
        ("nothing", rsa(&[], &[1, 0, 1])),
        ("zeros", rsa(&[0; 256], &[1, 0, 1])),
        ("even", rsa(&even, &[1, 0, 1])),
        ("raised to one", rsa(&n, &[1])),
        ("a huge exponent", rsa(&n, &[1, 0, 0, 0, 1])),
        ("another algorithm", changed(4, 0x27)),
        ("another kind", changed(2, 0x01)),
        ("another curve", changed(6, 0x02)),
        ("no such point", changed(20, p256[20] ^ 1)),
        ("a map with one value less", changed(0, 0xa4)),
        ("a label twice", changed(7, 0x20)),
        ("a list", changed(0, 0x85)),
    ] {
        assert!(PublicKey::kept(&key).is_err(), "{what}");
    }
    let behind = [&p256[..], &[0]].concat();
    assert_eq!(PublicKey::kept(&behind).err(), Some(Untrue::Malformed));
}

#[test]
fn whatever_is_cut_off_or_spoilt_is_refused_and_nothing_panics() {
    for mut device in [Authenticator::p256(), Authenticator::ed25519()] {
        let whole = made_by(&mut device);
        assert!(DeviceData::read(&whole, &page()).is_ok(), "the premise");
        for end in 0..whole.len() {
            assert!(DeviceData::read(&whole[..end], &page()).is_err(), "{end}");
        }
        let longer = [&whole[..], &[0xa0]].concat();
        assert!(DeviceData::read(&longer, &page()).is_err());
        for at in 0..whole.len() {
            for bit in 0..8 {
                let mut spoilt = whole.clone();
                spoilt[at] ^= 1 << bit;
                if let Ok(DeviceData {
                    made: Some(made), ..
                }) = DeviceData::read(&spoilt, &page())
                {
                    // What it says of whoever was there, its counter, its model; or it is another key.
                    assert!(
                        made.credential != device.credential
                            || made.written != device.public_key()
                            || (32..53).contains(&at),
                        "{at}"
                    );
                }
            }
        }
    }
}

#[test]
fn what_more_a_device_says_is_one_map_and_passed_over() {
    let mut device = Authenticator::p256();
    let verdict = |device: &mut Authenticator, flags: u8, more: &[u8]| {
        let mut said = said(device);
        said.flags |= flags;
        said.more = more.to_vec();
        let create = bytes(&device.create(&said, "a key"), "authenticator_data");
        let get = bytes(&device.get(&said), "authenticator_data");
        [&create, &get].map(|it| DeviceData::read(it, &page()).err())
    };
    let credential_protection = b"\xa1\x6bcredProtect\x03";
    assert_eq!(
        verdict(&mut device, HAS_MORE, credential_protection),
        [None; 2]
    );
    assert_eq!(verdict(&mut device, HAS_MORE, &[0xa0]), [None; 2]);
    for (flags, more) in [
        (HAS_MORE, &b""[..]),
        (HAS_MORE, b"\x01"),
        (HAS_MORE, b"\xa0\xa0"),
        (HAS_MORE, b"\xa1\x01"),
        (0, b"\xa0"),
        (IS_COPIED, b""),
    ] {
        let expected = [Some(Untrue::Malformed); 2];
        assert_eq!(
            verdict(&mut device, flags, more),
            expected,
            "{flags} {more:?}"
        );
    }
    let copied = verdict(&mut device, IS_COPIED | MAY_BE_COPIED, b"");
    assert_eq!(copied, [None; 2]);
}

#[test]
fn a_name_for_a_key_has_a_byte_at_least_and_no_more_than_the_standard_says() {
    let mut device = Authenticator::p256();
    for (length, fits) in [(0, false), (1, true), (1023, true), (1024, false)] {
        device.credential = vec![9; length];
        let data = made_by(&mut device);
        assert_eq!(DeviceData::read(&data, &page()).is_ok(), fits, "{length}");
    }
}

#[test]
fn what_a_browser_says_is_for_this_purpose_this_challenge_and_this_page() {
    let sound = json!({
        "type": "webauthn.get", "challenge": URL_SAFE_NO_PAD.encode([7; 32]), "origin": ORIGIN,
    });
    let verdict = |name: &str, value: Value| {
        let mut changed = sound.clone();
        changed[name] = value;
        let text = changed.to_string();
        check_client(text.as_bytes(), Purpose::Get, &[7; 32], &page()).err()
    };
    for (name, value, expected) in [
        ("crossOrigin", json!(false), None),
        ("anything", json!({ "else": [] }), None),
        ("type", json!("webauthn.create"), Some(Untrue::OtherPurpose)),
        ("type", json!("payment.get"), Some(Untrue::OtherPurpose)),
        ("type", json!(7), Some(Untrue::Malformed)),
        ("challenge", json!(""), Some(Untrue::OtherChallenge)),
        (
            "challenge",
            json!(URL_SAFE_NO_PAD.encode([8; 32])),
            Some(Untrue::OtherChallenge),
        ),
        (
            "origin",
            json!("http://chat.example"),
            Some(Untrue::OtherPage),
        ),
        (
            "origin",
            json!("https://chat.example:8443"),
            Some(Untrue::OtherPage),
        ),
        (
            "origin",
            json!("https://a.chat.example"),
            Some(Untrue::OtherPage),
        ),
        (
            "origin",
            json!("https://chat.example/"),
            Some(Untrue::OtherPage),
        ),
        ("crossOrigin", json!(true), Some(Untrue::OtherPage)),
        ("crossOrigin", json!("no"), Some(Untrue::Malformed)),
        ("topOrigin", json!(ORIGIN), Some(Untrue::OtherPage)),
        (
            "x",
            json!("x".repeat(CLIENT_BYTES_MAX)),
            Some(Untrue::Malformed),
        ),
    ] {
        assert_eq!(verdict(name, value.clone()), expected, "{name}: {value}");
    }
    for text in [
        "",
        "null",
        "[]",
        "{}",
        "{\"type\":\"webauthn.get\",\"type\":\"x\"}",
    ] {
        let verdict = check_client(text.as_bytes(), Purpose::Get, &[7; 32], &page());
        assert_eq!(verdict, Err(Untrue::Malformed), "{text}");
    }
}

proptest! {
    #[test]
    fn nothing_that_comes_instead_of_a_key_panics(noise in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut data = Sha256::digest(b"chat.example").to_vec();
        data.extend([PRESENT | VERIFIED | HAS_KEY | HAS_MORE, 0, 0, 0, 0]);
        data.extend([0; 16]);
        data.extend([0, 1, 9]);
        data.extend(&noise);
        prop_assert!(DeviceData::read(&data, &page()).is_err());
        let _: Result<_, Spoilt> = Reader::new(&noise).value();
        drop(PublicKey::kept(&noise));
    }
}
