"""What the pages of the login share: its forms, and the moment when the browser is let in."""

from collections.abc import Mapping, Sequence
from typing import Any

import segno
from flask import current_app, g, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_user
from markupsafe import Markup

from service.errors import NotLoggedIn, Refusal, TooManyAttempts
from service.operations import entering, identity_provider, login, passkeys, second_factor
from service.operations.login import Asked
from service.routes import errors
from service.routes.device import device_of
from service.routes.identity import LoggedIn, keep, session_rules
from service.routes.pages import kept
from service.routes.pages.own_address import endpoint_at
from service.routes.pages.views.forms import form_fields, general_errors
from service.schemas import accounts as schemas

Mistakes = Mapping[str, Sequence[str]]

SHOWCASE = "relais_showcase"
"""Where the application keeps what the demonstration offers: a password and accounts {email, role, unit}, or None."""

BEGUN = "begun_login"
"""Where the signed cookie keeps the secret of a login that waits for its code."""
LOCKED = (
    "Votre session s’est verrouillée, faute d’activité. Votre mot de passe suffit à la rouvrir, sans le code."
)
STEPS = frozenset({"pages.log_in", "pages.give_code", "pages.give_key", "pages.enrol"})


def device() -> str:
    """The browser of this request, in words."""
    return device_of(request.user_agent.string)


def wait_for(secret: str) -> None:
    """Keep the login that waits; nothing of the visit before stays, its anti-forgery token least of all."""
    session.clear()
    session[BEGUN] = secret
    if current_app.extensions[SHOWCASE]:
        entering.free_shown_code(secret)


def let_in(secret: str) -> None:
    """Give the browser its session, under a cookie that nobody knew before."""
    session.clear()
    live = login.find(secret, session_rules(), active=False)
    if live is None:
        raise NotLoggedIn
    login_user(LoggedIn(secret, live))
    session[kept.OWNER] = kept.owner_of(live.actor.account_id)
    keep(live)


def go_on() -> ResponseReturnValue:
    """Where one was going, or what one was typing."""
    carried = kept.of_login_form(g.actor.account_id)
    if carried:
        return kept.give_back(carried, "Vous êtes de nouveau connecté. Rien n’a encore été envoyé.")
    return redirect(destination(), 303)


def destination() -> str:
    """Where one was going: a page of ours, the home page by default."""
    return _wanted() or "/"


def login_form(mistakes: Mistakes | None = None, *, carried: str = "", notice: str = "") -> str:
    """« Se connecter »; to somebody whose session the idle time has locked, that the password is enough."""
    locked = login.locked_for(session.get("_user_id", ""), session_rules())
    typed = {"email": request.form.get("email", "") if request.endpoint == "pages.log_in" else locked}
    if locked and request.endpoint == "pages.login":
        notice = LOCKED
    fields = form_fields(schemas.LogIn, typed, mistakes or {}, {})
    return render_template(
        "login/login.html",
        form={"fields": fields, "errors": general_errors(mistakes or {}, fields)},
        action=url_for("pages.log_in", suite=_wanted()),
        carried=carried or _carried(),
        notice=notice,
        proconnect=url_for("pages.go_to_proconnect", suite=_wanted())
        if identity_provider.offered()
        else None,
        showcase=current_app.extensions[SHOWCASE],
    )


def second_form(mistakes: Mistakes | None = None) -> str:
    """What the begun login asks for. Refuses (NotLoggedIn) without one, or too late."""
    begun = entering.begun(session.get(BEGUN, ""))
    enrolling = begun.asks is Asked.ENROLMENT
    schema = schemas.EnrolCode if enrolling else schemas.GiveCode
    typed = {"code": request.form.get("code", "")} if request.endpoint in STEPS - {"pages.log_in"} else {}
    fields = form_fields(schema, typed, mistakes or {}, {})
    shown: dict[str, Any] = {
        "form": {"fields": fields, "errors": general_errors(mistakes or {}, fields)},
        "action": url_for("pages.enrol" if enrolling else "pages.give_code", suite=_wanted()),
        "carried": _carried(),
        "email": begun.email,
        "shown_code": entering.shown_code(session[BEGUN]) if current_app.extensions[SHOWCASE] else None,
    }
    if not enrolling:
        return render_template(
            "login/code.html",
            **shown,
            key_question=passkeys.to_ask(session[BEGUN]),
            key_action=url_for("pages.give_key", suite=_wanted()),
        )
    return render_template(
        "login/enrolment.html", **shown, drawing=_drawing(begun), secret=in_groups(begun.candidate)
    )


def wait(refused: Refusal) -> tuple[Mistakes, Mapping[str, str]]:
    """The sentence of a refusal at the head of the form, and the header that says when to come back."""
    if not isinstance(refused, TooManyAttempts):
        return {"": [refused.detail]}, {}
    sentence = f"{refused.detail} Vous pourrez recommencer {errors.in_words(refused.retry_after)}."
    return {"": [sentence]}, {"Retry-After": str(refused.retry_after)}


def refused_with(page: str, refused: Refusal, headers: Mapping[str, str]) -> ResponseReturnValue:
    """The page that says a refusal, under its number."""
    answer = make_response(page, errors.status_of(refused))
    answer.headers.update(headers)
    return answer


def in_groups(secret: str) -> str:
    """A secret in fours, so that it can be typed by hand."""
    return " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))


def _drawing(begun: entering.Begun) -> Markup:
    code = segno.make(second_factor.address_of(begun.candidate, begun.email), error="m", micro=False)
    # Drawn here from figures alone: no attribute of style, which the policy would refuse.
    return Markup(code.svg_inline(omitsize=True, border=3, light="#fff", svgclass=None, lineclass=None))  # noqa: S704


def _carried() -> str:
    return kept.carried_along() if request.endpoint in STEPS else ""


def _wanted() -> str | None:
    wanted = request.args.get("suite", "") if request.blueprint == "pages" else ""
    return wanted if endpoint_at(wanted) else None
