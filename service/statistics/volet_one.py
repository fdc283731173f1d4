"""Volet I of the convention, « Suivi »: urgent rights and orientations (R-IND-I-1 to I-14). Pure."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from service.statistics.document import Cell, Column, Duration, Share
from service.statistics.facts import OUT_OF_FIGURES, Event, Facts, TicketFacts
from service.statistics.measures import (
    Cells,
    Count,
    Counted,
    Delays,
    Labels,
    Own,
    Portion,
    Shared,
    Timed,
    quantile,
)
from service.workflows.french import DAYS, PARIS, local_day
from service.workflows.orientation_rules import Reason
from service.workflows.qualification import Nature
from service.workflows.registry import WORKFLOWS
from service.workflows.urgent_rights import CHANNELS, LINE_OPEN_REASONS, OUTCOMES

URGENT = "urgent_rights"
DIRECTIONS: Labels = {"to_caf": "Du CDAS vers la Caf", "to_cdas": "De la Caf vers le CDAS"}
WAYS: Labels = {**DIRECTIONS, "inside": "Dans une même institution"}
NOT_SAID = "not_said"

BENEFITS: Labels = {
    "aah": "AAH",
    "rsa": "RSA",
    "housing": "Aides au logement",
    "prime_activite": "Prime d’activité",
    "af_cf": "AF, CF",
    "asf": "ASF",
    "paje": "PAJE",
    "aeeh": "AEEH",
    "ajpp": "AJPP",
    "other": "Autre, ARS comprise",
    NOT_SAID: "Non précisée",
}
_GROUPS: Mapping[str | None, str] = {
    "apl": "housing",
    "als": "housing",
    "alf": "housing",
    "af": "af_cf",
    "cf": "af_cf",
    "ars": "other",
    None: NOT_SAID,
}
MOTIVES: Labels = {
    "interruption": "Interruption",
    "strong_decrease": "Forte diminution",
    "three_months": "Interruption de 3 mois",
    NOT_SAID: "Non précisé",
}
MINIMA = ("aah", "rsa")
_DECIDED = frozenset({"assign", "take", "reject", "answer"})
_NATURES = (Nature.ORDINARY, Nature.OTHER_SERVICE, Nature.UNWANTED)
CDAP_REPORTED = "cdap_reported"


def direction(ticket: TicketFacts) -> str:
    """Which way a request goes; `inside` one institution, from a CDAS to another or within the Caf."""
    if ticket.from_caf == ticket.to_caf:
        return "inside"
    return "to_caf" if ticket.to_caf else "to_cdas"


def benefit_group(ticket: TicketFacts) -> str:
    """The line of I-2 that the benefit belongs to."""
    code = ticket.codes.get("benefit")
    return _GROUPS.get(code, str(code))


def motive(ticket: TicketFacts) -> str:
    """Interruption, strong decrease, or – for what is neither AAH nor RSA – three months without payment."""
    event = ticket.codes.get("event")
    if event is None:
        return NOT_SAID
    return (
        "three_months"
        if event == "interruption" and ticket.codes.get("benefit") not in MINIMA
        else str(event)
    )


def last_of(ticket: TicketFacts, facts: Facts, *names: str) -> Event | None:
    """The last event of those names before the cut-off."""
    found = [event for event in ticket.before(facts.period.end) if event.name in names]
    return found[-1] if found else None


def _by_kind(facts: Facts) -> Iterator[Counted]:
    return (Counted(ticket, ticket.kind, direction(ticket)) for ticket in facts.sent)


def _by_cdas(facts: Facts) -> Iterator[Counted]:
    for ticket in facts.sent:
        if ticket.cdas is not None:
            yield Counted(ticket, ticket.cdas, "urgent" if ticket.kind == URGENT else "social")


def _sent_by_channel(facts: Facts) -> Iterator[Counted]:
    return (Counted(ticket, ticket.channel) for ticket in facts.sent_of(URGENT))


def _beside_the_tickets(facts: Facts) -> Cells:
    """Unanswered calls, messages without the keyword, and what is only reported."""
    missed = sum(not call.answered for call in facts.calls)
    natures = {nature: sum(mail.nature == nature for mail in facts.mails) for nature in _NATURES}
    reported = facts.reported.get(CDAP_REPORTED)
    return {
        "missed_calls": {"n": missed},
        **{f"mail_{nature}": {"n": number} for nature, number in natures.items()},
        CDAP_REPORTED: {"n": reported},
    }


def _by_nature(facts: Facts) -> Iterator[Counted]:
    """R-IND-I-2: as declared, not as kept."""
    return (Counted(one, benefit_group(one), motive(one)) for one in facts.sent_of(URGENT))


def _is_decided(ticket: TicketFacts, facts: Facts) -> bool:
    return last_of(ticket, facts, *_DECIDED) is not None


def _refused_as(ticket: TicketFacts, facts: Facts) -> str | None:
    """The reason of the refusal in which the ticket stands at the cut-off."""
    last = last_of(ticket, facts, "reject")
    return last.code if last and ticket.state_at(facts.period.end) == "rejected" else None


def _unjustified(facts: Facts) -> Iterator[Shared]:
    for ticket in facts.sent_of(URGENT):
        if _is_decided(ticket, facts):
            reason = _refused_as(ticket, facts)
            seen = reason == "visible_in_cdap" and not ticket.codes.get("cdap_no_access")
            yield Shared(ticket, "visible_in_cdap", seen)
            yield Shared(ticket, "not_urgent", reason == "not_urgent")


def _decided_by_unit(facts: Facts) -> Iterator[Counted]:
    for shared in _unjustified(facts):
        if shared.row == "visible_in_cdap" and shared.ticket.cdas:
            yield Counted(shared.ticket, shared.ticket.cdas, "unjustified" if shared.part else "others")


def _judged(facts: Facts) -> Iterator[tuple[TicketFacts, bool]]:
    """R-IND-I-4: by the judgement of the service that received it."""
    for ticket in facts.sent_of("orientation"):
        if event := last_of(ticket, facts, "judge"):
            yield ticket, event.code == "unjustified"


def _judged_by_direction(facts: Facts) -> Iterator[Shared]:
    return (Shared(ticket, direction(ticket), unjustified) for ticket, unjustified in _judged(facts))


def _judged_by_reason(facts: Facts) -> Iterator[Shared]:
    return (Shared(one, str(one.codes.get("reason")), unjustified) for one, unjustified in _judged(facts))


def _sent_elsewhere(facts: Facts) -> Iterator[Counted]:
    """What was not for the service that received it, beside the orientations."""
    for ticket in facts.sent:
        state = ticket.state_at(facts.period.end)
        if ticket.kind == URGENT and _refused_as(ticket, facts) == "wrong_orientation":
            yield Counted(ticket, "wrong_orientation")
        elif ticket.kind in ("appointment", "social_emergency") and state == "redirected":
            yield Counted(ticket, f"{ticket.kind}_redirected")
        elif ticket.kind in ("co_intervention", "handover") and state == "declined":
            last = last_of(ticket, facts, "decline")
            if last is not None and last.code == "out_of_scope":
                yield Counted(ticket, f"{ticket.kind}_out_of_scope")


def _lower(label: str) -> str:
    return f"{label[:1].lower()}{label[1:]}"


def clock_rows() -> Labels:
    """Every clock of every kind that figures show (R-CLK-1)."""
    return {
        f"{kind}.{name}": f"{workflow.label} – {_lower(label)}"
        for kind, workflow in WORKFLOWS.items()
        if kind != OUT_OF_FIGURES
        for name, label in workflow.clocks.items()
    }


def _runs(facts: Facts) -> Iterator[Timed]:
    """R-IND-I-5, R-IND-I-6: every run of every clock that began before the cut-off."""
    for ticket in facts.sent:
        for timing in ticket.timings:
            yield Timed(ticket, f"{ticket.kind}.{timing.name}", timing)


def _outcomes(facts: Facts) -> Iterator[Counted]:
    """R-IND-I-8: by the last answer before the cut-off."""
    for ticket in facts.sent_of(URGENT):
        if (last := last_of(ticket, facts, "answer")) is not None:
            yield Counted(ticket, last.code or "other")


def _payments(facts: Facts) -> Cells:
    """Days from sending to the day on which the payment was scheduled."""
    waits = []
    for ticket in facts.sent_of(URGENT):
        last, paid_on = last_of(ticket, facts, "answer"), ticket.codes.get("outcome_on")
        if last is not None and last.code == "payment_scheduled" and isinstance(paid_on, date):
            waits.append(max(0, (paid_on - local_day(ticket.submitted_at)).days))
    middle = quantile(waits, 50)
    return {"payment": {"n": len(waits), "days": None if middle is None else middle.seconds}}


def _repeated(facts: Facts) -> Cells:
    """Dated by event: reopenings and new requests of the period, beside the closings of the period."""
    reopened = sum(1 for _ in facts.happened("reopen", URGENT))
    again = sum(one.codes.get("repeats_id") is not None for one in facts.sent_of(URGENT))
    closings = sum(1 for name in ("acknowledge", "auto_close") for _ in facts.happened(name, URGENT))
    return {
        "reopened": {"n": reopened, "share": Share(reopened, closings)},
        "new": {"n": again, "share": Share(again, closings)},
        "all": {"n": reopened + again, "share": Share(reopened + again, closings)},
    }


def _calls(facts: Facts) -> Cells:
    answered = [call for call in facts.calls if call.answered]
    middle = quantile((call.minutes * 60 for call in answered), 50)
    late = sum((call.recorded_at - call.started_at).total_seconds() > 86400 for call in facts.calls)
    return {
        "calls": {"n": len(facts.calls), "share": None},
        "answered": {"n": len(answered), "share": Share(len(answered), len(facts.calls))},
        "solved": {
            "n": sum(call.solved for call in answered),
            "share": Share(sum(call.solved for call in answered), len(answered)),
        },
        "minutes": {"n": None if middle is None else middle.seconds // 60, "share": None},
        "late": {"n": late, "share": Share(late, len(facts.calls))},
    }


HOURS: Labels = {str(hour): f"{hour} h" for hour in range(8, 18)} | {"else": "autre heure"}


def _calls_by_hour(facts: Facts) -> Cells:
    found: dict[str, dict[str, Cell]] = {row: dict.fromkeys(DAYS[:6], 0) for row in HOURS}
    numbers: dict[tuple[str, str], int] = {}
    for call in facts.calls:
        at = call.started_at.astimezone(PARIS)
        if at.weekday() < 6:
            place = (str(at.hour) if str(at.hour) in HOURS else "else", DAYS[at.weekday()])
            numbers[place] = numbers.get(place, 0) + 1
    for (row, day), number in numbers.items():
        found[row][day] = number
    return found


def _beside_the_line(facts: Facts) -> Iterator[Counted]:
    for ticket in facts.sent_of(URGENT):
        if ticket.codes.get("line_was_open") and ticket.channel != "phone":
            yield Counted(ticket, str(ticket.codes.get("line_open_reason") or NOT_SAID))


def _marks(facts: Facts) -> list[int]:
    return [int(event.code) for _, event in facts.happened("acknowledge", URGENT) if event.code]


def _usefulness(facts: Facts) -> Cells:
    marks = _marks(facts)
    counts: Cells = {str(mark): {"n": marks.count(mark)} for mark in range(1, 6)}
    if not marks:
        return {**counts, "mean": {"n": None}, "spread": {"n": None}, "answers": {"n": 0}}
    mean = Decimal(sum(marks)) / len(marks)
    spread = math.sqrt(sum((mark - float(mean)) ** 2 for mark in marks) / len(marks))
    return {
        **counts,
        "mean": {"n": round(mean, 1)},
        "spread": {"n": round(Decimal(str(spread)), 1)},
        "answers": {"n": len(marks)},
    }


def _requalified(facts: Facts) -> Iterator[Shared]:
    for ticket in facts.sent_of(URGENT):
        codes = ticket.codes
        if last_of(ticket, facts, "answer", "reject") is None or not codes.get("kept_benefit"):
            continue
        yield Shared(ticket, "benefit", codes["kept_benefit"] != codes.get("benefit"))
        yield Shared(ticket, "event", codes.get("kept_event") != codes.get("event"))


_SECOND_READING = {"reject": "upheld", "answer": "reversed", "cancel": "withdrawn"}


def _second_readings(facts: Facts) -> Iterator[Counted]:
    for ticket in facts.sent_of(URGENT):
        names = [event.name for event in ticket.before(facts.period.end)]
        if "contest" not in names:
            continue
        after = names[names.index("contest") + 1 :]
        decisive = next((name for name in after if name in _SECOND_READING), None)
        taken = "reversed" if "take" in after else "pending"
        yield Counted(ticket, taken if decisive is None else _SECOND_READING[decisive])


SIDES: Labels = {
    "cdas": "CDAS",
    "caf_secretariat": "Secrétariat de la Caf",
    "caf_prestations": "Service Prestations de la Caf",
    "caf_social": "Service social de la Caf",
    "closed": "Personne : le service dont c’était le tour était fermé",
}


def _time_by_side(facts: Facts) -> Mapping[tuple[str, str], int]:
    """Open seconds by kind and side, of the tickets sent in the period, up to the cut-off (R-IND-I-13)."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    for ticket in facts.sent:
        for start, end, unit in ticket.owed(facts.period.end):
            seconds = facts.hours_of(unit).between(start, end)
            found[ticket.kind, facts.units[unit].side] += seconds
            found[ticket.kind, "closed"] += int(end.timestamp()) - int(start.timestamp()) - seconds
    return found


