"""The test of an account: who are we at X?"""

from rabta.channels.contract import AccountFacts, Session, Trouble, TroubleCode
from rabta.channels.shapes import optional, text_of
from rabta.channels.x import api


async def check(session: Session, account: AccountFacts) -> str:
    """The name that people see. Raises Trouble: CREDENTIALS when the token is not taken or is another account's."""
    answer = await api.get(session, api.address(account, "users", "me"), account)
    me = optional(answer, "data")
    if text_of(me, "id", longest=40) != account.external_id:
        raise Trouble(TroubleCode.CREDENTIALS, f"the token is that of @{text_of(me, 'username', longest=50)}")
    names = (text_of(me, "name", longest=200), f"@{text_of(me, 'username', longest=50)}")
    return " · ".join(name for name in names if name.strip("@")) or account.external_id
