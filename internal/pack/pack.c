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

static int add_pack(sqlite3 *db, const char **error, const void *api) {
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_QPSG, 1, (int *)0);
	return sqlite3_create_function_v2(db, "pack", -1, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, 0,
		0, add_row, hand_over, 0);
}

int pack_everywhere(void) { return sqlite3_auto_extension((void (*)(void))add_pack); }
