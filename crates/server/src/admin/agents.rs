//! `salon agent …`.

use super::{open, remark, say, users::told};
use crate::{cli::AgentArgs, config::Config};
use anyhow::anyhow;
use salon_chat::{AgentRow, Chat, Offered, actions};
use salon_protocol::{AgentRequest, Handle};

pub(crate) async fn add_agent(
    config: &Config,
    name: String,
    settings: AgentArgs,
) -> anyhow::Result<()> {
    let chat = open_with_models(config).await?;
    if find(&chat, &name).await?.is_some() {
        return Err(anyhow!(
            "there is an agent “{name}” already; `salon agent set` changes it"
        ));
    }
    let row = apply(&chat, &name, None, settings).await?;
    say(format_args!("{} is made.", row.user.handle));
    if chat.store().rooms_of(row.user.id).await?.is_empty() {
        remark(
            "It is in no room yet: `--room NAME` brings it into one, and so does /invite in the chat.",
        );
    }
    Ok(())
}

pub(crate) async fn set_agent(
    config: &Config,
    name: String,
    settings: AgentArgs,
) -> anyhow::Result<()> {
    let chat = open_with_models(config).await?;
    let Some(row) = find(&chat, &name).await? else {
        return Err(no_agent(&name));
    };
    let row = apply(&chat, &name, Some(row), settings).await?;
    say(format_args!("{} is changed.", row.user.handle));
    Ok(())
}

pub(crate) async fn list_agents(config: &Config) -> anyhow::Result<()> {
    let chat = open(config).await?;
    for row in chat.store().agents().await? {
        let retired = if row.user.disabled { "\tretired" } else { "" };
        say(format_args!(
            "{}\t{}\t{}\t{}{retired}",
            row.user.handle,
            row.settings.mode.as_str(),
            row.settings.model.as_deref().unwrap_or("-"),
            row.user.display_name
        ));
    }
    Ok(())
}

pub(crate) async fn retire_agent(config: &Config, name: &str, retire: bool) -> anyhow::Result<()> {
    let chat = open(config).await?;
    let row = find(&chat, name).await?.ok_or_else(|| no_agent(name))?;
    let retired = actions::apply_retirement(&chat, row, retire).await;
    let row = retired.map_err(|error| told(&error))?;
    say(match retire {
        true => format!("{} will not speak again.", row.user.handle),
        false => format!("{} is back.", row.user.handle),
    });
    Ok(())
}

/// The models of the configuration are known here too, so that a misspelt one is refused at once.
async fn open_with_models(config: &Config) -> anyhow::Result<Chat> {
    let chat = open(config).await?;
    let voices = salon_agents::Voices::new(&config.models())?;
    chat.offer(Offered {
        models: voices.infos(),
        ..Offered::default()
    });
    Ok(chat)
}

async fn apply(
    chat: &Chat,
    name: &str,
    now: Option<AgentRow>,
    args: AgentArgs,
) -> anyhow::Result<AgentRow> {
    let mut settings = now.map(|row| row.settings).unwrap_or_default();
    if let Some(persona) = args.persona {
        settings.persona = persona;
    }
    settings.lang = args.lang.or(settings.lang);
    settings.model = args.model.or(settings.model);
    settings.fallbacks = args.fallbacks.unwrap_or(settings.fallbacks);
    settings.temperature = args.temperature.or(settings.temperature);
    settings.tools = match args.tools {
        Some(tools) => Some(tools.into_iter().filter(|tool| !tool.is_empty()).collect()),
        None => settings.tools,
    };
    settings.mode = args.mode.unwrap_or(settings.mode);
    let budget = &mut settings.budget;
    budget.tokens_day = args.tokens_day.or(budget.tokens_day);
    budget.tokens_month = args.tokens_month.or(budget.tokens_month);
    budget.money_day = args.money_day.or(budget.money_day);
    budget.money_month = args.money_month.or(budget.money_month);
    let request = AgentRequest {
        handle: Some(name.to_owned()),
        display_name: args.display_name,
        avatar: args.avatar,
        preset: args.preset,
        settings: Some(settings),
        rooms: args.rooms,
    };
    let applied = actions::apply_agent(chat, name, request).await;
    applied.map_err(|error| told(&error))
}

async fn find(chat: &Chat, name: &str) -> anyhow::Result<Option<AgentRow>> {
    let handle: Handle = name.trim_start_matches('@').parse()?;
    Ok(match chat.store().user_by_handle(&handle).await? {
        Some(user) => chat.store().agent(user.id).await?,
        None => None,
    })
}

fn no_agent(name: &str) -> anyhow::Error {
    anyhow!("there is no agent “{name}”; `salon agent list` shows all")
}
