//! What a service means when it refuses: by status, and by what it says where the status does
//! not tell.

use super::retry::Retry;
use crate::model::{BadAnswer, ModelFailure};
use http::StatusCode;
use serde_json::Value;

/// A refusal's machine-readable parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Refusal {
    /// The status, where it came as one.
    pub(super) status: Option<u16>,
    /// `code` and `type`, in lower case.
    codes: String,
    /// The words, in lower case: looked at, never shown.
    words: String,
}

impl Refusal {
    /// From a response's body.
    pub(super) fn from_body(status: StatusCode, body: &[u8]) -> Self {
        let mut refusal = match serde_json::from_slice::<Value>(body) {
            Ok(value) => Self::from_value(value.get("error").unwrap_or(&value)),
            Err(_) => Self {
                words: String::from_utf8_lossy(body).to_lowercase(),
                ..Self::default()
            },
        };
        refusal.status = Some(status.as_u16());
        refusal
    }

    /// From `error` inside a stream, which is an object or only text.
    pub(super) fn from_value(error: &Value) -> Self {
        let word = |key: &str| match error.get(key) {
            Some(Value::String(text)) => text.to_lowercase(),
            Some(Value::Number(number)) => number.to_string(),
            _ => String::new(),
        };
        let words = match error {
            Value::String(text) => text.to_lowercase(),
            _ => [word("message"), word("detail")].join(" "),
        };
        let status = ["code", "status", "http_status"]
            .iter()
            .filter_map(|key| word(key).parse::<u16>().ok())
            .find(|status| (400..600).contains(status));
        Self {
            status,
            codes: [word("code"), word("type"), word("status")].join(" "),
            words,
        }
    }

    fn says(&self, any: &[&str]) -> bool {
        any.iter()
            .any(|part| self.codes.contains(part) || self.words.contains(part))
    }

    /// Whether it is `stream_options` that the service does not know.
    pub(super) fn is_about_usage(&self) -> bool {
        matches!(self.status, Some(400 | 422)) && self.says(&["stream_options", "include_usage"])
    }

    /// The failure, and whether the same request may be sent again.
    pub(super) fn classify(&self, had_tools: bool) -> (ModelFailure, Retry) {
        let never = |failure| (failure, Retry::Never);
        let backoff = |failure| (failure, Retry::Backoff);
        if self.is_about_quota() {
            return never(ModelFailure::QuotaExhausted);
        }
        if self.is_about_length() {
            return never(ModelFailure::ContextTooLong);
        }
        if had_tools && self.is_about_tools() {
            return never(ModelFailure::ToolsUnsupported);
        }
        match self.status {
            Some(300..=399) => never(ModelFailure::BadAnswer(BadAnswer::Redirect)),
            Some(401 | 403) => never(ModelFailure::RefusedKey),
            Some(404) => never(ModelFailure::UnknownModel),
            Some(429) => backoff(ModelFailure::RateLimited { retry_after: None }),
            Some(408) => backoff(ModelFailure::ServiceError { status: Some(408) }),
            Some(409) => backoff(ModelFailure::ServiceError { status: Some(409) }),
            Some(status) if status >= 500 => backoff(ModelFailure::ServiceError {
                status: Some(status),
            }),
            Some(status) => never(ModelFailure::RefusedRequest { status }),
            None if self.says(&["rate_limit", "rate limit", "too many requests"]) => {
                backoff(ModelFailure::RateLimited { retry_after: None })
            }
            None if self.says(&["invalid_api_key", "authentication", "permission_denied"]) => {
                never(ModelFailure::RefusedKey)
            }
            None => backoff(ModelFailure::ServiceError { status: None }),
        }
    }

    fn is_about_quota(&self) -> bool {
        const CODES: [&str; 4] = [
            "insufficient_quota",
            "billing_hard_limit",
            "insufficient_balance",
            "billing_not_active",
        ];
        const WORDS: [&str; 2] = ["exceeded your current quota", "insufficient balance"];
        self.status == Some(402)
            || CODES.iter().any(|code| self.codes.contains(code))
            || (self.status.is_none_or(|status| status < 500)
                && WORDS.iter().any(|words| self.words.contains(words)))
    }

    fn is_about_length(&self) -> bool {
        const CODES: [&str; 2] = ["context_length_exceeded", "exceed_context_size"];
        const WORDS: [&str; 5] = [
            "context length",
            "context size",
            "maximum context",
            "prompt is too long",
            "context window",
        ];
        matches!(self.status, None | Some(400 | 413 | 422 | 500))
            && (CODES.iter().any(|code| self.codes.contains(code))
                || WORDS.iter().any(|words| self.words.contains(words)))
    }

    fn is_about_tools(&self) -> bool {
        matches!(self.status, Some(400 | 404 | 422 | 500 | 501))
            && self.words.contains("tool")
            && self.says(&[
                "support",
                "require",
                "not allowed",
                "enable",
                "unknown",
                "unrecognized",
            ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_is_understood() {
        let classify = |status: u16, body: &str| {
            let status = StatusCode::from_u16(status).unwrap();
            Refusal::from_body(status, body.as_bytes()).classify(true)
        };
        let limited = ModelFailure::RateLimited { retry_after: None };
        let error = |status| ModelFailure::ServiceError {
            status: Some(status),
        };
        for (status, body, expected) in [
            (401, "", (ModelFailure::RefusedKey, Retry::Never)),
            (403, "<html>", (ModelFailure::RefusedKey, Retry::Never)),
            (402, "{}", (ModelFailure::QuotaExhausted, Retry::Never)),
            (429, "{}", (limited, Retry::Backoff)),
            (
                429,
                r#"{"error":{"code":"insufficient_quota","message":"You exceeded your current quota"}}"#,
                (ModelFailure::QuotaExhausted, Retry::Never),
            ),
            (
                400,
                r#"{"error":{"code":400,"message":"request exceeds the available context size","type":"exceed_context_size_error"}}"#,
                (ModelFailure::ContextTooLong, Retry::Never),
            ),
            (
                400,
                r#"{"error":"registry.ollama.ai/library/x does not support tools"}"#,
                (ModelFailure::ToolsUnsupported, Retry::Never),
            ),
            (
                400,
                "{}",
                (ModelFailure::RefusedRequest { status: 400 }, Retry::Never),
            ),
            (
                404,
                r#"{"detail":"Not Found"}"#,
                (ModelFailure::UnknownModel, Retry::Never),
            ),
            (
                302,
                "",
                (ModelFailure::BadAnswer(BadAnswer::Redirect), Retry::Never),
            ),
            (408, "", (error(408), Retry::Backoff)),
            (409, "", (error(409), Retry::Backoff)),
            (503, "busy", (error(503), Retry::Backoff)),
        ] {
            assert_eq!(classify(status, body), expected, "{status} {body}");
        }
    }

    #[test]
    fn an_error_inside_a_stream_is_understood_by_its_code() {
        let classify = |error: Value| Refusal::from_value(&error).classify(false).0;
        use serde_json::json;
        assert_eq!(
            classify(json!("boom")),
            ModelFailure::ServiceError { status: None }
        );
        assert_eq!(
            classify(json!({"code": 502, "message": "upstream"})),
            ModelFailure::ServiceError { status: Some(502) }
        );
        assert_eq!(
            classify(json!({"type": "rate_limit_error"})),
            ModelFailure::RateLimited { retry_after: None }
        );
        assert_eq!(
            classify(json!({"type": "insufficient_quota"})),
            ModelFailure::QuotaExhausted
        );
    }
}
