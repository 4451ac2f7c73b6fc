//! The Responses API, beside Chat Completions: another body, other events, the same answer.

use super::{answer::Answer, refusal::Refusal};
use crate::model::{ChatMessage, ChatRequest, Delta, FinishReason, ModelFailure, Speaker};
use serde_json::{Map, Value, json};

/// The body of one request. Nothing is kept at the service: the conversation is ours.
pub(super) fn body(model: &str, request: &ChatRequest, sees: bool) -> Value {
    let mut body = Map::new();
    body.insert("model".into(), model.into());
    let input: Vec<Value> = request
        .messages
        .iter()
        .flat_map(|it| items(it, sees))
        .collect();
    body.insert("input".into(), input.into());
    body.insert("stream".into(), true.into());
    body.insert("store".into(), false.into());
    if !request.tools.is_empty() {
        let tools = request.tools.iter().map(|tool| {
            json!({
                "type": "function", "name": tool.name, "description": tool.description,
                "parameters": tool.parameters, "strict": false,
            })
        });
        body.insert("tools".into(), tools.collect());
    }
    if let Some(temperature) = request.temperature {
        body.insert("temperature".into(), temperature.into());
    }
    if let Some(max_tokens) = request.max_tokens {
        body.insert("max_output_tokens".into(), max_tokens.into());
    }
    body.into()
}

fn items(message: &ChatMessage, sees: bool) -> Vec<Value> {
    let mut items = Vec::new();
    match (message.role, &message.tool_call_id) {
        (Speaker::Tool, Some(id)) => items.push(json!({
            "type": "function_call_output", "call_id": id, "output": message.content,
        })),
        (role, _) if sees && !message.images.is_empty() => {
            let text = json!({ "type": "input_text", "text": message.content });
            let images = message
                .images
                .iter()
                .map(|image| json!({ "type": "input_image", "image_url": image.url }));
            let content: Value = std::iter::once(text).chain(images).collect();
            items.push(json!({ "role": role, "content": content }));
        }
        _ if message.content.is_empty() => {}
        (role, _) => items.push(json!({ "role": role, "content": message.content })),
    }
    for call in &message.tool_calls {
        let arguments = Value::from(call.parsed().unwrap_or_default()).to_string();
        items.push(json!({
            "type": "function_call", "call_id": call.id, "name": call.name, "arguments": arguments,
        }));
    }
    items
}

/// Whether something that came in is of this API: an event, or a whole answer.
pub(super) fn is_response(chunk: &Value) -> bool {
    let kind = chunk
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default();
    kind.starts_with("response.") || chunk.get("object").and_then(Value::as_str) == Some("response")
}

/// Takes one event, or a whole answer, and gives what is to be shown of it.
pub(super) fn take(answer: &mut Answer, event: &Value) -> Result<Vec<Delta>, ModelFailure> {
    let mut deltas = Vec::new();
    let kind = event
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default();
    match kind {
        "response.output_text.delta" | "response.refusal.delta" => {
            if let Some(piece) = event.get("delta").and_then(Value::as_str) {
                answer.take_text(piece, &mut deltas)?;
            }
        }
        "response.output_item.added" | "response.output_item.done" => {
            take_item(answer, event.get("item"), event.get("output_index"), kind)?;
        }
        "response.completed" | "response.incomplete" | "response.failed" => {
            let response = event.get("response").unwrap_or(&Value::Null);
            take_end(answer, response)?;
        }
        "" => {
            let items = event.get("output").and_then(Value::as_array);
            for (at, item) in items.into_iter().flatten().enumerate() {
                take_whole_text(answer, item, &mut deltas)?;
                take_item(answer, Some(item), Some(&json!(at)), "whole")?;
            }
            take_end(answer, event)?;
        }
        _ if kind.contains("reasoning") => deltas.push(Delta::Thinking),
        _ => {}
    }
    Ok(deltas)
}

fn take_whole_text(
    answer: &mut Answer,
    item: &Value,
    deltas: &mut Vec<Delta>,
) -> Result<(), ModelFailure> {
    let parts = item.get("content").and_then(Value::as_array);
    for part in parts.into_iter().flatten() {
        let text = ["text", "refusal"]
            .iter()
            .find_map(|key| part.get(*key)?.as_str());
        if let Some(text) =
            text.filter(|_| item.get("type").and_then(Value::as_str) != Some("reasoning"))
        {
            answer.take_text(text, deltas)?;
        }
    }
    Ok(())
}

