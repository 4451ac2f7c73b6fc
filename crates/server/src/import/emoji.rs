//! Emoji by the short names that other chats use. One that is not known keeps its name.

const KNOWN: [(&str, &str); 44] = [
    ("+1", "👍"),
    ("thumbsup", "👍"),
    ("-1", "👎"),
    ("thumbsdown", "👎"),
    ("heart", "❤️"),
    ("tada", "🎉"),
    ("joy", "😂"),
    ("smile", "😄"),
    ("smiley", "😃"),
    ("grinning", "😀"),
    ("slightly_smiling_face", "🙂"),
    ("wink", "😉"),
    ("laughing", "😆"),
    ("sweat_smile", "😅"),
    ("heart_eyes", "😍"),
    ("thinking_face", "🤔"),
    ("thinking", "🤔"),
    ("open_mouth", "😮"),
    ("cry", "😢"),
    ("sob", "😭"),
    ("angry", "😠"),
    ("rocket", "🚀"),
    ("eyes", "👀"),
    ("fire", "🔥"),
    ("100", "💯"),
    ("clap", "👏"),
    ("pray", "🙏"),
    ("wave", "👋"),
    ("ok_hand", "👌"),
    ("muscle", "💪"),
    ("raised_hands", "🙌"),
    ("point_up", "☝️"),
    ("white_check_mark", "✅"),
    ("heavy_check_mark", "✔️"),
    ("x", "❌"),
    ("warning", "⚠️"),
    ("question", "❓"),
    ("exclamation", "❗"),
    ("bulb", "💡"),
    ("star", "⭐"),
    ("sparkles", "✨"),
    ("coffee", "☕"),
    ("tea", "🍵"),
    ("bug", "🐛"),
];

pub(super) fn by_name(name: &str) -> String {
    // Skin tones come behind a name.
    let plain = name.split("::").next().unwrap_or(name);
    match KNOWN.iter().find(|(known, _)| *known == plain) {
        Some((_, emoji)) => (*emoji).to_owned(),
        None => {
            let most = salon_protocol::limits::EMOJI_CHARS_MAX - 2;
            format!(":{}:", plain.chars().take(most).collect::<String>())
        }
    }
}
