#include <string.h>

#include "pack.h"

// packed is what pack has put together so far.
typedef struct {
	unsigned char *bytes;
	uint64_t used, size;
	int failed;
} packed;

// room makes room for so many bytes more and returns where they go, or null.
static unsigned char *room(packed *p, uint64_t more) {
	if (p->used + more > p->size) {
		uint64_t size = 2 * p->size + more + 4096;
		unsigned char *bytes = sqlite3_realloc64(p->bytes, size);
		if (!bytes) {
			p->failed = 1;
			return 0;
		}
		p->bytes = bytes;
		p->size = size;
	}
	unsigned char *at = p->bytes + p->used;
	p->used += more;
	return at;
}

// add adds a kind, a number in so many bytes, the lowest first, and bytes.
static void add(packed *p, int kind, int width, uint64_t number, const void *bytes, int length) {
	unsigned char *at = room(p, 1 + (uint64_t)width + length);
	if (!at) return;
	*at++ = kind;
	for (int i = 0; i < width; i++) *at++ = number >> 8 * i;
	if (length > 0) memcpy(at, bytes, length);
}

// add_row adds the values of one row. The kinds are SQLite's own.
static void add_row(sqlite3_context *context, int count, sqlite3_value **values) {
	packed *p = sqlite3_aggregate_context(context, sizeof *p);
	for (int i = 0; p && !p->failed && i < count; i++) {
		sqlite3_value *v = values[i];
		int kind = sqlite3_value_type(v);
		const void *bytes;
		double real;
		uint64_t bits;
		switch (kind) {
		case SQLITE_INTEGER:
			add(p, kind, 8, sqlite3_value_int64(v), 0, 0);
			break;
		case SQLITE_FLOAT:
			real = sqlite3_value_double(v);
			memcpy(&bits, &real, 8);
			add(p, kind, 8, bits, 0, 0);
			break;
		case SQLITE_TEXT:
		case SQLITE_BLOB:
			bytes = kind == SQLITE_TEXT ? sqlite3_value_text(v) : sqlite3_value_blob(v); // before the length
			add(p, kind, 4, sqlite3_value_bytes(v), bytes, sqlite3_value_bytes(v));
			break;
		default:
			add(p, SQLITE_NULL, 0, 0, 0, 0);
		}
	}
}

// hand_over returns what was packed; nothing for no rows. It is no text, and is
// called one because a blob is copied once more on its way to a string of Go.
static void hand_over(sqlite3_context *context) {
	packed *p = sqlite3_aggregate_context(context, 0);
	if (p && p->failed) {
		sqlite3_free(p->bytes);
		sqlite3_result_error_nomem(context);
	} else if (p) {
		sqlite3_result_text64(context, (char *)p->bytes, p->used, sqlite3_free, SQLITE_UTF8);
	}
}

// number reads a number in so many bytes, the lowest first.
static uint64_t number(const unsigned char *at, int width) {
	uint64_t n = 0;
	for (int i = 0; i < width; i++) n |= (uint64_t)at[i] << 8 * i;
	return n;
}

// bind_value binds the value that begins at *at, and moves on behind it. The bytes stay
// where they are until the statement has run.
static int bind_value(sqlite3_stmt *stmt, int i, const unsigned char **at, const unsigned char *end) {
	if (*at == end) return SQLITE_MISMATCH;
	int kind = *(*at)++;
	int width = kind == SQLITE_TEXT || kind == SQLITE_BLOB ? 4 : kind == SQLITE_NULL ? 0 : 8;
	if (end - *at < width) return SQLITE_MISMATCH;
	uint64_t n = number(*at, width);
	const unsigned char *bytes = *at + width;
	double real;
	*at = bytes;
	if (width == 4) {
		if ((uint64_t)(end - bytes) < n) return SQLITE_MISMATCH;
		*at += n;
	}
	switch (kind) {
	case SQLITE_INTEGER:
		return sqlite3_bind_int64(stmt, i, (int64_t)n);
	case SQLITE_FLOAT:
		memcpy(&real, &n, 8);
		return sqlite3_bind_double(stmt, i, real);
	case SQLITE_TEXT:
		return sqlite3_bind_text(stmt, i, (const char *)bytes, (int)n, 0);
	case SQLITE_BLOB:
		return sqlite3_bind_blob(stmt, i, bytes, (int)n, 0);
	case SQLITE_NULL:
		return sqlite3_bind_null(stmt, i);
	}
	return SQLITE_MISMATCH;
}

