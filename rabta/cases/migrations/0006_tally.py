"""How many latest lead orders stand where, for each unit and day: added up, so that the figures of the review need not
be counted. Whoever changes an order adds a line with the difference and waits for nobody; a sweep adds the lines up.

What is hidden from anybody is not in it (its readers count it themselves), so a figure tells nobody of a case.
"""

from django.db import migrations

from rabta import schema

SCOPE = schema.once(schema.SCOPE)
TABLE = """
CREATE TABLE cases_tally (
  unit_id bigint NOT NULL, stands varchar(10) NOT NULL, day timestamptz NOT NULL, n integer NOT NULL,
  added_up boolean NOT NULL DEFAULT false
);
CREATE INDEX tally_by_unit ON cases_tally (unit_id, stands, day) INCLUDE (n);
CREATE INDEX tally_to_add_up ON cases_tally (unit_id) WHERE NOT added_up;
"""
ADD = """
INSERT INTO cases_tally (unit_id, stands, day, n)
SELECT unit_id, stands, date_trunc('day', at, 'UTC'), {n} FROM {source}
WHERE stands <> '' AND hidden_from = '{{}}' GROUP BY 1, 2, 3;
"""
COME = ADD.format(n="count(*)", source="now_is")
GONE = ADD.format(n="-count(*)", source="was")
FUNCTION = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  {body}
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION {name}() FROM PUBLIC;
CREATE TRIGGER {name} AFTER {on} ON cases_orderseen REFERENCING {rows} FOR EACH STATEMENT EXECUTE FUNCTION {name}();
"""
ADD_UP = """
CREATE FUNCTION rabta_add_up_tally() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH wanted AS (SELECT DISTINCT unit_id, stands, day FROM cases_tally WHERE NOT added_up),
  gone AS (DELETE FROM cases_tally t USING wanted w
    WHERE t.unit_id = w.unit_id AND t.stands = w.stands AND t.day = w.day RETURNING t.*)
  INSERT INTO cases_tally (unit_id, stands, day, n, added_up)
  SELECT unit_id, stands, day, sum(n), true FROM gone GROUP BY 1, 2, 3 HAVING sum(n) <> 0
$$;
REVOKE ALL ON FUNCTION rabta_add_up_tally() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rabta_add_up_tally() TO rabta_worker;
"""


def trigger(name: str, *, on: str, body: str, rows: str) -> migrations.RunSQL:
    return schema.sql(
        FUNCTION.format(name=name, on=on, body=body, rows=rows), f"DROP FUNCTION {name}() CASCADE"
    )


class Migration(migrations.Migration):
    replaces = [("cases", "0004_tally")]
    dependencies = [("cases", "0005_lists")]
    operations = [
        schema.sql(TABLE, "DROP TABLE cases_tally"),
        schema.grant("cases_tally", web="select", worker="select"),
        schema.protect("cases_tally", web=f"unit_id = ANY (({SCOPE})::bigint[])"),
        trigger("rabta_tally_come", on="INSERT", body=COME, rows="NEW TABLE AS now_is"),
        trigger("rabta_tally_gone", on="DELETE", body=GONE, rows="OLD TABLE AS was"),
        trigger(
            "rabta_tally_changed",
            on="UPDATE",
            body=GONE + COME,
            rows="OLD TABLE AS was NEW TABLE AS now_is",
        ),
        schema.sql(ADD_UP, "DROP FUNCTION rabta_add_up_tally()"),
    ]
