"""What DuckDB does with the same files: duck.py count|csv|levels FILE."""
import sys

import duckdb

what, file = sys.argv[1:]
lines = (
    f"read_csv('{file}', columns={{'line': 'VARCHAR'}}, delim=chr(1), quote='', escape='', "
    "header=false, auto_detect=false)"
).replace("chr(1)", "'\x01'")
combined = (
    r"""regexp_extract(line, '^(\S+) (\S+) (.*?) \[([^]]+)\] "([^"]*)" (\d{3}|-) (\d+|-) "([^"]*)" "([^"]*)"$', """
    "['host', 'ident', 'user', 'time', 'request', 'status', 'bytes', 'referer', 'agent'])"
)
if what == "count":
    query = rf"SELECT count(*), regexp_extract(line, '\" (\d{{3}}) ', 1) s FROM {lines} GROUP BY s"
elif what == "levels":
    query = f"SELECT count(*), level FROM read_json('{file}', format='newline_delimited', columns={{'level': 'VARCHAR'}}) GROUP BY level"
elif what == "csv":
    query = f"""COPY (SELECT r.host, r.ident, r.user, try_strptime(r.time, '%d/%b/%Y:%H:%M:%S %z'), r.request,
      try_cast(r.status AS INT), try_cast(r.bytes AS BIGINT), r.referer, r.agent
      FROM (SELECT {combined} r FROM {lines})) TO '/dev/stdout' (FORMAT csv)"""
else:
    sys.exit(f"unknown: {what}")
result = duckdb.sql(query)
if result is not None:
    for count, key in result.fetchall():
        print(count, key)
