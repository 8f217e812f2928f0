-- What pages show first, found without looking at the rest.

-- +goose Up
-- Today's escalations in their order.
CREATE INDEX escalations_today ON escalations (program_id, (CASE status WHEN 'open' THEN 0 ELSE 1 END),
  (CASE severity WHEN 'urgent' THEN 0 WHEN 'high' THEN 1 ELSE 2 END), opened_at, id) WHERE status <> 'resolved';

-- How many open cases each mediator has is kept, too.
DROP VIEW figures_of_cases;
CREATE VIEW figures_of_cases AS
SELECT id AS row_id, program_id, 'cases' AS figure, COALESCE('closed:' || close_reason, status) AS word, 0 AS day, 0 AS step, 1 AS n, 0 AS total
FROM cases
UNION ALL
SELECT id, program_id, 'mediators', CAST(mediator_id AS TEXT), 0, 0, 1, 0
FROM cases
WHERE status <> 'closed';
-- only: postgres
DROP TRIGGER uncount ON cases;
DROP TRIGGER recount ON cases;
CREATE TRIGGER uncount BEFORE UPDATE OF status, close_reason, mediator_id ON cases FOR EACH ROW
  WHEN ((OLD.status, OLD.close_reason, OLD.mediator_id) IS DISTINCT FROM (NEW.status, NEW.close_reason, NEW.mediator_id)) EXECUTE FUNCTION count_cases();
CREATE TRIGGER recount AFTER UPDATE OF status, close_reason, mediator_id ON cases FOR EACH ROW
  WHEN ((OLD.status, OLD.close_reason, OLD.mediator_id) IS DISTINCT FROM (NEW.status, NEW.close_reason, NEW.mediator_id)) EXECUTE FUNCTION count_cases();
-- only: sqlite
DROP TRIGGER cases_uncount;
DROP TRIGGER cases_recount;
-- +goose StatementBegin
CREATE TRIGGER cases_uncount BEFORE UPDATE OF status, close_reason, mediator_id ON cases
WHEN (OLD.status, OLD.close_reason, OLD.mediator_id) IS NOT (NEW.status, NEW.close_reason, NEW.mediator_id) BEGIN
  INSERT INTO figure_changes (program_id, figure, word, day, step, n, total)
  SELECT program_id, figure, word, day, step, -n, -total FROM figures_of_cases WHERE row_id = OLD.id;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER cases_recount AFTER UPDATE OF status, close_reason, mediator_id ON cases
WHEN (OLD.status, OLD.close_reason, OLD.mediator_id) IS NOT (NEW.status, NEW.close_reason, NEW.mediator_id) BEGIN
  INSERT INTO figure_changes (program_id, figure, word, day, step, n, total)
  SELECT program_id, figure, word, day, step, n, total FROM figures_of_cases WHERE row_id = NEW.id;
END;
-- +goose StatementEnd
-- only: end
UPDATE figure_turn SET counted = 0;
