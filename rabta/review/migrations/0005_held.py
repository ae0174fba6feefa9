"""What was paused, passed up and suggested while a case was withheld stays with those who saw it then, as its events do."""

from django.db import migrations

from rabta import schema

OFFICER = "(SELECT nullif(current_setting('rabta.officer', true), '')::bigint)"
SCOPE, OWN = schema.once(schema.SCOPE), schema.once(schema.OWN)
AT = {"review_pause": "since", "review_escalation": "at", "review_interim": "suggested_at"}


def of_the_case(held: str) -> str:
    return (
        f"{OFFICER} IS NOT NULL AND EXISTS (SELECT 1 FROM cases_case parent WHERE parent.id = case_id{held})"
    )


def not_held(at: str) -> str:
    return (
        f" AND (parent.held_until IS NULL OR {at} < parent.held_since OR {at} > parent.held_until"
        f" OR parent.held_by && {SCOPE} AND NOT parent.held_from && {OWN})"
    )


def policy(table: str, *, held: str) -> str:
    return f"ALTER POLICY web ON {table} USING ({of_the_case(held)}) WITH CHECK ({of_the_case('')});"


class Migration(migrations.Migration):
    dependencies = [("review", "0004_open_to_all"), ("cases", "0011_life")]
    operations = [
        schema.sql(policy(table, held=not_held(f"{table}.{at}")), policy(table, held=""))
        for table, at in AT.items()
    ]
