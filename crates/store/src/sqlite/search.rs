//! Full-text search. The rights are part of the query: a row that the reader may not see is never
//! looked at, counted or ranked.
//!
//! The newest matches are taken from the index, which gives them in that order without reading the
//! rest, and only they are ranked: a search costs the same however often its words were said. Who
//! wants more goes on with the next older ones.
//!
//! A message is put into the index after its commit, together with others, so that nobody waits for
//! that but a search: it has the writer put in first what the index is behind by.

use super::{Store, columns, messages};
use crate::{
    Found, Holds, MessageFilter, SearchCursor, StoreError,
    search::{Facets, index_text},
    write::micros,
};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use salon_protocol::{FileInfo, RoomId, UserId};
use std::collections::{BTreeSet, HashSet};

/// Matches that are ranked against each other.
const RANKED_MAX: usize = 256;
/// Words of the index that are tried for the beginning of one.
const LONGER_MAX: usize = 64;
/// Rooms that one query of the index names. Whoever is in more of them is served by several.
const ROOMS_PER_QUERY_MAX: usize = 32;
/// Matches of any room that are looked at before rooms are named.
const LOOKED_AT_MAX: usize = 2_000;
/// Messages that go into the index in one commit.
const INDEXED_TOGETHER_MAX: usize = 1_024;
/// How far a clock may have been set back before a search by time misses what it should find.
const CLOCK_SLACK_US: i64 = 24 * 60 * 60 * 1_000_000;
/// How much a message's newness counts beside how well it fits, and the age at which half of that
/// is gone.
const NEWNESS_WEIGHT: f64 = 1.0;
const NEWNESS_HALF_DAYS: f64 = 30.0;
const DAY_US: f64 = 86_400e6;

/// A match before it is ranked.
struct Match {
    num: i64,
    at: i64,
    score: f64,
}

/// What every query of one search has in common.
struct Search<'a> {
    db: &'a Connection,
    reader: UserId,
    filter: &'a MessageFilter,
    /// Conditions of the index, without rooms.
    conditions: Vec<String>,
    /// The oldest number that may be in time.
    from_num: i64,
}

impl Store {
    /// A page of the messages that a filter lets through, best first. All that was acked before is
    /// found, unless the disk takes nothing more: then the index is as far as it could come.
    pub async fn search(&self, reader: UserId, filter: MessageFilter) -> Result<Found, StoreError> {
        let again = filter.clone();
        let found = self.read(move |db| match is_behind(db)? {
            true => Ok(None),
            false => search(db, reader, &filter).map(Some),
        });
        if let Some(found) = found.await? {
            return Ok(found);
        }
        self.writer.index().await?;
        self.read(move |db| search(db, reader, &again)).await
    }
}

fn search(db: &Connection, reader: UserId, filter: &MessageFilter) -> Result<Found, StoreError> {
    let rooms = readable_rooms(db, reader, filter)?;
    if rooms.is_empty() || filter.limit == 0 {
        return Ok(Found::default());
    }
    let search = Search {
        db,
        reader,
        filter,
        conditions: conditions(db, filter)?,
        from_num: match filter.after {
            Some(after) => first_since(db, micros(after).saturating_sub(CLOCK_SLACK_US))?,
            None => 0,
        },
    };
    let end = match filter.before {
        Some(before) => first_since(db, micros(before).saturating_add(CLOCK_SLACK_US))?,
        None => newest_num(db)? + 1,
    };
    let cursor = filter.cursor.unwrap_or(SearchCursor {
        below: end,
        passed: 0,
    });
    let mut matches = search.matches(&rooms, cursor.below)?;
    let oldest = matches.iter().map(|one| one.num).min();
    let full = matches.len() >= RANKED_MAX;
    // Beside the newest of them, not beside the clock: a page is in the same order as the one before.
    let newest = matches.iter().map(|one| one.at).max().unwrap_or_default();
    for one in &mut matches {
        one.score += newness(newest, one.at);
    }
    matches.sort_by(|a, b| b.score.total_cmp(&a.score).then(b.num.cmp(&a.num)));
    let last = cursor.passed.saturating_add(filter.limit);
    let next = match oldest {
        _ if matches.len() > last => Some(SearchCursor {
            below: cursor.below,
            passed: last,
        }),
        Some(oldest) if full => Some(SearchCursor {
            below: oldest,
            passed: 0,
        }),
        _ => None,
    };
    let page = matches.iter().skip(cursor.passed).take(filter.limit);
    let mut found = Vec::with_capacity(filter.limit);
    for one in page {
        found.extend(view(db, reader, one.num)?);
    }
    messages::add_reactions(db, &mut found)?;
    Ok(Found {
        messages: found,
        next,
    })
}

