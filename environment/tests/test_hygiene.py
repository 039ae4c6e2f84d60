"""What a careful reader would trip over: two spellings of English, chapters too large to load, careless Python."""

from __future__ import annotations

import pathlib
import re
import subprocess
import sys

import nbformat
import pytest
from conftest import ENVIRONMENT, ROOT

RUFF = pathlib.Path(sys.executable).parent / "ruff"
CHAPTERS = sorted((ROOT / "notebooks").glob("*.ipynb"))
TEXTS = [
    *CHAPTERS,
    *sorted((ROOT / "notebooks" / "assignments" / "source").glob("*/*.ipynb")),
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "museum").glob("*.md")),
    *sorted(ENVIRONMENT.rglob("README.md")),
]
AMERICAN = re.compile(
    r"\b(?:behavior|color|favor|neighbor|honor|labor|flavor)(?:s|ed|ing|al|able|ite)?\b"
    r"|\b\w*(?:alyz|ulariz|rmaliz|imiz|ogniz|tializ|mmariz|toriz|domiz|rganiz|nariz|ginaliz|neraliz|ntiz|meteriz)(?:e|es|ed|ing|ation|ations|er|ers)\b"
    r"|\b(?:center(?:s|ed)?|gray|(?:model|label|cancel|travel)(?:ed|ing)|catalog|artifact)s?\b",
    re.IGNORECASE,
)


def prose(path: pathlib.Path) -> str:
    """A text's own words: no code, no equations, no names of works, no addresses."""
    if path.suffix == ".ipynb":
        notebook = nbformat.read(path, as_version=4)
        text = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    else:
        text = path.read_text(encoding="utf-8")
    return re.sub(r"```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$]*\$|\[[^\]]*\]\([^)]*\)|(?<!\*)\*[^*\n]+\*(?!\*)|https?://\S+", "", text, flags=re.DOTALL)


def american(text: str) -> list[str]:
    return [text[max(0, match.start() - 30) : match.end() + 20].replace("\n", " ") for match in AMERICAN.finditer(text)]


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_one_spelling_of_english(path):
    assert american(prose(path)) == []


def test_the_other_spelling_is_found(tmp_path):
    text = tmp_path / "a.md"
    text.write_text("The normalized colors of [Normalizing Flows](x.html), *Modeling Gray*, `normalize`, behaviour, labelled.\nA center, modeling.\n")
    assert [re.search(AMERICAN, found)[0] for found in american(prose(text))] == ["normalized", "normalized", "center", "center"]
    assert len(AMERICAN.findall(prose(text))) == 4


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_committed_chapter_is_small(path):
    assert path.stat().st_size < 3_000_000


# What Java prints of an object that has no text of its own: org.knowm.xchart.XYSeries@4db6d06d, [D@54ea46f9.
IDENTITY = re.compile(r"(?:\b[a-z]\w*(?:\.[\w$]+)+|\[+[A-Z][\w.$;]*)@[0-9a-f]{4,8}\b")


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_no_cell_shows_the_address_of_an_object(path):
    shown = []
    for number, cell in enumerate(nbformat.read(path, as_version=4).cells):
        for output in cell.get("outputs", []):
            text = output.get("text", "") + output.get("data", {}).get("text/plain", "")
            shown += [f"cell {number}: {address}" for address in IDENTITY.findall(text)]
    assert shown == []


def test_an_address_is_found():
    assert IDENTITY.findall("org.knowm.xchart.XYSeries@4db6d06d [D@54ea46f9 [[Ljava.lang.String;@1b2c3d a@b.org θ@1") == [
        "org.knowm.xchart.XYSeries@4db6d06d",
        "[D@54ea46f9",
        "[[Ljava.lang.String;@1b2c3d",
    ]


def found(*paths) -> str:
    """Names that are not used or not known, code that cannot be read."""
    called = subprocess.run(
        [RUFF, "check", "--isolated", "--no-cache", "--select", "F,E9", "--output-format", "concise", *paths], capture_output=True, text=True
    )
    return "" if called.returncode == 0 else called.stdout + called.stderr


def test_python_has_no_findings(tmp_path):
    assert found(ENVIRONMENT) == ""
    (tmp_path / "careless.py").write_text("import os\nprint(nme)\n")
    assert "F401" in found(tmp_path) and "F821" in found(tmp_path)
