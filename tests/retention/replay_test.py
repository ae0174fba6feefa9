"""After a restore a case is erased again, and the record that was restored with it stays whole."""

import json
from pathlib import Path

import pytest

from rabta import embedded
from rabta.commands import erasures
from tests.audit import stage
from tests.conftest import HOME

NAME = "rabta_replayed"
EMPTY = """'[]', 3, '{1}', '{}', '{}', now(), now(), now(), 1, 1, 1, '[]', '[]', '{}', '{}', '', 'KPK-AAAA-AAAA',
  'Canaryword', 'en', 'complaint', '', '', '', 'closed', 'advice', '', '', '', 'canarycase000001', now()"""
CASE = f"""
INSERT INTO cases_case (withheld_why, urgency, visible_to, held_by, held_from, opened_at, last_in_at, changed_at,
  account_id, desk_unit_id, conversation_id, routing_why, waiting_why, accused_officers, named_officers, receipt_digest,
  reference, subject, language, kind, category, category_source, withheld, state, outcome, closing_remark, place,
  place_source, public_id, closed_at) VALUES ({EMPTY}) RETURNING id
"""


@pytest.mark.usefixtures("django_db_setup")
def test_a_replayed_erasure_is_in_the_record(tmp_path: Path) -> None:
    line = {"what": "case", "subject": "canarycase000001", "of": "tip", "digest": "", "rows": 0, "files": 0}
    ledger = tmp_path / "erasures.jsonl"
    ledger.write_text(json.dumps(line | {"id": 1, "at": "2026-03-02T09:00:00+00:00"}) + "\n")
    alone = f"{embedded.dsn(HOME, database=NAME)} options='-c session_replication_role=replica'"  # no force around it
    with stage.database(NAME) as database:
        (case,) = database.execute(CASE).fetchone() or (0,)
        database.execute("INSERT INTO cases_likeness (case_id, at, bands) VALUES (%s, now(), '{1}')", [case])
        for _ in range(3):
            database.execute(
                "INSERT INTO cases_event (case_id, at, what, system_reason, data)"
                " VALUES (%s, now(), 'noted', '', '{\"said\": \"Canaryword\"}')",
                [case],
            )
        stage.seal(database)
        assert erasures.replay(alone, ledger=ledger, folder=tmp_path) == 1
        left = database.execute(
            "SELECT (SELECT count(*) FROM cases_event WHERE data <> '{}'), (SELECT count(*) FROM cases_likeness),"
            " (SELECT count(*) FROM audit_link WHERE salt IS NOT NULL)"
        ).fetchone()
        stage.seal(database)
        findings = stage.verify(database)
    assert left == (0, 0, 0)
    assert (findings.problem, findings.erased) == (None, 3)
