//! Whom this guards: people whose browser carries our cookie, from pages of other sites that would
//! use it. Programs send no `Origin` and carry no cookie that a page could borrow.

use crate::config::Config;
use http::{HeaderMap, Uri, header};
use salon_chat::{ChatError, Words};

/// Refuses an `Origin` that is neither the address asked for nor allowed by the configuration.
pub(crate) fn check(headers: &HeaderMap, config: &Config) -> Result<(), ChatError> {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let (Some(origin), None) = (origins.next(), origins.next()) else {
        return if headers.contains_key(header::ORIGIN) {
            refuse()
        } else {
            Ok(())
        };
    };
    let Ok(origin) = origin.to_str() else {
        return refuse();
    };
    let allowed = config
        .allowed_origins
        .iter()
        .map(String::as_str)
        .chain(config.public_url.as_deref());
    if allowed
        .map(|allowed| allowed.trim_end_matches('/'))
        .any(|allowed| allowed == origin)
    {
        return Ok(());
    }
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let Ok(uri) = origin.parse::<Uri>() else {
        return refuse();
    };
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return refuse();
    };
    let bare = matches!(uri.path(), "" | "/") && uri.query().is_none();
    let same = matches!(scheme, "http" | "https")
        && bare
        && !authority.as_str().contains('@')
        && with_port(scheme, authority.as_str()).eq_ignore_ascii_case(&with_port(scheme, host));
    if same { Ok(()) } else { refuse() }
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
