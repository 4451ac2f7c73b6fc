//! Lets what was planned happen: one task, woken when something is planned, otherwise when the
//! next thing is due. What was due while nobody served happens at the start.

use crate::{Chat, ChatError, actions::planned_message, previews::Job};
use jiff::Timestamp;
use salon_protocol::{LaterKind, ServerFrame};
use salon_store::{Change, NewEvent};
use std::time::Duration;
use tracing::warn;

/// Things that happen before it is looked again.
const AT_ONCE_MAX: usize = 100;
/// How often to look without being told: a clock may jump.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// How long to wait after a failure of the store.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

/// Runs until it is dropped; it may be at any time.
pub async fn run(chat: Chat) {
    loop {
        let wait = match fire(&chat).await {
            Ok(wait) => wait,
            Err(error) => {
                warn!(%error, "cannot do what was planned; it is tried again");
                AFTER_FAILURE
            }
        };
        tokio::time::timeout(wait, chat.planned()).await.ok();
    }
}

/// Does what is due; answers how long nothing will be.
async fn fire(chat: &Chat) -> Result<Duration, ChatError> {
    loop {
        let now = Timestamp::now();
        let due = chat.store().due(now, AT_ONCE_MAX).await?;
        if due.is_empty() {
            let next = chat.store().next_due().await?;
            let wait = next.map_or(LOOK_EVERY, |next| {
                Duration::try_from(next.duration_since(Timestamp::now())).unwrap_or_default()
            });
            return Ok(wait.min(LOOK_EVERY));
        }
        for (owner, later) in due {
            let user = owner.id;
            let message =
                (later.kind == LaterKind::Message).then(|| planned_message(chat, owner, &later));
            let links = message.as_ref().and_then(links_of);
            let fired = chat
                .store()
                .write(move |tx| tx.fire_later(user, &later, message, now))
                .await?;
            if let Some((later, gone)) = fired {
                if gone {
                    chat.look_at_links(links);
                }
                let frame = ServerFrame::Later { later, gone };
                chat.hub().tell_user(user, frame).await;
            }
        }
    }
}

fn links_of(message: &NewEvent) -> Option<Job> {
    let Change::Post {
        message_id, text, ..
    } = &message.change
    else {
        return None;
    };
    Job::of(message.room, &message.actor, *message_id, text)
}
