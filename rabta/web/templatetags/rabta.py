"""Template tags of Rabta's own: icons, text of people, times, lights and the names of things kept as codes."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rabta.cases.models import Attachment, Case, Evidence
from rabta.cases.source_files import stays_at_desk
from rabta.channels.registry import BY_KIND
from rabta.force import names, ranks
from rabta.force.access import Scope
from rabta.force.models import Post
from rabta.journey.posts import holdings
from rabta.kit import distance, phones, scripts
from rabta.kit.mentions import without_mentions
from rabta.outbox.models import Delivery

register = template.Library()

# Icons that point somewhere are mirrored where the page reads from the right.
_TURNS = frozenset({"reply", "forward", "back", "next", "send", "exit", "undo"})
_CHANNEL_ICONS = {
    "webform": "form",
    "met": "users",
    "force": "forward",
    "whatsapp": "whatsapp",
    "whatsapp_export": "users",
    "sms": "sms",
    "kannel": "sms",
    "email": "mail",
    "facebook": "facebook",
    "instagram": "instagram",
    "x": "posts",
    "telegram": "send",
}
_LANGUAGE_NAMES = {"en": "English", "hi": "हिन्दी", "ur": "اردو", "ps": "پښتو", "pa": "ਪੰਜਾਬੀ"}


@register.filter
def direction(text: str) -> str:
    """`rtl` or `ltr` for a text that somebody wrote."""
    return scripts.direction(text or "")


@register.filter
def by_sms(delivery: Delivery | None) -> bool:
    """Whether an order was told by SMS, which it is when it did not arrive otherwise."""
    return delivery is not None and BY_KIND[delivery.account.channel].forgeable


@register.filter
def of_a_source(attachment: Attachment) -> bool:
    """Whether who sent it is protected: then its name is not told (files are named after people)."""
    return attachment.message.hides_author


@register.filter
def kept_at_desk(attachment: Attachment) -> bool:
    """Whether officers read what the desk noted of a source's file, and do not get the file."""
    return stays_at_desk(attachment)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """`{% icon "reply" %}`: a drawing of icons.svg; with a label it is read out, without one it is decoration."""
    classes = "icon icon-turns" if name in _TURNS else "icon"
    use = format_html('<use href="{}#{}"/>', static("icons.svg"), name)
    if label:
        return format_html('<svg class="{}" role="img" aria-label="{}">{}</svg>', classes, label, use)
    return format_html('<svg class="{}" aria-hidden="true">{}</svg>', classes, use)


@register.filter
def named(name: str) -> str:
    """A person's name; a telephone number that stands for it with its spaces, never turned round."""
    return ref(phones.shown(name)) if name.startswith("+") else name


@register.filter
def localised(name: str) -> str:
    """A unit, post or place that was stored with its English name, in the reader's language."""
    return names.localised(name)


@register.filter
def channel_icon(kind: str) -> str:
    """The drawing of a channel; a bubble for one that has none."""
    return _CHANNEL_ICONS.get(kind, "chat")


@register.filter
def ref(text: str) -> SafeString:
    """A reference number, telephone number or the like: never turned round, never broken."""
    return format_html('<bdi dir="ltr" class="reference">{}</bdi>', text)


_REFERENCE = re.compile(r"\b[A-Z0-9]{2,5}-[0-9A-Z]{4}-[0-9A-Z]{4}\b")


@register.filter
def said(text: str) -> SafeString:
    """What somebody wrote, with reference numbers in it kept whole."""
    return mark_safe(_REFERENCE.sub(r'<bdi dir="ltr" class="reference">\g<0></bdi>', escape(str(text))))  # noqa: S308


@register.filter
def tongue(code: str) -> str:
    """A language in its own words; Roman script has a `-latn` at its end."""
    base, _dash, script = (code or "").lower().partition("-")
    if base in ("roman", "rom") or script == "latn":
        return _("Roman script")
    return _LANGUAGE_NAMES.get(base, code or "")


@register.filter
def rank(text: str) -> str:
    """An officer's rank in the reader's language."""
    return ranks.localised(text or "")


@register.filter
def listed(found: Iterable[object]) -> str:
    """Short words one behind the other, with the comma of the reader's language."""
    return names.listed(found)


@register.filter
def html_lang(code: str) -> str:
    """The `lang` attribute for a text in one of our languages; empty when it is not known."""
    if code == "roman":
        return "ur-Latn"
    base = (code or "").lower().partition("-")[0]
    return (
        f"{base}-Latn" if (code or "").lower().endswith("-latn") else base if base in _LANGUAGE_NAMES else ""
    )


@register.filter
def day(at: datetime) -> str:
    """The day of a conversation: `Today`, `Yesterday`, or its date."""
    local = timezone.localtime(at)
    days = (timezone.localdate() - local.date()).days
    return {0: _("Today"), 1: _("Yesterday")}.get(days) or date_format(local, "DATE_FORMAT")


