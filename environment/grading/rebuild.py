"""What was handed in, put back into the form of what was handed out.

Students copy cells, delete tests, change their marks and hand in half a file. What counts is the text
that they wrote: it is taken from wherever it stands, and everything else from the course.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

LARGEST_FILE = 20_000_000
MOST_CELLS = 1_000
# Characters of a cell, and of all cells together.
LONGEST_CELL = 200_000
LONGEST = 1_000_000


class Unreadable(Exception):
    """A sentence that says why a file cannot be read as a notebook."""


@dataclass
class Course:
    """A cell as the course's database has it, hidden tests and all."""

    name: str
    cell_type: str
    source: str
    locked: bool
    grade: bool
    solution: bool
    points: float
    checksum: str

    def metadata(self) -> dict:
        marks = {
            "grade": self.grade,
            "grade_id": self.name,
            "locked": self.locked,
            "schema_version": 3,
            "solution": self.solution,
            "task": False,
            "cell_type": self.cell_type,
            "checksum": self.checksum,
        }
        if self.grade:
            marks["points"] = self.points
        return {"nbgrader": marks}


@dataclass
class Written:
    """A notebook's cells as handed in, as far as they can be read, and what had to be mended."""

    cells: list[dict]
    mended: list[str] = field(default_factory=list)


def written(raw: bytes) -> Written:
    """Reads a notebook that may begin with a byte-order mark, be cut off, or be of an older format."""
    mended: list[str] = []
    if len(raw) > LARGEST_FILE:
        raise Unreadable(f"The file has {len(raw):,} bytes; more than {LARGEST_FILE:,} are not read.")
    if not raw.strip():
        raise Unreadable("The file is empty.")
    try:
        if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
            text = raw.decode("utf-16")
            mended.append("the file was in UTF-16")
        else:
            if raw.startswith(b"\xef\xbb\xbf"):
                mended.append("the file began with a byte-order mark")
            text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
        mended.append("the file was not in UTF-8")
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError) as error:
        cells = complete_cells(text)
        if not cells:
            raise Unreadable(f"The file is no notebook: {error}." if isinstance(error, ValueError) else "The file is no notebook.") from None
        return Written(cells, [*mended, f"the file was cut off or damaged; its first {len(cells)} cells were read"])
    if not isinstance(notebook, dict):
        raise Unreadable("The file holds JSON, but no notebook.")
    if isinstance(notebook.get("worksheets"), list):
        try:
            notebook = nbformat.convert(nbformat.from_dict(notebook), 4)
            mended.append("the file had the format of notebooks before 2015")
        except Exception:
            raise Unreadable("The file has a format of notebooks from before 2015 and cannot be converted.") from None
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        raise Unreadable("The file holds no cells.")
    return Written([cell for cell in cells if isinstance(cell, dict)], mended)


def complete_cells(text: str) -> list[dict]:
    """The cells of a file that is cut off or damaged, up to there."""
    decoder, cells = json.JSONDecoder(), []
    at = text.find('"cells"')
    at = text.find("[", at) + 1 if at >= 0 else 0
    while at:
        while at < len(text) and text[at] in " \t\r\n,":
            at += 1
        try:
            cell, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        if not isinstance(cell, dict):
            break
        cells.append(cell)
    return cells


def source_of(cell: dict) -> str:
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    source = source if isinstance(source, str) else ""
    # What JSON can hold and UTF-8 cannot.
    return source.encode("utf-8", "replace").decode("utf-8")


def mark_of(cell: dict) -> str | None:
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    mark = marks.get("grade_id") if isinstance(marks, dict) else None
    return mark if isinstance(mark, str) else None


def rebuilt(handed: Written, course: list[Course], kernelspec: dict):
    """The notebook to be graded, and sentences on what was found out of place.

    Of several cells with one name the last counts, as in nbgrader; the others stay as the student's own
    cells. A cell of the course that is missing comes back behind the one that it followed.
    """
    known = {cell.name: cell for cell in course}
    found: list[str] = []
    notebook = new_notebook(metadata={"kernelspec": kernelspec, "language_info": {"name": "java"}})
    cells = handed.cells[:MOST_CELLS]
    if len(handed.cells) > MOST_CELLS:
        found.append(f"of {len(handed.cells)} cells the first {MOST_CELLS} were read")
    sources, left = [], LONGEST
    for cell in cells:
        source = source_of(cell)
        sources.append(source[: min(LONGEST_CELL, left)])
        left -= len(sources[-1])
        if len(sources[-1]) < len(source):
            found.append(f"of a cell of {len(source):,} characters the first {len(sources[-1]):,} were read")
    last = {mark: i for i, cell in enumerate(cells) if (mark := mark_of(cell)) in known}
    for i, cell in enumerate(cells):
        mark = mark_of(cell)
        if mark in known and last[mark] == i:
            own = known[mark]
            source = own.source if own.locked else sources[i]
            notebook.cells.append(of_course(own, source))
            continue
        if mark in known:
            found.append(f"the cell {mark} stands there more than once; the last one counts")
            if known[mark].locked:
                continue  # a second copy of a test is no answer
        source = sources[i]
        if cell.get("cell_type") in (None, "code"):
            notebook.cells.append(new_code_cell(source, id=f"own-{i}"))
        else:
            notebook.cells.append(new_markdown_cell(source, id=f"own-{i}"))
    places = {cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells if "nbgrader" in cell.metadata}
    before = None
    for own in course:
        if own.name not in places:
            what = "answer" if own.solution else "test" if own.grade else "text"
            if own.cell_type == "code":
                found.append(f"the {what} {own.name} is missing")
            at = notebook.cells.index(places[before]) + 1 if before else 0
            places[own.name] = of_course(own, own.source)
            notebook.cells.insert(at, places[own.name])
        before = own.name
    return notebook, found


def of_course(own: Course, source: str):
    make = new_code_cell if own.cell_type == "code" else new_markdown_cell
    # Ids are letters, digits, - and _, at most 64 of them.
    identifier = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in own.name)[:58]
    return make(source, id=f"lb-{identifier}", metadata=own.metadata())
