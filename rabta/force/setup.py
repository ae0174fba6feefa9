"""The first start of a real force: one link, good for one administrator, as long as there is none."""

from datetime import date

from django.core import signing
from django.db import transaction

from rabta.force.models import Level, Officer, Post, Posting, Role, Unit

SALT = "rabta.first-administrator"
GOOD_FOR = 24 * 3600  # seconds
LEVELS = (
    ("force", 0, "Force", "बल", "فورس"),
    ("range", 1, "Range", "परिक्षेत्र", "ریجن"),
    ("district", 2, "District", "जनपद", "ضلع"),
    ("circle", 3, "Circle", "सर्किल", "سرکل"),
    ("station", 4, "Police station", "थाना", "تھانہ"),
    ("cell", 5, "Cell", "प्रकोष्ठ", "سیل"),
    ("desk", 6, "Contact desk", "संपर्क डेस्क", "رابطہ ڈیسک"),
)


def first_administrator_link(*, base_url: str) -> str | None:
    """The link that creates the first administrator; None when the force has officers already."""
    if Officer.objects.exists():
        return None
    return f"{base_url}/setup/{signing.dumps('first', salt=SALT)}/"


def is_good(token: str) -> bool:
    """Whether the link is ours, not older than a day, and nobody has used it."""
    try:
        signing.loads(token, salt=SALT, max_age=GOOD_FOR)
    except signing.BadSignature:
        return False
    return not Officer.objects.exists()


@transaction.atomic
def create_force(*, force: str, name: str, username: str, password: str, today: date) -> Officer:
    """The empty force: its levels, itself as the topmost unit, and its first administrator."""
    levels = Level.objects.bulk_create(
        Level(code=code, rank=rank, name=en, name_hi=hi, name_ur=ur) for code, rank, en, hi, ur in LEVELS
    )
    unit = Unit.objects.create(code="HQ", level=levels[0], name=force)
    unit.path = [unit.pk]
    unit.save(update_fields=["path"])
    post = Post.objects.create(code="ADMIN", unit=unit, role=Role.ADMINISTRATOR, name="Administrator")
    officer = Officer.objects.create_user(username, password, name=name)
    Posting.objects.create(officer=officer, post=post, starts=today)
    return officer
