//! Full-text search.

use crate::{app::App, auth::SignedIn, body::Params, problem::Refusal};
use axum::{Json, extract::State};
use salon_chat::queries::{self, Search};
use salon_protocol::{Problem, SearchResults};
use serde::Deserialize;

/// Results in a page that names no limit.
const RESULTS_PAGE: usize = 20;

#[derive(Deserialize)]
pub(super) struct Query {
    q: String,
    room: Option<String>,
    from: Option<String>,
    limit: Option<usize>,
    next: Option<String>,
    zone: Option<String>,
}

/// Search what the asker may read.
#[utoipa::path(get, path = "/api/search", tag = "messages",
    params(("q" = String, Query, description = "Words, characters or quoted phrases; `from:NAME`, \
            `in:ROOM`, `before:DAY`, `after:DAY` and `has:file` (image, link, code) narrow it, in \
            Chinese `来自:`, `在:`, `之前:`, `之后:` and `包含:`"),
        ("room" = Option<String>, Query, description = "Only in this room"),
        ("from" = Option<String>, Query, description = "Only by this user"),
        ("limit" = Option<usize>, Query, description = "At most so many; 50 is the most"),
        ("next" = Option<String>, Query, description = "`next` of the page before"),
        ("zone" = Option<String>, Query, description = "The time zone in which days begin, where \
            the asker's profile names none; UTC otherwise")),
    responses((status = 200, body = SearchResults), (status = 400, body = Problem)))]
pub(super) async fn search(
    State(app): State<App>,
    asker: SignedIn,
    Params(query): Params<Query>,
) -> Result<Json<SearchResults>, Refusal> {
    let given = |text: Option<String>| text.filter(|text| !text.is_empty());
    let search = Search {
        text: query.q,
        room: given(query.room),
        from: given(query.from),
        limit: query.limit.unwrap_or(RESULTS_PAGE),
        next: given(query.next),
        zone: given(query.zone),
    };
    Ok(Json(
        queries::search(&app.chat, &asker.caller, search).await?,
    ))
}
