//! Who is here: accounts, roles, presence.

use crate::{Handle, UserId};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use std::sync::Arc;
use ts_rs::TS;
use utoipa::ToSchema;

macro_rules! words {
    ($name:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        impl $name {
            /// The word on the wire and in the store.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
        impl std::str::FromStr for $name {
            type Err = crate::user::UnknownWord;
            fn from_str(word: &str) -> Result<Self, Self::Err> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(crate::user::UnknownWord(&[$($word),+])),
                }
            }
        }
    };
}
pub(crate) use words;

/// A word outside a closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown word; use one of {0:?}")]
pub struct UnknownWord(pub &'static [&'static str]);

/// Who stands behind an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum UserKind {
    /// A person.
    Human,
    /// An AI member run by the server.
    Agent,
    /// Somebody's program.
    Bot,
}
words!(UserKind { Human = "human", Agent = "agent", Bot = "bot" });

/// What an account may do on the whole server; later variants outrank earlier ones.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS, ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Sees only the rooms they were brought into.
    Guest,
    /// May make and join rooms.
    Member,
    /// May moderate every room they are in and manage users below them.
    Admin,
    /// May do everything.
    Owner,
}
words!(Role { Guest = "guest", Member = "member", Admin = "admin", Owner = "owner" });

/// Whether somebody can be reached now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Presence {
    /// Has a session, or is an agent that is running.
    Online,
    /// Online, but said `/away`.
    Away,
    /// Has no session.
    Offline,
}

/// A user as everybody may see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct UserInfo {
    /// Id.
    pub id: UserId,
    /// Handle.
    pub handle: Handle,
    /// The name to show; the handle where none was chosen.
    pub display_name: String,
    /// Human, agent or bot.
    pub kind: UserKind,
    /// Role on the server.
    pub role: Role,
    /// Whether they can be reached now.
    pub presence: Presence,
    /// What to show as their picture: an emoji, a letter or two, or, where it begins with a slash,
    /// the path of a picture on this server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub avatar: Option<String>,
    /// What they said with `/away`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub away: Option<String>,
    /// The account is closed; its messages remain.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub disabled: bool,
    /// What they say of themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub about: Option<String>,
    /// Where their day begins, by the IANA name: `Asia/Shanghai`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub time_zone: Option<String>,
}

/// Users as the JSON of a list of [`UserInfo`], written once for many who read it.
#[derive(Clone, Debug)]
pub struct WrittenUsers(Arc<RawValue>);

impl WrittenUsers {
    /// Writes them.
    pub fn new(users: &[UserInfo]) -> Self {
        let json = to_raw_value(users).expect("users are words and ids, which JSON can hold");
        Self(Arc::from(json))
    }

    /// The JSON.
    pub fn as_json(&self) -> &str {
        self.0.get()
    }
}

impl PartialEq for WrittenUsers {
    fn eq(&self, other: &Self) -> bool {
        self.as_json() == other.as_json()
    }
}

impl Serialize for WrittenUsers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for WrittenUsers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Not as raw JSON: a frame's tag is found by reading the whole frame first.
        Ok(Self::new(&Vec::deserialize(deserializer)?))
    }
}
