"""The people of Relais: who is invited, where they work, and when they stop. Nobody gives themselves a right."""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, contains_eager

from service import clock, logs
from service.database import transaction
from service.errors import GuardRefused, InvalidInput, NotPermitted, NotVisible
from service.models import Account, Membership, ProviderIdentity, Unit
from service.models.unit import has_closed
from service.notifications import telling
from service.operations import (
    entering,
    invitations,
    login,
    passwords,
    second_factor,
    tokens,
)
from service.operations.consultation import note_reset
from service.operations.invitations import Invited
from service.operations.login import canonical_email
from service.operations.texts import refuse_nir
from service.permissions import ROLES_OF_KIND, Actor, Permission, Role, UnitKind, may, may_manage_accounts_of
from service.workflows.french import local_day

log = logs.logger(__name__)


def invite(actor: Actor, *, email: str, name: str, unit_code: str, role: str) -> Invited:
    """Open an account in a unit and send the link by which its person chooses a password.

    The link is given to the inviter where no mail can leave.

    Refuses a unit that the actor does not manage or that has closed down, a role of another kind of unit, an address
    that has an account.
    """
    if not may(actor, Permission.MANAGE_ACCOUNTS):
        raise NotPermitted("Inviter quelqu’un revient aux responsables et à l’administration.")
    if not may_manage_accounts_of(actor, unit_code):
        raise InvalidInput({"unit": ["Choisissez un service dont vous gérez les comptes."]})
    with transaction() as session:
        return open_invited(
            session, email=email, name=name, unit_code=unit_code, role=role, inviter=actor.account_id
        )


def open_invited(
    session: Session,
    *,
    email: str,
    name: str,
    unit_code: str,
    role: str,
    inviter: UUID | None,
    named: bool = False,
    deputy: bool = False,
) -> Invited:
    """The same in the caller's transaction, who has judged that it may be done; `inviter` None: the command line."""
    account = _open(session, email, name, unit_code, role, named=named, deputy=deputy)
    log.info("account.invited", account_id=account.id, unit_id=unit_code, role=role, invited_by=inviter)
    return invitations.send(session, account, unit_code, inviter)


def install(
    *, email: str, name: str, unit_code: str, role: str, password: str | None = None
) -> tuple[UUID, Invited | None]:
    """Open an account from the command line: with a password at once, or with an invitation. Refuses like `invite`."""
    with transaction() as session:
        account = _open(session, email, name, unit_code, role)
        log.info("account.installed", account_id=account.id, unit_id=unit_code, role=role)
        if password is None:
            return account.id, invitations.make(session, account, None)
        _accept_password(account, password)
        return account.id, None


def invite_again(actor: Actor, account_id: UUID) -> Invited:
    """A new link for somebody who lost the first one, or the password. The old password works until then."""
    with transaction() as session:
        membership = _managed(session, actor, account_id)
        account = membership.account
        if account.suspended_at is not None:
            raise GuardRefused("Ce compte est suspendu.", advice="Rétablissez-le d’abord.")
        if has_closed(membership.unit.closed_on, local_day(clock.now())):
            raise GuardRefused(
                f"{membership.unit.name} est fermé : ce lien n’ouvrirait rien.",
                advice="Changez d’abord le service de ce compte.",
            )
        log.info("account.invited", account_id=account.id, invited_by=actor.account_id)
        return invitations.send(session, account, membership.unit_code, actor.account_id)


def accept(secret: str, password: str) -> None:
    """Choose the password of one's account; the link then opens nothing any more.

    Refuses like `invitations.account_of`, and a password that is guessed too easily.
    """
    with transaction() as session:
        account = use_invitation(session, secret)
        _accept_password(account, password)
    log.info("account.password_chosen", account_id=account.id)


def use_invitation(session: Session, secret: str) -> Account:
    """Use a link up, in the caller's transaction, and end what opened its account before, ProConnect too.

    Refuses like `invitations.account_of`.
    """
    account = invitations.use(session, secret)
    _end_every_key(session, account.id)
    session.execute(delete(ProviderIdentity).where(ProviderIdentity.account_id == account.id))
    return account


