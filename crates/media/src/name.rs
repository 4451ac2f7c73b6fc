//! A file's name as it will be kept: one part of a path, nothing hidden, not too long.

/// What a file is called whose name says nothing.
const NAMELESS: &str = "file";
/// An ending that is longer is no ending.
const ENDING_CHARS_MAX: usize = 16;

/// The name without folders, control characters and marks that turn text around, at most
/// `chars_max` characters with its ending kept.
pub fn safe_name(name: &str, chars_max: usize) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let cleaned: String = last
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !misleads(*c))
        .map(|c| if forbidden(c) { '_' } else { c })
        .collect();
    let name = cleaned.split_whitespace().collect::<Vec<_>>().join(" ");
    // Leading dots hide a file, trailing ones are dropped by some systems.
    let name = name.trim_matches(['.', ' ']);
    if name.is_empty() {
        return NAMELESS.to_owned();
    }
    shorten(name, chars_max)
}

/// Whom this guards: readers who would take `exe.gpj` for `jpg.exe`.
fn misleads(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// Signs that mean something to a shell's user or that no other system can keep.
fn forbidden(c: char) -> bool {
    matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*')
}

fn shorten(name: &str, chars_max: usize) -> String {
    let count = name.chars().count();
    if count <= chars_max {
        return name.to_owned();
    }
    let ending = match name.rfind('.') {
        Some(at) if name[at..].chars().count() <= ENDING_CHARS_MAX => &name[at..],
        _ => "",
    };
    let keep = chars_max.saturating_sub(ending.chars().count());
    let stem: String = name.chars().take(keep).collect();
    format!("{stem}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_harmless_part_of_a_path() {
        for (given, kept) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\temp\\茶.png", "茶.png"),
            ("a\r\nSet-Cookie: x=1", "a Set-Cookie_ x=1"),
            ("photo\u{202e}gpj.exe", "photogpj.exe"),
            ("zero\u{200b}width.txt", "zerowidth.txt"),
            ("..", "file"),
            (".bashrc", "bashrc"),
            ("  two   words .txt ", "two words .txt"),
            ("a\0b", "ab"),
            ("", "file"),
            ("/", "file"),
            ("a\"b<c>.txt", "a_b_c_.txt"),
        ] {
            assert_eq!(safe_name(given, 50), kept, "{given:?}");
        }
        assert_eq!(
            safe_name(&format!("{}.png", "长".repeat(90)), 20),
            format!("{}.png", "长".repeat(16))
        );
        assert_eq!(safe_name(&"x".repeat(90), 20), "x".repeat(20));
    }
}
