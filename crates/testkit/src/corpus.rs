//! What the fuzzers found worth keeping, as text: an input a line, so that it can be read, compared
//! and mended like everything else here.

use std::path::{Path, PathBuf};

/// Where the inputs of a target are kept.
pub fn corpus_file(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../fuzz/corpus/{target}.txt"))
}

/// The inputs of a target.
///
/// # Panics
///
/// Where the file is missing or has a line that is no input: the tests that read it would test nothing.
pub fn corpus(target: &str) -> Vec<Vec<u8>> {
    let file = corpus_file(target);
    let Ok(text) = std::fs::read_to_string(&file) else {
        panic!("{} cannot be read", file.display());
    };
    let lines = text.lines().enumerate();
    lines
        .map(|(n, line)| {
            unescaped(line).unwrap_or_else(|| panic!("{}:{}: {line}", file.display(), n + 1))
        })
        .collect()
}

/// An input as its line.
pub fn escaped(input: &[u8]) -> String {
    input.escape_ascii().to_string()
}

/// A line as its input; none where it is not one.
pub fn unescaped(line: &str) -> Option<Vec<u8>> {
    let (mut input, mut rest) = (Vec::new(), line.bytes());
    while let Some(byte) = rest.next() {
        input.push(match byte {
            b'\\' => match rest.next()? {
                b't' => b'\t',
                b'r' => b'\r',
                b'n' => b'\n',
                b'x' => {
                    let digits = [rest.next()?, rest.next()?];
                    u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
                }
                itself @ (b'\\' | b'"' | b'\'') => itself,
                _ => return None,
            },
            b' '..=b'~' => byte,
            _ => return None,
        });
    }
    Some(input)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_input_is_a_line_and_the_line_is_the_input() {
        let all: Vec<u8> = (0..=255).collect();
        assert!(!escaped(&all).contains('\n'));
        assert_eq!(unescaped(&escaped(&all)), Some(all));
        for bad in ["\\", "\\q", "\\x4", "\\xzz", "沙"] {
            assert_eq!(unescaped(bad), None, "{bad}");
        }
    }
}
