"""The provider's word on templates: approved, rejected, paused, of another quality, put into another category."""

from rabta.channels.contract import Ignored, Read, TemplateNews
from rabta.channels.shapes import Json, Misshapen, needed, text_of

FIELDS = (
    "message_template_status_update", "message_template_quality_update", "template_category_update",
)  # fmt: skip
STATES = {
    "APPROVED": "approved", "REINSTATED": "approved", "IN_APPEAL": "rejected", "REJECTED": "rejected",
    "PENDING": "pending", "PENDING_DELETION": "gone", "DELETED": "gone", "PAUSED": "paused", "FLAGGED": "approved",
    "DISABLED": "disabled", "ARCHIVED": "disabled", "LOCKED": "disabled", "LIMIT_EXCEEDED": "disabled",
}  # fmt: skip


def template_news(account: str, business: str, field: str, value: Json) -> Read:
    """One update. What names no template is passed over: the list is fetched again anyway.

    It has no key: said twice it is the same, and a state may come back.
    """
    try:
        name = needed(value, "message_template_name")
        language = needed(value, "message_template_language", longest=20)
    except Misshapen:
        return Ignored(account=account, key="", reason=field)
    event = text_of(value, "event", longest=40).upper()
    quality = text_of(value, "new_quality_score", longest=10)
    reason = text_of(value, "reason", longest=300)
    return TemplateNews(
        account=account,
        key="",
        business=business,
        name=name,
        language=language,
        state=STATES.get(event, "") if field == FIELDS[0] else "",
        quality=quality.lower() if field == FIELDS[1] else "",
        category=text_of(value, "new_category", longest=20).lower(),
        reason="" if reason in ("NONE", "none") else reason,
    )
