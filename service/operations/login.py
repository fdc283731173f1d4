"""Entering and leaving: sessions live on the server, and ending one row ends it at the next request."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from service import clock, logs
from service.database import looking, reading, transaction
from service.errors import InvalidInput, NotLoggedIn, NotVisible
from service.models import Account, BegunLogin, LoginSession, Membership, ProviderReturn
from service.operations import passwords, second_factor, secrets_shown_once, staff, throttle
from service.permissions import Actor, Role, needs_second_factor
from service.queries.reference import REVISION, note_revision
from service.workflows.french import local_day

log = logs.logger(__name__)

MOST_SESSIONS = 3
CODE_WITHIN = timedelta(minutes=10)
"""How long a right password waits for its code."""
_SEEN_EVERY = timedelta(minutes=1)


_LIVE = (
    staff.ACTORS.join(LoginSession, LoginSession.account_id == Membership.account_id)
    .add_columns(
        LoginSession.id,
        LoginSession.last_seen_at,
        LoginSession.expires_at,
        LoginSession.second_factor,
        Account.shortcuts,
        REVISION.label("revision"),
    )
    .where(
        LoginSession.token_digest == bindparam("digest"),
        LoginSession.expires_at > bindparam("now"),
        LoginSession.last_seen_at > bindparam("idle_since"),
    )
)


@dataclass(frozen=True, slots=True)
class SessionRules:
    """How long a session lives without a click, and in any case."""

    idle: timedelta
    absolute: timedelta


@dataclass(frozen=True, slots=True)
class Live:
    """A session that lives now, who it lets in, and when it locks unless they act: read again at each request."""

    session_id: UUID
    actor: Actor
    unit_name: str
    locks_at: datetime
    shortcuts: bool


class Asked(StrEnum):
    """What a right password still waits for."""

    CODE = "code"
    ENROLMENT = "enrolment"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a right password gives: the secret of an open session, or of a login that waits for what it `asks`."""

    secret: str
    asks: Asked | None = None


def log_in(
    email: str, password: str, address: str, rules: SessionRules, *, device: str = "", locked: str = ""
) -> Entry:
    """Open a session, or a login that waits for a code; the oldest session ends when the account has too many.

    A code is asked of whoever has an application for it, and of the roles that need one (`needs_second_factor`).
    `locked`: the secret of a session of the same browser, closed by the idle time before its end: the password alone
    opens it again, under another secret, and its end stays where it was.

    Refuses (NotLoggedIn) with one answer, after the same work, an unknown address, a wrong password, an account that
    is suspended, without unit, or not yet opened by its invitation; refuses (TooManyAttempts) before any hashing.
    """
    email = canonical_email(email)
    origin = throttle.Origin.of(email, address)
    throttle.admit(origin)
    with reading() as session:
        membership = session.scalar(staff.members(clock.now()).where(Account.email == email))
    account = membership.account if membership else None
    if (
        not passwords.matches(account.password_hash if account else None, password)
        or membership is None
        or account is None
    ):
        log.warning("login.refused", account_id=account.id if account else None)
        raise NotLoggedIn("L’adresse ou le mot de passe n’est pas reconnu.")
    with transaction() as session:
        throttle.forgive(session, origin)
        _keep_hash_current(session, account, password)
        return _enter(session, membership, rules, device, locked)


def check_password(actor: Actor, password: str, address: str) -> None:
    """Ask the actor's own password again, before a sensitive change and outside its transaction.

    Refuses (InvalidInput) another one; throttled together with `log_in`.
    """
    with reading() as session:
        account = session.get_one(Account, actor.account_id)
    origin = throttle.Origin.of(account.email, address)
    throttle.admit(origin)
    if not passwords.matches(account.password_hash, password):
        log.warning("password.refused", account_id=account.id)
        raise InvalidInput({"current_password": ["Ce n’est pas votre mot de passe actuel."]})
    with transaction() as session:
        throttle.forgive(session, origin)


def find(secret: str, rules: SessionRules, *, active: bool) -> Live | None:
    """The live session of that secret, with its account's membership in force now; one statement.

    `active`: somebody clicked, so the idle time starts again (written once a minute at most).
    """
    now = clock.now()
    with looking() as connection:
        asked = {
            "digest": secrets_shown_once.digest(secret),
            "day": local_day(now),
            "now": now,
            "idle_since": now - rules.idle,
        }
        found = connection.execute(_LIVE, asked).first()
    if found is None:
        return None
    note_revision(found.revision)
    actor, unit_name = staff.actor_and_unit(found)
    if needs_second_factor(actor.role) and not found.second_factor:
        return None
    seen_at = found.last_seen_at
    if active and now - seen_at >= _SEEN_EVERY:
        _note_seen(found.id, now)
        seen_at = now
    return Live(found.id, actor, unit_name, min(seen_at + rules.idle, found.expires_at), found.shortcuts)


def locked_for(secret: str, rules: SessionRules) -> str | None:
    """The address of the account whose session the idle time has locked and the password alone opens; else None."""
    now = clock.now()
    with reading() as session:
        return session.scalar(
            select(Account.email)
            .join(LoginSession, LoginSession.account_id == Account.id)
            .where(
                LoginSession.token_digest == secrets_shown_once.digest(secret),
                LoginSession.expires_at > now,
                LoginSession.last_seen_at <= now - rules.idle,
                LoginSession.second_factor,
                Account.password_hash.is_not(None),
            )
        )


def log_out(session_id: UUID) -> None:
    """End the session; a copy of its cookie opens nothing any more."""
    with transaction() as session:
        session.execute(delete(LoginSession).where(LoginSession.id == session_id))


