//! What every turn can reach, and what the turns of one server hold in common.

use super::open_turns::OpenTurns;
use crate::{
    AgentsError, ModelConfig, Voices, governor::Governor, purse::Purse, tool_box::ToolBox,
};
use salon_chat::Chat;
use salon_protocol::{MessageId, RoomId, ToolServerConfig};
use std::{
    collections::{BTreeMap, HashMap},
    hash::Hash,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::OwnedMutexGuard;

/// What the agents of a server are started with.
pub struct AgentsConfig {
    /// The models.
    pub voices: Voices,
    /// Servers of tools that the configuration file names.
    pub tool_servers: BTreeMap<String, ToolServerConfig>,
    /// How long agents wait for people.
    pub pace: Pace,
}

impl AgentsConfig {
    /// With these models and nothing else.
    pub fn new(models: &ModelConfig) -> Result<Self, AgentsError> {
        Ok(Self::with(Voices::new(models)?))
    }

    /// With these models and nothing else.
    pub fn with(voices: Voices) -> Self {
        Self {
            voices,
            tool_servers: BTreeMap::new(),
            pace: Pace::default(),
        }
    }
}

/// How long agents wait for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// After another message of a burst, before the model is asked again.
    pub burst: Duration,
    /// Before an agent thinks of joining in unasked: people come first.
    pub quiet: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            burst: Duration::from_millis(700),
            quiet: Duration::from_secs(4),
        }
    }
}

/// What every turn can reach.
#[derive(Clone)]
pub(super) struct Company {
    pub(super) chat: Chat,
    pub(super) shared: Arc<Shared>,
}

/// What turns hold in common.
pub(super) struct Shared {
    pub(super) voices: Voices,
    /// What may be written as a call by an agent that may call everything.
    pub(super) names: Arc<[String]>,
    pub(super) tools: ToolBox,
    pub(super) pace: Pace,
    pub(super) governor: Governor,
    pub(super) purse: Purse,
    pub(super) open: OpenTurns,
    /// One agent at a time goes on with a chain.
    pub(super) chains: Places<MessageId>,
    /// One agent at a time thinks of joining in.
    pub(super) bids: Places<RoomId>,
    /// One summary of a room at a time.
    pub(super) summing_up: Places<RoomId>,
}

impl Company {
    pub(super) fn new(chat: Chat, config: AgentsConfig) -> Self {
        let names = crate::tools::names(chat.commands()).into();
        Self {
            shared: Arc::new(Shared {
                voices: config.voices,
                names,
                tools: ToolBox::new(chat.clone(), config.tool_servers),
                pace: config.pace,
                governor: Governor::default(),
                purse: Purse::new(chat.clone()),
                open: OpenTurns::default(),
                chains: Places::default(),
                bids: Places::default(),
                summing_up: Places::default(),
            }),
            chat,
        }
    }
}

impl std::ops::Deref for Company {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.shared
    }
}

/// A lock for each of many things, made when first needed and forgotten when nobody holds it.
pub(super) struct Places<K>(Mutex<HashMap<K, Arc<tokio::sync::Mutex<()>>>>);

impl<K> Default for Places<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash> Places<K> {
    /// Waits for the place; it is given back when the guard is dropped.
    pub(super) async fn take(&self, key: K) -> OwnedMutexGuard<()> {
        self.of(key).lock_owned().await
    }

    /// The place if nobody has it.
    pub(super) fn try_take(&self, key: K) -> Option<OwnedMutexGuard<()>> {
        self.of(key).try_lock_owned().ok()
    }

    fn of(&self, key: K) -> Arc<tokio::sync::Mutex<()>> {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever waits or holds has a share of its own.
        places.retain(|_, place| Arc::strong_count(place) > 1);
        Arc::clone(places.entry(key).or_default())
    }
}
