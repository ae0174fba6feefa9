"""Who was ordered on a tip cannot tell that its sender said more: every page of his is the same byte for byte with and
without what waits beside it."""

from types import SimpleNamespace

import pytest
from django.db import transaction

from rabta import journey
from rabta.cases.models import Case
from rabta.force import directory
from rabta.review.models import Digest
from tests.cast import HOUR, MINUTE, NOW, Citizen, acting, hears, post_named
from tests.conftest import AsRole
from tests.figures import measured
from tests.steps.stage import theft, waits_beside
from tests.web.silent_test import (
    Readers,
    addresses,
    all_answers,
    cast,
    first_difference,
    news_for,
    time_passes,
    told,
)

__all__ = ["cast"]
pytestmark = [pytest.mark.django_db, pytest.mark.security]
TIP = "Secret information: in Kotwali bazaar house number 12 Javed sells heroin. Keep my name secret"


def test_who_has_the_tip_reads_the_same_with_and_without_what_waits_beside_it(
    cast: SimpleNamespace, as_role: AsRole
) -> None:
    citizen = Citizen()
    own = theft(cast, citizen)
    hears(cast, citizen.says(TIP), at=NOW + 10 * MINUTE)
    tip = Case.objects.get(withheld="tip")
    with acting(cast.desk_head) as by:
        post = post_named(cast.sho)
        journey.order(case=tip, post=post, part="lead", instruction="", by=by, now=NOW + 20 * MINUTE)
    readers = Readers(as_role, [cast.sho, cast.co, cast.operator_peshawar][: measured(whole=3, part=1)])
    Digest.objects.bulk_create(Digest(officer=one) for one in readers.officers)
    directory.forget()
    with transaction.atomic():
        hidden = waits_beside(cast, citizen, at=NOW + HOUR)
        time_passes()
        wanted = addresses(own, [Case.objects.get(pk=hidden.pk)])
        wanted += [one for one in addresses(own, [Case.objects.get(pk=tip.pk)]) if one[0] == "GET"]
        answers, news, phones = all_answers(readers, wanted), news_for(readers), told(readers)
        transaction.set_rollback(True)
    directory.forget()
    time_passes()
    without = all_answers(readers, wanted)
    different = [key for key, answer in answers.items() if answer != without[key]]
    assert not different, "\n".join(
        f"{key}: {first_difference(answers[key], without[key])}" for key in different[:20]
    )
    assert (news, phones) == (news_for(readers), told(readers))
