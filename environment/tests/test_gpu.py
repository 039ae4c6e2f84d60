"""What concerns an NVIDIA GPU, on a machine that has none: the plan, the refusals, the bundle, the benchmark dry."""

from __future__ import annotations

import os
import pathlib
import platform
import re
import shutil
import struct
import subprocess
import sys
import zipfile

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BENCH = ROOT / "environment" / "bench"
sys.path[:0] = [str(BENCH), str(ROOT / "environment")]

import bench  # noqa: E402
import fatbin  # noqa: E402
import gpu  # noqa: E402
import gpu_bench  # noqa: E402

linux = pytest.mark.skipif((platform.system(), platform.machine()) != ("Linux", "x86_64"), reason="libtorch with CUDA is for Linux on x86-64")


def driver(folder: pathlib.Path, answer: str, status: int = 0) -> str:
    """A PATH on which nvidia-smi gives this answer."""
    program = folder / "nvidia-smi"
    program.write_text(f"#!/bin/sh\nprintf '%s\\n' '{answer}'\nexit {status}\n")
    program.chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


# ---- Whether a GPU can be set up ----


def test_the_rules_are_those_of_the_library():
    source = (ROOT / "src/main/java/org/lowerbound/train/engine/DeviceChoice.java").read_text(encoding="utf-8")
    assert int(re.search(r"DRIVER = (\d+);", source)[1]) == gpu.DRIVER
    assert int(re.search(r"FREE = (\d+);", source)[1]) == gpu.FREE
    assert tuple(map(int, re.search(r"CODE = List\.of\((.*?)\)", source)[1].split(", "))) == gpu.CODE


@linux
@pytest.mark.parametrize(
    "answer, word",
    [
        ("NVIDIA-SMI has failed", "No driver"),
        ("V100, 7.0, 16384, 16000, 580.1", "compute capability 7.0"),
        ("Old one, special, 6.1, 8192, 8000, 580.1", "The Old one, special has compute capability 6.1"),
        ("NVIDIA H200, 9.0, 143771, 143000, 570.86.10", "series 570"),
        ("T4, 7.5, 15360, 200, 580.1", "200 MiB of 15360 MiB free"),
        ("NVIDIA H200, 9.0, 143771, 143000, 580.159.04", ""),
        ("L4, 8.9, 23034, 22000, 590.2", ""),
    ],
)
def test_what_stands_in_the_way_is_one_clause(tmp_path, monkeypatch, answer, word):
    monkeypatch.setenv("PATH", driver(tmp_path, answer))
    why = gpu.obstacle()
    assert word in why and (why == "") == (word == ""), why


def test_systems_without_a_build_are_named():
    assert gpu.system_obstacle("Linux", "x86_64") == ""
    assert "macOS" in gpu.system_obstacle("Darwin", "arm64")
    assert "WSL 2" in gpu.system_obstacle("Windows", "AMD64")
    assert "aarch64" in gpu.system_obstacle("Linux", "aarch64")


