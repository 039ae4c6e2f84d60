"""Runs the benchmark: see README.md. Started by ./environment/bench/run, which prepares everything."""

from __future__ import annotations

import argparse
import csv
import datetime
import os
import pathlib
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
MODELS = {
    "vae": "dense VAE 784-400-20",
    "made-500": "MADE 500",
    "made-1000x2": "MADE 2×1000",
    "conv-vae": "conv VAE 32×32×3",
    "m2": "M2, 10 classes summed over",
    "lstm": "char LSTM 256",
}
PEERS = ("keras", "torch", "jax")
NEEDED = {"vae": 0.6, "made-500": 0.6, "made-1000x2": 0.6, "conv-vae": 0.4, "m2": 0.6}
STEPS = 50
AGREEMENT = 1e-3
COLUMNS = (
    "model threads framework way examples_per_s ratio_ours_to_this lowest_ratio highest_ratio "
    "loss_after_50_steps agrees first_step_s peak_mib rounds load"
).split()


class WorkerFailed(Exception):
    pass


@dataclass
class Worker:
    """A process of one framework with one model, from its start to its end."""

    framework: str
    process: subprocess.Popen
    first_step: float = 0.0
    loss: float = float("nan")
    peak: int = 0
    way: str = ""
    batch: int = 0
    rates: list[float] = field(default_factory=list)

    @staticmethod
    def start(framework: str, model: str, threads: int, work: pathlib.Path) -> Worker:
        environment = dict(os.environ, OMP_NUM_THREADS=str(threads))
        if framework == "ours":
            # As the kernel is started. PyTorch waits in its own way, which is best for it alone.
            environment |= {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "3000"}
        if framework == "ours":
            command = [*java(), "org.lowerbound.bench.Worker", "train", model]
        else:
            command = [sys.executable, "-B", str(HERE / "peers.py"), framework, model, str(work / model), str(threads)]
        began = time.monotonic()
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(work / f"{framework}.log").open("a"),
            text=True,
            bufsize=1,
        )
        worker = Worker(framework, process)
        try:
            worker.answer("first")
            worker.first_step = time.monotonic() - began
            worker.loss = float(worker.answer("loss")[0])
        except BaseException:
            process.kill()
            raise
        return worker

    def answer(self, word: str) -> list[str]:
        while line := self.process.stdout.readline():
            words = line.split()
            if words and words[0] == word:
                return words[1:]
        raise WorkerFailed(f"{self.framework} ended without saying '{word}'; its messages are in target/bench.")

    def ask(self, line: str, word: str) -> list[str]:
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.answer(word)

    def run(self, seconds: float) -> float:
        """Examples a second."""
        steps, elapsed, *way = self.ask(f"run {seconds}", "ran")
        self.way = way[0] if way else "libtorch"
        return int(steps) * self.batch / float(elapsed)

    def end(self) -> None:
        self.peak = int(self.ask("memory", "memory")[0])
        self.process.stdin.write("quit\n")
        self.process.stdin.close()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()


def java() -> list[str]:
    """The command of our side; run writes it down, with the class path and the native build."""
    return (ROOT / "target" / "bench" / "java.txt").read_text().splitlines()


def export(models: list[str], work: pathlib.Path) -> None:
    missing = [model for model in models if not (work / model / "manifest.txt").exists()]
    if missing:
        subprocess.run([*java(), "org.lowerbound.bench.Worker", "export", str(work), *missing], check=True)


def batch_of(folder: pathlib.Path) -> int:
    return int((folder / "manifest.txt").read_text().split()[1])


def measure(model: str, threads: int, peers: list[str], rounds: int, seconds: float, work: pathlib.Path) -> list[dict]:
    """Rounds of ours, peer, ours, peer …: each peer is compared with ours just before it."""
    workers: dict[str, Worker] = {}
    pairs: dict[str, list[float]] = {}
    try:
        for framework in ["ours", *peers]:
            try:
                workers[framework] = Worker.start(framework, model, threads, work)
                workers[framework].batch = batch_of(work / model)
            except WorkerFailed as failure:
                if framework == "ours":
                    raise
                print(f"  {failure}", file=sys.stderr)
        ours = workers["ours"]
        others = [worker for name, worker in workers.items() if name != "ours"]
        for worker in workers.values():
            worker.run(2 * seconds)  # warm; the peers choose their way now
        for turn in range(rounds):
            for other in others[turn % max(1, len(others)) :] + others[: turn % max(1, len(others))]:
                mine, theirs = ours.run(seconds), other.run(seconds)
                ours.rates.append(mine)
                other.rates.append(theirs)
                pairs.setdefault(other.framework, []).append(mine / theirs)
            if not others:
                ours.rates.append(ours.run(seconds))
        for worker in workers.values():
            worker.end()
    finally:
        for worker in workers.values():
            if worker.process.poll() is None:
                worker.process.kill()
    rows = []
    for name, worker in workers.items():
        ratios = pairs.get(name, [])
        agrees = abs(worker.loss - ours.loss) <= AGREEMENT * abs(ours.loss)
        rows.append(
            {
                "model": model,
                "threads": threads,
                "framework": name,
                "way": worker.way,
                "examples_per_s": round(statistics.median(worker.rates)),
                "ratio_ours_to_this": round(statistics.median(ratios), 3) if ratios else "",
                "lowest_ratio": round(min(ratios), 3) if ratios else "",
                "highest_ratio": round(max(ratios), 3) if ratios else "",
                "loss_after_50_steps": f"{worker.loss:.5f}",
                "agrees": "yes" if agrees else "no: void",
                "first_step_s": round(worker.first_step, 2),
                "peak_mib": worker.peak >> 20,
                "rounds": rounds,
                "load": round(os.getloadavg()[0], 1),
            }
        )
    return rows


