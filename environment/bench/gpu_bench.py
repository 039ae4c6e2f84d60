"""The benchmark on an NVIDIA GPU: see README.md. Started by ./environment/bench/gpu.

    gpu_bench.py [--dry-run] [--minutes 8] [--out FOLDER]      measures, here or in an unpacked bundle
    gpu_bench.py pack FOLDER JARS CLASSES LIBRARIES NATIVE CAPABILITY RUNTIME
    gpu_bench.py unpack FOLDER TO                              joins the parts and unpacks them
"""

from __future__ import annotations

import argparse
import concurrent.futures
import hashlib
import importlib.util
import io
import json
import lzma
import math
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tarfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import bench  # noqa: E402
import fatbin  # noqa: E402
import gpu  # noqa: E402

PART = 60 << 20
EQUAL = 1e-4
# What our side says where it could not use libtorch, which would be compared with itself here.
PLAIN = "Runs on the plain engine"
# What is timed, and what is compared between the devices besides.
MORE = ["vae-scale", "vae-logistic", "vae-weighted", "made-dropout", "linear"]
PEERS = (("torch", "eager"), ("torch", "compiled"), ("jax", "compiled"))
COLUMNS = "part model framework way examples_per_s ratio_ours_to_this lowest highest value unit host_mib gpu_mib ok note".split()


# ---- The bundle ----


class Parts(io.RawIOBase):
    """Writes one stream into files of a bounded size: part-00, part-01, …"""

    def __init__(self, folder: pathlib.Path, size: int = PART):
        self.folder, self.size, self.count, self.room = folder, size, 0, 0
        self.file = None

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:
        data = memoryview(data).cast("B")
        done = 0
        while done < len(data):
            if self.room == 0:
                if self.file:
                    self.file.close()
                self.file = (self.folder / f"part-{self.count:02d}").open("wb")
                self.count, self.room = self.count + 1, self.size
            chunk = data[done : done + self.room]
            self.file.write(chunk)
            done += len(chunk)
            self.room -= len(chunk)
        return done

    def close(self) -> None:
        if self.file:
            self.file.close()
        super().close()


class Joined(io.RawIOBase):
    """Reads the parts as one stream."""

    def __init__(self, paths: list[pathlib.Path]):
        self.left, self.file = list(paths), None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        while True:
            if self.file is None:
                if not self.left:
                    return 0
                self.file = self.left.pop(0).open("rb")
            count = self.file.readinto(buffer)
            if count:
                return count
            self.file.close()
            self.file = None


