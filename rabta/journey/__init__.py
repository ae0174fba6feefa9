"""The story of a message: what crosses the steps. Each step does its own work and knows nothing of the others.

`arrival` is the citizen's message coming in; `arriving` what it needs, `matters` its likes, `deciding` the desk,
`protecting` whoever must not be known or must not know, `orders` the work of officers, `ending` how a case closes and
opens again, `timing` what time does by itself, `posts` what goes from one holder to the next.
"""

from rabta.journey.arrival import read_journal
from rabta.journey.deciding.assigning import assign
from rabta.journey.deciding.contacting import contacted
from rabta.journey.deciding.desk import (
    categorise,
    note,
    place,
    reply,
    unsend,
)
from rabta.journey.deciding.public import reply_in_public
from rabta.journey.deciding.templated import reply_with_template
from rabta.journey.ending.closing import close_by_desk, close_with_advice, decide_closing
from rabta.journey.ending.emergency import confirm_hand_over, hand_over
from rabta.journey.ending.flagging import record_fir, set_investigation
from rabta.journey.ending.reopening import decide_appeal, reopen
from rabta.journey.ending.transferring import transfer
from rabta.journey.ending.transferring import try_again as hand_over_again
from rabta.journey.matters.splitting import split, split_several
from rabta.journey.orders.chain import jump, pass_on
from rabta.journey.orders.giving import give, send_back, send_on, take_back
from rabta.journey.orders.officer import (
    accept,
    add_evidence,
    contacted_for_order,
    on_the_way,
    report,
    return_order,
)
from rabta.journey.orders.ordering import (
    Choice,
    end_order,
    order,
    order_again,
    order_several,
    order_suggested,
    suggest,
)
from rabta.journey.orders.superior import decide
from rabta.journey.protecting.confidential import end_confidential, name_officers
from rabta.journey.protecting.withheld import accuse, release
from rabta.journey.timing.pausing import pass_up, pause, resume, send_interim, take, telephoned

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
    "contacted",
    "contacted_for_order",
    "decide",
    "decide_appeal",
    "decide_closing",
    "end_confidential",
    "end_order",
    "give",
    "hand_over",
    "hand_over_again",
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
