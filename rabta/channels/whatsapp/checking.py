"""The test of an account: who are we at the provider?"""

from rabta.channels.contract import AccountFacts, Session
from rabta.channels.shapes import text_of
from rabta.channels.whatsapp import graph


async def check(session: Session, account: AccountFacts) -> str:
    """The number and the name that people see. Raises Trouble: CREDENTIALS when the token is not taken."""
    url = graph.address(account, account.external_id)
    answer = await graph.get(session, url, account, fields="display_phone_number,verified_name")
    known = (text_of(answer, "display_phone_number"), text_of(answer, "verified_name"))
    return " · ".join(word for word in known if word) or account.external_id
