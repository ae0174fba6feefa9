"""Words that stand beside the text: the place that was named, and the names of files, may accuse as well."""

from types import SimpleNamespace
from typing import Any

import pytest

from rabta.cases.models import Case, Message, Order
from rabta.intake import forms
from tests.cast import HOUR, NOW, Citizen, hears, read
from tests.steps.stage import theft

LATER = NOW + HOUR
ACCUSING = "Kotwali thana, SHO Noor Haider took it and beat me"
LAT, LNG = 34.0, 71.5


def form(cast: SimpleNamespace, **facts: Any) -> Case:
    entry = forms.Entry(submission="f1", text="My motorcycle is gone", category="theft", **facts)
    forms.submit(account=cast.form, entry=entry, files=(), now=NOW)
    read(at=NOW)
    return Case.objects.get()


def located(who: Citizen, name: str, address: str = "") -> Any:
    place = {"latitude": LAT, "longitude": LNG, "name": name, "address": address}
    return who._message("location", location=place)


def document(who: Citizen, name: str, caption: str = "") -> Any:
    paper = {"id": "77", "mime_type": "application/pdf", "sha256": "ab" * 32, "filename": name}
    return who._message("document", document=paper | ({"caption": caption} if caption else {}))


def test_a_place_that_accuses_is_withheld_and_ordered_to_nobody(cast: SimpleNamespace) -> None:
    case = form(cast, place=ACCUSING)
    assert (case.withheld, case.withheld_why["words"]) == ("accusation", "kotwali … beat")
    assert not Order.objects.exists()


def test_a_place_that_names_a_police_station_routes_as_before(cast: SimpleNamespace) -> None:
    case = form(cast, place="Kotwali thana")
    assert (case.withheld, Order.objects.count() > 0) == ("", True)


@pytest.mark.parametrize("name", ["SHO Kotwali rishwat.pdf", "SHO_Kotwali_rishwat.pdf"])
def test_the_name_of_a_file_that_accuses_opens_a_case_of_its_own(cast: SimpleNamespace, name: str) -> None:
    who = Citizen()
    case = theft(cast, who)
    hears(cast, document(who, name), at=LATER)
    kept = Message.objects.get(attachments__name=name)
    assert kept.case and kept.case != case and kept.case.withheld == "accusation"
    assert Case.objects.get(pk=case.pk).withheld == ""


def test_the_name_and_address_of_a_location_are_judged_too(cast: SimpleNamespace) -> None:
    who = Citizen()
    case = theft(cast, who)
    hears(cast, located(who, "SHO Kotwali", "takes bribes here every day"), at=LATER)
    kept = Message.objects.get(lat=LAT)
    assert kept.case and kept.case != case and kept.case.withheld == "accusation"
    assert Case.objects.get(pk=case.pk).place == case.place


def test_what_stood_beside_earlier_words_counts_with_the_later_ones(cast: SimpleNamespace) -> None:
    who = Citizen()
    hears(cast, document(who, "Complaint of Kotwali thana.pdf", "Please look into it"), at=NOW)
    hears(cast, who.says("They beat me and took 5000 to let me go"), at=NOW + HOUR / 60)
    assert Case.objects.get().withheld == "accusation"


def test_a_place_that_tells_of_danger_is_one(cast: SimpleNamespace) -> None:
    assert form(cast, place="Kotwali bazaar, they are shooting at us here, send help").urgency == 0