def change_password(actor: Actor, *, current: str, new: str, address: str, session_id: UUID | None) -> None:
    """Replace one's password; ends every other session, open invitation and token of the account.

    Refuses (InvalidInput) a wrong present one, throttled like a login, and a new one that is guessed easily.
    """
    login.check_password(actor, current, address)
    with transaction() as session:
        account = session.get_one(Account, actor.account_id)
        _accept_password(account, new)
        _end_every_key(session, account.id, besides=session_id)
    log.info("account.password_changed", account_id=actor.account_id)


def suspend(actor: Actor, account_id: UUID) -> None:
    """Close the account until further notice; its sessions and tokens end at once."""

    def close(session: Session, membership: Membership) -> None:
        membership.account.suspended_at = membership.account.suspended_at or clock.now()
        _end_every_key(session, account_id)

    _manage(actor, account_id, close, "account.suspended")


def reinstate(actor: Actor, account_id: UUID) -> None:
    """Open a suspended account again, with the password it had."""

    def open_again(_: Session, membership: Membership) -> None:
        membership.account.suspended_at = None

    _manage(actor, account_id, open_again, "account.reinstated")


def end_sessions_of(actor: Actor, account_id: UUID) -> None:
    """End every session of somebody whose account the actor manages."""
    _manage(
        actor,
        account_id,
        lambda session, _: login.end_sessions(session, account_id),
        "account.sessions_ended",
    )


def reset_second_factor(actor: Actor, account_id: UUID) -> None:
    """Let somebody who lost their telephone enrol another one at the next login; every session ends, they are told.

    The access journal says who did it, and to whom, at the same instant (R-DP-4).

    Refuses (GuardRefused) an account that has no second factor.
    """

    def reset(session: Session, membership: Membership) -> None:
        login.hold(session, account_id)
        if not second_factor.forget(session, account_id):
            raise GuardRefused(
                "Ce compte n’a pas de second facteur.", advice="La personne l’enregistre en se connectant."
            )
        login.end_sessions(session, account_id)
        tokens.revoke_all(session, account_id)
        entering.tell(session, membership, telling.RESET)
        note_reset(session, actor, membership)

    _manage(actor, account_id, reset, "account.second_factor_reset")


def move(actor: Actor, account_id: UUID, *, unit_code: str, role: str) -> None:
    """Give somebody another unit or role from today on; sessions and tokens end.

    Refuses a unit that the actor does not manage, one of the other institution (a person in both has two accounts),
    and a role of another kind of unit.
    """

    def change(session: Session, membership: Membership) -> None:
        if not may_manage_accounts_of(actor, unit_code):
            raise InvalidInput({"unit": ["Choisissez un service dont vous gérez les comptes."]})
        unit = _unit_for(session, unit_code, role)
        if unit.institution != membership.account.institution:
            raise InvalidInput(
                {"unit": ["Ce service est de l’autre institution : il faut y ouvrir un autre compte."]}
            )
        if (membership.unit_code, membership.role) == (unit_code, role):
            raise InvalidInput({"role": ["C’est déjà son service et son rôle."]})
        _replace(session, membership, unit_code, role)
        _end_every_key(session, account_id)

    _manage(actor, account_id, change, "account.moved")


def designate(actor: Actor, account_id: UUID, *, named: bool, deputy: bool) -> None:
    """Name an agent of a CDAS for reception and concertation, or as who stands in for its head (R-PE-4), from today on.

    Dated as a membership is, and ended the same way; moving elsewhere ends it. Refuses (GuardRefused) another role.
    """

    def name(session: Session, membership: Membership) -> None:
        if membership.role != Role.CDAS_AGENT:
            raise GuardRefused("Seul un professionnel d’un CDAS est désigné ainsi.", rule="R-PE-4")
        _replace(session, membership, membership.unit_code, membership.role, named=named, deputy=deputy)

    _manage(actor, account_id, name, "account.designated")


