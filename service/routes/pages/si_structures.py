"""« Structures »: the SIAO's list of emergency shelters, one of them, and the list as it comes (R-SI)."""

from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from service import clock
from service.database import reading
from service.errors import NotVisible
from service.models import SiStructure
from service.operations import si_structures as operation
from service.permissions import Permission, may
from service.queries import si as queries
from service.queries import situations
from service.routes.guard import present_actor, refills, requires
from service.routes.pages.blueprint import pages
from service.routes.pages.si_forms import Form, Given, answer, done
from service.routes.pages.views import si_sheet
from service.routes.pages.views.commune_choices import commune_choices
from service.schemas import si as schemas
from service.workflows import french

_FORM = ["GET", "POST"]


@pages.get("/siao/structures")
@requires(Permission.READ_SI_REGISTER)
def si_structures() -> str:
    """The open ones, by priority; the closed ones under them."""
    actor, today = present_actor(), french.local_day(clock.now())
    with reading() as session:
        last = {row[0]: row[1] for row in session.execute(queries.last_action_days(actor, today))}
        rows = [
            si_sheet.structure(one, today, last.get(one.id))
            for one in session.scalars(queries.structures(actor))
        ]
        refreshed = session.scalars(queries.refreshes(actor)).first()
    return render_template(
        "si/structures.html",
        open=sorted((row for row in rows if row["open"]), key=lambda row: row["rank"]),
        closed=[row for row in rows if not row["open"]],
        list=si_sheet.list_state(refreshed, today),
        may_keep=may(actor, Permission.KEEP_SI_REGISTER),
    )


@pages.route("/siao/structures/ajouter", methods=_FORM)
@refills
@requires(Permission.KEEP_SI_REGISTER)
def si_add_structure() -> ResponseReturnValue:
    """A new line of the list."""

    def act(given: Given) -> ResponseReturnValue:
        added = operation.add(present_actor(), given)
        return done(_one(added), f"{given['name']} est dans la liste.", "Reste à convenir de sa priorité.")

    lede = "Ce que le SIAO transmet d’une structure d’hébergement d’urgence (convention, article 4-4)."
    form = Form(schemas.Structure, "Ajouter une structure", lede, "Ajouter", _back())
    return answer(form, act, {}, _communes())


@pages.get("/siao/structures/<uuid:structure_id>")
@requires(Permission.READ_SI_REGISTER)
def si_structure(structure_id: UUID) -> str:
    """One structure: how to reach it, its priority, the terms agreed, the actions held there."""
    actor, today = present_actor(), french.local_day(clock.now())
    found = _found(structure_id)
    with reading() as session:
        actions = session.scalars(queries.of_structure(actor, structure_id)).all()
    return render_template(
        "si/structure.html",
        structure=si_sheet.structure(found, today),
        actions=[si_sheet.action(one, today) for one in actions],
        may_keep=may(actor, Permission.KEEP_SI_REGISTER),
    )


@pages.route("/siao/structures/<uuid:structure_id>/changer", methods=_FORM)
@refills
@requires(Permission.KEEP_SI_REGISTER)
def si_change_structure(structure_id: UUID) -> ResponseReturnValue:
    """What the SIAO now says of it."""
    found = _found(structure_id)

    def act(given: Given) -> ResponseReturnValue:
        operation.change(present_actor(), structure_id, given)
        return done(_one(structure_id), "La structure est à jour.")

    lede = "Ce que le SIAO en dit maintenant ; une date de fermeture la retire des structures ouvertes."
    form = Form(schemas.Structure, f"Mettre à jour {found.name}", lede, "Enregistrer", _back_to(found))
    return answer(form, act, si_sheet.begun(found, schemas.Structure), _communes())


@pages.route("/siao/structures/<uuid:structure_id>/priorite", methods=_FORM)
@refills
@requires(Permission.KEEP_SI_REGISTER)
def si_prioritise(structure_id: UUID) -> ResponseReturnValue:
    """The joint priority."""
    found = _found(structure_id)

    def act(given: Given) -> ResponseReturnValue:
        operation.prioritise(present_actor(), structure_id, given)
        return done(_one(structure_id), "La priorité commune est notée.")

    lede = "Décidée par le SIAO en lien avec les référents de la Caf et de la Cpam."
    form = Form(schemas.Prioritised, f"Priorité de {found.name}", lede, "Enregistrer", _back_to(found))
    return answer(form, act, si_sheet.begun(found, schemas.Prioritised))


@pages.route("/siao/structures/<uuid:structure_id>/modalites", methods=_FORM)
@refills
@requires(Permission.KEEP_SI_REGISTER)
def si_agree(structure_id: UUID) -> ResponseReturnValue:
    """What the structure wishes, and how to work with it."""
    found = _found(structure_id)

    def act(given: Given) -> ResponseReturnValue:
        operation.agree(present_actor(), structure_id, given)
        return done(_one(structure_id), "Les modalités sont notées.")

    lede = "Ce que la structure souhaite, et comment y travailler ensemble."
    form = Form(schemas.Agreed, f"Modalités avec {found.name}", lede, "Enregistrer", _back_to(found))
    return answer(form, act, si_sheet.begun(found, schemas.Agreed))


@pages.route("/siao/liste", methods=_FORM)
@refills
@requires(Permission.KEEP_SI_REGISTER)
def si_refresh() -> ResponseReturnValue:
    """The SIAO sent its list."""

    def act(given: Given) -> ResponseReturnValue:
        operation.refresh(present_actor(), given)
        return done(
            _list(), "La mise à jour est notée.", "La prochaine est attendue dans trois mois au plus."
        )

    lede = "Ajoutez, changez ou fermez d’abord les structures qui le doivent : ce qui est ouvert ce jour-là est compté."
    form = Form(schemas.Refreshed, "Noter la liste reçue du SIAO", lede, "Noter la mise à jour", _back())
    return answer(form, act, {"received_on": french.local_day(clock.now())})


def _found(structure_id: UUID) -> SiStructure:
    with reading() as session:
        query = queries.structures(present_actor()).where(SiStructure.id == structure_id)
        found = session.scalar(query)
    if found is None:
        raise NotVisible
    return found


def _communes() -> dict[str, list[tuple[str, list[tuple[str, str]]]]]:
    with reading() as session:
        return {"communes": commune_choices(situations.communes(session))}


def _list() -> str:
    return url_for("pages.si_structures")


def _one(structure_id: UUID) -> str:
    return url_for("pages.si_structure", structure_id=structure_id)


def _back() -> tuple[str, str]:
    return _list(), "Structures"


def _back_to(found: SiStructure) -> tuple[str, str]:
    return _one(found.id), found.name
