"""A machine on which something is missing: one sentence that says what, and how to install it."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys

import pytest
from conftest import copy_of_repository
from machine import platforms

HIDDEN = ("java", "javac", "mvn", "python")


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    return copy_of_repository(tmp_path_factory.mktemp("prerequisites"))


@pytest.fixture
def bare(tmp_path):
    """A folder with every program of this machine but Java, Maven and Python: the whole PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for place in ("/usr/bin", "/bin"):
        for program in pathlib.Path(place).iterdir():
            link = folder / program.name
            if not program.name.startswith(HIDDEN) and not os.path.lexists(link):
                link.symlink_to(program)
    return folder


@pytest.fixture
def machine(bare):
    """With Python, in which the set-up itself is written."""
    stub(bare, "python3", f'exec "{sys.executable}" "$@"\n')
    return bare


def stub(machine, name, script):
    path = machine / name
    path.unlink(missing_ok=True)  # a link to the machine's own program, which is not to be written over
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


def test_without_maven_the_wrapper_fetches_it(clone, machine):
    """A downloader that brings nothing: what it was asked for is Maven itself, at the address of the wrapper's settings."""
    java(machine, "17.0.1")
    stub(machine, "javac", "exit 0\n")
    for name in ("curl", "wget"):
        stub(machine, name, 'echo "asked for $*"\nexit 1\n')
    called = set_up(clone, machine)
    assert called.returncode != 0
    assert "Maven could not build the library. A first set-up needs the network." in called.stderr
    wanted = dict(line.split("=", 1) for line in (clone / ".mvn/wrapper/maven-wrapper.properties").read_text().splitlines() if "=" in line)
    assert wanted["distributionUrl"] in called.stderr


def test_without_python(clone, bare):
    says(set_up(clone, bare), "Python is missing. Install Python 3.10 or newer: ", "install")


def test_older_python(clone, bare):
    stub(bare, "python3", """case "$1" in -V) echo Python 3.9.2;; *) exit 1;; esac\n""")
    says(set_up(clone, bare), "Python here is 3.9.2; Lowerbound needs 3.10 or newer", "install")


def test_python_without_venv(clone, machine):
    java(machine, "17.0.1")
    without = machine / "without"
    without.mkdir()
    (without / "venv.py").write_text("raise ImportError('as Debian has it')\n")
    says(set_up(clone, machine, PYTHONPATH=str(without)), "Python lacks its venv module. Install it: ", "install")


@pytest.mark.parametrize("one", platforms.ALL.values(), ids=lambda one: one.name)
@pytest.mark.parametrize("what", ["java", "python", "node"])
def test_each_system_has_a_command_that_installs_it(one, what):
    """Which one depends on the system alone: winget is Windows', Homebrew serves macOS."""
    command = one.how_to_install(what)
    assert command.split()[0] == {"Windows": "winget", "Darwin": "brew"}.get(one.system, command.split()[0])
    assert len(command.split()) >= 3


def test_maven_that_fails_shows_why_and_leaves_nothing_half_done(clone, machine):
    java(machine, "17.0.1")
    stub(machine, "mvn", "echo 'Could not transfer artifact'\nexit 1\n")
    called = set_up(clone, machine)
    assert called.returncode != 0
    assert "Could not transfer artifact" in called.stderr
    assert "Maven could not build the library. A first set-up needs the network." in called.stderr
    assert not (clone / "target" / "kernel" / "stamp").exists()
