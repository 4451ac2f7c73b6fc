//! Whether somebody goes on with what an agent has just answered them, without naming it again.
//!
//! Only asked right after its answer to the same person, with nobody in between; still it must
//! look like going on, because people turn to each other at once.

use super::address::calls_somebody;

/// Longer ones begin something new.
const CHARS_MAX: usize = 160;
/// An answer to a question is no longer.
const ANSWER_CHARS_MAX: usize = 60;

const OPENINGS: [&str; 84] = [
    "too ",
    "not ",
    "really",
    "show ",
    "give ",
    "tell ",
    "换一",
    "不是",
    "真的",
    "不要",
    "别",
    "and ",
    "also",
    "but ",
    "what about",
    "how about",
    "what if",
    "ok ",
    "okay",
    "ok,",
    "then ",
    "so ",
    "in ",
    "make ",
    "shorter",
    "longer",
    "again",
    "thanks",
    "thank you",
    "thx",
    "why",
    "which",
    "can you",
    "could you",
    "now ",
    "no,",
    "no ",
    "yes",
    "hmm",
    "are you sure",
    "is that",
    "does that",
    "please",
    "same",
    "another",
    "one more",
    "more ",
    "great",
    "perfect",
    "nice",
    "what does",
    "how do",
    "how much",
    "how many",
    "or ",
    "wait",
    "那",
    "还有",
    "再",
    "换成",
    "如果",
    "能不能",
    "可以",
    "谢谢",
    "好的",
    "为什么",
    "多谢",
    "太",
    "短",
    "长",
    "用",
    "改",
    "你确定",
    "确定",
    "具体",
    "比如",
    "怎么",
    "不对",
    "嗯",
    "另外",
    "顺便",
    "这个",
    "继续",
    "第",
];

/// Words of talk with people in general, which is not going on.
const ELSEWHERE: [&str; 22] = [
    "anyone",
    "everyone",
    "everybody",
    "guys",
    "folks",
    "team",
    "all,",
    "you all",
    "y'all",
    "somebody",
    "lunch",
    "brb",
    "see you",
    "大家",
    "各位",
    "有人",
    "谁",
    "我们",
    "咱们",
    "吃饭",
    "开会",
    "下班",
];

/// Whether a message, in lower case and without code and quotes, goes on.
///
/// `was_asked` is whether the agent's answer ended with a question of its own: then something short
/// is the answer to that.
pub(super) fn continues(spoken: &str, was_asked: bool) -> bool {
    if spoken.chars().count() > CHARS_MAX || spoken.is_empty() {
        return false;
    }
    if ELSEWHERE.iter().any(|word| spoken.contains(word)) || calls_somebody(spoken) {
        return false;
    }
    if was_asked && spoken.chars().count() <= ANSWER_CHARS_MAX {
        return true;
    }
    OPENINGS.iter().any(|opening| spoken.starts_with(opening))
        || spoken.ends_with(['?', '？', '吗', '呢'])
        || spoken.ends_with(" please")
}
