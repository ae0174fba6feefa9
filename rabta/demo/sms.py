"""The demonstration's SMS numbers: the headquarters' short code and the district's, each a login of its own."""

import json
import secrets
from urllib.request import Request, urlopen

from rabta.channels.accounts import create_account, create_credential, open_values, seal
from rabta.channels.models import Account, Credential
from rabta.force.models import Unit

NUMBERS = (("8300", "CPO", "hq"), ("8301", "PSH", "peshawar"))
NAMES = {
    "8300": ("SMS 8300, headquarters", "एसएमएस 8300, मुख्यालय", "ایس ایم ایس 8300، ہیڈکوارٹر"),
    "8301": ("SMS 8301, Peshawar district", "एसएमएस 8301, पेशावर ज़िला", "ایس ایم ایس 8301، ضلع پشاور"),
}


def create() -> None:
    """Two logins at the simulated operator. Where it listens is known when it runs (`connect`)."""
    for number, unit, name in NUMBERS:
        values = {"system_id": name, "password": secrets.token_hex(4), "host": "127.0.0.1", "port": "2775"}
        values |= {"message_ids": "hex/dec", "per_second": "50"}
        credential = create_credential(channel="sms", name=NAMES[number][0], values=values)
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
    body = json.dumps({"logins": logins}).encode()
    request = Request(
        f"{simulator}/sim/sms", data=body, method="PUT", headers={"Content-Type": "application/json"}
    )
    with urlopen(request, timeout=10) as answer:
        port = str(json.load(answer)["port"])
    for credential in Credential.objects.filter(channel="sms"):
        values = open_values(credential.sealed_values)
        if values["port"] != port:
            credential.sealed_values = seal(values | {"port": port})
            credential.save(update_fields=["sealed_values"])