impl Search<'_> {
    /// The newest matches below a number in some rooms.
    fn matches(&self, rooms: &[RoomId], below: i64) -> Result<Vec<Match>, StoreError> {
        if rooms.len() > ROOMS_PER_QUERY_MAX && !self.conditions.is_empty() {
            let (seen, found) = self.newest(
                &self.conditions.join(" AND "),
                below,
                self.from_num,
                LOOKED_AT_MAX,
            )?;
            if seen < LOOKED_AT_MAX || found.len() >= RANKED_MAX {
                return Ok(found);
            }
        }
        let mut found: Vec<Match> = Vec::new();
        let mut from = self.from_num;
        for some in rooms.chunks(ROOMS_PER_QUERY_MAX) {
            let here: Vec<_> = some
                .iter()
                .map(|room| Facets::room(room.0.into_bytes()))
                .collect();
            let mut all = vec![any_of(&here)];
            all.extend(self.conditions.iter().cloned());
            let (_, mut more) = self.newest(&all.join(" AND "), below, from, usize::MAX)?;
            found.append(&mut more);
            found.sort_by_key(|one| std::cmp::Reverse(one.num));
            found.truncate(RANKED_MAX);
            if let Some(last) = found.last().filter(|_| found.len() >= RANKED_MAX) {
                // What is older would not be ranked.
                from = from.max(last.num);
            }
        }
        Ok(found)
    }

    /// The newest rows of the index that fit a query, as far as `look` goes: how many there were,
    /// and those of them that the reader may read and the filter lets through.
    fn newest(
        &self,
        query: &str,
        below: i64,
        from: i64,
        look: usize,
    ) -> Result<(usize, Vec<Match>), StoreError> {
        let Some(up_to) = below.checked_sub(1) else {
            return Ok((0, Vec::new()));
        };
        let mut select = self.db.prepare_cached(&format!(
            "SELECT s.rowid, m.at, m.text, m.files,
               r.room_id IS NOT NULL AND (?5 IS NULL OR EXISTS (SELECT 1 FROM members
                 WHERE room_id = m.room_id AND user_id = ?5)) AND {readable}
             FROM message_search s CROSS JOIN messages m ON m.num = s.rowid
             LEFT JOIN members r ON r.room_id = m.room_id AND r.user_id = ?4
             WHERE message_search MATCH ?1 AND s.rowid <= ?2 AND s.rowid >= ?3
             ORDER BY s.rowid DESC",
            readable = messages::READABLE,
        ))?;
        let also = self.filter.also.map(|id| id.0.into_bytes());
        let mut rows = select.query(params![query, up_to, from, self.reader.0.as_bytes(), also])?;
        let since = self.filter.after.map_or(i64::MIN, micros);
        let until = self.filter.before.map_or(i64::MAX, micros);
        let (mut seen, mut found) = (0, Vec::new());
        while seen < look && found.len() < RANKED_MAX {
            let Some(row) = rows.next()? else { break };
            seen += 1;
            let at: i64 = row.get(1)?;
            if !row.get::<_, bool>(4)? || at < since || at >= until {
                continue;
            }
            let text = row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?;
            found.push(Match {
                num: row.get(0)?,
                at,
                score: self.filter.wanted.score(text),
            });
        }
        Ok((seen, found))
    }
}

/// Between nothing and `NEWNESS_WEIGHT`.
fn newness(newest: i64, at: i64) -> f64 {
    let days = newest.saturating_sub(at).max(0) as f64 / DAY_US;
    NEWNESS_WEIGHT / (1.0 + days / NEWNESS_HALF_DAYS)
}

/// What the index must hold of a match, whatever the room.
fn conditions(db: &Connection, filter: &MessageFilter) -> Result<Vec<String>, StoreError> {
    let mut all = filter.wanted.conditions(|word| longer(db, word))?;
    if !filter.from.is_empty() {
        let authors = filter
            .from
            .iter()
            .map(|user| Facets::author(user.0.into_bytes()));
        all.push(any_of(&authors.collect::<Vec<_>>()));
    }
    for holds in &filter.has {
        all.push(Facets::has(match holds {
            Holds::File => "file",
            Holds::Image => "image",
            Holds::Link => "link",
            Holds::Code => "code",
        }));
    }
    Ok(all)
}

fn any_of(terms: &[String]) -> String {
    format!("({})", terms.join(" OR "))
}

/// Rooms in which the reader, and whoever else must, may read.
fn readable_rooms(
    db: &Connection,
    reader: UserId,
    filter: &MessageFilter,
) -> Result<Vec<RoomId>, StoreError> {
    let mut rooms: Vec<RoomId> = db
        .prepare_cached(
            "SELECT m.room_id FROM members m JOIN rooms r ON r.id = m.room_id
             WHERE m.user_id = ?1 AND NOT (m.is_agent = 1 AND r.private_from_ai = 1)
             AND (?2 IS NULL OR EXISTS (SELECT 1 FROM members
               WHERE room_id = m.room_id AND user_id = ?2))",
        )?
        .query_map(
            params![reader.0.as_bytes(), filter.also.map(|id| id.0.into_bytes())],
            |row| columns::uuid(row, 0).map(RoomId),
        )?
        .collect::<Result<_, _>>()?;
    if !filter.rooms.is_empty() {
        let only: HashSet<_> = filter.rooms.iter().collect();
        rooms.retain(|room| only.contains(room));
    }
    Ok(rooms)
}

