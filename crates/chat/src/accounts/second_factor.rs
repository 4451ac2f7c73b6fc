//! A second proof of who one is: an authenticator's codes (RFC 6238), and recovery codes for
//! whoever has lost it. A code opens once. Whoever asks for one has proven the password before.

use super::{password::require_password, secret::digest};
use crate::{Caller, Chat, ChatError, Words};
use qrcodegen::{QrCode as Modules, QrCodeEcc};
use rand::RngExt;
use salon_protocol::{Enrolment, QrCode, UserId, UserKind};
use salon_store::User;
use totp_rs::{Builder, Secret, Totp};

/// What authenticators show beside the handle.
const ISSUER: &str = "Salon";
/// Bytes of an authenticator's key, as RFC 4226 recommends.
const KEY_BYTES: usize = 20;
/// Recovery codes made at a time.
const RECOVERY_CODES: usize = 10;
/// Characters of a recovery code: 80 bits, so that a fast digest is enough to keep.
const RECOVERY_CHARS: usize = 16;
/// Letters and digits that nobody mistakes for each other.
const RECOVERY_ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz234567891";
/// Light modules around a QR code, as ISO 18004 asks for.
const QUIET_ZONE: i32 = 4;

/// A key for an authenticator. Nothing is asked for at sign-in until a code of it is confirmed.
pub async fn begin_second_factor(
    chat: &Chat,
    caller: &Caller,
    password: String,
) -> Result<Enrolment, ChatError> {
    let user = &caller.user;
    if user.kind != UserKind::Human {
        return Err(ChatError::Forbidden(Words::new(
            "A second factor is for people who sign in with a password.",
            "两步验证只适用于用密码登录的用户。",
        )));
    }
    require_own_password(chat, caller, password).await?;
    let key: [u8; KEY_BYTES] = rand::rng().random();
    let id = user.id;
    chat.store()
        .write(move |tx| tx.begin_second_factor(id, &key))
        .await
        .map_err(|error| match error {
            salon_store::StoreError::Taken(_) => ChatError::Conflict(Words::new(
                "There is a second factor already. Remove it before you set up another.",
                "已启用两步验证。请先关闭再重新设置。",
            )),
            other => other.into(),
        })?;
    let totp = totp(&key)?;
    let secret = totp.secret().to_base32();
    let uri = uri(user, &secret);
    Ok(Enrolment {
        qr: qr(&uri)?,
        secret,
        uri,
    })
}

/// Asks for codes at sign-in from now on; answers with recovery codes, which are shown once.
pub async fn confirm_second_factor(
    chat: &Chat,
    caller: &Caller,
    code: &str,
) -> Result<Vec<String>, ChatError> {
    let id = caller.id();
    let pending = chat.store().second_factor(id).await?;
    let Some(pending) = pending.filter(|factor| !factor.confirmed) else {
        return Err(ChatError::NotFound(Words::new(
            "Nothing waits to be confirmed. Begin again.",
            "没有待确认的两步验证，请重新开始。",
        )));
    };
    let step = step_of(&pending.secret, code)?.ok_or_else(|| {
        ChatError::BadArguments(Words::new(
            "That is not the code that your authenticator shows now. Check the clock of your device.",
            "验证码与验证器当前显示的不符。请检查设备的时间是否准确。",
        ))
    })?;
    let (codes, digests) = recovery_codes();
    chat.store()
        .write(move |tx| {
            tx.confirm_second_factor(id, step)?;
            tx.set_recovery_codes(id, &digests)
        })
        .await?;
    Ok(codes)
}

/// New recovery codes; those before no longer open anything.
pub async fn new_recovery_codes(
    chat: &Chat,
    caller: &Caller,
    password: String,
    code: Option<&str>,
) -> Result<Vec<String>, ChatError> {
    require_both(chat, caller, password, code).await?;
    let (codes, digests) = recovery_codes();
    let id = caller.id();
    chat.store()
        .write(move |tx| tx.set_recovery_codes(id, &digests))
        .await?;
    Ok(codes)
}

/// No longer asks for codes.
pub async fn remove_second_factor(
    chat: &Chat,
    caller: &Caller,
    password: String,
    code: Option<&str>,
) -> Result<(), ChatError> {
    require_both(chat, caller, password, code).await?;
    reset_second_factor(chat, caller.id()).await?;
    Ok(())
}

/// Takes somebody's second factor away, for the operator; false where there was none.
pub async fn reset_second_factor(chat: &Chat, user: UserId) -> Result<bool, ChatError> {
    Ok(chat
        .store()
        .write(move |tx| tx.drop_second_factor(user))
        .await?)
}

