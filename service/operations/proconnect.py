"""Entering by ProConnect: it says who somebody is; whether they enter is decided here, by an invitation.

A person is the pair of the issuer and its subject, never an electronic address. `eidas2` and `eidas3` stand
for a code; below, our own code is asked. ProConnect lets a browser back in for twelve hours without asking
anything: a login whose proof is older than its beginning here asks our own code as well; where ProConnect does not
say how old it is, any login within twelve hours of the one before does. So that there is one, an application is
enrolled when an identity is bound.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import compare_digest
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service import clock, logs
from service.database import transaction
from service.errors import GuardRefused, NotLoggedIn, NotPermitted
from service.models import LoginSession, Membership, ProviderIdentity, ProviderReturn
from service.notifications import telling
from service.operations import (
    accounts,
    entering,
    identity_provider,
    login,
    second_factor,
    secrets_shown_once,
    staff,
    throttle,
)
from service.operations.identity_provider import AnswerRefused, Asking, Identified
from service.operations.login import Asked, Entry, SessionRules
from service.sealing import ring

log = logs.logger(__name__)

RETURN_WITHIN = timedelta(minutes=15)
"""How long somebody may take at the provider."""

NOT_RECOGNISED = (
    "La connexion par ProConnect n’a pas abouti, ou elle a trop duré. Recommencez depuis cette page."
)
NOT_INVITED = (
    "ProConnect vous a reconnu, mais aucun compte de Relais n’est ouvert pour vous par ce moyen : "
    "Relais ne reçoit que les personnes invitées."
)
HOW_TO_BE_INVITED = (
    "Demandez une invitation à votre responsable ou à l’administration de Relais : ouvrez le lien reçu et choisissez "
    "ProConnect. Si vous avez un mot de passe de Relais, il fonctionne toujours."
)
NO_CODE = (
    "ProConnect vous a reconnu, mais cette connexion ne suffit pas à ouvrir Relais sans un code de votre téléphone, "
    "et aucun téléphone n’est enregistré pour votre compte."
)
HOW_TO_ENROL = (
    "Demandez une nouvelle invitation à votre responsable : en l’ouvrant par ProConnect, vous enregistrerez un "
    "téléphone."
)


@dataclass(frozen=True, slots=True)
class Brought:
    """What a browser brings back: the secret and the moment that its cookie kept, and what the address says."""

    secret: str
    begun_at: datetime
    state: str
    code: str
    issuer: str | None = None
    invitation: str = ""


def come_back(brought: Brought, address: str, rules: SessionRules, *, device: str = "") -> Entry:
    """Open a session, or a login that waits for our own code; with an invitation, bind the person to its account.

    Refuses (NotLoggedIn) a return that this browser did not ask for, that comes twice or late, or that proves nothing;
    refuses (NotPermitted) whoever has no account by this way, suspended and unknown alike; refuses (TooManyAttempts)
    an `address` of the network from where too many came in vain. Raises Unavailable.
    """
    asking = Asking(brought.secret)
    # An account of its own for each try: only the network address is slowed down.
    origin = throttle.Origin.of(f"proconnect {asking.state}", address)
    try:
        _expect_own(asking, brought)
        _take_once(asking, brought.begun_at + RETURN_WITHIN)
        throttle.admit(origin)
        person = identity_provider.identify(asking, brought.code)
    except AnswerRefused as refused:
        log.warning("login.proconnect_refused", code=refused.reason)
        raise NotLoggedIn(NOT_RECOGNISED) from refused
    with transaction() as session:
        throttle.forgive(session, origin)
        if brought.invitation:
            _bind(session, person, brought.invitation)
        fresh = None if person.since is None else person.since >= brought.begun_at
        return _enter(session, person, rules, device=device, binding=bool(brought.invitation), fresh=fresh)


def leave(session_id: UUID) -> tuple[str, str] | None:
    """Where to send the browser so that ProConnect's session ends too, and the state that must come back.

    None for a session that ProConnect did not open, or while ProConnect does not answer.
    """
    state = identity_provider.fresh_secret()
    with transaction() as session:
        opened = session.get(LoginSession, session_id)
        if opened is None or opened.id_token is None or not identity_provider.offered():
            return None
        try:
            address = identity_provider.leaving_address(opened.id_token, state)
        except identity_provider.Unavailable:
            log.warning("logout.proconnect_unavailable")
            return None
        session.execute(
            update(ProviderIdentity)
            .where(ProviderIdentity.account_id == opened.account_id)
            .values(exit_digest=secrets_shown_once.digest(state))
        )
    return address, state


def has_left(state: str) -> None:
    """ProConnect's own session has ended in that browser. Another one may still be open: nothing is believed for it."""
    with transaction() as session:
        session.execute(
            update(ProviderIdentity)
            .where(ProviderIdentity.exit_digest == secrets_shown_once.digest(state))
            .values(exit_digest=None)
        )


