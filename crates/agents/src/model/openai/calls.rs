//! Joins the fragments of tool calls.
//!
//! The format says: by `index`, id and name in the first fragment, arguments as text. Services
//! leave out indexes, repeat names and ids in every fragment, give several calls one index, and
//! write arguments as an object; all of that is understood.

use crate::model::{
    BadAnswer, ModelFailure, ToolCall,
    limits::{ARGUMENTS_BYTES_MAX, TOOL_CALLS_MAX},
};
use serde_json::Value;

#[derive(Debug, Default)]
pub(super) struct CallJoiner {
    calls: Vec<Partial>,
}

#[derive(Debug, Default)]
struct Partial {
    index: Option<u64>,
    id: String,
    name: String,
    arguments: String,
}

impl CallJoiner {
    pub(super) fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// Takes `delta.tool_calls`: a list, or one fragment where a service forgot the list.
    pub(super) fn take(&mut self, fragments: &Value) -> Result<(), ModelFailure> {
        match fragments {
            Value::Array(list) => list.iter().try_for_each(|fragment| self.fragment(fragment)),
            Value::Object(_) => self.fragment(fragments),
            _ => Ok(()),
        }
    }

    /// Takes `delta.function_call`, the form before there were tools.
    pub(super) fn take_function(&mut self, function: &Value) -> Result<(), ModelFailure> {
        self.fragment(&serde_json::json!({ "index": 0, "function": function }))
    }

    fn fragment(&mut self, fragment: &Value) -> Result<(), ModelFailure> {
        let text = |value: &Value, key: &str| {
            value
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let function = fragment.get("function").unwrap_or(fragment);
        let index = fragment.get("index").and_then(Value::as_u64);
        let (id, name) = (text(fragment, "id"), text(function, "name"));
        let at = match self.find(index, &id, &name) {
            Some(at) => at,
            None => {
                if self.calls.len() >= TOOL_CALLS_MAX {
                    return Err(ModelFailure::BadAnswer(BadAnswer::TooBig));
                }
                self.calls.push(Partial {
                    index,
                    ..Partial::default()
                });
                self.calls.len() - 1
            }
        };
        let call = &mut self.calls[at];
        if call.id.is_empty() {
            call.id = id;
        }
        if call.name.is_empty() {
            call.name = name;
        }
        match function.get("arguments") {
            Some(Value::String(piece)) => call.arguments.push_str(piece),
            Some(whole @ Value::Object(_)) => call.arguments = whole.to_string(),
            _ => {}
        }
        if call.arguments.len() > ARGUMENTS_BYTES_MAX {
            return Err(ModelFailure::BadAnswer(BadAnswer::TooBig));
        }
        Ok(())
    }

    /// The call that a fragment continues; none where it begins one.
    fn find(&self, index: Option<u64>, id: &str, name: &str) -> Option<usize> {
        if let Some(index) = index {
            let at = self
                .calls
                .iter()
                .rposition(|call| call.index == Some(index))?;
            let call = &self.calls[at];
            // One index for several calls: another id with a name begins another call.
            let another = !id.is_empty() && !call.id.is_empty() && call.id != id;
            return (!another || name.is_empty()).then_some(at);
        }
        if !id.is_empty() {
            return self.calls.iter().position(|call| call.id == id);
        }
        let last = self.calls.len().checked_sub(1)?;
        let is_whole = serde_json::from_str::<Value>(&self.calls[last].arguments).is_ok();
        let begins = !name.is_empty() && (self.calls[last].name != name || is_whole);
        (!begins).then_some(last)
    }

    /// All calls that have a name, in order.
    pub(super) fn finish(self) -> Vec<ToolCall> {
        let named = self
            .calls
            .into_iter()
            .filter(|call| !call.name.trim().is_empty());
        named
            .enumerate()
            .map(|(at, call)| ToolCall {
                id: if call.id.is_empty() {
                    format!("call_{at}")
                } else {
                    call.id
                },
                name: call.name.trim().to_owned(),
                arguments: match call.arguments.trim() {
                    "" => "{}".to_owned(),
                    _ => call.arguments,
                },
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn join(fragments: &[Value]) -> Vec<(String, String, String)> {
        let mut joiner = CallJoiner::default();
        for fragment in fragments {
            joiner.take(fragment).unwrap();
        }
        joiner
            .finish()
            .into_iter()
            .map(|call| (call.id, call.name, call.arguments))
            .collect()
    }

    fn call(id: &str, name: &str, arguments: &str) -> (String, String, String) {
        (id.into(), name.into(), arguments.into())
    }

    #[test]
    fn fragments_are_joined_by_index() {
        let joined = join(&[
            json!([{"index":0,"id":"a","function":{"name":"t","arguments":""}}]),
            json!([{"index":1,"id":"b","function":{"name":"users","arguments":"{}"}}]),
            json!([{"index":0,"function":{"arguments":"{\"user\":"}}]),
            json!([{"index":0,"id":"a","function":{"name":"t","arguments":"\"bob\"}"}}]),
        ]);
        assert_eq!(
            joined,
            [
                call("a", "t", "{\"user\":\"bob\"}"),
                call("b", "users", "{}")
            ]
        );
    }

    #[test]
    fn missing_and_repeated_indexes_are_understood() {
        let two = [call("a", "users", "{}"), call("b", "users", "{}")];
        assert_eq!(
            join(&[json!([
                {"id":"a","function":{"name":"users","arguments":"{}"}},
                {"id":"b","function":{"name":"users","arguments":"{}"}}
            ])]),
            two
        );
        assert_eq!(
            join(&[
                json!([{"index":0,"id":"a","function":{"name":"users","arguments":"{}"}}]),
                json!([{"index":0,"id":"b","function":{"name":"users","arguments":"{}"}}]),
            ]),
            two
        );
        assert_eq!(
            join(&[
                json!([{"function":{"name":"t","arguments":"{\"a\""}}]),
                json!([{"function":{"arguments":":1}"}}]),
                json!({"function":{"name":"t","arguments":{"b":2}}}),
            ]),
            [
                call("call_0", "t", "{\"a\":1}"),
                call("call_1", "t", "{\"b\":2}")
            ]
        );
    }

    #[test]
    fn a_call_without_a_name_is_none_and_too_many_or_too_large_ones_are_refused() {
        assert_eq!(
            join(&[json!([{"index":0,"function":{"arguments":"{}"}}])]),
            []
        );
        let mut joiner = CallJoiner::default();
        let long = "x".repeat(ARGUMENTS_BYTES_MAX + 1);
        assert!(
            joiner
                .take(&json!([{"index":0,"function":{"arguments":long}}]))
                .is_err()
        );
        let many: Vec<_> = (0..=TOOL_CALLS_MAX)
            .map(|n| json!({"index":n,"function":{}}))
            .collect();
        assert!(CallJoiner::default().take(&many.into()).is_err());
    }
}
