"""A file leaves with what one writes on a request: the message, or the words of an act."""

import io
from collections.abc import Callable

import pytest

from service.models import Attachment, Message
from service.operations import acts, conversation
from tests.factories import World, a_submitted_ticket
from tests.pages.conftest import Visitor
from tests.pages.html import beside, fields_of, soup, summary_of, text_of
from tests.pages.test_ticket import NIR, PDF, number_of

LogIn = Callable[..., Visitor]

INLINE = "form.inline-act"
MESSAGES = "form[action$=messages]"


@pytest.fixture
def asked(world: World) -> str:
    """A request on which the Caf asks the CDAS a question."""
    reference = a_submitted_ticket(world.cdas_agent).reference
    acts.perform(world.caf_agent, reference, "take", {})
    acts.perform(world.caf_agent, reference, "ask", {"question": "Avez-vous le contrat ?"})
    return reference


def a_file(content: bytes = PDF, name: str = "contrat.pdf") -> tuple[io.BytesIO, str]:
    """As a browser sends it."""
    return io.BytesIO(content), name


def test_a_reply_takes_its_file_along(logged_in: LogIn, asked: str) -> None:
    cdas = logged_in("cdas_agent")
    page = cdas.get(f"/demandes/{asked}")
    assert soup(page).select_one(INLINE)["enctype"] == "multipart/form-data"
    sent = {
        **fields_of(page, INLINE),
        "text": "Le voici.",
        "act_file": a_file(),
        "act_description": "Le contrat.",
    }
    answer = cdas.post(f"/demandes/{asked}/actions/reply", sent)
    assert answer.status_code == 303
    told = text_of(logged_in("caf_agent").get(f"/demandes/{asked}"))
    assert "Le voici." in told
    assert "contrat.pdf (1 ko) : Le contrat." in told


def test_a_second_click_joins_the_file_once_and_another_file_is_not_taken_for_it(
    logged_in: LogIn, asked: str
) -> None:
    cdas = logged_in("cdas_agent")
    form = {**fields_of(cdas.get(f"/demandes/{asked}"), INLINE), "text": "Le voici."}
    for content, status in ((PDF, 303), (PDF, 303), (PDF.replace(b"avis", b"bail"), 409)):
        answer = cdas.post(f"/demandes/{asked}/actions/reply", {**form, "act_file": a_file(content)})
        assert (answer.status_code, number_of(Attachment)) == (status, 1)
    assert "Le voici." in text_of(answer)
    assert "Ce fichier n’a pas été gardé : contrat.pdf. Il faudra le choisir de nouveau." in text_of(answer)


def test_a_refused_file_sends_nothing_and_keeps_what_was_written(logged_in: LogIn, asked: str) -> None:
    """R-DP-7: the file's type and what is said of it are judged as elsewhere; the reply waits with its words."""
    cdas = logged_in("cdas_agent")
    form = {**fields_of(cdas.get(f"/demandes/{asked}"), INLINE), "text": "Le voici."}
    before = number_of(Message)
    for more, field, said in (
        ({"act_file": a_file(b"pas un PDF")}, "act_file", "ni un PDF, ni une image"),
        ({"act_file": a_file(b"")}, "act_file", "un fichier qui n’est pas vide"),
        ({"act_file": a_file(), "act_description": f"Carte {NIR}"}, "act_description", "R-DP-7"),
        ({"act_description": "Le contrat."}, "act_file", "Choisissez le fichier dont vous dites"),
    ):
        answer = cdas.post(f"/demandes/{asked}/actions/reply", {**form, **more})
        assert answer.status_code == 422
        assert said in beside(answer, field)
        assert said in summary_of(answer)
        kept = fields_of(answer, "main form.card")
        assert kept["text"].strip() == "Le voici."
        assert kept["act_description"] == more.get("act_description", "")
        if "act_file" in more:
            assert "Choisissez de nouveau votre fichier" in beside(answer, "act_file")
        assert number_of(Message) == before
        assert number_of(Attachment) == 0


def test_a_file_sent_with_a_refused_reply_is_said_to_be_chosen_again(logged_in: LogIn, asked: str) -> None:
    cdas = logged_in("cdas_agent")
    form = {**fields_of(cdas.get(f"/demandes/{asked}"), INLINE), "text": f"Son numéro : {NIR}"}
    answer = cdas.post(f"/demandes/{asked}/actions/reply", {**form, "act_file": a_file()})
    assert answer.status_code == 422
    assert "R-DP-7" in beside(answer, "text")
    assert "Choisissez de nouveau votre fichier" in beside(answer, "act_file")
    assert number_of(Attachment) == 0


def test_a_message_and_its_file_are_sent_together_or_not_at_all(logged_in: LogIn, asked: str) -> None:
    cdas = logged_in("cdas_agent")
    url, before = f"/demandes/{asked}/messages", number_of(Message)
    form = {**fields_of(cdas.get(f"/demandes/{asked}"), MESSAGES), "message": "Son contrat."}
    for more, field in (
        ({"file": a_file(b"pas un PDF")}, "file"),
        ({"message": f"C’est le {NIR}.", "file": a_file()}, "message"),
    ):
        refused = cdas.post(url, {**form, **more})
        assert refused.status_code == 422
        assert beside(refused, field)
        assert "Choisissez de nouveau votre fichier" in beside(refused, "file")
        assert fields_of(refused, MESSAGES)["message"].strip() == {**form, **more}["message"]
        assert (number_of(Message), number_of(Attachment)) == (before, 0)
    for _ in range(2):
        assert cdas.post(url, {**form, "file": a_file()}).status_code == 303
        assert (number_of(Message), number_of(Attachment)) == (before + 1, 1)
    assert "Message envoyé, fichier joint." in text_of(cdas.get(f"/demandes/{asked}"))


