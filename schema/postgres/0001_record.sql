-- Made from the migration for SQLite of the same name: go test ./schema -update

-- The record of a ward, version 1. Each table of the record is append-only and
-- chained: see CHAIN.md. Times are integer milliseconds since 1970 UTC, each with
-- the offset of the wall clock in minutes. NULL is not assessed or not known, never
-- 0 and never normal.
--
-- Every table of the record has the columns seq, at, at_offset and author (who
-- appended the row, and when), request_id (on the first record of an act only: see
-- request), row_hash and hash.

-- +goose Up

-- Reference tables: one per vocabulary, so that a new word is one INSERT in a later
-- migration. The words are those of packages icans and ward; verify compares them.

CREATE TABLE tool (code TEXT COLLATE "C" NOT NULL PRIMARY KEY);
CREATE TABLE unable (code TEXT COLLATE "C" NOT NULL PRIMARY KEY);
CREATE TABLE consciousness (code TEXT COLLATE "C" NOT NULL PRIMARY KEY);
CREATE TABLE seizure (code TEXT COLLATE "C" NOT NULL PRIMARY KEY);
CREATE TABLE motor (code TEXT COLLATE "C" NOT NULL PRIMARY KEY);
CREATE TABLE severity (code TEXT COLLATE "C" NOT NULL PRIMARY KEY);
CREATE TABLE domain (code TEXT COLLATE "C" NOT NULL PRIMARY KEY);
CREATE TABLE flag (code TEXT COLLATE "C" NOT NULL PRIMARY KEY);
CREATE TABLE status (code TEXT COLLATE "C" NOT NULL PRIMARY KEY);
CREATE TABLE reason (code TEXT COLLATE "C" NOT NULL PRIMARY KEY);
CREATE TABLE role (code TEXT COLLATE "C" NOT NULL PRIMARY KEY);
CREATE TABLE seat_kind (code TEXT COLLATE "C" NOT NULL PRIMARY KEY);
CREATE TABLE discharge (code TEXT COLLATE "C" NOT NULL PRIMARY KEY);
CREATE TABLE outcome (code TEXT COLLATE "C" NOT NULL PRIMARY KEY);
CREATE TABLE follow_up_event (code TEXT COLLATE "C" NOT NULL PRIMARY KEY);
CREATE TABLE link_event (code TEXT COLLATE "C" NOT NULL PRIMARY KEY);
CREATE TABLE alike_event (code TEXT COLLATE "C" NOT NULL PRIMARY KEY);
CREATE TABLE feed_field (code TEXT COLLATE "C" NOT NULL PRIMARY KEY);
CREATE TABLE difference_event (code TEXT COLLATE "C" NOT NULL PRIMARY KEY);
CREATE TABLE inbox_state (code TEXT COLLATE "C" NOT NULL PRIMARY KEY);
CREATE TABLE attribution_event (code TEXT COLLATE "C" NOT NULL PRIMARY KEY);
CREATE TABLE order_kind (code TEXT COLLATE "C" NOT NULL PRIMARY KEY);
CREATE TABLE teller (code TEXT COLLATE "C" NOT NULL PRIMARY KEY);
CREATE TABLE intervention_kind (code TEXT COLLATE "C" NOT NULL PRIMARY KEY);
CREATE TABLE audit_event_kind (code TEXT COLLATE "C" NOT NULL PRIMARY KEY);

INSERT INTO tool (code) VALUES ('ice'), ('capd');
INSERT INTO unable (code) VALUES
    ('unarousable'), ('asleep'), ('sedated'), ('intubated'), ('language'), ('refused'),
    ('off_unit'), ('other');
INSERT INTO consciousness (code) VALUES ('alert'), ('drowsy'), ('voice'), ('tactile'), ('unarousable');
INSERT INTO seizure (code) VALUES ('none'), ('brief'), ('nonconvulsive'), ('prolonged'), ('repetitive');
INSERT INTO motor (code) VALUES ('none'), ('focal_weakness');
INSERT INTO severity (code) VALUES ('none'), ('mild'), ('moderate'), ('severe');
INSERT INTO domain (code) VALUES ('score'), ('consciousness'), ('seizure'), ('motor'), ('icp');
INSERT INTO flag (code) VALUES ('none'), ('incomplete'), ('grade1'), ('urgent');
INSERT INTO status (code) VALUES ('recorded'), ('corrected'), ('withdrawn');
INSERT INTO reason (code) VALUES ('wrong_patient'), ('wrong_value'), ('attribution'), ('entered_in_error'), ('other');
INSERT INTO role (code) VALUES ('nurse'), ('clinician'), ('admin'), ('feed');
INSERT INTO seat_kind (code) VALUES ('member'), ('workstation');
INSERT INTO discharge (code) VALUES ('home'), ('transferred'), ('died'), ('died_icans'), ('other');
INSERT INTO outcome (code) VALUES ('confirmed_icans'), ('other_cause'), ('resolved'), ('transferred');
INSERT INTO follow_up_event (code) VALUES ('opened'), ('joined'), ('raised'), ('acknowledged'), ('noted'), ('closed');
INSERT INTO link_event (code) VALUES ('linked'), ('unlinked');
INSERT INTO alike_event (code) VALUES ('alike'), ('distinct');
INSERT INTO feed_field (code) VALUES
    ('name'), ('birth_date'), ('language'), ('visit'), ('bed'), ('clinician'), ('admitted_at');
INSERT INTO difference_event (code) VALUES ('differs'), ('agrees'), ('took'), ('kept');
INSERT INTO inbox_state (code) VALUES ('held'), ('refused'), ('applied'), ('dropped');
INSERT INTO attribution_event (code) VALUES ('named'), ('ended');
INSERT INTO order_kind (code) VALUES ('interval'), ('stop'), ('restart'), ('extend');
INSERT INTO teller (code) VALUES ('patient'), ('caregiver');
INSERT INTO intervention_kind (code) VALUES
    ('dexamethasone'), ('methylprednisolone'), ('other_steroid'), ('steroid_taper'),
    ('intrathecal'), ('tocilizumab'), ('siltuximab'), ('anakinra'), ('levetiracetam'),
    ('sedative'), ('other_drug'), ('imaging'), ('eeg'), ('lumbar_puncture'), ('transfer'),
    ('dose_given'), ('dose_held'), ('dose_reduced'), ('dose_delayed');
