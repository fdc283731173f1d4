"""« Se connecter », « Se déconnecter »: the only door by which a browser enters."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import current_app, g, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_user, logout_user
from flask_wtf.csrf import CSRFError

from service.errors import InvalidInput, NotLoggedIn, Refusal, TooManyAttempts
from service.operations import login as operation
from service.permissions import Permission
from service.routes import errors
from service.routes.guard import requires
from service.routes.identity import LoggedIn, session_rules
from service.routes.pages import kept
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.routes.pages.own_address import endpoint_at
from service.routes.pages.views.forms import form_fields, general_errors
from service.schemas import accounts as schemas
from service.schemas.fields import load

ENDED = "Votre session est terminée. Connectez-vous : ce que vous aviez saisi n’est pas perdu."
TOO_OLD = "La page était ouverte depuis trop longtemps : rien n’a encore été envoyé."


SHOWCASE = "relais_showcase"
"""Where the application keeps what the demonstration offers: a password and accounts {email, role, unit}, or None."""


@pages.get("/connexion")
@requires(Permission.PUBLIC)
def login() -> ResponseReturnValue:
    """The form; somebody who is in goes home."""
    return redirect("/") if g.actor else _form()


@pages.post("/connexion")
@requires(Permission.PUBLIC)
def log_in() -> ResponseReturnValue:
    """Enter, then go where one was going, or take back what one was typing."""
    try:
        given = load(schemas.LogIn(), request.form.to_dict(), unknown="exclude")
        secret = operation.log_in(
            given["email"], given["password"], request.remote_addr or "", session_rules()
        )
    except InvalidInput as refused:
        return _form(refused.fields), 422
    except (NotLoggedIn, TooManyAttempts) as refused:
        return _refused(refused)
    session.clear()  # nothing of the anonymous visit stays, its anti-forgery token least of all
    live = operation.find(secret, session_rules(), active=False)
    if live is None:
        raise NotLoggedIn
    login_user(LoggedIn(secret, live))
    g.actor, g.unit_name, g.session_id = live.actor, live.unit_name, live.session_id
    carried = kept.of_login_form()
    if carried:
        return kept.give_back(carried, "Vous êtes de nouveau connecté. Rien n’a encore été envoyé.")
    return redirect(_destination(), 303)


@pages.post("/deconnexion")
@requires(Permission.PUBLIC)
def logout() -> ResponseReturnValue:
    """Leave: the session ends on the server, a copied cookie with it."""
    if g.session_id is not None:
        operation.log_out(g.session_id)
    logout_user()
    session.clear()
    confirm("Vous êtes déconnecté.")
    answer = make_response(redirect(url_for("pages.login"), 303))
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def log_in_first(refusal: NotLoggedIn) -> ResponseReturnValue:
    """The answer to a stranger: the login page, with what an ended session was about to send."""
    if errors.wants_problem():
        return errors.answer_refusal(refusal)
    if request.method in {"GET", "HEAD"}:
        wanted = request.full_path.rstrip("?")
        return redirect(url_for("pages.login", suite=None if wanted == "/" else wanted))
    interrupted = kept.of_this_request()
    return _form(carried=interrupted, notice=ENDED if interrupted else refusal.detail), 401


def confirm_first(refusal: CSRFError) -> ResponseReturnValue:
    """The answer to a form whose anti-forgery token is not, or no longer, the session's own."""
    if errors.wants_problem():
        return errors.answer_http(refusal)
    if request.endpoint == "pages.log_in":
        return _form(carried=kept.of_login_form(), notice=TOO_OLD + " Recommencez."), 400
    interrupted = kept.of_this_request()
    if g.actor is None or interrupted is None:
        return errors.answer_http(refusal)
    return kept.give_back(interrupted, TOO_OLD), 400


def _refused(refused: Refusal) -> ResponseReturnValue:
    words = refused.detail
    answer = make_response("", errors.status_of(refused))
    if isinstance(refused, TooManyAttempts):
        words = f"{words} Vous pourrez recommencer {errors.in_words(refused.retry_after)}."
        answer.headers["Retry-After"] = str(refused.retry_after)
    answer.set_data(_form({"": [words]}))
    return answer


def _form(
    mistakes: Mapping[str, Sequence[str]] | None = None, *, carried: kept.Kept | None = None, notice: str = ""
) -> str:
    mistakes = mistakes or {}
    typed: dict[str, Any] = (
        {"email": request.form.get("email", "")} if request.endpoint == "pages.log_in" else {}
    )
    fields = form_fields(schemas.LogIn, typed, mistakes, {})
    if carried is None and request.endpoint == "pages.log_in":
        carried = kept.of_login_form()
    return render_template(
        "login/login.html",
        form={"fields": fields, "errors": general_errors(mistakes, fields)},
        action=url_for("pages.log_in", suite=_wanted()),
        carried=carried,
        notice=notice,
        showcase=current_app.extensions[SHOWCASE],
    )


def _wanted() -> str | None:
    wanted = request.args.get("suite", "") if request.blueprint == "pages" else ""
    return wanted if endpoint_at(wanted) else None


def _destination() -> str:
    return _wanted() or "/"
