"""« Statistiques », « Dossiers et bilans »: who reads which figures, and takes them away (roles.md, R-GO-1)."""

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

import openpyxl
import pypdf
import pytest
from sqlalchemy import select

from service import clock
from service.database import reading
from service.models import ReportedCount, Ticket
from service.operations import kept_out, meeting_records, meetings, remarks
from service.permissions import CDAS_ROLES, HOLDERS, Permission, Role
from service.queries.documents import edition
from service.routes.pages.documents import FORMATS
from service.statistics.periods import Month, Year
from service.statistics.publishing import keep_month, publish_pack
from service.statistics.reporting import publish_report
from tests.factories import World, a_submitted_ticket
from tests.pages.conftest import Visitor
from tests.pages.html import beside, text_of

Enter = Callable[..., Visitor]
PARIS = ZoneInfo("Europe/Paris")
OCTOBER = "/dossiers/2026-10"


class Hand:
    instant = datetime(2026, 10, 27, 10, tzinfo=PARIS)


@pytest.fixture(autouse=True)
def hand() -> Iterator[Hand]:
    hand = Hand()
    with clock.driven(lambda: hand.instant):
        yield hand


@pytest.fixture
def packed(world: World, hand: Hand) -> World:
    """One request of October, its pack, and November begun."""
    a_submitted_ticket(world.cdas_agent)
    hand.instant = datetime(2026, 11, 3, 10, tzinfo=PARIS)
    publish_pack(Month(2026, 10))
    keep_month(Month(2026, 11))
    return world


def test_the_roles_that_hold_figures_read_them_and_the_others_find_nothing(
    packed: World, logged_in: Enter
) -> None:
    readers = HOLDERS[Permission.READ_FIGURES]
    for role in Role:
        visitor = logged_in(role)
        for url in (OCTOBER, f"{OCTOBER}/1", f"{OCTOBER}/1/dossier.xlsx", "/dossiers", "/statistiques"):
            assert (visitor.get(url).status_code == 200) is (role in readers), (role, url)


def test_a_cdas_sees_its_own_figures_and_no_other_scope(packed: World, logged_in: Enter) -> None:
    """« F own »: the rest is in the pack, masked."""
    visitor = logged_in(Role.CDAS_AGENT)
    page = text_of(visitor.get("/statistiques?mois=2026-10"))
    assert "Pays de Redon" in page
    assert "Urgences définies par canal" in page
    assert visitor.get("/statistiques?mois=2026-10&filtre=all").status_code == 404
    assert visitor.get("/statistiques?mois=2026-10&filtre=cdas:cdas-vitre").status_code == 404


def test_no_live_table_is_by_unit(packed: World, logged_in: Enter) -> None:
    """A live figure by unit beside the frozen one would give small counts away."""
    page = text_of(logged_in(Role.STEERING).get("/statistiques?mois=2026-10"))
    assert "Urgences définies par canal" in page
    assert "Demandes envoyées, par CDAS" not in page
    assert "Dossier du mois, avec les tableaux par CDAS" in page


def test_one_may_narrow_to_a_channel(packed: World, logged_in: Enter) -> None:
    page = text_of(logged_in(Role.STEERING).get("/statistiques?mois=2026-10&filtre=channel:service"))
    assert "Urgences définies, par canal : Relais" in page


@pytest.mark.parametrize(
    "url",
    [
        "/statistiques?mois=2026-13",
        "/statistiques?mois=octobre",
        "/statistiques?filtre=cdas:",
        "/dossiers/2026-11",
        "/dossiers/2027-01",
        "/dossiers/2026-10/2",
        "/dossiers/2026-10/1/dossier.exe",
        "/dossiers/2026",
    ],
)
def test_what_is_not_there_is_not_found(packed: World, logged_in: Enter, url: str) -> None:
    assert logged_in(Role.STEERING).get(url).status_code == 404


def test_a_month_that_is_not_computed_says_so(packed: World, logged_in: Enter) -> None:
    page = logged_in(Role.STEERING).get("/statistiques?mois=2026-02")
    assert page.status_code == 200
    assert "Pas de chiffre pour ce mois" in text_of(page)


def test_what_is_taken_away_is_the_same_each_time_and_names_nobody(packed: World, logged_in: Enter) -> None:
    visitor = logged_in(Role.AUDITOR)
    taken = {kind: visitor.get(f"{OCTOBER}/1/dossier.{kind}").data for kind in ("pdf", "xlsx", "zip")}
    assert taken == {kind: visitor.get(f"{OCTOBER}/1/dossier.{kind}").data for kind in taken}
    words = "".join(written(taken))
    assert "octobre 2026" in words
    assert not [word for word in ("Le Gall", "Éloïse", "1234567", "frigo") if word in words]


def test_the_steering_alone_asks_for_a_revision(packed: World, logged_in: Enter) -> None:
    assert logged_in(Role.CAF_LEAD).post(f"{OCTOBER}/revision").status_code == 403
    steering = logged_in(Role.STEERING)
    again = steering.post(f"{OCTOBER}/revision")
    assert again.status_code == 303
    said = steering.get(OCTOBER)
    assert 'class="flash info"' in said.text, (
        "nothing was made: no tick, and no level in place of the sentence"
    )
    assert "Rien n’a changé" in text_of(said)