def test_the_plan_names_what_is_fetched(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", driver(tmp_path, "NVIDIA H200, 9.0, 143771, 143000, 580.159.04"))
    plan = gpu.plan()
    assert "NVIDIA H200: compute capability 9.0" in plan
    assert re.search(r"org\.bytedeco:pytorch:[\d.]+-[\d.]+:jar:linux-x86_64-gpu", plan)
    # Every library of CUDA that libtorch_cuda.so and libtorch_cuda_linalg.so name has its package.
    toolkit, *others = gpu.requirements()
    libraries = set(re.fullmatch(r"cuda-toolkit\[(.*)\]==13\.\d+\.\d+", toolkit)[1].split(","))
    assert libraries == {"cublas", "cudart", "cufft", "cufile", "cupti", "curand", "cusolver", "cusparse", "nvjitlink"}
    assert [line.split("==")[0] for line in others] == ["nvidia-cudnn-cu13", "nvidia-nccl-cu13"]
    assert all("==" in line for line in others)


def test_lab_without_a_driver_says_so_and_goes_on_with_the_cpu(lab, tmp_path):
    done = lab("--gpu", "--data", PATH=driver(tmp_path, "NVIDIA-SMI has failed", 9))
    assert done.returncode == 0, done.stderr
    (line,) = [line for line in done.stderr.splitlines() if "CPU" in line]
    assert line.endswith("; the CPU is used.")
    assert not (ROOT / "target" / "kernel" / "gpu").exists()


def test_lab_refuses_an_unknown_device(lab):
    done = lab("--data", LOWERBOUND_DEVICE="tpu")
    assert done.returncode == 1
    assert "auto, cpu or cuda" in done.stderr


def launched(tmp_path: pathlib.Path, with_gpu: bool, **environment: str) -> list[str]:
    """What the kernel's launcher gives to Java, then LD_LIBRARY_PATH."""
    copy = tmp_path / f"copy-{with_gpu}"
    if not copy.exists():
        shutil.copytree(ROOT / "environment" / "kernel", copy / "environment" / "kernel")
        built = copy / "target" / "kernel"
        built.mkdir(parents=True)
        (built / "native").write_text("-onednn-avx2\n")
        if with_gpu:
            (built / "libtorch-gpu").mkdir()
            (built / "libtorch-gpu" / "libtorch_cuda.so").touch()
    java = copy / "jdk" / "bin" / "java"
    java.parent.mkdir(parents=True, exist_ok=True)
    java.write_text(
        '#!/bin/sh\nif [ "$1" = -version ]; then echo \'openjdk version "17.0.1"\' >&2; exit; fi\n'
        "printf '%s\\n' \"$@\" \"$LD_LIBRARY_PATH\"\n"
    )
    java.chmod(0o755)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LOWERBOUND_") and name != "JPY_PARENT_PID"}
    done = subprocess.run(
        [sys.executable, "-B", copy / "environment" / "kernel" / "launch.py", "ijava", "connection"],
        env={**clean, "JAVA_HOME": str(java.parents[1]), "LD_LIBRARY_PATH": "/before", **environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_the_kernel_finds_libtorch_with_cuda_where_it_was_set_up(tmp_path):
    plain = launched(tmp_path, False)
    assert plain[-1] == "/before" and not any("libtorch-gpu" in word for word in plain)
    words = launched(tmp_path, True)
    folder = tmp_path / "copy-True" / "target" / "kernel" / "libtorch-gpu"
    assert words[-1] == f"{folder}:/before"
    assert f"-Djava.library.path={folder}" in words and "-Dorg.bytedeco.javacpp.pathsFirst=true" in words
    # The last word for the library path counts: there is one.
    assert sum(word.startswith("-Djava.library.path=") for word in words) == 1
    # ND4J's choice of a native build is untouched.
    assert "-Dorg.bytedeco.javacpp.platform.extension=-onednn-avx2" in words
    # A quarter of 8 GiB, unless the CPU is to compute.
    assert "-Xmx2048m" in words and "-Xmx512m" in launched(tmp_path, True, LOWERBOUND_DEVICE="cpu")


# ---- The folder of libraries ----


def jar(path: pathlib.Path, libraries: dict[str, bytes]) -> pathlib.Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in libraries.items():
            archive.writestr(gpu.INSIDE + name, data)
    return path


def a_library() -> bytes:
    """A library of the system that needs the C library and nothing else."""
    listed = subprocess.run(["ldd", sys.executable], capture_output=True, text=True).stdout
    return pathlib.Path(re.search(r"libm\.so\.6 => (\S+)", listed)[1]).read_bytes()


NAMES = ("libtorch.so", "libtorch_cpu.so", "libtorch_cuda.so", "libtorch_cuda_linalg.so", "libjnitorch.so")


@linux
def test_the_folder_holds_libtorch_and_links_to_cuda(tmp_path):
    site = tmp_path / "site"
    (site / "nvidia" / "cu13" / "lib").mkdir(parents=True)
    (site / "nvidia" / "cu13" / "lib" / "libcudart.so.13").write_bytes(b"cuda")
    (site / "nvidia" / "cu13" / "include").mkdir()
    names = gpu.folder(tmp_path / "to", jar(tmp_path / "gpu.jar", dict.fromkeys(NAMES, a_library())), site)
    assert names == sorted([*NAMES, "libcudart.so.13"])
    assert (tmp_path / "to" / "libcudart.so.13").read_bytes() == b"cuda"


@linux
def test_a_library_that_is_missing_is_named_and_nothing_is_left_half_made(tmp_path):
    whole = a_library()
    needing = whole.replace(b"libc.so.6\0", b"libq.so.6\0")
    assert needing != whole
    libraries = dict.fromkeys(NAMES, whole) | {"libtorch_cuda.so": needing}
    with pytest.raises(gpu.Failed, match="libq.so.6"):
        gpu.folder(tmp_path / "to", jar(tmp_path / "gpu.jar", libraries), tmp_path)
    assert not (tmp_path / "to").exists()
    del libraries["libtorch_cuda.so"]
    with pytest.raises(gpu.Failed, match="gpu.jar holds no build"):
        gpu.folder(tmp_path / "to", jar(tmp_path / "gpu.jar", libraries), tmp_path)


# ---- Code for one GPU ----


def cuda_library(*containers: list[tuple[int, int, bytes]]) -> bytes:
    """An ELF file with a section .nv_fatbin; entries are (kind, architecture, payload)."""
    code = b""
    for entries in containers:
        inside = b"".join(struct.pack("<HHIQIIIIQQ", kind, 0x101, 48, len(data), 0, 0, 0, architecture, 0, 0)[:48] + data for kind, architecture, data in entries)
        code += struct.pack("<IHHQ", fatbin.MAGIC, 1, 16, len(inside)) + inside
        code += bytes(-len(code) % 8)
    names = b"\0.nv_fatbin\0.shstrtab\0"
    at = 64
    table = at + len(code) + len(names)
    header = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 3, 62, 1, 0, 0, table, 0, 64, 0, 0, 64, 3, 2)
    sections = [(0, 0, 0, 0), (1, 1, at, len(code)), (12, 3, at + len(code), len(names))]
    rows = b"".join(struct.pack("<IIQQQQIIQQ", name, kind, 0, 0, offset, size, 0, 0, 1, 0) for name, kind, offset, size in sections)
    return header + code + names + rows


def test_code_for_other_gpus_is_zeroed_where_it_lies(tmp_path):
    path = tmp_path / "libcuda_code.so"
    path.write_bytes(cuda_library([(2, 80, b"A" * 40), (2, 90, b"H" * 24), (1, 120, b"P" * 16)], [(2, 100, b"B" * 8), (2, 103, b"U" * 8)]))
    assert fatbin.architectures(path) == {80: 40, 90: 24, 100: 8, 103: 8}
    size = path.stat().st_size
    assert fatbin.keep(path, 90) == 40 + 16 + 8 + 8
    data = path.read_bytes()
    assert len(data) == size and b"H" * 24 in data
    assert not any(letter * 8 in data for letter in (b"A", b"P", b"B", b"U"))
    # The headers stay: the driver still finds its way.
    assert fatbin.architectures(path) == {80: 40, 90: 24, 100: 8, 103: 8}


def test_all_code_that_a_gpu_can_run_is_kept(tmp_path):
    path = tmp_path / "library.so"
    path.write_bytes(cuda_library([(2, 80, b"A" * 8), (2, 86, b"D" * 8), (2, 100, b"B" * 8), (2, 103, b"U" * 8)]))
    fatbin.keep(path, 103)
    data = path.read_bytes()
    assert b"B" * 8 in data and b"U" * 8 in data and b"A" * 8 not in data
    with pytest.raises(fatbin.NoFatbin, match="no code for 7.5, but for 8.0, 8.6, 10.0, 10.3"):
        fatbin.keep(path, 75)


def test_files_that_are_no_cuda_libraries(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"not a library at all, but long enough to have a header " * 3)
    with pytest.raises(fatbin.NoFatbin, match="not a 64-bit library"):
        fatbin.architectures(path)
    whole = cuda_library([(2, 90, b"H" * 8)])
    path.write_bytes(whole[:-70])
    with pytest.raises(fatbin.NoFatbin, match="cut off"):
        fatbin.architectures(path)
    path.write_bytes(whole.replace(struct.pack("<I", fatbin.MAGIC), b"junk"))
    with pytest.raises(fatbin.NoFatbin, match="no container"):
        fatbin.architectures(path)
    path.write_bytes(whole.replace(struct.pack("<IQ", 48, 8), struct.pack("<IQ", 48, 1 << 40)))
    with pytest.raises(fatbin.NoFatbin, match="longer than its container"):
        fatbin.keep(path, 90)


# ---- The bundle ----


def bundled(tmp_path: pathlib.Path, monkeypatch) -> pathlib.Path:
    monkeypatch.setattr(gpu_bench.Parts.__init__, "__defaults__", (4000,))
    for name in ("jars", "classes", "libraries"):
        (tmp_path / name).mkdir()
    (tmp_path / "jars" / "lowerbound.jar").write_bytes(os.urandom(9000))
    (tmp_path / "classes" / "Worker.class").write_bytes(b"class")
    (tmp_path / "libraries" / "libtorch_cuda.so").write_bytes(cuda_library([(2, 80, b"A" * 40), (2, 90, b"H" * 24)]))
    to = tmp_path / "bundle"
    parts = gpu_bench.pack(to, tmp_path / "jars", tmp_path / "classes", tmp_path / "libraries", "", 90, None)
    assert len(parts) >= 3
    assert all((to / name).stat().st_size <= 4000 for name in parts)
    return to


def test_the_bundle_is_unpacked_as_it_was_packed(tmp_path, monkeypatch):
    to = bundled(tmp_path, monkeypatch)
    gpu_bench.unpack(to, tmp_path / "there")
    there = tmp_path / "there"
    assert (there / "jars" / "lowerbound.jar").read_bytes() == (tmp_path / "jars" / "lowerbound.jar").read_bytes()
    library = (there / "libtorch-gpu" / "libtorch_cuda.so").read_bytes()
    assert b"H" * 24 in library and b"A" * 40 not in library
    for name in ("bench/gpu_bench.py", "bench/bench.py", "bench/peers.py", "bench/fatbin.py", "gpu.py"):
        assert (there / "environment" / name).exists()
    # A second time nothing is done.
    (there / "jars" / "lowerbound.jar").unlink()
    gpu_bench.unpack(to, there)
    assert not (there / "jars" / "lowerbound.jar").exists()


def test_the_bundles_program_starts_on_its_own(tmp_path, monkeypatch):
    to = bundled(tmp_path, monkeypatch)
    moved = tmp_path / "elsewhere, with a space"
    shutil.copytree(to, moved)
    done = subprocess.run([moved / "run"], env={**os.environ, "PATH": driver(tmp_path, "NVIDIA-SMI has failed", 9)}, capture_output=True, text=True)
    assert done.returncode == 1
    assert "nothing to measure" in done.stderr and "--dry-run" in done.stderr, done.stderr


def test_parts_that_are_missing_or_damaged_are_named(tmp_path, monkeypatch):
    to = bundled(tmp_path, monkeypatch)
    with (to / "part-01").open("r+b") as file:
        file.seek(100)
        file.write(b"damage")
    with pytest.raises(SystemExit, match="part-01 is damaged"):
        gpu_bench.unpack(to, tmp_path / "there")
    (to / "part-01").unlink()
    with pytest.raises(SystemExit, match="part-01 is missing"):
        gpu_bench.unpack(to, tmp_path / "there")
    (to / "parts.sha256").unlink()
    with pytest.raises(SystemExit, match="no bundle"):
        gpu_bench.unpack(to, tmp_path / "there")


# ---- The benchmark ----


def test_trajectories_are_compared_over_all_their_steps():
    assert gpu_bench.difference([100.0, 50.0], [100.0, 50.0]) == 0
    assert gpu_bench.difference([100.0, 50.0], [100.001, 50.01]) == pytest.approx(2e-4)
    assert gpu_bench.difference([100.0], [100.0, 50.0]) == float("inf")
    assert gpu_bench.difference([], []) == float("inf")
    # A value that is no number differs.
    assert not gpu_bench.difference([100.0, 50.0], [100.0, float("nan")]) <= gpu_bench.EQUAL


def test_what_ran_elsewhere_than_asked_is_no_success(monkeypatch):
    def ran(*_, **__):
        return subprocess.CompletedProcess([], 0, "losses vae 1 2\nnote device cpu\n", "")

    monkeypatch.setattr(gpu_bench, "ours", ran)
    rows = gpu_bench.equality([], {}, ["vae", "m2"], "cuda", 10)
    assert [(row["model"], row["ok"]) for row in rows] == [("device", "NO"), ("vae", "yes"), ("m2", "NO")]


def test_the_benchmark_on_a_gpu_runs_dry(tmp_path):
    environment = {name: value for name, value in os.environ.items() if name != "LOWERBOUND_DATA"}
    done = subprocess.run(
        [str(BENCH / "gpu"), "--dry-run", "--out", str(tmp_path)], env=environment, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stdout + done.stderr
    rows = bench.read(tmp_path / "gpu.csv")
    assert {row["part"] for row in rows} == {"equality", "speed", "chapters"}
    assert [row["model"] for row in rows if row["part"] == "chapters"] == ["04", "07", "04", "07"]
    assert all(row["ok"] == "yes" for row in rows), rows
    speed = [row for row in rows if row["part"] == "speed"]
    assert all(int(row["examples_per_s"]) > 0 and int(row["host_mib"]) > 50 for row in speed)
