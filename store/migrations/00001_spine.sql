-- The spine: programs and their staff, cases and their parties, what was agreed, what was said,
-- what falls due, what is owed to a person's attention, and the log of it all.
--
-- One text for both databases. The loader puts the dialect's own words for KEY (an identity primary
-- key), BYTES (a binary column) and picks the "only:" sections.
-- Instants are UTC milliseconds since 1970 in BIGINT; dates are local civil dates, 'YYYY-MM-DD'.
-- A BYTES column named *_hash is a keyed hash for look-up; every other BYTES column is sealed.

-- +goose Up
-- A migration that two processes apply at once fails for one of them, and is undone as a whole.
CREATE UNIQUE INDEX goose_db_version_once ON goose_db_version (version_id);

CREATE TABLE installation (
  name  TEXT PRIMARY KEY,
  value BYTES NOT NULL
);

CREATE TABLE programs (
  id           KEY,
  key          TEXT NOT NULL UNIQUE,
  file         BYTES NOT NULL,
  number_hash  BYTES UNIQUE,
  service_hash BYTES UNIQUE,
  next_code    BIGINT NOT NULL DEFAULT 1,
  paced_until  BIGINT NOT NULL DEFAULT 0,
  changed_at   BIGINT NOT NULL,
  CHECK (number_hash IS NOT NULL OR service_hash IS NOT NULL)
);

CREATE TABLE staff (
  id           KEY,
  program_id   BIGINT NOT NULL REFERENCES programs (id),
  key          TEXT NOT NULL,
  role         TEXT NOT NULL CHECK (role IN ('mediator', 'coordinator', 'auditor', 'administrator')),
  name         BYTES NOT NULL,
  phone        BYTES,
  phone_hash   BYTES,
  email        BYTES,
  email_hash   BYTES,
  absent_until TEXT,
  active       BIGINT NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
  UNIQUE (program_id, key),
  CHECK ((phone IS NULL) = (phone_hash IS NULL)),
  CHECK ((email IS NULL) = (email_hash IS NULL))
);
CREATE UNIQUE INDEX staff_phone ON staff (program_id, phone_hash) WHERE active = 1;

-- A line is one phone as one program knows it: opt-out, reachability and the talk belong to it.
CREATE TABLE lines (
  id              KEY,
  program_id      BIGINT NOT NULL REFERENCES programs (id),
  phone           BYTES NOT NULL,
  phone_hash      BYTES NOT NULL,
  opted_out_at    BIGINT,
  opted_out_how   TEXT CHECK (opted_out_how IN ('words', 'carrier', 'staff', 'wrong_number')),
  unreachable_at  BIGINT,
  unreachable_why TEXT,
  greeted_on      TEXT,
  talk            BYTES,
  UNIQUE (program_id, phone_hash),
  CHECK ((opted_out_at IS NULL) = (opted_out_how IS NULL)),
  CHECK ((unreachable_at IS NULL) = (unreachable_why IS NULL))
);

CREATE TABLE cases (
  id           KEY,
  program_id   BIGINT NOT NULL REFERENCES programs (id),
  reference    TEXT NOT NULL,
  status       TEXT NOT NULL CHECK (status IN ('enrolling', 'active', 'completed', 'closed')),
  mediated_on  TEXT NOT NULL,
  mediator_id  BIGINT NOT NULL REFERENCES staff (id),
  backup_id    BIGINT REFERENCES staff (id),
  close_reason TEXT CHECK (close_reason IN ('completed', 'returned_to_court', 'withdrawn', 'no_contact', 'rearrest', 'other')),
  opened_at    BIGINT NOT NULL,
  completed_at BIGINT,
  closed_at    BIGINT,
  policy       TEXT NOT NULL DEFAULT '',
  file         BYTES NOT NULL,
  UNIQUE (program_id, reference),
  CHECK ((status = 'closed') = (closed_at IS NOT NULL)),
  CHECK ((closed_at IS NULL) = (close_reason IS NULL)),
  CHECK (status <> 'completed' OR completed_at IS NOT NULL)
);

