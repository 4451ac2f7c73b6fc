//! Claims turns and gives each a task of its own.

use super::{
    approved,
    company::{AgentsConfig, Company},
    errands,
    take_turn::take_turn,
};
use jiff::SignedDuration;
use salon_chat::{Chat, ChatError, ClaimedTurn, Turn, actions};
use salon_protocol::{ToolServers, TurnId, UserKind};
use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, mpsc},
    task::JoinHandle,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{error, info};

/// Turns at once; further ones stay in their rows.
const TURNS_RUNNING_MAX: usize = 1_024;
/// A turn belongs to us for so long, and is renewed at a third of it.
const LEASE: Duration = Duration::from_secs(30);
/// How often rows are looked at where nobody woke us.
const POLL: Duration = Duration::from_secs(5);
/// Running turns are given so long to notice that the server stops.
const STOP_TIMEOUT: Duration = Duration::from_secs(2);

/// The agents of one server.
pub struct Agents {
    stop: CancellationToken,
    running: [JoinHandle<()>; 2],
    turns: TaskTracker,
    company: Company,
}

/// Turns that are ours; written by the claiming loop and by each turn's end.
type Held = Arc<Mutex<HashSet<TurnId>>>;

impl Agents {
    /// Starts: agents come online, turns that a crash left behind are taken up again.
    pub async fn start(chat: Chat, config: AgentsConfig) -> Result<Self, ChatError> {
        // The embedded database has one server: whatever runs there is from before.
        actions::release_turns(&chat).await?;
        actions::settle_interrupted(&chat).await?;
        let users = chat.store().users().await?;
        for agent in users
            .iter()
            .filter(|user| user.kind == UserKind::Agent && !user.disabled)
        {
            chat.hub().agent_online(agent.id, true).await;
        }
        let voice = config.voices.first();
        info!(
            model = voice.model.name(),
            endpoint = voice.model.endpoint(),
            "agents are here"
        );
        let company = Company::new(chat, config);
        let (stop, turns) = (CancellationToken::new(), TaskTracker::new());
        let crew = Crew {
            company: company.clone(),
            stop: stop.clone(),
            turns: turns.clone(),
            held: Held::default(),
        };
        let places = Arc::new(Semaphore::new(TURNS_RUNNING_MAX));
        let lease = SignedDuration::try_from(LEASE).unwrap_or(SignedDuration::from_secs(30));
        let claimed = company.chat.store().lend_places(places.clone(), lease);
        let running = [
            tokio::spawn(take_claimed(crew.clone(), claimed)),
            tokio::spawn(claim(crew, places, lease)),
        ];
        Ok(Self {
            stop,
            running,
            turns,
            company,
        })
    }

    /// Servers of tools and how they are.
    pub async fn tool_servers(&self) -> Result<ToolServers, ChatError> {
        self.company.tools.infos().await
    }

    /// A handle that answers how tool servers are; it outlives nothing that matters.
    pub fn tools(&self) -> crate::ToolBox {
        self.company.tools.clone()
    }

    /// Stops. Turns that run are left in their rows and taken up at the next start.
    pub async fn stop(self) {
        self.stop.cancel();
        self.turns.close();
        let ended = async {
            for task in self.running {
                task.await.ok();
            }
            self.turns.wait().await;
        };
        if tokio::time::timeout(STOP_TIMEOUT, ended).await.is_err() {
            info!("turns that still run are taken up at the next start");
        }
        self.company.tools.stop().await;
    }
}

/// What begins turns.
#[derive(Clone)]
struct Crew {
    company: Company,
    stop: CancellationToken,
    turns: TaskTracker,
    held: Held,
}

impl Crew {
    /// Gives a turn a task of its own, which has the place until it ends.
    fn begin(&self, turn: Turn, place: OwnedSemaphorePermit) {
        // A clock that jumped, or a machine that slept, ends the lease of a turn that is still at
        // work here: it goes on, and is not begun a second time beside itself.
        if !lock(&self.held).insert(turn.id) {
            return;
        }
        let (company, stop, held) = (self.company.clone(), self.stop.clone(), self.held.clone());
        self.turns.spawn(async move {
            tokio::select! {
                biased;
                () = stop.cancelled() => {}
                () = guarded(&company, &turn) => {}
            }
            lock(&held).remove(&turn.id);
            drop(place);
        });
    }
}

