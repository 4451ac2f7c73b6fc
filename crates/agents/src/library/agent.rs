//! The agent and its four methods.

use super::{AgentCommand, AgentConfig, AgentMessage, AgentResponse, Host, stage::HostStage};
use crate::{
    AgentsError, Voice,
    context::{self, Scene},
    driver::{self, Script},
    model::{Origin, ToolMode},
    tools,
    turn::{Outcome, TurnMachine},
};
use jiff::Timestamp;
use salon_chat::commands::Registry;
use salon_protocol::{
    AgentSettings, Called, Handle, Message, MessageId, MessageView, RoomId, Seq, Text, UserKind,
};
use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, PoisonError},
};

/// Messages that the agent remembers.
const REMEMBERED_MAX: usize = 40;

/// An AI member for a chat of one's own.
pub struct AiAgent {
    config: AgentConfig,
    voice: Option<Voice>,
    registry: Registry,
    /// What was said, oldest first. Written at the end of each message; never held across an
    /// await.
    remembered: Mutex<VecDeque<AgentMessage>>,
}

impl Default for AiAgent {
    fn default() -> Self {
        Self {
            config: AgentConfig::default(),
            voice: None,
            registry: Registry::new(),
            remembered: Mutex::default(),
        }
    }
}

impl AiAgent {
    /// Prepares the model. Connects to nothing yet; fails on an address or a key that cannot be
    /// used. Calling it again starts afresh.
    pub async fn initialize(&mut self, config: AgentConfig) -> Result<(), AgentsError> {
        self.voice = Some(Voice::new(&config.model)?);
        self.config = config;
        self.remembered = Mutex::default();
        Ok(())
    }

    /// Answers what somebody said. Never fails: where the model does, the answer says so.
    pub async fn process_message(&self, text: &str, username: &str) -> AgentResponse {
        let Some(voice) = &self.voice else {
            return refused("The agent is not initialized yet.");
        };
        let lang = context::language(text, Some(self.config.lang));
        let online = self.get_users().await;
        let settings = AgentSettings {
            persona: self.config.persona.clone(),
            ..AgentSettings::default()
        };
        let scene = Scene {
            handle: &self.config.username,
            name: &self.config.username,
            settings: &settings,
            lang,
            room: Text {
                en: "chat",
                zh: "聊天",
            }
            .get(lang)
            .into(),
            topic: String::new(),
            online,
            now: Timestamp::now(),
            history: self.history(),
            asker: username,
            question: text,
            files: Vec::new(),
            images: HashMap::new(),
            reply_to: None,
            facts: Vec::new(),
            summary: None,
            extra: &[],
        };
        let may_call = self.config.host.is_some() && voice.tools() != ToolMode::None;
        let names = may_call.then(|| tools::names(&self.registry).into());
        let machine = TurnMachine::new(lang, &self.config.username, names);
        let script = Script {
            voice,
            messages: &|mode| {
                let mode = if may_call { mode } else { ToolMode::None };
                context::messages(&scene, mode, &self.registry)
            },
            tools: if may_call {
                tools::schemas(&self.registry, lang, &settings)
            } else {
                Vec::new()
            },
            temperature: None,
            origin: Origin {
                turn: None,
                asker: username.to_owned(),
                audience: String::new(),
                lang,
                again: 0,
            },
        };
        let mut stage = HostStage {
            host: self.host(),
            registry: &self.registry,
            ran: Vec::new(),
        };
        let end = driver::run(machine, script, &mut stage).await;
        let success = matches!(end.outcome, Outcome::Spoke | Outcome::Acted);
        let text_out = end.reply.map(|(text, _)| text).unwrap_or_default();
        self.remember(username, text);
        if success {
            self.remember(&self.config.username, &text_out);
        }
        AgentResponse {
            success,
            text: text_out,
            commands: stage.ran,
            tokens: (end.usage.prompt_tokens, end.usage.completion_tokens),
        }
    }

    /// Runs one of the chat's commands as the agent.
    pub async fn execute_command(&self, command: &str, args: &[&str]) -> AgentResponse {
        let Some(host) = self.host() else {
            return refused("There is no chat here to run commands in.");
        };
        let command = command.trim_start_matches('/');
        let line = [&[command], args].concat().join(" ");
        let (success, text) = match host.run(&format!("/{line}")).await {
            Ok(text) => (true, text),
            Err(error) => (false, error.to_string()),
        };
        let args = args.iter().map(|&arg| arg.to_owned()).collect();
        let commands = vec![AgentCommand {
            command: command.to_owned(),
            args,
        }];
        AgentResponse {
            success,
            text,
            commands,
            ..AgentResponse::default()
        }
    }

