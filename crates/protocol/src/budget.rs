//! What agents may spend, and what they have spent.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// What may be spent; what is left out is not limited here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// Tokens a day, read and written together. Days are UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub tokens_day: Option<u64>,
    /// Tokens a month.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub tokens_month: Option<u64>,
    /// Money a day, in the currency of the price table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub money_day: Option<f64>,
    /// Money a month.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub money_month: Option<f64>,
}

// A limit is a number: JSON knows no other, and what is not one is refused where it is set.
impl Eq for Budget {}

impl Budget {
    /// Whether every limit is a number that is not negative.
    pub fn is_sound(&self) -> bool {
        let money = [self.money_day, self.money_month];
        money
            .into_iter()
            .flatten()
            .all(|limit| limit.is_finite() && limit >= 0.0)
    }

    /// Nothing is limited.
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }

    /// The stricter of both, limit by limit.
    pub fn stricter(self, other: Self) -> Self {
        fn lesser<T: PartialOrd>(a: Option<T>, b: Option<T>) -> Option<T> {
            match (a, b) {
                (Some(a), Some(b)) => Some(if a < b { a } else { b }),
                (a, b) => a.or(b),
            }
        }
        Self {
            tokens_day: lesser(self.tokens_day, other.tokens_day),
            tokens_month: lesser(self.tokens_month, other.tokens_month),
            money_day: lesser(self.money_day, other.money_day),
            money_month: lesser(self.money_month, other.money_month),
        }
    }
}

/// What was spent on one day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct SpentDay {
    /// The day, `2026-11-24`, UTC.
    pub day: String,
    /// Tokens read.
    #[ts(type = "number")]
    pub tokens_in: u64,
    /// Tokens written.
    #[ts(type = "number")]
    pub tokens_out: u64,
    /// Money, in millionths.
    #[ts(type = "number")]
    pub cost_micros: u64,
    /// Calls to models.
    #[ts(type = "number")]
    pub calls: u64,
}

/// What one agent, room or asker has spent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct Spending {
    /// `agent`, `room`, `asker` or `server`.
    pub scope: String,
    /// Handle or room's name; of the server empty.
    pub name: String,
    /// What may be spent.
    pub budget: Budget,
    /// Days with spending, oldest first, at most 31.
    pub days: Vec<SpentDay>,
}

/// `GET /api/usage`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct Usages {
    /// What the asker may see: their own, their rooms', agents', and the whole server's where that
    /// has a budget.
    pub spending: Vec<Spending>,
    /// The currency of the price table, by its ISO 4217 code.
    pub currency: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stricter_budget_holds_limit_by_limit() {
        let one = Budget {
            tokens_day: Some(5),
            money_day: Some(1.0),
            ..Budget::default()
        };
        let other = Budget {
            tokens_day: Some(9),
            tokens_month: Some(20),
            money_day: Some(0.5),
            ..Budget::default()
        };
        let both = Budget {
            tokens_day: Some(5),
            tokens_month: Some(20),
            money_day: Some(0.5),
            money_month: None,
        };
        assert_eq!(one.stricter(other), both);
    }
}