INSERT INTO audit_event_kind (code) VALUES
    ('sign_in'), ('sign_in_failed'), ('sign_in_locked'), ('sign_out'), ('lock'), ('unlock'),
    ('read'), ('handover'), ('audit'), ('export'), ('report'), ('backup'), ('restore'),
    ('damage_seen'), ('damage_found'), ('verified'), ('mark_missing'), ('log_accepted'),
    ('inbox_read'), ('inbox_retried'), ('inbox_dropped');

-- The number and the hash of the last record. Each save overwrites this row: without
-- it, cutting off the newest records would leave no trace.
CREATE TABLE chain (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    seq BIGINT NOT NULL,
    hash BYTEA NOT NULL CHECK (length(hash) = 32)
);

INSERT INTO chain (id, seq, hash) VALUES (1, 0, decode(repeat('00', 32), 'hex'));

-- How many rows each table of the record has, so that a reader of a whole table
-- notices damage that hides a row. A table without rows has no count.
CREATE TABLE chain_count (
    table_name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    records BIGINT NOT NULL
);

-- The acts that had a request ID: the SHA-256 of what was asked, and the records that
-- the act appended. The same ID asks for the same act, which is not done twice.
CREATE TABLE request (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 64),
    content BYTEA NOT NULL CHECK (length(content) = 32),
    first_seq BIGINT NOT NULL UNIQUE,
    last_seq BIGINT NOT NULL CHECK (last_seq >= first_seq)
);

-- The ward itself; the newest row is in force. synthetic is 1 for a made-up ward, whose
-- staff sign in without a PIN; else NULL.
CREATE TABLE ward (
    seq BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    at_offset BIGINT NOT NULL,
    author TEXT COLLATE "C" NOT NULL CHECK (author <> ''),
    request_id TEXT COLLATE "C" CHECK (length(request_id) BETWEEN 1 AND 64),
    name TEXT COLLATE "C" NOT NULL,
    zone TEXT COLLATE "C" NOT NULL,
    synthetic BIGINT CHECK (synthetic = 1),
    row_hash BYTEA NOT NULL CHECK (length(row_hash) = 32),
    hash BYTEA NOT NULL CHECK (length(hash) = 32)
);

-- Staff and feeds; for each name the newest row is in force.
CREATE TABLE staff (
    seq BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    at_offset BIGINT NOT NULL,
    author TEXT COLLATE "C" NOT NULL CHECK (author <> ''),
    request_id TEXT COLLATE "C" CHECK (length(request_id) BETWEEN 1 AND 64),
    name TEXT COLLATE "C" NOT NULL CHECK (name <> ''),
    role TEXT COLLATE "C" NOT NULL REFERENCES role (code),
    active BIGINT NOT NULL CHECK (active IN (0, 1)),
    row_hash BYTEA NOT NULL CHECK (length(row_hash) = 32),
    hash BYTEA NOT NULL CHECK (length(hash) = 32)
);

-- PINs, as package pin digests them, and for a feed the SHA-256 of its key; for each
-- name the newest row is in force.
CREATE TABLE credential (
    seq BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    at_offset BIGINT NOT NULL,
    author TEXT COLLATE "C" NOT NULL CHECK (author <> ''),
    request_id TEXT COLLATE "C" CHECK (length(request_id) BETWEEN 1 AND 64),
    staff TEXT COLLATE "C" NOT NULL CHECK (staff <> ''),
    digest TEXT COLLATE "C" NOT NULL CHECK (digest <> ''),
    one_time BIGINT NOT NULL CHECK (one_time IN (0, 1)),
    row_hash BYTEA NOT NULL CHECK (length(row_hash) = 32),
    hash BYTEA NOT NULL CHECK (length(hash) = 32)
);

CREATE INDEX credential_of_staff ON credential (staff);

-- Seats over SSH; for each label the newest row is in force. The key of kind 'member' is
-- that of one member of staff, of kind 'workstation' that of a machine for all of them.
CREATE TABLE seat (
    seq BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    at_offset BIGINT NOT NULL,
    author TEXT COLLATE "C" NOT NULL CHECK (author <> ''),
    request_id TEXT COLLATE "C" CHECK (length(request_id) BETWEEN 1 AND 64),
    label TEXT COLLATE "C" NOT NULL CHECK (label <> ''),
    kind TEXT COLLATE "C" NOT NULL REFERENCES seat_kind (code),
    staff TEXT COLLATE "C" CHECK (staff <> ''),
    fingerprint TEXT COLLATE "C" NOT NULL CHECK (fingerprint <> ''),
    public_key TEXT COLLATE "C" NOT NULL CHECK (public_key <> ''),
    active BIGINT NOT NULL CHECK (active IN (0, 1)),
    row_hash BYTEA NOT NULL CHECK (length(row_hash) = 32),
    hash BYTEA NOT NULL CHECK (length(hash) = 32),
    CHECK ((kind = 'member') = (staff IS NOT NULL))
);

-- The site's settings in force, as one JSON object by key, recorded if they differ from
-- those before; the newest row is in force.
CREATE TABLE settings (
    seq BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    at_offset BIGINT NOT NULL,
    author TEXT COLLATE "C" NOT NULL CHECK (author <> ''),
    request_id TEXT COLLATE "C" CHECK (length(request_id) BETWEEN 1 AND 64),
    content TEXT COLLATE "C" NOT NULL CHECK (content <> ''),
    changed TEXT COLLATE "C" NOT NULL,
    row_hash BYTEA NOT NULL CHECK (length(row_hash) = 32),
    hash BYTEA NOT NULL CHECK (length(hash) = 32)
);

