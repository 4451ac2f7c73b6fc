-- What a reply goes back to, and who follows it.

ALTER TABLE messages ADD COLUMN thread BLOB;       -- the message at the beginning of its replies
UPDATE messages SET thread = (
    WITH RECURSIVE up (id, reply_to) AS (
        SELECT m.id, m.reply_to FROM messages m WHERE m.id = messages.reply_to
        UNION ALL
        SELECT m.id, m.reply_to FROM messages m JOIN up ON m.id = up.reply_to
    )
    SELECT id FROM up WHERE reply_to IS NULL
) WHERE reply_to IS NOT NULL;
CREATE INDEX messages_thread ON messages (thread, seq) WHERE thread IS NOT NULL;

CREATE TABLE thread_follows (
    user_id   BLOB NOT NULL,
    root      BLOB NOT NULL,
    room_id   BLOB NOT NULL,
    following INTEGER NOT NULL,
    read_seq  INTEGER NOT NULL,
    PRIMARY KEY (user_id, root)
) WITHOUT ROWID;
CREATE INDEX thread_follows_root ON thread_follows (root) WHERE following = 1;
