"""« Bilan »: the yearly evaluation of the convention, its remarks, its files (R-SI, art. 7)."""

from datetime import date

from flask import Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from service import clock
from service.database import reading
from service.errors import NotVisible
from service.operations import si_meetings
from service.permissions import Permission, may
from service.queries import si as queries
from service.routes.guard import present_actor, refills, requires
from service.routes.pages.blueprint import pages
from service.routes.pages.documents import FORMATS
from service.routes.pages.si_forms import Form, Given, answer, done
from service.routes.pages.views import si_sheet
from service.schemas import si as schemas
from service.statistics import si
from service.statistics.shown import shown
from service.statistics.si_facts import facts_of
from service.workflows import french
from service.workflows.si import EARLIEST


@pages.get("/siao/bilan")
@requires(Permission.READ_SI_REGISTER)
def si_this_year() -> ResponseReturnValue:
    """The year that runs."""
    return redirect(_url(_today().year), 303)


@pages.get("/siao/bilan/<int:year>")
@requires(Permission.READ_SI_REGISTER)
def si_year(year: int) -> str:
    """SI-1 to SI-6 of a year, up to today, and its remarks."""
    actor, facts = present_actor(), _facts(year)
    with reading() as session:
        offered = queries.years(session, actor, _today())
    return render_template(
        "si/year.html",
        year=year,
        lede="L’année entière." if facts.over else f"Jusqu’au {french.long_date(facts.until)}.",
        document=shown(si.evaluation(facts)),
        files=[
            (taken.label, url_for("pages.si_year_file", year=year, extension=extension))
            for extension, taken in FORMATS.items()
        ],
        years=[
            {"label": str(one), "count": None, "current": one == year, "url": _url(one)} for one in offered
        ],
        may_keep=may(actor, Permission.KEEP_SI_REGISTER),
    )


@pages.get("/siao/bilan/<int:year>/bilan.<extension>")
@requires(Permission.READ_SI_REGISTER)
def si_year_file(year: int, extension: str) -> Response:
    """The same to take away, masked as on the page."""
    taken = FORMATS.get(extension)
    if taken is None:
        raise NotVisible
    answered = Response(taken.make(si.evaluation(_facts(year))), mimetype=taken.mimetype)
    name = f"convention-siao-{year}.{extension}"
    answered.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answered


@pages.route("/siao/bilan/<int:year>/remarques", methods=["GET", "POST"])
@refills
@requires(Permission.KEEP_SI_REGISTER)
def si_evaluate(year: int) -> ResponseReturnValue:
    """The qualitative part of the year."""
    _expect_year(year)
    with reading() as session:
        written = session.scalar(queries.evaluation(present_actor(), year))

    def act(given: Given) -> ResponseReturnValue:
        si_meetings.evaluate(present_actor(), year, given)
        return done(_url(year), "L’évaluation qualitative est enregistrée.")

    lede = "Ce que les chiffres ne disent pas, pour le comité national (article 7)."
    back = (_url(year), f"Bilan {year}")
    form = Form(schemas.Evaluation, f"Évaluation qualitative {year}", lede, "Enregistrer", back)
    return answer(form, act, si_sheet.begun(written, schemas.Evaluation) if written else {})


def _facts(year: int) -> si.Facts:
    _expect_year(year)
    with reading() as session:
        return facts_of(session, present_actor(), year, _today())


def _expect_year(year: int) -> None:
    if not EARLIEST.year <= year <= _today().year:
        raise NotVisible


def _today() -> date:
    return french.local_day(clock.now())


def _url(year: int) -> str:
    return url_for("pages.si_year", year=year)
