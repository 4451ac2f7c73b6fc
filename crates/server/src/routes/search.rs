//! Full-text search.

use crate::{app::App, auth::SignedIn, body::Params, problem::Refusal};
use axum::{Json, extract::State};
use salon_chat::queries;
use salon_protocol::{Problem, SearchResults};
use serde::Deserialize;

/// Results in a page that names no limit.
const RESULTS_PAGE: usize = 20;

#[derive(Deserialize)]
pub(super) struct Search {
    q: String,
    room: Option<String>,
    from: Option<String>,
    limit: Option<usize>,
}

/// Search what the asker may read.
#[utoipa::path(get, path = "/api/search", tag = "messages",
    params(("q" = String, Query, description = "Words, characters or quoted phrases"),
        ("room" = Option<String>, Query, description = "Only in this room"),
        ("from" = Option<String>, Query, description = "Only by this user"),
        ("limit" = Option<usize>, Query, description = "At most so many; 50 is the most")),
    responses((status = 200, body = SearchResults), (status = 400, body = Problem)))]
pub(super) async fn search(
    State(app): State<App>,
    asker: SignedIn,
    Params(search): Params<Search>,
) -> Result<Json<SearchResults>, Refusal> {
    let Search {
        q,
        room,
        from,
        limit,
    } = search;
    let given = |text: &Option<String>| {
        text.as_deref()
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    let (room, from) = (given(&room), given(&from));
    let limit = limit.unwrap_or(RESULTS_PAGE);
    let found = queries::search(
        &app.chat,
        &asker.caller,
        &q,
        room.as_deref(),
        from.as_deref(),
        limit,
    );
    Ok(Json(found.await?))
}