/// Words of the index that begin with one, without reading where they stand: each is found by
/// looking for the first that is greater than the one before.
fn longer(db: &Connection, word: &str) -> Result<Vec<String>, StoreError> {
    let mut select =
        db.prepare_cached("SELECT term FROM message_terms WHERE term >= ?1 LIMIT 1")?;
    let mut found = Vec::new();
    let mut from = word.to_owned();
    while found.len() < LONGER_MAX {
        let mut rows = select.query([&from])?;
        let Some(row) = rows.next()? else { break };
        let term: String = row.get(0)?;
        if !term.starts_with(word) {
            break;
        }
        from.clone_from(&term);
        from.push('\u{1}');
        found.push(term);
    }
    Ok(found)
}

fn newest_num(db: &Connection) -> Result<i64, StoreError> {
    Ok(db
        .prepare_cached("SELECT coalesce(max(num), 0) FROM messages")?
        .query_row([], |row| row.get(0))?)
}

/// The first number at or after a time. Numbers follow the clock, so that halving finds it.
fn first_since(db: &Connection, at: i64) -> Result<i64, StoreError> {
    let mut next =
        db.prepare_cached("SELECT num, at FROM messages WHERE num >= ?1 ORDER BY num LIMIT 1")?;
    let (mut low, mut high) = (0, newest_num(db)? + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        let mut rows = next.query([middle])?;
        match rows.next()? {
            Some(row) if row.get::<_, i64>(1)? < at => low = row.get::<_, i64>(0)? + 1,
            _ => high = middle,
        }
    }
    Ok(low)
}

fn view(
    db: &Connection,
    reader: UserId,
    num: i64,
) -> Result<Option<salon_protocol::MessageView>, StoreError> {
    let mut select = db.prepare_cached(&format!(
        "SELECT {view} FROM messages m JOIN users a ON a.id = m.author_id
         JOIN members r ON r.room_id = m.room_id AND r.user_id = ?2
         WHERE m.num = ?1 AND {readable}",
        view = messages::VIEW,
        readable = messages::READABLE,
    ))?;
    let mut rows = select.query(params![num, reader.0.as_bytes()])?;
    Ok(rows.next()?.map(messages::view).transpose()?)
}

/// Whether there are messages that the index does not have yet.
fn is_behind(db: &Connection) -> Result<bool, StoreError> {
    Ok(newest_num(db)? > indexed_up_to(db)?)
}

/// The newest number that the index has come by.
fn indexed_up_to(db: &Connection) -> Result<i64, StoreError> {
    Ok(db
        .prepare_cached("SELECT up_to FROM indexed")?
        .query_row([], |row| row.get(0))?)
}

/// Puts all that the index is behind by into it.
pub(super) fn catch_up(connection: &mut Connection) -> Result<(), StoreError> {
    while is_behind(connection)? {
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let up_to = indexed_up_to(&tx)?;
        let nums: Vec<i64> = tx
            .prepare_cached("SELECT num FROM messages WHERE num > ?1 ORDER BY num LIMIT ?2")?
            .query_map((up_to, INDEXED_TOGETHER_MAX), |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        for num in &nums {
            index(&tx, *num)?;
        }
        tx.prepare_cached("UPDATE indexed SET up_to = ?1")?
            .execute([nums.last().copied().unwrap_or(up_to)])?;
        tx.commit()?;
    }
    Ok(())
}

/// Puts messages whose words changed into the index, which has let go of them. Those that it has
/// not come by yet will come in their turn.
pub(super) fn index_again(db: &Connection, nums: &BTreeSet<i64>) -> Result<(), StoreError> {
    if nums.is_empty() {
        return Ok(());
    }
    let up_to = indexed_up_to(db)?;
    nums.range(..=up_to).try_for_each(|num| index(db, *num))
}

/// Puts a message as it now stands into the index, if it is there and not deleted.
fn index(db: &Connection, num: i64) -> Result<(), StoreError> {
    let mut select = db.prepare_cached(
        "SELECT room_id, author_id, text, files FROM messages
         WHERE num = ?1 AND deleted_at IS NULL",
    )?;
    let text = select.query_row([num], |row| {
        let text = row.get_ref(2)?.as_str()?;
        let files: Vec<FileInfo> = columns::json_list(row, 3)?;
        let names: Vec<String> = files.iter().map(|file| file.name.clone()).collect();
        let facets = Facets::of(row.get(0)?, row.get(1)?, text, &files);
        Ok(index_text(text, &names, facets))
    });
    if let Some(text) = text.optional()? {
        db.prepare_cached("INSERT INTO message_search (rowid, text) VALUES (?1, ?2)")?
            .execute(params![num, text])?;
    }
    Ok(())
}

/// Puts every message into an empty index.
pub(super) fn index_all(db: &Connection) -> Result<(), StoreError> {
    let mut nums = db.prepare("SELECT num FROM messages WHERE deleted_at IS NULL ORDER BY num")?;
    let mut rows = nums.query([])?;
    while let Some(row) = rows.next()? {
        index(db, row.get(0)?)?;
    }
    Ok(())
}
