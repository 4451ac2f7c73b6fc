-- When somebody wants to be told of nothing, and what may be told away from here.

CREATE TABLE notifying (
    user_id   BLOB PRIMARY KEY,
    until     INTEGER,                       -- nothing before
    from_min  INTEGER,                       -- nothing from this minute of each day
    to_min    INTEGER,                       -- until this one
    time_zone TEXT,                          -- by the clocks of this place
    hide_text INTEGER NOT NULL               -- what is told elsewhere holds no words
) WITHOUT ROWID;
