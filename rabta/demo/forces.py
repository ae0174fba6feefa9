"""Other forces of the demonstration: one hands us a case, one did not answer, and one is played by this same desk.

What is transferred to Sindh Police comes back to this installation as if it were theirs: so the whole way can be seen.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from rabta import journey
from rabta.cases.models import Case
from rabta.cases.transfers import Handed
from rabta.channels import accounts
from rabta.channels.force import CHANNEL
from rabta.channels.models import Account
from rabta.channels.webform import HANDED
from rabta.force.access import scope_of
from rabta.force.models import Officer
from rabta.intake import forms
from rabta.intake.forms import Entry
from rabta.journey.ending import transferring
from rabta.journey.posts import force_keys, neighbours
from rabta.kit import ids

OWN, PLAYED_HERE, CAME_FROM, SILENT = "kp", "sindh", "punjab_pk", "balochistan"
ADMINISTRATOR, OPERATOR = "bilal-yaqoob", "arif-zaman"
NUMBER = "0lahore0lahore00"
AGO = timedelta(hours=5)
CAME = "میری گاڑی لاہور سے کرائے پر لی گئی اور واپس نہیں ہوئی۔ لے جانے والا پشاور کے گلبہار میں رہتا ہے، نام عمران ہے۔"
LEFT = "کوئٹہ کے بس اڈے پر میرا سامان چوری ہوا، بیگ میں شناختی کارڈ اور دس ہزار روپے تھے۔"


def create(*, now: datetime) -> None:
    """Which force we are, and where two of the others take cases."""
    by = Officer.objects.get(username=ADMINISTRATOR)
    neighbours.say_own(force=OWN, by=by, now=now)
    key = force_keys.make(force=PLAYED_HERE, by=by, now=now)
    here = f"http://127.0.0.1:{settings.PORT}"
    neighbours.join(force=PLAYED_HERE, address=here, key=key, by=by, now=now)
    neighbours.join(force=SILENT, address="https://desk.example", key="none", by=by, now=now)


def play(*, now: datetime) -> None:
    """A case from Lahore waits at the desk; one for Quetta did not arrive."""
    at = now - AGO
    Handed.objects.create(
        force=CAME_FROM, number=NUMBER, reference=ids.reference(prefix="LHR"), left_out=1, at=at
    )
    came = accounts.by_itself(CHANNEL)
    entry = Entry(
        submission=f"{CAME_FROM}:{NUMBER}",
        text=CAME,
        language="ur",
        name="Bilal Cheema",
        phone="+923214567890",
        met=HANDED,
        at=at - timedelta(days=2),
        handed_by=CAME_FROM,
        handed=NUMBER,
    )
    forms.submit(account=came, entry=entry, files=(), now=at)
    form = Account.objects.filter(channel="webform").select_related("credential").order_by("id")[0]
    code = forms.submit(
        account=form, entry=Entry(submission=SILENT, text=LEFT, language="ur"), files=(), now=at
    )
    journey.read_journal(limit=200, now=at)
    _transfer(Case.objects.get(receipt_digest=forms.receipt_digest(code)), at=at + timedelta(hours=1))


def _transfer(case: Case, *, at: datetime) -> None:
    officer = Officer.objects.get(username=OPERATOR)
    by = scope_of(officer, on=timezone.localdate(at))
    made = journey.transfer(case=case, force=SILENT, remark="Happened at Quetta", by=by, now=at)
    transferring.give_up(made.pk, trouble=transferring.UNREACHABLE, now=at + timedelta(hours=1))
