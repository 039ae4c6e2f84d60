"""The five machines that the course is for: what would be installed and started on each, whether all of it can be had,
and what of it can be tried here."""

from __future__ import annotations

import json
import os
import pathlib
import platform
import re
import subprocess
import sys
import zipfile

import psutil
import pytest
from conftest import ENVIRONMENT, ROOT
from jupyter_client import BlockingKernelClient
from jupyter_client.connect import write_connection_file
from jupyter_client.kernelspec import KernelSpecManager
from kernel import launch
from machine import install, plan, platforms
from packaging.markers import Marker
from packaging.tags import mac_platforms

# The folder's name is no part of what is tried; Windows knows no other letters before the colon.
ROOTS = {one.name: one.path(r"C:\Users\Zoë Ångström\lowerbound" if one.windows else "/home/zoë/lower bound") for one in platforms.ALL.values()}
ALL = pytest.mark.parametrize("one", platforms.ALL.values(), ids=lambda one: one.name)


# ---- What is planned ----


@ALL
def test_the_plan_names_what_that_machine_gets_and_nothing_of_another(one, lab):
    called = lab("--plan", "--platform", one.name)
    assert called.returncode == 0, called.stderr
    said = called.stdout
    assert f"Plan for {one.name}" in said
    for name in ("nd4j-native", "nd4j-native-preset", "javacpp", "openblas"):
        assert re.search(rf":{name}:jar:{one.name}\S*:", said)
    for other in platforms.ALL:
        if other != one.name:
            assert other not in said
    # libtorch has no build for these two; the plan says so.
    assert ("models are carried out by SameDiff" in said) == (one.name in ("linux-arm64", "macosx-x86_64"))
    assert ("\\" in said) == one.windows and ("bash" not in said)


def test_without_a_name_the_plan_is_of_this_machine(lab):
    called = lab("--plan")
    assert called.stdout.startswith(f"Plan for {platforms.current().name} (this machine)\n")
    assert str(ROOT / ".venv" / "bin" / "python") in called.stdout


def test_a_machine_that_nobody_knows(lab):
    called = lab("--plan", "--platform", "solaris-sparc")
    assert called.returncode == 1
    assert called.stderr == "--platform is linux-x86_64, linux-arm64, macosx-x86_64, macosx-arm64 or windows-x86_64, not 'solaris-sparc'.\n"
    assert lab("--platform", "linux-arm64").stderr.startswith("--platform names a machine for --plan.")


@pytest.mark.parametrize(
    "system, machine, name",
    [
        ("Linux", "x86_64", "linux-x86_64"),
        ("Linux", "aarch64", "linux-arm64"),
        ("Darwin", "x86_64", "macosx-x86_64"),
        ("Darwin", "arm64", "macosx-arm64"),
        ("Windows", "AMD64", "windows-x86_64"),
        ("Windows", "ARM64", None),
        ("Linux", "riscv64", None),
    ],
)
def test_a_machine_is_known_by_what_python_calls_it(system, machine, name, monkeypatch):
    """The words of platform.system and platform.machine, as Python's documentation and CPython's tests list them."""
    monkeypatch.setattr(platform, "system", lambda: system)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    found = platforms.current()
    assert (found and found.name) == name
    if name is None:
        with pytest.raises(install.Failed, match=f"no native libraries for {system} on {machine}"):
            install.here()


# ---- What is started ----


