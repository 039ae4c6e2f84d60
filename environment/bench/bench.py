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
STEPS = 50
AGREEMENT = 1e-3
COLUMNS = (
    "model threads framework threads_used policy way examples_per_s ratio_ours_to_this lowest_ratio highest_ratio "
    "loss_after_50_steps agrees first_step_s peak_mib rounds load others machine"
).split()
# What OpenMP's threads do between two operations. It matters to the frameworks that use OpenMP, from two threads on.
POLICIES = {
    "spin": {},
    # As the kernel is started.
    "spin briefly": {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "3000"},
    "sleep": {"OMP_WAIT_POLICY": "PASSIVE"},
}
OPENMP = ("ours", "torch")
# Cores that other processes may use, on average, on a machine that counts as idle.
IDLE = 0.15
# The least and the most that is asked of ours against the best peer: issue 12.
NEEDED = {1: 0.85, 2: 0.9}
NEEDED_RECURRENT = 0.75


def needed(model: str, threads: int) -> float | None:
    return NEEDED_RECURRENT if model == "lstm" else NEEDED.get(threads)


class WorkerFailed(Exception):
    pass


@dataclass(frozen=True)
class Setting:
    """How a framework is run."""

    threads: int = 1
    policy: str = ""
    device: str = "cpu"

    def environment(self) -> dict[str, str]:
        """The surroundings of the process: nothing of ours leaks in that would decide for a peer."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("OMP_", "GOMP_", "KMP_"))}
        kept |= {"OMP_NUM_THREADS": str(self.threads), "LOWERBOUND_DEVICE": self.device}
        kept.setdefault("TORCHINDUCTOR_CACHE_DIR", str(ROOT / "target" / "bench" / "inductor"))
        if self.device == "cpu":
            kept["CUDA_VISIBLE_DEVICES"] = ""
        return kept | POLICIES.get(self.policy, {})


def settings(framework: str, threads: int) -> list[Setting]:
    """The ways to use at most so many threads, of which the best is to be found by trial.

    PyTorch chooses between one thread and all within its process (see peers.py); Keras and JAX, whose threads
    are their own pool's, are given what is allowed.
    """
    if framework not in OPENMP or threads == 1:
        return [Setting(threads)]
    ways = [Setting(threads, policy) for policy in POLICIES]
    return ways + [Setting(1)] if framework == "ours" else ways


@dataclass
class Worker:
    """A process of one framework with one model, from its start to its end."""

    framework: str
    setting: Setting
    process: subprocess.Popen
    first_step: float = 0.0
    loss: float = float("nan")
    peak: int = 0
    way: str = ""
    threads: int = 0
    batch: int = 0
    notes: list[str] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)

    @staticmethod
    def start(framework: str, model: str, setting: Setting, work: pathlib.Path, way: str = "") -> Worker:
        """With a way, a peer goes that one alone."""
        environment = setting.environment()
        if framework == "ours":
            command = [*command_of_ours(), "org.lowerbound.bench.Worker", "train", model]
            environment |= surroundings_of_ours
        else:
            environment["BENCH_WAY"] = way
            where = [str(work / model), str(setting.threads), setting.device]
            command = [sys.executable, "-B", str(HERE / "peers.py"), framework, model, *where]
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
        worker = Worker(framework, setting, process, threads=setting.threads, batch=batch_of(work / model))
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
            if words and words[0] == "note":
                self.notes.append(line.strip().removeprefix("note "))
        raise WorkerFailed(f"{self.framework} ended without saying '{word}'; its messages are in target/bench.")

    def ask(self, line: str, word: str) -> list[str]:
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.answer(word)

    def run(self, seconds: float) -> float:
        """Examples a second."""
        steps, elapsed, *way = self.ask(f"run {seconds}", "ran")
        self.way = way[0] if way else "libtorch"
        self.threads = int(way[1]) if len(way) > 1 else self.setting.threads
        return int(steps) * self.batch / float(elapsed)

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

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


# The benchmark on a GPU runs our side from elsewhere.
command_of_ours = java
surroundings_of_ours: dict[str, str] = {}


def export(models: list[str], work: pathlib.Path) -> None:
    missing = [model for model in models if not (work / model / "manifest.txt").exists()]
    if missing:
        subprocess.run([*command_of_ours(), "org.lowerbound.bench.Worker", "export", str(work), *missing], check=True)


def batch_of(folder: pathlib.Path) -> int:
    return int((folder / "manifest.txt").read_text().split()[1])


def best(framework: str, model: str, threads: int, seconds: float, work: pathlib.Path, device: str = "cpu") -> Worker:
    """The framework in the setting that is fastest for it; the others have ended."""
    found: Worker | None = None
    speed = 0.0
    problem: WorkerFailed | None = None
    for setting in settings(framework, threads) if device == "cpu" else [Setting(threads, device=device)]:
        worker = None
        try:
            worker = Worker.start(framework, model, setting, work)
            # Warm; PyTorch, Keras and JAX choose their way now.
            worker.run(seconds)
            rate = worker.run(seconds)
        except (WorkerFailed, BrokenPipeError) as failure:
            problem = failure if isinstance(failure, WorkerFailed) else WorkerFailed(f"{framework} ended; its messages are in target/bench.")
            if worker is not None:
                worker.kill()
            continue
        if found is None or rate > speed:
            found, worker, speed = worker, found, rate
        if worker is not None:
            worker.kill()
    if found is None:
        raise problem or WorkerFailed(f"{framework} has no way to run.")
    return found


@dataclass
class Others:
    """How many cores processes that are not of the benchmark use, on average, where the system tells."""

    began: float = field(default_factory=time.monotonic)
    busy: float | None = None
    own: float = 0.0

    @staticmethod
    def start(workers: list[Worker]) -> Others:
        return Others(busy=busy_seconds(), own=own_seconds(workers))

    def end(self, workers: list[Worker]) -> float | None:
        busy = busy_seconds()
        if self.busy is None or busy is None:
            return None
        used = busy - self.busy - (own_seconds(workers) - self.own)
        return max(0.0, used / max(1e-9, time.monotonic() - self.began))


def busy_seconds() -> float | None:
    """Seconds that all cores together have worked since the system started."""
    try:
        words = pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()
    except OSError:
        return None
    user, nice, system, _, _, interrupts, soft, *_ = map(int, words[1:])
    return (user + nice + system + interrupts + soft) / os.sysconf("SC_CLK_TCK")


def own_seconds(workers: list[Worker]) -> float:
    """The same of the benchmark's own processes, their threads included."""
    total = sum(os.times()[:4])
    for worker in workers:
        try:
            words = pathlib.Path(f"/proc/{worker.process.pid}/stat").read_text().rpartition(")")[2].split()
            total += sum(map(int, words[11:15])) / os.sysconf("SC_CLK_TCK")
        except OSError:
            pass
    return total


