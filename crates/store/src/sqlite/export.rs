//! Everything on the server but its secrets, as JSON, as of one moment.
//!
//! Every table is named here, with what of it is written or why it is left out: a new table or
//! column without its line fails a test.

use super::Store;
use crate::StoreError;
use rusqlite::{Connection, Row, types::ValueRef};
use serde_json::{Map, Value, json};
use tokio::sync::mpsc;

/// How a column is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum As {
    /// Text, a number, or nothing.
    Plain,
    /// An id: sixteen bytes as a UUID.
    Id,
    /// The digest of a file's bytes.
    Digest,
    /// Microseconds as RFC 3339.
    Time,
    /// JSON that we wrote.
    Json,
    /// Not at all, because of this.
    Left(&'static str),
}
use As::{Digest, Id, Json, Left, Plain, Time};

enum Table {
    /// These columns of all rows.
    Rows(&'static [(&'static str, As)]),
    /// Nothing of it, because of this.
    LeftOut(
        #[cfg_attr(not(test), expect(dead_code, reason = "for whoever reads this file"))]
        &'static str,
    ),
}
use Table::{LeftOut, Rows};

const TABLES: &[(&str, Table)] = &[
    ("meta", Rows(&[("name", Plain), ("value", Plain)])),
    (
        "users",
        Rows(&[
            ("id", Id),
            ("handle", Plain),
            ("handle_key", Left("follows from the handle")),
            ("display_name", Plain),
            ("kind", Plain),
            ("role", Plain),
            ("password_hash", Left("a secret")),
            ("disabled", Plain),
            ("away", Plain),
            ("lang", Plain),
            ("created_at", Time),
            ("avatar", Plain),
            ("about", Plain),
            ("time_zone", Plain),
        ]),
    ),
    ("credentials", LeftOut("secrets: what opens accounts")),
    ("invites", LeftOut("secrets: what opens accounts")),
    (
        "rooms",
        Rows(&[
            ("id", Id),
            ("name", Plain),
            ("name_key", Left("follows from the name")),
            ("direct_key", Left("follows from the members")),
            ("kind", Plain),
            ("topic", Plain),
            ("last_seq", Plain),
            ("creator_id", Id),
            ("created_at", Time),
            ("mode", Plain),
            ("private_from_ai", Plain),
            (
                "chains_after",
                Left("of the moment: which agents' chains are stopped"),
            ),
            ("budget", Json),
            ("slow_seconds", Plain),
            ("keep_days", Plain),
            ("keep_set_by", Id),
            ("expired_seq", Left("follows from the events")),
        ]),
    ),
    (
        "members",
        Rows(&[
            ("room_id", Id),
            ("user_id", Id),
            ("is_agent", Left("follows from the user")),
            ("joined_seq", Plain),
        ]),
    ),
    ("bans", Rows(&[("room_id", Id), ("user_id", Id)])),
    (
        "mutes",
        Rows(&[("room_id", Id), ("user_id", Id), ("until", Time)]),
    ),
    (
        "read_markers",
        Rows(&[("user_id", Id), ("room_id", Id), ("seq", Plain)]),
    ),
    ("events", LeftOut("has lines of its own, as events travel")),
    ("messages", LeftOut("follows from the events")),
    ("edits", LeftOut("follows from the events")),
    ("reactions", LeftOut("follows from the events")),
    ("poll_votes", LeftOut("follows from the events")),
    ("previewed", LeftOut("follows from the events")),
    (
        "preview_pictures",
        LeftOut("other people's pictures: the backup has them"),
    ),
    (
        "sends",
        LeftOut("makes retries safe, and says nothing else"),
    ),
    (
        "saved",
        Rows(&[("id", Plain), ("user_id", Id), ("num", Plain)]),
    ),
    (
        "later",
        Rows(&[
            ("id", Id),
            ("user_id", Id),
            ("room_id", Id),
            ("kind", Plain),
            ("text", Plain),
            ("reply_to", Id),
            ("due_at", Time),
            ("fired_at", Time),
            ("failed", Plain),
        ]),
    ),
    (
        "unsent",
        LeftOut("what somebody has not said yet is theirs alone"),
    ),
    ("indexed", LeftOut("follows from the messages")),
    ("message_search", LeftOut("follows from the messages")),
    ("message_terms", LeftOut("follows from the messages")),
    (
        "turns",
        Rows(&[
            ("id", Id),
            ("agent_id", Id),
            ("room_id", Id),
            ("seq", Plain),
            ("message_id", Id),
            ("author_id", Id),
            ("asker_id", Id),
            ("hops", Plain),
            ("retry", Plain),
            ("state", Plain),
            ("attempts", Left("of the moment")),
            ("lease_until", Left("of the moment")),
            ("outcome", Plain),
            ("reason", Plain),
            ("reply_id", Id),
            ("tokens_in", Plain),
            ("tokens_out", Plain),
            ("created_at", Time),
            ("finished_at", Time),
            ("chain_id", Id),
            ("model", Plain),
            ("cost", Plain),
            ("detail", Json),
            ("replaces", Id),
        ]),
    ),
    (
        "turn_calls",
        Rows(&[
            ("turn_id", Id),
            ("n", Plain),
            ("name", Plain),
            ("arguments", Plain),
            ("result", Plain),
            ("at", Time),
            ("outcome", Plain),
        ]),
    ),
    (
        "agents",
        Rows(&[
            ("user_id", Id),
            ("maker_id", Id),
            ("settings", Json),
            ("updated_at", Time),
        ]),
    ),
    (
        "spending",
        Rows(&[
            ("scope", Plain),
            ("subject", Id),
            ("day", Plain),
            ("tokens_in", Plain),
            ("tokens_out", Plain),
            ("cost", Plain),
            ("calls", Plain),
        ]),
    ),
    (
        "approvals",
        Rows(&[
            ("room_id", Id),
            ("number", Plain),
            ("turn_id", Id),
            ("n", Plain),
            ("agent_id", Id),
            ("asker_id", Id),
            ("hops", Plain),
            ("chain_id", Id),
            ("name", Plain),
            ("arguments", Plain),
            ("act", Plain),
            ("why", Plain),
            ("state", Plain),
            ("by_id", Id),
            ("result", Plain),
            ("expires_at", Time),
            ("began_at", Time),
            ("seq", Plain),
        ]),
    ),
    (
        "facts",
        Rows(&[
            ("number", Plain),
            ("room_id", Id),
            ("owner_id", Id),
            ("agent_id", Id),
            ("text", Plain),
            ("at", Time),
        ]),
    ),
    (
        "summaries",
        Rows(&[
            ("room_id", Id),
            ("up_to", Plain),
            ("text", Plain),
            ("at", Time),
        ]),
    ),
    (
        "emoji",
        Rows(&[
            ("name", Plain),
            ("maker_id", Id),
            ("media_type", Plain),
            (
                "bytes",
                Left("a picture: the backup has it, and `GET /api/emoji/{name}`"),
            ),
            ("made_at", Time),
        ]),
    ),
    (
        "avatars",
        Rows(&[
            ("user_id", Id),
            ("media_type", Plain),
            (
                "bytes",
                Left("a picture: the backup has it, and `GET /api/avatars/{user}`"),
            ),
        ]),
    ),
    (
        "tool_pins",
        LeftOut("agreed to anew where the tools are set up anew"),
    ),
    (
        "tool_servers",
        LeftOut("secrets: what opens other people's services"),
    ),
    (
        "feedback",
        Rows(&[
            ("message_id", Id),
            ("user_id", Id),
            ("good", Plain),
            ("at", Time),
        ]),
    ),
    (
        "errands",
        LeftOut("of the moment: answers that are being worked out"),
    ),
    (
        "files",
        Rows(&[
            ("id", Id),
            ("room_id", Id),
            ("owner_id", Id),
            ("message_id", Id),
            ("seq", Plain),
            ("place", Plain),
            ("name", Plain),
            ("type", Plain),
            ("size", Plain),
            ("digest", Digest),
            ("width", Plain),
            ("height", Plain),
            ("tiny", Left("follows from the bytes")),
            ("preview", Left("follows from the bytes")),
            ("preview_type", Left("follows from the bytes")),
            ("view", Left("follows from the bytes")),
            ("view_type", Left("follows from the bytes")),
            ("alt", Plain),
            ("created_at", Time),
        ]),
    ),
    (
        "doomed_bytes",
        LeftOut("of the moment: what is being taken away"),
    ),
    ("mentions", LeftOut("follows from the messages")),
    ("room_calls", LeftOut("follows from the messages")),
    (
        "notification_levels",
        Rows(&[
            ("user_id", Id),
            ("room_id", Id),
            ("level", Plain),
            ("muted_until", Time),
        ]),
    ),
    (
        "notifying",
        Rows(&[
            ("user_id", Id),
            ("until", Time),
            ("from_min", Plain),
            ("to_min", Plain),
            ("time_zone", Plain),
            ("hide_text", Plain),
        ]),
    ),
    (
        "slow_marks",
        LeftOut("of the moment: who wrote last in a slow room"),
    ),
    (
        "reports",
        Rows(&[
            ("number", Plain),
            ("room_id", Id),
            ("message_id", Id),
            ("reporter_id", Id),
            ("reason", Plain),
            ("at", Time),
            ("state", Plain),
            ("settled_by", Id),
            ("settled_at", Time),
        ]),
    ),
    (
        "thread_follows",
        Rows(&[
            ("user_id", Id),
            ("root", Id),
            ("room_id", Id),
            ("following", Plain),
            ("read_seq", Plain),
        ]),
    ),
    (
        "moderation",
        Rows(&[
            ("number", Plain),
            ("at", Time),
            ("actor_id", Id),
            ("asker_id", Id),
            ("room_id", Id),
            ("act", Plain),
            ("subject_id", Id),
            ("message_id", Id),
            ("detail", Plain),
        ]),
    ),
    (
        "push_subscriptions",
        LeftOut("secrets: what reaches people's devices"),
    ),
    (
        "push_keys",
        LeftOut("secrets: what this server is known by elsewhere"),
    ),
    (
        "identities",
        Rows(&[
            ("issuer", Plain),
            ("subject", Plain),
            ("user_id", Id),
            ("name", Plain),
            ("linked_at", Time),
            ("ended_at", Time),
        ]),
    ),
    ("passkeys", LeftOut("what opens accounts")),
    (
        "uploads",
        LeftOut("of the moment: what has not come whole is no file yet"),
    ),
    ("second_factors", LeftOut("secrets: what opens accounts")),
    ("recovery_codes", LeftOut("secrets: what opens accounts")),
];

