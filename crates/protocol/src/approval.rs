//! What an agent may not do alone, and waits for.

use crate::user::words;
use crate::{Handle, Seq};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// How an approval stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ApprovalState {
    /// Nobody has decided yet.
    Waiting,
    /// Allowed; it is being done.
    Approved,
    /// Done.
    Done,
    /// It was allowed and failed.
    Failed,
    /// Refused.
    Denied,
    /// Nobody decided in time.
    Expired,
}
words!(ApprovalState {
    Waiting = "waiting", Approved = "approved", Done = "done", Failed = "failed",
    Denied = "denied", Expired = "expired",
});

/// Something an agent wants to do and may not do alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Approval {
    /// Its number in the room: `/approve N`.
    pub number: u32,
    /// The agent.
    pub agent: Handle,
    /// For whom; only they may approve, and whoever holds the right themselves.
    pub asker: Handle,
    /// Exactly what would be done: a typed command, or a tool with its arguments as JSON.
    pub act: String,
    /// Why it needs approval, in one stable word: `outside_readers`, `moderates`, `tool`.
    pub why: String,
    /// When it can no longer be approved.
    #[ts(type = "string")]
    pub expires_at: Timestamp,
    /// How it stands.
    pub state: ApprovalState,
    /// Who decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub by: Option<Handle>,
    /// What came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub result: Option<String>,
    /// In a list: the number of the event that asked, and with it its place among the messages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub seq: Option<Seq>,
    /// In a list: when it was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string")]
    pub asked_at: Option<Timestamp>,
}

/// `GET /api/rooms/{room}/approvals`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Approvals {
    /// Newest first.
    pub approvals: Vec<Approval>,
}

/// `POST /api/rooms/{room}/approvals/{number}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct DecideRequest {
    /// Allow it; otherwise refuse it.
    pub approve: bool,
}
