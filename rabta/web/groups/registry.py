"""The tree of groups, one group's own page, and opening, changing and closing one."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rabta.cases.refusal import Refused
from rabta.force import directory as force_directory
from rabta.force.access import Permission, Scope
from rabta.force.models import Post, Unit
from rabta.groups import staff
from rabta.groups.models import Group
from rabta.journey.groups import registry
from rabta.journey.groups.registry import Facts
from rabta.kit.ids import public_id as new_id
from rabta.web.groups import queries
from rabta.web.guard import needs

runners = needs(Permission.GROUPS)


class GroupForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a group is. Units, posts and groups are those at and below the officer's own."""

    class Meta:
        model = Group
        fields = (
            "name", "name_ur", "name_hi", "kind", "unit", "parent", "administrator", "mode", "purpose", "rules",
            "quiet_from", "quiet_to",
        )  # fmt: skip
        labels = {
            "name": gettext_lazy("Name"),
            "name_ur": gettext_lazy("Name in Urdu"),
            "name_hi": gettext_lazy("Name in Hindi"),
            "kind": gettext_lazy("Kind"),
            "unit": gettext_lazy("Unit"),
            "parent": gettext_lazy("Stands below"),
            "administrator": gettext_lazy("Run by the post"),
            "mode": gettext_lazy("How it talks"),
            "purpose": gettext_lazy("What it is for"),
            "rules": gettext_lazy("Rules, as members are told them"),
            "quiet_from": gettext_lazy("Quiet from"),
            "quiet_to": gettext_lazy("Quiet until"),
        }
        help_texts = {"quiet_from": gettext_lazy("Between these times nothing goes out but what is urgent.")}
        widgets = {
            "rules": forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
            "purpose": forms.TextInput(attrs={"dir": "auto"}),
            "quiet_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "quiet_to": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = sorted(scope.units_with(Permission.GROUPS))
        below = Unit.objects.filter(path__overlap=units).order_by("path")
        chosen: dict[str, Any] = {
            "unit": below,
            "administrator": Post.objects.filter(unit__in=below)
            .select_related("unit")
            .order_by("unit__path", "id"),
            "parent": queries.run_by(scope)
            .filter(closed_at=None)
            .exclude(pk=self.instance.pk)
            .order_by("path"),
        }
        for name, rows in chosen.items():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
        for name in ("parent", "administrator", "quiet_from", "quiet_to"):
            self.fields[name].required = False

    def facts(self, group: Group | None = None) -> Facts:
        """What was entered; who runs it from outside the police stays as it is."""
        entered = self.cleaned_data
        outside = group.outside if group and not entered["administrator"] else None
        return Facts(**entered, outside=outside)


@require_safe
@runners
def groups(request: HttpRequest) -> HttpResponse:
    """The tree; or what was searched for, by name and kind."""
    words, kind = request.GET.get("q", "").strip()[:80], request.GET.get("kind", "")
    closed = request.GET.get("closed") == "1"
    searched = bool(words or kind or closed)
    rows = (
        queries.found(request.scope, words=words, kind=kind, closed=closed)
        if searched
        else queries.top(request.scope)
    )
    facts = {
        "lines": queries.lines(rows[: queries.MOST_BELOW]),
        "searched": searched,
        "more": searched and len(rows) > queries.SHOWN,
        "q": words,
        "kind": kind,
        "closed": closed,
        "kinds": Group.Kind.choices,
    }
    return render(request, "groups/groups.html", facts)


@require_safe
@runners
def group(request: HttpRequest, public_id: str) -> HttpResponse:
    """A group: what it is, what was said in it, and what stands below."""
    row = queries.group_or_404(public_id, request.scope)
    (line,) = queries.lines([row])
    seats = list(row.seats.order_by("id"))
    directory = force_directory.current(now=timezone.now())
    facts = {
        "group": row,
        "line": line,
        "tab": "group",
        "below": queries.lines(queries.children(row, request.scope)),
        "broadcasts": queries.broadcasts(row),
        "seats": seats,
        "staff": len(staff.staff_of(row, seats=seats, directory=directory)),
    }
    return render(request, "groups/group.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
@runners
def new(request: HttpRequest) -> HttpResponse:
    """Open a group."""
    form = GroupForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                made = registry.open_group(
                    facts=form.facts(), code=f"g-{new_id()}", by=request.scope, now=timezone.now()
                )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The group is open. Now add its members."))
            return redirect("group", made.public_id)
    return render(request, "groups/edit.html", {"form": form}, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@runners
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change what a group is."""
    row = queries.group_or_404(public_id, request.scope)
    form = GroupForm(request.POST or None, instance=row, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                registry.change(group=row, facts=form.facts(row), by=request.scope, now=timezone.now())
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect("group", row.public_id)
    row.refresh_from_db()
    facts = {"form": form, "group": row}
    return render(request, "groups/edit.html", facts, status=400 if form.errors else 200)


@require_POST
@runners
def close(request: HttpRequest, public_id: str) -> HttpResponse:
    """Close a group: everybody's place in it ends."""
    row = queries.group_or_404(public_id, request.scope)
    try:
        with transaction.atomic():
            registry.close(group=row, by=request.scope, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("group", row.public_id)
    messages.success(request, _("%(group)s is closed.") % {"group": row})
    return redirect("groups")
