"""The number of OpenMP threads: measured at set-up, obeyed when a kernel starts."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys

import pytest
from conftest import ENVIRONMENT, ROOT


def test_set_up_has_measured():
    number, stamp = (ROOT / "target" / "kernel" / "threads").read_text().splitlines()
    assert 1 <= int(number) <= (os.cpu_count() or 1)
    assert stamp.split()[0] == str(os.cpu_count())


@pytest.mark.parametrize("measured, asked, used", [("4", "", "4"), ("4", "2", "2"), (None, "", "1")])
def test_a_kernel_starts_with_it(tmp_path: pathlib.Path, measured, asked, used):
    kernel = tmp_path / "environment" / "kernel"
    kernel.mkdir(parents=True)
    shutil.copy(ENVIRONMENT / "kernel" / "launch.py", kernel)
    built = tmp_path / "target" / "kernel"
    built.mkdir(parents=True)
    (built / "native").write_text("\n")
    if measured:
        (built / "threads").write_text(f"{measured}\nstamp\n")
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text('#!/bin/sh\nif [ "$1" = -version ]; then echo \'openjdk version "17.0.1"\' >&2; else echo "$OMP_NUM_THREADS"; fi\n')
    java.chmod(0o755)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LOWERBOUND_")}
    environment |= {"JAVA_HOME": str(tmp_path)} | ({"LOWERBOUND_THREADS": asked} if asked else {})
    said = subprocess.run([sys.executable, "-B", kernel / "launch.py", "command", "None"], capture_output=True, text=True, env=environment, check=True)
    assert said.stdout.strip() == used
