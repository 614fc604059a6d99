-- Who may do what, who did what, and what holds on this ward: PINs, the audit
-- events, the settings.

-- +goose Up

-- 1 for a made-up ward, whose staff sign in without a PIN; else NULL.
ALTER TABLE ward ADD COLUMN synthetic INTEGER CHECK (synthetic = 1);

-- PINs, as package pin digests them; for each name the newest row holds.
CREATE TABLE credential (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    at_offset INTEGER NOT NULL,
    author TEXT NOT NULL CHECK (author <> ''),
    staff TEXT NOT NULL CHECK (staff <> ''),
    digest TEXT NOT NULL CHECK (digest <> ''),
    one_time INTEGER NOT NULL CHECK (one_time IN (0, 1)),
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE INDEX credential_of_staff ON credential (staff);

-- What somebody did with the log besides recording: see ward.AuditEvent.
CREATE TABLE audit_event (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    at_offset INTEGER NOT NULL,
    author TEXT NOT NULL CHECK (author <> ''),
    event TEXT NOT NULL CHECK (event IN ('sign_in', 'sign_in_failed', 'sign_in_locked', 'sign_out', 'lock', 'unlock', 'read', 'handover', 'audit', 'export', 'report', 'backup', 'restore')),
    patient_id INTEGER REFERENCES patient_now (patient_id),
    about TEXT,
    detail TEXT,
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE INDEX audit_event_of_patient ON audit_event (patient_id) WHERE patient_id IS NOT NULL;
CREATE INDEX audit_event_of_author ON audit_event (author, event);

-- The site's settings in force, as one JSON object by key, recorded when they are
-- others than before; the newest row holds.
CREATE TABLE settings (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    at_offset INTEGER NOT NULL,
    author TEXT NOT NULL CHECK (author <> ''),
    content TEXT NOT NULL CHECK (content <> ''),
    changed TEXT NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER credential_no_update BEFORE UPDATE ON credential
BEGIN
    SELECT RAISE(ABORT, 'the record is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER credential_no_delete BEFORE DELETE ON credential
BEGIN
    SELECT RAISE(ABORT, 'the record is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event
BEGIN
    SELECT RAISE(ABORT, 'the record is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event
BEGIN
    SELECT RAISE(ABORT, 'the record is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER settings_no_update BEFORE UPDATE ON settings
BEGIN
    SELECT RAISE(ABORT, 'the record is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER settings_no_delete BEFORE DELETE ON settings
BEGIN
    SELECT RAISE(ABORT, 'the record is append-only');
END;
-- +goose StatementEnd
