//! `/agent ACTION [AGENT] [TEXT]`

use super::declare::{Command, Invocation, Param, Place, Reach, notice_with};
use crate::{ChatError, Words, actions, presets::presets, queries};
use futures::FutureExt;
use salon_protocol::{AgentInfo, AgentRequest, Done, Effect, Lang, ParamKind, Role, Text};
use serde_json::json;

pub(super) static COMMAND: Command = Command {
    name: "agent",
    aliases: &[],
    params: &[
        Param::required(
            "action",
            ParamKind::Word,
            Text {
                en: "What to do.",
                zh: "操作。",
            },
        )
        .one_of(&["create", "show", "set", "retire", "restore", "presets"]),
        Param::optional(
            "agent",
            ParamKind::Agent,
            Text {
                en: "The agent's handle.",
                zh: "AI 的用户名。",
            },
        ),
        Param::optional(
            "text",
            ParamKind::Text,
            Text {
                en: "With create: a preset, or a persona in your words. With set: FIELD VALUE, where FIELD is name, avatar, persona, lang, model, fallbacks, temperature, tools, mode, tokens_day, tokens_month, money_day, money_month or room.",
                zh: "create：预设名，或用你的话写的人设。set：字段 值，字段可为 name、avatar、persona、lang、model、fallbacks、temperature、tools、mode、tokens_day、tokens_month、money_day、money_month、room。",
            },
        ),
    ],
    place: Place::Anywhere,
    role: Role::Member,
    effect: Effect::Moderates,
    reach: Reach::Everybody,
    summary: Text {
        en: "Make, show, change or retire an AI member.",
        zh: "创建、查看、修改或停用 AI 成员。",
    },
    help: Text {
        en: "/agent create heron translator · /agent create heron You answer in haiku. · /agent set heron model small · /agent set heron room design · /agent show heron · /agent retire heron. It belongs to you; it comes into the room where you make it. “-” as a value takes a setting back.",
        zh: "/agent create heron translator · /agent create heron 你用俳句回答。 · /agent set heron model small · /agent set heron room design · /agent show heron · /agent retire heron。创建的 AI 归你所有，并加入当前聊天室。值写“-”表示恢复默认。",
    },
    run: |invocation| agent(invocation).boxed(),
};

async fn agent(invocation: Invocation<'_>) -> Result<Done, ChatError> {
    let (chat, caller, lang) = (invocation.chat, invocation.caller, invocation.lang());
    let action = invocation.args.text("action");
    let text = invocation.args.get("text").unwrap_or_default().trim();
    if action == "presets" {
        let presets = presets(lang);
        let lines = presets.iter().map(|it| {
            format!(
                "- {} **{}** ({}): {}",
                it.avatar, it.title, it.name, it.persona
            )
        });
        let lines: Vec<String> = lines.collect();
        return Ok(notice_with(lines.join("\n"), json!({ "presets": presets })));
    }
    let handle = invocation
        .args
        .get("agent")
        .filter(|handle| !handle.is_empty());
    let handle = handle.ok_or_else(|| {
        ChatError::BadArguments(Words::new(
            "Name the agent: /agent show assistant.",
            "请写明 AI 的用户名，例如 /agent show assistant。",
        ))
    })?;
    let row = match action {
        "create" => {
            let mut request = AgentRequest {
                handle: Some(handle.to_owned()),
                rooms: invocation
                    .room
                    .filter(|room| !room.starts_with('@'))
                    .map(|room| vec![room.to_owned()]),
                ..AgentRequest::default()
            };
            if presets(lang).iter().any(|preset| preset.name == text) {
                request.preset = Some(text.to_owned());
            } else if !text.is_empty() {
                let settings = salon_protocol::AgentSettings {
                    persona: text.to_owned(),
                    ..Default::default()
                };
                request.settings = Some(settings);
            }
            Some(actions::create_agent(chat, caller, request).await?)
        }
        "set" => {
            let now = queries::agent(chat, caller, handle).await?;
            let request = changed(&now, text)?;
            Some(actions::edit_agent(chat, caller, handle, request).await?)
        }
        "retire" => Some(actions::retire_agent(chat, caller, handle, true).await?),
        "restore" => Some(actions::retire_agent(chat, caller, handle, false).await?),
        _ => None,
    };
    let handle = row.map_or(handle.to_owned(), |row| row.user.handle.to_string());
    let info = queries::agent(chat, caller, &handle).await?;
    Ok(notice_with(shown(&info, lang), json!({ "agent": info })))
}

