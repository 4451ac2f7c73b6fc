-- What moderators do, and what is reported to them.

ALTER TABLE rooms ADD COLUMN slow_seconds INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN removed TEXT;      -- JSON: who took it away and why, if not its author

-- When somebody wrote last in a room while it was slow; gone when it no longer is.
CREATE TABLE slow_marks (
    room_id BLOB NOT NULL,
    user_id BLOB NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (room_id, user_id)
) WITHOUT ROWID;

-- One message is reported once by one user.
CREATE TABLE reports (
    number      INTEGER PRIMARY KEY AUTOINCREMENT,
    room_id     BLOB NOT NULL,
    message_id  BLOB NOT NULL,
    reporter_id BLOB NOT NULL,
    reason      TEXT NOT NULL,
    at          INTEGER NOT NULL,
    state       TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'removed', 'dismissed')),
    settled_by  BLOB,
    settled_at  INTEGER,
    UNIQUE (message_id, reporter_id)
);
CREATE INDEX reports_open ON reports (room_id, number) WHERE state = 'open';
CREATE INDEX reports_reporter ON reports (reporter_id, at);

-- Who moderated what. Written in the transaction of the act itself, and never changed.
CREATE TABLE moderation (
    number     INTEGER PRIMARY KEY AUTOINCREMENT,
    at         INTEGER NOT NULL,
    actor_id   BLOB NOT NULL,
    asker_id   BLOB,                             -- for whom, where an agent did it
    room_id    BLOB,
    act        TEXT NOT NULL,
    subject_id BLOB,
    message_id BLOB,
    detail     TEXT NOT NULL DEFAULT ''
);
