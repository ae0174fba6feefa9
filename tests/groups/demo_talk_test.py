"""What the demonstration's volunteers wrote: two greetings are held back, the rest waits for the moderator."""

from types import SimpleNamespace

import pytest

from rabta.demo import talk
from rabta.demo.force import rows
from rabta.force.access import system
from rabta.groups.models import Item
from rabta.journey.groups import talk_words
from tests.cast import NOW
from tests.groups import stage

pytestmark = pytest.mark.django_db


def test_the_moderation_page_of_the_demonstration_is_not_empty(cast: SimpleNamespace) -> None:
    groups = stage.groups(cast)
    cast.hq.code = "CPO"
    cast.hq.save(update_fields=["code"])
    for row in [row for row in rows("members") if row["unit"] == talk.UNIT]:
        stage.member(groups.station, number=row["phone"].replace(" ", ""), name=row["name"])
    with system("a test"):
        talk.play(now=NOW)
        states = list(Item.objects.order_by("received_at").values_list("state", flat=True))
    assert states == ["held", "held", "waiting", "waiting", "waiting"]
    assert not [text for _who, _at, text in talk.LINES if talk_words.is_for_desk(text)]
