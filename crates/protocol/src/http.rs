//! Bodies of HTTP requests and answers that are not already a word of their own.

use crate::{
    CommandInfo, Event, FileId, Handle, Lang, Member, MessageId, MessageView, Role, RoomId,
    RoomSummary, Seq, UserInfo,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// `GET /api/users`: who is online, agents included, sorted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct OnlineUsers {
    /// Handles.
    pub users: Vec<String>,
    /// Always true: an error has another shape.
    pub success: bool,
}

/// `GET /api/directory`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Directory {
    /// All users.
    pub users: Vec<UserInfo>,
}

/// `POST /api/login`.
#[derive(Clone, Serialize, Deserialize, TS, ToSchema)]
pub struct LoginRequest {
    /// Handle.
    pub handle: String,
    /// Password.
    pub password: String,
    /// Where the answer to the password was `second_factor`: a code of the authenticator, or a
    /// recovery code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub code: Option<String>,
}

/// `POST /api/setup` and `POST /api/join`: redeem a one-time link.
#[derive(Clone, Serialize, Deserialize, TS, ToSchema)]
pub struct RedeemRequest {
    /// The secret of the link.
    pub code: String,
    /// The handle to have.
    pub handle: String,
    /// The password to have.
    pub password: String,
    /// The name to show.
    #[serde(default)]
    #[ts(optional)]
    pub display_name: Option<String>,
}

/// `GET /api/invites/{code}`: what a link offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct InviteInfo {
    /// The role that whoever redeems it gets.
    pub role: Role,
    /// Who invites; none for the set-up link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub invited_by: Option<String>,
    /// The room it leads to, beside the public `general`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub room: Option<String>,
}

/// `POST /api/invites`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct InviteRequest {
    /// The role to give; `member` by default.
    #[serde(default)]
    #[ts(optional)]
    pub role: Option<Role>,
    /// A room to bring them into.
    #[serde(default)]
    #[ts(optional)]
    pub room: Option<String>,
    /// How many may use it; one by default.
    #[serde(default)]
    #[ts(optional)]
    pub uses: Option<u32>,
    /// Hours until it ends; 168 by default.
    #[serde(default)]
    #[ts(optional)]
    pub hours: Option<u32>,
}

/// The answer to [`InviteRequest`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct InviteCreated {
    /// The secret; shown once.
    pub code: String,
    /// The path to open: `/join#CODE`.
    pub path: String,
}

/// A link that invites and still opens something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct InviteLink {
    /// Names it for revoking it; opens nothing.
    pub id: String,
    /// The role that whoever redeems it gets.
    pub role: Role,
    /// The room it leads to, where the asker may see that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub room: Option<String>,
    /// The handle of whoever made it.
    pub invited_by: String,
    /// How many more may use it.
    #[ts(type = "number")]
    pub uses_left: u32,
    /// When it was made.
    #[ts(type = "string")]
    pub created_at: Timestamp,
    /// When it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string")]
    pub expires_at: Option<Timestamp>,
}

/// `GET /api/invites`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct InviteLinks {
    /// The newest first.
    pub invites: Vec<InviteLink>,
}

/// `GET /api/me`, and the answer to signing in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Me {
    /// The asker.
    pub user: UserInfo,
    /// The language they chose; none where the client's own rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub lang: Option<Lang>,
}

/// `GET /api/rooms`: the asker's rooms first, then the public ones they could join.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Rooms {
    /// Rooms.
    pub rooms: Vec<RoomSummary>,
}

/// `POST /api/rooms`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct CreateRoomRequest {
    /// Name.
    pub name: String,
    /// `public` (default) or `private`.
    #[serde(default)]
    #[ts(optional)]
    pub kind: Option<crate::RoomKind>,
    /// Topic.
    #[serde(default)]
    #[ts(optional)]
    pub topic: Option<String>,
    /// Handles to bring in.
    #[serde(default)]
    #[ts(optional, as = "Option<Vec<String>>")]
    pub members: Vec<String>,
}

