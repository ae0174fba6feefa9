"""What the forms of the desk look up: areas for the map, places, posts and units by name."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from rabta.force.models import PlaceName, Unit
from rabta.kit import scripts
from rabta.web.desk.views import operators

MOST = 12


@require_GET
@operators
def areas(request: HttpRequest) -> HttpResponse:
    """The areas of the lowest level as GeoJSON: the background of the map, drawn from our own data."""
    with_area = list(Unit.objects.filter(area__isnull=False).select_related("level").order_by("id"))
    lowest = max((unit.level.rank for unit in with_area), default=0)
    features = [
        {
            "type": "Feature",
            "properties": {"name": str(unit)},
            "geometry": unit.area,
        }
        for unit in with_area
        if unit.level.rank == lowest
    ]
    response = JsonResponse({"type": "FeatureCollection", "features": features})
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


@require_GET
@operators
def places(request: HttpRequest) -> HttpResponse:
    """Places whose name begins like the text, in any script."""
    text = request.GET.get("q", "").strip()[:60]
    found = []
    if len(text) >= 2:
        wanted = _named(text) | Q(forms__contains=[scripts.normalise(text)])
        found = list(PlaceName.objects.filter(wanted).select_related("unit").order_by("name", "id")[:MOST])
    return render(request, "desk/places.html", {"places": found, "text": text})


@require_GET
@operators
def units(request: HttpRequest) -> HttpResponse:
    """Units by name, for saying who is accused."""
    text = request.GET.get("unit_text", "").strip()[:60]
    found = []
    if len(text) >= 2:
        wanted = _named(text) | Q(code__icontains=text)
        found = list(Unit.objects.filter(wanted).defer("area").order_by("name", "id")[:MOST])
    return render(request, "desk/units.html", {"units": found, "text": text})


def _named(text: str) -> Q:
    """Part of a name in any language."""
    return Q(name__icontains=text) | Q(name_hi__icontains=text) | Q(name_ur__icontains=text)
