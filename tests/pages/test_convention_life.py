"""« Vie de la convention »: notices, actions, local meetings, CDAP practice, requests to the Cnaf (R-GO-4 … R-GO-8)."""

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from service import clock
from service.database import reading, transaction
from service.models import (
    AnnouncementFile,
    AnnouncementReceipt,
    AwarenessAction,
    CdapPractice,
    CnafRequest,
    CnafStep,
    LocalMeeting,
    OutboxMail,
)
from service.operations import announcement_lists
from service.operations.settings import change_setting
from service.permissions import CONTENT_ROLES, HOLDERS, Permission, Role
from tests.factories import World, a_submitted_ticket
from tests.pages.conftest import Visitor
from tests.pages.html import beside, buttons_of, fields_of, soup, summary_of, text_of

LogIn = Callable[..., Visitor]
PARIS = ZoneInfo("Europe/Paris")
NIR = "2 85 07 35 238 123 " + f"{97 - 2850735238123 % 97:02d}"
LIFE = "/convention"
NOTICES = "/convention/informations"


class Hand:
    """The clock's hand, set by the test."""

    instant = datetime(2026, 10, 26, 10, tzinfo=PARIS)


@pytest.fixture(autouse=True)
def hand() -> Iterator[Hand]:
    hand = Hand()
    with clock.driven(lambda: hand.instant):
        yield hand


@pytest.fixture
def kind(world: World) -> str:
    """A type of information that either side announces; the référents have addresses."""
    given = {
        "label": "Organisation des services",
        "announced_by": "both",
        "caf_referent": "Mme Exemple-Référente, Caf",
        "caf_email": "referente@caf.example",
        "departement_referent": "M. Démo-Référent, Délégation",
        "departement_email": "referent@departement.example",
    }
    return str(announcement_lists.write_kind(world.caf_head, given))


def notice(kind: str, **changes: Any) -> dict[str, Any]:
    return {
        "kind_id": kind,
        "title": "Fermeture de l’antenne d’exemple",
        "body": "# Ce qui change\n\n- fermée le vendredi\n- <b>ouverte</b> le reste",
        "takes_effect_on": "2026-11-10",
        "groups": ["caf"],
        "units": ["cdas-redon"],
        **changes,
    }


def mails(event: str = "announcement") -> list[OutboxMail]:
    with reading() as session:
        query = select(OutboxMail).where(OutboxMail.event == event).order_by(OutboxMail.recipient)
        return list(session.scalars(query))


def png() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (4, 4)).save(made, "PNG")
    return made.getvalue()


# ---------------------------------------------------------------- rights
def test_who_reads_and_who_keeps() -> None:
    """roles.md, « meetings, actions, notices »."""
    assert HOLDERS[Permission.READ_CONVENTION_LIFE] == CONTENT_ROLES | {Role.STEERING, Role.AUDITOR}
    assert HOLDERS[Permission.KEEP_CONVENTION_LIFE] == {
        Role.CDAS_HEAD,
        Role.CAF_LEAD,
        Role.CAF_SECRETARIAT,
        Role.CAF_HEAD,
        Role.STEERING,
    }


def test_every_page_follows_them(logged_in: LogIn, kind: str) -> None:
    for role in (
        Role.CAF_AGENT,
        Role.CAF_SECRETARIAT,
        Role.STEERING,
        Role.AUDITOR,
        Role.ADMIN,
        Role.SI_REFERENT,
    ):
        look_around(logged_in(role.value), role, kind)


def look_around(browser: Visitor, role: Role, kind: str) -> None:
    reads = role in HOLDERS[Permission.READ_CONVENTION_LIFE]
    keeps = role in HOLDERS[Permission.KEEP_CONVENTION_LIFE]
    assert browser.get(LIFE).status_code == (200 if reads else 403)
    assert browser.get(f"{NOTICES}/types/{kind}").status_code == (200 if keeps else 403)
    for path in ("actions/nouvelle", "rencontres/nouvelle", "informations/nouvelle", "cnaf"):
        assert browser.post(f"{LIFE}/{path}", {}).status_code == (422 if keeps else 403), path
    if reads:
        for path in (
            "actions",
            "rencontres",
            "informations",
            "informations/types",
            "bonnes-pratiques",
            "cnaf",
        ):
            page = browser.get(f"{LIFE}/{path}")
            offered = {"Noter une action", "Noter une rencontre", "Publier une information", "Ajouter"} | {
                "Modifier",
                "Inscrire",
            }
            assert bool(offered & set(buttons_of(page))) is keeps, path


