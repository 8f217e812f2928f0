-- Texts that a person pauses, of a case or of one party; and numbers that cannot be reached and that a person has dealt with.

-- +goose Up
-- A pause lasts until its day begins where the program is, or, with none, until a person ends it.
ALTER TABLE cases ADD COLUMN paused_at BIGINT;
ALTER TABLE cases ADD COLUMN paused_until TEXT CHECK (paused_until IS NULL OR paused_at IS NOT NULL);
ALTER TABLE cases ADD COLUMN paused_by TEXT CHECK ((paused_by IS NULL) = (paused_at IS NULL));
ALTER TABLE parties ADD COLUMN paused_at BIGINT;
ALTER TABLE parties ADD COLUMN paused_until TEXT CHECK (paused_until IS NULL OR paused_at IS NOT NULL);
ALTER TABLE parties ADD COLUMN paused_by TEXT CHECK ((paused_by IS NULL) = (paused_at IS NULL));

-- A number that fails anew after that is shown again.
ALTER TABLE lines ADD COLUMN dealt_at BIGINT;
