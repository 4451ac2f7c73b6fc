//! Signing in by a provider: there, and back again. Where somebody goes afterwards is always the
//! same: no address from outside is ever followed.

use crate::{
    app::App,
    auth::{
        SignedIn, Visitor, accepted_lang, cookie_named, named_cookie, session_cookie, set_cookie,
    },
    body::Body,
    config::Config,
    problem::Refusal,
};
use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use salon_chat::{
    Caller, ChatError, Words,
    accounts::{self, Came, NotIn, Returned},
};
use salon_protocol::{Problem, ProofRequest, SignInRefusal, SignInWays, WayThere};
use serde::Deserialize;

/// What a browser keeps while it is at the provider.
const COOKIE: &str = "salon_sign_in";
const COOKIE_OVER_TLS: &str = "__Host-salon_sign_in";
/// Where it comes back to: what the provider must have registered, behind our own address.
const CALLBACK: &str = "/api/sign-in/callback";
/// Where the account's own page is.
const ACCOUNT: &str = "/?settings=account&";

/// The ways in besides handle and password.
#[utoipa::path(get, path = "/api/sign-in", tag = "accounts",
    responses((status = 200, body = SignInWays)))]
pub(super) async fn ways(State(app): State<App>, _: Visitor) -> Json<SignInWays> {
    Json(accounts::sign_in_ways(&app.chat))
}

/// Begin to sign in by the provider: where to go. A cookie that comes with the answer holds what
/// belongs to this browser.
#[utoipa::path(post, path = "/api/sign-in", tag = "accounts",
    responses((status = 200, body = WayThere), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub(super) async fn begin(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let redirect = redirect(&headers, visitor.https, &app.config)?;
    let begun = accounts::begin_sign_in(&app.chat, redirect).await?;
    there(begun, visitor.https)
}

/// What a provider says by the browser's address.
#[derive(Deserialize)]
pub(super) struct Answer {
    code: Option<String>,
    #[serde(default)]
    state: String,
}

/// Come back from the provider: leads to the page, with `refused=` and why where nothing came of it.
#[utoipa::path(get, path = "/api/sign-in/callback", tag = "accounts",
    params(("code" = Option<String>, Query, description = "A code for the provider's token"),
        ("state" = Option<String>, Query, description = "What was sent along")),
    responses((status = 303)))]
pub(super) async fn come_back(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    answer: Result<Query<Answer>, QueryRejection>,
) -> Result<Response, Refusal> {
    let https = visitor.https;
    let session = session(&app, &headers).await;
    // Whoever is in has come to link their account, and is told where they did so.
    let at = if session.is_some() { ACCOUNT } else { "/?" };
    let came = match answer {
        Ok(Query(answer)) => finish(&app, visitor, &headers, session.clone(), answer).await,
        Err(_) => Err(SignInRefusal::Stale.into()),
    };
    let (to, secret) = match came {
        Ok(Came::In(signed_in)) => ("/".to_owned(), Some(signed_in.cookie)),
        Ok(Came::Linked) => (ACCOUNT.trim_end_matches('&').to_owned(), None),
        Err(NotIn::Refused(why)) => (format!("{at}refused={}", why.as_str()), None),
        Err(NotIn::Failed(error)) => return Err(error.into()),
    };
    let mut response = StatusCode::SEE_OTHER.into_response();
    let told = response.headers_mut();
    let location = HeaderValue::from_str(&to);
    let location = location.map_err(|error| ChatError::Internal(format!("location: {error}")))?;
    told.insert(header::LOCATION, location);
    // Whatever came of it, the same one does not serve twice.
    let over = named_cookie(cookie_name(https), "", 0, https)?;
    told.append(header::SET_COOKIE, over);
    if let Some(secret) = secret {
        told.append(header::SET_COOKIE, set_cookie(&secret, https)?);
    }
    Ok(response)
}

/// Begin to link one's own account to the provider. Whoever is asked for codes at sign-in proves one
/// here.
#[utoipa::path(post, path = "/api/account/provider", tag = "account", request_body = ProofRequest,
    responses((status = 200, body = WayThere), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(super) async fn link(
    State(app): State<App>,
    visitor: Visitor,
    asker: SignedIn,
    headers: HeaderMap,
    Body(request): Body<ProofRequest>,
) -> Result<Response, Refusal> {
    app.limits.check_proof(asker.caller.id())?;
    let redirect = redirect(&headers, visitor.https, &app.config)?;
    let proof = (request.password, request.code);
    let begun =
        accounts::begin_link(&app.chat, &asker.caller, asker.digest(), redirect, proof).await?;
    there(begun, visitor.https)
}

/// Take the link back: the provider opens the account no more.
#[utoipa::path(delete, path = "/api/account/provider", tag = "account",
    request_body = ProofRequest,
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub(super) async fn unlink(
    State(app): State<App>,
    asker: SignedIn,
    Body(request): Body<ProofRequest>,
) -> Result<StatusCode, Refusal> {
    app.limits.check_proof(asker.caller.id())?;
    let proof = (request.password, request.code);
    accounts::unlink(&app.chat, &asker.caller, proof).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn finish(
    app: &App,
    visitor: Visitor,
    headers: &HeaderMap,
    session: Option<(Caller, [u8; 32])>,
    answer: Answer,
) -> Result<Came, NotIn> {
    let returned = Returned {
        cookie: cookie_named(headers, cookie_name(visitor.https)),
        state: answer.state,
        code: answer.code,
        redirect: redirect(headers, visitor.https, &app.config)?,
        session,
        origin: visitor.origin,
    };
    accounts::finish(&app.chat, returned).await
}

/// Who is in already in this browser.
async fn session(app: &App, headers: &HeaderMap) -> Option<(Caller, [u8; 32])> {
    let secret = session_cookie(headers, &app.config)?;
    let found = accounts::who(&app.chat, &secret, accepted_lang(headers)).await;
    let (caller, credential) = found.ok()?;
    Some((caller, credential.digest))
}

fn there(begun: accounts::Begun, https: bool) -> Result<Response, Refusal> {
    let life = accounts::FLOW_LIFE.as_secs();
    let cookie = named_cookie(cookie_name(https), &begun.cookie, life, https)?;
    let mut response = Json(WayThere { url: begun.url }).into_response();
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}

fn cookie_name(https: bool) -> &'static str {
    if https { COOKIE_OVER_TLS } else { COOKIE }
}

/// Where the provider sends the browser back to: the address that the operator has named, or the one
/// that the browser asked for. A provider goes nowhere that is not registered with it.
fn redirect(headers: &HeaderMap, https: bool, config: &Config) -> Result<String, ChatError> {
    if let Some(own) = &config.public_url {
        return Ok(format!("{}{CALLBACK}", own.trim_end_matches('/')));
    }
    let host = headers.get(header::HOST).and_then(|it| it.to_str().ok());
    let host = host.ok_or_else(|| {
        ChatError::BadArguments(Words::new("The request names no host.", "请求缺少主机名。"))
    })?;
    let scheme = if https { "https" } else { "http" };
    Ok(format!("{scheme}://{host}{CALLBACK}"))
}