def measure(
    model: str,
    threads: int,
    peers: list[str],
    rounds: int,
    seconds: float,
    work: pathlib.Path,
    device: str = "cpu",
    until: float = float("inf"),
) -> list[dict]:
    """Rounds of ours, peer, ours, peer …: each peer is compared with ours just before it."""
    workers: dict[str, Worker] = {}
    pairs: dict[str, list[float]] = {}
    load = os.getloadavg()[0]
    try:
        for framework in ["ours", *peers]:
            try:
                workers[framework] = best(framework, model, threads, min(0.5, seconds), work, device)
            except WorkerFailed as failure:
                if framework == "ours":
                    raise
                print(f"  {failure}", file=sys.stderr)
        ours = workers["ours"]
        others = [worker for name, worker in workers.items() if name != "ours"]
        elsewhere = Others.start(list(workers.values()))
        made = 0
        # Three rounds at least, so that a median means something; more while there is time.
        while made < rounds and (made < 3 or time.monotonic() < until):
            for other in others[made % max(1, len(others)) :] + others[: made % max(1, len(others))]:
                mine, theirs = ours.run(seconds), other.run(seconds)
                ours.rates.append(mine)
                other.rates.append(theirs)
                pairs.setdefault(other.framework, []).append(mine / theirs)
            if not others:
                ours.rates.append(ours.run(seconds))
            made += 1
        elsewhere_cores = elsewhere.end(list(workers.values()))
        for worker in workers.values():
            worker.end()
    finally:
        for worker in workers.values():
            worker.kill()
    rows = []
    for name, worker in workers.items():
        for note in worker.notes:
            print(f"  {name}: {note}")
        ratios = pairs.get(name, [])
        agrees = abs(worker.loss - ours.loss) <= AGREEMENT * abs(ours.loss)
        rows.append(
            {
                "model": model,
                "threads": threads,
                "framework": name,
                "threads_used": worker.threads,
                "policy": worker.setting.policy,
                "way": worker.way,
                "examples_per_s": round(statistics.median(worker.rates)),
                "ratio_ours_to_this": round(statistics.median(ratios), 3) if ratios else "",
                "lowest_ratio": round(min(ratios), 3) if ratios else "",
                "highest_ratio": round(max(ratios), 3) if ratios else "",
                "loss_after_50_steps": f"{worker.loss:.5f}",
                "agrees": "yes" if agrees else "no: void",
                "first_step_s": round(worker.first_step, 2),
                "peak_mib": worker.peak >> 20,
                "rounds": made,
                "load": round(load, 1),
                "others": "" if elsewhere_cores is None else round(elsewhere_cores, 2),
                "machine": machine(elsewhere_cores),
            }
        )
    return rows


