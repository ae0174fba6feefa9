"""Up to which transaction a table can be read in order, without passing over one that still runs."""

# The oldest transaction that may still bring rows to this database; all of this database's older ones have ended and
# can be seen. Those of other databases of the cluster are left out. Whatever is not surely another database's counts:
# see docs/decisions/0008, which also says why this must stay a subquery of a statement, in a transaction that has not
# looked at pg_stat_activity before.
SETTLED = """(
    SELECT coalesce(min(running), pg_snapshot_xmax(pg_current_snapshot()))
    FROM pg_snapshot_xip(pg_current_snapshot()) AS running
    WHERE NOT EXISTS (SELECT FROM pg_stat_activity elsewhere
                      WHERE elsewhere.backend_xid = running::xid AND elsewhere.datname <> current_database())
)"""