# ---------------------------------------------------------------- actions
def an_action(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "asip",
        "held_on": "2026-09-15",
        "cdas_code": "cdas-redon",
        "place": "",
        "audience": ["caf_reception", "partners"],
        "participants": "14",
        "organised_by": "delegation",
        **changes,
    }


def test_an_action_is_noted_corrected_taken_back_and_put_back(logged_in: LogIn, hand: Hand) -> None:
    """R-GO-4, R-CLK-8: counted by the day it was held; noted after its month it says so."""
    head = logged_in("cdas_head")
    assert head.post(f"{LIFE}/actions/nouvelle", an_action()).status_code == 303
    assert head.post(
        f"{LIFE}/actions/nouvelle", an_action(kind="cdap_workshop", held_on="2025-12-31", participants="6")
    ).location.endswith("annee=2025")
    page = text_of(logged_in("caf_agent").get(f"{LIFE}/actions"))
    assert "1 action en 2026, 14 participants. 1 notée après la fin de leur mois." in page
    assert "Mardi 15 septembre 2026" in page
    assert "CDAS" in page
    assert "6 participants" in text_of(head.get(f"{LIFE}/actions?annee=2025"))

    sheet = head.get(f"{LIFE}/actions.csv?annee=2026")
    assert sheet.mimetype == "text/csv"
    assert "2026-09-15;Sensibilisation aux modalités de l’ASIP;I-12;" in sheet.text
    assert "Essai" not in sheet.text

    with reading() as session:
        made = session.scalars(select(AwarenessAction).where(AwarenessAction.kind == "asip")).one()
    where = f"{LIFE}/actions/{made.id}"
    assert fields_of(head.get(where), "main form.card")["participants"] == "14"
    assert logged_in("caf_lead").post(where, an_action(participants="15")).status_code == 303
    assert "15 participants" in text_of(head.get(f"{LIFE}/actions"))
    assert (
        "La remettre"
        in head.client.post(f"{where}/retirer", data={"csrf_token": head.token()}, follow_redirects=True).text
    )
    assert "Aucune action notée" in text_of(head.get(f"{LIFE}/actions"))
    assert head.get(where).status_code == 404
    head.post(f"{where}/remettre")
    assert "15 participants" in text_of(head.get(f"{LIFE}/actions"))


REFUSED_ACTIONS: list[tuple[dict[str, Any], str, str]] = [
    ({"held_on": "2026-10-27"}, "held_on", "une fois tenue"),
    ({"cdas_code": "", "place": ""}, "place", "Indiquez le lieu"),
    ({"cdas_code": "caf-social"}, "cdas_code", "dans la liste"),
    ({"organised_by": "nulle-part"}, "organised_by", "dans la liste"),
    ({"audience": []}, "audience", "au moins un public"),
    ({"participants": "-1"}, "participants", "De 0"),
    ({"participants": "douze"}, "participants", "nombre entier"),
    ({"kind": "fete"}, "kind", "dans la liste"),
    ({"place": f"Salle {NIR}"}, "place", "sécurité sociale"),
]


def test_an_action_that_can_not_be_noted(logged_in: LogIn) -> None:
    """Beside its field and at the head; what was typed stays."""
    browser = logged_in("steering")
    for changes, field, sentence in REFUSED_ACTIONS:
        answer = browser.post(f"{LIFE}/actions/nouvelle", an_action(**changes))
        assert answer.status_code == 422, changes
        assert sentence in beside(answer, field)
        assert sentence in summary_of(answer)
        if field != "participants":
            assert fields_of(answer, "main form.card")["participants"] == "14"