-- Identifiers and therapy of a patient; an edit is a new version. patient_id is the seq
-- of the first version. recorded_at and recorded_by are the time and the name that a file
-- gave, else those of the row. baseline_lost holds ICE items, features_mild features that
-- are mild in health; both joined by ;
CREATE TABLE patient (
    seq BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    at_offset BIGINT NOT NULL,
    author TEXT COLLATE "C" NOT NULL CHECK (author <> ''),
    request_id TEXT COLLATE "C" CHECK (length(request_id) BETWEEN 1 AND 64),
    patient_id BIGINT NOT NULL REFERENCES patient (seq),
    version BIGINT NOT NULL CHECK (version >= 1),
    mrn TEXT COLLATE "C" NOT NULL CHECK (mrn <> ''),
    name TEXT COLLATE "C" NOT NULL CHECK (name <> ''),
    birth_date TEXT COLLATE "C" CHECK (birth_date ~ '^[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]$'),
    second_id TEXT COLLATE "C",
    language TEXT COLLATE "C",
    interpreter BIGINT NOT NULL CHECK (interpreter IN (0, 1)),
    product TEXT COLLATE "C",
    infused_at BIGINT,
    infused_offset BIGINT,
    patient_tool TEXT COLLATE "C" NOT NULL REFERENCES tool (code),
    baseline BIGINT CHECK (baseline BETWEEN 0 AND 32),
    baseline_lost TEXT COLLATE "C" CHECK (baseline_lost <> '' AND baseline_lost !~ '[^a-z0-9_;]'),
    features_mild TEXT COLLATE "C" CHECK (features_mild <> '' AND features_mild !~ '[^a-z0-9_;]'),
    reason TEXT COLLATE "C",
    recorded_at BIGINT NOT NULL,
    recorded_offset BIGINT NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL CHECK (recorded_by <> ''),
    row_hash BYTEA NOT NULL CHECK (length(row_hash) = 32),
    hash BYTEA NOT NULL CHECK (length(hash) = 32),
    UNIQUE (patient_id, version),
    CHECK ((version = 1) = (patient_id = seq)),
    CHECK ((infused_at IS NULL) = (infused_offset IS NULL))
);

-- Links that make patient_id and into_id one patient, and their undoing. link_id is the
-- seq of the row that linked. Here and below, recorded_at and recorded_by are the time and
-- the name that a file gave, else those of the row.
CREATE TABLE patient_link (
    seq BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    at_offset BIGINT NOT NULL,
    author TEXT COLLATE "C" NOT NULL CHECK (author <> ''),
    request_id TEXT COLLATE "C" CHECK (length(request_id) BETWEEN 1 AND 64),
    link_id BIGINT NOT NULL REFERENCES patient_link (seq),
    event TEXT COLLATE "C" NOT NULL REFERENCES link_event (code),
    patient_id BIGINT NOT NULL REFERENCES patient (seq),
    into_id BIGINT NOT NULL REFERENCES patient (seq),
    reason TEXT COLLATE "C" NOT NULL CHECK (reason <> ''),
    recorded_at BIGINT NOT NULL,
    recorded_offset BIGINT NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL CHECK (recorded_by <> ''),
    row_hash BYTEA NOT NULL CHECK (length(row_hash) = 32),
    hash BYTEA NOT NULL CHECK (length(hash) = 32),
    UNIQUE (link_id, event),
    CHECK ((event = 'linked') = (link_id = seq)),
    CHECK (patient_id <> into_id)
);

CREATE INDEX patient_link_of_patient ON patient_link (patient_id);
CREATE INDEX patient_link_of_into ON patient_link (into_id);

-- Stays on the ward; a transfer, a discharge or its undoing is a new version. stay_id is
-- the seq of the first version. end_unconfirmed is 1 if a feed discharged a patient with
-- open work.
CREATE TABLE stay (
    seq BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    at_offset BIGINT NOT NULL,
    author TEXT COLLATE "C" NOT NULL CHECK (author <> ''),
    request_id TEXT COLLATE "C" CHECK (length(request_id) BETWEEN 1 AND 64),
    stay_id BIGINT NOT NULL REFERENCES stay (seq),
    version BIGINT NOT NULL CHECK (version >= 1),
    status TEXT COLLATE "C" NOT NULL REFERENCES status (code),
    patient_id BIGINT NOT NULL REFERENCES patient (seq),
    visit TEXT COLLATE "C",
    bed TEXT COLLATE "C",
    clinician TEXT COLLATE "C",
    admitted_at BIGINT NOT NULL,
    admitted_offset BIGINT NOT NULL,
    admission_inferred BIGINT NOT NULL CHECK (admission_inferred IN (0, 1)),
    discharged_at BIGINT,
    discharged_offset BIGINT,
    discharge TEXT COLLATE "C" REFERENCES discharge (code),
    end_inferred BIGINT NOT NULL CHECK (end_inferred IN (0, 1)),
    end_unconfirmed BIGINT NOT NULL CHECK (end_unconfirmed IN (0, 1)),
    reason TEXT COLLATE "C",
    recorded_at BIGINT NOT NULL,
    recorded_offset BIGINT NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL CHECK (recorded_by <> ''),
    row_hash BYTEA NOT NULL CHECK (length(row_hash) = 32),
    hash BYTEA NOT NULL CHECK (length(hash) = 32),
    UNIQUE (stay_id, version),
    CHECK ((version = 1) = (stay_id = seq)),
    CHECK ((version = 1) = (status = 'recorded')),
    CHECK ((discharged_at IS NULL) = (discharged_offset IS NULL)),
    CHECK (discharged_at IS NOT NULL OR discharge IS NULL)
);

CREATE INDEX stay_of_patient ON stay (patient_id);
CREATE INDEX stay_by_time ON stay (recorded_at);

