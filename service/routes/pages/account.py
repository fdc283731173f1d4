"""« Mon compte »: who I am here, where I am logged in, my password, my tokens."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service import clock
from service.database import reading
from service.errors import GuardRefused, InvalidInput, TooManyAttempts
from service.models import Account
from service.operations import accounts, login, passwords, proconnect, second_factor, tokens
from service.permissions import ROLE_LABELS, Permission, may
from service.queries import accounts as queries
from service.routes import errors
from service.routes.guard import present_actor, requires
from service.routes.identity import session_rules
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.routes.pages.views import people
from service.routes.pages.views.forms import form_fields, general_errors
from service.schemas.accounts import ChangePassword, ConfirmedToken, MakeToken
from service.schemas.fields import load
from service.workflows import french

Mistakes = Mapping[str, Sequence[str]]


@pages.get("/compte")
@requires(Permission.LOGGED_IN)
def account() -> str:
    """Name, unit and role; open sessions; living tokens."""
    actor, now, rules = present_actor(), clock.now(), session_rules()
    with reading() as session:
        mine = session.get_one(Account, actor.account_id)
        living = list(session.scalars(queries.living_sessions(actor.account_id, now, now - rules.idle)))
        held = second_factor.held(session, actor.account_id)
        bound = proconnect.bound_since(session, actor.account_id)
        kept_tokens = list(session.scalars(queries.living_tokens(actor.account_id, now)))
    return render_template(
        "account/account.html",
        facts=[
            ("Nom", mine.name),
            ("Adresse", mine.email),
            ("Service", g.unit_name),
            ("Rôle", ROLE_LABELS[actor.role]),
            *([("ProConnect", f"Relié {french.instant(bound)}")] if bound else []),
        ],
        sessions=[people.shown_session(one, now, rules.idle, here=one.id == g.session_id) for one in living],
        tokens=[people.shown_token(one, now) for one in kept_tokens],
        can_add_token=len(kept_tokens) < tokens.MOST_TOKENS,
        has_second_factor=held is not None,
        second_factor=people.second_factor_sentence(held),
        may_choose_notices=may(actor, Permission.CHOOSE_NOTICES),
        may_have_calendar=may(actor, Permission.READ_MEETINGS),
        may_note_absences=may(actor, Permission.NOTE_ABSENCES),
    )


@pages.post("/compte/sessions/<uuid:session_id>/terminer")
@requires(Permission.LOGGED_IN)
def end_session(session_id: UUID) -> ResponseReturnValue:
    """End one of my sessions."""
    login.end_session(present_actor(), session_id)
    return _back("La session est terminée.", "L’ordinateur concerné devra se reconnecter.")


@pages.post("/compte/sessions/terminer-les-autres")
@requires(Permission.LOGGED_IN)
def end_other_sessions() -> ResponseReturnValue:
    """End all my sessions but this one."""
    login.end_other_sessions(present_actor(), g.session_id)
    return _back("Vos autres sessions sont terminées.", "Vous restez connecté ici.")


@pages.get("/compte/mot-de-passe")
@requires(Permission.LOGGED_IN)
def password() -> str:
    """The form, with a phrase proposed."""
    return _password_form()


@pages.post("/compte/mot-de-passe")
@requires(Permission.LOGGED_IN)
def change_password() -> ResponseReturnValue:
    """Replace my password, the present one asked again."""
    try:
        given = load(ChangePassword(), request.form.to_dict(), unknown="exclude")
        accounts.change_password(
            present_actor(),
            current=given["current_password"],
            new=given["password"],
            address=request.remote_addr or "",
            session_id=g.session_id,
        )
    except InvalidInput as refused:
        return _password_form(refused.fields), 422
    except TooManyAttempts as refused:
        return _password_form(_wait(refused)), errors.status_of(refused), _retry(refused)
    return _back("Votre mot de passe est changé.", "Vos autres sessions et vos jetons ne fonctionnent plus.")


@pages.get("/compte/jetons/nouveau")
@requires(Permission.LOGGED_IN)
def token() -> str:
    """The form for a token."""
    return _token_form()


@pages.post("/compte/jetons/nouveau")
@requires(Permission.LOGGED_IN)
def make_token() -> ResponseReturnValue:
    """Make a token and show it, this once."""
    typed = request.form.to_dict()
    try:
        given = _token_asked(typed)
        login.check_password(present_actor(), given["current_password"], request.remote_addr or "")
        secret = tokens.create(present_actor(), given["label"], given["days"])
    except InvalidInput as refused:
        return _token_form(refused.fields), 422
    except GuardRefused as refused:
        return _token_form({"": [f"{refused.detail} {refused.advice}"]}), 422
    except TooManyAttempts as refused:
        return _token_form(_wait(refused)), errors.status_of(refused), _retry(refused)
    return render_template("account/token_made.html", secret=secret, label=given["label"], days=given["days"])


@pages.post("/compte/jetons/<uuid:token_id>/revoquer")
@requires(Permission.LOGGED_IN)
def revoke_token(token_id: UUID) -> ResponseReturnValue:
    """End one of my tokens."""
    tokens.revoke(present_actor(), token_id)
    return _back("Le jeton est révoqué.", "Le programme qui l’emploie est refusé dès maintenant.")


def _token_asked(typed: Mapping[str, str]) -> dict[str, Any]:
    """Both schemas of the form read together, so that every mistake is said at once."""
    given: dict[str, Any] = {}
    mistakes: dict[str, list[str]] = {}
    for schema in (MakeToken(), ConfirmedToken()):
        try:
            given |= load(schema, typed, unknown="exclude")
        except InvalidInput as refused:
            mistakes |= refused.fields
    if mistakes:
        raise InvalidInput(mistakes)
    return given


def _password_form(mistakes: Mistakes | None = None) -> str:
    fields = form_fields(ChangePassword, {}, mistakes or {}, {})
    with reading() as session:
        email = session.get_one(Account, present_actor().account_id).email
    return render_template(
        "account/password.html",
        form={"fields": fields, "errors": general_errors(mistakes or {}, fields)},
        email=email,
        proposed=passwords.propose(),
    )


def _token_form(mistakes: Mistakes | None = None) -> str:
    typed = {"days": str(tokens.USUAL_LIFETIME_DAYS), **request.form.to_dict()}
    lifetimes = [
        (str(days), "Un an" if days == 365 else french.counted(days, "jour"))
        for days in tokens.LIFETIMES_DAYS
    ]
    fields = form_fields(MakeToken, typed, mistakes or {}, {"lifetimes": lifetimes})
    fields += form_fields(ConfirmedToken, {}, mistakes or {}, {})
    return render_template(
        "account/token.html", form={"fields": fields, "errors": general_errors(mistakes or {}, fields)}
    )


def _wait(refused: TooManyAttempts) -> Mistakes:
    return {"": [f"{refused.detail} Vous pourrez recommencer {errors.in_words(refused.retry_after)}."]}


def _retry(refused: TooManyAttempts) -> dict[str, str]:
    return {"Retry-After": str(refused.retry_after)}


def _back(title: str, follows: str) -> ResponseReturnValue:
    confirm(title, follows)
    return redirect(url_for("pages.account"), 303)
