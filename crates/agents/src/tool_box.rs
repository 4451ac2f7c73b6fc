//! Tools of other people's servers: which there are, which an agent is offered where, and that each
//! is still the tool that was agreed to.
//!
//! A server is named in `salon.toml`, or by an owner while the chat runs. Its tools are pinned at
//! first sight: one whose name, words or schema have changed since is neither offered nor called
//! until an admin agrees. Whatever a tool answers is marked as data before a model reads it.

use crate::{
    mcp::{McpError, McpServer, McpServerConfig, McpTool},
    model::ToolSchema,
    turn::{CallEnd, as_data},
};
use salon_chat::{Chat, ChatError, PinState, Words, actions};
use salon_protocol::{
    AgentSettings, Lang, ToolInfo, ToolServerConfig, ToolServerInfo, ToolServers,
};
use serde_json::{Map, Value};
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{sync::mpsc, time::Instant};

/// Between a server's name and its tool's in what models call: services take no other sign.
const BETWEEN: &str = "__";
/// A name that models' services take is no longer.
const NAME_CHARS_MAX: usize = 64;
/// Tools that one agent is offered at once; each of them is read anew for every question.
const OFFERED_MAX: usize = 40;
/// Servers that are asked.
const SERVERS_MAX: usize = 20;
/// What is known of a server's tools is good for so long; failures too.
const KNOWN_FOR: Duration = Duration::from_secs(30);

/// Servers of tools by name.
pub(crate) type Servers = BTreeMap<String, ToolServerConfig>;

/// All tool servers; clones share them.
#[derive(Clone)]
pub struct ToolBox {
    chat: Chat,
    inner: Arc<Inner>,
}

struct Inner {
    /// From the configuration file.
    fixed: BTreeMap<String, ToolServerConfig>,
    /// Written whenever a server is first used or its configuration changed; never held across an
    /// await.
    running: Mutex<HashMap<String, (ToolServerConfig, McpServer)>>,
    /// What servers answered lately.
    known: Mutex<HashMap<String, Known>>,
}

/// What a server answered, and when.
type Known = (Instant, Result<Vec<McpTool>, McpError>);

/// A tool that an agent may call here.
#[derive(Clone, Debug)]
pub(crate) struct Offered {
    /// As models are offered it.
    pub(crate) schema: ToolSchema,
    /// It says that it only reads.
    pub(crate) read_only: bool,
    server: String,
    tool: String,
    digest: [u8; 32],
}

impl Offered {
    /// The name that agents' settings use.
    pub(crate) fn setting_name(&self) -> String {
        format!("{}/{}", self.server, self.tool)
    }
}

impl ToolBox {
    pub(crate) fn new(chat: Chat, fixed: BTreeMap<String, ToolServerConfig>) -> Self {
        Self {
            chat,
            inner: Arc::new(Inner {
                fixed,
                running: Mutex::default(),
                known: Mutex::default(),
            }),
        }
    }

    /// What an agent may call in a room, as models are offered it.
    pub(crate) async fn offered(
        &self,
        servers: Servers,
        settings: &AgentSettings,
        room: &str,
    ) -> Vec<ToolSchema> {
        let offered = self.all(servers, settings, room).await;
        offered.into_iter().map(|offered| offered.schema).collect()
    }

    /// The tool of a name, if an agent may call it in a room.
    pub(crate) async fn find(
        &self,
        name: &str,
        settings: &AgentSettings,
        room: &str,
    ) -> Option<Offered> {
        if !name.contains(BETWEEN) {
            return None;
        }
        let servers = self.servers(&self.chat).await;
        let offered = self.all(servers, settings, room).await;
        offered
            .into_iter()
            .find(|offered| offered.schema.name.eq_ignore_ascii_case(name))
    }

    async fn all(&self, servers: Servers, settings: &AgentSettings, room: &str) -> Vec<Offered> {
        if settings
            .tools
            .as_ref()
            .is_some_and(|tools| !tools.iter().any(|tool| tool.contains('/')))
        {
            return Vec::new();
        }
        let mut all = Vec::new();
        for (name, config) in servers {
            let here = config
                .rooms
                .as_ref()
                .is_none_or(|rooms| rooms.iter().any(|one| one.trim_start_matches('#') == room));
            if !here {
                continue;
            }
            let tools = match self.tools(&name, &config).await {
                Ok(tools) => tools,
                Err(error) => {
                    tracing::warn!(server = name, %error, "a tool server cannot be used");
                    continue;
                }
            };
            for tool in tools {
                let setting = format!("{name}/{}", tool.name);
                if settings.may_call(&setting) && self.is_as_agreed(&tool).await {
                    all.extend(offer(tool));
                }
            }
        }
        all.truncate(OFFERED_MAX);
        all
    }

    /// Calls a tool. What it answers is data, whatever it says, and says so.
    pub(crate) async fn call(
        &self,
        offered: &Offered,
        arguments: Map<String, Value>,
        progress: Option<mpsc::Sender<String>>,
        lang: Lang,
    ) -> CallEnd {
        let config = self.servers(&self.chat).await.remove(&offered.server);
        let Some(config) = config else {
            return CallEnd::Refused(gone(lang));
        };
        let server = match self.server(&offered.server, &config) {
            Ok(server) => server,
            Err(error) => return CallEnd::Refused(failed(&error, lang)),
        };
        // Between the offer and the call it may have become another tool.
        let now = server.tools().await.ok();
        let same = now.is_some_and(|tools| {
            tools
                .iter()
                .any(|tool| tool.name == offered.tool && tool.digest == offered.digest)
        });
        if !same {
            return CallEnd::Refused(gone(lang));
        }
        metrics::counter!("salon_tool_calls_total").increment(1);
        match server.call(&offered.tool, arguments, progress).await {
            Ok(result) if result.is_error => {
                CallEnd::Refused(as_data(&offered.setting_name(), &result.text, lang))
            }
            Ok(result) => CallEnd::Told(as_data(&offered.setting_name(), &result.text, lang)),
            Err(error) => CallEnd::Refused(failed(&error, lang)),
        }
    }

