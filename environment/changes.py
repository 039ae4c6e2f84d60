"""A test of the tests: deliberate mistakes in the library, each of which must make a claim of its chapter fail.

`changes/01-calculus-of-variations.txt` lists the mistakes of a chapter, one after an empty line:

    A sign: the chord's slope pulls both ends the same way.
    variations/Functional.java
    -    h / 2 * f.dy(x0, y0, slope) - byslope,
    +    h / 2 * f.dy(x0, y0, slope) + byslope,

A line that begins with '-' stands in the file, exactly once, and a line that begins with '+' takes its place;
spaces at both ends do not matter, several lines of each are one block. The changed class is compiled into a
folder of its own, which the kernel looks into before the library; then the chapter runs, until a claim fails.

    python environment/changes.py all | 01 [NUMBER...]
"""

from __future__ import annotations

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from unittest import mock

from run import NOTEBOOKS, ROOT, ChapterFailed, execute, find

LISTS = pathlib.Path(__file__).resolve().parent / "changes"
SOURCES = ROOT / "src" / "main" / "java" / "org" / "lowerbound"
JARS = ROOT / "target" / "kernel" / "jars"


@dataclass(frozen=True)
class Change:
    """One deliberate mistake."""

    chapter: str
    number: int
    what: str
    file: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.chapter} {self.number}: {self.what}"

    def source(self) -> str:
        """The file's text with the mistake in it."""
        lines = (SOURCES / self.file).read_text(encoding="utf-8").splitlines()
        stripped = [line.strip() for line in lines]
        size = len(self.before)
        places = [i for i in range(len(lines)) if tuple(stripped[i : i + size]) == self.before]
        if len(places) != 1:
            raise ValueError(f"{self}\n{self.file} has {len(places)} places that read\n" + "\n".join(self.before))
        lines[places[0] : places[0] + size] = self.after
        return "\n".join(lines) + "\n"

    def compile(self, folder: pathlib.Path) -> pathlib.Path:
        """The changed class and what is nested in it, in a folder to be put before the library."""
        sources, classes = folder / "sources", folder / "classes"
        path = sources / "org" / "lowerbound" / self.file
        path.parent.mkdir(parents=True)
        path.write_text(self.source(), encoding="utf-8")
        javac = shutil.which("javac", path=f"{os.environ['JAVA_HOME']}/bin" if os.environ.get("JAVA_HOME") else None)
        command = [javac or "javac", "-nowarn", "-proc:none", "--release", "17", "-cp", f"{JARS}/*", "-d", str(classes), str(path)]
        compiled = subprocess.run(command, capture_output=True, text=True)
        if compiled.returncode:
            raise ValueError(f"{self}\ndoes not compile:\n{compiled.stderr}")
        return classes


def changes(chapter: str) -> list[Change]:
    """The deliberate mistakes of a chapter, in the order of its list."""
    found = []
    for block in (LISTS / f"{chapter}.txt").read_text(encoding="utf-8").strip().split("\n\n"):
        what, file, *lines = block.splitlines()
        before = tuple(line[1:].strip() for line in lines if line.startswith("-"))
        after = tuple(line[1:].strip() for line in lines if line.startswith("+"))
        if not before or not after or len(before) + len(after) != len(lines) or before == after:
            raise ValueError(f"{chapter}: the change '{what}' needs a file, lines with '-' and lines with '+'")
        found.append(Change(chapter, len(found) + 1, what, file, before, after))
    return found


def listed() -> list[str]:
    """The chapters that have a list."""
    return sorted(path.stem for path in LISTS.glob("*.txt"))


def caught(change: Change) -> str:
    """What the chapter says to the mistake: the claim that failed, or nothing when it went unnoticed.

    An error of another kind, such as a refused argument, notices the mistake too, but proves no claim.
    """
    with tempfile.TemporaryDirectory() as folder:
        classes = change.compile(pathlib.Path(folder))
        # As in grading: a chapter that soon fails is over before the second compiler has paid for itself.
        ours = {"LOWERBOUND_CHANGED": str(classes), "LOWERBOUND_GRADING": "1"}
        with mock.patch.dict(os.environ, ours):
            try:
                execute(NOTEBOOKS / f"{change.chapter}.ipynb", timeout=300, keep=False)
            except ChapterFailed as failure:
                return str(failure)
    return ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("chapter")
    parser.add_argument("number", nargs="*", type=int)
    options = parser.parse_args()
    chapters = listed() if options.chapter == "all" else [find(options.chapter)[0].stem]
    missed = 0
    for chapter in chapters:
        for change in changes(chapter):
            if options.number and change.number not in options.number:
                continue
            began = time.monotonic()
            said = caught(change)
            claim = next((line for line in said.splitlines() if "Claim of" in line), "")
            missed += not claim
            outcome = claim.split("hold: ")[-1] if claim else "NOT BY A CLAIM: " + (said.splitlines() or ["nothing failed"])[-1]
            print(f"{change}\n    {time.monotonic() - began:.0f} s: {outcome}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
