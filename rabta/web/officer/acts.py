"""What the buttons of the phone page do: each turns a posted form into one verb of the journey."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime

from django.http import HttpRequest
from django.utils.translation import gettext as _

from rabta import journey
from rabta.cases.models import Order, Report
from rabta.cases.refusal import Refused
from rabta.files import uploads
from rabta.files.uploads import Taken
from rabta.force.models import Officer, Unit
from rabta.journey.deciding import relayed
from rabta.journey.ending.flagging import Fir
from rabta.journey.orders.officer import REPORTABLE
from rabta.web import contacts

MOST_FILES = 10
KINDS = ("image", "audio", "video", "document")
Act = Callable[[HttpRequest, Order, Sequence[Taken], datetime], str]


def take_files(request: HttpRequest) -> list[Taken]:
    """The files of the form, checked and safe on the disk; before anything is written into the database.

    Raises `checks.UploadRefused` or `Refused`, in words.
    """
    files = request.FILES.getlist("files")
    if len(files) > MOST_FILES:
        raise Refused(_("At most %(number)s files at once.") % {"number": MOST_FILES})
    return uploads.take(files, kinds=KINDS)


def accept(request: HttpRequest, order: Order, _files: Sequence[Taken], now: datetime) -> str:
    journey.accept(order=order, by=request.scope, now=now)
    if order.on_its_way:
        return _("Received. Pass it on now.")
    return _("Noted as seen.") if order.part == Order.Part.INFORM else _("Accepted. The desk sees it.")


def on_the_way(request: HttpRequest, order: Order, _files: Sequence[Taken], now: datetime) -> str:
    journey.on_the_way(order=order, by=request.scope, now=now)
    return _("On the way. The desk sees it.")


def contacted(request: HttpRequest, order: Order, _files: Sequence[Taken], now: datetime) -> str:
    how = request.POST.get("how", "")
    journey.contacted_for_order(order=order, how=how, by=request.scope, now=now)
    return contacts.noted(how)


def evidence(request: HttpRequest, order: Order, files: Sequence[Taken], now: datetime) -> str:
    """Photos and other files; at least one."""
    if not files:
        raise Refused(_("Take or choose a photo first."))
    _add_files(request, order, files, now)
    return _("The photo is stored with the order.")


def report(request: HttpRequest, order: Order, files: Sequence[Taken], now: datetime) -> str:
    """The action-taken report, with the FIR or diary entry and more photos if there are any."""
    text = request.POST.get("text", "").strip()
    outcome = request.POST.get("outcome", "")
    if not text:
        raise Refused(_("Write what was done."))
    if outcome not in REPORTABLE:
        raise Refused(_("Choose how it ended."))
    fir = _fir(request)
    _add_files(request, order, files, now)
    contact = request.POST.get("contact", "")
    made = journey.report(
        order=order, text=text, outcome=outcome, fir=fir, contact=contact, by=request.scope, now=now
    )
    if made.waits:
        return _("Report handed in. Your station in-charge sends it on.")
    return _("Report sent. Your superior verifies it.")


def give_back(request: HttpRequest, order: Order, _files: Sequence[Taken], now: datetime) -> str:
    reason = request.POST.get("reason", "").strip()
    if not reason:
        raise Refused(_("Write why the order is returned."))
    journey.return_order(order=order, reason=reason, by=request.scope, now=now)
    return _("Returned to the desk.")


def write(request: HttpRequest, order: Order, _files: Sequence[Taken], now: datetime) -> str:
    """To the citizen, through the relay."""
    relayed.write(order=order, text=request.POST.get("text", ""), by=request.scope, now=now)
    return _("Your message is on its way. The answer comes here.")


def pass_on(request: HttpRequest, order: Order, _files: Sequence[Taken], now: datetime) -> str:
    """To the next post down the chain, perhaps with words of one's own."""
    words = request.POST.get("words", "")
    made = journey.pass_on(order=order, words=words, by=request.scope, now=now)
    return _("Passed on to %(post)s.") % {"post": made.post}


def give(request: HttpRequest, order: Order, _files: Sequence[Taken], now: datetime) -> str:
    """To an officer of the unit."""
    officer = Officer.objects.filter(public_id=request.POST.get("officer", "")).first()
    if officer is None:
        raise Refused(_("Choose an officer who holds a post at this station today."))
    journey.give(order=order, officer=officer, by=request.scope, now=now)
    return _("Given to %(officer)s, who is told on the phone.") % {"officer": officer}


def take_back(request: HttpRequest, order: Order, _files: Sequence[Taken], now: datetime) -> str:
    journey.take_back(order=order, reason=request.POST.get("reason", ""), by=request.scope, now=now)
    return _("The order is the station's own again.")


def send_on(request: HttpRequest, order: Order, _files: Sequence[Taken], now: datetime) -> str:
    journey.send_on(report=_waiting(request, order), by=request.scope, now=now)
    return _("Report sent. Your superior verifies it.")


def send_back(request: HttpRequest, order: Order, _files: Sequence[Taken], now: datetime) -> str:
    remark = request.POST.get("remark", "")
    journey.send_back(report=_waiting(request, order), remark=remark, by=request.scope, now=now)
    return _("Sent back. The officer is told on the phone.")


def _waiting(request: HttpRequest, order: Order) -> Report:
    found = order.reports.filter(public_id=request.POST.get("report", "")).select_related("order").first()
    if found is None:
        raise Refused(_("This report does not wait any more."))
    return found


ACTS: dict[str, Act] = {
    "accept": accept,
    "on-the-way": on_the_way,
    "contacted": contacted,
    "evidence": evidence,
    "report": report,
    "return": give_back,
    "write": write,
    "pass-on": pass_on,
    "give": give,
    "take-back": take_back,
    "send-on": send_on,
    "send-back": send_back,
}


def _fir(request: HttpRequest) -> Fir | None:
    """What was registered: number, station and date, none of them or all. Raises Refused."""
    number = request.POST.get("number", "").strip()
    if not number:
        return None
    unit = Unit.objects.filter(public_id=request.POST.get("unit", "")).defer("area").first()
    if unit is None:
        raise Refused(_("Choose the station that registered the FIR."))
    try:
        on = date.fromisoformat(request.POST.get("on", ""))
    except ValueError:
        raise Refused(_("Give the date of the FIR.")) from None
    return Fir(number=number, unit=unit, on=on)


def _add_files(request: HttpRequest, order: Order, files: Sequence[Taken], now: datetime) -> None:
    lat, lng = position(request.POST.get("lat", ""), request.POST.get("lng", ""))
    for stored in uploads.keep(files, now=now):
        journey.add_evidence(
            order=order,
            file=stored,
            caption=request.POST.get("caption", "").strip()[:200],
            lat=lat,
            lng=lng,
            taken_at=moment(request.POST.get("taken_at", ""), now=now),
            by=request.scope,
            now=now,
        )


def position(lat: str, lng: str) -> tuple[float | None, float | None]:
    """Coordinates as the browser gives them; (None, None) for anything that is no place on earth."""
    try:
        where = float(lat), float(lng)
    except ValueError:
        return None, None
    return where if abs(where[0]) <= 90 and abs(where[1]) <= 180 else (None, None)


def moment(milliseconds: str, *, now: datetime) -> datetime | None:
    """When the phone says that the photo was taken; None for nonsense and for the future."""
    if not (milliseconds.isascii() and milliseconds.isdigit() and len(milliseconds) <= 14):
        return None
    taken = datetime.fromtimestamp(int(milliseconds) / 1000, tz=UTC)
    return taken if taken <= now else None
