"""The command ./environment/lab: what it says, what it runs, how it fails."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import stat

import nbformat
import pytest
import run
from conftest import ENVIRONMENT, ROOT
from nbclient import NotebookClient
from run import chapters


def test_help_names_every_option(lab):
    called = lab("--help")
    assert called.returncode == 0
    for option in ("--run", "--save", "--size", "--port", "--no-browser", "--fetch", "--data"):
        assert option in called.stdout


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (["--run", "99-nothing"], "There is no chapter '99-nothing'. The chapters are: "),
        (["--size", "huge", "--run", "all"], "--size is quick or full, not 'huge'."),
        (["--run"], "--run needs a value."),
        (["--port", "eighty"], "--port needs a number, not 'eighty'."),
        (["--port", "99999", "--no-browser"], "Port 99999 is taken or not allowed."),
        (["--fetch"], "--fetch needs the names of data sets, or all."),
        (["--walk"], "Unknown option: --walk."),
    ],
)
def test_wrong_use_ends_in_one_sentence(lab, arguments, sentence):
    called = lab(*arguments)
    assert called.returncode != 0
    assert called.stderr.startswith(sentence)
    assert len(called.stderr.splitlines()) == 1


def test_unknown_chapter_lists_all_chapters(lab):
    said = lab("--run", "99-nothing").stderr
    for chapter in chapters():
        assert chapter in said


def test_a_chapter_is_found_by_its_number_and_letter():
    names = {"4": "04-variational-autoencoder", "04": "04-variational-autoencoder", "04b": "04b-vae-on-digits", "07-made": "07-made"}
    assert {name: run.find(name)[0].stem for name in names} == names


def test_taken_port_is_named(lab):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        called = lab("--no-browser", "--port", str(port))
    assert called.returncode != 0
    assert called.stderr == f"Port {port} is taken or not allowed. Choose another one: ./environment/lab --port {port + 1}\n"


def test_second_run_calls_neither_maven_nor_pip_and_needs_no_network(lab, tmp_path, smoke):
    """Both are replaced by programs that fail; a proxy that does not exist stands for no network."""
    for name in ("mvn", "pip", "pip3"):
        stub = tmp_path / name
        stub.write_text("#!/bin/sh\necho called >&2\nexit 1\n")
        stub.chmod(stub.stat().st_mode | stat.S_IEXEC)
    nowhere = "http://127.0.0.1:9"
    path = f"{tmp_path}:{os.environ['PATH']}"
    called = lab("--run", str(smoke), PATH=path, https_proxy=nowhere, http_proxy=nowhere, no_proxy="127.0.0.1,localhost")
    assert called.returncode == 0, called.stderr
    assert called.stderr == ""
    assert "Claims of smoke: 2 of 2 held" in called.stdout
    assert "\nsmoke: 3 figures" in called.stdout


def notebook_of(path, *cells):
    metadata = {"kernelspec": {"name": "java", "display_name": "Java", "language": "java"}}
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells], metadata=metadata), path)


def test_failing_cell_is_shown_with_its_error(lab, tmp_path):
    notebook_of(tmp_path / "broken.ipynb", "int one = 1;", 'throw new IllegalStateException("the bound is above the likelihood");')
    called = lab("--run", str(tmp_path / "broken.ipynb"))
    assert called.returncode != 0
    assert called.stderr.startswith("broken: cell 2 failed.")
    assert "throw new IllegalStateException" in called.stderr
    assert "the bound is above the likelihood" in called.stderr


def test_standard_error_output_fails_a_run(lab, tmp_path):
    notebook_of(tmp_path / "noisy.ipynb", 'System.err.println("careful");')
    called = lab("--run", str(tmp_path / "noisy.ipynb"))
    assert called.returncode != 0
    assert "noisy wrote to standard error:\ncareful" in called.stderr


def test_missing_output_fails_a_run(tmp_path, monkeypatch):
    """The end of the output never comes: nbclient alone would go on, and half of it be taken for all."""

    async def never(self, *_):
        await asyncio.sleep(3600)

    monkeypatch.setattr(NotebookClient, "_async_poll_output_msg", never)
    monkeypatch.setattr(run, "OUTPUT_SECONDS", 1)
    notebook_of(tmp_path / "mute.ipynb", 'System.out.println("hello");')
    with pytest.raises(run.ChapterFailed, match="mute: cell 1 failed.*\n.*\nthe kernel answered, but not all of its output arrived"):
        run.execute(tmp_path / "mute.ipynb")


def test_claim_table_is_printed_and_save_writes_the_outputs_back(lab, tmp_path):
    path = tmp_path / "99-small.ipynb"
    notebook_of(path, 'System.out.println("Claims of 99-small: 1 of 1 held\\nclaim | expected");')
    called = lab("--run", str(path), "--save")
    assert called.returncode == 0, called.stderr
    assert called.stdout.startswith("Claims of 99-small: 1 of 1 held\nclaim | expected\n")
    saved = json.loads(path.read_text())
    assert saved["cells"][0]["outputs"][0]["text"][0] == "Claims of 99-small: 1 of 1 held\n"
    assert saved["metadata"]["kernelspec"]["display_name"] == "Java"
    assert saved["metadata"]["lowerbound"]["code"]


def test_full_size_reaches_the_kernel(lab, tmp_path):
    notebook_of(tmp_path / "size.ipynb", 'System.out.println("Claims of size: " + System.getenv("LOWERBOUND_SIZE"));')
    assert "Claims of size: full" in lab("--run", str(tmp_path / "size.ipynb"), "--size", "full").stdout


def test_relative_data_folder_is_meant_from_where_lab_was_called(lab, tmp_path):
    (tmp_path / "data").mkdir()
    notebook_of(tmp_path / "folder.ipynb", 'System.out.println("Claims of folder: " + System.getenv("LOWERBOUND_DATA"));')
    called = lab("--run", str(tmp_path / "folder.ipynb"), LOWERBOUND_DATA="data")
    assert called.stdout.startswith(f"Claims of folder: {tmp_path}/data\n"), called.stderr


def test_memory_that_is_no_number_is_refused(lab, smoke):
    called = lab("--run", str(smoke), LOWERBOUND_MEMORY="much")
    assert called.returncode != 0
    assert "LOWERBOUND_MEMORY is 'much'; write it like 2g or 3000m." in called.stderr


def test_no_committed_file_holds_this_folder():
    for path in (ENVIRONMENT / "kernel").iterdir():
        assert str(ROOT) not in path.read_text(encoding="utf-8")
