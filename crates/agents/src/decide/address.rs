//! Who is addressed, by rules in both languages.

/// What stands before a name when somebody is called; longer ones first.
const GREETINGS: [&str; 46] = [
    "good morning",
    "good afternoon",
    "good evening",
    "good night",
    "thank you",
    "all right",
    "alright",
    "morning",
    "afternoon",
    "evening",
    "thanks",
    "hello",
    "okay",
    "dear",
    "hey",
    "oi",
    "hi",
    "ok",
    "yo",
    "so",
    "那就麻烦",
    "早上好",
    "中午好",
    "下午好",
    "晚上好",
    "麻烦",
    "好了",
    "好吧",
    "好的",
    "你好",
    "您好",
    "请问",
    "有请",
    "求助",
    "谢谢",
    "辛苦",
    "嗨",
    "嘿",
    "哎",
    "喂",
    "诶",
    "早",
    "请",
    "那",
    "嗯",
    "叫",
];

/// `@handle` as a word of its own, and not the beginning of a longer name of somebody else's.
pub(super) fn is_mentioned(spoken: &str, handle: &str, others: &[String]) -> bool {
    let handle = handle.to_lowercase();
    let is_longer = |behind: &str| {
        others
            .iter()
            .map(|other| other.to_lowercase())
            .any(|other| {
                other.len() > handle.len()
                    && other.starts_with(&handle)
                    && behind.starts_with(&other)
            })
    };
    !handle.is_empty()
        && places(spoken).any(|(starts, behind)| {
            starts
                && behind
                    .strip_prefix(handle.as_str())
                    .is_some_and(ends_a_name)
                && !is_longer(behind)
        })
}

/// Whether a sentence begins by mentioning somebody. A list tells what others have said, or who
/// there is: an agent that was told to look for “@heron, …” has not called heron.
pub(super) fn begins_with(spoken: &str, handle: &str, others: &[String]) -> bool {
    let lines = spoken
        .lines()
        .filter(|line| !line.trim_start().starts_with(['-', '*', '•']));
    let sentences = lines.flat_map(|line| line.split(['.', '!', '?', '。', '！', '？', ':', '：']));
    sentences.map(str::trim_start).any(|sentence| {
        sentence.starts_with(['@', '＠']) && {
            let first = sentence.split_whitespace().next().unwrap_or_default();
            is_mentioned(first, handle, others)
        }
    })
}

/// Everything that is mentioned, in lower case, up to where a name certainly ends.
pub(super) fn mentions(spoken: &str) -> Vec<String> {
    let names = places(spoken)
        .filter(|(starts, _)| *starts)
        .map(|(_, behind)| {
            behind
                .chars()
                .take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
                .collect::<String>()
        });
    names.filter(|name| !name.is_empty()).collect()
}

