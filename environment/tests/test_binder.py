"""Binder's files: what they start from, and the badges, which wait for a public address."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import re
import subprocess
import sys

import pytest
from conftest import ROOT
from run import chapters


@pytest.fixture
def badges():
    loader = importlib.machinery.SourceFileLoader("badges", str(ROOT / "binder" / "badges"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("badges", loader))
    written, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    loader.exec_module(module)
    sys.dont_write_bytecode = written
    return module


def test_each_chapter_gets_one_badge_that_opens_it(badges):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    once = badges.with_badges(readme, "somebody/lowerbound")
    for chapter in chapters():
        assert once.count(f"https://mybinder.org/v2/gh/somebody/lowerbound/main?labpath=notebooks%2F{chapter}.ipynb)") == 1
    assert once.count("[![Binder]") == len(chapters())
    assert badges.BADGE.sub("", once) == badges.BADGE.sub("", readme)
    # Another address replaces the first.
    again = badges.with_badges(once, "else/lowerbound")
    assert "somebody" not in again and again.count("[![Binder]") == len(chapters())


def test_without_an_address_nothing_is_written(badges, tmp_path, monkeypatch):
    assert badges.address("<lowerbound.repository>github.com/a/b</lowerbound.repository>") == "a/b"
    with pytest.raises(SystemExit, match="of the form github.com/OWNER/NAME"):
        badges.address("<lowerbound.repository>example.org/a/b</lowerbound.repository>")
    (tmp_path / "pom.xml").write_text("<lowerbound.repository>github.com/OWNER/lowerbound</lowerbound.repository>")
    (tmp_path / "README.md").write_text("| 01 | [A](notebooks/01-a.ipynb) |\n")
    monkeypatch.setattr(badges, "ROOT", tmp_path)
    with pytest.raises(SystemExit, match="has no public address yet: write it into pom.xml"):
        badges.main()
    assert (tmp_path / "README.md").read_text() == "| 01 | [A](notebooks/01-a.ipynb) |\n"


def test_badges_and_pom_agree(badges):
    """Either there is no address and no badge, or the badges lead to the address."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"mybinder\.org/v2/gh/([^/]+/[^/]+)/", readme))
    pom = (ROOT / "pom.xml").read_text(encoding="utf-8")
    assert named == ({badges.address(pom)} if badges.address(pom) else set())


def test_what_draws_letters_is_installed_by_name():
    """Debian's and Ubuntu's headless JDKs recommend or need these; repo2docker installs nothing that is only recommended."""
    packages = set((ROOT / "binder" / "apt.txt").read_text(encoding="utf-8").split())
    assert {"openjdk-17-jdk-headless", "maven", "fontconfig", "fonts-dejavu-core", "libharfbuzz0b"} <= packages


def test_verify_says_what_it_needs_and_does():
    script = ROOT / "binder" / "verify"
    said = subprocess.run([script, "--help"], capture_output=True, text=True)
    assert said.returncode == 0 and "root" in said.stdout and "What differs from Binder" in said.stdout
