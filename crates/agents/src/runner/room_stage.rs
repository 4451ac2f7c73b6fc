//! A turn's stage in a room: the draft that people see, the commands that it runs.

use crate::{
    driver::Stage,
    model::ToolCall,
    tools::{self, Called},
    turn::{CallEnd, Input},
};
use salon_chat::{Caller, Chat, ChatError, actions, commands};
use salon_live::DraftWriter;
use salon_protocol::{AgentState, Done, Event, EventBody, Lang, MessageId, RoomId, Text, TurnId};
use std::sync::Arc;
use tokio::sync::broadcast;

pub(super) struct RoomStage<'a> {
    pub(super) chat: &'a Chat,
    /// The agent, for whoever asked.
    pub(super) caller: &'a Caller,
    pub(super) room: RoomId,
    pub(super) turn: TurnId,
    pub(super) question: MessageId,
    /// None while the server stops.
    pub(super) draft: Option<DraftWriter>,
    pub(super) events: broadcast::Receiver<Arc<Event>>,
}

impl Stage for RoomStage<'_> {
    async fn show(&mut self, state: AgentState, tool: Option<String>) {
        if let Some(draft) = &self.draft {
            draft.state(state, tool).await;
        }
    }

    async fn append(&mut self, text: String) {
        if let Some(draft) = &self.draft {
            draft.append(text).await;
        }
    }

    async fn call(&mut self, n: usize, call: &ToolCall) -> CallEnd {
        let number = u32::try_from(n).unwrap_or(u32::MAX);
        let began =
            actions::begin_call(self.chat, self.turn, number, &call.name, &call.arguments).await;
        let end = match began {
            Ok(true) => self.run(n, call).await,
            Ok(false) => CallEnd::Told(UNKNOWN_OUTCOME.get(self.caller.lang).to_owned()),
            Err(error) => CallEnd::Refused(error.message(self.caller.lang)),
        };
        let (CallEnd::Told(text) | CallEnd::Done(text) | CallEnd::Refused(text)) = &end;
        if let Err(error) = actions::end_call(self.chat, self.turn, number, text).await {
            tracing::error!(turn = %self.turn, %error, "cannot keep a call's result");
        }
        tracing::info!(turn = %self.turn, n, tool = call.name, "agent ran a command");
        end
    }

    async fn interrupted(&mut self) -> Input {
        let stopped = async {
            match &self.draft {
                Some(draft) => draft.stopped().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = stopped => Input::Stopped,
            () = withdrawn(&mut self.events, self.room, self.question) => Input::Withdrawn,
        }
    }
}

/// A call was begun before a crash; nobody knows whether it was made.
const UNKNOWN_OUTCOME: Text = Text {
    en: "This call was begun before an interruption. Whether it was carried out is not known; it was not repeated.",
    zh: "这次调用在中断之前已经开始，无法确定是否执行过；没有重复执行。",
};

impl RoomStage<'_> {
    async fn run(&self, n: usize, call: &ToolCall) -> CallEnd {
        let lang = self.caller.lang;
        let Some(called) = tools::read(call) else {
            let words = Text {
                en: "The arguments are not a JSON object. Write them again.",
                zh: "参数不是 JSON 对象，请重新填写。",
            };
            return CallEnd::Refused(words.get(lang).to_owned());
        };
        let room = self.room.to_string();
        let key = Some(format!("turn:{}:{n}", self.turn.0.simple()));
        let done = match &called {
            Called::Line(line) => {
                commands::run_line(self.chat, self.caller, Some(&room), line, key, None).await
            }
            Called::Named(name, arguments) => {
                commands::run_named(self.chat, self.caller, name, Some(&room), arguments, key).await
            }
        };
        result(done, lang)
    }
}

/// What a command said, for the model and for people.
fn result(done: Result<Done, ChatError>, lang: Lang) -> CallEnd {
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

/// Completes when the question is deleted.
async fn withdrawn(
    events: &mut broadcast::Receiver<Arc<Event>>,
    room: RoomId,
    question: MessageId,
) {
    loop {
        match events.recv().await {
            Ok(event) if event.room == room => {
                if matches!(event.body, EventBody::MessageDeleted { message_id } if message_id == question)
                {
                    return;
                }
            }
            // Whoever lags misses at worst that an answer is no longer wanted.
            Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => {}
            Err(broadcast::error::RecvError::Closed) => std::future::pending::<()>().await,
        }
    }
}