/// `GET /api/rooms/{room}/members`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Members {
    /// Members in the order of their handles.
    pub members: Vec<Member>,
}

/// `GET /api/rooms/{room}/events`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Events {
    /// The log, oldest first.
    pub events: Vec<Event>,
    /// The room's newest number when the page was read.
    pub seq: Seq,
}

/// `GET /api/rooms/{room}/messages`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Messages {
    /// Messages as they now stand, in time order.
    pub messages: Vec<MessageView>,
    /// Whether older ones exist.
    pub more: bool,
    /// The room's newest number when the page was read.
    pub seq: Seq,
}

/// `POST /api/rooms/{room}/messages`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct SendRequest {
    /// What to say; a leading slash runs a command.
    pub text: String,
    /// Makes a retry safe.
    #[serde(default)]
    #[ts(optional)]
    pub key: Option<String>,
    /// The message it answers.
    #[serde(default)]
    #[ts(optional)]
    pub reply_to: Option<MessageId>,
    /// Uploaded files that it carries; with them the text may be empty.
    #[serde(default)]
    #[ts(optional, as = "Option<Vec<FileId>>")]
    pub files: Vec<FileId>,
}

/// `PATCH /api/messages/{message_id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct EditRequest {
    /// What it should say.
    pub text: String,
}

/// `POST` and `DELETE /api/messages/{message_id}/reactions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct ReactRequest {
    /// With what.
    pub emoji: String,
}

/// `POST /api/rooms/{room}/read`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct ReadRequest {
    /// How far.
    pub seq: Seq,
}

/// What came of a request that may have written an event, told something, or both.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct Done {
    /// The room whose log has the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub room: Option<RoomId>,
    /// The event's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub seq: Option<Seq>,
    /// The message it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub message_id: Option<MessageId>,
    /// What a command has to tell, in the user's language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub notice: Option<NoticeBody>,
    /// A code that goes with a success: `user_offline` when a private message is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub code: Option<crate::ErrorCode>,
}

/// What a command tells.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct NoticeBody {
    /// Markdown.
    pub text: String,
    /// The same for programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "unknown")]
    pub data: Option<serde_json::Value>,
}

/// `GET /api/commands`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Commands {
    /// In alphabetical order.
    pub commands: Vec<CommandInfo>,
}

/// `POST /api/commands/{name}`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct RunCommandRequest {
    /// Where to run it: an id, a name or `@handle`; needed by commands that act on a room.
    #[serde(default)]
    #[ts(optional)]
    pub room: Option<String>,
    /// Arguments by parameter's name.
    #[serde(default)]
    #[ts(type = "Record<string, unknown>")]
    pub args: serde_json::Map<String, serde_json::Value>,
    /// Makes a retry safe.
    #[serde(default)]
    #[ts(optional)]
    pub key: Option<String>,
}

/// What a found message answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Answered {
    /// Its number in the same room.
    pub seq: Seq,
    /// Who said it.
    pub from: Handle,
    /// Its beginning; empty where it was deleted.
    pub text: String,
}

/// One result of a search.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct SearchHit {
    /// The message.
    #[serde(flatten)]
    pub message: MessageView,
    /// The room's name as the asker sees it.
    pub room_name: String,
    /// The part of its text that was searched for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<PassagePart>>", optional)]
    pub passage: Vec<PassagePart>,
    /// What it answers, where the asker may read that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub answers: Option<Answered>,
    /// The message at the beginning of the thread, where that is another one still.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub thread: Option<Answered>,
}

/// A stretch of a found message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct PassagePart {
    /// Text.
    pub text: String,
    /// Whether it is what was searched for.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(as = "Option<bool>", optional)]
    pub found: bool,
}

/// `GET /api/search`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct SearchResults {
    /// Best first among the newest that fit; further pages go on with older ones.
    pub results: Vec<SearchHit>,
    /// `next` of the request for the page after this one; missing where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub next: Option<String>,
}