def managed(session: Session, actor: Actor, account_id: UUID) -> Membership:
    """The open membership of an account that the actor may look after, with account and unit.

    Refuses (NotVisible) what is absent or belongs to a unit of somebody else.
    """
    membership = session.scalar(
        select(Membership)
        .join(Membership.account)
        .join(Membership.unit)
        .options(contains_eager(Membership.account), contains_eager(Membership.unit))
        .where(Membership.account_id == account_id, Membership.ends_on.is_(None))
    )
    if membership is None or not may_manage_accounts_of(actor, membership.unit_code):
        raise NotVisible
    return membership


def _managed(session: Session, actor: Actor, account_id: UUID) -> Membership:
    membership = managed(session, actor, account_id)
    if account_id == actor.account_id:
        raise NotPermitted(
            "Personne ne change ses propres droits.",
            advice="Demandez à un autre responsable ou à l’administration.",
        )
    return membership


def _manage(actor: Actor, account_id: UUID, act: Callable[[Session, Membership], None], event: str) -> None:
    with transaction() as session:
        act(session, _managed(session, actor, account_id))
    log.info(event, account_id=account_id)


def _open(
    session: Session,
    email: str,
    name: str,
    unit_code: str,
    role: str,
    *,
    named: bool = False,
    deputy: bool = False,
) -> Account:
    refuse_nir({"email": email, "name": name})
    unit = _unit_for(session, unit_code, role)
    now = clock.now()
    account = Account(
        email=canonical_email(email), name=name.strip(), institution=unit.institution, created_at=now
    )
    session.add(account)
    try:
        session.flush()
    except IntegrityError:
        # Neutral on purpose: it does not say where, nor in which state, the other account is.
        raise InvalidInput(
            {"email": ["Cette adresse ne peut pas être invitée : elle a peut-être déjà un compte."]}
        ) from None
    session.add(
        Membership(
            account_id=account.id,
            unit_code=unit_code,
            role=role,
            starts_on=local_day(now),
            named=named,
            deputy=deputy,
        )
    )
    return account


def _unit_for(session: Session, unit_code: str, role: str) -> Unit:
    unit = session.get(Unit, unit_code)
    if unit is None:
        raise InvalidInput({"unit": ["Choisissez dans la liste."]})
    if has_closed(unit.closed_on, local_day(clock.now())):
        raise InvalidInput({"unit": [f"{unit.name} est fermé : choisissez le service qui le remplace."]})
    if role not in set(Role) or Role(role) not in ROLES_OF_KIND[UnitKind(unit.kind)]:
        raise InvalidInput({"role": [f"Ce rôle n’existe pas dans le service « {unit.name} »."]})
    return unit


def _replace(
    session: Session,
    membership: Membership,
    unit_code: str,
    role: str,
    *,
    named: bool = False,
    deputy: bool = False,
) -> None:
    today = local_day(clock.now())
    if membership.starts_on >= today:
        # Begun today: it is corrected, since a membership of no day would say nothing.
        membership.unit_code, membership.role = unit_code, role
        membership.named, membership.deputy = named, deputy
        return
    membership.ends_on = today
    session.flush()  # one open membership at a time
    session.add(
        Membership(
            account_id=membership.account_id,
            unit_code=unit_code,
            role=role,
            starts_on=today,
            named=named,
            deputy=deputy,
        )
    )


def _accept_password(account: Account, password: str) -> None:
    if found := passwords.problems(password, about=(account.email, account.name)):
        raise InvalidInput({"password": found})
    account.password_hash = passwords.keep(password)


def _end_every_key(session: Session, account_id: UUID, besides: UUID | None = None) -> None:
    login.end_sessions(session, account_id, besides)
    tokens.revoke_all(session, account_id)
    invitations.end(session, account_id)
