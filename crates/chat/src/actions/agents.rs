//! Agents are made, edited and retired by their users. Every change is an event in each room that
//! the agent is in: nobody finds out later that a member has become somebody else.

use super::{create_user::check_new_user, profile::check_display_name};
use crate::{Caller, Chat, ChatError, Words, caller::actor, presets::presets, rules};
use salon_protocol::{
    AgentChange, AgentRequest, AgentSettings, Lang, Presence, Role, RoomId, Text, UserKind,
    limits::{
        AGENTS_PER_USER_MAX, AVATAR_CHARS_MAX, FALLBACKS_MAX, PERSONA_CHARS_MAX, TOOL_NAMES_MAX,
    },
};
use salon_store::{Actor, AgentRow, Change, NewEvent, StoreError, Tx, User};

/// The warmest temperature that services take.
const TEMPERATURE_MAX: f32 = 2.0;

/// Makes an agent. It belongs to the caller and comes into the rooms that the request names, as
/// far as the caller is in them.
pub async fn create_agent(
    chat: &Chat,
    caller: &Caller,
    request: AgentRequest,
) -> Result<AgentRow, ChatError> {
    rules::require_role(chat, caller, Role::Member).await?;
    let rooms = rooms(chat, caller, request.rooms.as_deref().unwrap_or_default()).await?;
    let maker = caller.user.clone();
    make(chat, Some(maker), request, rooms).await
}

/// Changes an agent: its maker may, and admins.
pub async fn edit_agent(
    chat: &Chat,
    caller: &Caller,
    handle: &str,
    request: AgentRequest,
) -> Result<AgentRow, ChatError> {
    let agent = owned(chat, caller, handle).await?;
    let rooms = rooms(chat, caller, request.rooms.as_deref().unwrap_or_default()).await?;
    change(chat, &caller.user, agent, request, rooms).await
}

/// Retires an agent, or brings it back. Its messages remain either way.
pub async fn retire_agent(
    chat: &Chat,
    caller: &Caller,
    handle: &str,
    retire: bool,
) -> Result<AgentRow, ChatError> {
    let agent = owned(chat, caller, handle).await?;
    set_retired(chat, &caller.user, agent, retire).await
}

/// Makes or changes an agent as the operator says, from the configuration or the terminal: nobody
/// in particular is its maker.
pub async fn apply_agent(
    chat: &Chat,
    handle: &str,
    request: AgentRequest,
) -> Result<AgentRow, ChatError> {
    let mut rooms = Vec::new();
    for name in request.rooms.as_deref().unwrap_or_default() {
        let name = name
            .trim_start_matches('#')
            .parse()
            .map_err(|_| ChatError::RoomNotFound)?;
        let room = chat.store().room_by_name(&name).await?;
        rooms.push(room.ok_or(ChatError::RoomNotFound)?.id);
    }
    let known = match handle.trim_start_matches('@').parse() {
        Ok(handle) => chat.store().user_by_handle(&handle).await?,
        Err(_) => None,
    };
    match known {
        None => {
            let handle = Some(handle.trim_start_matches('@').to_owned());
            make(chat, None, AgentRequest { handle, ..request }, rooms).await
        }
        Some(user) => {
            let agent = chat
                .store()
                .agent(user.id)
                .await?
                .ok_or_else(|| not_an_agent(&user))?;
            let by = agent.user.clone();
            change(chat, &by, agent, request, rooms).await
        }
    }
}

/// Retires an agent or brings it back, as the operator says.
pub async fn apply_retirement(
    chat: &Chat,
    agent: AgentRow,
    retire: bool,
) -> Result<AgentRow, ChatError> {
    let by = agent.user.clone();
    set_retired(chat, &by, agent, retire).await
}

async fn make(
    chat: &Chat,
    maker: Option<User>,
    request: AgentRequest,
    rooms: Vec<RoomId>,
) -> Result<AgentRow, ChatError> {
    let lang = maker
        .as_ref()
        .and_then(|user| user.lang)
        .unwrap_or_default();
    let request = from_preset(request, lang)?;
    let settings = checked(chat, request.settings.unwrap_or_default())?;
    let avatar = checked_avatar(request.avatar.as_deref())?;
    let new = check_new_user(super::CreateUser {
        handle: request.handle.unwrap_or_default(),
        display_name: request.display_name,
        kind: UserKind::Agent,
        role: Role::Member,
        password_hash: None,
    })?;
    let made = chat
        .store()
        .write(move |tx| {
            if let Some(maker) = &maker
                && tx.agents_made_by(maker.id)? >= AGENTS_PER_USER_MAX
            {
                return Err(StoreError::TooMany("agents"));
            }
            let mut user = tx.create_user(new)?;
            tx.put_agent(user.id, maker.as_ref().map(|maker| maker.id), &settings)?;
            tx.set_avatar(user.id, avatar.as_deref())?;
            user.avatar = avatar;
            let by = actor(maker.as_ref().unwrap_or(&user));
            join(tx, &by, &user, rooms, maker.is_some())?;
            tell(tx, &by, &user, AgentChange::Made, Vec::new())?;
            Ok(AgentRow {
                maker: maker.map(|maker| maker.id),
                user,
                settings,
            })
        })
        .await?;
    announce(chat, &made).await;
    Ok(made)
}

