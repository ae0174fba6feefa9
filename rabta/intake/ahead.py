"""A cheap look at what waits to be read: which bodies hold words of danger. Nothing is locked, read in or changed."""

import re
from collections.abc import Callable
from urllib.parse import unquote_plus

from django.db import connection

from rabta.channels.registry import BY_KIND
from rabta.force import access
from rabta.intake.contents import Row, open_bodies

_WAITING = """
    SELECT j.id, j.credential_id, c.channel, j.key_id, j.received_at, j.sealed_body
    FROM intake_unread u JOIN intake_journal j ON j.id = u.journal_id
    JOIN channels_credential c ON c.id = j.credential_id
    WHERE u.journal_id > %s AND octet_length(j.sealed_body) < %s ORDER BY u.journal_id LIMIT %s
"""
LARGEST = 64 * 1024  # of a body that is looked at: a text is short
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


def urgent(*, after: int, limit: int, danger: Callable[[str], bool]) -> tuple[int, list[int]]:
    """(the last journal row that was looked at, those after `after` whose body holds words of danger)."""
    with access.system("looking for danger in what waits"):
        with connection.cursor() as cursor:
            cursor.execute(_WAITING, [after, LARGEST, limit])
            rows = [
                Row(
                    id=id,
                    credential=by,
                    channel=BY_KIND[kind],
                    key=key,
                    received_at=at,
                    sealed_body=bytes(body),
                )
                for id, by, kind, key, at, body in cursor.fetchall()
            ]
        bodies = open_bodies(rows)
    found = [pk for pk, body in bodies.items() if body is not None and danger(words_of(body))]
    return (rows[-1].id if rows else after), found


def words_of(body: bytes) -> str:
    """What people can read in a body, whatever form it has: escapes of JSON and of addresses are undone."""
    text = body.decode("utf-8", "replace")
    if "\\u" in text:
        text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return unquote_plus(text) if "%" in text else text
