-- Close monitoring: what a clinician ordered about a patient's schedule, what the
-- patient or a caregiver reported, what was done, the checklists of follow-ups,
-- and flags that a later entry about earlier checks has changed.

-- +goose Up

-- Orders about one patient's schedule; see ward.Order.
CREATE TABLE schedule_order (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    at_offset INTEGER NOT NULL,
    author TEXT NOT NULL CHECK (author <> ''),
    patient_id INTEGER NOT NULL REFERENCES patient_now (patient_id),
    kind TEXT NOT NULL CHECK (kind IN ('interval', 'stop', 'restart', 'extend')),
    interval_minutes INTEGER CHECK (interval_minutes BETWEEN 15 AND 10080),
    until_day INTEGER CHECK (until_day BETWEEN 1 AND 365),
    reason TEXT NOT NULL CHECK (reason <> ''),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    CHECK ((kind = 'interval') = (interval_minutes IS NOT NULL)),
    CHECK ((kind = 'extend') = (until_day IS NOT NULL))
) STRICT;

CREATE INDEX schedule_order_of_patient ON schedule_order (patient_id);

-- What the patient or a caregiver reported between checks.
CREATE TABLE symptom (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    at_offset INTEGER NOT NULL,
    author TEXT NOT NULL CHECK (author <> ''),
    patient_id INTEGER NOT NULL REFERENCES patient_now (patient_id),
    told_at INTEGER NOT NULL,
    told_offset INTEGER NOT NULL,
    told_by TEXT NOT NULL CHECK (told_by IN ('patient', 'caregiver')),
    words TEXT NOT NULL CHECK (words <> ''),
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE INDEX symptom_of_patient ON symptom (patient_id, told_at);

-- What was done, for a trend to be read against. A slip is withdrawn by a second
-- version; intervention_id is the seq of the first.
CREATE TABLE intervention (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    at_offset INTEGER NOT NULL,
    author TEXT NOT NULL CHECK (author <> ''),
    intervention_id INTEGER NOT NULL,
    version INTEGER NOT NULL CHECK (version IN (1, 2)),
    status TEXT NOT NULL CHECK (status IN ('recorded', 'withdrawn')),
    patient_id INTEGER NOT NULL REFERENCES patient_now (patient_id),
    done_at INTEGER NOT NULL,
    done_offset INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('dexamethasone', 'other_steroid', 'tocilizumab', 'anakinra', 'levetiracetam', 'sedative', 'imaging', 'eeg', 'transfer', 'dose_given', 'dose_held', 'dose_reduced', 'dose_delayed')),
    detail TEXT,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    UNIQUE (intervention_id, version),
    CHECK ((version = 1) = (status = 'recorded'))
) STRICT;

CREATE INDEX intervention_of_patient ON intervention (patient_id, done_at);

-- A flag that changed because an earlier check was corrected, withdrawn or
-- entered late. The newest row of a version of a check holds.
CREATE TABLE reevaluation (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    at_offset INTEGER NOT NULL,
    author TEXT NOT NULL CHECK (author <> ''),
    check_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    patient_id INTEGER NOT NULL REFERENCES patient_now (patient_id),
    flag TEXT NOT NULL CHECK (flag IN ('none', 'incomplete', 'grade1', 'urgent')),
    flag_reasons TEXT,
    because TEXT NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE INDEX reevaluation_of_check ON reevaluation (check_id, version);

-- The checklist of a follow-up, item by item; the newest row of an item holds.
CREATE TABLE follow_up_item (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    at_offset INTEGER NOT NULL,
    author TEXT NOT NULL CHECK (author <> ''),
    follow_up_id INTEGER NOT NULL REFERENCES follow_up (seq),
    item TEXT NOT NULL CHECK (item <> ''),
    ticked INTEGER NOT NULL CHECK (ticked IN (0, 1)),
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE INDEX follow_up_item_of_follow_up ON follow_up_item (follow_up_id);

-- +goose StatementBegin
CREATE TRIGGER schedule_order_no_update BEFORE UPDATE ON schedule_order
BEGIN
    SELECT RAISE(ABORT, 'the record is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER schedule_order_no_delete BEFORE DELETE ON schedule_order
BEGIN
    SELECT RAISE(ABORT, 'the record is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER symptom_no_update BEFORE UPDATE ON symptom
BEGIN
    SELECT RAISE(ABORT, 'the record is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER symptom_no_delete BEFORE DELETE ON symptom
BEGIN
    SELECT RAISE(ABORT, 'the record is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER intervention_no_update BEFORE UPDATE ON intervention
BEGIN
    SELECT RAISE(ABORT, 'the record is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER intervention_no_delete BEFORE DELETE ON intervention
BEGIN
    SELECT RAISE(ABORT, 'the record is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reevaluation_no_update BEFORE UPDATE ON reevaluation
BEGIN
    SELECT RAISE(ABORT, 'the record is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reevaluation_no_delete BEFORE DELETE ON reevaluation
BEGIN
    SELECT RAISE(ABORT, 'the record is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER follow_up_item_no_update BEFORE UPDATE ON follow_up_item
BEGIN
    SELECT RAISE(ABORT, 'the record is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER follow_up_item_no_delete BEFORE DELETE ON follow_up_item
BEGIN
    SELECT RAISE(ABORT, 'the record is append-only');
END;
-- +goose StatementEnd
