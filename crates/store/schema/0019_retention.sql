-- How long a room's messages are kept.

ALTER TABLE rooms ADD COLUMN keep_days INTEGER NOT NULL DEFAULT 0;     -- zero for ever
ALTER TABLE rooms ADD COLUMN keep_set_by BLOB;                         -- who said so
ALTER TABLE rooms ADD COLUMN expired_seq INTEGER NOT NULL DEFAULT 0;   -- up to here all that is not pinned is gone
ALTER TABLE messages ADD COLUMN expired INTEGER NOT NULL DEFAULT 0;    -- its time was over: nobody is shown it
