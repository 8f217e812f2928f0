-- What numbers write that belong to nobody is erased as well, once it has been kept long enough.

-- +goose Up
ALTER TABLE messages ADD COLUMN erased_at BIGINT;
CREATE INDEX messages_to_erase ON messages (program_id, queued_at)
  WHERE direction = 'in' AND case_id IS NULL AND staff_id IS NULL AND line_id IS NOT NULL AND erased_at IS NULL;
