"""Something to play with, in a real browser: on a page as wide as a phone, without scripts, and in JupyterLab."""

from __future__ import annotations

import nbformat
import pytest
from conftest import ENVIRONMENT, ROOT, TOKEN, free_port, get, run_all, served, wait_until
from run import execute
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys


@pytest.fixture(scope="module")
def notebook():
    run = execute(ENVIRONMENT / "tests" / "play.ipynb")
    assert run.standard_error() == ""
    return run.notebook


@pytest.fixture(scope="module")
def page(notebook, tmp_path_factory):
    (output,) = notebook.cells[2].outputs
    path = tmp_path_factory.mktemp("play") / "page.html"
    head = "<!DOCTYPE html><html><head><meta charset='utf-8'><meta name='viewport' content='width=device-width'></head>"
    path.write_text(f"{head}<body>{''.join(output.data['text/html'])}</body></html>", encoding="utf-8")
    return path.as_uri()


def said(browser) -> str:
    return browser.find_element("css selector", ".lbp-says").text


def handle(browser) -> tuple[float, float, float]:
    """The middle of the dot on the screen, and how many pixels a unit of height takes."""
    return tuple(
        browser.execute_script(
            """const s = document.querySelector('.lbp-panel svg').getBoundingClientRect();
            const d = document.querySelector('.lbp-handle circle').getBoundingClientRect();
            return [d.left + d.width / 2, d.top + d.height / 2, s.width / 360 * 210 / 6]"""
        )
    )


def play(browser) -> None:
    """Keys, a choice, a finger and the mouse set the state; the sentence and the pictures follow."""
    assert said(browser) == "A line to 0."
    slider = browser.find_element("css selector", ".lowerbound-play input[type=range]")
    assert browser.find_element("css selector", f"label[for='{slider.get_attribute('id')}']").text == "height"
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", slider)
    slider.click()
    for key, to in [(Keys.HOME, -2), (Keys.ARROW_RIGHT, -1), (Keys.END, 2), (Keys.ARROW_LEFT, 1)]:
        slider.send_keys(key)
        assert said(browser) == f"A line to {to}."
        assert slider.get_attribute("aria-valuetext") == str(to).replace("-", "−")
    picture = browser.find_element("css selector", ".lbp-panel svg")
    assert picture.get_attribute("aria-label") == "the path. A line to 1."
    browser.find_element("css selector", ".lowerbound-play select").send_keys("b")
    assert said(browser) == "A bend to 1."
    assert browser.find_element("css selector", ".lbp-says").get_attribute("aria-live") == "polite"

    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", picture)
    x, y, unit = handle(browser)
    for kind, to in [("touchStart", y), ("touchMove", y + unit), ("touchMove", y + 3 * unit)]:
        browser.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": to}]})
    browser.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert said(browser) == "A bend to -2."
    dot = browser.find_element("css selector", ".lbp-handle")
    ActionChains(browser).click_and_hold(dot).move_by_offset(0, round(-2 * unit)).release().perform()
    assert said(browser) == "A bend to 0."
    ActionChains(browser).move_by_offset(0, 40).perform()
    assert said(browser) == "A bend to 0.", "a dot that was let go stays"


def test_on_a_phone(browser, page):
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True})
    browser.get(page)
    play(browser)
    first, second = browser.find_elements("css selector", ".lbp-panel")
    assert second.rect["y"] >= first.rect["y"] + first.rect["height"], "panels wrap"
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 390
    (ROOT / "target" / "screenshots").mkdir(parents=True, exist_ok=True)
    browser.save_screenshot(str(ROOT / "target" / "screenshots" / "play-phone.png"))


def test_without_scripts_it_is_a_figure_with_a_sentence(browser, page):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    browser.get(page)
    images = browser.find_elements("css selector", ".lowerbound-play img")
    assert len(images) == 2 and all(image.is_displayed() and image.rect["width"] > 100 for image in images)
    text = browser.find_element("css selector", "body").text
    assert "A line to 0." in text and "allow the page its scripts" in text and "{" not in text


def test_in_jupyterlab(notebook, program, browser, tmp_path):
    folder = tmp_path / "page"
    folder.mkdir()
    nbformat.write(notebook, folder / "play.ipynb")
    port = free_port()
    served(program, port, folder, "--LabApp.expose_app_in_browser=True")
    get(f"http://127.0.0.1:{port}/api?token={TOKEN}")
    browser.get(f"http://127.0.0.1:{port}/lab/tree/play.ipynb?token={TOKEN}")
    wait_until(lambda: browser.execute_script("return !!(window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel)"), 120)
    # As committed: not trusted, no script has run; the pictures and the sentence are there.
    images = browser.find_elements("css selector", ".jp-OutputArea img")
    assert len(images) == 2 and all(image.rect["width"] > 10 for image in images)
    assert not browser.find_elements("css selector", ".lbp-ready")
    assert run_all(browser) == "run"
    wait_until(lambda: len(browser.find_elements("css selector", ".lbp-ready")) == 1, 30)
    play(browser)
