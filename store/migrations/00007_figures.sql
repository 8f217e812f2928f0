-- What a program has come to is kept, so that its page costs what it shows. Each view says once what a row counts for in the
-- figures; triggers add that up as rows come and change, and the totals of all rows are what Recount reckons.
-- A day counts from 1970 in UTC; a wait is told in steps: the minute up to two hours, ten minutes up to two days, then hours.

-- +goose Up
ALTER TABLE sessions ADD COLUMN first_asked_at BIGINT;
UPDATE sessions SET first_asked_at = asked_at WHERE asked_at IS NOT NULL;
CREATE INDEX answers_session ON answers (session_id, id);

-- What of a case is reckoned from its ledger and answers, and was added to the figures; NULL for not yet.
ALTER TABLE cases ADD COLUMN
  counted BYTES;
CREATE INDEX cases_uncounted ON cases (id) WHERE counted IS NULL;

CREATE TABLE figure_totals (
  id         KEY,
  program_id BIGINT NOT NULL REFERENCES programs (id),
  figure     TEXT NOT NULL,
  word       TEXT NOT NULL,
  day        BIGINT NOT NULL,
  step       BIGINT NOT NULL,
  n          BIGINT NOT NULL,
  total      BIGINT NOT NULL,
  sum        BYTES,
  UNIQUE (program_id, figure, day, word, step)
);

-- What is not in the totals yet. Rows are only added here, so that no event waits for another program's or case's; who
-- folds them into the totals holds the row of figure_turn.
CREATE TABLE figure_changes (
  id         KEY,
  program_id BIGINT NOT NULL REFERENCES programs (id),
  figure     TEXT NOT NULL,
  word       TEXT NOT NULL,
  day        BIGINT NOT NULL,
  step       BIGINT NOT NULL,
  n          BIGINT NOT NULL,
  total      BIGINT NOT NULL,
  sum        BYTES
);

CREATE TABLE figure_turn (
  name    TEXT PRIMARY KEY,
  counted BIGINT NOT NULL CHECK (counted IN (0, 1))
);
INSERT INTO figure_turn (name, counted) VALUES ('figures', 0);

CREATE VIEW figures_of_cases AS
SELECT id AS row_id, program_id, 'cases' AS figure, COALESCE('closed:' || close_reason, status) AS word, 0 AS day, 0 AS step, 1 AS n, 0 AS total
FROM cases;

CREATE VIEW figures_of_lines AS
SELECT id AS row_id, program_id, 'lines' AS figure, 'all' AS word, 0 AS day, 0 AS step, 1 AS n, 0 AS total
FROM lines
UNION ALL
SELECT id, program_id, 'lines', 'opted_out', 0, 0, 1, 0
FROM lines
WHERE opted_out_how <> 'wrong_number';

-- An entry that reverses another takes from what that is counted as, in its own month.
CREATE VIEW figures_of_ledger AS
SELECT l.id AS row_id, c.program_id, 'money' AS figure,
  COALESCE(o.entry, l.entry) || ':' || l.currency || ':' || SUBSTR(l.effective_on, 1, 7) AS word, 0 AS day, 0 AS step,
  1 AS n, CASE l.entry WHEN 'reversed' THEN -l.amount_cents ELSE l.amount_cents END AS total
FROM ledger l
JOIN cases c ON c.id = l.case_id
LEFT JOIN ledger o ON o.id = l.of_id AND l.entry = 'reversed'
WHERE COALESCE(o.entry, l.entry) IN ('due', 'received', 'waived');

CREATE VIEW figures_of_escalations AS
SELECT id AS row_id, program_id, 'escalations' AS figure, severity AS word, opened_at / 86400000 AS day, 0 AS step, 1 AS n, 0 AS total
FROM escalations
UNION ALL
SELECT id, program_id, 'acknowledged', severity, opened_at / 86400000,
  CASE WHEN acknowledged_at - opened_at < 7200000 THEN (acknowledged_at - opened_at) / 60000
    WHEN acknowledged_at - opened_at < 172800000 THEN (acknowledged_at - opened_at) / 600000 * 10
    ELSE (acknowledged_at - opened_at) / 3600000 * 60 END,
  1, acknowledged_at - opened_at
