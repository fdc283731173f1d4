"""Settings: weak or missing secrets stop the start, all faults are named, the demonstration stays home."""

import base64
import os
from pathlib import Path

import pytest

from service.config import Config, ConfigurationError
from service.environment import SchedulerMode
from service.secret_values import WeakSecret, fresh_secrets, key, key_ring, passphrase
from tests.settings import config, environment

SECRETS = ("RELAIS_SECRET_KEY", "RELAIS_ENCRYPTION_KEYS", "RELAIS_BLIND_INDEX_KEY")
FOR_REAL = {"DEMONSTRATION": "0", "PUBLIC_URL": "https://relais.example"}


def problems(**changes: str) -> dict[str, str]:
    with pytest.raises(ConfigurationError) as refused:
        config(**changes)
    return refused.value.problems


def encoded(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).decode()


@pytest.mark.parametrize(("demonstration", "address"), [("0", "https://relais.example"), ("1", "")])
def test_missing_secrets_are_all_named_with_the_way_to_make_them(demonstration: str, address: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        Config.from_values({"RELAIS_DEMONSTRATION": demonstration, "RELAIS_PUBLIC_URL": address})
    assert set(refused.value.problems) == set(SECRETS)
    for variable in SECRETS:
        assert f"{variable} : la valeur manque" in str(refused.value)
    assert str(refused.value).count("relais secrets") == len(SECRETS)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Tr0p-Court!", "il en faut 32"),
        ("abababababababababababababababababababab", "trop peu de caractères différents"),
        ("replace-me-0123456789-abcdefghijklmnop", "valeur de l’exemple"),
    ],
)
def test_weak_secret_key_is_refused(text: str, reason: str) -> None:
    assert reason in problems(SECRET_KEY=text)["RELAIS_SECRET_KEY"]
    with pytest.raises(WeakSecret, match=reason):
        passphrase(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (encoded(bytes(range(16))), "32 octets"),
        (encoded(bytes(range(33))), "32 octets"),
        ("pas du base64 !", "32 octets"),
        (encoded(bytes(32)), "trop peu d’octets différents"),
        (encoded(b"motdepasse" * 3 + b"!!"), "trop peu d’octets différents"),
    ],
)
def test_weak_index_key_is_refused(text: str, reason: str) -> None:
    assert reason in problems(BLIND_INDEX_KEY=text)["RELAIS_BLIND_INDEX_KEY"]


def test_key_ring_keeps_its_order_and_takes_both_alphabets() -> None:
    first, second = bytes(range(224, 256)), bytes(range(32))
    text = f"7:{base64.b64encode(first).decode()}, 2:{encoded(second)}"
    assert key_ring(text) == ((7, first), (2, second))


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        (["1:{A}", "1:{B}"], "même numéro"),
        (["1:{A}", "2:{A}"], "même clé"),
        (["0:{A}"], "numéro de 1 à 255"),
        (["256:{A}"], "numéro de 1 à 255"),
        (["{A}"], "numéro de 1 à 255"),
        (["1:{A}", ""], "numéro de 1 à 255"),
    ],
)
def test_unusable_key_ring_is_refused(entries: list[str], reason: str) -> None:
    keys = {"A": encoded(bytes(range(32))), "B": encoded(bytes(range(1, 33)))}
    text = ",".join(entries).format_map(keys)
    assert reason in problems(ENCRYPTION_KEYS=text)["RELAIS_ENCRYPTION_KEYS"]


def test_one_key_for_two_uses_is_refused() -> None:
    shared = encoded(bytes(range(32)))
    found = problems(ENCRYPTION_KEYS=f"1:{shared}", BLIND_INDEX_KEY=shared)
    assert set(found) == {"RELAIS_BLIND_INDEX_KEY"}


def test_fresh_secrets_are_accepted_and_never_the_same() -> None:
    one, other = fresh_secrets(), fresh_secrets()
    assert set(one) == set(SECRETS)
    assert not set(one.values()) & set(other.values())
    built = Config.from_values({**environment(), **one})
    assert built.encryption_keys == key_ring(one["RELAIS_ENCRYPTION_KEYS"])
    assert built.blind_index_key == key(one["RELAIS_BLIND_INDEX_KEY"])


