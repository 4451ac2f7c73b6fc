//! One's own account: profile, password, sessions, second factor.

use crate::{Lang, UserInfo};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// `GET /api/account`: what only its owner sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Account {
    /// The user as others see them.
    pub user: UserInfo,
    /// The language they chose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub lang: Option<Lang>,
    /// Whether a password opens the account.
    pub has_password: bool,
    /// Whether sign-in asks for a code as well.
    pub second_factor: bool,
    /// Recovery codes that are left.
    #[ts(type = "number")]
    pub recovery_codes: u32,
}

/// `PATCH /api/account`; what is left out stays as it is, an empty text takes it away.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountRequest {
    /// The name to show.
    #[serde(default)]
    #[ts(optional)]
    pub display_name: Option<String>,
    /// What they say of themselves.
    #[serde(default)]
    #[ts(optional)]
    pub about: Option<String>,
    /// A name of the IANA database: `Europe/Berlin`.
    #[serde(default)]
    #[ts(optional)]
    pub time_zone: Option<String>,
    /// The language of errors, notices and greetings.
    #[serde(default)]
    #[ts(optional)]
    pub lang: Option<Lang>,
}

/// `POST /api/account/password`: all other browsers are signed out.
#[derive(Clone, Serialize, Deserialize, TS, ToSchema)]
pub struct PasswordRequest {
    /// The password now; left out by an account that has none.
    #[serde(default)]
    #[ts(optional)]
    pub old: Option<String>,
    /// The password from now on.
    pub new: String,
}

/// A browser or program that is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct AccountSession {
    /// Names it for signing it out; opens nothing.
    pub id: String,
    /// `session` for a browser, `token` for a program.
    pub purpose: String,
    /// What it was made with, as far as that was told.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[ts(optional, as = "Option<String>")]
    pub device: String,
    /// The network that it was made from.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[ts(optional, as = "Option<String>")]
    pub address: String,
    /// When it was made.
    #[ts(type = "string")]
    pub created_at: Timestamp,
    /// When it was last used, to a few minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string")]
    pub seen_at: Option<Timestamp>,
    /// The one that asks.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub current: bool,
}

/// `GET /api/account/sessions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct AccountSessions {
    /// The newest first.
    pub sessions: Vec<AccountSession>,
}

/// Proves that it is the owner who changes how the account is guarded.
#[derive(Clone, Serialize, Deserialize, TS, ToSchema)]
pub struct ProofRequest {
    /// The password.
    pub password: String,
    /// A code of the authenticator, or a recovery code, where there is a second factor.
    #[serde(default)]
    #[ts(optional)]
    pub code: Option<String>,
}

/// A code to prove an authenticator with.
#[derive(Clone, Serialize, Deserialize, TS, ToSchema)]
pub struct CodeRequest {
    /// Six digits.
    pub code: String,
}

/// `POST /api/account/second-factor`: an authenticator's key, shown once.
#[derive(Clone, Serialize, Deserialize, TS, ToSchema)]
pub struct Enrolment {
    /// The key, to be typed.
    pub secret: String,
    /// The key as authenticators scan it.
    pub uri: String,
    /// The same as a QR code.
    pub qr: QrCode,
}

/// A QR code as a path for SVG.
#[derive(Clone, Serialize, Deserialize, TS, ToSchema)]
pub struct QrCode {
    /// Modules on each side, the quiet zone of four included.
    #[ts(type = "number")]
    pub size: u32,
    /// The dark modules.
    pub path: String,
}

/// Codes for whoever has lost their authenticator; each opens once and is shown once.
#[derive(Clone, Serialize, Deserialize, TS, ToSchema)]
pub struct RecoveryCodes {
    /// The codes.
    pub codes: Vec<String>,
}