@ALL
def test_the_kernelspec_starts_python_which_starts_java(one):
    root = ROOTS[one.name]
    spec = plan.kernel_json(one, root)
    python, *options, launcher, kernel, connection = spec["argv"]
    assert python == str(root / ".venv" / ("Scripts" if one.windows else "bin") / ("python.exe" if one.windows else "python"))
    assert one.path(launcher) == root / "environment" / "kernel" / "launch.py"
    assert (options, kernel, connection) == (["-I", "-S", "-B"], "ijava", "{connection_file}")
    for kernel in ("ijava", "jjava"):
        begun = plan.started(one, root, kernel)
        assert begun.command[0] == ("java.exe" if one.windows else "java")
        built = root / "target" / "kernel"
        *_, jars, main, program, argument = begun.command
        assert (jars, main, argument) == (f"{built / f'{kernel}.jar'}{';' if one.windows else ':'}{built / 'kernel.jar'}", "Kernel", "connection.json")
        assert program == launch.PROGRAMS[kernel]
        # Both kernels take backslashes for no separator in these.
        for name in ("CLASSPATH", "STARTUP_SCRIPTS_PATH"):
            value = begun.environment[f"{kernel.upper()}_{name}"]
            assert "\\" not in value and value.startswith(root.as_posix())
        assert "-Duser.language=en" in begun.command
        assert (f"-Djava.library.path={root / 'target' / 'kernel' / 'libtorch'}" in begun.command) == (one.name == "linux-x86_64")
        # Windows cannot exec: Java looks after its parents by itself.
        assert ("-Dlowerbound.ancestors=3" in begun.command) == one.windows
        assert ("-Dlowerbound.parent=1" in begun.command) == (not one.windows)


@pytest.mark.parametrize("kernel", launch.PROGRAMS)
def test_the_program_is_the_one_that_its_jar_names(kernel):
    with zipfile.ZipFile(install.BUILT / f"{kernel}.jar") as jar:
        named = re.search(r"(?i)^Main-Class: (\S+)", jar.read("META-INF/MANIFEST.MF").decode(), re.M)[1]
    assert launch.PROGRAMS[kernel] == named


def test_java_home_and_separators_of_each_system(tmp_path):
    built = launch.Built(tmp_path)
    for windows, home, java, between in ((True, "C:\\jdk", "C:\\jdk\\bin\\java.exe", ";"), (False, "/opt/jdk", "/opt/jdk/bin/java", ":")):
        begun = launch.start("ijava", ["c"], {"JAVA_HOME": home, "LOWERBOUND_CHANGED": "classes"}, 17, built, tmp_path, windows)
        assert begun.command[0] == java
        assert begun.environment["IJAVA_CLASSPATH"] == f"classes/{between}{tmp_path}/jars/*.jar"


@pytest.mark.parametrize(
    "version, options",
    [(17, set()), (21, {"--enable-native-access=ALL-UNNAMED"}), (25, {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})],
)
def test_what_newer_jvms_warn_about_is_allowed(version, options, tmp_path):
    begun = launch.start("ijava", ["c"], {}, version, launch.Built(tmp_path), tmp_path, False)
    assert {word for word in begun.command if word.startswith("--")} == options


def a_java(folder: pathlib.Path, says: str) -> pathlib.Path:
    (folder / "bin").mkdir(parents=True)
    program = folder / "bin" / "java"
    program.write_text(f"""#!/bin/sh\necho 'openjdk version "{says}"' >&2\n""")
    program.chmod(0o755)
    return program


def test_the_version_is_read_from_the_jdk_and_asked_of_what_is_none(tmp_path, monkeypatch):
    """The file `release` of a JDK, as JEP 220 describes it; a program of that name that starts some other JVM has none beside it."""
    asked = a_java(tmp_path / "other", "21.0.1")
    assert launch.java_version(str(asked)) == 21
    read = a_java(tmp_path / "jdk", "never asked")
    (tmp_path / "jdk" / "release").write_text('IMPLEMENTOR="x"\nJAVA_VERSION="25.0.2"\nJAVA_RUNTIME_VERSION="17"\n')
    assert launch.java_version(str(read)) == 25
    # As Debian has it: a link on the path.
    (tmp_path / "path").mkdir()
    (tmp_path / "path" / "java").symlink_to(read)
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    assert launch.java_version("java") == 25
    with pytest.raises(launch.Refused, match="Java does not start"):
        launch.java_version("javanese")


def test_it_says_of_this_java_what_this_java_says():
    java = install.java()
    said = subprocess.run([java, "-version"], capture_output=True, text=True).stderr
    assert launch.java_version(java) == int(re.search(r' version "(\d+)', said)[1])


@pytest.mark.parametrize("asked, size, gpu, mib", [(None, "quick", False, 2048), (None, "full", False, 4096), (None, "full", True, 8192), ("3g", "quick", True, 3072), ("1600m", "full", False, 1600), ("1073741824", "quick", False, 1024)])
def test_memory(asked, size, gpu, mib):
    assert launch.memory(asked, size, gpu) == mib


