//! Looks at what people's links lead to, once they are said: one task, a few messages at a time.
//!
//! A preview is a nicety: what does not fit is let go, and after a crash nobody looks again. Only
//! what people write themselves is looked at. What an agent writes never is, and neither is what is
//! passed on or quoted: a model that was talked into an address must not get this server to go
//! there, nor tell an outsider by it what it has read.

use crate::{Chat, ChatError, links::links};
use moka::future::Cache;
use salon_media::{Rendition, Unreadable, link_picture};
use salon_outside::{Behind, Fetcher, Page, Url};
use salon_protocol::{LinkPreview, MessageId, PreviewPicture, RoomId, UserId, UserKind};
use salon_store::{Actor, Change, NewEvent, NewPicture};
use sha2::{Digest, Sha256};
use std::{
    collections::{HashMap, VecDeque},
    fmt::Write,
    io::Cursor,
    sync::Arc,
    time::Duration,
};
use tokio::{
    sync::mpsc,
    task::{Id, JoinSet},
    time::Instant,
};
use tracing::debug;

/// Messages that wait to be looked at; further ones go without.
const JOBS_WAITING_MAX: usize = 256;
/// Messages that are looked at, at once.
const JOBS_AT_ONCE_MAX: usize = 6;
/// And of one user, whose links may lead to what takes its time.
const PER_USER_AT_ONCE_MAX: usize = 2;
/// Messages of one user that are looked at within a minute; further ones go without.
const PER_USER_MINUTE_MAX: usize = 20;
const MINUTE: Duration = Duration::from_secs(60);
/// What was found is told again for so long without asking.
const KEPT_FOR: Duration = Duration::from_secs(30 * 60);
/// What is kept, in bytes.
const KEPT_BYTES_MAX: u64 = 32 * 1024 * 1024;
/// What keeping one takes besides its address, its words and its picture, in bytes; so that nothing
/// is free.
const KEPT_BYTES_MIN: usize = 512;

/// A message whose links are to be looked at.
pub(crate) struct Job {
    pub(crate) room: RoomId,
    pub(crate) author: Actor,
    pub(crate) message_id: MessageId,
    /// What it says.
    pub(crate) text: String,
}

impl Job {
    /// Nothing, where there is nothing to look at.
    pub(crate) fn of(
        room: RoomId,
        author: &Actor,
        message_id: MessageId,
        text: &str,
    ) -> Option<Self> {
        if author.kind != UserKind::Human || links(text).is_empty() {
            return None;
        }
        Some(Self {
            room,
            author: author.clone(),
            message_id,
            text: text.to_owned(),
        })
    }
}

/// The way to whoever looks.
pub(crate) type Jobs = mpsc::Sender<Job>;

/// What was found behind one link.
struct Seen {
    page: Page,
    picture: Option<SeenPicture>,
}

struct SeenPicture {
    told: PreviewPicture,
    made: Rendition,
}

impl Seen {
    fn bytes(&self) -> usize {
        let page = &self.page;
        let words = [&page.title, &page.description, &page.site];
        let words = words.into_iter().flatten().map(String::len);
        let address = page.picture.as_ref().map_or(0, |it| it.as_str().len());
        let picture = self.picture.as_ref();
        let picture = picture.map_or(0, |picture| picture.made.bytes.len());
        words.sum::<usize>() + address + picture
    }
}