/// A call comes twice: begun without arguments, and whole at its end. Only the whole one counts.
fn take_item(
    answer: &mut Answer,
    item: Option<&Value>,
    index: Option<&Value>,
    kind: &str,
) -> Result<(), ModelFailure> {
    let Some(item) = item else {
        return Ok(());
    };
    if item.get("type").and_then(Value::as_str) != Some("function_call") || kind.ends_with("added")
    {
        return Ok(());
    }
    let id = item.get("call_id").or_else(|| item.get("id"));
    answer.calls.take(&json!({
        "index": index, "id": id,
        "function": { "name": item.get("name"), "arguments": item.get("arguments") },
    }))
}

fn take_end(answer: &mut Answer, response: &Value) -> Result<(), ModelFailure> {
    if let Some(error) = response.get("error").filter(|error| !error.is_null()) {
        return Err(Refusal::from_value(error).classify(false).0);
    }
    answer.take_usage(response.get("usage"));
    let why = response
        .pointer("/incomplete_details/reason")
        .and_then(Value::as_str);
    answer.finish = Some(match why {
        Some("max_output_tokens") => FinishReason::Length,
        Some("content_filter") => FinishReason::Filtered,
        Some(other) => FinishReason::Other(other.chars().take(40).collect()),
        None if answer.has_calls() => FinishReason::ToolCalls,
        None => FinishReason::Stop,
    });
    answer.take_done();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ToolCall, ToolSchema};

    fn read(events: &[Value]) -> (Vec<Delta>, Result<crate::model::Completion, ModelFailure>) {
        let mut answer = Answer::default();
        let mut deltas = Vec::new();
        for event in events {
            match answer.take(event) {
                Ok(more) => deltas.extend(more),
                Err(failure) => return (deltas, Err(failure)),
            }
        }
        let (last, outcome) = answer.finish();
        deltas.extend(last);
        (deltas, outcome.map_err(|(failure, _)| failure))
    }

    #[test]
    fn a_streamed_answer_is_read_with_its_calls_and_tokens() {
        let call = json!({ "type": "function_call", "id": "f1", "call_id": "c1", "name": "users", "arguments": "{}" });
        let (deltas, answer) = read(&[
            json!({ "type": "response.created", "response": {} }),
            json!({ "type": "response.reasoning_summary_text.delta", "delta": "hm" }),
            json!({ "type": "response.output_text.delta", "delta": "Let me " }),
            json!({ "type": "response.output_text.delta", "delta": "look." }),
            json!({ "type": "response.output_item.added", "output_index": 1, "item": { "type": "function_call", "name": "users", "arguments": "" } }),
            json!({ "type": "response.output_item.done", "output_index": 1, "item": call }),
            json!({ "type": "response.completed", "response": { "usage": { "input_tokens": 7, "output_tokens": 3 } } }),
        ]);
        let answer = answer.unwrap();
        assert_eq!(
            deltas,
            [
                Delta::Thinking,
                Delta::Text("Let me ".into()),
                Delta::Text("look.".into())
            ]
        );
        assert_eq!(
            (answer.text.as_str(), &answer.finish),
            ("Let me look.", &FinishReason::ToolCalls)
        );
        let expected = ToolCall {
            id: "c1".into(),
            name: "users".into(),
            arguments: "{}".into(),
        };
        assert_eq!(answer.tool_calls, [expected]);
        assert_eq!(
            (answer.usage.prompt_tokens, answer.usage.completion_tokens),
            (7, 3)
        );
    }

    #[test]
    fn a_whole_answer_and_its_ways_to_fail_are_read() {
        let whole = json!({ "object": "response", "output": [
            { "type": "reasoning", "content": [{ "type": "reasoning_text", "text": "hm" }] },
            { "type": "message", "content": [{ "type": "output_text", "text": "Hello." }] },
        ]});
        assert_eq!(read(&[whole]).1.unwrap().text, "Hello.");
        let cut = json!({ "type": "response.incomplete", "response": { "incomplete_details": { "reason": "max_output_tokens" } } });
        let text = json!({ "type": "response.output_text.delta", "delta": "x" });
        assert_eq!(
            read(&[text.clone(), cut]).1.unwrap().finish,
            FinishReason::Length
        );
        let failed = json!({ "type": "response.failed", "response": { "error": { "code": "server_error", "message": "oops" } } });
        assert!(read(&[text, failed]).1.is_err());
    }

    #[test]
    fn a_whole_conversation_has_the_shape_that_the_service_expects() {
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
                ChatMessage::tool("c1", "@ada"),
            ],
            tools: vec![ToolSchema {
                name: "users".into(),
                description: "Who is online.".into(),
                parameters: json!({ "type": "object", "properties": {} }),
            }],
            max_tokens: Some(100),
            ..ChatRequest::default()
        };
        insta::assert_json_snapshot!(body("chat", &request, false));
    }
}
