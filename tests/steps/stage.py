"""What these tests ask again and again."""

from datetime import datetime
from types import SimpleNamespace

from rabta import journey
from rabta.cases.models import Case, Event, Message, Order
from rabta.outbox.models import Delivery
from tests.cast import KOTWALI, MINUTE, NOW, Citizen, acting, hears

# A theft with its place, in each language; a station's name is the place.
THEFT = {
    "en": "My motorcycle was stolen near Kotwali last night",
    "ur": "کل رات کوتوالی کے پاس میری موٹر سائیکل چوری ہو گئی",
    "hi": "कल रात कोतवाली के पास मेरी मोटरसाइकिल चोरी हो गई",
    "ps": "زما موټرسایکل پرون شپه په کوتوالی کې غلا شو",
    "roman": "kal raat kotwali ke paas meri motorcycle chori ho gayi hai",
}
ACCUSATION = {
    "en": "The SHO of Kotwali asked me for a bribe to register my FIR",
    "ur": "کوتوالی کے ایس ایچ او نے مجھ سے رشوت مانگی",
    "hi": "कोतवाली के थानेदार ने मुझसे रिश्वत मांगी",
    "ps": "د کوتوالی پولیسو له ما رشوت وغوښت",
    "roman": "kotwali ke SHO ne mujh se rishwat mangi hai",
}


def theft(cast: SimpleNamespace, citizen: Citizen | None = None) -> Case:
    """A motorcycle stolen at Kotwali: ordered to the SHO, the circle officer informed."""
    citizen = citizen or Citizen()
    hears(cast, citizen.says(THEFT["en"]), citizen.pins(KOTWALI), at=NOW)
    return Case.objects.latest("id")


def accusation(cast: SimpleNamespace, citizen: Citizen | None = None) -> Case:
    """The SHO of Kotwali is accused of taking money; nobody has decided anything yet."""
    hears(cast, (citizen or Citizen()).says(ACCUSATION["en"]), at=NOW)
    return Case.objects.latest("id")


def waits_beside(cast: SimpleNamespace, citizen: Citizen, *, at: datetime) -> Case:
    """Words of somebody who has a secret matter, that may belong to it, and what the desk does until it knows."""
    message = citizen.says("He came again. It is me, Haider")
    hears(cast, message, at=at)
    hears(cast, citizen.edits(message, "He came again. It is me, Haider of shop 14"), at=at + MINUTE)
    case = Case.objects.latest("id")
    assert case.withheld_why == {"code": "beside_secret"}
    with acting(cast.operator) as by:
        journey.reply(case=case, text="Who came?", by=by, now=at + 2 * MINUTE)
        journey.note(case=case, text="Ask him", by=by, now=at + 2 * MINUTE)
    return case


def lead(case: Case) -> Order:
    """The open order to lead."""
    return Order.objects.get(case=case, part="lead", state__in=("issued", "accepted", "reported"))


def told(case: Case) -> list[str]:
    """What the citizen was told in this case, in order."""
    return list(
        Message.objects.filter(case=case, direction="out").order_by("id").values_list("text", flat=True)
    )


def happened(case: Case) -> list[str]:
    """The events of a case, in order."""
    return list(Event.objects.filter(case=case).order_by("id").values_list("what", flat=True))


def phones_told() -> dict[str, str]:
    """The last words to each officer's telephone."""
    return dict(Delivery.objects.exclude(number="").order_by("id").values_list("number", "text"))


def counts() -> tuple[int, ...]:
    """How many cases, messages, orders, events and deliveries there are."""
    return tuple(model.objects.count() for model in (Case, Message, Order, Event, Delivery))
