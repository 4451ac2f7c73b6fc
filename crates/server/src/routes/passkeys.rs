//! Passkeys: making them, taking them back, coming in by one.

use super::accounts::welcome;
use crate::{
    app::App,
    auth::{SignedIn, Visitor, cookie_named, is_https, named_cookie},
    body::Body,
    origin,
    problem::Refusal,
};
use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header};
use salon_chat::accounts;
use salon_protocol::{
    Me, NewPasskeyRequest, Passkey, PasskeyAnswer, PasskeyChallenge, PasskeyOffer, Passkeys,
    Problem, ProofRequest,
};
use serde::Serialize;

/// What a browser keeps while a device is asked.
const COOKIE: &str = "salon_passkey";
const COOKIE_OVER_TLS: &str = "__Host-salon_passkey";

/// One's passkeys.
#[utoipa::path(get, path = "/api/account/passkeys", tag = "account",
    responses((status = 200, body = Passkeys)))]
pub(super) async fn list(
    State(app): State<App>,
    asker: SignedIn,
) -> Result<Json<Passkeys>, Refusal> {
    let passkeys = accounts::passkeys(&app.chat, &asker.caller).await?;
    Ok(Json(Passkeys { passkeys }))
}

/// Begin to make a passkey: what the browser asks a device for. A cookie that comes with the answer
/// holds what belongs to this browser. Whoever is asked for codes at sign-in proves one here.
#[utoipa::path(post, path = "/api/account/passkeys/options", tag = "account",
    request_body = ProofRequest,
    responses((status = 200, body = PasskeyOffer), (status = 403, body = Problem),
        (status = 409, body = Problem)))]
pub(super) async fn offer(
    State(app): State<App>,
    asker: SignedIn,
    headers: HeaderMap,
    Body(request): Body<ProofRequest>,
) -> Result<Response, Refusal> {
    app.limits.check_proof(asker.caller.id())?;
    let page = origin::page(&headers, &app.config)?;
    let proof = (request.password, request.code);
    let offered =
        accounts::offer_passkey(&app.chat, &asker.caller, asker.digest(), page, proof).await?;
    challenged(offered, is_https(&headers, &app.config))
}

/// Keep a passkey that a device has made.
#[utoipa::path(post, path = "/api/account/passkeys", tag = "account",
    request_body = NewPasskeyRequest,
    responses((status = 201, body = Passkey), (status = 400, body = Problem),
        (status = 409, body = Problem)))]
pub(super) async fn add(
    State(app): State<App>,
    asker: SignedIn,
    headers: HeaderMap,
    Body(request): Body<NewPasskeyRequest>,
) -> Result<(StatusCode, Json<Passkey>), Refusal> {
    let page = origin::page(&headers, &app.config)?;
    let cookie = cookie_named(&headers, cookie_name(is_https(&headers, &app.config)));
    let digest = asker.digest();
    let caller = &asker.caller;
    let added =
        accounts::add_passkey(&app.chat, caller, digest, cookie.as_deref(), &page, request).await?;
    Ok((StatusCode::CREATED, Json(added)))
}

/// Take a passkey back: it opens the account no more.
#[utoipa::path(delete, path = "/api/account/passkeys/{id}", tag = "account",
    params(("id" = String, Path, description = "The passkey's id")),
    request_body = ProofRequest,
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn remove(
    State(app): State<App>,
    asker: SignedIn,
    Path(id): Path<String>,
    Body(request): Body<ProofRequest>,
) -> Result<StatusCode, Refusal> {
    app.limits.check_proof(asker.caller.id())?;
    let proof = (request.password, request.code);
    accounts::remove_passkey(&app.chat, &asker.caller, &id, proof).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Begin to sign in with a passkey: what a device is to sign. A cookie that comes with the answer
/// holds what belongs to this browser.
#[utoipa::path(post, path = "/api/sign-in/passkey/options", tag = "accounts",
    responses((status = 200, body = PasskeyChallenge), (status = 409, body = Problem),
        (status = 429, body = Problem)))]
pub(super) async fn challenge(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    app.limits.check_sign_in_address(visitor.address)?;
    let page = origin::page(&headers, &app.config)?;
    challenged(accounts::challenge_passkey(&app.chat, page), visitor.https)
}

/// Sign in with what a device has signed: the session's cookie comes with the answer.
#[utoipa::path(post, path = "/api/sign-in/passkey", tag = "accounts",
    request_body = PasskeyAnswer,
    responses((status = 200, body = Me), (status = 401, body = Problem),
        (status = 409, body = Problem), (status = 429, body = Problem)))]
pub(super) async fn sign_in(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    Body(answer): Body<PasskeyAnswer>,
) -> Result<Response, Refusal> {
    app.limits.check_sign_in_address(visitor.address)?;
    let page = origin::page(&headers, &app.config)?;
    let name = cookie_name(visitor.https);
    let cookie = cookie_named(&headers, name);
    let from = visitor.origin.clone();
    let signed_in =
        accounts::sign_in_by_passkey(&app.chat, cookie.as_deref(), &page, answer, from).await?;
    let mut response = welcome(&app, signed_in, &visitor)?;
    let over = named_cookie(name, "", 0, visitor.https)?;
    response.headers_mut().append(header::SET_COOKIE, over);
    Ok(response)
}

fn challenged<T: Serialize>((body, kept): (T, String), https: bool) -> Result<Response, Refusal> {
    let life = accounts::CHALLENGE_LIFE_SECONDS;
    let cookie = named_cookie(cookie_name(https), &kept, life, https)?;
    let mut response = Json(body).into_response();
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}

fn cookie_name(https: bool) -> &'static str {
    if https { COOKIE_OVER_TLS } else { COOKIE }
}
