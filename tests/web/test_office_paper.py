"""Reports, ledger and catalogue of the manager in a browser: read, downloaded, printed, changed in two steps."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.web.browsing import Windows, issue, open_counter
from tests.web.desks import press


def live_a_visit(staff: Windows) -> str:
    """Let one person be served, and return the number."""
    desk = staff.open("/desk")
    open_counter(desk, 2)
    number = issue(desk, "civil_status")
    desk.keyboard.press("Space")
    desk.locator("#current-number").wait_for()
    press(desk, "KeyB")
    press(desk, "KeyH")
    expect(desk.locator("#current-number")).to_have_count(0)
    return number


def assert_clean(page: Page) -> None:
    """Let axe read the page."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_a_manager_reads_a_month_and_keeps_a_table(staff: Windows) -> None:
    """From the office two clicks lead to the month; each table can be taken along."""
    live_a_visit(staff)
    page = staff.open("/office")
    page.click(".office-nav a[href='/office/reports']")
    page.get_by_role("link", name="Tháng này").click()
    expect(page.get_by_role("link", name="Tháng này")).to_have_attribute("aria-current", "true")
    row = page.locator("table.visits tbody tr", has_text="Hộ tịch")
    expect(row.locator("td").first).not_to_have_text("0")
    with page.expect_download() as download:
        page.locator("[href^='/office/reports/visits.csv']").click()
    assert "Hộ tịch" in Path(download.value.path()).read_text("utf-8-sig")


def test_a_span_backwards_is_explained(staff: Windows) -> None:
    """The page says what to set right, and no table pretends to answer."""
    page = staff.open("/office/reports")
    page.fill("[name=from]", "2026-11-20")
    page.fill("[name=to]", "2026-11-10")
    page.locator(".span-form button[type=submit]").click()
    expect(page.locator("#error")).to_be_visible()
    expect(page.locator("table")).to_have_count(0)


def test_the_ledger_prints_with_head_foot_and_proof(staff: Windows) -> None:
    """On paper stand the state's head, every number, the hash and the signatures; no button and no navigation."""
    number = live_a_visit(staff)
    page = staff.open("/office/ledger")
    expect(page.locator("table.ledger tbody tr", has_text=number)).to_contain_text("quanly")
    assert re.fullmatch("[0-9a-f]{64}", page.locator("#head").inner_text())
    expect(page.locator(".paper-head")).to_be_hidden()
    page.emulate_media(media="print")
    for part in (".paper-head", ".paper-foot", "table.ledger", "#head"):
        expect(page.locator(part)).to_be_visible()
    for part in ("header.site", ".office-nav", ".span-form"):
        expect(page.locator(part)).to_be_hidden()
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0, "the ledger is wider than the paper"
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


def test_a_file_with_a_fault_leads_to_its_line(staff: Windows, tmp_path: Path) -> None:
    """The chosen file is checked; a press on the fault selects its line, and the text can be mended there."""
    page = staff.open("/office/catalogue")
    with page.expect_download() as download:
        page.get_by_role("link", name="TOML").click()
    text = Path(download.value.path()).read_text("utf-8")
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(text.replace("expected_minutes = 6", "expected_minutes = 600", 1), "utf-8")
    page.set_input_files("#file", wrong)
    expect(page.locator("textarea[name=text]")).to_have_value(re.compile("expected_minutes = 600"))
    page.click("#import button[type=submit]")
    expect(page.locator("#problems li")).to_have_count(1)
    page.wait_for_load_state("load")
    page.click("#problems [data-action=line]")
    selected = page.evaluate(
        "(() => { const t = document.getElementById('text');"
        " return t.value.slice(t.selectionStart, t.selectionEnd); })()"
    )
    assert selected == "expected_minutes = 600"
    page.fill("#text", text.replace("expected_minutes = 6", "expected_minutes = 7", 1))
    page.click("#import button[type=submit]")
    expect(page.locator("#changes tbody tr")).to_have_count(1)
    expect(page.locator("#changes tbody tr")).to_contain_text("expected_minutes")
    page.click(".apply button[type=submit]")
    expect(page.locator("#done")).to_be_visible()
    expect(page.locator("table.services tbody tr").first.locator("td").nth(2)).to_have_text("7")


def test_a_file_that_is_no_catalogue_is_told_at_once(staff: Windows, tmp_path: Path) -> None:
    """A picture or a book is not sent to the server."""
    book = tmp_path / "book.toml"
    book.write_text("x" * 70_000, "utf-8")
    page = staff.open("/office/catalogue")
    page.set_input_files("#file", book)
    expect(page.locator("#file-error")).to_be_visible()
    expect(page.locator("textarea[name=text]")).to_have_value("")


@pytest.mark.parametrize("width", [1366, 390])
@pytest.mark.parametrize("path", ["/office/reports", "/office/ledger", "/office/catalogue"])
def test_the_pages_of_the_office_are_accessible(staff: Windows, path: str, width: int) -> None:
    """Reports, ledger and catalogue have no fault that axe knows, on a desk and on a phone."""
    live_a_visit(staff)
    page = staff.open(path, width=width)
    assert_clean(page)


def test_sheets_and_checks_of_the_office_are_accessible(staff: Windows) -> None:
    """The forms of today, the roles of a person, a refused catalogue and a page of trouble have no fault either."""
    page = staff.open("/office")
    page.locator("#accounts tbody tr").first.wait_for()
    page.click("[data-action=hours]")
    page.locator("#hours-form .session").first.wait_for()
    assert_clean(page)
    page.click("[data-action=shut]")
    page.click("[data-action=end]")
    page.click("#accounts [data-action=roles]")
    assert_clean(page)
    page.goto(page.url.replace("/office", "/office/catalogue"))
    page.fill("textarea[name=text]", "center = 1")
    page.click("#import button[type=submit]")
    page.locator("#problems").wait_for()
    assert_clean(page)
    page.goto(page.url.replace("/office/catalogue/check", "/nothing"))
    page.locator("#error").wait_for()
    assert_clean(page)
