-- The log and its projections. Order in a room is seq alone; ids are UUIDv7 in 16 bytes; times
-- are microseconds since the epoch.

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE users (
    id            BLOB PRIMARY KEY,
    handle        TEXT NOT NULL,
    handle_key    TEXT NOT NULL UNIQUE,      -- folded: unique without regard to case
    display_name  TEXT NOT NULL,
    kind          TEXT NOT NULL CHECK (kind IN ('human', 'agent', 'bot')),
    role          TEXT NOT NULL CHECK (role IN ('guest', 'member', 'admin', 'owner')),
    password_hash TEXT,
    disabled      INTEGER NOT NULL DEFAULT 0,
    away          TEXT,
    lang          TEXT,
    created_at    INTEGER NOT NULL
) WITHOUT ROWID;

-- Cookies and bearer tokens. Only digests: whoever steals the file signs in as nobody.
CREATE TABLE credentials (
    digest     BLOB PRIMARY KEY,
    user_id    BLOB NOT NULL REFERENCES users (id),
    purpose    TEXT NOT NULL CHECK (purpose IN ('session', 'token')),
    created_at INTEGER NOT NULL,
    expires_at INTEGER
) WITHOUT ROWID;
CREATE INDEX credentials_user ON credentials (user_id);

CREATE TABLE invites (
    digest     BLOB PRIMARY KEY,
    role       TEXT NOT NULL,
    room_id    BLOB,
    invited_by BLOB,
    uses_left  INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER
) WITHOUT ROWID;

CREATE TABLE rooms (
    id         BLOB PRIMARY KEY,
    name       TEXT NOT NULL,                -- empty for direct rooms
    name_key   TEXT UNIQUE,                  -- NULL for direct rooms
    direct_key BLOB UNIQUE,                  -- both user ids, the smaller first
    kind       TEXT NOT NULL CHECK (kind IN ('public', 'private', 'direct')),
    topic      TEXT NOT NULL DEFAULT '',
    last_seq   INTEGER NOT NULL DEFAULT 0,
    creator_id BLOB NOT NULL,                -- moderates the room
    created_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE members (
    room_id    BLOB NOT NULL REFERENCES rooms (id),
    user_id    BLOB NOT NULL REFERENCES users (id),
    is_agent   INTEGER NOT NULL,
    joined_seq INTEGER NOT NULL,
    PRIMARY KEY (room_id, user_id)
) WITHOUT ROWID;
CREATE INDEX members_user ON members (user_id, room_id);
-- Posting asks which agents are concerned; most rooms answer from an empty range.
CREATE INDEX members_agents ON members (room_id, user_id) WHERE is_agent = 1;

CREATE TABLE bans (
    room_id BLOB NOT NULL,
    user_id BLOB NOT NULL,
    PRIMARY KEY (room_id, user_id)
) WITHOUT ROWID;

CREATE TABLE mutes (
    room_id BLOB NOT NULL,
    user_id BLOB NOT NULL,
    until   INTEGER NOT NULL,
    PRIMARY KEY (room_id, user_id)
) WITHOUT ROWID;

CREATE TABLE read_markers (
    user_id BLOB NOT NULL,
    room_id BLOB NOT NULL,
    seq     INTEGER NOT NULL,
    PRIMARY KEY (user_id, room_id)
) WITHOUT ROWID;

CREATE TABLE events (
    room_id  BLOB NOT NULL,
    seq      INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    actor_id BLOB NOT NULL,
    body     TEXT NOT NULL,                  -- the event's body as it travels
    PRIMARY KEY (room_id, seq)
) WITHOUT ROWID;

CREATE TABLE messages (
    num        INTEGER PRIMARY KEY,          -- the row of message_search
    id         BLOB NOT NULL UNIQUE,
    room_id    BLOB NOT NULL,
    seq        INTEGER NOT NULL,
    author_id  BLOB NOT NULL,
    at         INTEGER NOT NULL,
    text       TEXT NOT NULL,
    reply_to   BLOB,
    draft_id   BLOB,
    state      TEXT,
    action     INTEGER NOT NULL DEFAULT 0,
    edited_at  INTEGER,
    deleted_at INTEGER
);
CREATE UNIQUE INDEX messages_room_seq ON messages (room_id, seq);

-- Which events edited a message: a deletion takes their words away.
CREATE TABLE edits (
    message_id BLOB NOT NULL,
    seq        INTEGER NOT NULL,
    PRIMARY KEY (message_id, seq)
) WITHOUT ROWID;

CREATE TABLE reactions (
    message_id BLOB NOT NULL,
    emoji      TEXT NOT NULL,
    user_id    BLOB NOT NULL,
    seq        INTEGER NOT NULL,
    PRIMARY KEY (message_id, emoji, user_id)
) WITHOUT ROWID;

-- One visible effect per key. Rows stay when a message is deleted, or a late retry would revive it.
CREATE TABLE sends (
    room_id    BLOB NOT NULL,
    user_id    BLOB NOT NULL,
    key        TEXT NOT NULL,
    digest     BLOB NOT NULL,
    seq        INTEGER NOT NULL,
    message_id BLOB NOT NULL,
    PRIMARY KEY (room_id, user_id, key)
) WITHOUT ROWID;

-- Words of CJK text are its single characters, set apart before indexing; queries are phrases.
CREATE VIRTUAL TABLE message_search USING fts5 (
    text, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
);

-- An agent's dealing with one event. Written in the transaction of that event.
CREATE TABLE turns (
    id          BLOB PRIMARY KEY,
    agent_id    BLOB NOT NULL,
    room_id     BLOB NOT NULL,
    seq         INTEGER NOT NULL,
    message_id  BLOB NOT NULL,
    author_id   BLOB NOT NULL,               -- who wrote the event
    asker_id    BLOB NOT NULL,               -- the person at the beginning of the chain
    hops        INTEGER NOT NULL,            -- agents between that person and the event
    retry       INTEGER NOT NULL DEFAULT 0,  -- how often somebody asked for another try
    state       TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done')),
    attempts    INTEGER NOT NULL DEFAULT 0,
    lease_until INTEGER,
    outcome     TEXT,
    reason      TEXT,
    reply_id    BLOB,
    tokens_in   INTEGER NOT NULL DEFAULT 0,
    tokens_out  INTEGER NOT NULL DEFAULT 0,
    created_at  INTEGER NOT NULL,
    finished_at INTEGER,
    UNIQUE (agent_id, room_id, seq, retry)
) WITHOUT ROWID;
CREATE INDEX turns_open ON turns (created_at) WHERE state != 'done';
CREATE INDEX turns_reply ON turns (reply_id) WHERE reply_id IS NOT NULL;

-- Calls with outside effects are written down before they are made: at most once, whatever happens.
CREATE TABLE turn_calls (
    turn_id   BLOB NOT NULL,
    n         INTEGER NOT NULL,
    name      TEXT NOT NULL,
    arguments TEXT NOT NULL,
    result    TEXT,
    PRIMARY KEY (turn_id, n)
) WITHOUT ROWID;
