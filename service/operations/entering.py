"""The second step of a login: a code or a key besides the password, or the enrolment of a telephone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from service import clock, logs
from service.database import reading, transaction
from service.errors import InvalidInput, NotLoggedIn
from service.models import BegunLogin, Membership, SecondFactor
from service.notifications import telling
from service.operations import invented, login, second_factor, secrets_shown_once, staff, throttle, tokens
from service.operations.login import Asked, SessionRules
from service.permissions import Actor
from service.queries.reference import reference

log = logs.logger(__name__)

MOST_CODES_OF_ACCOUNT = 20
"""Wrong codes in an hour, from wherever: who has the password alone gets as far, so that no stranger locks one out."""

WRONG = (
    "Ce code n’est pas reconnu. Un code ne sert qu’une fois et change toutes les 30 secondes. "
    "Attendez le suivant, et vérifiez que votre téléphone est à l’heure."
)

_TOO_LATE = "Le temps a passé : donnez de nouveau votre adresse et votre mot de passe."

Take = Callable[[Session, UUID], str | None]


@dataclass(frozen=True, slots=True)
class Begun:
    """A login that waits: whose, for what, and the secret to enrol."""

    account_id: UUID
    email: str
    asks: Asked
    candidate: str = ""


@dataclass(frozen=True, slots=True)
class Entered:
    """The secret of the session that is now open; the codes for emergencies just made, or how many are left."""

    secret: str
    recovery_codes: Sequence[str] = ()
    left: int | None = None


def begun(secret: str) -> Begun:
    """The login that waits under that secret. Refuses (NotLoggedIn) one that is unknown, used or too old."""
    with reading() as session:
        row, membership = _begun(session, secret)
        asks = Asked.CODE if row.candidate is None else Asked.ENROLMENT
        return Begun(row.account_id, membership.account.email, asks, row.candidate or "")


def give_code(secret: str, code: str, address: str, rules: SessionRules, *, device: str = "") -> Entered:
    """Open the session with a code of the application, or one for emergencies.

    Refuses (InvalidInput) a code that is wrong, late or taken before, throttled apart from passwords; refuses
    (NotLoggedIn) like `begun`.
    """

    def take(session: Session, account_id: UUID) -> str | None:
        return second_factor.take(session, account_id, code)

    return prove(secret, take, {"code": [WRONG]}, address, rules, device=device)


def prove(
    secret: str,
    take: Take,
    wrong: Mapping[str, Sequence[str]],
    address: str,
    rules: SessionRules,
    *,
    device: str = "",
) -> Entered:
    """Open the session of a begun login with whatever `take` takes in the transaction: it names it, or gives None.

    Refuses (InvalidInput) with `wrong` what it does not take; throttled, and late, as `give_code`.
    """
    who = begun(secret)
    origin = _admit(who.account_id, address)
    with transaction() as session:
        login.hold(session, who.account_id)  # a reset at the same instant comes before, or after
        row, _ = _begun(session, secret)
        factor = take(session, who.account_id)
        if factor is None:
            log.warning("login.code_refused", account_id=who.account_id)
            raise InvalidInput(wrong)
        throttle.forgive(session, origin)
        _use_up(session, secret)
        opened = login.open_session(
            session, who.account_id, rules, device=device, by_code=True, id_token=row.id_token
        )
        held = second_factor.held(session, who.account_id)
        log.info("login.succeeded", account_id=who.account_id, factor=factor)
    return Entered(opened, left=held.recovery_codes if held and factor == "recovery_code" else None)


def enrol(secret: str, code: str, address: str, rules: SessionRules, *, device: str = "") -> Entered:
    """Enrol the application that gives this code, and open the session; the account's other sessions end.

    The person is told by mail. Refuses like `give_code`.
    """
    who = begun(secret)
    origin = _admit(who.account_id, address)
    step = second_factor.step_of(who.candidate, second_factor.plain(code)) if who.candidate else None
    if step is None:
        log.warning("login.code_refused", account_id=who.account_id)
        raise InvalidInput({"code": [WRONG]})
    with transaction() as session:
        login.hold(session, who.account_id)  # of two at once the first one enrols
        row, membership = _begun(session, secret)
        id_token = row.id_token  # read before the row goes
        throttle.forgive(session, origin)
        login.end_sessions(session, who.account_id)
        tokens.revoke_all(session, who.account_id)  # made when the password was all there was
        codes = second_factor.enrol(session, who.account_id, who.candidate, step)
        opened = login.open_session(
            session, who.account_id, rules, device=device, by_code=True, id_token=id_token
        )
        tell(session, membership, telling.ENROLLED)
        log.info("second_factor.enrolled", account_id=who.account_id)
        log.info("login.succeeded", account_id=who.account_id, factor="enrolment")
    return Entered(opened, codes)


def begin_enrolment(actor: Actor, password: str, code: str, address: str) -> str:
    """A login in which one's application is enrolled, or another one in its place; gives its secret.

    Refuses (InvalidInput) another password, and where the account has an application, a code that is not right.
    """
    login.check_password(actor, password, address)
    with reading() as session:
        enrolled = second_factor.held(session, actor.account_id) is not None
    if enrolled:
        check_code(actor, code, address)
    with transaction() as session:
        return login.begin(session, actor.account_id, enrolling=True)


def renew_recovery_codes(actor: Actor, password: str, code: str, address: str) -> list[str]:
    """New codes for emergencies, shown this once. Refuses like `begin_enrolment`."""
    login.check_password(actor, password, address)
    check_code(actor, code, address)
    with transaction() as session:
        codes = second_factor.renew_recovery_codes(session, actor.account_id)
        membership = session.scalar(
            staff.members(clock.now()).where(Membership.account_id == actor.account_id)
        )
        if membership is not None:
            tell(session, membership, telling.CODES_RENEWED)
    log.info("second_factor.codes_renewed", account_id=actor.account_id)
    return codes


def check_code(actor: Actor, code: str, address: str) -> None:
    """Ask a code again, before a sensitive change; it is taken. Refuses (InvalidInput) one that is not right."""
    origin = _admit(actor.account_id, address)
    with transaction() as session:
        if second_factor.take(session, actor.account_id, code) is None:
            log.warning("login.code_refused", account_id=actor.account_id)
            raise InvalidInput({"code": [WRONG]})
        throttle.forgive(session, origin)


def tell(session: Session, membership: Membership, happened: str) -> None:
    """Tell the person by mail what happened to their second factor, in the caller's transaction (no detail)."""
    unit = reference(session).units[membership.unit_code]
    telling.tell_second_factor(session, unit, membership.account.email, happened, clock.now())


