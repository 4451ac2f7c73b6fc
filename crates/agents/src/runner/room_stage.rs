//! A turn's stage in a room: the draft that people see, the commands and tools that it runs, and
//! what ends it early.

use super::{bid::scopes, company::Company, open_turns::Guard};
use crate::{
    driver::Stage,
    model::{ChatRequest, ModelFailure, Price, Purse, ToolCall, Usage},
    purse::{AllBooks, Ticket},
    tool_box::Offered,
    tools::{self, Called},
    turn::{CallEnd, Input},
};
use salon_chat::{
    Caller, ChatError, SpendScope, Turn,
    actions::{self, AskApproval},
    commands, queries,
};
use salon_live::DraftWriter;
use salon_protocol::{
    AgentSettings, AgentState, Done, Event, EventBody, Handle, Lang, MessageId, RoomId, Text,
    UserKind,
};
use serde_json::Value;
use std::sync::Arc;
use tokio::{
    sync::{broadcast, mpsc},
    time::Instant,
};

/// Words of a tool's progress that wait to be shown.
const PROGRESS_QUEUED_MAX: usize = 16;

/// Why a turn ends early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Yield {
    /// There is nothing left to answer.
    Gone(&'static str),
    /// The question grew or changed: begin again.
    Grown,
}

pub(super) struct RoomStage<'a> {
    pub(super) company: &'a Company,
    /// The agent, for whoever asked.
    pub(super) caller: &'a Caller,
    pub(super) settings: &'a AgentSettings,
    pub(super) room: RoomId,
    pub(super) turn: &'a Turn,
    pub(super) question: MessageId,
    pub(super) author: Handle,
    /// A person wrote the question: then a person's answer makes ours needless.
    pub(super) asks_for_person: bool,
    pub(super) room_name: &'a str,
    pub(super) guard: Option<&'a Guard>,
    /// The last message that the question holds.
    pub(super) read_up_to: salon_protocol::Seq,
    pub(super) yields: Option<Yield>,
    pub(super) first_word: Option<Instant>,
    pub(super) price: Price,
    /// As they were read with the question.
    pub(super) books: Option<AllBooks>,
    pub(super) tickets: Vec<Ticket>,
    pub(super) near: Vec<SpendScope>,
    pub(super) draft: DraftWriter,
    pub(super) events: broadcast::Receiver<Arc<Event>>,
}

impl Stage for RoomStage<'_> {
    async fn show(&mut self, state: AgentState, tool: Option<String>) {
        self.draft.state(state, tool).await;
    }

    async fn append(&mut self, text: String) {
        if self.first_word.is_none() && !text.trim().is_empty() {
            // Another message may have joined this very moment: then nothing is shown yet.
            if self
                .guard
                .is_some_and(|guard| !guard.may_show(self.read_up_to))
            {
                self.yields = Some(Yield::Grown);
                return;
            }
            self.first_word = Some(Instant::now());
        }
        if self.yields.is_some() {
            return;
        }
        self.draft.append(text).await;
    }

    async fn may_ask(&mut self, request: &ChatRequest) -> Result<(), ModelFailure> {
        for ticket in &self.tickets {
            ticket.over();
        }
        match self
            .company
            .purse
            .enter(
                scopes(self.turn),
                self.settings.budget,
                self.books.take(),
                request,
                self.price,
            )
            .await
        {
            Ok(Ok(entered)) => {
                self.tickets.push(entered.ticket);
                self.near.extend(entered.near);
                Ok(())
            }
            Ok(Err(failure)) => Err(failure),
            // The books cannot be read: nothing is spent blindly.
            Err(error) => {
                tracing::error!(turn = %self.turn.id, %error, "cannot read what was spent");
                Err(ModelFailure::BudgetSpent(Purse::Agent))
            }
        }
    }

    fn charge(&mut self, usage: Usage) {
        if let Some(ticket) = self.tickets.last() {
            ticket.used(usage);
        }
    }

    async fn call(&mut self, n: usize, call: &ToolCall) -> CallEnd {
        let (chat, turn) = (&self.company.chat, self.turn.id);
        let number = u32::try_from(n).unwrap_or(u32::MAX);
        let began = actions::begin_call(chat, turn, number, &call.name, &call.arguments).await;
        let end = match began {
            Ok(true) => self.run(number, call).await,
            Ok(false) => CallEnd::Told(UNKNOWN_OUTCOME.get(self.caller.lang).to_owned()),
            Err(error) => CallEnd::Refused(error.message(self.caller.lang)),
        };
        if let Err(error) = actions::end_call(chat, turn, number, end.as_str(), end.text()).await {
            tracing::error!(%turn, %error, "cannot keep a call's result");
        }
        tracing::info!(%turn, n, tool = call.name, outcome = end.as_str(), "agent ran a command");
        end
    }

    async fn interrupted(&mut self) -> Input {
        if self.yields.is_some() {
            return Input::Withdrawn;
        }
        let watch = Watch {
            room: self.room,
            question: self.question,
            author: &self.author,
            read_up_to: self.read_up_to,
            shown: self.first_word.is_some(),
            asks_for_person: self.asks_for_person,
        };
        tokio::select! {
            biased;
            () = self.draft.stopped() => Input::Stopped,
            why = watch.until(&mut self.events) => {
                self.yields = Some(why);
                Input::Withdrawn
            }
        }
    }
}

