"""The demonstration's SMS numbers: short codes of the headquarters and of two districts, one over an HTTP gateway."""

import json
import secrets
from typing import Any
from urllib.request import Request, urlopen

from rabta.channels.accounts import create_account, create_credential, hook_of, open_values, seal
from rabta.channels.models import Account, Credential
from rabta.channels.registry import BY_KIND
from rabta.force.models import Unit

NUMBERS = (("8300", "CPO", "hq"), ("8301", "PSH", "peshawar"))
NAMES = {
    "8300": ("SMS 8300, headquarters", "एसएमएस 8300, मुख्यालय", "ایس ایم ایس 8300، ہیڈکوارٹر"),
    "8301": ("SMS 8301, Peshawar district", "एसएमएस 8301, पेशावर ज़िला", "ایس ایم ایس 8301، ضلع پشاور"),
    "8302": ("SMS 8302, Mardan district", "एसएमएस 8302, मर्दान ज़िला", "ایس ایم ایس 8302، ضلع مردان"),
}


# A district whose operator is reached over an HTTP gateway in the manner of Kannel.
GATEWAY = ("8302", "MRD", "mardan")


def create(*, simulator: str) -> None:
    """Two logins at the simulated operator, where it listens is known when it runs (`connect`); and one gateway."""
    number, unit, name = GATEWAY
    values = {"hook_secret": secrets.token_hex(8), "username": name, "password": secrets.token_hex(4)}
    values |= {"sendsms": f"{simulator}/cgi-bin/sendsms"}
    _account(channel="kannel", number=number, unit=unit, values=values)
    for number, unit, name in NUMBERS:
        values = {"system_id": name, "password": secrets.token_hex(4), "host": "127.0.0.1", "port": "2775"}
        values |= {"message_ids": "hex/dec", "per_second": "50"}
        _account(channel="sms", number=number, unit=unit, values=values)


def _account(*, channel: str, number: str, unit: str, values: dict[str, str]) -> None:
    credential = create_credential(channel=channel, name=NAMES[number][0], values=values)
    account = create_account(
        credential=credential,
        name=NAMES[number][0],
        external_id=number,
        unit=Unit.objects.get(code=unit),
        address=number,
    )
    account.name_hi, account.name_ur = NAMES[number][1:]
    account.save(update_fields=["name_hi", "name_ur"])


def connect(*, simulator: str) -> None:
    """Tell the simulator who may log in, and let our accounts find its message centre. Safe to repeat."""
    logins = []
    for account in Account.objects.filter(channel="sms").select_related("credential").order_by("id"):
        values = open_values(account.credential.sealed_values)
        login = {"system_id": values["system_id"], "password": values["password"]}
        logins.append(login | {"number": account.external_id, "name": account.name})
    port = str(_put(f"{simulator}/sim/sms", {"logins": logins})["port"])
    _connect_gateway(simulator=simulator)
    for credential in Credential.objects.filter(channel="sms"):
        values = open_values(credential.sealed_values)
        if values["port"] != port:
            credential.sealed_values = seal(values | {"port": port})
            credential.save(update_fields=["sealed_values"])


def _connect_gateway(*, simulator: str) -> None:
    """The gateway knows its users and where our hook is; our account knows where the gateway is."""
    users = []
    for account in Account.objects.filter(channel="kannel").select_related("credential").order_by("id"):
        values, credential = open_values(account.credential.sealed_values), account.credential
        if values["sendsms"] != f"{simulator}/cgi-bin/sendsms":
            credential.sealed_values = seal(values | {"sendsms": f"{simulator}/cgi-bin/sendsms"})
            credential.save(update_fields=["sealed_values"])
        user = {name: values[name] for name in ("username", "password")} | {"secret": values["hook_secret"]}
        hook = hook_of(account, BY_KIND["kannel"])
        users.append(user | {"number": account.external_id, "name": account.name, "get_url": hook})
    _put(f"{simulator}/sim/kannel", {"users": users})


def _put(url: str, body: Any) -> Any:
    headers = {"Content-Type": "application/json"}
    request = Request(url, data=json.dumps(body).encode(), method="PUT", headers=headers)
    with urlopen(request, timeout=10) as answer:
        return json.load(answer)
