"""JupyterLab as ./environment/lab serves it, and a chapter run in a real browser."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import subprocess
import time
import urllib.request

import nbformat
import psutil
import pytest
from conftest import ENVIRONMENT, ROOT, run_all, TOKEN, free_port, get, served, wait_until
from run import NOTEBOOKS, find


def started_by(program) -> str:
    """The command lines of what a program has started, and of what that has started."""
    lines = []
    for process in psutil.Process(program.pid).children(recursive=True):
        try:
            lines += process.cmdline()
        except psutil.Error:  # it has ended meanwhile
            continue
    return " ".join(lines)


@pytest.mark.parametrize("kernel, name", [("ijava", "Java"), ("jjava", "Java (JJava)")])
def test_lab_serves_the_java_kernel(kernel, name, program, tmp_path):
    port = free_port()
    with (tmp_path / "log").open("w") as log:
        lab = program(
            [str(ENVIRONMENT / "lab"), "--no-browser", "--port", str(port), *(["--kernel", kernel] if kernel != "ijava" else [])],
            env={**os.environ, "JUPYTER_TOKEN": TOKEN},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        address = f"http://127.0.0.1:{port}"
        specs = json.loads(get(f"{address}/api/kernelspecs?token={TOKEN}", 120))
        assert specs["default"] == "java"
        assert list(specs["kernelspecs"]) == ["java"]
        assert specs["kernelspecs"]["java"]["spec"]["display_name"] == name
        asked = urllib.request.Request(f"{address}/api/kernels?token={TOKEN}", data=b'{"name": "java"}', method="POST")
        urllib.request.urlopen(asked, timeout=60).read()
        wait_until(lambda: f"{kernel}.jar" in started_by(lab), 60)
        listed = json.loads(get(f"{address}/api/contents?token={TOKEN}"))
        assert {entry["name"] for entry in listed["content"]} >= {path.name for path in NOTEBOOKS.glob("*.ipynb")}
        page = get(f"{address}/lab?token={TOKEN}")
        settings = json.loads(page.split('<script id="jupyter-config-data" type="application/json">')[1].split("</script>")[0])
        disabled = settings["disabledExtensions"]
        assert "@jupyterlab/apputils-extension:announcements" in disabled, "it would look for news on the internet"
    assert "Traceback" not in (tmp_path / "log").read_text()


@pytest.fixture
def chapter(request, smoke) -> pathlib.Path:
    named = request.config.getoption("--chapter")
    if named:
        return find(named)[0]
    committed = sorted(NOTEBOOKS.glob("*.ipynb"), key=lambda path: path.stat().st_size)
    return committed[0] if committed else smoke


CELLS = """
return window.jupyterapp.shell.currentWidget.content.widgets
  .filter(cell => cell.model.type === 'code' && cell.model.sharedModel.source.trim())
  .map(cell => ({
    count: cell.model.executionCount,
    outputs: cell.model.outputs.toJSON(),
    figures: [...cell.node.querySelectorAll('.jp-OutputArea-output img')].filter(img => img.naturalWidth > 0).length,
  }));
"""


def test_chapter_runs_in_chromium_and_shows_its_figures(program, browser, chapter, tmp_path, note):
    folder = tmp_path / "page"
    folder.mkdir()
    cleared = nbformat.read(chapter, as_version=4)
    for cell in cleared.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    nbformat.write(cleared, folder / chapter.name)
    # What full runs recorded lies beside a chapter, and is claimed there.
    shutil.copytree(NOTEBOOKS / "results", folder / "results")
    port = free_port()
    served(program, port, folder, "--LabApp.expose_app_in_browser=True")
    get(f"http://127.0.0.1:{port}/api?token={TOKEN}")

    began = time.monotonic()
    browser.get(f"http://127.0.0.1:{port}/lab/tree/{chapter.name}?token={TOKEN}")
    wait_until(lambda: browser.execute_script("return !!(window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel)"), 120)
    assert run_all(browser) == "run"
    cells = browser.execute_script(CELLS)
    outputs = [output for cell in cells for output in cell["outputs"]]
    assert not [o for o in outputs if o["output_type"] == "error" or o.get("name") == "stderr"]
    assert [cell["count"] for cell in cells] == list(range(1, len(cells) + 1))
    pages = ["".join(output.get("data", {}).get("text/html", "")) for output in outputs]
    expected = sum(page.count("<img ") for page in pages)
    time.sleep(1)  # pictures are decoded
    shown = sum(cell["figures"] for cell in browser.execute_script(CELLS))
    pictures = ROOT / "target" / "screenshots"
    pictures.mkdir(parents=True, exist_ok=True)
    browser.save_screenshot(str(pictures / f"{chapter.stem}.png"))
    note(f"browser: {chapter.stem} ran in Chromium in {time.monotonic() - began:.0f} s, {shown} figures shown")
    assert shown == expected >= 3
