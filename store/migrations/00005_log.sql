-- What the pages of the log are found by: each filter has an index that goes by time, so that a page costs what it shows.

-- +goose Up
-- The kind of an entry is what stands before the dot of its action.
-- only: postgres
ALTER TABLE audit ADD COLUMN kind TEXT NOT NULL GENERATED ALWAYS AS (SPLIT_PART(action, '.', 1)) STORED;
-- only: sqlite
ALTER TABLE audit ADD COLUMN kind TEXT GENERATED ALWAYS AS (SUBSTR(action, 1, INSTR(action || '.', '.') - 1)) VIRTUAL;
-- only: end
DROP INDEX audit_case;
DROP INDEX audit_program;
CREATE INDEX audit_case ON audit (case_id, at, id);
CREATE INDEX audit_time ON audit (program_id, at, id);
CREATE INDEX audit_kind ON audit (program_id, kind, at, id);
-- The kind behind the time: who asks for somebody's entries of a kind skips the others in the index.
CREATE INDEX audit_actor ON audit (program_id, actor, at, id, kind);