/// Begins the turns that were claimed as they were written.
async fn take_claimed(crew: Crew, mut claimed: mpsc::UnboundedReceiver<ClaimedTurn>) {
    loop {
        tokio::select! {
            biased;
            () = crew.stop.cancelled() => return,
            next = claimed.recv() => match next {
                Some(ClaimedTurn { turn, place }) => crew.begin(turn, place),
                None => return,
            },
        }
    }
}

/// Begins those that wait in their rows: of before, of another process, or for a place.
async fn claim(crew: Crew, places: Arc<Semaphore>, lease: SignedDuration) {
    let Crew {
        company,
        stop,
        turns,
        held,
    } = &crew;
    let mut renewal = tokio::time::interval(LEASE / 3);
    loop {
        // The places are taken first: turns that are being written take them too.
        let free = u32::try_from(places.available_permits()).unwrap_or(u32::MAX);
        let mut taken = places.clone().try_acquire_many_owned(free).ok();
        let claimed = match &taken {
            Some(taken) if taken.num_permits() > 0 => {
                actions::claim_turns(&company.chat, lease, taken.num_permits())
                    .await
                    .unwrap_or_else(|error| {
                        error!(%error, "cannot claim turns");
                        Vec::new()
                    })
            }
            _ => Vec::new(),
        };
        let more = !claimed.is_empty();
        for turn in claimed {
            match taken.as_mut().and_then(|taken| taken.split(1)) {
                Some(place) => crew.begin(turn, place),
                None => break,
            }
        }
        drop(taken);
        if more {
            continue;
        }
        side_work(company, stop, turns).await;
        tokio::select! {
            biased;
            () = stop.cancelled() => return,
            // Before the wakes, of which there is no end in a busy chat: a lease must not run out.
            _ = renewal.tick() => {
                let ours: Vec<TurnId> = lock(held).iter().copied().collect();
                if !ours.is_empty()
                    && let Err(error) = actions::renew_turns(&company.chat, ours, lease).await
                {
                    error!(%error, "cannot renew the turns' leases");
                }
            }
            () = company.chat.hub().agents_woken() => {}
            () = tokio::time::sleep(POLL) => come_and_go(company).await,
        }
    }
}

/// Agents that another process made, retired or brought back: a terminal command, most likely.
async fn come_and_go(company: &Company) {
    let hub = company.chat.hub();
    match company.chat.store().agents().await {
        Ok(agents) => {
            for agent in agents {
                let (id, runs) = (agent.user.id, !agent.user.disabled);
                if hub.is_online(id) != runs {
                    hub.agent_online(id, runs).await;
                }
            }
        }
        Err(error) => error!(%error, "cannot look for new agents"),
    }
}

/// What is not a turn: acts that were allowed, errands, approvals whose time has run out.
async fn side_work(company: &Company, stop: &CancellationToken, turns: &TaskTracker) {
    let begun = async {
        actions::expire_approvals(&company.chat).await?;
        let approved = actions::begin_approved(&company.chat).await?;
        let errands = actions::take_errands(&company.chat, 16).await?;
        Ok::<_, ChatError>((approved, errands))
    };
    let (approved, errands) = match begun.await {
        Ok(begun) => begun,
        Err(error) => {
            error!(%error, "cannot look for what people allowed or asked for");
            return;
        }
    };
    for row in approved {
        let (company, stop) = (company.clone(), stop.clone());
        turns.spawn(async move {
            tokio::select! {
                biased;
                () = stop.cancelled() => {}
                done = approved::carry_out(&company, &row) => if let Err(error) = done {
                    error!(room = %row.room, number = row.number, %error, "an act that was allowed could not be settled");
                },
            }
        });
    }
    for errand in errands {
        let (company, stop) = (company.clone(), stop.clone());
        turns.spawn(async move {
            tokio::select! {
                biased;
                () = stop.cancelled() => {}
                done = errands::run(&company, &errand) => if let Err(error) = done {
                    error!(kind = errand.kind, %error, "an errand failed");
                },
            }
        });
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
