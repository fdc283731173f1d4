"""« Importer des comptes »: a file is looked at line by line, and imported once somebody has read what it would do."""

from functools import partial

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.database import reading
from service.errors import GuardRefused
from service.operations import accounts_import as operation
from service.operations.accounts_import import Plan
from service.permissions import ROLE_LABELS, ROLES_OF_KIND, Permission, Role, may_manage_accounts_of
from service.queries.reference import reference
from service.routes.guard import present_actor, requires
from service.routes.pages.accounts import PUBLIC_URL
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.schemas.accounts import Invite
from service.schemas.fields import load
from service.workflows import french
from service.workflows.people_file import LABELS, LARGEST_FILE, MOST_LINES, Unreadable, decoded

CHECK = partial(load, Invite())
_LABEL, _HINT = "Fichier CSV", "Celui d’un tableur, avec les titres de colonnes en première ligne."


@pages.get("/comptes/importer")
@requires(Permission.MANAGE_ACCOUNTS)
def import_accounts() -> str:
    """How the file is made, and where to choose it."""
    return _choose()


@pages.post("/comptes/importer")
@requires(Permission.MANAGE_ACCOUNTS)
def look_at_accounts() -> ResponseReturnValue:
    """What importing the file would do; nothing is done."""
    sent = request.files.get("file")
    content = sent.read(LARGEST_FILE + 1) if sent else b""
    try:
        text = decoded(content)
        return _plan(operation.plan(present_actor(), text, CHECK), text)
    except Unreadable as refused:
        return _choose(str(refused)), 422


@pages.post("/comptes/importer/confirmer")
@requires(Permission.MANAGE_ACCOUNTS)
def confirm_accounts() -> ResponseReturnValue:
    """Import it, or its right lines; looked at again first, since something may have changed meanwhile."""
    actor, text = present_actor(), request.form.get("text", "")
    try:
        if len(text.encode()) > 2 * LARGEST_FILE:
            raise Unreadable("Ce fichier est trop grand.")
        made = operation.carry_out(actor, text, CHECK, right_lines_only="right" in request.form)
    except Unreadable as refused:
        return _choose(str(refused)), 422
    except GuardRefused:
        return _plan(operation.plan(actor, text, CHECK), text), 422
    links = [
        (one.name, current_app.extensions[PUBLIC_URL] + invited.path)
        for one, invited in made
        if invited.secret
    ]
    if links:
        return render_template(
            "accounts/import_links.html", links=links, until=french.instant(made[0][1].expires_at)
        )
    confirm(
        f"{french.counted(len(made), 'compte est ouvert', 'comptes sont ouverts')}.",
        "Chaque personne reçoit son lien d’invitation à l’adresse de son compte.",
    )
    return redirect(url_for("pages.accounts"), 303)


def _plan(plan: Plan, text: str) -> str:
    return render_template(
        "accounts/import_plan.html",
        plan=plan,
        text=text,
        roles=ROLE_LABELS,
        counted=french.counted,
    )


def _choose(mistake: str = "") -> str:
    actor = present_actor()
    with reading() as session:
        units = [one for one in reference(session).units.values() if may_manage_accounts_of(actor, one.code)]
    kinds = {unit.kind for unit in units}
    field = {
        "name": "file",
        "label": _LABEL,
        "hint": _HINT,
        "widget": "file",
        "accept": ".csv,text/csv",
        "required": True,
        "errors": [mistake] if mistake else [],
    }
    return render_template(
        "accounts/import.html",
        form={"fields": [field], "errors": []},
        headings=list(LABELS.values()),
        units=sorted(units, key=lambda unit: unit.name),
        roles=[ROLE_LABELS[role] for role in Role if any(role in ROLES_OF_KIND[kind] for kind in kinds)],
        largest=LARGEST_FILE // 1024,
        most=MOST_LINES,
    )
