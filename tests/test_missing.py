"""A missing tool is a skip that says so, and a failure where everything is required."""

import pytest

from tests import missing


def test_a_missing_tool_skips_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RELAIS_REQUIRE_ALL", raising=False)
    with pytest.raises(pytest.skip.Exception, match="missing tool: a-tool"):
        missing.tool("a-tool")


def test_a_missing_tool_fails_where_all_are_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAIS_REQUIRE_ALL", "1")
    with pytest.raises(pytest.fail.Exception, match="missing tool: a-tool"):
        missing.tool("a-tool")
