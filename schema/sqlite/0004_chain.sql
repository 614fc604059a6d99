-- The end of the chain moves once for each save, which may append any number of
-- records, and never back.

-- +goose Up

DROP TRIGGER chain_forward;

-- +goose StatementBegin
CREATE TRIGGER chain_forward BEFORE UPDATE ON chain WHEN new.seq <= old.seq
BEGIN
    SELECT RAISE(ABORT, 'the chain only grows');
END;
-- +goose StatementEnd
