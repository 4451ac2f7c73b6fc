//! The HTTP door, one file a resource.

mod account;
mod accounts;
mod admin;
mod agents;
mod approvals;
mod avatars;
mod commands;
mod emoji;
mod export;
mod files;
mod health;
mod imports;
mod json_lines;
mod kept;
mod later;
mod mentions;
mod messages;
mod moderation;
mod notifying;
mod passkeys;
mod pictures;
mod previews;
mod pushes;
mod rooms;
mod search;
mod sign_in;
mod threads;
mod tool_servers;
mod turns;
mod unsent;
mod uploads;
mod users;

use crate::{app::App, problem, problem::Refusal, web, ws};
use axum::{
    Json, Router,
    extract::Request,
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderValue, header};
use salon_chat::{ChatError, Words};
use std::time::Duration;
use tower_http::{catch_panic::CatchPanicLayer, timeout::TimeoutLayer};
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

/// A request is answered within so long.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

#[derive(OpenApi)]
#[openapi(info(
    title = "Salon",
    description = "Self-hosted group chat in which AI agents are members. Sign in with a bearer \
                   token; errors are RFC 9457 problem documents with a stable `code`.",
    license(name = "Apache-2.0 OR MIT")
))]
struct Description;

/// All routes.
pub(crate) fn router(app: App) -> Router {
    let api = OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(users::online))
        .routes(routes!(users::directory))
        .routes(routes!(users::me))
        .routes(routes!(accounts::login))
        .routes(routes!(accounts::logout))
        .routes(routes!(sign_in::ways, sign_in::begin))
        .routes(routes!(sign_in::come_back))
        .routes(routes!(sign_in::link, sign_in::unlink))
        .routes(routes!(passkeys::list, passkeys::add))
        .routes(routes!(passkeys::offer))
        .routes(routes!(passkeys::remove))
        .routes(routes!(passkeys::challenge))
        .routes(routes!(passkeys::sign_in))
        .routes(routes!(accounts::setup_needed, accounts::set_up))
        .routes(routes!(accounts::join))
        .routes(routes!(accounts::invite_info, accounts::revoke_invite))
        .routes(routes!(accounts::invite, accounts::invites))
        .routes(routes!(account::one, account::edit))
        .routes(routes!(account::password))
        .routes(routes!(account::sessions, account::end_others))
        .routes(routes!(account::end_session))
        .routes(routes!(account::begin, account::remove))
        .routes(routes!(account::confirm))
        .routes(routes!(account::codes))
        .routes(routes!(avatars::put, avatars::remove))
        .routes(routes!(avatars::one))
        .routes(routes!(unsent::list))
        .routes(routes!(unsent::put))
        .routes(routes!(notifying::get, notifying::put))
        .routes(routes!(pushes::state, pushes::begin, pushes::end))
        .routes(routes!(emoji::list))
        .routes(routes!(emoji::picture, emoji::add, emoji::remove))
        .routes(routes!(export::mine))
        .routes(routes!(admin::users))
        .routes(routes!(admin::change_user))
        .routes(routes!(admin::take_second_factor))
        .routes(routes!(admin::take_passkeys))
        .routes(routes!(admin::take_avatar))
        .routes(routes!(admin::storage))
        .routes(routes!(admin::health))
        .routes(routes!(imports::look, imports::begin, imports::stop))
        .routes(routes!(imports::remove))
        .routes(routes!(rooms::list, rooms::create))
        .routes(routes!(rooms::one))
        .routes(routes!(rooms::members))
        .routes(routes!(rooms::events))
        .routes(routes!(rooms::messages, messages::send))
        .routes(routes!(rooms::read))
        .routes(routes!(mentions::list))
        .routes(routes!(mentions::set_notifications))
        .routes(routes!(mentions::unread))
        .routes(routes!(mentions::read_all))
        .routes(routes!(kept::one, messages::edit, messages::delete))
        .routes(routes!(kept::versions))
        .routes(routes!(kept::forward))
        .routes(routes!(kept::pin, kept::unpin))
        .routes(routes!(kept::pins))
        .routes(routes!(kept::save, kept::unsave))
        .routes(routes!(kept::saved))
        .routes(routes!(threads::one, threads::change))
        .routes(routes!(threads::list))
        .routes(routes!(moderation::report))
        .routes(routes!(moderation::of_room))
        .routes(routes!(moderation::restrictions))
        .routes(routes!(moderation::of_house))
        .routes(routes!(moderation::settle))
        .routes(routes!(moderation::acts))
        .routes(routes!(moderation::export_acts))
        .routes(routes!(later::list, later::plan))
        .routes(routes!(later::change, later::remove))
        .routes(routes!(messages::react, messages::unreact))
        .routes(routes!(previews::remove))
        .routes(routes!(previews::picture))
        .routes(routes!(messages::vote))
        .routes(routes!(messages::close))
        .routes(routes!(agents::list, agents::create))
        .routes(routes!(agents::one, agents::edit, agents::retire))
        .routes(routes!(agents::restore))
        .routes(routes!(approvals::list))
        .routes(routes!(approvals::decide))
        .routes(routes!(turns::of_message))
        .routes(routes!(turns::in_room))
        .routes(routes!(turns::again))
        .routes(routes!(turns::feedback, turns::give_feedback))
        .routes(routes!(turns::usage))
        .routes(routes!(turns::audit))
        .routes(routes!(turns::export_audit))
        .routes(routes!(tool_servers::list))
        .routes(routes!(tool_servers::put, tool_servers::remove))
        .routes(routes!(tool_servers::agree))
        .routes(routes!(commands::list))
        .routes(routes!(commands::run))
        .routes(routes!(search::search))
        .routes(routes!(health::healthz))
        .routes(routes!(health::readyz))
        .routes(routes!(health::metrics))
        .layer(TimeoutLayer::with_status_code(
            http::StatusCode::REQUEST_TIMEOUT,
            REQUEST_TIMEOUT,
        ));
    // A large file takes as long as it takes: its pieces have their own patience.
    let files = OpenApiRouter::new()
        .routes(routes!(imports::upload))
        .routes(routes!(files::of_room, files::upload))
        .routes(routes!(uploads::begin))
        .routes(routes!(uploads::look, uploads::go_on, uploads::give_up))
        .routes(routes!(files::download, files::describe, files::take_back))
        .routes(routes!(files::preview))
        .routes(routes!(files::view));
    let (api, description) = api.merge(files).split_for_parts();
    let api = api
        .route(
            "/api/openapi.json",
            get(move || async move { Json(description) }),
        )
        .route("/api/ws", get(ws::upgrade))
        .route("/api/{*rest}", axum::routing::any(no_route))
        .method_not_allowed_fallback(no_method)
        .fallback(web::page);
    api.layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn(problem::localise))
        .layer(middleware::from_fn(protect))
        .with_state(app)
}

