"""Brings an executed notebook into the one form in which notebooks are committed.

What changes from run to run without a meaning (identifiers, timings, versions, folders) is removed, so
that a difference between two commits is a difference in what the chapter says. Figures get their captions as
the text that stands for them where they are not seen. The set-up cell shows this repository's version of the
library: a new one, whose claims the tests run, needs no chapter saved anew.
"""

from __future__ import annotations

import argparse
import copy
import functools
import hashlib
import pathlib
import re
import sys

import nbformat
from captions import described

ROOT = pathlib.Path(__file__).resolve().parent.parent

KERNEL = {"display_name": "Java", "language": "java", "name": "java"}
LANGUAGE = {
    "codemirror_mode": "java",
    "file_extension": ".jshell",
    "mimetype": "text/x-java-source",
    "name": "Java",
    "pygments_lexer": "java",
}
# The metadata of a cell that means something; the rest is the state of an editor or a clock.
KEPT = {"nbgrader", "tags", "slideshow", "jupyter"}


@functools.cache
def version() -> str:
    """The library's version, as pom.xml has it."""
    pom = (ROOT / "pom.xml").read_text(encoding="utf-8")
    return re.search(r"<artifactId>lowerbound</artifactId>\s*<version>([^<]+)</version>", pom)[1]


def with_version(text: str) -> str:
    """The same text with this version where the set-up cell names one."""
    return re.sub(r"\bLowerbound {2}\d\S*", f"Lowerbound  {version()}", text, count=1)


def without_folders(text: str) -> str:
    """The same text without this machine's folders: the repository's becomes '.', the home '~'."""
    return text.replace(str(ROOT), ".").replace(str(pathlib.Path.home()) + "/", "~/")


def normal_output(output: nbformat.NotebookNode, count: int) -> nbformat.NotebookNode:
    output = copy.deepcopy(output)
    output.pop("transient", None)
    if "metadata" in output:
        output.metadata = nbformat.NotebookNode()
    if output.output_type == "execute_result":
        output.execution_count = count
    if output.output_type == "stream":
        output.text = without_folders(output.text)
    for kind, value in output.get("data", {}).items():
        if isinstance(value, str) and kind.startswith("text/"):
            output.data[kind] = with_version(without_folders(value))
    return output


def joined(outputs: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """Neighbouring pieces of one stream as one: where they are cut depends on timing."""
    result: list[nbformat.NotebookNode] = []
    for output in outputs:
        last = result[-1] if result else None
        if last and output.output_type == last.output_type == "stream" and output.name == last.name:
            last.text += output.text
        else:
            result.append(output)
    return result


def source_hash(notebook: nbformat.NotebookNode) -> str:
    """One hash of all code: outputs that carry another one come from other code."""
    code = [cell.source.strip() for cell in notebook.cells if cell.cell_type == "code"]
    return hashlib.sha256("\0".join(code).encode()).hexdigest()


def normalised(notebook: nbformat.NotebookNode, executed: bool = False) -> nbformat.NotebookNode:
    """The notebook in its committed form; with `executed`, marked as run from the code it holds."""
    notebook = copy.deepcopy(notebook)
    metadata = {"kernelspec": KERNEL, "language_info": LANGUAGE}
    if executed:
        metadata["lowerbound"] = {"code": source_hash(notebook)}
    elif "lowerbound" in notebook.metadata:
        metadata["lowerbound"] = notebook.metadata.lowerbound
    notebook.metadata = nbformat.from_dict(metadata)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    count = 0
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number + 1:03d}"
        cell.metadata = nbformat.from_dict({key: value for key, value in cell.metadata.items() if key in KEPT})
        if cell.cell_type == "code":
            ran = cell.execution_count is not None
            count += ran
            cell.execution_count = count if ran else None
            cell.outputs = [normal_output(output, count) for output in joined(cell.outputs)]
    return described(notebook)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="+", type=pathlib.Path)
    parser.add_argument("--check", action="store_true", help="change nothing; fail when a file is not in this form")
    options = parser.parse_args()
    changed = 0
    for path in options.notebooks:
        before = path.read_text(encoding="utf-8")
        after = nbformat.writes(normalised(nbformat.reads(before, as_version=4))) + "\n"
        if before != after:
            changed += 1
            print(f"{path}: not in the committed form" if options.check else f"{path}: normalised")
            if not options.check:
                path.write_text(after, encoding="utf-8")
    return 1 if options.check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
