"""Signing in and out, and trying to, go into the record.

By Django's own signals, the one exception to the rule that nothing happens in them: passwords, passkeys and links come
through several views of a library, and all of them send these. What was typed is not kept: people type their password
into the wrong field. Sessions that programs make without a page (tests) leave nothing.
"""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest
from django.utils import timezone

from rabta import audit


def connect() -> None:
    """Called once, when Django is ready."""
    user_logged_in.connect(_signed_in, dispatch_uid="record")
    user_logged_out.connect(_signed_out, dispatch_uid="record")
    user_login_failed.connect(_failed, dispatch_uid="record")


def _signed_in(request: HttpRequest | None, user: Any, **_more: Any) -> None:
    _write("signed_in", request, user)


def _signed_out(request: HttpRequest | None, user: Any, **_more: Any) -> None:
    if user is not None and user.is_authenticated:
        _write("signed_out", request, user)


def _failed(
    request: HttpRequest | None = None, credentials: dict[str, Any] | None = None, **_more: Any
) -> None:
    """A wrong password, and for whom; for a name that nobody has a line without anybody.

    Always a line: whoever measures the time must not learn which accounts exist.
    """
    username = str((credentials or {}).get("username", ""))[:60]
    user = get_user_model().objects.filter(username=username).first() if username else None
    _write("sign_in_failed", request, user, acts=False)


def _write(act: str, request: HttpRequest | None, user: Any, *, acts: bool = True) -> None:
    if request is None or not request.path:
        return
    officer = user.pk if acts else None  # who failed may be somebody else
    ids = [user.pk] if user is not None else []
    audit.record(act, now=timezone.now(), officer_id=officer, subject="officer", ids=ids)
