"""« Réglages »: what the administration changes without touching code, one Setting at a time, with its history."""

from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service import clock
from service.database import reading
from service.errors import InvalidInput, NotVisible, StaleVersion
from service.operations.settings import change_setting, undo_change
from service.permissions import Permission, may
from service.queries import settings as queries
from service.queries.reference import Reference, reference
from service.routes.guard import present_actor, refilling, refills, requires
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.routes.pages.views import setting_sheet
from service.workflows.settings import BY_KEY, Setting, Value, in_words, to_text

RECENT = 20
WHOLE_HISTORY = 200


@pages.get("/reglages")
@requires(Permission.READ_SETTINGS)
def settings() -> str:
    """Every Setting in words, the last changes, the versions of the convention."""
    now = clock.now()
    with reading() as session:
        known = reference(session)
        rows = session.execute(queries.changes().limit(RECENT)).all()
    return render_template(
        "settings/list.html",
        groups=setting_sheet.groups(known.values_of(known.version_at(now).number)),
        changes=setting_sheet.changes(rows, now),
        versions=setting_sheet.versions(known, now),
        may_change=may(present_actor(), Permission.CHANGE_SETTINGS),
    )


@pages.get("/reglages/<key>")
@requires(Permission.READ_SETTINGS)
def setting(key: str) -> str:
    """One Setting: its form for the administration, its whole history for who may read it."""
    return _page(_setting(key))


@pages.post("/reglages/<key>")
@refills
@requires(Permission.CHANGE_SETTINGS)
def change(key: str) -> ResponseReturnValue:
    """Give it another value; what was typed stays where it is refused."""
    row, typed = _setting(key), request.form.get("value", "")
    if refilling():
        return _page(row, typed)
    try:
        changed = change_setting(present_actor(), key, typed, seen=request.form.get("seen"))
    except InvalidInput as refused:
        return _page(row, typed, tuple(refused.fields.get(key, ()))), 422
    except StaleVersion as refused:
        return _page(row, typed, general=(refused.detail, refused.advice)), 409
    return _done(row, changed)


@pages.post("/reglages/<key>/changements/<uuid:change_id>/annuler")
@requires(Permission.CHANGE_SETTINGS)
def undo_setting(key: str, change_id: UUID) -> ResponseReturnValue:
    """Put back what the last change replaced."""
    row = _setting(key)
    try:
        undone = undo_change(present_actor(), key, change_id)
    except StaleVersion as refused:
        return _page(row, general=(refused.detail, refused.advice)), 409
    return _done(row, undone)


def _done(row: Setting, changed: bool) -> ResponseReturnValue:
    with reading() as session:
        words = in_words(row, _value(reference(session), row))
        last = session.scalar(queries.latest_change(row.key))
    if not changed or last is None:
        confirm(f"Rien n’a changé : « {row.label} » vaut déjà « {words} ».")
        return redirect(url_for("pages.settings"), 303)
    confirm(
        f"« {row.label} » vaut maintenant « {words} ».",
        "Les nouvelles demandes suivent ce réglage ; celles déjà ouvertes gardent leur version."
        if row.versioned
        else "Ce réglage vaut dès maintenant, pour toutes les demandes.",
        undo_url=url_for("pages.undo_setting", key=row.key, change_id=last.id),
        undo_label="Défaire ce changement",
    )
    return redirect(url_for("pages.settings"), 303)


def _page(
    row: Setting,
    typed: str | None = None,
    errors: tuple[str, ...] = (),
    general: tuple[str, ...] = (),
) -> str:
    now = clock.now()
    with reading() as session:
        value = _value(reference(session), row)
        rows = session.execute(queries.changes(row.key).limit(WHOLE_HISTORY)).all()
    present = to_text(value)
    field = setting_sheet.field(row, present if typed is None else typed, errors)
    return render_template(
        "settings/setting.html",
        setting=setting_sheet.shown(row, value),
        seen=present,
        form={"fields": [field], "errors": [sentence for sentence in general if sentence]},
        changes=setting_sheet.changes(rows, now),
        may_change=may(present_actor(), Permission.CHANGE_SETTINGS),
    )


def _setting(key: str) -> Setting:
    if key not in BY_KEY:
        raise NotVisible
    return BY_KEY[key]


def _value(known: Reference, row: Setting) -> Value:
    return known.values_of(known.version_at(clock.now()).number)[row.key]
