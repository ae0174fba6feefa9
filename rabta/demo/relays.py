"""Instructions of the demonstration: one half way down with a late level, one with proof; and good work."""

from datetime import datetime, timedelta

from django.utils import timezone

from rabta.files.models import StoredFile
from rabta.force import directory as force_directory
from rabta.force.access import Scope, scope_of
from rabta.force.models import Officer, Role
from rabta.groups.models import Direction, Group, Hop, Proof
from rabta.journey.groups.directions import directing, praising, proving, relaying
from rabta.journey.groups.directions.directing import New
from rabta.journey.groups.directions.praising import Told

HOUR = timedelta(hours=1)
LATE = "PSH-RURAL"  # does not confirm
WAITS = "PSH-GLB"  # its head finds it waiting
STANDS = {
    "": "Two men in uniform at each bus stand from six till ten in the evening, till Friday.",
    "ur": "جمعہ تک ہر بس اڈے پر شام چھ سے دس بجے تک وردی میں دو اہلکار تعینات رہیں۔",
    "hi": "शुक्रवार तक हर बस अड्डे पर शाम छह से दस बजे तक वर्दी में दो जवान रहें।",
}
STANDS_TITLES = {"ur": "بس اڈوں کی نگرانی", "hi": "बस अड्डों की निगरानी"}
HELPLINE = {
    "": "Put the helpline poster where everybody who enters the station sees it, and send a photo of it.",
    "ur": "ہیلپ لائن کا پوسٹر وہاں لگائیں جہاں تھانے میں آنے والا ہر شخص دیکھے، اور اس کی تصویر بھیجیں۔",
    "hi": "हेल्पलाइन का पोस्टर वहाँ लगाएँ जहाँ थाने में आने वाला हर व्यक्ति देखे, और उसकी फ़ोटो भेजें।",
}
HELPLINE_TITLES = {"ur": "ہر تھانے میں ہیلپ لائن کا پوسٹر", "hi": "हर थाने में हेल्पलाइन का पोस्टर"}


def play(*, now: datetime) -> None:
    """Played by the same acts as in service."""
    force_directory.forget()
    _half_way(now=now)
    _with_proof(now=now)
    _good_work(now=now)


def _half_way(*, now: datetime) -> None:
    """From headquarters, police only: a circle of Peshawar is late, so that its stations had it without its words."""
    at = now - 6 * HOUR
    top = Group.objects.get(kind=Group.Kind.HEADQUARTERS)
    direction = _give(
        top, "Watch over bus stands", STANDS, at=at, titles=STANDS_TITLES, police_only=True, limit=4 * HOUR
    )  # fmt: skip
    for hours, depth in ((1, 1), (1.5, 2), (3, 3)):
        for hop in _level(direction, depth):
            if hop.unit.code != LATE:
                words = "Also at the railway station." if hop.unit.code == "PSH-CITY" else ""
                _passes(hop, words, at=at + hours * HOUR)
    for hop in _level(direction, 4)[::2]:
        if hop.unit.code != WAITS:
            relaying.receive(hop=hop, by=_holder(hop, at), now=now - HOUR)
    relaying.tick(now=now)
    for hop in Hop.objects.filter(alone_at__isnull=False, carried_at=None):
        relaying.carry(hop.pk, now=now)


