"""The pages open to everybody: legal notice, data protection, accessibility, ecodesign (R-DP-9)."""

from collections.abc import Mapping

from flask import render_template

from service import clock
from service.accessibility import statement
from service.accessibility.register import READ_AGAIN_WITHIN, REGISTER, THEMES, Criterion, Verdict
from service.database import reading
from service.permissions import REACH, ROLE_LABELS, Permission, Reach, Role
from service.queries.reference import reference
from service.routes.guard import requires
from service.routes.pages.blueprint import pages
from service.workflows import french
from service.workflows.registry import WORKFLOWS
from service.workflows.setting_table import SETTINGS, TO_FILL
from service.workflows.settings import Values, in_words

MOST_OCTETS, MOST_REQUESTS, READABLE_WITHIN = 100_000, 12, 3.0
"""What a first visit weighs and asks at most, and the seconds after which it is read on a slow line (tested)."""

_REACH_WORDS: Mapping[Reach, str] = {
    Reach.OWN: "les demandes qu’ils ont faites, prises en charge ou suivies",
    Reach.UNIT: "les demandes de leur service",
    Reach.SERVICE: "les demandes qui passent par leur service à la Caf",
}
_INFORMATION = ("R-DP-2", "R-DP-9")
"""The rules of the Settings that these pages say: whom to ask, and the version of the notice."""
_LENGTHS = "R-DP-6"
"""The rule of the Settings that say how long something is kept."""


@pages.get("/mentions-legales")
@requires(Permission.PUBLIC)
def legal_notice() -> str:
    """Who publishes Relais, and where it runs."""
    return render_template("about/legal.html", **_said())


@pages.get("/protection-des-donnees")
@requires(Permission.PUBLIC)
def data_protection() -> str:
    """Why data is kept, on which ground, who reads it, how long, and how a person uses their rights."""
    return render_template("about/data.html", readers=readers(), **_said())


@pages.get("/protection-des-donnees/information-des-familles")
@requires(Permission.PUBLIC)
def families_notice() -> str:
    """The notice that a professional prints for a family, with the day of its text (R-DP-2)."""
    return render_template("about/families.html", **_said())


@pages.get("/accessibilite")
@requires(Permission.PUBLIC)
def accessibility() -> str:
    """The accessibility statement: what was tested, what was not, and how to complain."""
    day = french.local_day(clock.now())
    return render_template(
        "about/accessibility.html",
        mention=statement.mention(day),
        count=statement.count(),
        audited_on=statement.AUDITED_ON,
        established=french.short_date(statement.ESTABLISHED),
        expires_on=french.short_date(statement.expires_on()),
        scheme=list(statement.SCHEME.items()),
        this_year=day.year,
        register=_by_theme(),
        read_again=READ_AGAIN_WITHIN.days,
        **_said(),
    )


@pages.get("/ecoconception")
@requires(Permission.PUBLIC)
def ecodesign() -> str:
    """The ecodesign statement: what a page weighs at most, what is not kept, and what nobody measured."""
    budget = {
        "most_kb": MOST_OCTETS // 1000,
        "most_requests": MOST_REQUESTS,
        "within": f"{READABLE_WITHIN:g}",
    }
    return render_template("about/ecodesign.html", **budget, **_said())


def readers() -> list[tuple[str, list[tuple[str, str]]]]:
    """Each kind of request, and for each role that reads it how far, from the table of rights."""
    return [(workflow.label, _of_kind(REACH[kind])) for kind, workflow in WORKFLOWS.items()]


def _by_theme() -> list[tuple[str, list[dict[str, str]]]]:
    return [
        (theme, [_shown(one) for one in REGISTER if one.number.split(".")[0] == str(place)])
        for place, theme in enumerate(THEMES, 1)
    ]


def _shown(one: Criterion) -> dict[str, str]:
    told = [one.why]
    if one.verdict is Verdict.KEPT and one.tests:
        told.append(f"{french.counted(len(one.tests), 'test')} à chaque version.")
    if one.read_on:
        told.append(f"Jugé à la lecture, le {french.short_date(one.read_on)}.")
    return {
        "number": one.number,
        "title": one.title,
        "verdict": one.verdict,
        "why": one.why,
        "shown_by": " ".join(filter(None, told)),
    }


def _of_kind(reaches: Mapping[Role, Reach]) -> list[tuple[str, str]]:
    return [(ROLE_LABELS[role], _REACH_WORDS[reach]) for role, reach in reaches.items()]


def _said() -> dict[str, object]:
    with reading() as session:
        values = reference(session).settings
    return {"said": _words(values), "lengths": _lengths(values), "to_fill": TO_FILL}


def _words(values: Values) -> dict[str, str]:
    """An empty Setting says nothing."""
    return {
        row.key: "" if values[row.key] is None else in_words(row, values[row.key])
        for row in SETTINGS
        if row.rule in _INFORMATION
    }


def _lengths(values: Values) -> list[tuple[str, str]]:
    told = (row for row in SETTINGS if row.rule == _LENGTHS and row.kind == "int")
    return [(row.label, in_words(row, values[row.key])) for row in told]
