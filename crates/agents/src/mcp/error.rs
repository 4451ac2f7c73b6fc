//! Why a server could not be used.

use super::text::short;
use rmcp::service::{ClientInitializeError, ServiceError};
use rmcp::transport::DynamicTransportError;
use rmcp::transport::streamable_http_client::StreamableHttpError;
use std::io;

/// The longest refusal that is kept: a reason fits, a page of HTML does not.
pub(super) const REFUSAL_CHARS_MAX: usize = 500;

/// Why a server could not be used.
///
/// No text here holds an address, a header or a value of the environment: these may be secret.
/// The server's own words in a refusal are untrusted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum McpError {
    /// Nothing answers at the address, or the program did not start.
    #[error("the tool server cannot be reached")]
    Unreachable,
    /// The answer took too long. The tool may have run all the same.
    #[error("the tool server did not answer in time")]
    Timeout,
    /// The connection ended before the answer. The tool may have run all the same.
    #[error("the tool server ended before it answered")]
    Ended,
    /// The server, or the protocol, says no; in one short line.
    #[error("the tool server refused: {0}")]
    Refused(String),
    /// The server sent a message that is larger than we take.
    #[error("the tool server's answer is too big")]
    TooBig,
    /// The configuration cannot work; in one short line.
    #[error("the tool server's configuration is wrong: {0}")]
    BadConfig(String),
}

impl McpError {
    /// A refusal in the server's words.
    pub(super) fn refused(words: &str) -> Self {
        Self::Refused(short(words, REFUSAL_CHARS_MAX))
    }
}

impl From<ServiceError> for McpError {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::McpError(data) => Self::refused(&data.message),
            ServiceError::TransportSend(error) => unsent(&error),
            ServiceError::TransportClosed | ServiceError::Cancelled { .. } => Self::Ended,
            ServiceError::Timeout { .. } => Self::Timeout,
            _ => Self::refused("its answer is of an unexpected kind"),
        }
    }
}

impl From<ClientInitializeError> for McpError {
    fn from(error: ClientInitializeError) -> Self {
        match error {
            ClientInitializeError::JsonRpcError(data) => Self::refused(&data.message),
            ClientInitializeError::TransportError { error, .. } => unsent(&error),
            ClientInitializeError::ConnectionClosed(_) | ClientInitializeError::Cancelled => {
                Self::Ended
            }
            ClientInitializeError::LegacyFallbackFailed { fallback, .. } => (*fallback).into(),
            ClientInitializeError::NoCompatibleProtocolVersion { .. } => {
                Self::refused("it speaks no version of the protocol that we speak")
            }
            _ => Self::refused("its greeting is not that of an MCP server"),
        }
    }
}

impl From<io::Error> for McpError {
    /// A program that did not start.
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::BadConfig("the command does not exist".into()),
            io::ErrorKind::PermissionDenied => Self::BadConfig("the command may not be run".into()),
            _ => Self::Unreachable,
        }
    }
}

/// A message that did not get through, whether to a pipe or to an address.
fn unsent(error: &DynamicTransportError) -> McpError {
    type HttpError = StreamableHttpError<reqwest::Error>;
    let Some(error) = error.error.downcast_ref::<HttpError>() else {
        return McpError::Ended;
    };
    match error {
        HttpError::Client(error) => match error.status() {
            Some(status) => McpError::refused(&format!("HTTP {status}")),
            None => McpError::Unreachable,
        },
        HttpError::HttpStatus(error) => McpError::refused(&error.to_string()),
        HttpError::UnexpectedServerResponse(words) => McpError::refused(words),
        HttpError::UnexpectedContentType(_) => McpError::refused("its answer is not MCP"),
        HttpError::AuthRequired(_) | HttpError::InsufficientScope(_) => {
            McpError::refused("it wants an authorization")
        }
        HttpError::ResponseBodyTooLarge { .. } => McpError::TooBig,
        _ => McpError::Ended,
    }
}
