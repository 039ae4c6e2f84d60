"""What the build refuses, beside the warnings of the compiler: findings in scripts, undeclared dependencies."""

from __future__ import annotations

import pathlib
import re
import shutil
import subprocess
import sys

from conftest import ENVIRONMENT, ROOT

SHELLCHECK = pathlib.Path(sys.executable).parent / "shellcheck"


def scripts() -> list[pathlib.Path]:
    """Every shell script: by its first line, whatever its name."""
    found = []
    for folder in (ENVIRONMENT, ROOT / ".ci", ROOT / "binder"):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                first = path.open("rb").readline()
                if re.match(rb"#!.*\b(ba)?sh\b|# shellcheck shell=", first):
                    found.append(path)
    return found


def checked(*paths) -> str:
    return subprocess.run([SHELLCHECK, "-x", *paths], cwd=ROOT, capture_output=True, text=True).stdout


def test_shell_scripts_have_no_findings(tmp_path):
    assert {"lab", "test", "setup.sh", "utf8.sh", "postBuild", "run"} <= {path.name for path in scripts()}
    assert checked(*scripts()) == ""
    (tmp_path / "careless").write_text("#!/bin/bash\nrm -r $1/*\n")
    assert "SC2086" in checked(tmp_path / "careless")


def analysed(folder: pathlib.Path) -> str:
    command = ["mvn", "-o", "-B", "-q", "-f", folder, "-Dspotless.check.skip=true", "test-compile", "dependency:analyze-only@declared"]
    return subprocess.run(command, capture_output=True, text=True).stdout


def test_undeclared_and_unused_dependencies_are_refused(tmp_path):
    """One class that uses Tablesaw, with the declarations of this project changed. `mvn verify` runs the same goal."""
    pom = (ROOT / "pom.xml").read_text(encoding="utf-8")
    assert "<id>declared</id>" in pom
    used = tmp_path / "src" / "main" / "java" / "Uses.java"
    used.parent.mkdir(parents=True)
    used.write_text("/** Uses commons-math3, which is declared for run time only. */\nclass Uses { org.apache.commons.math3.complex.Complex one; }\n")
    shutil.copy(ROOT / "pom.xml", tmp_path)
    compile_scope = pom.replace(
        "<artifactId>commons-math3</artifactId>\n      <version>3.6.1</version>\n      <scope>runtime</scope>",
        "<artifactId>commons-math3</artifactId>\n      <version>3.6.1</version>",
    )
    assert compile_scope != pom
    (tmp_path / "pom.xml").write_text(compile_scope, encoding="utf-8")
    said = analysed(tmp_path)
    assert "Unused declared dependencies found" in said and "tech.tablesaw:tablesaw-core" in said
    assert "commons-math3" not in said
    undeclared = re.sub(r"\s*<!-- ND4J and Tablesaw need it.*?</dependency>", "", pom, flags=re.S)
    assert undeclared.count("<dependency>") == pom.count("<dependency>") - 1
    (tmp_path / "pom.xml").write_text(undeclared, encoding="utf-8")
    said = analysed(tmp_path)
    assert "Used undeclared dependencies found" in said and "commons-math3" in said
