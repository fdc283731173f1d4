"""« Aide »: the guide by chapter, the rules by id, the circuits drawn from their tables. One text with docs/."""

from collections.abc import Mapping

from flask import Response, g, render_template, send_from_directory, url_for

from service import handbook
from service.errors import NotVisible
from service.permissions import Actor, Permission, Role
from service.routes.guard import requires
from service.routes.pages.blueprint import pages
from service.workflows import diagram
from service.workflows.machine import PARTY_LABELS, Transition, Workflow
from service.workflows.registry import WORKFLOWS

GUIDE, RULES = "guide.md", "rules.md"
_CDAS, _DESK = "vous-travaillez-dans-un-cdas", "vous-etes-au-secretariat-de-la-caf"
_AGENT, _WORKER = "vous-etes-au-service-prestations", "vous-etes-travailleur-social-de-la-caf"
_HEAD, _STEERING = "vous-etes-responsable", "vous-etes-au-pilotage"
_AUDIT, _SHELTERS = "vous-controlez-dpo-audit", "vous-etes-referent-local-caf-cpam-ou-siao"
_ADMIN, _SOCIAL, _OTHERS = "vous-administrez-relais", "les-autres-circuits", "les-autres-pages"

OWN: Mapping[Role, tuple[str, ...]] = {
    Role.CDAS_AGENT: (_CDAS, _SOCIAL),
    Role.CDAS_HEAD: (_CDAS, _HEAD, _SOCIAL),
    Role.CAF_SECRETARIAT: (_DESK, _SOCIAL),
    Role.CAF_AGENT: (_AGENT,),
    Role.CAF_LEAD: (_AGENT, _HEAD),
    Role.CAF_TS: (_WORKER, _SOCIAL),
    Role.CAF_HEAD: (_WORKER, _HEAD, _SOCIAL),
    Role.STEERING: (_STEERING, _OTHERS),
    Role.AUDITOR: (_AUDIT,),
    Role.SI_REFERENT: (_SHELTERS,),
    Role.ADMIN: (_ADMIN,),
}
"""The chapters of the guide that each role reads first, by slug; everybody reads « Pour tous »."""


@pages.get("/aide", endpoint="help")
@requires(Permission.PUBLIC)
def help_page() -> str:
    """What to read: the chapters for one's own role first."""
    preface, *chapters = handbook.chapters(GUIDE)
    first, own = chapters[0], _own(g.get("actor"))
    return render_template(
        "help/help.html",
        preface=handbook.html(preface.text, _address),
        own=[first, *(one for one in chapters if one.slug in own)],
        others=[one for one in chapters[1:] if one.slug not in own],
    )


@pages.get("/aide/guide/<chapter>", endpoint="guide")
@requires(Permission.PUBLIC)
def guide_chapter(chapter: str) -> str:
    """One chapter of the guide, with its pictures. Refuses (NotVisible) another word."""
    _, *chapters = handbook.chapters(GUIDE)
    place = next((number for number, one in enumerate(chapters) if one.slug == chapter), None)
    if place is None:
        raise NotVisible
    return render_template(
        "help/chapter.html",
        chapter=chapters[place],
        text=handbook.html(chapters[place].text, _address),
        before=chapters[place - 1] if place else None,
        after=chapters[place + 1] if place + 1 < len(chapters) else None,
    )


@pages.get("/aide/images/<picture>", endpoint="guide_picture")
@requires(Permission.PUBLIC)
def picture(picture: str) -> Response:
    """A picture of the guide, which a browser may keep for itself."""
    if picture not in handbook.pictures():
        raise NotVisible
    return send_from_directory(handbook.PICTURES, picture, mimetype="image/webp")


@pages.get("/aide/regles", endpoint="rules")
@requires(Permission.PUBLIC)
def rules() -> str:
    """Every rule; each can be reached by its id: /aide/regles#R-UD-8."""
    preface, *families = handbook.chapters(RULES)
    return render_template(
        "help/rules.html",
        preface=handbook.html(preface.text, _address),
        families=[(one.slug, one.title, handbook.html(one.text, _address)) for one in families],
    )


@pages.get("/aide/circuits", endpoint="circuits")
@requires(Permission.PUBLIC)
def circuits() -> str:
    """Each kind of request: its states drawn, and what leads from one to the next, for whom, by which rule."""
    return render_template(
        "help/circuits.html",
        circuits=[
            (one, diagram.arcs(one), [_row(one, row) for row in one.transitions])
            for one in WORKFLOWS.values()
        ],
    )


def _own(actor: Actor | None) -> tuple[str, ...]:
    return OWN[actor.role] if actor else ()


def _row(workflow: Workflow, row: Transition) -> tuple[str, str, str, str]:
    """The act, from where to where, who, and its rule, in words."""
    sources = ", ".join(workflow.state(code).label for code in row.source) or "Nouvelle demande"
    landings = " ou ".join(workflow.state(code).label for code in (row.target, row.instead) if code)
    who = ", ".join(sorted(PARTY_LABELS[party] for party in row.actors))
    return row.label, f"{sources} → {landings or 'même état'}", who, row.rule


def _address(link: str) -> str:
    """Where a link of docs/ leads here; "" for a document that no page shows."""
    path, _, anchor = link.partition("#")
    if path.startswith("guide/"):
        return url_for("pages.guide_picture", picture=path.removeprefix("guide/"))
    if path == RULES:
        return url_for("pages.rules", _anchor=anchor or None)
    if path.startswith("workflows/"):
        return url_for("pages.circuits")
    return link if path == "" else ""
