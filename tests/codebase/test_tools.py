"""Lint, types and the direction of imports, as tests: `./run test` is the one command that proves everything."""

import pytest

from tests.codebase.checkout import run_tool


@pytest.mark.parametrize(
    "tool",
    [("ruff", "check", "--quiet", "."), ("mypy", "--no-error-summary"), ("lint-imports", "--no-logo")],
    ids=lambda tool: tool[0],
)
def test_the_tool_finds_nothing_to_say(tool: tuple[str, ...]) -> None:
    result = run_tool(*tool)

    assert result.returncode == 0, result.stdout + result.stderr