-- Neuro checks; a correction or a withdrawal is a new version. The findings are the
-- columns of the CSV, by the same names.
CREATE TABLE neuro_check (
    seq BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    at_offset BIGINT NOT NULL,
    author TEXT COLLATE "C" NOT NULL CHECK (author <> ''),
    request_id TEXT COLLATE "C" CHECK (length(request_id) BETWEEN 1 AND 64),
    check_id TEXT COLLATE "C" NOT NULL CHECK (check_id <> ''),
    version BIGINT NOT NULL CHECK (version >= 1),
    patient_id BIGINT NOT NULL REFERENCES patient (seq),
    stay_id BIGINT REFERENCES stay (seq),
    status TEXT COLLATE "C" NOT NULL REFERENCES status (code),
    reason TEXT COLLATE "C" REFERENCES reason (code),
    reason_note TEXT COLLATE "C",
    performed_at BIGINT NOT NULL,
    performed_offset BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_offset BIGINT NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL CHECK (recorded_by <> ''),
    tool TEXT COLLATE "C" NOT NULL REFERENCES tool (code),
    ice_year BIGINT CHECK (ice_year BETWEEN 0 AND 1),
    ice_month BIGINT CHECK (ice_month BETWEEN 0 AND 1),
    ice_city BIGINT CHECK (ice_city BETWEEN 0 AND 1),
    ice_hospital BIGINT CHECK (ice_hospital BETWEEN 0 AND 1),
    ice_naming BIGINT CHECK (ice_naming BETWEEN 0 AND 3),
    ice_command BIGINT CHECK (ice_command BETWEEN 0 AND 1),
    ice_writing BIGINT CHECK (ice_writing BETWEEN 0 AND 1),
    ice_attention BIGINT CHECK (ice_attention BETWEEN 0 AND 1),
    capd_1 BIGINT CHECK (capd_1 BETWEEN 0 AND 4),
    capd_2 BIGINT CHECK (capd_2 BETWEEN 0 AND 4),
    capd_3 BIGINT CHECK (capd_3 BETWEEN 0 AND 4),
    capd_4 BIGINT CHECK (capd_4 BETWEEN 0 AND 4),
    capd_5 BIGINT CHECK (capd_5 BETWEEN 0 AND 4),
    capd_6 BIGINT CHECK (capd_6 BETWEEN 0 AND 4),
    capd_7 BIGINT CHECK (capd_7 BETWEEN 0 AND 4),
    capd_8 BIGINT CHECK (capd_8 BETWEEN 0 AND 4),
    stated_total BIGINT CHECK (stated_total BETWEEN 0 AND 32),
    unable TEXT COLLATE "C" REFERENCES unable (code),
    consciousness TEXT COLLATE "C" REFERENCES consciousness (code),
    seizure TEXT COLLATE "C" REFERENCES seizure (code),
    motor TEXT COLLATE "C" REFERENCES motor (code),
    icp TEXT COLLATE "C" CHECK (icp <> '' AND icp !~ '[^a-z0-9_;]'),
    confusion TEXT COLLATE "C" REFERENCES severity (code),
    agitation TEXT COLLATE "C" REFERENCES severity (code),
    inattention TEXT COLLATE "C" REFERENCES severity (code),
    memory TEXT COLLATE "C" REFERENCES severity (code),
    speech TEXT COLLATE "C" REFERENCES severity (code),
    headache TEXT COLLATE "C" REFERENCES severity (code),
    tremor TEXT COLLATE "C" REFERENCES severity (code),
    hallucinations TEXT COLLATE "C" REFERENCES severity (code),
    handwriting TEXT COLLATE "C" REFERENCES severity (code),
    movement TEXT COLLATE "C" REFERENCES severity (code),
    cranial_nerve TEXT COLLATE "C" REFERENCES severity (code),
    personality TEXT COLLATE "C" REFERENCES severity (code),
    crs_grade BIGINT CHECK (crs_grade BETWEEN 0 AND 4),
    other_cause TEXT COLLATE "C" CHECK (other_cause <> '' AND other_cause !~ '[^a-z0-9_;]'),
    other_cause_note TEXT COLLATE "C",
    uncertain_cause TEXT COLLATE "C" CHECK (uncertain_cause <> '' AND uncertain_cause !~ '[^a-z0-9_;]'),
    note TEXT COLLATE "C",
    score BIGINT CHECK (score BETWEEN 0 AND 32),
    grade_low BIGINT NOT NULL CHECK (grade_low BETWEEN 0 AND 4),
    grade_high BIGINT NOT NULL CHECK (grade_high BETWEEN grade_low AND 4),
    drivers TEXT COLLATE "C" CHECK (drivers <> '' AND drivers !~ '[^a-z0-9_;]'),
    flag TEXT COLLATE "C" NOT NULL REFERENCES flag (code),
    flag_reasons TEXT COLLATE "C" CHECK (flag_reasons <> '' AND flag_reasons !~ '[^a-z0-9_;]'),
    row_hash BYTEA NOT NULL CHECK (length(row_hash) = 32),
    hash BYTEA NOT NULL CHECK (length(hash) = 32),
    UNIQUE (check_id, version),
    CHECK ((version = 1) = (status = 'recorded')),
    CHECK ((version = 1) = (reason IS NULL))
);

CREATE INDEX neuro_check_of_patient ON neuro_check (patient_id);

-- A flag that changed because the record of earlier checks, of the patient or of the stay
-- did: because is the check_id, or names the table. The newest row of a version of a check
-- is in force.
CREATE TABLE reevaluation (
    seq BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    at_offset BIGINT NOT NULL,
    author TEXT COLLATE "C" NOT NULL CHECK (author <> ''),
    request_id TEXT COLLATE "C" CHECK (length(request_id) BETWEEN 1 AND 64),
    check_id TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    patient_id BIGINT NOT NULL REFERENCES patient (seq),
    flag TEXT COLLATE "C" NOT NULL REFERENCES flag (code),
    flag_reasons TEXT COLLATE "C" CHECK (flag_reasons <> '' AND flag_reasons !~ '[^a-z0-9_;]'),
    because TEXT COLLATE "C" NOT NULL CHECK (because <> ''),
    row_hash BYTEA NOT NULL CHECK (length(row_hash) = 32),
    hash BYTEA NOT NULL CHECK (length(hash) = 32)
);

CREATE INDEX reevaluation_of_check ON reevaluation (check_id, version);
CREATE INDEX reevaluation_of_patient ON reevaluation (patient_id);

-- Events of follow-ups. follow_up_id is the seq of the row that opened it. A check that
-- opens, joins or raises it has its ID, flag, F (floor) and time here, and level and peak of the
-- follow-up after it. recorded_at and recorded_by are those of the check that caused it,
-- else those of the row. asked is 1 if closing as resolved asked again.
CREATE TABLE follow_up (
    seq BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    at_offset BIGINT NOT NULL,
    author TEXT COLLATE "C" NOT NULL CHECK (author <> ''),
    request_id TEXT COLLATE "C" CHECK (length(request_id) BETWEEN 1 AND 64),
    follow_up_id BIGINT NOT NULL REFERENCES follow_up (seq),
    event TEXT COLLATE "C" NOT NULL REFERENCES follow_up_event (code),
    patient_id BIGINT NOT NULL REFERENCES patient (seq),
    check_id TEXT COLLATE "C",
    flag TEXT COLLATE "C" REFERENCES flag (code),
    floor BIGINT CHECK (floor BETWEEN 0 AND 4),
    performed_at BIGINT,
    performed_offset BIGINT,
    level TEXT COLLATE "C" REFERENCES flag (code),
    peak BIGINT CHECK (peak BETWEEN 0 AND 4),
    outcome TEXT COLLATE "C" REFERENCES outcome (code),
    note TEXT COLLATE "C",
    asked BIGINT CHECK (asked IN (0, 1)),
    recorded_at BIGINT NOT NULL,
    recorded_offset BIGINT NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL CHECK (recorded_by <> ''),
    row_hash BYTEA NOT NULL CHECK (length(row_hash) = 32),
    hash BYTEA NOT NULL CHECK (length(hash) = 32),
    CHECK ((event = 'opened') = (follow_up_id = seq)),
    CHECK ((event = 'closed') = (outcome IS NOT NULL)),
    CHECK ((outcome IS NULL) = (asked IS NULL)),
    CHECK ((check_id IS NULL) = (flag IS NULL)),
    CHECK ((check_id IS NULL) = (floor IS NULL)),
    CHECK ((check_id IS NULL) = (performed_at IS NULL)),
    CHECK ((check_id IS NULL) = (performed_offset IS NULL)),
    CHECK ((check_id IS NULL) = (level IS NULL)),
    CHECK ((check_id IS NULL) = (peak IS NULL))
);

