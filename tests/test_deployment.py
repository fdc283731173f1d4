"""What docs/exploitation.md ships in deploy/: units that systemd takes, and proxies that agree with Relais."""

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from service.app import LARGEST_BODY
from service.environment import VARIABLES
from service.operations.identity_provider import EXIT, RETURN
from service.routes.headers import ALWAYS

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
SERVICES = ("relais-web.service", "relais-scheduler.service")
UNITS = ("relais-web.socket", *SERVICES)
GUIDE = ROOT / "docs" / "exploitation.md"

HARDENED = {
    "NoNewPrivileges": "yes",
    "CapabilityBoundingSet": "",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "ProtectKernelModules": "yes",
    "ProtectKernelTunables": "yes",
    "RestrictSUIDSGID": "yes",
    "UMask": "0077",
    "User": "relais",
}


def parsed(name: str) -> configparser.ConfigParser:
    unit = configparser.ConfigParser(strict=False, interpolation=None, comment_prefixes=("#",))
    unit.optionxform = str  # type: ignore[method-assign, assignment]
    unit.read_string((DEPLOY / name).read_text())
    return unit


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_no_more_rights_than_it_needs(name: str) -> None:
    service = parsed(name)["Service"]
    assert {setting: service.get(setting) for setting in HARDENED} == HARDENED
    assert service["EnvironmentFile"].startswith("/etc/relais/")
    assert "Environment" not in service, "the file of settings would overrule it"
    assert "SECRET" not in (DEPLOY / name).read_text()


def test_the_web_service_has_more_time_to_stop_than_its_requests_have_to_end() -> None:
    """Draining, then gunicorn's own grace, before systemd kills."""
    graceful = re.search(r"^graceful_timeout = ([0-9]+)$", (ROOT / "service/serving.py").read_text(), re.M)
    unit = parsed("relais-web.service")["Service"]
    draining = re.search(r"sleep ([0-9]+)", unit["ExecStop"])
    assert graceful is not None
    assert draining is not None
    assert int(unit["TimeoutStopSec"]) > int(draining[1]) + int(graceful[1])


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("no systemd on this machine: the units are read above all the same")
    for name in UNITS:
        # The programs stand elsewhere on the machine of the tests.
        text = re.sub(r"/opt/relais/current/\.venv/bin/\S+", "/bin/true", (DEPLOY / name).read_text())
        (tmp_path / name).write_text(text)
    checked = subprocess.run(
        [analyze, "verify", "--man=no", *(tmp_path / name for name in UNITS)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    ours = [line for line in checked.stderr.splitlines() if "relais" in line]
    assert (ours, checked.returncode) == ([], 0), checked.stderr


def test_the_proxies_let_through_what_relais_takes_and_add_no_header_of_its_own() -> None:
    megabytes = LARGEST_BODY // 2**20
    nginx, caddy = (DEPLOY / "nginx.conf").read_text(), (DEPLOY / "Caddyfile").read_text()
    assert f"client_max_body_size {megabytes + 1}m;" in nginx
    assert f"max_size {megabytes + 1}MB" in caddy
    for header in ALWAYS:
        assert header not in nginx + caddy
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in nginx, "never appended to what a visitor says"
    assert "non_idempotent" not in nginx
    assert set(re.findall(r"ssl_protocols ([^;]+)", nginx)) == {"TLSv1.2 TLSv1.3"}


def test_the_guide_names_files_and_settings_that_exist() -> None:
    guide = GUIDE.read_text()
    assert set(re.findall(r"RELAIS_[A-Z_]+", guide)) <= set(VARIABLES)
    for name in (*UNITS, "nginx.conf", "Caddyfile"):
        assert f"deploy/{name}" in guide
        assert (DEPLOY / name).is_file()
    assert RETURN in guide
    assert EXIT in guide
