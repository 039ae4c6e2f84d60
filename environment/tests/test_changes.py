"""Deliberate mistakes in the library are caught by the chapters' claims: one of every third chapter in a run.

Which ones goes by the day, so that all have their turn; `--changes` runs them all.
"""

from __future__ import annotations

import datetime

import pytest
from changes import caught, changes, listed


def chosen(config) -> list:
    lists = [changes(chapter) for chapter in listed()]
    if config.getoption("--changes"):
        return [change for some in lists for change in some]
    day = datetime.date.today().toordinal()
    # Three days go once through the chapters, and then each has its next mistake.
    return [some[day // 3 % len(some)] for i, some in enumerate(lists) if i % 3 == day % 3]


def pytest_generate_tests(metafunc):
    if "change" in metafunc.fixturenames:
        found = chosen(metafunc.config)
        metafunc.parametrize("change", found, ids=[f"{change.chapter}-{change.number}" for change in found])


def test_a_claim_fails(change, note):
    said = caught(change)
    assert "Claim of" in said, f"{change}: no claim noticed" + (f", but\n{said}" if said else "")
    note(f"{change} Caught: {said.split('hold: ')[1].splitlines()[0]}")


@pytest.mark.parametrize("chapter", listed())
def test_every_change_fits_the_library(chapter):
    assert [change.source() for change in changes(chapter)]
