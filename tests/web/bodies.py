"""Bodies of the right form for the acts of the API, so that it is the rights that decide."""

import json
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

BODIES = {
    "check": {"seen": []},
    "accept": {"unrelated": True},
    "turn-down": {"unrelated": True, "reason": "tout"},
    "remove": {"unrelated": True, "reason": "rules"},
    "review": {"uphold": True, "remark": "x"},
    "seats": {"seats": []},
    "reply": {"text": "x"},
    "note": {"text": "x"},
    "categorise": {"category": "theft"},
    "pause": {"reason": "court", "until": "2126-01-01T00:00:00Z"},
    "place": {"lat": 1, "lng": 1},
    "assign": {"officer": None},
    "order": {"post": "sho-south-post"},
    "release": {"remark": "x"},
    "seal": {"name": "x"},
    "safe_contact": {"safe": "yes"},
    "tell_file": {"file": "0", "text": "x"},
    "release_file": {"file": "0", "remark": "x"},
    "refuse": {"reason": "not_here"},
    "hold": {"remark": "x"},
    "close": {"remark": "x"},
    "confidential": {"officers": ["0"]},
    "end_confidential": {"remark": "x"},
    "contacted": {"how": "telephone"},
    "report": {"text": "x", "outcome": "action_taken"},
    "return": {"reason": "x"},
    "decide": {"decision": "accepted"},
    "end": {"outcome": "withdrawn", "remark": "x"},
    "transfer": {"force": "sindh", "remark": "x"},
    "reopen": {"remark": "x"},
    "decide_appeal": {"decision": "upheld", "remark": "x"},
    "hand_over": {"to": "x"},
    "confirm_hand_over": {"number": "x"},
    "fir": {"number": "1", "unit": "0", "on": "2026-01-01"},
    "investigation": {"under": True},
    "answer": {"decision": "approved"},
    "api/directions": {"group": "0123456789abcdef", "title": "x", "words": {"": "x"}},
    "api/good_work": {"title": "x", "text": "x", "promised": True},
    "amend": {"title": "x", "text": "x", "promised": True},
    "excuse": {"why": "x"},
    "directions/end": {"why": "x"},
    "good_work/return": {},
    "judge": {"decision": "verified"},
    "versions": {"unit": "0", "title": "x", "text": "x"},
    "questions": {"unit": "0", "outlet": "x", "text": "x"},
    "bulletins": {"title": "x", "words": {"": "x"}, "groups": ["0"]},
    "bulletins/refuse": {"remark": "x"},
    "bulletins/correct": {"words": {"": "x"}},
    "withdraw": {"why": "x"},
    "claims": {"text": "x", "unit": "0"},
    "claims/join": {"report": "0"},
    "claims/answer": {"verdict": "false", "unit": "0", "title": "x", "text": "x"},
    "join_case": {"case": "0"},
    "orders/end": {"reason": "x"},
    "merge": {"other": "0123456789abcdef", "reason": "x"},
    "split": {"messages": ["0123456789abcdef"]},
    "link": {"other": "0123456789abcdef", "reason": "x"},
    "unlink": {"other": "0123456789abcdef"},
    "reply_all": {"text": "x"},
    "api/groups": {"name": "x", "kind": "circle", "unit": "0123456789abcdef", "administrator": "x"},
    "estimate": {"words": {"": "x"}},
    "say": {"words": {"": "x"}},
    "orders": {"orders": [{"post": "sho-south-post", "part": "lead"}]},
    "pass_on": {},
    "give": {"officer": "0"},
    "take_back": {"reason": "x"},
    "send_back": {"remark": "x"},
}


def body_for(path: str) -> dict[str, Any]:
    """A body of the right form, so that it is the rights that decide."""
    of, _, verb = path.split("/")[-3:]
    if verb == "evidence":
        return {"data": {"file": SimpleUploadedFile("a.pdf", b"%PDF-1.4", "application/pdf")}}
    return {
        "data": json.dumps(BODIES.get(f"{of}/{verb}", BODIES.get(verb, {}))),
        "content_type": "application/json",
    }
