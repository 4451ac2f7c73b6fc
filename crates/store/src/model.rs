//! Rows as the rest of Salon sees them.

use jiff::Timestamp;
use salon_protocol::{
    DraftId, Handle, Lang, MessageId, MessageState, Presence, Role, RoomId, RoomKind, Seq, TurnId,
    UserId, UserInfo, UserKind,
};

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
            away: self.away.clone(),
            disabled: self.disabled,
        }
    }
}

/// A room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// Id.
    pub id: RoomId,
    /// Name; empty for a direct room.
    pub name: String,
    /// Public, private or direct.
    pub kind: RoomKind,
    /// Topic.
    pub topic: String,
    /// The newest event's number.
    pub last_seq: Seq,
    /// Who made it.
    pub creator: UserId,
}

/// A message, with ids where the wire has handles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageRow {
    /// Id.
    pub id: MessageId,
    /// Where.
    pub room: RoomId,
    /// The number of its `message.posted`.
    pub seq: Seq,
    /// Who wrote it.
    pub author: UserId,
    /// What it says now.
    pub text: String,
    /// The message it answers.
    pub reply_to: Option<MessageId>,
    /// The draft that grew into it.
    pub draft_id: Option<DraftId>,
    /// How an agent's message ended.
    pub state: Option<MessageState>,
    /// The text was taken away.
    pub deleted: bool,
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

/// What to search for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageFilter {
    /// Words, CJK characters or quoted phrases; all must occur.
    pub text: String,
    /// Only in this room.
    pub room: Option<RoomId>,
    /// Only what this user may read as well: whoever asks an agent to search.
    pub also: Option<UserId>,
    /// Only by this user.
    pub from: Option<UserId>,
    /// At most so many.
    pub limit: usize,
}

/// An agent's dealing with one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Id.
    pub id: TurnId,
    /// Whose turn.
    pub agent: UserId,
    /// Where.
    pub room: RoomId,
    /// The event that caused it.
    pub seq: Seq,
    /// The message that the event posted.
    pub message: MessageId,
    /// Who wrote it.
    pub author: UserId,
    /// The person at the beginning of the chain.
    pub asker: UserId,
    /// Agents between that person and the event.
    pub hops: u32,
    /// How often somebody asked for another try.
    pub retry: u32,
    /// How often it was begun, this time included.
    pub attempts: u32,
    /// How it ended, once it has.
    pub outcome: Option<String>,
    /// Why it spoke or stayed silent, once it has ended.
    pub reason: Option<String>,
    /// The reply, if any.
    pub reply: Option<MessageId>,
}

/// A call that a turn made or was about to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TurnCall {
    /// Its number in the turn.
    pub n: u32,
    /// Command or tool.
    pub name: String,
    /// Arguments as JSON.
    pub arguments: String,
    /// The result; none when it is not known what became of it.
    pub result: Option<String>,
}
