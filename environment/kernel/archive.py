"""Writes target/kernel/classes.jsa: the kernel's classes as the JVM keeps them in memory.

With it a kernel starts and shows its first figure in about four fifths of the time. The JVM writes it
when a kernel ends that has run the cells below, which touch what every chapter needs first; a JVM that
cannot use it (another version, other jars) ignores it.
"""

import os
import pathlib
import sys
import time

from jupyter_client.manager import start_new_kernel

CELLS = (
    "import java.util.*;\nimport java.util.function.*;\nimport java.util.stream.*;\n"
    "import org.lowerbound.*;\nimport org.lowerbound.claims.*;\nimport org.lowerbound.data.*;\n"
    "import org.lowerbound.plot.*;",
    "Lowerbound.setUp()",
    "double sum = 0;\nfor (int i = 0; i < 3; i++) {\n  sum += Math.exp(i);\n}",
    "Function<Double, Double> square = x -> x * x;\nSystem.out.println(square.apply(sum));",
    "ImageGrid.of(StrokeDigits.of(12, 1).rows(0, 12), 28, 28)",
)


def main() -> None:
    archive = pathlib.Path(sys.argv[1])
    archive.unlink(missing_ok=True)
    manager, client = start_new_kernel(kernel_name="java", env=dict(os.environ, LOWERBOUND_ARCHIVE=str(archive)))
    for cell in CELLS:
        reply = client.execute_interactive(cell, timeout=120, output_hook=lambda message: None)
        if reply["content"]["status"] != "ok":
            sys.exit(f"This cell failed:\n{cell}\n{reply['content']}")
    client.shutdown()
    deadline = time.monotonic() + 60
    while manager.is_alive() and time.monotonic() < deadline:
        time.sleep(0.2)
    manager.shutdown_kernel(now=True)
    if not archive.exists():
        sys.exit("The JVM wrote no archive.")


main()
