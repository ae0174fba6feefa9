"""Adding to the record. Plain inserts in the caller's transaction: nothing here waits for anybody else."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

# Without RETURNING: whoever writes need not be allowed to read.
_ADD = """
    INSERT INTO audit_record
      (at, actor_officer, actor_post, system_reason, act, subject, subject_ids, detail, case_id)
    SELECT %s, %s, %s, %s, %s, %s, %s::jsonb, %s::jsonb, %s
"""
_LOOK = """
    INSERT INTO audit_record
      (at, actor_officer, actor_post, system_reason, act, subject, subject_ids, detail, case_id)
    SELECT %(now)s, %(officer)s, %(post)s, '', %(act)s, %(where)s, jsonb_build_array(seen), '{}', seen
    FROM unnest(%(cases)s::bigint[]) AS seen
    WHERE NOT EXISTS (
      SELECT 1 FROM audit_record r WHERE r.case_id = seen AND r.actor_officer = %(officer)s
        AND r.act = %(act)s AND r.subject = %(where)s AND r.at > %(since)s)
"""
LOOK = "looked"
POLLING = timedelta(hours=1)  # an open page asks every few seconds; that is one look


def record(
    act: str,
    *,
    now: datetime,
    officer_id: int | None = None,
    post_id: int | None = None,
    reason: str = "",
    subject: str = "",
    ids: Iterable[int] = (),
    case_id: int | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Write that somebody did or saw something; part of the running transaction.

    In: what was done in one word (`signed_in`), when, the officer and post or a job's reason, the kind of thing with
    its ids, the case if there is one (whoever may not see the case will not see the entry), and details that are codes
    and ids: never a name, a number or a text of a citizen.
    """
    values = _values(act, now, officer_id, post_id, reason, subject, ids, case_id, detail)
    with connection.cursor() as cursor:
        cursor.execute(_ADD, values)


def looked(
    case_ids: Iterable[int], *, officer_id: int, now: datetime, where: str, post_id: int | None = None
) -> None:
    """Write that an officer read these cases, once an hour for each officer, case and place (`desk`, `api`)."""
    facts: dict[str, Any] = {
        "cases": list(case_ids),
        "officer": officer_id,
        "post": post_id,
        "act": LOOK,
        "where": where,
    }
    if facts["cases"]:
        with connection.cursor() as cursor:
            cursor.execute(_LOOK, facts | {"now": now, "since": now - POLLING})


def _values(
    act: str,
    now: datetime,
    officer_id: int | None,
    post_id: int | None,
    reason: str,
    subject: str,
    ids: Iterable[int],
    case_id: int | None,
    detail: dict[str, Any] | None,
) -> list[Any]:
    about = json.dumps(list(ids))
    return [now, officer_id, post_id, reason, act, subject, about, json.dumps(detail or {}), case_id]
