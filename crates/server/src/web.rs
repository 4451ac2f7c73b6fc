//! The web client, carried inside the binary.

use axum::{
    body::Body,
    extract::Request,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Dist;

const NO_CLIENT: &str = "The web client is not built in. Run `cargo xtask web`, then build again.\n\
     网页客户端尚未构建。请先运行 `cargo xtask web` 再重新构建。\n";

/// Everything that is not the API's: a file of the client, or its page.
pub(crate) async fn page(request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let path = request.uri().path().trim_start_matches('/');
    let hashed = path.starts_with("assets/");
    let is_file = path
        .rsplit('/')
        .next()
        .is_some_and(|name| name.contains('.'));
    let name = if is_file { path } else { "index.html" };
    let Some(plain) = Dist::get(name) else {
        return if is_file {
            StatusCode::NOT_FOUND.into_response()
        } else {
            (StatusCode::SERVICE_UNAVAILABLE, NO_CLIENT).into_response()
        };
    };
    serve(name, plain, hashed, request.headers())
}

fn serve(name: &str, plain: EmbeddedFile, hashed: bool, asked: &HeaderMap) -> Response {
    let tag = plain.metadata.sha256_hash()[..16]
        .iter()
        .fold(String::from("\""), |tag, byte| format!("{tag}{byte:02x}"))
        + "\"";
    let mime = plain.metadata.mimetype().to_owned();
    if asked
        .get(header::IF_NONE_MATCH)
        .is_some_and(|known| known == tag.as_str())
    {
        let mut response = StatusCode::NOT_MODIFIED.into_response();
        describe(response.headers_mut(), &tag, hashed);
        return response;
    }
    let accepts = |encoding: &str| {
        asked
            .get(header::ACCEPT_ENCODING)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| {
                value
                    .split(',')
                    .any(|part| part.trim().starts_with(encoding))
            })
    };
    let packed = [("br", "br"), ("gzip", "gz")]
        .into_iter()
        .find_map(|(encoding, suffix)| {
            let file = accepts(encoding).then(|| Dist::get(&format!("{name}.{suffix}")))??;
            Some((encoding, file))
        });
    let (encoding, file) = match packed {
        Some((encoding, file)) => (Some(encoding), file),
        None => (None, plain),
    };
    let mut response = Response::new(Body::from(file.data.into_owned()));
    let headers = response.headers_mut();
    let mime = if mime.starts_with("text/") {
        format!("{mime}; charset=utf-8")
    } else {
        mime
    };
    if let Ok(mime) = HeaderValue::from_str(&mime) {
        headers.insert(header::CONTENT_TYPE, mime);
    }
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    describe(headers, &tag, hashed);
    response
}

/// What is said of a file whether it is sent or known already: how long it is good for.
fn describe(headers: &mut HeaderMap, tag: &str, hashed: bool) {
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    let caching = if hashed {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    if let Ok(tag) = HeaderValue::from_str(tag) {
        headers.insert(header::ETAG, tag);
    }
}
