"""The kernel itself: what it shows, what it keeps silent, how it stops."""

from __future__ import annotations

import base64
import struct
import time

import pytest
from jupyter_client.manager import start_new_kernel
from run import execute


@pytest.fixture(scope="module")
def executed():
    import conftest

    return execute(conftest.ENVIRONMENT / "tests" / "smoke.ipynb", timeout=120)


def cell_output(run, containing):
    cells = [cell for cell in run.notebook.cells if cell.cell_type == "code" and containing in cell.source]
    return cells[0].outputs


def test_no_standard_error_and_memory_within_two_gibibytes(executed, note):
    note(f"kernel: starts in {executed.start_seconds:.1f} s; smoke notebook {executed.seconds:.0f} s, {executed.peak_bytes / 2**30:.2f} GiB")
    assert executed.standard_error() == ""
    assert 0 < executed.peak_bytes <= 2 * 2**30


def test_nd4j_computes(executed):
    # [[1,2],[3,4]] squared by hand.
    (result,) = cell_output(executed, "matrix.mmul(matrix)")
    assert result.data["text/plain"].split() == ["[[", "7.0000,", "10.0000],", "[", "15.0000,", "22.0000]]"]


@pytest.mark.parametrize("ends_with, size", [("\nchart", (480, 300)), ("\nsquare", (64, 64))])
def test_chart_and_picture_are_png_and_their_text_holds_no_address(executed, ends_with, size):
    (result,) = cell_output(executed, ends_with)
    png = base64.b64decode(result.data["image/png"])
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", png[16:24]) == size
    assert "@" not in result.data["text/plain"]


def test_table_is_html_and_text(executed):
    (result,) = cell_output(executed, "\nresults")
    assert "<t" in result.data["text/html"] and "exact" in result.data["text/html"]
    assert "exact" in result.data["text/plain"]


def test_shown_text_and_chart_are_replaced_in_place(executed):
    (progress,) = cell_output(executed, "String progress")
    assert progress.data["text/plain"] == "step 3"
    (live,) = cell_output(executed, "String live")
    (first,) = cell_output(executed, "\nchart")
    assert live.data["image/png"] != first.data["image/png"]


def test_number_stays_plain_text(executed):
    (result,) = cell_output(executed, "int answer")
    assert dict(result.data) == {"text/plain": "42"}


def test_stop_button_ends_a_cell_within_two_seconds_and_the_next_works():
    manager, client = start_new_kernel(kernel_name="java", startup_timeout=120)
    try:
        assert manager.kernel_spec.interrupt_mode == "message"
        client.execute_interactive("long turns = 7;", timeout=60)
        request = client.execute('System.out.println("begun"); while (!Thread.interrupted()) { turns++; }')
        while True:
            message = client.get_iopub_msg(timeout=60)
            if message["msg_type"] == "stream":
                break
        time.sleep(0.5)
        asked = time.monotonic()
        manager.interrupt_kernel()
        reply = client.get_shell_msg(timeout=10)
        assert reply["parent_header"]["msg_id"] == request
        assert time.monotonic() - asked < 2
        shown = []
        reply = client.execute_interactive("turns > 7", timeout=60, output_hook=shown.append)
        assert reply["content"]["status"] == "ok"
        results = [m["content"]["data"]["text/plain"] for m in shown if m["msg_type"] == "execute_result"]
        assert results == ["true"]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
