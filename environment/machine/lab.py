"""The command lab: sets everything up and opens the chapters in JupyterLab, or runs them here."""

from __future__ import annotations

import argparse
import os
import pathlib
import socket
import subprocess
import sys

from machine import install, plan
from machine.install import BUILT, ENVIRONMENT, ROOT, Failed, say

USAGE = """\
Usage: ./environment/lab [OPTIONS]

Opens the chapters in JupyterLab; the first time it sets everything up.

  --no-browser       serve JupyterLab, and leave the browser to you
  --folder FOLDER    open this folder instead of the chapters: a student's copy, a course
  --teacher          with the menu entries for teachers: Formgrader, Create Assignment
  --port N           serve it on port N (8888, or the next one free)
  --run NAME|all     run a chapter without a browser, print its claim table, and write the executed
                     notebook to target/notebooks/NAME.ipynb (NAME: 07-made, or just 07)
  --save             with --run: write the outputs back into notebooks/NAME.ipynb too
  --size quick|full  quick (the default) takes minutes, full meets the figures of the papers
  --kernel NAME      the Java kernel: ijava (the default) or jjava, its maintained successor
  --gpu              set up what an NVIDIA GPU needs too (2 GB; Linux on x86-64), and from then on use it
  --no-gpu           remove that again
  --data             list the data sets: which are here, and where they come from
  --fetch NAME...|all  download data sets into the cache
  --plan             only say what would be installed and started, here or on --platform NAME:
                     linux-x86_64, linux-arm64, macosx-x86_64, macosx-arm64, windows-x86_64
  --help             this text

Environment: LOWERBOUND_DATA (a folder with data files), LOWERBOUND_MEMORY (of the kernel in all: 2g, or
4g at full size), LOWERBOUND_THREADS (measured at set-up), LOWERBOUND_NATIVE (plain, onednn-avx2),
LOWERBOUND_ENGINE (auto, torch, samediff), LOWERBOUND_DEVICE (auto, cpu, cuda),
JAVA_HOME, LOWERBOUND_PYTHON (python3)."""


class Options(argparse.Namespace):
    """What was asked for."""

    run = port = opened = gpu = platform = None
    kernel = "ijava"
    save = teacher = browserless = plan = False
    fetch: list[str] = []


def parsed(words: list[str]) -> Options:
    """The options; what is wrong with them is said in a sentence."""
    options = Options()
    words = list(words)

    def value(option: str) -> str:
        if not words or not words[0]:
            raise Failed(f"{option} needs a value. See ./environment/lab --help")
        return words.pop(0)

    def one_of(option: str, *allowed: str) -> str:
        given = value(option)
        if given not in allowed:
            raise Failed(f"{option} is {', '.join(allowed[:-1])} or {allowed[-1]}, not '{given}'.")
        return given

    while words:
        word = words.pop(0)
        if word == "--run":
            options.run = value(word)
        elif word == "--save":
            options.save = True
        elif word == "--size":
            os.environ["LOWERBOUND_SIZE"] = one_of(word, "quick", "full")
        elif word == "--kernel":
            options.kernel = one_of(word, "ijava", "jjava")
        elif word == "--port":
            options.port = value(word)
            if not options.port.isdecimal() or not options.port.isascii():
                raise Failed(f"--port needs a number, not '{options.port}'.")
        elif word == "--folder":
            folder = value(word)
            if not os.path.isdir(folder):
                raise Failed(f"There is no folder {folder}.")
            options.opened = pathlib.Path(os.path.abspath(folder))
        elif word == "--teacher":
            options.teacher = True
        elif word == "--no-browser":
            options.browserless = True
        elif word in ("--gpu", "--no-gpu"):
            options.gpu = word
        elif word == "--data":
            options.fetch = ["list"]
        elif word == "--fetch":
            options.fetch = []
            while words and not words[0].startswith("--"):
                options.fetch.append(words.pop(0))
            if not options.fetch:
                raise Failed("--fetch needs the names of data sets, or all. See ./environment/lab --data")
        elif word == "--plan":
            options.plan = True
        elif word == "--platform":
            options.platform = one_of(word, *plan.ALL)
        elif word in ("--help", "-h"):
            print(USAGE)
            raise SystemExit(0)
        else:
            raise Failed(f"Unknown option: {word}. See ./environment/lab --help")
    if options.platform and not options.plan:
        raise Failed("--platform names a machine for --plan. See ./environment/lab --help")
    return options


