"""The repository itself: what it may not hold, what must be documented, what the locks promise."""

import importlib.metadata
import os
import re
import subprocess
import tomllib
from ast import Import, ImportFrom, parse, walk
from functools import cache
from pathlib import Path

import pytest

from service.config import Config, ConfigurationError
from service.environment import VARIABLES
from service.secret_values import fresh_secrets

ROOT = Path(__file__).resolve().parents[1]
MARKUP = {".html", ".svg", ".xml"}
# Written in two halves, so that this file does not hold them.
PLACES = [
    *("/wo" + "rk/", "/fa" + "rm/", "/ro" + "ot/", "/tmp/ba" + "sh_jobs", "../sh" + "ared", ".libr" + "ary/"),
    *("python" + "hosted", "pypi" + ".org", "npm" + "js.org", "deb" + ".debian", "registry" + ".npm"),
]
PRIVATE_KEY = "-----BEGIN [A-Z ]*PRIVATE " + "KEY-----"
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "tools", "stuff"}
# Flask's own parts and those of flask-smorest come with them.
COME_ALONG = {"werkzeug", "jinja2", "markupsafe", "itsdangerous", "webargs", "apispec", "urllib3"}


@cache
def files() -> tuple[Path, ...]:
    """Every file that is, or could be, committed."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return tuple(path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file())


def texts(under: str = "", suffixes: set[str] | None = None) -> list[tuple[Path, str]]:
    """Path and text of each text file in a folder."""
    found = []
    for path in files():
        if path.is_relative_to(ROOT / under) and (suffixes is None or path.suffix in suffixes):
            content = path.read_bytes()
            if b"\0" not in content[:8000]:
                found.append((path, content.decode("utf-8", errors="replace")))
    return found


def hits(pattern: str, looked_at: list[tuple[Path, str]], flags: re.RegexFlag = re.NOFLAG) -> list[str]:
    """`file:line: text` for each match."""
    expression = re.compile(pattern, flags)
    return [
        f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, match.start()) + 1}: {match.group(0).strip()[:80]}"
        for path, text in looked_at
        for match in expression.finditer(text)
    ]


def markup_without_template_code() -> list[tuple[Path, str]]:
    """The templates, their Jinja parts blanked: what is left is what the browser reads."""
    jinja = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}", re.DOTALL)
    blank = [
        (path, jinja.sub(lambda part: re.sub(r"\S", " ", part.group(0)), text))
        for path, text in texts("templates", MARKUP)
    ]
    assert blank, "there is no template to look at"
    return blank


# ---------------------------------------------------------------- what the repository may not hold
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.strip("./").replace("/", "-"))
def test_no_path_of_a_machine_and_no_package_host(place: str) -> None:
    assert hits(re.escape(place), texts()) == []


def test_no_secret_and_no_database() -> None:
    assert hits(PRIVATE_KEY, texts()) == []
    assert [path.name for path in files() if path.name == ".env" or path.suffix in {".sqlite3", ".db"}] == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    named = {
        part
        for path in files()
        if path.suffix == ".py"
        for part in path.relative_to(ROOT).with_suffix("").parts
    }
    assert named & VAGUE == set()


def test_no_style_or_script_inside_a_page() -> None:
    pages = markup_without_template_code()
    # A mail has no style sheet to lean on: it alone says itself how its lines fold.
    styled = [(path, text) for path, text in pages if path.parent.name != "emails"]
    assert hits(r"\sstyle\s*=", styled, re.IGNORECASE) == []
    assert hits(r"<[^>]*\son[a-z]+\s*=", pages, re.IGNORECASE) == []
    assert hits(r"<style\b|javascript:", pages, re.IGNORECASE) == []
    assert hits(r"<script\b(?![^>]*\bsrc\s*=)[^>]*>", pages, re.IGNORECASE) == []


def test_nothing_turns_escaping_off() -> None:
    assert hits(r"\|\s*safe\b|{%-?\s*autoescape\s+false", texts("templates")) == []


def test_pages_take_nothing_from_another_host() -> None:
    looked_at = [*markup_without_template_code(), *texts("service/static", {".css", ".js"})]
    assert (
        hits(
            r"(?:\b(?:src|action|srcset)\s*=\s*[\"']?|url\(\s*[\"']?|@import\s+[\"'])(?:https?:)?//",
            looked_at,
        )
        == []
    )
    assert hits(r"<link\b[^>]*\bhref\s*=\s*[\"']?(?:https?:)?//", looked_at) == []


# ---------------------------------------------------------------- what must be documented
def make_targets() -> dict[str, str]:
    rules = re.findall(r"^([a-z]+):(.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    return {name: rest.partition("## ")[2] for name, rest in rules}


def test_every_make_target_has_help() -> None:
    targets = make_targets()
    assert set(targets) >= {"demo", "test", "check", "bench", "nightly", "help", "lock"}
    assert [name for name, sentence in targets.items() if not sentence.strip()] == []
    shown = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert re.findall(r"^  make (\w+) +\S", shown.stdout, re.MULTILINE) == list(targets)


def example() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_the_example_documents_every_variable() -> None:
    assert list(example()) == list(VARIABLES)
    assert "PORT" in (ROOT / ".env.example").read_text()
    comments = re.findall(r"^RELAIS_.*\n(?=RELAIS_)", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert len(comments) <= 2, "each variable, or each pair of them, has a comment above it"


def test_the_example_starts_only_with_secrets_of_its_own() -> None:
    with pytest.raises(ConfigurationError) as refused:
        Config.from_values(example())
    assert set(refused.value.problems) == set(fresh_secrets())
    assert not Config.from_values({**example(), **fresh_secrets()}).demonstration


def test_the_example_shows_the_usual_values() -> None:
    shown = example()
    assert {name: shown[name] for name, usual in VARIABLES.items() if usual} == {
        name: usual for name, usual in VARIABLES.items() if usual
    }


@pytest.mark.parametrize("document", ["README.md", "DECISIONS.md", "CHANGELOG.md"])
def test_links_between_documents_lead_somewhere(document: str) -> None:
    links = re.findall(r"\]\(([^)#\s]+)\)", (ROOT / document).read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (ROOT / link).exists()] == []


@pytest.mark.parametrize("script", [".ci/run", "tests/provision.sh"])
def test_scripts_can_be_run(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)
    subprocess.run(["bash", "-n", ROOT / script], check=True)


# ---------------------------------------------------------------- what the locks promise
def pins(name: str) -> dict[str, list[str]]:
    """Each requirement of a lock with its hashes."""
    logical = (ROOT / name).read_text().replace("\\\n", " ").splitlines()
    lines = [line.split() for line in logical if line and not line.lstrip().startswith("#")]
    return {
        " ".join(word for word in words if not word.startswith("--")): [
            w for w in words if w.startswith("--")
        ]
        for words in lines
    }


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock", "requirements-audit.lock"])
def test_a_lock_has_hashes_and_no_address(lock: str) -> None:
    assert "http" not in (ROOT / lock).read_text()
    pinned = pins(lock)
    assert len(pinned) > 20
    for requirement, hashes in pinned.items():
        assert re.match(r"[a-z0-9.-]+==\S+", requirement), requirement
        assert hashes, requirement
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", value) for value in hashes), requirement


def declared(*groups: str) -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    requirements = project["project"]["dependencies"] + [
        r for g in groups for r in project["dependency-groups"][g]
    ]
    return {re.split(r"[\[<>=~! ]", requirement)[0].lower() for requirement in requirements}


def test_the_locks_hold_what_the_project_asks_for() -> None:
    def names(lock: str) -> set[str]:
        return {requirement.split("==")[0] for requirement in pins(lock)}

    assert declared("audit") - declared() <= names("requirements-audit.lock")
    assert declared("build") <= names("requirements.lock")
    assert declared("build", "dev") <= names("requirements-dev.lock")
    assert (declared("dev") - declared()) & names("requirements.lock") == set()


def test_the_tests_run_on_what_people_run() -> None:
    tested = pins("requirements-dev.lock")
    assert {
        name: hashes for name, hashes in pins("requirements.lock").items() if tested.get(name) != hashes
    } == {}


def test_every_import_of_the_service_is_declared() -> None:
    providers = importlib.metadata.packages_distributions()
    declared_names = declared() | COME_ALONG
    undeclared = set()
    for path, text in texts("service", {".py"}) + texts("migrations", {".py"}):
        for node in walk(parse(text)):
            modules = [alias.name for alias in node.names] if isinstance(node, Import) else []
            modules += [node.module] if isinstance(node, ImportFrom) and node.module else []
            for module in modules:
                given_by = {
                    name.lower().replace("_", "-") for name in providers.get(module.split(".")[0], [])
                }
                if given_by - {"relais"} and not given_by & declared_names:
                    undeclared.add(f"{path.relative_to(ROOT)}: {module}")
    assert undeclared == set()
