//! Bodies and queries, read with errors that say what is wrong.

use crate::{app::App, problem::Refusal};
use axum::{
    body::to_bytes,
    extract::{FromRequest, FromRequestParts, Query, Request},
};
use http::request::Parts;
use salon_chat::{ChatError, Words};
use salon_protocol::Text;
use serde::de::DeserializeOwned;

/// A request's body in bytes.
const BODY_BYTES_MAX: usize = 512 * 1024;

/// A JSON body.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &App) -> Result<Self, Refusal> {
        let bytes = to_bytes(request.into_body(), BODY_BYTES_MAX)
            .await
            .map_err(|_| {
                let what = Text {
                    en: "The request",
                    zh: "请求",
                };
                ChatError::TooLong {
                    what,
                    max: BODY_BYTES_MAX,
                }
            })?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| {
            Refusal(ChatError::BadArguments(Words::new(
                format!("The body is not the JSON that belongs here: {error}."),
                format!("请求体不是所需的 JSON：{error}。"),
            )))
        })
    }
}

/// A query string.
pub(crate) struct Params<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequestParts<App> for Params<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Refusal> {
        Query::try_from_uri(&parts.uri)
            .map(|Query(params)| Self(params))
            .map_err(|error| {
                Refusal(ChatError::BadArguments(Words::new(
                    format!("The query is not right: {error}."),
                    format!("查询参数不正确：{error}。"),
                )))
            })
    }
}