/// `FIELD VALUE` as a request.
fn changed(now: &AgentInfo, text: &str) -> Result<AgentRequest, ChatError> {
    let (field, value) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let value = value.trim();
    let given = (value != "-" && !value.is_empty()).then(|| value.to_owned());
    let list = || -> Vec<String> {
        let names = value.split([',', '，', ' ']).map(str::trim);
        names
            .filter(|name| !name.is_empty() && *name != "-")
            .map(str::to_owned)
            .collect()
    };
    let mut request = AgentRequest::default();
    let mut settings = now.settings.clone();
    match field {
        "name" => request.display_name = Some(given.unwrap_or_else(|| now.handle.to_string())),
        "avatar" => request.avatar = Some(given.unwrap_or_default()),
        "room" => request.rooms = Some(vec![value.to_owned()]),
        "persona" => settings.persona = given.unwrap_or_default(),
        "lang" => settings.lang = parsed(given)?,
        "model" => settings.model = given,
        "fallbacks" => settings.fallbacks = list(),
        "temperature" => settings.temperature = parsed(given)?,
        "tools" => {
            settings.tools = match value {
                "-" | "" => None,
                "none" => Some(Vec::new()),
                _ => Some(list()),
            }
        }
        "mode" => settings.mode = parsed(given)?.unwrap_or(salon_protocol::SpeakMode::Ambient),
        "tokens_day" => settings.budget.tokens_day = parsed(given)?,
        "tokens_month" => settings.budget.tokens_month = parsed(given)?,
        "money_day" => settings.budget.money_day = parsed(given)?,
        "money_month" => settings.budget.money_month = parsed(given)?,
        _ => {
            let field: String = field.chars().take(40).collect();
            return Err(ChatError::BadArguments(Words::new(
                format!("There is no setting “{field}”. /help agent lists them."),
                format!("没有名为“{field}”的设置。用 /help agent 查看全部。"),
            )));
        }
    }
    request.settings = (settings != now.settings).then_some(settings);
    Ok(request)
}

fn parsed<T: std::str::FromStr>(value: Option<String>) -> Result<Option<T>, ChatError> {
    let Some(value) = value else {
        return Ok(None);
    };
    value.parse().map(Some).map_err(|_| {
        let value: String = value.chars().take(40).collect();
        ChatError::BadArguments(Words::new(
            format!("“{value}” does not fit this setting. /help agent shows examples."),
            format!("“{value}”不适用于这个设置。用 /help agent 查看示例。"),
        ))
    })
}

fn shown(info: &AgentInfo, lang: Lang) -> String {
    let settings = &info.settings;
    let tools = match &settings.tools {
        None => "*".to_owned(),
        Some(names) if names.is_empty() => "-".to_owned(),
        Some(names) => names.join(", "),
    };
    let models: Vec<&str> = settings
        .model
        .iter()
        .chain(&settings.fallbacks)
        .map(String::as_str)
        .collect();
    let state = match (info.retired, lang) {
        (true, Lang::En) => " (retired)",
        (true, Lang::Zh) => "（已停用）",
        (false, _) => "",
    };
    let mut lines = vec![format!(
        "{} **{}** @{}{state}",
        info.avatar.as_deref().unwrap_or_default(),
        info.display_name,
        info.handle
    )];
    let labels = match lang {
        Lang::En => ["maker", "model", "mode", "tools", "rooms"],
        Lang::Zh => ["创建者", "模型", "模式", "工具", "聊天室"],
    };
    let values = [
        info.maker
            .as_ref()
            .map_or("-".into(), |maker| format!("@{maker}")),
        models.join(" → "),
        settings.mode.as_str().to_owned(),
        tools,
        info.rooms.join(", "),
    ];
    for (label, value) in labels.into_iter().zip(values) {
        let value = if value.is_empty() { "-".into() } else { value };
        lines.push(format!("- {label}: {value}"));
    }
    if !settings.persona.is_empty() {
        lines.push(format!("\n> {}", settings.persona.replace('\n', "\n> ")));
    }
    lines.join("\n")
}
