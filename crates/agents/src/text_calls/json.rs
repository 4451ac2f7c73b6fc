//! Reads a call in any of the shapes in which models write one.

use crate::model::ToolCall;
use serde_json::{Map, Value};

/// The calls in a JSON text. `is_known` tells names that may be called: JSON that names none is
/// an answer like any other. Nothing where the text is no JSON or no call.
pub(super) fn calls(text: &str, is_known: &dyn Fn(&str) -> bool) -> Vec<ToolCall> {
    // Several objects may stand behind each other.
    let values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let Ok(values) = values.collect::<Result<Vec<_>, _>>() else {
        return Vec::new();
    };
    let mut calls = Vec::new();
    for value in &values {
        match read(value, is_known) {
            Some(more) => calls.extend(more),
            None => return Vec::new(),
        }
    }
    calls
}

fn read(value: &Value, is_known: &dyn Fn(&str) -> bool) -> Option<Vec<ToolCall>> {
    match value {
        Value::Array(list) if !list.is_empty() => {
            let all = list.iter().map(|item| read(item, is_known));
            Some(all.collect::<Option<Vec<_>>>()?.concat())
        }
        Value::Object(object) => match object.get("tool_calls") {
            Some(calls @ Value::Array(_)) => read(calls, is_known),
            _ => Some(vec![one(object, is_known)?]),
        },
        _ => None,
    }
}

fn one(object: &Map<String, Value>, is_known: &dyn Fn(&str) -> bool) -> Option<ToolCall> {
    if let Some(Value::Object(inner)) = object.get("function") {
        return one(inner, is_known);
    }
    let text = |keys: &[&str]| keys.iter().find_map(|key| object.get(*key)?.as_str());
    let name = text(&["name", "tool", "function", "tool_name", "action", "command"])?.trim();
    if let Some(line) = name.strip_prefix('/') {
        // `{"command": "/t bob hello"}`: a typed line in JSON's clothes.
        let (name, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        if is_known(name) && !rest.is_empty() {
            return Some(line_call(&format!("/{line}")));
        }
    }
    let name = name.trim_start_matches('/');
    let name = name.strip_prefix("functions.").unwrap_or(name);
    if !is_known(name) {
        return None;
    }
    let arguments = [
        "arguments",
        "parameters",
        "args",
        "params",
        "input",
        "action_input",
    ];
    let arguments = arguments.iter().find_map(|key| object.get(*key));
    let arguments = match arguments {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => "{}".to_owned(),
        Some(other) => other.to_string(),
    };
    Some(ToolCall {
        id: String::new(),
        name: name.to_owned(),
        arguments,
    })
}

/// A typed line as a call of the tool that runs typed lines.
pub(super) fn line_call(line: &str) -> ToolCall {
    let arguments = serde_json::json!({ "line": line }).to_string();
    ToolCall {
        id: String::new(),
        name: crate::tools::LINE_TOOL.to_owned(),
        arguments,
    }
}