/// What keeping it takes, in bytes.
fn weight(address: &str, seen: Option<&Seen>) -> u32 {
    let bytes = KEPT_BYTES_MIN + address.len() + seen.map_or(0, Seen::bytes);
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// Whoever looks, with what was found.
#[derive(Clone)]
struct Looker {
    chat: Chat,
    fetcher: Fetcher,
    /// Found or not: what is not there is not asked for again and again either.
    kept: Cache<String, Option<Arc<Seen>>>,
    /// Our own address: whoever may read what is behind it is there already.
    own: Option<Url>,
}

/// Runs until it is dropped; it may be at any time.
pub async fn run(chat: Chat, fetcher: Fetcher, own: Option<Url>) {
    let (jobs, mut waiting) = mpsc::channel(JOBS_WAITING_MAX);
    chat.look_at_links_by(jobs);
    let kept = Cache::builder()
        .max_capacity(KEPT_BYTES_MAX)
        .weigher(|address: &String, seen: &Option<Arc<Seen>>| weight(address, seen.as_deref()))
        .time_to_live(KEPT_FOR)
        .build();
    let looker = Looker {
        chat,
        fetcher,
        kept,
        own,
    };
    let mut asked = Asked::default();
    let mut queue = Queue::default();
    let mut at_work = JoinSet::new();
    loop {
        tokio::select! {
            job = waiting.recv() => {
                let Some(job) = job else { return };
                if asked.may(job.author.id) {
                    queue.put(job);
                }
            }
            Some(done) = at_work.join_next_with_id() => {
                let id = match done {
                    Ok((id, Ok(()))) => id,
                    // Whoever wrote it has left, or the message is gone: then nothing is shown.
                    Ok((id, Err(error))) => {
                        debug!(%error, "nothing is shown of a message's links");
                        id
                    }
                    Err(error) => {
                        debug!(%error, "looking at a link ended early");
                        error.id()
                    }
                };
                queue.done(id);
            }
        }
        while let Some(job) = queue.next() {
            let (looker, author) = (looker.clone(), job.author.id);
            let begun = at_work.spawn(async move { looker.look(job).await });
            queue.begun(begun.id(), author);
        }
    }
}

/// What waits, in its order but for this: whoever has enough at work waits behind everybody else.
/// Whom this guards: everybody, from somebody whose links lead to what never answers.
#[derive(Default)]
struct Queue {
    waiting: VecDeque<Job>,
    at_work: HashMap<Id, UserId>,
}

impl Queue {
    fn put(&mut self, job: Job) {
        let of_author = |one: &&Job| one.author.id == job.author.id;
        let own = self.waiting.iter().filter(of_author).count();
        if self.waiting.len() < JOBS_WAITING_MAX && own < PER_USER_MINUTE_MAX {
            self.waiting.push_back(job);
        }
    }

    fn next(&mut self) -> Option<Job> {
        if self.at_work.len() >= JOBS_AT_ONCE_MAX {
            return None;
        }
        let at_work = |user| self.at_work.values().filter(|it| **it == user).count();
        let may = |job: &Job| at_work(job.author.id) < PER_USER_AT_ONCE_MAX;
        let at = self.waiting.iter().position(may)?;
        self.waiting.remove(at)
    }

    fn begun(&mut self, task: Id, author: UserId) {
        self.at_work.insert(task, author);
    }

    fn done(&mut self, task: Id) {
        self.at_work.remove(&task);
    }
}

/// How much each user has asked for within this minute.
struct Asked {
    since: Instant,
    times: HashMap<UserId, usize>,
}

impl Default for Asked {
    fn default() -> Self {
        Self {
            since: Instant::now(),
            times: HashMap::new(),
        }
    }
}

impl Asked {
    fn may(&mut self, user: UserId) -> bool {
        if self.since.elapsed() > MINUTE {
            *self = Self::default();
        }
        let times = self.times.entry(user).or_default();
        *times += 1;
        *times <= PER_USER_MINUTE_MAX
    }
}

impl Looker {
    async fn look(&self, job: Job) -> Result<(), ChatError> {
        let links = links(&job.text);
        let looking = links.iter().map(|(_, url)| self.behind(url));
        let found = futures::future::join_all(looking).await;
        let (mut previews, mut pictures) = (Vec::new(), Vec::<NewPicture>::new());
        for ((link, _), seen) in links.iter().zip(found) {
            let Some(seen) = seen else { continue };
            previews.push(LinkPreview {
                url: link.clone(),
                title: seen.page.title.clone(),
                description: seen.page.description.clone(),
                site: seen.page.site.clone(),
                picture: seen.picture.as_ref().map(|picture| picture.told.clone()),
            });
            if let Some(picture) = &seen.picture {
                pictures.push(NewPicture {
                    name: picture.told.name.clone(),
                    media_type: picture.made.media_type,
                    bytes: picture.made.bytes.clone(),
                });
            }
        }
        if previews.is_empty() {
            return Ok(());
        }
        let new = NewEvent {
            room: job.room,
            actor: job.author,
            change: Change::Preview {
                message_id: job.message_id,
                text: job.text,
                previews,
                pictures,
            },
            key: None,
        };
        self.chat.store().write(move |tx| tx.append(new)).await?;
        Ok(())
    }

    /// Several who ask at once for the same share one answer.
    async fn behind(&self, url: &Url) -> Option<Arc<Seen>> {
        if self
            .own
            .as_ref()
            .is_some_and(|own| own.host() == url.host())
        {
            return None;
        }
        let mut address = url.clone();
        address.set_fragment(None);
        let looking = async { self.fetch(&address).await.map(Arc::new) };
        self.kept.get_with(address.to_string(), looking).await
    }

    async fn fetch(&self, url: &Url) -> Option<Seen> {
        let (page, picture) = match self.fetcher.look(url).await {
            Ok(Behind::Page(page)) => {
                let picture = match &page.picture {
                    // Without its picture it is a page all the same.
                    Some(at) => self.fetcher.picture(at).await.ok(),
                    None => None,
                };
                (page, picture)
            }
            Ok(Behind::Picture(bytes)) => (Page::default(), Some(bytes)),
            Err(why) => {
                debug!(%why, "nothing is shown of a link");
                return None;
            }
        };
        let picture = match picture {
            Some(bytes) => self.draw(bytes).await.ok(),
            None => None,
        };
        let shows = page.title.is_some() || picture.is_some();
        shows.then_some(Seen { page, picture })
    }

    async fn draw(&self, bytes: Vec<u8>) -> Result<SeenPicture, Unreadable> {
        let work = move || link_picture(Cursor::new(bytes));
        let (made, (width, height)) = self.chat.workshop().run(work).await?;
        let mut name = String::new();
        for byte in Sha256::digest(&made.bytes) {
            write!(name, "{byte:02x}").ok();
        }
        let told = PreviewPicture {
            name,
            width,
            height,
        };
        Ok(SeenPicture { told, made })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_weighs_its_address_and_its_words() {
        let long = "https://example.org/".to_owned() + &"x".repeat(10_000);
        assert!(weight(&long, None) > 10_000);
        let seen = Seen {
            page: Page {
                title: Some("t".repeat(3_000)),
                description: Some("d".repeat(5_000)),
                ..Page::default()
            },
            picture: None,
        };
        assert!(weight("", Some(&seen)) > 8_000);
    }
}