def end_session(actor: Actor, session_id: UUID) -> None:
    """End one of the actor's own sessions. Refuses (NotVisible) another's."""
    with transaction() as session:
        ended = session.execute(
            delete(LoginSession)
            .where(LoginSession.id == session_id, LoginSession.account_id == actor.account_id)
            .returning(LoginSession.id)
        )
        if ended.first() is None:
            raise NotVisible


def end_sessions(session: Session, account_id: UUID, besides: UUID | None = None) -> None:
    """End the account's sessions and begun logins, in the caller's transaction; one session may stay."""
    session.execute(delete(BegunLogin).where(BegunLogin.account_id == account_id))
    query = delete(LoginSession).where(LoginSession.account_id == account_id)
    session.execute(query if besides is None else query.where(LoginSession.id != besides))


def end_other_sessions(actor: Actor, session_id: UUID | None) -> None:
    """End the actor's sessions but the present one."""
    with transaction() as session:
        end_sessions(session, actor.account_id, besides=session_id)


def forget_ended(rules: SessionRules) -> int:
    """Delete what no longer lets anybody in, ended sessions (how many) and failed tries that no longer count."""
    now = clock.now()
    with transaction() as session:
        ended = session.scalars(
            delete(LoginSession)
            .where((LoginSession.expires_at <= now) | (LoginSession.last_seen_at <= now - rules.idle))
            .returning(LoginSession.id)
        ).all()
        session.execute(delete(BegunLogin).where(BegunLogin.expires_at <= now))
        session.execute(delete(ProviderReturn).where(ProviderReturn.expires_at <= now))
        throttle.forget(session, now - throttle.REMEMBERED)
    return len(ended)


def canonical_email(email: str) -> str:
    """The form in which an address is stored and compared."""
    return email.strip().lower()


def begin(session: Session, account_id: UUID, *, enrolling: bool, id_token: str | None = None) -> str:
    """A login that waits for its code, or for the enrolment of an application; gives its secret.

    `id_token`: what ProConnect said of the person, where it is ProConnect that named them.
    """
    secret = secrets_shown_once.fresh()
    begun = BegunLogin(
        account_id=account_id,
        token_digest=secrets_shown_once.digest(secret),
        expires_at=clock.now() + CODE_WITHIN,
    )
    begun.candidate = second_factor.fresh_secret() if enrolling else None
    begun.id_token = id_token
    session.add(begun)
    return secret


def hold(session: Session, account_id: UUID) -> None:
    """Two changes of an account's keys at once wait for each other here, so that neither forgets the other."""
    session.execute(select(Account.id).where(Account.id == account_id).with_for_update())


def open_session(
    session: Session,
    account_id: UUID,
    rules: SessionRules,
    *,
    device: str,
    by_code: bool,
    reopened: LoginSession | None = None,
    id_token: str | None = None,
) -> str:
    """A session of the account under a fresh secret; `reopened` says since when, and until when at most."""
    now = clock.now()
    hold(session, account_id)
    living = session.scalars(
        select(LoginSession)
        .where(
            LoginSession.account_id == account_id,
            LoginSession.expires_at > now,
            LoginSession.last_seen_at > now - rules.idle,
        )
        .order_by(LoginSession.created_at.desc(), LoginSession.id.desc())
    )
    for surplus in list(living)[MOST_SESSIONS - 1 :]:
        session.delete(surplus)
    secret = secrets_shown_once.fresh()
    opened = LoginSession(
        account_id=account_id,
        token_digest=secrets_shown_once.digest(secret),
        created_at=reopened.created_at if reopened else now,
        last_seen_at=now,
        expires_at=reopened.expires_at if reopened else now + rules.absolute,
        second_factor=by_code,
        device=device,
    )
    opened.id_token = reopened.id_token if reopened else id_token
    session.add(opened)
    return secret


def _enter(session: Session, membership: Membership, rules: SessionRules, device: str, locked: str) -> Entry:
    account_id = membership.account_id
    before = _locked(session, account_id, locked)
    if before is not None:
        session.delete(before)
        log.info("login.succeeded", account_id=account_id, factor="locked_session")
        return Entry(open_session(session, account_id, rules, device=device, by_code=True, reopened=before))
    has_codes = second_factor.held(session, account_id) is not None
    if has_codes or needs_second_factor(Role(membership.role)):
        log.info("login.password_right", account_id=account_id)
        asks = Asked.CODE if has_codes else Asked.ENROLMENT
        return Entry(begin(session, account_id, enrolling=not has_codes), asks)
    log.info("login.succeeded", account_id=account_id, factor="password")
    return Entry(open_session(session, account_id, rules, device=device, by_code=False))


def _locked(session: Session, account_id: UUID, secret: str) -> LoginSession | None:
    return session.scalar(
        select(LoginSession).where(
            LoginSession.token_digest == secrets_shown_once.digest(secret),
            LoginSession.account_id == account_id,
            LoginSession.expires_at > clock.now(),
            LoginSession.second_factor,
        )
    )


def _keep_hash_current(session: Session, account: Account, password: str) -> None:
    if account.password_hash and passwords.is_outdated(account.password_hash):
        session.execute(
            update(Account).where(Account.id == account.id).values(password_hash=passwords.keep(password))
        )


def _note_seen(session_id: UUID, now: datetime) -> None:
    with transaction() as session:
        session.execute(
            update(LoginSession)
            .where(LoginSession.id == session_id, LoginSession.last_seen_at < now)
            .values(last_seen_at=now)
        )
