"""Automatic replies and bounces make nothing; what a person wrote is never taken for one (workflows.md §1)."""

from datetime import UTC, datetime

import pytest

from service.notifications.incoming import AutomaticReason, IncomingMessage, read

RECEIVED_AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
ANSWER = "In-Reply-To: <demande.1@relais.example>"


def reason(*headers: str, subject: str = "Urgence définie") -> AutomaticReason | None:
    names = {header.partition(":")[0].lower() for header in headers}
    sender = () if "from" in names else ("From: cdas-redon@cdas.example",)
    raw = "\r\n".join([*sender, *headers, f"Subject: {subject}", "", "Urgence définie, RSA suspendu."])
    found = read(raw.encode(), RECEIVED_AT)
    assert isinstance(found, IncomingMessage)
    assert found.automatic is (found.automatic_reason is not None)
    return found.automatic_reason


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (["Auto-Submitted: auto-replied"], AutomaticReason.AUTO_REPLY),
        (["Auto-Submitted: Auto-Replied (vacation)"], AutomaticReason.AUTO_REPLY),
        (["X-Autoreply: yes"], AutomaticReason.AUTO_REPLY),
        (["X-Autorespond: absence"], AutomaticReason.AUTO_REPLY),
        (["Precedence: auto_reply"], AutomaticReason.AUTO_REPLY),
        (["Return-Path: <>"], AutomaticReason.AUTO_REPLY),
        (["Auto-Submitted: auto-generated", ANSWER], AutomaticReason.GENERATED),
        (["X-Auto-Response-Suppress: OOF, AutoReply", ANSWER], AutomaticReason.GENERATED),
        (["Precedence: bulk", "References: <demande.1@relais.example>"], AutomaticReason.GENERATED),
        (["From: MAILER-DAEMON@mx.example"], AutomaticReason.BOUNCE),
        (["From: Postmaster <postmaster@mx.example>"], AutomaticReason.BOUNCE),
        (["X-Failed-Recipients: inconnu@cdas.example"], AutomaticReason.BOUNCE),
    ],
)
def test_signs_of_a_machine_make_a_message_automatic(headers: list[str], expected: AutomaticReason) -> None:
    assert reason(*headers) is expected


@pytest.mark.parametrize(
    "subject",
    [
        "Réponse automatique : URGENCE DEFINIE",
        "Absence du bureau : votre demande",
        "Absente du bureau",
        "Message d’absence",
        "Out of Office: Relais",
        "Out of the office",
        "Automatic reply: Relais",
        "AUTO: Démo is out of the office",
        "En congés jusqu'au 30 novembre",
    ],
)
def test_subjects_of_absence_make_a_message_automatic(subject: str) -> None:
    assert reason(subject=subject) is AutomaticReason.AUTO_REPLY


def test_a_refused_delivery_is_a_bounce() -> None:
    assert reason("Return-Path: <>", subject="Non remis : Relais") is AutomaticReason.BOUNCE


@pytest.mark.parametrize(
    ("headers", "subject"),
    [
        ([], "Urgence définie"),
        ([], "TR: Réponse automatique : Urgence définie"),
        ([], "Re: Absence du bureau : Urgence définie"),
        ([], "Absence de versement du RSA"),
        ([], "En congé parental, PAJE interrompue"),
        ([], "Automatiquement radiée du RSA"),
        (["Auto-Submitted: no", ANSWER], "Re: Relais"),
        (["X-Auto-Response-Suppress: None", ANSWER], "Re: Relais"),
        (["Precedence: list", "List-Id: <cdas.example>", ANSWER], "Re: Relais"),
        (["Auto-Submitted: auto-generated"], "Formulaire"),
        (["Precedence: bulk"], "Urgence définie"),
        (["Return-Path: <cdas-redon@cdas.example>"], "Non remis : le courrier de la Caf"),
        (["From: postmasters@cdas.example"], "Urgence définie"),
    ],
)
def test_what_a_person_wrote_is_not_automatic(headers: list[str], subject: str) -> None:
    """A form, a list or a forward carries some of the signs, and is lost for good if it is taken for a machine's."""
    assert reason(*headers, subject=subject) is None


def test_the_form_of_cdap_is_a_request_even_without_return_path() -> None:
    raw = (
        "Return-Path: <>\r\nAuto-Submitted: auto-generated\r\nFrom: ne-pas-repondre@cdap.exemple.example\r\n"
        "Subject: Formulaire\r\n\r\nCourriel du partenaire : cdas-vitre@cdas.example\r\nMessage :\r\nBonjour"
    )
    found = read(raw.encode(), RECEIVED_AT)
    assert isinstance(found, IncomingMessage)
    assert not found.automatic
    assert found.origins[0] == "cdas-vitre@cdas.example"
