//! When somebody wants to be told of nothing, and what may be told away from the page.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// Minutes of a day.
const DAY_MINUTES: u16 = 24 * 60;

/// `GET` and `PUT /api/notifications`: for all of one's rooms and devices.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Notifying {
    /// Nothing is told before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string")]
    pub quiet_until: Option<Timestamp>,
    /// Hours of each day in which nothing is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub quiet_hours: Option<QuietHours>,
    /// What is told by way of a push service holds neither words nor names.
    pub hide_text: bool,
}

/// From one minute of the day to another, over midnight where the second is smaller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// The first minute, counted from midnight: 1320 is ten in the evening.
    pub from: u16,
    /// The first minute after.
    pub to: u16,
    /// By the clocks of this place, a name of the IANA database.
    pub time_zone: String,
}

impl QuietHours {
    /// Whether both are minutes of a day, and there is time between them.
    pub fn are_hours(&self) -> bool {
        self.from < DAY_MINUTES && self.to < DAY_MINUTES && self.from != self.to
    }

    /// Whether a minute of the day is among them.
    pub fn hold(&self, minute: u16) -> bool {
        if self.from < self.to {
            (self.from..self.to).contains(&minute)
        } else {
            minute >= self.from || minute < self.to
        }
    }
}
