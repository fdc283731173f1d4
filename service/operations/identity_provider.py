"""The conversation with ProConnect (OpenID Connect, code flow): where to send a browser, and whom it brought back.

Knows nothing of the database. What ProConnect does in its own way: `state` and `nonce` of 32 signs at least, no
parameter that it does not document (hence PKCE as a setting), user information as a signed token, a code that lives
half a minute.
"""

import hashlib
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import GuestProtocol, KeySet
from requests import RequestException

from service import clock, logs
from service.operations.bounded_http import Bounded
from service.outside import ProConnect

log = logs.logger(__name__)

RETURN, EXIT = "/connexion/proconnect/retour", "/connexion/proconnect/sortie"
"""Where ProConnect sends the browser back, after a login and after a logout: registered there, to the letter."""

STRONG = frozenset({"eidas2", "eidas3"})
WEAK = frozenset({"eidas1", "eidas0-mfa", "eidas1-mfa"})
_ASKED = ("eidas0-mfa", "eidas1-mfa", "eidas2", "eidas3")
SESSION_SECONDS = 12 * 3600
"""How long ProConnect lets a browser back in without asking anything."""

_DRIFT = 30
_KNOWN_FOR, _NEW_KEYS_AFTER, _LEFT_ALONE = 3600.0, 60.0, 10.0
"""Seconds; the last: after a failure nobody else waits for a provider that is away."""


class Unavailable(Exception):
    """The provider is absent, silent, or its answer is none."""


