//! Coming in and going out.

use crate::{
    app::App,
    auth::{SignedIn, Visitor, clear_cookie, set_cookie},
    body::Body,
    problem::Refusal,
};
use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use http::{StatusCode, header};
use salon_chat::{Caller, accounts, queries};
use salon_protocol::{
    InviteCreated, InviteInfo, InviteLinks, InviteRequest, LoginRequest, Me, Problem, RedeemRequest,
};
use serde::Serialize;
use utoipa::ToSchema;

/// Sign in: the cookie comes with the answer.
#[utoipa::path(post, path = "/api/login", tag = "accounts", request_body = LoginRequest,
    responses((status = 200, body = Me), (status = 401, body = Problem), (status = 429, body = Problem)))]
pub(super) async fn login(
    State(app): State<App>,
    visitor: Visitor,
    Body(request): Body<LoginRequest>,
) -> Result<Response, Refusal> {
    app.limits.check_sign_in(visitor.address, &request.handle)?;
    let LoginRequest {
        handle,
        password,
        code,
    } = request;
    let proven = accounts::prove_password(&app.chat, &handle, password).await?;
    if proven.needs_code() && code.is_some() {
        app.limits.check_proof(proven.id())?;
    }
    let origin = visitor.origin.clone();
    let signed_in = accounts::sign_in(&app.chat, proven, code.as_deref(), origin).await?;
    welcome(&app, signed_in, &visitor)
}

/// Sign out: ends the cookie or token and the sockets that it opened.
#[utoipa::path(post, path = "/api/logout", tag = "accounts", responses((status = 204)))]
pub(super) async fn logout(
    State(app): State<App>,
    visitor: Visitor,
    asker: SignedIn,
) -> Result<Response, Refusal> {
    accounts::sign_out(&app.chat, &asker.secret).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    response
        .headers_mut()
        .insert(header::SET_COOKIE, clear_cookie(visitor.https)?);
    Ok(response)
}

/// Whether somebody owns the place.
#[derive(Serialize, ToSchema)]
pub(super) struct SetupNeeded {
    /// Nobody does yet.
    needed: bool,
}

/// Whether the set-up link still waits for somebody.
#[utoipa::path(get, path = "/api/setup", tag = "accounts",
    responses((status = 200, body = SetupNeeded)))]
pub(super) async fn setup_needed(
    State(app): State<App>,
    _: Visitor,
) -> Result<Json<SetupNeeded>, Refusal> {
    Ok(Json(SetupNeeded {
        needed: accounts::setup_needed(&app.chat).await?,
    }))
}

/// Become the owner with the set-up link.
#[utoipa::path(post, path = "/api/setup", tag = "accounts", request_body = RedeemRequest,
    responses((status = 200, body = Me), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(super) async fn set_up(
    app: State<App>,
    visitor: Visitor,
    body: Body<RedeemRequest>,
) -> Result<Response, Refusal> {
    redeem(app, visitor, body).await
}

/// Make an account with an invitation.
#[utoipa::path(post, path = "/api/join", tag = "accounts", request_body = RedeemRequest,
    responses((status = 200, body = Me), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(super) async fn join(
    app: State<App>,
    visitor: Visitor,
    body: Body<RedeemRequest>,
) -> Result<Response, Refusal> {
    redeem(app, visitor, body).await
}

async fn redeem(
    State(app): State<App>,
    visitor: Visitor,
    Body(request): Body<RedeemRequest>,
) -> Result<Response, Refusal> {
    let RedeemRequest {
        code,
        handle,
        password,
        display_name,
    } = request;
    let origin = visitor.origin.clone();
    let signed_in =
        accounts::redeem(&app.chat, &code, handle, display_name, password, origin).await?;
    welcome(&app, signed_in, &visitor)
}

pub(super) fn welcome(
    app: &App,
    signed_in: accounts::SignedIn,
    visitor: &Visitor,
) -> Result<Response, Refusal> {
    let caller = Caller::new(signed_in.user, None);
    let mut response = Json(queries::me(&app.chat, &caller)).into_response();
    let cookie = set_cookie(&signed_in.cookie, visitor.https)?;
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}

/// What a link offers.
#[utoipa::path(get, path = "/api/invites/{code}", tag = "accounts",
    params(("code" = String, Path, description = "The link's secret")),
    responses((status = 200, body = InviteInfo), (status = 404, body = Problem)))]
pub(super) async fn invite_info(
    State(app): State<App>,
    _: Visitor,
    Path(code): Path<String>,
) -> Result<Json<InviteInfo>, Refusal> {
    Ok(Json(accounts::invite_info(&app.chat, &code).await?))
}

/// Make a link that invites somebody.
#[utoipa::path(post, path = "/api/invites", tag = "accounts", request_body = InviteRequest,
    responses((status = 201, body = InviteCreated), (status = 403, body = Problem)))]
pub(super) async fn invite(
    State(app): State<App>,
    asker: SignedIn,
    Body(request): Body<InviteRequest>,
) -> Result<(StatusCode, Json<InviteCreated>), Refusal> {
    let InviteRequest {
        role,
        room,
        uses,
        hours,
    } = request;
    let new = accounts::NewInvite {
        role,
        room,
        uses,
        hours,
    };
    let code = accounts::create_invite(&app.chat, &asker.caller, new).await?;
    let path = format!("/join#{code}");
    Ok((StatusCode::CREATED, Json(InviteCreated { code, path })))
}

/// The links that still invite somebody.
#[utoipa::path(get, path = "/api/invites", tag = "accounts",
    responses((status = 200, body = InviteLinks), (status = 403, body = Problem)))]
pub(super) async fn invites(
    State(app): State<App>,
    asker: SignedIn,
) -> Result<Json<InviteLinks>, Refusal> {
    let invites = accounts::invites(&app.chat, &asker.caller).await?;
    Ok(Json(InviteLinks { invites }))
}

/// Revoke a link.
#[utoipa::path(delete, path = "/api/invites/{code}", tag = "accounts",
    params(("code" = String, Path, description = "The link's id in the list")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn revoke_invite(
    State(app): State<App>,
    asker: SignedIn,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    accounts::revoke_invite(&app.chat, &asker.caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
