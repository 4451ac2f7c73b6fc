//! Where a browser is, and why what it brings is not believed: one sentence for people, the cause
//! for the log.

use crate::{ChatError, Words};

/// Where a browser is. The door has made sure that it is a page of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// `https://chat.example`.
    pub origin: String,
    /// `chat.example`: keys are made for it, and sign for no other.
    pub site: String,
}

/// Why an answer is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Untrue {
    #[error("not written as it should be")]
    Malformed,
    #[error("said for another purpose")]
    OtherPurpose,
    #[error("said to another challenge")]
    OtherChallenge,
    #[error("said on a page of another site")]
    OtherPage,
    #[error("signed for another site")]
    OtherSite,
    #[error("nobody was there")]
    NobodyThere,
    #[error("the device did not verify who was there")]
    NotVerified,
    #[error("no key")]
    NoKey,
    #[error("a key that cannot be used")]
    UnusableKey,
    #[error("nobody's key")]
    UnknownKey,
    #[error("said for another account")]
    OtherAccount,
    #[error("not signed by the key")]
    BadSignature,
    #[error("the key counts no further than it did: there may be another of it")]
    NotCounting,
}

/// The challenge is none any more.
pub(super) fn stale() -> ChatError {
    ChatError::Conflict(Words::new(
        "That took too long, was used already, or began elsewhere. Try once more.",
        "操作超时、已被使用，或是在别处开始的。请重试。",
    ))
}

/// The same for whatever is wrong: nobody learns which keys there are.
pub(super) fn not_in() -> ChatError {
    ChatError::NotSignedIn(Words::new(
        "That passkey opens no account here. Choose another, or sign in with your password.",
        "这个通行密钥无法登录这里的任何账号。请换一个，或使用密码登录。",
    ))
}

pub(super) fn closed() -> ChatError {
    ChatError::NotSignedIn(Words::new(
        "Your account is closed. Ask an admin.",
        "你的账号已被停用，请联系管理员。",
    ))
}

pub(super) fn not_kept() -> ChatError {
    ChatError::BadArguments(Words::new(
        "That passkey cannot be used here: it must verify who you are (by a finger, a face or a PIN), and be made on this very page.",
        "这个通行密钥无法在此使用：它必须验证你的身份（指纹、面容或 PIN），并且就在本页面上创建。",
    ))
}