/// A call was begun before a crash; nobody knows whether it was made.
const UNKNOWN_OUTCOME: Text = Text {
    en: "This call was begun before an interruption. Whether it was carried out is not known; it was not repeated.",
    zh: "这次调用在中断之前已经开始，无法确定是否执行过；没有重复执行。",
};

impl RoomStage<'_> {
    async fn run(&mut self, number: u32, call: &ToolCall) -> CallEnd {
        let (chat, lang) = (&self.company.chat, self.caller.lang);
        let Some(called) = tools::read(call) else {
            let words = Text {
                en: "The arguments are not a JSON object. Write them again.",
                zh: "参数不是 JSON 对象，请重新填写。",
            };
            return CallEnd::Refused(words.get(lang).to_owned());
        };
        if let Called::Named(name, arguments) = &called
            && let Some(offered) = self
                .company
                .tools
                .find(name, self.settings, self.room_name)
                .await
        {
            // Whoever asked may have been removed, or their account closed, since the turn began.
            if let Err(error) = queries::may_act(chat, self.caller, self.room).await {
                return CallEnd::Refused(error.message(lang));
            }
            return self.run_tool(number, &offered, arguments.clone()).await;
        }
        let name = match &called {
            Called::Line(line) => line
                .trim_start_matches('/')
                .split_whitespace()
                .next()
                .unwrap_or_default(),
            Called::Named(name, _) => name,
        };
        match chat.commands().find(name) {
            Ok(command) if !self.settings.may_call(command.name) => {
                return CallEnd::Refused(NOT_ALLOWED.get(lang).to_owned());
            }
            Ok(_) => {}
            Err(error) => return CallEnd::Refused(error.message(lang)),
        }
        let room = self.room.to_string();
        let key = Some(format!("turn:{}:{number}", self.turn.id.0.simple()));
        let done = match &called {
            Called::Line(line) => {
                commands::run_line(
                    chat,
                    self.caller,
                    Some(&room),
                    line,
                    commands::Along::with_key(key),
                )
                .await
            }
            Called::Named(name, arguments) => {
                commands::run_named(chat, self.caller, name, Some(&room), arguments, key).await
            }
        };
        if let Err(ChatError::NeedsApproval { why }) = done {
            let act = match &called {
                Called::Line(line) => line.clone(),
                Called::Named(name, arguments) => commands::act_shown(chat, name, arguments),
            };
            return self
                .ask_approval(number, &call.name, &call.arguments, act, why)
                .await;
        }
        result(done, lang)
    }

    /// A tool of somebody's server: what only reads runs at once, anything else needs leave.
    async fn run_tool(
        &mut self,
        number: u32,
        offered: &Offered,
        arguments: serde_json::Map<String, Value>,
    ) -> CallEnd {
        if !offered.read_only {
            let text = Value::Object(arguments).to_string();
            let act = format!("{} {text}", offered.setting_name());
            return self
                .ask_approval(number, &offered.schema.name, &text, act, "tool")
                .await;
        }
        let (progress, mut words) = mpsc::channel(PROGRESS_QUEUED_MAX);
        let calling = self
            .company
            .tools
            .call(offered, arguments, Some(progress), self.caller.lang);
        tokio::pin!(calling);
        loop {
            tokio::select! {
                biased;
                end = &mut calling => return end,
                Some(word) = words.recv() => {
                    let shown = format!("{}: {word}", offered.setting_name());
                    self.draft.state(AgentState::Tool, Some(shown)).await;
                },
            }
        }
    }

    async fn ask_approval(
        &self,
        n: u32,
        name: &str,
        arguments: &str,
        act: String,
        why: &'static str,
    ) -> CallEnd {
        let lang = self.caller.lang;
        let ask = AskApproval {
            turn: self.turn.id,
            n,
            chain: self.turn.chain,
            name: name.to_owned(),
            arguments: arguments.to_owned(),
            act,
            why,
        };
        match actions::ask_approval(&self.company.chat, self.caller, self.room, ask).await {
            Ok(row) => CallEnd::Asked(match lang {
                Lang::En => format!(
                    "This needs approval. It was not done; a card (number {}) shows exactly what would be done, and @{} may allow it.",
                    row.number,
                    self.asker()
                ),
                Lang::Zh => format!(
                    "这个操作需要批准，尚未执行。卡片（编号 {}）显示了将要执行的内容，@{} 可以批准。",
                    row.number,
                    self.asker()
                ),
            }),
            Err(error) => CallEnd::Refused(error.message(lang)),
        }
    }

    fn asker(&self) -> String {
        let behalf = self.caller.behalf.as_ref();
        behalf
            .map(|behalf| behalf.asker.handle.to_string())
            .unwrap_or_default()
    }
}

