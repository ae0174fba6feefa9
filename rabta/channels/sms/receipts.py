"""Delivery receipts: by the text that SMPP's appendix B describes, or by their optional parameters alone."""

import re
from dataclasses import dataclass

from rabta.channels.contract import TroubleCode

_ID = re.compile(r"\bid:\s*([0-9A-Za-z_.:-]{1,64})", re.IGNORECASE)
_STATE = re.compile(r"\bstat:\s*([A-Za-z]{4,10})", re.IGNORECASE)
_ERROR = re.compile(r"\berr:\s*([0-9A-Za-z]{1,8})", re.IGNORECASE)
_BY_NUMBER = {
    1: "ENROUTE", 2: "DELIVRD", 3: "EXPIRED", 4: "DELETED", 5: "UNDELIV", 6: "ACCEPTD", 7: "UNKNOWN", 8: "REJECTD",
}  # fmt: skip
_STATUS = {
    "ENROUTE": "sent", "ACCEPTD": "sent", "UNKNOWN": "sent", "BUFFRED": "sent", "SCHEDUL": "sent",
    "DELIVRD": "delivered",
    "EXPIRED": "failed", "DELETED": "failed", "UNDELIV": "failed", "REJECTD": "failed",
}  # fmt: skip
_TROUBLE = {"EXPIRED": TroubleCode.RECIPIENT, "UNDELIV": TroubleCode.RECIPIENT}


@dataclass(frozen=True)
class Told:
    """What a receipt says: of which message, in our words, and the centre's own."""

    id: str
    status: str
    trouble: str
    detail: str


def told(text: str, *, id_given: str = "", state_given: int | None = None) -> Told | None:
    """What a receipt tells; None when it names no message or no state. Parameters come before words."""
    by_text, state_text, error = _ID.search(text), _STATE.search(text), _ERROR.search(text)
    id = id_given or (by_text[1] if by_text else "")
    state = _BY_NUMBER.get(state_given or 0) or (state_text[1].upper()[:7] if state_text else "")
    status = _STATUS.get(state) or _STATUS.get(state[:7])
    if not id or status is None:
        return None
    trouble = _TROUBLE.get(state, TroubleCode.REFUSED).value if status == "failed" else ""
    detail = f"{state} err:{error[1]}" if status == "failed" and error else state
    return Told(id=id, status=status, trouble=trouble, detail=detail)


def plain_id(id: str, *, hexadecimal: bool = False) -> str:
    """A message id in one way of writing, because centres write it differently in answer and receipt.

    Case and leading zeros do not count. `hexadecimal`: it is a hexadecimal number, to be compared with decimal ones.
    """
    id = id.strip().casefold()
    if hexadecimal:
        try:
            return str(int(id, 16))
        except ValueError:
            return id
    return id.lstrip("0") or "0"
