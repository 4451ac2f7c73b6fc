//! Between columns and types, in one place.

use crate::{Room, StoreError, Turn, User};
use jiff::Timestamp;
use rusqlite::{Row, types::Type};
use salon_protocol::{MessageId, RoomId, Seq, TurnId, UserId};
use std::str::FromStr;
use uuid::Uuid;

type Result<T> = rusqlite::Result<T>;

fn bad(column: usize, error: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
}

pub(super) fn uuid(row: &Row<'_>, column: usize) -> Result<Uuid> {
    Ok(Uuid::from_bytes(row.get(column)?))
}

pub(super) fn uuid_option(row: &Row<'_>, column: usize) -> Result<Option<Uuid>> {
    Ok(row
        .get::<_, Option<[u8; 16]>>(column)?
        .map(Uuid::from_bytes))
}

/// A column of words that a type of the protocol spells.
pub(super) fn word<T>(row: &Row<'_>, column: usize) -> Result<T>
where
    T: FromStr<Err: std::error::Error + Send + Sync + 'static>,
{
    row.get_ref(column)?
        .as_str()?
        .parse()
        .map_err(|e| bad(column, e))
}

pub(super) fn word_option<T>(row: &Row<'_>, column: usize) -> Result<Option<T>>
where
    T: FromStr<Err: std::error::Error + Send + Sync + 'static>,
{
    row.get_ref(column)?
        .as_str_or_null()?
        .map(|text| text.parse().map_err(|e| bad(column, e)))
        .transpose()
}

pub(super) fn time(row: &Row<'_>, column: usize) -> Result<Timestamp> {
    Timestamp::from_microsecond(row.get(column)?).map_err(|e| bad(column, e))
}

pub(super) fn seq(row: &Row<'_>, column: usize) -> Result<Seq> {
    row.get(column).map(Seq)
}

pub(super) const USER: &str =
    "u.id, u.handle, u.display_name, u.kind, u.role, u.disabled, u.away, u.lang";

pub(super) fn user(row: &Row<'_>) -> Result<User> {
    Ok(User {
        id: UserId(uuid(row, 0)?),
        handle: word(row, 1)?,
        display_name: row.get(2)?,
        kind: word(row, 3)?,
        role: word(row, 4)?,
        disabled: row.get(5)?,
        away: row.get(6)?,
        lang: word_option(row, 7)?,
    })
}

pub(super) const ROOM: &str = "r.id, r.name, r.kind, r.topic, r.last_seq, r.creator_id";

pub(super) fn room(row: &Row<'_>) -> Result<Room> {
    Ok(Room {
        id: RoomId(uuid(row, 0)?),
        name: row.get(1)?,
        kind: word(row, 2)?,
        topic: row.get(3)?,
        last_seq: seq(row, 4)?,
        creator: UserId(uuid(row, 5)?),
    })
}

pub(super) const TURN: &str = "t.id, t.agent_id, t.room_id, t.seq, t.message_id, t.author_id, \
     t.asker_id, t.hops, t.retry, t.attempts, t.outcome, t.reason, t.reply_id";

pub(super) fn turn(row: &Row<'_>) -> Result<Turn> {
    Ok(Turn {
        id: TurnId(uuid(row, 0)?),
        agent: UserId(uuid(row, 1)?),
        room: RoomId(uuid(row, 2)?),
        seq: seq(row, 3)?,
        message: MessageId(uuid(row, 4)?),
        author: UserId(uuid(row, 5)?),
        asker: UserId(uuid(row, 6)?),
        hops: row.get(7)?,
        retry: row.get(8)?,
        attempts: row.get(9)?,
        outcome: row.get(10)?,
        reason: row.get(11)?,
        reply: uuid_option(row, 12)?.map(MessageId),
    })
}

/// An optional row as an error that names what is missing.
pub(super) fn found<T>(row: Option<T>, what: &'static str) -> std::result::Result<T, StoreError> {
    row.ok_or(StoreError::NotFound(what))
}