CREATE INDEX follow_up_of_patient ON follow_up (patient_id);
CREATE INDEX follow_up_events ON follow_up (follow_up_id);
CREATE INDEX follow_up_checks ON follow_up (follow_up_id, performed_at) WHERE check_id IS NOT NULL;
-- A follow-up ends once.
CREATE UNIQUE INDEX follow_up_closed ON follow_up (follow_up_id) WHERE outcome IS NOT NULL;
CREATE INDEX follow_up_closed_by_time ON follow_up (recorded_at) WHERE outcome IS NOT NULL;

-- The checklist of a follow-up, item by item; the newest row of an item is in force.
CREATE TABLE follow_up_item (
    seq BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    at_offset BIGINT NOT NULL,
    author TEXT COLLATE "C" NOT NULL CHECK (author <> ''),
    request_id TEXT COLLATE "C" CHECK (length(request_id) BETWEEN 1 AND 64),
    follow_up_id BIGINT NOT NULL REFERENCES follow_up (seq),
    patient_id BIGINT NOT NULL REFERENCES patient (seq),
    item TEXT COLLATE "C" NOT NULL CHECK (item <> ''),
    ticked BIGINT NOT NULL CHECK (ticked IN (0, 1)),
    recorded_at BIGINT NOT NULL,
    recorded_offset BIGINT NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL CHECK (recorded_by <> ''),
    row_hash BYTEA NOT NULL CHECK (length(row_hash) = 32),
    hash BYTEA NOT NULL CHECK (length(hash) = 32)
);

CREATE INDEX follow_up_item_of_follow_up ON follow_up_item (follow_up_id);
CREATE INDEX follow_up_item_of_patient ON follow_up_item (patient_id);

-- Reports of the patient or a caregiver between checks. A mistaken one is withdrawn by a
-- second version; report_id is the seq of the first.
CREATE TABLE report (
    seq BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    at_offset BIGINT NOT NULL,
    author TEXT COLLATE "C" NOT NULL CHECK (author <> ''),
    request_id TEXT COLLATE "C" CHECK (length(request_id) BETWEEN 1 AND 64),
    report_id BIGINT NOT NULL REFERENCES report (seq),
    version BIGINT NOT NULL CHECK (version IN (1, 2)),
    status TEXT COLLATE "C" NOT NULL REFERENCES status (code),
    reason TEXT COLLATE "C",
    patient_id BIGINT NOT NULL REFERENCES patient (seq),
    told_at BIGINT NOT NULL,
    told_offset BIGINT NOT NULL,
    told_by TEXT COLLATE "C" NOT NULL REFERENCES teller (code),
    words TEXT COLLATE "C" NOT NULL CHECK (words <> ''),
    recorded_at BIGINT NOT NULL,
    recorded_offset BIGINT NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL CHECK (recorded_by <> ''),
    row_hash BYTEA NOT NULL CHECK (length(row_hash) = 32),
    hash BYTEA NOT NULL CHECK (length(hash) = 32),
    UNIQUE (report_id, version),
    CHECK ((version = 1) = (report_id = seq)),
    CHECK ((version = 1) = (status = 'recorded'))
);

CREATE INDEX report_of_patient ON report (patient_id, told_at);

-- Interventions: drugs, examinations, and the doses of the immunotherapy itself. A mistaken
-- one is withdrawn by a second version; intervention_id is the seq of the first.
CREATE TABLE intervention (
    seq BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    at_offset BIGINT NOT NULL,
    author TEXT COLLATE "C" NOT NULL CHECK (author <> ''),
    request_id TEXT COLLATE "C" CHECK (length(request_id) BETWEEN 1 AND 64),
    intervention_id BIGINT NOT NULL REFERENCES intervention (seq),
    version BIGINT NOT NULL CHECK (version IN (1, 2)),
    status TEXT COLLATE "C" NOT NULL REFERENCES status (code),
    reason TEXT COLLATE "C",
    patient_id BIGINT NOT NULL REFERENCES patient (seq),
    done_at BIGINT NOT NULL,
    done_offset BIGINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL REFERENCES intervention_kind (code),
    detail TEXT COLLATE "C",
    recorded_at BIGINT NOT NULL,
    recorded_offset BIGINT NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL CHECK (recorded_by <> ''),
    row_hash BYTEA NOT NULL CHECK (length(row_hash) = 32),
    hash BYTEA NOT NULL CHECK (length(hash) = 32),
    UNIQUE (intervention_id, version),
    CHECK ((version = 1) = (intervention_id = seq)),
    CHECK ((version = 1) = (status = 'recorded'))
);

CREATE INDEX intervention_of_patient ON intervention (patient_id, done_at);

-- Causes that a clinician named ahead for a domain, and their end before the time until
-- which they hold. attribution_id is the seq of the row that named the cause.
CREATE TABLE attribution (
    seq BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    at_offset BIGINT NOT NULL,
    author TEXT COLLATE "C" NOT NULL CHECK (author <> ''),
    request_id TEXT COLLATE "C" CHECK (length(request_id) BETWEEN 1 AND 64),
    attribution_id BIGINT NOT NULL REFERENCES attribution (seq),
    event TEXT COLLATE "C" NOT NULL REFERENCES attribution_event (code),
    patient_id BIGINT NOT NULL REFERENCES patient (seq),
    domain TEXT COLLATE "C" NOT NULL REFERENCES domain (code),
    cause TEXT COLLATE "C",
    until_at BIGINT,
    until_offset BIGINT,
    row_hash BYTEA NOT NULL CHECK (length(row_hash) = 32),
    hash BYTEA NOT NULL CHECK (length(hash) = 32),
    UNIQUE (attribution_id, event),
    CHECK ((event = 'named') = (attribution_id = seq)),
    CHECK ((event = 'named') = (cause IS NOT NULL)),
    CHECK ((cause IS NULL) = (until_at IS NULL)),
    CHECK ((until_at IS NULL) = (until_offset IS NULL))
);

