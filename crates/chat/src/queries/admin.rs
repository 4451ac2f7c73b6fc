//! What admins see of the whole house: accounts, what lies where, how the server does. Rooms that
//! are not theirs to see stay so: of those they learn only how much they hold together.

use super::seen;
use crate::{Caller, Chat, ChatError, rules};
use salon_protocol::{
    AdminHealth, AdminRoom, AdminSize, AdminStorage, AdminUser, Role, RoomKind, UserKind,
};
use salon_store::User;
use std::time::Instant;

/// All accounts, in the order of their handles.
pub async fn admin_users(chat: &Chat, caller: &Caller) -> Result<Vec<AdminUser>, ChatError> {
    rules::require_role(chat, caller, Role::Admin).await?;
    let role = rules::current_role(chat, caller).await?;
    let accounts = chat.store().accounts().await?.into_iter();
    Ok(accounts
        .map(|row| AdminUser {
            changeable: may_change(caller, role, &row.user),
            user: seen(chat, &row.user),
            created_at: row.created_at,
            has_password: row.has_password,
            second_factor: row.second_factor,
            sessions: row.sessions,
            seen_at: row.seen_at,
            passkeys: row.passkeys,
        })
        .collect())
}

/// Whether somebody of a role may change an account: those below their own, owners every one, and
/// nobody themselves. Agents have a place of their own.
pub(crate) fn may_change(caller: &Caller, role: Role, subject: &User) -> bool {
    subject.kind != UserKind::Agent
        && subject.id != caller.id()
        && (role == Role::Owner || subject.role < role)
}

/// What lies where.
pub async fn admin_storage(chat: &Chat, caller: &Caller) -> Result<AdminStorage, ChatError> {
    rules::require_role(chat, caller, Role::Admin).await?;
    let store = chat.store();
    let (files, file_bytes) = store.bytes_of_files().await?;
    let mut storage = AdminStorage {
        database_bytes: store.bytes_on_disk(),
        files,
        file_bytes,
        rooms: Vec::new(),
        hidden_rooms: 0,
        hidden: AdminSize::default(),
    };
    for (room, size) in store.room_sizes().await? {
        let seen = room.kind == RoomKind::Public || store.is_member(room.id, caller.id()).await?;
        if seen {
            let summary = store.room_summary(room.id, caller.id()).await?;
            storage.rooms.push(AdminRoom {
                id: room.id,
                name: summary.map(|summary| summary.name).unwrap_or_default(),
                kind: room.kind,
                size,
            });
        } else {
            storage.hidden_rooms += 1;
            storage.hidden.members += size.members;
            storage.hidden.events += size.events;
            storage.hidden.files += size.files;
            storage.hidden.file_bytes += size.file_bytes;
        }
    }
    Ok(storage)
}

/// How the server does, but for how long it has run.
pub async fn admin_health(chat: &Chat, caller: &Caller) -> Result<AdminHealth, ChatError> {
    rules::require_role(chat, caller, Role::Admin).await?;
    let store = chat.store();
    let began = Instant::now();
    store.write(|_| Ok(())).await?;
    let commit_micros = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
    Ok(AdminHealth {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        engine: store.engine(),
        schema: store.schema().await?,
        epoch: chat.epoch().to_owned(),
        uptime_seconds: 0,
        commit_micros,
        online: chat.hub().online_users().len() as u64,
        queues: store.queues().await?,
    })
}
