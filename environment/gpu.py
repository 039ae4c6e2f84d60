"""What an NVIDIA GPU needs, on top of the rest: the plan, and the folder of libraries.

    python gpu.py obstacle              prints in one sentence why no GPU can be set up here, or nothing
    python gpu.py plan                  prints what ./environment/lab --gpu will fetch
    python gpu.py folder TO JAR         makes the folder from libtorch's jar and the packages of pip

libtorch's build for CUDA and its Java bindings are one jar of org.bytedeco:pytorch; CUDA's own libraries
are packages of pip (requirements-gpu.txt). All come to lie in one folder, whose libraries find each other
there, so that nothing of CUDA need be installed besides the driver, and ND4J's choice of a native build is
not touched.
"""

from __future__ import annotations

import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
# As in org.lowerbound.train.engine.DeviceChoice, where the reasons stand; a test compares the two.
DRIVER = 580
CODE = (75, 80, 90, 100, 120)
FREE = 2048
INSIDE = "org/bytedeco/pytorch/linux-x86_64-gpu/"
# Comes with the driver, and with another jar of the class path, which is loaded first.
ELSEWHERE = ("libcuda.so.1", "libopenblas.so.0")


class Failed(Exception):
    """A sentence for the reader."""


def driver_report() -> list[tuple[str, int, int, int, int]]:
    """Each GPU as (name, capability, memory in MiB, free MiB, driver); none where no driver answers."""
    query = ["nvidia-smi", "--query-gpu=name,compute_cap,memory.total,memory.free,driver_version", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(query, capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return []
    cards = []
    for line in answer.stdout.splitlines() if answer.returncode == 0 else ():
        row = re.fullmatch(r"(.*?),\s*(\d+)\.(\d),\s*(\d+),\s*(\d+),\s*(\d+)[.\d]*\s*", line)
        if row:
            cards.append((row[1].strip(), 10 * int(row[2]) + int(row[3]), int(row[4]), int(row[5]), int(row[6])))
    return cards


def system_obstacle(system: str, machine: str) -> str:
    """Why this system can have no GPU, or nothing."""
    if system == "Linux" and machine == "x86_64":
        return ""
    if system == "Darwin":
        return "macOS has no driver for NVIDIA GPUs"
    if system.startswith(("Windows", "MINGW", "MSYS", "CYGWIN")):
        return "On Windows the GPU is reached from WSL 2: set the course up there"
    return f"libtorch's Java bindings have no build with CUDA for {system} on {machine} (only for Linux on x86_64)"


def obstacle() -> str:
    """One clause; the rules of org.lowerbound.train.engine.DeviceChoice, which decides again when training starts."""
    why = system_obstacle(platform.system(), platform.machine())
    if why:
        return why
    cards = driver_report()
    if not cards:
        return "No driver of NVIDIA answers (nvidia-smi)"
    name, capability, memory, free, driver = cards[0]
    if driver < DRIVER:
        return f"The driver of the {name} is of series {driver}, and CUDA 13 needs {DRIVER} or newer"
    if not any(code // 10 == capability // 10 and code <= capability for code in CODE):
        return f"The {name} has compute capability {capability // 10}.{capability % 10}, and libtorch's build holds code for 7.5, 8.x, 9.0, 10.x and 12.x"
    if free < FREE:
        return f"The {name} has {free} MiB of {memory} MiB free, and at least {FREE} are needed"
    return ""


def pom(name: str) -> str:
    """A property of the profile `gpu`."""
    text = (HERE.parent / "pom.xml").read_text(encoding="utf-8")
    profile = re.search(r"<id>gpu</id>.*?</profile>", text, re.S)
    value = re.search(rf"<{re.escape(name)}>(.*?)</{re.escape(name)}>", profile[0] if profile else "")
    if not value:
        raise Failed(f"pom.xml has no {name} in its profile gpu.")
    return value[1]


def artifact() -> str:
    return f"org.bytedeco:pytorch:{pom('pytorch.version')}:jar:linux-x86_64-gpu"


def requirements() -> list[str]:
    lines = (HERE / "requirements-gpu.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def plan() -> str:
    lines = [f"{card[0]}: compute capability {card[1] // 10}.{card[1] % 10}, {card[2]} MiB, driver {card[4]}" for card in driver_report()]
    lines += [
        f"from Maven: {artifact()} (about 0.5 GB)",
        f"from pip: {', '.join(requirements())} (about 1.6 GB)",
        "on disk: about 3.5 GB; ./environment/lab --no-gpu goes back to the CPU alone",
    ]
    return "\n".join(lines)


def packages(site: pathlib.Path) -> list[pathlib.Path]:
    """The libraries of CUDA that pip installed."""
    return sorted(path for path in site.glob("nvidia/**/lib/*.so*") if path.is_file())


def folder(to: pathlib.Path, jar: pathlib.Path, site: pathlib.Path | None = None) -> list[str]:
    """Makes the folder, whole or not at all; returns the names of its libraries."""
    site = site or pathlib.Path(sysconfig.get_path("platlib"))
    new = to.with_name(to.name + ".new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    with zipfile.ZipFile(jar) as archive:
        inside = [name for name in archive.namelist() if name.startswith(INSIDE) and ".so" in name]
        if not any(name.endswith("libtorch_cuda.so") for name in inside):
            raise Failed(f"{jar.name} holds no build of libtorch for CUDA.")
        for name in inside:
            with archive.open(name) as source, (new / pathlib.PurePosixPath(name).name).open("wb") as target:
                shutil.copyfileobj(source, target, 1 << 20)
    for path in packages(site):
        if not (new / path.name).exists():
            (new / path.name).symlink_to(path)
    missing = unresolved(new)
    if missing:
        raise Failed(f"Libraries of CUDA are missing: {', '.join(missing)}. The packages of requirements-gpu.txt should hold them.")
    shutil.rmtree(to, ignore_errors=True)
    new.rename(to)
    return sorted(path.name for path in to.iterdir())


def unresolved(libraries: pathlib.Path) -> list[str]:
    """What libtorch needs and neither this folder nor the system has."""
    missing = set()
    environment = {**os.environ, "LD_LIBRARY_PATH": str(libraries)}
    for name in ("libtorch.so", "libtorch_cpu.so", "libtorch_cuda.so", "libtorch_cuda_linalg.so", "libjnitorch.so"):
        if not (libraries / name).exists():
            missing.add(name)
            continue
        listed = subprocess.run(["ldd", str(libraries / name)], capture_output=True, text=True, env=environment)
        missing |= set(re.findall(r"(\S+) => not found", listed.stdout))
    return sorted(missing - set(ELSEWHERE))


def main(arguments: list[str]) -> int:
    try:
        match arguments:
            case ["obstacle"]:
                print(obstacle(), end="")
            case ["plan"]:
                print(plan())
            case ["artifact"]:
                print(artifact())
            case ["folder", to, jar]:
                names = folder(pathlib.Path(to), pathlib.Path(jar))
                print(f"{len(names)} libraries")
            case _:
                print(__doc__, file=sys.stderr)
                return 2
    except (Failed, OSError, zipfile.BadZipFile) as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