const NOT_ALLOWED: Text = Text {
    en: "This agent may not use that: its maker has not allowed it.",
    zh: "这个 AI 不能使用它：创建者没有允许。",
};

/// What a command said, for the model and for people.
pub(super) fn result(done: Result<Done, ChatError>, lang: Lang) -> CallEnd {
    match done {
        Ok(Done {
            notice: Some(notice),
            ..
        }) => CallEnd::Told(notice.text),
        Ok(_) => {
            let words = Text {
                en: "Done.",
                zh: "已完成。",
            };
            CallEnd::Done(words.get(lang).to_owned())
        }
        Err(error) => CallEnd::Refused(error.message(lang)),
    }
}

/// What a turn watches for while it runs.
struct Watch<'a> {
    room: RoomId,
    question: MessageId,
    author: &'a Handle,
    read_up_to: salon_protocol::Seq,
    /// People have seen something: then only a deletion ends it.
    shown: bool,
    asks_for_person: bool,
}

impl Watch<'_> {
    /// Completes when the question is gone, answered, or not what it was.
    async fn until(&self, events: &mut broadcast::Receiver<Arc<Event>>) -> Yield {
        loop {
            match events.recv().await {
                Ok(event) if event.room == self.room => {
                    if let Some(why) = self.look_at(&event) {
                        return why;
                    }
                }
                // Whoever lags misses at worst that an answer is no longer wanted.
                Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => std::future::pending::<()>().await,
            }
        }
    }

    fn look_at(&self, event: &Event) -> Option<Yield> {
        match &event.body {
            EventBody::MessageDeleted { message_id, .. } if *message_id == self.question => {
                Some(Yield::Gone("withdrawn"))
            }
            _ if self.shown => None,
            EventBody::MessageEdited { message_id, .. } if *message_id == self.question => {
                Some(Yield::Grown)
            }
            EventBody::MessagePosted { message } if event.seq > self.read_up_to => {
                let answers = message.reply_to == Some(self.question);
                let is_person = message.from_kind != UserKind::Agent;
                if message.from == *self.author
                    && message.reply_to.is_none()
                    && !message.private_from_ai
                {
                    return Some(Yield::Grown);
                }
                (answers && is_person && self.asks_for_person && message.from != *self.author)
                    .then_some(Yield::Gone("answered_by_person"))
            }
            _ => None,
        }
    }
}
