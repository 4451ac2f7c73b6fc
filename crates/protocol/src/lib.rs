//! The words of Salon: ids, handles, users, rooms, events, frames, error codes.
//!
//! Everything that crosses a wire or a crate's border is spelt here and nowhere else. This crate
//! does no IO and knows no database, socket or model; the web client's types are generated from it.

mod account;
mod admin;
mod agent;
mod approval;
mod budget;
mod command;
mod draft;
mod emoji;
mod error;
mod event;
mod file;
mod frame;
mod handle;
mod http;
mod id;
mod import;
mod kept;
mod later;
pub mod limits;
mod mention;
mod moderation;
mod nature;
mod notifying;
mod poll;
mod preview;
mod push;
mod room;
mod text;
mod thread;
mod tool_server;
mod turn;
mod typescript;
mod unsent;
mod user;

pub use account::*;
pub use admin::*;
pub use agent::*;
pub use approval::*;
pub use budget::*;
pub use command::{CommandInfo, Effect, ParamInfo, ParamKind};
pub use draft::{AgentState, DraftEnd, DraftUpdate};
pub use emoji::{OwnEmoji, OwnEmojis};
pub use error::{ErrorCode, Problem};
pub use event::{Event, EventBody, Message, MessageState, MessageView, ReactionView, WrittenEvent};
pub use file::{DescribeFileRequest, FileInfo, RoomFile, RoomFiles, UploadRequest, UploadState};
pub use frame::{ClientFrame, JsonPart, Resume, ServerFrame, SessionLimits};
pub use handle::{Handle, HandleError, RoomName};
pub use http::*;
pub use id::{DraftId, FileId, LaterId, MessageId, RoomId, Seq, TurnId, UserId};
pub use import::{
    ImportArchive, ImportCounts, ImportJob, ImportLoss, ImportLost, ImportRequest, ImportState,
    Imports,
};
pub use kept::*;
pub use later::*;
pub use mention::{
    AllRead, Call, Called, MentionHit, MentionHits, NotificationLevel, NotificationsRequest,
    RoomStanding, UnreadRequest,
};
pub use moderation::*;
pub use nature::{Nature, fresh_id, now, simulate};
pub use notifying::{Notifying, QuietHours};
pub use poll::{Poll, Vote, VoteRequest};
pub use preview::{LinkPreview, PreviewPicture};
pub use push::{PushKeys, PushRequest, PushState, Pushed};
pub use room::{Member, MemberList, RoomKind, RoomSummary};
pub use text::{Lang, Text};
pub use thread::*;
pub use tool_server::*;
pub use turn::*;
pub use typescript::typescript;
pub use unsent::{AllUnsent, Unsent, UnsentRequest};
pub use user::{Presence, Role, UserInfo, UserKind, WrittenUsers};
