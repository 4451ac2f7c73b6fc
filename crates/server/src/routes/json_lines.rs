//! A long log as a file of JSON Lines, read page by page while it is sent.

use axum::{
    body::{Body, Bytes},
    response::{IntoResponse, Response},
};
use futures::stream;
use http::header;
use salon_chat::ChatError;
use serde::Serialize;

/// A page, and where the next one begins if there is one.
pub(super) type Page<Entry, At> = (Vec<Entry>, Option<At>);

/// Sends `name.jsonl`. Whether the asker may read it is to be found out before: a refusal in the
/// middle only ends the file.
pub(super) fn json_lines<Entry, At, Asked>(
    name: &str,
    page: impl Fn(Option<At>) -> Asked + Send + 'static,
) -> Response
where
    Entry: Serialize,
    At: Send + 'static,
    Asked: Future<Output = Result<Page<Entry, At>, ChatError>> + Send,
{
    let pages = stream::unfold(Some((page, None)), |state| async move {
        let (page, at): (_, Option<At>) = state?;
        Some(match page(at).await {
            Err(error) => (Err(error), None),
            Ok((entries, next)) => (Ok(lines(&entries)), next.map(|next| (page, Some(next)))),
        })
    });
    let headers = [
        (header::CONTENT_TYPE, "application/jsonl".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}.jsonl\""),
        ),
    ];
    (headers, Body::from_stream(pages)).into_response()
}

fn lines<Entry: Serialize>(entries: &[Entry]) -> Bytes {
    let mut lines = String::new();
    for entry in entries {
        lines.push_str(&serde_json::to_string(entry).unwrap_or_default());
        lines.push('\n');
    }
    lines.into()
}