def test_a_secret_never_shows_in_what_is_printed() -> None:
    built = config()
    assert built.secret_key not in repr(built) + str(built)
    with pytest.raises(ConfigurationError) as refused:
        config(SECRET_KEY="Secret-trop-court", PORT="0")
    assert "Secret-trop-court" not in str(refused.value)


@pytest.mark.parametrize("bind", ["0.0.0.0", "192.0.2.1"])
def test_the_demonstration_listens_on_this_machine_only(bind: str) -> None:
    assert "127.0.0.1" in problems(BIND=bind)["RELAIS_BIND"]
    assert config(**FOR_REAL, BIND=bind).bind == bind


@pytest.mark.parametrize(
    "address", ["https://relais.example", "http://192.0.2.1:8000", "http://127.0.0.1.example"]
)
def test_the_demonstration_has_no_public_address(address: str) -> None:
    assert "cette machine" in problems(PUBLIC_URL=address)["RELAIS_PUBLIC_URL"]


@pytest.mark.parametrize("address", ["http://localhost:8100", "http://127.0.0.1:8100"])
def test_the_demonstration_may_name_another_port_of_this_machine(address: str) -> None:
    assert config(PUBLIC_URL=address).public_url == address


def test_for_real_the_address_is_given_and_encrypted() -> None:
    assert "RELAIS_PUBLIC_URL" in problems(DEMONSTRATION="0")
    assert "https://" in problems(DEMONSTRATION="0", PUBLIC_URL="http://relais.example")["RELAIS_PUBLIC_URL"]
    built = config(**FOR_REAL)
    assert built.secure_cookies
    assert built.trusted_hosts == ("relais.example",)


def test_in_the_demonstration_the_address_follows_the_port() -> None:
    built = Config.from_values({**environment(), "PORT": "8123"})
    assert (built.port, built.public_url) == (8123, "http://127.0.0.1:8123")
    assert built.trusted_hosts == ("127.0.0.1", "localhost")
    assert not built.secure_cookies


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("DEMONSTRATION", "oui"),
        ("DATABASE_URL", "mysql://localhost/relais"),
        ("DATABASE_URL", "postgresql://localhost/relais"),
        ("PUBLIC_URL", "https://relais.example/chemin"),
        ("PUBLIC_URL", "https://["),
        ("BIND", "partout"),
        ("PORT", "65536"),
        ("PORT", "²"),
        ("TRUSTED_HOSTS", "*"),
        ("TRUSTED_HOSTS", "https://relais.example"),
        ("PROXY_COUNT", "-1"),
        ("WORKERS", "0"),
        ("THREADS", "beaucoup"),
        ("SCHEDULER", "cron"),
        ("LOG_LEVEL", "BAVARD"),
        ("SESSION_IDLE_MINUTES", "0"),
        ("SESSION_ABSOLUTE_HOURS", "25"),
    ],
)
def test_a_fault_is_named_by_its_variable(variable: str, text: str) -> None:
    assert f"RELAIS_{variable}" in problems(**{variable: text})


def test_all_faults_are_told_together() -> None:
    assert {"RELAIS_PORT", "RELAIS_WORKERS", "RELAIS_SCHEDULER"} == set(
        problems(PORT="zéro", WORKERS="0", SCHEDULER="cron")
    )


def test_usual_values() -> None:
    given = environment()
    built = Config.from_values({name: given[name] for name in ("RELAIS_DEMONSTRATION", *SECRETS)})
    assert built.database_url == "sqlite:///var/relais.sqlite3"
    assert (built.workers, built.threads, built.port) == (2, 4, 8000)
    assert (built.session_idle_minutes, built.session_absolute_hours) == (20, 10)
    assert built.scheduler is SchedulerMode.PROCESS
    assert built.proxy_count == 0


