"""The steps of nbgrader that are ours: what was handed in is rebuilt, run in the sandbox, and scored."""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import pathlib
import re

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor

from . import box, java
from .rebuild import Course, Written, rebuilt

# The last statement of a test whose value is the score: the exercises in which students write the test.
SCORED = "org.lowerbound.claims.Mutants"


def course_cells(gradebook: Gradebook, notebook: str, assignment: str) -> list[Course]:
    found = gradebook.find_notebook(notebook, assignment)
    points = {cell.name: cell.max_score for cell in found.grade_cells}
    solutions = {cell.name for cell in found.solution_cells}
    return [
        Course(
            name=cell.name,
            cell_type=cell.cell_type,
            source=cell.source,
            locked=cell.locked and cell.name not in solutions,
            grade=cell.name in points,
            solution=cell.name in solutions,
            points=points.get(cell.name, 0.0),
            checksum=cell.checksum,
        )
        for cell in found.source_cells
    ]


def kernelspec(gradebook: Gradebook, notebook: str, assignment: str) -> dict:
    return json.loads(gradebook.find_notebook(notebook, assignment).kernelspec or "{}")


class Rebuild(NbGraderPreprocessor):
    """Takes the text of what was handed in, and everything else from the course."""

    def preprocess(self, nb, resources):
        names = resources["nbgrader"]
        with Gradebook(names["db_url"]) as gradebook:
            course = course_cells(gradebook, names["notebook"], names["assignment"])
            spec = kernelspec(gradebook, names["notebook"], names["assignment"])
        notebook, found = rebuilt(Written(list(nb.cells)), course, spec)
        notebook.metadata["lowerbound"] = {"found": found}
        return notebook, resources


def mark(cell) -> dict:
    return cell.metadata.get("nbgrader", {})


class Plan:
    """Which cells of a rebuilt notebook run, in which order, and with which names.

    All cells of the set-up run first, the tests after them: an answer counts wherever it stands.
    """

    def __init__(self, notebook):
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        self.tests = [cell for cell in code if utils.is_grade(cell) and not utils.is_solution(cell)]
        others = [cell for cell in code if not (utils.is_grade(cell) and not utils.is_solution(cell))]
        own = [cell for cell in others if not utils.is_locked(cell)]
        locked = [cell.source for cell in code if utils.is_locked(cell)]
        unanswered = {id(cell) for cell in own if utils.is_solution(cell) and mark(cell).get("checksum") == utils.compute_checksum(cell)}
        self.unanswered = [mark(cell)["grade_id"] for cell in own if id(cell) in unanswered]
        elsewhere = {d.name for cell in own if id(cell) not in unanswered for d in java.declarations(cell.source)}
        # The stub would undo an answer that stands in another cell.
        skipped = {id(cell) for cell in own if id(cell) in unanswered and elsewhere & {d.name for d in java.declarations(cell.source)}}
        allowed = self.asked(notebook, own)
        sources, self.renamed = java.apart([cell.source for cell in own], locked, allowed)
        for i, source in enumerate(sources):
            if found := java.reaching(source):
                sources[i] = ""
                self.renamed.append(f"a cell names {', '.join(found)}, with which the tests could be reached; it was not run")
        text = {id(cell): source for cell, source in zip(own, sources)}
        self.cells = [cell for cell in others if text.get(id(cell), cell.source).strip() and id(cell) not in skipped]
        self.setup = [text.get(id(cell), cell.source) for cell in self.cells]
        self.given = [id(cell) not in text for cell in self.cells]
        self.sources = [cell.source for cell in self.tests]

    @staticmethod
    def asked(notebook, own) -> set[str]:
        """The names that the exercises ask for: those which the stubs declare."""
        return set(notebook.metadata.get("lowerbound", {}).get("asked", []))

    def key(self) -> str:
        text = json.dumps([self.setup, self.sources])
        return hashlib.sha256(text.encode()).hexdigest()


