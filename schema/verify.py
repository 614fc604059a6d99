#!/usr/bin/env python3
"""Walks the chain of a neurocheck log as CHAIN.md describes it, without neurocheck: verify.py COPY.db
Run it on a backup, or on a copy of a closed log: never on a log in use."""
import hashlib, heapq, pathlib, sqlite3, sys

TABLES = """ward staff patient neuro_check follow_up schedule_order symptom intervention reevaluation
            follow_up_item credential audit_event settings""".split()
log = sqlite3.connect(pathlib.Path(sys.argv[1]).resolve().as_uri() + "?mode=ro", uri=True)
log.row_factory = sqlite3.Row
rows = lambda table: ((row["seq"], table, row) for row in log.execute(f"SELECT * FROM {table} ORDER BY seq"))
head, last = bytes(32), 0
for seq, table, row in heapq.merge(*map(rows, TABLES), key=lambda record: record[0]):
    values = [(c.encode(), str(row[c]).encode()) for c in row.keys() if c != "hash" and row[c] is not None]
    text = table.encode() + b"\n" + b"".join(b"%s=%d:%s\n" % (c, len(v), v) for c, v in values)
    head, last = hashlib.sha256(head + text).digest(), last + 1
    if seq != last or head != row["hash"]:
        sys.exit(f"record {last} does not fit ({table} {seq} stands there)")
if (last, head) != tuple(log.execute("SELECT seq, hash FROM chain").fetchone()):
    sys.exit(f"the record ends with {last}, and its chain with another")
print(f"{last} records, head {head.hex()}")
