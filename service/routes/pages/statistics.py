"""« Statistiques »: the figures of a month as they are known now, whole or narrowed one way at a time."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
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
from service.statistics.behind import number_behind
from service.statistics.document import Cell
from service.statistics.figures import Figures
from service.statistics.live import Narrowed, live
from service.statistics.pack import KIND
from service.statistics.periods import Month
from service.statistics.publishing import ALL, kept
from service.statistics.shown import Address, nowhere, shown
from service.statistics.volet_one import BENEFITS, CDAP_REPORTED, kinds
from service.workflows import french
from service.workflows.urgent_rights import CHANNELS

MONTHS_BACK = 24
MONTHS_NOTED = 7


@pages.get("/statistiques")
@requires(Permission.READ_FIGURES)
def statistics() -> str:
    """The month and the scope of the address, else the present month and all that the reader may see."""
    actor, now = present_actor(), clock.now()
    month = month_of(request.args["mois"]) if request.args.get("mois") else Month.of(now)
    with reading() as session:
        scopes = dict(scopes_of(actor, session))
        scope = Narrowed(key := chosen(scopes), label_of(key, scopes))
        known, computed_at = _known(session, month, scope.key)
        pack = published(session, KIND, month.key)
    document = live(month, scope, known, computed_at) if month.key in known else None
    return render_template(
        "statistics/statistics.html",
        document=None if document is None else shown(document, _leading(actor, month, scope.key)),
        computed=french.instant(computed_at),
        month=month,
        scope=scope,
        period=_period(month, now),
        narrowing=_narrowing(scopes, scope.key) if len(scopes) > 1 else None,
        earlier=month.back(1),
        later=month.back(-1) if month.end <= now else None,
        leads=may(actor, Permission.READ_TICKETS),
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
    shown_form = render_template("statistics/reported.html", month=month, fields=fields, noted=_noted(month))
    return (shown_form, 422) if errors else shown_form


def _period(month: Month, now: datetime) -> dict[str, Any]:
    """The months of two years, and the one that is shown where it is older."""
    known = [Month.of(now).back(back) for back in range(MONTHS_BACK)]
    months = known if month in known else [*known, month]
    return _select("mois", "Mois", month.key, [(one.key, one.label) for one in months])


def _narrowing(scopes: Mapping[str, str], chosen_key: str) -> dict[str, Any]:
    """The scopes one at a time, kind by kind: two at once could be subtracted (indicators.md)."""
    whole, *narrower = scopes.items()
    groups = [
        (title, [(key, label) for key, label in narrower if key.startswith(f"{name}:")])
        for name, title in _NAMES.items()
    ]
    return _select("filtre", "Demandes", chosen_key, [whole, *groups])


def _select(name: str, label: str, value: str, choices: Sequence[Any]) -> dict[str, Any]:
    return {
        "name": name,
        "label": label,
        "widget": "select",
        "value": value,
        "choices": choices,
        "required": True,
        "errors": [],
    }


def _leading(actor: Actor, month: Month, scope: str) -> Address:
    """For who reads requests, a figure leads to those that it counts."""
    if not may(actor, Permission.READ_TICKETS):
        return nowhere

    def address(table: str, row: str, column: str, cell: Cell) -> str:
        if not number_behind(table, row, column, cell):
            return ""
        return url_for("pages.figure_behind", period=month.key, measure=table, row=row, filtre=scope)

    return address


def _noted(shown_month: Month) -> list[tuple[str, int | None, str]]:
    """The numbers of the last months, those still to note among them."""
    last = Month.of(clock.now())
    with reading() as session:
        return [
            (
                month.label,
                None if row is None else row.number,
                url_for("pages.reported", period=month.key),
            )
            for month in (last.back(back) for back in range(MONTHS_NOTED))
            if month != shown_month
            for row in (session.get(ReportedCount, (month.key, CDAP_REPORTED)),)
        ]


def scopes_of(actor: Actor, session: Session) -> Iterator[tuple[str, str]]:
    """A CDAS sees its own figures; the Caf, the steering and the auditor everything, narrowed one way at a time."""
    if actor.role in CDAS_ROLES:
        yield f"cdas:{actor.unit_id}", reference(session).units[actor.unit_id].name
        return
    yield ALL, "Toutes les demandes"
    for name, labels in (("kind", kinds()), ("channel", CHANNELS), ("benefit", BENEFITS)):
        for key, label in labels.items():
            yield f"{name}:{key}", french.capital(label)


_NAMES = {
    "kind": "Par type de demande",
    "channel": "Urgences définies, par canal",
    "benefit": "Urgences définies, par prestation",
}


def label_of(key: str, scopes: Mapping[str, str]) -> str:
    """« Urgences définies, par canal : Ligne directe »."""
    title = _NAMES.get(key.partition(":")[0])
    return f"{title} : {scopes[key]}" if title else scopes[key]


def chosen(scopes: Mapping[str, str]) -> str:
    """The scope of the address, else the first one. Refuses (NotVisible) one that is not offered."""
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
