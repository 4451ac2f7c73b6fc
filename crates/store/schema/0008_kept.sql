-- What people keep of messages, and where what they pass on comes from.

ALTER TABLE messages ADD COLUMN pinned_seq INTEGER;  -- the event that pinned it
ALTER TABLE messages ADD COLUMN pinned_by BLOB;
ALTER TABLE messages ADD COLUMN forwarded BLOB;      -- the message that it is a copy of
CREATE INDEX messages_pinned ON messages (room_id, pinned_seq) WHERE pinned_seq IS NOT NULL;

-- What somebody saved for themselves. Nobody else sees it.
CREATE TABLE saved (
    id      INTEGER PRIMARY KEY,             -- in the order of saving
    user_id BLOB NOT NULL,
    num     INTEGER NOT NULL,                -- the message
    UNIQUE (user_id, num)
);
CREATE INDEX saved_user ON saved (user_id, id);
CREATE INDEX saved_message ON saved (num);
