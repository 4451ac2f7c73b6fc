-- What is behind the links of messages.

-- JSON; NULL where nothing is shown yet, [] where it was taken away for good.
ALTER TABLE messages ADD COLUMN previews TEXT;

-- Which events told what is shown now, and which pictures it has: both go with it.
CREATE TABLE previewed (
    message_id BLOB NOT NULL,
    seq        INTEGER NOT NULL,
    picture    TEXT NOT NULL,                          -- a name, or '' for the event itself
    PRIMARY KEY (message_id, seq, picture)
) WITHOUT ROWID;
CREATE INDEX previewed_picture ON previewed (picture) WHERE picture != '';

-- Each written by us, under the digest of its bytes; many messages may show the same.
CREATE TABLE preview_pictures (
    name       TEXT PRIMARY KEY,
    media_type TEXT NOT NULL,
    bytes      BLOB NOT NULL
);

CREATE TRIGGER previewed_gone AFTER DELETE ON previewed WHEN old.picture != '' BEGIN
    DELETE FROM preview_pictures WHERE name = old.picture
    AND NOT EXISTS (SELECT 1 FROM previewed WHERE picture = old.picture AND picture != '');
END;
