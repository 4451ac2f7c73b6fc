//! The whole product as one cloneable handle.

use crate::{
    ChatError,
    accounts::{self, Challenges, Hashing, SignInProvider},
    commands::Registry,
    previews,
    publisher::Publisher,
    pushes::Pushes,
    sweeper,
};
use salon_live::{Hub, HubSnapshot};
use salon_media::Workshop;
use salon_protocol::{Budget, ModelInfo, Presence, limits::FILE_BYTES_MAX};
use salon_store::{BucketConfig, Store, StoreConfig, Workers};
use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, OnceLock},
};
use tokio::sync::Notify;

/// Password hashes computed at once: each takes 19 MiB and most of a core.
const HASHES_AT_ONCE_MAX: usize = 2;

/// What a chat is started with.
#[derive(Clone, Debug)]
pub struct ChatConfig {
    /// The data folder.
    pub folder: PathBuf,
    /// Watch for what other processes write. Off for a command that ends at once.
    pub serve: bool,
    /// A file's size in bytes.
    pub file_bytes_max: u64,
    /// Where the store reads and writes.
    pub workers: Workers,
    /// Where files' bytes are kept; none for the data folder.
    pub bucket: Option<BucketConfig>,
}

impl ChatConfig {
    /// A chat that serves, or one for a command that ends at once.
    pub fn new(folder: impl Into<PathBuf>, serve: bool) -> Self {
        Self {
            folder: folder.into(),
            serve,
            file_bytes_max: FILE_BYTES_MAX,
            workers: Workers::default(),
            bucket: None,
        }
    }
}

/// The chat; clones share it.
#[derive(Clone)]
pub struct Chat {
    inner: Arc<Inner>,
    store: Store,
}

struct Inner {
    hub: Hub,
    epoch: String,
    commands: Registry,
    hashing: Hashing,
    challenges: Challenges,
    workshop: Workshop,
    file_bytes_max: u64,
    /// Told by whoever has taken away what stood for bytes; the sweeper waits for it.
    sweep: Arc<Notify>,
    /// Told by whoever plans something; the task that lets it happen waits for it.
    planned: Notify,
    /// Written once by whoever looks at links; without it nobody does.
    links: OnceLock<previews::Jobs>,
    /// Written once by whoever pushes; read by the publisher after each commit.
    pushes: Arc<OnceLock<Arc<Pushes>>>,
    /// Written once by whoever wires the server; read by every check of an agent's settings.
    offered: OnceLock<Offered>,
    /// Written once by whoever wires the server, where the operator has named a provider.
    provider: OnceLock<SignInProvider>,
}

/// What agents may be given: known to the configuration, not to the chat.
#[derive(Clone, Debug, Default)]
pub struct Offered {
    /// Models by the names that settings use; the first is the default.
    pub models: Vec<ModelInfo>,
    /// What may be spent where settings say nothing.
    pub budgets: Budgets,
    /// The currency of the models' prices, by its ISO 4217 code.
    pub currency: String,
}

/// What may be spent by each agent, in each room, by each asker, and by all together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Budgets {
    /// By an agent.
    pub agent: Budget,
    /// In a room.
    pub room: Budget,
    /// In rooms by their names, beside what holds in each.
    pub rooms: BTreeMap<String, Budget>,
    /// By a person, through all agents.
    pub asker: Budget,
    /// By everybody together.
    pub server: Budget,
}

