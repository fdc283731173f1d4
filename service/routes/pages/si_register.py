"""« Convention SIAO »: the agreement, the referents and partners, the meetings, and what is late (R-SI)."""

from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from service import clock
from service.database import reading
from service.errors import NotVisible
from service.models import SiMeeting
from service.operations import si_agreement as agreement
from service.operations import si_meetings
from service.permissions import Permission, may
from service.queries import si as queries
from service.routes.guard import present_actor, refills, requires
from service.routes.pages.blueprint import pages
from service.routes.pages.si_forms import Form, Given, answer, done
from service.routes.pages.views import si_sheet
from service.schemas import si as schemas
from service.workflows import french
from service.workflows.si import CONTACT_ROLES
from service.workflows.si_watch import dues

_FORM = ["GET", "POST"]


@pages.get("/siao")
@requires(Permission.READ_SI_REGISTER)
def si_register() -> str:
    """Where the convention stands."""
    actor, today = present_actor(), french.local_day(clock.now())
    with reading() as session:
        contacts = session.scalars(queries.contacts(actor)).all()
        return render_template(
            "si/register.html",
            dues=dues(queries.standing(session, today), today),
            agreements=[si_sheet.agreement(one, today) for one in session.scalars(queries.agreements(actor))],
            referents=si_sheet.referents(contacts),
            partners=si_sheet.partners(contacts),
            past=si_sheet.past_contacts(contacts),
            meetings=[si_sheet.meeting(one) for one in session.scalars(queries.meetings(actor))],
            list=si_sheet.list_state(session.scalars(queries.refreshes(actor)).first(), today),
            may_keep=may(actor, Permission.KEEP_SI_REGISTER),
        )


@pages.route("/siao/convention", methods=_FORM)
@refills
@requires(Permission.KEEP_SI_REGISTER)
def si_sign() -> ResponseReturnValue:
    """Enter a signed agreement."""

    def act(given: Given) -> ResponseReturnValue:
        agreement.sign(present_actor(), given)
        return done(_register(), "La convention est notée.", "Elle se renouvelle d’elle-même chaque année.")

    lede = "Conclue pour un an à compter de sa signature, renouvelée tacitement (articles 12.1 et 12.2)."
    return answer(
        Form(schemas.Signed, "Noter une convention signée", lede, "Noter la convention", _back()), act
    )


@pages.route("/siao/convention/<uuid:agreement_id>/fin", methods=_FORM)
@refills
@requires(Permission.KEEP_SI_REGISTER)
def si_end(agreement_id: UUID) -> ResponseReturnValue:
    """A party ends it."""

    def act(given: Given) -> ResponseReturnValue:
        agreement.end(present_actor(), agreement_id, given)
        return done(_register(), "La fin de la convention est notée.", "Le registre reste lisible ensuite.")

    lede = "Une partie y met fin à tout moment, par courrier. Ceci ne se défait pas."
    return answer(Form(schemas.Ended, "Noter la fin de la convention", lede, "Noter la fin", _back()), act)


@pages.route("/siao/contacts", methods=_FORM)
@refills
@requires(Permission.KEEP_SI_REGISTER)
def si_name_contact() -> ResponseReturnValue:
    """Name a referent or a partner's contact."""

    def act(given: Given) -> ResponseReturnValue:
        agreement.name_contact(present_actor(), given)
        return done(
            _register(), f"{given['name']} est dans le registre.", "Les précédents restent dans l’historique."
        )

    role = request.args.get("pour", "")
    begun = {"role": role if role in CONTACT_ROLES else "", "starts_on": french.local_day(clock.now())}
    lede = "Des professionnels seulement, et leurs coordonnées de service."
    return answer(
        Form(schemas.Named, "Nommer un référent ou un partenaire", lede, "Nommer", _back()), act, begun
    )


@pages.post("/siao/contacts/<uuid:contact_id>/fin")
@requires(Permission.KEEP_SI_REGISTER)
def si_end_contact(contact_id: UUID) -> ResponseReturnValue:
    """Somebody leaves the list of contacts."""
    agreement.end_contact(present_actor(), contact_id)
    return done(_register(), "Cette personne n’est plus dans la liste.", "L’historique la garde.")


@pages.route("/siao/reunions", methods=_FORM)
@refills
@requires(Permission.KEEP_SI_REGISTER)
def si_note_meeting() -> ResponseReturnValue:
    """Enter a meeting that was held."""
    return _meeting(None)


@pages.route("/siao/reunions/<uuid:meeting_id>", methods=_FORM)
@refills
@requires(Permission.KEEP_SI_REGISTER)
def si_change_meeting(meeting_id: UUID) -> ResponseReturnValue:
    """Correct a meeting, add its decisions."""
    with reading() as session:
        held = session.scalar(queries.meetings(present_actor()).where(SiMeeting.id == meeting_id))
    if held is None:
        raise NotVisible
    return _meeting(held)


def _meeting(held: SiMeeting | None) -> ResponseReturnValue:
    def act(given: Given) -> ResponseReturnValue:
        si_meetings.note(present_actor(), given, held.id if held else None)
        return done(_register(), "La réunion est notée.")

    lede = (
        "Un comité au moins tous les six mois : référents, DDETS et si possible des structures (article 6)."
    )
    title = "Changer la réunion" if held else "Noter une réunion"
    begun = si_sheet.begun(held, schemas.Meeting) if held else {"kind": "committee"}
    return answer(Form(schemas.Meeting, title, lede, "Enregistrer", _back()), act, begun)


def _register() -> str:
    return url_for("pages.si_register")


def _back() -> tuple[str, str]:
    return _register(), "Convention SIAO"
