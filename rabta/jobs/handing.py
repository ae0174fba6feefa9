"""Handing a case's papers to another force's Rabta: one request, repeated until it has answered with its own number.

The number of the transfer makes it one case there, however often the request comes. No redirect is followed, and of the
answer nothing is believed but a reference number whose check fits.
"""

import asyncio
import json
import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiohttp
from cryptography.fernet import InvalidToken

from rabta import keys
from rabta.cases.models import Outcome
from rabta.cases.transfers import Neighbour, Transfer
from rabta.channels import reach
from rabta.files import store
from rabta.force.access import system
from rabta.journey.ending import transferring
from rabta.journey.ending.papers import Papers, papers_of
from rabta.kit import ids

log = logging.getLogger(__name__)
WHERE = "/api/v1/handed"
PATIENCE = aiohttp.ClientTimeout(total=90, sock_connect=10)  # shorter than the first pause between two tries
ASKS, BETWEEN = 5, 1.0  # while it is being read there; then the next try asks
LARGEST_ANSWER = 64 * 1024
FOR_GOOD = frozenset({400, 409, 413, 422})  # saying it again would not help


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Their number, or what went wrong. `final`: trying again does not help."""

    reference: str = ""
    trouble: str = ""
    final: bool = False


def hand_over(transfer_id: int, *, now: datetime) -> None:
    """One try. Whatever comes of it is kept; nothing happens when the transfer waits no more."""
    with system(transferring.HANDING.system_reason):
        found = _waiting(transfer_id, now=now)
        if found is None:
            return
        transfer, neighbour = found
        papers = papers_of(transfer, now=now)
        if papers is None:
            transferring.stays_here(transfer_id)
            return
    answer = _ask(neighbour, papers)
    with system(transferring.HANDING.system_reason):
        if answer.reference:
            transferring.arrived(transfer_id, reference=answer.reference, now=now)
        elif answer.final:
            transferring.give_up(transfer_id, trouble=answer.trouble, now=now)
        else:
            transferring.note_trouble(transfer_id, trouble=answer.trouble)


def _waiting(transfer_id: int, *, now: datetime) -> tuple[Transfer, Neighbour] | None:
    """The transfer with where it goes. What can't go anywhere any more is given up here."""
    rows = Transfer.objects.filter(pk=transfer_id, state=Transfer.State.WAITING)
    transfer = rows.select_related("case__conversation__handle__person", "case__account").first()
    if transfer is None:
        return None
    if transfer.case.outcome != Outcome.TRANSFERRED:
        transferring.give_up(transfer.pk, trouble=transferring.REOPENED, now=now)
        return None
    neighbour = Neighbour.objects.filter(force=transfer.force).exclude(address="").first()
    if neighbour is None or neighbour.sealed_key is None:
        transferring.give_up(transfer.pk, trouble=transferring.ADDRESS, now=now)
        return None
    return transfer, neighbour


def _ask(neighbour: Neighbour, papers: Papers) -> Answer:
    try:
        key = keys.fernet("accounts").decrypt(bytes(neighbour.sealed_key or b"")).decode()
    except InvalidToken:
        log.error("The key for %s can't be opened; was accounts.key replaced?", neighbour.force)
        return Answer(trouble=transferring.KEY)
    try:
        return asyncio.run(_conversation(f"{neighbour.address.rstrip('/')}{WHERE}", key, papers))
    except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError):
        return Answer(trouble=transferring.ADDRESS)
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        log.info("Handing over to %s: %s", neighbour.force, type(error).__name__)
        inside = isinstance(getattr(error, "os_error", error), reach.Inside)
        return Answer(trouble=transferring.ADDRESS if inside else transferring.UNREACHABLE)


async def _conversation(url: str, key: str, papers: Papers) -> Answer:
    """Hand the papers in, then ask for the number until it is there."""
    answer = Answer(trouble=transferring.NO_NUMBER)
    async with reach.new_session(timeout=PATIENCE) as session:
        for turn in range(ASKS):
            if turn:
                await asyncio.sleep(BETWEEN)
            headers = {"Authorization": f"Bearer {key}"}
            request = session.post(url, data=_form(papers), headers=headers, allow_redirects=False)
            async with request as response:
                body = await response.content.read(LARGEST_ANSWER)
                answer = answer_of(response.status, body)
            if answer.trouble != transferring.NO_NUMBER:
                break
    return answer


def _form(papers: Papers) -> aiohttp.FormData:
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("papers", json.dumps(papers.body, ensure_ascii=False), content_type="application/json")
    for number, file in enumerate(papers.files, start=1):
        name = file.name or f"{number}"
        form.add_field("files", b"".join(store.read(file)), filename=name, content_type=file.mime)
    return form


def answer_of(status: int, body: bytes) -> Answer:
    """What an answer means."""
    if status == 200 and (reference := _reference(body)):
        return Answer(reference=reference)
    if status in (200, 202):
        return Answer(trouble=transferring.NO_NUMBER)
    if status in (401, 403):
        return Answer(trouble=transferring.KEY)
    if status in FOR_GOOD:
        return Answer(trouble=transferring.REFUSED, final=True)
    return Answer(trouble=transferring.ADDRESS if status < 500 and status != 429 else transferring.BROKEN)


def _reference(body: bytes) -> str:
    try:
        said: Any = json.loads(body)
    except ValueError:
        return ""
    reference = said.get("reference") if isinstance(said, dict) else ""
    if not isinstance(reference, str) or ids.parse_reference(text=reference) != reference:
        return ""
    return reference
