-- What somebody has begun to write and not sent: one text a room and one a thread, for their own
-- devices alone.

CREATE TABLE unsent (
    user_id BLOB NOT NULL,
    room_id BLOB NOT NULL,
    thread  BLOB NOT NULL,                   -- the message at its beginning; empty for the room itself
    text    TEXT NOT NULL,
    version INTEGER NOT NULL,                -- grows with every change
    PRIMARY KEY (user_id, room_id, thread)
) WITHOUT ROWID;
