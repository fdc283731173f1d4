"""« Se connecter », « Se déconnecter »: the only door by which a browser enters."""

from flask import g, make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import logout_user
from flask_wtf.csrf import CSRFError

from service.errors import InvalidInput, NotLoggedIn, TooManyAttempts
from service.operations import login as operation
from service.operations import proconnect
from service.permissions import Permission
from service.routes import errors
from service.routes.guard import requires
from service.routes.identity import session_rules
from service.routes.pages import entering, kept
from service.routes.pages import proconnect as onwards
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.schemas import accounts as schemas
from service.schemas.fields import load

ENDED = "Votre session est terminée. Connectez-vous : ce que vous aviez saisi n’est pas perdu."
TOO_OLD = "La page était ouverte depuis trop longtemps : rien n’a encore été envoyé."


@pages.get("/connexion")
@requires(Permission.PUBLIC)
def login() -> ResponseReturnValue:
    """The form; somebody who is in goes home."""
    return redirect("/") if g.actor else entering.login_form()


@pages.post("/connexion")
@requires(Permission.PUBLIC)
def log_in() -> ResponseReturnValue:
    """Enter, or be asked for a code; then go where one was going, or take back what one was typing."""
    try:
        given = load(schemas.LogIn(), request.form.to_dict(), unknown="exclude")
        entry = operation.log_in(
            given["email"],
            given["password"],
            request.remote_addr or "",
            session_rules(),
            device=entering.device(),
            locked=session.get("_user_id", ""),
        )
    except InvalidInput as refused:
        return entering.login_form(refused.fields), 422
    except (NotLoggedIn, TooManyAttempts) as refused:
        mistakes, headers = entering.wait(refused)
        return entering.refused_with(entering.login_form(mistakes), refused, headers)
    if entry.asks:
        entering.wait_for(entry.secret)
        return entering.second_form()
    entering.let_in(entry.secret)
    return entering.go_on()


@pages.post("/deconnexion")
@requires(Permission.PUBLIC)
def logout() -> ResponseReturnValue:
    """Leave: the session ends on the server, a copied cookie with it; and at ProConnect, where one came from there."""
    leaving = None
    if g.session_id is not None:
        leaving = proconnect.leave(g.session_id)
        operation.log_out(g.session_id)
    logout_user()
    session.clear()
    if leaving is not None:
        answer = onwards.farewell(*leaving)
    else:
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
    interrupted = "" if request.endpoint in entering.STEPS else kept.carried_from_here()
    notice = ENDED if interrupted else refusal.detail
    return entering.login_form(carried=interrupted, notice=notice), 401


def confirm_first(refusal: CSRFError) -> ResponseReturnValue:
    """The answer to a form whose anti-forgery token is not, or no longer, the session's own."""
    if errors.wants_problem():
        return errors.answer_http(refusal)
    if request.endpoint in entering.STEPS:
        return entering.login_form(notice=TOO_OLD + " Recommencez."), 400
    interrupted = kept.of_this_request()
    if g.actor is None or interrupted is None:
        return errors.answer_http(refusal)
    return kept.give_back(interrupted, TOO_OLD), 400
