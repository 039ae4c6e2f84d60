"""The benchmark's own tools: its tables are read as they are written, and our side runs without the peers."""

from __future__ import annotations

import csv
import os
import pathlib
import subprocess
import sys
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BENCH = ROOT / "environment" / "bench"
sys.path.insert(0, str(BENCH))

import bench  # noqa: E402


def row(framework: str, speed: int, ratio: str, agrees: str = "yes") -> dict:
    values = dict.fromkeys(bench.COLUMNS, "")
    values |= {"model": "vae", "threads": 1, "framework": framework, "examples_per_s": speed, "agrees": agrees}
    return values | {"ratio_ours_to_this": ratio, "lowest_ratio": ratio, "highest_ratio": ratio}


def test_tables_are_read_as_they_were_written(tmp_path):
    rows = [row("ours", 100, ""), row("keras", 120, "0.83")]
    bench.write(tmp_path / "results.csv", rows, bench.COLUMNS)
    assert bench.read(tmp_path / "results.csv") == [{k: str(v) for k, v in r.items()} for r in rows]
    assert bench.read(tmp_path / "none.csv") == []


def test_the_best_peer_is_the_fastest_whose_loss_agrees():
    rows = [row("ours", 100, ""), row("keras", 120, "0.83"), row("torch", 90, "1.1"), row("jax", 500, "0.2", "no: void")]
    assert bench.best_ratios(rows)["vae", 1]["framework"] == "keras"
    assert "0.83 of keras" in bench.verdict(rows)
    assert "0.85 needed: MISSED" in bench.verdict(rows)
    assert "held" in bench.verdict([row("ours", 1, ""), row("torch", 1, "0.86")])
    assert "MISSED" in bench.verdict([row("ours", 1, ""), row("torch", 2, "0.5")])


def test_the_committed_results_have_all_their_columns():
    for line in bench.read(BENCH / "results.csv"):
        assert list(line) == bench.COLUMNS
        assert line["agrees"] == "yes", line
        assert int(line["examples_per_s"]) > 0


def test_every_framework_is_tried_in_the_settings_that_matter_to_it():
    # With one thread there is nobody to wait for; the pools of Keras and JAX are not OpenMP's.
    assert bench.settings("torch", 1) == [bench.Setting(1)]
    assert bench.settings("jax", 2) == [bench.Setting(2)]
    assert {setting.policy for setting in bench.settings("torch", 2)} == set(bench.POLICIES)
    # Two may be slower than one.
    assert bench.Setting(1) in bench.settings("ours", 2)


def test_no_policy_of_the_surroundings_leaks_into_a_framework(monkeypatch):
    monkeypatch.setenv("OMP_WAIT_POLICY", "PASSIVE")
    monkeypatch.setenv("GOMP_SPINCOUNT", "7")
    spinning = bench.Setting(2, "spin").environment()
    assert "OMP_WAIT_POLICY" not in spinning and "GOMP_SPINCOUNT" not in spinning
    assert spinning["OMP_NUM_THREADS"] == "2"
    assert bench.Setting(2, "sleep").environment()["OMP_WAIT_POLICY"] == "PASSIVE"
    assert bench.Setting(2, "spin briefly").environment()["GOMP_SPINCOUNT"] == "3000"


@pytest.mark.skipif(not pathlib.Path("/proc/stat").exists(), reason="only Linux tells")
def test_other_processes_are_told_from_the_benchmarks_own():
    spinner = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        own = bench.Worker("ours", bench.Setting(), spinner)
        as_own, as_other = bench.Others.start([own]), bench.Others.start([])
        time.sleep(1.5)
        # What it takes is other processes' time only where it is not the benchmark's.
        assert as_other.end([]) - as_own.end([own]) > 0.02
    finally:
        spinner.kill()
        spinner.wait()
    assert bench.machine(0.0) == "idle" and bench.machine(0.5) == "busy" and bench.machine(None) == "unknown"


def test_our_side_runs_alone(tmp_path):
    environment = {name: value for name, value in os.environ.items() if name != "LOWERBOUND_DATA"}
    command = [BENCH / "run", "--alone", "--models", "vae", "--threads", "1", "--rounds", "2", "--seconds", "0.1"]
    done = subprocess.run(
        [*map(str, command), "--out", str(tmp_path)], env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    with (tmp_path / "results.csv").open(newline="", encoding="utf-8") as file:
        (line,) = csv.DictReader(file)
    assert line["framework"] == "ours"
    assert int(line["examples_per_s"]) > 0
    # An untrained decoder gives log 2 a pixel, 543 nats; 50 steps bring it well below.
    assert 50 < float(line["loss_after_50_steps"]) < 500


def test_an_unknown_model_is_named():
    done = subprocess.run([sys.executable, "-B", BENCH / "bench.py", "--models", "gpt"], capture_output=True, text=True)
    assert done.returncode == 2
    assert "gpt" in done.stderr
