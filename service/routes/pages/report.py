"""« Signaler une urgence définie » (R-UD-1 to R-UD-5, R-DP-2): one page, a verdict, a draft that keeps itself."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from service import clock
from service.database import reading
from service.errors import GuardRefused, InvalidInput, KeyReused, NotVisible
from service.operations import drafts
from service.operations.consultation import consult
from service.permissions import Actor, Permission
from service.queries import situations
from service.routes import errors
from service.routes.guard import present_actor, refilling, refills, requires
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.routes.pages.report_sheet import Sheet, fragments, page, refused, uuid_in
from service.routes.pages.views import moments
from service.routes.pages.what_follows import what_follows
from service.workflows.registry import kind_of
from service.workflows.urgent_rights import URGENT_RIGHTS

ALREADY_SENT = (
    "La demande {} est déjà partie, avec d’autres réponses. Ce formulaire devient une nouvelle demande : "
    "relisez-la, puis envoyez-la si elle est bien différente."
)


@pages.get("/signaler")
@requires(Permission.OPEN_URGENT_RIGHTS)
def report() -> str:
    """An empty form; made of an unanswered call when the address names one (R-UD-3)."""
    return page(_of_call(present_actor(), request.args.get("appel", "")))


@pages.post("/signaler")
@refills
@requires(Permission.OPEN_URGENT_RIGHTS)
def send_report() -> ResponseReturnValue:
    """Send a form that may not have been kept yet."""
    return _send(Sheet.of_request())


@pages.get("/signaler/<reference>")
@requires(Permission.OPEN_URGENT_RIGHTS)
def draft(reference: str) -> str:
    """A draft taken up again."""
    if kind_of(reference) != URGENT_RIGHTS.kind:
        raise NotVisible
    consult(present_actor(), reference)
    return page(Sheet.of_draft(present_actor(), reference))


@pages.post("/signaler/<reference>")
@refills
@requires(Permission.OPEN_URGENT_RIGHTS)
def send_draft(reference: str) -> ResponseReturnValue:
    """Send a draft as it stands on the page."""
    return _send(Sheet.of_request(reference))


@pages.post("/signaler/verdict")
@refills
@requires(Permission.OPEN_URGENT_RIGHTS)
def check_verdict() -> ResponseReturnValue:
    """« Vérifier »: the verdict on what is typed, as fragments for the script, else on the page. Keeps nothing."""
    sheet = Sheet.of_request()
    return fragments(sheet) if errors.wants_problem() else page(sheet)


@pages.post("/signaler/brouillon")
@refills
@requires(Permission.OPEN_URGENT_RIGHTS)
def save_draft() -> ResponseReturnValue:
    """« Enregistrer le brouillon », by hand or by itself; refuses a social-security number even here (R-DP-7)."""
    sheet = Sheet.of_request()
    if refilling():
        return page(sheet)
    try:
        sheet.keep()
    except InvalidInput as invalid:
        if errors.wants_problem():
            raise
        sheet.say(invalid)
        return page(sheet), 422
    here = url_for("pages.draft", reference=sheet.reference)
    if errors.wants_problem():
        return {
            "saved_at_words": moments.time_of(clock.now()),
            "version": sheet.mark,
            "action_url": here,
            "reference": sheet.reference,
            "page_url": here,
        }
    confirm("Brouillon enregistré.", "Vous le retrouvez ici et dans « Mes demandes ».")
    return redirect(here, 303)


@pages.post("/signaler/<reference>/supprimer")
@requires(Permission.OPEN_URGENT_RIGHTS)
def delete_draft(reference: str) -> ResponseReturnValue:
    """Give up a draft: nothing of it has left, nothing stays."""
    drafts.delete(present_actor(), reference)
    confirm("Brouillon supprimé.", "Rien n’a été transmis à la Caf.")
    return redirect(url_for("pages.tickets"), 303)


def sent(actor: Actor, reference: str, what: str) -> ResponseReturnValue:
    """The ticket, with the confirmation of what left and what follows."""
    row = URGENT_RIGHTS.transition("submit")
    confirm(f"Demande {reference} {what}.", what_follows(actor, reference, row))
    return redirect(url_for("pages.ticket", reference=reference), 303)


def _send(sheet: Sheet) -> ResponseReturnValue:
    if refilling():
        return page(sheet)
    try:
        # Sent before it is kept: a second click finds the same key and is answered like the first.
        sheet.send(sheet.read())
    except (InvalidInput, GuardRefused) as why:
        return refused(sheet, why)
    except KeyReused:
        return refused(sheet.anew(), GuardRefused(ALREADY_SENT.format(sheet.reference)))
    return sent(sheet.actor, sheet.reference, "envoyée à la Caf")


def _of_call(actor: Actor, call: str) -> Sheet:
    identifier = uuid_in(call)
    if identifier is None:
        return Sheet(actor)
    with reading() as session:
        kept = session.scalar(situations.unanswered_call(actor, identifier))
    if kept is None:
        return Sheet(actor)
    told = {
        "matricule": kept.matricule,
        "benefit": kept.benefit,
        "event": kept.event,
        "line_open_reason": "no_answer",
    }
    return Sheet(actor, {name: value for name, value in told.items() if value}, call=identifier)
