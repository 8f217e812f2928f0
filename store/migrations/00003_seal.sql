-- The seal on the log, and what was erased. See doc comments in seal.go and erase.go.
-- A *_hash column here is a hash of the tree or of sealed words, and tells nothing of them.

-- +goose Up
-- Who seals holds the row.
CREATE TABLE seal_turn (
  name TEXT PRIMARY KEY
);
INSERT INTO seal_turn (name) VALUES ('seal');

-- The tree's hashes, 256 in a tile (32 bytes each). Those of level 0 are the entries' own: entries are their ids, in the
-- order of the leaves.
CREATE TABLE seal_tiles (
  level     BIGINT NOT NULL,
  number    BIGINT NOT NULL,
  first_id  BIGINT,
  entries   TEXT,
  tile_hash BYTES NOT NULL,
  PRIMARY KEY (level, number),
  CHECK ((level = 0) = (first_id IS NOT NULL)),
  CHECK ((level = 0) = (entries IS NOT NULL))
);
CREATE UNIQUE INDEX seal_tiles_first ON seal_tiles (first_id) WHERE first_id IS NOT NULL;

-- Signed by the key that the keyset's look-up key gives.
CREATE TABLE seal_checkpoints (
  size BIGINT PRIMARY KEY,
  at   BIGINT NOT NULL,
  note TEXT NOT NULL
);

-- What an entry binds of its words. The salt goes when they are erased.
CREATE TABLE seal_words (
  audit_id   BIGINT PRIMARY KEY,
  words_hash BYTES NOT NULL,
  salt       BYTES
);

ALTER TABLE cases ADD COLUMN erased_at BIGINT;
ALTER TABLE parties ADD COLUMN erased_at BIGINT;
CREATE INDEX cases_to_erase ON cases (program_id, closed_at, id) WHERE status = 'closed' AND erased_at IS NULL;
-- What a mediator texts to an escalation is its note, and goes with it.
CREATE INDEX messages_notes ON messages (staff_id, queued_at) WHERE direction = 'in' AND staff_id IS NOT NULL;
-- Verifying asks whether words that are gone were erased by rights.
CREATE INDEX audit_texts_erased ON audit (why, id) WHERE action = 'text.erased';

-- only: postgres
CREATE TRIGGER seal_checkpoints_append_only BEFORE UPDATE OR DELETE ON seal_checkpoints FOR EACH ROW EXECUTE FUNCTION append_only();
-- only: sqlite
CREATE TRIGGER seal_checkpoints_no_update BEFORE UPDATE ON seal_checkpoints BEGIN SELECT RAISE(ABORT, 'seal_checkpoints is only appended to'); END;
CREATE TRIGGER seal_checkpoints_no_delete BEFORE DELETE ON seal_checkpoints BEGIN SELECT RAISE(ABORT, 'seal_checkpoints is only appended to'); END;
-- only: end