FROM escalations
WHERE acknowledged_at IS NOT NULL;

CREATE VIEW figures_of_messages AS
SELECT seq AS row_id, program_id, 'texts' AS figure, CASE WHEN staff_id IS NULL THEN 'party' ELSE 'staff' END AS word,
  sent_at / 86400000 AS day, 0 AS step, 1 AS n, segments AS total
FROM messages
WHERE direction = 'out'
  AND sent_at IS NOT NULL
UNION ALL
SELECT seq, program_id, 'texts', 'in', queued_at / 86400000, 0, 1, segments
FROM messages
WHERE direction = 'in';

-- A check-in counts for the day on which it was first asked; its reply is the first answer to any of its questions.
CREATE VIEW figures_of_sessions AS
SELECT s.id AS row_id, s.program_id, 'checkins' AS figure, s.flow AS word, s.first_asked_at / 86400000 AS day, 0 AS step, 1 AS n, 0 AS total
FROM sessions s
WHERE s.flow IN ('victim-checkin', 'offender-checkin')
  AND s.first_asked_at IS NOT NULL
UNION ALL
SELECT s.id, s.program_id, 'replies', s.flow, s.first_asked_at / 86400000,
  CASE WHEN s.replied_at - s.first_asked_at < 7200000 THEN (s.replied_at - s.first_asked_at) / 60000
    WHEN s.replied_at - s.first_asked_at < 172800000 THEN (s.replied_at - s.first_asked_at) / 600000 * 10
    ELSE (s.replied_at - s.first_asked_at) / 3600000 * 60 END,
  1, s.replied_at - s.first_asked_at
FROM (
  SELECT t.id, t.program_id, t.flow, t.first_asked_at, (SELECT a.at FROM answers a WHERE a.session_id = t.id ORDER BY a.id LIMIT 1) AS replied_at
  FROM sessions t
  WHERE t.flow IN ('victim-checkin', 'offender-checkin')
    AND t.first_asked_at IS NOT NULL
) s
WHERE s.replied_at IS NOT NULL;

-- only: postgres
-- +goose StatementBegin
DO $do$
DECLARE
  t RECORD;
BEGIN
  FOR t IN SELECT * FROM (VALUES
    -- a table, its view, the key of its row there, the columns that its figures go by, and which of its rows count
    ('cases', 'cases', 'id', 'status, close_reason', 'TRUE'),
    ('lines', 'lines', 'id', 'opted_out_how', 'TRUE'),
    ('ledger', 'ledger', 'id', '', 'TRUE'),
    ('escalations', 'escalations', 'id', 'severity, acknowledged_at', 'TRUE'),
    ('messages', 'messages', 'seq', 'sent_at, segments', 'ROW.direction = ''in'' OR ROW.sent_at IS NOT NULL'),
    ('sessions', 'sessions', 'id', 'first_asked_at', 'ROW.first_asked_at IS NOT NULL')) AS of_figures (name, view, key, columns, counts)
  LOOP
    EXECUTE FORMAT($f$
      CREATE FUNCTION count_%1$s() RETURNS trigger LANGUAGE plpgsql AS $count$
      BEGIN
        IF TG_WHEN = 'BEFORE' THEN
          INSERT INTO figure_changes (program_id, figure, word, day, step, n, total)
          SELECT program_id, figure, word, day, step, -n, -total FROM figures_of_%2$s WHERE row_id = OLD.%3$s;
          RETURN NEW;
        END IF;
        INSERT INTO figure_changes (program_id, figure, word, day, step, n, total)
        SELECT program_id, figure, word, day, step, n, total FROM figures_of_%2$s WHERE row_id = NEW.%3$s;
        RETURN NULL;
      END $count$
    $f$, t.name, t.view, t.key);
    EXECUTE FORMAT('CREATE TRIGGER count AFTER INSERT ON %1$s FOR EACH ROW WHEN (%2$s) EXECUTE FUNCTION count_%1$s()', t.name, REPLACE(t.counts, 'ROW', 'NEW'));
    IF t.columns <> '' THEN
      EXECUTE FORMAT('CREATE TRIGGER uncount BEFORE UPDATE OF %2$s ON %1$s FOR EACH ROW WHEN ((%3$s) IS DISTINCT FROM (%4$s) AND (%5$s)) EXECUTE FUNCTION count_%1$s()',
        t.name, t.columns, REGEXP_REPLACE(t.columns, '(\w+)', 'OLD.\1', 'g'), REGEXP_REPLACE(t.columns, '(\w+)', 'NEW.\1', 'g'), REPLACE(t.counts, 'ROW', 'OLD'));
      EXECUTE FORMAT('CREATE TRIGGER recount AFTER UPDATE OF %2$s ON %1$s FOR EACH ROW WHEN ((%3$s) IS DISTINCT FROM (%4$s) AND (%5$s)) EXECUTE FUNCTION count_%1$s()',
        t.name, t.columns, REGEXP_REPLACE(t.columns, '(\w+)', 'OLD.\1', 'g'), REGEXP_REPLACE(t.columns, '(\w+)', 'NEW.\1', 'g'), REPLACE(t.counts, 'ROW', 'NEW'));
    END IF;
  END LOOP;
