"""The command that makes chapter 06's full table."""

from __future__ import annotations

import os
import subprocess

from conftest import ENVIRONMENT


def table(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [str(ENVIRONMENT / "table06"), *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "LOWERBOUND_SIZE": "quick"},
    )


def test_a_cell_is_computed_and_shown():
    called = table("--labels", "100", "--seed", "1", "--data", "strokes", "--methods", "nearest")
    assert called.returncode == 0, called.stdout + called.stderr
    assert "1 nearest neighbour, N = 100, seed 1: 0." in called.stdout
    assert called.stderr == ""


def test_a_wrong_option_is_named():
    called = table("--methods", "m7")
    assert called.returncode == 2
    assert "m7" in called.stdout and "M2_FULL" in called.stdout


def test_help_is_the_command():
    called = table("--help")
    assert called.returncode == 0
    assert "table06 --labels" in called.stdout
