-- Each sort of the cases has an index for each status, and for those that are open; what a mediator's texts wait for is found by her cases.

-- +goose Up
CREATE INDEX cases_open_due ON cases (program_id, COALESCE(next_due, '9999-12-31'), id) WHERE status <> 'closed';
CREATE INDEX cases_open_mediated ON cases (program_id, mediated_on, id) WHERE status <> 'closed';
CREATE INDEX cases_open_reference ON cases (program_id, reference, id) WHERE status <> 'closed';
CREATE INDEX cases_status_due ON cases (program_id, status, COALESCE(next_due, '9999-12-31'), id);
CREATE INDEX cases_status_mediated ON cases (program_id, status, mediated_on, id);
CREATE INDEX cases_status_reference ON cases (program_id, status, reference, id);
CREATE INDEX messages_unsent_case ON messages (case_id) WHERE status IN ('held', 'queued', 'sending', 'in_doubt');
CREATE INDEX messages_failed_case ON messages (case_id, seq) WHERE status IN ('undelivered', 'failed');
