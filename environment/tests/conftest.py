"""What the tests of the environment share: where things are, and a line for each thing measured."""

from __future__ import annotations

import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

ENVIRONMENT = pathlib.Path(__file__).resolve().parent.parent
ROOT = ENVIRONMENT.parent
sys.path.insert(0, str(ENVIRONMENT))

# The chapters are tested at the size a student meets first.
os.environ["LOWERBOUND_SIZE"] = "quick"
os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
os.environ["PATH"] = os.pathsep.join([str(pathlib.Path(sys.executable).parent), os.environ["PATH"]])

# In the order in which a failure is most worth knowing.
ORDER = ["test_kernel", "test_lab", "test_prerequisites", "test_normalise", "test_assignments", "test_chapters", "test_jupyterlab"]

measured: list[str] = []


def pytest_addoption(parser):
    parser.addoption("--chapter", default=None, help="the notebook opened in Chromium: a path or a chapter's name")


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: ORDER.index(item.module.__name__) if item.module.__name__ in ORDER else len(ORDER))


def pytest_terminal_summary(terminalreporter):
    if measured:
        terminalreporter.section("measured")
        for line in measured:
            terminalreporter.line(line)


@pytest.fixture
def note():
    """Adds a line to what is printed at the end."""
    return measured.append


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
    for name in ("environment", "src"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pom.xml", copy)
    return copy
