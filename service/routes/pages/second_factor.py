"""The second step of « Se connecter »: the code, or the telephone that will give it; and its card in « Mon compte »."""

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from flask import g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from service.database import reading
from service.errors import GuardRefused, InvalidInput, NotLoggedIn, TooManyAttempts
from service.models import Account
from service.operations import entering as operation
from service.operations import login, passkeys
from service.operations import second_factor as factors
from service.permissions import Permission, needs_second_factor
from service.routes.guard import REFILL, can_refill, present_actor, requires
from service.routes.identity import session_rules
from service.routes.pages import entering, kept
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.routes.pages.own_address import endpoint_at
from service.routes.pages.views.forms import form_fields, general_errors
from service.schemas import accounts as schemas
from service.schemas.fields import load
from service.workflows import french

Mistakes = Mapping[str, Sequence[str]]


@pages.get("/connexion/code")
@requires(Permission.PUBLIC)
def second_step() -> ResponseReturnValue:
    """The form of the login that waits; without one, the first step."""
    try:
        return entering.second_form()
    except NotLoggedIn:
        return redirect(url_for("pages.login"))


@pages.post("/connexion/code")
@requires(Permission.PUBLIC)
def give_code() -> ResponseReturnValue:
    """Enter with a code, then go where one was going."""
    return _second_step(operation.give_code, schemas.GiveCode, _entered)


@pages.post("/connexion/cle")
@requires(Permission.PUBLIC)
def give_key() -> ResponseReturnValue:
    """Enter with a key of the browser, then go where one was going."""
    return _second_step(passkeys.enter, schemas.GiveKey, _entered, "answer")


@pages.post("/connexion/telephone")
@requires(Permission.PUBLIC)
def enrol() -> ResponseReturnValue:
    """Enrol the application and enter; the codes for emergencies are shown, this once."""
    return _second_step(operation.enrol, schemas.EnrolCode, _enrolled)


@pages.get("/compte/second-facteur")
@requires(Permission.LOGGED_IN)
def own_second_factor() -> str:
    """Since when a telephone gives my codes, how many codes for emergencies are left, and how to change."""
    return _own()


@pages.post("/compte/second-facteur/telephone")
@requires(Permission.LOGGED_IN)
def change_telephone() -> ResponseReturnValue:
    """Enrol an application, or another one: password asked again, and a code where there was one."""
    try:
        given = _proof()
        secret = operation.begin_enrolment(
            present_actor(), given["current_password"], given.get("code", ""), request.remote_addr or ""
        )
    except (InvalidInput, TooManyAttempts) as refused:
        return _own_refused(refused)
    if g.session_id is not None:
        login.log_out(g.session_id)
    g.actor = None
    entering.wait_for(secret)
    return redirect(url_for("pages.second_step"), 303)


@pages.post("/compte/second-facteur/codes")
@requires(Permission.LOGGED_IN)
def renew_codes() -> ResponseReturnValue:
    """New codes for emergencies, shown this once."""
    try:
        given = load(schemas.ProveAgain(), request.form.to_dict(), unknown="exclude")
        codes = operation.renew_recovery_codes(
            present_actor(), given["current_password"], given["code"], request.remote_addr or ""
        )
    except (InvalidInput, TooManyAttempts) as refused:
        return _own_refused(refused)
    return _codes(codes, url_for("pages.account"))


def _second_step(
    enter: Callable[..., operation.Entered],
    schema: type[schemas.GiveCode] | type[schemas.EnrolCode] | type[schemas.GiveKey],
    answer: Callable[[operation.Entered], ResponseReturnValue],
    proof: str = "code",
) -> ResponseReturnValue:
    secret, address = session.get(entering.BEGUN, ""), request.remote_addr or ""
    try:
        given = load(schema(), request.form.to_dict(), unknown="exclude")
        entered = enter(secret, given[proof], address, session_rules(), device=entering.device())
    except InvalidInput as refused:
        return entering.second_form(refused.fields), 422
    except TooManyAttempts as refused:
        mistakes, headers = entering.wait(refused)
        return entering.refused_with(entering.second_form(mistakes), refused, headers)
    except NotLoggedIn as late:
        return entering.login_form(notice=late.detail), 401
    entering.let_in(entered.secret)
    return answer(entered)


def _entered(entered: operation.Entered) -> ResponseReturnValue:
    if entered.left is not None:
        confirm(
            "Vous êtes entré avec un code de secours.",
            f"Il vous en reste {french.counted(entered.left, 'code')}."
            " Dans « Mon compte », vous pouvez changer de téléphone ou refaire vos codes.",
        )
    return entering.go_on()


