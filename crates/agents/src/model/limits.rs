//! Every bound of a call to a model, named once.

use std::time::Duration;

/// How long and how often a service is tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelLimits {
    /// To connect, TLS included.
    pub connect: Duration,
    /// Without a delta: before the first, retries and waits included, and between two.
    pub silence: Duration,
    /// For the whole answer, retries and waits included.
    pub total: Duration,
    /// Requests for one answer of one model.
    pub attempts: u32,
    /// The first wait before a retry; it doubles from retry to retry.
    pub backoff_base: Duration,
    /// The longest wait that we choose ourselves.
    pub backoff_max: Duration,
    /// For usage and the end mark after the finish reason; the answer is whole already.
    pub after_finish: Duration,
}

impl Default for ModelLimits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            silence: Duration::from_secs(30),
            total: Duration::from_secs(300),
            attempts: 4,
            backoff_base: Duration::from_millis(500),
            backoff_max: Duration::from_secs(8),
            after_finish: Duration::from_secs(2),
        }
    }
}

/// One line of a stream; also one chunk of it.
pub(super) const LINE_BYTES_MAX: usize = 1024 * 1024;
/// All that one answer may send, thinking and framing included.
pub(super) const STREAM_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Text of one answer; a message in the room is shorter still.
pub(super) const ANSWER_BYTES_MAX: usize = 512 * 1024;
/// Arguments of one tool call.
pub(super) const ARGUMENTS_BYTES_MAX: usize = 64 * 1024;
/// Tool calls in one answer.
pub(super) const TOOL_CALLS_MAX: usize = 32;
/// What is read of a refusal to find out its kind.
pub(super) const REFUSAL_BYTES_MAX: usize = 64 * 1024;
