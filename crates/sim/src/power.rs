//! The power fails: what a disk holds then, rebuilt from a record of what was written and synced.
//!
//! A child process writes messages as the server does, under `strace`, which records every write,
//! sync and truncation of the database's files, and every ack, in one order. A cut is a place in
//! that record. What had been synced by then is there; of what had not, any sector may have
//! reached the disk or not, and a file whose folder was not synced may be missing. The real store
//! then opens what is left.

mod disk;
mod load;
mod record;

pub use load::load;

use crate::chance::Chance;
use disk::Disk;
use record::{Call, record};
use salon_chat::{Store, StoreConfig};
use std::{collections::BTreeMap, path::Path};

/// What many cuts came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cuts {
    /// Cuts that were looked at.
    pub cuts: usize,
    /// Those with something written and not synced.
    pub torn: usize,
    /// Writes and syncs in the record.
    pub calls: usize,
    /// Acks in the record.
    pub acks: usize,
}

/// Records `binary` at work and cuts the power so many times; panics where something acked is
/// lost. None where there is no `strace`.
pub fn cut(binary: &Path, cuts: usize, seed: u64) -> Option<Cuts> {
    let folder = crate::folder();
    let data = folder.path().join("data");
    load::prepare(&data);
    let mut disk = Disk::of(&data);
    let calls = record(binary, &data, &folder.path().join("record"))?;
    let mut chance = Chance::new(seed);
    let mut places: Vec<usize> = (0..cuts).map(|_| chance.below(calls.len() + 1)).collect();
    places.sort_unstable();
    let mut places = places.into_iter().peekable();
    let (mut acked, mut sum) = (BTreeMap::new(), Cuts::default());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    for (place, call) in calls.iter().enumerate() {
        while places.next_if_eq(&place).is_some() {
            // A name of its own: the database before may still be closing its files by theirs.
            let left = folder.path().join(format!("left-{}", sum.cuts));
            disk.cut(&left, &mut chance);
            sum.torn += usize::from(disk.has_unsynced());
            sum.cuts += 1;
            runtime.block_on(look(&left, &acked, place));
            std::fs::remove_dir_all(&left).unwrap();
        }
        sum.calls += 1;
        match call {
            Call::Ack { seq, text } => {
                sum.acks += 1;
                acked.insert(*seq, text.clone());
            }
            call => disk.take(call),
        }
    }
    Some(sum)
}

/// Opens what is left, as a server does that starts again.
async fn look(left: &Path, acked: &BTreeMap<u64, String>, place: usize) {
    let mut config = StoreConfig::new(left);
    (config.readers, config.foreign_poll) = (1, None);
    let (store, _publications) =
        Store::open(&config).unwrap_or_else(|error| panic!("cut {place}: {error}"));
    let findings = store.check().await.unwrap();
    assert!(findings.is_empty(), "cut {place}: {findings:?}");
    let stored = load::stored(&store).await;
    for (seq, text) in acked {
        assert_eq!(
            stored.get(seq),
            Some(text),
            "cut {place}: acked as {seq} and lost"
        );
    }
}
