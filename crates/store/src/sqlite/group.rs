//! One commit for many jobs: each writes inside one transaction and can be undone alone, and all
//! are answered by what became of the commit.

use super::{
    Committed,
    claims::{ClaimedTurn, Claims},
    search,
    writer::Publication,
};
use crate::StoreError;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::{
    collections::{BTreeSet, VecDeque},
    sync::Arc,
};

/// Answers a job's caller: with the job's own result, or with why nothing of it was written.
pub(super) type Finish = Box<dyn FnOnce(Result<(), StoreError>) + Send>;
/// A job; without a transaction it could not be tried, and its answer will say so.
pub(super) type Work = Box<dyn FnOnce(Option<&mut Tx<'_>>) -> Finish + Send>;

/// A transaction in which several jobs write; each sees what those before it wrote.
pub struct Tx<'a> {
    pub(super) db: &'a Transaction<'a>,
    pub(super) events: Vec<Committed>,
    /// The places for turns, where somebody takes turns here.
    pub(super) claims: Option<Arc<Claims>>,
    /// Turns of these events that have begun.
    pub(super) claimed: Vec<ClaimedTurn>,
    /// Agents have something else to do.
    pub(super) turns_wait: bool,
    /// Of an import: when what is written now happened.
    pub(super) as_of: Option<jiff::Timestamp>,
    /// Messages that came; some may have been undone since.
    pub(super) posted: usize,
    /// Messages whose words changed. They go into the index before the commit, if the index had
    /// them: all at once, because it writes what it gathered to its pages at the end of every
    /// savepoint. May name what was undone or deleted since.
    pub(super) to_index: BTreeSet<i64>,
    /// Why nothing of this transaction can be committed any more.
    lost: Option<StoreError>,
}

impl Tx<'_> {
    /// Runs `work` so that an error takes back what it wrote, and only that.
    pub(super) fn undoable<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let (events_before, claimed_before) = (self.events.len(), self.claimed.len());
        let result = self
            .execute("SAVEPOINT job")
            .and_then(|()| work(self))
            .and_then(|value| self.execute("RELEASE job").map(|()| value));
        if let Err(error) = &result {
            self.events.truncate(events_before);
            self.claimed.truncate(claimed_before);
            let undone = self
                .execute("ROLLBACK TO job")
                .and_then(|()| self.execute("RELEASE job"));
            if undone.is_err() {
                // On a full disk the database takes back the whole transaction, the savepoint
                // with it: whoever wrote before in this group has written nothing either.
                self.lost = Some(error.clone());
            }
        }
        result
    }

    fn execute(&self, statement: &str) -> Result<(), StoreError> {
        self.db.prepare_cached(statement)?.execute([])?;
        Ok(())
    }

    /// Why the transaction is lost, if it is. One that ended behind our back is, whatever the jobs
    /// made of it: what the next one wrote would be committed alone.
    fn lost(&mut self) -> Option<StoreError> {
        let ended = || StoreError::Database("the transaction ended early".into());
        let lost = self.lost.take();
        lost.or_else(|| self.db.is_autocommit().then(ended))
    }
}

/// What became of a group.
pub(super) struct Outcome {
    /// What is to be published of it, or why nothing of it was written.
    pub(super) commit: Result<Option<Publication>, StoreError>,
    /// The answers to the jobs that were in it.
    pub(super) finishes: Vec<Finish>,
    /// How many messages came at the most, for the search index to have.
    pub(super) posted: usize,
}

impl Outcome {
    /// Answers everybody; to be called once the publication is on its way.
    pub(super) fn answer(self) {
        let answer = self.commit.map(|_| ());
        for finish in self.finishes {
            finish(answer.clone());
        }
    }
}