def shown_code(secret: str) -> str | None:
    """The code to type now, for the demonstration alone; None for an application that is not invented.

    Nothing of a real application can come out: the code is made from the public secret, or from the secret that the
    page of enrolment is showing.
    """
    who, now = begun(secret), second_factor.present_step()
    if who.candidate:
        return second_factor.code_at(who.candidate, now)
    with reading() as session:
        factor = _invented(session, who.account_id)
    if factor is None:
        return None
    return second_factor.code_at(invented.SECRET, min(max(now, factor.last_step + 1), now + 1))


def free_shown_code(secret: str) -> None:
    """Let an invented account enter several times in the same half minute: many visitors share it."""
    with transaction() as session:
        row, _ = _begun(session, secret)
        if factor := _invented(session, row.account_id):
            session.execute(update(SecondFactor).where(SecondFactor.id == factor.id).values(last_step=0))


def _invented(session: Session, account_id: UUID) -> SecondFactor | None:
    factor = session.scalar(select(SecondFactor).where(SecondFactor.account_id == account_id))
    return factor if factor is not None and factor.secret == invented.SECRET else None


def _admit(account_id: UUID, address: str) -> throttle.Origin:
    origin = throttle.Origin.of(f"code of {account_id}", address)
    throttle.admit(origin, MOST_CODES_OF_ACCOUNT)
    return origin


def _begun(session: Session, secret: str) -> tuple[BegunLogin, Membership]:
    now = clock.now()
    row = session.scalar(
        select(BegunLogin).where(
            BegunLogin.token_digest == secrets_shown_once.digest(secret), BegunLogin.expires_at > now
        )
    )
    if row is not None:
        membership = session.scalar(staff.members(now).where(Membership.account_id == row.account_id))
        if membership is not None:
            return row, membership
    raise NotLoggedIn(_TOO_LATE)


def _use_up(session: Session, secret: str) -> None:
    """Of two answers at once, one opens."""
    used = session.execute(
        delete(BegunLogin)
        .where(BegunLogin.token_digest == secrets_shown_once.digest(secret))
        .returning(BegunLogin.id)
    )
    if used.first() is None:
        raise NotLoggedIn(_TOO_LATE)