    /// Names of all tools, as settings use them.
    pub async fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        for (name, config) in self.servers(&self.chat).await {
            names.push(format!("{name}/*"));
            if let Ok(tools) = self.tools(&name, &config).await {
                names.extend(
                    tools
                        .into_iter()
                        .map(|tool| format!("{name}/{}", tool.name)),
                );
            }
        }
        names
    }

    /// Whether a server can be reached in this way at all.
    pub fn check(&self, name: &str, config: &ToolServerConfig) -> Result<(), Words> {
        if self.inner.fixed.contains_key(name) {
            return Err(Words::new(
                "This server stands in salon.toml. Change it there.",
                "这个工具服务器写在 salon.toml 中，请在那里修改。",
            ));
        }
        McpServer::new(mcp_config(name, config))
            .map(drop)
            .map_err(|error| {
                Words::new(
                    error.to_string(),
                    format!("工具服务器的配置不正确：{error}"),
                )
            })
    }

    /// Servers of tools and how they are.
    pub async fn infos(&self) -> Result<ToolServers, ChatError> {
        self.forget_answers();
        let mut servers = Vec::new();
        for (name, config) in self.servers(&self.chat).await {
            let (mut tools, mut error) = (Vec::new(), None);
            match self.tools(&name, &config).await {
                Ok(found) => {
                    for tool in found {
                        let changed = !self.is_as_agreed(&tool).await;
                        tools.push(ToolInfo {
                            name: format!("{name}/{}", tool.name),
                            description: tool.description,
                            read_only: tool.read_only,
                            changed,
                        });
                    }
                }
                Err(why) => error = Some(why.to_string()),
            }
            servers.push(ToolServerInfo {
                fixed: self.inner.fixed.contains_key(&name),
                name,
                config,
                tools,
                error,
            });
        }
        Ok(ToolServers { servers })
    }

    pub(crate) async fn stop(&self) {
        let running: Vec<McpServer> = {
            let mut running = lock(&self.inner.running);
            running.drain().map(|(_, (_, server))| server).collect()
        };
        for server in running {
            server.stop().await;
        }
    }

    /// The file's servers, and those that owners named. `chat` may be one that reads
    /// [in one go](Chat::in_one_go).
    pub(crate) async fn servers(&self, chat: &Chat) -> Servers {
        let mut configs = self.inner.fixed.clone();
        match chat.store().tool_servers().await {
            Ok(named) => {
                for (name, config) in named {
                    if let Ok(config) = serde_json::from_str(&config) {
                        configs.entry(name).or_insert(config);
                    }
                }
            }
            Err(error) => tracing::error!(%error, "cannot read the tool servers"),
        }
        while configs.len() > SERVERS_MAX {
            configs.pop_last();
        }
        configs
    }

    async fn tools(&self, name: &str, config: &ToolServerConfig) -> Result<Vec<McpTool>, McpError> {
        let server = self.server(name, config)?;
        if let Some((at, known)) = lock(&self.inner.known).get(name)
            && at.elapsed() < KNOWN_FOR
        {
            return known.clone();
        }
        let tools = server.tools().await;
        lock(&self.inner.known).insert(name.to_owned(), (Instant::now(), tools.clone()));
        tools
    }

    /// The server as it is configured now; another one is stopped.
    fn server(&self, name: &str, config: &ToolServerConfig) -> Result<McpServer, McpError> {
        let mut running = lock(&self.inner.running);
        if let Some((known, server)) = running.get(name)
            && known == config
        {
            return Ok(server.clone());
        }
        let server = McpServer::new(mcp_config(name, config))?;
        running.insert(name.to_owned(), (config.clone(), server.clone()));
        lock(&self.inner.known).remove(name);
        Ok(server)
    }

    fn forget_answers(&self) {
        lock(&self.inner.known).clear();
    }

    /// A tool that cannot be looked up is not as agreed.
    async fn is_as_agreed(&self, tool: &McpTool) -> bool {
        let pin = actions::check_pin(&self.chat, &tool.server, &tool.name, tool.digest).await;
        matches!(pin, Ok(PinState::Same))
    }
}

/// A tool whose name no service would take is not offered.
fn offer(tool: McpTool) -> Option<Offered> {
    let name = format!("{}{BETWEEN}{}", tool.server, tool.name);
    let fits = name.len() <= NAME_CHARS_MAX
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    fits.then_some(Offered {
        schema: ToolSchema {
            name,
            description: tool.description,
            parameters: tool.schema,
        },
        read_only: tool.read_only,
        server: tool.server,
        tool: tool.name,
        digest: tool.digest,
    })
}

fn mcp_config(name: &str, config: &ToolServerConfig) -> McpServerConfig {
    McpServerConfig {
        name: name.to_owned(),
        command: config.command.clone(),
        args: config.args.clone(),
        env: config.env.clone(),
        url: config.url.clone(),
        headers_env: config.headers_env.clone(),
        timeout_seconds: config.timeout_seconds,
    }
}

fn gone(lang: Lang) -> String {
    match lang {
        Lang::En => {
            "This tool is not there any more, or it has changed and waits for an admin to agree."
                .into()
        }
        Lang::Zh => "这个工具已不存在，或者发生了变化，需要管理员重新同意。".into(),
    }
}

fn failed(error: &McpError, lang: Lang) -> String {
    match lang {
        Lang::En => format!("The tool could not be used: {error}."),
        Lang::Zh => format!("工具无法使用：{error}。"),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
