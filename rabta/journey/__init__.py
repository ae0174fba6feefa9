"""The story of a message: what crosses the steps. Each step does its own work and knows nothing of the others.

`arrival` is the citizen's message coming in, `desk` what operators decide, `public` what they say under a post,
`withheld` what they do with accusations, tips and restricted matters, `ordering` who is ordered, `chain` an order on
its way down, `officer` the work on it, `giving` who inquires for a post's holder, `superior` its verification, `watch`
what time does by itself.
"""

from rabta.journey.arrival import read_journal
from rabta.journey.assigning import assign
from rabta.journey.chain import jump, pass_on
from rabta.journey.closing import close_by_desk, close_with_advice, decide_closing
from rabta.journey.confidential import end_confidential, name_officers
from rabta.journey.desk import (
    categorise,
    note,
    place,
    reply,
    unsend,
)
from rabta.journey.emergency import confirm_hand_over, hand_over
from rabta.journey.flagging import record_fir, set_investigation
from rabta.journey.giving import give, send_back, send_on, take_back
from rabta.journey.officer import accept, add_evidence, on_the_way, report, return_order
from rabta.journey.ordering import (
    Choice,
    end_order,
    order,
    order_again,
    order_several,
    order_suggested,
    suggest,
)
from rabta.journey.pausing import pass_up, pause, resume, send_interim, take, telephoned
from rabta.journey.public import reply_in_public
from rabta.journey.reopening import decide_appeal, reopen
from rabta.journey.splitting import split, split_several
from rabta.journey.superior import decide
from rabta.journey.templated import reply_with_template
from rabta.journey.transferring import transfer
from rabta.journey.withheld import accuse, release

__all__ = [
    "Choice",
    "accept",
    "accuse",
    "add_evidence",
    "assign",
    "categorise",
    "close_by_desk",
    "close_with_advice",
    "confirm_hand_over",
    "decide",
    "decide_appeal",
    "decide_closing",
    "end_confidential",
    "end_order",
    "give",
    "hand_over",
    "jump",
    "name_officers",
    "note",
    "on_the_way",
    "order",
    "order_again",
    "order_several",
    "order_suggested",
    "pass_on",
    "pass_up",
    "pause",
    "place",
    "read_journal",
    "record_fir",
    "release",
    "reopen",
    "reply",
    "reply_in_public",
    "reply_with_template",
    "report",
    "resume",
    "return_order",
    "send_back",
    "send_interim",
    "send_on",
    "set_investigation",
    "split",
    "split_several",
    "suggest",
    "take",
    "take_back",
    "telephoned",
    "transfer",
    "unsend",
]
