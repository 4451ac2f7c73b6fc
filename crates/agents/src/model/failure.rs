//! How asking a model can fail: a typed state, never text that a model reads.
//!
//! Nothing here holds a key, an address's credentials or a service's raw words.

use std::time::Duration;

/// How asking a model failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelFailure {
    /// 401 or 403: the key is wrong or may not use the model.
    #[error("the service refused the key")]
    RefusedKey,
    /// The account has no money or quota left; waiting does not help.
    #[error("the quota is exhausted")]
    QuotaExhausted,
    /// Too many requests, and still so after all retries.
    #[error("rate limited")]
    RateLimited {
        /// How long the service asked us to wait.
        retry_after: Option<Duration>,
    },
    /// No connection: wrong address, refused, no DNS, no TLS.
    #[error("the service is unreachable")]
    Unreachable,
    /// Silence for too long.
    #[error("timed out: {0}")]
    TimedOut(Silence),
    /// 5xx, or an error in the middle of a stream.
    #[error("the service failed")]
    ServiceError {
        /// The HTTP status; none where the error came inside a stream.
        status: Option<u16>,
    },
    /// 404: the service does not know the model or the address.
    #[error("the service does not know the model")]
    UnknownModel,
    /// Another 4xx: the service does not want what we send.
    #[error("the service refused the request with status {status}")]
    RefusedRequest {
        /// The HTTP status.
        status: u16,
    },
    /// The conversation is longer than the model can read.
    #[error("the context is too long for the model")]
    ContextTooLong,
    /// The model or the service cannot call tools natively.
    #[error("the model cannot call tools")]
    ToolsUnsupported,
    /// The answer is not one.
    #[error("bad answer: {0}")]
    BadAnswer(BadAnswer),
    /// The answer held neither text nor calls.
    #[error("the answer was empty")]
    Empty,
    /// The service withheld the answer.
    #[error("the service withheld the answer")]
    Filtered,
    /// The answer grew longer than a message may be.
    #[error("the answer is longer than a message may be")]
    TooLong,
    /// The connection ended before the answer did.
    #[error("the stream was cut")]
    Cut,
    /// It failed after it had begun to write.
    #[error("interrupted: {cause}")]
    Interrupted {
        /// What had been written.
        kept: String,
        /// What happened.
        cause: Box<ModelFailure>,
    },
    /// Too many questions are waiting already.
    #[error("too many questions are waiting")]
    Busy,
    /// What may be spent is spent.
    #[error("the budget of the {0} is spent")]
    BudgetSpent(Purse),
}

/// Whose budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purse {
    /// The agent's.
    Agent,
    /// The room's.
    Room,
    /// The asker's.
    Asker,
    /// Everybody's together.
    Server,
}

impl std::fmt::Display for Purse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Agent => "agent",
            Self::Room => "room",
            Self::Asker => "asker",
            Self::Server => "server",
        })
    }
}

/// Which wait was too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// To be connected.
    Connect,
    /// For the first delta.
    FirstDelta,
    /// Between deltas.
    Stall,
    /// For the whole answer.
    Total,
}

impl std::fmt::Display for Silence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Connect => "no connection",
            Self::FirstDelta => "no first delta",
            Self::Stall => "the stream stalled",
            Self::Total => "the total deadline passed",
        })
    }
}

/// Why an answer is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadAnswer {
    /// A web page: the base URL points elsewhere.
    Html,
    /// A redirect, which is not followed: the key would go to wherever it points.
    Redirect,
    /// Nothing in it could be read.
    Unreadable,
    /// A line, the arguments of a call, or all of it are larger than our bounds.
    TooBig,
}

impl std::fmt::Display for BadAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Html => "a web page",
            Self::Redirect => "a redirect",
            Self::Unreadable => "unreadable",
            Self::TooBig => "larger than the bounds",
        })
    }
}

impl ModelFailure {
    /// One word for metrics and logs.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::RefusedKey => "refused_key",
            Self::QuotaExhausted => "quota_exhausted",
            Self::RateLimited { .. } => "rate_limited",
            Self::Unreachable => "unreachable",
            Self::TimedOut(_) => "timed_out",
            Self::ServiceError { .. } => "service_error",
            Self::UnknownModel => "unknown_model",
            Self::RefusedRequest { .. } => "refused_request",
            Self::ContextTooLong => "context_too_long",
            Self::ToolsUnsupported => "tools_unsupported",
            Self::BadAnswer(_) => "bad_answer",
            Self::Empty => "empty",
            Self::Filtered => "filtered",
            Self::TooLong => "too_long",
            Self::Cut => "cut",
            Self::Interrupted { .. } => "interrupted",
            Self::Busy => "busy",
            Self::BudgetSpent(_) => "budget_spent",
        }
    }

    /// Whether the same question may succeed later without anybody changing a setting.
    pub fn retryable(&self) -> bool {
        match self {
            Self::RateLimited { .. }
            | Self::Unreachable
            | Self::TimedOut(_)
            | Self::ServiceError { .. }
            | Self::BadAnswer(BadAnswer::Unreadable | BadAnswer::TooBig)
            | Self::Empty
            | Self::TooLong
            | Self::Cut
            | Self::Busy => true,
            Self::Interrupted { cause, .. } => cause.retryable(),
            Self::RefusedKey
            | Self::QuotaExhausted
            | Self::UnknownModel
            | Self::RefusedRequest { .. }
            | Self::ContextTooLong
            | Self::ToolsUnsupported
            | Self::BadAnswer(BadAnswer::Html | BadAnswer::Redirect)
            | Self::BudgetSpent(_)
            | Self::Filtered => false,
        }
    }

    /// Whether every model of the same endpoint would fail alike.
    pub fn condemns_endpoint(&self) -> bool {
        matches!(
            self,
            Self::RefusedKey
                | Self::QuotaExhausted
                | Self::Unreachable
                | Self::TimedOut(Silence::Connect)
                | Self::BadAnswer(BadAnswer::Html | BadAnswer::Redirect)
        )
    }

    /// The failure at the bottom of an interruption.
    pub fn cause(&self) -> &Self {
        match self {
            Self::Interrupted { cause, .. } => cause.cause(),
            other => other,
        }
    }
}
