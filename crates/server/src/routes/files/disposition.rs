//! A file's name in a header (RFC 6266): once in ASCII for whoever reads nothing else, once whole.

use http::HeaderValue;

/// Characters of RFC 5987 that stand for themselves.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte)
}

/// `Content-Disposition`, to be shown in place or saved.
pub(super) fn header(inline: bool, name: &str) -> HeaderValue {
    let ascii: String = name
        .chars()
        .map(|c| match c {
            ' '..='~' if !matches!(c, '"' | '\\' | '%' | ';') => c,
            _ => '_',
        })
        .collect();
    let whole: String = name
        .bytes()
        .map(|byte| match is_plain(byte) {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        })
        .collect();
    let how = if inline { "inline" } else { "attachment" };
    let text = format!("{how}; filename=\"{ascii}\"; filename*=UTF-8''{whole}");
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_breaks_out_of_its_header() {
        for (name, text) in [
            (
                "tea.png",
                "attachment; filename=\"tea.png\"; filename*=UTF-8''tea.png",
            ),
            (
                "茶 1.png",
                "attachment; filename=\"_ 1.png\"; filename*=UTF-8''%E8%8C%B6%201.png",
            ),
            (
                "a\"; x=\r\nSet-Cookie: b",
                "attachment; filename=\"a__ x=__Set-Cookie: b\"; filename*=UTF-8''a%22%3B%20x%3D%0D%0ASet-Cookie%3A%20b",
            ),
        ] {
            assert_eq!(header(false, name).to_str().unwrap(), text);
        }
        assert!(header(true, "a").to_str().unwrap().starts_with("inline;"));
    }
}
