//! What a page says that it is about: OpenGraph's words, Twitter's, its own title. Pure.
//!
//! A tokenizer alone reads it: nothing is built, so the work and the memory follow the bytes that
//! were fetched, however they are nested.

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};
use url::Url;

/// A title's length in characters.
pub const TITLE_CHARS_MAX: usize = 200;
/// A description's length in characters.
pub const DESCRIPTION_CHARS_MAX: usize = 300;
/// A site's name in characters.
const SITE_CHARS_MAX: usize = 60;
/// A picture's address in bytes.
const ADDRESS_BYTES_MAX: usize = 2_000;

/// What a page is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// What it is called.
    pub title: Option<String>,
    /// What it says of itself.
    pub description: Option<String>,
    /// What its site is called.
    pub site: Option<String>,
    /// Where its picture is.
    pub picture: Option<Url>,
}

/// The words that say the same, the best first.
const TITLES: [&str; 2] = ["og:title", "twitter:title"];
const DESCRIPTIONS: [&str; 3] = ["og:description", "twitter:description", "description"];
const SITES: [&str; 2] = ["og:site_name", "application-name"];
const PICTURES: [&str; 5] = [
    "og:image:secure_url",
    "og:image:url",
    "og:image",
    "twitter:image",
    "twitter:image:src",
];

/// What was found under one list of words: the best so far, and how good it is.
type Best = Option<(usize, String)>;

/// Reads a page that was found under `address`.
pub(crate) fn read(html: &str, address: &Url) -> Page {
    let (mut title, mut description, mut site, mut picture) = <(Best, Best, Best, Best)>::default();
    let mut own_title: Option<String> = None;
    let mut in_title = false;
    let mut emitter = DefaultEmitter::default();
    // Scripts are no markup: what looks like tags in them is none.
    emitter.naively_switch_states(true);
    for Ok(token) in Tokenizer::new_with_emitter(html, emitter) {
        match token {
            Token::StartTag(tag) => match tag.name.as_slice() {
                // The first title is the page's; drawings have titles too.
                b"title" if own_title.is_none() => {
                    in_title = true;
                    own_title = Some(String::new());
                }
                b"meta" => {
                    let Some((name, content)) = meta(&tag) else {
                        continue;
                    };
                    take(&mut title, &TITLES, &name, &content);
                    take(&mut description, &DESCRIPTIONS, &name, &content);
                    take(&mut site, &SITES, &name, &content);
                    take(&mut picture, &PICTURES, &name, &content);
                }
                b"body" => break,
                _ => {}
            },
            Token::EndTag(tag) => match tag.name.as_slice() {
                b"title" => in_title = false,
                b"head" => break,
                _ => {}
            },
            Token::String(text) if in_title => {
                if let Some(title) = &mut own_title {
                    title.push_str(&String::from_utf8_lossy(&text));
                }
            }
            _ => {}
        }
    }
    let said = |best: Best, chars_max| best.and_then(|(_, text)| words(&text, chars_max));
    Page {
        title: said(title, TITLE_CHARS_MAX)
            .or_else(|| own_title.and_then(|text| words(&text, TITLE_CHARS_MAX))),
        description: said(description, DESCRIPTION_CHARS_MAX),
        site: said(site, SITE_CHARS_MAX),
        picture: picture
            .filter(|(_, at)| at.len() <= ADDRESS_BYTES_MAX)
            .and_then(|(_, at)| address.join(at.trim()).ok()),
    }
}

/// The name and the content of a `<meta>`.
fn meta(tag: &StartTag<()>) -> Option<(String, String)> {
    let attribute = |name: &[u8]| {
        let value = tag.attributes.get(name)?;
        Some(String::from_utf8_lossy(value).into_owned())
    };
    let name = attribute(b"property").or_else(|| attribute(b"name"))?;
    Some((name.trim().to_ascii_lowercase(), attribute(b"content")?))
}