@pytest.mark.parametrize(
    ("period", "said"),
    [
        ("2026-11", "Novembre 2026 n’est pas terminé"),
        ("2031-01", "Janvier 2031 n’est pas terminé"),
        ("2026", "L’année 2026 n’est pas terminée"),
        ("2040", "deuxième jour ouvré de janvier 2041"),
        ("2025", "Rien n’a été demandé ni noté en 2025"),
    ],
)
def test_a_period_that_is_not_over_or_empty_has_no_document_and_says_why(
    packed: World, logged_in: Enter, period: str, said: str
) -> None:
    refused = logged_in(Role.STEERING).post(f"/dossiers/{period}/revision")
    assert refused.status_code == 422
    assert said in text_of(refused)


def commented(world: World) -> None:
    """The committee of the year, what both institutions write for it, a remark that was shared."""
    about = {"kind": "committee", "about_on": date(2026, 1, 1), "held_on": date(2027, 3, 11)}
    committee = meetings.plan(world.caf_lead, {**about, "starts_at": "14:00", "place": "Siège"})
    said = {
        world.cdas_head: "Les réponses viennent plus vite.",
        world.caf_lead: "Moins de doublons.\nÀ garder.",
    }
    for actor, text in said.items():
        meeting_records.comment(actor, committee, "works", text, seen=0)
    meeting_records.comment(world.caf_lead, committee, "axes", "=1+1 ateliers", seen=0)
    for text in ("La ligne répond vite.", "Une remarque non partagée."):
        made = remarks.write(world.cdas_agent, "line", "works", text)
        if "partagée" not in text:
            remarks.share(world.cdas_head, made)


def test_the_report_of_a_year_stands_between_the_words_of_both_institutions(
    packed: World, hand: Hand, logged_in: Enter
) -> None:
    """R-GO-2: the words are dated, on the page and on paper, in no frozen figure; R-DP-1: nobody is named."""
    hand.instant = datetime(2027, 1, 6, 10, tzinfo=PARIS)
    made = publish_report(Year(2026))
    assert made is not None
    seal, url = made.digest, "/dossiers/2026"
    bare = text_of(logged_in(Role.CDAS_AGENT).get(url))
    assert "Rien n’est encore écrit" in bare
    assert "Prévoir le comité de suivi" not in bare
    commented(packed)
    for role in (Role.CDAS_AGENT, Role.CDAS_HEAD, Role.STEERING, Role.AUDITOR, Role.ADMIN):
        visitor = logged_in(role)
        allowed = role in HOLDERS[Permission.READ_FIGURES]
        assert (visitor.get(url).status_code == 200) is allowed, role
        page = text_of(visitor.get(url))
        writes = allowed and role in HOLDERS[Permission.WRITE_MEETINGS]
        assert ("Écrire autour des chiffres" in page) is writes, role
    page = text_of(logged_in(Role.STEERING).get(url))
    for words in (
        "Commentaires ajoutés : Département le 6 janvier 2027, Caf le 6 janvier 2027",
        "Les réponses viennent plus vite.",
        "La ligne répond vite.",
        "Les cibles de la COG 2023-2027",
        "Annexe : par service",
    ):
        assert words in page
    assert "non partagée" not in page
    visitor = logged_in(Role.AUDITOR)
    taken = {kind: visitor.get(f"{url}/1/dossier.{kind}").data for kind in FORMATS}
    assert taken == {kind: visitor.get(f"{url}/1/dossier.{kind}").data for kind in FORMATS}
    paper, cells, lines = written(taken)
    assert "Bilan annuel 2026" in paper
    assert "Moins de doublons." in paper
    assert "Commentaires ajoutés" in paper
    assert "doublons" not in cells + lines
    assert not [
        word for word in ("Le Gall", "Éloïse", "1234567", "frigo") if word in page + paper + cells + lines
    ]
    with reading() as session:
        assert edition(session, "2026").digest == seal
    listed = text_of(visitor.get("/dossiers"))
    assert "Bilan annuel 2026" in listed


def written(taken: Mapping[str, bytes]) -> tuple[str, str, str]:
    """The words of the paper, of the spreadsheet, of the data."""
    paper = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(taken["pdf"])).pages)
    book = openpyxl.load_workbook(io.BytesIO(taken["xlsx"]))
    cells = "\n".join(str(cell.value) for sheet in book for row in sheet for cell in row)
    with zipfile.ZipFile(io.BytesIO(taken["zip"])) as archive:
        return paper, cells, "".join(archive.read(name).decode() for name in archive.namelist())