# ---------------------------------------------------------------- notices
def test_a_notice_is_announced_confirmed_and_followed(
    logged_in: LogIn, kind: str, world: World, hand: Hand
) -> None:
    """R-GO-5: mails with title and link (R-DP-5), home until read, who first in each unit, one reminder a day."""
    head, agent, lead = logged_in("cdas_head"), logged_in("cdas_agent"), logged_in("caf_lead")
    published = lead.post(f"{NOTICES}/nouvelle", notice(kind, ends_on="2026-12-31"))
    assert published.status_code == 303
    where = published.location

    told = {mail.recipient for mail in mails()}
    assert {"referente@caf.example", "referent@departement.example"} <= told
    assert len(told) == 2 + 3  # Redon, the secretariat, the social service; the author's own unit knows
    assert all("Fermeture de l’antenne d’exemple" in mail.subject for mail in mails())
    assert all(f"{where}\n" in mail.body and "vendredi" not in mail.body for mail in mails())

    # To be read by Redon on its home, by nobody elsewhere; the page is open to every reader.
    assert "Une information à lire" in text_of(agent.get("/"))
    assert "Une information à lire" not in text_of(logged_in("cdas_agent_elsewhere").get("/"))
    page = agent.get(where)
    assert "À venir" in text_of(page)
    assert "annoncée 15 jours avant" in text_of(page)
    assert "&lt;b&gt;ouverte&lt;/b&gt;" in page.text
    assert "3 services sur 4 n’ont pas encore confirmé." in text_of(page)
    elsewhere = logged_in("cdas_agent_elsewhere")
    assert elsewhere.get(where).status_code == 200
    assert "J’ai lu" not in elsewhere.get(where).text
    assert elsewhere.post(f"{where}/lue").status_code == 404

    # The first one confirms for the unit; the second one changes nothing.
    assert agent.post(f"{where}/lue").status_code == 303
    hand.instant += timedelta(minutes=5)
    assert head.post(f"{where}/lue").status_code == 303
    with reading() as session:
        receipts = {row.unit_code: row for row in session.scalars(select(AnnouncementReceipt))}
    assert receipts["cdas-redon"].confirmed_by == world.cdas_agent.account_id
    assert receipts["caf-prestations"].confirmed_by == world.caf_lead.account_id
    assert receipts["caf-social"].confirmed_at is None
    assert "Une information à lire" not in text_of(head.get("/"))

    # Not on the day it was published, not by the other side; then once a day, to those who have not confirmed.
    assert lead.post(f"{where}/relancer").status_code == 422
    hand.instant += timedelta(days=1)
    lead = logged_in("caf_lead")
    assert logged_in("cdas_head").post(f"{where}/relancer").status_code == 403
    assert lead.post(f"{where}/relancer").status_code == 303
    reminded = [mail.recipient for mail in mails("announcement_reminder")]
    assert reminded == ["secretariat@caf.example", "service-social@caf.example"]
    assert lead.post(f"{where}/relancer").status_code == 422
    assert len(mails("announcement_reminder")) == 2

    # In force, then past: it asks nobody any more.
    hand.instant = datetime(2026, 11, 10, 9, tzinfo=PARIS)
    lead = logged_in("caf_lead")
    assert "Fermeture" in text_of(lead.get(NOTICES))
    assert "En vigueur" in text_of(lead.get(where))
    hand.instant = datetime(2027, 1, 1, 9, tzinfo=PARIS)
    lead = logged_in("caf_lead")
    assert "à lire" not in text_of(logged_in("caf_ts").get("/"))
    assert "Fermeture" not in text_of(lead.get(f"{NOTICES}?vue=en-vigueur"))
    assert "Fermeture" in text_of(lead.get(f"{NOTICES}?vue=passees&annee=2026"))
    assert lead.post(f"{where}/relancer").status_code == 422


def test_a_form_sent_twice_publishes_once(logged_in: LogIn, kind: str) -> None:
    lead = logged_in("caf_lead")
    sent = notice(kind, form_key="0" * 32)
    assert lead.post(f"{NOTICES}/nouvelle", sent).location == lead.post(f"{NOTICES}/nouvelle", sent).location
    assert len(mails()) == 5


def test_new_rights_go_to_the_actors_of_the_asip_with_their_text(logged_in: LogIn, kind: str) -> None:
    """R-GO-5: whoever has no account gets the text itself; each address once."""
    lead = logged_in("caf_lead")
    for name, address in (
        ("CCAS d’Exemple", "ccas@exemple.example"),
        ("Déjà dit", "cdas-redon@cdas.example"),
    ):
        assert lead.post(f"{NOTICES}/acteurs-asip", {"name": name, "email": address}).status_code == 303
    again = lead.post(f"{NOTICES}/acteurs-asip", {"name": "Encore", "email": "CCAS@exemple.example"})
    assert "déjà dans la liste" in beside(again, "email")
    assert lead.post(f"{NOTICES}/acteurs-asip", {"name": "X", "email": "pas une adresse"}).status_code == 422
    lead.post(f"{NOTICES}/nouvelle", notice(kind, to_asip="1"))
    by_address = {mail.recipient: mail for mail in mails()}
    assert len(by_address) == len(mails()) == 6
    assert "fermée le vendredi" in by_address["ccas@exemple.example"].body
    assert "http" not in by_address["ccas@exemple.example"].body
    listed = lead.get(f"{NOTICES}/acteurs-asip")
    assert "2 structures" in text_of(listed)


