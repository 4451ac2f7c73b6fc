-- What agents may spend in a room and on the whole server, and where an approval was asked for.

ALTER TABLE rooms ADD COLUMN budget TEXT NOT NULL DEFAULT '{}';  -- Budget as JSON

ALTER TABLE approvals ADD COLUMN seq INTEGER;                    -- of the event that asked
UPDATE approvals SET seq = (SELECT e.seq FROM events e
    WHERE e.room_id = approvals.room_id
    AND json_extract(e.body, '$.kind') = 'approval.asked'
    AND json_extract(e.body, '$.approval.number') = approvals.number);

-- SQLite changes no CHECK: the table is made anew.
CREATE TABLE spending_anew (
    scope      TEXT NOT NULL CHECK (scope IN ('agent', 'room', 'asker', 'server')),
    subject    BLOB NOT NULL,                -- of the server sixteen zeros
    day        INTEGER NOT NULL,             -- days since the epoch
    tokens_in  INTEGER NOT NULL,
    tokens_out INTEGER NOT NULL,
    cost       INTEGER NOT NULL,
    calls      INTEGER NOT NULL,
    PRIMARY KEY (scope, subject, day)
) WITHOUT ROWID;
INSERT INTO spending_anew SELECT * FROM spending;
INSERT INTO spending_anew
    SELECT 'server', zeroblob(16), day, sum(tokens_in), sum(tokens_out), sum(cost), sum(calls)
    FROM spending WHERE scope = 'agent' GROUP BY day;
DROP TABLE spending;
ALTER TABLE spending_anew RENAME TO spending;
