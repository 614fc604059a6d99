-- The record of a ward. Every table of the record is append-only and chained:
-- see CHAIN.md. Times are integer milliseconds since 1970 UTC beside the offset
-- that the wall clock had, in minutes. NULL is not assessed or not known, never
-- 0 and never normal. The words in the CHECKs are those of package icans and
-- package ward; a test compares them.

-- +goose Up

-- The number and the hash of the last record. The only row that a save
-- overwrites: without it, cutting off the newest records would leave no trace.
CREATE TABLE chain (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

INSERT INTO chain (id, seq, hash) VALUES (1, 0, zeroblob(32));

-- The ward itself; the newest row holds.
CREATE TABLE ward (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    at_offset INTEGER NOT NULL,
    author TEXT NOT NULL CHECK (author <> ''),
    name TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

-- Staff; for each name the newest row holds.
CREATE TABLE staff (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    at_offset INTEGER NOT NULL,
    author TEXT NOT NULL CHECK (author <> ''),
    name TEXT NOT NULL CHECK (name <> ''),
    role TEXT NOT NULL CHECK (role IN ('nurse', 'clinician', 'admin')),
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

-- A patient's particulars; an edit is a new version. patient_id is the seq of
-- the first version.
CREATE TABLE patient (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    at_offset INTEGER NOT NULL,
    author TEXT NOT NULL CHECK (author <> ''),
    patient_id INTEGER NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    mrn TEXT NOT NULL CHECK (mrn <> ''),
    name TEXT NOT NULL CHECK (name <> ''),
    birth_date TEXT NOT NULL CHECK (birth_date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    bed TEXT,
    product TEXT,
    infused_at INTEGER,
    infused_offset INTEGER,
    patient_tool TEXT NOT NULL CHECK (patient_tool IN ('ice', 'capd')),
    baseline INTEGER CHECK (baseline BETWEEN 0 AND 32),
    language TEXT,
    interpreter INTEGER NOT NULL CHECK (interpreter IN (0, 1)),
    clinician TEXT,
    admitted_at INTEGER NOT NULL,
    admitted_offset INTEGER NOT NULL,
    discharged_at INTEGER,
    discharged_offset INTEGER,
    discharge TEXT CHECK (discharge IN ('home', 'transferred', 'died', 'died_icans', 'other')),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    UNIQUE (patient_id, version),
    CHECK ((infused_at IS NULL) = (infused_offset IS NULL)),
    CHECK ((discharged_at IS NULL) = (discharged_offset IS NULL)),
    CHECK ((discharged_at IS NULL) = (discharge IS NULL))
) STRICT;

-- Which version of each patient holds, and who is on the ward. Derived from
-- patient, so that the board costs what the ward's beds cost and not what its
-- history does.
CREATE TABLE patient_now (
    patient_id INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL REFERENCES patient (seq),
    mrn TEXT NOT NULL UNIQUE,
    on_ward INTEGER NOT NULL CHECK (on_ward IN (0, 1))
) STRICT;

CREATE INDEX patient_now_on_ward ON patient_now (patient_id) WHERE on_ward = 1;

-- Neuro checks; a correction or a withdrawal is a new version. The findings are
-- the columns of the CSV, by the same names.
CREATE TABLE neuro_check (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    at_offset INTEGER NOT NULL,
    author TEXT NOT NULL CHECK (author <> ''),
    check_id TEXT NOT NULL CHECK (check_id <> ''),
    version INTEGER NOT NULL CHECK (version >= 1),
    patient_id INTEGER NOT NULL REFERENCES patient_now (patient_id),
    status TEXT NOT NULL CHECK (status IN ('recorded', 'corrected', 'withdrawn')),
    reason TEXT CHECK (reason IN ('wrong_patient', 'wrong_value', 'entered_in_error', 'other')),
    reason_note TEXT,
    performed_at INTEGER NOT NULL,
    performed_offset INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    recorded_offset INTEGER NOT NULL,
    recorded_by TEXT NOT NULL CHECK (recorded_by <> ''),
    tool TEXT NOT NULL CHECK (tool IN ('ice', 'capd')),
    ice_year INTEGER CHECK (ice_year IN (0, 1)),
    ice_month INTEGER CHECK (ice_month IN (0, 1)),
    ice_city INTEGER CHECK (ice_city IN (0, 1)),
    ice_hospital INTEGER CHECK (ice_hospital IN (0, 1)),
    ice_naming INTEGER CHECK (ice_naming IN (0, 1, 2, 3)),
    ice_command INTEGER CHECK (ice_command IN (0, 1)),
    ice_writing INTEGER CHECK (ice_writing IN (0, 1)),
    ice_attention INTEGER CHECK (ice_attention IN (0, 1)),
    capd_1 INTEGER CHECK (capd_1 IN (0, 1, 2, 3, 4)),
    capd_2 INTEGER CHECK (capd_2 IN (0, 1, 2, 3, 4)),
    capd_3 INTEGER CHECK (capd_3 IN (0, 1, 2, 3, 4)),
    capd_4 INTEGER CHECK (capd_4 IN (0, 1, 2, 3, 4)),
    capd_5 INTEGER CHECK (capd_5 IN (0, 1, 2, 3, 4)),
    capd_6 INTEGER CHECK (capd_6 IN (0, 1, 2, 3, 4)),
    capd_7 INTEGER CHECK (capd_7 IN (0, 1, 2, 3, 4)),
    capd_8 INTEGER CHECK (capd_8 IN (0, 1, 2, 3, 4)),
    unable TEXT CHECK (unable IN ('unarousable', 'asleep', 'sedated', 'intubated', 'language', 'refused', 'off_unit', 'other')),
    consciousness TEXT CHECK (consciousness IN ('alert', 'drowsy', 'voice', 'tactile', 'unarousable')),
    seizure TEXT CHECK (seizure IN ('none', 'brief', 'nonconvulsive', 'prolonged', 'repetitive')),
    motor TEXT CHECK (motor IN ('none', 'focal_weakness')),
    icp TEXT CHECK (icp = 'none' OR replace(replace(replace(replace(replace(replace(icp || ';', 'focal_edema;', ''), 'diffuse_edema;', ''), 'posturing;', ''), 'cn6_palsy;', ''), 'papilledema;', ''), 'cushing_triad;', '') = ''),
    confusion TEXT CHECK (confusion IN ('none', 'mild', 'moderate', 'severe')),
    agitation TEXT CHECK (agitation IN ('none', 'mild', 'moderate', 'severe')),
    inattention TEXT CHECK (inattention IN ('none', 'mild', 'moderate', 'severe')),
    memory TEXT CHECK (memory IN ('none', 'mild', 'moderate', 'severe')),
    speech TEXT CHECK (speech IN ('none', 'mild', 'moderate', 'severe')),
    headache TEXT CHECK (headache IN ('none', 'mild', 'moderate', 'severe')),
    tremor TEXT CHECK (tremor IN ('none', 'mild', 'moderate', 'severe')),
    hallucinations TEXT CHECK (hallucinations IN ('none', 'mild', 'moderate', 'severe')),
    handwriting TEXT CHECK (handwriting IN ('none', 'mild', 'moderate', 'severe')),
    other_cause TEXT CHECK (replace(replace(replace(replace(replace(other_cause || ';', 'score;', ''), 'consciousness;', ''), 'seizure;', ''), 'motor;', ''), 'icp;', '') = ''),
    note TEXT,
    score INTEGER CHECK (score BETWEEN 0 AND 32),
    grade_low INTEGER NOT NULL CHECK (grade_low BETWEEN 0 AND 4),
    grade_high INTEGER NOT NULL CHECK (grade_high BETWEEN grade_low AND 4),
    drivers TEXT,
    flag TEXT NOT NULL CHECK (flag IN ('none', 'incomplete', 'grade1', 'urgent')),
    flag_reasons TEXT,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    UNIQUE (check_id, version),
    CHECK ((version = 1) = (status = 'recorded')),
    CHECK ((version = 1) = (reason IS NULL))
) STRICT;

CREATE INDEX neuro_check_of_patient ON neuro_check (patient_id, performed_at);

-- What happened to the follow-ups of flagged checks. follow_up_id is the seq of
-- the row that opened it.
CREATE TABLE follow_up (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    at_offset INTEGER NOT NULL,
    author TEXT NOT NULL CHECK (author <> ''),
    follow_up_id INTEGER NOT NULL,
    event TEXT NOT NULL CHECK (event IN ('opened', 'acknowledged', 'closed')),
    patient_id INTEGER NOT NULL REFERENCES patient_now (patient_id),
    check_id TEXT NOT NULL,
    flag TEXT CHECK (flag IN ('incomplete', 'grade1', 'urgent')),
    outcome TEXT CHECK (outcome IN ('confirmed_icans', 'other_cause', 'resolved', 'transferred')),
    note TEXT,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    UNIQUE (follow_up_id, event),
    CHECK ((event = 'opened') = (flag IS NOT NULL)),
    CHECK ((event = 'closed') = (outcome IS NOT NULL))
) STRICT;

CREATE INDEX follow_up_of_patient ON follow_up (patient_id);

-- The follow-ups that nobody has closed. Derived from follow_up.
CREATE TABLE follow_up_open (
    follow_up_id INTEGER PRIMARY KEY REFERENCES follow_up (seq),
    patient_id INTEGER NOT NULL REFERENCES patient_now (patient_id)
) STRICT;

CREATE INDEX follow_up_open_of_patient ON follow_up_open (patient_id);

-- Half-filled forms, one a patient and author: no part of the record, and
-- written over with every key.
CREATE TABLE draft (
    patient_id INTEGER NOT NULL REFERENCES patient_now (patient_id),
    author TEXT NOT NULL,
    check_id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (patient_id, author)
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER ward_no_update BEFORE UPDATE ON ward
BEGIN
    SELECT RAISE(ABORT, 'the record is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER ward_no_delete BEFORE DELETE ON ward
BEGIN
    SELECT RAISE(ABORT, 'the record is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER staff_no_update BEFORE UPDATE ON staff
BEGIN
    SELECT RAISE(ABORT, 'the record is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER staff_no_delete BEFORE DELETE ON staff
BEGIN
    SELECT RAISE(ABORT, 'the record is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER patient_no_update BEFORE UPDATE ON patient
BEGIN
    SELECT RAISE(ABORT, 'the record is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER patient_no_delete BEFORE DELETE ON patient
BEGIN
    SELECT RAISE(ABORT, 'the record is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER neuro_check_no_update BEFORE UPDATE ON neuro_check
BEGIN
    SELECT RAISE(ABORT, 'the record is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER neuro_check_no_delete BEFORE DELETE ON neuro_check
BEGIN
    SELECT RAISE(ABORT, 'the record is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER follow_up_no_update BEFORE UPDATE ON follow_up
BEGIN
    SELECT RAISE(ABORT, 'the record is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER follow_up_no_delete BEFORE DELETE ON follow_up
BEGIN
    SELECT RAISE(ABORT, 'the record is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER chain_no_delete BEFORE DELETE ON chain
BEGIN
    SELECT RAISE(ABORT, 'the record is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER chain_forward BEFORE UPDATE ON chain WHEN new.seq <> old.seq + 1
BEGIN
    SELECT RAISE(ABORT, 'the chain grows by one record at a time');
END;
-- +goose StatementEnd
