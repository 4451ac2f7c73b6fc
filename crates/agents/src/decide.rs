//! Whether an agent speaks, and why: gates first, then direct address. No model is asked.

use salon_protocol::RoomKind;

/// Agents that may answer each other's answers before somebody human must speak again.
pub(crate) const HOPS_MAX: u32 = 4;

/// What is known about a message and an agent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question<'a> {
    /// The message's text.
    pub(crate) text: &'a str,
    /// Written by an agent.
    pub(crate) from_agent: bool,
    /// Agents between it and the person at the beginning.
    pub(crate) hops: u32,
    /// The room's kind.
    pub(crate) room: RoomKind,
    /// It answers a message of this agent.
    pub(crate) replies_to_agent: bool,
    /// It is still there, and the agent and the asker may still answer here.
    pub(crate) stands: bool,
    /// The agent's handle.
    pub(crate) handle: &'a str,
    /// The agent's name.
    pub(crate) name: &'a str,
}

/// Whether to speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Yes, because.
    Speak(&'static str),
    /// No, because.
    Silent(&'static str),
}

/// Decides; the reason is kept with the turn.
pub(crate) fn decide(question: &Question<'_>) -> Decision {
    if !question.stands {
        return Decision::Silent("withdrawn");
    }
    let mentioned = is_mentioned(question.text, question.handle);
    if question.from_agent {
        // Agents talk to each other by mention alone, and not for ever.
        return match mentioned {
            true if question.hops >= HOPS_MAX => Decision::Silent("hop_limit"),
            true => Decision::Speak("mentioned"),
            false => Decision::Silent("not_addressed"),
        };
    }
    if question.room == RoomKind::Direct {
        Decision::Speak("direct_room")
    } else if mentioned {
        Decision::Speak("mentioned")
    } else if question.replies_to_agent {
        Decision::Speak("reply_to_agent")
    } else if is_called(question.text, question.handle) || is_called(question.text, question.name) {
        Decision::Speak("called_by_name")
    } else {
        Decision::Silent("not_addressed")
    }
}

/// `@handle` as a word of its own, outside code and quotations.
fn is_mentioned(text: &str, handle: &str) -> bool {
    let text = spoken(text).to_lowercase();
    let handle = handle.to_lowercase();
    text.match_indices('@').any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let rest = &text[at + 1..];
        let Some(behind) = rest.strip_prefix(&handle) else {
            return false;
        };
        // `bob@assistant.example` is an address; `@assistant2` is somebody else.
        let starts =
            before.is_none_or(|c| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')));
        let mut following = behind.chars();
        let ends = match (following.next(), following.next()) {
            (None, _) => true,
            (Some('.' | '-'), next) => next.is_none_or(|c| !c.is_ascii_alphanumeric()),
            (Some(c), _) => !(c.is_ascii_alphanumeric() || c == '_'),
        };
        starts && ends
    })
}

/// The name at the start, set off as one does when calling somebody.
fn is_called(text: &str, name: &str) -> bool {
    const GREETINGS: [&str; 12] = [
        "hey ", "hi ", "hello ", "ok ", "okay ", "dear ", "嗨", "你好", "您好", "喂", "请问",
        "hi, ",
    ];
    let name = name.trim().to_lowercase();
    if name.is_empty() {
        return false;
    }
    let text = spoken(text).to_lowercase();
    let mut text = text.trim();
    for greeting in GREETINGS {
        if let Some(rest) = text.strip_prefix(greeting) {
            text = rest.trim_start_matches([' ', ',', '，', '、']);
            break;
        }
    }
    let Some(rest) = text.strip_prefix(&name) else {
        return false;
    };
    let asks = text.trim_end().ends_with(['?', '？', '吗', '呢', '吧']);
    match rest.chars().next() {
        None | Some(',' | '，' | ':' | '：' | '、' | '!' | '！' | '?' | '？') => true,
        Some(c) if c.is_whitespace() => asks || is_request(rest.trim_start()),
        // 「小助手帮我…」: Chinese sets no space between a name and what is asked.
        Some(c) if !c.is_ascii() => {
            asks || ["请", "帮", "你", "能", "可以", "告诉", "说"]
                .iter()
                .any(|word| rest.starts_with(word))
        }
        Some(_) => false,
    }
}

/// Begins as a request does in English.
fn is_request(text: &str) -> bool {
    const WORDS: [&str; 20] = [
        "please",
        "tell",
        "can",
        "could",
        "would",
        "will",
        "what",
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
        "translate",
    ];
    let first = text
        .split(|c: char| !c.is_alphabetic())
        .next()
        .unwrap_or_default();
    WORDS.contains(&first)
}

/// A message without what it quotes and without its code.
fn spoken(text: &str) -> String {
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
        for (n, part) in line.split('`').enumerate() {
            // Every second part stands between backticks; the last one has no closing one.
            if n % 2 == 0 || line.matches('`').count() < n + 1 {
                out.push_str(part);
            }
            out.push(' ');
        }
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(text: &str) -> Question<'_> {
        Question {
            text,
            from_agent: false,
            hops: 0,
            room: RoomKind::Public,
            replies_to_agent: false,
            stands: true,
            handle: "assistant",
            name: "小助手",
        }
    }

    #[test]
    fn it_answers_when_it_is_addressed() {
        for text in [
            "@assistant hello",
            "what do you think, @Assistant?",
            "好的@assistant你觉得呢",
            "(@assistant)",
            "thanks @assistant.",
            "assistant, who is here?",
            "Hey assistant: help",
            "assistant what time is it?",
            "assistant please help",
            "小助手，谁在线？",
            "小助手帮我查一下",
            "你好小助手",
        ] {
            assert!(
                matches!(decide(&question(text)), Decision::Speak(_)),
                "{text}"
            );
        }
    }

    #[test]
    fn it_stays_out_of_talk_between_people() {
        for text in [
            "hello all",
            "I met an assistant today",
            "assistant professors are underpaid",
            "write to bob@assistant.example",
            "@assistant2 hello",
            "@assistants are many",
            "use `@assistant hello` to call it",
            "> @assistant hello\nI would not say that",
            "```\n@assistant\n```",
            "我觉得小助手不错",
        ] {
            assert_eq!(
                decide(&question(text)),
                Decision::Silent("not_addressed"),
                "{text}"
            );
        }
    }

    #[test]
    fn gates_come_first() {
        let direct = Question {
            room: RoomKind::Direct,
            ..question("hello")
        };
        assert_eq!(decide(&direct), Decision::Speak("direct_room"));
        assert_eq!(
            decide(&Question {
                stands: false,
                ..direct
            }),
            Decision::Silent("withdrawn")
        );
        let from_agent = Question {
            from_agent: true,
            hops: 1,
            ..question("@assistant hello")
        };
        assert_eq!(decide(&from_agent), Decision::Speak("mentioned"));
        assert_eq!(
            decide(&Question {
                hops: HOPS_MAX,
                ..from_agent
            }),
            Decision::Silent("hop_limit")
        );
        assert_eq!(
            decide(&Question {
                from_agent: true,
                ..direct
            }),
            Decision::Silent("not_addressed")
        );
        assert_eq!(
            decide(&Question {
                replies_to_agent: true,
                ..question("why?")
            }),
            Decision::Speak("reply_to_agent")
        );
    }
}
