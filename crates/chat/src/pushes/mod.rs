//! What is pushed to browsers whose page is closed, without anybody's gateway: one task takes what
//! was committed, asks whom it concerns, and hands each of their browsers' services a sealed word.
//!
//! A push is a nicety: what does not fit in the queue is let go, and after a crash nobody is told
//! again; the unread count is the truth. Addresses are people's input, and asked as such:
//! `salon-outside` looks at where they lead, each time.

mod said;
mod seal;
mod vapid;

use crate::{Chat, ChatError, Words, notify};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use futures::{FutureExt, future::BoxFuture};
use jiff::SignedDuration;
use salon_live::Published;
use salon_outside::{Allowed, Fetcher, Posted, Refused, Url, system_lookup};
use salon_protocol::{Event, EventBody, MessageId, PushRequest, RoomId, UserId};
use salon_store::PushSubscription;
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::{Semaphore, mpsc},
    task::JoinSet,
};
use tracing::{debug, warn};
use vapid::Vapid;

/// Messages that wait to be looked at; further ones are not pushed.
const EVENTS_WAITING_MAX: usize = 1_024;
/// Words on their way to browsers, those that wait for another try included.
const PUSHES_WAITING_MAX: usize = 2_048;
/// Those of one user; further ones are not pushed.
const WAITING_PER_USER_MAX: usize = 64;
/// On their way at once.
const SENDING_MAX: usize = 64;
/// And of one user, whose browsers' services may take their time.
const SENDING_PER_USER_MAX: usize = 2;
/// Tries, the first included.
const ATTEMPTS_MAX: u32 = 5;
/// Before the second try; four times as long before each further one.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// A service that asks for longer is not tried again.
const WAIT_MAX: Duration = Duration::from_secs(120);
/// So long a service keeps what it cannot deliver.
const KEPT_FOR: &str = "86400";
/// What is older is no news: it was brought from elsewhere.
const NEWS_FOR: SignedDuration = SignedDuration::from_mins(10);

/// The way to whoever pushes.
pub struct Pushes {
    vapid: Vapid,
    /// Made when it is first needed: most servers that start push nothing.
    fetcher: OnceLock<Option<Fetcher>>,
    /// Services of the operator's own network.
    allowed: Vec<Allowed>,
    /// Whom a push service tells of trouble.
    contact: Option<String>,
    events: mpsc::Sender<Arc<Event>>,
    /// Whether anybody waits: until then nothing is looked at. Set by whoever begins to wait.
    any: AtomicBool,
}

/// Reads the key or makes it, and pushes until it is dropped.
pub async fn start(
    chat: &Chat,
    allowed: Vec<Allowed>,
    contact: Option<String>,
) -> Result<BoxFuture<'static, ()>, ChatError> {
    let failed = |_| ChatError::Internal("the key for push services cannot be made".into());
    let fresh = Vapid::fresh().map_err(failed)?;
    let kept = chat.store().write(move |tx| tx.push_key(&fresh)).await?;
    let unreadable = |_| ChatError::Internal("the key for push services cannot be read".into());
    let (events, waiting) = mpsc::channel(EVENTS_WAITING_MAX);
    let pushes = Arc::new(Pushes {
        vapid: Vapid::kept(&kept).map_err(unreadable)?,
        fetcher: OnceLock::new(),
        allowed,
        contact,
        events,
        any: AtomicBool::new(chat.store().any_push().await?),
    });
    chat.push_by(pushes.clone());
    Ok(run(chat.clone(), pushes, waiting).boxed())
}

impl Pushes {
    /// The server's public key.
    pub(crate) fn key(&self) -> &str {
        self.vapid.public()
    }

    /// What was committed: of what is said somebody may have to be told.
    pub(crate) fn take(&self, batch: &[Published]) {
        if !self.any.load(Ordering::Relaxed) {
            return;
        }
        for published in batch {
            let is_said = matches!(published.event.body, EventBody::MessagePosted { .. });
            if is_said && self.events.try_send(published.event.clone()).is_err() {
                metrics::counter!("salon_pushes_dropped_total").increment(1);
            }
        }
    }

    /// None where the system offers no roots for TLS.
    fn fetcher(&self) -> Option<&Fetcher> {
        let make = || {
            let made = Fetcher::new(self.allowed.clone(), system_lookup());
            let made = made.map(|fetcher| fetcher.at_once(SENDING_MAX));
            made.inspect_err(|error| warn!(%error, "nothing is pushed: TLS has no roots here"))
                .ok()
        };
        self.fetcher.get_or_init(make).as_ref()
    }