def become(command: list, **environment: str) -> int:
    """Runs a program in the place of this one; where a system has no such thing, waits for it."""
    words = [str(word) for word in command]
    os.environ.update(environment)
    if os.name != "nt":
        sys.stdout.flush()
        sys.stderr.flush()
        os.execvp(words[0], words)
    try:
        return subprocess.call(words)
    except KeyboardInterrupt:
        return 130


def first(paths: str | os.PathLike, variable: str) -> dict[str, str]:
    """A list of folders in the environment with one put before those that are there."""
    there = os.environ.get(variable)
    return {variable: str(paths) + (os.pathsep + there if there else "")}


def free(port: str) -> bool:
    try:
        socket.create_server(("127.0.0.1", int(port))).close()
    except (OSError, OverflowError):
        return False
    return True


def folder_to_open(options: Options) -> pathlib.Path:
    if options.opened:
        return options.opened
    folder = ROOT / "notebooks"
    if os.access(folder, os.W_OK):
        return folder
    # Where an installation is shared and may only be read, a reader works on copies that can be saved.
    copies = pathlib.Path.home() / "lowerbound"
    install.copy_chapters(copies)
    say(f"The chapters here may only be read: your copies of them are in {copies}.")
    return copies


def main(words: list[str]) -> int:
    options = parsed(words)
    if options.plan:
        print(plan.described(plan.ALL[options.platform] if options.platform else install.here()))
        return 0
    device = os.environ.get("LOWERBOUND_DEVICE", "auto")
    if device not in ("auto", "cpu", "cuda"):
        raise Failed(f"LOWERBOUND_DEVICE is '{device}'; it is auto, cpu or cuda.")
    if options.gpu:
        if not install.may_set_up():
            raise Failed(install.not_set_up())
        if options.gpu == "--gpu":
            install.want_gpu()
        else:
            install.forget_gpu()
    # The data sets need the library alone.
    if options.fetch and not options.gpu and install.jars_are_fresh():
        install.check_java()
    else:
        install.set_up()
    os.environ.update(install.environment())

    if options.fetch:
        return become([install.java(), "-cp", BUILT / "jars" / "*", "org.lowerbound.data.Fetch", *options.fetch])
    if options.kernel == "jjava":
        install.set_up_jjava()
    if options.run:
        save = ["--save"] if options.save else []
        return become([install.python(), ENVIRONMENT / "run.py", "--kernel", options.kernel, *save, options.run])

    # Warnings only, and the address to open.
    server = ["--log-level=WARN"]
    if options.browserless:
        server.append("--no-browser")
    if options.port:
        if not free(options.port):
            raise Failed(f"Port {options.port} is taken or not allowed. Choose another one: ./environment/lab --port {int(options.port) + 1}")
        server += [f"--port={options.port}", "--ServerApp.port_retries=0"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        server.append("--allow-root")
    added = {}
    if options.teacher:
        added |= first(ENVIRONMENT / "jupyter" / "teacher", "JUPYTER_CONFIG_PATH")
    # Both kernels have the kernelspec `java`, so that a notebook runs on either: the first one found serves.
    if options.kernel == "jjava":
        added |= first(BUILT / "jjava", "JUPYTER_PATH")
    folder = folder_to_open(options)
    return become([install.here().program(install.PREFIX, "jupyter-lab"), f"--ServerApp.root_dir={folder}", *server], **added)
