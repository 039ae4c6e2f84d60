"""The form in which notebooks are committed, and that the committed ones have it."""

from __future__ import annotations

import copy
import pathlib
import re

import nbformat
import pytest
from conftest import ROOT
from captions import described, parts, plain
from normalise import normalised, source_hash, version
from run import NOTEBOOKS

COMMITTED = sorted(NOTEBOOKS.glob("*.ipynb"))


def executed_notebook():
    output = nbformat.v4.new_output
    code = nbformat.v4.new_code_cell
    cells = [
        nbformat.v4.new_markdown_cell("text", metadata={"collapsed": True}),
        code(
            "cell()",
            execution_count=17,
            metadata={"execution": {"iopub.execute_input": "2026-01-01T00:00:00"}, "tags": ["raises-exception"]},
            outputs=[
                output("stream", name="stdout", text="read from " + str(ROOT) + "/data\n"),
                output("stream", name="stdout", text="and " + str(pathlib.Path.home()) + "/.cache\n"),
                output("execute_result", data={"text/plain": "42"}, metadata={"a": 1}, execution_count=17),
            ],
        ),
        code("never()"),
        code("again()", execution_count=30),
    ]
    language = {"name": "Java", "version": "17.0.15+6", "mimetype": "text/x-java-source"}
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": {"name": "java-local", "display_name": "x"}, "language_info": language})


def test_form():
    notebook = normalised(executed_notebook())
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec == {"display_name": "Java", "language": "java", "name": "java"}
    assert "version" not in notebook.metadata.language_info
    assert [cell.id for cell in notebook.cells] == ["cell-001", "cell-002", "cell-003", "cell-004"]
    assert [cell.get("execution_count") for cell in notebook.cells] == [None, 1, None, 2]
    assert [dict(cell.metadata) for cell in notebook.cells] == [{}, {"tags": ["raises-exception"]}, {}, {}]
    stream, result = notebook.cells[1].outputs
    assert stream.text == "read from ./data\nand ~/.cache\n"
    assert (result.execution_count, dict(result.metadata)) == (1, {})


def test_the_set_up_cell_shows_this_version():
    data = {"text/plain": "Lowerbound  0.1.0-SNAPSHOT\nJava        17", "text/html": "<pre>Lowerbound  0.1.0-SNAPSHOT\nJava        17</pre>"}
    output = nbformat.v4.new_output("execute_result", data=data, execution_count=1)
    code = nbformat.v4.new_code_cell("Lowerbound.setUp()", execution_count=1, outputs=[output])
    (shown,) = normalised(nbformat.v4.new_notebook(cells=[code])).cells[0].outputs
    assert shown.data["text/plain"] == f"Lowerbound  {version()}\nJava        17"
    assert shown.data["text/html"] == f"<pre>Lowerbound  {version()}\nJava        17</pre>"


def test_normalising_twice_changes_nothing():
    once = normalised(executed_notebook(), executed=True)
    assert nbformat.writes(normalised(once)) == nbformat.writes(once)


def test_changed_code_makes_the_outputs_stale():
    notebook = normalised(executed_notebook(), executed=True)
    assert notebook.metadata.lowerbound.code == source_hash(notebook)
    notebook.cells[0].source = "other text"
    assert notebook.metadata.lowerbound.code == source_hash(notebook)
    notebook.cells[3].source = "other()"
    assert normalised(notebook).metadata.lowerbound.code != source_hash(notebook)


def figure(*texts):
    images = "".join(f'<img alt="{text}" src="data:,">' for text in texts)
    data = {"text/html": f'<figure class="lowerbound-figure">{images}</figure>', "text/plain": "x"}
    return nbformat.v4.new_output("display_data", data=data)


def texts(notebook) -> list[str]:
    pages = ["".join(o.data["text/html"]) for c in notebook.cells if c.cell_type == "code" for o in c.outputs]
    return re.findall(r'alt="([^"]*)"', "".join(pages))


def test_a_figure_is_told_by_its_caption():
    code, text = nbformat.v4.new_code_cell, nbformat.v4.new_markdown_cell
    cells = [
        code("one", outputs=[figure("Chart: a")]),
        text('**Figure 1.** A *"law"* of $\\tfrac12\\lambda^2$.\n\nMore text.'),
        code("two", outputs=[figure("Chart: b", "Chart: c")]),
        text("**Figure 2.** The same data. *Left:* before. *Right:* after, [see](x.html)."),
        code("three", outputs=[figure("Chart: d")]),
        code("four", outputs=[figure("Chart: e")]),
        text("**Figure 3.** First.\n\n**Figure 4.** Second."),
        code("five", outputs=[figure("Chart: f", "Chart: g")]),
        text("**Figure 5.** Both."),
        code("seven", outputs=[figure("Chart: i", "picture of 480×340 pixels")]),
        text("**Figure 6.** Both."),
        code("six", outputs=[figure("Chart: h")]),
        text("No caption."),
    ]
    once = described(nbformat.v4.new_notebook(cells=cells))
    assert texts(described(copy.deepcopy(once))) == texts(once)
    assert texts(once) == [
        "Figure 1. A &quot;law&quot; of 1/2λ².",
        "Figure 2. The same data. Left: before.",
        "Figure 2. Right: after, see.",
        "Figure 3. First.",
        "Figure 4. Second.",
        "Figure 5. Both.",
        "Figure 5. Chart: g",
        "Figure 6. Both.",
        "Figure 6. picture 2 of 2, told with the first",
        "Chart: h",
    ]


def test_parts_of_a_caption():
    four = "Steps. *Top left:* a. *Top right:* b. *Bottom:* c."
    assert parts(four, 3) == ["Steps. Top left: a.", "Top right: b.", "Bottom: c."]
    assert parts("Left: a. Right: b.", 2) == ["Left: a.", "Right: b."]
    assert parts("The left one is red.", 2) == ["The left one is red.", None]
    assert plain('It is [0.7](#claims "the mass (not 1) is σ"), [see](x.html).') == "It is 0.7, see."
    assert plain(r"$\frac{a}{b}$, $\delta J/\delta y$ and $\sqrt{x}$, `code`") == "(a)/(b), δJ/δy and √(x), code"


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.stem)
def test_every_committed_figure_has_a_text(path):
    notebook = nbformat.read(path, as_version=4)
    pages = ["".join(o.get("data", {}).get("text/html", "")) for c in notebook.cells if c.cell_type == "code" for o in c.outputs]
    images = [image for page in pages for image in re.findall(r"<img[^>]*>", page)]
    assert all(re.search(r'alt="[^"]{8,}"', image) for image in images)


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.stem)
def test_committed_chapter_is_normalised(path):
    text = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)
    assert text == nbformat.writes(normalised(notebook)) + "\n", f"run: ./environment/lab --run {path.stem} --save"
    assert str(ROOT) not in text


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.stem)
def test_committed_outputs_come_from_the_committed_code(path):
    notebook = nbformat.read(path, as_version=4)
    code = notebook.metadata.get("lowerbound", {}).get("code")
    assert code == source_hash(notebook), f"the code changed after it was run: ./environment/lab --run {path.stem} --save"
