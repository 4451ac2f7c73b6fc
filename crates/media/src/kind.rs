//! What a file is, by its first bytes. Its name and what the sender calls it count for nothing.

/// So many of a file's first bytes tell what it is.
pub const HEAD_BYTES: usize = 8 * 1024;
/// Marks of a drawing stand within so many bytes.
const MARKUP_BYTES: usize = 1024;

/// The media type.
pub fn kind_of(head: &[u8]) -> &'static str {
    let head = head.get(..HEAD_BYTES).unwrap_or(head);
    if head.is_empty() {
        return "application/octet-stream";
    }
    if let Some(markup) = markup(head) {
        return markup;
    }
    match infer::get(head) {
        Some(known) => known.mime_type(),
        None if is_text(head) => "text/plain",
        None => "application/octet-stream",
    }
}

/// Text that a browser would run: its tags may stand behind comments, declarations and any case.
fn markup(head: &[u8]) -> Option<&'static str> {
    let start = String::from_utf8_lossy(head.get(..MARKUP_BYTES).unwrap_or(head)).to_lowercase();
    let start = start.trim_start_matches('\u{feff}').trim_start();
    if !start.starts_with('<') {
        return None;
    }
    if start.contains("<svg") {
        Some("image/svg+xml")
    } else if start.contains("<html")
        || start.contains("<!doctype html")
        || start.contains("<script")
    {
        Some("text/html")
    } else if start.starts_with("<?xml") {
        Some("text/xml")
    } else {
        None
    }
}

/// UTF-8 without the control characters that no text has; it may be cut inside a character.
fn is_text(head: &[u8]) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !text
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}' | '\u{1b}'))
}

/// Pictures that we read and write anew.
pub fn is_picture(media_type: &str) -> bool {
    matches!(
        media_type,
        "image/png" | "image/jpeg" | "image/gif" | "image/webp"
    )
}

/// What a browser may play in the page: sound and films cannot run anything. All else is only
/// ever handed out to be saved.
pub fn plays_inline(media_type: &str) -> bool {
    matches!(
        media_type,
        "audio/mpeg"
            | "audio/m4a"
            | "audio/ogg"
            | "audio/x-flac"
            | "audio/x-wav"
            | "audio/aac"
            | "video/mp4"
            | "video/webm"
            | "video/ogg"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_tell_what_a_file_is() {
        for (head, kind) in [
            (&b"\x89PNG\r\n\x1a\n"[..], "image/png"),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"),
            (b"GIF89a", "image/gif"),
            (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
            (b"%PDF-1.7", "application/pdf"),
            (b"PK\x03\x04", "application/zip"),
            (b"ID3\x03", "audio/mpeg"),
            (b"<!-- --><svg onload=alert(1)>", "image/svg+xml"),
            (
                b"\xef\xbb\xbf \n<?xml version='1.0'?><SVG>",
                "image/svg+xml",
            ),
            (b"<?xml version='1.0'?><a/>", "text/xml"),
            (b"<!DOCTYPE HTML><p>", "text/html"),
            (b"<p><script>", "text/html"),
            ("你好\n".as_bytes(), "text/plain"),
            (&"你好".as_bytes()[..5], "text/plain"),
            (b"a\0b", "application/octet-stream"),
            (b"", "application/octet-stream"),
        ] {
            assert_eq!(kind_of(head), kind, "{:?}", String::from_utf8_lossy(head));
        }
    }

    #[test]
    fn nothing_that_a_browser_could_run_plays_inline() {
        for kind in [
            "image/svg+xml",
            "text/html",
            "text/xml",
            "text/plain",
            "application/pdf",
            "application/zip",
            "application/octet-stream",
            "image/png",
            "application/xhtml+xml",
        ] {
            assert!(!plays_inline(kind), "{kind}");
        }
    }
}
