"""What officers write that only the desk may read: whoever it accuses may be who reads their orders."""

from rabta.kit import scripts
from rabta.triage import tables
from rabta.triage.assess import assess, danger_in, police_named

FOR_DESK = ("accusation", "tip")


def is_for_desk(text: str) -> bool:
    """Whether an officer's words may be a cry for help, an accusation or a tip. What only sounds like an accusation
    does not count: so do most reports of what the police did."""
    found = assess(text)
    code = found.withheld_why.get("code", "")
    return code in FOR_DESK or (found.urgency == 0 and not code)


def only_names_police(text: str) -> bool:
    """Whether a text names the police, and neither a misdeed, nor secret information, nor a danger to life."""
    misdeed = next(tables.accusations().misdeed.find(scripts.spoken(text)), None)
    tip = assess(text).withheld_why.get("code") == "tip"
    return bool(police_named(text)) and misdeed is None and not (tip or danger_in(text))