@pytest.mark.parametrize("asked", ["much", "2 g", "-1g", "2t", "g"])
def test_memory_that_is_no_number(asked):
    with pytest.raises(launch.Refused, match="write it like 2g or 3000m"):
        launch.memory(asked, "quick", False)


def test_the_kernelspec_that_is_installed_is_the_planned_one():
    here = platforms.current()
    spec = KernelSpecManager().get_kernel_spec("java")
    assert spec.argv == plan.kernel_json(here, ROOT)["argv"]


@pytest.mark.parametrize("kernel", launch.PROGRAMS)
def test_a_kernel_ends_with_a_launcher_that_has_to_stay(kernel, program, tmp_path):
    """As on Windows, where one process cannot become another: the launcher waits, is killed, and leaves no kernel, even
    before the first cell."""
    connection = tmp_path / "connection.json"
    script = tmp_path / "stay.py"
    script.write_text(
        f"""import os, subprocess, sys
sys.path.insert(0, {str(ENVIRONMENT / "kernel")!r})
import launch
begun = launch.start({kernel!r}, [{str(connection)!r}], os.environ, 17)
begun.command.insert(1, "-Dlowerbound.ancestors=1")
os.environ.update(begun.environment)
subprocess.call(begun.command)
"""
    )
    write_connection_file(str(connection), ip="127.0.0.1", key=b"0" * 32)
    environment = {name: value for name, value in os.environ.items() if name != "JPY_PARENT_PID"}
    launcher = program([sys.executable, str(script)], env=environment)
    client = BlockingKernelClient(connection_file=str(connection))
    client.load_connection_file()
    client.start_channels(hb=False)  # which takes a kernel for dead that needs a second to start
    try:
        client.wait_for_ready(timeout=60)
        (started,) = psutil.Process(launcher.pid).children()
        launcher.kill()
        launcher.wait()
        started.wait(15)
    finally:
        client.stop_channels()


# ---- Whether it can be had ----


@pytest.fixture(scope="module")
def collected(tmp_path_factory) -> dict[str, set[str]]:
    """All that Maven would bring for run time to each platform: direct dependencies and theirs. No jar is fetched."""
    folder = tmp_path_factory.mktemp("collected")
    found = {}
    for name in platforms.ALL:
        profiles = ",".join([name, *(f"!{other}" for other in platforms.ALL if other != name)])
        out = folder / name
        called = subprocess.run(
            [*install.maven(), "-q", f"-P{profiles}", "dependency:collect", "-DincludeScope=runtime", f"-DoutputFile={out}"], capture_output=True, text=True
        )
        assert called.returncode == 0, called.stdout
        lines = re.sub(r"\x1b\[[0-9;]*m", "", out.read_text(encoding="utf-8"))
        found[name] = {":".join(words[:-1]) for words in (line.strip().split(" ")[0].split(":") for line in lines.splitlines()) if words[-1] in ("compile", "runtime")}
    return found


@ALL
def test_maven_finds_what_the_plan_names(one, collected):
    planned = set(plan.artifacts(one))
    assert planned <= collected[one.name], planned - collected[one.name]
    native = {name for name in collected[one.name] if any(f":{other}" in name for other in platforms.ALL)}
    assert native == {name for name in planned if f":{one.name}" in name}


def resolved(folder: pathlib.Path, artifacts: set[str]) -> subprocess.CompletedProcess:
    """Whether the registry has these. Of each the checksum that lies beside it is fetched: a line in place of megabytes."""
    dependencies = []
    for name in sorted(artifacts):
        group, artifact, kind, *classifier, version = name.split(":")
        dependencies.append(
            f"<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId><version>{version}</version><type>{kind}.sha1</type>"
            + (f"<classifier>{classifier[0]}</classifier>" if classifier else "")
            + "<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions></dependency>"
        )
    folder.mkdir()
    (folder / "pom.xml").write_text(
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>trial</groupId>'
        f"<artifactId>trial</artifactId><version>1</version><packaging>pom</packaging><dependencies>{''.join(dependencies)}</dependencies></project>",
        encoding="utf-8",
    )
    number = re.search(r"<artifactId>maven-dependency-plugin</artifactId>\s*<version>([^<]+)<", (ROOT / "pom.xml").read_text(encoding="utf-8"))[1]
    goal = f"org.apache.maven.plugins:maven-dependency-plugin:{number}:copy-dependencies"
    command = [*install.maven()[:-2], "-q", "-f", str(folder / "pom.xml"), goal, "-Dmdep.prependGroupId=true", f"-DoutputDirectory={folder / 'sums'}"]
    return subprocess.run(command, capture_output=True, text=True)


