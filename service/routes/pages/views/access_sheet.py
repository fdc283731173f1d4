"""The words of the pages about access: what somebody did, when, on which request."""

from collections.abc import Iterable, Mapping
from typing import Any

from service.models import AccessEntry, OutOfScopeOpening, ReadingStop, UnusualRead
from service.operations.extraction import BY_DAY, BY_HOUR, LISTS, may_lift
from service.permissions import Actor, Role
from service.routes.pages.views import moments
from service.schemas.access import VERDICTS
from service.workflows import accompaniment, french
from service.workflows.unusual_reading import SIGNS

Shown = dict[str, Any]

_LIMITS: Mapping[str, str] = {
    BY_HOUR: "des demandes ouvertes en une heure",
    BY_DAY: "des demandes ouvertes en un jour",
    LISTS: "des listes emportées en un jour",
}

ACTS: Mapping[str, str] = {
    "read": "a ouvert la demande",
    "print": "a imprimé",
    "download": "a pris un fichier",
    "letter": "a préparé un courrier",
    "put_forward": "a mis en avant pour une réunion",
    "search": "a cherché",
    "export": "a emporté une liste",
    "export_names": "a emporté une liste avec des noms",
    "keep_out": "a regardé qui est écarté",
    "ask_phone": "a demandé un numéro protégé",
    "open_message": "a ouvert un message",
    "phone": "a vu un numéro protégé",
    "open_out_of_scope": "a demandé à ouvrir hors de son périmètre",
    "journal": "a consulté ce journal",
    "subject_search": "a cherché ce qui est gardé d’une personne",
    "subject_extract": "a remis à la personne ce qui est gardé d’elle",
    "rectify": "a rectifié l’identité",
    "reset_second_factor": "a réinitialisé le second facteur de quelqu’un",
    "second_factor_reset": "son second facteur a été réinitialisé par un responsable",
    "open_archive": "a ouvert la demande archivée",
    "download_message": "a pris un fichier d’un message",
    **accompaniment.LOGGED,
}


def line(entry: AccessEntry, who: str, unit: str = "") -> Shown:
    """One line of the journal; `who`: a person, or the reference of a request."""
    return {
        "at": moments.whole(entry.at),
        "iso": moments.iso(entry.at),
        "who": who,
        "unit": unit,
        "act": ACTS.get(entry.act, "a ouvert la demande"),
        "refused": entry.refused,
    }


def where(entry: AccessEntry, reference: str | None) -> str:
    """On which request: its reference, if the reader may name it; nothing for what was done on none."""
    on_none = entry.ticket_id is None or entry.act in accompaniment.LOGGED
    return reference or ("" if on_none else "hors de votre vue")


def opening(actor: Actor, row: tuple[OutOfScopeOpening, str, str, str]) -> Shown:
    """An opening out of scope; the audit reads no reason, which may name somebody."""
    one, reference, who, unit = row
    return {
        "id": one.id,
        "reference": reference,
        "by": f"{who}, {unit}",
        "at": moments.whole(one.opened_at),
        "iso": moments.iso(one.opened_at),
        "reason": None if actor.role is Role.AUDITOR else one.reason,
        "verdict": VERDICTS.get(one.verdict or ""),
    }


def unusual(one: UnusualRead, who: str, unit: str, reference: str | None) -> Shown:
    """A sign of the weekly list, in a sentence."""
    several = "" if one.ticket_id else french.counted(one.tickets, "demande")
    return {
        "day": french.long_date(one.day),
        "who": who,
        "unit": unit,
        "sign": SIGNS[one.sign],
        "what": reference or several or "une demande hors de votre vue",
    }


def stops(rows: Iterable[tuple[ReadingStop, str, str]], actor: Actor) -> list[Shown]:
    """The readings stopped now, and whether the reader may lift each."""
    return [
        {
            "id": stop.id,
            "who": f"{who}, {unit}",
            "at": moments.whole(stop.stopped_at),
            "until": moments.whole(stop.until),
            "limit": _LIMITS[stop.limit_key],
            "liftable": may_lift(actor, stop),
        }
        for stop, who, unit in rows
    ]