class AnswerRefused(Exception):
    """What the browser or the provider brought proves nothing; `reason` is for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Asking:
    """A login under way at the provider: one secret that the browser keeps, and what is derived from it."""

    secret: str

    @property
    def state(self) -> str:
        """What the provider gives back to the browser."""
        return self._derived("state")

    @property
    def nonce(self) -> str:
        """What the provider writes into the token."""
        return self._derived("nonce")

    @property
    def verifier(self) -> str:
        """What proves that the code was asked by us (PKCE)."""
        return self._derived("verifier")

    def _derived(self, purpose: str) -> str:
        return hashlib.sha256(f"{purpose} {self.secret}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Identified:
    """Whom the provider names, by which provider behind it, how surely, and the token that proves it.

    `since`: when the person proved it there, as far as the provider says.
    """

    issuer: str
    subject: str
    behind: str
    acr: str
    id_token: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    """What the provider says of itself, and since when we know it."""

    endpoints: Mapping[str, str]
    keys: KeySet
    at: float


_provider: ProConnect | None = None
_public_url = ""
_known: _Known | None = None
_away_since: float | None = None


def configure(provider: ProConnect | None, public_url: str) -> None:
    """Give the provider, None for none, and our own address."""
    global _provider, _public_url, _known, _away_since
    _provider, _public_url, _known, _away_since = provider, public_url, None, None


def offered() -> bool:
    """Whether people may come by ProConnect."""
    return _provider is not None


def address(asking: Asking) -> str:
    """Where to send the browser. Raises Unavailable."""
    provider = _registered()
    claims = {
        "id_token": {"acr": {"essential": True, "values": list(_ASKED)}, "amr": None, "auth_time": None}
    }
    with _session(provider) as session:
        url, _ = session.create_authorization_url(
            _found().endpoints["authorization_endpoint"],
            state=asking.state,
            nonce=asking.nonce,
            claims=json.dumps(claims, separators=(",", ":")),
            code_verifier=asking.verifier if provider.pkce else None,
        )
    return str(url)


def identify(asking: Asking, code: str) -> Identified:
    """Whom the browser brings back with that code. Raises AnswerRefused, Unavailable.

    The tokens are signed with the registered algorithm, by a key of the provider, for us, now; the first one answers
    our own question, and the second one speaks of the same person.
    """
    provider = _registered()
    endpoints = _found().endpoints
    with _session(provider) as session:
        try:
            answer = session.fetch_token(
                endpoints["token_endpoint"],
                code=code,
                grant_type="authorization_code",
                **({"code_verifier": asking.verifier} if provider.pkce else {}),
            )
            bearer = {"Authorization": f"Bearer {answer['access_token']}"}
            said = session.get(endpoints["userinfo_endpoint"], headers=bearer, withhold_token=True)
        except OAuthError as refused:
            raise AnswerRefused("code") from refused
        except (RequestException, ValueError, KeyError, TypeError) as failed:
            raise Unavailable("token") from failed
    if said.status_code != 200 or said.headers.get("Content-Type", "").split(";")[0] != "application/jwt":
        raise AnswerRefused("user_information")
    id_token = str(answer.get("id_token", ""))
    ours = {"essential": True, "value": asking.nonce}
    claims = _claims(provider, id_token, exp={"essential": True}, nonce=ours)
    person = _claims(provider, said.text)
    if person["sub"] != claims["sub"]:
        raise AnswerRefused("another_person")
    acr, since = _level(claims)
    behind = str(person.get("idp_id", ""))[:120]
    return Identified(provider.issuer, claims["sub"], behind, acr, id_token, since)


def leaving_address(id_token: str, state: str) -> str:
    """Where to send the browser so that its session at the provider ends too. Raises Unavailable."""
    asked = {
        "id_token_hint": id_token,
        "state": state,
        "post_logout_redirect_uri": f"{_public_url}{EXIT}",
    }
    return f"{_found().endpoints['end_session_endpoint']}?{urlencode(asked)}"


def answers_for(issuer: str | None) -> bool:
    """Whether a return that names its issuer comes from ours (RFC 9207); one that names none may."""
    return issuer is None or issuer == _registered().issuer


def fresh_secret() -> str:
    """The secret of a new login or logout at the provider."""
    return secrets.token_urlsafe(32)


def _level(claims: Mapping[str, Any]) -> tuple[str, datetime | None]:
    acr, since = claims.get("acr"), claims.get("auth_time")
    if not isinstance(acr, str) or acr not in STRONG | WEAK:
        raise AnswerRefused("level")
    if since is not None and (
        not isinstance(since, int) or not -SESSION_SECONDS - _DRIFT <= since - _now() <= _DRIFT
    ):
        raise AnswerRefused("too_old")
    return acr, None if since is None else datetime.fromtimestamp(since, UTC)


def _claims(provider: ProConnect, text: str, **expected: Any) -> dict[str, Any]:
    rules = jwt.JWTClaimsRegistry(
        now=_now(),
        leeway=_DRIFT,
        iss={"essential": True, "value": provider.issuer},
        aud={"essential": True, "value": provider.client_id},
        sub={"essential": True},
        **expected,
    )
    try:
        claims = _opened(provider, text).claims
        rules.validate(claims)
    except (JoseError, ValueError, TypeError, KeyError) as refused:
        raise AnswerRefused(type(refused).__name__) from refused
    if claims["aud"] not in (provider.client_id, [provider.client_id]) or not 0 < len(claims["sub"]) <= 255:
        raise AnswerRefused("audience_or_subject")
    return dict(claims)


def _opened(provider: ProConnect, text: str) -> jwt.Token:
    return jwt.decode(text, _key, algorithms=[provider.algorithm])


def _key(token: GuestProtocol) -> Any:
    """The one key that the token names. One that we do not know yet is asked for, once a minute at most."""
    kid = token.headers().get("kid")
    known = _found()
    if kid not in {key.kid for key in known.keys} and time.monotonic() - known.at > _NEW_KEYS_AFTER:
        known = _found(anew=True)
    fitting = [key for key in known.keys if key.kid == kid]
    if len(fitting) != 1:
        raise AnswerRefused("unknown_key")
    return fitting[0]


def _now() -> int:
    return int(clock.now().timestamp())


def _registered() -> ProConnect:
    if _provider is None:
        raise Unavailable("not configured")
    return _provider


def _found(*, anew: bool = False) -> _Known:
    """What the provider says of itself, asked again each hour."""
    global _known, _away_since
    now = time.monotonic()
    if not anew and _known is not None and now - _known.at < _KNOWN_FOR:
        return _known
    if _away_since is not None and now - _away_since < _LEFT_ALONE:
        raise Unavailable("left alone")
    try:
        _known, _away_since = _asked_of(_registered()), None
    except Unavailable as failed:
        log.warning("proconnect.unavailable", error=str(failed))
        _away_since = now
        raise
    return _known


def _asked_of(provider: ProConnect) -> _Known:
    """Its addresses, all at its issuer's own host, and its keys."""
    with _session(provider) as session:
        said = _json(session, f"{provider.issuer}/.well-known/openid-configuration")
        if said.get("issuer") != provider.issuer:
            raise Unavailable("another issuer")
        wanted = ("authorization", "token", "userinfo", "end_session")
        endpoints = {f"{name}_endpoint": _own(provider, said.get(f"{name}_endpoint")) for name in wanted}
        keys = _json(session, _own(provider, said.get("jwks_uri")))
    return _Known(endpoints, _key_set(keys), time.monotonic())


def _own(provider: ProConnect, url: Any) -> str:
    ours = urlsplit(provider.issuer)
    if not isinstance(url, str) or urlsplit(url)[:2] != ours[:2]:
        log.error("proconnect.foreign_address")
        raise Unavailable("foreign address")
    return url


def _key_set(said: Mapping[str, Any]) -> KeySet:
    try:
        return KeySet.import_key_set(
            {"keys": [one for one in said["keys"] if one.get("use", "sig") == "sig"]}
        )
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as failed:
        raise Unavailable("keys") from failed


def _json(session: OAuth2Session, url: str) -> dict[str, Any]:
    try:
        answer = session.get(url, withhold_token=True)
        answer.raise_for_status()
        said = answer.json()
    except (RequestException, ValueError) as failed:
        raise Unavailable(type(failed).__name__) from failed
    if not isinstance(said, dict):
        raise Unavailable("not an object")
    return said


def _session(provider: ProConnect) -> OAuth2Session:
    session = OAuth2Session(
        provider.client_id,
        provider.client_secret,
        token_endpoint_auth_method="client_secret_post",  # noqa: S106 - the name of a method
        scope="openid idp_id",
        redirect_uri=f"{_public_url}{RETURN}",
        **({"code_challenge_method": "S256"} if provider.pkce else {}),
    )
    session.max_redirects = 0
    session.mount("https://", Bounded())
    session.mount("http://", Bounded())
    return session
