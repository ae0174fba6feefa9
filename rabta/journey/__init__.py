"""The story of a message: what crosses the steps. Each step does its own work and knows nothing of the others.

`arrival` is the citizen's message coming in, `desk` what operators decide, `public` what they say under a post,
`withheld` what they do with accusations, tips and restricted matters, `officer` the work on an order, `superior` its
verification, `watch` what time does by itself.
"""

from rabta.journey.arrival import read_journal
from rabta.journey.closing import close_by_desk, close_with_advice, decide_closing
from rabta.journey.confidential import end_confidential, name_officers
from rabta.journey.desk import (
    assign,
    categorise,
    note,
    order,
    order_suggested,
    place,
    reply,
    split,
    suggest,
    unsend,
)
from rabta.journey.officer import accept, add_evidence, on_the_way, report, return_order
from rabta.journey.pausing import pause, resume, take
from rabta.journey.public import reply_in_public
from rabta.journey.reopening import decide_appeal, reopen
from rabta.journey.superior import decide
from rabta.journey.templated import reply_with_template
from rabta.journey.withheld import accuse, release

__all__ = [
    "accept",
    "accuse",
    "add_evidence",
    "assign",
    "categorise",
    "close_by_desk",
    "close_with_advice",
    "decide",
    "decide_appeal",
    "decide_closing",
    "end_confidential",
    "name_officers",
    "note",
    "on_the_way",
    "order",
    "order_suggested",
    "pause",
    "place",
    "read_journal",
    "release",
    "reopen",
    "reply",
    "reply_in_public",
    "reply_with_template",
    "report",
    "resume",
    "return_order",
    "split",
    "suggest",
    "take",
    "unsend",
]
