//! What is behind the links of a message.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// What a link leads to, as the page there says it: a stranger's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct LinkPreview {
    /// The link as it stands in the message.
    pub url: String,
    /// What the page is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub title: Option<String>,
    /// What it says of itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub description: Option<String>,
    /// What its site is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub site: Option<String>,
    /// Its picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub picture: Option<PreviewPicture>,
}

/// A page's picture, written anew by the server and served by it alone, at
/// `/api/messages/{message_id}/previews/{name}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct PreviewPicture {
    /// What it is asked for by.
    pub name: String,
    /// In pixels, as it is served.
    pub width: u32,
    /// In pixels, as it is served.
    pub height: u32,
}
