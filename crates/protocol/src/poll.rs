//! A question to a room, and what its members choose.

use crate::Handle;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// What a message asks. Its text says the same in words, for whoever knows no polls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Poll {
    /// The question.
    pub question: String,
    /// What there is to choose from; in votes they are numbered from 1.
    pub options: Vec<String>,
    /// One may choose more than one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub several: bool,
    /// When it ends by itself: nobody votes from that moment on. It is in the log, so everybody
    /// agrees on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string")]
    pub ends_at: Option<Timestamp>,
}

impl Poll {
    /// Whether its time is over.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.ends_at.is_some_and(|end| end <= now)
    }

    /// The same in words, as the message says it.
    pub fn text(&self) -> String {
        let mut text = self.question.clone();
        for (n, option) in self.options.iter().enumerate() {
            text.push_str(&format!("\n{}. {option}", n + 1));
        }
        text
    }
}

/// What one member has chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Vote {
    /// Who.
    pub user: Handle,
    /// The options' numbers, from 1, in order.
    pub choices: Vec<u8>,
}

/// `PUT /api/messages/{message_id}/vote`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct VoteRequest {
    /// All that one chooses now, by number from 1; none takes one's vote back.
    pub choices: Vec<u8>,
}
