"""« Webhooks »: for the administration alone; the secret once; what came of each delivery, and the way to replay it."""

import re
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select

from service.database import reading
from service.jobs import send_webhooks
from service.models import WebhookDelivery, WebhookEndpoint
from service.notifications import webhooks
from service.permissions import Role
from tests.factories import World, a_submitted_ticket
from tests.pages.conftest import Visitor
from tests.webhook_receiver import Receiver, receiving

LogIn = Callable[..., Visitor]
SECRET = re.compile(r"whsec_[A-Za-z0-9+/]{43}=")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    webhooks.configure(("127.0.0.1",))
    with receiving() as books:
        yield books
    webhooks.configure(())


def rows(model: type[WebhookDelivery] | type[WebhookEndpoint]) -> list[str]:
    with reading() as session:
        return [str(one) for one in session.scalars(select(model.id))]


def test_from_registration_to_a_replay(world: World, logged_in: LogIn, receiver: Receiver) -> None:
    """R-DP-5."""
    admin = logged_in("admin")
    typed = {"label": "Tableau de bord", "url": receiver.url, "urgent_rights": ["submit", "take"]}
    shown = admin.post("/webhooks/nouveau", typed)
    assert SECRET.search(shown.text)
    page = admin.get("/webhooks").text
    assert not SECRET.search(page)
    assert "2 événements" in page
    ticket = a_submitted_ticket(world.cdas_agent)
    receiver.plan = [302]
    send_webhooks.run(lambda: None)
    assert "un renvoi ailleurs n’est pas suivi" in admin.get("/webhooks").text
    (delivery,), (endpoint,) = rows(WebhookDelivery), rows(WebhookEndpoint)
    assert admin.post(f"/webhooks/envois/{delivery}/rejouer").status_code == 303
    send_webhooks.run(lambda: None)
    assert len(set(receiver.ids())) == 1
    assert len(receiver.taken) == 2
    page = admin.get("/webhooks").text
    assert ticket.reference in page
    assert "reçu" in page
    for act, said in (
        ("arreter", "arrêtée"),
        ("remettre-en-marche", "en marche"),
        ("arreter", "arrêtée"),
        ("retirer", "Aucun logiciel"),
    ):
        assert admin.post(f"/webhooks/{endpoint}/{act}").status_code == 303
        assert said in admin.get("/webhooks").text
    assert admin.post(f"/webhooks/{endpoint}/arreter").status_code == 404


def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(
    world: World, logged_in: LogIn, receiver: Receiver
) -> None:
    admin = logged_in("admin")
    typed = {"label": "Tableau", "url": "https://ailleurs.example/x", "handover": ["accept"]}
    refused = admin.post("/webhooks/nouveau", typed)
    assert refused.status_code == 422
    assert "pas dans la liste" in refused.text
    assert "https://ailleurs.example/x" in refused.text
    assert 'value="accept" checked' in refused.text
    nothing = admin.post("/webhooks/nouveau", {"label": "x", "url": receiver.url})
    assert "Cochez au moins un événement" in nothing.text
    assert rows(WebhookEndpoint) == []


def test_without_listed_machines_the_page_says_that_nothing_leaves(world: World, logged_in: LogIn) -> None:
    admin = logged_in("admin")
    assert "RELAIS_WEBHOOK_HOSTS" in admin.get("/webhooks").text
    typed = {"label": "x", "url": "http://127.0.0.1/", "handover": ["accept"]}
    assert admin.post("/webhooks/nouveau", typed).status_code == 422


def test_other_roles_find_nothing_of_it(world: World, logged_in: LogIn) -> None:
    for role in set(Role) - {Role.ADMIN}:
        assert logged_in(role.value).get("/webhooks").status_code == 403, role
