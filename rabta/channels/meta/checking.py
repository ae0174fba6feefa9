"""The test of an account: who are we at the provider?"""

from rabta.channels.contract import AccountFacts, Session
from rabta.channels.meta import graph
from rabta.channels.meta.troubles import GRAPH
from rabta.channels.shapes import text_of


async def check(session: Session, account: AccountFacts) -> str:
    """The name of the page or account. Raises Trouble: CREDENTIALS when the token is not taken."""
    url = graph.address(account, account.external_id)
    answer = await GRAPH.get(session, url, account, fields="name")
    return text_of(answer, "name", longest=200) or account.external_id
