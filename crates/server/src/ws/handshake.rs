//! From an HTTP request to a bare socket.

use super::connection;
use crate::{app::App, auth, origin, problem::Refusal};
use axum::{
    body::Body,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use hyper_util::{rt::TokioIo, server::conn::auto::upgrade::downcast};
use salon_chat::{ChatError, Words};
use salon_protocol::Lang;
use sha1::{Digest, Sha1};
use tokio::net::TcpStream;
use tracing::debug;

/// Appended to the client's key, as RFC 6455 section 1.3 has it.
const KEY_SUFFIX: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// `GET /api/ws`.
pub(crate) async fn upgrade(State(app): State<App>, mut request: Request) -> Response {
    let headers = request.headers();
    let lang = lang_of(&request);
    let Some(key) = websocket_key(request.method(), headers) else {
        return Refusal(ChatError::BadArguments(Words::new(
            "This address speaks WebSocket only: send an upgrade request.",
            "此地址只接受 WebSocket 连接，请发送升级请求。",
        )))
        .into_response();
    };
    if headers
        .get(header::SEC_WEBSOCKET_VERSION)
        .is_none_or(|version| version != "13")
    {
        let mut response = StatusCode::UPGRADE_REQUIRED.into_response();
        response.headers_mut().insert(
            header::SEC_WEBSOCKET_VERSION,
            HeaderValue::from_static("13"),
        );
        return response;
    }
    if let Err(error) = origin::check(headers, &app.config) {
        return Refusal(error).into_response();
    }
    let Some(place) = app.take_connection() else {
        return Refusal(ChatError::TooFast {
            retry_after_ms: 1_000,
        })
        .into_response();
    };
    // A secret that opens nothing is no reason to refuse here: `hello` may carry another.
    let caller = match auth::secret_of(headers, &app.config) {
        Some(found) => salon_chat::accounts::who(&app.chat, &found.secret, lang)
            .await
            .ok()
            .map(Box::new),
        None => None,
    };
    let mut digest = Sha1::new();
    digest.update(key.as_bytes());
    digest.update(KEY_SUFFIX);
    let accept = STANDARD.encode(digest.finalize());
    let upgrading = hyper::upgrade::on(&mut request);
    let task_app = Box::new(app.clone());
    app.tasks.spawn(async move {
        let _place = place;
        let parts = match upgrading.await {
            Ok(upgraded) => match downcast::<TokioIo<TcpStream>>(upgraded) {
                Ok(parts) => parts,
                Err(_) => return,
            },
            Err(error) => {
                debug!(%error, "the upgrade failed");
                return;
            }
        };
        let (stream, read_already) = (parts.io.into_inner(), parts.read_buf);
        let serving = connection::run(task_app, stream, &read_already, caller, lang);
        // It would keep the handshake's whole buffer for as long as the socket lives.
        drop(read_already);
        serving.await;
    });
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    if let Ok(accept) = HeaderValue::from_str(&accept) {
        headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    }
    response
}

fn websocket_key(method: &Method, headers: &HeaderMap) -> Option<String> {
    let has = |name, word: &str| {
        headers
            .get_all(name)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .any(|value| {
                value
                    .split(',')
                    .any(|part| part.trim().eq_ignore_ascii_case(word))
            })
    };
    if *method != Method::GET
        || !has(header::CONNECTION, "upgrade")
        || !has(header::UPGRADE, "websocket")
    {
        return None;
    }
    let key = headers.get(header::SEC_WEBSOCKET_KEY)?.to_str().ok()?;
    (STANDARD.decode(key).is_ok_and(|key| key.len() == 16)).then(|| key.to_owned())
}

/// `?lang=zh`, else the browser's language.
fn lang_of(request: &Request) -> Option<Lang> {
    let query = request.uri().query().unwrap_or_default();
    let asked = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("lang=")?.parse().ok());
    asked.or_else(|| auth::accepted_lang(request.headers()))
}
