-- A made-up later version of the record, for migration_test.go alone: a vocabulary, new
-- columns of tables of the record, and a derived table that is filled from the record.

-- +goose Up

CREATE TABLE made_up_word (code TEXT NOT NULL PRIMARY KEY) STRICT;
INSERT INTO made_up_word (code) VALUES ('one'), ('two');

ALTER TABLE neuro_check ADD COLUMN made_up TEXT REFERENCES made_up_word (code);
ALTER TABLE patient ADD COLUMN a_made_up INTEGER;

CREATE TABLE made_up_versions (
    check_id TEXT NOT NULL PRIMARY KEY,
    versions INTEGER NOT NULL,
    note TEXT
) STRICT;
INSERT INTO made_up_versions (check_id, versions, note)
SELECT check_id, count(*), group_concat(note, ' ') FROM neuro_check GROUP BY check_id;
CREATE INDEX made_up_versions_by_number ON made_up_versions (versions);
CREATE INDEX neuro_check_made_up ON neuro_check (made_up);

CREATE TABLE made_up_last (id INTEGER PRIMARY KEY) STRICT;
-- Two drafts of this kind make it fail.
INSERT INTO made_up_last (id) SELECT revision FROM draft WHERE kind = 'made_up_last';
