"""Every assignment, graded by nbgrader: the solution scores full marks, the untouched version none.

An assignment is notebooks/assignments/source/NAME/NAME.ipynb. A find-the-bug exercise has its buggy code
in notebooks/assignments/bugs/NAME/GRADE_ID.java, where GRADE_ID is the id of the cell to be mended: put
there, it must fail a test that the solution passes, and score exactly what bugs/NAME/points.csv says.
All bugs of an assignment are handed in together, and each must cost points in the tests that follow its cell;
those whose tests are one another's, and with `--whole` all, are handed in alone as well.
In others/NAME/ are right answers that are written differently: together they score full marks.
Answers that compute nothing, and return NaN, 0, true, false, null or what they were given, score nothing.
"""

from __future__ import annotations

import csv
import os
import pathlib
import re
import shutil
import subprocess
import sys

import nbformat
import pytest
from conftest import ENVIRONMENT
from grading import box
from nbgrader.api import Gradebook
from run import NOTEBOOKS

COURSE = NOTEBOOKS / "assignments"
# A small one of the environment's own shows that the grading tells right from wrong.
SAMPLE = ENVIRONMENT / "tests" / "assignment"
ASSIGNMENTS = sorted([*SAMPLE.glob("source/*/*.ipynb"), *COURSE.glob("source/*/*.ipynb")])


def nbgrader(course: pathlib.Path, command: str, name: str) -> None:
    # All that is handed in here is honest, and may run where there is no sandbox.
    sandbox = {} if box.obstacle() is None else {"LOWERBOUND_SANDBOX": "off"}
    called = subprocess.run(
        [sys.executable, "-m", "nbgrader", command, name, f"--CourseDirectory.root={course}"],
        cwd=course,
        env={**os.environ, **sandbox},
        capture_output=True,
        text=True,
    )
    assert called.returncode == 0, called.stdout + called.stderr


def submit(course: pathlib.Path, student: str, name: str, notebook) -> None:
    folder = course / "submitted" / student / name
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / f"{name}.ipynb")


def with_cell(notebook, grade_id: str, source: str):
    (cell,) = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id]
    cell.source = source
    return notebook


def graded_after(notebook) -> dict[str, list[str]]:
    """For each cell to be filled in, the tests that follow before the next such cell after a test."""
    found: dict[str, list[str]] = {}
    answers: list[str] = []
    tested = False
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("solution"):
            answers = [marks["grade_id"]] if tested else [*answers, marks["grade_id"]]
            found[marks["grade_id"]], tested = [], False
        if marks.get("grade"):
            tested = True
            for answer in answers:
                found[answer].append(marks["grade_id"])
    return found


METHOD = re.compile(r"^(?:static )?(?P<type>[\w.\[\]<>, ]+?) (?P<name>\w+)\((?P<parameters>[^{]*)\) \{", re.MULTILINE)
# What a method returns that computes nothing, by its type: once what is no number, once what is as much as nothing.
ZERO = {"double": "0", "float": "0", "int": "0", "boolean": "false"}
NOTHING = {"double": ("Double.NaN", "0"), "int": ("-1", "0"), "long": ("-1", "0"), "boolean": ("true", "false")}


def without_computing(source: str, kind: int) -> str:
    """The answer's methods, each of which erases the arrays that it is given and returns the same thing always."""
    found = []
    for method in METHOD.finditer(source):
        parameters = [p.rsplit(" ", 1) for p in re.split(r", (?![^<]*>)", method["parameters"]) if " " in p]
        erased = "".join(f" Arrays.fill({name}, {ZERO[type_[:-2]]});" for type_, name in parameters if type_[:-2] in ZERO)
        erased += "".join(f" for (var row : {name}) {{ Arrays.fill(row, {ZERO[type_[:-4]]}); }}" for type_, name in parameters if type_[:-4] in ZERO)
        arrays = [name for type_, name in parameters if type_ == method["type"]]
        returned = NOTHING.get(method["type"], (arrays[0] if arrays else "null",) * 2)[kind]
        found.append(f"{method[0]}{erased if kind else ''} return {returned}; }}")
    return "\n".join(found)