CREATE TABLE parties (
  id           KEY,
  program_id   BIGINT NOT NULL REFERENCES programs (id),
  case_id      BIGINT NOT NULL REFERENCES cases (id),
  line_id      BIGINT NOT NULL REFERENCES lines (id),
  key          TEXT NOT NULL,
  role         TEXT NOT NULL CHECK (role IN ('victim', 'offender', 'guardian', 'support')),
  side         TEXT NOT NULL CHECK (side IN ('victim', 'offender')),
  for_id       BIGINT REFERENCES parties (id),
  name         BYTES NOT NULL,
  language     TEXT NOT NULL,
  zone         TEXT NOT NULL,
  discreet     BIGINT NOT NULL CHECK (discreet IN (0, 1)),
  statements   BIGINT NOT NULL CHECK (statements IN (0, 1)),
  hours        TEXT NOT NULL,
  consent      TEXT NOT NULL CHECK (consent IN ('none', 'asked', 'given', 'declined', 'withdrawn')),
  consent_on   TEXT,
  unanswered   BIGINT NOT NULL DEFAULT 0,
  UNIQUE (case_id, key),
  CHECK ((role IN ('guardian', 'support')) = (for_id IS NOT NULL)),
  CHECK (consent <> 'given' OR consent_on IS NOT NULL)
);
CREATE INDEX parties_line ON parties (line_id);

CREATE TABLE commitments (
  id         KEY,
  case_id    BIGINT NOT NULL REFERENCES cases (id),
  key        TEXT NOT NULL,
  kind       TEXT NOT NULL CHECK (kind IN ('restitution', 'apology_letter', 'community_service', 'counselling', 'class', 'other')),
  title      BYTES,
  by_id      BIGINT NOT NULL REFERENCES parties (id),
  to_id      BIGINT REFERENCES parties (id),
  payee      BYTES,
  currency   TEXT NOT NULL DEFAULT '',
  hours      BIGINT NOT NULL DEFAULT 0 CHECK (hours >= 0),
  hours_done BIGINT NOT NULL DEFAULT 0 CHECK (hours_done >= 0),
  due        TEXT,
  due_first  TEXT,
  status     TEXT NOT NULL CHECK (status IN ('open', 'met', 'missed', 'rescheduled', 'waived')),
  settled_on TEXT,
  version    BIGINT NOT NULL DEFAULT 1,
  stage_at   BIGINT NOT NULL,
  UNIQUE (case_id, key),
  CHECK ((kind = 'restitution') = (due IS NULL)),
  CHECK ((kind = 'restitution') = (currency <> ''))
);

CREATE TABLE ledger (
  id            KEY,
  case_id       BIGINT NOT NULL REFERENCES cases (id),
  commitment_id BIGINT NOT NULL REFERENCES commitments (id),
  entry         TEXT NOT NULL CHECK (entry IN ('due', 'reported', 'received', 'disputed', 'reversed', 'waived', 'rescheduled')),
  of_id         BIGINT REFERENCES ledger (id),
  amount_cents  BIGINT NOT NULL CHECK (amount_cents > 0),
  currency      TEXT NOT NULL,
  effective_on  TEXT NOT NULL,
  recorded_at   BIGINT NOT NULL,
  by_whom       TEXT NOT NULL,
  CHECK (entry NOT IN ('disputed', 'reversed', 'rescheduled') OR of_id IS NOT NULL),
  CHECK (entry NOT IN ('due', 'reported') OR of_id IS NULL)
);
CREATE INDEX commitments_by ON commitments (by_id, id);
CREATE INDEX ledger_commitment ON ledger (commitment_id, id);
CREATE INDEX ledger_case ON ledger (case_id, id);

-- A session is one run of one flow with one party. One at most is open on a line.
CREATE TABLE sessions (
  id            KEY,
  program_id    BIGINT NOT NULL REFERENCES programs (id),
  case_id       BIGINT NOT NULL REFERENCES cases (id),
  party_id      BIGINT NOT NULL REFERENCES parties (id),
  line_id       BIGINT NOT NULL REFERENCES lines (id),
  commitment_id BIGINT REFERENCES commitments (id),
  flow          TEXT NOT NULL,
  status        TEXT NOT NULL CHECK (status IN ('waiting', 'open', 'resting', 'ended')),
  state         BYTES NOT NULL,
  wanted_at     BIGINT NOT NULL,
  stale_at      BIGINT NOT NULL,
  asked_at      BIGINT,
  ended_at      BIGINT,
  outcome       TEXT NOT NULL DEFAULT '',
  version       BIGINT NOT NULL DEFAULT 1,
  CHECK ((status = 'ended') = (ended_at IS NOT NULL)),
  CHECK (status <> 'open' OR asked_at IS NOT NULL)
);
CREATE UNIQUE INDEX sessions_open ON sessions (line_id) WHERE status = 'open';
CREATE INDEX sessions_line ON sessions (line_id, status, asked_at);
CREATE INDEX sessions_case ON sessions (case_id, id);
CREATE INDEX sessions_party ON sessions (party_id, flow, id);

