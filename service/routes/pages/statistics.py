"""« Statistiques »: the figures of a month as they are known now, whole or narrowed one way at a time."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from service import clock
from service.database import reading, transaction
from service.errors import InvalidInput, NotVisible
from service.models import ReportedCount
from service.operations.reported_counts import report_count
from service.permissions import CDAS_ROLES, Actor, Permission, may
from service.queries.documents import published
from service.queries.reference import reference
from service.routes.guard import present_actor, requires
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.routes.pages.documents import month_of
from service.routes.pages.views.forms import form_fields
from service.schemas.fields import load
from service.schemas.figures import ReportedForm
from service.statistics.figures import Figures
from service.statistics.live import Narrowed, live
from service.statistics.pack import KIND
from service.statistics.periods import Month
from service.statistics.publishing import ALL, kept
from service.statistics.shown import shown
from service.statistics.volet_one import BENEFITS, CDAP_REPORTED, kinds
from service.workflows import french
from service.workflows.urgent_rights import CHANNELS

MONTHS_BACK = 24


@pages.get("/statistiques")
@requires(Permission.READ_FIGURES)
def statistics() -> str:
    """The month and the scope of the address, else the present month and all that the reader may see."""
    actor, now = present_actor(), clock.now()
    month = month_of(request.args["mois"]) if request.args.get("mois") else Month.of(now)
    with reading() as session:
        scopes = dict(_scopes(actor, session))
        scope = Narrowed(key := _chosen(scopes), scopes[key])
        known, computed_at = _known(session, month, scope.key)
        pack = published(session, KIND, month.key)
    document = live(month, scope, known, computed_at) if month.key in known else None
    return render_template(
        "statistics/statistics.html",
        document=None if document is None else shown(document),
        computed=french.instant(computed_at),
        month=month,
        months=[Month.of(now).back(back) for back in range(MONTHS_BACK)],
        scopes=scopes,
        scope=scope,
        pack_url=url_for("pages.document_page", period=month.key) if pack else None,
        may_note=may(actor, Permission.NOTE_COUNTS),
    )


@pages.route("/statistiques/cdap/<period>", methods=["GET", "POST"])
@requires(Permission.NOTE_COUNTS)
def reported(period: str) -> ResponseReturnValue:
    """How many messages without the keyword stayed in CDAP in a month, as the Caf counts them there."""
    month = month_of(period)
    if month.start > clock.now():
        raise NotVisible
    typed, errors = request.form.to_dict(), {}
    if request.method == "POST":
        try:
            given = load(ReportedForm(unknown="exclude"), typed)
        except InvalidInput as refused:
            errors = dict(refused.fields)
        else:
            with transaction() as session:
                report_count(session, present_actor(), month.key, CDAP_REPORTED, given["number"])
            confirm(
                "success",
                f"Chiffre noté pour {month.label}. Il paraît au prochain calcul, dans le quart d’heure.",
            )
            return redirect(url_for("pages.statistics", mois=month.key), 303)
    else:
        with reading() as session:
            row = session.get(ReportedCount, (month.key, CDAP_REPORTED))
        typed = {} if row is None else {"number": str(row.number)}
    fields = form_fields(ReportedForm, typed, errors, {})
    shown_form = render_template("statistics/reported.html", month=month, fields=fields)
    return (shown_form, 422) if errors else shown_form


def _scopes(actor: Actor, session: Session) -> Iterator[tuple[str, str]]:
    """A CDAS sees its own figures; the Caf, the steering and the auditor everything, narrowed one way at a time."""
    if actor.role in CDAS_ROLES:
        yield f"cdas:{actor.unit_id}", reference(session).units[actor.unit_id].name
        return
    yield ALL, "Toutes les demandes"
    for name, labels in (("kind", kinds()), ("channel", CHANNELS), ("benefit", BENEFITS)):
        for key, label in labels.items():
            yield f"{name}:{key}", f"{_NAMES[name]} : {label}"


_NAMES = {"kind": "Type", "channel": "Urgences définies, canal", "benefit": "Urgences définies, prestation"}


def _chosen(scopes: Mapping[str, str]) -> str:
    wanted = request.args.get("filtre") or next(iter(scopes))
    if wanted not in scopes:
        raise NotVisible
    return wanted


def _known(session: Session, month: Month, scope: str) -> tuple[dict[str, Figures], Any]:
    """The figures kept for the month, the twelve before, and the instant of those of the month."""
    found, at = {}, clock.now()
    for back in range(13):
        one = month.back(back)
        if (held := kept(session, one, scope)) is not None:
            found[one.key] = held[0]
            at = held[1] if back == 0 else at
    return found, at