def test_the_twenty_first_file_is_refused_with_its_reply(
    logged_in: LogIn, asked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "MAX_FILES", 0)
    cdas = logged_in("cdas_agent")
    form = {**fields_of(cdas.get(f"/demandes/{asked}"), INLINE), "text": "Le voici.", "act_file": a_file()}
    answer = cdas.post(f"/demandes/{asked}/actions/reply", form)
    assert "20 fichiers, le maximum" in beside(answer, "act_file")
    assert number_of(Attachment) == 0


def test_an_act_without_words_and_a_note_take_no_file(logged_in: LogIn, asked: str) -> None:
    """R-DP-3: a note is read by one institution, a file by both."""
    page = soup(logged_in("cdas_agent").get(f"/demandes/{asked}"))
    assert page.select("form[action$=notes] input[type=file]") == []
    assert len(page.select("input[type=file]")) == 2
    assert soup(logged_in("caf_agent").get(f"/demandes/{asked}")).select(f"{INLINE} input[type=file]") == []


def test_a_missing_text_and_a_refused_file_are_said_in_one_round(logged_in: LogIn, asked: str) -> None:
    cdas = logged_in("cdas_agent")
    form = {**fields_of(cdas.get(f"/demandes/{asked}"), INLINE), "text": ""}
    answer = cdas.post(f"/demandes/{asked}/actions/reply", {**form, "act_file": a_file(b"MZ", "outil.exe")})
    assert answer.status_code == 422
    assert beside(answer, "text")
    assert "ni un PDF, ni une image" in beside(answer, "act_file")


def test_a_file_that_no_form_asks_for_is_not_kept(logged_in: LogIn, world: World) -> None:
    reference = a_submitted_ticket(world.cdas_agent).reference
    sent = {"version": "2", "act_file": a_file()}
    assert logged_in("caf_agent").post(f"/demandes/{reference}/actions/take", sent).status_code == 303
    assert number_of(Attachment) == 0


def test_a_page_left_open_joins_its_file_once_and_sends_its_message_once(
    logged_in: LogIn, asked: str
) -> None:
    """Another file under the same message, or another message with the same file: only what is new is kept."""
    cdas, url = logged_in("cdas_agent"), f"/demandes/{asked}/messages"
    form, before = {**fields_of(cdas.get(f"/demandes/{asked}"), MESSAGES)}, number_of(Message)
    bail = PDF.replace(b"avis", b"bail")
    for message, content, name, messages, files in (
        ("Son contrat.", PDF, "contrat.pdf", 1, 1),
        ("Son contrat.", bail, "bail.pdf", 1, 2),
        ("Son contrat de travail.", PDF, "contrat.pdf", 2, 2),
        ("Son contrat de travail.", PDF, "contrat.pdf", 2, 2),
        ("Son contrat de travail.", bail, "bail.pdf", 2, 2),
    ):
        answer = cdas.post(url, {**form, "message": message, "file": a_file(content, name)})
        assert answer.status_code == 303
        assert (number_of(Message) - before, number_of(Attachment)) == (messages, files)


@pytest.mark.parametrize("more", [{"act_file": b""}, {"act_description": "Le contrat."}])
def test_a_stale_act_with_an_empty_file_gives_its_words_back(
    logged_in: LogIn, world: World, asked: str, more: dict[str, object]
) -> None:
    cdas = logged_in("cdas_agent")
    form = {**fields_of(cdas.get(f"/demandes/{asked}"), INLINE), "text": "Le voici."}
    acts.perform(world.cdas_head, asked, "reply", {"text": "C’est fait."})
    sent = {name: a_file(given) if isinstance(given, bytes) else given for name, given in more.items()}
    answer = cdas.post(f"/demandes/{asked}/actions/reply", {**form, **sent})
    assert answer.status_code == 409
    assert "Le voici." in text_of(answer)


def test_a_message_to_a_request_that_has_ended_meanwhile_is_given_back(
    logged_in: LogIn, world: World, asked: str
) -> None:
    cdas = logged_in("cdas_agent")
    form = {**fields_of(cdas.get(f"/demandes/{asked}"), MESSAGES), "message": "Voici."}
    acts.perform(world.cdas_head, asked, "cancel", {"reason": "Réglé."})
    alone = {name: value for name, value in form.items() if name != "message"}
    assert cdas.post(f"/demandes/{asked}/messages", {**alone, "file": a_file()}).status_code == 422
    answer = cdas.post(f"/demandes/{asked}/messages", {**form, "file": a_file()})
    assert (answer.status_code, number_of(Attachment)) == (422, 0)
    assert "Voici." in text_of(answer)
    assert "Ce fichier n’a pas été gardé : contrat.pdf." in text_of(answer)
