"""Delivery receipts: by the text that SMPP's appendix B describes, or by their optional parameters alone."""

import re
from dataclasses import dataclass

from rabta.channels.contract import TroubleCode

_ID = re.compile(r"\bid:\s*([0-9A-Za-z_.:@+/=-]{1,64})", re.IGNORECASE)
_STATE = re.compile(r"\bstat:\s*([A-Za-z]{4,20})", re.IGNORECASE)
_ERROR = re.compile(r"\berr:\s*([0-9A-Za-z]{1,8})", re.IGNORECASE)
_BY_NUMBER = {
    0: "SCHEDULED", 9: "SKIPPED",  # of SMPP 5
    1: "ENROUTE", 2: "DELIVRD", 3: "EXPIRED", 4: "DELETED", 5: "UNDELIV", 6: "ACCEPTD", 7: "UNKNOWN", 8: "REJECTD",
}  # fmt: skip
# By their first letters: some centres write the words in full (DELIVERED, UNDELIVERABLE).
_STATUS = {
    "ENROU": "sent", "ACCEP": "sent", "UNKNO": "sent", "BUFFR": "sent", "BUFFE": "sent", "SCHED": "sent",
    "DELIV": "delivered",
    "EXPIR": "failed", "DELET": "failed", "UNDEL": "failed", "REJEC": "failed", "FAILE": "failed", "SKIPP": "failed",
}  # fmt: skip
_UNREACHED = ("EXPIR", "UNDEL")


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
    by_number = None if state_given is None else _BY_NUMBER.get(state_given)
    state = by_number or (state_text[1].upper() if state_text else "")
    status = _STATUS.get(state[:5])
    if not id or status is None:
        return None
    unreached = state.startswith(_UNREACHED)
    code = TroubleCode.RECIPIENT if unreached else TroubleCode.REFUSED
    trouble = code.value if status == "failed" else ""
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