def busy(model: str, threads: int, seconds: float, work: pathlib.Path) -> dict:
    """Our step alone and with as many spinning processes as there are cores."""
    ours = Worker.start("ours", model, threads, work)
    ours.batch = batch_of(work / model)
    ours.run(seconds)
    quiet, loaded = [], []
    for _ in range(3):
        quiet.append(ours.run(seconds))
        spinners = [
            subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(os.cpu_count() or 1)
        ]
        try:
            time.sleep(0.2)
            loaded.append(ours.run(seconds))
        finally:
            for spinner in spinners:
                spinner.kill()
                spinner.wait()
    ours.end()
    slower = statistics.median(quiet) / statistics.median(loaded)
    return {
        "model": model,
        "threads": threads,
        "examples_per_s": round(statistics.median(quiet)),
        "examples_per_s_busy": round(statistics.median(loaded)),
        "times_slower": round(slower, 2),
        "at_most_3": "yes" if slower <= 3 else "NO",
    }


def table(rows: list[dict], columns: list[str]) -> str:
    cells = [columns] + [[str(row.get(column, "")) for column in columns] for row in rows]
    widths = [max(len(line[i]) for line in cells) for i in range(len(columns))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in cells)


def write(path: pathlib.Path, rows: list[dict], columns: list[str]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def read(path: pathlib.Path) -> list[dict]:
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def best_ratios(rows: list[dict]) -> dict[tuple[str, int], dict]:
    """For each model and number of threads the row of the fastest peer whose loss agrees."""
    best: dict[tuple[str, int], dict] = {}
    for row in rows:
        key = (row["model"], int(row["threads"]))
        if row["framework"] == "ours" or row["agrees"] != "yes":
            continue
        if key not in best or int(row["examples_per_s"]) > int(best[key]["examples_per_s"]):
            best[key] = row
    return best


def verdict(rows: list[dict]) -> str:
    lines = []
    for (model, threads), row in sorted(best_ratios(rows).items()):
        needed = NEEDED.get(model)
        ratio = float(row["ratio_ours_to_this"])
        held = "" if needed is None else f", {needed} needed: {'held' if ratio >= needed else 'MISSED'}"
        lines.append(
            f"{MODELS[model]}, {threads} thread{'s' if threads > 1 else ''}: {ratio:.2f} of {row['framework']}, the best"
            f" peer ({row['lowest_ratio']} to {row['highest_ratio']}{held})"
        )
    return "\n".join(lines)


def chart(rows: list[dict], path: pathlib.Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plot

    rows = [row for row in rows if row["framework"] != "ours" and row["agrees"] == "yes"]
    cases = sorted({(list(MODELS).index(row["model"]), row["model"], int(row["threads"])) for row in rows})
    figure, axes = plot.subplots(figsize=(8, 0.5 * len(cases) + 1.5), layout="constrained")
    for framework, colour, marker in zip(PEERS, ("#0072B2", "#D55E00", "#009E73"), "os^"):
        for y, (_, model, threads) in enumerate(cases):
            for row in rows:
                if (row["framework"], row["model"], int(row["threads"])) == (framework, model, threads):
                    low, mid, high = (float(row[c]) for c in ("lowest_ratio", "ratio_ours_to_this", "highest_ratio"))
                    axes.plot([low, high], [y, y], color=colour, linewidth=1)
                    axes.plot(mid, y, marker, color=colour)
        axes.plot([], [], marker, color=colour, label=framework)
    axes.axvline(1, color="black", linewidth=0.8)
    axes.set_xscale("log")
    axes.set_xlabel("speed of ours divided by the peer (median, range of rounds)")
    axes.set_yticks(range(len(cases)), [f"{MODELS[m]}, {t} thread{'s' if t > 1 else ''}" for _, m, t in cases])
    axes.invert_yaxis()
    axes.legend()
    figure.savefig(path, dpi=110)


def course() -> list[dict]:
    """Every chapter at quick size, and the time from the start of a kernel to its first figure."""
    sys.path.insert(0, str(HERE.parent))
    import run as chapters

    rows = []
    for path in chapters.find("all"):
        began = time.monotonic()
        outcome = chapters.execute(path)
        rows.append(
            {
                "chapter": path.stem,
                "seconds": round(time.monotonic() - began, 1),
                "kernel_start_s": round(outcome.start_seconds, 1),
                "first_figure_s": seconds_to_figure(outcome),
                "peak_mib": outcome.peak_bytes >> 20,
                "claims": "{} of {}".format(*outcome.claims()),
            }
        )
        print(f"{path.stem}: {rows[-1]['seconds']} s", flush=True)
    return rows


def seconds_to_figure(outcome) -> float | str:
    """Seconds from the start of the kernel to the end of the first cell that shows a picture."""
    first = None
    for cell in outcome.notebook.cells:
        times = cell.metadata.get("execution", {})
        if cell.cell_type != "code" or "iopub.status.busy" not in times or "iopub.status.idle" not in times:
            continue
        busy, idle = (
            datetime.datetime.fromisoformat(times[f"iopub.status.{state}"].replace("Z", "+00:00"))
            for state in ("busy", "idle")
        )
        first = first or busy
        if any("image/png" in output.get("data", {}) for output in cell.outputs):
            return round(outcome.start_seconds + (idle - first).total_seconds(), 1)
    return ""


FIRST_FIGURE = (
    "import org.lowerbound.Lowerbound;\nimport org.lowerbound.data.*;\nimport org.lowerbound.plot.*;",
    "Lowerbound.setUp();",
    "ImageGrid.of(StrokeDigits.of(12, 1).rows(0, 12), 28, 28)",
)


def first_figure(times: int = 3) -> list[float]:
    """Seconds from the start of the kernel to the first picture on the page."""
    sys.path.insert(0, str(HERE.parent))
    import nbformat
    import run as chapters

    seconds = []
    for _ in range(times):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in FIRST_FIGURE])
        notebook.metadata["kernelspec"] = {"name": "java", "display_name": "Java", "language": "java"}
        path = ROOT / "target" / "bench" / "first-figure.ipynb"
        nbformat.write(notebook, path)
        outcome = chapters.execute(path)
        if outcome.figures() < 1:
            raise SystemExit("The first figure did not appear.")
        seconds.append(round(outcome.seconds, 2))
    return seconds