def machine(others: float | None) -> str:
    return "unknown" if others is None else "idle" if others <= IDLE else "busy"


def busy(model: str, threads: int, seconds: float, work: pathlib.Path) -> dict:
    """Our step alone and with as many spinning processes as there are cores."""
    ours = best("ours", model, threads, seconds, work)
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
        "policy": ours.setting.policy,
        "examples_per_s": round(statistics.median(quiet)),
        "examples_per_s_busy": round(statistics.median(loaded)),
        "times_slower": round(slower, 2),
        "at_most_3": "yes" if slower <= 3 else "NO",
    }


def prepare(cases: list[tuple[str, int]], peers: list[str], work: pathlib.Path) -> None:
    """One short turn of every case: what compilers make is kept, and a later run finds it."""
    for model, threads in cases:
        for framework in ["ours", *peers]:
            try:
                worker = Worker.start(framework, model, settings(framework, threads)[0], work)
                worker.ask("prepare", "prepared")
                worker.end()
            except WorkerFailed as failure:
                print(f"  {failure}", file=sys.stderr)
            else:
                for note in worker.notes:
                    print(f"  {framework}: {note}")
        print(f"{MODELS[model]}, {threads} thread{'s' if threads > 1 else ''}: ready", flush=True)


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
        least = needed(model, threads)
        ratio = float(row["ratio_ours_to_this"])
        held = "" if least is None else f", {least} needed: {'held' if ratio >= least else 'MISSED'}"
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
        if any("lowerbound-figure" in output.get("data", {}).get("text/html", "") for output in cell.outputs):
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
    parser.add_argument("--minutes", type=float, default=12, help="bound on the whole; what is left is for --resume")
    parser.add_argument("--resume", action="store_true", help="keep what the last run measured")
    parser.add_argument("--prepare", action="store_true", help="build, install and compile all that is needed, and measure nothing")
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
    cases = [(model, threads) for threads in options.threads for model in options.models]
    if options.prepare:
        prepare(cases, peers, work)
        return 0
    results = options.out / "results.csv"
    rows = read(results) if options.resume else []
    done = {(row["model"], int(row["threads"])) for row in rows}
    left = [case for case in cases if case not in done]
    end = time.monotonic() + 60 * options.minutes
    longest, failed = 0.0, 0
    while left:
        began = time.monotonic()
        # A case is begun where one as long as the longest so far still fits.
        if longest and began + longest > end:
            break
        model, threads = left[0]
        print(f"{MODELS[model]}, {threads} thread{'s' if threads > 1 else ''}", flush=True)
        until = began + (end - began) / len(left)
        left = left[1:]
        try:
            now = measure(model, threads, peers, options.rounds, options.seconds, work, until=until)
        except WorkerFailed as failure:
            print(f"  {failure}", file=sys.stderr)
            failed += 1
            continue
        print(table(now, COLUMNS[2:]), flush=True)
        rows += now
        write(results, rows, COLUMNS)
        longest = max(longest, time.monotonic() - began)
    if left:
        names = ", ".join(f"{MODELS[model]} with {threads}" for model, threads in left)
        print(f"{options.minutes:g} minutes are over; ./environment/bench/run --resume goes on with: {names}")
    print(verdict(rows))
    if any(row["framework"] != "ours" for row in rows):
        chart(rows, options.out / "results.png")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
