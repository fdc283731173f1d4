"""What leaves, shown before it leaves: the preview of a draft, and « Texte à coller dans CDAP » (R-UD-2, R-UD-3)."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from service.database import reading
from service.errors import GuardRefused, InvalidInput
from service.operations import drafts
from service.operations.consultation import consult
from service.permissions import Permission
from service.queries import situations
from service.queries.reference import reference as reference_data
from service.routes.guard import present_actor, refilling, refills, requires
from service.routes.pages.blueprint import pages
from service.routes.pages.report import sent
from service.routes.pages.report_sheet import Sheet, kept_day, page, refused, today
from service.routes.pages.views import statement
from service.routes.pages.views.commune_choices import commune_names
from service.schemas.urgent_rights import from_form

CHANNEL = "cdap_form"
NOT_READY = "Ce brouillon n’est pas encore prêt : complétez-le d’abord."


@pages.post("/signaler/apercu")
@refills
@requires(Permission.OPEN_URGENT_RIGHTS)
def ask_preview() -> ResponseReturnValue:
    """« Voir ce que la Caf verra »: the draft is kept, then shown as it would arrive."""
    sheet = Sheet.of_request()
    if refilling():
        return page(sheet)
    try:
        sheet.keep()
        from_form(sheet.typed, today())
    except InvalidInput as invalid:
        sheet.say(invalid)
        return page(sheet), 422
    return redirect(url_for("pages.preview", reference=sheet.reference), 303)


@pages.get("/signaler/<reference>/apercu")
@requires(Permission.OPEN_URGENT_RIGHTS)
def preview(reference: str) -> ResponseReturnValue:
    """What the Caf would see of the draft, and the button that sends it."""
    sheet = _consulted(reference)
    try:
        told = from_form(sheet.typed, today())
    except InvalidInput:
        return _back_to_form(reference)
    with reading() as session:
        communes = commune_names(situations.communes(session))
    return render_template(
        "report/preview.html",
        sheet=sheet,
        person=statement.person_lines(told, communes),
        situation=statement.situation_lines(told),
        direct=_direct(),
    )


@pages.post("/signaler/texte-cdap")
@refills
@requires(Permission.OPEN_URGENT_RIGHTS)
def ask_cdap_text() -> ResponseReturnValue:
    """« Préparer le texte pour CDAP »: the draft is checked and kept, then turned into the text."""
    sheet = Sheet.of_request()
    if refilling():
        return page(sheet)
    try:
        drafts.expect_ready(sheet.actor, sheet.open(), sheet.read(), CHANNEL)
        sheet.keep()
    except (InvalidInput, GuardRefused) as why:
        return refused(sheet, why)
    return redirect(url_for("pages.cdap_text", reference=sheet.reference), 303)


@pages.get("/demandes/<reference>/texte-cdap")
@requires(Permission.OPEN_URGENT_RIGHTS)
def cdap_text(reference: str) -> ResponseReturnValue:
    """The text, to be copied; the reference is in it so that the Caf's answer finds its request."""
    sheet = _consulted(reference, "cdap_text")
    try:
        told = from_form(sheet.typed, today())
        verdict = drafts.expect_ready(sheet.actor, reference, told, CHANNEL)
    except (InvalidInput, GuardRefused):
        return _back_to_form(reference)
    return render_template("report/cdap_text.html", sheet=sheet, **_text(sheet, told, verdict.explanation))


@pages.post("/demandes/<reference>/texte-cdap")
@requires(Permission.OPEN_URGENT_RIGHTS)
def sent_by_cdap(reference: str) -> ResponseReturnValue:
    """« Je l’ai envoyé par CDAP »: the request leaves by the channel `cdap_form`, as it was prepared."""
    return _send_as_kept(reference, CHANNEL, "notée comme envoyée par CDAP")


@pages.post("/signaler/<reference>/envoyer")
@requires(Permission.OPEN_URGENT_RIGHTS)
def send_previewed(reference: str) -> ResponseReturnValue:
    """« Envoyer à la Caf » from the preview: the request leaves as it was shown."""
    return _send_as_kept(reference, "service", "envoyée à la Caf")


def _send_as_kept(reference: str, channel: str, what: str) -> ResponseReturnValue:
    sheet = Sheet.of_request(reference)
    try:
        drafts.send_kept(sheet.actor, reference, _plain, sheet.key, channel)
    except (InvalidInput, GuardRefused) as why:
        kept = Sheet.of_draft(sheet.actor, reference)
        kept.say(why)
        return page(kept), 422
    return sent(sheet.actor, reference, what)


def _plain(kept: drafts.Kept) -> Mapping[str, Any]:
    """« Today » in a draft is the day on which it was saved."""
    return from_form(kept.form, kept_day(kept))


def _consulted(reference: str, act: str = "read") -> Sheet:
    consult(present_actor(), reference, act)
    return Sheet.of_draft(present_actor(), reference)


def _text(sheet: Sheet, told: Mapping[str, Any], explanation: str) -> dict[str, Any]:
    with reading() as session:
        known = reference_data(session)
        communes = commune_names(situations.communes(session))
    unit = known.units[sheet.actor.unit_id]
    return {
        "text": statement.text_for_cdap(told, sheet.reference, explanation, unit, communes),
        "cdap_url": known.settings.text("cdap_url"),
        "direct": known.settings.flag("direct_channel"),
    }


def _direct() -> bool:
    with reading() as session:
        return reference_data(session).settings.flag("direct_channel")


def _back_to_form(reference: str) -> ResponseReturnValue:
    flash(NOT_READY, "warning")
    return redirect(url_for("pages.draft", reference=reference), 303)
