-- What people say of themselves, where they are signed in, and a second proof of who they are.

ALTER TABLE users ADD COLUMN about TEXT;
ALTER TABLE users ADD COLUMN time_zone TEXT;      -- a name of the IANA database

ALTER TABLE credentials ADD COLUMN device TEXT NOT NULL DEFAULT '';
ALTER TABLE credentials ADD COLUMN address TEXT NOT NULL DEFAULT '';  -- the network, not the host
ALTER TABLE credentials ADD COLUMN seen_at INTEGER;

-- The key of somebody's authenticator. It has to be kept as it is: codes are computed from it.
CREATE TABLE second_factors (
    user_id      BLOB PRIMARY KEY REFERENCES users (id),
    secret       BLOB NOT NULL,
    confirmed_at INTEGER,                          -- asked for at sign-in from then on
    last_step    INTEGER NOT NULL DEFAULT 0        -- a code opens once: later steps only
) WITHOUT ROWID;

CREATE TABLE recovery_codes (
    user_id BLOB NOT NULL REFERENCES users (id),
    digest  BLOB NOT NULL,
    PRIMARY KEY (user_id, digest)
) WITHOUT ROWID;
