"""« Annuaire »: from a place to its CDAS and its Caf worker, as annexes 5 and 6 of the convention do on paper."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from service import clock
from service.database import reading
from service.errors import GuardRefused, InvalidInput, NotPermitted, NotVisible
from service.models import Membership
from service.operations import absences, sectors, staff
from service.operations import directory as operations
from service.permissions import Permission, Role, UnitKind, may
from service.queries import directory as queries
from service.queries import situations
from service.queries.directory import Covered
from service.queries.reference import reference
from service.routes.guard import present_actor, refilling, refills, requires
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.routes.pages.views import directory_page
from service.routes.pages.views.commune_choices import commune_choices, commune_names
from service.routes.pages.views.directory_page import Presence
from service.routes.pages.views.forms import form_fields, general_errors
from service.schemas.directory import ClosingForm, PlaceForm, SectorForm
from service.schemas.fields import load
from service.workflows import french

CAF_KINDS = (UnitKind.CAF_SECRETARIAT, UnitKind.CAF_SOCIAL, UnitKind.CAF_PRESTATIONS)
"""The units of the Caf that the directory shows, in this order."""

Errors = Mapping[str, Sequence[str]]


@pages.get("/annuaire")
@requires(Permission.READ_DIRECTORY)
def directory() -> str:
    """The form, what covers the place that was asked for, every CDAS, the units of the Caf, the sectors."""
    actor, now = present_actor(), clock.now()
    with reading() as session:
        known, split = reference(session), queries.quarters(session)
        communes = situations.communes(session)
        own = situations.covered_by(session, actor.unit_id)
        names = commune_names(communes)
        insee, quarter = _asked(names, split)
        addresses = queries.addresses(session)
        every = sectors.all_sectors(session)
        presence = _presence(session, every, now)
        found = _found(session, insee, quarter, split, presence)
    units = {card.code: directory_page.unit(card, known, addresses, now) for card in known.units.values()}
    choices: dict[str, Sequence[Any]] = {
        "communes": commune_choices(communes, own),
        "quarters": [(one.quarter, one.name) for group in split.values() for one in group],
    }
    return render_template(
        "directory/directory.html",
        fields=_place_fields(choices, insee, quarter, split),
        place=names.get(insee or ""),
        found=found,
        units=units,
        cdas=[units[card.code] for card in known.units_of(UnitKind.CDAS)],
        caf=[units[card.code] for kind in CAF_KINDS for card in known.units_of(kind)],
        sectors=[directory_page.sector(one, presence) for one in every],
        may_note=may(actor, Permission.NOTE_ABSENCES),
        may_set=sectors.may_set_worker(actor),
        may_close=may(actor, Permission.CLOSE_UNITS),
    )


@pages.get("/annuaire/secteurs/<code>")
@requires(Permission.READ_DIRECTORY)
def sector(code: str) -> str:
    """The form that gives a sector its worker."""
    return _sector_page(code, {})


@pages.post("/annuaire/secteurs/<code>")
@requires(Permission.READ_DIRECTORY)
def set_sector_worker(code: str) -> ResponseReturnValue:
    """Give the sector its worker, or none for now."""
    try:
        given = load(SectorForm(), request.form.to_dict(), unknown="exclude")
        sectors.set_worker(present_actor(), code, given.get("worker"))
    except InvalidInput as refused:
        return _sector_page(code, refused.fields), 422
    confirm(
        "Le travailleur social du secteur est enregistré.",
        "Les prochaines demandes lui sont proposées ; celles déjà transmises ne changent pas de main.",
    )
    return redirect(url_for("pages.directory", _anchor="secteurs"), 303)


@pages.route("/annuaire/services/<code>/fermer", methods=["GET", "POST"])
@refills
@requires(Permission.CLOSE_UNITS)
def close_unit(code: str) -> ResponseReturnValue:
    """The form that closes a unit down from a day on, or no longer; what was typed stays where it is refused."""
    typed = request.form.to_dict()
    if request.method == "GET" or refilling():
        return _closing_page(code, typed, {})
    if "keep" in typed:
        operations.keep_open(present_actor(), code)
        confirm("Le service ne ferme plus.", "Il reste dans l’annuaire et dans les choix.")
        return redirect(url_for("pages.directory"), 303)
    try:
        given = load(ClosingForm(), typed, unknown="exclude")
        operations.close_unit(present_actor(), code, given["day"])
    except InvalidInput as refused:
        return _closing_page(code, typed, refused.fields), 422
    except GuardRefused as refused:
        said = [sentence for sentence in (refused.detail, refused.advice) if sentence]
        return _closing_page(code, typed, {"": said}), 409
    confirm(
        "Le service ferme.",
        "L’annuaire le dit à partir de ce jour ; rien de ce qui est passé ne change. Retirez l’accès de ses membres "
        "dans « Comptes ».",
    )
    return redirect(url_for("pages.directory"), 303)


def _asked(names: Mapping[str, str], split: Mapping[str, list[Covered]]) -> tuple[str | None, str | None]:
    """The commune and the quarter of the address, where they exist and fit."""
    commune, quarter = request.args.get("commune", ""), request.args.get("quartier", "")
    fits = any(one.quarter == quarter for one in split.get(commune, ()))
    return (commune if commune in names else None), (quarter if fits else None)


def _found(
    session: Session,
    insee: str | None,
    quarter: str | None,
    split: Mapping[str, list[Covered]],
    presence: Presence,
) -> dict[str, Any] | None:
    """What covers the place: CDAS and sector, or the quarters to choose from; None when nothing was asked."""
    if insee is None:
        return None
    names = {one.quarter: one for one in split.get(insee, ())}
    workers = sectors.candidates(session, insee, quarter)
    rows = [
        {
            **directory_page.sector(one, presence, names[one.quarter].name if one.quarter else ""),
            "cdas": names[one.quarter].cdas_code if one.quarter else "",
            "url": url_for("pages.directory", commune=insee, quartier=one.quarter),
        }
        for one in workers
    ]
    cdas = queries.cdas_of(session, insee, quarter)
    whole = len(rows) == 1 and len(cdas) == 1
    return {
        "cdas": cdas[0] if whole else None,
        "sector": rows[0] if whole else None,
        "quarter": names[quarter].name if quarter else "",
        "quarters": [] if whole else rows,
    }


def _presence(session: Session, every: Sequence[sectors.SectorWorker], now: datetime) -> Presence:
    today = french.local_day(now)
    workers = sorted({one.worker_id for one in every if one.worker_id is not None}, key=str)
    stand_ins = absences.standing_in_for(session, workers, today)
    others = {one.account_id for one in stand_ins.values() if one.account_id is not None}
    return Presence(
        stand_ins=stand_ins,
        until=queries.away_until(session, workers, today),
        names=situations.names_of(session, others),
    )


def _place_fields(
    choices: Mapping[str, Sequence[Any]],
    insee: str | None,
    quarter: str | None,
    split: Mapping[str, list[Covered]],
) -> list[dict[str, Any]]:
    commune, quartier = form_fields(PlaceForm, {"commune": insee, "quartier": quarter}, {}, choices)
    if not split:
        return [commune]
    quartier |= {
        "shown_when": f"commune={'|'.join(split)}",
        "placeholder": "Tous les quartiers",
        "required": True,
    }
    return [commune, quartier]


def _closing_page(code: str, typed: Mapping[str, str], errors: Errors) -> str:
    now = clock.now()
    with reading() as session:
        unit, held = reference(session).units.get(code), queries.held_by(session, code, now)
    if unit is None or unit.closed_by(french.local_day(now)):
        raise NotVisible
    planned = {"day": unit.closed_on.isoformat()} if unit.closed_on else {}
    fields = form_fields(ClosingForm, {**planned, **typed}, errors, {})
    return render_template(
        "directory/closing.html",
        unit=unit,
        held=held,
        form={"fields": fields, "errors": general_errors(errors, fields)},
    )


def _sector_page(code: str, errors: Errors) -> str:
    actor, now = present_actor(), clock.now()
    if not sectors.may_set_worker(actor):
        raise NotPermitted(
            "Les secteurs reviennent à la responsable du service social de la Caf et à l’administration."
        )
    with reading() as session:
        one = next((row for row in sectors.all_sectors(session) if row.sector_code == code), None)
        workers = session.scalars(staff.members(now).where(Membership.role == Role.CAF_TS)).all()
    if one is None:
        raise NotVisible
    choices = {"workers": [(str(row.account_id), row.account.name) for row in workers]}
    values = {"worker": one.worker_id, **request.form.to_dict()}
    fields = form_fields(SectorForm, values, errors, choices)
    fields[0]["placeholder"] = "Personne pour le moment"
    return render_template(
        "directory/sector.html",
        sector=one,
        form={"fields": fields, "errors": general_errors(errors, fields)},
    )
