//! The offline model: rules, no model. It says so, and helps with what the chat can do by itself.

mod rules;
mod words;

use crate::model::{
    ChatMessage, ChatRequest, Completion, Delta, DeltaSink, FinishReason, Model, ModelFailure,
    Speaker, ToolCall, Usage,
};
use rules::Wish;

/// Answers from rules.
pub(crate) struct OfflineModel;

#[async_trait::async_trait]
impl Model for OfflineModel {
    fn name(&self) -> &str {
        "offline"
    }

    fn endpoint(&self) -> &str {
        "built-in rules"
    }

    async fn stream(
        &self,
        request: ChatRequest,
        deltas: DeltaSink,
    ) -> Result<Completion, ModelFailure> {
        deltas.send(Delta::Started).await;
        let answer = answer(&request);
        if !answer.text.is_empty() {
            deltas.send(Delta::Text(answer.text.clone())).await;
        }
        Ok(answer)
    }
}

fn answer(request: &ChatRequest) -> Completion {
    let lang = request.origin.lang;
    let last = request.messages.last();
    if let Some(ChatMessage {
        role: Speaker::Tool,
        content,
        ..
    }) = last
    {
        return says(content.clone());
    }
    let question = last.map_or("", |message| &message.content);
    // The first line tells of the room, the rest is `name: text`.
    let question = question
        .split_once('\n')
        .map_or(question, |(_, message)| message);
    let text = question.split_once(": ").map_or(question, |(_, text)| text);
    match rules::wish(text) {
        Wish::Call(name, arguments) => {
            let arguments = arguments.to_string();
            let call = ToolCall {
                id: "rule".into(),
                name: name.into(),
                arguments,
            };
            Completion {
                tool_calls: vec![call],
                finish: FinishReason::ToolCalls,
                ..Completion::default()
            }
        }
        Wish::WhatAreYou => says(words::WHAT_I_AM.get(lang)),
        Wish::Greeting => says(words::GREETING.get(lang)),
        Wish::Thanks => says(words::WELCOME.get(lang)),
        Wish::Other => says(words::ONLY_RULES.get(lang)),
    }
}

fn says(text: impl Into<String>) -> Completion {
    Completion {
        text: text.into(),
        usage: Usage::default(),
        ..Completion::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use salon_protocol::Lang;

    fn ask(text: &str, lang: Lang) -> Completion {
        let question = format!("[#general · online: ada · 2026-11-24 09:30 UTC]\nada: {text}");
        let mut request = ChatRequest {
            messages: vec![ChatMessage::user(question)],
            ..Default::default()
        };
        request.origin.lang = lang;
        answer(&request)
    }

    fn call(text: &str) -> (String, String) {
        let call = ask(text, Lang::En).tool_calls.remove(0);
        (call.name, call.arguments)
    }

    #[test]
    fn it_finds_the_command_that_helps() {
        let line = |line: &str| {
            (
                "command".to_owned(),
                serde_json::json!({ "line": line }).to_string(),
            )
        };
        assert_eq!(call("@assistant who is online?").0, "users");
        assert_eq!(call("谁在线？").0, "users");
        assert_eq!(call("what did I miss?"), line("/missed"));
        assert_eq!(call("我错过了什么"), line("/missed"));
        assert_eq!(call("help"), line("/help"));
        assert_eq!(call("how do I use /t?"), line("/help t"));
        assert_eq!(
            call("search for release plan"),
            ("search".into(), r#"{"text":"release plan"}"#.into())
        );
        assert_eq!(
            call("搜索 发布计划"),
            ("search".into(), r#"{"text":"发布计划"}"#.into())
        );
        assert_eq!(
            call("tell @bob that lunch is ready"),
            (
                "t".into(),
                r#"{"text":"lunch is ready","user":"bob"}"#.into()
            )
        );
        assert_eq!(
            call("告诉bob：开会了"),
            ("t".into(), r#"{"text":"开会了","user":"bob"}"#.into())
        );
    }

    #[test]
    fn it_says_what_it_is() {
        assert!(
            ask("are you a real AI?", Lang::En)
                .text
                .contains("not a language model")
        );
        assert!(
            ask("你是什么模型？", Lang::Zh)
                .text
                .contains("不是语言模型")
        );
        assert!(
            ask("what is the meaning of life?", Lang::En)
                .text
                .contains("OPENAI_API_KEY")
        );
    }

    #[test]
    fn a_result_is_passed_on() {
        let messages = vec![
            ChatMessage::user("x"),
            ChatMessage::tool("rule", "Online: ada"),
        ];
        let request = ChatRequest {
            messages,
            ..Default::default()
        };
        assert_eq!(answer(&request).text, "Online: ada");
    }
}
