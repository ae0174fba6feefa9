"""Two holders of one post at the same moment: one does it, the other is told who it was."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction

from rabta.cases.refusal import Refused
from rabta.force import directory
from rabta.force.models import Officer
from rabta.groups.models import Hop, Proof
from rabta.journey.groups.directions import proving, relaying
from tests.cast import DAY, NOW, acting, also_holds, post_named
from tests.groups import stage
from tests.groups.relay_stage import given, hop, scope
from tests.steps.together_test import cast, together

__all__ = ["cast"]
pytestmark = pytest.mark.django_db(transaction=True)


def does(who: Officer, act: Callable[..., Any], **what: Any) -> Callable[[], object]:
    """The officer's act in a transaction of its own."""

    def run() -> object:
        with transaction.atomic(), acting(who) as by:
            act(**what, by=by, now=NOW)
        return who

    return run


def test_of_two_at_once_one_receives_passes_on_and_decides(cast: SimpleNamespace) -> None:
    cast.groups = stage.groups(cast)
    also_holds(cast.sp_mardan, post_named(cast.sp))
    directory.forget()
    facts: dict[str, Any] = {"proof": "answer", "proof_words": "How many men", "proof_due_at": NOW + DAY}
    direction = given(cast, at_once=True, **facts)
    found = hop(direction, cast.groups.district)
    both = (cast.sp, cast.sp_mardan)
    first = together(*(does(who, relaying.receive, hop=found) for who in both))
    assert sorted(isinstance(one, Refused) for one in first) == [False, True], first
    (done,) = [one for one in first if not isinstance(one, Refused)]
    assert Hop.objects.get(pk=found.pk).received_by == done
    (refused,) = [str(one) for one in first if isinstance(one, Refused)]
    assert str(done) in refused and "look again" in refused
    second = together(*(does(who, relaying.pass_on, hop=found, words=who.name) for who in both))
    (passed,) = [one for one in second if not isinstance(one, Refused)]
    assert Hop.objects.get(pk=found.pk).addition == passed.name  # type: ignore[attr-defined]
    station = hop(direction, cast.groups.station)
    with transaction.atomic():
        proof = proving.send(hop=station, text="Two", by=scope(cast.sho), now=NOW)
    third = together(
        does(cast.co, proving.judge, proof=proof, decision="verified", remark=""),
        does(cast.sp, proving.judge, proof=proof, decision="rejected", remark="One is missing"),
    )
    assert sorted(isinstance(one, Refused) for one in third) == [False, True], third
    assert Proof.objects.get(pk=proof.pk).state == Hop.objects.get(pk=station.pk).proof_state
