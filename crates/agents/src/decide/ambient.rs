//! Whether a message that is for nobody in particular is worth asking a model about. Cheap, and
//! rather too strict: the model's word costs money and everybody's attention.

use super::address::{mentions, spoken};

/// From this score on a model is asked.
pub(crate) const AMBIENT_SCORE_MIN: i32 = 3;

const ASKING: [&str; 26] = [
    "does anyone know",
    "anyone know",
    "does somebody know",
    "how do",
    "how can",
    "what is",
    "what's",
    "why does",
    "why is",
    "where is",
    "which",
    "is there",
    "can someone",
    "can anyone",
    "any idea",
    "有人知道",
    "谁知道",
    "怎么",
    "如何",
    "为什么",
    "什么是",
    "是什么",
    "哪里",
    "有没有",
    "请问",
    "求助",
];

/// How much a message looks as if an agent's answer were welcome. `replies` is whether it answers
/// somebody; `persona` is what the agent is good at.
pub(crate) fn ambient_score(text: &str, replies: bool, persona: &str) -> i32 {
    let spoken = spoken(text);
    let mut score = 0;
    if spoken.contains(['?', '？']) {
        score += 2;
    }
    if ASKING.iter().any(|word| spoken.contains(word)) {
        score += 2;
    }
    if shares_words(&spoken, persona) {
        score += 1;
    }
    // Said to somebody, or hardly said at all.
    if replies || !mentions(&spoken).is_empty() {
        score -= 3;
    }
    if spoken.chars().count() < 6 {
        score -= 2;
    }
    score
}

/// Whether a word of five letters, or two ideographs in a row, stands in both.
fn shares_words(spoken: &str, persona: &str) -> bool {
    let persona = persona.to_lowercase();
    let words = spoken.split(|c: char| !c.is_alphanumeric());
    let latin = words
        .filter(|word| word.is_ascii() && word.len() >= 5)
        .any(|word| persona.contains(word));
    let letters: Vec<char> = spoken.chars().collect();
    let han = letters.windows(2).any(|pair| {
        pair.iter().all(|c| matches!(c, '\u{4e00}'..='\u{9fff}'))
            && persona.contains(&pair.iter().collect::<String>())
    });
    latin || han
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_questions_score_and_talk_does_not() {
        for text in [
            "does anyone know how to rotate a log?",
            "请问这个接口怎么调用？",
            "why is the build red?",
        ] {
            assert!(
                ambient_score(text, false, "") >= AMBIENT_SCORE_MIN,
                "{text}"
            );
        }
        for text in [
            "lunch?",
            "@bob how do you do that?",
            "nice work",
            "好的",
            "我下班了",
        ] {
            assert!(ambient_score(text, false, "") < AMBIENT_SCORE_MIN, "{text}");
        }
        assert!(ambient_score("how do you do that?", true, "") < AMBIENT_SCORE_MIN);
    }
}