REFUSED_NOTICES: list[tuple[dict[str, Any], str, str]] = [
    ({"groups": [], "units": []}, "groups", "au moins un service"),
    ({"groups": [], "units": ["nulle-part"]}, "groups", "au moins un service"),
    ({"units": ["../../etc"]}, "units", "dans la liste"),
    ({"kind_id": "00000000-0000-0000-0000-000000000000"}, "kind_id", "dans la liste"),
    ({"ends_on": "2026-11-09"}, "ends_on", "avant la date d’effet"),
    ({"title": f"Pour {NIR}"}, "title", "sécurité sociale"),
    ({"body": f"Pour {NIR}"}, "body", "sécurité sociale"),
    ({"title": ""}, "title", "manque"),
    ({"title": "x" * 161}, "title", "trop long"),
]


def test_a_notice_that_can_not_be_published(logged_in: LogIn, kind: str) -> None:
    browser = logged_in("caf_secretariat")
    for changes, field, sentence in REFUSED_NOTICES:
        answer = browser.post(f"{NOTICES}/nouvelle", notice(kind, **changes))
        assert answer.status_code == 422, changes
        assert sentence in beside(answer, field)
    assert mails() == []


def test_who_announces_what_is_what_both_wrote(logged_in: LogIn, kind: str, world: World) -> None:
    """R-GO-5: a type that the Caf announces is not the Département's to announce; the refusal names whom to ask."""
    lead, head = logged_in("caf_lead"), logged_in("cdas_head")
    where = f"{NOTICES}/types/{kind}"
    sent = {**fields_of(lead.get(where), "main form.card"), "announced_by": "caf", "label": "Législation"}
    assert lead.post(where, sent).status_code == 303
    refused = head.post(f"{NOTICES}/nouvelle", notice(kind))
    assert "adressez-vous à Mme Exemple-Référente" in beside(refused, "kind_id")
    assert "Législation" in text_of(head.get(f"{NOTICES}/types"))
    same = lead.post(f"{NOTICES}/types", {**sent, "label": "législation"})
    assert "déjà dans la liste" in beside(same, "label")
    lead.post(f"{where}/fermer")
    assert "Aucun type d’information" in text_of(lead.get(f"{NOTICES}/nouvelle"))
    lead.post(f"{where}/fermer", {"encore": "1"})
    assert "Législation" in lead.get(f"{NOTICES}/nouvelle").text


def test_files_are_checked_sealed_and_only_downloaded(logged_in: LogIn, kind: str) -> None:
    """As on a ticket (R-DP-7): by content, encrypted, five at most."""
    lead, content = logged_in("caf_lead"), png()
    assert (
        lead.post(f"{NOTICES}/nouvelle", notice(kind, file=(io.BytesIO(b"MZ"), "a.png"))).status_code == 422
    )
    made = lead.post(f"{NOTICES}/nouvelle", notice(kind, file=(io.BytesIO(content), "schéma.png")))
    where = made.location
    with reading() as session:
        kept = session.scalars(select(AnnouncementFile)).one()
        assert content not in kept.content_sealed
    got = logged_in("cdas_agent_elsewhere").get(f"{where}/fichiers/{kept.id}")
    assert got.data == content
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in got.headers["Content-Security-Policy"]
    assert logged_in("admin").get(f"{where}/fichiers/{kept.id}").status_code == 403
    assert lead.get(f"{NOTICES}/{kept.id}/fichiers/{kept.id}").status_code == 404
    for number in range(4):
        assert (
            lead.post(f"{where}/fichiers", {"file": (io.BytesIO(content), f"{number}.png")}).status_code
            == 303
        )
    sixth = lead.post(f"{where}/fichiers", {"file": (io.BytesIO(content), "6.png")})
    assert (sixth.status_code, "le maximum" in beside(sixth, "file")) == (422, True)
    assert lead.post(f"{where}/fichiers", {}).status_code == 422
    assert (
        logged_in("cdas_head").post(f"{where}/fichiers", {"file": (io.BytesIO(content), "7.png")}).status_code
        == 403
    )


