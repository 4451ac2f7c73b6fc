//! From a refusal to `application/problem+json`, in the language of whoever asks. The only file
//! that does so.

use axum::{
    body::Body,
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use salon_chat::ChatError;
use salon_protocol::{Lang, Problem};
use std::sync::{Arc, OnceLock};
use tracing::error;

/// A refusal on its way out; [`localise`] gives it words.
pub(crate) struct Refusal(pub(crate) ChatError);

impl<E: Into<ChatError>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.code().status())
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(Arc::new(self.0));
        response
    }
}

/// The language that a request's answer should be in, as far as it is known: sign-in knows best.
#[derive(Clone, Default)]
pub(crate) struct AnswerLang(Arc<OnceLock<Lang>>);

impl AnswerLang {
    pub(crate) fn set(&self, lang: Lang) {
        self.0.set(lang).ok();
    }
}

/// Gives every refusal its words.
pub(crate) async fn localise(mut request: Request, next: Next) -> Response {
    let accepted = crate::auth::accepted_lang(request.headers());
    let known = AnswerLang::default();
    request.extensions_mut().insert(known.clone());
    let path = request.uri().path().to_owned();
    let response = next.run(request).await;
    let Some(refusal) = response.extensions().get::<Arc<ChatError>>().cloned() else {
        return response;
    };
    let lang = known.0.get().copied().or(accepted).unwrap_or_default();
    if let ChatError::Internal(cause) = &*refusal {
        error!(path, cause, "a request failed");
    }
    let code = refusal.code();
    let problem = Problem {
        kind: format!("urn:salon:error:{}", code.as_str()),
        title: code.as_str().replace('_', " "),
        // Of a server that is not ready, another than its code's.
        status: response.status().as_u16(),
        detail: refusal.message(lang),
        code,
        retry_after_ms: refusal.retry_after_ms(),
        offset: refusal.offset(),
    };
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    parts.headers.insert(
        header::CONTENT_LANGUAGE,
        HeaderValue::from_static(lang.as_str()),
    );
    if let Some(wait) = problem.retry_after_ms {
        parts.headers.insert(
            header::RETRY_AFTER,
            HeaderValue::from(wait.div_ceil(1_000).max(1)),
        );
    }
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    Response::from_parts(parts, Body::from(body))
}
