"""The latent explorer in a real browser: on a plain page, in nbconvert's HTML, and in JupyterLab."""

from __future__ import annotations

import subprocess
import sys

import nbformat
import pytest
from conftest import ENVIRONMENT, ROOT, run_all, TOKEN, free_port, get, served, wait_until
from run import execute
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

COLUMNS, ROWS = 6, 5
X, Y = [-2, -1, 0, 1, 2, 3], [1.5, 0.5, 0, -0.5, -1.5]


@pytest.fixture(scope="module")
def notebook():
    """explorer.ipynb as the kernel leaves it."""
    run = execute(ENVIRONMENT / "tests" / "explorer.ipynb")
    assert run.standard_error() == ""
    return run.notebook


def fragments(notebook) -> list[str]:
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    return ["".join(output.data["text/html"]) for output in outputs if "text/html" in output.get("data", {})]


class Explorer:
    """One explorer on the page in the browser, and what a reader does with it."""

    def __init__(self, browser, number: int) -> None:
        self.browser = browser
        self.root = browser.find_elements("css selector", ".lowerbound-explorer")[number]
        self.plane = self.part(".lbe-plane")
        self.inverted = number == 1

    def part(self, selector: str):
        return self.root.find_element("css selector", selector)

    def where(self) -> str:
        return self.part(".lbe-where").text

    def large(self) -> int:
        """Which picture is shown large, by its brightness, and that all of it is that picture."""
        pixels = self.browser.execute_script(
            "const c = arguments[0]; return [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data]", self.part("canvas")
        )
        assert len(pixels) == 4 * 16 and len(set(pixels[0::4])) == 1 and set(pixels[3::4]) == {255}
        level = 255 - pixels[0] if self.inverted else pixels[0]
        return round(level * 29 / 255)

    def shows(self, column: int, row: int) -> None:
        def text(value):
            return f"{value:.2f}".replace("-", "−")

        assert self.where() == f"z₁ = {text(X[column])}, z₂ = {text(Y[row])}"
        assert self.large() == row * COLUMNS + column
        ring, plane = self.part(".lbe-here").rect, self.plane.rect
        assert ring["x"] - plane["x"] == pytest.approx(column * plane["width"] / COLUMNS, abs=1)
        assert ring["y"] - plane["y"] == pytest.approx(row * plane["height"] / ROWS, abs=1)

    def place(self, column: int, row: int) -> tuple[float, float]:
        """The middle of a picture of the plane, on the screen."""
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", self.plane)
        left, top, width, height = self.browser.execute_script(
            "const r = arguments[0].getBoundingClientRect(); return [r.left, r.top, r.width, r.height]", self.plane
        )
        return left + (column + 0.5) * width / COLUMNS, top + (row + 0.5) * height / ROWS

    def point(self, column: int, row: int, click: bool = False) -> None:
        x, y = self.place(column, row)
        actions = ActionChains(self.browser)
        actions.w3c_actions.pointer_action.move_to_location(round(x), round(y))
        if click:
            actions.w3c_actions.pointer_action.click()
        actions.perform()

    def touch(self, *places: tuple[int, int]) -> None:
        """A finger that goes down at the first place and slides to the others."""
        for number, place in enumerate(places):
            x, y = self.place(*place)
            kind = "touchMove" if number else "touchStart"
            self.browser.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
        self.browser.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    def press(self, *keys: str) -> None:
        ActionChains(self.browser).send_keys(*keys).perform()

    def classes_shown(self) -> list[bool]:
        layers = self.root.find_elements("css selector", ".lbe-plane g")
        return [layer.value_of_css_property("display") != "none" for layer in layers]

    def focused(self) -> bool:
        return self.browser.execute_script("return document.activeElement === arguments[0]", self.plane)


def explore(browser) -> None:
    """Pointer, keys and finger move the picture; two explorers on one page do not meet."""
    first, second = Explorer(browser, 0), Explorer(browser, 1)
    first.shows(3, 2)
    second.shows(3, 2)
    first.point(1, 4)
    first.shows(1, 4)
    second.shows(3, 2)
    second.point(5, 0, click=True)
    second.shows(5, 0)
    first.shows(1, 4)

    assert second.focused() and not first.focused()
    ring = browser.execute_script("const s = getComputedStyle(arguments[0]); return [s.outlineStyle, s.boxShadow]", second.plane)
    assert ring[0] == "solid" and ring[1] != "none", "the focus is seen"
    for key, column, row in [
        (Keys.ARROW_LEFT, 4, 0),
        (Keys.ARROW_DOWN, 4, 1),
        (Keys.ARROW_RIGHT, 5, 1),
        (Keys.ARROW_RIGHT, 5, 1),
        (Keys.HOME, 0, 1),
        (Keys.PAGE_DOWN, 0, 4),
        (Keys.ARROW_UP, 0, 3),
        (Keys.END, 5, 3),
        (Keys.PAGE_UP, 5, 0),
    ]:
        second.press(key)
        second.shows(column, row)
    ActionChains(browser).key_down(Keys.SHIFT).send_keys(Keys.ARROW_LEFT).key_up(Keys.SHIFT).perform()
    second.shows(0, 0)
    assert second.focused(), "the keys are the plane's as long as it has the focus"
    first.shows(1, 4)

    first.touch((2, 2), (4, 1))
    first.shows(4, 1)

    assert first.plane.get_attribute("tabindex") == "0"
    assert "Arrow keys" in first.plane.get_attribute("aria-label")
    assert first.part(".lbe-where").get_attribute("aria-live") == "polite"
    assert not first.root.find_elements("css selector", "fieldset")
    assert second.part("legend").text == "3 points by class, 1 beyond the plane squeezed into its rim"
    choices = second.root.find_elements("css selector", "label")
    assert [choice.text for choice in choices] == ["all", "nought", "one", "8"]
    assert second.classes_shown() == [True, True, True]
    choices[2].click()
    assert second.classes_shown() == [True, False, True]
    choices[0].click()
    assert second.classes_shown() == [False, False, False]
    choices[0].click()
    assert second.classes_shown() == [True, True, True]