async fn no_route() -> Refusal {
    Refusal(ChatError::NotFound(Words::new(
        "There is no such route. GET /api/openapi.json lists them.",
        "没有这个接口。GET /api/openapi.json 列出了全部接口。",
    )))
}

async fn no_method() -> Response {
    let refusal = Refusal(ChatError::BadArguments(Words::new(
        "This route does not take that method. GET /api/openapi.json lists what it takes.",
        "此接口不支持该请求方法。GET /api/openapi.json 列出了支持的方法。",
    )));
    let mut response = refusal.into_response();
    *response.status_mut() = http::StatusCode::METHOD_NOT_ALLOWED;
    response
}

fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    Refusal(ChatError::Internal("a handler panicked".into())).into_response()
}

/// Headers that keep a page to itself. The client has no inline script, and no page of ours is
/// ever to be framed.
async fn protect(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
             connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; \
             frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        // Files bring stricter ones.
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    headers.insert(
        "cross-origin-opener-policy",
        HeaderValue::from_static("same-origin"),
    );
    headers.insert(
        "cross-origin-resource-policy",
        HeaderValue::from_static("same-origin"),
    );
    headers.insert(
        "permissions-policy",
        HeaderValue::from_static("camera=(), microphone=(), geolocation=()"),
    );
    // Files, and those of the page, say themselves how long they are good for.
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}