def test_a_notice_is_withdrawn_never_altered(logged_in: LogIn, kind: str) -> None:
    lead = logged_in("caf_lead")
    where = lead.post(f"{NOTICES}/nouvelle", notice(kind)).location
    assert logged_in("cdas_head").post(f"{where}/retirer").status_code == 403
    assert lead.post(f"{where}/retirer").status_code == 303
    assert "ne vous y fiez plus" in text_of(lead.get(where))
    assert "à lire" not in text_of(logged_in("cdas_agent").get("/"))
    assert "Relancer" not in lead.get(where).text


# ---------------------------------------------------------------- local meetings
def test_a_local_meeting_says_who_was_there_for_each_side(logged_in: LogIn, world: World) -> None:
    """R-GO-7: an EPCI of the directory or a Pays of the Setting."""
    head = logged_in("caf_head")
    form = head.get(f"{LIFE}/rencontres/nouvelle")
    assert 'value="pays|Pays de Redon"' in form.text
    assert 'value="epci|' in form.text
    sent = {
        "kind": "governance",
        "held_on": "2026-10-20",
        "where": "pays|Pays de Redon",
        "for_caf": "Mme Exemple-Une\nM. Démo-Deux",
        "for_departement": "",
    }
    nobody = head.post(f"{LIFE}/rencontres/nouvelle", {**sent, "for_caf": " "})
    assert "qui était présent" in beside(nobody, "for_caf")
    nowhere = head.post(f"{LIFE}/rencontres/nouvelle", {**sent, "where": "pays|Pays d’ailleurs"})
    assert "dans la liste" in beside(nowhere, "where")
    later = head.post(f"{LIFE}/rencontres/nouvelle", {**sent, "held_on": "2026-10-27"})
    assert "une fois tenue" in beside(later, "held_on")
    assert head.post(f"{LIFE}/rencontres/nouvelle", sent).status_code == 303
    page = text_of(logged_in("auditor").get(f"{LIFE}/rencontres"))
    assert "Mardi 20 octobre 2026" in page
    assert "Pays de Redon" in page
    assert "M. Démo-Deux" in page
    with reading() as session:
        made = session.scalars(select(LocalMeeting)).one()
    # The Setting may lose the Pays: the meeting keeps it, and can still be corrected.
    change_setting(world.admin, "pays", "Pays de Vitré")
    where = f"{LIFE}/rencontres/{made.id}"
    kept = fields_of(head.get(where), "main form.card")
    assert kept["where"] == "pays|Pays de Redon"
    assert head.post(where, {**kept, "kind": "asip", "subject": "Réseau local"}).status_code == 303
    assert "Réseau local" in text_of(head.get(f"{LIFE}/rencontres"))
    head.post(f"{where}/retirer")
    assert "Aucune rencontre" in text_of(head.get(f"{LIFE}/rencontres"))
    head.post(f"{where}/remettre")
    assert "Réseau local" in text_of(head.get(f"{LIFE}/rencontres"))


# ---------------------------------------------------------------- CDAP
def test_the_good_practices_have_versions_and_stand_beside_the_form(logged_in: LogIn, world: World) -> None:
    """R-GO-8, annexe 1."""
    head, where = logged_in("cdas_head"), f"{LIFE}/bonnes-pratiques"
    assert "Bonnes pratiques pour CDAP" in logged_in("cdas_agent").get("/signaler").text
    first = fields_of(head.get(f"{where}/modifier"), "main form.card")
    assert first["seen"] == "0"
    assert (
        head.post(f"{where}/modifier", {**first, "body": "# Notre recueil\n\n- <i>chercher</i>"}).status_code
        == 303
    )
    page = head.get(where)
    assert "<h2>Notre recueil</h2>" in page.text
    assert "&lt;i&gt;chercher&lt;/i&gt;" in page.text
    assert "Essai Cdas Head" in text_of(page)
    stale = logged_in("caf_head").post(f"{where}/modifier", {**first, "body": "Autre texte"})
    assert stale.status_code == 409
    assert fields_of(stale, "main form.card")["body"] == "Autre texte"
    assert "Avant de solliciter la Caf" in text_of(head.get(f"{where}?version=0"))
    assert "Avant de solliciter la Caf" in head.get(f"{where}/modifier?version=0").text
    assert head.get(f"{where}?version=7").status_code == 404
    assert head.post(f"{where}/modifier", {"seen": "1", "body": NIR}).status_code == 422
    with pytest.raises(DatabaseError), transaction() as session:
        session.execute(text("UPDATE cdap_practice SET body = 'x'"))
    with reading() as session:
        assert [row.version for row in session.scalars(select(CdapPractice))] == [1]


