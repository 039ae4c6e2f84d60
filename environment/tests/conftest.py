"""What the tests of the environment share: where things are, and a line for each thing measured."""

from __future__ import annotations

import functools
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

ENVIRONMENT = pathlib.Path(__file__).resolve().parent.parent
ROOT = ENVIRONMENT.parent
sys.path.insert(0, str(ENVIRONMENT))

# The chapters are tested at the size a student meets first.
os.environ["LOWERBOUND_SIZE"] = "quick"
os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
os.environ["PATH"] = os.pathsep.join([str(pathlib.Path(sys.executable).parent), os.environ["PATH"]])

# In the order in which a failure is most worth knowing.
ORDER = ["test_kernel", "test_lab", "test_prerequisites", "test_elsewhere", "test_hub", "test_build", "test_normalise", "test_bench", "test_gpu", "test_chapters", "test_course", "test_assignments", "test_changes", "test_jupyterlab", "test_explorer", "test_play"]

TOKEN = "only-for-this-test"

RUN_ALL = """
window.allRun = '';
const app = window.jupyterapp;
app.restored.then(async () => {
  const panel = app.shell.currentWidget;
  await panel.context.ready;
  await panel.sessionContext.ready;
  await app.commands.execute('notebook:run-all-cells');
  window.allRun = 'run';
}).catch(error => { window.allRun = String(error); });
"""


def run_all(browser) -> str:
    """Runs all cells of the notebook shown; asked again and again, because one long call to the browser times out."""
    browser.execute_script(RUN_ALL)
    wait_until(lambda: browser.execute_script("return window.allRun"), 600)
    return browser.execute_script("return window.allRun")


def pytest_addoption(parser):
    parser.addoption("--whole", action="store_true", help="every hostile submission, classes of thirty, every faulty answer by itself, every data set of chapter 05, every chapter on both kernels, not only a sample")
    parser.addoption("--chapter", default=None, help="the notebook opened in Chromium: a path or a chapter's name")
    parser.addoption("--changes", action="store_true", help="try every deliberate mistake in the library, not one a chapter")


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: ORDER.index(item.module.__name__) if item.module.__name__ in ORDER else len(ORDER))


def pytest_terminal_summary(terminalreporter):
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, [])]
    measured = [value for report in reports if report.when == "call" for name, value in report.user_properties if name == "measured"]
    if measured:
        terminalreporter.section("measured")
        for line in measured:
            terminalreporter.line(line)


@pytest.fixture
def note(record_property):
    """Adds a line to what is printed at the end, whichever process the test runs in."""
    return lambda line: record_property("measured", line)


@pytest.fixture
def smoke() -> pathlib.Path:
    return ENVIRONMENT / "tests" / "smoke.ipynb"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def get(url: str, seconds: float = 60) -> str:
    """The page at the address, waited for until the server answers."""
    end = time.monotonic() + seconds
    while True:
        try:
            return urllib.request.urlopen(url, timeout=10).read().decode()
        except (urllib.error.URLError, ConnectionError) as error:
            if time.monotonic() > end:
                raise AssertionError(f"no answer from {url}: {error}") from None
            time.sleep(0.3)


@pytest.fixture
def program():
    """Starts a program and ends it, with what it started, after the test."""
    started = []

    def start(command, **options):
        process = subprocess.Popen(command, start_new_session=True, text=True, **options)
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture
def lab(tmp_path):
    """Calls ./environment/lab and returns what came of it."""

    def call(*arguments, **environment):
        return subprocess.run(
            [str(ENVIRONMENT / "lab"), *arguments],
            env={**os.environ, **environment},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=300,
        )

    return call


def copy_of_repository(folder: pathlib.Path) -> pathlib.Path:
    """The repository without anything built, as after a clone."""
    copy = folder / "clone"
    copy.mkdir()
    for name in ("environment", "src", ".mvn"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pom.xml", "mvnw"):
        shutil.copy(ROOT / name, copy)
    return copy


NOBODY = 65534


@pytest.fixture(scope="session")
def elsewhere():
    """A copy set up anew, with Maven's and pip's caches. Not in pytest's folder, which only its owner may enter."""
    above = pathlib.Path(tempfile.mkdtemp(prefix="Übung 1, für alle & jeden "))
    above.chmod(0o755)
    copy = copy_of_repository(above)
    (copy / "notebooks").mkdir()
    called = lab_of(copy, "--data", **({"LOWERBOUND_PYTHON": everybodys_python()} if everybodys_python() else {}))
    assert called.returncode == 0, called.stderr
    yield copy
    subprocess.run(["chmod", "-R", "u+w", above])
    shutil.rmtree(above)


@functools.cache
def everybodys_python() -> str | None:
    """A Python that other users may run too: the one on the path often lies in somebody's home."""
    for python in (shutil.which("python3"), "/usr/bin/python3"):
        made = [python, "-c", "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))"]
        try:
            if subprocess.run(made, user=stranger(), cwd="/", capture_output=True).returncode == 0:
                return python
        except OSError:
            continue
    return None


def stranger() -> int | None:
    return NOBODY if os.getuid() == 0 else None


def lab_of(copy, *arguments, user=None, **environment):
    """Calls the copy's lab under LC_ALL=C, as another user where the tests run as root."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LOWERBOUND_", "JUPYTER_", "LC_", "LANG"))}
    return subprocess.run(
        [str(copy / "environment" / "lab"), *map(str, arguments)],
        env={**kept, "LC_ALL": "C", **environment},
        cwd="/",
        user=user,
        group=user,
        extra_groups=[] if user else None,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=600,
    )


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


def wait_until(condition, seconds):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "the page did not get ready"
        time.sleep(0.5)
