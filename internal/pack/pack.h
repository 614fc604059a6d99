// The part of SQLite's C interface that is used here, as sqlite3.h declares it: the
// driver brings SQLite itself, and keeps its header to itself. The symbols are weak
// because they are found only when the whole program is linked.

#include <stdint.h>

#pragma weak sqlite3_auto_extension
#pragma weak sqlite3_create_function_v2
#pragma weak sqlite3_db_config
#pragma weak sqlite3_limit
#pragma weak sqlite3_context_db_handle
#pragma weak sqlite3_result_int
#pragma weak sqlite3_aggregate_context
#pragma weak sqlite3_realloc64
#pragma weak sqlite3_free
#pragma weak sqlite3_result_text64
#pragma weak sqlite3_result_error_nomem
#pragma weak sqlite3_value_type
#pragma weak sqlite3_value_int64
#pragma weak sqlite3_value_double
#pragma weak sqlite3_value_text
#pragma weak sqlite3_value_blob
#pragma weak sqlite3_value_bytes
#pragma weak sqlite3_prepare_v2
#pragma weak sqlite3_bind_parameter_count
#pragma weak sqlite3_bind_int64
#pragma weak sqlite3_bind_double
#pragma weak sqlite3_bind_text
#pragma weak sqlite3_bind_blob
#pragma weak sqlite3_bind_null
#pragma weak sqlite3_step
#pragma weak sqlite3_reset
#pragma weak sqlite3_finalize
#pragma weak sqlite3_changes
#pragma weak sqlite3_errmsg
#pragma weak sqlite3_extended_errcode
#pragma weak sqlite3_result_error
#pragma weak sqlite3_result_error_code

typedef struct sqlite3 sqlite3;
typedef struct sqlite3_context sqlite3_context;
typedef struct sqlite3_value sqlite3_value;
typedef struct sqlite3_stmt sqlite3_stmt;

enum { SQLITE_MISMATCH = 20, SQLITE_DONE = 101 };
enum { SQLITE_OK = 0, SQLITE_UTF8 = 1, SQLITE_DETERMINISTIC = 0x800, SQLITE_DIRECTONLY = 0x80000 };
enum {
	SQLITE_DBCONFIG_ENABLE_QPSG = 1007,
	SQLITE_DBCONFIG_DEFENSIVE = 1010,
	SQLITE_DBCONFIG_ENABLE_VIEW = 1015,
	SQLITE_DBCONFIG_TRUSTED_SCHEMA = 1017,
};
enum { SQLITE_LIMIT_LENGTH = 0, SQLITE_LIMIT_SQL_LENGTH = 1, SQLITE_LIMIT_ATTACHED = 7, SQLITE_LIMIT_TRIGGER_DEPTH = 10 };
enum { SQLITE_INTEGER = 1, SQLITE_FLOAT, SQLITE_TEXT, SQLITE_BLOB, SQLITE_NULL };

int sqlite3_auto_extension(void (*)(void));
int sqlite3_create_function_v2(sqlite3 *, const char *name, int args, int flags, void *data,
	void (*func)(sqlite3_context *, int, sqlite3_value **),
	void (*step)(sqlite3_context *, int, sqlite3_value **),
	void (*final)(sqlite3_context *),
	void (*destroy)(void *));
int sqlite3_db_config(sqlite3 *, int option, ...);
int sqlite3_limit(sqlite3 *, int id, int value);
sqlite3 *sqlite3_context_db_handle(sqlite3_context *);
void sqlite3_result_int(sqlite3_context *, int);
void *sqlite3_aggregate_context(sqlite3_context *, int size);
void *sqlite3_realloc64(void *, uint64_t);
void sqlite3_free(void *);
void sqlite3_result_text64(sqlite3_context *, const char *, uint64_t, void (*)(void *), unsigned char encoding);
void sqlite3_result_error_nomem(sqlite3_context *);
int sqlite3_value_type(sqlite3_value *);
int64_t sqlite3_value_int64(sqlite3_value *);
double sqlite3_value_double(sqlite3_value *);
const unsigned char *sqlite3_value_text(sqlite3_value *);
const void *sqlite3_value_blob(sqlite3_value *);
int sqlite3_value_bytes(sqlite3_value *);
int sqlite3_prepare_v2(sqlite3 *, const char *query, int length, sqlite3_stmt **, const char **rest);
int sqlite3_bind_parameter_count(sqlite3_stmt *);
int sqlite3_bind_int64(sqlite3_stmt *, int, int64_t);
int sqlite3_bind_double(sqlite3_stmt *, int, double);
int sqlite3_bind_text(sqlite3_stmt *, int, const char *, int length, void (*)(void *));
int sqlite3_bind_blob(sqlite3_stmt *, int, const void *, int length, void (*)(void *));
int sqlite3_bind_null(sqlite3_stmt *, int);
int sqlite3_step(sqlite3_stmt *);
int sqlite3_reset(sqlite3_stmt *);
int sqlite3_finalize(sqlite3_stmt *);
int sqlite3_changes(sqlite3 *);
const char *sqlite3_errmsg(sqlite3 *);
int sqlite3_extended_errcode(sqlite3 *);
void sqlite3_result_error(sqlite3_context *, const char *, int length);
void sqlite3_result_error_code(sqlite3_context *, int);

// pack_everywhere gives every connection that is opened from now on the functions pack,
// unpack and guarded, has it keep the plan of a query, and guards it.
int pack_everywhere(void);
