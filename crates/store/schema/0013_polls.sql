-- Polls: a question with options that stands in a message, and who has chosen what.

ALTER TABLE messages ADD COLUMN poll TEXT;             -- JSON: the question and its options
ALTER TABLE messages ADD COLUMN poll_closed_by BLOB;   -- who has ended it
CREATE INDEX messages_poll ON messages (room_id, seq) WHERE poll IS NOT NULL;

CREATE TABLE poll_votes (
    message_id BLOB NOT NULL,
    user_id    BLOB NOT NULL,
    choices    TEXT NOT NULL,                          -- JSON: numbers of options, from 1
    seq        INTEGER NOT NULL,
    PRIMARY KEY (message_id, user_id)
) WITHOUT ROWID;
