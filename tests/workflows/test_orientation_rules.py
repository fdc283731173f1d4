"""Which service a request belongs to (R-OR)."""

from datetime import date

import pytest

from service.workflows.orientation_rules import Reason, Service, advise
from service.workflows.routing import Referent
from service.workflows.scope import Verdict, check

TODAY = date(2026, 11, 26)
NAMED = [who for who in Referent if who.accompanies]
NOT_NAMED = [None, Referent.NOBODY, Referent.UNKNOWN]


def scope(event_on: date | None, *, followed: bool = False, closed: bool = False) -> Verdict:
    return check(
        "separation",
        TODAY,
        event_on,
        children=True,
        allocataire=True,
        followed_by_caf=followed,
        closed_for_event=closed,
    )


RECENT, OLD, UNDATED = scope(date(2026, 5, 4)), scope(date(2024, 11, 25)), scope(None)


@pytest.mark.parametrize("who", [None, *Referent])
@pytest.mark.parametrize("closed", [True, False])
def test_r_or_1_rights_of_the_caf_go_to_prestations_followed_or_not(
    who: Referent | None, closed: bool
) -> None:
    found = advise("droits_caf", scope=RECENT, referent=who, caf_closed=closed)
    assert (found.service, found.rule) == ("prestations", "R-OR-1")
    assert found.label == "Service Prestations de la Caf"


@pytest.mark.parametrize("who", NOT_NAMED)
@pytest.mark.parametrize(
    ("reason", "verdict", "service", "rule"),
    [
        ("aides_departement", RECENT, "cdas", "R-OR-1"),
        ("instruction_fsl", RECENT, "cdas", "R-OR-1"),
        ("instruction_secours_urgence", RECENT, "cdas", "R-OR-1"),
        ("remplissage_dossier", RECENT, "prestations", "R-OR-5"),
        ("accompagnement", RECENT, "caf_social", "R-OR-1"),
        ("accompagnement", OLD, "cdas", "R-OR-1"),
        ("accompagnement", UNDATED, "cdas", "R-OR-1"),
        ("accompagnement", None, "cdas", "R-OR-1"),
        ("accompagnement", scope(date(2026, 5, 4), closed=True), "cdas", "R-OR-2"),
        ("accompagnement", scope(date(2020, 5, 4), followed=True), "caf_social", "R-OR-2"),
        ("instruction_autre", RECENT, "caf_social", "R-OR-1"),
        ("instruction_autre", OLD, "cdas", "R-OR-1"),
    ],
)
def test_r_or_1_nobody_accompanies(
    reason: str, verdict: Verdict | None, service: Service, rule: str, who: Referent | None
) -> None:
    found = advise(reason, scope=verdict, referent=who)
    assert (found.service, found.rule) == (service, rule)


@pytest.mark.parametrize("who", NAMED)
@pytest.mark.parametrize(
    ("reason", "rule"),
    [
        ("accompagnement", "R-OR-2"),
        ("aides_departement", "R-OR-4"),
        ("instruction_fsl", "R-OR-4"),
        ("instruction_secours_urgence", "R-OR-4"),
        ("instruction_autre", "R-OR-4"),
        ("remplissage_dossier", "R-OR-5"),
    ],
)
def test_r_or_2_continuity_wins_whatever_the_scope(who: Referent, reason: str, rule: str) -> None:
    for verdict in (RECENT, OLD, None):
        found = advise(reason, scope=verdict, referent=who)
        assert (found.service, found.rule) == ("referent", rule)


@pytest.mark.parametrize("who", [*NOT_NAMED, Referent.CAF_WORKER])
def test_r_or_2_what_the_caf_has_closed_goes_to_the_cdas_even_within_two_years(who: Referent | None) -> None:
    found = advise("accompagnement", scope=RECENT, referent=who, caf_closed=True)
    assert (found.service, found.rule) == ("cdas", "R-OR-2")
    assert "même si l’événement a moins de deux ans" in found.explanation


@pytest.mark.parametrize("who", [Referent.CDAS_SAME, Referent.CDAS_OTHER, Referent.EXTERNAL])
def test_r_or_2_another_referent_stays_when_the_caf_has_closed(who: Referent) -> None:
    assert advise("accompagnement", scope=RECENT, referent=who, caf_closed=True).service == "referent"


def test_r_or_1_the_arithmetic_of_the_scope_is_told() -> None:
    for verdict in (RECENT, OLD, UNDATED):
        assert verdict.explanation in advise("accompagnement", scope=verdict).explanation


def test_the_reasons_have_a_label_each() -> None:
    assert len({reason.label for reason in Reason}) == len(Reason)
