"""What the demonstration's police said to the public: a bulletin of this week, a rumour, three official versions."""

from datetime import datetime, timedelta

from django.utils import timezone

from rabta.force.access import Scope, scope_of
from rabta.force.models import Officer, Unit
from rabta.groups.models import Group, Member
from rabta.journey.groups.bulletins import claiming, issuing, verifying
from rabta.journey.press import asking, releasing, writing
from rabta.publishing import checklist
from rabta.publishing.models import Version

ALL = frozenset(checklist.POINTS)
FIRE = (
    "Two shops burned in Karkhano Market on Friday evening. The fire was out at 21:40. Nobody was hurt.",
    "جمعہ کی شام کارخانو مارکیٹ میں دو دکانیں جل گئیں۔ آگ رات نو بج کر چالیس منٹ پر بجھا دی گئی۔ کوئی زخمی نہیں ہوا۔",
)
CORRECTED = (
    "Three shops burned in Karkhano Market on Friday evening, not two. The fire was out at 21:40. Nobody was hurt.",
    "جمعہ کی شام کارخانو مارکیٹ میں دو نہیں، تین دکانیں جلیں۔ آگ نو بج کر چالیس منٹ پر بجھ گئی۔ کوئی زخمی نہیں ہوا۔",
)
ROAD = (
    "Ring Road is open in both directions again since Sunday noon.",
    "رنگ روڈ اتوار دوپہر سے دونوں سمتوں میں دوبارہ کھلا ہے۔",
)
FLOOD = {
    "": "The Bara river rises. Leave the low ground at Sheikhan and Achini before dark. Help people who walk badly.",
    "ur": "باڑہ ندی میں پانی بڑھ رہا ہے۔ اندھیرے سے پہلے شیخان اور اچینی کا نشیبی علاقہ چھوڑ دیں۔ بزرگوں کی مدد کریں۔",
    "ps": "د باړې سیند راپورته کېږي. له تیارې مخکې د شیخانو او اچینۍ ټیټه ځمکه پرېږدئ. له کمزورو سره مرسته وکړئ.",
}
RUMOUR = "They say that two children were taken near Hashtnagri school this morning, forward to all parents"
NEUTRAL = "Two children are said to have been taken near Hashtnagri school this morning."


def play(*, now: datetime) -> None:
    """Everything in the order in which it happened. In the context of the demonstration's filling."""
    writer, head = (_scope(name, now) for name in ("arif-zaman", "mehreen-saleem"))
    force = Unit.objects.get(level__code="force")
    media = list(
        Group.objects.filter(kind=Group.Kind.MEDIA, unit__code__in=["CPO", "PSH"]).select_related("unit")
    )
    old = _version(
        "Fire in Karkhano Market",
        "کارخانو مارکیٹ میں آگ",
        FIRE,
        force,
        writer,
        head,
        media,
        now - timedelta(days=5),
    )
    _version(
        "Fire in Karkhano Market", "کارخانو مارکیٹ میں آگ", CORRECTED, force, writer, head, media,
        now - timedelta(days=4), corrects=old,
    )  # fmt: skip
    _version(
        "Ring Road is open", "رنگ روڈ کھل گیا", ROAD, force, writer, head, media, now - timedelta(days=2)
    )
    asking.enter(
        unit=force, outlet="Daily Khyber", text="What happened at the petrol pump on Jamrud Road last night?",
        by=writer, now=now - timedelta(minutes=25),
    )  # fmt: skip
    _bulletin(writer, head, now - timedelta(hours=60))
    _claim(head, now - timedelta(hours=3))


def _scope(username: str, now: datetime) -> Scope:
    return scope_of(Officer.objects.get(username=username), on=timezone.localdate(now))


def _version(
    title: str,
    title_ur: str,
    words: tuple[str, str],
    unit: Unit,
    writer: Scope,
    head: Scope,
    media: list[Group],
    at: datetime,
    corrects: Version | None = None,
) -> Version:
    facts = writing.Facts(
        unit=unit, title=title, title_ur=title_ur, text=words[0], text_ur=words[1], corrects=corrects
    )
    made = writing.write(facts=facts, ticked=ALL, by=writer, now=at)
    writing.approve(version=made, ticked=ALL, by=head, now=at + timedelta(minutes=12))
    return releasing.release(version=made, groups=media, by=head, now=at + timedelta(minutes=15))


def _bulletin(writer: Scope, head: Scope, at: datetime) -> None:
    district = Unit.objects.get(code="PSH")
    groups = Group.objects.filter(
        kind__in=[Group.Kind.VOLUNTEERS, Group.Kind.CIRCLE],
        visible_to__contains=[district.pk],
        closed_at=None,
    )
    facts = issuing.Facts(
        title="Flood of the Bara river", words=FLOOD, groups=list(groups.select_related("unit").order_by("path")),
        place=(33.95, 71.5), radius_km=12.0,
    )  # fmt: skip
    made = issuing.write(facts=facts, ticked=ALL, by=writer, now=at)
    issuing.let_go(bulletin=made, by=head, now=at + timedelta(minutes=4))


def _claim(head: Scope, at: datetime) -> None:
    members = list(
        Member.objects.filter(
            state="active", kind__in=["clg", "trader", "digital_volunteer", "village_guard"]
        )
        .select_related("unit")
        .order_by("pk")[:9]
    )
    if len(members) < 3:
        return
    reports = [claiming.offered(member=one, text=RUMOUR, now=at) for one in members[:2]]
    claim = claiming.open_claim(
        text=NEUTRAL, unit=Unit.objects.get(code="PSH"), place="Hashtnagri", at=(34.011, 71.585), by=head,
        now=at + timedelta(minutes=5), reports=reports,
    )  # fmt: skip
    verifying.ask(claim=claim, by=head, now=at + timedelta(minutes=6))
    asked = Member.objects.filter(pk__in=verifying.asked_of(claim)).select_related("unit").order_by("pk")
    for n, member in enumerate(asked[:7]):
        answer = ("no", "no", "unknown", "no", "yes")[n % 5]
        verifying.answered(member=member, claim=claim, answer=answer, now=at + timedelta(minutes=8 + n))
    late = members[-1]
    claiming.offered(member=late, text=f"{RUMOUR} please", now=at + timedelta(minutes=50))
