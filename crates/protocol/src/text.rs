//! Texts in the languages that Salon speaks.

use serde::{Deserialize, Serialize};
use std::str::FromStr;
use ts_rs::TS;
use utoipa::ToSchema;

/// A language of the interface.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS, ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// 中文.
    Zh,
}

impl Lang {
    /// As written in a request or the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh",
        }
    }

    /// The first language that we speak in an `Accept-Language` header, in the header's order.
    pub fn from_accept_language(header: &str) -> Option<Self> {
        header
            .split(',')
            .find_map(|part| part.split(';').next()?.trim().parse().ok())
    }
}

/// A language tag that we do not speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown language; use zh or en")]
pub struct UnknownLang;

impl FromStr for Lang {
    type Err = UnknownLang;
    fn from_str(tag: &str) -> Result<Self, UnknownLang> {
        let tag = tag.to_ascii_lowercase();
        match tag.split(['-', '_']).next() {
            Some("en") => Ok(Self::En),
            Some("zh") => Ok(Self::Zh),
            _ => Err(UnknownLang),
        }
    }
}

/// One text in every language; a missing one does not compile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS, ToSchema)]
pub struct Text {
    /// English.
    pub en: &'static str,
    /// 中文.
    pub zh: &'static str,
}

impl Text {
    /// The text in one language.
    pub const fn get(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => self.en,
            Lang::Zh => self.zh,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_spoken_language_of_the_header_wins() {
        let pick = Lang::from_accept_language;
        assert_eq!(pick("fr-FR, zh-CN;q=0.9, en;q=0.8"), Some(Lang::Zh));
        assert_eq!(pick("en-GB"), Some(Lang::En));
        assert_eq!(pick("fr"), None);
        assert_eq!(pick(""), None);
    }
}
