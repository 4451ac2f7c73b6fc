//! Runs a turn's effects: the one loop in which the machine meets the model, the calls and the
//! room.

use crate::{
    model::{
        CallEvent, ChatMessage, ChatRequest, Delta, ModelCall, ModelFailure, Origin, ToolCall,
        ToolMode, ToolSchema, Usage,
    },
    setup::Voice,
    turn::{CallEnd, Effect, End, Input, TurnMachine},
};
use salon_protocol::AgentState;
use std::future::Future;

/// Where a turn plays: a room of the chat, or the caller of a library.
pub(crate) trait Stage: Send {
    /// Shows what the agent is at.
    fn show(&mut self, state: AgentState, tool: Option<String>) -> impl Future<Output = ()> + Send;
    /// Lets the draft grow.
    fn append(&mut self, text: String) -> impl Future<Output = ()> + Send;
    /// Whether the model may be asked: what may be spent is not spent yet.
    fn may_ask(
        &mut self,
        request: &ChatRequest,
    ) -> impl Future<Output = Result<(), ModelFailure>> + Send;
    /// Learns what asking cost.
    fn charge(&mut self, usage: Usage);
    /// Makes a call, number `n` of the turn.
    fn call(&mut self, n: usize, call: &ToolCall) -> impl Future<Output = CallEnd> + Send;
    /// Completes when the turn is to end early. Cancel-safe.
    fn interrupted(&mut self) -> impl Future<Output = Input> + Send;
}

/// What a model is asked with.
pub(crate) struct Script<'a> {
    /// The model.
    pub(crate) voice: &'a Voice,
    /// The conversation up to the question, for each way of calling tools.
    pub(crate) messages: &'a (dyn Fn(ToolMode) -> Vec<ChatMessage> + Sync),
    /// What may be called natively.
    pub(crate) tools: Vec<ToolSchema>,
    /// How freely it writes.
    pub(crate) temperature: Option<f32>,
    /// For whom.
    pub(crate) origin: Origin,
}

/// Runs a turn to its end.
pub(crate) async fn run(
    mut machine: TurnMachine,
    script: Script<'_>,
    stage: &mut impl Stage,
) -> End {
    let mut mode = script.voice.tools();
    let mut effects = machine.begin();
    loop {
        let mut next = None;
        for effect in effects {
            match effect {
                Effect::Show(state, tool) => stage.show(state, tool).await,
                Effect::Append(text) => stage.append(text).await,
                Effect::End(end) => return end,
                ask_or_call => next = Some(ask_or_call),
            }
        }
        effects = match next {
            Some(Effect::Ask { last }) => {
                match ask(&mut machine, &script, &mut mode, last, stage).await {
                    Ok(effects) => effects,
                    Err(end) => return end,
                }
            }
            Some(Effect::Call(call)) => {
                let n = machine.calls_made();
                let called = stage.call(n, &call).await;
                machine.take(Input::CallEnded(called))
            }
            // The machine always wants one of them until it ends.
            _ => machine.take(Input::Stopped),
        };
    }
}

/// One round: asks the model and shows what comes. Answers with what follows the model's end.
async fn ask(
    machine: &mut TurnMachine,
    script: &Script<'_>,
    mode: &mut ToolMode,
    last: bool,
    stage: &mut impl Stage,
) -> Result<Vec<Effect>, End> {
    loop {
        let request = request(machine, script, *mode, last);
        if let Err(failure) = stage.may_ask(&request).await {
            return Ok(machine.take(Input::Ended(Err(failure))));
        }
        let mut asked = false;
        let mut call = ModelCall::start(script.voice.model.clone(), request.clone());
        loop {
            let input = tokio::select! {
                biased;
                input = stage.interrupted() => input,
                event = call.next() => match event {
                    CallEvent::Delta(delta) => Input::Delta(delta),
                    // Found out the first time it is asked.
                    CallEvent::Ended(Err(ModelFailure::ToolsUnsupported)) if *mode == ToolMode::Native => {
                        script.voice.service_refuses_tools();
                        *mode = ToolMode::Text;
                        break;
                    }
                    CallEvent::Ended(outcome) => Input::Ended(outcome),
                },
            };
            let is_delta = matches!(input, Input::Delta(_));
            asked |= matches!(input, Input::Delta(Delta::Started));
            match &input {
                Input::Ended(Ok(completion)) => stage.charge(completion.usage),
                // Nobody says what it cost: stopped, cut, or failed after the model was at it.
                Input::Delta(_) => {}
                _ if asked => {
                    let price = script.voice.model.price();
                    let usage = Usage::estimate(&request, machine.round_shown(), price);
                    machine.charge(usage);
                    stage.charge(usage);
                }
                _ => {}
            }
            let effects = machine.take(input);
            if !is_delta {
                return Ok(effects);
            }
            for effect in effects {
                match effect {
                    Effect::Show(state, tool) => stage.show(state, tool).await,
                    Effect::Append(text) => stage.append(text).await,
                    Effect::End(end) => return Err(end),
                    Effect::Ask { .. } | Effect::Call(_) => {}
                }
            }
        }
    }
}

fn request(machine: &TurnMachine, script: &Script<'_>, mode: ToolMode, last: bool) -> ChatRequest {
    // Where no call is possible any more, the prompt does not speak of any.
    let mut messages = (script.messages)(if last { ToolMode::None } else { mode });
    match mode {
        ToolMode::Native => messages.extend(machine.conversation().iter().cloned()),
        ToolMode::Text | ToolMode::None => messages.extend(as_text(machine.conversation())),
    }
    let tools = match mode {
        ToolMode::Native if !last => script.tools.clone(),
        _ => Vec::new(),
    };
    ChatRequest {
        messages,
        tools,
        origin: script.origin.clone(),
        temperature: script.temperature,
        ..ChatRequest::default()
    }
}

/// Calls and results for a model whose service knows neither.
fn as_text(conversation: &[ChatMessage]) -> Vec<ChatMessage> {
    let mut out: Vec<ChatMessage> = Vec::new();
    for message in conversation {
        if message.tool_call_id.is_some() {
            let text = format!("[result] {}", message.content);
            match out
                .last_mut()
                .filter(|last| last.role == crate::model::Speaker::User)
            {
                Some(last) => last.content = format!("{}\n{text}", last.content),
                None => out.push(ChatMessage::user(text)),
            }
        } else {
            let written = message.tool_calls.iter().map(written);
            let parts: Vec<String> = std::iter::once(message.content.clone())
                .chain(written)
                .collect();
            out.push(ChatMessage::assistant(parts.join("\n").trim().to_owned()));
        }
    }
    out
}

/// A call as the model wrote it, or would have.
fn written(call: &ToolCall) -> String {
    match crate::tools::read(call) {
        Some(crate::tools::Called::Line(line)) => line,
        _ => format!(
            "{{\"name\":\"{}\",\"arguments\":{}}}",
            call.name, call.arguments
        ),
    }
}
