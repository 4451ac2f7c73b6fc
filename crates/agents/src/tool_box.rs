//! Tools of other people's servers.

use crate::{model::ToolSchema, turn::CallEnd};
use salon_chat::{Chat, ChatError};
use salon_protocol::{AgentSettings, Lang, ToolServerConfig, ToolServers};
use serde_json::{Map, Value};
use std::{collections::BTreeMap, sync::Arc};
use tokio::sync::mpsc;

/// All tool servers.
#[derive(Clone)]
pub struct ToolBox {
    _chat: Chat,
    _fixed: Arc<BTreeMap<String, ToolServerConfig>>,
}

/// A tool that an agent may call here.
#[derive(Clone, Debug)]
pub(crate) struct Offered {
    pub(crate) schema: ToolSchema,
    pub(crate) read_only: bool,
    server: String,
    tool: String,
}

impl Offered {
    pub(crate) fn setting_name(&self) -> String {
        format!("{}/{}", self.server, self.tool)
    }
}

impl ToolBox {
    pub(crate) fn new(chat: Chat, fixed: BTreeMap<String, ToolServerConfig>) -> Self {
        Self {
            _chat: chat,
            _fixed: Arc::new(fixed),
        }
    }

    pub(crate) async fn offered(&self, _settings: &AgentSettings, _room: &str) -> Vec<ToolSchema> {
        Vec::new()
    }

    pub(crate) async fn find(
        &self,
        _name: &str,
        _settings: &AgentSettings,
        _room: &str,
    ) -> Option<Offered> {
        None
    }

    pub(crate) async fn call(
        &self,
        _offered: &Offered,
        _arguments: Map<String, Value>,
        _progress: Option<mpsc::Sender<String>>,
        _lang: Lang,
    ) -> CallEnd {
        CallEnd::Refused(String::new())
    }

    /// Names of all tools, as settings use them.
    pub async fn names(&self) -> Vec<String> {
        Vec::new()
    }

    /// Whether a server can be reached in this way at all.
    pub fn check(&self, _name: &str, _config: &ToolServerConfig) -> Result<(), salon_chat::Words> {
        Ok(())
    }

    /// Servers of tools and how they are.
    pub async fn infos(&self) -> Result<ToolServers, ChatError> {
        Ok(ToolServers {
            servers: Vec::new(),
        })
    }

    pub(crate) async fn stop(&self) {}
}
