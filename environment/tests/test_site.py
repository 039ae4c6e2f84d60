"""The site: built from the committed outputs, and looked at in a real browser."""

from __future__ import annotations

import base64
import functools
import http.server
import re
import subprocess
import sys
import threading
import time
import zlib

import nbformat
import pytest
from conftest import ENVIRONMENT, ROOT, wait_until
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

sys.path.insert(0, str(ENVIRONMENT / "pages"))
import build  # noqa: E402
from museum import entries  # noqa: E402

MODULES = ROOT / "target" / "site-npm" / "node_modules"
CHAPTERS = sorted(path.stem for path in build.NOTEBOOKS.glob("*.ipynb"))
PAGES = ["index", *CHAPTERS, "notation", "results", "claims", "museum"]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site as ./environment/site builds it, how long that took, and what it said."""
    folder = tmp_path_factory.mktemp("built") / "site"
    began = time.monotonic()
    called = subprocess.run([str(ENVIRONMENT / "site"), "--to", str(folder)], capture_output=True, text=True)
    assert called.returncode == 0, called.stdout + called.stderr
    return folder, time.monotonic() - began, called.stdout


@pytest.fixture(scope="module")
def address(site):
    """The site served on the loopback address."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site[0])))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


ALIKE = """
for (const [kind, whole] of [['mjx-container', 10], ['details.code code', 8], ['tbody td', 100]]) {
  [...document.querySelectorAll(kind)].slice(whole).forEach(element => { element.textContent = element.textContent; });
}
"""


def errors(browser) -> list[str]:
    return [entry["message"] for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]


def phone(browser) -> None:
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True})


def picture(browser, name: str) -> None:
    folder = ROOT / "target" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    browser.save_screenshot(str(folder / f"site-{name}.png"))


def test_all_pages_are_built(site, note):
    folder, seconds, said = site
    assert sorted(path.stem for path in folder.glob("*.html")) == sorted(PAGES)
    assert seconds < 180
    note(f"The site: {said.splitlines()[0]}, in {seconds:.0f} s with what had to be fetched")
    text = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.html"))
    # Nothing comes from elsewhere.
    assert not re.findall(r'<(?:script|img|link)[^>]*(?:src|href)="(?:https?:)?//[^"]*"', text)
    assert not re.findall(r"url\((?:https?:)?//", (folder / "equations.css").read_text() + (folder / "style.css").read_text())
    assert str(ROOT) not in text


def test_a_chapter_can_be_run_where_the_repository_has_an_address(tmp_path):
    name = CHAPTERS[0]
    made = build.Site(tmp_path, MODULES, [build.NOTEBOOKS / f"{name}.ipynb"])
    for repository in (None, "somebody/lowerbound"):
        made.repository = repository
        page = made.chapter(name).body
        assert page.count(f'href="https://mybinder.org/v2/gh/somebody/lowerbound/main?labpath=notebooks%2F{name}.ipynb"') == (repository is not None)


def test_addresses_outside_the_site_are_listed(site):
    """By the command that a maintainer follows to look after them: each once, whole, and encrypted where it can be."""
    listed = build.outside(site[0])
    assert listed == sorted(set(listed)) and len(listed) > 50
    assert "https://arxiv.org/abs/1502.03509" in listed
    assert [address for address in listed if address.startswith("http:")] == []


def test_every_equation_is_set(site):
    folder, _, said = site
    count = int(re.search(r"(\d+) equations", said)[1])
    text = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.html"))
    assert text.count("<mjx-container") == count > 1000
    assert "mjx-merror" not in text and "<x-math" not in text
    assert text.count("<mjx-assistive-mml") == count
    fonts = set(re.findall(r"fonts/([\w-]+\.woff)", (folder / "equations.css").read_text()))
    assert fonts and all((folder / "fonts" / font).stat().st_size > 0 for font in fonts)


def test_an_equation_with_an_error_is_refused(site, tmp_path):
    wrong = build.Site(tmp_path, MODULES, [])
    wrong.equations = [{"tex": r"x^2", "display": False}, {"tex": r"\frac{1}{", "display": True}, {"tex": r"\nosuch x", "display": False}]
    wrong.set_equations([])
    assert len(wrong.faults) == 2
    assert r"\frac{1}{" in wrong.faults[0] and r"\nosuch" in wrong.faults[1]


