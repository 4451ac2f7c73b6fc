//! Between columns and types, in one place.

use crate::{Room, StoreError, Turn, User};
use jiff::Timestamp;
use rusqlite::{Row, types::Type};
use salon_protocol::{MessageId, RoomId, Seq, TurnId, UserId};
use serde::de::DeserializeOwned;
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

/// A column of JSON that we wrote ourselves.
pub(super) fn json<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> Result<T> {
    serde_json::from_str(row.get_ref(column)?.as_str()?).map_err(|e| bad(column, e))
}

pub(super) fn time(row: &Row<'_>, column: usize) -> Result<Timestamp> {
    Timestamp::from_microsecond(row.get(column)?).map_err(|e| bad(column, e))
}

pub(super) fn time_option(row: &Row<'_>, column: usize) -> Result<Option<Timestamp>> {
    match row.get::<_, Option<i64>>(column)? {
        Some(_) => time(row, column).map(Some),
        None => Ok(None),
    }
}

pub(super) fn seq(row: &Row<'_>, column: usize) -> Result<Seq> {
    row.get(column).map(Seq)
}

/// A list that we wrote as JSON; nothing stands for an empty one.
pub(super) fn json_list<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> Result<Vec<T>> {
    row.get_ref(column)?
        .as_str_or_null()?
        .map_or(Ok(Vec::new()), |text| {
            serde_json::from_str(text).map_err(|e| bad(column, e))
        })
}

/// The ids of a parameter that [`ids`] wrote, as the right side of an `IN`.
pub(super) const IDS: &str = "(SELECT unhex(value) FROM json_each(?1))";

/// Ids as one parameter, however many.
pub(super) fn ids(ids: &[MessageId]) -> std::result::Result<String, StoreError> {
    let hex: Vec<_> = ids.iter().map(|id| id.0.simple()).collect();
    Ok(serde_json::to_string(&hex)?)
}

pub(super) const USER: &str = "u.id, u.handle, u.display_name, u.kind, u.role, u.disabled, u.away, u.lang, u.avatar, \
     u.about, u.time_zone";

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
        avatar: row.get(8)?,
        about: row.get(9)?,
        time_zone: row.get(10)?,
    })
}

pub(super) const ROOM: &str = "r.id, r.name, r.kind, r.topic, r.last_seq, r.creator_id, r.mode, \
     r.private_from_ai, r.budget, r.slow_seconds, r.keep_days";

pub(super) fn room(row: &Row<'_>) -> Result<Room> {
    Ok(Room {
        id: RoomId(uuid(row, 0)?),
        name: row.get(1)?,
        kind: word(row, 2)?,
        topic: row.get(3)?,
        last_seq: seq(row, 4)?,
        creator: UserId(uuid(row, 5)?),
        mode: word(row, 6)?,
        private_from_ai: row.get(7)?,
        budget: json(row, 8)?,
        slow_seconds: row.get(9)?,
        keep_days: row.get(10)?,
    })
}

pub(super) const TURN: &str = "t.id, t.agent_id, t.room_id, t.seq, t.message_id, t.author_id, \
     t.asker_id, t.hops, t.retry, t.attempts, t.outcome, t.reason, t.reply_id, \
     coalesce(t.chain_id, t.message_id), t.replaces, t.model, t.tokens_in, t.tokens_out, t.cost, \
     t.detail";

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
        chain: MessageId(uuid(row, 13)?),
        replaces: uuid_option(row, 14)?.map(MessageId),
        model: row.get(15)?,
        tokens_in: row.get(16)?,
        tokens_out: row.get(17)?,
        cost: row.get(18)?,
        // Written by ourselves; what an older version wrote and we cannot read is left out.
        detail: row
            .get_ref(19)?
            .as_str_or_null()?
            .and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_default(),
    })
}

/// An optional row as an error that names what is missing.
pub(super) fn found<T>(row: Option<T>, what: &'static str) -> std::result::Result<T, StoreError> {
    row.ok_or(StoreError::NotFound(what))
}
