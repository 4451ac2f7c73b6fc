//! One's own account.

use crate::{app::App, auth::SignedIn, body::Body, problem::Refusal};
use axum::{
    Json,
    extract::{Path, State},
};
use http::StatusCode;
use salon_chat::accounts;
use salon_protocol::{
    Account, AccountRequest, AccountSessions, CodeRequest, Enrolment, PasswordRequest, Problem,
    ProofRequest, RecoveryCodes,
};

/// One's own account.
#[utoipa::path(get, path = "/api/account", tag = "account",
    responses((status = 200, body = Account), (status = 401, body = Problem)))]
pub(super) async fn one(State(app): State<App>, asker: SignedIn) -> Result<Json<Account>, Refusal> {
    Ok(Json(accounts::account(&app.chat, &asker.caller).await?))
}

/// Change what one says of oneself.
#[utoipa::path(patch, path = "/api/account", tag = "account", request_body = AccountRequest,
    responses((status = 200, body = Account), (status = 400, body = Problem)))]
pub(super) async fn edit(
    State(app): State<App>,
    asker: SignedIn,
    Body(request): Body<AccountRequest>,
) -> Result<Json<Account>, Refusal> {
    Ok(Json(
        accounts::set_profile(&app.chat, &asker.caller, request).await?,
    ))
}

/// Change the password; all other browsers are signed out.
#[utoipa::path(post, path = "/api/account/password", tag = "account",
    request_body = PasswordRequest,
    responses((status = 204), (status = 403, body = Problem), (status = 429, body = Problem)))]
pub(super) async fn password(
    State(app): State<App>,
    asker: SignedIn,
    Body(request): Body<PasswordRequest>,
) -> Result<StatusCode, Refusal> {
    app.limits.check_proof(asker.caller.id())?;
    let PasswordRequest { old, new } = request;
    accounts::change_password(&app.chat, &asker.caller, asker.digest(), old, new).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Where one is signed in.
#[utoipa::path(get, path = "/api/account/sessions", tag = "account",
    responses((status = 200, body = AccountSessions)))]
pub(super) async fn sessions(
    State(app): State<App>,
    asker: SignedIn,
) -> Result<Json<AccountSessions>, Refusal> {
    let sessions = accounts::sessions(&app.chat, &asker.caller, asker.digest()).await?;
    Ok(Json(AccountSessions { sessions }))
}

/// Sign all other browsers out; their sockets close at once.
#[utoipa::path(delete, path = "/api/account/sessions", tag = "account",
    responses((status = 204)))]
pub(super) async fn end_others(
    State(app): State<App>,
    asker: SignedIn,
) -> Result<StatusCode, Refusal> {
    accounts::end_other_sessions(&app.chat, &asker.caller, asker.digest()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sign one of them out; its sockets close at once.
#[utoipa::path(delete, path = "/api/account/sessions/{id}", tag = "account",
    params(("id" = String, Path, description = "The session's id")),
    responses((status = 204), (status = 404, body = Problem)))]
pub(super) async fn end_session(
    State(app): State<App>,
    asker: SignedIn,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    accounts::end_session(&app.chat, &asker.caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Begin with an authenticator: its key, shown once. Nothing is asked for before it is confirmed.
#[utoipa::path(post, path = "/api/account/second-factor", tag = "account",
    request_body = ProofRequest,
    responses((status = 200, body = Enrolment), (status = 403, body = Problem),
        (status = 409, body = Problem)))]
pub(super) async fn begin(
    State(app): State<App>,
    asker: SignedIn,
    Body(request): Body<ProofRequest>,
) -> Result<Json<Enrolment>, Refusal> {
    app.limits.check_proof(asker.caller.id())?;
    Ok(Json(
        accounts::begin_second_factor(&app.chat, &asker.caller, request.password).await?,
    ))
}

/// Confirm an authenticator by one of its codes; answers with recovery codes, shown once.
#[utoipa::path(post, path = "/api/account/second-factor/confirm", tag = "account",
    request_body = CodeRequest,
    responses((status = 200, body = RecoveryCodes), (status = 400, body = Problem)))]
pub(super) async fn confirm(
    State(app): State<App>,
    asker: SignedIn,
    Body(request): Body<CodeRequest>,
) -> Result<Json<RecoveryCodes>, Refusal> {
    app.limits.check_proof(asker.caller.id())?;
    let codes = accounts::confirm_second_factor(&app.chat, &asker.caller, &request.code).await?;
    Ok(Json(RecoveryCodes { codes }))
}

/// Make new recovery codes; those before no longer open anything.
#[utoipa::path(post, path = "/api/account/second-factor/codes", tag = "account",
    request_body = ProofRequest,
    responses((status = 200, body = RecoveryCodes), (status = 403, body = Problem)))]
pub(super) async fn codes(
    State(app): State<App>,
    asker: SignedIn,
    Body(request): Body<ProofRequest>,
) -> Result<Json<RecoveryCodes>, Refusal> {
    app.limits.check_proof(asker.caller.id())?;
    let ProofRequest { password, code } = request;
    let codes =
        accounts::new_recovery_codes(&app.chat, &asker.caller, password, code.as_deref()).await?;
    Ok(Json(RecoveryCodes { codes }))
}

/// No longer ask for codes at sign-in.
#[utoipa::path(delete, path = "/api/account/second-factor", tag = "account",
    request_body = ProofRequest,
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(super) async fn remove(
    State(app): State<App>,
    asker: SignedIn,
    Body(request): Body<ProofRequest>,
) -> Result<StatusCode, Refusal> {
    app.limits.check_proof(asker.caller.id())?;
    let ProofRequest { password, code } = request;
    accounts::remove_second_factor(&app.chat, &asker.caller, password, code.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}