impl Store {
    /// Hands on every row as one JSON object with its table's name as `table`, until all are told
    /// or nobody listens. All of it is as of one moment.
    pub async fn export(&self, lines: mpsc::Sender<Value>) -> Result<(), StoreError> {
        self.read(move |db| {
            let moment = db.unchecked_transaction()?;
            for (table, what) in TABLES {
                if let Rows(columns) = what
                    && !write(&moment, table, columns, &lines)?
                {
                    return Ok(());
                }
            }
            Ok(())
        })
        .await
    }
}

/// Whether somebody still listens.
fn write(
    db: &Connection,
    table: &str,
    columns: &[(&str, As)],
    lines: &mpsc::Sender<Value>,
) -> Result<bool, StoreError> {
    let columns: Vec<_> = columns
        .iter()
        .filter(|(_, how)| !matches!(how, Left(_)))
        .collect();
    let names: Vec<_> = columns.iter().map(|(name, _)| *name).collect();
    let mut select = db.prepare(&format!("SELECT {} FROM {table}", names.join(", ")))?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let mut fields = Map::new();
        for (at, (name, how)) in columns.iter().enumerate() {
            fields.insert((*name).to_owned(), field(row, at, *how)?);
        }
        let line = json!({ "type": "row", "table": table, "row": fields });
        if lines.blocking_send(line).is_err() {
            return Ok(false);
        }
    }
    Ok(true)
}

