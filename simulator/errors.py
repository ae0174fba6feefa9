"""The provider's errors: one table of codes, one envelope."""

from __future__ import annotations

from simulator.ids import trace_id

HREF = "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"

# code: (HTTP status, title)
CODES: dict[int, tuple[int, str]] = {
    2: (503, "Service temporarily unavailable"),
    4: (429, "Application request limit reached"),
    10: (403, "Application does not have permission for this action"),
    100: (400, "Invalid parameter"),
    190: (401, "Invalid OAuth access token - Cannot parse access token"),
    551: (400, "This person isn't available right now"),
    613: (429, "Calls to this api have exceeded the rate limit"),
    10900: (400, "Activity already replied to"),
    10901: (400, "Activity is too old to reply to"),
    10903: (400, "This user can't reply to this activity"),
    130429: (429, "Rate limit hit"),
    131000: (500, "Something went wrong"),
    131026: (400, "Message undeliverable"),
    131047: (400, "Re-engagement message"),
    131051: (400, "Message type unknown"),
    131052: (400, "Media download error"),
    131053: (400, "Media upload error"),
    131056: (429, "(Business Account, Consumer Account) pair rate limit hit"),
    132000: (400, "Number of parameters does not match the expected number of params"),
    132015: (400, "Template is paused"),
    132016: (400, "Template is disabled"),
    132001: (404, "Template name does not exist in the translation"),
}
DETAILS = {
    131026: "Message Undeliverable.",
    131047: "Message failed to send because more than 24 hours have passed since the customer last replied "
    "to this number.",
    131053: "Downloading media from weblink failed: only loopback addresses are reachable from here.",
}


class GraphError(Exception):
    """An answer of the Graph API that is an error; the app turns it into the provider's envelope."""

    def __init__(self, code: int, details: str = "", *, status: int = 0, subcode: int = 0) -> None:
        super().__init__(details)
        self.code = code
        self.details = details or DETAILS.get(code, "")
        self.status = status or CODES[code][0]
        self.subcode = subcode

    def envelope(self) -> dict[str, object]:
        """The body of the HTTP answer."""
        title = CODES[self.code][1]
        plain = self.code in (2, 4, 190)
        error: dict[str, object] = {
            "message": title if plain else f"(#{self.code}) {title}",
            "type": "OAuthException",
            "code": self.code,
        }
        if self.subcode:
            error["error_subcode"] = self.subcode
            error["type"] = "GraphMethodException"
            error["message"] = self.details
        elif self.details and not plain:
            error["error_data"] = {"messaging_product": "whatsapp", "details": self.details}
        error["fbtrace_id"] = trace_id()
        return {"error": error}


def status_error(code: int) -> dict[str, object]:
    """The entry of `errors` in a `failed` status."""
    title = CODES[code][1]
    details = DETAILS.get(code, title)
    return {"code": code, "title": title, "message": title, "error_data": {"details": details}, "href": HREF}


def no_such_object(name: str, *, verb: str = "get") -> GraphError:
    """The provider's answer for an id which it does not know or does not let us see."""
    text = (
        f"Unsupported {verb} request. Object with ID '{name}' does not exist, cannot be loaded due to missing "
        "permissions, or does not support this operation"
    )
    return GraphError(100, text, subcode=33)