def digest(path: pathlib.Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() if hasattr(hashlib, "file_digest") else hashlib.sha256(file.read()).hexdigest()


def pack(to: pathlib.Path, jars: pathlib.Path, classes: pathlib.Path, libraries: pathlib.Path, native: str, capability: int, runtime: pathlib.Path | None) -> list[str]:
    """Writes the parts, a list of them with their checksums, and the program that unpacks and runs them."""
    shutil.rmtree(to, ignore_errors=True)
    to.mkdir(parents=True)
    saved = 0
    for library in sorted(libraries.glob("*.so*")):
        if not library.is_symlink():
            with library.open("rb") as file:
                elf = file.read(4) == b"\x7fELF"
            saved += fatbin.keep(library, capability) if elf else 0
    facts = {"capability": capability, "native": native}
    (to / "bundle.json").write_text(json.dumps(facts) + "\n")
    parts = Parts(to)
    with lzma.open(parts, "wb", preset=2) as packed, tarfile.open(fileobj=packed, mode="w|") as archive:
        archive.add(to / "bundle.json", "bundle.json")
        archive.add(jars, "jars")
        archive.add(classes, "classes")
        # Links to CUDA's libraries are made anew where the bundle is unpacked.
        archive.add(libraries, "libtorch-gpu", filter=lambda member: None if member.issym() else member)
        if runtime is not None:
            archive.add(runtime, "java")
        for name in ("bench.py", "peers.py", "gpu_bench.py", "fatbin.py"):
            archive.add(HERE / name, f"environment/bench/{name}")
        archive.add(HERE.parent / "gpu.py", "environment/gpu.py")
    parts.close()
    (to / "bundle.json").unlink()
    names = sorted(path.name for path in to.glob("part-*"))
    (to / "parts.sha256").write_text("".join(f"{digest(to / name)}  {name}\n" for name in names))
    shutil.copy(HERE / "gpu_bench.py", to / "gpu_bench.py")
    for name in ("bench.py", "fatbin.py", "peers.py"):
        shutil.copy(HERE / name, to / name)
    shutil.copy(HERE.parent / "gpu.py", to / "gpu.py")
    (to / "run").write_text(
        "#!/bin/sh\n# Unpacks the parts beside this file, once, and runs the benchmark. Python 3.10 or newer.\nset -e\n"
        'here=$(cd "$(dirname "$0")" && pwd)\nto=${LOWERBOUND_BUNDLE:-$here/unpacked}\n'
        'python3 -B "$here/gpu_bench.py" unpack "$here" "$to"\n'
        'exec python3 -B "$to/environment/bench/gpu_bench.py" "$@"\n'
    )
    (to / "run").chmod(0o755)
    print(f"{len(names)} parts in {to}; {saved >> 20} MiB of code for other GPUs left out")
    return names


def unpack(folder: pathlib.Path, to: pathlib.Path) -> None:
    """Checks every part, then unpacks; nothing is done again where it is done."""
    listed = folder / "parts.sha256"
    if not listed.exists():
        raise SystemExit(f"{folder} holds no parts.sha256: it is no bundle, or not all of it came.")
    stamp = to / "unpacked.sha256"
    if stamp.exists() and stamp.read_bytes() == listed.read_bytes():
        return
    paths = []
    for line in listed.read_text().splitlines():
        wanted, name = line.split("  ")
        path = folder / name
        if not path.exists():
            raise SystemExit(f"{name} is missing in {folder}; of {len(listed.read_text().splitlines())} parts all are needed.")
        if digest(path) != wanted:
            raise SystemExit(f"{name} is damaged: its checksum is another one. Copy it again.")
        paths.append(path)
    shutil.rmtree(to, ignore_errors=True)
    to.mkdir(parents=True)
    with tarfile.open(fileobj=io.BufferedReader(Joined(paths), 1 << 20), mode="r|xz") as archive:
        if hasattr(tarfile, "data_filter"):
            archive.extractall(to, filter="tar")
        else:
            archive.extractall(to)
    shutil.copy(listed, stamp)


# ---- Where things are ----


def bundle() -> pathlib.Path | None:
    """The folder of the unpacked bundle, where this file lies in one."""
    folder = HERE.parents[1]
    return folder if (folder / "bundle.json").exists() else None


def link_cuda(libraries: pathlib.Path) -> list[str]:
    """CUDA's libraries of this machine's Python into the folder of libtorch; returns what is missing."""
    for place in map(pathlib.Path, sys.path):
        for path in gpu.packages(place) if (place / "nvidia").is_dir() else ():
            link = libraries / path.name
            if not link.exists():
                link.unlink(missing_ok=True)
                link.symlink_to(path)
    return gpu.unresolved(libraries)


def our_side(dry: bool) -> tuple[list[str], dict[str, str]]:
    """The command of our side and what its environment needs besides."""
    folder = bundle()
    if folder is None:
        command = bench.java()
        libraries = bench.ROOT / "target" / "kernel" / "libtorch-gpu"
        if not dry and not libraries.exists():
            raise SystemExit("The GPU is not set up here: ./environment/lab --gpu, or a bundle made by ./environment/bench/gpu --pack.")
    else:
        facts = json.loads((folder / "bundle.json").read_text())
        java = folder / "java" / "bin" / "java"
        command = [str(java) if java.exists() else shutil.which("java") or "java"]
        command += ["-Xmx4g", "-XX:+UseSerialGC", f"-Dorg.bytedeco.javacpp.platform.extension={facts['native']}"]
        command += ["-cp", f"{folder / 'classes'}:{folder / 'jars'}/*"]
        libraries = folder / "libtorch-gpu"
    if not libraries.exists():
        return command, {}
    missing = link_cuda(libraries)
    if missing:
        raise SystemExit(f"Libraries of CUDA 13 are missing here: {', '.join(missing)}. pip's packages of requirements-gpu.txt hold them.")
    # CUDA's context alone takes gigabytes of the host, which JavaCPP would count against a bound made for the CPU.
    options = [f"-Dorg.bytedeco.javacpp.{bound}=0" for bound in ("maxbytes", "maxphysicalbytes")]
    options += ["-Dorg.bytedeco.javacpp.pathsFirst=true", f"-Djava.library.path={libraries}"]
    # Before the CPU's libraries, and with a cache of its own.
    rest = [word for word in command[1:] if not word.startswith(("-Djava.library.path=", "-Dorg.bytedeco.javacpp.cachedir="))]
    options += [f"-Dorg.bytedeco.javacpp.cachedir={libraries.with_name('javacpp-gpu')}"]
    return [command[0], *options, *rest], {"LD_LIBRARY_PATH": str(libraries), "CUDA_DEVICE_ORDER": "PCI_BUS_ID"}


# ---- The parts of the benchmark ----


def row(part: str, model: str, **values) -> dict:
    return dict.fromkeys(COLUMNS, "") | {"part": part, "model": model} | values


def ours(command: list[str], surroundings: dict, device: str, *arguments: str, seconds: float) -> subprocess.CompletedProcess:
    threads = max(1, min(8, (os.cpu_count() or 2) // 2))
    # As the kernel is started: threads that spin collapse where the cores are shared.
    environment = bench.Setting(threads, "spin briefly", device).environment() | surroundings
    return subprocess.run(
        [*command, "org.lowerbound.bench.Worker", *arguments], env=environment, capture_output=True, text=True, timeout=max(1.0, seconds)
    )


def read_losses(text: str) -> dict[str, list[float]]:
    lines = [line.split() for line in text.splitlines() if line.startswith("losses ")]
    return {words[1]: [float(value) for value in words[2:]] for words in lines}


def read_device(text: str) -> str:
    for line in text.splitlines():
        if line.startswith("note device "):
            return line.removeprefix("note device ").split()[0]
    return "unknown"


def difference(one: list[float], other: list[float]) -> float:
    """The largest relative difference of two trajectories; infinite where a value or a step is missing."""
    if len(one) != len(other) or not one or not all(map(math.isfinite, one + other)):
        return float("inf")
    return max(abs(a - b) / max(1e-12, abs(a)) for a, b in zip(one, other))


def equality(command: list[str], surroundings: dict, models: list[str], device: str, seconds: float) -> list[dict]:
    """Every model trained for 50 steps on the processor and on the device, from the same weights and batches."""
    # Dry, both are the processor: then SameDiff's own operations are one of the sides.
    plain = {"LOWERBOUND_ENGINE": "samediff"} if device == "cpu" else {}
    with concurrent.futures.ThreadPoolExecutor() as pool:
        cpu = pool.submit(ours, command, surroundings | plain, "cpu", "losses", *models, seconds=seconds)
        there = pool.submit(ours, command, surroundings, device, "losses", *models, seconds=seconds)
        try:
            cpu, there = cpu.result(), there.result()
        except subprocess.TimeoutExpired:
            return [row("equality", "all", ok="NO", note=f"not done in {seconds:.0f} s")]
    rows = []
    used = read_device(there.stdout)
    if used != device:
        note = " ".join((there.stdout + there.stderr).split())[-200:]
        rows.append(row("equality", "device", ok="NO", note=f"asked for {device}, ran on {used}: {note}"))
    for side, asked in ((cpu, bool(plain)), (there, False)):
        if PLAIN in side.stdout and not asked:
            rows.append(row("equality", "engine", ok="NO", note=" ".join(side.stdout[side.stdout.index(PLAIN) :].splitlines()[:1])))
    first, second = read_losses(cpu.stdout), read_losses(there.stdout)
    for model in models:
        if model not in first or model not in second:
            where = "processor" if model not in first else "device"
            said = " ".join((cpu if model not in first else there).stderr.split())[-200:]
            rows.append(row("equality", model, ok="NO", note=f"did not run on the {where}: {said}"))
            continue
        apart = difference(first[model], second[model])
        rows.append(row("equality", model, value=f"{apart:.2e}", unit="relative", ok="yes" if apart <= EQUAL else "NO"))
    return rows


def gpu_memory(pid: int) -> int | str:
    """MiB of the GPU that the driver says the process holds; nothing where it does not say."""
    query = ["nvidia-smi", "--query-compute-apps=pid,used_memory", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(query, capture_output=True, text=True, timeout=10).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""
    for line in answer.splitlines():
        number, _, used = line.partition(",")
        if number.strip() == str(pid) and used.strip().isdigit():
            return int(used)
    return ""


def start(framework: str, way: str, model: str, device: str, work: pathlib.Path) -> bench.Worker:
    """A process that has made its 50 steps and compiled what it compiles."""
    setting = bench.Setting(1 if device == "cpu" else 4, "spin briefly" if framework == "ours" else "", device)
    worker = bench.Worker.start(framework, model, setting, work, way)
    worker.ask("prepare", "prepared")
    return worker


def timing(models: list[str], peers: list[tuple[str, str]], device: str, rounds: int, seconds: float, work: pathlib.Path, until: float) -> list[dict]:
    """Rounds of ours, peer, ours, peer …; all processes of a model start together, for they compile for long."""
    rows = []
    for done, model in enumerate(models):
        if time.monotonic() > until:
            rows.append(row("speed", model, note="left out: the time is over"))
            continue
        names = [("ours", ""), *peers]
        workers: dict[tuple[str, str], bench.Worker] = {}
        with concurrent.futures.ThreadPoolExecutor(len(names)) as pool:
            coming = {name: pool.submit(start, *name, model, device, work) for name in names}
            for name, future in coming.items():
                try:
                    workers[name] = future.result()
                except (bench.WorkerFailed, BrokenPipeError) as failure:
                    rows.append(row("speed", model, framework=name[0], way=name[1], ok="NO", note=str(failure)))
        try:
            mine = workers.pop(("ours", ""), None)
            if mine is None:
                continue
            pairs: dict[tuple[str, str], list[float]] = {name: [] for name in workers}
            for worker in (mine, *workers.values()):
                worker.run(seconds)
            share = time.monotonic() + max(0.0, until - time.monotonic()) / (len(models) - done)
            made = 0
            while made < rounds and (made < 3 or time.monotonic() < share):
                order = list(workers.items())
                for name, worker in order[made % max(1, len(order)) :] + order[: made % max(1, len(order))]:
                    ours_now, theirs = mine.run(seconds), worker.run(seconds)
                    mine.rates.append(ours_now)
                    worker.rates.append(theirs)
                    pairs[name].append(ours_now / theirs)
                if not order:
                    mine.rates.append(mine.run(seconds))
                made += 1
            for (framework, way), worker in {("ours", ""): mine, **workers}.items():
                used = gpu_memory(worker.process.pid) if device != "cpu" else ""
                worker.end()
                ratios = pairs.get((framework, way), [])
                agrees = abs(worker.loss - mine.loss) <= bench.AGREEMENT * abs(mine.loss)
                rows.append(
                    row(
                        "speed",
                        model,
                        framework=framework,
                        way=worker.way or way,
                        examples_per_s=round(statistics.median(worker.rates)),
                        ratio_ours_to_this=f"{statistics.median(ratios):.3f}" if ratios else "",
                        lowest=f"{min(ratios):.3f}" if ratios else "",
                        highest=f"{max(ratios):.3f}" if ratios else "",
                        value=f"{worker.loss:.5f}",
                        unit="loss after 50 steps",
                        host_mib=worker.peak >> 20,
                        gpu_mib=used,
                        ok="yes" if agrees else "NO",
                        note="; ".join(worker.notes),
                    )
                )
        finally:
            for worker in (mine, *workers.values()):
                if worker is not None:
                    worker.kill()
    return rows


def chapters(command: list[str], surroundings: dict, device: str, rows_of_data: int, epochs: int, seconds: float) -> list[dict]:
    """Chapters 04 and 07 on the device, and one pass of them on the processor."""
    rows = []
    for where, passes in ((device, epochs), ("cpu", 1)):
        try:
            done = ours(command, surroundings, where, "chapters", str(rows_of_data), str(passes), seconds=seconds)
        except subprocess.TimeoutExpired:
            rows.append(row("chapters", "04 and 07", framework="ours", way=where, ok="NO", note=f"not done in {seconds:.0f} s"))
            continue
        lines = [line.split() for line in done.stdout.splitlines() if line.startswith("chapter ")]
        if len(lines) < 2:
            rows.append(row("chapters", "04 and 07", framework="ours", way=where, ok="NO", note=" ".join(done.stderr.split())[-200:]))
        for _, chapter, steps, took, nats in lines:
            speed = int(steps) * 100 / max(1e-9, float(took))
            rows.append(
                row("chapters", chapter, framework="ours", way=where, examples_per_s=round(speed), value=nats, unit=f"nats after {steps} steps", ok="yes", note=f"{float(took):.1f} s")
            )
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(prog="environment/bench/gpu")
    parser.add_argument("--dry-run", action="store_true", help="all of it on the processor, short")
    parser.add_argument("--minutes", type=float, default=8)
    parser.add_argument("--models", nargs="+", choices=list(bench.MODELS), default=None)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=0.5, help="length of one turn in a round")
    parser.add_argument("--out", type=pathlib.Path, default=None, help="folder of gpu.csv")
    options = parser.parse_args()
    dry = options.dry_run
    device = "cpu" if dry else "cuda"
    # Dry, nothing is timed: a busy machine may take as long as it does.
    minutes = 30 if dry else options.minutes
    end = time.monotonic() + 60 * minutes
    models = options.models or (["vae"] if dry else list(bench.MODELS))
    if dry:
        options.rounds, options.seconds = min(options.rounds, 2), 0.1
    if not dry:
        why = gpu.obstacle()
        if why:
            print(f"{why}: nothing to measure. --dry-run goes through all of it on the processor.", file=sys.stderr)
            return 1
        name, capability, memory, _, driver = gpu.driver_report()[0]
        print(f"{name}: compute capability {capability // 10}.{capability % 10}, {memory} MiB, driver {driver}")
    command, surroundings = our_side(dry)
    work = bench.ROOT / "target" / "bench" / ("real" if os.environ.get("LOWERBOUND_DATA") else "built-in")
    work.mkdir(parents=True, exist_ok=True)
    bench.command_of_ours = lambda: command
    bench.surroundings_of_ours = surroundings
    out = options.out or HERE
    out.mkdir(parents=True, exist_ok=True)

    rows: list[dict] = []

    def done(now: list[dict]) -> None:
        rows.extend(now)
        bench.write(out / "gpu.csv", rows, COLUMNS)
        shown = [column for column in COLUMNS if any(line[column] != "" for line in now)]
        print(bench.table(now, shown), flush=True)

    bench.export(models, work)
    done(equality(command, surroundings, models + (MORE[:1] if dry else MORE), device, (end - time.monotonic()) / 3))
    peers = [(name, way) for name, way in PEERS if not dry and importlib.util.find_spec(name)]
    # The chapters take what the rounds leave, a minute at least.
    done(timing(models, peers, device, options.rounds, options.seconds, work, end - 75))
    size = (200, 1) if dry else (20_000, 5)
    done(chapters(command, surroundings, device, *size, seconds=max(20.0, (end - time.monotonic()) / 2)))
    failed = [line for line in rows if line["ok"] == "NO"]
    print(f"{len(rows) - len(failed)} of {len(rows)} rows held, in {(time.monotonic() - end) / 60 + minutes:.1f} minutes: {out / 'gpu.csv'}")
    return 1 if failed else 0


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["pack", to, jars, classes, libraries, native, capability, *runtime]:
            where = [pathlib.Path(path) for path in (to, jars, classes, libraries)]
            try:
                pack(*where, native, int(capability), pathlib.Path(runtime[0]) if runtime else None)
            except fatbin.NoFatbin as failure:
                sys.exit(str(failure))
        case ["unpack", folder, to]:
            unpack(pathlib.Path(folder), pathlib.Path(to))
        case _:
            sys.exit(main())
