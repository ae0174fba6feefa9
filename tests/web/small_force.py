"""A force of two stations under one headquarters, with few officers and hand-made cases: enough to ask who sees."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

from rabta.cases.models import Case, Conversation, Event, Message, Order
from rabta.channels.models import Account, Credential
from rabta.force import directory
from rabta.force.models import Level, Officer, Post, Posting, Role, Unit
from rabta.kit import ids
from rabta.people.models import Handle, Person

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"


def unit(code: str, parent: Unit | None = None, *, level: str) -> Unit:
    """A unit below `parent`, with its path."""
    rank = len(parent.path) if parent else 0
    of, _ = Level.objects.get_or_create(code=level, defaults={"name": level.title(), "rank": rank})
    made = Unit.objects.create(code=code, name=code.title(), level=of, parent=parent, reference_prefix="PRY")
    made.path = [*(parent.path if parent else []), made.pk]
    made.save()
    return made


def officer(username: str, role: str, at: Unit, *, since: date = date(2026, 1, 1)) -> Officer:
    """An officer who holds a new post of this role at the unit."""
    made = Officer.objects.create(username=username, name=username.title(), password="!")
    post = Post.objects.create(code=f"{username}-post", name=f"Post of {username}", unit=at, role=role)
    Posting.objects.create(officer=made, post=post, starts=since)
    return made


def post_of(who: Officer) -> Post:
    """The one post that the officer holds."""
    return Post.objects.get(postings__officer=who)


def case(*, desk: Unit, seen_by: list[Unit], account: Account, **facts: object) -> Case:
    """A case that these units see, of a person of its own."""
    person = Person.objects.create(alias=f"Kite {ids.public_id()[:4]}", first_seen_at=NOW)
    handle = Handle.objects.create(
        person=person, scheme="phone", digest=ids.public_id().encode(), created_at=NOW
    )
    conversation = Conversation.objects.create(account=account, handle=handle, last_in_at=NOW)
    units = sorted(each.pk for each in seen_by)
    made = Case.objects.create(
        **{
            "reference": ids.reference(prefix="PRY"),
            "conversation": conversation,
            "account": account,
            "subject": "Noise at night",
            "desk_unit": desk,
            "visible_to": units,
            "opened_at": NOW,
            "last_in_at": NOW,
            "changed_at": NOW,
            **facts,
        }
    )
    Message.objects.create(
        conversation=conversation,
        case=made,
        direction="in",
        text="Loud music",
        received_at=NOW,
        visible_to=made.visible_to,
        hidden_from=made.hidden_from,
    )
    return made


def order(of: Case, to: Officer, part: str = "lead") -> Order:
    """An order on the case to the officer's post."""
    post = post_of(to)
    return Order.objects.create(
        case=of,
        post=post,
        unit=post.unit,
        part=part,
        issued_at=NOW,
        visible_to=of.visible_to,
        hidden_from=of.hidden_from,
        instruction="Go there",
    )


def happens(to: Case, what: str = "noted", at: datetime = NOW) -> Event:
    """An event of the case."""
    return Event.objects.create(case=to, at=at, what=what, system_reason="test")


def make() -> SimpleNamespace:
    """Headquarters with a desk, stations North and South, and who works there."""
    directory.forget()
    hq = unit("HQ", level="force")
    desk = unit("DESK", hq, level="desk")
    north, south = unit("NORTH", hq, level="station"), unit("SOUTH", hq, level="station")
    credential = Credential.objects.create(channel="whatsapp", name="Test", sealed_values=b"")
    account = Account.objects.create(
        credential=credential, channel="whatsapp", name="Help line", external_id="1", unit=hq
    )
    return SimpleNamespace(
        hq=hq,
        desk=desk,
        north=north,
        south=south,
        account=account,
        operator=officer("operator", Role.DESK_OPERATOR, desk),
        desk_head=officer("desk-head", Role.DESK_HEAD, desk),
        administrator=officer("administrator", Role.ADMINISTRATOR, desk),
        sho_north=officer("sho-north", Role.SHO, north),
        sho_south=officer("sho-south", Role.SHO, south),
    )