    /// Somebody waits from now on.
    pub(crate) fn begin(&self) {
        self.any.store(true, Ordering::Relaxed);
    }

    /// A browser's own words, once they are such that something could be pushed there.
    pub(crate) async fn check(
        &self,
        user: UserId,
        credential: [u8; 32],
        request: PushRequest,
    ) -> Result<PushSubscription, ChatError> {
        let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok();
        let public_key = bytes(&request.keys.p256dh).unwrap_or_default();
        let auth = bytes(&request.keys.auth).unwrap_or_default();
        let fits = public_key.len() == seal::PUBLIC_KEY_BYTES && auth.len() == seal::AUTH_BYTES;
        if !fits || seal::seal(b"", &public_key, &auth).is_err() {
            return Err(no_service());
        }
        let url = self.address(&request.endpoint).ok_or_else(no_service)?;
        let fetcher = self.fetcher().ok_or_else(no_service)?;
        fetcher.may_ask(&url).await.map_err(|_| no_service())?;
        Ok(PushSubscription {
            credential,
            user,
            endpoint: request.endpoint,
            public_key,
            auth,
        })
    }

    /// Services are asked over TLS alone, but for those that the operator has named.
    fn address(&self, endpoint: &str) -> Option<Url> {
        let short = endpoint.len() <= salon_protocol::limits::PUSH_ENDPOINT_BYTES_MAX;
        let url: Url = short.then(|| endpoint.parse().ok())??;
        let is_named = || self.allowed.iter().any(|it| it.names(&url));
        (url.scheme() == "https" || is_named()).then_some(url)
    }

    async fn send(&self, to: &PushSubscription, room: RoomId, text: &[u8]) -> Outcome {
        let Some(url) = self.address(&to.endpoint) else {
            return Outcome::Gone;
        };
        let Some(fetcher) = self.fetcher() else {
            return Outcome::Done;
        };
        let origin = url.origin().ascii_serialization();
        let now = salon_protocol::now();
        let word = self.vapid.word(&origin, self.contact.as_deref(), now);
        let sealed = seal::seal(text, &to.public_key, &to.auth);
        let (Ok(word), Ok(sealed)) = (word, sealed) else {
            return Outcome::Done;
        };
        let head = [
            ("authorization", word),
            ("content-encoding", "aes128gcm".into()),
            ("content-type", "application/octet-stream".into()),
            (
                "user-agent",
                concat!("Salon/", env!("CARGO_PKG_VERSION")).into(),
            ),
            ("ttl", KEPT_FOR.into()),
            ("urgency", "high".into()),
            // Of one room only the newest waits for a browser that sleeps.
            ("topic", topic(to, room)),
        ];
        match fetcher.post(&url, &head, sealed).await {
            Ok(posted) => outcome(posted),
            Err(Refused::NotPublic | Refused::NotOfTheWeb) => Outcome::Gone,
            Err(_) => Outcome::Again(None),
        }
    }
}

/// A name for a room that means nothing to the service, nor the same for two browsers.
fn topic(to: &PushSubscription, room: RoomId) -> String {
    let mut digest = Sha256::new();
    digest.update(&to.auth);
    digest.update(room.0.as_bytes());
    URL_SAFE_NO_PAD.encode(&digest.finalize()[..16])
}

/// What one try came to.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    /// It was taken, or never will be.
    Done,
    /// Nobody waits there any more.
    Gone,
    /// Later, perhaps after so long.
    Again(Option<Duration>),
}

fn outcome(posted: Posted) -> Outcome {
    match posted.status {
        404 | 410 => Outcome::Gone,
        429 | 500..=599 => Outcome::Again(posted.retry_after),
        status => {
            if !(200..300).contains(&status) {
                debug!(status, "a push service refused what it was handed");
            }
            Outcome::Done
        }
    }
}

async fn run(chat: Chat, pushes: Arc<Pushes>, mut waiting: mpsc::Receiver<Arc<Event>>) {
    let mut places = Places::default();
    let mut tasks = JoinSet::new();
    while let Some(event) = waiting.recv().await {
        while tasks.try_join_next().is_some() {}
        let EventBody::MessagePosted { message } = &event.body else {
            continue;
        };
        let found = match targets(&chat, &event).await {
            Ok(found) => found,
            Err(error) => {
                warn!(%error, "nobody is told of a message by a push");
                continue;
            }
        };
        for (user, credential) in found {
            if tasks.len() >= PUSHES_WAITING_MAX {
                tasks.join_next().await;
            }
            let Some(place) = places.of(user) else {
                metrics::counter!("salon_pushes_dropped_total").increment(1);
                continue;
            };
            let push = Push {
                user,
                credential,
                room: event.room,
                message: message.id,
            };
            tasks.spawn(push.deliver(chat.clone(), pushes.clone(), place));
        }
    }
}

