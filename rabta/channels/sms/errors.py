"""What a message centre's error numbers mean for a letter. Source: SMPP 3.4, section 5.1.3."""

from datetime import timedelta

from rabta.channels.contract import Trouble, TroubleCode
from rabta.channels.sms.pdu import Status

_BUSY = {Status.QUEUE_FULL, Status.THROTTLED}
_AGAIN = {Status.SYSTEM_ERROR, Status.TRY_LATER, Status.NOT_BOUND, 0x45, 0x61, 0x62}  # 0x45: submit_sm failed
_RECIPIENT = {Status.INVALID_DESTINATION, 0x33, 0x34, 0x40, 0x48, 0x49, 0x50, 0x51}
_CREDENTIALS = {Status.BIND_FAILED, 0x0E, 0x0F, 0x01FF}
BACK_OFF = timedelta(seconds=1)


def trouble(status: int) -> Trouble:
    """The exception for a status that is not OK; an unknown one means that the content was refused."""
    text = f"SMPP 0x{status:02X}"
    if status in _BUSY:
        return Trouble(TroubleCode.BUSY, text, retry=True, after=BACK_OFF)
    if status in _AGAIN:
        return Trouble(TroubleCode.UNREACHABLE, text, retry=True)
    if status in _RECIPIENT:
        return Trouble(TroubleCode.RECIPIENT, text)
    if status in _CREDENTIALS:
        return Trouble(TroubleCode.CREDENTIALS, text)
    return Trouble(TroubleCode.REFUSED, text)
