//! Rows about who moderates what.

use jiff::Timestamp;
use salon_protocol::{MessageId, ModerationKind, ReportState, RoomId, UserId};

/// A report, with ids where the wire has handles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportRow {
    /// Its number.
    pub number: u32,
    /// Where.
    pub room: RoomId,
    /// The message.
    pub message: MessageId,
    /// Who reported it.
    pub reporter: UserId,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
    /// How it stands.
    pub state: ReportState,
    /// Who settled it.
    pub settled_by: Option<UserId>,
}

/// One act of moderation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModerationRow {
    /// Its number.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: UserId,
    /// For whom, where an agent did it.
    pub asker: Option<UserId>,
    /// What.
    pub act: ModerationKind,
    /// In which room.
    pub room: Option<RoomId>,
    /// To whom.
    pub subject: Option<UserId>,
    /// With which message.
    pub message: Option<MessageId>,
    /// How long, which role, why.
    pub detail: String,
}