CREATE INDEX attribution_of_patient ON attribution (patient_id);

-- Orders about the schedule of one patient: see ward.Order.
CREATE TABLE schedule_order (
    seq BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    at_offset BIGINT NOT NULL,
    author TEXT COLLATE "C" NOT NULL CHECK (author <> ''),
    request_id TEXT COLLATE "C" CHECK (length(request_id) BETWEEN 1 AND 64),
    patient_id BIGINT NOT NULL REFERENCES patient (seq),
    kind TEXT COLLATE "C" NOT NULL REFERENCES order_kind (code),
    interval_minutes BIGINT CHECK (interval_minutes BETWEEN 15 AND 10080),
    until_day BIGINT CHECK (until_day BETWEEN 1 AND 365),
    reason TEXT COLLATE "C" NOT NULL CHECK (reason <> ''),
    recorded_at BIGINT NOT NULL,
    recorded_offset BIGINT NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL CHECK (recorded_by <> ''),
    row_hash BYTEA NOT NULL CHECK (length(row_hash) = 32),
    hash BYTEA NOT NULL CHECK (length(hash) = 32),
    CHECK ((kind = 'interval') = (interval_minutes IS NOT NULL)),
    CHECK ((kind = 'extend') = (until_day IS NOT NULL))
);

CREATE INDEX schedule_order_of_patient ON schedule_order (patient_id);

-- Messages of feeds that were read and can have an effect: they are replayed in the order
-- in which the hospital recorded them. content is the fields that were read, as JSON; mrn
-- is that of the patient, and other_mrn that of the second one, as ward.FoldMRN folds them.
-- digest is the SHA-256 of the message without MSH-7, in hexadecimal. A message that an
-- administrator dropped is withdrawn by a second version; message_id is the seq of the first.
CREATE TABLE feed_message (
    seq BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    at_offset BIGINT NOT NULL,
    author TEXT COLLATE "C" NOT NULL CHECK (author <> ''),
    request_id TEXT COLLATE "C" CHECK (length(request_id) BETWEEN 1 AND 64),
    message_id BIGINT NOT NULL REFERENCES feed_message (seq),
    version BIGINT NOT NULL CHECK (version IN (1, 2)),
    status TEXT COLLATE "C" NOT NULL REFERENCES status (code),
    reason TEXT COLLATE "C",
    event TEXT COLLATE "C" NOT NULL CHECK (event <> ''),
    application TEXT COLLATE "C" NOT NULL,
    facility TEXT COLLATE "C" NOT NULL,
    control_id TEXT COLLATE "C" NOT NULL CHECK (control_id <> ''),
    digest TEXT COLLATE "C" NOT NULL CHECK (length(digest) = 64),
    mrn TEXT COLLATE "C" NOT NULL CHECK (mrn <> ''),
    other_mrn TEXT COLLATE "C",
    content TEXT COLLATE "C" NOT NULL CHECK (content <> ''),
    row_hash BYTEA NOT NULL CHECK (length(row_hash) = 32),
    hash BYTEA NOT NULL CHECK (length(hash) = 32),
    UNIQUE (message_id, version),
    CHECK ((version = 1) = (message_id = seq)),
    CHECK ((version = 1) = (status = 'recorded'))
);

CREATE INDEX feed_message_of_mrn ON feed_message (mrn);
CREATE INDEX feed_message_of_other ON feed_message (other_mrn) WHERE other_mrn IS NOT NULL;
CREATE INDEX feed_message_control ON feed_message (control_id);

-- Values of a feed that are not taken: the log's is in force until a person takes or
-- refuses the feed's, or both agree. visit is that of the stay, for a field of a stay; the
-- newest row of a field is in force. told_at is the time of the message.
CREATE TABLE feed_difference (
    seq BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    at_offset BIGINT NOT NULL,
    author TEXT COLLATE "C" NOT NULL CHECK (author <> ''),
    request_id TEXT COLLATE "C" CHECK (length(request_id) BETWEEN 1 AND 64),
    event TEXT COLLATE "C" NOT NULL REFERENCES difference_event (code),
    patient_id BIGINT NOT NULL REFERENCES patient (seq),
    field TEXT COLLATE "C" NOT NULL REFERENCES feed_field (code),
    visit TEXT COLLATE "C",
    value TEXT COLLATE "C",
    told_at BIGINT NOT NULL,
    told_offset BIGINT NOT NULL,
    row_hash BYTEA NOT NULL CHECK (length(row_hash) = 32),
    hash BYTEA NOT NULL CHECK (length(hash) = 32)
);

CREATE INDEX feed_difference_of_patient ON feed_difference (patient_id);

-- Patients who are perhaps one person, because a feed cannot be asked, until a person says
-- that they are two or links them; the newest row of a pair is in force.
CREATE TABLE patient_alike (
    seq BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    at_offset BIGINT NOT NULL,
    author TEXT COLLATE "C" NOT NULL CHECK (author <> ''),
    request_id TEXT COLLATE "C" CHECK (length(request_id) BETWEEN 1 AND 64),
    event TEXT COLLATE "C" NOT NULL REFERENCES alike_event (code),
    patient_id BIGINT NOT NULL REFERENCES patient (seq),
    other_id BIGINT NOT NULL REFERENCES patient (seq),
    row_hash BYTEA NOT NULL CHECK (length(row_hash) = 32),
    hash BYTEA NOT NULL CHECK (length(hash) = 32),
    CHECK (patient_id <> other_id)
);

CREATE INDEX patient_alike_of_patient ON patient_alike (patient_id);
CREATE INDEX patient_alike_of_other ON patient_alike (other_id);

-- Sign-ins, reads, exports and the like: see ward.AuditEvent. seat is the label of the
-- seat over SSH at which it happened, NULL at the machine itself.
CREATE TABLE audit_event (
    seq BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    at_offset BIGINT NOT NULL,
    author TEXT COLLATE "C" NOT NULL CHECK (author <> ''),
    request_id TEXT COLLATE "C" CHECK (length(request_id) BETWEEN 1 AND 64),
    event TEXT COLLATE "C" NOT NULL REFERENCES audit_event_kind (code),
    patient_id BIGINT REFERENCES patient (seq),
    about TEXT COLLATE "C",
    detail TEXT COLLATE "C",
    seat TEXT COLLATE "C",
    row_hash BYTEA NOT NULL CHECK (length(row_hash) = 32),
    hash BYTEA NOT NULL CHECK (length(hash) = 32)
);

