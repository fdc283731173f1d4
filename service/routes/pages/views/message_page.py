"""Incoming messages as the pages show them: rows of the list, and one message beside its half-filled form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from service.models import IncomingFile, IncomingMail
from service.notifications.incoming import UnreadableReason
from service.operations.kept_messages import KEPT_FOR
from service.queries.keyset import Counted
from service.queries.reference import Reference
from service.routes.pages import turning
from service.routes.pages.views import moments
from service.routes.pages.views.forms import form_fields, general_errors
from service.routes.pages.views.history import size_words
from service.schemas.messages import REQUEST, Qualify
from service.workflows import french
from service.workflows.qualification import LeftOver, Nature, Waits
from service.workflows.urgent_rights import CHANNELS

Shown = dict[str, Any]

VIEWS: Mapping[str, tuple[str, str, str]] = {
    "waiting": ("À qualifier", "message à qualifier", "messages à qualifier"),
    "aside": ("Gardés à part", "message gardé à part", "messages gardés à part"),
    "left": ("À reprendre", "message à reprendre", "messages à reprendre"),
    "qualified": ("Qualifiés", "message qualifié", "messages qualifiés"),
}
"""The label of each view, one and several of what it holds."""

LEDES: Mapping[str, str] = {
    "waiting": "",
    "aside": "Aucun programme ne peut les lire. Ouvrez l’original dans votre messagerie, puis dites ce que c’est.",
    "left": "La demande est faite ; quelque chose du message ne s’y trouve pas.",
    "qualified": "Les plus récents d’abord. Leur texte s’efface 30 jours après.",
}
EMPTY: Mapping[str, tuple[str, str]] = {
    "waiting": (
        "Tout est qualifié",
        "Les messages reçus sans le mot-clé, ou qui citent une demande sans que l’expéditeur soit reconnu, "
        "apparaîtront ici.",
    ),
    "aside": (
        "Aucun message gardé à part",
        "Les messages chiffrés, vides ou abîmés apparaîtront ici, entiers.",
    ),
    "left": (
        "Rien à reprendre",
        "Les originaux trop volumineux et les mots de collègues de la Caf, non transmis au CDAS, apparaîtront ici.",
    ),
    "qualified": ("Aucun message qualifié", "Les messages que vous aurez qualifiés apparaîtront ici."),
}
_MONTH_ALONE = "Le message ne donne que le mois : c’est le dernier jour possible, à vérifier."
_GUESSED = "Proposée d’après le texte, à vérifier."


def head(view: str, total: Counted, oldest: str) -> Shown:
    """The head of a view. `oldest`: since when the longest waiting one waits."""
    _, one, many = VIEWS[view]
    waits = f"Le plus ancien attend depuis {oldest}." if view == "waiting" and total else ""
    return {
        "code": view,
        "title": french.capital(turning.counted_words(total, one, many)) if total else EMPTY[view][0],
        "lede": (LEDES[view] if total else "") or waits or None,
        "empty": EMPTY[view],
    }


def rows(
    mails: Sequence[IncomingMail], known: Reference, now: datetime, requests: Mapping[UUID, str]
) -> list[Shown]:
    """One row a message, in the given order. `requests`: the references of those that made or joined one."""
    return [_row(mail, known, now, requests.get(mail.id)) for mail in mails]


def age(mail: IncomingMail, known: Reference, now: datetime) -> str:
    """« 3 h 05 ouvrées » since it was received, in the hours of who triages; « moins d’une minute » too."""
    hours = known.hours_of(known.triage_unit().code)
    return moments.business_between(hours, mail.received_at, now) or "peu"


def why(mail: IncomingMail) -> str:
    """Why the message stands where it is, or what it was found to be."""
    if mail.fate == "qualified":
        return Nature(mail.nature).label if mail.nature else ""
    labels: dict[str, str] = {
        one.value: one.label for kind in (Waits, LeftOver, UnreadableReason) for one in kind
    }
    codes = (mail.reason or "").split()
    return " · ".join(labels[code] for code in codes if code in labels) or (mail.reason or "")


def _row(mail: IncomingMail, known: Reference, now: datetime, request: str | None) -> Shown:
    unit = known.units.get(mail.asking_unit_id or "")
    return {
        "id": mail.id,
        "iso": moments.iso(mail.received_at),
        "when": moments.near(mail.received_at, now),
        "age": age(mail, known, now),
        "sender": mail.sender or ("" if mail.ticket_id else "Expéditeur inconnu"),
        "title": f"Demande {request}" if request else mail.subject or "(sans objet)",
        "unit": unit.name if unit else None,
        "channel": CHANNELS[mail.channel],
        "why": why(mail),
    }


@dataclass(frozen=True)
class MessagePage:
    """One message for who may read it. `cited`: requests it names, `same_file`: those of its matricule, by reference.

    `ticket`: the reference of its own request; `qualifier`: who qualified it; `has_raw`: its bytes are kept.
    """

    mail: IncomingMail
    files: Sequence[IncomingFile]
    known: Reference
    now: datetime
    ticket: str | None
    qualifier: str | None
    has_raw: bool
    may_read_raw: bool
    may_take_back: bool
    cited: Sequence[str] = ()
    same_file: Sequence[str] = ()

    @property
    def title(self) -> str:
        """Its subject, or the request that it made or joined."""
        return (
            f"Message de la demande {self.ticket}"
            if self.ticket
            else self.mail.subject or "Message sans objet"
        )

    @property
    def view(self) -> str:
        """The view that it belongs to."""
        return {"to_qualify": "waiting", "set_aside": "aside", "qualified": "qualified"}.get(
            self.mail.fate, "left"
        )

    @property
    def waits(self) -> bool:
        """Whether somebody has to say what it is."""
        return self.mail.fate in ("to_qualify", "set_aside")

    @property
    def unit(self) -> str | None:
        """The CDAS that its addresses name."""
        unit = self.known.units.get(self.mail.asking_unit_id or "")
        return unit.name if unit else None

    @property
    def facts(self) -> list[tuple[str, str]]:
        """Who, when, by which way, and why it stands here."""
        mail = self.mail
        received = french.instant(mail.received_at)
        found = [
            ("De", mail.sender or ("Expéditeur inconnu" if self.waits else "")),
            ("Reçu", f"{received} (depuis {age(mail, self.known, self.now)})" if self.waits else received),
            ("Par", CHANNELS[mail.channel]),
            ("Nature" if mail.fate == "qualified" else "Ici parce que", why(mail)),
        ]
        if mail.qualified_at and self.qualifier:
            found.append(("Qualifié", f"{french.instant(mail.qualified_at)}, par {self.qualifier}"))
        return [(label, value) for label, value in found if value]

    @property
    def joined(self) -> list[Shown]:
        """Its files."""
        return [{"id": one.id, "name": one.filename, "size": size_words(one.size)} for one in self.files]

    @property
    def masked(self) -> str:
        """« 2 numéros de sécurité sociale ont été masqués. »"""
        number = self.mail.nir_masked
        if not number:
            return ""
        told = "Son service et le tri ont été prévenus." if self.unit else "Le tri a été prévenu."
        verb = "a été masqué" if number < 2 else "ont été masqués"
        numbers = french.counted(number, "numéro de sécurité sociale", "numéros de sécurité sociale")
        return f"{numbers} {verb} avant d’être gardé{'s' if number > 1 else ''}. {told}"

    @property
    def forgotten_on(self) -> str:
        """The day on which the bytes kept go."""
        return french.short_date(french.local_day(self.mail.recorded_at + KEPT_FOR + timedelta(days=1)))

    def form(
        self,
        typed: Mapping[str, Any],
        errors: Mapping[str, Sequence[str]],
        choices: Mapping[str, Sequence[Any]],
        guessed: Mapping[str, str],
    ) -> Shown:
        """The form, the question first; what only a request asks for can be left to « Compléter »."""
        fields = {field["name"]: field for field in form_fields(Qualify, typed, errors, choices)}
        if self.mail.fate != "set_aside":
            del fields["text"]
        first = ("nature", "reference", *(("text",) if "text" in fields else ()))
        for name in fields.keys() - {"nature", "reference"}:
            fields[name] |= {"required": False, "shown_when": REQUEST}
        for name, hint in guessed.items():
            fields[name]["hint"] = hint
        fields["nature"]["column"] = True
        ordered = [fields.pop(name) for name in first] + list(fields.values())
        return {"fields": ordered, "errors": general_errors(errors, ordered)}


def hints(said: Mapping[str, Any], *, commune_guessed: bool) -> dict[str, str]:
    """What to say beside the answers that the message only suggests."""
    found = {}
    if said.get("last_payment_exact") is False:
        found["last_payment_on"] = _MONTH_ALONE
    if commune_guessed:
        found["commune"] = _GUESSED
    return found
