"""Versions of the convention: read one, plan one for a day to come after a preview, take it back (R-CLK-7)."""

from datetime import date
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service import clock
from service.database import reading
from service.errors import InvalidInput, NotVisible, StaleVersion
from service.operations import convention, what_if
from service.permissions import Permission, may
from service.queries.reference import Reference, Version, reference
from service.routes.guard import present_actor, refilling, refills, requires
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.routes.pages.views import setting_sheet
from service.workflows import french
from service.workflows.settings import in_words, to_text


@pages.get("/reglages/versions/<int:number>")
@requires(Permission.READ_SETTINGS)
def version(number: int) -> str:
    """One version: its values, what it changed of the one before, since when or from when."""
    now = clock.now()
    with reading() as session:
        known = reference(session)
    place = next((rank for rank, one in enumerate(known.versions) if one.number == number), None)
    if place is None:
        raise NotVisible
    one, values = known.versions[place], known.values_of(number)
    before = known.values_of(known.versions[place - 1].number) if place else None
    return render_template(
        "settings/version.html",
        version=setting_sheet.version(one, known.version_at(now), now),
        values=[(setting.label, in_words(setting, values[setting.key])) for setting in convention.VERSIONED],
        differences=setting_sheet.differences(before, values) if before else [],
        may_change=may(present_actor(), Permission.CHANGE_SETTINGS),
    )


@pages.get("/reglages/versions/nouvelle")
@requires(Permission.CHANGE_SETTINGS)
def new_version() -> ResponseReturnValue:
    """The form of a version to come, filled with the present values."""
    return _form({})


@pages.post("/reglages/versions/nouvelle")
@refills
@requires(Permission.CHANGE_SETTINGS)
def plan_version() -> ResponseReturnValue:
    """First the preview of what it would do; kept when it is confirmed. What was typed stays."""
    typed = request.form.to_dict()
    if refilling() or "back" in typed:
        return _form(typed)
    label, starts_on = typed.get("label", ""), _day(typed.get("starts_on", ""))
    try:
        if "keep" not in typed:
            return _preview(label, starts_on, typed)
        kept = convention.plan(present_actor(), label, starts_on, typed)
    except InvalidInput as refused:
        return _form(typed, refused.fields), 422
    except StaleVersion as refused:
        return _form(typed, {"general": [refused.detail, refused.advice]}), 409
    confirm(
        f"La version n° {kept.number} commencera le {french.instant(kept.effective_at)}.",
        "Les demandes envoyées à partir de là la suivront ; celles déjà ouvertes gardent la leur.",
        undo_url=url_for("pages.withdraw_version", number=kept.number),
        undo_label="Retirer cette version",
    )
    return redirect(url_for("pages.version", number=kept.number), 303)


@pages.post("/reglages/versions/<int:number>/retirer")
@requires(Permission.CHANGE_SETTINGS)
def withdraw_version(number: int) -> ResponseReturnValue:
    """Take back a version that has not begun."""
    convention.withdraw(present_actor(), number)
    confirm(f"La version n° {number} est retirée.", "Rien ne changera ce jour-là.")
    return redirect(url_for("pages.settings"), 303)


def _preview(label: str, starts_on: date | None, typed: dict[str, str]) -> str:
    now = clock.now()
    with reading() as session:
        known = reference(session)
        proposal = convention.judge(present_actor(), known, label, starts_on, typed)
        base = _present(known)
        found = list(what_if.targets(session, known, proposal.changes(base), proposal.values, now))
        definition = what_if.definition(session, known, proposal.values, now)
        open_requests = what_if.open_requests(session)
    return render_template(
        "settings/version_preview.html",
        label=proposal.label,
        starts_on=french.long_date(proposal.starts_on),
        differences=setting_sheet.differences(base, proposal.values),
        consequences=setting_sheet.consequences([*found, *([definition] if definition else [])]),
        open_requests=french.counted(open_requests, "demande ouverte garde", "demandes ouvertes gardent"),
        typed=[(name, value) for name, value in typed.items() if name != "csrf_token"],
    )


def _form(typed: dict[str, str], errors: dict[str, Any] | None = None) -> str:
    errors = errors or {}
    with reading() as session:
        known = reference(session)
    base, other = _present(known), convention.planned(known)
    fields = [
        {
            "name": "label",
            "label": "Nom de cette version",
            "hint": "Par exemple « Avenant du 15 janvier ».",
            "widget": "text",
            "value": typed.get("label", ""),
            "errors": errors.get("label", []),
            "required": True,
            "maxlength": convention.LONGEST_LABEL,
            "autocomplete": "off",
        },
        {
            "name": "starts_on",
            "label": "Elle commence le",
            "hint": "Un jour à venir, dès 0 h : le passé ne change pas.",
            "widget": "date",
            "value": typed.get("starts_on", ""),
            "errors": errors.get("starts_on", []),
            "required": True,
        },
    ]
    values = [
        setting_sheet.field(
            setting, typed.get(setting.key, to_text(base[setting.key])), errors.get(setting.key, [])
        )
        | {"name": setting.key, "label": setting.label}
        for setting in convention.VERSIONED
    ]
    return render_template(
        "settings/version_form.html",
        form={"fields": [*fields, *values], "errors": [one for one in errors.get("general", []) if one]},
        planned=_planned(other),
    )


def _planned(other: Version | None) -> dict[str, Any] | None:
    return {"number": other.number, "since": french.instant(other.effective_at)} if other else None


def _present(known: Reference) -> Any:
    return known.values_of(known.version_at(clock.now()).number)


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        return None