def test_the_environment_goes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in [name for name in os.environ if name.startswith("RELAIS_") or name == "PORT"]:
        monkeypatch.delenv(variable)
    kept = {**environment(), "RELAIS_PORT": "8101", "RELAIS_WORKERS": "3"}
    kept["RELAIS_SECRET_KEY"] = "dollar-$HOME-${HOME}-reste-un-dollar-0123456789"
    lines = "".join(f"{name}={value}\n" for name, value in kept.items())
    (tmp_path / ".env").write_text(lines, encoding="utf-8")
    monkeypatch.setenv("RELAIS_PORT", "8102")
    monkeypatch.chdir(tmp_path)
    built = Config.from_environment()
    assert (built.port, built.workers) == (8102, 3)
    assert built.secret_key == kept["RELAIS_SECRET_KEY"]


# ---------------------------------------------------------------- security.txt
@pytest.mark.parametrize("contact", ["securite@cd.example", "https://cd.example/securite"])
def test_a_security_contact_is_a_mailbox_or_a_page_with_a_last_day(contact: str) -> None:
    built = config(SECURITY_CONTACT=contact, SECURITY_EXPIRES="2027-06-30")
    assert built.security_contact in {f"mailto:{contact}", contact}
    assert str(built.security_expires_on) == "2027-06-30"
    assert (config().security_contact, config().security_expires_on) == ("", None)


@pytest.mark.parametrize(
    ("contact", "until", "faulty"),
    [
        ("securite", "2027-06-30", "CONTACT"),
        ("http://cd.example", "2027-06-30", "CONTACT"),
        ("https://cd.example/\nContact: x", "2027-06-30", "CONTACT"),
        ("securite@cd.example", "30/06/2027", "EXPIRES"),
        ("securite@cd.example", "", "EXPIRES"),
        ("", "2027-06-30", "CONTACT"),
    ],
)
def test_a_security_contact_that_leads_nowhere_stops_the_start(contact: str, until: str, faulty: str) -> None:
    found = problems(SECURITY_CONTACT=contact, SECURITY_EXPIRES=until)
    assert set(found) == {f"RELAIS_SECURITY_{faulty}"}


# ---------------------------------------------------------------- ProConnect
REGISTERED = {
    "PROCONNECT_ISSUER": "https://proconnect.example/api/v2",
    "PROCONNECT_CLIENT_ID": "relais",
    "PROCONNECT_CLIENT_SECRET": "donné à l’inscription",
}


def test_proconnect_is_off_until_it_is_named() -> None:
    assert config().proconnect is None
    assert config(PROCONNECT_CLIENT_ID="relais").proconnect is None
    built = config(**FOR_REAL, **REGISTERED, PROCONNECT_ALGORITHM="ES256").proconnect
    assert built is not None
    assert (built.issuer, built.algorithm, built.pkce) == (REGISTERED["PROCONNECT_ISSUER"], "ES256", False)
    assert "inscription" not in repr(built)


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("ISSUER", "http://proconnect.example/api/v2"),
        ("ISSUER", "https://proconnect.example/"),
        ("ISSUER", "https://proconnect.example/api?x=y"),
        ("ISSUER", "https://user@proconnect.example"),
        ("ISSUER", "proconnect.example"),
        ("CLIENT_ID", ""),
        ("CLIENT_SECRET", ""),
        ("ALGORITHM", "HS256"),
        ("ALGORITHM", "none"),
        ("PKCE", "oui"),
    ],
)
def test_a_proconnect_that_proves_nothing_stops_the_start(variable: str, text: str) -> None:
    changes = {**FOR_REAL, **REGISTERED, f"PROCONNECT_{variable}": text}
    assert set(problems(**changes)) == {f"RELAIS_PROCONNECT_{variable}"}


def test_the_demonstration_asks_no_provider_of_another_machine() -> None:
    assert set(problems(**REGISTERED)) == {"RELAIS_PROCONNECT_ISSUER"}


# ---------------------------------------------------------------- mailboxes
def test_a_mailbox_is_an_address_whose_password_is_never_shown() -> None:
    one, other = config(
        **FOR_REAL,
        IMAP_MAILBOXES="imaps://urgences%40caf.example:mot%2Cde%3Apasse@imap.example/Partag%C3%A9e/Urgences, "
        "imap+starttls://cdas%40cdas.example:secret@imap.example:1143",
    ).imap_mailboxes
    assert (one.scheme, one.user, one.password) == ("imaps", "urgences@caf.example", "mot,de:passe")
    assert (one.name, one.port) == ("urgences@caf.example@imap.example/Partagée/Urgences", 993)
    assert (other.name, other.port) == ("cdas@cdas.example@imap.example/INBOX", 1143)
    assert "mot,de" not in repr(one) + str(one)
    assert config(**FOR_REAL).imap_mailboxes == ()