@pytest.mark.parametrize("path", ASSIGNMENTS, ids=lambda path: path.stem)
def test_assignment(path, tmp_path, note, request):
    name = path.stem
    assert path.parent.name == name, "nbgrader wants source/NAME/NAME.ipynb"
    shutil.copytree(path.parent, tmp_path / "source" / name)
    nbgrader(tmp_path, "generate_assignment", name)
    released = nbformat.read(tmp_path / "release" / name / f"{name}.ipynb", as_version=4)
    text = "\n".join(cell.source for cell in released.cells)
    assert "SOLUTION" not in text and "HIDDEN TESTS" not in text
    assert "throw new UnsupportedOperationException" in text

    def source():
        return nbformat.read(path, as_version=4)

    bugs = sorted((path.parent.parent.parent / "bugs" / name).glob("*.java"))
    submit(tmp_path, "solution", name, source())
    submit(tmp_path, "untouched", name, released)
    tests = graded_after(source())
    shared = [bug for bug in bugs if any(tests[bug.stem] == tests[other.stem] for other in bugs if other != bug)]
    alone = bugs if request.config.getoption("--whole") else shared
    for bug in alone:
        submit(tmp_path, f"bug-{bug.stem}", name, with_cell(source(), bug.stem, bug.read_text(encoding="utf-8")))
    buggy = source()
    for bug in bugs:
        buggy = with_cell(buggy, bug.stem, bug.read_text(encoding="utf-8"))
    submit(tmp_path, "every-bug", name, buggy)
    others = sorted((path.parent.parent.parent / "others" / name).glob("*.java"))
    different = source()
    for other in others:
        different = with_cell(different, other.stem, other.read_text(encoding="utf-8"))
    submit(tmp_path, "written-differently", name, different)
    # Half of the answers return one kind of nothing and half the other; in the whole table all return each.
    kinds = [(0, 0), (1, 1)] if request.config.getoption("--whole") else [(0, 1)]
    for even, odd in kinds:
        idle = source()
        for i, cell in enumerate(cell for cell in idle.cells if cell.cell_type == "code" and cell.metadata.nbgrader.solution):
            cell.source = without_computing(cell.source, odd if i % 2 else even)
        submit(tmp_path, f"computes-nothing-{even}{odd}", name, idle)
    nbgrader(tmp_path, "autograde", name)

    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as gradebook:
        score = {s.student.id: s.score for s in gradebook.assignment_submissions(name)}
        most = gradebook.find_assignment(name).max_score
        (together,) = gradebook.find_submission(name, "every-bug").notebooks
        left = {grade.name: grade.max_score - grade.score for grade in together.grades}
    lost = {answer: sum(left[test] for test in after) for answer, after in tests.items()}
    lost |= {bug.stem: most - score[f"bug-{bug.stem}"] for bug in alone}
    note(f"assignment {name}: {score['solution']:g} of {most:g} points for the solution, {score['untouched']:g} for the untouched version, {len(bugs)} bugs")
    assert most > 0
    assert score["solution"] == most
    assert score["untouched"] == 0
    assert not {student: points for student, points in score.items() if student.startswith("computes-nothing") and points}
    for bug in bugs:
        assert lost[bug.stem] > 0, f"no test finds the bug of {bug.stem}"
    if path.is_relative_to(COURSE):
        with (COURSE / "bugs" / name / "points.csv").open(encoding="utf-8") as file:
            points = {row["grade_id"]: float(row["points"]) for row in csv.DictReader(file)}
        assert {bug: round(most - lost[bug], 6) for bug in points} == points
        assert len(points) >= 3 and len(others) >= 3
    assert score["written-differently"] == most


GOOD = """double logSum(double a, double b) {
    %s
    return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));
}"""


def test_what_unlucky_students_hand_in_is_graded_and_stops_nobody(tmp_path):
    """One copied the cell with the answer, one deleted a test, two print: what they solved counts."""
    name = "log-sum"
    shutil.copytree(SAMPLE / "source" / name, tmp_path / "source" / name)
    nbgrader(tmp_path, "generate_assignment", name)

    def solved(more: str = ""):
        released = nbformat.read(tmp_path / "release" / name / f"{name}.ipynb", as_version=4)
        return with_cell(released, "log-sum", GOOD % more)

    def graded(notebook) -> list[str]:
        return [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells]

    copied = solved()
    answer = graded(copied).index("log-sum")
    copied.cells.insert(answer, copied.cells[answer])
    submit(tmp_path, "anna-copied-the-answer", name, copied)
    deleted = solved()
    del deleted.cells[graded(deleted).index("test-log-sum")]
    submit(tmp_path, "berta-deleted-a-test", name, deleted)
    deleted = with_cell(solved(), "log-sum", "double logSum(double a, double b) { return 0; }")
    del deleted.cells[graded(deleted).index("test-log-sum")]
    submit(tmp_path, "carl-deleted-the-test-he-fails", name, deleted)
    submit(tmp_path, "dora-debugs-on-standard-error", name, solved('System.err.println("a is " + a);'))
    submit(tmp_path, "emil-prints", name, solved("for (int i = 0; i < 20_000; i++) System.out.println(a);"))
    submit(tmp_path, "frieda", name, solved())
    nbgrader(tmp_path, "autograde", name)
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as gradebook:
        score = {s.student.id: s.score for s in gradebook.assignment_submissions(name)}
        most = gradebook.find_assignment(name).max_score
    wrong = score.pop("carl-deleted-the-test-he-fails")
    assert score == dict.fromkeys(score, most) and len(score) == 5
    assert wrong < most
