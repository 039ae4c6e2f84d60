"""A set-up from a clone, where a computer room has it: in a folder with another name than English, under
LC_ALL=C, shared by users who may only read it. It is also a second build, to compare the first with."""

from __future__ import annotations

import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import zipfile

import nbformat
import pytest
from conftest import ROOT, everybodys_python, lab_of, stranger
from kernel import launch
from test_lab import notebook_of

def digest(path: pathlib.Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_two_builds_of_the_same_sources_are_the_same_bytes(elsewhere):
    (first,) = (ROOT / "target" / "kernel" / "jars").glob("lowerbound-*.jar")
    (second,) = (elsewhere / "target" / "kernel" / "jars").glob("lowerbound-*.jar")
    differ = [
        a.filename
        for a, b in zip(zipfile.ZipFile(first).infolist(), zipfile.ZipFile(second).infolist())
        if (a.filename, a.CRC, a.date_time) != (b.filename, b.CRC, b.date_time)
    ]
    assert differ == []
    assert digest(first) == digest(second)


def test_kernel_data_folder_and_numbers_where_the_locale_is_c(elsewhere, tmp_path):
    data = tmp_path / "Дані 2"
    data.mkdir()
    shutil.copy(elsewhere / "pom.xml", data / "tinyshakespeare.txt")
    listed = lab_of(elsewhere, "--data", LOWERBOUND_DATA=str(data)).stdout
    assert "tinyshakespeare.txt" in listed and str(data) in listed
    cells = [
        'java.nio.file.Files.readString(java.nio.file.Path.of(System.getenv("LOWERBOUND_DATA"), "größe.txt"))',
        'String.format("%.2f %d ", 0.5, 42) + "title".toUpperCase() + " → π"',
        "new java.io.File(\".\").getCanonicalPath()",
    ]
    (data / "größe.txt").write_text("ein Maß", encoding="utf-8")
    path = tmp_path / "Übung.ipynb"
    notebook_of(path, *cells)
    called = lab_of(elsewhere, "--run", path, LOWERBOUND_DATA=str(data))
    assert called.returncode == 0, called.stderr
    ran = nbformat.read(elsewhere / "target" / "notebooks" / "Übung.ipynb", as_version=4)
    said = [cell.outputs[0].data["text/plain"] for cell in ran.cells]
    assert said == ["ein Maß", "0.50 42 TITLE → π", str(tmp_path)]


@pytest.mark.parametrize("locale", ["de_DE.UTF-8", "tr_TR.UTF-8", "ar_EG.UTF-8"])
def test_numbers_are_printed_alike_in_every_locale(locale, tmp_path):
    """As a JVM sees that locale, whether or not this machine has its data."""
    language, country = locale.split(".")[0].split("_")
    options = [word for word in launch.LANGUAGE if word.startswith("-Duser.")]
    assert options, "the kernel chooses its language itself"
    program = tmp_path / "Numbers.java"
    program.write_text(
        'class Numbers { public static void main(String[] a) { System.out.println(String.format("%.3f %d ", -337.5, 42) + "title".toUpperCase()); } }'
    )

    def said(*more):
        return subprocess.run(["java", *more, program], capture_output=True, text=True, env={**os.environ, "LC_ALL": locale}).stdout.strip()

    assert said(*options) == "-337.500 42 TITLE"
    # The control: without the kernel's choice the language of the country is used.
    assert said(f"-Duser.language={language}", f"-Duser.country={country}") != "-337.500 42 TITLE"


@pytest.fixture
def read_only(elsewhere):
    if not everybodys_python():
        pytest.skip("no Python on this machine can be run by another user")
    subprocess.run(["chmod", "-R", "a+rX,a-w", elsewhere], check=True)
    yield elsewhere
    subprocess.run(["chmod", "-R", "u+w", elsewhere], check=True)


@pytest.fixture
def home():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="home-"))
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


def files(folder: pathlib.Path) -> dict[str, float]:
    return {str(path): path.lstat().st_mtime for path in folder.rglob("*")}


def test_a_shared_installation_works_for_who_may_only_read_it(read_only, home):
    before = files(read_only)
    called = lab_of(read_only, "--data", user=stranger(), HOME="/nonexistent")
    assert called.returncode == 0, called.stderr
    assert called.stderr == ""
    path = home / "mine.ipynb"
    notebook_of(path, "6 * 7")
    called = lab_of(read_only, "--run", path, user=stranger(), HOME=str(home))
    assert called.returncode == 0, called.stderr
    ran = nbformat.read(home / ".cache" / "lowerbound" / "notebooks" / "mine.ipynb", as_version=4)
    assert ran.cells[0].outputs[0].data["text/plain"] == "42"
    assert str(home / ".cache" / "lowerbound" / "notebooks" / "mine.ipynb") in called.stdout
    assert files(read_only) == before


def test_a_kernel_of_the_same_name_in_the_users_home_does_not_come_first(read_only, home):
    other = home / ".local" / "share" / "jupyter" / "kernels" / "java"
    other.mkdir(parents=True)
    (other / "kernel.json").write_text(json.dumps({"argv": ["false", "{connection_file}"], "display_name": "Other", "language": "java"}))
    # As nbgrader or Jupyter is started from an activated environment: without lab.
    command = "import jupyter_client.kernelspec as k; print(k.find_kernel_specs()['java'])"
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8"}
    python = str(read_only / ".venv" / "bin" / "python")
    found = subprocess.run([python, "-c", command], env=environment, user=stranger(), cwd="/", capture_output=True, text=True)
    assert found.stdout.strip() == str(read_only / ".venv" / "share" / "jupyter" / "kernels" / "java"), found.stderr


def test_who_may_only_read_what_is_not_up_to_date_is_told_so_in_a_sentence(elsewhere, home):
    spec = elsewhere / "environment" / "kernel" / "kernel.json"
    text = spec.read_text()
    spec.write_text(text + "\n")
    subprocess.run(["chmod", "-R", "a+rX,a-w", elsewhere], check=True)
    began = time.monotonic()
    called = lab_of(elsewhere, "--run", "all", user=stranger(), HOME=str(home))
    subprocess.run(["chmod", "-R", "u+w", elsewhere], check=True)
    spec.write_text(text)
    assert called.returncode == 1
    assert called.stderr == (
        "This installation is not set up, or something in it has changed since, and you may not write to it: "
        f"its owner has to run {elsewhere}/environment/lab --data once.\n"
    )
    assert time.monotonic() - began < 20
