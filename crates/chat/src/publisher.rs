//! From the log to the hub, in order and without holes.
//!
//! One task takes what the store has committed, fills what another process wrote meanwhile from
//! the log, and hands it on. The hub may rely on every room's numbers being consecutive.

use crate::pushes::Pushes;
use salon_live::{Hub, Published};
use salon_protocol::{Event, EventBody, Presence, RoomId, Seq, UserId};
use salon_store::{Publication, Store, StoreError, User};
use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};
use tokio::sync::mpsc;
use tracing::error;

/// Events read at once while a gap is filled.
const GAP_PAGE: usize = 500;
/// Committed batches handed on together when the hub is behind.
const BATCHES_TOGETHER_MAX: usize = 32;

pub(crate) struct Publisher {
    store: Store,
    hub: Hub,
    /// The newest number handed on, by room.
    published: HashMap<RoomId, Seq>,
    /// Users as the hub knows them.
    known: HashMap<UserId, User>,
    /// Whoever tells closed pages, once there is somebody.
    pushes: Arc<OnceLock<Arc<Pushes>>>,
}

impl Publisher {
    pub(crate) fn new(
        store: Store,
        hub: Hub,
        published: HashMap<RoomId, Seq>,
        known: HashMap<UserId, User>,
        pushes: Arc<OnceLock<Arc<Pushes>>>,
    ) -> Self {
        Self {
            store,
            hub,
            published,
            known,
            pushes,
        }
    }

    pub(crate) fn spawn(self, publications: mpsc::Receiver<Publication>) {
        spawn(self, publications);
    }
}

fn spawn(mut publisher: Publisher, mut publications: mpsc::Receiver<Publication>) {
    tokio::spawn(async move {
        let mut waiting = Vec::new();
        while publications
            .recv_many(&mut waiting, BATCHES_TOGETHER_MAX)
            .await
            > 0
        {
            let (mut batch, mut claimed, mut turns_wait) = (Vec::new(), Vec::new(), false);
            for mut publication in waiting.drain(..) {
                turns_wait |= match &mut publication {
                    Publication::Events {
                        claimed: turns,
                        turns_wait,
                        ..
                    } => {
                        claimed.append(turns);
                        *turns_wait
                    }
                    // Another process may have caused some.
                    Publication::Foreign => true,
                };
                if let Err(error) = publisher.take(publication, &mut batch).await {
                    // The log has it; the next event of the room, or the next look, fills the gap.
                    error!(%error, "cannot read what is to be published");
                }
            }
            if !batch.is_empty() {
                if let Some(pushes) = publisher.pushes.get() {
                    pushes.take(&batch);
                }
                publisher.hub.publish(batch).await;
            }
            publisher.store.hand_over(claimed);
            if turns_wait {
                publisher.hub.wake_agents();
            }
        }
    });
}

impl Publisher {
    async fn take(
        &mut self,
        publication: Publication,
        batch: &mut Vec<Published>,
    ) -> Result<(), StoreError> {
        match publication {
            Publication::Events { events, .. } => {
                for event in events {
                    self.take_event(event, batch).await?;
                }
            }
            Publication::Foreign => {
                self.look_at_users().await?;
                self.look_at_credentials().await?;
                for (room, seq) in self.store.last_seqs().await? {
                    self.fill(room, seq, batch).await?;
                }
            }
        }
        Ok(())
    }

    async fn take_event(
        &mut self,
        event: Event,
        batch: &mut Vec<Published>,
    ) -> Result<(), StoreError> {
        let last = self.published.get(&event.room).copied().unwrap_or_default();
        if event.seq <= last {
            return Ok(());
        }
        if event.seq != last.next() {
            self.fill(event.room, Seq(event.seq.0 - 1), batch).await?;
        }
        self.hand_on(event, batch).await
    }

    /// Hands on everything up to `seq` that was not handed on before.
    async fn fill(
        &mut self,
        room: RoomId,
        seq: Seq,
        batch: &mut Vec<Published>,
    ) -> Result<(), StoreError> {
        loop {
            let last = self.published.get(&room).copied().unwrap_or_default();
            if last >= seq {
                return Ok(());
            }
            let events = self.store.events_for_fan_out(room, last, GAP_PAGE).await?;
            if events.is_empty() {
                return Ok(());
            }
            for event in events {
                self.hand_on(event, batch).await?;
            }
        }
    }

    async fn hand_on(
        &mut self,
        event: Event,
        batch: &mut Vec<Published>,
    ) -> Result<(), StoreError> {
        let room = match &event.body {
            EventBody::MemberJoined { user_id, .. } => {
                self.introduce(*user_id).await?;
                self.store.room_summary(event.room, *user_id).await?
            }
            _ => None,
        };
        self.published.insert(event.room, event.seq);
        batch.push(Published {
            event: Arc::new(event),
            room,
        });
        Ok(())
    }

    /// A user who joins somewhere may be new to the hub.
    async fn introduce(&mut self, id: UserId) -> Result<(), StoreError> {
        if !self.known.contains_key(&id)
            && let Some(user) = self.store.user(id).await?
        {
            self.tell_user(user).await;
        }
        Ok(())
    }

    async fn look_at_users(&mut self) -> Result<(), StoreError> {
        for user in self.store.users().await? {
            if self.known.get(&user.id) != Some(&user) {
                self.tell_user(user).await;
            }
        }
        Ok(())
    }

    /// Whoever was signed out by another process, the terminal's commands above all, has no
    /// socket left here either.
    async fn look_at_credentials(&self) -> Result<(), StoreError> {
        let open = self.hub.credentials().await;
        for digest in self.store.ended_credentials(open).await? {
            self.hub.credential_revoked(digest).await;
        }
        Ok(())
    }

    async fn tell_user(&mut self, user: User) {
        self.hub.user_changed(user.info(Presence::Offline)).await;
        self.known.insert(user.id, user);
    }
}
