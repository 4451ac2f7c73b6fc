//! Emoji that people here made. In texts and reactions they are `:name:`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// One of them. Its picture is at `GET /api/emoji/{name}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct OwnEmoji {
    /// Without colons.
    pub name: String,
    /// The handle of whoever made it.
    pub made_by: String,
    /// When; another picture under the name has another time.
    #[ts(type = "string")]
    pub made_at: Timestamp,
}

/// `GET /api/emoji`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct OwnEmojis {
    /// By name.
    pub emoji: Vec<OwnEmoji>,
}