impl Chat {
    /// Opens the data folder and begins to publish. An empty one gets its first room and agent.
    pub async fn start(config: ChatConfig) -> Result<Self, ChatError> {
        let mut store_config = StoreConfig::new(config.folder);
        store_config.workers = config.workers;
        store_config.bucket = config.bucket;
        if !config.serve {
            store_config.foreign_poll = None;
            store_config.readers = 1;
        }
        let (store, publications) = Store::open(&store_config)?;
        let rooms = store.membership().await?;
        let users = store.users().await?;
        let published = rooms.iter().map(|(room, seq, _)| (*room, *seq)).collect();
        let hub = Hub::spawn(HubSnapshot {
            rooms,
            users: users
                .iter()
                .map(|user| user.info(Presence::Offline))
                .collect(),
        });
        let known = users.into_iter().map(|user| (user.id, user)).collect();
        let pushes = Arc::<OnceLock<_>>::default();
        let publisher =
            Publisher::new(store.clone(), hub.clone(), published, known, pushes.clone());
        publisher.spawn(publications);
        let epoch = store.epoch().await?;
        let sweep = Arc::<Notify>::default();
        if config.serve {
            sweeper::spawn(store.clone(), sweep.clone());
        }
        let chat = Self {
            store,
            inner: Arc::new(Inner {
                hub,
                epoch,
                commands: Registry::new(),
                hashing: Hashing::new(HASHES_AT_ONCE_MAX),
                challenges: Challenges::default(),
                workshop: Workshop::default(),
                file_bytes_max: config.file_bytes_max,
                sweep,
                planned: Notify::new(),
                links: OnceLock::new(),
                pushes,
                offered: OnceLock::new(),
                provider: OnceLock::new(),
            }),
        };
        accounts::first_start(&chat).await?;
        Ok(chat)
    }

    /// Who is connected, fan-out, drafts.
    pub fn hub(&self) -> &Hub {
        &self.inner.hub
    }

    /// The identity of the log's life.
    pub fn epoch(&self) -> &str {
        &self.inner.epoch
    }

    /// The commands.
    pub fn commands(&self) -> &Registry {
        &self.inner.commands
    }

    /// Says what agents may be given. Only the first word counts.
    pub fn offer(&self, offered: Offered) {
        drop(self.inner.offered.set(offered));
    }

    /// What agents may be given; none where nobody said, as in an administrative command.
    pub fn offered(&self) -> Option<&Offered> {
        self.inner.offered.get()
    }

    /// Lets people sign in by a provider. Only the first word counts.
    pub fn offer_provider(&self, provider: SignInProvider) {
        drop(self.inner.provider.set(provider));
    }

    /// By whose word people sign in, where the operator has named somebody.
    pub(crate) fn provider(&self) -> Option<&SignInProvider> {
        self.inner.provider.get()
    }

    /// What devices sign.
    pub(crate) fn challenges(&self) -> &Challenges {
        &self.inner.challenges
    }

    /// The log. For `salon-chat` and the administrative commands; rights are not checked there.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Runs work that reads many short things one after the other, in one go; see
    /// [`Store::in_one_go`].
    pub async fn in_one_go<T, W, F>(&self, work: W) -> Result<T, ChatError>
    where
        T: Send + 'static,
        W: FnOnce(Self) -> F + Send + 'static,
        F: Future<Output = Result<T, ChatError>> + Send,
    {
        let inner = self.inner.clone();
        let work = move |store| work(Self { inner, store });
        self.store.in_one_go(work).await?
    }

    /// A file's size in bytes.
    pub fn file_bytes_max(&self) -> u64 {
        self.inner.file_bytes_max
    }

    /// Where pictures are worked on.
    pub fn workshop(&self) -> &Workshop {
        &self.inner.workshop
    }

    /// Something that stood for bytes is gone: whoever sweeps may look.
    pub(crate) fn sweep_soon(&self) {
        self.inner.sweep.notify_one();
    }

    /// Something was planned, maybe sooner than what was next.
    pub(crate) fn plan_soon(&self) {
        self.inner.planned.notify_one();
    }

    /// Completes when something was planned.
    pub(crate) async fn planned(&self) {
        self.inner.planned.notified().await;
    }

    /// Says who looks at links. Only the first word counts.
    pub(crate) fn look_at_links_by(&self, jobs: previews::Jobs) {
        drop(self.inner.links.set(jobs));
    }

    /// A message was said or changed: its links may be looked at, where there is room.
    pub(crate) fn look_at_links(&self, job: Option<previews::Job>) {
        if let (Some(jobs), Some(job)) = (self.inner.links.get(), job) {
            drop(jobs.try_send(job));
        }
    }

    /// Says who pushes. Only the first word counts.
    pub(crate) fn push_by(&self, pushes: Arc<Pushes>) {
        drop(self.inner.pushes.set(pushes));
    }

    /// Whoever pushes, where anything is.
    pub(crate) fn pushes(&self) -> Option<&Pushes> {
        self.inner.pushes.get().map(AsRef::as_ref)
    }

    pub(crate) fn hashing(&self) -> &Hashing {
        &self.inner.hashing
    }
}
