"""The verdict while the form is being typed (R-UD-1, R-UD-5, R-DP-2), and « Ce qui va suivre »."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from service.errors import InvalidInput
from service.queries.reference import Reference, UnitCard
from service.routes.pages.views import moments
from service.schemas.fields import load
from service.schemas.urgent_rights import SubmissionForm
from service.workflows import french, nir, submission, urgency
from service.workflows.clocks import ClockRun, Stretch
from service.workflows.deadlines import target_at
from service.workflows.settings import Values
from service.workflows.urgency import Benefit, Event, Verdict
from service.workflows.urgent_rights import CLOCKS

_READ = ("benefit", "event", "last_payment_on", "amount_before", "amount_after", "never_paid", "ground")
_AT_SUBMIT = ("triage", "take", "answer")
DEFINITION = (
    "Une urgence définie, c’est l’AAH ou le RSA interrompu ou fortement réduit, "
    "ou une autre prestation interrompue depuis 3 mois."
)

Shown = dict[str, Any]


def card(typed: Mapping[str, Any], today: date, values: Values) -> Shown:
    """The verdict card for what is typed so far; « incomplete » as long as the rules can not judge."""
    if any(nir.find(text) for text in typed.values() if isinstance(text, str)):
        return _incomplete("À corriger", [submission.NIR_SENTENCE])
    try:
        given = load(SubmissionForm(only=_READ, unknown="exclude"), typed)
    except InvalidInput as invalid:
        return _incomplete(
            "À corriger", [sentence for found in invalid.fields.values() for sentence in found]
        )
    if given.get("ground") == "objected" and (refusal := submission.objection({"objected": True})):
        return _shown(
            "not_urgent", "Rien ne partira", [refusal.detail, refusal.advice], f"Règle {refusal.rule}"
        )
    asked = _what_is_missing(given)
    if asked:
        return _incomplete("Le verdict viendra ici", [asked, DEFINITION])
    facts = {name: given.get(name) for name in ("last_payment_on", "amount_before", "amount_after")}
    wrong = urgency.input_errors(given["benefit"], given["event"], today, **facts)
    if wrong:
        return _incomplete("À corriger", list(wrong.values()))
    return of_verdict(
        urgency.check(
            given["benefit"],
            given["event"],
            today,
            **facts,
            rules=values.urgency_rules(),
            never_paid=bool(given.get("never_paid")),
        ),
        values.text("caf_contact_url"),
    )


def of_verdict(verdict: Verdict, contact_url: str) -> Shown:
    """The card of a verdict; one that is not urgent leads to the ordinary contacts of the Caf (R-UD-5)."""
    rule = f"Convention I.2 · règle {verdict.rule}"
    if verdict.urgent:
        return _shown("urgent", "C’est une urgence définie", [verdict.explanation], rule)
    title = "Pas encore une urgence définie" if verdict.reached_on else "Ce n’est pas une urgence définie"
    links = [{"label": "Contacter la Caf par les voies ordinaires", "url": contact_url}]
    kept = "Ce que vous avez écrit reste dans votre brouillon."
    return _shown("not_urgent", title, [verdict.explanation, verdict.advice, kept], rule, links)


def next_steps(known: Reference, now: datetime) -> Shown:
    """What the Caf would owe if the request left now, and until when (R-CLK-3)."""
    triage, values = known.triage_unit(), known.values_of(known.version_at(now).number)
    steps = []
    for name in _AT_SUBMIT:
        target = values.target(name)
        if target is not None:
            due = target_at(_run(name, triage, now), target, known.hours_of, now)
            steps.append({"label": CLOCKS[name], "words": f"avant {_day_and_time(due, now)}", "side": "caf"})
    hours = known.hours_of(triage.code).describe(french.local_day(now))
    foot = french.unbroken(f"Si la demande part maintenant. Heures de la Caf : {hours}.")
    return {"steps": steps, "foot": foot}


def _day_and_time(due: datetime, now: datetime) -> str:
    said = moments.near(due, now)
    return said if said.startswith(("aujourd’hui", "demain")) else f"le {said}"


def _run(name: str, unit: UnitCard, start: datetime) -> ClockRun:
    return ClockRun(name, 1, unit.code, start, None, (Stretch(start, None, unit.code),), ())


def _what_is_missing(given: Mapping[str, Any]) -> str:
    if "benefit" not in given and "event" not in given:
        return "Choisissez la prestation et dites ce qui s’est passé."
    if "benefit" not in given:
        return "Choisissez la prestation."
    if "event" not in given:
        return "Dites ce qui s’est passé : plus de versement, ou forte diminution."
    dated = given.get("last_payment_on") or given.get("never_paid")
    if given["event"] == Event.INTERRUPTION and not Benefit(given["benefit"]).always_urgent and not dated:
        return "Indiquez la date du dernier versement reçu."
    return ""


def _incomplete(title: str, sentences: list[str]) -> Shown:
    return _shown("incomplete", title, sentences, None)


def _shown(
    kind: str, title: str, sentences: list[str], rule: str | None, links: list[dict[str, str]] | None = None
) -> Shown:
    said = [sentence for sentence in sentences if sentence]
    return {"kind": kind, "title": title, "sentences": said, "rule": rule, "links": links or []}