def test_the_registry_has_every_jar_for_every_machine(collected, tmp_path, note):
    wanted = set().union(*collected.values(), *(plan.beside(one) for one in platforms.ALL.values()))
    called = resolved(tmp_path / "all", wanted)
    assert called.returncode == 0, called.stdout
    sums = [path.read_text().split()[0] for path in (tmp_path / "all" / "sums").iterdir()]
    assert len(sums) == len(wanted) and all(re.fullmatch(r"[0-9a-f]{40}", one) for one in sums)
    note(f"{len(wanted)} jars for five platforms, {len(set.intersection(*collected.values()))} of them for all")
    # The control: a build that nobody made.
    refused = resolved(tmp_path / "none", {"org.bytedeco:openblas:jar:windows-arm64:" + install.property_of_pom("openblas.version")})
    assert refused.returncode != 0 and "windows-arm64" in refused.stdout


def linux(machine: str) -> list[str]:
    """The names of wheels for glibc 2.35, which Ubuntu 22.04 has, and older."""
    return [f"manylinux_2_{minor}_{machine}" for minor in range(35, 4, -1)] + [f"manylinux{old}_{machine}" for old in ("2014", "2010", "1")]


def mac(machine: str) -> list[str]:
    """Those for macOS 13 and older."""
    return list(mac_platforms((13, 0), machine))


# What the markers of constraints.txt ask for, and which wheels pip takes, on each.
PYTHONS = {
    "linux-x86_64": ({"sys_platform": "linux", "os_name": "posix", "platform_system": "Linux", "platform_machine": "x86_64"}, linux("x86_64")),
    "linux-arm64": ({"sys_platform": "linux", "os_name": "posix", "platform_system": "Linux", "platform_machine": "aarch64"}, linux("aarch64")),
    "macosx-x86_64": ({"sys_platform": "darwin", "os_name": "posix", "platform_system": "Darwin", "platform_machine": "x86_64"}, mac("x86_64")),
    "macosx-arm64": ({"sys_platform": "darwin", "os_name": "posix", "platform_system": "Darwin", "platform_machine": "arm64"}, mac("arm64")),
    "windows-x86_64": ({"sys_platform": "win32", "os_name": "nt", "platform_system": "Windows", "platform_machine": "AMD64"}, ["win_amd64"]),
}
PYTHON_VERSION = "3.12"


def pins(name: str) -> list[str]:
    values = {"python_version": PYTHON_VERSION, "python_full_version": f"{PYTHON_VERSION}.0", "implementation_name": "cpython", "platform_python_implementation": "CPython", **PYTHONS[name][0]}
    lines = (ENVIRONMENT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.partition(" ; ") for line in lines if line and not line.startswith("#")]
    return [pin for pin, _, marker in pairs if not marker or Marker(marker).evaluate(values)]


def wheels(folder: pathlib.Path, name: str, packages: list[str]) -> subprocess.CompletedProcess:
    tags = [word for tag in PYTHONS[name][1] for word in ("--platform", tag)]
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "-q", "--no-deps", "--ignore-installed", "--only-binary=:all:", "--python-version", PYTHON_VERSION, *tags]
    return subprocess.run([*command, "--target", str(folder), "--report", str(folder / "report.json"), *packages], capture_output=True, text=True)


@ALL
def test_the_registry_has_a_wheel_of_every_package(one, tmp_path):
    packages = pins(one.name)
    assert ("pywinpty" in " ".join(packages)) == one.windows
    called = wheels(tmp_path, one.name, packages)
    assert called.returncode == 0, called.stderr
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert len(report["install"]) == len(packages)
    if one.windows:
        # The control: what only Unix has. Its wheels name no Windows.
        assert wheels(tmp_path, one.name, ["uvloop"]).returncode != 0
