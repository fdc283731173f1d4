"""ProConnect's tokens: one good pair is taken, each single defect is refused."""

from collections.abc import Iterator
from dataclasses import replace
from socket import create_server
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from service.operations import bounded_http, identity_provider
from service.operations.identity_provider import AnswerRefused, Asking, Identified, Unavailable
from service.outside import ProConnect, TokenAlgorithm
from tests.proconnect import CLIENT, HOME, SECRET, a_provider, become, follow

PERSON = {"sub": "somebody", "acr": "eidas2"}
OLD = -13 * 3600

DEFECTS: dict[str, dict[str, Any]] = {
    **{
        by: {"id_token": {"by": by}}
        for by in (
            "none",
            "public key as secret",
            "client secret",
            "another key",
            "unknown kid",
            "no kid",
            "own jwk",
            "another algorithm",
        )
    },
    "cut signature": {"id_token": {"cut": 8}},
    "no signature": {"id_token": {"cut": 342}},
    "another issuer": {"id_token": {"iss": "https://elsewhere.example"}},
    "issuer with a slash": {"id_token": {"iss": "https://proconnect.example/"}},
    "no issuer": {"id_token": {"iss": None}},
    "another audience": {"id_token": {"aud": "another-service"}},
    "an audience more": {"id_token": {"aud": [CLIENT, "another-service"]}},
    "no audience": {"id_token": {"aud": None}},
    "another nonce": {"id_token": {"nonce": "0" * 64}},
    "no nonce": {"id_token": {"nonce": None}},
    "expired": {"id_token": {"shift": -120}},
    "no end": {"id_token": {"exp": None}},
    "end in words": {"id_token": {"exp": "tomorrow"}},
    "of tomorrow": {"id_token": {"nbf": 4_000_000_000}},
    "no subject": {"id_token": {"sub": None}},
    "empty subject": {"id_token": {"sub": ""}},
    "endless subject": {"id_token": {"sub": "x" * 300}},
    "subject as a number": {"id_token": {"sub": 7}},
    "no level": {"id_token": {"acr": None}},
    "unknown level": {"id_token": {"acr": "urn:strong"}},
    "old login": {"id_token": {"auth_time": 1_000_000_000}},
    "login in words": {"id_token": {"auth_time": "now"}},
    "user information of another": {"userinfo": {"token": {"sub": "another"}}},
    "user information unsigned": {"userinfo": {"text": '{"sub": "somebody"}', "kind": "application/json"}},
    "user information, none": {"userinfo": {"token": {"by": "none"}}},
    "user information, public key": {"userinfo": {"token": {"by": "public key as secret"}}},
    "user information, another key": {"userinfo": {"token": {"by": "another key"}}},
    "user information for another": {"userinfo": {"token": {"aud": "another-service"}}},
    "user information from elsewhere": {"userinfo": {"token": {"iss": "https://elsewhere.example"}}},
    "user information expired": {"userinfo": {"token": {"shift": -120}}},
    "user information, no token": {"userinfo": {"text": "nothing"}},
    "user information, empty": {"userinfo": {"text": ""}},
}


@pytest.fixture(scope="module")
def registered() -> Iterator[ProConnect]:
    with a_provider() as issuer:
        yield ProConnect(issuer, CLIENT, SECRET, TokenAlgorithm.RS256, pkce=False)


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    yield
    identity_provider.configure(None, "")


def login(provider: ProConnect, **person: Any) -> Identified:
    become(provider.issuer, **{**PERSON, **person})
    asking = Asking(identity_provider.fresh_secret())
    back = follow(identity_provider.address(asking))
    return identity_provider.identify(asking, parse_qs(urlsplit(back).query)["code"][0])


def test_one_good_pair_is_taken_and_each_defect_refused(registered: ProConnect) -> None:
    identity_provider.configure(registered, HOME)
    person = login(registered)
    assert (person.subject, person.behind, person.acr) == ("somebody", "idp-of-the-tests", "eidas2")
    assert login(registered, id_token={"aud": [CLIENT]}).subject == "somebody"
    assert login(registered, id_token={"shift": -80}).subject == "somebody", "clocks differ a little"
    taken = []
    for name, defect in DEFECTS.items():
        try:
            login(registered, **defect)
        except AnswerRefused:
            continue
        taken.append(name)
    assert taken == []


def test_the_algorithm_is_the_registered_one(registered: ProConnect) -> None:
    identity_provider.configure(replace(registered, algorithm=TokenAlgorithm.ES256), HOME)
    with pytest.raises(AnswerRefused):
        login(registered)


def test_what_is_asked_is_long_random_and_documented(registered: ProConnect) -> None:
    """The provider of the tests refuses any other parameter, PKCE's among them."""
    identity_provider.configure(registered, HOME)
    asked = [Asking(identity_provider.fresh_secret()) for _ in range(2)]
    said = {value for one in asked for value in (one.state, one.nonce, one.verifier)}
    assert len(said) == 6
    assert min(map(len, said)) >= 43
    follow(identity_provider.address(asked[0]))
    identity_provider.configure(replace(registered, pkce=True), HOME)
    address = identity_provider.address(asked[0])
    assert "code_challenge_method=S256" in address
    assert asked[0].verifier not in address
    with pytest.raises(AssertionError, match="Y000400"):
        follow(address)


def test_a_code_that_is_invented_used_or_of_another_client_is_refused(registered: ProConnect) -> None:
    identity_provider.configure(registered, HOME)
    asking = Asking(identity_provider.fresh_secret())
    code = parse_qs(urlsplit(follow(identity_provider.address(asking))).query)["code"][0]
    with pytest.raises(AnswerRefused):
        identity_provider.identify(asking, "invented")
    identity_provider.identify(asking, code)
    with pytest.raises(AnswerRefused):
        identity_provider.identify(asking, code)
    identity_provider.configure(replace(registered, client_secret="another"), HOME)
    with pytest.raises(AnswerRefused):
        login(registered)


def test_a_provider_that_says_another_name_is_none(registered: ProConnect) -> None:
    foreign = replace(registered, issuer=registered.issuer.replace("127.0.0.1", "localhost"))
    identity_provider.configure(foreign, HOME)
    with pytest.raises(Unavailable, match="another issuer"):
        identity_provider.address(Asking("x"))


def test_a_silent_or_endless_provider_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits longer than the bounds, and no answer fills the memory."""
    monkeypatch.setattr(bounded_http, "SILENT_AT_MOST", 0.2)
    monkeypatch.setattr(bounded_http, "ANSWER_WITHIN", 0.5)
    with create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        slow = ProConnect(f"http://127.0.0.1:{port}", CLIENT, SECRET, TokenAlgorithm.RS256, pkce=False)
        identity_provider.configure(slow, HOME)
        with pytest.raises(Unavailable):
            identity_provider.address(Asking("x"))
        with pytest.raises(Unavailable, match="left alone"):
            identity_provider.address(Asking("x"))

        def pour() -> None:
            talking, _ = listening.accept()  # the silent one of before
            with talking:
                pass
            talking, _ = listening.accept()
            with talking:
                talking.recv(4096)
                talking.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
                try:
                    while True:
                        talking.sendall(b" " * 65536)
                except OSError:
                    return

        pouring = Thread(target=pour)
        pouring.start()
        identity_provider.configure(slow, HOME)
        with pytest.raises(Unavailable):
            identity_provider.address(Asking("x"))
        pouring.join(10)
        assert not pouring.is_alive()
