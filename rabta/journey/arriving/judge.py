"""Judging the cases that a batch of messages opened or touched: what about, where, and who must act."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rabta.cases import beside
from rabta.cases.arrival import Heard, text_judged
from rabta.cases.models import Case, Message, Order, State, Withheld
from rabta.cases.placing import undecided
from rabta.cases.secret_matters import BESIDE
from rabta.cases.visibility import seen_by
from rabta.force.directory import Addressee, Directory
from rabta.review import dues
from rabta.review import tables as limits
from rabta.routing.route import Route, named_station, route
from rabta.rules.matter import MAY_ACCUSE, SURELY_ACCUSES
from rabta.rules.questions import PLACES
from rabta.rules.visibility import desk_for_accusation
from rabta.triage.assess import Assessment, asks_for_help, likely_accusing, police_named, retold, with_beside

READ_AGAIN = 20_000  # the last letters of what stood in the case before, or each word would cost all of it


@dataclass(kw_only=True)
class Judged:
    """A case with the decision on it. `opens`: the case is new in this batch."""

    case: Case
    opens: bool
    route: Route
    texts: str = ""

    @property
    def needs_place(self) -> bool:
        """Whether the only thing that is missing is the place."""
        return self.route.waiting.get("code") in PLACES

    def parts(self) -> Iterator[tuple[Addressee, str, dict[str, Any]]]:
        """Who gets which part of the order, and why."""
        if self.route.lead:
            yield self.route.lead, Order.Part.LEAD, self.route.why
        if self.route.inform:
            lead = self.route.why.get("unit", "")
            yield self.route.inform, Order.Part.INFORM, {"code": "superior", "unit": lead}
        if self.route.support:
            yield self.route.support, Order.Part.SUPPORT, {"code": "support"}


def judge(heard: Sequence[Heard], *, directory: Directory) -> list[Judged]:
    """Judge every case that nobody has decided yet, on what its sender wrote so far (`READ_AGAIN`). One query."""
    touched: dict[int, tuple[Case, list[Heard]]] = {}
    for h in heard:
        if h.case and not h.noise and not h.about and undecided(h.case):
            touched.setdefault(id(h.case), (h.case, []))[1].append(h)
    earlier = _earlier_texts([case for case, _group in touched.values() if case.pk])
    judged = []
    for case, group in touched.values():
        new = filter(None, (text_judged(h.item) for h in group if not h.answer))
        said, stood = earlier.get(case.pk, ("", ""))
        before = said
        texts = "\n".join(filter(None, (before[-READ_AGAIN:], *new)))
        all_read = len(before) <= READ_AGAIN
        around = "\n".join(filter(None, (stood[-READ_AGAIN:], *(beside.of_item(h.item) for h in group))))
        choices = _choices(group)
        if not case.withheld and any(h.opens and h.beside and not h.withheld for h in group):
            # beside what is secret since this batch, and so is kept as close
            withhold(case, reason=case.opens_withheld, why={"code": BESIDE}, directory=directory)
        apply_words(case, texts=texts, around=around, choices=choices, directory=directory, all_read=all_read)
        case.language = _language(group) or case.language or group[-1].conversation.language
        judged.append(
            Judged(
                case=case,
                opens=any(h.opens for h in group),
                texts=texts,
                route=decide_route(
                    case,
                    texts=texts,
                    around=around,
                    directory=directory,
                    from_officer=any(h.item.sender.handle in directory.officer_phones for h in group),
                ),
            )
        )
    return judged


def _earlier_texts(cases: Sequence[Case]) -> dict[int | None, tuple[str, str]]:
    """What was said in these cases before, and what stood beside it. One query, or none."""
    found: dict[int | None, tuple[list[str], list[str]]] = {}
    rows = Message.objects.filter(case__in=cases, direction=Message.Direction.IN).order_by("id")
    fields = "case_id", "kind", "text", "public", "about", "about_text", "revoked_at", "place_name"
    for message in beside.named(rows.only(*fields)) if cases else ():
        said, stood = found.setdefault(message.case_id, ([], []))
        said.append(message.judged_text)
        stood.append(beside.of_message(message))
    return {pk: ("\n".join(said), "\n".join(filter(None, stood))) for pk, (said, stood) in found.items()}


def _language(group: Sequence[Heard]) -> str:
    """The language of the last message that has one: a pin or a photo after the words has none."""
    return next((h.language for h in reversed(group) if h.language), "")


def _choices(group: Sequence[Heard]) -> dict[str, str]:
    return {key: value for h in group for key, value in h.item.choices.items() if value}


def apply_words(
    case: Case,
    *,
    texts: str,
    around: str,
    choices: dict[str, str],
    directory: Directory,
    all_read: bool = True,
) -> None:
    """Category, urgency, limits, and whether the case is withheld, by its words and those `around` them
    (`cases.beside`). What was withheld once only a person releases; where not all was read again, only something graver
    changes what the case is about."""
    if case.category_source == "citizen":
        choices = {"category": case.category, "kind": case.kind} | choices
    found = with_beside(texts, around, choices=choices)
    graver = bool(found.category) and found.urgency < case.urgency
    if all_read or graver or not case.category_source:
        case.category, case.category_source = found.category, found.category_source
        case.kind, case.urgency = found.kind, found.urgency
    if found.withheld and (not case.withheld or _accuses_now(found, case)):
        withhold(case, reason=found.withheld, why=found.withheld_why, directory=directory)
    dues.put_on(case, directory=directory, rules=limits.current())


def _accuses_now(found: Assessment, case: Case) -> bool:
    """Whether what was a tip or a restricted matter is by its words an accusation by now, and not only like one."""
    surely = found.withheld_why.get("code") != "accusation_like"
    return found.withheld == Withheld.ACCUSATION != case.withheld and surely


def withhold(case: Case, *, reason: str, why: dict[str, Any], directory: Directory) -> None:
    """Keep the case from being ordered by itself; an accusation goes to a desk outside the accused unit."""
    case.withheld, case.withheld_why = reason, why
    if reason == Withheld.ACCUSATION:
        case.desk_unit_id = accusation_desk(case, directory=directory)[-1]


def accusation_desk(case: Case, *, directory: Directory) -> tuple[int, ...]:
    """The path of the unit whose desk gets what accuses the unit that the case names; the highest, if it names none."""
    return desk_for_accusation(
        receiving=directory.path(case.account.unit_id),
        accused=directory.path(case.accused_unit_id) if case.accused_unit_id else (),
        desks=directory.desk_paths() or [directory.path(case.account.unit_id)[:1]],
        receivers=directory.receivers,
    )


def decide_route(
    case: Case, *, texts: str, around: str, directory: Directory, from_officer: bool = False
) -> Route:
    """Who must act; writes the reasons and who may see the case onto it. What an officer writes goes to the desk, as
    does what names the police or retells."""
    decided = route(case, texts=texts, directory=directory)
    if not decided.waiting:
        decided = replace(decided, waiting=_wants_a_person(case, texts, around, from_officer=from_officer))
    case.routing_why, case.waiting_why = decided.why, decided.waiting
    take_named_place(case, texts=texts, directory=directory)
    addressees = (decided.lead, decided.inform, decided.support)
    tasked = [] if decided.waiting else [a.post.unit_id for a in addressees if a]
    case.visible_to = seen_by(case, tasked=tasked, directory=directory)
    return decided


def _wants_a_person(case: Case, texts: str, around: str, *, from_officer: bool) -> dict[str, Any]:
    """Why the desk confirms an order that is otherwise clear.

    No list of misdeeds is complete: what names the police at all is read by a person before a station reads it,
    unless life is in danger and they are asked to come. So is what tells of somebody's words or of earlier tries, by
    which most complaints about those who should act are told without naming them, and what is like such complaints:
    where life is in danger only if it surely is, and asks nobody to come. A place that names the police (“near the
    police station”) waits for nobody.
    """
    if from_officer:
        return {"code": "from_officer"}
    in_danger = case.urgency == 0
    if in_danger and asks_for_help(texts):
        return {}
    if named := police_named(texts):
        return {"code": "names_police", "words": named}
    words = f"{texts}\n{around}" if around else texts
    if not in_danger and (told := retold(words)):
        return {"code": "retold", "words": told}
    like = likely_accusing(words, at_least=SURELY_ACCUSES if in_danger else MAY_ACCUSE)
    return {"code": "like_accusation", "words": like} if like else {}


def refresh_route(case: Case, *, directory: Directory) -> None:
    """Reasons and the place named, after a change of category or place; an ordered case keeps its unit."""
    if case.state != State.NEW:
        return
    texts = texts_of(case)
    decided = route(case, texts=texts, directory=directory)
    case.routing_why, case.waiting_why = decided.why, decided.waiting
    take_named_place(case, texts=texts, directory=directory)


def texts_of(case: Case) -> str:
    """All that the citizen wrote in the case."""
    said = case.messages.filter(direction=Message.Direction.IN).order_by("id")
    return "\n".join(message.judged_text for message in said)


def take_named_place(case: Case, *, texts: str, directory: Directory) -> None:
    """Show the place that the words name on the map, where nothing better is known; also before the category is.

    An accusation or a tip gets none: who was meant, and where, a person says.
    """
    if case.withheld in (Withheld.ACCUSATION, Withheld.TIP) or case.place_source in ("pin", "operator"):
        return
    found = named_station(case, texts=texts, directory=directory)
    spot = directory.spot(named=found[0], station=found[1]) if found else None
    if spot and case.place_source == "citizen":
        case.lat, case.lng = spot.lat, spot.lng  # the words stay as they were given: they say more
    elif spot:
        case.place, case.lat, case.lng, case.place_source = spot.name, spot.lat, spot.lng, "text"
