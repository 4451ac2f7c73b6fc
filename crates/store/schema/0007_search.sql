-- Search by pairs of characters, and by room, author and what a message holds, all in one index:
-- `search/words.rs` makes its terms. What was indexed the old way is indexed anew, in the same
-- transaction.

DROP TABLE message_search;
CREATE VIRTUAL TABLE message_search USING fts5 (
    text, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
);
-- The index's words, to find those that begin with another.
CREATE VIRTUAL TABLE message_terms USING fts5vocab ('message_search', 'instance');