/// Keeps what is better than what there was; of two that are as good, the first.
fn take(best: &mut Best, names: &[&str], name: &str, content: &str) {
    let Some(place) = names.iter().position(|it| *it == name) else {
        return;
    };
    if !content.trim().is_empty() && best.as_ref().is_none_or(|(before, _)| place < *before) {
        *best = Some((place, content.to_owned()));
    }
}

/// A stranger's words on one line: nothing that steers a screen or turns the direction of what
/// stands beside it, and no longer than `chars_max`.
fn words(text: &str, chars_max: usize) -> Option<String> {
    let clean: String = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !c.is_control() && !steers(*c))
        .collect();
    let mut words = String::new();
    for word in clean.split(' ').filter(|word| !word.is_empty()) {
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(word);
    }
    if words.chars().count() > chars_max {
        words = words.chars().take(chars_max - 1).collect();
        words.push('…');
    }
    (!words.is_empty()).then_some(words)
}

/// Marks of direction, joiners without width, tags.
fn steers(c: char) -> bool {
    matches!(c,
        '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn page(html: &str) -> Page {
        read(html, &"https://example.org/a/b".parse().unwrap())
    }

    #[test]
    fn the_best_words_win_wherever_they_stand() {
        let html = "<!doctype html><html><head><title>Own &amp; plain</title>
            <meta name=description content='Plain description'>
            <meta name='twitter:title' content='Twitter'>
            <meta property='og:title' content='Open  Graph &lt;b&gt;'>
            <meta property='og:title' content='Second'>
            <meta property=og:site_name content=Example>
            <meta property=og:image content='/pictures/one.png?a=1&amp;b=2'>
            </head><body><meta property=og:description content='Too late'>";
        let expected = Page {
            title: Some("Open Graph <b>".into()),
            description: Some("Plain description".into()),
            site: Some("Example".into()),
            picture: Some(
                "https://example.org/pictures/one.png?a=1&b=2"
                    .parse()
                    .unwrap(),
            ),
        };
        assert_eq!(page(html), expected);
    }

    #[test]
    fn a_title_alone_is_enough_and_a_script_is_no_markup() {
        let html = "<title>\n 你好，\t世界 </title><script>'<title>no</title><meta name=\"og:title\" content=no>'</script><svg><title>drawing</title></svg>";
        let expected = Page {
            title: Some("你好， 世界".into()),
            ..Page::default()
        };
        assert_eq!(page(html), expected);
        assert_eq!(
            page("<title>never ended"),
            Page {
                title: Some("never ended".into()),
                ..Page::default()
            }
        );
        assert_eq!(page("no page at all"), Page::default());
    }

    #[test]
    fn words_are_cut_and_steer_nothing() {
        let long = format!(
            "<title>\u{202e}evil\u{0}\u{1b}[31m\u{200b} {}</title>",
            "长".repeat(500)
        );
        let title = page(&long).title.unwrap();
        assert_eq!(title.chars().count(), TITLE_CHARS_MAX);
        assert!(title.ends_with('…'), "{title}");
        assert!(
            !title.chars().any(|c| c.is_control() || steers(c)),
            "{title:?}"
        );
        assert_eq!(page("<title> \u{200b}\n</title>").title, None);
    }

    #[test]
    fn an_address_that_is_none_is_no_picture() {
        for at in ["http://[", "https://:bad:", &"x".repeat(3_000)] {
            let html = format!("<meta property=og:image content='{at}'>");
            assert_eq!(page(&html).picture, None, "{at}");
        }
    }

    proptest! {
        #[test]
        fn no_page_breaks_it(html in "(<(meta|title|/title|script|head)( (name|property|content)=['\"]?[a-z:]{0,9}['\"]?)*>?|[<>&'\"/!-]|&#x?[0-9a-f]{0,8};|\\PC){0,40}") {
            let page = page(&html);
            let chars = page.title.map_or(0, |title| title.chars().count());
            prop_assert!(chars <= TITLE_CHARS_MAX);
        }
    }
}
