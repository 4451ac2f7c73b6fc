//! Claims turns and gives each a task of its own.

use super::take_turn::take_turn;
use crate::setup::Voice;
use jiff::SignedDuration;
use salon_chat::{Chat, ChatError, Turn, actions};
use salon_protocol::{TurnId, UserKind};
use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{sync::Semaphore, task::JoinHandle};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{error, info};

/// Turns at once; further ones stay in their rows.
const TURNS_RUNNING_MAX: usize = 64;
/// A turn belongs to us for so long, and is renewed at a third of it.
const LEASE: Duration = Duration::from_secs(30);
/// How often rows are looked at where nobody woke us.
const POLL: Duration = Duration::from_secs(5);
/// Running turns are given so long to notice that the server stops.
const STOP_TIMEOUT: Duration = Duration::from_secs(2);

/// The agents of one server.
pub struct Agents {
    stop: CancellationToken,
    running: JoinHandle<()>,
    turns: TaskTracker,
}

/// What every turn can reach.
#[derive(Clone)]
pub(super) struct Company {
    pub(super) chat: Chat,
    pub(super) voice: Voice,
    /// What may be written as a call, computed once.
    pub(super) names: Arc<[String]>,
}

/// Turns that are ours; written by the claiming loop and by each turn's end.
type Held = Arc<Mutex<HashSet<TurnId>>>;

impl Agents {
    /// Starts: agents come online, turns that a crash left behind are taken up again.
    pub async fn start(chat: Chat, voice: Voice) -> Result<Self, ChatError> {
        // The embedded database has one server: whatever runs there is from before.
        actions::release_turns(&chat).await?;
        let users = chat.store().users().await?;
        for agent in users
            .iter()
            .filter(|user| user.kind == UserKind::Agent && !user.disabled)
        {
            chat.hub().agent_online(agent.id, true).await;
        }
        info!(
            model = voice.model.name(),
            endpoint = voice.model.endpoint(),
            "agents are here"
        );
        let names = crate::tools::names(chat.commands()).into();
        let company = Company { chat, voice, names };
        let (stop, turns) = (CancellationToken::new(), TaskTracker::new());
        let running = tokio::spawn(claim(company, stop.clone(), turns.clone()));
        Ok(Self {
            stop,
            running,
            turns,
        })
    }

    /// Stops. Turns that run are left in their rows and taken up at the next start.
    pub async fn stop(self) {
        self.stop.cancel();
        self.turns.close();
        let ended = async {
            self.running.await.ok();
            self.turns.wait().await;
        };
        if tokio::time::timeout(STOP_TIMEOUT, ended).await.is_err() {
            info!("turns that still run are taken up at the next start");
        }
    }
}

async fn claim(company: Company, stop: CancellationToken, turns: TaskTracker) {
    let places = Arc::new(Semaphore::new(TURNS_RUNNING_MAX));
    let held = Held::default();
    let lease = SignedDuration::try_from(LEASE).unwrap_or(SignedDuration::from_secs(30));
    let mut renewal = tokio::time::interval(LEASE / 3);
    loop {
        let free = places.available_permits();
        let claimed = match free {
            0 => Vec::new(),
            _ => actions::claim_turns(&company.chat, lease, free)
                .await
                .unwrap_or_else(|error| {
                    error!(%error, "cannot claim turns");
                    Vec::new()
                }),
        };
        let more = !claimed.is_empty();
        for turn in claimed {
            let Ok(place) = places.clone().try_acquire_owned() else {
                break;
            };
            lock(&held).insert(turn.id);
            let (company, stop, held) = (company.clone(), stop.clone(), held.clone());
            turns.spawn(async move {
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = guarded(&company, &turn) => {}
                }
                lock(&held).remove(&turn.id);
                drop(place);
                company.chat.hub().wake_agents();
            });
        }
        if more {
            continue;
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = company.chat.hub().agents_woken() => {}
            () = tokio::time::sleep(POLL) => {}
            _ = renewal.tick() => {
                let ours: Vec<TurnId> = lock(&held).iter().copied().collect();
                if !ours.is_empty()
                    && let Err(error) = actions::renew_turns(&company.chat, ours, lease).await
                {
                    error!(%error, "cannot renew the turns' leases");
                }
            }
        }
    }
}

/// An error of the store leaves the turn in its row; it is claimed again when the lease ends.
async fn guarded(company: &Company, turn: &Turn) {
    if let Err(error) = take_turn(company, turn).await {
        error!(turn = %turn.id, %error, "a turn could not be finished");
    }
}

fn lock(held: &Held) -> std::sync::MutexGuard<'_, HashSet<TurnId>> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}
