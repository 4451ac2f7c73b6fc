-- Whom messages call, and of what people want to be told.

ALTER TABLE messages ADD COLUMN called TEXT;  -- Called as JSON; NULL where nobody is

-- One row for every person whom a message mentions or finds here: as many as it names.
CREATE TABLE mentions (
    user_id BLOB NOT NULL,
    num     INTEGER NOT NULL,                -- the message
    room_id BLOB NOT NULL,
    seq     INTEGER NOT NULL,
    PRIMARY KEY (user_id, num)
) WITHOUT ROWID;
CREATE INDEX mentions_room ON mentions (user_id, room_id, seq);
CREATE INDEX mentions_message ON mentions (num);

-- One row for a message to everybody in its room, however many they are.
CREATE TABLE room_calls (
    num       INTEGER PRIMARY KEY,
    room_id   BLOB NOT NULL,
    seq       INTEGER NOT NULL,
    author_id BLOB NOT NULL
);
CREATE INDEX room_calls_room ON room_calls (room_id, seq);

CREATE TABLE notification_levels (
    user_id     BLOB NOT NULL,
    room_id     BLOB NOT NULL,
    level       TEXT,                        -- NULL: the room's default
    muted_until INTEGER,
    PRIMARY KEY (user_id, room_id)
) WITHOUT ROWID;
CREATE INDEX notification_levels_room ON notification_levels (room_id, level);