CREATE TABLE answers (
  id         KEY,
  case_id    BIGINT NOT NULL REFERENCES cases (id),
  party_id   BIGINT NOT NULL REFERENCES parties (id),
  session_id BIGINT REFERENCES sessions (id),
  flow       TEXT NOT NULL,
  question   TEXT NOT NULL,
  value      BYTES NOT NULL,
  at         BIGINT NOT NULL
);
CREATE INDEX answers_party ON answers (party_id, question, id);
CREATE INDEX answers_case ON answers (case_id, id);

-- What falls due, and nothing else: a row is deleted by the transaction that does it, so the
-- table's size is that of what lies ahead. armed is the version of what it was armed for (law 7).
CREATE TABLE dues (
  id            KEY,
  program_id    BIGINT NOT NULL REFERENCES programs (id),
  kind          TEXT NOT NULL,
  due_at        BIGINT NOT NULL,
  case_id       BIGINT REFERENCES cases (id),
  party_id      BIGINT REFERENCES parties (id),
  session_id    BIGINT REFERENCES sessions (id),
  commitment_id BIGINT REFERENCES commitments (id),
  escalation_id BIGINT,
  armed         BIGINT NOT NULL DEFAULT 0,
  args          TEXT NOT NULL DEFAULT '',
  attempts      BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX dues_due ON dues (due_at, id);
CREATE INDEX dues_case ON dues (case_id, due_at);

CREATE TABLE escalations (
  id              KEY,
  program_id      BIGINT NOT NULL REFERENCES programs (id),
  case_id         BIGINT NOT NULL REFERENCES cases (id),
  party_id        BIGINT REFERENCES parties (id),
  commitment_id   BIGINT REFERENCES commitments (id),
  code            BIGINT NOT NULL CHECK (code > 0),
  reason          TEXT NOT NULL CHECK (reason IN ('safety', 'distress', 'dispute', 'wrong_number', 'missed_payment',
                    'missed_commitment', 'extension', 'call', 'not_understood', 'no_reply', 'unreachable', 'opted_out',
                    'consent_unanswered', 'consent_declined')),
  severity        TEXT NOT NULL CHECK (severity IN ('urgent', 'high', 'normal')),
  subject         TEXT NOT NULL DEFAULT '',
  status          TEXT NOT NULL CHECK (status IN ('open', 'acknowledged', 'resolved')),
  level           BIGINT NOT NULL CHECK (level > 0),
  opened_at       BIGINT NOT NULL,
  acknowledged_at BIGINT,
  acknowledged_by BIGINT REFERENCES staff (id),
  resolved_at     BIGINT,
  resolved_by     BIGINT REFERENCES staff (id),
  returns         BIGINT NOT NULL DEFAULT 0,
  note            BYTES,
  policy          TEXT NOT NULL,
  args            TEXT NOT NULL DEFAULT '',
  version         BIGINT NOT NULL DEFAULT 1,
  CHECK ((status = 'resolved') = (resolved_at IS NOT NULL)),
  CHECK (status <> 'acknowledged' OR (acknowledged_at IS NOT NULL AND acknowledged_by IS NOT NULL))
);
CREATE UNIQUE INDEX escalations_one ON escalations (case_id, reason, subject) WHERE status <> 'resolved';
CREATE UNIQUE INDEX escalations_code ON escalations (program_id, code) WHERE status <> 'resolved';
CREATE INDEX escalations_codes ON escalations (program_id, code, id);
CREATE INDEX escalations_case ON escalations (case_id, id);

CREATE TABLE messages (
  seq           KEY,
  id            TEXT NOT NULL UNIQUE,
  program_id    BIGINT NOT NULL REFERENCES programs (id),
  case_id       BIGINT REFERENCES cases (id),
  party_id      BIGINT REFERENCES parties (id),
  line_id       BIGINT REFERENCES lines (id),
  staff_id      BIGINT REFERENCES staff (id),
  session_id    BIGINT REFERENCES sessions (id),
  escalation_id BIGINT REFERENCES escalations (id),
  direction     TEXT NOT NULL CHECK (direction IN ('out', 'in')),
  class         TEXT NOT NULL CHECK (class IN ('prompt', 'consent', 'answer', 'optout', 'stopped', 'stranger', 'staff', 'alert', 'in')),
  template      TEXT NOT NULL DEFAULT '',
  status        TEXT NOT NULL CHECK (status IN ('held', 'queued', 'sending', 'in_doubt', 'sent', 'delivered', 'undelivered',
                  'failed', 'dropped', 'received')),
  why           TEXT NOT NULL DEFAULT '',
  body          BYTES,
  segments      BIGINT NOT NULL,
  queued_at     BIGINT NOT NULL,
  next_at       BIGINT NOT NULL,
  answer_until  BIGINT,
  stale_at      BIGINT,
  day           TEXT,
  attempts      BIGINT NOT NULL DEFAULT 0,
  claim         TEXT NOT NULL DEFAULT '',
  tried_at      BIGINT,
  sent_at       BIGINT,
  delivered_at  BIGINT,
  sid           TEXT UNIQUE,
  error_code    BIGINT NOT NULL DEFAULT 0,
  event         TEXT NOT NULL DEFAULT '',
  CHECK ((direction = 'in') = (status = 'received')),
  CHECK (direction = 'in' OR line_id IS NOT NULL OR staff_id IS NOT NULL),
  CHECK (status NOT IN ('sending', 'in_doubt') OR tried_at IS NOT NULL)
);
-- The outbox: what of a program may go, prompts after all else; what is under way; what waits for one phone. A
-- query uses them where it says their conditions word for word.
CREATE INDEX messages_ready ON messages (program_id, (CASE WHEN class IN ('prompt', 'consent') THEN 1 ELSE 0 END), next_at, seq)
  WHERE status IN ('held', 'queued');
CREATE INDEX messages_doubt ON messages (next_at, seq) WHERE status IN ('sending', 'in_doubt');
CREATE INDEX messages_unsent_line ON messages (line_id) WHERE status IN ('held', 'queued', 'sending', 'in_doubt');
CREATE INDEX messages_unsent_staff ON messages (staff_id) WHERE status IN ('held', 'queued', 'sending', 'in_doubt');
CREATE INDEX messages_day ON messages (line_id, day);
CREATE INDEX messages_answers ON messages (line_id, queued_at) WHERE class = 'answer';
CREATE INDEX messages_case ON messages (case_id, seq);

-- The compliance log. Its rows bear no name, number or text; a person's words, where an entry has
-- any, stand sealed in audit_words, which alone may be erased.
CREATE TABLE audit (
  id            KEY,
  at            BIGINT NOT NULL,
  program_id    BIGINT REFERENCES programs (id),
  case_id       BIGINT REFERENCES cases (id),
  party_id      BIGINT REFERENCES parties (id),
  actor         TEXT NOT NULL,
  action        TEXT NOT NULL,
  subject       TEXT NOT NULL DEFAULT '',
  why           TEXT NOT NULL DEFAULT '',
  event         TEXT NOT NULL DEFAULT ''
);
CREATE INDEX audit_case ON audit (case_id, id);
CREATE INDEX audit_program ON audit (program_id, id);

CREATE TABLE audit_words (
  audit_id BIGINT PRIMARY KEY REFERENCES audit (id),
  words    BYTES NOT NULL
);

CREATE TABLE alarms (
  kind      TEXT NOT NULL,
  program_id BIGINT NOT NULL REFERENCES programs (id),
  raised_at BIGINT NOT NULL,
  times     BIGINT NOT NULL DEFAULT 1,
  detail    TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (program_id, kind)
);

-- only: postgres
-- +goose StatementBegin
CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is only appended to', TG_TABLE_NAME;
END $$;
-- +goose StatementEnd
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE ON ledger FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION append_only();
-- only: sqlite
CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger BEGIN SELECT RAISE(ABORT, 'ledger is only appended to'); END;
CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger BEGIN SELECT RAISE(ABORT, 'ledger is only appended to'); END;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is only appended to'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is only appended to'); END;
-- only: end
