-- What erasing looks for in the log, and what verifying it asks of entries whose words are gone, is found without reading
-- all that the log has of a case or a program.

-- +goose Up
CREATE INDEX audit_caseless ON audit (event) WHERE case_id IS NULL;
CREATE INDEX audit_erased ON audit (case_id, id) WHERE action IN ('case.erased', 'party.erased');
CREATE INDEX audit_erased_texts ON audit (why, id) WHERE action = 'text.erased';
