"""python environment/machine lab ... and what the shell scripts call."""

from __future__ import annotations

import os
import pathlib
import signal
import sys

sys.path.insert(0, str(pathlib.Path(os.path.abspath(__file__)).parent.parent))

from machine import install, lab  # noqa: E402


def main(words: list[str]) -> int:
    match words:
        case ["lab", *options]:
            return lab.main(options)
        case ["set-up", *files]:
            install.set_up(*files)
        case ["jjava"]:
            install.set_up_jjava()
        case ["check"]:
            install.check_java()
            install.check_python()
        case ["native"]:
            print(install.native())
        case ["version"]:
            print(install.version())
        case ["python"]:
            install.set_up_python_alone()
        case ["libtorch"]:
            install.set_up_libtorch()
        case ["chapters", folder]:
            install.copy_chapters(pathlib.Path(folder))
        case _:
            print("machine: lab|set-up|check|native|version|jjava|python|libtorch|chapters", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    if hasattr(signal, "SIGPIPE"):
        # Python ignores this signal, and what it starts or becomes would inherit that.
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        sys.exit(main(sys.argv[1:]))
    except install.Failed as failed:
        sys.exit(str(failed))
    except KeyboardInterrupt:
        sys.exit("\nStopped.")
