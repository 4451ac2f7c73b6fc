//! Agents, what waits for approval, and what is remembered, as the caller may see it.

use crate::{Caller, Chat, ChatError, presets::presets, rules};
use salon_protocol::{
    AgentInfo, Agents, Approval, Approvals, Fact, Handle, Role, RoomKind,
    limits::{APPROVALS_WAITING_MAX, FACTS_PER_ROOM_MAX},
};
use salon_store::{AgentRow, ApprovalRow};

/// All agents, models, presets.
pub async fn agents(chat: &Chat, caller: &Caller) -> Result<Agents, ChatError> {
    let mut agents = Vec::new();
    for row in chat.store().agents().await? {
        agents.push(info(chat, caller, row).await?);
    }
    let mut tools: Vec<String> = Vec::new();
    for command in chat.commands().all() {
        tools.push(command.name.to_owned());
    }
    Ok(Agents {
        agents,
        models: chat
            .offered()
            .map(|offered| offered.models.clone())
            .unwrap_or_default(),
        presets: presets(caller.lang),
        tools,
    })
}

/// One agent.
pub async fn agent(chat: &Chat, caller: &Caller, handle: &str) -> Result<AgentInfo, ChatError> {
    let user = rules::user_named(chat, handle).await?;
    match chat.store().agent(user.id).await? {
        Some(row) => info(chat, caller, row).await,
        None => Err(ChatError::UserNotFound {
            name: handle.chars().take(40).collect(),
            nearest: None,
        }),
    }
}

async fn info(chat: &Chat, caller: &Caller, row: AgentRow) -> Result<AgentInfo, ChatError> {
    let store = chat.store();
    let mut rooms = Vec::new();
    for id in store.rooms_of(row.user.id).await? {
        if let Some(room) = store.room(id).await?
            && room.kind != RoomKind::Direct
            && store.is_member(id, caller.id()).await?
            && rules::may_tell_of(chat, caller, id).await?
        {
            rooms.push(room.name);
        }
    }
    rooms.sort();
    let maker = match row.maker {
        Some(maker) => store.user(maker).await?.map(|maker| maker.handle),
        None => None,
    };
    let may_edit = row.maker == Some(caller.id()) || caller.role() >= Role::Admin;
    Ok(AgentInfo {
        id: row.user.id,
        online: chat.hub().is_online(row.user.id),
        retired: row.user.disabled,
        handle: row.user.handle,
        display_name: row.user.display_name,
        avatar: row.user.avatar,
        settings: row.settings,
        maker,
        rooms,
        may_edit,
    })
}

/// What agents asked to be allowed in a room, newest first.
pub async fn approvals(chat: &Chat, caller: &Caller, room: &str) -> Result<Approvals, ChatError> {
    let room = rules::member_room(chat, caller, room).await?;
    let mut approvals = Vec::new();
    for row in chat
        .store()
        .approvals(room.id, 2 * APPROVALS_WAITING_MAX)
        .await?
    {
        approvals.push(approval(chat, row).await?);
    }
    Ok(Approvals { approvals })
}

async fn approval(chat: &Chat, row: ApprovalRow) -> Result<Approval, ChatError> {
    let (agent, asker) = (
        handle(chat, row.agent).await?,
        handle(chat, row.asker).await?,
    );
    let by = match row.by {
        Some(by) => Some(handle(chat, by).await?),
        None => None,
    };
    Ok(Approval {
        number: row.number,
        agent,
        asker,
        act: row.act,
        why: row.why,
        expires_at: row.expires_at,
        state: row.state,
        by,
        result: row.result,
        seq: row.asked.map(|(seq, _)| seq),
        asked_at: row.asked.map(|(_, at)| at),
    })
}

/// What agents remember of a room, newest first.
pub async fn facts(chat: &Chat, caller: &Caller, room: &str) -> Result<Vec<Fact>, ChatError> {
    let room = rules::member_room(chat, caller, room).await?;
    let mut facts = Vec::new();
    for row in chat
        .store()
        .facts(room.id, false, FACTS_PER_ROOM_MAX)
        .await?
    {
        facts.push(Fact {
            number: row.number,
            owner: handle(chat, row.owner).await?,
            text: row.text,
            room: row.room,
            at: row.at,
        });
    }
    Ok(facts)
}

pub(super) async fn handle(chat: &Chat, id: salon_protocol::UserId) -> Result<Handle, ChatError> {
    let user = chat.store().user(id).await?;
    user.map(|user| user.handle)
        .ok_or(ChatError::MessageNotFound)
}
