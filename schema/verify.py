#!/usr/bin/env python3
"""Walks the chain of a neurocheck log as CHAIN.md describes it, without neurocheck: verify.py COPY.db
Run it on a backup, or on a copy of a closed log: never on a log in use."""
import hashlib, heapq, pathlib, sqlite3, sys

log = sqlite3.connect(pathlib.Path(sys.argv[1]).resolve().as_uri() + "?mode=ro", uri=True)
tables = [t for (t,) in log.execute("SELECT t.name FROM pragma_table_list t, pragma_table_info(t.name) c WHERE c.name = 'hash' AND t.name <> 'chain'")]
log.row_factory = sqlite3.Row
rows = lambda table: ((row["seq"], table, row) for row in log.execute(f"SELECT * FROM {table} ORDER BY seq"))
head, last = bytes(32), 0
for last, (seq, table, row) in enumerate(heapq.merge(*map(rows, tables), key=lambda record: record[0]), 1):
    cells = [(c.encode(), str(row[c]).encode()) for c in row.keys() if c != "hash" and row[c] is not None]
    head = hashlib.sha256(head + table.encode() + b"\n" + b"".join(b"%s=%d:%s\n" % (c, len(v), v) for c, v in cells)).digest()
    if (seq, row["hash"]) != (last, head): sys.exit(f"record {last} does not fit ({table} {seq} stands there)")
if (last, head) != tuple(log.execute("SELECT seq, hash FROM chain").fetchone()): sys.exit(f"the record ends with {last}, and its chain with another")
print(f"{last} records, head {head.hex()}")
