package store

import (
	"context"
	"slices"
	"strings"

	"neurocheck/internal/store/engine"
)

// derivedTable is a table that is derived from the record, and queries that find a
// row in which it differs.
type derivedTable struct {
	name    string
	differs []string
}

// compared is a derived table with a query for its rows and one for the rows that
// the record makes, neither of which has a row twice.
func compared(name, stored, computed string) derivedTable {
	return derivedTable{name, []string{
		stored + " EXCEPT " + computed + " LIMIT 1",
		computed + " EXCEPT " + stored + " LIMIT 1",
	}}
}

// derivedTables returns the derived tables. patients are the record tables that have
// a column patient_id.
func derivedTables(patients []string) []derivedTable {
	each := func(tables []string, query string) string {
		var parts []string
		for _, table := range tables {
			parts = append(parts, strings.ReplaceAll(query, "TABLE", table))
		}
		return strings.Join(parts, " UNION ALL ")
	}
	return []derivedTable{
		compared("chain_count",
			`SELECT table_name, records FROM chain_count`,
			`SELECT * FROM (`+each(recordTables, `SELECT 'TABLE' AS table_name, count(*) AS records FROM TABLE`)+`) AS counted WHERE records > 0`),
		compared("patient_count",
			`SELECT patient_id, table_name, records FROM patient_count`,
			`SELECT * FROM (`+each(patients, `SELECT patient_id, 'TABLE' AS table_name, count(*) AS records FROM TABLE WHERE patient_id IS NOT NULL GROUP BY patient_id`)+`) AS counted`),
		compared("request",
			`SELECT id, first_seq FROM request`,
			`SELECT * FROM (`+each(recordTables, `SELECT request_id AS id, seq AS first_seq FROM TABLE WHERE request_id IS NOT NULL`)+`) AS appended`),
		compared("patient_now",
			`SELECT patient_id, seq FROM patient_now`,
			`SELECT patient_id, seq
			FROM patient p
			WHERE NOT EXISTS (SELECT 1 FROM patient l WHERE l.patient_id = p.patient_id AND l.version = p.version + 1)`),
		compared("stay_now",
			`SELECT stay_id, seq, patient_id, admitted_at, ended_at, withdrawn, on_ward FROM stay_now`,
			`SELECT stay_id, seq, patient_id, admitted_at, discharged_at, CASE WHEN status = 'withdrawn' THEN 1 ELSE 0 END,
				CASE WHEN status <> 'withdrawn' AND (discharged_at IS NULL OR end_unconfirmed = 1) THEN 1 ELSE 0 END
			FROM stay s
			WHERE NOT EXISTS (SELECT 1 FROM stay l WHERE l.stay_id = s.stay_id AND l.version = s.version + 1)`),
		{"check_now", []string{
			// Without a sort, and without looking for a later version of each check: in a large
			// log that would take longer than all the rest. Few checks have one.
			`SELECT 1
			FROM check_now n LEFT JOIN neuro_check c ON c.seq = n.seq
			WHERE c.seq IS NULL OR c.status = 'withdrawn'
				OR c.patient_id <> n.patient_id OR c.performed_at <> n.performed_at OR c.recorded_at <> n.recorded_at
				OR c.seq IN (` + earlierVersions + `)
				OR coalesce(n.reevaluation, 0) <> coalesce((SELECT max(r.seq) FROM reevaluation r WHERE r.check_id = c.check_id AND r.version = c.version), 0)
			LIMIT 1`,
			`SELECT 1
			WHERE (SELECT count(*) FROM check_now) <> (
				SELECT count(*)
				FROM neuro_check c
				WHERE c.status <> 'withdrawn' AND c.seq NOT IN (` + earlierVersions + `))`,
		}},
		compared("follow_up_open",
			`SELECT follow_up_id, patient_id FROM follow_up_open`,
			`SELECT follow_up_id, patient_id
			FROM follow_up o
			WHERE o.follow_up_id = o.seq
				AND NOT EXISTS (SELECT 1 FROM follow_up c WHERE c.follow_up_id = o.follow_up_id AND c.outcome IS NOT NULL)`),
	}
}

// earlierVersions is a query for the versions of checks that a later one follows.
const earlierVersions = `SELECT e.seq FROM neuro_check l JOIN neuro_check e ON e.check_id = l.check_id AND e.version = l.version - 1 WHERE l.version <> 1`

// derivedDiffer compares the derived tables with the record.
func derivedDiffer(ctx context.Context, q engine.Querier) (string, error) {
	patients, err := tablesOfPatients(ctx, q)
	if err != nil {
		return "", err
	}
	for _, d := range derivedTables(patients) {
		for _, query := range d.differs {
			found, err := engine.All(ctx, q, func(engine.Results) (none struct{}, err error) { return none, nil }, query)
			if err != nil {
				return "", err
			}
			if len(found) > 0 {
				return "the table " + d.name + " does not agree with the record", nil
			}
		}
	}
	return "", nil
}

// tablesOfPatients returns the record tables that have a column patient_id.
func tablesOfPatients(ctx context.Context, q engine.Querier) (tables []string, err error) {
	known := new(layouts)
	for _, table := range recordTables {
		l, err := known.of(ctx, q, table)
		if err != nil {
			return nil, err
		}
		if l.at("patient_id") >= 0 {
			tables = append(tables, table)
		}
	}
	return tables, nil
}

// referencesBroken looks for rows that refer to a row that does not exist. The words
// of checks are compared with the chain, and the foreign keys of other tables by the engine.
func referencesBroken(ctx context.Context, q engine.Querier) (string, error) {
	patients, err := tablesOfPatients(ctx, q)
	if err != nil {
		return "", err
	}
	for _, table := range patients {
		misfit, err := refersToNothing(ctx, q, table, "patient", `
			SELECT seq
			FROM `+table+` c
			WHERE patient_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM patient_now n WHERE n.patient_id = c.patient_id)
			LIMIT 1`)
		if err != nil || misfit != "" {
			return misfit, err
		}
	}
	return refersToNothing(ctx, q, checkTable, "stay", `
		SELECT seq
		FROM neuro_check c
		WHERE stay_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM stay_now n WHERE n.stay_id = c.stay_id)
		LIMIT 1`)
}

// refersToNothing names the record that the query finds.
func refersToNothing(ctx context.Context, q engine.Querier, table, parent, query string) (string, error) {
	found, err := engine.All(ctx, q, engine.Scan[int64], query)
	if err != nil || len(found) == 0 {
		return "", err
	}
	return brokenReference(ctx, q, table, parent, found[0])
}

func brokenReference(ctx context.Context, q engine.Querier, table, parent string, seq int64) (string, error) {
	r, err := engine.One(ctx, q, "", scanRecord(table), `SELECT * FROM `+table+` WHERE seq = $1`, seq)
	if err != nil {
		return "", err
	}
	if slices.ContainsFunc(vocabularies(), func(v vocabulary) bool { return v.table == parent }) {
		return r.name() + " has a word that is not in the table " + parent, nil
	}
	return r.name() + " refers to a row of the table " + parent + " that is not there", nil
}
