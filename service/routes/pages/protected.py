"""What is kept back inside a request: its protected telephone (R-DP-8), and who is kept out of it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from service import clock
from service.database import reading
from service.errors import GuardRefused, InvalidInput, NotPermitted, NotVisible
from service.models import Membership
from service.operations import kept_out as operation
from service.operations import phones, staff
from service.operations.consultation import consult
from service.permissions import CONTENT_ROLES, Actor, Permission
from service.queries import access_journal
from service.routes.guard import present_actor, requires
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.routes.pages.views.forms import form_fields, general_errors
from service.schemas.access import KeepOut
from service.schemas.fields import load
from service.schemas.phone import ShowPhone

Mistakes = Mapping[str, Sequence[str]]


@pages.get("/demandes/<reference>/telephone")
@requires(Permission.READ_TICKETS)
def protected_phone(reference: str) -> str:
    """Ask why the number is needed."""
    consult(present_actor(), reference, "ask_phone")
    return _phone(reference, {})


@pages.post("/demandes/<reference>/telephone")
@requires(Permission.READ_TICKETS)
def show_phone(reference: str) -> ResponseReturnValue:
    """Show the number on this one page: leaving it hides the number again."""
    typed = request.form.to_dict()
    try:
        given = load(ShowPhone(unknown="exclude"), typed)
        number = phones.show(present_actor(), reference, given["reason"])
    except InvalidInput as refused:
        consult(present_actor(), reference, "ask_phone")
        return _phone(reference, typed, refused.fields), 422
    return render_template("ticket/phone.html", reference=reference, number=number, form=None)


@pages.get("/demandes/<reference>/ecarter")
@requires(Permission.KEEP_OUT)
def kept_out(reference: str) -> str:
    """Who is kept out, and the form to keep somebody out."""
    return _kept_out(reference, {})


@pages.post("/demandes/<reference>/ecarter")
@requires(Permission.KEEP_OUT)
def keep_out(reference: str) -> ResponseReturnValue:
    """Keep an account out; what was chosen stays where it is refused."""
    typed = request.form.to_dict()
    try:
        given = load(KeepOut(unknown="exclude"), typed)
        operation.declare(present_actor(), reference, given["account"])
    except InvalidInput as refused:
        return _kept_out(reference, typed, refused.fields), 422
    except (GuardRefused, NotPermitted) as refused:
        return _kept_out(reference, typed, {"": [f"{refused.detail} {refused.advice}".strip()]}), 409
    confirm(
        "Ce compte est écarté de la demande.", "Il ne la trouve plus nulle part, ni celles de cette personne."
    )
    return redirect(url_for("pages.kept_out", reference=reference), 303)


@pages.post("/demandes/<reference>/ecarter/retirer")
@requires(Permission.KEEP_OUT)
def let_in_again(reference: str) -> ResponseReturnValue:
    """The link does not stand any more."""
    try:
        account_id = UUID(request.form.get("account", ""))
    except ValueError:
        raise NotVisible from None
    operation.take_back(present_actor(), reference, account_id)
    confirm("Ce compte n’est plus écarté.", "Il retrouve la demande si son rôle la lui ouvre.")
    return redirect(url_for("pages.kept_out", reference=reference), 303)


def _phone(reference: str, typed: Mapping[str, Any], mistakes: Mistakes | None = None) -> str:
    wrong = mistakes or {}
    fields = form_fields(ShowPhone, typed, wrong, {})
    form = {"fields": fields, "errors": general_errors(wrong, fields)}
    return render_template("ticket/phone.html", reference=reference, number=None, form=form)


def _kept_out(reference: str, typed: Mapping[str, Any], mistakes: Mistakes | None = None) -> str:
    actor, wrong = present_actor(), mistakes or {}
    ticket_id = consult(actor, reference, "keep_out")
    with reading() as session:
        kept = [
            (row.account_id, name) for row, name in session.execute(access_journal.kept_out(actor, ticket_id))
        ]
        people = [
            (str(one.account_id), f"{one.account.name}, {one.unit.name}")
            for one in session.scalars(_people(actor))
        ]
    fields = form_fields(KeepOut, typed, wrong, {"people": people})
    return render_template(
        "ticket/kept_out.html",
        reference=reference,
        kept=kept,
        form={"fields": fields, "errors": general_errors(wrong, fields)},
    )


def _people(actor: Actor) -> Select[Membership]:
    return staff.members(clock.now()).where(
        Membership.role.in_([role.value for role in CONTENT_ROLES]),
        Membership.unit.has(institution=actor.institution.value),
        Membership.account_id != actor.account_id,
    )
