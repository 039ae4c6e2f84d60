"""Every chapter at quick size on the Java kernel, each cell twice in a row.

One run shows both: what it takes is that of the first time, what it says that of the second. One chapter, or all
of them where that is asked for, runs on JJava too and must come to the same claim tables, to the last digit.
"""

from __future__ import annotations

import datetime
import itertools
import os

import nbformat
import pytest
from run import NOTEBOOKS, chapters, execute

# A chapter is meant to take two minutes on two cores of its own; a busy machine may take twice as long, and
# chapters that run side by side share the cores.
SECONDS = 240 * max(1, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))


# The quickest that trains models, draws all kinds of figures and has something to play with.
ON_BOTH_KERNELS = "04-variational-autoencoder"


@pytest.mark.parametrize("chapter", chapters())
def test_chapter(chapter, note, request):
    path = NOTEBOOKS / f"{chapter}.ipynb"
    run = execute(path, timeout=600, twice=True)
    held, claims = run.claims()
    note(
        f"{chapter}: {held} of {claims} claims held, {run.figures()} figures, {run.seconds:.0f} s, "
        f"again {run.again_seconds:.0f} s, {run.peak_bytes / 2**30:.2f} GiB"
    )
    assert run.standard_error() == ""
    assert run.claim_tables(), "no output starts with 'Claims of '"
    assert held == claims >= 1
    assert run.figures() >= 5
    assert run.peak_bytes <= 2 * 2**30
    assert run.seconds <= SECONDS
    shown = {text[2:].split(" [expected")[0].strip() for text in run.plain_texts() if text.startswith("✓ ")}
    assert len(shown) == claims, "every claim shows where it is made"
    assert not [page for page in run.html() if "<img" in page and 'alt=""' in page], "a picture without a text"
    committed, now = statements(nbformat.read(path, as_version=4)), statements(run.notebook)
    if not os.environ.get("LOWERBOUND_DATA"):
        # Chapters are saved where real data are at hand, on which some of them claim more.
        committed = [claim for claim in committed if claim in now]
    if chapter == ON_BOTH_KERNELS or request.config.getoption("--whole"):
        # Twice here too: a cell that draws again, or trains on, measures other numbers then.
        other = execute(path, kernel="jjava", timeout=600, twice=True, keep=False)
        note(f"{chapter} on JJava: {other.seconds:.0f} s, {other.peak_bytes / 2**30:.2f} GiB")
        assert other.standard_error() == ""
        assert not [pair for pair in itertools.zip_longest(rows(run), rows(other)) if pair[0] != pair[1]]
    assert committed == now, f"the committed claim table is old: ./environment/lab --run {chapter} --save"


def pytest_generate_tests(metafunc):
    if "without_data" in metafunc.fixturenames:
        today = datetime.date.today().toordinal() % len(chapters())
        metafunc.parametrize("without_data", chapters() if metafunc.config.getoption("--whole") else [chapters()[today]])


def test_a_chapter_holds_where_no_data_are_at_hand(without_data, tmp_path, monkeypatch, note):
    # One chapter a day, all with --whole: what a reader sees who has downloaded nothing.
    monkeypatch.delenv("LOWERBOUND_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    run = execute(NOTEBOOKS / f"{without_data}.ipynb", timeout=600, keep=False)
    held, claims = run.claims()
    note(f"{without_data} without data: {held} of {claims} claims held, {run.seconds:.0f} s")
    assert run.standard_error() == ""
    assert held == claims >= 1


def rows(run) -> list[str]:
    return [line for table in run.claim_tables() for line in table.splitlines()]


def statements(notebook) -> list[str]:
    """The claims of every claim table, without the values measured."""
    texts = [o.get("data", {}).get("text/plain", o.get("text", "")) for c in notebook.cells if c.cell_type == "code" for o in c.outputs]
    # Not the rule below the heading: it is as wide as what was measured. A long claim goes on in lines of its own.
    found: list[str] = []
    for line in (line for text in texts if text.startswith("Claims of ") for line in text.splitlines()[1:] if line.strip("-+ ")):
        claim, *rest = (cell.strip() for cell in line.rsplit("|", 4))
        if found and rest and not any(rest):
            found[-1] += f" {claim}"
        else:
            found.append(claim)
    return found
