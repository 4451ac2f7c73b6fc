-- Files of messages. Their bytes lie outside the database under their digest; several rows may
-- stand for the same bytes.

CREATE TABLE files (
    id             BLOB PRIMARY KEY,
    room_id        BLOB NOT NULL,
    owner_id       BLOB NOT NULL,
    message_id     BLOB,                     -- NULL until a message carries it
    seq            INTEGER,                  -- the message's number
    place          INTEGER NOT NULL DEFAULT 0,
    name           TEXT NOT NULL,
    type           TEXT NOT NULL,            -- by its bytes
    size           INTEGER NOT NULL,
    digest         BLOB NOT NULL,            -- SHA-256
    width          INTEGER,
    height         INTEGER,
    tiny           TEXT,
    preview        BLOB,                     -- digests and types of what we made of a picture
    preview_type   TEXT,
    view           BLOB,
    view_type      TEXT,
    alt            TEXT,
    created_at     INTEGER NOT NULL
);
CREATE INDEX files_message ON files (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX files_room ON files (room_id, seq) WHERE seq IS NOT NULL;
CREATE INDEX files_loose ON files (owner_id, created_at) WHERE message_id IS NULL;
CREATE INDEX files_digest ON files (digest);
CREATE INDEX files_preview ON files (preview) WHERE preview IS NOT NULL;
CREATE INDEX files_view ON files (view) WHERE view IS NOT NULL;

-- Bytes that nothing may stand for any more. A row is written before bytes are, so that what a
-- crash leaves behind is found, and goes only once they are gone or stood for.
CREATE TABLE doomed_bytes (
    digest BLOB PRIMARY KEY
) WITHOUT ROWID;

CREATE TRIGGER files_doom AFTER DELETE ON files BEGIN
    INSERT OR IGNORE INTO doomed_bytes VALUES (old.digest);
    INSERT OR IGNORE INTO doomed_bytes SELECT old.preview WHERE old.preview IS NOT NULL;
    INSERT OR IGNORE INTO doomed_bytes SELECT old.view WHERE old.view IS NOT NULL;
END;

-- What a message carries, as it travels; NULL where it carries nothing.
ALTER TABLE messages ADD COLUMN files TEXT;
