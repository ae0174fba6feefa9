"""Pieces that migrations share: tables made together, grants, row-level policies, append-only tables, partitions.

The tables belong to the role that migrates; every process has a role of its own with no more than it needs
(`docs/decisions/0003-access-twice.md`). A process without a context sees no rows at all.
"""

from typing import TYPE_CHECKING, Any

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from rabta.kit.ids import public_id

if TYPE_CHECKING:
    _Column = tuple[str, models.Field[Any, Any]]

WEB, WORKER, RELAY, GATEWAY = "rabta_web", "rabta_worker", "rabta_relay", "rabta_gateway"

# What a web request may see: set by `force.access.enter` for the transaction, and empty otherwise.
SCOPE = "coalesce(nullif(current_setting('rabta.units', true), '')::bigint[], '{}')"
# As whom the officer is shut out: his own units and himself. Unset it is NULL, and then no row is seen.
OWN = "nullif(current_setting('rabta.own', true), '')::bigint[]"
# A row with `visible_to` and `hidden_from` that the officer of the request may see (`rabta.rules.visibility`).
SEEN = f"visible_to && {SCOPE} AND NOT hidden_from && {OWN}"


def once(value: str) -> str:
    """The value asked for once a statement: as it stands, PostgreSQL would parse the setting again for every row."""
    return f"(SELECT {value})"


SEEN_ASKED_ONCE = f"visible_to && {once(SCOPE)} AND NOT hidden_from && {once(OWN)}"
# Units whose groups the officer of the request runs, and those of all below them.
GROUPS = "coalesce(nullif(current_setting('rabta.groups', true), '')::bigint[], '{}')"
# The HMAC of a citizen's receipt code, in hex: set by the status page.
RECEIPT = "nullif(current_setting('rabta.receipt', true), '')"
# Jobs say why they act; without a reason they see nothing.
SYSTEM = "coalesce(current_setting('rabta.system', true), '') <> ''"


# Columns of most tables, as Django writes them in a migration.
ID: "_Column" = (
    "id",
    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
)
PUBLIC_ID: "_Column" = ("public_id", models.CharField(default=public_id, max_length=16, unique=True))


def pointer(to: str, *, related_name: str | None = "+", **options: Any) -> models.ForeignKey[Any, Any]:
    """A foreign key to a row that can't be deleted while it is pointed at."""
    return models.ForeignKey(on_delete=models.PROTECT, related_name=related_name, to=to, **options)


class CreateModels(Operation):
    """Tables that are made together.

    For each `CreateModel` Django works out all models anew that are related to it, and with officers and cases all are:
    of the twenty seconds that an empty database took to migrate, fifteen.
    """

    def __init__(self, *tables: migrations.CreateModel) -> None:
        self.tables = tables

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The new models join those that are worked out; nothing changes in these."""
        worked_out = state.__dict__.pop("apps", None)  # a cached property
        for table in self.tables:
            table.state_forwards(app_label, state)
        if worked_out is not None:
            state.apps = worked_out
            state.apps.render_multiple([state.models[app_label, table.name_lower] for table in self.tables])

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Make the tables in their order."""
        for table in self.tables:
            table.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Remove them, the last first."""
        for table in reversed(self.tables):
            table.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """For `migrate --plan`."""
        return f"Create models {', '.join(table.name for table in self.tables)}"


def sql(forward: str, backward: str = "") -> migrations.RunSQL:
    """One statement or several, with a reverse (default: nothing to undo, because the table goes with it)."""
    return migrations.RunSQL(forward, backward or migrations.RunSQL.noop)


def grant(table: str, **rights: str) -> migrations.RunSQL:
    """`grant("cases_case", web="select, insert")`: table rights by role. Identity columns need no more."""
    lines = [f"REVOKE ALL ON {table} FROM PUBLIC;"]
    lines += [f"GRANT {right} ON {table} TO rabta_{role};" for role, right in rights.items()]
    return sql("\n".join(lines))


def protect(
    table: str, *, web: str, web_check: str | None = None, relay: str | None = None
) -> migrations.RunSQL:
    """Row-level security with FORCE: `web` and `relay` are conditions on a row, the worker needs a stated reason."""
    check = web if web_check is None else web_check
    lines = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY;",
        f"CREATE POLICY web ON {table} TO {WEB} USING ({web}) WITH CHECK ({check});",
        f"CREATE POLICY worker ON {table} TO {WORKER} USING ({SYSTEM}) WITH CHECK ({SYSTEM});",
        f"CREATE POLICY migrate ON {table} TO rabta_migrate USING (true) WITH CHECK (true);",
    ]
    if relay:
        lines.append(f"CREATE POLICY relay ON {table} TO {RELAY} USING ({relay}) WITH CHECK ({relay});")
    return sql("\n".join(lines))


def append_only(table: str) -> migrations.RunSQL:
    """Rows of `table` can be added and never changed or removed, whatever the role."""
    return sql(
        f"""
        CREATE OR REPLACE FUNCTION rabta_refuse() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}
          FOR EACH ROW EXECUTE FUNCTION rabta_refuse();
        """
    )


PARTITION_ROWS = 2_000_000


def partition_by_id(table: str) -> migrations.RunSQL:
    """Turn the empty table just created into one partitioned by ranges of id; `rabta_extend` adds ranges ahead."""
    return sql(
        f"""
        ALTER TABLE {table} RENAME TO {table}_plain;
        CREATE TABLE {table} (LIKE {table}_plain INCLUDING DEFAULTS INCLUDING IDENTITY INCLUDING CONSTRAINTS)
          PARTITION BY RANGE (id);
        DROP TABLE {table}_plain;
        ALTER TABLE {table} ADD PRIMARY KEY (id);
        CREATE TABLE {table}_p0 PARTITION OF {table} FOR VALUES FROM (MINVALUE) TO ({PARTITION_ROWS});
        CREATE TABLE {table}_p1 PARTITION OF {table} FOR VALUES FROM ({PARTITION_ROWS}) TO ({2 * PARTITION_ROWS});
        """,
        f"DROP TABLE {table}",
    )


def extend_function() -> migrations.RunSQL:
    """`rabta_extend(table)`: makes sure that two empty partitions lie ahead. Run hourly by the worker."""
    return sql(
        f"""
        CREATE OR REPLACE FUNCTION rabta_extend(parent regclass) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = public, pg_temp AS $$
        DECLARE last_id bigint; wanted int; n int; made int := 0;
        BEGIN
          EXECUTE format('SELECT coalesce(max(id), 0) FROM %s', parent) INTO last_id;
          wanted := last_id / {PARTITION_ROWS} + 2;
          FOR n IN 1..wanted LOOP
            IF to_regclass(format('%s_p%s', parent, n)) IS NULL THEN
              EXECUTE format('CREATE TABLE %s_p%s PARTITION OF %s FOR VALUES FROM (%s) TO (%s)',
                parent, n, parent, n * {PARTITION_ROWS}::bigint, (n + 1) * {PARTITION_ROWS}::bigint);
              made := made + 1;
            END IF;
          END LOOP;
          RETURN made;
        END $$;
        REVOKE ALL ON FUNCTION rabta_extend(regclass) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION rabta_extend(regclass) TO {WORKER};
        """,
        "DROP FUNCTION rabta_extend(regclass)",
    )
