"""« Informations » as the screen says them: where one stands, for whom it is, who has read it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from service import clock
from service.models import (
    Announcement,
    AnnouncementFile,
    AnnouncementKind,
    AnnouncementReceipt,
)
from service.permissions import Actor
from service.queries.reference import Reference
from service.routes.pages.views import moments
from service.routes.pages.views.cdas_choices import open_cdas
from service.routes.pages.views.forms import form_fields, general_errors
from service.schemas.convention_life import AnnouncementForm
from service.workflows import french, prose
from service.workflows.announcements import ANNOUNCERS, Phase, phase

Shown = dict[str, Any]
Mistakes = Mapping[str, Sequence[str]]


def line(row: Announcement, today: date) -> Shown:
    """One notice in a list: its title and when it takes effect."""
    return {"id": row.id, "title": row.title, "effect": effect(row, today)}


def listed(row: Announcement, kind: str, units: int, read: int, known: Reference, today: date) -> Shown:
    """The same with its type, who publishes it and how many units have read it."""
    unit = known.units[row.unit_code]
    return {
        **line(row, today),
        "kind": kind,
        "by": unit.name,
        "side": unit.institution,
        "withdrawn": row.withdrawn_at is not None,
        "read": f"{read} sur {units}",
        "all_read": read == units,
    }


def effect(row: Announcement, today: date) -> str:
    """« À partir du jeudi 1er janvier 2027 », « depuis le … », with its last day."""
    begun = "depuis le" if row.takes_effect_on <= today else "à partir du"
    until = f", jusqu’au {french.short_date(row.ends_on)}" if row.ends_on else ""
    return f"{begun} {french.long_date(row.takes_effect_on)}{until}"


def page(row: Announcement, kind: AnnouncementKind, author: str, known: Reference, now: datetime) -> Shown:
    """The whole notice."""
    today, unit = french.local_day(now), known.units[row.unit_code]
    withdrawn = row.withdrawn_at is not None
    stands = phase(row.takes_effect_on, row.ends_on, withdrawn=withdrawn, today=today)
    return {
        **line(row, today),
        "kind": kind.label,
        "blocks": prose.blocks(row.body),
        "by": unit.name,
        "side": unit.institution,
        "author": author,
        "published": moments.near(row.published_at, now),
        "ahead": _ahead(row),
        "phase": stands.label if stands is not Phase.PAST else "Passée",
        "level": {Phase.COMING: "going", Phase.IN_FORCE: "fine", Phase.PAST: "none"}[stands],
        "past": stands is Phase.PAST,
        "withdrawn": moments.near(row.withdrawn_at, now) if row.withdrawn_at else "",
        "asip": row.to_asip,
        "reminded": moments.near(row.reminded_at, now) if row.reminded_at else "",
        "referents": [("À la Caf", kind.caf_referent), ("Au Département", kind.departement_referent)],
    }


def receipt(row: AnnouncementReceipt, who: str | None, known: Reference, now: datetime) -> Shown:
    """A unit that the notice is for: who confirmed first, and when."""
    unit = known.units[row.unit_code]
    return {
        "unit": unit.name,
        "side": unit.institution,
        "who": who or "",
        "when": moments.near(row.confirmed_at, now) if row.confirmed_at else "",
        "iso": moments.iso(row.confirmed_at) if row.confirmed_at else "",
    }


def receipts_sentence(shown: Sequence[Shown]) -> str:
    """« 3 services sur 25 n’ont pas encore confirmé. »."""
    waiting = sum(1 for one in shown if not one["when"])
    if waiting == 0:
        return "Tous les services ont confirmé avoir lu cette information."
    verb = "n’a pas" if waiting == 1 else "n’ont pas"
    return f"{french.counted(waiting, 'service')} sur {len(shown)} {verb} encore confirmé."


def file(row: AnnouncementFile) -> Shown:
    """A joined file."""
    size = f"{max(1, row.size // 1024)} ko"
    return {"id": row.id, "name": row.filename, "size": size}


def form(
    kinds: Iterable[AnnouncementKind], known: Reference, typed: Mapping[str, Any], mistakes: Mistakes
) -> Shown:
    """The form of a new notice; the CDAS one by one stand apart."""
    choices = {
        "kinds": [(str(kind.id), kind.label) for kind in kinds],
        "cdas": open_cdas(known, french.local_day(clock.now())),
    }
    fields = form_fields(AnnouncementForm, typed, mistakes, choices)
    by_name = {field["name"]: field for field in fields}
    by_name["body"]["rows"] = 10
    attached = file_field(mistakes)
    return {
        "fields": [*fields, attached],
        "errors": general_errors(mistakes, [*fields, attached]),
        "what": [by_name[name] for name in ("kind_id", "title", "body")],
        "when": [by_name[name] for name in ("takes_effect_on", "ends_on")],
        "groups": by_name["groups"],
        "units": by_name["units"],
        "to_asip": by_name["to_asip"],
        "file": attached,
        "kinds": choices["kinds"],
    }


def file_field(mistakes: Mistakes, *, many: bool = True) -> Shown:
    """The field of the files."""
    return {
        "name": "file",
        "label": "Fichiers" if many else "Fichier",
        "hint": "PDF, JPEG ou PNG, 10 Mo au plus. Un scan n’est pas relu : vérifiez qu’il ne nomme personne.",
        "widget": "file",
        "accept": ".pdf,.jpg,.jpeg,.png",
        "multiple": many,
        "required": not many,
        "errors": list(mistakes.get("file", ())),
    }


def kind_line(kind: AnnouncementKind, who: str, now: datetime) -> Shown:
    """A row of the « écrit de référence »."""
    return {
        "id": kind.id,
        "label": kind.label,
        "announced_by": ANNOUNCERS[kind.announced_by],
        "caf": kind.caf_referent,
        "caf_email": kind.caf_email or "",
        "departement": kind.departement_referent,
        "departement_email": kind.departement_email or "",
        "manner": kind.manner or "",
        "closed": kind.closed_at is not None,
        "changed": f"écrit {moments.near(kind.changed_at, now)} par {who}",
    }


def may_follow(actor: Actor, row: Announcement, known: Reference) -> bool:
    """Whether it is the actor's institution that follows this notice."""
    return known.units[row.unit_code].institution is actor.institution


def _ahead(row: Announcement) -> str:
    """How long before its effect it was announced (I.4: beforehand)."""
    days = (row.takes_effect_on - french.local_day(row.published_at)).days
    if days > 0:
        return f"annoncée {french.counted(days, 'jour')} avant"
    return "annoncée le jour même" if days == 0 else "annoncée après sa date d’effet"
