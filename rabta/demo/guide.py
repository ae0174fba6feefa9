"""What the simulator's first page says to a newcomer: where to look, as whom, and messages to try."""

from django.conf import settings

from rabta.demo.force import PASSWORD
from rabta.demo.provider import put
from rabta.force.models import Posting, Role

# Each goes its own way: two orders at once, one with the emergency number, one that no station sees.
SAMPLES = (
    ("Theft", "Somebody broke into my shop in Gulbahar last night and took two laptops."),
    ("چوری", "گلبہار میں میری موٹر سائیکل گھر کے سامنے سے چوری ہو گئی ہے"),
    ("चोरी", "गुलबहार में मेरे घर के सामने से मोटरसाइकिल चोरी हो गई है"),
    ("Roman Urdu", "Gulbahar mein meri bike ghar ke samne se chori ho gayi hai"),
    ("Emergency", "Help, two men with guns are breaking into our house in Gulbahar right now"),
    ("Against police", "A constable of Gulbahar station took 2000 rupees from me and gave no receipt"),
)


def connect(*, simulator: str, phones: str, officer: str) -> None:
    """Give the simulator its guide. The review has another name for this machine, so that both sign-ins last."""
    guide = {
        "desk": f"http://127.0.0.1:{settings.PORT}/desk/",
        "review": f"http://localhost:{settings.PORT}/supervisor/",
        "logins": {
            "desk": _holder(Role.DESK_OPERATOR, "DESK-HQ"),
            "review": _holder(Role.CIRCLE_OFFICER, "PSH-CITY"),
        },
        "password": PASSWORD,
        "phones": phones,
        "officer": officer,
        "samples": [{"label": label, "text": text} for label, text in SAMPLES],
    }
    put(simulator, "/sim/guide", guide)


def _holder(role: str, unit: str) -> str:
    held = Posting.objects.filter(post__role=role, post__unit__code=unit, ends=None)
    return held.order_by("post__code").select_related("officer")[0].officer.username