END $do$;
-- +goose StatementEnd
-- The first answer of a check-in is its reply.
-- +goose StatementBegin
CREATE FUNCTION count_answers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO figure_changes (program_id, figure, word, day, step, n, total)
  SELECT program_id, figure, word, day, step, n, total FROM figures_of_sessions
  WHERE row_id = NEW.session_id AND figure = 'replies' AND NOT EXISTS (SELECT 1 FROM answers o WHERE o.session_id = NEW.session_id AND o.id < NEW.id);
  RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER count AFTER INSERT ON answers FOR EACH ROW WHEN (NEW.session_id IS NOT NULL) EXECUTE FUNCTION count_answers();
-- only: sqlite
-- +goose StatementBegin
CREATE TRIGGER cases_count AFTER INSERT ON cases BEGIN
  INSERT INTO figure_changes (program_id, figure, word, day, step, n, total)
  SELECT program_id, figure, word, day, step, n, total FROM figures_of_cases WHERE row_id = NEW.id;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER cases_uncount BEFORE UPDATE OF status, close_reason ON cases WHEN (OLD.status, OLD.close_reason) IS NOT (NEW.status, NEW.close_reason) BEGIN
  INSERT INTO figure_changes (program_id, figure, word, day, step, n, total)
  SELECT program_id, figure, word, day, step, -n, -total FROM figures_of_cases WHERE row_id = OLD.id;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER cases_recount AFTER UPDATE OF status, close_reason ON cases WHEN (OLD.status, OLD.close_reason) IS NOT (NEW.status, NEW.close_reason) BEGIN
  INSERT INTO figure_changes (program_id, figure, word, day, step, n, total)
  SELECT program_id, figure, word, day, step, n, total FROM figures_of_cases WHERE row_id = NEW.id;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER lines_count AFTER INSERT ON lines BEGIN
  INSERT INTO figure_changes (program_id, figure, word, day, step, n, total)
  SELECT program_id, figure, word, day, step, n, total FROM figures_of_lines WHERE row_id = NEW.id;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER lines_uncount BEFORE UPDATE OF opted_out_how ON lines WHEN OLD.opted_out_how IS NOT NEW.opted_out_how BEGIN
  INSERT INTO figure_changes (program_id, figure, word, day, step, n, total)
  SELECT program_id, figure, word, day, step, -n, -total FROM figures_of_lines WHERE row_id = OLD.id;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER lines_recount AFTER UPDATE OF opted_out_how ON lines WHEN OLD.opted_out_how IS NOT NEW.opted_out_how BEGIN
  INSERT INTO figure_changes (program_id, figure, word, day, step, n, total)
  SELECT program_id, figure, word, day, step, n, total FROM figures_of_lines WHERE row_id = NEW.id;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER ledger_count AFTER INSERT ON ledger BEGIN
  INSERT INTO figure_changes (program_id, figure, word, day, step, n, total)
  SELECT program_id, figure, word, day, step, n, total FROM figures_of_ledger WHERE row_id = NEW.id;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER escalations_count AFTER INSERT ON escalations BEGIN
  INSERT INTO figure_changes (program_id, figure, word, day, step, n, total)
  SELECT program_id, figure, word, day, step, n, total FROM figures_of_escalations WHERE row_id = NEW.id;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER escalations_uncount BEFORE UPDATE OF severity, acknowledged_at ON escalations WHEN (OLD.severity, OLD.acknowledged_at) IS NOT (NEW.severity, NEW.acknowledged_at) BEGIN
  INSERT INTO figure_changes (program_id, figure, word, day, step, n, total)
  SELECT program_id, figure, word, day, step, -n, -total FROM figures_of_escalations WHERE row_id = OLD.id;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER escalations_recount AFTER UPDATE OF severity, acknowledged_at ON escalations WHEN (OLD.severity, OLD.acknowledged_at) IS NOT (NEW.severity, NEW.acknowledged_at) BEGIN
  INSERT INTO figure_changes (program_id, figure, word, day, step, n, total)
  SELECT program_id, figure, word, day, step, n, total FROM figures_of_escalations WHERE row_id = NEW.id;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER messages_count AFTER INSERT ON messages WHEN NEW.direction = 'in' OR NEW.sent_at IS NOT NULL BEGIN
  INSERT INTO figure_changes (program_id, figure, word, day, step, n, total)
  SELECT program_id, figure, word, day, step, n, total FROM figures_of_messages WHERE row_id = NEW.seq;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER messages_uncount BEFORE UPDATE OF sent_at, segments ON messages WHEN (OLD.sent_at, OLD.segments) IS NOT (NEW.sent_at, NEW.segments) AND (OLD.direction = 'in' OR OLD.sent_at IS NOT NULL) BEGIN
  INSERT INTO figure_changes (program_id, figure, word, day, step, n, total)
  SELECT program_id, figure, word, day, step, -n, -total FROM figures_of_messages WHERE row_id = OLD.seq;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER messages_recount AFTER UPDATE OF sent_at, segments ON messages WHEN (OLD.sent_at, OLD.segments) IS NOT (NEW.sent_at, NEW.segments) AND (NEW.direction = 'in' OR NEW.sent_at IS NOT NULL) BEGIN
  INSERT INTO figure_changes (program_id, figure, word, day, step, n, total)
  SELECT program_id, figure, word, day, step, n, total FROM figures_of_messages WHERE row_id = NEW.seq;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER sessions_count AFTER INSERT ON sessions WHEN NEW.first_asked_at IS NOT NULL BEGIN
  INSERT INTO figure_changes (program_id, figure, word, day, step, n, total)
  SELECT program_id, figure, word, day, step, n, total FROM figures_of_sessions WHERE row_id = NEW.id;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER sessions_uncount BEFORE UPDATE OF first_asked_at ON sessions WHEN OLD.first_asked_at IS NOT NEW.first_asked_at AND (OLD.first_asked_at IS NOT NULL) BEGIN
  INSERT INTO figure_changes (program_id, figure, word, day, step, n, total)
  SELECT program_id, figure, word, day, step, -n, -total FROM figures_of_sessions WHERE row_id = OLD.id;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER sessions_recount AFTER UPDATE OF first_asked_at ON sessions WHEN OLD.first_asked_at IS NOT NEW.first_asked_at AND (NEW.first_asked_at IS NOT NULL) BEGIN
  INSERT INTO figure_changes (program_id, figure, word, day, step, n, total)
  SELECT program_id, figure, word, day, step, n, total FROM figures_of_sessions WHERE row_id = NEW.id;
END;
-- +goose StatementEnd
-- The first answer of a check-in is its reply.
-- +goose StatementBegin
CREATE TRIGGER answers_count AFTER INSERT ON answers WHEN NEW.session_id IS NOT NULL BEGIN
  INSERT INTO figure_changes (program_id, figure, word, day, step, n, total)
  SELECT program_id, figure, word, day, step, n, total FROM figures_of_sessions
  WHERE row_id = NEW.session_id AND figure = 'replies' AND NOT EXISTS (SELECT 1 FROM answers o WHERE o.session_id = NEW.session_id AND o.id < NEW.id);
END;
-- +goose StatementEnd
-- only: end
