"""Chapters 05 and 11 on other pictures than those they find by themselves: CIFAR-10, and files of SVHN's format.

One of the four in every run, in turn by the day; all with `--whole`.
"""

from __future__ import annotations

import datetime
import os
import pathlib
import shutil
import subprocess

from conftest import ENVIRONMENT, ROOT
from run import NOTEBOOKS, execute

# The chapters, and how many claims each makes at least.
CHAPTERS = {"05-vae-on-svhn": 40, "11-hierarchical-vae": 28}


def cifar_at_hand() -> bool:
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "lowerbound"
    folders = [pathlib.Path(folder) for folder in (os.environ.get("LOWERBOUND_DATA"), cache) if folder]
    return any(folder.is_dir() and any(folder.rglob(name)) for folder in folders for name in ("data_batch_1.bin*", "cifar-10-binary*"))


def svhn_files(folder: pathlib.Path) -> str:
    jars = str(ROOT / "target" / "kernel" / "jars" / "*")
    # As many as at quick size are used: 4,000 for training, 300 for validation, 400 for test.
    called = subprocess.run(
        ["java", "-cp", jars, str(ENVIRONMENT / "tests" / "WriteSvhn.java"), str(folder), "4300", "400"],
        capture_output=True,
        text=True,
    )
    assert called.returncode == 0, called.stderr
    return str(folder)


def pytest_generate_tests(metafunc):
    if "colours" in metafunc.fixturenames:
        sets = ["svhn-files", "cifar10"] if cifar_at_hand() else ["svhn-files"]
        pairs = [(chapter, name) for name in sets for chapter in CHAPTERS]
        today = datetime.date.today().toordinal() % len(pairs)
        metafunc.parametrize("chapter, colours", pairs if metafunc.config.getoption("--whole") else [pairs[today]])


def test_every_claim_holds_on_other_pictures(chapter, colours, tmp_path, monkeypatch, note):
    monkeypatch.setenv("LOWERBOUND_COLOURS", colours if colours == "cifar10" else svhn_files(tmp_path))
    path = shutil.copy(NOTEBOOKS / f"{chapter}.ipynb", tmp_path / f"{chapter}-on-{colours}.ipynb")
    # What full runs recorded lies beside a chapter, and is claimed there.
    shutil.copytree(NOTEBOOKS / "results", tmp_path / "results")
    run = execute(pathlib.Path(path), timeout=600)
    held, claims = run.claims()
    note(f"{chapter} on {colours}: {held} of {claims} claims held, {run.seconds:.0f} s, {run.peak_bytes / 2**30:.2f} GiB")
    # What a cell prints may come in several pieces.
    assert ("CIFAR-10 train" if colours == "cifar10" else "SVHN format 2") in "".join(run.plain_texts())
    assert run.standard_error() == ""
    assert held == claims >= CHAPTERS[chapter]
