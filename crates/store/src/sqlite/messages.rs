//! The log and the messages in it, read by page. Every query takes the reader and answers only
//! what that user may read at this instant: there is no way to ask without saying for whom.

use super::{Store, columns, polls, threads};
use crate::{MessageRow, StoreError};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use salon_protocol::{
    DraftId, Event, Handle, Message, MessageId, MessageView, ReactionView, RoomId, Seq, UserId,
    WrittenEvent,
};
use std::collections::HashMap;

/// Columns of a [`MessageView`]; `m` is the message, `a` its author.
pub(super) const VIEW: &str = "m.room_id, m.seq, m.at, m.id, m.text, a.handle, a.kind, m.reply_to, \
     m.draft_id, m.state, m.action, m.deleted_at IS NOT NULL, m.edited_at, m.reason, m.replaces, \
     m.private_from_ai, m.files, m.called, m.forwarded, \
     CASE WHEN m.pinned_by IS NOT NULL THEN (SELECT handle FROM users WHERE id = m.pinned_by) END, \
     m.removed, m.thread, m.poll, CASE WHEN m.poll_closed_by IS NOT NULL \
     THEN (SELECT handle FROM users WHERE id = m.poll_closed_by) END, m.previews";

/// How many they are.
pub(super) const VIEW_COLUMNS: usize = 25;

/// Whom this guards: whoever wrote something that no agent is to read, or that is to be gone by
/// now. `m` is the message, `r` the
/// reader's membership.
pub(super) const READABLE: &str = "(m.expired = 0 AND (r.is_agent = 0 OR (m.private_from_ai = 0 \
     AND NOT EXISTS (SELECT 1 FROM rooms WHERE id = m.room_id AND private_from_ai = 1))))";

pub(super) fn view(row: &Row<'_>) -> rusqlite::Result<MessageView> {
    let edited: Option<i64> = row.get(12)?;
    Ok(MessageView {
        room: RoomId(columns::uuid(row, 0)?),
        seq: columns::seq(row, 1)?,
        at: columns::time(row, 2)?,
        message: Message {
            id: MessageId(columns::uuid(row, 3)?),
            text: row.get(4)?,
            from: columns::word(row, 5)?,
            from_kind: columns::word(row, 6)?,
            reply_to: columns::uuid_option(row, 7)?.map(MessageId),
            thread_id: columns::uuid_option(row, 21)?.map(MessageId),
            draft_id: columns::uuid_option(row, 8)?.map(DraftId),
            state: columns::word_option(row, 9)?,
            action: row.get(10)?,
            reason: row.get(13)?,
            replaces: columns::uuid_option(row, 14)?.map(MessageId),
            forwarded: columns::uuid_option(row, 18)?.map(MessageId),
            private_from_ai: row.get(15)?,
            poll: row
                .get_ref(22)?
                .as_str_or_null()?
                .and_then(|text| serde_json::from_str(text).ok()),
            files: columns::json_list(row, 16)?,
            // Written by ourselves; what an older version wrote and we cannot read is left out.
            called: row
                .get_ref(17)?
                .as_str_or_null()?
                .and_then(|text| serde_json::from_str(text).ok())
                .unwrap_or_default(),
            deleted: row.get(11)?,
            removed: row
                .get_ref(20)?
                .as_str_or_null()?
                .and_then(|text| serde_json::from_str(text).ok()),
        },
        edited_at: edited.and_then(|at| Timestamp::from_microsecond(at).ok()),
        pinned_by: columns::word_option(row, 19)?,
        replies: None,
        votes: Vec::new(),
        poll_closed_by: columns::word_option(row, 23)?,
        previews: columns::json_list(row, 24)?,
        reactions: Vec::new(),
    })
}

