-- Keys of people's devices, each of which opens its owner's account.

CREATE TABLE passkeys (
    credential BLOB PRIMARY KEY,             -- the device's own name for it: one account's in the whole house
    user_id    BLOB NOT NULL REFERENCES users (id),
    site       TEXT NOT NULL,                -- the host for which it was made, and signs
    public_key BLOB NOT NULL,                -- COSE
    algorithm  INTEGER NOT NULL,             -- by its number at IANA
    counter    INTEGER NOT NULL,             -- what the device said last; 0 where it does not count
    name       TEXT NOT NULL,                -- shown to their owner, so that they know it again
    created_at INTEGER NOT NULL,
    used_at    INTEGER
) WITHOUT ROWID;
CREATE INDEX passkeys_user ON passkeys (user_id, created_at);
