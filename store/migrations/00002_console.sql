-- The console: who may sign in, who is signed in and who guesses; and what its pages find cases and texts by.

-- +goose Up
-- An account is a person with an e-mail address. What it may see are the places of the active staff that bear the address.
CREATE TABLE accounts (
  id         KEY,
  email_hash BYTES NOT NULL UNIQUE,
  email      BYTES NOT NULL,
  password   BYTES,
  totp       BYTES,
  totp_step  BIGINT NOT NULL DEFAULT 0,
  recovery   BYTES,
  version    BIGINT NOT NULL DEFAULT 1,
  changed_at BIGINT NOT NULL,
  CHECK (recovery IS NULL OR totp IS NOT NULL)
);

-- An invitation lets whoever holds its token set a password, once.
CREATE TABLE invitations (
  id         KEY,
  token_hash BYTES NOT NULL UNIQUE,
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  kind       TEXT NOT NULL CHECK (kind IN ('invitation', 'reset')),
  version    BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX invitations_account ON invitations (account_id);

CREATE TABLE logins (
  id         KEY,
  token      TEXT NOT NULL UNIQUE,
  data       BYTES NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX logins_expires ON logins (expires_at);

-- Guesses count the sign-ins in a row that failed, of an address known or unknown and of where they came from.
CREATE TABLE guesses (
  who_hash BYTES PRIMARY KEY,
  failures BIGINT NOT NULL,
  last_at  BIGINT NOT NULL
);

-- next_due is the first date of what is not met, paid or reported: days behind are counted from it, whatever the day.
ALTER TABLE cases ADD COLUMN next_due TEXT;
ALTER TABLE parties ADD COLUMN
  name_hash BYTES;

CREATE INDEX cases_next_due ON cases (program_id, COALESCE(next_due, '9999-12-31'), id);
CREATE INDEX cases_behind ON cases (program_id, next_due, id) WHERE status <> 'closed';
CREATE INDEX cases_mediated ON cases (program_id, mediated_on, id);
CREATE INDEX cases_mediator ON cases (program_id, mediator_id, next_due, id);
CREATE INDEX cases_backup ON cases (program_id, backup_id, next_due, id);
CREATE INDEX parties_name ON parties (program_id, name_hash);
CREATE INDEX parties_nameless ON parties (id) WHERE name_hash IS NULL;
CREATE INDEX lines_unreachable ON lines (program_id, unreachable_at) WHERE unreachable_at IS NOT NULL;
CREATE INDEX messages_unsent_program ON messages (program_id, next_at, seq) WHERE status IN ('held', 'queued', 'sending', 'in_doubt');
CREATE INDEX messages_failed ON messages (program_id, seq) WHERE status IN ('undelivered', 'failed');
CREATE INDEX messages_strangers ON messages (program_id, seq) WHERE direction = 'in' AND case_id IS NULL AND staff_id IS NULL;
CREATE INDEX escalations_opened ON escalations (program_id, severity, opened_at, id) WHERE status <> 'resolved';