impl Store {
    /// The log after `after`, oldest first, as long as `reader` is a member.
    pub async fn events(
        &self,
        reader: UserId,
        room: RoomId,
        after: Seq,
        up_to: Option<Seq>,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError> {
        let written = self.written_events(reader, room, after, up_to, limit);
        read(written.await?)
    }

    /// The same, as it is written.
    pub async fn written_events(
        &self,
        reader: UserId,
        room: RoomId,
        after: Seq,
        up_to: Option<Seq>,
        limit: usize,
    ) -> Result<Vec<WrittenEvent>, StoreError> {
        self.read(move |db| {
            check_reader(db, room, reader)?;
            written_events(db, room, after, up_to, limit)
        })
        .await
    }

    /// The same for the publisher, who reads for all.
    pub async fn events_for_fan_out(
        &self,
        room: RoomId,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError> {
        self.read(move |db| read(written_events(db, room, after, None, limit)?))
            .await
    }

    /// The newest messages before `before`, in time order, and whether older ones exist.
    pub async fn messages(
        &self,
        reader: UserId,
        room: RoomId,
        before: Option<Seq>,
        limit: usize,
    ) -> Result<(Vec<MessageView>, bool), StoreError> {
        self.read(move |db| {
            let mut messages = said(db, reader, room, before, limit + 1)?;
            let more = messages.len() > limit;
            messages.truncate(limit);
            messages.reverse();
            add_reactions(db, &mut messages)?;
            Ok((messages, more))
        })
        .await
    }

    /// The newest messages before `before`, in time order, as what was said: without reactions,
    /// votes and how many replies there are.
    pub async fn said(
        &self,
        reader: UserId,
        room: RoomId,
        before: Seq,
        limit: usize,
    ) -> Result<Vec<MessageView>, StoreError> {
        self.read(move |db| {
            let mut messages = said(db, reader, room, Some(before), limit)?;
            messages.reverse();
            Ok(messages)
        })
        .await
    }

    /// One message as it stands, if `reader` is a member of its room.
    pub async fn message_view(
        &self,
        reader: UserId,
        message: MessageId,
    ) -> Result<Option<MessageView>, StoreError> {
        self.read(move |db| {
            let found = db
                .prepare_cached(&format!(
                    "SELECT {VIEW} FROM messages m JOIN users a ON a.id = m.author_id
                     JOIN members r ON r.room_id = m.room_id AND r.user_id = ?2
                     WHERE m.id = ?1 AND {READABLE}"
                ))?
                .query_row(params![message.0.as_bytes(), reader.0.as_bytes()], view)
                .optional()?;
            let mut messages: Vec<_> = found.into_iter().collect();
            add_reactions(db, &mut messages)?;
            Ok(messages.pop())
        })
        .await
    }

    /// One message with ids, if `reader` is a member of its room.
    pub async fn message(
        &self,
        reader: UserId,
        message: MessageId,
    ) -> Result<Option<MessageRow>, StoreError> {
        self.read(move |db| {
            Ok(db
                .prepare_cached(&format!(
                    "SELECT m.id, m.room_id, m.seq, m.author_id, m.text, m.reply_to, m.draft_id,
                     m.state, m.deleted_at IS NOT NULL FROM messages m
                     JOIN members r ON r.room_id = m.room_id AND r.user_id = ?2
                     WHERE m.id = ?1 AND {READABLE}"
                ))?
                .query_row(params![message.0.as_bytes(), reader.0.as_bytes()], |row| {
                    Ok(MessageRow {
                        id: MessageId(columns::uuid(row, 0)?),
                        room: RoomId(columns::uuid(row, 1)?),
                        seq: columns::seq(row, 2)?,
                        author: UserId(columns::uuid(row, 3)?),
                        text: row.get(4)?,
                        reply_to: columns::uuid_option(row, 5)?.map(MessageId),
                        draft_id: columns::uuid_option(row, 6)?.map(DraftId),
                        state: columns::word_option(row, 7)?,
                        deleted: row.get(8)?,
                    })
                })
                .optional()?)
        })
        .await
    }
}

/// How far up a thread is looked for its beginning.
const THREAD_DEPTH_MAX: u32 = 64;

impl Store {
    /// What a message answers and the beginning of its thread, nearest first, as far as `reader`
    /// may read them: none, one, or both where they differ.
    pub async fn answered(
        &self,
        reader: UserId,
        message: MessageId,
    ) -> Result<Vec<(u32, MessageView)>, StoreError> {
        self.read(move |db| {
            Ok(db
                .prepare_cached(&format!(
                    "WITH RECURSIVE up(id, reply_to, depth) AS (
                     SELECT id, reply_to, 0 FROM messages WHERE id = ?1
                     UNION ALL SELECT p.id, p.reply_to, up.depth + 1 FROM up
                     JOIN messages p ON p.id = up.reply_to WHERE up.depth < ?3)
                     SELECT {VIEW}, up.depth FROM up JOIN messages m ON m.id = up.id
                     JOIN users a ON a.id = m.author_id
                     JOIN members r ON r.room_id = m.room_id AND r.user_id = ?2
                     WHERE (up.depth = 1 OR up.depth > 1 AND up.reply_to IS NULL) AND {READABLE}
                     ORDER BY up.depth"
                ))?
                .query_map(
                    params![message.0.as_bytes(), reader.0.as_bytes(), THREAD_DEPTH_MAX],
                    |row| Ok((row.get("depth")?, view(row)?)),
                )?
                .collect::<Result<_, _>>()?)
        })
        .await
    }
}

/// Whom this guards: everybody in the room, from whoever is no longer or never was in it.
pub(super) fn check_reader(
    db: &Connection,
    room: RoomId,
    reader: UserId,
) -> Result<(), StoreError> {
    let member: bool = db
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM members m JOIN rooms r ON r.id = m.room_id
             WHERE m.room_id = ?1 AND m.user_id = ?2
             AND NOT (m.is_agent = 1 AND r.private_from_ai = 1))",
        )?
        .query_row(params![room.0.as_bytes(), reader.0.as_bytes()], |row| {
            row.get(0)
        })?;
    if member {
        Ok(())
    } else {
        Err(StoreError::NotMember)
    }
}

