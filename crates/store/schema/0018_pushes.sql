-- Where people's browsers wait for what is pushed, and the key by which push services know this
-- server.

CREATE TABLE push_subscriptions (
    credential BLOB PRIMARY KEY,             -- the session that it is for, and ends with
    user_id    BLOB NOT NULL,
    endpoint   TEXT NOT NULL UNIQUE,
    public_key BLOB NOT NULL,
    auth       BLOB NOT NULL,
    made_at    INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX push_subscriptions_user ON push_subscriptions (user_id);
CREATE TRIGGER push_subscriptions_end AFTER DELETE ON credentials BEGIN
    DELETE FROM push_subscriptions WHERE credential = OLD.digest;
END;

CREATE TABLE push_keys (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    pkcs8 BLOB NOT NULL
);
