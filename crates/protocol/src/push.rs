//! What is pushed to browsers whose page is closed (RFC 8030, 8291, 8292).

use crate::{RoomId, Seq};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// `GET /api/push`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct PushState {
    /// The server's public key, which a browser needs to wait for it: base64url. None where the
    /// operator wants nothing pushed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub key: Option<String>,
    /// Whether this session waits.
    pub waits: bool,
}

/// `PUT /api/push`: what a browser's `PushSubscription` says of itself.
#[derive(Clone, Serialize, Deserialize, TS, ToSchema)]
pub struct PushRequest {
    /// The push service's address for this browser.
    pub endpoint: String,
    /// The browser's keys.
    pub keys: PushKeys,
}

/// A browser's keys.
#[derive(Clone, Serialize, Deserialize, TS, ToSchema)]
pub struct PushKeys {
    /// Its public key: a point of P-256, base64url.
    pub p256dh: String,
    /// What both sides know besides: 16 bytes, base64url.
    pub auth: String,
}

/// What is pushed, as the browser reads it: the service in between sees none of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Pushed {
    /// Who, and where.
    pub title: String,
    /// The beginning of what was said.
    pub body: String,
    /// The room to go to.
    pub room: RoomId,
    /// The event there.
    pub seq: Seq,
}
