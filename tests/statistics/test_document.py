"""A shared document freezes to one text and comes back the same."""

from datetime import date
from decimal import Decimal

import pytest

from service.statistics.document import (
    SMALL,
    Chart,
    Column,
    Document,
    Duration,
    Row,
    Section,
    Share,
    Table,
    digest,
    frozen,
    thawed,
)

TABLE = Table(
    "I-1.channel",
    "Demandes par canal",
    "Canal",
    (Column("now", "octobre 2026"), Column("share", "Part", "share"), Column("time", "Temps", "duration")),
    (
        Row("phone", "ligne directe", (12, Share(12, 14), Duration(3600))),
        Row("email", "courriel", (SMALL, None, None)),
        Row("all", "Ensemble", (14, Share(0, 0), Duration(0)), total=True),
    ),
    note="Selon la date d’envoi.",
)
CHART = Chart("bars", "I-1.channel", "Demandes", "12 par la ligne.", ("now",), target=85, unit=" %")
PACK = Document(
    "monthly_pack",
    "Réunion technique – octobre 2026",
    "Chiffres du mois",
    date(2026, 11, 2),
    1,
    (Section("I-1", "Demandes", "Ce qui a été envoyé.", (TABLE,), (CHART,), ("Une remarque.",)),),
    (("Demandes", "14", "13 en septembre"),),
)


def test_a_frozen_document_comes_back_the_same():
    assert thawed(frozen(PACK)) == PACK


def test_the_same_figures_freeze_to_the_same_text_and_another_figure_to_another():
    other = Document(PACK.kind, PACK.title, PACK.subtitle, PACK.made_on, 2, PACK.sections)
    assert digest(frozen(PACK)) == digest(frozen(thawed(frozen(PACK))))
    assert digest(frozen(other)) != digest(frozen(PACK))


def test_a_share_of_nothing_has_no_percentage():
    assert Share(0, 0).percent is None
    assert Share(1, 3).percent == Decimal("33.3")


def test_a_row_has_a_cell_for_each_column():
    with pytest.raises(ValueError, match=r"I-1\.channel"):
        Table("I-1.channel", "", "", (Column("now", ""),), (Row("a", "", (1, 2)),))
