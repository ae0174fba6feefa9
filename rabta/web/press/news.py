"""News of my district: which word to send to which number. Nobody can put somebody else's number on a list here."""

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from rabta.channels.models import Account
from rabta.groups import news as lists
from rabta.web.citizen.views import with_emergency

LINKS = {"whatsapp": "https://wa.me/{digits}?text={words}", "sms": "sms:{number}?body={words}"}
WAYS = tuple(LINKS)


@require_GET
@cache_control(public=True, max_age=300)
def news(request: HttpRequest) -> HttpResponse:
    """The lists, each with the words and the numbers that take them."""
    accounts = list(Account.objects.public().filter(channel__in=WAYS).select_related("unit").order_by("id"))
    word = lists.WORD_SHOWN
    facts: dict[str, object] = {
        "lists": [
            {
                "name": one.name,
                "words": f"{word} {one.english}",
                "ways": [_way(account, f"{word} {one.english}") for account in _nearest(accounts, one.path)],
            }
            for one in lists.public_lists()
        ]
    }
    return render(request, "press/news.html", with_emergency(facts))


def _nearest(accounts: list[Account], path: list[int]) -> list[Account]:
    """One account of each way: that of the district, or of the nearest unit above."""
    found = []
    for channel in WAYS:
        above = [one for one in accounts if one.channel == channel and one.unit_id in path]
        if above:
            found.append(max(above, key=lambda one: path.index(one.unit_id)))
    return found


def _way(account: Account, words: str) -> dict[str, str]:
    digits = "".join(sign for sign in account.address if sign.isdigit())
    link = LINKS[account.channel].format(digits=digits, number=account.address, words=quote(words))
    return {"channel": account.channel, "number": account.address, "link": link}
