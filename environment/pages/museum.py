"""The museum of bugs: a folder of short texts, one a defect, each with what convicts it in the tests.

An entry is a title and paragraphs that begin with a name: "**Where.** …". The paragraph "**Evidence.**" lists
what is executed: `answer CHAPTER/EXERCISE`, the faulty answer of a find-the-bug exercise, which the assignment's
tests convict; `test Class.method`, a unit test of the library; `claim TITLE`, a claim of the chapter.
"""

from __future__ import annotations

import dataclasses
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
MUSEUM = ROOT / "museum"
FIELDS = {
    "Where": "Where",
    "What": "What it does",
    "Output": "What one sees",
    "Naive check": "A check that it passes",
    "Convicted by": "The test that convicts it",
    "Cost": "What it costs",
    "Credit": "Credit",
}
REQUIRED = ("Where", "What", "Output", "Naive check", "Convicted by", "Cost")


@dataclasses.dataclass(frozen=True)
class Entry:
    """One defect: its texts by the names of FIELDS, and what is executed for it."""

    name: str
    title: str
    chapter: str
    fields: dict[str, str]
    evidence: list[tuple[str, str]]


def entry(path: pathlib.Path) -> Entry:
    text = path.read_text(encoding="utf-8")
    title = re.match(r"# (.+)\n", text)
    if not title:
        raise ValueError(f"{path.name} has no title")
    paragraphs = dict(re.findall(r"^\*\*([A-Z][\w ]*)\.\*\*[ \n](.*?)(?=\n\n\*\*|\Z)", text, re.MULTILINE | re.DOTALL))
    evidence = re.findall(r"^- (answer|test|claim) (.+)$", paragraphs.pop("Evidence", ""), re.MULTILINE)
    chapter = paragraphs.pop("Chapter", "").strip()
    missing = [name for name in REQUIRED if name not in paragraphs]
    unknown = [name for name in paragraphs if name not in FIELDS]
    if missing or unknown or not evidence or not chapter:
        raise ValueError(f"{path.name}: missing {missing}, unknown {unknown}, evidence {evidence}, chapter '{chapter}'")
    ordered = {name: " ".join(paragraphs[name].split()) for name in FIELDS if name in paragraphs}
    return Entry(path.stem, title[1], chapter, ordered, evidence)


def entries() -> list[Entry]:
    return [entry(path) for path in sorted(MUSEUM.glob("[0-9]*.md"))]
