"""« Mes courriels »: how one hears of what happens – for oneself, and for the mailbox of the unit one heads."""

from collections.abc import Mapping
from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.database import reading
from service.errors import InvalidInput
from service.models import Account
from service.notifications.choices import CHOICES, SORTS
from service.operations import notices as operations
from service.permissions import Permission
from service.queries.reference import reference
from service.routes.guard import present_actor, requires
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.workflows import french

_WHOSE = {"moi": False, "service": True}


@pages.get("/compte/courriels")
@requires(Permission.CHOOSE_NOTICES)
def notices() -> str:
    """One's own choices, and those of the unit's mailbox for who heads it."""
    return _page({})


@pages.post("/compte/courriels")
@requires(Permission.CHOOSE_NOTICES)
def choose_notices() -> ResponseReturnValue:
    """Keep them, for oneself or for the unit."""
    whose = request.form.get("whose", "")
    chosen = {sort: request.form[sort] for sort in SORTS if sort in request.form}
    if whose not in _WHOSE:
        return _page({"whose": ["Choisissez de quelle boîte il s’agit."]}), 422
    try:
        operations.choose(present_actor(), chosen, for_unit=_WHOSE[whose])
    except InvalidInput as refused:
        return _page(refused.fields), 422
    confirm(
        "Votre choix est enregistré." if whose == "moi" else "Le choix de votre service est enregistré.",
        "Les alertes et les urgences sociales arrivent toujours tout de suite.",
    )
    return redirect(url_for("pages.notices"), 303)


def _page(errors: Mapping[str, Any]) -> str:
    actor = present_actor()
    with reading() as session:
        mine = operations.chosen(session, account_id=actor.account_id)
        email = session.get_one(Account, actor.account_id).email
        boxes = [_box("moi", "Votre adresse", email, mine)]
        if operations.may_choose_for_unit(actor):
            unit = reference(session).units[actor.unit_id]
            of_unit = operations.chosen(session, unit_code=actor.unit_id)
            title = french.unbroken(f"Boîte du service : {g.unit_name}")
            boxes.append(_box("service", title, unit.email or "", of_unit))
    return render_template(
        "account/notices.html",
        boxes=boxes,
        errors=[sentence for sentences in errors.values() for sentence in sentences],
    )


def _box(whose: str, title: str, email: str, chosen: Mapping[str, str]) -> dict[str, Any]:
    return {
        "whose": whose,
        "title": title,
        "email": email,
        "fields": [
            {
                "name": sort,
                "id": f"{whose}-{sort}",
                "label": one.label,
                "choices": [(choice, CHOICES[choice]) for choice in one.choices],
                "value": chosen[sort],
            }
            for sort, one in SORTS.items()
        ],
    }
