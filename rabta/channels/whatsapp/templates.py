"""Templates at the provider: listing all of a business, and handing one in for approval."""

import orjson

from rabta.channels.contract import (
    AccountFacts,
    Session,
    TemplateDraft,
    TemplateFacts,
    Trouble,
    TroubleCode,
)
from rabta.channels.shapes import Json, optional, text_of
from rabta.channels.whatsapp import graph
from rabta.channels.whatsapp.template_news import STATES

FIELDS = "name,language,status,category,quality_score,rejected_reason,components"
PAGE, MOST_PAGES = "100", 50


async def templates(session: Session, account: AccountFacts) -> list[TemplateFacts]:
    """Every template of the business, page by page. Raises Trouble when one page can't be had."""
    url, after = _address(account), ""
    found: list[TemplateFacts] = []
    for _page in range(MOST_PAGES):
        given = {"fields": FIELDS, "limit": PAGE} | ({"after": after} if after else {})
        answer = await graph.get(session, url, account, **given)
        rows = answer.get("data")
        found += [_facts(row) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        paging = optional(answer, "paging")
        after = text_of(optional(paging, "cursors"), "after", longest=1000)
        # The last page may carry a cursor too, but no address of a next one.
        if not after or not paging.get("next"):
            break
    return [one for one in found if one.name and one.language]


async def submit(session: Session, account: AccountFacts, draft: TemplateDraft) -> TemplateFacts:
    """Hand a template in. It waits for approval afterwards, or is approved or rejected at once."""
    body: Json = {"type": "BODY", "text": draft.body}
    if draft.examples:
        body["example"] = {"body_text": [list(draft.examples)]}
    components: list[Json] = [body]
    if draft.buttons:
        replies = [{"type": "QUICK_REPLY", "text": text} for text in draft.buttons]
        components.append({"type": "BUTTONS", "buttons": replies})
    given = {
        "name": draft.name,
        "language": draft.language,
        "category": draft.category.upper(),
        "components": components,
    }
    answer = await graph.post(
        session, _address(account), account, broken=TroubleCode.UNREACHABLE, data=orjson.dumps(given),
        headers={"Content-Type": "application/json"},
    )  # fmt: skip
    return TemplateFacts(
        name=draft.name,
        language=draft.language,
        category=text_of(answer, "category", longest=20).lower() or draft.category,
        state=_state(answer) or "pending",
        components=tuple(components),
    )


def _address(account: AccountFacts) -> str:
    business = account.values.get("business_account", "")
    if not business:
        raise Trouble(TroubleCode.CREDENTIALS, "the id of the business account is not filled in")
    return graph.address(account, business, "message_templates")


def _facts(row: Json) -> TemplateFacts:
    components = row.get("components")
    reason = text_of(row, "rejected_reason", longest=300)
    return TemplateFacts(
        name=text_of(row, "name"),
        language=text_of(row, "language", longest=20),
        category=text_of(row, "category", longest=20).lower(),
        state=_state(row),
        quality=text_of(optional(row, "quality_score"), "score", longest=10).lower().replace("unknown", ""),
        reason="" if reason == "NONE" else reason,
        components=tuple(c for c in components if isinstance(c, dict))
        if isinstance(components, list)
        else (),
    )


def _state(row: Json) -> str:
    return STATES.get(text_of(row, "status", longest=40).upper(), "")
