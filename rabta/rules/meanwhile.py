"""Which events make a decision stale: somebody else decided on the same thing since its maker looked at the case.

Messages, notes and deliveries make none stale. An end of the case makes every decision stale.
"""

ENDS = frozenset(
    {
        "closed", "reopened", "reopened_by_citizen", "closing_asked", "closing_approved", "closing_refused",
        "transferred", "withheld", "released", "confidential", "confidential_ended", "merged", "unmerged", "split",
    }
)  # fmt: skip
DECIDES = ENDS | {
    "categorised", "placed", "assigned", "ordered_lead", "ordered_support", "returned", "report_accepted",
    "report_rejected", "appealed", "appeal_upheld", "appeal_rejected", "handed_over", "hand_over_confirmed",
}  # fmt: skip
_PAUSES = frozenset({"paused", "resumed"})
_SEALS = frozenset({"protected", "identity_sealed", "recordings_sealed"})
_LINKS = frozenset({"linked", "unlinked"})
# Acts that only their own kind makes stale, besides an end.
NARROW = {
    "categorise": frozenset({"categorised"}),
    "place": frozenset({"placed"}),
    "assign": frozenset({"assigned"}),
    "hand_over": frozenset({"handed_over", "hand_over_confirmed"}),
    "confirm_hand_over": frozenset({"handed_over", "hand_over_confirmed"}),
    "fir": frozenset({"fir_recorded"}),
    "investigation": frozenset({"investigation_begun", "investigation_ended"}),
    "pause": _PAUSES,
    "resume": _PAUSES,
    "interim": frozenset({"interim_sent", "replied"}),
    "safe": frozenset({"safe_contact"}),
    "protect": _SEALS,
    "seal": _SEALS,
    "seal_recordings": _SEALS,
    "link": _LINKS,
    "unlink": _LINKS,
    "hold": frozenset(),
    "end_hold": frozenset(),
}
# Whatever makes some act stale: the marks of a case are of these.
MARKED = DECIDES.union(*NARROW.values())
# What is said is no decision.
FREE = frozenset(
    {
        "say", "reply", "reply_all", "note", "contacted", "template", "unsend", "draft", "papers_again",
        "tell_file", "release_file",
    }
)  # fmt: skip


def stale_by(act: str) -> frozenset[str]:
    """The events after which this act is refused; none for what is no decision."""
    act = act.replace("-", "_")
    if act in FREE:
        return frozenset()
    return ENDS | NARROW[act] if act in NARROW else DECIDES
