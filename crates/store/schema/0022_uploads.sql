-- Files that come in several requests. Their bytes lie in the data folder under the id; only as
-- many of them count as stand here, and those are on disk.

CREATE TABLE uploads (
    id         BLOB PRIMARY KEY,             -- the file's, once all of it has come
    owner_id   BLOB NOT NULL REFERENCES users (id),
    room_id    BLOB NOT NULL,
    name       TEXT NOT NULL,
    size       INTEGER NOT NULL,             -- what was promised
    received   INTEGER NOT NULL,
    touched_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX uploads_owner ON uploads (owner_id);
CREATE INDEX uploads_touched ON uploads (touched_at);