class RunInSandbox(NbGraderPreprocessor):
    """Runs the notebook in the sandbox; what was run already, cell for cell the same, is taken from there."""

    def preprocess(self, nb, resources):
        names = resources["nbgrader"]
        nb.metadata.setdefault("lowerbound", {})
        with Gradebook(names["db_url"]) as gradebook:
            course = course_cells(gradebook, names["notebook"], names["assignment"])
        nb.metadata.lowerbound["asked"] = asked(course)
        plan = Plan(nb)
        kept = record(self.course(), names["assignment"], names["student"])
        run = read(kept).get("run", {})
        if run.get("key") != plan.key():
            run = executed(plan)
        put(nb, plan, run)
        return nb, resources

    def course(self) -> pathlib.Path:
        """The course's folder: nbgrader's converter knows it, some steps above."""
        owner = self.parent
        while not getattr(owner, "coursedir", None):
            owner = owner.parent
        return pathlib.Path(owner.coursedir.root)


def asked(course: list[Course]) -> list[str]:
    return sorted({d.name for cell in course if cell.solution and cell.cell_type == "code" for d in java.declarations(cell.source)})


def record(folder: pathlib.Path, assignment: str, student: str) -> pathlib.Path:
    return folder / "graded" / assignment / f"{student}.json"


def read(path: pathlib.Path) -> dict:
    with contextlib.suppress(OSError, ValueError):
        return json.loads(path.read_text(encoding="utf-8"))
    return {}


def executed(plan: Plan, limits: dict | None = None) -> dict:
    outcome = box.run(plan.setup, plan.sources, limits, plan.given)
    return {
        "key": plan.key(),
        "setup": outcome.setup,
        "tests": outcome.tests,
        "cpu": outcome.cpu,
        "phases": outcome.phases,
        "runner": outcome.runner,
        "peak": outcome.peak,
        "seconds": outcome.seconds,
        "kernels": outcome.kernels,
        "nested": outcome.nested,
        "patience": outcome.patience,
        "notes": outcome.notes,
        "renamed": plan.renamed,
        "unanswered": plan.unanswered,
    }


def put(nb, plan: Plan, run: dict) -> None:
    """What came of the cells into the notebook, as if it had been run there."""
    for cell, result in [*zip(plan.cells, run["setup"]), *zip(plan.tests, run["tests"])]:
        outputs = [dict(output) for output in result["outputs"]]
        if utils.is_grade(cell):
            outputs = [output for output in outputs if output["output_type"] != "execute_result" or scores(cell, output)]
        if result["why"]:
            said = box.WHY.get(result["why"], result["why"])
            outputs.append({"output_type": "error", "ename": "Stopped", "evalue": said, "traceback": [said]})
        cell.outputs = [NotebookNode({**output, **({"metadata": {}} if "data" in output else {})}) for output in outputs]
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.setdefault("execution_count", None)
            if "data" in output:
                output.data = NotebookNode(output.data)


def scores(cell, output: dict) -> bool:
    """Whether this value is a score: of a test that ends with one, and within its points."""
    text = output.get("data", {}).get("text/plain", "")
    if SCORED not in cell.source:
        return False
    try:
        value = float(text)
    except ValueError:
        return False
    return math.isfinite(value) and 0 <= value <= float(mark(cell).get("points", 0))


class ShowPoints(NbGraderPreprocessor):
    """The first line of a test says what it is worth."""

    def preprocess_cell(self, cell, resources, cell_index):
        if cell.cell_type == "code" and utils.is_grade(cell) and not re.match(r"// \S+ points?\b", cell.source):
            points = float(mark(cell)["points"])
            cell.source = f"// {points:g} point{'' if points == 1 else 's'}\n{cell.source}"
        return cell, resources


def forgive_standard_error() -> None:
    """The self-check passes a test that prints a debugging line on standard error, as the grading does.

    nbgrader's Validator takes no other steps than its own, so its Execute is changed; grading does not use it.
    """
    from nbgrader.preprocessors import Execute

    if getattr(Execute, "forgives", False):
        return
    run = Execute.preprocess

    def preprocess(self, nb, *arguments, **options):
        nb, resources = run(self, nb, *arguments, **options)
        for cell in nb.cells:
            for output in cell.get("outputs", []):
                if output.output_type == "stream":
                    output.name = "stdout"
        return nb, resources

    Execute.preprocess, Execute.forgives = preprocess, True
