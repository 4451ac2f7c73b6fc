//! Rooms and who is in them.

use crate::user::words;
use crate::{Budget, Handle, NotificationLevel, Role, RoomId, Seq, SpeakMode, UserId, UserKind};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use std::{
    ops::Deref,
    sync::{Arc, OnceLock},
};
use ts_rs::TS;
use utoipa::ToSchema;

/// Who may find a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum RoomKind {
    /// Everybody but guests may find and join it.
    Public,
    /// Only its members know that it exists.
    Private,
    /// Between two users.
    Direct,
}
words!(RoomKind { Public = "public", Private = "private", Direct = "direct" });

/// A member of a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Member {
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
}

/// Members of a room. However many are told of them, their JSON is written once.
#[derive(Clone, Debug, Default)]
pub struct MemberList(Arc<Listed>);

#[derive(Debug, Default)]
struct Listed {
    members: Box<[Member]>,
    json: OnceLock<Box<RawValue>>,
}

impl FromIterator<Member> for MemberList {
    fn from_iter<I: IntoIterator<Item = Member>>(members: I) -> Self {
        Self(Arc::new(Listed {
            members: members.into_iter().collect(),
            json: OnceLock::new(),
        }))
    }
}

impl Deref for MemberList {
    type Target = [Member];

    fn deref(&self) -> &[Member] {
        &self.0.members
    }
}

impl PartialEq for MemberList {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for MemberList {}

impl MemberList {
    fn written(&self) -> &RawValue {
        self.0.json.get_or_init(|| {
            to_raw_value(&self.0.members).expect("members are words and ids, which JSON can hold")
        })
    }

    /// The JSON.
    pub fn as_json(&self) -> &str {
        self.written().get()
    }
}

impl Serialize for MemberList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.written().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for MemberList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::deserialize(deserializer)?.into_iter().collect())
    }
}

/// A room as one of its members sees it in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct RoomSummary {
    /// Id.
    pub id: RoomId,
    /// Name; of a direct room the other user's handle with a leading `@`.
    pub name: String,
    /// Public, private or direct.
    pub kind: RoomKind,
    /// What the room is about; empty where nobody said.
    pub topic: String,
    /// When agents speak here.
    #[serde(default)]
    pub mode: SpeakMode,
    /// No agent reads or speaks here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub private_from_ai: bool,
    /// What agents may spend here, beside what the server's configuration says.
    #[serde(default, skip_serializing_if = "Budget::is_open")]
    #[ts(optional, as = "Option<Budget>")]
    pub budget: Budget,
    /// Seconds between two messages of one member; zero where there is no such rule. Moderators
    /// are exempt.
    #[serde(default, skip_serializing_if = "is_none")]
    #[ts(optional, as = "Option<u32>")]
    pub slow_seconds: u32,
    /// Days for which messages are kept; zero for ever. Pinned ones stay.
    #[serde(default, skip_serializing_if = "is_none")]
    #[ts(optional, as = "Option<u32>")]
    pub keep_days: u32,
    /// The asker moderates it: admins do, and whoever made the room.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub moderates: bool,
    /// Of a moderator's: reports that nobody has settled.
    #[serde(default, skip_serializing_if = "is_none")]
    #[ts(optional, as = "Option<u32>")]
    pub reports: u32,
    /// The newest event's number.
    pub seq: Seq,
    /// How far the asker has read, over all their sessions.
    pub read_seq: Seq,
    /// Messages by others after `read_seq`.
    #[ts(type = "number")]
    pub unread: u64,
    /// Those of them that call the asker.
    #[serde(default, skip_serializing_if = "is_zero")]
    #[ts(optional, as = "Option<f64>")]
    pub mentions: u64,
    /// Of what the asker wants to be told; none where they never said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub level: Option<NotificationLevel>,
    /// Until then the asker is told nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string")]
    pub muted_until: Option<Timestamp>,
    /// Until then the asker may not write here: a moderator muted them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string")]
    pub silenced_until: Option<Timestamp>,
    /// Whether the asker is a member; a public room may be seen without.
    pub joined: bool,
    /// Members in the order of their handles, at most
    /// [`SUMMARY_MEMBERS_MAX`](crate::limits::SUMMARY_MEMBERS_MAX).
    #[ts(type = "Array<Member>")]
    #[schema(value_type = Vec<Member>)]
    pub members: MemberList,
    /// How many members there are.
    #[ts(type = "number")]
    pub member_count: u64,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over what it may skip by reference"
)]
pub(crate) fn is_zero(count: &u64) -> bool {
    *count == 0
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over what it may skip by reference"
)]
pub(crate) fn is_none(count: &u32) -> bool {
    *count == 0
}
