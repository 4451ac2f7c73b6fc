//! One's own account: profile, password, sessions, second factor, passkeys, provider.

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
    /// The provider that people may sign in by, where the operator has named one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub provider: Option<AccountProvider>,
}

/// A provider, as the owner of an account sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct AccountProvider {
    /// What the operator calls it.
    pub label: String,
    /// As whom it opens the account; it does not where nobody is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub linked_as: Option<String>,
    /// Since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string")]
    pub linked_at: Option<Timestamp>,
}

/// `GET /api/sign-in`: the ways in besides handle and password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct SignInWays {
    /// What the operator calls the provider, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub provider: Option<String>,
}

/// Where a browser goes next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct WayThere {
    /// An address of the provider.
    pub url: String,
}

/// Why somebody who came back from a provider is not in. In the address that the browser is sent
/// to: `/?refused=…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
#[ts(rename_all = "snake_case")]
pub enum SignInRefusal {
    /// Not begun in this browser, or too long ago.
    Stale,
    /// They said no there, or the provider did.
    Denied,
    /// The provider does not answer as it should.
    Unavailable,
    /// What it says is not to be believed.
    Untrue,
    /// The operator lets others in.
    NotAllowed,
    /// Nobody new comes in this way.
    NobodyNew,
    /// The provider gives them no name that can be a handle.
    NoHandle,
    /// Somebody here has that handle.
    HandleTaken,
    /// The account is closed.
    Closed,
    /// They took the link back, and have to sign in with the password.
    Unlinked,
    /// It opens somebody else's account, or another opens theirs.
    LinkedElsewhere,
    /// Whoever wanted to link it is no longer signed in.
    SignedOut,
}

impl SignInRefusal {
    /// The word in the address.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stale => "stale",
            Self::Denied => "denied",
            Self::Unavailable => "unavailable",
            Self::Untrue => "untrue",
            Self::NotAllowed => "not_allowed",
            Self::NobodyNew => "nobody_new",
            Self::NoHandle => "no_handle",
            Self::HandleTaken => "handle_taken",
            Self::Closed => "closed",
            Self::Unlinked => "unlinked",
            Self::LinkedElsewhere => "linked_elsewhere",
            Self::SignedOut => "signed_out",
        }
    }
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

/// `POST /api/account/passkeys/options`: what a browser makes a key of. Bytes are base64url without
/// padding, here and in whatever else is about passkeys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct PasskeyOffer {
    /// What the browser is to repeat.
    pub challenge: String,
    /// The host that the key is for.
    pub site: String,
    /// What the device knows the account by.
    pub user: String,
    /// The handle.
    pub handle: String,
    /// The name to show.
    pub display_name: String,
    /// How it may sign, by the numbers at IANA.
    pub algorithms: Vec<i32>,
    /// Keys that open the account already.
    pub known: Vec<String>,
    /// How long the challenge is good for.
    pub seconds: u32,
}

/// `POST /api/account/passkeys`: a key that a device has made.
#[derive(Clone, Serialize, Deserialize, TS, ToSchema)]
pub struct NewPasskeyRequest {
    /// By what its owner knows it again.
    pub name: String,
    /// What the browser said.
    pub client_data: String,
    /// What the device said.
    pub authenticator_data: String,
}

/// A key that opens the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Passkey {
    /// Names it for removing it; opens nothing.
    pub id: String,
    /// By what its owner knows it again.
    pub name: String,
    /// The host that it is for.
    pub site: String,
    /// Since when.
    #[ts(type = "string")]
    pub created_at: Timestamp,
    /// When somebody last came in by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string")]
    pub used_at: Option<Timestamp>,
}

/// `GET /api/account/passkeys`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Passkeys {
    /// The oldest first.
    pub passkeys: Vec<Passkey>,
}

/// `POST /api/sign-in/passkey/options`: what a device is to sign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct PasskeyChallenge {
    /// What the browser is to repeat.
    pub challenge: String,
    /// The host that keys are for.
    pub site: String,
    /// How long the challenge is good for.
    pub seconds: u32,
}

/// `POST /api/sign-in/passkey`: what a device has signed.
#[derive(Clone, Serialize, Deserialize, TS, ToSchema)]
pub struct PasskeyAnswer {
    /// The device's name for the key.
    pub id: String,
    /// What the browser said.
    pub client_data: String,
    /// What the device said.
    pub authenticator_data: String,
    /// The key's signature.
    pub signature: String,
    /// What the device knows the account by.
    #[serde(default)]
    #[ts(optional)]
    pub user: Option<String>,
}
