"""JupyterLab as ./environment/lab serves it, and a chapter run in a real browser."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import subprocess
import time

import nbformat
import pytest
from conftest import ENVIRONMENT, ROOT, free_port, get
from run import NOTEBOOKS, find
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

TOKEN = "only-for-this-test"


def served(program, port, folder, *options):
    """JupyterLab on a folder, with settings of its own."""
    settings = folder.parent / "settings" / "@jupyterlab" / "notebook-extension"
    settings.mkdir(parents=True)
    # All cells are in the page, not only the visible ones, so that their figures can be counted.
    (settings / "tracker.jupyterlab-settings").write_text('{"windowingMode": "none"}')
    command = [str(ROOT / ".venv" / "bin" / "jupyter-lab"), "--no-browser", f"--port={port}", f"--ServerApp.root_dir={folder}"]
    environment = {
        **os.environ,
        "JUPYTER_TOKEN": TOKEN,
        "JUPYTERLAB_SETTINGS_DIR": str(settings.parent.parent),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder.parent / "workspaces"),
    }
    root = ["--allow-root"] if os.getuid() == 0 else []
    log = (folder.parent / "server.log").open("w")
    program([*command, *root, *options], env=environment, stdout=log, stderr=subprocess.STDOUT)


def test_lab_serves_the_java_kernel(program, tmp_path):
    port = free_port()
    with (tmp_path / "log").open("w") as log:
        program(
            [str(ENVIRONMENT / "lab"), "--no-browser", "--port", str(port)],
            env={**os.environ, "JUPYTER_TOKEN": TOKEN},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        address = f"http://127.0.0.1:{port}"
        specs = json.loads(get(f"{address}/api/kernelspecs?token={TOKEN}", 120))
        assert specs["default"] == "java"
        assert list(specs["kernelspecs"]) == ["java"]
        assert specs["kernelspecs"]["java"]["spec"]["display_name"] == "Java"
        listed = json.loads(get(f"{address}/api/contents?token={TOKEN}"))
        assert {entry["name"] for entry in listed["content"]} >= {path.name for path in NOTEBOOKS.glob("*.ipynb")}
        page = get(f"{address}/lab?token={TOKEN}")
        settings = json.loads(page.split('<script id="jupyter-config-data" type="application/json">')[1].split("</script>")[0])
        disabled = settings["disabledExtensions"]
        assert "@jupyterlab/apputils-extension:announcements" in disabled, "it would look for news on the internet"
    assert "Traceback" not in (tmp_path / "log").read_text()


@pytest.fixture
def browser(tmp_path):
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for flag in (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        "--window-size=1280,1600",
        f"--user-data-dir={tmp_path / 'profile'}",
    ):
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    driver.set_script_timeout(600)
    yield driver
    driver.quit()


@pytest.fixture
def chapter(request, smoke) -> pathlib.Path:
    named = request.config.getoption("--chapter")
    if named:
        return find(named)[0]
    committed = sorted(NOTEBOOKS.glob("*.ipynb"), key=lambda path: path.stat().st_size)
    return committed[0] if committed else smoke


RUN_ALL = """
const done = arguments[arguments.length - 1];
const app = window.jupyterapp;
app.restored.then(async () => {
  const panel = app.shell.currentWidget;
  await panel.context.ready;
  await panel.sessionContext.ready;
  await app.commands.execute('notebook:run-all-cells');
  done('run');
}).catch(error => done(String(error)));
"""

CELLS = """
return window.jupyterapp.shell.currentWidget.content.widgets
  .filter(cell => cell.model.type === 'code' && cell.model.sharedModel.source.trim())
  .map(cell => ({
    count: cell.model.executionCount,
    outputs: cell.model.outputs.toJSON(),
    figures: [...cell.node.querySelectorAll('.jp-OutputArea-output img')].filter(img => img.naturalWidth > 0).length,
  }));
"""


def wait_until(condition, seconds):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "the page did not get ready"
        time.sleep(0.5)


def test_chapter_runs_in_chromium_and_shows_its_figures(program, browser, chapter, tmp_path, note):
    folder = tmp_path / "page"
    folder.mkdir()
    cleared = nbformat.read(chapter, as_version=4)
    for cell in cleared.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    nbformat.write(cleared, folder / chapter.name)
    port = free_port()
    served(program, port, folder, "--LabApp.expose_app_in_browser=True")
    get(f"http://127.0.0.1:{port}/api?token={TOKEN}")

    began = time.monotonic()
    browser.get(f"http://127.0.0.1:{port}/lab/tree/{chapter.name}?token={TOKEN}")
    wait_until(lambda: browser.execute_script("return !!(window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel)"), 120)
    assert browser.execute_async_script(RUN_ALL) == "run"
    cells = browser.execute_script(CELLS)
    assert [cell["count"] for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell["outputs"]]
    assert not [o for o in outputs if o["output_type"] == "error" or o.get("name") == "stderr"]
    expected = sum("image/png" in output.get("data", {}) for output in outputs)
    time.sleep(1)  # pictures are decoded
    shown = sum(cell["figures"] for cell in browser.execute_script(CELLS))
    pictures = ROOT / "target" / "screenshots"
    pictures.mkdir(parents=True, exist_ok=True)
    browser.save_screenshot(str(pictures / f"{chapter.stem}.png"))
    note(f"browser: {chapter.stem} ran in Chromium in {time.monotonic() - began:.0f} s, {shown} figures shown")
    assert shown == expected >= 3