async fn change(
    chat: &Chat,
    by: &User,
    agent: AgentRow,
    request: AgentRequest,
    rooms: Vec<RoomId>,
) -> Result<AgentRow, ChatError> {
    if let Some(handle) = &request.handle
        && *handle != agent.user.handle.as_str()
    {
        return Err(ChatError::BadArguments(Words::new(
            "A handle stays as it is: others know the agent by it. Change the name to show instead.",
            "用户名不能修改，大家靠它认识这个 AI。可以改显示名称。",
        )));
    }
    let request = from_preset(request, by.lang.unwrap_or_default())?;
    let mut now = agent.clone();
    if let Some(name) = &request.display_name {
        now.user.display_name = check_display_name(name)?;
    }
    if request.avatar.is_some() {
        now.user.avatar = checked_avatar(request.avatar.as_deref())?;
    }
    if let Some(settings) = request.settings {
        now.settings = checked(chat, settings)?;
    }
    let fields = differences(&agent, &now);
    let by = actor(by);
    let row = now.clone();
    chat.store()
        .write(move |tx| {
            let is_human = by.kind != UserKind::Agent;
            join(tx, &by, &row.user, rooms, is_human)?;
            if fields.is_empty() {
                return Ok(());
            }
            tx.put_agent(row.user.id, row.maker, &row.settings)?;
            tx.set_avatar(row.user.id, row.user.avatar.as_deref())?;
            tx.set_display_name(row.user.id, &row.user.display_name)?;
            tell(tx, &by, &row.user, AgentChange::Edited, fields)
        })
        .await?;
    announce(chat, &now).await;
    Ok(now)
}

async fn set_retired(
    chat: &Chat,
    by: &User,
    mut agent: AgentRow,
    retire: bool,
) -> Result<AgentRow, ChatError> {
    if agent.user.disabled == retire {
        return Ok(agent);
    }
    agent.user.disabled = retire;
    let (by, user) = (actor(by), agent.user.clone());
    chat.store()
        .write(move |tx| {
            let change = match retire {
                true => AgentChange::Retired,
                false => AgentChange::Restored,
            };
            match retire {
                true => tx.disable_user(user.id)?,
                false => tx.enable_user(user.id)?,
            }
            tell(tx, &by, &user, change, Vec::new())
        })
        .await?;
    announce(chat, &agent).await;
    Ok(agent)
}

/// A request with what its preset says where it says nothing itself.
fn from_preset(mut request: AgentRequest, lang: Lang) -> Result<AgentRequest, ChatError> {
    let Some(name) = &request.preset else {
        return Ok(request);
    };
    let mut settings = request.settings.unwrap_or_default();
    let preset = presets(settings.lang.unwrap_or(lang));
    let preset = preset.into_iter().find(|preset| preset.name == *name);
    let preset = preset.ok_or_else(no_such_preset)?;
    if settings.persona.trim().is_empty() {
        settings.persona = preset.persona;
    }
    request.settings = Some(settings);
    request.avatar = request.avatar.or(Some(preset.avatar));
    Ok(request)
}

/// An agent that the caller may change; whoever may not is told who may.
async fn owned(chat: &Chat, caller: &Caller, handle: &str) -> Result<AgentRow, ChatError> {
    let user = rules::user_named(chat, handle).await?;
    let agent = chat.store().agent(user.id).await?;
    let agent = agent.ok_or_else(|| not_an_agent(&user))?;
    let is_maker = agent.maker == Some(caller.id());
    if !is_maker || caller.behalf.is_some() {
        let role = rules::current_role(chat, caller).await?;
        if role < Role::Admin {
            return Err(ChatError::Forbidden(Words::new(
                "Only the agent's maker and admins may change it.",
                "只有它的创建者和管理员可以修改它。",
            )));
        }
    }
    Ok(agent)
}

/// Rooms of a request, each one that the caller is in.
async fn rooms(chat: &Chat, caller: &Caller, names: &[String]) -> Result<Vec<RoomId>, ChatError> {
    let mut rooms = Vec::new();
    for name in names {
        let room = rules::member_room(chat, caller, name.trim_start_matches('#')).await?;
        rules::require_group(&room)?;
        rooms.push(room.id);
    }
    Ok(rooms)
}

