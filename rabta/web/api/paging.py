"""Pages by the last row seen, which stay right while rows are added, and cost the same at any depth."""

import base64
import binascii
from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet, Subquery
from django.utils.translation import gettext as _
from ninja.errors import HttpError

from rabta.cases import seen
from rabta.web.api.shapes import moment

Row = TypeVar("Row", bound=Model)


def newest_first(rows: QuerySet[Row], *, field: str, cursor: str, limit: int) -> dict[str, Any]:
    """`limit` rows in falling order of (`field`, id) after the cursor, and the cursor of the next page."""
    if cursor:
        at, public_id = _open(cursor)
        last_id = Subquery(rows.model._default_manager.filter(public_id=public_id).values("pk")[:1])
        rows = rows.filter(
            Q(**{f"{field}__lt": at}) | Q(**{field: at, "pk__lt": last_id}), **{f"{field}__lte": at}
        )
    found = list(rows.order_by(f"-{field}", "-pk")[: limit + 1])
    more = len(found) > limit
    last = found[limit - 1] if more else None
    return {"items": found[:limit], "next": _close(getattr(last, field), last.public_id) if last else ""}


def newest_seen(
    rows: QuerySet[Row], *, lists: QuerySet[Any], units: Iterable[int], field: str, cursor: str, limit: int
) -> dict[str, Any]:
    """The same, where a list is kept for every unit (`rabta.cases.seen`): found on those of the units."""
    by = field, f"{rows.model._meta.model_name}_id"
    ids = seen.newest(lists, units=units, by=by, before=place_of(cursor, rows.model), most=limit + 1)
    found = list(rows.filter(pk__in=ids).order_by(f"-{field}", "-pk"))
    more = len(found) > limit
    last = found[limit - 1] if more else None
    return {"items": found[:limit], "next": _close(getattr(last, field), last.public_id) if last else ""}


def place_of(cursor: str, model: type[Model]) -> tuple[datetime, int] | None:
    """Where a cursor stands: the moment, and the id of its row; None for no cursor."""
    if not cursor:
        return None
    at, public_id = _open(cursor)
    last = model._default_manager.filter(public_id=public_id).values_list("pk", flat=True).first()
    return at, last or 0


def _close(at: datetime, public_id: str) -> str:
    return base64.urlsafe_b64encode(f"{at.isoformat()} {public_id}".encode()).decode().rstrip("=")


def _open(cursor: str) -> tuple[datetime, str]:
    """Raises HttpError 400 for what we did not make."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        at, public_id = text.split(" ")
        when = moment(datetime.fromisoformat(at))
    except (ValueError, binascii.Error):
        raise HttpError(400, _("This cursor is not one of ours. Begin without one.")) from None
    if not public_id.isalnum():
        raise HttpError(400, _("This cursor is not one of ours. Begin without one."))
    return when, public_id
