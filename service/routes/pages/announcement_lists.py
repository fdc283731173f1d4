"""The types of information, « écrit de référence », and the actors of the ASIP: read by all, kept by some (R-GO-5)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service import clock
from service.database import reading
from service.errors import InvalidInput, NotVisible
from service.models import AnnouncementKind
from service.operations import announcement_lists as operations
from service.permissions import Permission, may
from service.queries import announcements as queries
from service.routes.guard import present_actor, refilling, refills, requires
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.routes.pages.views import announcement_sheet
from service.routes.pages.views.forms import form_fields, general_errors
from service.schemas.convention_life import ContactForm, KindForm
from service.schemas.fields import load

Errors = Mapping[str, Sequence[str]]


@pages.get("/convention/informations/types")
@requires(Permission.READ_CONVENTION_LIFE)
def announcement_kinds() -> str:
    """Every type: who announces it, to whom, how."""
    return _kinds({})


@pages.post("/convention/informations/types")
@refills
@requires(Permission.KEEP_CONVENTION_LIFE)
def add_announcement_kind() -> ResponseReturnValue:
    """Add one."""
    typed = request.form.to_dict()
    if refilling():
        return _kinds(typed)
    try:
        operations.write_kind(present_actor(), load(KindForm(), typed, unknown="exclude"))
    except InvalidInput as refused:
        return _kinds(typed, refused.fields), 422
    confirm("Le type d’information est ajouté.", "Il se choisit dès maintenant en publiant une information.")
    return redirect(url_for("pages.announcement_kinds"), 303)


@pages.get("/convention/informations/types/<uuid:kind_id>")
@requires(Permission.KEEP_CONVENTION_LIFE)
def announcement_kind(kind_id: UUID) -> str:
    """The form of a type."""
    return _kind(kind_id)


@pages.post("/convention/informations/types/<uuid:kind_id>")
@refills
@requires(Permission.KEEP_CONVENTION_LIFE)
def change_announcement_kind(kind_id: UUID) -> ResponseReturnValue:
    """Change it."""
    typed = request.form.to_dict()
    if refilling():
        return _kind(kind_id, typed)
    try:
        operations.write_kind(present_actor(), load(KindForm(), typed, unknown="exclude"), kind_id)
    except InvalidInput as refused:
        return _kind(kind_id, typed, refused.fields), 422
    confirm("Le type d’information est enregistré.")
    return redirect(url_for("pages.announcement_kinds"), 303)


@pages.post("/convention/informations/types/<uuid:kind_id>/fermer")
@requires(Permission.KEEP_CONVENTION_LIFE)
def close_announcement_kind(kind_id: UUID) -> ResponseReturnValue:
    """Offer it no more, or again (`encore`)."""
    again = request.form.get("encore") == "1"
    operations.close_kind(present_actor(), kind_id, again=again)
    confirm(
        "Ce type d’information est de nouveau proposé."
        if again
        else "Ce type d’information n’est plus proposé."
    )
    return redirect(url_for("pages.announcement_kinds"), 303)


@pages.get("/convention/informations/acteurs-asip")
@requires(Permission.READ_CONVENTION_LIFE)
def asip_contacts() -> str:
    """Who hears of new rights outside both institutions."""
    return _contacts({})


@pages.post("/convention/informations/acteurs-asip")
@refills
@requires(Permission.KEEP_CONVENTION_LIFE)
def add_asip_contact() -> ResponseReturnValue:
    """Add one."""
    typed = request.form.to_dict()
    if refilling():
        return _contacts(typed)
    try:
        given = load(ContactForm(), typed, unknown="exclude")
        operations.add_contact(present_actor(), given["name"], given["email"])
    except InvalidInput as refused:
        return _contacts(typed, refused.fields), 422
    confirm(
        "La structure est dans la liste.", "Elle recevra les prochaines informations sur des droits nouveaux."
    )
    return redirect(url_for("pages.asip_contacts"), 303)


@pages.post("/convention/informations/acteurs-asip/<uuid:contact_id>/retirer")
@requires(Permission.KEEP_CONVENTION_LIFE)
def remove_asip_contact(contact_id: UUID) -> ResponseReturnValue:
    """Take one out."""
    operations.remove_contact(present_actor(), contact_id)
    confirm("La structure n’est plus dans la liste.", "Elle ne recevra plus rien.")
    return redirect(url_for("pages.asip_contacts"), 303)


def _kinds(typed: Mapping[str, Any], mistakes: Errors | None = None) -> str:
    now = clock.now()
    with reading() as session:
        rows = session.execute(queries.kinds()).all()
    fields = form_fields(KindForm, typed, mistakes or {}, {})
    return render_template(
        "convention/kinds.html",
        kinds=[announcement_sheet.kind_line(kind, who, now) for kind, who in rows],
        form={"fields": fields, "errors": general_errors(mistakes or {}, fields)},
        may_keep=may(present_actor(), Permission.KEEP_CONVENTION_LIFE),
    )


def _kind(kind_id: UUID, typed: Mapping[str, Any] | None = None, mistakes: Errors | None = None) -> str:
    with reading() as session:
        kind = session.get(AnnouncementKind, kind_id)
    if kind is None:
        raise NotVisible
    said = {name: getattr(kind, name) or "" for name in KindForm().fields}
    fields = form_fields(KindForm, said if typed is None else typed, mistakes or {}, {})
    return render_template(
        "convention/kind.html",
        kind=kind,
        form={"fields": fields, "errors": general_errors(mistakes or {}, fields)},
    )


def _contacts(typed: Mapping[str, Any], mistakes: Errors | None = None) -> str:
    with reading() as session:
        rows = session.scalars(queries.contacts()).all()
    fields = form_fields(ContactForm, typed, mistakes or {}, {})
    return render_template(
        "convention/asip.html",
        contacts=rows,
        form={"fields": fields, "errors": general_errors(mistakes or {}, fields)},
        may_keep=may(present_actor(), Permission.KEEP_CONVENTION_LIFE),
    )
