//! Messages that somebody thinks should not stand, until a moderator has settled it.

use super::{Store, columns, writer::Tx};
use crate::{Actor, ReportRow, StoreError, write::micros};
use rusqlite::{Connection, OptionalExtension, Row, params};
use salon_protocol::{
    MessageId, ReportState, RoomId, UserId,
    limits::{REPORTS_PAGE_MAX, REPORTS_PER_HOUR_MAX},
};

const HOUR: i64 = 3_600_000_000;
const REPORT: &str =
    "p.number, p.room_id, p.message_id, p.reporter_id, p.reason, p.at, p.state, p.settled_by";

/// How many are open in a room.
pub(super) fn open(db: &Connection, room: RoomId) -> Result<u32, StoreError> {
    Ok(db
        .prepare_cached("SELECT count(*) FROM reports WHERE room_id = ?1 AND state = 'open'")?
        .query_row([room.0.as_bytes()], |row| row.get(0))?)
}

impl Tx<'_> {
    /// Reports a message of a room that the reporter is in. The same message twice by one user is
    /// refused, and so are many in a short time.
    pub fn report(
        &mut self,
        room: RoomId,
        reporter: &Actor,
        message: MessageId,
        reason: &str,
    ) -> Result<u32, StoreError> {
        self.check_member(room, reporter)?;
        if self.target(room, message)?.deleted {
            return Err(StoreError::NotFound("message"));
        }
        let now = micros(salon_protocol::now());
        let ids = params![message.0.into_bytes(), reporter.id.0.into_bytes()];
        let is_known: bool = self
            .db
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM reports WHERE message_id = ?1 AND reporter_id = ?2)",
            )?
            .query_row(ids, |row| row.get(0))?;
        if is_known {
            return Err(StoreError::Taken("report"));
        }
        // The oldest of the last so many: when it is an hour old, one may report again.
        let oldest: Option<i64> = self
            .db
            .prepare_cached(
                "SELECT at FROM reports WHERE reporter_id = ?1 ORDER BY at DESC LIMIT 1 OFFSET ?2",
            )?
            .query_row(
                params![reporter.id.0.as_bytes(), REPORTS_PER_HOUR_MAX - 1],
                |row| row.get(0),
            )
            .optional()?;
        if let Some(until) = oldest.map(|at| at + HOUR).filter(|until| *until > now) {
            return Err(StoreError::TooOften(until.min(now + HOUR)));
        }
        self.db
            .prepare_cached(
                "INSERT INTO reports (room_id, message_id, reporter_id, reason, at)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![
                room.0.as_bytes(),
                message.0.as_bytes(),
                reporter.id.0.as_bytes(),
                reason,
                now
            ])?;
        Ok(u32::try_from(self.db.last_insert_rowid()).unwrap_or(u32::MAX))
    }

    /// Settles every open report of a message: with one look at it all of them are answered. Gives
    /// those that were open.
    pub fn settle_reports(
        &mut self,
        message: MessageId,
        state: ReportState,
        by: UserId,
    ) -> Result<Vec<ReportRow>, StoreError> {
        let now = micros(salon_protocol::now());
        let mut settle = self.db.prepare_cached(
            "UPDATE reports SET state = ?2, settled_by = ?3, settled_at = ?4
             WHERE message_id = ?1 AND state = 'open'
             RETURNING number, room_id, message_id, reporter_id, reason, at, state, settled_by",
        )?;
        let values = params![message.0.as_bytes(), state.as_str(), by.0.as_bytes(), now];
        let settled = settle
            .query_map(values, report)?
            .collect::<Result<_, _>>()?;
        Ok(settled)
    }
}

impl Store {
    /// One report.
    pub async fn report(&self, number: u32) -> Result<Option<ReportRow>, StoreError> {
        self.read(move |db| {
            Ok(db
                .prepare_cached(&format!(
                    "SELECT {REPORT} FROM reports p WHERE p.number = ?1"
                ))?
                .query_row([number], report)
                .optional()?)
        })
        .await
    }

    /// The open reports of a room, the oldest first.
    pub async fn open_reports(&self, room: RoomId) -> Result<Vec<ReportRow>, StoreError> {
        self.read(move |db| {
            Ok(db
                .prepare_cached(&format!(
                    "SELECT {REPORT} FROM reports p WHERE p.room_id = ?1 AND p.state = 'open'
                     ORDER BY p.number LIMIT ?2"
                ))?
                .query_map(params![room.0.as_bytes(), REPORTS_PAGE_MAX], report)?
                .collect::<Result<_, _>>()?)
        })
        .await
    }

    /// The open reports of all rooms that somebody is in, the oldest first.
    pub async fn open_reports_of(&self, user: UserId) -> Result<Vec<ReportRow>, StoreError> {
        self.read(move |db| {
            Ok(db
                .prepare_cached(&format!(
                    "SELECT {REPORT} FROM reports p JOIN members m ON m.room_id = p.room_id
                     WHERE m.user_id = ?1 AND p.state = 'open' ORDER BY p.number LIMIT ?2"
                ))?
                .query_map(params![user.0.as_bytes(), REPORTS_PAGE_MAX], report)?
                .collect::<Result<_, _>>()?)
        })
        .await
    }

    /// What somebody reported in a room, the newest first.
    pub async fn reports_by(
        &self,
        room: RoomId,
        reporter: UserId,
    ) -> Result<Vec<ReportRow>, StoreError> {
        self.read(move |db| {
            Ok(db
                .prepare_cached(&format!(
                    "SELECT {REPORT} FROM reports p WHERE p.reporter_id = ?1 AND p.room_id = ?2
                     ORDER BY p.at DESC LIMIT ?3"
                ))?
                .query_map(
                    params![reporter.0.as_bytes(), room.0.as_bytes(), REPORTS_PAGE_MAX],
                    report,
                )?
                .collect::<Result<_, _>>()?)
        })
        .await
    }

    /// Who is to be told of a room's reports, and how many are open: its maker and the admins who
    /// are in it.
    pub async fn moderators(&self, room: RoomId) -> Result<(Vec<UserId>, u32), StoreError> {
        self.read(move |db| {
            let who = db
                .prepare_cached(
                    "SELECT u.id FROM members m JOIN users u ON u.id = m.user_id
                     JOIN rooms r ON r.id = m.room_id
                     WHERE m.room_id = ?1 AND u.kind != 'agent' AND u.disabled = 0
                     AND (u.role IN ('admin', 'owner') OR r.creator_id = u.id)",
                )?
                .query_map([room.0.as_bytes()], |row| columns::uuid(row, 0).map(UserId))?
                .collect::<Result<_, _>>()?;
            Ok((who, open(db, room)?))
        })
        .await
    }
}

fn report(row: &Row<'_>) -> rusqlite::Result<ReportRow> {
    Ok(ReportRow {
        number: row.get(0)?,
        room: RoomId(columns::uuid(row, 1)?),
        message: MessageId(columns::uuid(row, 2)?),
        reporter: UserId(columns::uuid(row, 3)?),
        reason: row.get(4)?,
        at: columns::time(row, 5)?,
        state: columns::word(row, 6)?,
        settled_by: columns::uuid_option(row, 7)?.map(UserId),
    })
}
