"""Whether a provider is heard where we are the ones who connect: told by the process that does, read by the page."""

from collections.abc import Mapping
from datetime import datetime

from psycopg import AsyncConnection

from rabta.outbox.models import Pulse

LONGEST = 300
_TELL = """
INSERT INTO outbox_pulse AS p (account_id, hearing, hearing_text, heard_at)
SELECT a.id, told.code, told.words, CASE WHEN told.code = '' THEN %s END
FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS told (id, code, words) JOIN channels_account a ON a.id = told.id
ORDER BY a.id
ON CONFLICT (account_id) DO UPDATE SET hearing = excluded.hearing, hearing_text = excluded.hearing_text,
  heard_at = coalesce(excluded.heard_at, p.heard_at)
"""
State = tuple[str, str]  # the code of the trouble and its words; ("", "") while the connection holds
WELL: State = ("", "")


async def tell(connection: AsyncConnection, states: Mapping[int, State], *, now: datetime) -> None:
    """Write down how the connections of these accounts are."""
    codes = [code for code, _words in states.values()]
    words = [words.replace("\0", "")[:LONGEST] for _code, words in states.values()]
    await connection.execute(_TELL, [now, list(states), codes, words])


def note(account_id: int, state: State) -> None:
    """The same of one account, by a process that asks a provider and keeps no connection."""
    code, words = state
    if state == WELL:
        Pulse.objects.filter(pk=account_id).exclude(hearing="").update(hearing="", hearing_text="")
        return
    facts = {"hearing": code, "hearing_text": words.replace("\0", "")[:LONGEST]}
    Pulse.objects.update_or_create(account_id=account_id, defaults=facts)
