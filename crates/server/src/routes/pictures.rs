//! Small pictures that people bring and we write anew.

use crate::problem::Refusal;
use axum::{
    body::to_bytes,
    extract::Request,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, header};
use salon_chat::ChatError;

/// A browser asks again for a picture after a day; another picture has another address there.
const KEPT_FOR: &str = "private, max-age=86400";

/// The body, where it is not too large.
pub(super) async fn take(request: Request, bytes_max: usize) -> Result<Vec<u8>, Refusal> {
    let bytes = to_bytes(request.into_body(), bytes_max).await;
    let bytes = bytes.map_err(|_| ChatError::TooLarge {
        bytes_max: bytes_max as u64,
    })?;
    Ok(bytes.to_vec())
}

/// One that we wrote, as nothing but a picture.
pub(super) fn send(bytes: Vec<u8>, media_type: &str) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    let media_type = HeaderValue::from_str(media_type)
        .unwrap_or(HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_TYPE, media_type);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(KEPT_FOR));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("sandbox; default-src 'none'; frame-ancestors 'none'"),
    );
    response
}
