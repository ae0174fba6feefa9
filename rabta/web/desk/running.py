"""Which desk an officer runs or works at: what its pages are about."""

from django.http import HttpRequest

from rabta.force.access import Permission
from rabta.force.models import Unit


def desks(request: HttpRequest, permission: Permission) -> list[Unit]:
    """The units over whose desk the officer holds the permission, the highest first."""
    units = Unit.objects.filter(pk__in=request.scope.units_with(permission)).defer("area")
    return sorted(units, key=lambda unit: (len(unit.path), unit.pk))


def desk_of(request: HttpRequest, permission: Permission) -> Unit:
    """The one that `?unit=` names, else the highest; a page that needs the permission has one."""
    own = desks(request, permission)
    asked = request.POST.get("unit") or request.GET.get("unit")
    return next((unit for unit in own if unit.public_id == asked), own[0])
