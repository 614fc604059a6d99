#!/usr/bin/env python3
"""Checks the chain of a neurocheck log as CHAIN.md describes it, without neurocheck: verify.py COPY.db
Run it on a backup, or on a copy of a closed log: never on a log in use."""
import hashlib, heapq, pathlib, sqlite3, sys

log = sqlite3.connect(pathlib.Path(sys.argv[1]).resolve().as_uri() + "?mode=ro", uri=True)
sha256 = lambda data: hashlib.sha256(data).digest()
tables = [t for (t,) in log.execute("SELECT t.name FROM pragma_table_list t, pragma_table_info(t.name) c WHERE t.type = 'table' AND c.name = 'row_hash'")]
log.row_factory = sqlite3.Row
rows = lambda table: ((row["seq"], table, row) for row in log.execute(f"SELECT * FROM {table} ORDER BY seq"))
head, last, counts = bytes(32), 0, {}
for last, (seq, table, row) in enumerate(heapq.merge(*map(rows, tables), key=lambda record: record[0]), 1):
    cells = [(c.encode(), str(row[c]).encode()) for c in sorted(row.keys()) if c not in ("row_hash", "hash") and row[c] is not None]
    own = sha256(table.encode() + b"\n" + b"".join(b"%s=%d:%s\n" % (c, len(v), v) for c, v in cells))
    head, counts[table] = sha256(head + own), counts.get(table, 0) + 1
    if (seq, row["row_hash"], row["hash"]) != (last, own, head): sys.exit(f"record {last} does not fit (found: {table} {seq})")
if (last, head) != tuple(log.execute("SELECT seq, hash FROM chain").fetchone()): sys.exit(f"the record ends with {last}, and its chain with another")
if counts != dict(map(tuple, log.execute("SELECT table_name, records FROM chain_count"))): sys.exit("the counts in chain_count are not those of the tables")
print(f"{last} records, head {head.hex()}")