/// Runs jobs and commits them together. Where a job takes the whole transaction with it, those
/// behind it stay in the queue for another one.
pub(super) fn commit(
    connection: &mut Connection,
    group: &mut VecDeque<Work>,
    claims: Option<Arc<Claims>>,
) -> Outcome {
    let db = match connection.transaction_with_behavior(TransactionBehavior::Immediate) {
        Ok(db) => db,
        Err(error) => {
            let finishes = group.drain(..).map(|work| work(None)).collect();
            return Outcome {
                commit: Err(error.into()),
                finishes,
                posted: 0,
            };
        }
    };
    let mut tx = Tx {
        db: &db,
        events: Vec::new(),
        claims,
        claimed: Vec::new(),
        turns_wait: false,
        as_of: None,
        posted: 0,
        to_index: BTreeSet::new(),
        lost: None,
    };
    let mut finishes = Vec::with_capacity(group.len());
    while let Some(work) = group.pop_front() {
        finishes.push(work(Some(&mut tx)));
        if let Some(error) = tx.lost() {
            // Dropping the transaction rolls back what there may still be of it.
            return Outcome {
                commit: Err(error),
                finishes,
                posted: 0,
            };
        }
    }
    let Tx {
        events,
        claimed,
        turns_wait,
        posted,
        to_index,
        ..
    } = tx;
    let publication = (!events.is_empty()).then_some(Publication::Events {
        events,
        claimed,
        turns_wait,
    });
    // A failure here is the whole group's: words are never kept without being found.
    let commit = search::index_again(&db, &to_index)
        .and_then(|()| Ok(db.commit()?))
        .map(|()| publication);
    Outcome {
        commit,
        finishes,
        posted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    type Answer = (&'static str, Result<(), StoreError>);

    /// A small database that can grow by a few pages only.
    fn small() -> Connection {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch("CREATE TABLE kept (name TEXT, bytes BLOB)")
            .unwrap();
        let pages: u32 = db
            .pragma_query_value(None, "page_count", |row| row.get(0))
            .unwrap();
        db.pragma_update(None, "max_page_count", pages + 4).unwrap();
        db
    }

    fn job(name: &'static str, bytes: usize, answers: &mpsc::Sender<Answer>) -> Work {
        let answers = answers.clone();
        Box::new(move |tx| {
            let result = tx.map(|tx| {
                tx.undoable(|tx| {
                    let insert = "INSERT INTO kept VALUES (?1, zeroblob(?2))";
                    tx.db.execute(insert, (name, bytes))?;
                    Ok(())
                })
            });
            Box::new(move |commit: Result<(), StoreError>| {
                let answer = commit.and_then(|()| result.unwrap_or(Err(StoreError::Closed)));
                answers.send((name, answer)).unwrap();
            })
        })
    }

    fn run_all(db: &mut Connection, mut group: VecDeque<Work>) {
        while !group.is_empty() {
            commit(db, &mut group, None).answer();
        }
    }

    fn kept(db: &Connection) -> Vec<String> {
        let mut rows = db.prepare("SELECT name FROM kept ORDER BY rowid").unwrap();
        let names = rows.query_map([], |row| row.get(0)).unwrap();
        names.map(Result::unwrap).collect()
    }

    #[test]
    fn a_full_disk_in_the_middle_of_a_group_acks_exactly_what_is_kept() {
        let mut db = small();
        let (answers, answered) = mpsc::channel();
        let group = [("before", 10), ("too big", 100_000), ("behind", 10)];
        let group = group.map(|(name, bytes)| job(name, bytes, &answers));
        run_all(&mut db, group.into());
        drop(answers);
        let answers: Vec<Answer> = answered.iter().collect();
        let acked: Vec<&str> = answers
            .iter()
            .filter(|(_, answer)| answer.is_ok())
            .map(|(name, _)| *name)
            .collect();
        assert_eq!(kept(&db), acked, "{answers:?}");
        assert_eq!(acked, ["behind"], "what came behind is tried by itself");
        for (name, answer) in answers.iter().filter(|(_, answer)| answer.is_err()) {
            assert!(
                matches!(answer, Err(StoreError::Full)),
                "{name}: {answer:?}"
            );
        }
    }

    #[test]
    fn a_commit_that_fails_is_neither_acked_nor_published() {
        let mut db = Connection::open_in_memory().unwrap();
        // What hangs in the air is found out by the commit and not before.
        db.execute_batch(
            "PRAGMA foreign_keys = ON; CREATE TABLE kept (name TEXT PRIMARY KEY);
             CREATE TABLE leaning (on_name TEXT REFERENCES kept DEFERRABLE INITIALLY DEFERRED)",
        )
        .unwrap();
        let (answers, answered) = mpsc::channel();
        let work: Work = Box::new(move |tx| {
            let tx = tx.unwrap();
            let insert = "INSERT INTO leaning VALUES ('nothing')";
            tx.db.execute(insert, []).unwrap();
            tx.events.push(Committed {
                room: salon_protocol::RoomId::new(),
                seq: salon_protocol::Seq(1),
                at: jiff::Timestamp::UNIX_EPOCH,
                from: "ada".parse().unwrap(),
                body: salon_protocol::EventBody::MessagePinned {
                    message_id: salon_protocol::MessageId::new(),
                },
            });
            Box::new(move |commit| answers.send(("leaning", commit)).unwrap())
        });
        let outcome = commit(&mut db, &mut [work].into(), None);
        assert!(outcome.commit.is_err(), "published: {:?}", outcome.commit);
        outcome.answer();
        let (_, answer) = answered.recv().unwrap();
        assert!(answer.is_err(), "acked");
    }

    #[test]
    fn who_cannot_even_be_tried_is_told_why() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.db");
        let other = Connection::open(&file).unwrap();
        other
            .execute_batch("CREATE TABLE kept (name TEXT, bytes BLOB); BEGIN IMMEDIATE")
            .unwrap();
        let mut db = Connection::open(&file).unwrap();
        db.busy_timeout(std::time::Duration::ZERO).unwrap();
        let (answers, answered) = mpsc::channel();
        run_all(&mut db, [job("late", 1, &answers)].into());
        let (_, answer) = answered.recv().unwrap();
        assert!(matches!(answer, Err(StoreError::Database(_))), "{answer:?}");
    }
}