def picture(browser, name: str) -> None:
    folder = ROOT / "target" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    browser.save_screenshot(str(folder / f"explorer-{name}.png"))


def page(folder, body: str):
    path = folder / "page.html"
    path.write_text(f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>Plane</title></head><body>{body}</body></html>", encoding="utf-8")
    return path.as_uri()


def test_on_a_plain_page(notebook, browser, tmp_path):
    both = fragments(notebook)
    assert len(both) == 2
    browser.get(page(tmp_path, "".join(both)))
    explore(browser)
    picture(browser, "plain")
    # Scripts that run a second time find their explorers at work.
    assert len(browser.find_elements("css selector", "canvas")) == 2
    browser.execute_script("document.querySelectorAll('script:not([type])').forEach(s => (0, eval)(s.textContent))")
    assert len(browser.find_elements("css selector", "canvas")) == 2


def test_without_scripts_it_is_a_picture_with_a_caption(notebook, browser, tmp_path):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    browser.get(page(tmp_path, "".join(fragments(notebook))))
    picture(browser, "without-scripts")
    images = browser.find_elements("css selector", ".lowerbound-explorer img")
    assert [image.is_displayed() for image in images] == [True, True]
    assert min(image.rect["width"] for image in images) > 100
    text = browser.find_element("css selector", "body").text
    assert "5×6 pictures of 4×4: z₁ from −2.00 (left) to 3.00 (right), z₂ from −1.50 (bottom) to 1.50 (top)." in text
    assert "allow the page its scripts" in text and "{" not in text


def test_in_the_html_of_nbconvert(notebook, browser, tmp_path):
    nbformat.write(notebook, tmp_path / "explorer.ipynb")
    command = [sys.executable, "-m", "jupyter", "nbconvert", "--to", "html", "explorer.ipynb"]
    converted = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert converted.returncode == 0, converted.stderr
    browser.get((tmp_path / "explorer.html").as_uri())
    explore(browser)
    picture(browser, "nbconvert")


def test_in_jupyterlab(notebook, program, browser, tmp_path):
    folder = tmp_path / "page"
    folder.mkdir()
    nbformat.write(notebook, folder / "explorer.ipynb")
    port = free_port()
    served(program, port, folder, "--LabApp.expose_app_in_browser=True")
    get(f"http://127.0.0.1:{port}/api?token={TOKEN}")
    browser.get(f"http://127.0.0.1:{port}/lab/tree/explorer.ipynb?token={TOKEN}")
    wait_until(lambda: browser.execute_script("return !!(window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel)"), 120)

    # As committed: not trusted, its scripts do not run, the pictures and captions are there.
    images = browser.find_elements("css selector", ".lowerbound-explorer img, .jp-OutputArea img")
    assert len(images) == 2 and all(image.rect["width"] > 10 for image in images)
    assert not browser.find_elements("css selector", ".jp-OutputArea canvas")
    text = browser.find_element("css selector", ".jp-Notebook").text
    assert text.count("z₂ from −1.50 (bottom) to 1.50 (top).") == 2 and "Run the cell" in text and '"width"' not in text
    picture(browser, "jupyterlab-untrusted")

    for time in range(2):  # and again: a cell that is run twice
        assert run_all(browser) == "run"
        wait_until(lambda: len(browser.find_elements("css selector", ".lbe-ready canvas")) == 2, 30)
    active = "return window.jupyterapp.shell.currentWidget.content.activeCellIndex"
    before = browser.execute_script(active)
    explore(browser)
    assert browser.execute_script(active) in (before, 3), "the arrow keys stay with the plane"
    browser.execute_async_script("window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'}).then(arguments[0])")
    wait_until(lambda: browser.find_element("css selector", "body").get_attribute("data-jp-theme-light") == "false", 30)
    colour = Explorer(browser, 0).part(".lbe-where").value_of_css_property("color")
    assert min(int(part) for part in colour.split("(")[1].split(")")[0].split(",")[:3]) > 150, f"text on dark is {colour}"
    picture(browser, "jupyterlab-dark")
