-- `search/words.rs` makes terms of letters and digits and folds them itself, so the index only has to
-- part them. Everything is indexed anew, in the same transaction.

DROP TABLE message_terms;
DROP TABLE message_search;
CREATE VIRTUAL TABLE message_search USING fts5 (
    text, content = '', contentless_delete = 1, tokenize = 'ascii'
);
-- The index's words, to find those that begin with another.
CREATE VIRTUAL TABLE message_terms USING fts5vocab ('message_search', 'instance');

-- How far the index has come: a message is put into it after its commit, and before the next search.
CREATE TABLE indexed (up_to INTEGER NOT NULL) STRICT;
INSERT INTO indexed SELECT coalesce(max(num), 0) FROM messages;
