"""Entering by ProConnect, where it is configured: going there, coming back, and leaving it too."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Response, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from service import clock
from service.errors import NotLoggedIn, NotVisible, TooManyAttempts
from service.operations import identity_provider, invitations
from service.operations import proconnect as operation
from service.operations.identity_provider import Asking, Unavailable
from service.operations.proconnect import Brought
from service.permissions import Permission
from service.routes.guard import requires
from service.routes.identity import session_rules
from service.routes.pages import entering
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm

UNAVAILABLE = (
    "ProConnect ne répond pas pour l’instant. Entrez avec votre adresse et votre mot de passe de Relais si vous en "
    "avez un, ou recommencez dans quelques minutes."
)
GIVEN_UP = "La connexion par ProConnect a été abandonnée ou refusée. Vous pouvez recommencer."
_GOING, _LEAVING = "proconnect", "proconnect_exit"


@pages.post("/connexion/proconnect")
@requires(Permission.PUBLIC)
def go_to_proconnect() -> ResponseReturnValue:
    """Send the browser to ProConnect; it comes back to where one was going."""
    return _go("")


@pages.post("/invitation/<secret>/proconnect")
@requires(Permission.PUBLIC)
def bind_proconnect(secret: str) -> ResponseReturnValue:
    """Send an invited person to ProConnect, by which they will enter from then on."""
    invitations.account_of(secret)
    return _go(secret)


@pages.get("/connexion/proconnect/retour")
@requires(Permission.PUBLIC)
def back_from_proconnect() -> ResponseReturnValue:
    """Enter, or be asked for a code; a return that this browser did not ask for opens nothing."""
    _expect_offered()
    kept: Mapping[str, Any] = session.pop(_GOING, {})
    try:
        if "error" in request.args:
            raise NotLoggedIn(GIVEN_UP)
        address = request.remote_addr or ""
        entry = operation.come_back(_brought(kept), address, session_rules(), device=entering.device())
    except TooManyAttempts as refused:
        mistakes, headers = entering.wait(refused)
        return entering.refused_with(entering.login_form(mistakes), refused, headers)
    except NotLoggedIn as refused:
        return entering.login_form(notice=refused.detail), 401
    except Unavailable:
        return entering.login_form(notice=UNAVAILABLE), 503
    wanted = kept.get("suite") or None
    if entry.asks:
        entering.wait_for(entry.secret)
        return redirect(url_for("pages.second_step", suite=wanted), 303)
    entering.let_in(entry.secret)
    return redirect(wanted or "/", 303)


@pages.get("/connexion/proconnect/sortie")
@requires(Permission.PUBLIC)
def out_of_proconnect() -> ResponseReturnValue:
    """ProConnect's own session has ended, when this browser asked for it."""
    _expect_offered()
    state = session.pop(_LEAVING, "")
    if state and state == request.args.get("state"):
        operation.has_left(state)
        confirm("Vous êtes déconnecté.", "Votre session ProConnect est terminée aussi.")
    return redirect(url_for("pages.login"))


def farewell(address: str, state: str) -> Response:
    """After our own session has ended: the page that leads out of ProConnect, where it was the way in."""
    session[_LEAVING] = state
    return _onwards(address, "Vous êtes déconnecté de Relais", "Terminer aussi la session ProConnect")


def _go(invitation: str) -> ResponseReturnValue:
    _expect_offered()
    secret = identity_provider.fresh_secret()
    try:
        address = identity_provider.address(Asking(secret))
    except Unavailable:
        return entering.login_form(notice=UNAVAILABLE), 503
    session[_GOING] = {
        "secret": secret,
        "at": int(clock.now().timestamp()),
        "invitation": invitation,
        "suite": entering.destination(),
    }
    return _onwards(address, "Vous allez vers ProConnect", "Continuer vers ProConnect")


def _onwards(address: str, title: str, label: str) -> Response:
    """A page that leads there at once. Not a redirection: the policy keeps our forms from ending at another site."""
    answer = make_response(render_template("login/onwards.html", address=address, heading=title, label=label))
    answer.headers["Refresh"] = f"0;url={address}"
    return answer


def _brought(kept: Mapping[str, Any]) -> Brought:
    if not kept:
        raise NotLoggedIn(operation.NOT_RECOGNISED)
    return Brought(
        secret=kept["secret"],
        begun_at=datetime.fromtimestamp(kept["at"], UTC),
        state=request.args.get("state", ""),
        code=request.args.get("code", ""),
        issuer=request.args.get("iss"),
        invitation=kept["invitation"],
    )


def _expect_offered() -> None:
    if not identity_provider.offered():
        raise NotVisible
