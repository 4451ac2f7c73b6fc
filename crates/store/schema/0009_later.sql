-- What is to happen later. A message that was sent is here no more; a reminder stays until its
-- owner lets go of it.

CREATE TABLE later (
    id         BLOB PRIMARY KEY,
    user_id    BLOB NOT NULL,
    room_id    BLOB NOT NULL,
    kind       TEXT NOT NULL CHECK (kind IN ('message', 'reminder')),
    text       TEXT NOT NULL,
    reply_to   BLOB,
    due_at     INTEGER NOT NULL,
    fired_at   INTEGER,
    failed     TEXT
) WITHOUT ROWID;
CREATE INDEX later_user ON later (user_id, due_at);
CREATE INDEX later_due ON later (due_at) WHERE fired_at IS NULL AND failed IS NULL;
