//go:build !cgo

package store

// Without cgo the driver is a stub that opens nothing: Open says so.
const haveSQLite = false

func checkSQLite() error { return nil }

func cause(error) failure { return causeOther }