def test_a_request_to_the_cnaf_goes_from_step_to_step(logged_in: LogIn) -> None:
    """R-GO-8, I.2: its status, the day of each step, who noted it (R-CLK-8)."""
    head = logged_in("caf_head")
    asked = {"topic": "profiles", "title": "Un profil pour l’accueil des CDAS", "body": "Rien aujourd’hui."}
    where = head.post(f"{LIFE}/cnaf", asked).location
    assert "À rédiger" in text_of(head.get(where))
    jump = head.post(where, {"status": "answered", "happened_on": "2026-10-26"})
    assert jump.status_code == 409
    later = head.post(where, {"status": "sent", "happened_on": "2026-10-27"})
    assert "à venir" in beside(later, "happened_on")
    assert head.post(where, {"status": "sent", "happened_on": "2026-10-20"}).status_code == 303
    assert "depuis le 20 octobre 2026" in text_of(head.get(f"{LIFE}/cnaf"))
    done = {"status": "answered", "happened_on": "2026-10-25", "note": "Profil prévu."}
    assert head.post(where, done).status_code == 303
    page = head.get(where)
    assert "Profil prévu." in text_of(page)
    assert "Noter la suite" not in page.text
    assert head.post(where, done).status_code == 409
    assert "Noter la suite" not in logged_in("cdas_agent").get(where).text
    with reading() as session:
        assert session.scalars(select(CnafRequest)).one().status == "answered"
        assert len(session.scalars(select(CnafStep)).all()) == 3


def test_counts_by_cdas_feed_it_without_a_word_of_the_requests(
    logged_in: LogIn, world: World, hand: Hand
) -> None:
    """R-GO-8: counts of whole months, small ones masked (« 1–4 »); the sealed words stay on the tickets."""
    hand.instant = datetime(2026, 9, 10, 10, tzinfo=PARIS)
    for number in range(6):
        a_submitted_ticket(world.cdas_agent, matricule=f"123456{number}")
    a_submitted_ticket(
        world.cdas_agent_elsewhere, matricule="7654321", cdap_no_access=True, cdap_missing=None
    )
    hand.instant = datetime(2026, 10, 5, 10, tzinfo=PARIS)
    page = logged_in("caf_agent").get(f"{LIFE}/cnaf")
    assert "Le motif de la suspension" not in page.text
    rows = {
        str(cells[0]): cells[1:]
        for cells in (
            [cell.get_text(" ", strip=True) for cell in row.select("th, td")]
            for row in soup(page).select("#cdas tbody tr")
        )
    }
    assert len(rows) == 22
    assert rows["CDAS Pays de Redon"] == ["0", "6"]
    assert sorted(row[0] for row in rows.values())[-1] == "1–4"
    hand.instant = datetime(2026, 9, 30, 10, tzinfo=PARIS)
    assert '<td class="numeric" data-label="Ce qui n’y était pas">6' not in (
        logged_in("caf_agent").get(f"{LIFE}/cnaf").text
    )


# ---------------------------------------------------------------- the convention itself
def test_the_end_of_the_convention_is_announced_to_those_who_keep_these_pages(
    logged_in: LogIn, world: World, hand: Hand
) -> None:
    """R-GO-6: on the home of heads and of those who steer, from six months before; its dates are Settings."""
    hand.instant = datetime(2028, 6, 29, 10, tzinfo=UTC)
    assert "prend fin" not in text_of(logged_in("cdas_head").get("/"))
    hand.instant = datetime(2028, 7, 3, 10, tzinfo=UTC)
    sentence = "La convention prend fin le dimanche 31 décembre 2028"
    for role in ("cdas_head", "caf_lead", "caf_head", "steering"):
        assert sentence in text_of(logged_in(role).get("/")), role
    for role in ("cdas_agent", "caf_agent", "auditor", "admin"):
        assert sentence not in text_of(logged_in(role).get("/")), role
    life = text_of(logged_in("steering").get(LIFE))
    assert "Prochaine reconduction 2 décembre 2028" in life
    assert "Préavis, au plus tard le 2 septembre 2028" in life
    change_setting(world.admin, "convention_ends_on", "2030-12-31")
    assert "prend fin" not in text_of(logged_in("steering").get("/"))
    change_setting(world.admin, "convention_starts_on", "")
    assert "ne sont pas renseignées" in text_of(logged_in("steering").get(LIFE))
