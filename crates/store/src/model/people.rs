//! Rows about people: accounts, what signs them in, what invites them.

use jiff::Timestamp;
use salon_protocol::{Handle, Lang, Presence, Role, RoomId, UserId, UserInfo, UserKind};

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Id.
    pub id: UserId,
    /// Handle.
    pub handle: Handle,
    /// The name to show.
    pub display_name: String,
    /// Human, agent or bot.
    pub kind: UserKind,
    /// Role on the server.
    pub role: Role,
    /// The account is closed.
    pub disabled: bool,
    /// What they said with `/away`.
    pub away: Option<String>,
    /// The language they chose.
    pub lang: Option<Lang>,
    /// An emoji or a letter or two.
    pub avatar: Option<String>,
    /// What they say of themselves.
    pub about: Option<String>,
    /// Where their day begins, by the IANA name.
    pub time_zone: Option<String>,
}

impl User {
    /// The user as everybody may see them.
    pub fn info(&self, presence: Presence) -> UserInfo {
        UserInfo {
            id: self.id,
            handle: self.handle.clone(),
            display_name: self.display_name.clone(),
            kind: self.kind,
            role: self.role,
            presence,
            avatar: self.avatar.clone(),
            away: self.away.clone(),
            disabled: self.disabled,
            about: self.about.clone(),
            time_zone: self.time_zone.clone(),
        }
    }
}

/// An account with how it is guarded.
#[derive(Clone, Debug)]
pub struct AccountRow {
    /// Whose.
    pub user: User,
    /// When it was made.
    pub created_at: Timestamp,
    /// Whether a password opens it.
    pub has_password: bool,
    /// Whether sign-in asks for a code as well.
    pub second_factor: bool,
    /// Browsers and programs that are signed in.
    pub sessions: u32,
    /// When one of them was last used.
    pub seen_at: Option<Timestamp>,
    /// Passkeys that open it.
    pub passkeys: u32,
}

/// An account that a provider's word is to open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The provider's name.
    pub issuer: String,
    /// Its name for whoever it is.
    pub subject: String,
    /// Whose account.
    pub user: UserId,
    /// By what its owner knows it again.
    pub name: String,
}

/// An account that a provider's word opens, or once did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityRow {
    /// Whose account.
    pub user: UserId,
    /// By what its owner knows it again.
    pub name: String,
    /// Since when.
    pub linked_at: Timestamp,
    /// It was taken back, and opens nothing.
    pub ended: bool,
}

/// A key of somebody's device that is to open their account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPasskey {
    /// Whose account.
    pub user: UserId,
    /// The device's name for it.
    pub credential: Vec<u8>,
    /// The host for which it was made.
    pub site: String,
    /// The public half, as COSE.
    pub public_key: Vec<u8>,
    /// How it signs, by the number at IANA.
    pub algorithm: i32,
    /// How often it has signed, as far as the device says so.
    pub counter: u32,
    /// By what its owner knows it again.
    pub name: String,
}

/// A key that opens an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyRow {
    /// The key.
    pub key: NewPasskey,
    /// Since when.
    pub created_at: Timestamp,
    /// When somebody last came in by it.
    pub used_at: Option<Timestamp>,
}

/// What a credential is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialPurpose {
    /// A browser's cookie.
    Session,
    /// A program's bearer token.
    Token,
}

/// A cookie or bearer token, by its digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// SHA-256 of the secret.
    pub digest: [u8; 32],
    /// Whose.
    pub user: UserId,
    /// What for.
    pub purpose: CredentialPurpose,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// What it was made with, in a few words; empty where nobody said.
    pub device: String,
    /// The network it was made from; empty where nobody said.
    pub address: String,
    /// When it was last used, to a few minutes.
    pub seen_at: Option<Timestamp>,
}

/// A cookie or bearer token in its owner's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialRow {
    /// The credential.
    pub credential: Credential,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Somebody's authenticator. Not to be shown or logged.
#[derive(Clone)]
pub struct SecondFactorRow {
    /// The key that its codes come from.
    pub secret: Vec<u8>,
    /// It is asked for at sign-in.
    pub confirmed: bool,
    /// Recovery codes that are left.
    pub recovery_codes: u32,
}

/// A link that makes an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invite {
    /// SHA-256 of the secret.
    pub digest: [u8; 32],
    /// The role it gives.
    pub role: Role,
    /// A room it leads to.
    pub room: Option<RoomId>,
    /// Who invites.
    pub invited_by: Option<UserId>,
    /// How many more may use it.
    pub uses_left: u32,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
}

/// A link as its list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InviteRow {
    /// The link.
    pub invite: Invite,
    /// When it was made.
    pub created_at: Timestamp,
    /// The handle of whoever made it.
    pub by: Handle,
}

/// Where a session of somebody's waits for what is pushed. The endpoint is a secret: whoever knows
/// it may be taken for us by a careless service.
#[derive(Clone)]
pub struct PushSubscription {
    /// The session's.
    pub credential: [u8; 32],
    /// Whose it is.
    pub user: UserId,
    /// The push service's address for this browser.
    pub endpoint: String,
    /// The browser's key.
    pub public_key: Vec<u8>,
    /// What both sides know besides.
    pub auth: Vec<u8>,
}
