//! Who is online, readable from anywhere without asking the actor.

use salon_protocol::{Handle, UserId};
use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
};

/// Written by the hub's actor alone; read by whoever wants to know.
#[derive(Clone, Default)]
pub(crate) struct PresenceTable {
    online: Arc<RwLock<BTreeMap<UserId, Handle>>>,
}

impl PresenceTable {
    pub(crate) fn set(&self, user: UserId, handle: Option<Handle>) {
        let mut online = self.online.write().unwrap_or_else(PoisonError::into_inner);
        match handle {
            Some(handle) => online.insert(user, handle),
            None => online.remove(&user),
        };
    }

    pub(crate) fn is_online(&self, user: UserId) -> bool {
        self.online
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .contains_key(&user)
    }

    pub(crate) fn online_users(&self) -> Vec<UserId> {
        let online = self.online.read().unwrap_or_else(PoisonError::into_inner);
        online.keys().copied().collect()
    }

    pub(crate) fn online_handles(&self) -> Vec<String> {
        let online = self.online.read().unwrap_or_else(PoisonError::into_inner);
        let mut handles: Vec<String> = online.values().map(Handle::to_string).collect();
        drop(online);
        handles.sort();
        handles
    }
}
