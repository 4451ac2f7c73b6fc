-- Agents made by their users, and what they do: settings, spending, approvals, memory.

ALTER TABLE users ADD COLUMN avatar TEXT;
ALTER TABLE rooms ADD COLUMN mode TEXT NOT NULL DEFAULT 'mention';
ALTER TABLE rooms ADD COLUMN private_from_ai INTEGER NOT NULL DEFAULT 0;
-- Chains of agents that began before this message's time are stopped.
ALTER TABLE rooms ADD COLUMN chains_after BLOB;
ALTER TABLE messages ADD COLUMN private_from_ai INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN reason TEXT;
ALTER TABLE messages ADD COLUMN replaces BLOB;

CREATE TABLE agents (
    user_id    BLOB PRIMARY KEY REFERENCES users (id),
    maker_id   BLOB,
    settings   TEXT NOT NULL,                -- AgentSettings as JSON
    updated_at INTEGER NOT NULL
) WITHOUT ROWID;

ALTER TABLE turns ADD COLUMN chain_id BLOB;  -- the message at the beginning of the chain
ALTER TABLE turns ADD COLUMN model TEXT;
ALTER TABLE turns ADD COLUMN cost INTEGER NOT NULL DEFAULT 0;   -- money in millionths
ALTER TABLE turns ADD COLUMN detail TEXT;                       -- TurnDetail as JSON
ALTER TABLE turns ADD COLUMN replaces BLOB;                     -- the answer to be given anew
CREATE INDEX turns_chain ON turns (chain_id) WHERE outcome IN ('spoke', 'acted', 'failed', 'stopped');
CREATE INDEX turns_message ON turns (message_id);
CREATE INDEX turns_room ON turns (room_id, seq);
CREATE INDEX turns_finished ON turns (finished_at) WHERE outcome IN ('spoke', 'acted', 'failed', 'stopped');

ALTER TABLE turn_calls ADD COLUMN at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE turn_calls ADD COLUMN outcome TEXT;

-- What was spent by UTC day: for an agent, a room, an asker.
CREATE TABLE spending (
    scope      TEXT NOT NULL CHECK (scope IN ('agent', 'room', 'asker')),
    subject    BLOB NOT NULL,
    day        INTEGER NOT NULL,             -- days since the epoch
    tokens_in  INTEGER NOT NULL,
    tokens_out INTEGER NOT NULL,
    cost       INTEGER NOT NULL,
    calls      INTEGER NOT NULL,
    PRIMARY KEY (scope, subject, day)
) WITHOUT ROWID;

CREATE TABLE approvals (
    room_id    BLOB NOT NULL,
    number     INTEGER NOT NULL,
    turn_id    BLOB NOT NULL,
    n          INTEGER NOT NULL,             -- the call's number in its turn
    agent_id   BLOB NOT NULL,
    asker_id   BLOB NOT NULL,
    hops       INTEGER NOT NULL,
    chain_id   BLOB NOT NULL,
    name       TEXT NOT NULL,                -- the call as it will be made
    arguments  TEXT NOT NULL,
    act        TEXT NOT NULL,                -- the call as people were shown it
    why        TEXT NOT NULL,
    state      TEXT NOT NULL,
    by_id      BLOB,
    result     TEXT,
    expires_at INTEGER NOT NULL,
    began_at   INTEGER,                      -- when it began to be carried out: at most once
    PRIMARY KEY (room_id, number),
    UNIQUE (turn_id, n)
) WITHOUT ROWID;
CREATE INDEX approvals_open ON approvals (expires_at) WHERE state IN ('waiting', 'approved');

CREATE TABLE facts (
    number     INTEGER PRIMARY KEY AUTOINCREMENT,
    room_id    BLOB NOT NULL,                -- where it was told; read there, or anywhere if public
    owner_id   BLOB NOT NULL,
    agent_id   BLOB NOT NULL,
    text       TEXT NOT NULL,
    at         INTEGER NOT NULL
);
CREATE INDEX facts_room ON facts (room_id);

-- What older messages of a room said and who said it.
CREATE TABLE summaries (
    room_id BLOB PRIMARY KEY,
    up_to   INTEGER NOT NULL,
    text    TEXT NOT NULL,
    at      INTEGER NOT NULL
) WITHOUT ROWID;

-- Tools of other people's servers as they were when an admin last agreed to them.
CREATE TABLE tool_pins (
    server  TEXT NOT NULL,
    tool    TEXT NOT NULL,
    digest  BLOB NOT NULL,
    changed BLOB,                            -- what it has become since: not called until agreed
    at      INTEGER NOT NULL,
    PRIMARY KEY (server, tool)
) WITHOUT ROWID;

CREATE TABLE tool_servers (
    name   TEXT PRIMARY KEY,
    config TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE feedback (
    message_id BLOB NOT NULL,
    user_id    BLOB NOT NULL,
    good       INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    PRIMARY KEY (message_id, user_id)
) WITHOUT ROWID;

-- Answers for one reader alone that an agent is to work out: `/catchup`.
CREATE TABLE errands (
    id        BLOB PRIMARY KEY,
    kind      TEXT NOT NULL,
    room_id   BLOB NOT NULL,
    asker_id  BLOB NOT NULL,
    arguments TEXT NOT NULL,
    lang      TEXT NOT NULL,
    at        INTEGER NOT NULL
) WITHOUT ROWID;