/// Each `@` with whether a mention may begin there, and what stands behind it.
fn places(spoken: &str) -> impl Iterator<Item = (bool, &str)> {
    spoken.match_indices(['@', '＠']).map(|(at, sign)| {
        let before = spoken[..at].chars().next_back();
        // `bob@assistant.example` is an address.
        let starts =
            before.is_none_or(|c| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')));
        (starts, &spoken[at + sign.len()..])
    })
}

/// `@assistant2` is somebody else; `@assistant.` and `@assistant你好` are not.
fn ends_a_name(behind: &str) -> bool {
    let mut following = behind.chars();
    match (following.next(), following.next()) {
        (None, _) => true,
        (Some('.' | '-'), next) => next.is_none_or(|c| !c.is_ascii_alphanumeric()),
        (Some(c), _) => !(c.is_ascii_alphanumeric() || c == '_'),
    }
}

/// The name set off as one does when calling somebody: at the start of a sentence or at the end of
/// what is said.
pub(super) fn is_called(spoken: &str, name: &str) -> bool {
    let name = name.trim().to_lowercase();
    if name.is_empty() {
        return false;
    }
    let text = spoken.trim();
    called_at_start(text, &name)
        || called_at_end(text, &name)
        || later_sentences(text).any(|sentence| called_in_the_middle(sentence, &name))
}

/// A later sentence calls somebody only where the name is set off from what follows.
fn called_in_the_middle(sentence: &str, name: &str) -> bool {
    let (_, text) = without_greeting(sentence);
    text.strip_prefix(name).is_some_and(|rest| {
        let next = rest.chars().next();
        let is_list = rest
            .split([',', '，', '、', ' '])
            .any(|word| matches!(word, "and" | "or" | "和" | "或"));
        next.is_some_and(|c| matches!(c, ',' | '，' | ':' | '：')) && !is_list
            || next.is_some_and(char::is_whitespace) && is_request(rest.trim_start())
            || next.is_some_and(|c| !c.is_ascii()) && asked_in_chinese(rest) && !speaks_about(rest)
    })
}

/// What is said from each later sentence on; a comma begins one too, because names are set off by
/// it.
fn later_sentences(text: &str) -> impl Iterator<Item = &str> {
    const ENDS: [char; 15] = [
        '.', '!', '?', '。', '！', '？', '~', '～', '…', '\n', ',', '，', ';', '；', '—',
    ];
    text.match_indices(ENDS)
        .map(|(at, end)| text[at + end.len()..].trim_start())
}

fn called_at_start(text: &str, name: &str) -> bool {
    let (greeted, text) = without_greeting(text);
    let Some(rest) = text.strip_prefix(name) else {
        return false;
    };
    let asks = asks(text);
    match rest.chars().next() {
        None => true,
        // “Max, min and median” counts things.
        Some(',' | '、') if is_enumeration(rest) => false,
        // 「小白小白，…」
        _ if rest.starts_with(name) => true,
        Some('～' | ',' | '，' | ':' | '：' | '、' | '!' | '！' | '?' | '？' | '~' | '—') => {
            true
        }
        Some(c) if c.is_whitespace() => {
            let rest = rest.trim_start();
            is_request(rest) || (asks && !speaks_about(rest)) || (greeted && !speaks_about(rest))
        }
        // 「小助手帮我…」: Chinese sets no space between a name and what is asked.
        Some(c) if !c.is_ascii() => {
            let asked = asked_in_chinese(rest) || is_picture(c);
            asked && !speaks_about(rest)
        }
        Some(_) => false,
    }
}

/// Begins as a request does in Chinese, right behind a name.
fn asked_in_chinese(rest: &str) -> bool {
    const OPENINGS: [&str; 38] = [
        "请",
        "帮",
        "你",
        "能不能",
        "能否",
        "可以",
        "可不可以",
        "告诉",
        "说说",
        "麻烦",
        "给我",
        "给大家",
        "查",
        "看看",
        "总结",
        "翻译",
        "解释",
        "这个",
        "这",
        "在吗",
        "在不在",
        "来",
        "怎么看",
        "讲",
        "算",
        "写",
        "我想",
        "我问",
        "再",
        "把",
        "列",
        "念",
        "快",
        "出来",
        "救",
        "一步",
        "到底",
        "先",
    ];
    starts_with_any(rest, &OPENINGS)
}

fn is_enumeration(rest: &str) -> bool {
    let words: Vec<&str> = rest.split([',', '、']).take(3).map(str::trim).collect();
    words.get(1).is_some_and(|second| {
        second
            .split_whitespace()
            .nth(1)
            .is_some_and(|word| matches!(word, "and" | "or"))
    })
}

/// An emoji stands for a comma.
fn is_picture(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
}

/// “What do you think, Heron?” — behind a comma, with nothing but the end after it.
fn called_at_end(text: &str, name: &str) -> bool {
    let last = text.trim_end_matches(|c: char| !c.is_alphanumeric());
    let Some(before) = last.strip_suffix(name) else {
        return false;
    };
    let before = before.trim_end_matches(' ');
    if ["求助", "有请", "麻烦", "拜托"]
        .iter()
        .any(|ask| before.ends_with(ask))
    {
        return true;
    }
    let Some(said) = before.strip_suffix([',', '，', '、']) else {
        return false;
    };
    // “It was built by Ada, Bob, Max.” is a list, not a call.
    let is_list = said.matches([',', '，', '、']).count() >= 2 && !asks(text);
    !is_list && !said.trim().is_empty()
}

fn without_greeting(text: &str) -> (bool, &str) {
    for greeting in GREETINGS {
        if let Some(rest) = text.strip_prefix(greeting) {
            let is_word = !greeting.is_ascii()
                || greeting.ends_with(',')
                || rest.starts_with([' ', ',', '!']);
            if is_word {
                let rest = rest
                    .trim_start_matches([' ', ',', '，', '、', '!', '！', '啊', '呀', '～', '~']);
                return (true, rest);
            }
        }
    }
    (false, text)
}

fn asks(text: &str) -> bool {
    text.trim_end().ends_with(['?', '？', '吗', '呢', '吧'])
}

/// What follows the name is said about its bearer, not to them.
fn speaks_about(rest: &str) -> bool {
    const ABOUT: [&str; 34] = [
        "is", "was", "has", "had", "does", "did", "said", "says", "would", "will", "can", "could",
        "might", "seems", "gave", "got", "made", "knows", "told", "and", "or", "in", "of", "on",
        "'s", "’s", "isn't", "wasn't", "doesn't", "didn't", "can't", "won't", "also", "always",
    ];
    let first: String = rest
        .chars()
        .take_while(|c| c.is_alphabetic() || matches!(c, '\'' | '’'))
        .collect();
    ABOUT.contains(&first.as_str())
        || starts_with_any(
            rest,
            &[
                "是",
                "的",
                "说",
                "刚",
                "昨天",
                "今天早上",
                "也",
                "都",
                "已经",
                "好像",
                "不",
                "会",
                "知道",
                "答",
                "给出",
                "和",
                "跟",
                "上次",
                "之前",
            ],
        )
}

/// Begins as a request does.
fn is_request(text: &str) -> bool {
    const WORDS: [&str; 46] = [
        "please",
        "pls",
        "tell",
        "can",
        "could",
        "would",
        "will",
        "what",
        "whats",
        "what's",
        "who",
        "when",
        "where",
        "why",
        "how",
        "help",
        "show",
        "find",
        "search",
        "give",
        "explain",
        "summarize",
        "summarise",
        "translate",
        "list",
        "check",
        "write",
        "make",
        "draft",
        "fix",
        "look",
        "remind",
        "compare",
        "convert",
        "pick",
        "suggest",
        "you",
        "any",
        "do",
        "is",
        "are",
        "turn",
        "count",
        "stop",
        "read",
        "which",
    ];
    let first = text
        .split(|c: char| !(c.is_alphabetic() || c == '\''))
        .next()
        .unwrap_or_default();
    if !WORDS.contains(&first) {
        return starts_with_any(
            text,
            &[
                "请",
                "帮",
                "你",
                "能",
                "可以",
                "告诉",
                "说",
                "什么",
                "怎么",
                "为什么",
                "给",
            ],
        );
    }
    // “max can …” tells, “max can you …” asks.
    match first {
        "can" | "could" | "would" | "will" | "do" | "is" | "are" => {
            let second = text[first.len()..].trim_start();
            starts_with_any(
                second,
                &[
                    "you", "u ", "we", "i ", "it ", "this", "that", "the ", "there",
                ],
            )
        }
        _ => true,
    }
}

/// Whether somebody else is called at the start: `bob, …`, `小明，…`.
pub(super) fn names_other(spoken: &str, others: &[String]) -> bool {
    let (_, text) = without_greeting(spoken.trim());
    others.iter().any(|name| {
        let name = name.trim().to_lowercase();
        !name.is_empty()
            && text.strip_prefix(name.as_str()).is_some_and(|rest| {
                let next = rest.chars().next();
                next.is_none_or(|c| {
                    matches!(c, ',' | '，' | ':' | '：' | '、' | '!' | '！' | '?' | '？')
                }) || next.is_some_and(|c| c.is_whitespace())
                    && (is_request(rest.trim_start()) || asks(text))
                    || (!name.is_ascii()
                        && starts_with_any(rest, &["你", "请", "帮", "能", "可以"]))
            })
            || called_at_end(text, &name)
    })
}

/// Whether a message begins by calling somebody whom nobody knows by name: a word of its own and a
/// comma, or a word and “can you”. Only asked of what could be going on with an answer.
pub(super) fn calls_somebody(spoken: &str) -> bool {
    const NOT_NAMES: [&str; 44] = [
        "ok",
        "okay",
        "no",
        "yes",
        "yeah",
        "so",
        "great",
        "thanks",
        "perfect",
        "nice",
        "hmm",
        "wait",
        "well",
        "actually",
        "sorry",
        "and",
        "but",
        "also",
        "then",
        "now",
        "cool",
        "right",
        "sure",
        "good",
        "oh",
        "ah",
        "please",
        "好的",
        "嗯",
        "不是",
        "那",
        "谢谢",
        "可以",
        "不对",
        "对",
        "好",
        "行",
        "另外",
        "还有",
        "但是",
        "哦",
        "啊",
        "等等",
        "等一下",
    ];
    let text = spoken.trim_start();
    // 「老周能…」「小林你…」: a nickname in Chinese, without a comma.
    let mut letters = text.chars();
    let is_nickname = matches!(letters.next(), Some('老' | '小' | '阿'))
        && letters.next().is_some_and(|c| !c.is_ascii())
        && starts_with_any(letters.as_str(), &["能", "可以", "你", "帮"]);
    if is_nickname {
        return true;
    }
    let word: String = text
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect();
    let rest = &text[word.len()..];
    let is_name = !word.is_empty()
        && !NOT_NAMES.contains(&word.as_str())
        && word.chars().count() <= if word.is_ascii() { 16 } else { 4 };
    let behind = rest.trim_start_matches([',', '，', ' ']);
    let set_off = rest.starts_with([',', '，'])
        && if word.is_ascii() {
            !behind.starts_with("and ")
        } else {
            behind.starts_with(['你', '您', '帮', '能'])
        };
    let asked = [" can you", " could you", " would you", " are you"];
    is_name && (set_off || asked.iter().any(|ask| rest.starts_with(ask)))
}

fn starts_with_any(text: &str, openings: &[&str]) -> bool {
    openings.iter().any(|opening| text.starts_with(opening))
}

/// A message in lower case, without what it quotes and without its code.
pub(super) fn spoken(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut in_fence = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_fence = !in_fence;
            continue;
        }
        if in_fence || line.trim_start().starts_with('>') {
            continue;
        }
        let line = line.replace("``", "`");
        let ticks = line.matches('`').count();
        for (n, part) in line.split('`').enumerate() {
            // Every second part stands between backticks; the last one has no closing one.
            if n % 2 == 0 || ticks < n + 1 {
                without_quoted_mentions(part, &mut out);
            }
            out.push(' ');
        }
        out.push('\n');
    }
    out.to_lowercase().trim().to_owned()
}

/// A mention in quotation marks is spoken of, not spoken to.
fn without_quoted_mentions(part: &str, out: &mut String) {
    const MARKS: [(char, char); 4] = [('"', '"'), ('“', '”'), ('「', '」'), ('『', '』')];
    let mut rest = part;
    while let Some(at) = rest.find(|c| MARKS.iter().any(|(open, _)| *open == c)) {
        let open = rest[at..].chars().next().unwrap_or('"');
        let close = MARKS
            .iter()
            .find(|(o, _)| *o == open)
            .map_or('"', |(_, c)| *c);
        let inner = &rest[at + open.len_utf8()..];
        let Some(end) = inner.find(close) else { break };
        out.push_str(&rest[..at]);
        if !inner[..end].contains(['@', '＠']) {
            out.push_str(&rest[at..at + open.len_utf8() + end + close.len_utf8()]);
        }
        rest = &inner[end + close.len_utf8()..];
    }
    out.push_str(rest);
}
