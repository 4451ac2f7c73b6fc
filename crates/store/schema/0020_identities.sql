-- Who of another house's people has which account here, by the provider's own name for them.

CREATE TABLE identities (
    issuer     TEXT NOT NULL,
    subject    TEXT NOT NULL,
    user_id    BLOB NOT NULL REFERENCES users (id),
    name       TEXT NOT NULL,                -- shown to their owner, so that they know it again
    linked_at  INTEGER NOT NULL,
    ended_at   INTEGER,                      -- opens nothing from then on, and makes no other account
    PRIMARY KEY (issuer, subject)
) WITHOUT ROWID;
CREATE UNIQUE INDEX identities_user ON identities (user_id, issuer) WHERE ended_at IS NULL;
