//! A tool that a server offers.

use super::text::{beginning, short};
use rmcp::model::Tool;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// The most tools that are taken from one server: a model reads every one of them.
pub const TOOLS_MAX: usize = 128;
/// The longest name; a tool with a longer one is left out, for no call could name it.
const NAME_CHARS_MAX: usize = 128;
/// The longest title, which is for people.
const TITLE_CHARS_MAX: usize = 120;
/// The longest description that a model shall read.
const DESCRIPTION_CHARS_MAX: usize = 4_000;
/// The largest schema; a tool with a larger one is left out, for half a schema is none.
const SCHEMA_BYTES_MAX: usize = 32 * 1024;

/// A tool that a server offers. All its texts are the server's, thus untrusted.
#[derive(Clone, Debug, PartialEq)]
pub struct McpTool {
    /// The name of the server in our configuration.
    pub server: String,
    /// The tool's name at its server, as a call must give it.
    pub name: String,
    /// A name for people.
    pub title: Option<String>,
    /// What the tool does; cut where it is very long.
    pub description: String,
    /// The JSON schema of the arguments.
    pub schema: Value,
    /// Whether the server says that the tool changes nothing. It may be lying.
    pub read_only: bool,
    /// The SHA-256 of name, description, schema and annotations, uncut.
    ///
    /// Who has approved a tool has approved this one: a server that changes what a tool says of
    /// itself offers another tool.
    pub digest: [u8; 32],
}

impl McpTool {
    /// A tool as the server describes it; none where it cannot be used.
    pub(super) fn read(server: &str, tool: &Value) -> Option<Self> {
        let tool: Tool = serde_json::from_value(tool.clone()).ok()?;
        let schema = Value::Object(tool.input_schema.as_ref().clone());
        let name_fits = (1..=NAME_CHARS_MAX).contains(&tool.name.chars().count())
            && !tool
                .name
                .contains(|c: char| c.is_control() || c.is_whitespace());
        if !name_fits || canonical(&schema).len() > SCHEMA_BYTES_MAX {
            tracing::debug!(
                server,
                tool = short(&tool.name, NAME_CHARS_MAX),
                "tool left out"
            );
            return None;
        }
        let annotations = tool.annotations.unwrap_or_default();
        let whole = json!({
            "name": tool.name,
            "description": tool.description,
            "schema": schema,
            "annotations": annotations,
        });
        let title = tool.title.or(annotations.title);
        Some(Self {
            server: server.to_owned(),
            name: tool.name.into_owned(),
            title: title.map(|title| short(&title, TITLE_CHARS_MAX)),
            description: beginning(
                tool.description.as_deref().unwrap_or_default(),
                DESCRIPTION_CHARS_MAX,
            )
            .to_owned(),
            schema,
            read_only: annotations.read_only_hint == Some(true),
            digest: Sha256::digest(canonical(&whole)).into(),
        })
    }
}

/// The one JSON text of a value: without spaces, and with keys in order, whatever order this
/// build of `serde_json` keeps.
fn canonical(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(canonical).collect();
            format!("[{}]", items.join(","))
        }
        Value::Object(fields) => format!("{{{}}}", canonical_fields(fields)),
        plain => plain.to_string(),
    }
}

fn canonical_fields(fields: &Map<String, Value>) -> String {
    let mut fields: Vec<(&String, &Value)> = fields.iter().collect();
    fields.sort_by_key(|(name, _)| *name);
    let field = |(name, value): (&String, &Value)| {
        format!("{}:{}", Value::from(name.as_str()), canonical(value))
    };
    fields.into_iter().map(field).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::{McpTool, canonical};
    use serde_json::{Value, json};

    fn read(tool: Value) -> Option<McpTool> {
        McpTool::read("server", &tool)
    }

    fn tool() -> Value {
        json!({
            "name": "add",
            "description": "Adds.",
            "inputSchema": { "type": "object", "properties": { "b": {}, "a": {} } },
            "annotations": { "title": "Add", "readOnlyHint": true },
        })
    }

    #[test]
    fn a_tool_is_read_with_its_title_and_its_promise() {
        let read = read(tool()).unwrap();
        assert_eq!(
            (read.server.as_str(), read.name.as_str()),
            ("server", "add")
        );
        assert_eq!(read.title.as_deref(), Some("Add"));
        assert_eq!(read.description, "Adds.");
        assert!(read.read_only);
        assert_eq!(read.schema["type"], "object");
    }

    #[test]
    fn a_digest_changes_with_every_part_and_not_with_the_order_of_keys() {
        let digest = |tool: &Value| read(tool.clone()).unwrap().digest;
        let text = r#"{"annotations":{"readOnlyHint":true,"title":"Add"},"inputSchema":
            {"properties":{"a":{},"b":{}},"type":"object"},"description":"Adds.","name":"add"}"#;
        assert_eq!(
            digest(&tool()),
            digest(&serde_json::from_str(text).unwrap())
        );
        let changes = [
            ("/name", json!("sub")),
            ("/description", json!("Adds!")),
            ("/inputSchema/type", json!("array")),
            ("/annotations/readOnlyHint", json!(false)),
        ];
        for (place, value) in changes {
            let mut changed = tool();
            *changed.pointer_mut(place).unwrap() = value;
            assert_ne!(digest(&tool()), digest(&changed), "{place}");
        }
    }

    #[test]
    fn a_number_that_is_written_again_is_the_same_to_the_digest() {
        let text = r#"{"name": "add", "inputSchema": {"maximum": 1511111111111116111111111117}}"#;
        let once: Value = serde_json::from_str(text).unwrap();
        let twice: Value = serde_json::from_str(&once.to_string()).unwrap();
        assert_eq!(read(once).unwrap().digest, read(twice).unwrap().digest);
    }

    #[test]
    fn a_change_behind_the_cut_changes_the_digest() {
        let (mut one, mut two) = (tool(), tool());
        one["description"] = json!("a".repeat(5_000));
        two["description"] = json!(format!("{}b", "a".repeat(4_999)));
        let (one, two) = (read(one).unwrap(), read(two).unwrap());
        assert_eq!(one.description, two.description);
        assert_eq!(one.description.len(), 4_000);
        assert_ne!(one.digest, two.digest);
    }

    #[test]
    fn a_tool_that_cannot_be_used_is_left_out() {
        let schema = json!({ "type": "object" });
        let wrong = [
            json!(null),
            json!({ "name": "a" }),
            json!({ "name": "", "inputSchema": schema }),
            json!({ "name": "a\nb", "inputSchema": schema }),
            json!({ "name": "a".repeat(129), "inputSchema": schema }),
            json!({ "name": "a", "inputSchema": "object" }),
            json!({ "name": "a", "inputSchema": { "x": "a".repeat(40_000) } }),
        ];
        for tool in wrong {
            assert_eq!(read(tool.clone()), None, "{tool}");
        }
    }

    #[test]
    fn canonical_json_is_json() {
        let value = json!({ "b": [1, "a\"", null, { "d": 1.5, "c": true }], "a": {} });
        let text = canonical(&value);
        assert_eq!(text, r#"{"a":{},"b":[1,"a\"",null,{"c":true,"d":1.5}]}"#);
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }
}