// run_all runs a statement for each row, until one fails or changes nothing.
static int run_all(sqlite3 *db, sqlite3_stmt *stmt, const unsigned char *at, const unsigned char *end, int *done) {
	int columns = sqlite3_bind_parameter_count(stmt), code = SQLITE_OK;
	while (columns > 0 && at < end) {
		for (int i = 1; i <= columns && code == SQLITE_OK; i++) code = bind_value(stmt, i, &at, end);
		if (code != SQLITE_OK) return code;
		if ((code = sqlite3_step(stmt)) != SQLITE_DONE) return code;
		if (sqlite3_changes(db) != 1) return SQLITE_OK;
		(*done)++;
		if ((code = sqlite3_reset(stmt)) != SQLITE_OK) return code;
	}
	return SQLITE_OK;
}

// unpack runs an INSERT for each row of packed values. It returns the number of rows that it
// inserted; fewer than there are if one was passed over without an error.
static void unpack(sqlite3_context *context, int count, sqlite3_value **values) {
	(void)count;
	sqlite3 *db = sqlite3_context_db_handle(context);
	sqlite3_stmt *stmt = 0;
	int done = 0;
	int code = sqlite3_prepare_v2(db, (const char *)sqlite3_value_text(values[0]), -1, &stmt, 0);
	if (code == SQLITE_OK) {
		const unsigned char *at = sqlite3_value_blob(values[1]);
		code = run_all(db, stmt, at, at + sqlite3_value_bytes(values[1]), &done);
	}
	if (code == SQLITE_OK) {
		sqlite3_result_int(context, done);
	} else if (code == SQLITE_MISMATCH) {
		sqlite3_result_error_code(context, code);
	} else {
		int cause = sqlite3_extended_errcode(db); // finalize forgets it
		sqlite3_result_error(context, sqlite3_errmsg(db), -1);
		sqlite3_result_error_code(context, cause == SQLITE_OK ? code : cause);
	}
	sqlite3_finalize(stmt);
}

// guards are the settings of a connection by which a hostile file has less power: no
// statement writes to the schema, a view is not run, and an expression of the schema
// calls no function with an effect.
static const struct { int option, value; } guards[] = {
	{SQLITE_DBCONFIG_DEFENSIVE, 1},
	{SQLITE_DBCONFIG_ENABLE_VIEW, 0},
	{SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
};

// limits bound the work that a hostile file can ask for. A value is at most 256 MiB
// long, because pack returns many rows as one. One file more is attached by VACUUM.
static const struct { int id, value; } limits[] = {
	{SQLITE_LIMIT_LENGTH, 256 << 20},
	{SQLITE_LIMIT_SQL_LENGTH, 1 << 20},
	{SQLITE_LIMIT_ATTACHED, 1},
	{SQLITE_LIMIT_TRIGGER_DEPTH, 4},
};

#define COUNT(list) ((int)(sizeof(list) / sizeof *(list)))

static void guard(sqlite3 *db) {
	for (int i = 0; i < COUNT(guards); i++) sqlite3_db_config(db, guards[i].option, guards[i].value, (int *)0);
	for (int i = 0; i < COUNT(limits); i++) sqlite3_limit(db, limits[i].id, limits[i].value);
}

// guarded returns 1 if the connection has all guards and limits, else 0.
static void guarded(sqlite3_context *context, int count, sqlite3_value **values) {
	(void)count, (void)values;
	sqlite3 *db = sqlite3_context_db_handle(context);
	int all = 1;
	for (int i = 0; i < COUNT(guards); i++) {
		int value = -1;
		sqlite3_db_config(db, guards[i].option, -1, &value);
		all = all && value == guards[i].value;
	}
	for (int i = 0; i < COUNT(limits); i++) all = all && sqlite3_limit(db, limits[i].id, -1) == limits[i].value;
	sqlite3_result_int(context, all);
}

static int add_pack(sqlite3 *db, const char **error, const void *api) {
	(void)error, (void)api;
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_QPSG, 1, (int *)0);
	guard(db);
	int code = sqlite3_create_function_v2(db, "guarded", 0, SQLITE_UTF8 | SQLITE_DIRECTONLY, 0, guarded, 0, 0, 0);
	if (code != SQLITE_OK) return code;
	code = sqlite3_create_function_v2(db, "unpack", 2, SQLITE_UTF8 | SQLITE_DIRECTONLY, 0, unpack, 0, 0, 0);
	if (code != SQLITE_OK) return code;
	return sqlite3_create_function_v2(db, "pack", -1, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, 0,
		0, add_row, hand_over, 0);
}

int pack_everywhere(void) { return sqlite3_auto_extension((void (*)(void))add_pack); }