def bound_since(session: Session, account_id: UUID) -> datetime | None:
    """Since when ProConnect opens that account; None where it does not."""
    return session.scalar(select(ProviderIdentity.bound_at).where(ProviderIdentity.account_id == account_id))


def _expect_own(asking: Asking, brought: Brought) -> None:
    if not compare_digest(asking.state.encode(), brought.state.encode()):
        raise AnswerRefused("state")
    if not brought.begun_at <= clock.now() < brought.begun_at + RETURN_WITHIN:
        raise AnswerRefused("late")
    if not identity_provider.answers_for(brought.issuer):
        raise AnswerRefused("issuer")


def _take_once(asking: Asking, until: datetime) -> None:
    try:
        with transaction() as session:
            session.add(
                ProviderReturn(token_digest=secrets_shown_once.digest(asking.state), expires_at=until)
            )
    except IntegrityError as again:
        raise AnswerRefused("again") from again


def _bind(session: Session, person: Identified, invitation: str) -> None:
    account = accounts.use_invitation(session, invitation)
    bound = ProviderIdentity(
        account_id=account.id,
        issuer=person.issuer,
        subject_index=_index(person),
        behind=person.behind,
        bound_at=clock.now(),
    )
    try:
        with session.begin_nested():
            session.add(bound)
    except IntegrityError as already:
        raise GuardRefused(
            "Cette identité ProConnect ouvre déjà un autre compte de Relais.",
            advice="Choisissez un mot de passe, ou demandez à l’administration de vérifier vos comptes.",
        ) from already
    log.info("account.proconnect_bound", account_id=account.id)


def _enter(
    session: Session,
    person: Identified,
    rules: SessionRules,
    *,
    device: str,
    binding: bool,
    fresh: bool | None,
) -> Entry:
    identity = _identity(session, person)
    membership = identity and session.scalar(
        staff.members(clock.now()).where(Membership.account_id == identity.account_id)
    )
    if identity is None or not membership or not _same_provider_behind(identity, person):
        log.warning("login.proconnect_not_invited")
        raise NotPermitted(NOT_INVITED, advice=HOW_TO_BE_INVITED)
    if binding:
        entering.tell(session, membership, telling.BOUND)
    if fresh is None:
        fresh = identity.open_until is None or identity.open_until <= clock.now()
    proved = fresh and person.acr in identity_provider.STRONG
    asks = _asks(session, identity.account_id, proved=proved, binding=binding)
    identity.open_until = clock.now() + timedelta(seconds=identity_provider.SESSION_SECONDS)
    if asks is not None:
        log.info("login.proconnect_right", account_id=identity.account_id, factor=person.acr)
        enrolling = asks is Asked.ENROLMENT
        secret = login.begin(session, identity.account_id, enrolling=enrolling, id_token=person.id_token)
        return Entry(secret, asks)
    log.info("login.succeeded", account_id=identity.account_id, factor=person.acr)
    opened = login.open_session(
        session, identity.account_id, rules, device=device, by_code=True, id_token=person.id_token
    )
    return Entry(opened)


def _asks(session: Session, account_id: UUID, *, proved: bool, binding: bool) -> Asked | None:
    has_codes = second_factor.held(session, account_id) is not None
    if binding:
        return Asked.CODE if has_codes else Asked.ENROLMENT
    if proved:
        # Whoever bound an identity and left before the enrolment still owes it.
        return None if has_codes else Asked.ENROLMENT
    if has_codes:
        return Asked.CODE
    log.warning("login.proconnect_without_code", account_id=account_id)
    raise NotPermitted(NO_CODE, advice=HOW_TO_ENROL)


def _identity(session: Session, person: Identified) -> ProviderIdentity | None:
    return session.scalar(
        select(ProviderIdentity).where(ProviderIdentity.subject_index == _index(person)).with_for_update()
    )


def _same_provider_behind(identity: ProviderIdentity, person: Identified) -> bool:
    return "" in (identity.behind, person.behind) or identity.behind == person.behind


def _index(person: Identified) -> bytes:
    return ring().blind_index(f"proconnect subject of {person.issuer}", person.subject)