def _with_proof(*, now: datetime) -> None:
    """From the district, at once: one station's photo is verified, one waits, one was not enough, one sent none."""
    at = now - 26 * HOUR
    district = Group.objects.get(kind=Group.Kind.DISTRICT, unit__code="PSH")
    direction = _give(
        district, "Helpline poster in every station", HELPLINE, at=at, titles=HELPLINE_TITLES,
        at_once=True, limit=24 * HOUR, proof=Direction.Proof.PHOTO,
        proof_words="The poster, and the entrance", proof_due_at=now + 48 * HOUR,
    )  # fmt: skip
    pictures = list(StoredFile.objects.filter(kind="image", cleaned__isnull=False).order_by("pk")[:3])
    city = _scope(Officer.objects.get(username="asad-mohmand"), at)
    decided = {"PSH-GLB": Proof.State.VERIFIED, "PSH-FQD": Proof.State.REJECTED, "PSH-KBL": None}
    for picture, (code, decision) in zip(pictures, decided.items(), strict=False):
        hop = direction.hops.select_related("post", "direction", "unit").get(unit__code=code)
        proof = proving.send(hop=hop, text="", stored=[picture], by=_holder(hop, at), now=at + 3 * HOUR)
        if decision:
            remark = "The entrance can’t be seen." if decision == Proof.State.REJECTED else ""
            proving.judge(proof=proof, decision=decision, remark=remark, by=city, now=at + 5 * HOUR)


def _give(group: Group, title: str, words: dict[str, str], *, at: datetime, **facts: object) -> Direction:
    role = Role.CHIEF if group.kind == Group.Kind.HEADQUARTERS else Role.DISTRICT_HEAD
    posting = group.unit.posts.get(role=role).postings.filter(ends=None).select_related("officer")
    by = _scope(posting.order_by("id")[0].officer, at)
    new = New(title=title, words=words, group=group, **facts)  # type: ignore[arg-type]
    direction = directing.give(new, by=by, now=at)
    relaying.spread(direction.pk, now=at)
    return direction


def _level(direction: Direction, depth: int) -> list[Hop]:
    rows = direction.hops.filter(path__len=depth, state=Hop.State.TOLD, post__isnull=False)
    return list(rows.select_related("unit", "post", "direction").order_by("pk"))


def _passes(hop: Hop, words: str, *, at: datetime) -> None:
    relaying.pass_on(hop=hop, words=words, by=_holder(hop, at), now=at)
    relaying.carry(hop.pk, now=at)


def _holder(hop: Hop, at: datetime) -> Scope:
    assert hop.post is not None
    held = hop.post.postings.filter(ends=None).select_related("officer")
    return _scope(held.order_by("id")[0].officer, at)


def _scope(officer: Officer, at: datetime) -> Scope:
    return scope_of(officer, on=timezone.localdate(at))


def _good_work(*, now: datetime) -> None:
    """One has come to the district; the other waits at headquarters."""
    sho, circle, district = (
        _scope(Officer.objects.get(username=name), now)
        for name in ("noor-haider", "asad-mohmand", "farrukh-durrani")
    )
    picture = StoredFile.objects.filter(kind="image", cleaned__isnull=False).order_by("-pk").first()
    gang = praising.submit(
        told=Told(
            title="Gang of motorcycle thieves arrested",
            text="Three men were arrested at Gulbahar Chowk; eleven motorcycles go back to their owners.",
            people=["Sub-Inspector Noor Haider", "Constable Imran Gul"],
            promised=True,
        ),
        stored=[picture] if picture else [],
        by=sho,
        now=now - 50 * HOUR,
    )  # fmt: skip
    praising.support(work=gang, remark="Four nights of patient work.", by=circle, now=now - 40 * HOUR)
    praising.support(work=gang, remark="Recommended for a certificate.", by=district, now=now - 30 * HOUR)
    region = gang.unit.path[1]
    head = Officer.objects.filter(postings__post__unit=region, postings__post__role=Role.RANGE_HEAD).first()
    if head:
        praising.support(work=gang, remark="", by=_scope(head, now), now=now - 20 * HOUR)
    desk = praising.submit(
        told=Told(
            title="A help desk for women in the evening",
            text="Since Monday two women constables sit at the gate from five till nine. Twelve women came.",
            people=["Constable Shazia Bibi"],
            promised=True,
        ),
        by=sho,
        now=now - 10 * HOUR,
    )
    praising.support(work=desk, remark="Other stations ask about it.", by=circle, now=now - 4 * HOUR)
