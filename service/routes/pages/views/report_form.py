"""The fields of « Signaler une urgence définie », in the order in which one tells it."""

from collections.abc import Mapping, Sequence
from typing import Any

from service.schemas.statement import GROUNDS
from service.workflows import french
from service.workflows.urgency import Benefit, Event
from service.workflows.urgent_rights import LINE_OPEN_REASONS

Shown = dict[str, Any]
Errors = Mapping[str, Sequence[str]]

BENEFIT_GROUPS: tuple[tuple[str, tuple[Benefit, ...]], ...] = (
    ("Toute interruption ou forte diminution", (Benefit.RSA, Benefit.AAH)),
    ("Logement", (Benefit.APL, Benefit.ALF, Benefit.ALS)),
    ("Activité", (Benefit.PRIME_ACTIVITE,)),
    ("Enfants et famille", (Benefit.AF, Benefit.CF, Benefit.ASF, Benefit.PAJE, Benefit.ARS)),
    ("Enfant malade ou handicapé", (Benefit.AEEH, Benefit.AJPP)),
    ("Autre", (Benefit.OTHER,)),
)
"""For the list of the form; every benefit stands in one group."""

CDAP_CHOICES = (
    ("today", "Consulté aujourd’hui"),
    ("other_day", "Un autre jour"),
    ("no_access", "Je n’ai pas accès à CDAP"),
)
ACCOMPANIED_CHOICES = (("self", "Oui, par moi"), ("other", "Oui, par quelqu’un d’autre"), ("no", "Non"))
_AS_TYPED = {"told_on": "ground_on", "agreed_on": "ground_on"}


class ReportForm:
    """The form as typed, with the sentences beside its fields; sections for the page, all fields for the head."""

    def __init__(
        self, typed: Mapping[str, Any], errors: Errors, communes: Sequence[Any], *, line_open: bool
    ) -> None:
        self.typed, self.errors, self.communes = typed, _as_typed(errors, typed), communes
        self.person = [*self._person()]
        self.situation = [*self._situation()]
        self.look_up = [*self._look_up()]
        self.ground = [*self._ground()]
        self.line = self._line() if line_open else None
        self.words = self._words()

    @property
    def fields(self) -> list[Shown]:
        """Every field, in order."""
        first = [self.line] if self.line else []
        return [*first, *self.person, *self.situation, *self.look_up, *self.ground, self.words]

    @property
    def summary(self) -> Shown:
        """For the list of errors at the head of the page."""
        names = {field["name"] for field in self.fields}
        elsewhere = [text for name, texts in self.errors.items() if name not in names for text in texts]
        return {"fields": self.fields, "errors": elsewhere}

    def _person(self) -> Sequence[Shown]:
        return (
            self._field(
                "matricule",
                "Matricule Caf",
                hint="7 chiffres. Jamais le numéro de sécurité sociale.",
                inputmode="numeric",
                spellcheck=False,
                width="short",
            ),
            self._field("last_name", "Nom", spellcheck=False, maxlength=80, width="medium"),
            self._field("first_name", "Prénom", spellcheck=False, maxlength=80, width="medium"),
            self._field(
                "commune", "Commune", "select", choices=self.communes, placeholder="Choisir la commune…"
            ),
            self._field("birth_date", "Date de naissance", "date", required=False),
        )

    def _situation(self) -> Sequence[Shown]:
        return (
            self._field(
                "benefit", "Prestation", "select", choices=_benefits(), placeholder="Choisir la prestation…"
            ),
            self._field(
                "event",
                "Que s’est-il passé ?",
                "choices",
                choices=[(event.value, event.label) for event in Event],
            ),
            self._field(
                "last_payment_on",
                "Dernier versement reçu",
                "date",
                hint="Les 3 mois se comptent d’ici. Facultatif pour l’AAH et le RSA.",
                shown_when="event=interruption",
            ),
            self._field(
                "never_paid",
                "Cette prestation n’a jamais été versée",
                "checkbox",
                required=False,
                shown_when="event=interruption",
            ),
            self._field(
                "amount_before", "Montant avant", "money", required=False, shown_when="event=strong_decrease"
            ),
            self._field(
                "amount_after", "Montant après", "money", required=False, shown_when="event=strong_decrease"
            ),
        )

    def _look_up(self) -> Sequence[Shown]:
        return (
            self._field(
                "cdap",
                "Avez-vous cherché dans CDAP ?",
                "choices",
                choices=CDAP_CHOICES,
                hint="À consulter avant de solliciter la Caf (convention, I.2).",
            ),
            self._field("cdap_consulted_on", "Quel jour ?", "date", shown_when="cdap=other_day"),
            self._field(
                "cdap_missing",
                "Ce que vous n’y avez pas trouvé",
                "textarea",
                rows=2,
                shown_when="cdap=today|other_day",
            ),
        )

    def _ground(self) -> Sequence[Shown]:
        return (
            self._field(
                "ground",
                "La personne sait-elle que vous transmettez sa situation ?",
                "choices",
                choices=GROUNDS,
            ),
            self._field(
                "ground_on",
                "Depuis quel jour ?",
                "date",
                required=False,
                hint="Sans réponse : aujourd’hui.",
                shown_when="ground=told|agreed",
            ),
            self._field(
                "reason_not_told",
                "Pourquoi n’a-t-elle pas pu être informée ?",
                "textarea",
                rows=2,
                shown_when="ground=not_told",
            ),
            self._field(
                "accompanied",
                "Un travailleur social l’accompagne-t-il ?",
                "choices",
                choices=ACCOMPANIED_CHOICES,
                required=False,
            ),
            self._field(
                "accompanied_by_name",
                "Son nom",
                required=False,
                maxlength=120,
                shown_when="accompanied=other",
            ),
            self._field(
                "accompanied_by_unit",
                "Son service",
                required=False,
                maxlength=120,
                shown_when="accompanied=other",
            ),
        )

    def _line(self) -> Shown:
        return self._field(
            "line_open_reason",
            "La ligne directe est ouverte : pourquoi par écrit ?",
            "choices",
            hint="Tant qu’elle est ouverte, appeler est la voie prévue (convention, I.2).",
            choices=[(code, french.capital(label)) for code, label in LINE_OPEN_REASONS.items()],
        )

    def _words(self) -> Shown:
        return self._field(
            "description", "En quelques mots", "textarea", hint="Les faits utiles à la Caf.", rows=4
        )

    def _field(self, name: str, label: str, widget: str = "text", **more: Any) -> Shown:
        return {
            "name": name,
            "label": label,
            "widget": widget,
            "value": self.typed.get(name),
            "errors": self.errors.get(name, []),
            "required": True,
            "autocomplete": "off",
            **more,
        }


def _benefits() -> list[tuple[str, list[tuple[str, str]]]]:
    return [(label, [(benefit.value, benefit.label) for benefit in group]) for label, group in BENEFIT_GROUPS]


def _as_typed(errors: Errors, typed: Mapping[str, Any]) -> dict[str, list[str]]:
    """The rules speak of dates; the form asks by large buttons: a sentence goes where the answer is given."""
    found: dict[str, list[str]] = {}
    for name, sentences in errors.items():
        place = _AS_TYPED.get(name, name)
        if name == "cdap_consulted_on" and typed.get("cdap") != "other_day":
            place = "cdap"
        found.setdefault(place, []).extend(sentences)
    return found
