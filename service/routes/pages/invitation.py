"""The invited person chooses a password, by a link that works once."""

from collections.abc import Mapping, Sequence

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.errors import InvalidInput
from service.operations import accounts, identity_provider, invitations, passwords
from service.permissions import Permission
from service.routes.guard import requires
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.routes.pages.views.forms import form_fields
from service.schemas.accounts import ChoosePassword
from service.schemas.fields import load


@pages.get("/invitation/<secret>")
@requires(Permission.PUBLIC)
def invitation(secret: str) -> ResponseReturnValue:
    """The form, with a phrase proposed; opening the link does not use it up."""
    return _form(secret)


@pages.post("/invitation/<secret>")
@requires(Permission.PUBLIC)
def accept_invitation(secret: str) -> ResponseReturnValue:
    """Keep the password, then ask to log in with it."""
    try:
        given = load(ChoosePassword(), request.form.to_dict(), unknown="exclude")
        accounts.accept(secret, given["password"])
    except InvalidInput as refused:
        return _form(secret, refused.fields), 422
    confirm("Votre mot de passe est enregistré.", "Connectez-vous avec votre adresse et ce mot de passe.")
    return redirect(url_for("pages.login"), 303)


def _form(secret: str, mistakes: Mapping[str, Sequence[str]] | None = None) -> str:
    account = invitations.account_of(secret)
    return render_template(
        "login/invitation.html",
        account=account,
        form={"fields": form_fields(ChoosePassword, {}, mistakes or {}, {}), "errors": []},
        action=url_for("pages.accept_invitation", secret=secret),
        again=url_for("pages.invitation", secret=secret),
        proposed=passwords.propose(),
        proconnect=url_for("pages.bind_proconnect", secret=secret) if identity_provider.offered() else None,
    )
