"""« Imprimer (PDF) »: one request on paper, as its page shows it to who prints it (R-DP-3, R-DP-8)."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response

from service.errors import GuardRefused, NotVisible
from service.pdf import render_drawable
from service.permissions import OUT_OF_LISTS, Permission
from service.routes.guard import requires
from service.routes.pages.blueprint import pages
from service.routes.pages.ticket import read
from service.routes.pages.views.ticket_page import TicketPage
from service.workflows import french
from service.workflows.registry import kind_of

TEMPLATE = "ticket.typ"

MOST_LINES = 20_000
"""So many lines at most: a few hundred pages, and a second of work."""
_EMPTY_LINES = re.compile(r"\n{3,}")

Shown = dict[str, Any]


@pages.get("/demandes/<reference>/imprimer.pdf")
@requires(Permission.READ_TICKETS)
def print_ticket(reference: str) -> Response:
    """The request; its file name says nothing about the person. That it was printed is logged, and counts as a reading.

    Refuses (NotVisible) a notice (R-PE-4), a draft, and what was opened out of scope or in the archives; and
    (GuardRefused) what has too many lines.
    """
    if kind_of(reference) in OUT_OF_LISTS:
        raise NotVisible  # before it is logged as printed
    page = read(reference, "print")
    if not page.printable:
        raise NotVisible
    day, contents = french.local_day(page.now), _contents(page)
    _expect_bounded(contents)
    answer = Response(render_drawable(TEMPLATE, contents, day), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f"attachment; filename=demande-{reference}.pdf"
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def _contents(page: TicketPage) -> Mapping[str, Any]:
    owing, deadline = page.known.units.get(page.turn.ticket.next_step_unit_id or ""), page.turn.deadline()
    origin = [one for one in (page.origin["unit"] or "CDAS à préciser", page.origin["to"]) if one]
    due = f"{deadline.what}, {deadline.at_words}" if deadline else ""
    return {
        "reference": page.reference,
        "title": f"{page.reference} – {page.state[1]}",
        "subtitle": page.subtitle,
        "facts": _said(
            ("De", " → ".join(origin)),
            ("Canal", page.origin["channel"]),
            ("Étape suivante attendue de", owing.name if owing else ""),
            ("Prochaine échéance", due),
        ),
        "parts": [
            {"title": title, "facts": _said(*lines)}
            for title, lines in (
                ("Personne", page.person),
                ("La situation", page.situation),
                ("Pourquoi c’est urgent", [("Règle", page.why["sentence"])] if page.why else []),
                ("Demandes liées", page.links),
            )
            if lines
        ],
        "time": _said(*((clock["label"], _clock(clock)) for clock in page.clocks)),
        "events": [_event(line, page) for line in page.history],
        "notes": {
            "title": f"{page.note_label} : détachez cette page avant de remettre la demande à quelqu’un d’autre.",
            "items": [_event(note, page) for note in page.notes],
        },
        "secrecy": _secrecy(page),
    }


def _expect_bounded(contents: Mapping[str, Any]) -> None:
    events = (*contents["events"], *contents["notes"]["items"])
    if sum(words.count("\n") for event in events for words in event["lines"]) > MOST_LINES:
        raise GuardRefused(
            "Cette demande est trop longue pour être imprimée d’un seul tenant.",
            advice="Imprimez sa page depuis votre navigateur.",
        )


def _said(*pairs: tuple[str, Any]) -> list[tuple[str, str]]:
    return [(label, str(value)) for label, value in pairs if value]


def _clock(clock: Shown) -> str:
    return ", ".join(
        filter(None, (clock["words"], clock["result"], clock["due"] and f"échéance {clock['due']}"))
    )


def _event(line: Shown, page: TicketPage) -> Shown:
    """On paper « vous » is whoever reads it: the name stands there instead."""
    when = ", ".join(filter(None, (line["at_words"], line["recorded_words"])))
    who = _printer(page) if line["by"] == "vous" else line["by"]
    return {"title": line["title"], "who": who, "when": when, "lines": list(_words(line))}


def _words(line: Shown) -> Iterable[str]:
    if line["body"]:
        yield _EMPTY_LINES.sub("\n\n", line["body"])
    for file in line["files"]:
        said = f" : {file['said']}" if file["said"] else ""
        yield f"{file['name']} ({file['size_words']}){said}"


def _printer(page: TicketPage) -> str:
    return f"{page.actor.name}, {page.known.units[page.actor.unit_id].name}"


def _secrecy(page: TicketPage) -> str:
    return (
        f"Imprimée le {french.long_date(french.local_day(page.now))} par {_printer(page)}. "
        "Couverte par le secret professionnel (article 226-13 du code pénal)."
    )
