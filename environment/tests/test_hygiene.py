"""What a careful reader would trip over: two spellings of English, links to nowhere, somebody's folders, chapters too
large to load, careless Python, a workflow that names what is not there."""

from __future__ import annotations

import pathlib
import re
import subprocess
import sys
import urllib.parse

import nbformat
import pytest
import yaml
from conftest import ENVIRONMENT, ROOT

RUFF = pathlib.Path(sys.executable).parent / "ruff"
SHELLCHECK = pathlib.Path(sys.executable).parent / "shellcheck"
WORKFLOWS = ROOT / ".github" / "workflows"
CHAPTERS = sorted((ROOT / "notebooks").glob("*.ipynb"))
TEXTS = [
    *CHAPTERS,
    *sorted((ROOT / "notebooks" / "assignments" / "source").glob("*/*.ipynb")),
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "museum").glob("*.md")),
    *sorted(path for path in ENVIRONMENT.rglob("README.md") if not {"node_modules", ".venv"} & set(path.parts)),
    *sorted((ROOT / "binder").glob("*.md")),
    *sorted((ROOT / "notebooks").rglob("README.md")),
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


def texts(path: pathlib.Path) -> str:
    """A text without its examples of code."""
    if path.suffix == ".ipynb":
        notebook = nbformat.read(path, as_version=4)
        text = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    else:
        text = path.read_text(encoding="utf-8")
    return re.sub(r"```.*?```|`[^`\n]*`|\$\$.*?\$\$|\$[^$\n]*\$", "", text, flags=re.DOTALL)


def anchors(path: pathlib.Path) -> set[str]:
    """The names of a text's headings, as GitHub and JupyterLab make them."""
    headings = re.findall(r"^#+ (.*)$", re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)).strip().lower().replace(" ", "-") for heading in headings}


def links_to_nowhere(path: pathlib.Path) -> list[str]:
    """Links within the repository that lead to no file, or to no heading of one. The pages' own are the site's to check."""
    faults = []
    for address in re.findall(r"\]\(([^)\s]+)(?: [\"'][^)]*)?\)", texts(path)):
        if re.match(r"[a-z]+:|#claims", address):
            continue
        name, _, anchor = address.partition("#")
        target = (path.parent / urllib.parse.unquote(name)).resolve() if name else path
        if not target.exists():
            faults.append(f"{address} is not there")
        elif anchor and target.suffix == ".md" and anchor not in anchors(target):
            faults.append(f"{address} names no heading")
    return faults


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_within_the_repository_lead_somewhere(path):
    assert links_to_nowhere(path) == []


def test_a_link_to_nowhere_is_found(tmp_path):
    (tmp_path / "b.md").write_text("# A *long* heading, you see\n")
    (tmp_path / "a.md").write_text("[one](b.md#a-long-heading-you-see) [two](b.md#short) [three](c.md) `[four](d.md)` [five](https://x.org/e.md)\n")
    assert links_to_nowhere(tmp_path / "a.md") == ["b.md#short names no heading", "c.md is not there"]


# Where people and machines keep what is theirs; /opt, /srv and /var stand in instructions, /tmp in scripts.
SOMEBODYS = re.compile(r"(?<![\w.~/}])/(?:home|Users|root)/\w[\w.-]*|[A-Z]:\\\\?Users\\")


@pytest.mark.parametrize("path", [*CHAPTERS, *sorted((ROOT / "notebooks" / "results").iterdir())], ids=lambda path: path.name)
def test_no_output_names_somebodys_folder(path):
    text = path.read_text(encoding="utf-8")
    assert str(ROOT) not in text and SOMEBODYS.findall(text) == []


def test_somebodys_folder_is_found():
    assert SOMEBODYS.findall("read from /home/ada/data, C:\\Users\\ada and /root/x") == ["/home/ada", "C:\\Users\\", "/root/x"]
    assert SOMEBODYS.findall("~/.cache, ./data, https://x.org/home/page, /opt/lowerbound") == []


def scripts_in_python() -> list[pathlib.Path]:
    """Python files, and scripts whose first line names it."""
    found = [path for folder in (ENVIRONMENT, ROOT / "binder") for path in folder.rglob("*") if path.is_file() and not {"node_modules", ".venv", "__pycache__"} & set(path.parts)]
    return sorted(path for path in found if path.suffix == ".py" or re.match(rb"#!.*\bpython3?\b", path.open("rb").readline()))


def found(*paths) -> str:
    """Names that are not used or not known, code that cannot be read."""
    called = subprocess.run(
        [RUFF, "check", "--isolated", "--no-cache", "--select", "F,E9", "--output-format", "concise", *paths], capture_output=True, text=True
    )
    return "" if called.returncode == 0 else called.stdout + called.stderr


def test_python_has_no_findings(tmp_path):
    assert {"run.py", "badges"} <= {path.name for path in scripts_in_python()}
    assert found(*scripts_in_python()) == ""
    (tmp_path / "careless.py").write_text("import os\nprint(nme)\n")
    assert "F401" in found(tmp_path) and "F821" in found(tmp_path)


def test_the_workflows_run_what_is_there(tmp_path):
    """Read as GitHub reads them, as far as that can be done elsewhere: jobs, their machines, and their shell commands."""
    workflow = yaml.safe_load((WORKFLOWS / "test.yml").read_text(encoding="utf-8"))
    jobs = workflow["jobs"]
    assert {"ubuntu-latest", "windows-latest", "macos-latest"} <= set(jobs["library"]["strategy"]["matrix"]["os"])
    assert jobs["library"]["strategy"]["matrix"]["java"] == [17, 21, 25]
    for name, job in jobs.items():
        assert job["timeout-minutes"] > 0 and job["steps"][0]
        steps = [step for step in job["steps"] if "run" in step]
        commands = "\n".join(step["run"] for step in steps if step.get("shell") != "cmd")
        for step in steps:
            if step.get("shell") == "cmd":
                assert (ROOT / (step["run"].split()[0].replace("\\", "/") + ".cmd")).is_file(), step["run"]
        for script in re.findall(r"(?:^|\s)\./(\S+)", commands):
            assert (ROOT / script).is_file(), f"{name}: {script}"
        matrix = job.get("strategy", {}).get("matrix", {})
        used = set(re.findall(r"\$\{\{ matrix\.(\w+) \}\}", yaml.safe_dump(job)))
        assert used == set(matrix), f"{name}: {used ^ set(matrix)}"
        shell = tmp_path / f"{name}.sh"
        shell.write_text("#!/bin/bash\n" + re.sub(r"\$\{\{[^}]*\}\}", "x", commands) + "\n")
        assert subprocess.run([SHELLCHECK, shell], capture_output=True, text=True).stdout == ""
