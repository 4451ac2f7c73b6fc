//! Whom this guards: people whose browser carries our cookie, from pages of other sites that would
//! use it. Programs send no `Origin` and carry no cookie that a page could borrow.

use crate::{auth, config::Config};
use http::{HeaderMap, Uri, header};
use salon_chat::{ChatError, Words};
use std::net::IpAddr;

/// Refuses an `Origin` that is neither the address asked for nor allowed by the configuration.
/// Where there is none, a browser may say otherwise that the page stands elsewhere.
pub(crate) fn check(headers: &HeaderMap, config: &Config) -> Result<(), ChatError> {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let allowed = match (origins.next(), origins.next()) {
        (None, _) => headers
            .get("sec-fetch-site")
            .is_none_or(|site| site == "same-origin" || site == "none"),
        (Some(origin), None) => origin
            .to_str()
            .is_ok_and(|origin| is_named(origin, config) || is_own(origin, headers, config)),
        (Some(_), Some(_)) => false,
    };
    if allowed { Ok(()) } else { refuse() }
}

/// Whether the configuration allows it by name.
fn is_named(origin: &str, config: &Config) -> bool {
    let mut named = config.allowed_origins.iter().chain(&config.public_url);
    named.any(|allowed| allowed.trim_end_matches('/') == origin)
}

/// Whether it is the address that was asked for.
fn is_own(origin: &str, headers: &HeaderMap, config: &Config) -> bool {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let Ok(uri) = origin.parse::<Uri>() else {
        return false;
    };
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return false;
    };
    // Where people come over TLS, a page without it may be anybody's on the way. On this very
    // machine nobody is on the way.
    let safe = match scheme {
        "https" => true,
        "http" => !auth::is_https(headers, config) || is_loopback(authority.host()),
        _ => false,
    };
    let bare = matches!(uri.path(), "" | "/") && uri.query().is_none();
    safe && bare
        && !authority.as_str().contains('@')
        && with_port(scheme, authority.as_str()).eq_ignore_ascii_case(&with_port(scheme, host))
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

/// A host with its port, the scheme's own where none is written.
fn with_port(scheme: &str, host: &str) -> String {
    let has_port = host.rsplit_once(':').is_some_and(|(_, port)| {
        !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit())
    });
    match (has_port, scheme) {
        (true, _) => host.to_owned(),
        (false, "https") => format!("{host}:443"),
        (false, _) => format!("{host}:80"),
    }
}

fn refuse() -> Result<(), ChatError> {
    Err(ChatError::Forbidden(Words::new(
        "This request comes from a page of another site.",
        "此请求来自其他网站的页面，已被拒绝。",
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(origin: &str, host: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::ORIGIN, origin.parse().unwrap());
        headers.insert(header::HOST, host.parse().unwrap());
        check(&headers, &Config::default()).is_ok()
    }

    #[test]
    fn only_the_pages_own_address_passes() {
        assert!(
            check(&HeaderMap::new(), &Config::default()).is_ok(),
            "programs send none"
        );
        assert!(verdict("http://chat.example:8080", "chat.example:8080"));
        assert!(verdict("https://chat.example", "chat.example"));
        assert!(verdict("http://CHAT.example", "chat.EXAMPLE"));
        for (origin, host) in [
            ("http://evil.example", "chat.example"),
            ("http://chat.example:81", "chat.example:80"),
            ("http://chat.example.evil.example", "chat.example"),
            ("http://evil.example/chat.example", "chat.example"),
            ("http://chat.example@evil.example", "chat.example"),
            ("http://evil@chat.example", "chat.example"),
            ("null", "chat.example"),
            ("file://", "chat.example"),
            ("ftp://chat.example", "chat.example"),
            ("https://chat.example", "chat.example:80"),
            ("http://chat.example?x", "chat.example"),
            ("chat.example", "chat.example"),
        ] {
            assert!(!verdict(origin, host), "{origin} for {host}");
        }
    }
}
