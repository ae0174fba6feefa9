"""From a claimed delivery to the letter that a channel sends: address, template, file, buttons, what it answers."""

import asyncio
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from rabta import keys
from rabta.channels.contract import Button, Channel, Letter, Template, Trouble, TroubleCode, numbered
from rabta.files import lending, store
from rabta.outbox.claim import Claimed
from rabta.rules.templates import Known, choose

Templates = Mapping[tuple[str, str], Known]


async def compose(claimed: Claimed, *, channel: Channel, templates: Templates) -> Letter:
    """The letter. `templates` are those that the provider knows; empty when it was never asked.

    Raises Trouble when nothing fits, and what opening an address or a file raises (`outbox.sending`).
    """
    facts: dict[str, Any] = {"to": claimed.number, "token": str(claimed.token)}
    if claimed.sealed is not None:
        facts["to"] = keys.open_with("relay", bytes(claimed.sealed)).decode()
    if not facts["to"] and not claimed.public:
        raise keys.KeyMissing("The address was destroyed.")
    if claimed.in_reply_to is not None:
        facts["in_reply_to"] = keys.open_with("relay", bytes(claimed.in_reply_to)).decode()
    if claimed.mark:
        return _mark(facts)
    facts |= {
        "public": claimed.public,
        "own_post": claimed.own_post,
        "personal": claimed.personal,
        "late": claimed.form == "late",
    }
    buttons = _fitting(tuple(Button(**button) for button in claimed.buttons), channel, form=claimed.form)
    if claimed.form == "template" and claimed.template is not None:
        return _from_template(claimed.template, facts, buttons, templates)
    if claimed.file_id:
        facts["media"] = await asyncio.to_thread(_content, claimed.file_id)
        facts |= {"media_kind": claimed.file_kind, "media_mime": claimed.file_mime}
        facts["media_name"] = claimed.file_name or ""
        facts["alt_text"] = claimed.alt_text
        if channel.publishes and channel.publishes.fetches and claimed.own_post:
            facts["media_url"] = lending.address(claimed.file_id)
    if len(buttons) > channel.limits.buttons:
        return Letter(text=numbered(claimed.text, buttons), **facts)
    return Letter(text=claimed.text, buttons=buttons, **facts)


def _fitting(buttons: tuple[Button, ...], channel: Channel, *, form: str) -> tuple[Button, ...]:
    """Without those that this letter or channel can't have: where a place can't be sent by button, words ask for it."""
    places = channel.limits.place_button and form != "template"
    return tuple(button for button in buttons if places or not button.sends_place)


def _mark(facts: dict[str, Any]) -> Letter:
    if not facts.get("in_reply_to"):
        raise Trouble(TroubleCode.REFUSED, "The message to mark as read is forgotten.")
    return Letter(mark_read=True, **facts)


def _from_template(
    wanted: dict[str, Any], facts: dict[str, Any], buttons: tuple[Button, ...], templates: Templates
) -> Letter:
    """The approved variant that fits best; without any knowledge the one that was asked for."""
    name, language, params = wanted["name"], wanted["language"], tuple(wanted["params"])
    if not templates:
        return Letter(template=Template(name=name, language=language, params=params), **facts)
    found = choose(
        known=templates,
        name=name,
        language=language,
        variables=len(params),
        fallback=(settings.CITIZEN_LANGUAGE, "en"),
    )
    if isinstance(found, str):
        raise Trouble(TroubleCode.TEMPLATE, found)
    template = Template(name=found.name, language=found.language, params=params[: found.variables])
    fitting = buttons if len(buttons) == found.replies else ()
    return Letter(template=template, buttons=fitting, **facts)


def _content(public_id: str) -> bytes:
    return b"".join(store.read_blob(public_id))
