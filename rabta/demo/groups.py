"""Groups of the demonstration: one for each level of the force, the volunteers of each station, police, and media."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from rabta.demo.force import rows
from rabta.force import directory
from rabta.force.access import Scope, scope_of
from rabta.force.models import Officer, Post, Role, Unit
from rabta.groups import members
from rabta.groups.models import Group, Member, Membership
from rabta.journey.groups import registry
from rabta.journey.groups.broadcasts import saying
from rabta.journey.groups.registry import Facts
from rabta.kit import phones

DAY = timedelta(days=1)
OF_LEVEL = {
    "force": Group.Kind.HEADQUARTERS,
    "range": Group.Kind.RANGE,
    "district": Group.Kind.DISTRICT,
    "circle": Group.Kind.CIRCLE,
    "station": Group.Kind.VOLUNTEERS,
}
NAMES = {
    Group.Kind.HEADQUARTERS: ("Crime, headquarters", "अपराध, मुख्यालय", "کرائم، ہیڈکوارٹر"),
    Group.Kind.RANGE: ("{0}", "{1}", "{2}"),
    Group.Kind.DISTRICT: ("{0}", "{1}", "{2}"),
    Group.Kind.CIRCLE: ("{0}", "{1}", "{2}"),
    Group.Kind.VOLUNTEERS: ("Volunteers, {0}", "स्वयंसेवक, {1}", "رضاکار، {2}"),
    Group.Kind.POLICE: ("All police", "पूरी पुलिस", "تمام پولیس"),
    Group.Kind.MEDIA: ("Media, {0}", "मीडिया, {1}", "میڈیا، {2}"),
    Group.Kind.CITIZENS: ("News of {0}", "{1} के समाचार", "{2} کی خبریں"),
}
HEADS = {
    "force": Role.CHIEF,
    "range": Role.RANGE_HEAD,
    "district": Role.DISTRICT_HEAD,
    "circle": Role.CIRCLE_OFFICER,
    "station": Role.SHO,
}
RULES = (
    "Write what concerns safety here. No greetings, no forwards that nobody verified. "
    "Volunteers hold no police authority and never put themselves at risk."
)
SAID = {
    "": "Ring Road is closed at Hayatabad Chowk until six in the evening. Please use the Northern Bypass.",
    "ur": "رنگ روڈ حیات آباد چوک پر شام چھ بجے تک بند ہے۔ براہِ کرم ناردرن بائی پاس استعمال کریں۔",
    "ps": "رینګ روډ په حیات آباد چوک کې د ماښام تر شپږو بجو تړل شوی دی. مهرباني وکړئ شمالي بای پاس وکاروئ.",
}


def create(*, now: datetime) -> None:
    """Open the groups from the top down, and put the members into theirs."""
    directory.forget()
    chief = _head(Unit.objects.get(level__code="force"), Role.CHIEF)
    scope = scope_of(chief, on=timezone.localdate(now))
    opened: dict[int, Group] = {}
    for unit in Unit.objects.select_related("level").filter(level__code__in=OF_LEVEL).order_by("path"):
        above = next((opened[pk] for pk in reversed(unit.path[:-1]) if pk in opened), None)
        opened[unit.pk] = _open(unit, OF_LEVEL[unit.level.code], scope, parent=above, now=now - 200 * DAY)
    _open(next(iter(opened.values())).unit, Group.Kind.POLICE, scope, now=now - 200 * DAY)
    for unit in (
        Unit.objects.select_related("level").filter(level__code__in=["force", "district"]).order_by("path")
    ):
        _open(unit, Group.Kind.MEDIA, scope, now=now - 150 * DAY)
    for unit in Unit.objects.select_related("level").filter(level__code="district").order_by("path"):
        _open(unit, Group.Kind.CITIZENS, scope, now=now - 90 * DAY)
    _members(today=timezone.localdate(now), now=now)


def play(*, now: datetime) -> None:
    """Something was said yesterday to the volunteers of Peshawar's city circle."""
    circle = Group.objects.get(kind=Group.Kind.CIRCLE, unit__code="PSH-CITY")
    below = list(Group.objects.filter(path__contains=[circle.pk]).order_by("path"))
    officer = _head(circle.unit, Role.CIRCLE_OFFICER)
    at = now - timedelta(hours=20)
    scope = scope_of(officer, on=timezone.localdate(now))
    saying.say(groups=below, words=SAID, what="announcement", by=scope, now=at)


def _open(unit: Unit, kind: str, scope: Scope, *, now: datetime, parent: Group | None = None) -> Group:
    names = (unit.name, unit.name_hi or unit.name, unit.name_ur or unit.name)
    name, name_hi, name_ur = (pattern.format(*names) for pattern in NAMES[Group.Kind(kind)])
    role = Role.PRO if kind in (Group.Kind.MEDIA, Group.Kind.CITIZENS) else HEADS[unit.level.code]
    run_by = Post.objects.filter(unit=unit, role=role).first() or Post.objects.get(
        unit=unit, role=HEADS[unit.level.code]
    )
    civil = kind in (Group.Kind.CIRCLE, Group.Kind.VOLUNTEERS)
    mode = Group.Mode.MODERATED if civil or kind == Group.Kind.MEDIA else Group.Mode.ANNOUNCEMENTS
    facts = Facts(
        name=name, name_hi=name_hi, name_ur=name_ur, kind=kind, unit=unit, parent=parent, administrator=run_by,
        mode=mode, rules=RULES if civil else "",
    )  # fmt: skip
    return registry.open_group(facts=facts, code=f"{unit.code.lower()}-{kind}", by=scope, now=now)


def _head(unit: Unit, role: str) -> Officer:
    held = Post.objects.get(unit=unit, role=role).postings.filter(ends=None).select_related("officer")
    return held.order_by("id")[0].officer


def _members(*, today: date, now: datetime) -> None:
    units = {unit.code: unit for unit in Unit.objects.all()}
    for row in rows("members"):
        number = phones.parse(row["phone"], region="PK") or ""
        joined = now - int(row["joined_days"]) * DAY
        member = members.made(
            scheme="phone", handle=number, address=number, name=row["name"], unit=units[row["unit"]],
            channel="whatsapp", kind=row["kind"], section=row["section"], language=row["language"],
            state=Member.State.ACTIVE, opted_in_at=joined, opted_in_by="register", joined_at=joined,
            valid_until=today + int(row["valid_days"]) * DAY, now=now,
        )  # fmt: skip
        kinds = {"journalist": [Group.Kind.MEDIA], "office": [Group.Kind.HEADQUARTERS]}
        for group in Group.objects.filter(
            unit=units[row["unit"]], kind__in=kinds.get(row["kind"], [Group.Kind.VOLUNTEERS])
        ):
            Membership.objects.create(group=group, member=member, since=joined)
