-- What a ward does all day costs what is on it, and not what its history is.

-- +goose Up

-- The handover asks who was discharged since.
CREATE INDEX patient_discharged ON patient (discharged_at) WHERE discharged_at IS NOT NULL;

-- The end of the chain moves once for each save, which may append any number of
-- records, and never back.
DROP TRIGGER chain_forward;

-- +goose StatementBegin
CREATE TRIGGER chain_forward BEFORE UPDATE ON chain WHEN new.seq <= old.seq
BEGIN
    SELECT RAISE(ABORT, 'the chain only grows');
END;
-- +goose StatementEnd