    /// Who is online; nobody where there is no chat or it cannot be asked.
    pub async fn get_users(&self) -> Vec<String> {
        match self.host() {
            Some(host) => host.users().await.unwrap_or_else(|error| {
                tracing::warn!(%error, "cannot ask who is online");
                Vec::new()
            }),
            None => Vec::new(),
        }
    }

    fn host(&self) -> Option<&dyn Host> {
        self.config.host.as_deref()
    }

    fn remember(&self, username: &str, text: &str) {
        let mut remembered = self
            .remembered
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        remembered.push_back(AgentMessage {
            username: username.to_owned(),
            text: text.to_owned(),
        });
        while remembered.len() > REMEMBERED_MAX {
            remembered.pop_front();
        }
    }

    fn history(&self) -> Vec<MessageView> {
        let remembered = self
            .remembered
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let views = remembered.iter().filter_map(|said| {
            // Names that no handle can have are left out rather than mistaken for others.
            let from: Handle = said.username.parse().ok()?;
            let is_agent = said.username == self.config.username;
            let message = Message {
                id: MessageId::new(),
                text: said.text.clone(),
                from,
                from_kind: if is_agent {
                    UserKind::Agent
                } else {
                    UserKind::Human
                },
                reply_to: None,
                thread_id: None,
                draft_id: None,
                state: None,
                action: false,
                reason: None,
                replaces: None,
                forwarded: None,
                private_from_ai: false,
                poll: None,
                files: Vec::new(),
                called: Called::default(),
                deleted: false,
                removed: None,
            };
            Some(MessageView {
                room: RoomId::new(),
                seq: Seq(0),
                at: Timestamp::now(),
                message,
                pinned_by: None,
                edited_at: None,
                replies: None,
                votes: Vec::new(),
                poll_closed_by: None,
                previews: Vec::new(),
                reactions: Vec::new(),
            })
        });
        views.collect()
    }
}

fn refused(why: &str) -> AgentResponse {
    AgentResponse {
        text: why.to_owned(),
        ..AgentResponse::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        library::Host,
        model::{ScriptedAnswer, ScriptedModel},
    };
    use std::sync::Arc;

    struct Room;

    #[async_trait::async_trait]
    impl Host for Room {
        async fn users(&self) -> Result<Vec<String>, AgentsError> {
            Ok(vec!["ada".into(), "assistant".into()])
        }

        async fn run(&self, line: &str) -> Result<String, AgentsError> {
            Ok(format!("ran {line}"))
        }
    }

    fn agent(answers: Vec<ScriptedAnswer>) -> (AiAgent, Arc<ScriptedModel>) {
        let model = Arc::new(ScriptedModel::new(answers));
        let mut agent = AiAgent::default();
        agent.config.host = Some(Arc::new(Room));
        agent.voice = Some(Voice::of(model.clone(), ToolMode::Text));
        (agent, model)
    }

    #[tokio::test]
    async fn it_answers_runs_commands_and_remembers() {
        let (agent, model) = agent(vec![
            ScriptedAnswer::text("/t bob lunch"),
            ScriptedAnswer::text("I told him."),
            ScriptedAnswer::text("Yes."),
        ]);
        let told = agent.process_message("tell bob: lunch", "ada").await;
        let expected = AgentResponse {
            success: true,
            text: "I told him.".into(),
            commands: vec![AgentCommand {
                command: "t".into(),
                args: vec!["bob".into(), "lunch".into()],
            }],
            tokens: (0, 0),
        };
        assert_eq!(told, expected);
        agent.process_message("did you?", "ada").await;
        let last = model.requests().pop().unwrap();
        let read: Vec<_> = last
            .messages
            .iter()
            .map(|message| message.content.as_str())
            .collect();
        assert_eq!(read[1..3], ["ada: tell bob: lunch", "I told him."]);
        assert!(read[3].contains("ada, assistant"), "{}", read[3]);
    }

    #[tokio::test]
    async fn failures_are_told_in_words() {
        let (agent, _) = agent(vec![]);
        let failed = agent.process_message("你好", "ada").await;
        assert!(
            !failed.success && failed.text.contains("空白"),
            "{failed:?}"
        );
        let fresh = AiAgent::default();
        assert!(!fresh.process_message("hello", "ada").await.success);
        assert!(!fresh.execute_command("users", &[]).await.success);
    }

    #[tokio::test]
    async fn commands_and_users_come_from_the_chat() {
        let (agent, _) = agent(vec![]);
        assert_eq!(
            agent
                .execute_command("/topic", &["New", "plans"])
                .await
                .text,
            "ran /topic New plans"
        );
        assert_eq!(agent.get_users().await, ["ada", "assistant"]);
    }
}
