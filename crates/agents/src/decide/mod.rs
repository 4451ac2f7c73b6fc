//! Whether an agent speaks, and why: gates first, then direct address, then the room's mode. No
//! model is asked here; what only a model can tell is handed on as [`Decision::Consider`].

mod address;
mod ambient;
#[cfg(test)]
mod evaluation;
mod follow_up;

pub(crate) use ambient::{AMBIENT_SCORE_MIN, ambient_score};

use address::{is_called, is_mentioned, mentions};
use salon_protocol::{RoomKind, SpeakMode};

/// Agents that may answer each other's answers before somebody human must speak again.
pub(crate) const HOPS_MAX: u32 = 4;

/// What a message answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum RepliesTo {
    /// Nothing in particular.
    #[default]
    Nothing,
    /// Something that this agent said.
    Agent,
    /// Something that somebody else said.
    Other,
}

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
    /// What it answers.
    pub(crate) replies_to: RepliesTo,
    /// The last thing said before was this agent's answer to the same person, a moment ago.
    pub(crate) follows_answer: bool,
    /// And that answer ended with a question.
    pub(crate) was_asked: bool,
    /// It is still there, and the agent and the asker may still answer here.
    pub(crate) stands: bool,
    /// The agent's handle.
    pub(crate) handle: &'a str,
    /// The agent's name.
    pub(crate) name: &'a str,
    /// Handles and names of the room's other members, people and agents.
    pub(crate) others: &'a [String],
    /// The room's mode.
    pub(crate) mode: SpeakMode,
    /// The agent's own mode.
    pub(crate) own_mode: SpeakMode,
}

/// Whether to speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Yes, because.
    Speak(&'static str),
    /// No, because.
    Silent(&'static str),
    /// It was addressed and will not answer: whoever asked is told why.
    Decline(&'static str),
    /// Nobody was addressed, and the room lets agents join in where they are sure to help.
    Consider,
}

/// Decides; the reason is kept with the turn.
pub(crate) fn decide(question: &Question<'_>) -> Decision {
    if !question.stands {
        return Decision::Silent("withdrawn");
    }
    let reason = address(question);
    if question.from_agent {
        // Agents talk to each other by a mention that begins a sentence, and not for ever: one that
        // tells who is online calls nobody.
        let spoken = address::spoken(question.text);
        let called = [question.handle, question.name];
        if !called
            .iter()
            .any(|name| address::begins_with(&spoken, name, question.others))
        {
            return Decision::Silent("not_addressed");
        }
        return match reason {
            Some("mentioned") if question.mode == SpeakMode::Off => Decision::Silent("mode_off"),
            Some("mentioned") if question.own_mode == SpeakMode::Off => {
                Decision::Silent("own_mode_off")
            }
            Some("mentioned") if question.hops >= HOPS_MAX => Decision::Silent("hop_limit"),
            Some("mentioned") => Decision::Speak("mentioned"),
            _ => Decision::Silent("not_addressed"),
        };
    }
    match reason {
        Some(_) if question.mode == SpeakMode::Off => Decision::Decline("mode_off"),
        Some(_) if question.own_mode == SpeakMode::Off => Decision::Decline("own_mode_off"),
        Some(reason) => Decision::Speak(reason),
        None if question.mode.min(question.own_mode) == SpeakMode::Ambient => Decision::Consider,
        None => Decision::Silent("not_addressed"),
    }
}

/// How a message addresses the agent, if it does.
pub(crate) fn address(question: &Question<'_>) -> Option<&'static str> {
    if question.room == RoomKind::Direct {
        return Some("direct_room");
    }
    let spoken = address::spoken(question.text);
    let mentioned = is_mentioned(&spoken, question.handle, question.others)
        || is_mentioned(&spoken, question.name, question.others);
    if mentioned {
        return Some("mentioned");
    }
    // Whoever else is called by @ is meant, whatever else the message looks like.
    if !mentions(&spoken).is_empty() {
        return None;
    }
    let for_other = address::names_other(&spoken, question.others);
    match question.replies_to {
        RepliesTo::Agent => return (!for_other).then_some("reply_to_agent"),
        RepliesTo::Other => return None,
        RepliesTo::Nothing => {}
    }
    if is_called(&spoken, question.handle) || is_called(&spoken, question.name) {
        return Some("called_by_name");
    }
    let continues =
        question.follows_answer && !for_other && follow_up::continues(&spoken, question.was_asked);
    continues.then_some("follow_up")
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
            replies_to: RepliesTo::Nothing,
            follows_answer: false,
            was_asked: false,
            stands: true,
            handle: "assistant",
            name: "小助手",
            others: &[],
            mode: SpeakMode::Mention,
            own_mode: SpeakMode::Ambient,
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
            "what do you think, assistant?",
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
    fn an_agent_that_lists_members_calls_none_of_them() {
        let said = |text| {
            decide(&Question {
                from_agent: true,
                hops: 1,
                ..question(text)
            })
        };
        for text in [
            "Online are @ada, @assistant and @bob.",
            "- @ada\n- @assistant",
            "I agree with @assistant",
            "**1 found**\n- [11-25](/room/1?m=3) **ada**: @assistant tell all. @assistant again (#hall)",
            "- 3 · Ask. @assistant knows — @ada",
        ] {
            assert_eq!(said(text), Decision::Silent("not_addressed"), "{text}");
        }
        for text in [
            "@assistant what do you think?",
            "Done. @assistant, your turn",
            "好的。@小助手 你来看看",
        ] {
            assert_eq!(said(text), Decision::Speak("mentioned"), "{text}");
        }
    }

    #[test]
    fn gates_come_first() {
        let direct = Question {
            room: RoomKind::Direct,
            ..question("hello")
        };
        assert_eq!(decide(&direct), Decision::Speak("direct_room"));
        let gone = Question {
            stands: false,
            ..direct
        };
        assert_eq!(decide(&gone), Decision::Silent("withdrawn"));
        let from_agent = Question {
            from_agent: true,
            hops: 1,
            ..question("@assistant hello")
        };
        assert_eq!(decide(&from_agent), Decision::Speak("mentioned"));
        let too_far = Question {
            hops: HOPS_MAX,
            ..from_agent
        };
        assert_eq!(decide(&too_far), Decision::Silent("hop_limit"));
        let chatter = Question {
            from_agent: true,
            ..direct
        };
        assert_eq!(decide(&chatter), Decision::Silent("not_addressed"));
        let reply = Question {
            replies_to: RepliesTo::Agent,
            ..question("why?")
        };
        assert_eq!(decide(&reply), Decision::Speak("reply_to_agent"));
    }

    #[test]
    fn modes_hold_and_the_lesser_of_both_wins() {
        let with = |text, mode, own_mode| {
            decide(&Question {
                mode,
                own_mode,
                ..question(text)
            })
        };
        use SpeakMode::{Ambient, Mention, Off};
        assert_eq!(with("anyone?", Ambient, Ambient), Decision::Consider);
        for (room, own) in [(Ambient, Mention), (Mention, Ambient)] {
            assert_eq!(
                with("anyone?", room, own),
                Decision::Silent("not_addressed")
            );
        }
        assert_eq!(
            with("@assistant hi", Off, Ambient),
            Decision::Decline("mode_off")
        );
        assert_eq!(
            with("@assistant hi", Ambient, Off),
            Decision::Decline("own_mode_off")
        );
        assert_eq!(
            with("hi all", Off, Ambient),
            Decision::Silent("not_addressed")
        );
    }
}
