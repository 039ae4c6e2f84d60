"""The machines that the course is for, and what differs between them."""

from __future__ import annotations

import os
import pathlib
import platform
import shutil
import subprocess
from dataclasses import dataclass


@dataclass(frozen=True)
class Platform:
    """One of the five for which ND4J has native libraries. The name is JavaCPP's, Maven's profile and classifier."""

    name: str
    system: str
    machines: tuple[str, ...]

    @property
    def windows(self) -> bool:
        return self.system == "Windows"

    def path(self, text: str) -> pathlib.PurePath:
        """A path as that platform writes it."""
        return pathlib.PureWindowsPath(text) if self.windows else pathlib.PurePosixPath(text)

    def program(self, prefix, name: str):
        """A program of a Python environment."""
        return prefix / "Scripts" / f"{name}.exe" if self.windows else prefix / "bin" / name

    def how_to_install(self, what: str) -> str:
        """The command that installs a missing thing: java, python, maven, node."""
        if self.windows:
            return {
                "java": "winget install EclipseAdoptium.Temurin.21.JDK",
                "python": "winget install Python.Python.3.12",
                "node": "winget install OpenJS.NodeJS.LTS",
            }[what]
        if self.system == "Darwin":
            return "brew install " + {"java": "openjdk@21", "python": "python", "node": "node"}[what]
        if shutil.which("apt-get"):
            return "sudo apt-get install " + {"java": debian_jdk, "python": lambda: "python3-venv", "node": lambda: "nodejs npm"}[what]()
        if shutil.which("dnf"):
            return "sudo dnf install " + {"java": "java-latest-openjdk-devel", "python": "python3", "node": "nodejs npm"}[what]
        return "brew install " + {"java": "openjdk@21", "python": "python", "node": "node"}[what]


def debian_jdk() -> str:
    """The JDK's package on Debian and Ubuntu: the oldest that will do, of those there are."""
    for version in (17, 21, 25):
        name = f"openjdk-{version}-jdk-headless"
        if subprocess.run(["apt-cache", "show", name], capture_output=True).returncode == 0:
            break
    return name


ALL = {
    one.name: one
    for one in (
        Platform("linux-x86_64", "Linux", ("x86_64", "amd64")),
        Platform("linux-arm64", "Linux", ("aarch64", "arm64")),
        Platform("macosx-x86_64", "Darwin", ("x86_64",)),
        Platform("macosx-arm64", "Darwin", ("arm64",)),
        Platform("windows-x86_64", "Windows", ("amd64", "x86_64")),
    )
}


def current() -> Platform | None:
    """This machine; None where ND4J has no native libraries for it."""
    machine = platform.machine().lower()
    return next((one for one in ALL.values() if one.system == platform.system() and machine in one.machines), None)


def native_extension(one: Platform) -> str:
    """Which build of ND4J's native library: the plain one runs on every processor; the one with oneDNN and AVX2 is
    several times as fast in matrix products. LOWERBOUND_NATIVE (plain, onednn-avx2, avx512, ...) overrides."""
    asked = os.environ.get("LOWERBOUND_NATIVE", "")
    if asked == "plain":
        return ""
    if asked:
        return "-" + asked.removeprefix("-")
    try:
        flags = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").split() if one.name == "linux-x86_64" else []
    except OSError:
        flags = []
    return "-onednn-avx2" if "avx2" in flags else ""
