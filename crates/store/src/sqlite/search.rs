//! Full-text search. The rights are part of the query: a row that the reader may not see is never
//! looked at, counted or ranked.

use super::{Store, messages};
use crate::{MessageFilter, StoreError, segment};
use rusqlite::params;
use salon_protocol::{MessageView, UserId};

impl Store {
    /// Messages that contain all of the filter's words, best first.
    pub async fn search(
        &self,
        reader: UserId,
        filter: MessageFilter,
    ) -> Result<Vec<MessageView>, StoreError> {
        let Some(query) = segment::query(&filter.text) else {
            return Ok(Vec::new());
        };
        self.read(move |db| {
            let mut found = db
                .prepare_cached(&format!(
                    "SELECT {view} FROM message_search s
                     JOIN messages m ON m.num = s.rowid
                     JOIN members r ON r.room_id = m.room_id AND r.user_id = ?2
                     JOIN users a ON a.id = m.author_id
                     WHERE message_search MATCH ?1 AND {readable}
                     AND (?3 IS NULL OR m.room_id = ?3) AND (?4 IS NULL OR m.author_id = ?4)
                     AND (?6 IS NULL OR EXISTS (SELECT 1 FROM members
                          WHERE room_id = m.room_id AND user_id = ?6))
                     ORDER BY s.rank, m.num DESC LIMIT ?5",
                    view = messages::VIEW,
                    readable = messages::READABLE,
                ))?
                .query_map(
                    params![
                        query,
                        reader.0.as_bytes(),
                        filter.room.map(|id| id.0.into_bytes()),
                        filter.from.map(|id| id.0.into_bytes()),
                        filter.limit,
                        filter.also.map(|id| id.0.into_bytes()),
                    ],
                    messages::view,
                )?
                .collect::<Result<Vec<_>, _>>()?;
            messages::add_reactions(db, &mut found)?;
            Ok(found)
        })
        .await
    }
}
