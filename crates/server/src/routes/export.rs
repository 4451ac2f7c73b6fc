//! Everything that somebody may read, as JSON Lines.

use crate::{app::App, auth::SignedIn, problem::Refusal};
use axum::{
    body::Body as Bytes,
    extract::State,
    response::{IntoResponse, Response},
};
use futures::stream;
use http::header;
use salon_chat::queries;
use salon_protocol::Problem;

/// Everything that the asker may read, as JSON Lines; `docs/export.md` says which.
#[utoipa::path(get, path = "/api/export", tag = "account",
    responses((status = 200, content_type = "application/jsonl"), (status = 403, body = Problem)))]
pub(super) async fn mine(State(app): State<App>, asker: SignedIn) -> Result<Response, Refusal> {
    let export = queries::export(&app.chat, &asker.caller).await?;
    let lines = stream::try_unfold(export, |mut export| async move {
        let Some(lines) = export.next().await? else {
            return Ok::<_, salon_chat::ChatError>(None);
        };
        let mut text = String::new();
        for line in lines {
            text.push_str(&line.to_string());
            text.push('\n');
        }
        Ok(Some((text, export)))
    });
    let headers = [
        (header::CONTENT_TYPE, "application/jsonl"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"salon.jsonl\"",
        ),
    ];
    Ok((headers, Bytes::from_stream(lines)).into_response())
}