/// Refuses whoever has no code, or one that is wrong or was used before.
pub(super) async fn require_code(
    chat: &Chat,
    user: UserId,
    code: Option<&str>,
) -> Result<(), ChatError> {
    let Some(code) = code.filter(|code| !code.trim().is_empty()) else {
        return Err(ChatError::SecondFactor(Words::new(
            "Enter the code that your authenticator shows, or a recovery code.",
            "请输入验证器显示的验证码，或恢复码。",
        )));
    };
    let factor = chat.store().second_factor(user).await?;
    let Some(factor) = factor.filter(|factor| factor.confirmed) else {
        return Err(wrong_code());
    };
    let step = step_of(&factor.secret, code)?;
    let recovery = digest(&folded(code));
    let used = chat
        .store()
        .write(move |tx| match step {
            Some(step) => tx.use_step(user, step),
            None => tx.use_recovery_code(user, recovery),
        })
        .await?;
    if used { Ok(()) } else { Err(wrong_code()) }
}

pub(super) async fn require_both(
    chat: &Chat,
    caller: &Caller,
    password: String,
    code: Option<&str>,
) -> Result<(), ChatError> {
    require_own_password(chat, caller, password).await?;
    require_code(chat, caller.id(), code).await
}

pub(super) async fn require_own_password(
    chat: &Chat,
    caller: &Caller,
    password: String,
) -> Result<(), ChatError> {
    let hash = chat.store().password_hash(caller.id()).await?;
    require_password(chat, password, hash).await
}

fn wrong_code() -> ChatError {
    ChatError::SecondFactor(Words::new(
        "That code is wrong or was used already. Wait for the next one, or use a recovery code.",
        "验证码错误或已使用过。请等待下一个验证码，或使用恢复码。",
    ))
}

/// The step of a code that is right now, a step earlier or a step later. Compared in constant time.
fn step_of(key: &[u8], code: &str) -> Result<Option<u64>, ChatError> {
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(None);
    }
    let now = salon_protocol::now().as_second().max(0) as u64;
    Ok(totp(key)?.check(&digits, now))
}

fn totp(key: &[u8]) -> Result<Totp, ChatError> {
    Builder::new()
        .with_secret(Secret::new(key.into()))
        .build()
        .map_err(|error| ChatError::Internal(format!("authenticator: {error}")))
}

/// The key as authenticators scan it. A handle of any script is escaped byte by byte.
fn uri(user: &User, secret: &str) -> String {
    let account: String = user
        .handle
        .as_str()
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect();
    format!("otpauth://totp/{ISSUER}:{account}?secret={secret}&issuer={ISSUER}")
}

fn qr(text: &str) -> Result<QrCode, ChatError> {
    let modules = Modules::encode_text(text, QrCodeEcc::Medium)
        .map_err(|error| ChatError::Internal(format!("QR code: {error}")))?;
    let side = modules.size();
    let mut path = String::new();
    for y in 0..side {
        for x in (0..side).filter(|&x| modules.get_module(x, y)) {
            path.push_str(&format!("M{} {}h1v1h-1z", x + QUIET_ZONE, y + QUIET_ZONE));
        }
    }
    Ok(QrCode {
        size: (side + 2 * QUIET_ZONE).unsigned_abs(),
        path,
    })
}

/// Codes for people, and what is kept of them.
fn recovery_codes() -> (Vec<String>, Vec<[u8; 32]>) {
    let codes: Vec<String> = (0..RECOVERY_CODES)
        .map(|_| {
            let bytes: [u8; RECOVERY_CHARS] = rand::rng().random();
            let letters = bytes.map(|byte| RECOVERY_ALPHABET[usize::from(byte % 32)]);
            let parts = letters.chunks(4).map(String::from_utf8_lossy);
            parts.collect::<Vec<_>>().join("-")
        })
        .collect();
    let digests = codes.iter().map(|code| digest(&folded(code))).collect();
    (codes, digests)
}

/// Codes are typed with or without dashes and in any case.
fn folded(code: &str) -> String {
    code.chars()
        .filter(|c| c.is_ascii_alphanumeric())
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_rfc_6238() {
        // Appendix B, SHA-1, the last six of eight digits.
        let totp = totp(b"12345678901234567890").unwrap();
        assert_eq!(totp.check("287082", 59), Some(1));
        assert_eq!(
            totp.check("081804", 1_111_111_109),
            Some(1_111_111_109 / 30)
        );
        assert_eq!(totp.check("287082", 1_111_111_109), None);
    }

    #[test]
    fn recovery_codes_are_many_different_and_read_however_they_are_typed() {
        let (codes, digests) = recovery_codes();
        assert_eq!(codes.len(), RECOVERY_CODES);
        let shouted = codes[0].replace('-', " ").to_uppercase();
        assert_eq!(digest(&folded(&shouted)), digests[0]);
        assert_ne!(digests[0], digests[1]);
    }

    #[test]
    fn a_qr_code_stays_within_its_quiet_zone() {
        let code = qr("otpauth://totp/Salon:ada?secret=AAAA").unwrap();
        assert!(code.path.starts_with("M4 4h1v1h-1z"), "{}", code.path);
        assert!(code.path.len() < 64 * 1024, "{}", code.path.len());
    }
}