@pytest.mark.parametrize(
    ("urls", "reason"),
    [
        ("imap.example", "écrivez imaps://"),
        ("https://nom:S3cret@imap.example", "écrivez imaps://"),
        ("imaps://nom@imap.example", "écrivez imaps://"),
        ("imaps://nom:S3cret@", "écrivez imaps://"),
        ("imaps://nom:S3cret@imap.example:port", "écrivez imaps://"),
        ("imaps://nom:S3cret#suite@imap.example", "écrivez imaps://"),
        ("imaps://nom:S3cret%0D%0A@imap.example", "écrivez imaps://"),
        ("imaps://[", "écrivez imaps://"),
        (f"imaps://nom:S3cret@imap.example/{'x' * 120}", "écrivez imaps://"),
        ("imap://nom:S3cret@imap.example", "sans chiffrement"),
        ("imaps://nom:S3cret@imap.example,imaps://nom:Autre@imap.example/INBOX", "deux fois"),
    ],
)
def test_an_unusable_mailbox_is_refused_without_its_password(urls: str, reason: str) -> None:
    said = problems(**FOR_REAL, IMAP_MAILBOXES=urls)["RELAIS_IMAP_MAILBOXES"]
    assert reason in said
    assert "S3cret" not in said


def test_the_demonstration_reads_no_mailbox_of_another_machine() -> None:
    assert "démonstration" in problems(IMAP_MAILBOXES="imaps://n:p@imap.example")["RELAIS_IMAP_MAILBOXES"]
    assert len(config(IMAP_MAILBOXES="imap://n:p@127.0.0.1:1143").imap_mailboxes) == 1


SMTP = {"SMTP_HOST": "smtp.departement.example", "MAIL_FROM": "relais@departement.example"}


def test_without_a_mail_server_there_is_none_and_with_one_it_is_private() -> None:
    assert config(**FOR_REAL).smtp is None
    smtp = config(**FOR_REAL, **SMTP, SMTP_USER="relais", SMTP_PASSWORD="p$ss").smtp
    assert smtp is not None
    assert (smtp.port, smtp.security, smtp.timeout_seconds) == (587, "starttls", 30)
    assert "p$ss" not in repr(smtp)


@pytest.mark.parametrize(
    ("changes", "variable", "sentence"),
    [
        ({"SMTP_SECURITY": "none"}, "SMTP_SECURITY", "sans chiffrement"),
        ({"SMTP_SECURITY": "ssl"}, "SMTP_SECURITY", "tls, starttls ou none"),
        ({"SMTP_PORT": "0"}, "SMTP_PORT", "nombre entier"),
        ({"SMTP_TIMEOUT_SECONDS": "600"}, "SMTP_TIMEOUT_SECONDS", "nombre entier"),
        ({"SMTP_USER": "relais"}, "SMTP_PASSWORD", "vont ensemble"),
        ({"SMTP_PASSWORD": "secret"}, "SMTP_USER", "vont ensemble"),
        ({"MAIL_FROM": "Relais <relais@x.example>"}, "MAIL_FROM", "d’où partent"),
        ({"MAIL_FROM": ""}, "MAIL_FROM", "d’où partent"),
    ],
)
def test_a_mail_server_that_can_not_be_used_is_refused(
    changes: dict[str, str], variable: str, sentence: str
) -> None:
    found = problems(**{**FOR_REAL, **SMTP, **changes})
    assert list(found) == [f"RELAIS_{variable}"]
    assert sentence in found[f"RELAIS_{variable}"]


def test_without_encryption_the_mail_server_is_this_machine() -> None:
    smtp = config(**{**FOR_REAL, **SMTP, "SMTP_HOST": "127.0.0.1", "SMTP_SECURITY": "none"}).smtp
    assert smtp is not None


def test_the_demonstration_sends_no_mail() -> None:
    assert "n’envoie aucun courriel" in problems(**SMTP)["RELAIS_SMTP_HOST"]
