-- Emoji that people here made: small pictures, each written by us, found by their names.

CREATE TABLE emoji (
    name       TEXT PRIMARY KEY,
    maker_id   BLOB NOT NULL,
    media_type TEXT NOT NULL,
    bytes      BLOB NOT NULL,
    made_at    INTEGER NOT NULL
) WITHOUT ROWID;