fn field(row: &Row<'_>, at: usize, how: As) -> Result<Value, StoreError> {
    Ok(match (row.get_ref(at)?, how) {
        (ValueRef::Null, _) => Value::Null,
        (ValueRef::Integer(micros), Time) => {
            let time = jiff::Timestamp::from_microsecond(micros).unwrap_or_default();
            json!(time)
        }
        (ValueRef::Integer(number), _) => json!(number),
        (ValueRef::Real(number), _) => json!(number),
        (ValueRef::Text(text), Json) => serde_json::from_slice(text)?,
        (ValueRef::Text(text), _) => json!(String::from_utf8_lossy(text)),
        (ValueRef::Blob(bytes), Id) => match uuid::Uuid::from_slice(bytes) {
            Ok(id) => json!(id),
            Err(_) => Value::Null,
        },
        (ValueRef::Blob(bytes), _) => {
            let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            json!(hex)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::migrations;
    use std::collections::BTreeSet;

    fn database() -> Connection {
        let mut db = Connection::open_in_memory().unwrap();
        migrations::run(&mut db).unwrap();
        db
    }

    fn names(db: &Connection, query: &str) -> BTreeSet<String> {
        let mut select = db.prepare(query).unwrap();
        let found = select.query_map([], |row| row.get(0)).unwrap();
        found.collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn every_table_and_every_column_is_written_or_left_out_for_a_reason() {
        let db = database();
        let there = names(
            &db,
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
             AND name NOT LIKE 'message_search_%'",
        );
        let told: BTreeSet<_> = TABLES.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(there, told, "a table without a line in export.rs");
        for (table, what) in TABLES {
            match what {
                LeftOut(reason) => assert!(!reason.is_empty()),
                Rows(columns) => {
                    let there = names(
                        &db,
                        &format!("SELECT name FROM pragma_table_info('{table}')"),
                    );
                    let told = columns.iter().map(|(name, _)| (*name).to_owned()).collect();
                    assert_eq!(
                        there, told,
                        "a column of {table} without a line in export.rs"
                    );
                }
            }
        }
    }

    /// Words in the names of columns that hold secrets, or what is looked up by them.
    const SECRET: [&str; 7] = [
        "password", "secret", "hash", "token_", "code", "digest", "config",
    ];

    #[test]
    fn no_column_that_could_hold_a_secret_is_written() {
        for (table, what) in TABLES {
            let Rows(columns) = what else { continue };
            for (name, how) in *columns {
                let could = SECRET.iter().any(|word| name.contains(word));
                // The names of files' bytes are no secrets: whoever reads the export has the rows.
                let is_known = *how == Digest && *table == "files";
                assert!(
                    !could || is_known || matches!(how, Left(_)),
                    "{table}.{name} looks like a secret"
                );
            }
        }
    }
}
