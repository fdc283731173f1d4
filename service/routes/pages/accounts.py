"""« Comptes »: heads look after the people of their unit, the administration after everybody's."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from service import clock
from service.database import reading
from service.errors import InvalidInput
from service.models import Membership
from service.operations import accounts as operation
from service.operations import second_factor
from service.operations.invitations import Invited
from service.permissions import ROLE_LABELS, ROLES_OF_KIND, Actor, Permission, Role, may_manage_accounts_of
from service.queries import accounts as queries
from service.queries import keyset
from service.queries.keyset import Page, Place
from service.queries.reference import UnitCard, reference
from service.routes.guard import present_actor, requires
from service.routes.pages import turning
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.routes.pages.taking_away import Batch, in_batches, take_away
from service.routes.pages.turning import Listed, Turn
from service.routes.pages.views import account_list, narrowing, people
from service.routes.pages.views.forms import form_fields, general_errors
from service.schemas.accounts import Designate, Invite, Move
from service.schemas.fields import load
from service.workflows import french

Mistakes = Mapping[str, Sequence[str]]

PUBLIC_URL = "relais_public_url"
"""Where the application keeps the address that links begin with."""

_KEYS_ENDED = "Ses sessions et ses jetons sont terminés."
PAGE = 50
ORDERS = {"nom": queries.BY_NAME, "arrivee": queries.BY_ARRIVAL}
INSTITUTIONS = {"departement": "Département", "caf": "Caf"}


@pages.get("/comptes")
@requires(Permission.MANAGE_ACCOUNTS)
def accounts() -> str:
    """The list, by name or by the day of arrival."""
    actor, now, turn = present_actor(), clock.now(), turning.read(request.args, ORDERS)
    units = _units(actor)
    filters = account_list.filters(units)
    narrowed = narrowing.asked(request.args, filters)
    wanted = account_list.wanted(narrowed)
    with reading() as session:
        found = _page(session, actor, wanted, turn, PAGE)
        total = keyset.count(session, queries.counted(actor, wanted))
    return render_template(
        "accounts/list.html",
        members=[people.shown_member(member, until, now) for member, until in found.rows],
        total_words=turning.counted_words(total, "compte"),
        filters=narrowing.fields(filters, narrowed),
        listed=Listed("pages.accounts", turn, found, total, narrowed),
    )


@pages.get("/comptes.csv")
@requires(Permission.MANAGE_ACCOUNTS)
def accounts_csv() -> Response:
    """The same list, whole: people of the services, no family."""
    actor, now, turn = present_actor(), clock.now(), turning.read(request.args, ORDERS)
    wanted = account_list.wanted(narrowing.asked(request.args, account_list.filters(_units(actor))))

    def batch(session: Session, place: Place | None, limit: int) -> Batch:
        page = _page(session, actor, wanted, replace(turn, place=place), limit)
        return [account_list.export_row(member, until, now) for member, until in page.rows], page.next

    return take_away("comptes", account_list.EXPORT_HEAD, in_batches(batch))


@pages.get("/comptes/inviter")
@requires(Permission.MANAGE_ACCOUNTS)
def invite() -> str:
    """The form for somebody new."""
    return _invite_form()


@pages.post("/comptes/inviter")
@requires(Permission.MANAGE_ACCOUNTS)
def send_invitation() -> ResponseReturnValue:
    """Open the account; its link leaves by mail, or is shown this once."""
    try:
        given = load(Invite(), request.form.to_dict(), unknown="exclude")
        made = operation.invite(
            present_actor(),
            email=given["email"],
            name=given["name"],
            unit_code=given["unit"],
            role=given["role"],
        )
    except InvalidInput as refused:
        return _invite_form(refused.fields), 422
    return _link(made, given["name"])


@pages.get("/comptes/<uuid:account_id>")
@requires(Permission.MANAGE_ACCOUNTS)
def member(account_id: UUID) -> str:
    """One person: unit and role, whether they can enter, and what their manager can do."""
    return _member(account_id)


@pages.post("/comptes/<uuid:account_id>/affecter")
@requires(Permission.MANAGE_ACCOUNTS)
def move(account_id: UUID) -> ResponseReturnValue:
    """Another unit or role, from today on."""
    try:
        given = load(Move(), request.form.to_dict(), unknown="exclude")
        left = _unit_of(account_id)
        operation.move(present_actor(), account_id, unit_code=given["unit"], role=given["role"])
    except InvalidInput as refused:
        return _member(account_id, refused.fields), 422
    if given["unit"] == left.code:
        return _done(account_id, "Le rôle est changé.", _KEYS_ENDED)
    return _done(account_id, "Le service et le rôle sont changés.", _to_hand_over(left))


@pages.post("/comptes/<uuid:account_id>/inviter-de-nouveau")
@requires(Permission.MANAGE_ACCOUNTS)
def invite_again(account_id: UUID) -> ResponseReturnValue:
    """A new link, by mail or shown this once; the one before opens nothing any more."""
    made = operation.invite_again(present_actor(), account_id)
    with reading() as session:
        name = operation.managed(session, present_actor(), account_id).account.name
    return _link(made, name)


@pages.post("/comptes/<uuid:account_id>/designer")
@requires(Permission.MANAGE_ACCOUNTS)
def designate(account_id: UUID) -> ResponseReturnValue:
    """For reception and concertation, or to stand in for the head."""
    given = load(Designate(), request.form.to_dict(), unknown="exclude")
    named, deputy = given.get("named", False), given.get("deputy", False)
    operation.designate(present_actor(), account_id, named=named, deputy=deputy)
    return _done(account_id, "La désignation est enregistrée.", "Elle vaut à partir d’aujourd’hui.")


@pages.post("/comptes/<uuid:account_id>/suspendre")
@requires(Permission.MANAGE_ACCOUNTS)
def suspend(account_id: UUID) -> ResponseReturnValue:
    """Nobody enters with this account until further notice."""
    operation.suspend(present_actor(), account_id)
    return _done(account_id, "Le compte est suspendu.", _to_hand_over(_unit_of(account_id)))


@pages.post("/comptes/<uuid:account_id>/retablir")
@requires(Permission.MANAGE_ACCOUNTS)
def reinstate(account_id: UUID) -> ResponseReturnValue:
    """Open a suspended account again."""
    operation.reinstate(present_actor(), account_id)
    return _done(
        account_id, "Le compte est rétabli.", "La personne se connecte avec le mot de passe qu’elle avait."
    )


@pages.post("/comptes/<uuid:account_id>/terminer-les-sessions")
@requires(Permission.MANAGE_ACCOUNTS)
def end_sessions(account_id: UUID) -> ResponseReturnValue:
    """Everywhere the person is logged in."""
    operation.end_sessions_of(present_actor(), account_id)
    return _done(account_id, "Ses sessions sont terminées.", "La personne devra se reconnecter.")


@pages.post("/comptes/<uuid:account_id>/reinitialiser-le-second-facteur")
@requires(Permission.MANAGE_ACCOUNTS)
def reset_second_factor(account_id: UUID) -> ResponseReturnValue:
    """Somebody lost their telephone."""
    operation.reset_second_factor(present_actor(), account_id)
    return _done(
        account_id,
        "Son second facteur est réinitialisé.",
        "Ses sessions sont terminées ; la personne est prévenue par courriel, et enregistrera un téléphone en se "
        "connectant.",
    )


def _unit_of(account_id: UUID) -> UnitCard:
    with reading() as session:
        membership = operation.managed(session, present_actor(), account_id)
        return reference(session).units[membership.unit_code]


def _to_hand_over(left: UnitCard) -> str:
    return (
        f"{_KEYS_ENDED} Si cette personne suivait des demandes, elles sont à présent « Sans personne désignée » "
        f"({left.name}) : il faut les confier."
    )


def _member(account_id: UUID, mistakes: Mistakes | None = None) -> str:
    actor, now = present_actor(), clock.now()
    with reading() as session:
        membership = operation.managed(session, actor, account_id)
        until = session.scalar(queries.invitation_until(account_id))
        held = second_factor.held(session, account_id)
    typed = {"unit": membership.unit_code, "role": membership.role, **request.form.to_dict()}
    same = [
        unit
        for unit in _units(actor)
        if unit.institution == membership.account.institution
        and (unit.code == membership.unit_code or not unit.closed_by(french.local_day(now)))
    ]
    return render_template(
        "accounts/member.html",
        member=people.shown_member(membership, until, now),
        own=account_id == actor.account_id,
        has_second_factor=held is not None,
        form=_form(Move, typed, mistakes, same),
        designation=_designation(membership),
    )


def _designation(membership: Membership) -> list[dict[str, Any]]:
    """The two ticks of an agent of a CDAS; none for anybody else."""
    if membership.role != Role.CDAS_AGENT:
        return []
    return form_fields(Designate, {"named": membership.named, "deputy": membership.deputy}, {}, {})


def _invite_form(mistakes: Mistakes | None = None) -> str:
    today = french.local_day(clock.now())
    units = [unit for unit in _units(present_actor()) if not unit.closed_by(today)]
    typed = request.form.to_dict()
    if len(units) == 1:
        typed.setdefault("unit", units[0].code)
    return render_template("accounts/invite.html", form=_form(Invite, typed, mistakes, units))


def _form(
    schema: type[Invite] | type[Move],
    typed: Mapping[str, Any],
    mistakes: Mistakes | None,
    units: Sequence[UnitCard],
) -> dict[str, Any]:
    kinds = {unit.kind for unit in units}
    roles = [role for role in Role if any(role in ROLES_OF_KIND[kind] for kind in kinds)]
    choices = {
        "units": _unit_choices(units),
        "roles": [(role.value, ROLE_LABELS[role]) for role in roles],
    }
    fields = form_fields(schema, typed, mistakes or {}, choices)
    return {"fields": fields, "errors": general_errors(mistakes or {}, fields)}


def _unit_choices(units: Sequence[UnitCard]) -> list[Any]:
    grouped = [
        (label, [(unit.code, unit.name) for unit in units if unit.institution == institution])
        for institution, label in INSTITUTIONS.items()
    ]
    filled = [(label, of_it) for label, of_it in grouped if of_it]
    return filled if len(filled) > 1 else [choice for _, of_it in filled for choice in of_it]


def _units(actor: Actor) -> list[UnitCard]:
    with reading() as session:
        known = reference(session).units.values()
    return sorted((u for u in known if may_manage_accounts_of(actor, u.code)), key=lambda unit: unit.name)


def _page(
    session: Session, actor: Actor, filters: queries.Filters, turn: Turn, limit: int
) -> Page[tuple[Membership, datetime | None]]:
    query = queries.listed(actor, filters, turn.order, turn.place)
    found = [(member, until) for member, until in session.execute(query.limit(limit + 1))]
    return keyset.page(found, limit, turn.place, lambda row: (row[0].starts_on, row[0].account_id))


def _link(made: Invited, name: str) -> ResponseReturnValue:
    if not made.secret:
        until = french.instant(made.expires_at)
        return _done(
            made.account_id,
            "L’invitation part par courriel.",
            f"La personne la reçoit à l’adresse de son compte. Le lien sert une fois, jusqu’au {until}.",
        )
    return render_template(
        "accounts/link.html",
        name=name,
        link=current_app.extensions[PUBLIC_URL] + made.path,
        until=french.instant(made.expires_at),
    )


def _done(account_id: UUID, title: str, follows: str) -> ResponseReturnValue:
    confirm(title, follows)
    return redirect(url_for("pages.member", account_id=account_id), 303)