/// Where words are on their way from. Whom this guards: everybody, from somebody whose browsers'
/// service takes what it is handed and never answers.
struct Places {
    all: Arc<Semaphore>,
    /// Each held by its user's words alone.
    own: HashMap<UserId, Arc<Semaphore>>,
}

impl Default for Places {
    fn default() -> Self {
        Self {
            all: Arc::new(Semaphore::new(SENDING_MAX)),
            own: HashMap::new(),
        }
    }
}

impl Places {
    /// None where too many of the user's words wait already.
    fn of(&mut self, user: UserId) -> Option<Place> {
        if self.own.len() > PUSHES_WAITING_MAX {
            self.own.retain(|_, own| Arc::strong_count(own) > 1);
        }
        let fresh = || Arc::new(Semaphore::new(SENDING_PER_USER_MAX));
        let own = self.own.entry(user).or_insert_with(fresh);
        (Arc::strong_count(own) <= WAITING_PER_USER_MAX).then(|| Place {
            all: self.all.clone(),
            own: own.clone(),
        })
    }
}

/// One word's place among its user's and among all.
struct Place {
    all: Arc<Semaphore>,
    own: Arc<Semaphore>,
}

/// Which sessions an event is pushed to.
async fn targets(chat: &Chat, event: &Event) -> Result<Vec<(UserId, [u8; 32])>, ChatError> {
    if salon_protocol::now().duration_since(event.at) > NEWS_FOR {
        return Ok(Vec::new());
    }
    let whom = notify::whom(chat, event).await?;
    let users: Vec<_> = whom.into_iter().map(|(user, _)| user).collect();
    if users.is_empty() {
        return Ok(Vec::new());
    }
    Ok(chat.store().push_targets(users).await?)
}

/// One word for one session.
struct Push {
    user: UserId,
    credential: [u8; 32],
    room: RoomId,
    message: MessageId,
}

impl Push {
    async fn deliver(self, chat: Chat, pushes: Arc<Pushes>, place: Place) {
        let mut wait = FIRST_WAIT;
        for attempt in 1..=ATTEMPTS_MAX {
            let own = place.own.acquire().await;
            let one_of_all = place.all.acquire().await;
            let outcome = self.attempt(&chat, &pushes).await;
            drop((own, one_of_all));
            match outcome {
                Ok(Outcome::Again(asked)) if attempt < ATTEMPTS_MAX => {
                    let wait_for = asked.unwrap_or(wait);
                    if wait_for > WAIT_MAX {
                        return;
                    }
                    tokio::time::sleep(wait_for).await;
                    wait *= 4;
                }
                Ok(_) => return,
                Err(error) => {
                    warn!(%error, "somebody is not told of a message by a push");
                    return;
                }
            }
        }
    }

    /// Everything is looked up anew: who may read, what it says, whether somebody still waits.
    async fn attempt(&self, chat: &Chat, pushes: &Pushes) -> Result<Outcome, ChatError> {
        let store = chat.store();
        let Some(to) = store.push_subscription(self.credential).await? else {
            return Ok(Outcome::Done);
        };
        if to.user != self.user {
            return Ok(Outcome::Done);
        }
        let Some(said) = said::said(chat, self.user, self.message).await? else {
            return Ok(Outcome::Done);
        };
        let text =
            serde_json::to_vec(&said).map_err(|error| ChatError::Internal(error.to_string()))?;
        let outcome = pushes.send(&to, self.room, &text).await;
        if outcome == Outcome::Gone {
            let (credential, endpoint) = (self.credential, to.endpoint);
            store
                .write(move |tx| tx.drop_push(credential, Some(&endpoint)))
                .await?;
        }
        Ok(outcome)
    }
}

fn no_service() -> ChatError {
    ChatError::BadArguments(Words::new(
        "This is no push service that can be used: it takes a public https address and the keys \
         of a browser.",
        "无法使用此推送服务：需要公开的 https 地址和浏览器的密钥。",
    ))
}