@register.filter
def ago(at: datetime | None) -> str:
    """How long since, in one short word: `now`, `5 min`, `3 h`, `2 d`."""
    return short_span((timezone.now() - at).total_seconds()) if at else ""


_FORMS = {"clock": "TIME_FORMAT", "date": "DATE_FORMAT"}


@register.filter(expects_localtime=True)
def in_form(at: datetime, form: str) -> str:
    """A time as `<c-time>` writes it: `clock`, `day`, `date` and `ago`; in full for any other form."""
    if form == "day":
        return day(at)
    if form == "ago":
        return ago(at)
    return date_format(at, _FORMS.get(form, "DATETIME_FORMAT"))


@register.filter
def left(at: datetime | None) -> str:
    """How long until, in the same short words; empty when it is over."""
    seconds = (at - timezone.now()).total_seconds() if at else 0
    return short_span(seconds) if seconds > 0 else ""


def short_span(seconds: float) -> str:
    """A span of time in its largest unit."""
    minutes = int(abs(seconds) // 60)
    if minutes < 1:
        return _("now")
    if minutes < 60:
        return ngettext("%(n)d min", "%(n)d min", minutes) % {"n": minutes}
    if minutes < 48 * 60:
        return ngettext("%(n)d h", "%(n)d h", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)d d", "%(n)d d", minutes // 1440) % {"n": minutes // 1440}


@register.filter
def initials(name: object) -> str:
    """The letters that stand for a name: two of a Latin one, one of others, never of two scripts or with a digit."""
    parts = [part for part in re.split(r"[\s@-]+", str(name or "")) if part[:1].isalpha()]
    if not parts:
        return "?"
    first = parts[0][0]
    two = scripts.script_of(first) == "latin" and len(parts) > 1 and parts[-1].isalpha()
    return (first + parts[-1][0] if two and scripts.script_of(parts[-1]) == "latin" else first).upper()


@register.filter
def shade(key: object) -> int:
    """One of five colours for an avatar: always the same for the same person."""
    return sum(str(key).encode()) % 5


@register.filter
def get(mapping: Mapping[object, object] | None, key: object) -> object:
    """`mapping|get:key`, for keys that are variables."""
    return mapping.get(key) if mapping else None


@register.filter
def as_json(value: object) -> str:
    """A value as JSON, for a data attribute (Django escapes it there)."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@register.filter
def telephone(number: str) -> SafeString:
    """A number with its spaces, as a link that calls it; an @name as it is."""
    if number.startswith("@"):
        return format_html('<bdi dir="ltr">{}</bdi>', number)
    return format_html('<a href="tel:{}">{}</a>', number, ref(phones.shown(number)))


@register.filter
def post_direction(text: str) -> str:
    """`rtl` or `ltr` of a public post: by its words, not by the @names that it begins with."""
    return scripts.direction(without_mentions(text))


@register.filter
def accounts_to_take(scope: Scope | None) -> int:
    """How many accounts of the force the officer answers for and has not taken over yet."""
    return holdings.waiting(scope.officer) if scope else 0


@register.filter
def acting_as(scope: Scope | None) -> list[Post]:
    """The posts that an officer holds today, in the order of the postings."""
    if scope is None:
        return []
    found = Post.objects.in_bulk([grant.post_id for grant in scope.grants])
    return [found[grant.post_id] for grant in scope.grants]


@register.simple_tag
def here(path: str, address: str, *below: str) -> SafeString:
    """`aria-current` of a link to `address`: `page` on that page, `true` on those below it (or below what is named)."""
    if path != address and not path.startswith(below or (address,)):
        return SafeString()
    return format_html(' aria-current="{}"', "page" if path == address else "true")


@register.filter
def from_place(proof: Evidence, case: Case) -> str:
    """How far from the place of the case a photo was sent, in words; empty where one of the two is not known.

    A fact for whoever decides: an office may send what was taken elsewhere.
    """
    return _distance(proof.lat, proof.lng, case)


@register.filter
def camera_from_place(proof: Evidence, case: Case) -> str:
    """The same by the picture's own word: where the camera was when it was taken."""
    return _distance(proof.camera_lat, proof.camera_lng, case)


@register.filter
def camera_time(noted: str) -> str:
    """The time that a camera noted, by its own clock: mostly without a zone, so nothing is made of it."""
    return noted[:16].replace("T", " ")


def _distance(lat: float | None, lng: float | None, case: Case) -> str:
    if lat is None or lng is None or case.lat is None or case.lng is None:
        return ""
    far = distance.metres((lat, lng), (case.lat, case.lng))
    if far < 1000:
        return _("%(n)d m") % {"n": round(far, -1)}
    return _("%(n)s km") % {"n": number_format(far / 1000, decimal_pos=1)}
