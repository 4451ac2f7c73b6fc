//! Whom this guards: people whose browser carries our cookie, from pages of other sites that would
//! use it. Programs send no `Origin` and carry no cookie that a page could borrow.

use crate::{auth, config::Config};
use http::{HeaderMap, Uri, header};
use salon_chat::{ChatError, Words, accounts::Page};
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

/// Where the browser is, for what a device signs of it. Where the operator has named an address
/// only named ones count: whoever asks writes the header that says which one was asked for, and a
/// page on another port of the same host could be anybody's.
pub(crate) fn page(headers: &HeaderMap, config: &Config) -> Result<Page, ChatError> {
    check(headers, config)?;
    let told = headers.get(header::ORIGIN).and_then(|it| it.to_str().ok());
    let origin = match (told, &config.public_url) {
        (Some(origin), _) => origin.to_owned(),
        (None, Some(own)) => own.trim_end_matches('/').to_owned(),
        (None, None) => {
            let scheme = if auth::is_https(headers, config) {
                "https"
            } else {
                "http"
            };
            let host = headers.get(header::HOST).and_then(|it| it.to_str().ok());
            format!("{scheme}://{}", host.unwrap_or_default())
        }
    };
    if let Some(own) = &config.public_url
        && !is_named(&origin, config)
    {
        let own = own.trim_end_matches('/');
        return Err(ChatError::Conflict(Words::new(
            format!("Passkeys are for {own} alone. Open Salon there."),
            format!("通行密钥只能在 {own} 使用，请从该地址打开。"),
        )));
    }
    let uri = origin.parse::<Uri>().ok();
    let host = uri.as_ref().and_then(Uri::host).unwrap_or_default();
    let is_name = host.trim_matches(['[', ']']).parse::<IpAddr>().is_err();
    if host.is_empty() || !is_name {
        return Err(ChatError::Conflict(Words::new(
            "Browsers make passkeys for names alone. Open Salon by a name instead of a number.",
            "浏览器只为域名创建通行密钥。请用域名而不是数字地址打开。",
        )));
    }
    Ok(Page {
        site: host.to_ascii_lowercase(),
        origin,
    })
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
    fn passkeys_are_for_the_page_that_asks_and_where_one_is_named_for_that_alone() {
        let page_of = |origin: Option<&str>, host: &str, config: &Config| {
            let mut headers = HeaderMap::new();
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, origin.parse().unwrap());
            }
            headers.insert(header::HOST, host.parse().unwrap());
            page(&headers, config).ok().map(|it| (it.origin, it.site))
        };
        let is = |origin: &str, site: &str| Some((origin.to_owned(), site.to_owned()));
        let open = Config::default();
        let own = Some("http://localhost:80");
        let expected = is("http://localhost:80", "localhost");
        assert_eq!(page_of(own, "localhost", &open), expected);
        assert_eq!(
            page_of(None, "Chat.example:81", &open),
            is("http://Chat.example:81", "chat.example")
        );
        for (origin, host) in [
            (Some("http://evil.example"), "chat.example"),
            (Some("http://127.0.0.1:80"), "127.0.0.1"),
            (Some("http://[::1]:80"), "[::1]:80"),
            (None, "127.0.0.1"),
            (None, ""),
        ] {
            assert_eq!(page_of(origin, host, &open), None, "{origin:?} for {host}");
        }
        let named = Config {
            public_url: Some("https://chat.example/".into()),
            ..Config::default()
        };
        let expected = is("https://chat.example", "chat.example");
        assert_eq!(
            page_of(Some("https://chat.example"), "salon:8080", &named),
            expected
        );
        assert_eq!(page_of(None, "salon:8080", &named), expected);
        // Who asks has written both; another port is another page.
        let other = "chat.example:8443";
        let origin = format!("https://{other}");
        assert!(
            page_of(Some(&origin), other, &open).is_some(),
            "the premise"
        );
        assert_eq!(page_of(Some(&origin), other, &named), None);
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