def _by_side(facts: Facts) -> Cells:
    found = _time_by_side(facts)
    return {
        side: {"time": Duration(sum(seconds for (_, whose), seconds in found.items() if whose == side))}
        for side in SIDES
    }


def _by_kind_and_institution(facts: Facts) -> Cells:
    found = _time_by_side(facts)
    return {
        kind: {
            "caf": Duration(sum(found.get((kind, side), 0) for side in SIDES if side.startswith("caf_"))),
            "departement": Duration(found.get((kind, "cdas"), 0)),
            "closed": Duration(found.get((kind, "closed"), 0)),
        }
        for kind in kinds()
    }


def kinds() -> Labels:
    """The kinds that figures break down, in the order of the registry."""
    return {kind: workflow.label for kind, workflow in WORKFLOWS.items() if kind != OUT_OF_FIGURES}


_NUMBER = (Column("n", "Nombre"),)
_WITH_SHARE = (Column("n", "Nombre"), Column("share", "Part", "share"))
_REASONS: Labels = {reason.value: reason.label for reason in Reason}

MEASURES = (
    Count("0.kind", "Toutes les demandes envoyées", "Type de demande", kinds(), of=_by_kind, split=WAYS),
    Count(
        "0.unit",
        "Demandes envoyées, par CDAS qui demande ou à qui l’on demande",
        "CDAS",
        of=_by_cdas,
        split={"urgent": "Urgences définies", "social": "Autres demandes"},
    ),
    Count("I-1.channel", "Urgences définies par canal", "Canal", CHANNELS, of=_sent_by_channel),
    Own(
        "I-1.beside",
        "Ce qui n’a pas ouvert de demande",
        "Ce qui est arrivé",
        {
            "missed_calls": "appels sans réponse sur la ligne directe",
            **{
                f"mail_{nature}": f"messages sans mot-clé : {nature.label[:1].lower()}{nature.label[1:]}"
                for nature in _NATURES
            },
            CDAP_REPORTED: "messages sans mot-clé restés dans CDAP, chiffre relevé par la Caf",
        },
        compute=_beside_the_tickets,
        shown=_NUMBER,
        compares=("n",),
    ),
    Count(
        "I-2.benefit",
        "Urgences définies par prestation et motif",
        "Prestation",
        BENEFITS,
        of=_by_nature,
        split=MOTIVES,
    ),
    Portion(
        "I-3.refused",
        "Demandes non retenues, sur celles qui ont été décidées",
        "Motif",
        {
            "visible_in_cdap": "sollicitation injustifiée : visible dans CDAP, par quelqu’un qui y a accès",
            "not_urgent": "hors définition, comptée à part",
        },
        of=_unjustified,
    ),
    Count(
        "I-3.unit",
        "Sollicitations injustifiées par CDAS, sur les demandes décidées",
        "CDAS",
        of=_decided_by_unit,
        split={"unjustified": "Injustifiées", "others": "Autres"},
    ),
    Portion(
        "I-4.direction",
        "Orientations injustifiées, sur celles qui ont eu un retour",
        "Sens",
        WAYS,
        of=_judged_by_direction,
    ),
    Portion(
        "I-4.reason",
        "Orientations injustifiées par motif d’orientation",
        "Motif",
        _REASONS,
        of=_judged_by_reason,
    ),
    Count(
        "I-4.elsewhere",
        "Demandes qui n’étaient pas pour le service saisi",
        "Demande",
        {
            "wrong_orientation": "urgences définies à réorienter",
            "appointment_redirected": "demandes de rendez-vous réorientées",
            "social_emergency_redirected": "urgences sociales réorientées",
            "co_intervention_out_of_scope": "co-interventions hors du périmètre",
            "handover_out_of_scope": "passages de relais hors du périmètre",
        },
        of=_sent_elsewhere,
    ),
    Delays("I-5.clock", "Délais des demandes envoyées dans la période", "Délai", clock_rows(), of=_runs),
    Count(
        "I-8.outcome", "Issue des urgences définies qui ont eu une réponse", "Issue", OUTCOMES, of=_outcomes
    ),
    Own(
        "I-8.payment",
        "Délai jusqu’au paiement programmé",
        "Délai",
        {"payment": "de l’envoi au jour du paiement"},
        compute=_payments,
        shown=(Column("n", "Paiements programmés"), Column("days", "Médiane, en jours", "number")),
        compares=("n", "days"),
    ),
    Own(
        "I-9.repeated",
        "Réitérations de la période, rapportées à ses clôtures",
        "Réitération",
        {
            "reopened": "demandes rouvertes",
            "new": "nouvelle demande de la même personne pour la même prestation",
            "all": "Ensemble",
        },
        compute=_repeated,
        shown=_WITH_SHARE,
        compares=("n", "share"),
    ),
    Own(
        "I-10.calls",
        "Ligne directe",
        "Appels",
        {
            "calls": "appels notés",
            "answered": "appels aboutis",
            "solved": "réponse donnée pendant l’appel, sur les appels aboutis",
            "minutes": "durée médiane d’un appel abouti, en minutes",
            "late": "appels notés plus d’un jour après",
        },
        compute=_calls,
        shown=_WITH_SHARE,
        compares=("n", "share"),
    ),
    Own(
        "I-10.hours",
        "Appels par heure et par jour de la semaine",
        "Heure",
        HOURS,
        compute=_calls_by_hour,
        shown=tuple(Column(day, day) for day in DAYS[:6]),
    ),
    Count(
        "I-10.beside",
        "Demandes faites hors de la ligne alors qu’elle était ouverte",
        "Raison",
        {**LINE_OPEN_REASONS, NOT_SAID: "raison non donnée"},
        of=_beside_the_line,
    ),
    Own(
        "I-11.usefulness",
        "Utilité de la réponse, notée à l’accusé de réception",
        "Note",
        {
            **{str(mark): f"{mark} sur 5" for mark in range(1, 6)},
            "answers": "Réponses",
            "mean": "Moyenne",
            "spread": "Écart type",
        },
        compute=_usefulness,
        shown=(Column("n", "Nombre", "number"),),
        compares=("n",),
    ),
    Own(
        "I-13.side",
        "À qui revenait l’étape, en temps ouvré",
        "Côté",
        SIDES,
        compute=_by_side,
        shown=(Column("time", "Temps", "duration"),),
        compares=("time",),
    ),
    Own(
        "I-13.kind",
        "À qui revenait l’étape, par type de demande",
        "Type de demande",
        kinds(),
        compute=_by_kind_and_institution,
        shown=(
            Column("caf", "Caf", "duration"),
            Column("departement", "CDAS", "duration"),
            Column("closed", "Service fermé", "duration"),
        ),
    ),
    Portion(
        "I-14.ground",
        "Demandes requalifiées par la Caf, sur celles qu’elle a décidées",
        "Ce qui change",
        {"benefit": "la prestation", "event": "le motif"},
        of=_requalified,
    ),
    Count(
        "I-14.second",
        "Secondes lectures demandées",
        "Suite",
        {
            "upheld": "refus confirmé",
            "reversed": "refus revu",
            "withdrawn": "demande annulée entre-temps",
            "pending": "en attente",
        },
        of=_second_readings,
    ),
)
