//! The request as services expect it.

use crate::model::{ChatMessage, ChatRequest, Speaker};
use serde_json::{Map, Value, json};

/// The body of one request.
pub(super) fn body(model: &str, request: &ChatRequest, with_usage: bool, sees: bool) -> Value {
    let mut body = Map::new();
    body.insert("model".into(), model.into());
    let messages: Vec<Value> = request
        .messages
        .iter()
        .map(|it| message(it, sees))
        .collect();
    body.insert("messages".into(), messages.into());
    body.insert("stream".into(), true.into());
    if with_usage {
        body.insert("stream_options".into(), json!({ "include_usage": true }));
    }
    // An empty list of tools is an error for many services.
    if !request.tools.is_empty() {
        let tools: Vec<Value> = request
            .tools
            .iter()
            .map(|tool| json!({ "type": "function", "function": tool }))
            .collect();
        body.insert("tools".into(), tools.into());
    }
    if let Some(temperature) = request.temperature {
        body.insert("temperature".into(), temperature.into());
    }
    if let Some(max_tokens) = request.max_tokens {
        body.insert("max_tokens".into(), max_tokens.into());
    }
    body.into()
}

fn message(message: &ChatMessage, sees: bool) -> Value {
    let mut out = Map::new();
    out.insert("role".into(), json!(message.role));
    let has_calls = message.role == Speaker::Assistant && !message.tool_calls.is_empty();
    let content = match has_calls && message.content.is_empty() {
        true => Value::Null,
        false if sees && !message.images.is_empty() => {
            let text = json!({ "type": "text", "text": message.content });
            let images = message
                .images
                .iter()
                .map(|image| json!({ "type": "image_url", "image_url": { "url": image.url } }));
            std::iter::once(text).chain(images).collect()
        }
        false => message.content.clone().into(),
    };
    out.insert("content".into(), content);
    if has_calls {
        let calls: Vec<Value> = message
            .tool_calls
            .iter()
            .map(|call| {
                // Templates parse the arguments: what the model wrote badly must not come back.
                let arguments = call.parsed().unwrap_or_default();
                json!({
                    "id": call.id,
                    "type": "function",
                    "function": { "name": call.name, "arguments": Value::from(arguments).to_string() },
                })
            })
            .collect();
        out.insert("tool_calls".into(), calls.into());
    }
    if let Some(id) = &message.tool_call_id {
        out.insert("tool_call_id".into(), id.clone().into());
    }
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ToolCall, ToolSchema};

    #[test]
    fn a_whole_conversation_has_the_shape_that_services_expect() {
        let call = ToolCall {
            id: "c1".into(),
            name: "users".into(),
            arguments: "{oops".into(),
        };
        let request = ChatRequest {
            messages: vec![
                ChatMessage::system("Be brief."),
                ChatMessage::user("ada: who is here?"),
                ChatMessage::calls("", vec![call]),
                ChatMessage::tool("c1", r#"{"text":"@ada"}"#),
            ],
            tools: vec![ToolSchema {
                name: "users".into(),
                description: "Who is online.".into(),
                parameters: json!({ "type": "object", "properties": {} }),
            }],
            max_tokens: Some(100),
            ..ChatRequest::default()
        };
        insta::assert_json_snapshot!(body("chat", &request, true, false));
    }
}
