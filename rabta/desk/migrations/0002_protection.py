"""Who may touch this app's tables: what hangs on a case is seen with it, drafts and notices by their officer alone."""

from django.db import migrations

from rabta import schema

UNITS = schema.once(schema.SCOPE)
OFFICER = schema.once("nullif(current_setting('rabta.officer', true), '')::bigint")
OWN = f"officer_id = {OFFICER}"
CASE = "EXISTS (SELECT 1 FROM cases_case parent WHERE parent.id = case_id)"
OF_BATCH = "EXISTS (SELECT 1 FROM desk_batch parent WHERE parent.id = batch_id)"
USUAL = "select, insert, update, delete"


class Migration(migrations.Migration):
    dependencies = [("desk", "0001_initial"), ("cases", "0004_protection")]
    operations = [
        schema.grant("desk_draft", web=USUAL, worker="select, delete"),
        schema.protect("desk_draft", web=f"{OWN} AND {CASE}"),
        schema.grant("desk_presence", web=USUAL, worker="select, delete"),
        schema.protect(
            "desk_presence", web=f"{OFFICER} IS NOT NULL AND {CASE}", web_check=f"{OWN} AND {CASE}"
        ),
        schema.grant("desk_answer", web=USUAL),
        schema.grant("desk_sharing", web=USUAL, worker="select, update (last_id)"),
        schema.grant("desk_shift", web="select, insert, update", worker="select"),
        schema.grant("desk_turn", web=USUAL, worker="select"),
        schema.grant("desk_absence", web=USUAL, worker="select, update (handed_back_at)"),
        schema.grant("desk_handover", web="select, insert, update (taken_by_id, taken_at)", worker="select"),
        schema.protect("desk_handover", web=f"ARRAY[unit_id] && {UNITS}"),
        schema.grant("desk_view", web=USUAL, worker="select"),
        schema.protect("desk_view", web=f"{OWN} OR ARRAY[unit_id] && {UNITS}"),
        schema.grant(
            "desk_batch", web="select, insert, update (finished_at)", worker="select, update, delete"
        ),
        schema.protect("desk_batch", web=OWN),
        schema.grant("desk_batchline", web="select, insert, update", worker="select, update, delete"),
        schema.protect("desk_batchline", web=f"{OF_BATCH} AND {CASE}"),
        # Whoever gives a case to a colleague has him told of it.
        schema.grant(
            "desk_notice",
            web="select, insert, update (read_at)",
            worker="select, insert, update (sent_at), delete",
        ),
        schema.protect("desk_notice", web=f"{OWN} AND (case_id IS NULL OR {CASE})", web_check="true"),
        schema.grant("desk_wish", web="select, insert, update", worker="select"),
    ]
