"""A machine on which something is missing: one sentence that says what, and how to install it."""

from __future__ import annotations

import os
import pathlib
import subprocess

import pytest
from conftest import copy_of_repository

HIDDEN = ("java", "javac", "mvn", "python")


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    return copy_of_repository(tmp_path_factory.mktemp("prerequisites"))


@pytest.fixture
def machine(tmp_path):
    """A folder with every program of this machine but Java, Maven and Python: the whole PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for place in ("/usr/bin", "/bin"):
        for program in pathlib.Path(place).iterdir():
            link = folder / program.name
            if not program.name.startswith(HIDDEN) and not os.path.lexists(link):
                link.symlink_to(program)
    return folder


def stub(machine, name, script):
    path = machine / name
    path.write_text("#!/bin/sh\n" + script)
    path.chmod(0o755)


def java(machine, version):
    stub(machine, "java", f"""case "$*" in *-version*) echo 'openjdk version "{version}" 2021-01-01' >&2;; *) echo jdk.jshell@{version};; esac\n""")


def set_up(clone, machine, **environment):
    return subprocess.run(
        [str(clone / "environment" / "lab"), "--run", "all"],
        env={"PATH": str(machine), "HOME": os.environ["HOME"], **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


def says(called, *words):
    assert called.returncode != 0
    assert called.stdout == ""
    assert len(called.stderr.splitlines()) == 1, called.stderr
    for word in words:
        assert word in called.stderr


def test_without_java(clone, machine):
    says(set_up(clone, machine), "Java is missing. Install a JDK, 17 or newer: ", "install")


@pytest.mark.parametrize("version, shown", [("11.0.22", "11.0.22"), ("1.8.0_392", "1.8.0")])
def test_older_java(clone, machine, version, shown):
    java(machine, version)
    says(set_up(clone, machine), f"Java here is version {shown}; Lowerbound needs 17 or newer. Install it: ", "install")


def test_java_home_that_holds_no_java(clone, machine, tmp_path):
    java(machine, "17.0.1")
    says(set_up(clone, machine, JAVA_HOME=str(tmp_path / "nothing")), "JAVA_HOME is ", "holds no bin/java")


def test_java_home_comes_before_the_path(clone, machine, tmp_path):
    java(machine, "17.0.1")
    (tmp_path / "old" / "bin").mkdir(parents=True)
    java(tmp_path / "old" / "bin", "11.0.2")
    says(set_up(clone, machine, JAVA_HOME=str(tmp_path / "old")), "Java here is version 11.0.2")


def test_runtime_without_jshell(clone, machine):
    stub(machine, "java", """case "$*" in *-version*) echo 'openjdk version "21.0.1"' >&2;; *) echo java.base@21;; esac\n""")
    says(set_up(clone, machine), "without the compiler and JShell. Install the whole JDK: ", "install")


def test_without_maven(clone, machine):
    java(machine, "17.0.1")
    says(set_up(clone, machine), "Maven is missing. Install it: ", "install maven")


def test_without_python(clone, machine):
    java(machine, "17.0.1")
    stub(machine, "mvn", "exit 1\n")
    says(set_up(clone, machine), "Python is missing. Install Python 3.10 or newer: ", "install")


def test_older_python(clone, machine):
    java(machine, "17.0.1")
    stub(machine, "mvn", "exit 1\n")
    stub(machine, "python3", """case "$1" in -V) echo Python 3.9.2;; *) exit 1;; esac\n""")
    says(set_up(clone, machine), "Python here is 3.9.2; Lowerbound needs 3.10 or newer", "install")


def test_python_without_venv(clone, machine):
    java(machine, "17.0.1")
    stub(machine, "mvn", "exit 1\n")
    stub(machine, "python3", """case "$*" in *venv*) exit 1;; esac\n""")
    says(set_up(clone, machine), "Python lacks its venv module. Install it: ", "install python3-venv")


def test_maven_that_fails_shows_why_and_leaves_nothing_half_done(clone, machine):
    java(machine, "17.0.1")
    stub(machine, "mvn", "echo 'Could not transfer artifact'\nexit 1\n")
    stub(machine, "python3", "exit 0\n")
    called = set_up(clone, machine)
    assert called.returncode != 0
    assert "Could not transfer artifact" in called.stderr
    assert "Maven could not build the library. A first set-up needs the network." in called.stderr
    assert not (clone / "target" / "kernel" / "stamp").exists()
