//! AI members as their makers see them: settings, modes, presets, and what they remember.

use crate::user::words;
use crate::{Budget, Handle, Lang, RoomId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// When agents speak; later variants speak more. A room has one and an agent has one, and the
/// lesser of both holds.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    TS,
    ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum SpeakMode {
    /// Never.
    Off,
    /// When they are addressed.
    #[default]
    Mention,
    /// Also when they are sure to be of help.
    Ambient,
}
words!(SpeakMode { Off = "off", Mention = "mention", Ambient = "ambient" });

/// What its maker decides about an agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AgentSettings {
    /// Who it is and how it talks, in its maker's words.
    pub persona: String,
    /// The language it always answers in; none: that of the question.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub lang: Option<Lang>,
    /// The model, by a name of the configuration; none: the server's first.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub model: Option<String>,
    /// Models that are asked in turn where the one before fails.
    pub fallbacks: Vec<String>,
    /// How freely it writes, 0 to 2; none: the service's own default.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub temperature: Option<f32>,
    /// What it may call: names of commands, `server/tool` or `server/*`; none: everything that
    /// it is offered.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub tools: Option<Vec<String>>,
    /// The most that it does by itself, whatever a room's mode is.
    pub mode: SpeakMode,
    /// What it may spend.
    pub budget: Budget,
}

impl Default for AgentSettings {
    fn default() -> Self {
        Self {
            persona: String::new(),
            lang: None,
            model: None,
            fallbacks: Vec::new(),
            temperature: None,
            tools: None,
            // As the room wishes.
            mode: SpeakMode::Ambient,
            budget: Budget::default(),
        }
    }
}

impl AgentSettings {
    /// Whether it may call a tool: a command's name, or `server/tool`.
    pub fn may_call(&self, tool: &str) -> bool {
        let Some(allowed) = &self.tools else {
            return true;
        };
        allowed.iter().any(|name| {
            name == tool
                || name
                    .strip_suffix('*')
                    .is_some_and(|start| start.ends_with('/') && tool.starts_with(start))
        })
    }
}

/// An agent as a user sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct AgentInfo {
    /// Id.
    pub id: UserId,
    /// Handle.
    pub handle: Handle,
    /// The name to show.
    pub display_name: String,
    /// An emoji or a letter or two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub avatar: Option<String>,
    /// Settings.
    pub settings: AgentSettings,
    /// Who made it; none for the one that came with the server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub maker: Option<Handle>,
    /// Names of the rooms it is in, as far as the asker is in them too.
    pub rooms: Vec<String>,
    /// It can be reached.
    pub online: bool,
    /// It was retired; its messages remain.
    pub retired: bool,
    /// The asker may edit and retire it.
    pub may_edit: bool,
}

/// `GET /api/agents`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct Agents {
    /// In the order of their handles, retired ones last.
    pub agents: Vec<AgentInfo>,
    /// Models that an agent may use; the first is the default.
    pub models: Vec<ModelInfo>,
    /// To start from.
    pub presets: Vec<AgentPreset>,
    /// What an agent may be allowed to call.
    pub tools: Vec<String>,
}

/// A model of the configuration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct ModelInfo {
    /// The name that agents' settings use.
    pub name: String,
    /// Money for a million tokens read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub price_in: Option<f64>,
    /// Money for a million tokens written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub price_out: Option<f64>,
}

/// Something to start an agent from, in the asker's language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct AgentPreset {
    /// The name to choose it by.
    pub name: String,
    /// What it is, for people.
    pub title: String,
    /// Its avatar.
    pub avatar: String,
    /// Its persona.
    pub persona: String,
}

/// `POST /api/agents` and `PATCH /api/agents/{handle}`: what is left out stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AgentRequest {
    /// Handle; only when it is made.
    #[ts(optional)]
    pub handle: Option<String>,
    /// The name to show.
    #[ts(optional)]
    pub display_name: Option<String>,
    /// An emoji or a letter or two; empty: none.
    #[ts(optional)]
    pub avatar: Option<String>,
    /// A preset to start from; only when it is made.
    #[ts(optional)]
    pub preset: Option<String>,
    /// All settings.
    #[ts(optional)]
    pub settings: Option<AgentSettings>,
    /// Rooms to bring it into, by name or id. It leaves no room by this.
    #[ts(optional)]
    pub rooms: Option<Vec<String>>,
}

/// What became of an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum AgentChange {
    /// It was made.
    Made,
    /// Its settings changed.
    Edited,
    /// It will not speak again.
    Retired,
    /// It is back.
    Restored,
}
words!(AgentChange { Made = "made", Edited = "edited", Retired = "retired", Restored = "restored" });

/// Something an agent remembers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Fact {
    /// Its number: `/forget N`.
    pub number: u32,
    /// What.
    pub text: String,
    /// Who told it.
    pub owner: Handle,
    /// Where it was told; it is never used where others read.
    pub room: RoomId,
    /// When.
    #[ts(type = "string")]
    pub at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tools_are_allowed_by_name_or_by_server() {
        let only = |names: &[&str]| AgentSettings {
            tools: Some(names.iter().map(|&name| name.to_owned()).collect()),
            ..AgentSettings::default()
        };
        assert!(AgentSettings::default().may_call("t"));
        assert!(!only(&[]).may_call("t"));
        assert!(only(&["files/*"]).may_call("files/read"));
        assert!(!only(&["files/*"]).may_call("filesystem"));
        assert!(!only(&["*"]).may_call("t"));
    }
}
