//! What an agent can be started from: a persona and a picture, nothing that cannot be edited later.

use salon_protocol::{AgentPreset, Lang, Text};

struct Preset {
    name: &'static str,
    avatar: &'static str,
    title: Text,
    persona: Text,
}

macro_rules! preset {
    ($name:literal, $avatar:literal, $en:literal, $zh:literal) => {
        Preset {
            name: $name,
            avatar: $avatar,
            title: Text { en: $en, zh: $zh },
            persona: Text {
                en: include_str!(concat!("../presets/en/", $name, ".md")),
                zh: include_str!(concat!("../presets/zh/", $name, ".md")),
            },
        }
    };
}

const PRESETS: [Preset; 4] = [
    preset!("helper", "🪴", "Helper", "帮手"),
    preset!("translator", "🌐", "Translator", "译者"),
    preset!("reviewer", "🔍", "Reviewer", "审阅者"),
    preset!("scribe", "📝", "Scribe", "记录员"),
];

/// All presets in one language.
pub fn presets(lang: Lang) -> Vec<AgentPreset> {
    let shown = |preset: &Preset| AgentPreset {
        name: preset.name.into(),
        title: preset.title.get(lang).into(),
        avatar: preset.avatar.into(),
        persona: preset.persona.get(lang).trim().into(),
    };
    PRESETS.iter().map(shown).collect()
}
