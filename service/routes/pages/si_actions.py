"""« Actions »: what was held in the shelters, year by year, in numbers (R-SI)."""

from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import extract

from service import clock
from service.database import reading
from service.errors import NotVisible
from service.models import SiAction
from service.operations import si_actions as operation
from service.permissions import Permission, may
from service.queries import si as queries
from service.routes.guard import present_actor, refills, requires
from service.routes.pages.blueprint import pages
from service.routes.pages.si_forms import Form, Given, answer, done
from service.routes.pages.views import si_sheet
from service.schemas import si as schemas
from service.workflows import french

_FORM = ["GET", "POST"]
_LEDE = "Des nombres seulement : ni nom, ni dossier, ni situation d’une personne hébergée (article 9)."


@pages.get("/siao/actions")
@requires(Permission.READ_SI_REGISTER)
def si_actions() -> str:
    """The actions of a year, planned ones included."""
    actor, today = present_actor(), french.local_day(clock.now())
    year = request.args.get("annee", today.year, type=int)
    with reading() as session:
        rows = session.scalars(queries.actions(actor).where(extract("year", SiAction.held_on) == year)).all()
        offered = queries.years(session, actor, today)
    return render_template(
        "si/actions.html",
        year=year,
        actions=[si_sheet.action(one, today) for one in rows],
        years=[
            {
                "label": str(one),
                "count": None,
                "current": one == year,
                "url": url_for(".si_actions", annee=one),
            }
            for one in offered
        ],
        may_keep=may(actor, Permission.KEEP_SI_REGISTER),
    )


@pages.route("/siao/actions/noter", methods=_FORM)
@refills
@requires(Permission.KEEP_SI_REGISTER)
def si_note_action() -> ResponseReturnValue:
    """Enter an action, held or planned."""

    def act(given: Given) -> ResponseReturnValue:
        operation.note(present_actor(), given)
        return done(
            url_for("pages.si_actions", annee=given["held_on"].year),
            "L’action est notée.",
            "Elle compte au bilan.",
        )

    form = Form(schemas.Action, "Noter une action", _LEDE, "Noter l’action", _back())
    return answer(form, act, {"structure_id": request.args.get("structure", "")}, _structures())


@pages.route("/siao/actions/<uuid:action_id>", methods=_FORM)
@refills
@requires(Permission.KEEP_SI_REGISTER)
def si_change_action(action_id: UUID) -> ResponseReturnValue:
    """Complete it: people met, rights opened since."""
    with reading() as session:
        found = session.scalar(queries.actions(present_actor()).where(SiAction.id == action_id))
    if found is None:
        raise NotVisible

    def act(given: Given) -> ResponseReturnValue:
        operation.change(present_actor(), action_id, given)
        return done(url_for("pages.si_actions", annee=given["held_on"].year), "L’action est à jour.")

    form = Form(
        schemas.Action,
        "Compléter l’action",
        _LEDE,
        "Enregistrer",
        _back(),
        url_for("pages.si_withdraw_action", action_id=action_id),
    )
    return answer(form, act, si_sheet.begun_action(found), _structures())


@pages.post("/siao/actions/<uuid:action_id>/retirer")
@requires(Permission.KEEP_SI_REGISTER)
def si_withdraw_action(action_id: UUID) -> ResponseReturnValue:
    """It was noted by mistake, or did not take place."""
    operation.withdraw(present_actor(), action_id)
    return done(url_for("pages.si_actions"), "L’action est retirée.", "Elle ne compte plus au bilan.")


def _structures() -> dict[str, list[tuple[str, str]]]:
    with reading() as session:
        rows = session.scalars(queries.structures(present_actor())).all()
    return {"structures": [(str(one.id), f"{one.name} – {one.commune.name}") for one in rows]}


def _back() -> tuple[str, str]:
    return url_for("pages.si_actions"), "Actions"
