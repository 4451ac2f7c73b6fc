//! What can go wrong, by stable code.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// Stable codes; programs may match on them. The comment says what the sender should do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// Final: sign in, or send `hello` with a token.
    NotSignedIn,
    /// Final: the password is right, and a code of the authenticator is needed with it.
    SecondFactor,
    /// Final: the rights are missing.
    Forbidden,
    /// Final: there is no such thing, or it is not the asker's to see.
    NotFound,
    /// Final: told with `/t`; the message is kept for whoever is away.
    UserOffline,
    /// Final: no user has that handle.
    UserNotFound,
    /// Final: no command has that name.
    UnknownCommand,
    /// Final: the request cannot be understood; the text says what is wrong.
    BadArguments,
    /// Final: shorten it.
    TooLong,
    /// Temporary: wait and retry.
    TooFast,
    /// Final: it clashes with what is there already.
    Conflict,
    /// Temporary: the server failed; the same request may be retried with its key.
    Internal,
}

impl ErrorCode {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotSignedIn => "not_signed_in",
            Self::SecondFactor => "second_factor",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::UserOffline => "user_offline",
            Self::UserNotFound => "user_not_found",
            Self::UnknownCommand => "unknown_command",
            Self::BadArguments => "bad_arguments",
            Self::TooLong => "too_long",
            Self::TooFast => "too_fast",
            Self::Conflict => "conflict",
            Self::Internal => "internal",
        }
    }

    /// Whether the same request may succeed later.
    pub fn retry(self) -> bool {
        matches!(self, Self::TooFast | Self::Internal)
    }

    /// The HTTP status under which the code travels.
    pub fn status(self) -> u16 {
        match self {
            Self::NotSignedIn | Self::SecondFactor => 401,
            Self::Forbidden => 403,
            Self::NotFound | Self::UserOffline | Self::UserNotFound | Self::UnknownCommand => 404,
            Self::BadArguments => 400,
            Self::TooLong => 413,
            Self::TooFast => 429,
            Self::Conflict => 409,
            Self::Internal => 500,
        }
    }
}

/// An error over HTTP, as RFC 9457 has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Problem {
    /// A URI that names the kind of problem: `urn:salon:error:CODE`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind of problem in a few words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What went wrong here and what to do, in the user's language.
    pub detail: String,
    /// The stable code.
    pub code: ErrorCode,
    /// Milliseconds to wait before a retry helps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub retry_after_ms: Option<u64>,
    /// Of a piece of a file that began elsewhere: where it has to begin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub offset: Option<u64>,
}