CREATE INDEX audit_event_of_patient ON audit_event (patient_id) WHERE patient_id IS NOT NULL;
CREATE INDEX audit_event_of_author ON audit_event (author, event);

-- Derived tables: verify compares each of them with the record.

-- The version of each patient that is in force, and the patient that it is linked into
-- (itself if it is not). memory holds the newest of what comparisons look far back for,
-- as JSON, so that saving a check costs the same after 50 checks as after 5,000.
CREATE TABLE patient_now (
    patient_id BIGINT PRIMARY KEY,
    seq BIGINT NOT NULL REFERENCES patient (seq),
    survivor_id BIGINT NOT NULL,
    memory TEXT COLLATE "C"
);

CREATE INDEX patient_now_survivor ON patient_now (survivor_id);

-- Present and former MRNs, folded as ward.FoldMRN does; unique over the log.
CREATE TABLE patient_mrn (
    folded TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    patient_id BIGINT NOT NULL REFERENCES patient (seq),
    current BIGINT NOT NULL CHECK (current IN (0, 1))
);

CREATE INDEX patient_mrn_of_patient ON patient_mrn (patient_id);

-- How many rows each table of the record has of a patient, so that reading one patient
-- notices damage that hides a row.
CREATE TABLE patient_count (
    patient_id BIGINT NOT NULL,
    table_name TEXT COLLATE "C" NOT NULL,
    records BIGINT NOT NULL,
    PRIMARY KEY (patient_id, table_name)
);

-- The version of each stay that is in force. on_ward is 1 if the board lists the patient:
-- the stay is not withdrawn, and has no end or one that is not confirmed.
CREATE TABLE stay_now (
    stay_id BIGINT PRIMARY KEY,
    seq BIGINT NOT NULL REFERENCES stay (seq),
    patient_id BIGINT NOT NULL,
    admitted_at BIGINT NOT NULL,
    ended_at BIGINT,
    withdrawn BIGINT NOT NULL CHECK (withdrawn IN (0, 1)),
    on_ward BIGINT NOT NULL CHECK (on_ward IN (0, 1))
);

CREATE INDEX stay_now_of_patient ON stay_now (patient_id, admitted_at);
CREATE INDEX stay_now_on_ward ON stay_now (patient_id) WHERE on_ward = 1;
CREATE INDEX stay_now_ended ON stay_now (ended_at) WHERE ended_at IS NOT NULL;
-- One stay at a time.
CREATE UNIQUE INDEX stay_now_open ON stay_now (patient_id) WHERE ended_at IS NULL AND withdrawn = 0;

-- The checks that count: the newest version of each that is not withdrawn, in the order
-- of time. reevaluation is the seq of the row that changed its flag last.
CREATE TABLE check_now (
    patient_id BIGINT NOT NULL,
    performed_at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    reevaluation BIGINT,
    PRIMARY KEY (patient_id, performed_at, recorded_at, seq)
);

-- The follow-ups that are open.
CREATE TABLE follow_up_open (
    follow_up_id BIGINT PRIMARY KEY REFERENCES follow_up (seq),
    patient_id BIGINT NOT NULL UNIQUE
);

-- Half-filled forms, one for each author, kind and subject. They are not part of the
-- record, and each key overwrites them. kind is 'check' for the form of a new check, and
-- the name of a screen for any other form. An admission has no patient yet.
CREATE TABLE draft (
    author TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    patient_id BIGINT REFERENCES patient (seq),
    check_id TEXT COLLATE "C" NOT NULL, -- of another kind, an ID of the form
    revision BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    content TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (author, kind, subject)
);

CREATE INDEX draft_patient ON draft (patient_id);

-- Messages of feeds that were held or refused, whole, until an administrator settles them.
-- They are not part of the record. message_id is the record of one that is replayed.
-- received_at, settled_at: milliseconds.
CREATE TABLE intake_inbox (
    id BIGINT PRIMARY KEY,
    feed TEXT COLLATE "C" NOT NULL CHECK (feed <> ''),
    state TEXT COLLATE "C" NOT NULL REFERENCES inbox_state (code),
    reason TEXT COLLATE "C" NOT NULL,
    code BIGINT NOT NULL, -- of HL7's table 0357, for one that was refused
    place TEXT COLLATE "C" NOT NULL,
    event TEXT COLLATE "C" NOT NULL,
    application TEXT COLLATE "C" NOT NULL,
    facility TEXT COLLATE "C" NOT NULL,
    control_id TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    message_id BIGINT REFERENCES feed_message (seq),
    received_at BIGINT NOT NULL,
    content BYTEA NOT NULL,
    settled_at BIGINT,
    settled_by TEXT COLLATE "C",
    note TEXT COLLATE "C"
);

CREATE INDEX intake_inbox_control ON intake_inbox (control_id);
CREATE INDEX intake_inbox_message ON intake_inbox (message_id) WHERE message_id IS NOT NULL;

-- +goose StatementBegin
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0]; END $$;
-- +goose StatementEnd

