//! Names that people type: handles of users and names of rooms.

use crate::limits::HANDLE_CHARS_MAX;
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt, str::FromStr};
use ts_rs::TS;
use unicode_normalization::UnicodeNormalization;
use utoipa::ToSchema;

/// Why a name was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HandleError {
    /// Nothing was given.
    #[error("name is empty")]
    Empty,
    /// More than [`HANDLE_CHARS_MAX`] characters.
    #[error("name is longer than {HANDLE_CHARS_MAX} characters")]
    TooLong,
    /// A character that is neither a letter, a digit nor one of `_-.`.
    #[error("name contains {0:?}; only letters, digits, '_', '-' and '.' are allowed")]
    BadCharacter(char),
}

/// The form under which names are compared: composed, compatibility-folded, lower case.
fn fold(text: &str) -> String {
    // Most are, and have one form only.
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.nfkc().flat_map(char::to_lowercase).nfkc().collect()
}

/// Whether two have one form.
fn same(a: &str, b: &str) -> bool {
    a == b || fold(a) == fold(b)
}

/// Marks belong to the letters of many scripts (Devanagari, Thai), so they count as letters when
/// they follow one.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

fn parse(text: &str, sigil: char) -> Result<String, HandleError> {
    let text = text.trim();
    let text = match text.is_ascii() {
        true => Cow::Borrowed(text),
        false => Cow::Owned(text.nfc().collect::<String>()),
    };
    let text = text.strip_prefix(sigil).unwrap_or(&text);
    if text.is_empty() {
        return Err(HandleError::Empty);
    }
    if text.chars().count() > HANDLE_CHARS_MAX {
        return Err(HandleError::TooLong);
    }
    for (at, c) in text.chars().enumerate() {
        let allowed = c.is_alphanumeric() || matches!(c, '_' | '-' | '.') || (at > 0 && is_mark(c));
        if !allowed {
            return Err(HandleError::BadCharacter(c));
        }
    }
    Ok(text.to_owned())
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $sigil:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Eq, Serialize, TS, ToSchema)]
        #[serde(transparent)]
        #[ts(type = "string")]
        #[schema(value_type = String)]
        pub struct $name(String);

        impl $name {
            /// As its owner writes it, without the sigil.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The form under which two names are the same.
            pub fn folded(&self) -> String {
                fold(&self.0)
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                same(&self.0, &other.0)
            }
        }

        impl FromStr for $name {
            type Err = HandleError;
            /// A leading sigil and surrounding space are forgiven.
            fn from_str(text: &str) -> Result<Self, HandleError> {
                parse(text, $sigil).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

name!(
    /// A user's handle: 1–32 letters of any script, digits, `_`, `-`, `.`; unique without regard
    /// to case.
    Handle,
    '@'
);
name!(
    /// A room's name, under the same rule as handles.
    RoomName,
    '#'
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_every_script_are_allowed() {
        for name in [
            "ada",
            "小明",
            "Łukasz",
            "さくら",
            "한국",
            "हिन्दी",
            "عمر",
            "a.b-c_9",
        ] {
            let handle: Handle = name.parse().unwrap();
            assert_eq!(handle.folded(), fold(name));
        }
    }

    #[test]
    fn handles_are_unique_without_regard_to_case_or_composition() {
        let composed: Handle = "É".parse().unwrap();
        let decomposed: Handle = "e\u{301}".parse().unwrap();
        assert_eq!(composed, decomposed);
        assert_eq!("@Ada".parse::<Handle>(), "ada".parse::<Handle>());
    }

    #[test]
    fn a_name_of_plain_letters_has_the_form_that_it_has_by_the_rules_for_all() {
        for c in '\0'..='\u{7f}' {
            let name = format!("Z{c}");
            let folded: String = name.nfkc().flat_map(char::to_lowercase).nfkc().collect();
            assert_eq!(fold(&name), folded);
            assert_eq!(name.nfc().collect::<String>(), name);
        }
    }

    #[test]
    fn what_would_confuse_a_reader_is_refused() {
        assert_eq!("".parse::<Handle>(), Err(HandleError::Empty));
        assert_eq!("@".parse::<Handle>(), Err(HandleError::Empty));
        assert_eq!("a b".parse::<Handle>(), Err(HandleError::BadCharacter(' ')));
        assert_eq!(
            "a\u{202e}b".parse::<Handle>(),
            Err(HandleError::BadCharacter('\u{202e}'))
        );
        assert_eq!("x".repeat(33).parse::<Handle>(), Err(HandleError::TooLong));
        assert_eq!(
            "沙"
                .repeat(32)
                .parse::<Handle>()
                .unwrap()
                .as_str()
                .chars()
                .count(),
            32
        );
    }
}
