"""The documentation keeps up with the code: generated pages are the code's, and no rule id is a riddle."""

import re
from html import unescape
from pathlib import Path

import pytest
from click.testing import CliRunner

from service import cli
from service.cli import workflow
from service.handbook import RULE
from service.workflows import diagram
from service.workflows.machine import State
from service.workflows.registry import WORKFLOWS

ROOT = Path(__file__).resolve().parents[1]
EXPLAINED = re.compile(r"^- \*\*(R-[A-Z0-9-]+)\*\* \S", re.MULTILINE)


def explained() -> list[str]:
    return EXPLAINED.findall((ROOT / "docs" / "rules.md").read_text())


def cited(*folders: str) -> dict[str, str]:
    """Each rule id found, with one file that names it."""
    return {
        rule: str(path.relative_to(ROOT))
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in {".py", ".html", ".txt", ".toml"}
        for rule in RULE.findall(path.read_text())
    }


def run(*words: str) -> tuple[int, str]:
    answer = CliRunner().invoke(cli.commands, ["workflow", *words])
    return answer.exit_code, answer.output


# ---------------------------------------------------------------- docs/rules.md
def test_every_rule_that_the_code_cites_is_explained() -> None:
    unexplained = {
        rule: place for rule, place in cited("service", "templates").items() if rule not in explained()
    }
    assert unexplained == {}


def test_every_rule_explained_is_kept_somewhere_and_explained_once() -> None:
    assert sorted(set(explained()) - cited("service", "templates").keys()) == []
    assert len(explained()) == len(set(explained()))


def test_the_rules_of_the_tables_are_explained() -> None:
    """The rule of a transition is shown on screens and in refusals: each of them must be findable."""
    named = {
        rule
        for workflow in WORKFLOWS.values()
        for row in workflow.transitions
        for rule in RULE.findall(row.rule)
    }
    assert named
    assert sorted(named - set(explained())) == []


# ---------------------------------------------------------------- docs/workflows/
@pytest.mark.parametrize("kind", sorted(WORKFLOWS))
def test_the_generated_page_of_a_kind_is_up_to_date(kind: str) -> None:
    written = (ROOT / "docs" / "workflows" / f"{kind}.md").read_text()
    assert written == diagram.page(WORKFLOWS[kind]), "lancez « relais workflow docs »"


@pytest.mark.parametrize("kind", sorted(WORKFLOWS))
def test_a_page_shows_every_state_and_transition(kind: str) -> None:
    """The table and the diagram are drawn from the definition: nothing of it is left out."""
    workflow, page = WORKFLOWS[kind], (ROOT / "docs" / "workflows" / f"{kind}.md").read_text()
    for state in workflow.states:
        to_a_cdas = f" (Caf → CDAS : {state.towards_cdas[0]})" if in_other_words(state) else ""
        assert f"| `{state.code}` | {state.label}{to_a_cdas} | " in page
        assert f'state "{state.label}" as {state.code}' in page
    for row in workflow.transitions:
        assert f"| `{row.name}` « {row.label} » |" in page
        for source in row.source or ("[*]",):
            assert f"{source} --> {row.target or source} : {row.label}\n" in page


@pytest.mark.parametrize("kind", sorted(WORKFLOWS))
def test_the_commands_print_what_the_page_holds(kind: str) -> None:
    code, table = run("table", kind)
    assert (code, table) == (0, diagram.table(WORKFLOWS[kind]))
    code, drawing = run("diagram", kind)
    assert (code, drawing) == (0, diagram.mermaid(WORKFLOWS[kind]))


def test_docs_writes_what_check_asks_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workflow, "DOCUMENTS", tmp_path / "workflows")
    code, said = run("docs", "--check")
    assert code == 1
    assert all(f"{kind}.md" in said for kind in WORKFLOWS)
    assert not (tmp_path / "workflows").exists()
    assert run("docs") == (0, "")
    assert run("docs", "--check") == (0, "")


def test_check_names_a_page_changed_by_hand_and_one_of_a_kind_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workflow, "DOCUMENTS", tmp_path)
    run("docs")
    changed = tmp_path / "urgent_rights.md"
    changed.write_text(changed.read_text().replace("Affecter", "Confier"))
    (tmp_path / "gone.md").write_text("# Autrefois\n")
    code, said = run("docs", "--check")
    assert code == 1
    assert "gone.md, urgent_rights.md" in said
    run("docs")
    assert not (tmp_path / "gone.md").exists()
    assert run("docs", "--check") == (0, "")


# ---------------------------------------------------------------- docs/exploitation.md
def test_the_operator_is_told_what_to_do_for_each_line_of_health_and_each_metric() -> None:
    written = (ROOT / "docs" / "exploitation.md").read_text()
    signs = set(
        re.findall(r'_sign\(\s*"([^"]+)"', (ROOT / "service/routes/pages/views/health_sheet.py").read_text())
    )
    assert len(signs) > 4
    assert [sign for sign in signs if f"| {sign} |" not in written] == []
    kept = "".join((ROOT / f"service/{place}/metrics.py").read_text() for place in ("queries", "routes"))
    named = set(re.findall(r"`(?:relais_)([a-z_]+?)(?:_total)?[`{> ]", written)) - {"maj"}
    assert len(named) > 10
    assert [
        name for name in sorted(named) if f'"{name}"' not in kept and f'"relais_{name}"' not in kept
    ] == []


def test_the_operator_s_commands_exist() -> None:
    written = (ROOT / "docs" / "exploitation.md").read_text()
    for words in set(re.findall(r"`relais ([a-z]+(?: [a-z]+)?)", written)):
        known = [word for word in words.split() if word not in {"personnes", "restore"}]
        answer = CliRunner().invoke(cli.commands, [*known, "--help"])
        assert answer.exit_code == 0, words


# ---------------------------------------------------------------- docs/guide.md
def test_the_guide_names_only_what_the_screens_say() -> None:
    """A label that changes on screen changes in the guide: each word in « » stands in the code."""
    guide = plain((ROOT / "docs" / "guide.md").read_text())
    screens = plain(
        " ".join(
            unescape(path.read_text())
            for folder in ("service", "templates")
            for path in sorted((ROOT / folder).rglob("*"))
            if path.suffix in {".py", ".html"}
        )
    )
    labels = re.findall(r"« (.+?) »", guide)
    assert len(labels) > 20
    assert [label for label in labels if label not in screens] == []


def test_the_guide_names_only_commands_that_exist() -> None:
    guide = (ROOT / "docs" / "guide.md").read_text()
    for words in re.findall(r"`relais ([a-z ]+)`", guide):
        answer = CliRunner().invoke(cli.commands, [*words.split(), "--help"])
        assert answer.exit_code == 0, words


def in_other_words(state: State) -> bool:
    return state.towards_cdas is not None and state.towards_cdas[0] != state.label


def plain(text: str) -> str:
    return " ".join(text.replace("’", "'").split())
