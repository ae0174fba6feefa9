"""What goes into the log, without the secrets that stand in addresses."""

import logging
import re

_LINK = re.compile(r"(/login/(?:phone|password)/|/setup/)[\w:-]{20,}")


class WithoutLinks(logging.Filter):
    """Django names the address of a request that was refused or failed; a link to sign in may still be good then."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Take the links out of the line, and let it pass."""
        if isinstance(record.args, tuple):
            record.args = tuple(_without(argument) for argument in record.args)
        return True


def _without(argument: object) -> object:
    return _LINK.sub(r"\1…", argument) if isinstance(argument, str) else argument