def _enrolled(entered: operation.Entered) -> ResponseReturnValue:
    return _codes(
        entered.recovery_codes, entering.destination(), kept.of_login_form(present_actor().account_id)
    )


def _codes(codes: Sequence[str], onwards: str, carried: kept.Kept | None = None) -> str:
    refills = carried is not None and can_refill(endpoint_at(carried.target, "POST"))
    return render_template(
        "login/recovery_codes.html",
        codes=codes,
        onwards=onwards,
        carried=carried,
        refill_name=REFILL if refills else "",
    )


@pages.get("/compte/second-facteur/cles")
@requires(Permission.LOGGED_IN)
def new_key() -> ResponseReturnValue:
    """The form of a new key, for who has a telephone; where keys are not offered, back."""
    return _new_key() if _may_add_key() else redirect(url_for("pages.own_second_factor"), 303)


@pages.post("/compte/second-facteur/cles")
@requires(Permission.LOGGED_IN)
def add_key() -> ResponseReturnValue:
    """Add a key of the browser: password and code asked again."""
    if not _may_add_key():
        return redirect(url_for("pages.own_second_factor"), 303)
    form = request.form.to_dict()
    try:
        given = load(schemas.AddKey(), form, unknown="exclude")
        answer = load(schemas.GiveKey(), form, unknown="exclude")["answer"]
        passkeys.add(
            present_actor(),
            session["_user_id"],
            answer,
            given["label"],
            password=given["current_password"],
            code=given["code"],
            address=request.remote_addr or "",
        )
    except InvalidInput as refused:
        return _new_key(refused.fields), 422
    except (GuardRefused, TooManyAttempts) as refused:
        mistakes, headers = entering.wait(refused)
        return entering.refused_with(_new_key(mistakes), refused, headers)
    confirm("Clé d’accès ajoutée.", "À la prochaine connexion, elle pourra tenir lieu de code.")
    return redirect(url_for("pages.own_second_factor"), 303)


@pages.post("/compte/second-facteur/cles/<uuid:key_id>/retirer")
@requires(Permission.LOGGED_IN)
def remove_key(key_id: UUID) -> ResponseReturnValue:
    """Forget one of one's own keys."""
    passkeys.remove(present_actor(), key_id)
    confirm("Clé d’accès retirée.")
    return redirect(url_for("pages.own_second_factor"), 303)


def _may_add_key() -> bool:
    with reading() as opened:
        return passkeys.offered() and factors.held(opened, present_actor().account_id) is not None


def _new_key(mistakes: Mistakes | None = None) -> str:
    actor = present_actor()
    with reading() as opened:
        email = opened.get_one(Account, actor.account_id).email
        question = passkeys.to_add(opened, actor, session["_user_id"])
    fields = form_fields(schemas.AddKey, {"label": request.form.get("label", "")}, mistakes or {}, {})
    return render_template(
        "account/passkey.html",
        email=email,
        question=question,
        form={"fields": fields, "errors": general_errors(mistakes or {}, fields)},
    )


def _own(mistakes: Mistakes | None = None) -> str:
    actor = present_actor()
    with reading() as opened:
        held = factors.held(opened, actor.account_id)
        email = opened.get_one(Account, actor.account_id).email
        keys = passkeys.of(opened, actor.account_id)
    fields = form_fields(schemas.ProveAgain if held else schemas.ProvePassword, {}, mistakes or {}, {})
    return render_template(
        "account/second_factor.html",
        held=held,
        email=email,
        since=french.instant(held.since) if held else "",
        needed=needs_second_factor(actor.role),
        form={"fields": fields, "errors": general_errors(mistakes or {}, fields)},
        keys=[
            {
                "id": key.id,
                "label": key.label,
                "since": "le " + french.short_date(french.local_day(key.added_at)),
                "used": "le " + french.short_date(french.local_day(key.last_used_at))
                if key.last_used_at
                else "",
            }
            for key in keys
        ],
        may_add_key=held is not None and passkeys.offered(),
    )


def _own_refused(refused: InvalidInput | TooManyAttempts) -> ResponseReturnValue:
    if isinstance(refused, InvalidInput):
        return _own(refused.fields), 422
    mistakes, headers = entering.wait(refused)
    return entering.refused_with(_own(mistakes), refused, headers)


def _proof() -> dict[str, str]:
    with reading() as opened:
        held = factors.held(opened, present_actor().account_id)
    schema = schemas.ProveAgain() if held else schemas.ProvePassword()
    given: dict[str, str] = load(schema, request.form.to_dict(), unknown="exclude")
    return given
