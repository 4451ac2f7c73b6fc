-- Pictures of people, each written by us; `users.avatar` says where one is served.

CREATE TABLE avatars (
    user_id    BLOB PRIMARY KEY,
    media_type TEXT NOT NULL,
    bytes      BLOB NOT NULL
) WITHOUT ROWID;