def claim(measured: str, title: str = "a law") -> build.Claim:
    return build.Claim(title, "1", measured, "0.1", "✓ held", "cell-001")


@pytest.mark.parametrize(
    "text, measured, written",
    [
        ("−3.01", "-3.0133", "−3.01"),
        ("$-3.01$", "-3.0133", "$-3.01$"),
        ("−3.02", "-3.0133", "−3.01"),
        ("0.29", "0.284743", "0.28"),
        ("1.6 %", "0.0161226", "1.6 %"),
        ("2.6 %", "0.0161226", "1.6 %"),
        ("3,192", "3191.99", "3,192"),
        ("4.0e-8", "4.01741e-8", "4.0e-8"),
        ("2.5", "2.45", "2.5"),  # a half may be rounded up
        ("2.4", "2.45", "2.4"),  # or to the even digit
    ],
)
def test_a_number_is_what_was_measured(text, measured, written):
    assert build.as_written(text, claim(measured)) == written


def test_a_number_that_drifted_stops_the_build(tmp_path):
    made = build.Site(tmp_path, MODULES, [])
    made.claims = {"01-x": {"a law": claim("0.5000")}}
    assert 'class="number"' in str(made.markdown('It is [0.50](#claims "a law").', "01-x")) and not made.faults
    made.markdown('It is [0.51](#claims "a law").', "01-x")
    made.markdown('It is [0.50](#claims "no law").', "01-x")
    made.markdown('It is [0.50001](#claims "a law").', "01-x")
    made.markdown('It is [a half](#claims "a law").', "01-x")
    assert len(made.faults) == 4
    assert "the text says 0.51" in made.faults[0] and 'no claim is called "no law"' in made.faults[1]
    assert "more digits than the record" in made.faults[2] and "is no number" in made.faults[3]
    assert build.filled('It is [0.51](#claims "a law").', made.claims["01-x"], "x")[0] == 'It is [0.50](#claims "a law").'


def test_numbers_that_agree_with_a_claim_are_listed():
    table = "<b>Claims of 01-x: 1 of 1 held</b><table><tr>" + "".join(f"<td>{t}</td>" for t in ("a law", "1", "0.6931", "0.1", "✓ held")) + "</tr></table>"
    code = nbformat.v4.new_code_cell("claims", outputs=[nbformat.v4.new_output("display_data", data={"text/html": table})])
    text = nbformat.v4.new_markdown_cell('Measured 0.693, not 0.694; bound: [0.6931](#claims "a law"); 0.7 says little.')
    assert [number for number, _, _ in build.unbound(nbformat.v4.new_notebook(cells=[text, code]))] == ["0.693"]


def test_a_picture_stays_the_same():
    """Compressed anew: the chunks and the pixels are those of the notebook."""
    text = (build.NOTEBOOKS / "07-made.ipynb").read_text(encoding="utf-8")
    png = base64.b64decode(re.search(r"iVBORw0KGgo[A-Za-z0-9+/=]{1000,}", text)[0])
    new = build.smaller(png)
    assert len(new) <= len(png) and build.smaller(new) == new

    def chunks(content):
        found, position = {}, 8
        while position < len(content):
            length = int.from_bytes(content[position : position + 4], "big")
            kind, data = content[position + 4 : position + 8], content[position + 8 : position + 8 + length]
            assert zlib.crc32(kind + data) == int.from_bytes(content[position + 8 + length : position + 12 + length], "big")
            found[kind] = found.get(kind, b"") + data
            position += 12 + length
        return {kind: zlib.decompress(data) if kind == b"IDAT" else data for kind, data in found.items()}

    assert chunks(new) == chunks(png)


def test_a_link_to_nowhere_is_found(tmp_path):
    (tmp_path / "a.html").write_text('<h1 id="x"></h1><p id="x"></p><a href="b.html">b</a><a href="#y">y</a><a href="#x">x</a><a href="https://example.org/">e</a>')
    assert build.broken_links(tmp_path) == ["a.html: the name #x occurs twice", "a.html: b.html is not there", "a.html: #y names no place there"]
    assert build.outside(tmp_path) == ["https://example.org/"]