fn checked(chat: &Chat, mut settings: AgentSettings) -> Result<AgentSettings, ChatError> {
    settings.persona = settings.persona.trim().replace('\0', "");
    if settings.persona.chars().count() > PERSONA_CHARS_MAX {
        let what = Text {
            en: "The persona",
            zh: "人设",
        };
        return Err(ChatError::TooLong {
            what,
            max: PERSONA_CHARS_MAX,
        });
    }
    let is_warm = |degree: f32| !(0.0..=TEMPERATURE_MAX).contains(&degree);
    if settings.temperature.is_some_and(is_warm) {
        return Err(ChatError::BadArguments(Words::new(
            "The temperature is a number from 0 to 2.",
            "温度应为 0 到 2 之间的数。",
        )));
    }
    let tools = settings.tools.as_ref().map_or(0, Vec::len);
    if settings.fallbacks.len() > FALLBACKS_MAX || tools > TOOL_NAMES_MAX {
        return Err(ChatError::BadArguments(Words::new(
            format!("At most {FALLBACKS_MAX} fallbacks and {TOOL_NAMES_MAX} tools."),
            format!("最多 {FALLBACKS_MAX} 个备用模型、{TOOL_NAMES_MAX} 个工具。"),
        )));
    }
    super::set_budget::check_budget(&settings.budget)?;
    if let Some(offered) = chat.offered() {
        let named = settings.model.iter().chain(&settings.fallbacks);
        for name in named {
            if !offered.models.iter().any(|model| model.name == *name) {
                return Err(no_such_model(name, &offered.models));
            }
        }
    }
    Ok(settings)
}

fn checked_avatar(avatar: Option<&str>) -> Result<Option<String>, ChatError> {
    let avatar = avatar.map(str::trim).filter(|avatar| !avatar.is_empty());
    let Some(avatar) = avatar else {
        return Ok(None);
    };
    if avatar.chars().count() > AVATAR_CHARS_MAX || avatar.chars().any(char::is_control) {
        return Err(ChatError::BadArguments(Words::new(
            "An avatar is one emoji, or a letter or two.",
            "头像应为一个表情符号，或一两个字。",
        )));
    }
    Ok(Some(avatar.to_owned()))
}

/// Which settings are others now, by the names that the API gives them.
fn differences(before: &AgentRow, now: &AgentRow) -> Vec<String> {
    let (a, b) = (&before.settings, &now.settings);
    [
        (
            "display_name",
            before.user.display_name != now.user.display_name,
        ),
        ("avatar", before.user.avatar != now.user.avatar),
        ("persona", a.persona != b.persona),
        ("lang", a.lang != b.lang),
        ("model", a.model != b.model),
        ("fallbacks", a.fallbacks != b.fallbacks),
        ("temperature", a.temperature != b.temperature),
        ("tools", a.tools != b.tools),
        ("mode", a.mode != b.mode),
        ("budget", a.budget != b.budget),
    ]
    .into_iter()
    .filter(|(_, differs)| *differs)
    .map(|(name, _)| name.to_owned())
    .collect()
}

fn join(
    tx: &mut Tx<'_>,
    by: &Actor,
    agent: &User,
    rooms: Vec<RoomId>,
    brought: bool,
) -> Result<(), StoreError> {
    for room in rooms {
        let comes = actor(agent);
        // The operator is in no room: then the agent comes by itself.
        let actor = if brought { by.clone() } else { comes.clone() };
        let change = Change::Join { user: comes };
        tx.append(NewEvent {
            room,
            actor,
            change,
            key: None,
        })?;
    }
    Ok(())
}

fn tell(
    tx: &mut Tx<'_>,
    by: &Actor,
    agent: &User,
    change: AgentChange,
    fields: Vec<String>,
) -> Result<(), StoreError> {
    for room in tx.rooms_of(agent.id)? {
        let change = Change::AgentChanged {
            agent: actor(agent),
            change,
            fields: fields.clone(),
        };
        tx.append(NewEvent {
            room,
            actor: by.clone(),
            change,
            key: None,
        })?;
    }
    Ok(())
}

async fn announce(chat: &Chat, agent: &AgentRow) {
    let info = agent.user.info(Presence::Offline);
    chat.hub().user_changed(info).await;
    // Administrative commands run no agents: there it stays offline.
    let runs = chat.offered().is_some() && !agent.user.disabled;
    chat.hub().agent_online(agent.user.id, runs).await;
}

fn not_an_agent(user: &User) -> ChatError {
    ChatError::BadArguments(Words::new(
        format!("@{} is not an AI member. /agents lists them.", user.handle),
        format!("@{} 不是 AI 成员。用 /agents 查看 AI 成员。", user.handle),
    ))
}

fn no_such_preset() -> ChatError {
    let names: Vec<String> = presets(Default::default())
        .into_iter()
        .map(|preset| preset.name)
        .collect();
    let names = names.join(", ");
    ChatError::BadArguments(Words::new(
        format!("There is no such preset. There are: {names}."),
        format!("没有这个预设。可选：{names}。"),
    ))
}

fn no_such_model(name: &str, models: &[salon_protocol::ModelInfo]) -> ChatError {
    let name: String = name.chars().take(60).collect();
    let known: Vec<&str> = models.iter().map(|model| model.name.as_str()).collect();
    let known = known.join(", ");
    ChatError::BadArguments(Words::new(
        format!("No model “{name}” is configured. There are: {known}."),
        format!("没有配置名为“{name}”的模型。可选：{known}。"),
    ))
}