fn read(written: Vec<WrittenEvent>) -> Result<Vec<Event>, StoreError> {
    let events = written.into_iter().map(WrittenEvent::read);
    Ok(events.collect::<Result<_, _>>()?)
}

fn written_events(
    db: &Connection,
    room: RoomId,
    after: Seq,
    up_to: Option<Seq>,
    limit: usize,
) -> Result<Vec<WrittenEvent>, StoreError> {
    let clamp = |seq: Seq| i64::try_from(seq.0).unwrap_or(i64::MAX);
    let mut select = db.prepare_cached(
        "SELECT e.seq, e.at, u.handle, e.body FROM events e JOIN users u ON u.id = e.actor_id
         WHERE e.room_id = ?1 AND e.seq > ?2 AND e.seq <= ?3 ORDER BY e.seq LIMIT ?4",
    )?;
    let up_to = up_to.map_or(i64::MAX, clamp);
    let mut rows = select.query(params![room.0.as_bytes(), clamp(after), up_to, limit])?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        events.push(WrittenEvent {
            room,
            seq: columns::seq(row, 0)?,
            at: columns::time(row, 1)?,
            from: columns::word(row, 2)?,
            body: row.get(3)?,
        });
    }
    Ok(events)
}

/// The newest messages before `before`, newest first.
fn said(
    db: &Connection,
    reader: UserId,
    room: RoomId,
    before: Option<Seq>,
    limit: usize,
) -> Result<Vec<MessageView>, StoreError> {
    check_reader(db, room, reader)?;
    let before = before.map_or(i64::MAX, |seq| i64::try_from(seq.0).unwrap_or(i64::MAX));
    Ok(db
        .prepare_cached(&format!(
            "SELECT {VIEW} FROM messages m JOIN users a ON a.id = m.author_id
             JOIN members r ON r.room_id = m.room_id AND r.user_id = ?4
             WHERE m.room_id = ?1 AND m.seq < ?2 AND {READABLE}
             ORDER BY m.seq DESC LIMIT ?3"
        ))?
        .query_map(
            params![room.0.as_bytes(), before, limit, reader.0.as_bytes()],
            view,
        )?
        .collect::<Result<_, _>>()?)
}

/// What stands in other rows: replies, votes and reactions. Two queries for all of a page, however
/// long, and one for each poll in it.
pub(super) fn add_reactions(
    db: &Connection,
    messages: &mut [MessageView],
) -> Result<(), StoreError> {
    let ids: Vec<_> = messages.iter().map(|view| view.message.id).collect();
    let (ids, places) = (columns::ids(&ids)?, places(messages));
    for (root, replies) in threads::replies(db, &ids)? {
        for place in places.get(&root).into_iter().flatten() {
            messages[*place].replies = Some(replies.clone());
        }
    }
    for view in messages.iter_mut().filter(|it| it.message.poll.is_some()) {
        view.votes = polls::votes(db, view.message.id)?;
    }
    let mut select = db.prepare_cached(&format!(
        "SELECT r.message_id, r.emoji, u.handle FROM reactions r JOIN users u ON u.id = r.user_id
         WHERE r.message_id IN {} ORDER BY r.seq",
        columns::IDS
    ))?;
    let mut rows = select.query([ids])?;
    while let Some(row) = rows.next()? {
        let id = MessageId(columns::uuid(row, 0)?);
        let (emoji, handle): (String, Handle) = (row.get(1)?, columns::word(row, 2)?);
        for place in places.get(&id).into_iter().flatten() {
            let reactions = &mut messages[*place].reactions;
            match reactions.iter_mut().find(|it| it.emoji == emoji) {
                Some(reaction) => reaction.users.push(handle.clone()),
                None => reactions.push(ReactionView {
                    emoji: emoji.clone(),
                    users: vec![handle.clone()],
                }),
            }
        }
    }
    Ok(())
}

/// Where each message stands; a page may show one twice.
fn places(messages: &[MessageView]) -> HashMap<MessageId, Vec<usize>> {
    let mut places = HashMap::<_, Vec<_>>::new();
    for (place, view) in messages.iter().enumerate() {
        places.entry(view.message.id).or_default().push(place);
    }
    places
}