-- The record is append-only.
CREATE TRIGGER ward_no_update BEFORE UPDATE ON ward FOR EACH ROW EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER ward_no_delete BEFORE DELETE ON ward FOR EACH ROW EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER ward_no_truncate BEFORE TRUNCATE ON ward FOR EACH STATEMENT EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER staff_no_update BEFORE UPDATE ON staff FOR EACH ROW EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER staff_no_delete BEFORE DELETE ON staff FOR EACH ROW EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER staff_no_truncate BEFORE TRUNCATE ON staff FOR EACH STATEMENT EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER credential_no_update BEFORE UPDATE ON credential FOR EACH ROW EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER credential_no_delete BEFORE DELETE ON credential FOR EACH ROW EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER credential_no_truncate BEFORE TRUNCATE ON credential FOR EACH STATEMENT EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER seat_no_update BEFORE UPDATE ON seat FOR EACH ROW EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER seat_no_delete BEFORE DELETE ON seat FOR EACH ROW EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER seat_no_truncate BEFORE TRUNCATE ON seat FOR EACH STATEMENT EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER settings_no_update BEFORE UPDATE ON settings FOR EACH ROW EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER settings_no_delete BEFORE DELETE ON settings FOR EACH ROW EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER settings_no_truncate BEFORE TRUNCATE ON settings FOR EACH STATEMENT EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER patient_no_update BEFORE UPDATE ON patient FOR EACH ROW EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER patient_no_delete BEFORE DELETE ON patient FOR EACH ROW EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER patient_no_truncate BEFORE TRUNCATE ON patient FOR EACH STATEMENT EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER patient_link_no_update BEFORE UPDATE ON patient_link FOR EACH ROW EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER patient_link_no_delete BEFORE DELETE ON patient_link FOR EACH ROW EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER patient_link_no_truncate BEFORE TRUNCATE ON patient_link FOR EACH STATEMENT EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER stay_no_update BEFORE UPDATE ON stay FOR EACH ROW EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER stay_no_delete BEFORE DELETE ON stay FOR EACH ROW EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER stay_no_truncate BEFORE TRUNCATE ON stay FOR EACH STATEMENT EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER neuro_check_no_update BEFORE UPDATE ON neuro_check FOR EACH ROW EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER neuro_check_no_delete BEFORE DELETE ON neuro_check FOR EACH ROW EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER neuro_check_no_truncate BEFORE TRUNCATE ON neuro_check FOR EACH STATEMENT EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER reevaluation_no_update BEFORE UPDATE ON reevaluation FOR EACH ROW EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER reevaluation_no_delete BEFORE DELETE ON reevaluation FOR EACH ROW EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER reevaluation_no_truncate BEFORE TRUNCATE ON reevaluation FOR EACH STATEMENT EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER follow_up_no_update BEFORE UPDATE ON follow_up FOR EACH ROW EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER follow_up_no_delete BEFORE DELETE ON follow_up FOR EACH ROW EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER follow_up_no_truncate BEFORE TRUNCATE ON follow_up FOR EACH STATEMENT EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER follow_up_item_no_update BEFORE UPDATE ON follow_up_item FOR EACH ROW EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER follow_up_item_no_delete BEFORE DELETE ON follow_up_item FOR EACH ROW EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER follow_up_item_no_truncate BEFORE TRUNCATE ON follow_up_item FOR EACH STATEMENT EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER report_no_update BEFORE UPDATE ON report FOR EACH ROW EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER report_no_delete BEFORE DELETE ON report FOR EACH ROW EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER report_no_truncate BEFORE TRUNCATE ON report FOR EACH STATEMENT EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER intervention_no_update BEFORE UPDATE ON intervention FOR EACH ROW EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER intervention_no_delete BEFORE DELETE ON intervention FOR EACH ROW EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER intervention_no_truncate BEFORE TRUNCATE ON intervention FOR EACH STATEMENT EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER attribution_no_update BEFORE UPDATE ON attribution FOR EACH ROW EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER attribution_no_delete BEFORE DELETE ON attribution FOR EACH ROW EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER attribution_no_truncate BEFORE TRUNCATE ON attribution FOR EACH STATEMENT EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER schedule_order_no_update BEFORE UPDATE ON schedule_order FOR EACH ROW EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER schedule_order_no_delete BEFORE DELETE ON schedule_order FOR EACH ROW EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER schedule_order_no_truncate BEFORE TRUNCATE ON schedule_order FOR EACH STATEMENT EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER feed_message_no_update BEFORE UPDATE ON feed_message FOR EACH ROW EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER feed_message_no_delete BEFORE DELETE ON feed_message FOR EACH ROW EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER feed_message_no_truncate BEFORE TRUNCATE ON feed_message FOR EACH STATEMENT EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER feed_difference_no_update BEFORE UPDATE ON feed_difference FOR EACH ROW EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER feed_difference_no_delete BEFORE DELETE ON feed_difference FOR EACH ROW EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER feed_difference_no_truncate BEFORE TRUNCATE ON feed_difference FOR EACH STATEMENT EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER patient_alike_no_update BEFORE UPDATE ON patient_alike FOR EACH ROW EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER patient_alike_no_delete BEFORE DELETE ON patient_alike FOR EACH ROW EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER patient_alike_no_truncate BEFORE TRUNCATE ON patient_alike FOR EACH STATEMENT EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event FOR EACH ROW EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event FOR EACH ROW EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON audit_event FOR EACH STATEMENT EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER request_no_update BEFORE UPDATE ON request FOR EACH ROW EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER request_no_delete BEFORE DELETE ON request FOR EACH ROW EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER request_no_truncate BEFORE TRUNCATE ON request FOR EACH STATEMENT EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER chain_no_delete BEFORE DELETE ON chain FOR EACH ROW EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER chain_no_truncate BEFORE TRUNCATE ON chain FOR EACH STATEMENT EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER chain_count_no_delete BEFORE DELETE ON chain_count FOR EACH ROW EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER chain_count_no_truncate BEFORE TRUNCATE ON chain_count FOR EACH STATEMENT EXECUTE FUNCTION refuse('the record is append-only');
CREATE TRIGGER chain_forward BEFORE UPDATE ON chain FOR EACH ROW WHEN (new.seq <= old.seq) EXECUTE FUNCTION refuse('the chain only grows');
CREATE TRIGGER chain_count_forward BEFORE UPDATE ON chain_count FOR EACH ROW WHEN (new.records <= old.records OR new.table_name <> old.table_name) EXECUTE FUNCTION refuse('the chain only grows');

-- The program runs as a member of the role neurocheck, and not as the owner of the tables.
GRANT SELECT ON tool, unable, consciousness, seizure, motor, severity, domain, flag, status, reason, role, seat_kind, discharge, outcome, follow_up_event, link_event, alike_event, feed_field, difference_event, inbox_state, attribution_event, order_kind, teller, intervention_kind, audit_event_kind TO neurocheck;
GRANT SELECT, INSERT ON request, ward, staff, credential, seat, settings, patient, patient_link, stay, neuro_check, reevaluation, follow_up, follow_up_item, report, intervention, attribution, schedule_order, feed_message, feed_difference, patient_alike, audit_event TO neurocheck;
GRANT SELECT, INSERT, UPDATE ON chain, chain_count TO neurocheck;
GRANT SELECT, INSERT, UPDATE, DELETE ON patient_now, patient_mrn, patient_count, stay_now, check_now, follow_up_open, draft, intake_inbox TO neurocheck;
