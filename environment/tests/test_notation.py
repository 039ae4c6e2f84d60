"""One meaning a symbol: every Greek letter of a chapter's formulas is in the table of chapter 01, once.

A row's meanings are parted by semicolons. `(03)`, `(01, 02)` or `(01–03)` behind one names its chapters; one
without holds in all the others.
"""

from __future__ import annotations

import re

import nbformat
import pytest
from run import NOTEBOOKS, chapters

GREEK = re.compile(
    r"\\(alpha|beta|gamma|Gamma|delta|Delta|epsilon|varepsilon|zeta|eta|theta|vartheta|Theta|iota|kappa|lambda|Lambda|mu|nu|xi|Xi"
    r"|pi|varpi|Pi|rho|varrho|sigma|Sigma|tau|upsilon|Upsilon|phi|varphi|Phi|chi|psi|Psi|omega|Omega)(?![A-Za-z])"
)
ROW = re.compile(r"^\| (\$[^|]*) \| ([^|]*) \|$", flags=re.MULTILINE)
NUMBERS = [chapter.split("-")[0] for chapter in chapters()]


def text(chapter: str) -> str:
    cells = nbformat.read(NOTEBOOKS / f"{chapter}.ipynb", as_version=4).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def letters(markdown: str) -> set[str]:
    """The Greek letters of all formulas, those of a table of notation left out."""
    used = re.sub(ROW, "", markdown)
    formulas = re.findall(r"\$\$(.*?)\$\$|\$([^$]+)\$", used, flags=re.DOTALL)
    return {found[1] for formula in formulas for found in GREEK.finditer(" ".join(formula))}


def named(words: str) -> list[str]:
    """The chapters in a list such as `01, 04b` or `01–03`."""
    found = []
    for part in words.split(","):
        first, _, last = part.strip().partition("–")
        found += NUMBERS[NUMBERS.index(first) : NUMBERS.index(last or first) + 1]
    return found


def table(markdown: str) -> dict[str, list[list[str] | None]]:
    """Of each Greek letter that has a row: the chapters of each of its meanings, None for all the others."""
    rows: dict[str, list[list[str] | None]] = {}
    for symbol, meanings in ROW.findall(markdown):
        letter = GREEK.match(symbol, 1)
        for meaning in meanings.split("; ") if letter else []:
            places = re.findall(r"\((\d\d[a-z]?(?:(?:, |–)\d\d[a-z]?)*)\)", meaning)
            rows.setdefault(letter[1], []).append([number for words in places for number in named(words)] if places else None)
    return rows


def faults(rows: dict[str, list[list[str] | None]], used: dict[str, set[str]]) -> list[str]:
    found = []
    for letter, meanings in rows.items():
        places = [number for meaning in meanings if meaning for number in meaning]
        found += [f"{letter} has two meanings in {number}" for number in sorted(set(places)) if places.count(number) > 1]
        found += [f"{letter} has two meanings without a chapter"] if meanings.count(None) > 1 else []
    for number, some in used.items():
        for letter in sorted(some):
            meanings = rows.get(letter, [])
            if None not in meanings and not any(meaning and number in meaning for meaning in meanings):
                found.append(f"{letter} of {number} is not in the table")
        found += [f"{letter} has a meaning in {number}, which does not use it" for letter in rows if number in sum(filter(None, rows[letter]), []) and letter not in some]
    return found


TABLE = table(text(chapters()[0]))


@pytest.mark.parametrize("chapter", chapters())
def test_a_greek_letter_has_one_meaning(chapter):
    number = chapter.split("-")[0]
    assert faults(TABLE, {number: letters(text(chapter))}) == []


def test_a_clash_is_found():
    rows = table("| $\\mu$ | a mean |\n| $\\pi$ | a number (01–03); an order (03, 07) |\n| $\\tau$ | a time |\n| $\\tau_0$ | a cost |\n| $p_\\nu$ | a law |")
    assert rows == {"mu": [None], "pi": [["01", "02", "03"], ["03", "07"]], "tau": [None, None]}
    assert faults(rows, {}) == ["pi has two meanings in 03", "tau has two meanings without a chapter"]
    some = letters("of $\\mu$ and $$\\operatorname{muster}\\eta_1$$ and `\\nu`")
    assert some == {"mu", "eta"} and faults(rows | {"pi": [["02"]], "tau": [None]}, {"01": some | {"pi"}}) == [
        "eta of 01 is not in the table",
        "pi of 01 is not in the table",
    ]
    assert faults({"pi": [["02"]]}, {"02": set()}) == ["pi has a meaning in 02, which does not use it"]
