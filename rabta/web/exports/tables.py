"""Taking figures out of the house, as CSV, XLSX or PDF: what may be printed of them, nothing that is kept back."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rabta.figures import printing
from rabta.force.access import Permission
from rabta.kit.sheets import Cell
from rabta.rules.report_classes import DoesNotAddUp
from rabta.web.accounts.step_up import step_up
from rabta.web.exports import files
from rabta.web.exports.views import page, put_down, too_often
from rabta.web.figures import given
from rabta.web.figures import overview as overviews
from rabta.web.figures import queries as figures
from rabta.web.figures import report as reports
from rabta.web.figures import views as figure_pages
from rabta.web.figures.chosen import Chosen, chosen
from rabta.web.guard import needs

takers = needs(Permission.EXPORT)
Lines = Sequence[Sequence[str | int]]


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A table that is to leave: its lines, what stands above them, and what the record keeps of it."""

    what: str
    name: str
    lines: Lines
    title: str
    under: str
    facts: dict[str, object]


@takers
@step_up
@require_http_methods(["GET", "HEAD", "POST"])
def table(request: HttpRequest) -> HttpResponse:
    """The figures of a month as the page shows them: what is kept back there is kept back here."""
    asked = figure_pages.asked_of(request)
    told = figures.figures(asked)
    if told is None or not told.total:
        raise Http404
    lines: list[list[str | int]] = [[_("Unit"), *figure_pages.heads(told, asked.by), _("All")]]
    for line in figure_pages.lines(told, asked):
        lines.append([line.name, *("·" if n is None else n for _head, n in line.cells), line.total])
    month = f"{asked.month:%Y-%m}"
    taken = Taken(
        what="figures",
        name=f"figures-{month}-{asked.by}",
        lines=lines,
        title=str(asked.unit),
        under=date_format(asked.month, "F Y"),
        facts={"unit": asked.unit.pk, "month": month, "by": asked.by},
    )
    return _take(request, taken, number=len(told.rows))


@takers
@step_up
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """The report of some months; nothing small is told in it. No file of a report that does not add up."""
    asked = _to_give_away(request, page="figures_report")
    told = reports.told_of(asked)
    if told.report is None:
        raise Http404
    lines, shown = reports.to_give_away(told.report)
    if not shown.total:
        raise Http404
    return _take(request, _of_months("report", asked, lines), number=len(shown.rows))


@takers
@step_up
@require_http_methods(["GET", "HEAD", "POST"])
def overview(request: HttpRequest) -> HttpResponse:
    """The overview of some months; nothing small is told in it. No file of figures that do not add up."""
    asked = _to_give_away(request, page="figures_overview")
    found = overviews.counted_of(asked)
    try:
        overviews.check(found)
    except DoesNotAddUp:
        raise Http404 from None
    told = given.lines_of(asked, found)
    if told is None:
        raise Http404
    lines, table = told
    return _take(request, _of_months("overview", asked, lines), number=len(table.rows))


def _to_give_away(request: HttpRequest, *, page: str) -> Chosen:
    asked = chosen(request, page=page)
    if not asked.may_be_given_away:
        raise Http404
    return asked


def _of_months(what: str, asked: Chosen, lines: Lines) -> Taken:
    since, until = (f"{month:%Y-%m}" for month in (asked.span.since, asked.span.last))
    return Taken(
        what=what,
        name=f"{what}-{since}-{until}",
        lines=lines,
        title=str(asked.unit),
        under=f"{date_format(asked.span.since, 'j F Y')} – {date_format(asked.span.end, 'j F Y')}",
        facts={"unit": asked.unit.pk, "from": since, "to": until},
    )


def _take(request: HttpRequest, taken: Taken, *, number: int) -> HttpResponse:
    facts = {"number": number, "figures": {"unit": taken.title, "when": taken.under, "what": taken.what}}
    form = request.POST.get("format", "")
    if request.method != "POST" or form not in files.PRINTED:
        return page(request, facts)
    if why := too_often(request):
        return page(request, facts, why=why)
    put_down(request, taken.what, form=form, rows=number, ids=(), **taken.facts)
    if form == "pdf":
        body = printing.pdf(
            taken.lines,
            title=taken.title,
            under=taken.under,
            notes=[_("“·”: not told, so that nobody can be recognised.")],
            now=timezone.now(),
        )
        return files.saved(body, name=taken.name, form=form)
    head: list[list[Cell]] = [[taken.title, taken.under], []] if taken.what != "figures" else []
    return files.answer([*head, *taken.lines], name=taken.name, form=form)
