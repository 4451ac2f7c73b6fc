//! What one has begun to write and not sent.

use crate::{app::App, auth::SignedIn, body::Body, problem::Refusal};
use axum::{
    Json,
    extract::{Path, State},
};
use salon_chat::{actions, queries};
use salon_protocol::{AllUnsent, Problem, Unsent, UnsentRequest};

/// What one has not sent, by room and thread.
#[utoipa::path(get, path = "/api/unsent", tag = "messages",
    responses((status = 200, body = AllUnsent)))]
pub(super) async fn list(
    State(app): State<App>,
    asker: SignedIn,
) -> Result<Json<AllUnsent>, Refusal> {
    Ok(Json(queries::unsent(&app.chat, &asker.caller).await?))
}

/// Keep what one has written so far in place of what was kept; nothing lets go of it.
#[utoipa::path(put, path = "/api/rooms/{room}/unsent", tag = "messages",
    request_body = UnsentRequest,
    params(("room" = String, Path, description = "An id, a name, or @handle")),
    responses((status = 200, body = Unsent, description = "As it is kept now"),
        (status = 404, body = Problem),
        (status = 409, body = Problem, description = "Too many unsent texts"),
        (status = 413, body = Problem)))]
pub(super) async fn put(
    State(app): State<App>,
    asker: SignedIn,
    Path(room): Path<String>,
    Body(request): Body<UnsentRequest>,
) -> Result<Json<Unsent>, Refusal> {
    Ok(Json(
        actions::set_unsent(&app.chat, &asker.caller, &room, request).await?,
    ))
}
