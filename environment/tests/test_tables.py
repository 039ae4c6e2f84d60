"""The commands that make the full tables of chapters 05, 06 and 10."""

from __future__ import annotations

import os
import subprocess

import pytest
from conftest import ENVIRONMENT


def table(number: str, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [str(ENVIRONMENT / f"table{number}"), *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "LOWERBOUND_SIZE": "quick"},
    )


def test_a_cell_is_computed_and_shown():
    called = table("06", "--labels", "100", "--seed", "1", "--data", "strokes", "--methods", "nearest")
    assert called.returncode == 0, called.stdout + called.stderr
    assert "1 nearest neighbour, N = 100, seed 1: 0." in called.stdout
    assert called.stderr == ""


def test_the_ladder_is_computed_and_shown():
    called = table("05", "--data", "street", "--models", "ladder")
    assert called.returncode == 0, called.stdout + called.stderr
    bits = [float(line.split(": ")[1].split()[0]) for line in called.stdout.splitlines() if "test bound" in line]
    assert len(bits) == 4 and all(0 < low < high for high, low in zip(bits, bits[1:])), called.stdout
    assert called.stderr == ""


def test_ten_digits_are_scored_and_shown():
    called = table("10", "--data", "strokes", "--models", "pca")
    assert called.returncode == 0, called.stdout + called.stderr
    means = [float(line.split(": ")[1].split()[0]) for line in called.stdout.splitlines() if "; mean, seed" in line]
    assert len(means) == 5 and all(0 < mean < 100 for mean in means), called.stdout
    assert called.stderr == ""


@pytest.mark.parametrize("number, option, known", [("06", "--methods", "M2_FULL"), ("05", "--models", "LADDER"), ("10", "--models", "HELD_OUT")])
def test_a_wrong_option_is_named(number, option, known):
    called = table(number, option, "m7")
    assert called.returncode == 2
    assert "m7" in called.stdout and known in called.stdout


@pytest.mark.parametrize("number, use", [("05", "table05 --data"), ("06", "table06 --labels"), ("10", "table10 --data")])
def test_help_is_the_command(number, use):
    called = table(number, "--help")
    assert called.returncode == 0
    assert use in called.stdout
