//! Carries an import out: people, then rooms, then messages in batches, each in one commit.

use super::{
    archive::Archive,
    house::House,
    lost::Lost,
    mattermost::Mattermost,
    plan::{Plan, Said},
    shelf::Shelf,
    slack::Slack,
};
use anyhow::{Context, anyhow};
use salon_chat::Chat;
use salon_protocol::ImportCounts;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot},
};

/// Messages in one commit.
const BATCH: usize = 200;
/// Files of the messages in one commit: what was read of them is read again after a crash.
const BATCH_FILES: usize = 20;
/// Messages that wait to be written.
const WAITING_MAX: usize = 1_000;
/// What they, and those of the commit that is being written, hold of memory, in KiB. A line may
/// be a thousand times as long as most are.
const WAITING_KIB_MAX: u32 = 64 * 1024;
/// Messages of so much are a commit, however few: a quarter, so that the largest still has room.
const BATCH_KIB: u32 = WAITING_KIB_MAX / 4;

/// Whose export it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Kind {
    /// The zip of Slack's workspace export.
    Slack,
    /// The JSON Lines of `mmctl export`, alone or in their zip.
    Mattermost,
}

impl Kind {
    /// What a file seems to be. What it is not is told by whoever reads it.
    pub(crate) fn of(file: &Path) -> anyhow::Result<Self> {
        if Archive::is_one(file)? && Archive::open(file)?.has("users.json") {
            return Ok(Self::Slack);
        }
        Ok(Self::Mattermost)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Slack => "slack",
            Self::Mattermost => "mattermost",
        }
    }
}

/// What is brought in.
#[derive(Clone, Debug)]
pub(crate) struct Export {
    pub(crate) kind: Kind,
    pub(crate) file: PathBuf,
    /// A folder with the bytes of its files, where they are not in it.
    pub(crate) files: Option<PathBuf>,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Done {
    pub(crate) counts: ImportCounts,
    /// What could not be brought, and how often.
    pub(crate) lost: Lost,
    /// Bytes of the export that are read, and brought where they could be.
    pub(crate) read: u64,
    /// All of its bytes.
    pub(crate) size: u64,
    /// The room that is being brought.
    pub(crate) place: String,
}

/// Brings an export in; `tell` hears how far it is. Dropped in between, it is begun anew and goes
/// on where it was.
pub(crate) async fn import(
    chat: &Chat,
    export: &Export,
    mut tell: impl FnMut(&Done),
) -> anyhow::Result<Done> {
    let (said, mut waiting) = mpsc::channel(WAITING_MAX);
    let (planned, plan) = oneshot::channel();
    let from = export.clone();
    let room = Arc::new(Semaphore::new(WAITING_KIB_MAX as usize));
    let runtime = Handle::current();
    let reading = tokio::task::spawn_blocking(move || {
        read(&from, planned, |one| {
            let kib = kib(&one);
            let place = runtime.block_on(room.clone().acquire_many_owned(kib));
            place.is_ok_and(|place| said.blocking_send((one, place)).is_ok())
        })
    });
    let Ok((plan, shelf)) = plan.await else {
        return Err(reading
            .await
            .context("reading failed")?
            .err()
            .unwrap_or_else(|| anyhow!("reading failed")));
    };
    let mut house = House::furnish(chat, export.kind, plan, shelf).await?;
    tell(&house.done);
    let mut batch: Vec<Said> = Vec::new();
    let mut places: Option<OwnedSemaphorePermit> = None;
    let mut files = 0;
    while let Some((one, place)) = waiting.recv().await {
        let is_other = batch.first().is_some_and(|first| first.place != one.place);
        let is_large = places
            .as_ref()
            .is_some_and(|places| places.num_permits() >= BATCH_KIB as usize);
        if is_other || is_large || batch.len() >= BATCH || files >= BATCH_FILES {
            house.bring(std::mem::take(&mut batch)).await?;
            tell(&house.done);
            files = 0;
            places = None;
        }
        files += one.files.len();
        batch.push(one);
        match &mut places {
            Some(places) => places.merge(place),
            None => places = Some(place),
        }
    }
    house.bring(batch).await?;
    let lost = reading.await.context("reading failed")??;
    house.done.lost.extend(lost);
    house.leave().await?;
    house.done.read = house.done.size;
    Ok(house.done)
}

/// What a message holds of memory; more than the largest is told of none.
fn kib(one: &Said) -> u32 {
    let reactions = one.reactions.iter();
    let reactions: usize = reactions
        .map(|(user, emoji)| user.len() + emoji.len() + 48)
        .sum();
    let files = one.files.iter().flat_map(|file| &file.places);
    let files: usize = files.map(|place| place.len() + 48).sum();
    let bytes = one.text.len() + reactions + files;
    u32::try_from(bytes / 1024 + 1).map_or(BATCH_KIB, |kib| kib.min(BATCH_KIB))
}

fn read(
    export: &Export,
    planned: oneshot::Sender<(Plan, Shelf)>,
    say: impl FnMut(Said) -> bool,
) -> anyhow::Result<Lost> {
    let path = &export.file;
    let shelf = Shelf::open(path, export.files.as_deref())?;
    match export.kind {
        Kind::Slack => {
            let (slack, plan) = Slack::open(Archive::open(path)?)?;
            planned.send((plan, shelf)).ok();
            slack.read(say)
        }
        Kind::Mattermost => {
            let (mattermost, plan) = Mattermost::open(path, || !planned.is_closed())?;
            planned.send((plan, shelf)).ok();
            mattermost.read(say)
        }
    }
}