def main() -> int:
    parser = argparse.ArgumentParser(prog="environment/bench/run", description=__doc__)
    parser.add_argument("--models", nargs="+", choices=list(MODELS), default=list(MODELS))
    parser.add_argument("--threads", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--without", nargs="+", choices=PEERS, default=[], help="peers to leave out")
    parser.add_argument("--alone", action="store_true", help="ours only")
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=0.7, help="length of one turn in a round")
    parser.add_argument("--quick", action="store_true", help="3 rounds of 0.4 seconds, one thread")
    parser.add_argument("--resume", action="store_true", help="keep what the last run measured")
    parser.add_argument("--busy", action="store_true", help="our step with all cores loaded by another process")
    parser.add_argument("--course", action="store_true", help="the chapters at quick size, and the first figure")
    parser.add_argument("--out", type=pathlib.Path, default=HERE, help="folder of results.csv and results.png")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.seconds, options.threads = 3, 0.4, [1]
    # The batches of real data and those of the built-in data lie apart.
    work = ROOT / "target" / "bench" / ("real" if os.environ.get("LOWERBOUND_DATA") else "built-in")
    work.mkdir(parents=True, exist_ok=True)
    options.out.mkdir(parents=True, exist_ok=True)

    if options.course:
        seconds = first_figure()
        print(f"kernel start to first figure: {statistics.median(seconds)} s of {seconds}")
        rows = course()
        total = sum(row["seconds"] for row in rows)
        rows.append({"chapter": "first figure", "seconds": statistics.median(seconds)})
        write(options.out / "course.csv", rows, ["chapter", "seconds", "kernel_start_s", "first_figure_s", "peak_mib", "claims"])
        print(table(rows[:-1], list(rows[0])))
        print(f"all chapters: {total:.0f} s")
        return 0

    export(options.models, work)
    if options.busy:
        rows = []
        for threads in options.threads:
            for model in options.models:
                rows.append(busy(model, threads, max(1.0, options.seconds), work))
                print(table(rows[-1:], list(rows[-1])), flush=True)
        write(options.out / "busy.csv", rows, list(rows[0]))
        return 0 if all(row["at_most_3"] == "yes" for row in rows) else 1

    peers = [] if options.alone else [peer for peer in PEERS if peer not in options.without]
    results = options.out / "results.csv"
    rows = read(results) if options.resume else []
    done = {(row["model"], int(row["threads"])) for row in rows}
    for threads in options.threads:
        for model in options.models:
            if (model, threads) in done:
                continue
            print(f"{MODELS[model]}, {threads} thread{'s' if threads > 1 else ''}", flush=True)
            now = measure(model, threads, peers, options.rounds, options.seconds, work)
            print(table(now, COLUMNS[2:]), flush=True)
            rows += now
            write(results, rows, COLUMNS)
    print(verdict(rows))
    if any(row["framework"] != "ours" for row in rows):
        chart(rows, options.out / "results.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