def test_every_picture_has_a_text(site):
    for path in site[0].glob("*.html"):
        for image in re.findall(r"<img\b[^>]*>", path.read_text(encoding="utf-8")):
            assert re.search(r'alt="[^"]{8,}"', image), f"{path.name}: {image[:200]}"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_have_no_serious_finding(site, address, browser, theme, note):
    """axe-core on every page, in both themes, and no script error.

    Axe looks at every element, and would take minutes over what is a thousand times the same: of a chapter's
    equations, code and claims it gets the first ones whole, and of the others their text. In the dark theme only
    the colours differ, and they are those of a chapter and of the museum.
    """
    axe = (MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    browser.get(f"{address}/index.html")
    browser.execute_script("localStorage.setItem('theme', arguments[0])", theme)
    found = []
    for name in PAGES if theme == "light" else [CHAPTERS[0], CHAPTERS[-1], "museum", "results"]:
        browser.get(f"{address}/{name}.html")
        browser.execute_script(axe)
        if name in CHAPTERS:
            browser.execute_script(ALIKE)
        violations = browser.execute_async_script(
            "const done = arguments[1]; axe.run(document, {resultTypes: ['violations'], ...arguments[0]}).then(r => done(r.violations.map("
            "v => ({id: v.id, impact: v.impact, nodes: v.nodes.slice(0, 3).map(n => n.html.slice(0, 200) + ' ' + n.failureSummary)}))))",
            {"runOnly": ["color-contrast"]} if theme == "dark" else {},
        )
        found += [f"{name}: {v['id']} {v['nodes']}" for v in violations if v["impact"] in ("serious", "critical")]
        found += [f"{name}: {message}" for message in errors(browser)]
        if name in ("01-calculus-of-variations", "museum", "index"):
            picture(browser, f"{theme}-{name[:6]}")
    assert not found, "\n".join(found)


def test_on_a_phone_nothing_is_wider_than_the_screen(site, address, browser):
    phone(browser)
    for name in PAGES:
        browser.get(f"{address}/{name}.html")
        assert browser.execute_script("return document.documentElement.scrollWidth") <= 390, name
        if name in ("01-calculus-of-variations", "museum"):
            picture(browser, f"phone-{name[:6]}")


def test_on_a_phone_equations_are_fitted_and_claims_are_whole(site, address, browser, note):
    phone(browser)
    browser.get(f"{address}/02-maximum-entropy.html")
    wait_until(lambda: browser.execute_script("return document.querySelector('.display mjx-container[style*=font-size]') !== null"), 20)
    # What is too wide becomes smaller, to 0.72 of its size at least, before it has to be scrolled.
    sizes = browser.execute_script(
        """return [...document.querySelectorAll('main .display')].map(place => [
             parseFloat(getComputedStyle(place.querySelector('mjx-container')).fontSize) / parseFloat(getComputedStyle(place).fontSize),
             place.scrollWidth - place.clientWidth])"""
    )
    usual = max(size for size, _ in sizes)
    smaller = [size / usual for size, _ in sizes if size < usual * 0.999]
    still = [size / usual for size, over in sizes if over > 1]
    note(f"Of {len(sizes)} equations on a phone {len(smaller)} are set smaller, and {len(still)} scroll all the same")
    assert smaller and min(smaller) >= 0.71
    assert all(size < 0.73 for size in still), "an equation scrolls that could be smaller"
    # A claim, what was expected and what was measured are seen without scrolling.
    wide = browser.execute_script(
        "return [...document.querySelectorAll('table.claims')].map(table => table.parentElement.scrollWidth - table.parentElement.clientWidth)"
    )
    assert wide and max(wide) <= 1
    row = browser.execute_script(
        "return [...document.querySelector('table.claims tbody tr').cells].map(cell => getComputedStyle(cell, '::before').content + cell.textContent)"
    )
    assert [cell.split(" ")[0].strip('"') for cell in row[1:3]] == ["expected", "measured"], row


def test_three_panels_of_a_figure_stay_side_by_side(site, address, browser):
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": 1280, "height": 900, "deviceScaleFactor": 1, "mobile": False})
    browser.get(f"{address}/02-maximum-entropy.html")
    # The picture that stands for a piece to play with where scripts are off is not shown.
    rows = browser.execute_script(
        """return [...document.querySelectorAll('.lowerbound-figure > div')].filter(row => row.children.length === 3 && row.offsetWidth).map(
             row => [...row.children].map(image => [image.offsetTop + image.offsetHeight / 2, image.offsetWidth]))"""
    )
    assert len(rows) == 2
    for row in rows:
        assert max(middle for middle, _ in row) - min(middle for middle, _ in row) < 2, "a panel stands below the others"
        assert max(width for _, width in row) < 1.5 * min(width for _, width in row)


def test_a_chapter_is_there_soon_and_is_small(site, address, browser, note):
    """First paint below a second on the loopback address, and all of a page below 3 MB."""
    for name in CHAPTERS:
        paints = []
        for _ in range(5):
            browser.get(f"{address}/{name}.html")
            browser.execute_cdp_cmd("Network.clearBrowserCache", {})
            browser.refresh()
            wait_until(lambda: browser.execute_script("return performance.getEntriesByName('first-contentful-paint').length"), 30)
            paints.append(browser.execute_script("return performance.getEntriesByName('first-contentful-paint')[0].startTime"))
            if paints[-1] < 1000:
                break
        # All of it: what a reader who goes to the end has fetched.
        browser.execute_script("for (const image of document.images) image.loading = 'eager'")
        wait_until(lambda: browser.execute_script("return [...document.images].every(image => image.complete)"), 60)
        size = browser.execute_script(
            "return [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].reduce((sum, e) => sum + e.encodedBodySize, 0)"
        )
        note(f"The site, {name}: first paint after {min(paints):.0f} ms, {size / 1e6:.2f} MB to its end")
        assert size > 2e5 and min(paints) < 1000 and size < 3e6, name


def test_search(site, address, browser):
    browser.get(f"{address}/07-made.html")
    field = browser.find_element("id", "search")
    field.send_keys("brachistochrone catenar")
    wait_until(lambda: browser.find_elements("css selector", "#found li"), 20)
    browser.execute_script("arguments[0].value = ''", field)
    field.send_keys("catenary")
    wait_until(lambda: "01-calculus" in (browser.find_elements("css selector", "#found a") or [field])[0].get_attribute("href") if browser.find_elements("css selector", "#found a") else False, 20)
    field.send_keys(Keys.ARROW_DOWN)
    picture(browser, "search")
    assert browser.execute_script("return document.activeElement === document.querySelector('#found a')")
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    wait_until(lambda: "01-calculus-of-variations.html" in browser.current_url, 20)
    field = browser.find_element("id", "search")
    field.send_keys("xyzzyxq")
    wait_until(lambda: "Nothing found" in browser.find_element("id", "found").text, 20)
    assert errors(browser) == []


def test_search_and_pages_work_as_files_too(site, browser):
    browser.get((site[0] / "index.html").as_uri())
    browser.find_element("id", "search").send_keys("liveness")
    wait_until(lambda: browser.find_elements("css selector", "#found a"), 20)
    assert "07-made" in browser.find_element("css selector", "#found a").get_attribute("href")


def test_what_stands_behind_a_number(site, address, browser):
    browser.get(f"{address}/museum.html")
    button = browser.find_element("css selector", "button.number")
    says = browser.find_element("id", button.get_attribute("popovertarget"))
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
    assert not says.is_displayed()
    ActionChains(browser).move_to_element(button).perform()
    wait_until(says.is_displayed, 10)
    assert re.search(r"expected\s+.+\s+measured\s+.+", says.text) and "cell" in says.text
    picture(browser, "number")
    ActionChains(browser).move_to_element(browser.find_element("css selector", ".home")).perform()
    wait_until(lambda: not says.is_displayed(), 10)
    browser.execute_script("arguments[0].focus()", button)
    ActionChains(browser).send_keys(Keys.ENTER).perform()
    wait_until(says.is_displayed, 10)
    target = says.find_element("css selector", "a").get_attribute("href")
    ActionChains(browser).send_keys(Keys.ESCAPE).perform()
    wait_until(lambda: not says.is_displayed(), 10)
    browser.get(target)
    assert browser.execute_script("return !!document.getElementById(decodeURIComponent(location.hash.slice(1)))")


def test_pieces_to_play_with_are_alive(site, address, browser):
    browser.get(f"{address}/01-calculus-of-variations.html")
    wait_until(lambda: browser.find_elements("css selector", ".lbp-ready"), 30)
    said = browser.find_element("css selector", ".lbp-says")
    before = said.text
    slider = browser.find_elements("css selector", ".lowerbound-play input[type=range]")[0]
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", slider)
    browser.execute_script("arguments[0].focus()", slider)
    slider.send_keys(Keys.HOME)
    slider.send_keys(Keys.END)
    assert said.text != before
    browser.get(f"{address}/04b-vae-on-digits.html")
    wait_until(lambda: browser.find_elements("css selector", ".lbe-ready canvas"), 30)
    plane, where = browser.find_element("css selector", ".lbe-plane"), browser.find_element("css selector", ".lbe-where")
    before = where.text
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'}); arguments[0].focus()", plane)
    ActionChains(browser).send_keys(Keys.ARROW_LEFT, Keys.ARROW_UP).perform()
    assert where.text != before
    assert errors(browser) == []


def test_without_scripts_the_text_is_there(site, address, browser):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    browser.get(f"{address}/01-calculus-of-variations.html")
    equation = browser.find_element("css selector", "#equation-4 mjx-math")
    assert equation.rect["width"] > 50 and equation.rect["height"] > 15
    assert browser.find_element("css selector", "details.code[open] pre").is_displayed()


def test_code_folds_and_the_theme_is_kept(site, address, browser):
    browser.get(f"{address}/07-made.html")
    browser.find_element("id", "fold").click()
    assert not browser.find_elements("css selector", "details.code[open]")
    browser.find_element("id", "fold").click()
    assert not browser.find_elements("css selector", "details.code:not([open])")
    colour = "return getComputedStyle(document.body).backgroundColor"
    before = browser.execute_script(colour)
    browser.find_element("id", "theme").click()
    dark = browser.execute_script(colour)
    assert dark != before
    browser.get(f"{address}/index.html")
    assert browser.execute_script(colour) == dark
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert browser.execute_script(colour) == "rgb(255, 255, 255)"
    assert not browser.find_element("css selector", "header.bar").is_displayed()


def test_help_and_wrong_options():
    def call(*arguments):
        return subprocess.run([str(ENVIRONMENT / "site"), *arguments], capture_output=True, text=True)

    assert "--fill" in call("--help").stdout
    assert "Unknown option: --nosuch" in call("--nosuch").stderr
    assert "holds something that is no site" in call("--to", str(ROOT / "src")).stderr
    assert (ROOT / "src").is_dir()


# ---------------------------------------------------------------------------------------------- museum


def test_the_museum_has_its_exhibits():
    names = [entry.name[:2] for entry in entries()]
    assert len(names) >= 20 and names == sorted(set(names))
    assert {entry.chapter for entry in entries()} == set(CHAPTERS)


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.name)
def test_an_exhibit_is_executed(entry):
    """What an entry names exists and is run: faulty answers by test_assignments, claims by the chapters, unit tests by Maven."""
    claims = build.claims_of(nbformat.read(build.NOTEBOOKS / f"{entry.chapter}.ipynb", as_version=4))
    for kind, name in entry.evidence:
        if kind == "answer":
            chapter, exercise = name.split("/")
            assert (build.NOTEBOOKS / "assignments" / "bugs" / chapter / f"{exercise}.java").is_file(), name
            source = nbformat.read(build.NOTEBOOKS / "assignments" / "source" / chapter / f"{chapter}.ipynb", as_version=4)
            assert exercise in [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in source.cells], name
        elif kind == "claim":
            assert name in claims, f"chapter {entry.chapter} has no claim “{name}”"
            assert "✓" in claims[name].held, f"the claim “{name}” did not hold"
        else:
            test, method = name.split(".")
            (file,) = (ROOT / "src" / "test").rglob(f"{test}.java")
            assert re.search(rf"\bvoid {method}\(", file.read_text(encoding="utf-8")), name
