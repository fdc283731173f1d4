"""« Calendriers »: when the line and the units are open; hours from a day on, closures, openings, holidays."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from service import clock
from service.database import reading
from service.errors import InvalidInput, NotVisible, StaleVersion
from service.operations import calendars as operations
from service.permissions import Actor, Permission, may_change_hours_of
from service.queries import calendars as queries
from service.queries import settings
from service.queries.calendars import Place
from service.queries.reference import LINE, reference
from service.routes.guard import present_actor, refilling, refills, requires
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.routes.pages.views import calendar_sheet, line, moments
from service.routes.pages.views.forms import form_fields, general_errors
from service.schemas.calendars import ExceptionForm, HoursForm, hours_of, period_of, typed
from service.schemas.fields import load
from service.workflows import calendars, french
from service.workflows.business_time import OutsideKnownDays
from service.workflows.weekly_hours import ONE_DAY

Errors = Mapping[str, Sequence[str]]

AHEAD = 60 * ONE_DAY
"""How far ahead the next closures are told."""
WHOLE_HISTORY = 200
_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")


@pages.get("/calendriers")
@requires(Permission.READ_CALENDARS)
def calendars_page() -> str:
    """The line, what units share, the units with their own hours: state now, next closures, who follows."""
    actor, now = present_actor(), clock.now()
    with reading() as session:
        known = reference(session)
        rows = [
            {
                "place": place,
                "state": calendar_sheet.state(
                    known.hours[place.calendar_code], now, line_itself=place.is_line
                ),
                "hours": french.unbroken(
                    known.hours[place.calendar_code].describe(
                        french.local_day(now), french.local_day(now + AHEAD)
                    )
                ),
                "closures": calendar_sheet.closures(known.hours[place.calendar_code], now, now + AHEAD)[:3],
            }
            for place in queries.places(session)
        ]
        mine = queries.place(session, actor.unit_id)
    may_change = mine is not None and may_change_hours_of(actor, actor.unit_id)
    return render_template(
        "calendars/list.html",
        rows=rows,
        mine=mine if may_change else None,
        ending=_ending(french.local_day(now)),
    )


@pages.get("/calendriers/<code>")
@requires(Permission.READ_CALENDARS)
def calendar(code: str) -> str:
    """One calendar, or a unit with the calendar that it follows."""
    return _page(code)


@pages.get("/calendriers/<code>/horaires")
@requires(Permission.CHANGE_CALENDARS)
def hours_form(code: str) -> str:
    """The form of weekly hours, filled with the present ones."""
    return _hours_page(code)


@pages.post("/calendriers/<code>/horaires")
@refills
@requires(Permission.CHANGE_CALENDARS)
def change_hours(code: str) -> ResponseReturnValue:
    """Show what would change, then keep it; what was typed stays where it is refused."""
    actor, form = present_actor(), request.form.to_dict()
    act, seen = form.get("act", "preview"), form.get("seen", "")
    if refilling() or act == "edit":
        return _hours_page(code, form)
    try:
        hours = hours_of(form)
        if act != "keep":
            return _preview(operations.foresee_hours(actor, code, hours, seen=seen), hours, form)
        operations.change_hours(actor, code, hours, seen=seen)
    except InvalidInput as refused:
        return _hours_page(code, form, refused.fields), 422
    except StaleVersion as refused:
        return _hours_page(code, form, {"": [refused.detail, refused.advice]}), 409
    day = french.long_date(hours.starts_on)
    confirm(
        f"Nouveaux horaires à partir du {day}.",
        "Les délais en cours vont être recalculés ; ce qui précède ce jour ne change pas.",
        undo_url=url_for("pages.withdraw_hours", code=code, day=hours.starts_on.isoformat()),
        undo_label="Retirer ce changement",
    )
    return redirect(url_for("pages.calendar", code=code), 303)


@pages.post("/calendriers/<code>/horaires/<day>/retirer")
@requires(Permission.CHANGE_CALENDARS)
def withdraw_hours(code: str, day: str) -> ResponseReturnValue:
    """Take back a change that has not begun."""
    try:
        starts_on = date.fromisoformat(day)
    except ValueError:
        raise NotVisible from None
    try:
        operations.withdraw_hours(present_actor(), code, starts_on)
    except InvalidInput as refused:
        return _page(code, general=_sentences(refused)), 422
    confirm(
        f"Le changement prévu le {french.long_date(starts_on)} est retiré.",
        "Les horaires d’avant continuent.",
    )
    return redirect(url_for("pages.calendar", code=code), 303)


@pages.post("/calendriers/<code>/exceptions")
@refills
@requires(Permission.CHANGE_CALENDARS)
def add_exception(code: str) -> ResponseReturnValue:
    """Add a closure or an opening; what was typed stays where it is refused."""
    form = request.form.to_dict()
    if refilling():
        return _page(code, form)
    try:
        given = load(ExceptionForm(), form, unknown="exclude")
        starts_at, ends_at = period_of(given)
        opens = given["kind"] == "opening"
        exception_id = operations.add_exception(
            present_actor(),
            code,
            opens=opens,
            starts_at=starts_at,
            ends_at=ends_at,
            reason=given["reason"],
            seen=form.get("seen", ""),
        )
    except InvalidInput as refused:
        return _page(code, form, refused.fields), 422
    except StaleVersion as refused:
        return _page(code, form, {"": [refused.detail, refused.advice]}), 409
    confirm(
        f"{'L’ouverture' if opens else 'La fermeture'} est notée.",
        "Les délais en cours vont être recalculés avec elle.",
        undo_url=url_for("pages.withdraw_exception", code=code, exception_id=exception_id),
        undo_label="La retirer",
    )
    return redirect(url_for("pages.calendar", code=code), 303)


@pages.post("/calendriers/<code>/exceptions/<uuid:exception_id>/retirer")
@requires(Permission.CHANGE_CALENDARS)
def withdraw_exception(code: str, exception_id: UUID) -> ResponseReturnValue:
    """Remove one that has not begun, or let a present one end now."""
    try:
        done = operations.withdraw_exception(present_actor(), code, exception_id)
    except InvalidInput as refused:
        return _page(code, general=_sentences(refused)), 422
    if done == "removed":
        confirm("La période est retirée.", "Les délais en cours vont être recalculés sans elle.")
    else:
        confirm("La période est terminée.", "Le temps passé reste compté avec elle.")
    return redirect(url_for("pages.calendar", code=code), 303)


@pages.get("/etat-de-la-ligne")
@requires(Permission.PUBLIC)
def line_state() -> str:
    """Whether the direct line is open, for anybody: until when, why, its hours, what closes next; never its number."""
    now = clock.now()
    shown: dict[str, Any] = {"open": None}
    with reading() as session:
        hours = reference(session).hours.get(LINE)
    if hours is not None:
        try:
            state = hours.state(now)
            shown = {"open": state.open, "until": french.unbroken(line.sentence(state, now))}
        except OutsideKnownDays:
            hours = None
    today = french.local_day(now)
    return render_template(
        "calendars/line_state.html",
        opening=shown,
        hours=french.unbroken(hours.describe(today, today + AHEAD)) if hours else "",
        closures=calendar_sheet.closures(hours, now, now + AHEAD) if hours else [],
        at={"words": moments.whole(now), "iso": moments.iso(now)},
    )


def _page(
    code: str,
    form: Mapping[str, Any] | None = None,
    errors: Errors | None = None,
    *,
    general: Sequence[str] = (),
) -> str:
    actor, now = present_actor(), clock.now()
    today = french.local_day(now)
    with reading() as session:
        place = _place(session, code)
        hours = reference(session).hours[place.calendar_code]
        present = _present(session, place, today)
        planned = session.execute(queries.planned(place.calendar_code, today)).all()
        exceptions = session.scalars(queries.exceptions(place.calendar_code)).all()
        history = session.execute(
            settings.changes(queries.history_key(place.calendar_code)).limit(WHOLE_HISTORY)
        ).all()
        seen = queries.last_change(session, place.calendar_code)
    fields = form_fields(ExceptionForm, {"kind": "closure", **(form or {})}, errors or {}, {})
    return render_template(
        "calendars/calendar.html",
        place=place,
        opening=calendar_sheet.state(hours, now, line_itself=place.is_line),
        week=calendar_sheet.week(present.weekly),
        total=calendar_sheet.weekly_total(present.weekly),
        followed=present.closed_in_words(),
        planned=calendar_sheet.planned(planned),
        exceptions=[calendar_sheet.exception(one, now) for one in exceptions if one.ends_at > now],
        holidays=calendar_sheet.holidays(today),
        known_until=french.short_date(calendars.known_until()),
        ending=_ending(today),
        changes=calendar_sheet.changes(history, now),
        may_change=_may_change(actor, place),
        seen=seen,
        form={"fields": fields, "errors": [*general, *general_errors(errors or {}, fields)]},
        **_month(today, hours, exceptions, place),
    )


def _month(today: date, hours: Any, exceptions: Sequence[Any], place: Place) -> dict[str, Any]:
    """The month of the address, within the school years shown, and the addresses of its neighbours."""
    asked = _MONTH.fullmatch(request.args.get("mois", ""))
    first, last = calendar_sheet.months(today)
    shown = (int(asked[1]), int(asked[2])) if asked else (today.year, today.month)
    if not first <= shown <= last:
        shown = (today.year, today.month)

    def neighbour(by: int) -> dict[str, str] | None:
        other = calendar_sheet.shifted(shown, by)
        if not first <= other <= last:
            return None
        code = calendar_sheet.month_code(other)
        return {
            "label": calendar_sheet.month_words(other),
            "url": url_for("pages.calendar", code=place.code, mois=code, _anchor="mois"),
        }

    return {
        "month": calendar_sheet.month(hours, shown, exceptions, today),
        "previous": neighbour(-1),
        "following": neighbour(1),
    }


def _hours_page(code: str, form: Mapping[str, Any] | None = None, errors: Errors | None = None) -> str:
    actor, today = present_actor(), french.local_day(clock.now())
    with reading() as session:
        place = _place(session, code)
        if not _may_change(actor, place):
            raise NotVisible
        present = _present(session, place, today)
        seen = queries.last_change(session, place.calendar_code)
    values = typed(present) if form is None else form
    days = calendar_sheet.hours_fields(values, errors or {})
    fields = form_fields(HoursForm, values, errors or {}, {})
    return render_template(
        "calendars/hours.html",
        place=place,
        seen=seen,
        days=days,
        fields=fields,
        form={"fields": [*days, *fields], "errors": general_errors(errors or {}, [*days, *fields])},
    )


def _preview(foreseen: operations.Foreseen, hours: calendars.HoursFrom, form: Mapping[str, str]) -> str:
    return render_template(
        "calendars/preview.html",
        place=foreseen.place,
        rows=calendar_sheet.comparison(foreseen.before, hours),
        day=french.long_date(hours.starts_on),
        requests=foreseen.requests,
        typed={name: value for name, value in form.items() if name not in ("csrf_token", "act")},
    )


def _place(session: Session, code: str) -> Place:
    place = queries.place(session, code)
    if place is None:
        raise NotVisible
    return place


def _present(session: Session, place: Place, today: date) -> calendars.HoursFrom:
    known = queries.timeline_of(session, place.calendar_code)
    return [one for one in known if one.starts_on <= today][-1]


def _may_change(actor: Actor, place: Place) -> bool:
    return may_change_hours_of(actor, place.unit.code if place.unit else None)


def _ending(today: date) -> str:
    """The day after which no school holidays are known, when it is near; else nothing."""
    return french.short_date(calendars.known_until()) if calendars.is_ending(today) else ""


def _sentences(refused: InvalidInput) -> list[str]:
    return [sentence for sentences in refused.fields.values() for sentence in sentences]