def test_the_caf_notes_what_stayed_in_cdap(packed: World, logged_in: Enter) -> None:
    """R-IND-I-1: a monthly figure typed in; typed again, it replaces the one before."""
    assert logged_in(Role.CDAS_HEAD).get("/statistiques/cdap/2026-10").status_code == 403
    secretariat, url = logged_in(Role.CAF_SECRETARIAT), "/statistiques/cdap/2026-10"
    for wrong in ("", "-1", "beaucoup", "3,5"):
        refused = secretariat.post(url, {"number": wrong})
        assert refused.status_code == 422
        assert beside(refused, "number")
        assert wrong in refused.text
    for number in ("12", "14"):
        assert secretariat.post(url, {"number": number}).status_code == 303
    with reading() as session:
        row = session.get_one(ReportedCount, ("2026-10", "cdap_reported"))
    assert row.number == 14
    assert 'value="14"' in secretariat.get(url).text
    assert secretariat.get("/statistiques/cdap/2027-01").status_code == 404
    assert keep_month(Month(2026, 10))["I-1.beside"]["cdap_reported"]["n"] == 14


def test_every_indicator_explains_itself(packed: World, logged_in: Enter) -> None:
    page = text_of(logged_in(Role.CAF_TS).get("/dossiers/methode"))
    for words in ("I-1 · Sollicitations par canal", "II-5 · Rendez-vous", "demandes décidées"):
        assert words in page


def test_the_roles_of_a_cdas_hold_figures() -> None:
    assert HOLDERS[Permission.READ_FIGURES] >= CDAS_ROLES


# ---------------------------------------------------------------- the requests behind a figure
@pytest.fixture
def counted(world: World, hand: Hand) -> World:
    """One request of October, and the figures of the month."""
    a_submitted_ticket(world.cdas_agent)
    keep_month(Month(2026, 10))
    return world


BEHIND = "/statistiques/2026-10/I-1.channel/service"


def test_who_reads_requests_finds_those_that_a_figure_counts(counted: World, logged_in: Enter) -> None:
    """The figure and the list are one: both of the reader's own scope."""
    with reading() as session:
        reference = session.scalars(select(Ticket.reference)).one()
    for role, scope in ((Role.CAF_AGENT, "all"), (Role.CDAS_AGENT, "cdas:cdas-redon")):
        visitor = logged_in(role)
        figures = visitor.get("/statistiques?mois=2026-10").text
        address = f"{BEHIND}?filtre={scope}"
        assert f'<a href="{address}">1</a>' in figures
        found = visitor.get(address)
        assert "1 demande. " in text_of(found)
        assert reference in found.text


def test_who_reads_no_request_sees_figures_that_lead_nowhere(counted: World, logged_in: Enter) -> None:
    """R-DP-1: the steering and the auditor have figures, not content."""
    for role in Role:
        visitor = logged_in(role)
        allowed = role in HOLDERS[Permission.READ_TICKETS]
        assert (visitor.get(BEHIND).status_code == 200) is allowed, role
        if role in HOLDERS[Permission.READ_FIGURES]:
            assert ("/statistiques/2026-10/" in visitor.get("/statistiques?mois=2026-10").text) is allowed, (
                role
            )


def test_a_request_that_one_may_not_read_is_counted_and_not_listed(counted: World, logged_in: Enter) -> None:
    """R-DP-1: the social service of the Caf reads no urgent right; the number is that of the page it comes from."""
    with reading() as session:
        reference = session.scalars(select(Ticket.reference)).one()
    found = logged_in(Role.CAF_TS).get(BEHIND)
    assert "1 demande, dont 1 que vous n’avez pas à lire." in text_of(found)
    assert reference not in found.text


def test_r_dp_1_nothing_is_said_of_what_the_reader_is_kept_out_of(counted: World, logged_in: Enter) -> None:
    with reading() as session:
        reference = session.scalars(select(Ticket.reference)).one()
    kept_out.declare(counted.caf_lead, reference, counted.caf_agent.account_id)
    assert "0 demande." in text_of(logged_in(Role.CAF_AGENT).get(BEHIND))


def test_another_cdas_finds_neither_the_request_nor_its_number(counted: World, logged_in: Enter) -> None:
    elsewhere = logged_in("cdas_agent_elsewhere")
    assert "0 demande." in text_of(elsewhere.get(BEHIND))
    assert elsewhere.get(f"{BEHIND}?filtre=all").status_code == 404
    assert elsewhere.get(f"{BEHIND}?filtre=cdas:cdas-redon").status_code == 404


NOWHERE = (
    "2026-10/0.unit/cdas-redon",
    "2026-10/I-3.unit/cdas-redon",
    "2026-10/I-15.unit/cdas-redon",
    "2026-10/I-10.calls/calls",
    "2026-10/I-1.channel/pigeon",
    "2026-10/I-1.channel/total",
    "2026-10/0.kind/child_protection_notice",
    "2026-13/I-1.channel/service",
    "2026-10/rien/rien",
    "2026-10/I-1.channel/service?filtre=cdas:cdas-redon",
)


def test_a_masked_figure_a_notice_or_no_figure_has_no_list(counted: World, logged_in: Enter) -> None:
    """By unit there is no list, since the count would be told; a notice of child protection is in none (R-PE-4)."""
    lead = logged_in(Role.CAF_LEAD)
    assert {lead.get(f"/statistiques/{address}").status_code for address in NOWHERE} == {404}
