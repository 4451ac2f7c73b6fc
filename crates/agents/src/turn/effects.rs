//! What happens to a turn, what it wants to be done, and how it ends.

use crate::model::{Completion, Delta, ModelFailure, ToolCall, Usage};
use salon_protocol::{AgentState, MessageState};

/// What happens to a turn.
#[derive(Clone, Debug)]
pub(crate) enum Input {
    /// The model says something.
    Delta(Delta),
    /// The model has ended.
    Ended(Result<Completion, ModelFailure>),
    /// A call has ended.
    CallEnded(CallEnd),
    /// Somebody asked to stop.
    Stopped,
    /// There is nothing left to answer: the question was deleted.
    Withdrawn,
}

/// How a call ended, with words for people and for the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CallEnd {
    /// It told something.
    Told(String),
    /// It was done, and there is nothing to tell.
    Done(String),
    /// It was refused.
    Refused(String),
    /// It waits for somebody's leave.
    Asked(String),
}

impl CallEnd {
    /// The words.
    pub(crate) fn text(&self) -> &str {
        let (Self::Told(text) | Self::Done(text) | Self::Refused(text) | Self::Asked(text)) = self;
        text
    }

    /// The word that is stored.
    pub(crate) fn as_str(&self) -> &'static str {
        match self {
            Self::Told(_) => "told",
            Self::Done(_) => "done",
            Self::Refused(_) => "refused",
            Self::Asked(_) => "asked",
        }
    }
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Effect {
    /// Ask the model; `last` means without tools.
    Ask {
        /// No further round is allowed.
        last: bool,
    },
    /// Show what the agent is at.
    Show(AgentState, Option<String>),
    /// Let the draft grow.
    Append(String),
    /// Run a call.
    Call(ToolCall),
    /// The turn is over.
    End(End),
}

/// How a turn ends.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct End {
    /// What to post; none stays silent.
    pub(crate) reply: Option<(String, MessageState)>,
    /// In a word.
    pub(crate) outcome: Outcome,
    /// What the model's calls cost together.
    pub(crate) usage: Usage,
    /// The model that answered last.
    pub(crate) model: String,
    /// Why it failed, in one stable word.
    pub(crate) failure: Option<&'static str>,
}

/// A turn's end in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It replied.
    Spoke,
    /// It replied after it had run something.
    Acted,
    /// It was stopped.
    Stopped,
    /// The model failed.
    Failed,
    /// The question was taken back.
    Withdrawn,
}

impl Outcome {
    /// The word that is stored.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Spoke => "spoke",
            Self::Acted => "acted",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
            Self::Withdrawn => "silent",
        }
    }
}
