//! Who asks: a bearer token or the browser's cookie.

use crate::{
    app::App,
    config::Config,
    device, origin,
    problem::{AnswerLang, Refusal},
};
use axum::extract::FromRequestParts;
use http::{HeaderMap, HeaderValue, header, request::Parts};
use salon_chat::{Caller, ChatError, Words, accounts};
use salon_protocol::Lang;
use std::net::{IpAddr, Ipv4Addr};

/// The cookie's name.
const COOKIE: &str = "salon_session";
/// And over TLS: with this prefix a browser takes it from this very host alone, so that no
/// neighbour under the same domain signs anybody in as somebody else.
const COOKIE_OVER_TLS: &str = "__Host-salon_session";

fn cookie_name(https: bool) -> &'static str {
    if https { COOKIE_OVER_TLS } else { COOKIE }
}

/// Whether whoever asks came over TLS: by the configuration, or by a proxy that we trust.
pub(crate) fn is_https(headers: &HeaderMap, config: &Config) -> bool {
    let forwarded = || headers.get("x-forwarded-proto");
    config.is_https() || (config.trust_proxy && forwarded().is_some_and(|scheme| scheme == "https"))
}

/// A secret as the request carries it.
pub(crate) struct Found {
    pub(crate) secret: String,
    pub(crate) by_cookie: bool,
}

/// The request's secret: a bearer token comes before a cookie.
pub(crate) fn secret_of(headers: &HeaderMap, config: &Config) -> Option<Found> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| {
        let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
        scheme
            .eq_ignore_ascii_case("bearer")
            .then(|| token.trim().to_owned())
    });
    if let Some(secret) = bearer {
        return Some(Found {
            secret,
            by_cookie: false,
        });
    }
    Some(Found {
        secret: session_cookie(headers, config)?,
        by_cookie: true,
    })
}

/// The secret by which a browser stays signed in.
pub(crate) fn session_cookie(headers: &HeaderMap, config: &Config) -> Option<String> {
    cookie_named(headers, cookie_name(is_https(headers, config)))
}

/// A cookie's value.
pub(crate) fn cookie_named(headers: &HeaderMap, wanted: &str) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter();
    cookies
        .filter_map(|value| value.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .find_map(|cookie| {
            let (name, value) = cookie.trim().split_once('=')?;
            (name == wanted).then(|| value.to_owned())
        })
}

/// The browser's language, as far as we speak it.
pub(crate) fn accepted_lang(headers: &HeaderMap) -> Option<Lang> {
    Lang::from_accept_language(headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?)
}

/// A request by somebody who is signed in and not asking too much.
pub(crate) struct SignedIn {
    pub(crate) caller: Caller,
    pub(crate) secret: String,
}

impl SignedIn {
    /// What its cookie or token is looked up by.
    pub(crate) fn digest(&self) -> [u8; 32] {
        accounts::digest(&self.secret)
    }
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let Some(found) = secret_of(&parts.headers, &app.config) else {
            app.limits.check_address(address(parts, app))?;
            return Err(Refusal(ChatError::NotSignedIn(Words::new(
                "Sign in first, or send “Authorization: Bearer TOKEN”.",
                "请先登录，或携带“Authorization: Bearer TOKEN”。",
            ))));
        };
        // A link elsewhere may lead to a file. What else an address alone brings about, such as a
        // direct room, is not for other sites either.
        let followed = parts.method.is_safe() && parts.uri.path().starts_with("/api/files/");
        if found.by_cookie && !followed {
            check_page(parts, app)?;
        }
        let lang = accepted_lang(&parts.headers);
        let caller = match accounts::who(&app.chat, &found.secret, lang).await {
            Ok((caller, _)) => caller,
            Err(error) => {
                app.limits.check_address(address(parts, app))?;
                return Err(Refusal(error));
            }
        };
        if let Some(known) = parts.extensions.get::<AnswerLang>() {
            known.set(caller.lang);
        }
        app.limits.check_request(&caller)?;
        Ok(Self {
            caller,
            secret: found.secret,
        })
    }
}

/// A request by somebody who need not be signed in, from our own pages or from a program.
pub(crate) struct Visitor {
    pub(crate) address: IpAddr,
    pub(crate) https: bool,
    /// What a session that is made now remembers of where it was made.
    pub(crate) origin: accounts::Origin,
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let address = address(parts, app);
        app.limits.check_address(address)?;
        if !parts.method.is_safe() {
            check_page(parts, app)?;
        }
        let https = is_https(&parts.headers, &app.config);
        let origin = device::origin(&parts.headers, address);
        Ok(Self {
            address,
            https,
            origin,
        })
    }
}

fn check_page(parts: &Parts, app: &App) -> Result<(), ChatError> {
    origin::check(&parts.headers, &app.config)
}

/// Where the request comes from.
#[derive(Clone, Copy)]
pub(crate) struct PeerAddress(pub(crate) IpAddr);

fn address(parts: &Parts, app: &App) -> IpAddr {
    let peer = parts.extensions.get::<PeerAddress>().map(|peer| peer.0);
    let forwarded = || {
        // The last address is the one that our own proxy has seen.
        let list = parts.headers.get("x-forwarded-for")?.to_str().ok()?;
        list.rsplit(',').next()?.trim().parse().ok()
    };
    let told = if app.config.trust_proxy {
        forwarded()
    } else {
        None
    };
    told.or(peer).unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
}

/// The header that keeps somebody signed in.
pub(crate) fn set_cookie(secret: &str, https: bool) -> Result<HeaderValue, ChatError> {
    let life = accounts::SESSION_LIFE.as_secs();
    cookie(secret, life, https)
}

/// The header that takes the cookie back.
pub(crate) fn clear_cookie(https: bool) -> Result<HeaderValue, ChatError> {
    cookie("", 0, https)
}

fn cookie(value: &str, seconds: i64, https: bool) -> Result<HeaderValue, ChatError> {
    named_cookie(cookie_name(https), value, seconds, https)
}

/// The header that gives a browser a cookie which no page reads, nor another site sends along with
/// anything but a visit.
pub(crate) fn named_cookie(
    name: &str,
    value: &str,
    seconds: i64,
    https: bool,
) -> Result<HeaderValue, ChatError> {
    let secure = if https { "; Secure" } else { "" };
    let cookie =
        format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::from_str(&cookie).map_err(|error| ChatError::Internal(format!("cookie: {error}")))
}
