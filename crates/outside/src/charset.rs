//! A page's bytes as text, in whatever encoding it says that it is.

use encoding_rs::{Encoding, UTF_8};

/// A page says its encoding within so many of its first bytes.
const HEAD_BYTES: usize = 4 * 1024;

/// The text. A byte order mark says more than the answer's head, that more than the page itself;
/// what cannot be read stands as a replacement character.
pub(crate) fn decode(bytes: &[u8], head: Option<&str>) -> String {
    let encoding = head
        .and_then(|label| Encoding::for_label(label.as_bytes()))
        .or_else(|| said_inside(bytes))
        .unwrap_or(UTF_8);
    encoding.decode(bytes).0.into_owned()
}

/// The `charset` of a content type.
pub(crate) fn of_type(content_type: &str) -> Option<&str> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("charset")
            .then(|| value.trim().trim_matches(['"', '\'']))
    })
}

/// `<meta charset=…>`, or the same in a `content`.
fn said_inside(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..HEAD_BYTES).unwrap_or(bytes);
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    head.match_indices("charset").find_map(|(at, word)| {
        let behind = head[at + word.len()..].trim_start().strip_prefix('=')?;
        let label = behind.trim_start().trim_start_matches(['"', '\'']);
        let end = label
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':')))
            .unwrap_or(label.len());
        Encoding::for_label(&label.as_bytes()[..end])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::{BIG5, GBK, SHIFT_JIS, WINDOWS_1252};

    #[test]
    fn a_page_is_read_in_the_encoding_that_it_says() {
        for (encoding, head, text) in [
            (GBK, Some("GBK"), "<title>人工智能</title>"),
            (
                GBK,
                None,
                "<meta charset=\"gb2312\"><title>人工智能</title>",
            ),
            (
                GBK,
                None,
                "<META http-equiv=Content-Type content='text/html; charset=gbk'>中文",
            ),
            (BIG5, Some("big5"), "繁體中文"),
            (SHIFT_JIS, None, "<meta charset = shift_jis>日本語"),
            (WINDOWS_1252, Some("iso-8859-1"), "Grüße"),
            (UTF_8, None, "你好"),
            (UTF_8, Some("no-such-charset"), "你好"),
        ] {
            let (bytes, ..) = encoding.encode(text);
            assert_eq!(decode(&bytes, head), text, "{head:?}");
        }
    }

    #[test]
    fn a_byte_order_mark_wins_and_what_cannot_be_read_is_replaced() {
        assert_eq!(decode(b"\xef\xbb\xbfna\xc3\xafve", Some("gbk")), "naïve");
        assert_eq!(decode(b"\xff\xfea\0", None), "a");
        assert_eq!(decode(b"a\x80b", None), "a\u{fffd}b");
    }

    #[test]
    fn the_charset_of_a_content_type_is_found_however_it_is_written() {
        for (text, charset) in [
            ("text/html; charset=GBK", Some("GBK")),
            ("text/html;Charset=\"utf-8\"; x=y", Some("utf-8")),
            ("text/html", None),
            ("text/html; charset", None),
        ] {
            assert_eq!(of_type(text), charset);
        }
    }
}
