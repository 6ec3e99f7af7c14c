"""The manager's page on the real server: the day, its file, its people."""

from pathlib import Path

from playwright.sync_api import expect

from tests.web.browsing import Windows, add_clerk, issue, open_counter, remove_clerk, sign_in
from tests.web.desks import press


def test_the_log_shows_a_visit_without_reload_and_downloads_it(staff: Windows) -> None:
    """A finished visit stands in the log with wait and service time, and in a file that Excel reads."""
    office = staff.open("/office")
    office.locator(".alarms li").first.wait_for()
    desk = staff.open("/desk")
    open_counter(desk, 2)
    number = issue(desk, "civil_status")
    desk.keyboard.press("Space")
    desk.locator("#current-number").wait_for()
    expect(office.locator(".counters strong", has_text=number)).to_be_visible()
    press(desk, "KeyB")
    press(desk, "KeyH")
    row = office.locator("[data-key=tickets] tbody tr", has_text=number)
    expect(row).to_contain_text("quanly")
    expect(row.locator("td.figure").nth(5)).not_to_have_text("–")
    with office.expect_download() as download:
        office.click("a[download]")
    content = Path(download.value.path()).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert number.encode() in content


def test_a_manager_adds_a_clerk_who_signs_in_but_sees_no_office(staff: Windows, citizen: Windows) -> None:
    """The first password is shown once and works; it opens the desk, and the office says that it is not for clerks."""
    office = staff.open("/office")
    office.fill("input[name=account]", "lan.nguyen")
    office.click(".add-account button")
    password = office.locator("#first-password").inner_text()
    page = citizen.open("/desk")
    sign_in(page, "lan.nguyen", password)
    expect(page.locator(".choice")).to_be_visible()
    page.goto(page.url.replace("/desk", "/office"))
    expect(page.locator("#error")).to_be_visible()
    office.click("[data-action=leave][data-value='lan.nguyen']")
    office.click("[data-action=remove]")
    expect(office.locator("#accounts tbody tr")).to_have_count(1)
    page.goto(page.url.replace("/office", "/desk"))
    expect(page.locator("input[name=password]")).to_be_visible()


def test_a_person_is_given_several_roles_by_boxes(staff: Windows, citizen: Windows) -> None:
    """Greeter and clerk at once; a manager's box, ticked later, opens the office; without any box nothing is saved."""
    office = staff.open("/office")
    office.fill(".add-account input[name=account]", "vang.may")
    office.check(".add-account [value=greeter]")
    office.click(".add-account button")
    password = office.locator("#first-password").inner_text()
    row = office.locator("#accounts tbody tr", has_text="vang.may")
    expect(row).to_contain_text("Cán bộ hướng dẫn, Cán bộ quầy")
    row.locator("[data-action=roles]").click()
    for role in ("greeter", "clerk"):
        row.locator(f"[value={role}]").uncheck()
    row.locator("button[type=submit]").click()
    expect(office.locator("#account-told.danger")).to_be_visible()
    row.locator("[data-action=roles]").click()
    row.locator("[value=manager]").check()
    row.locator("button[type=submit]").click()
    expect(row).to_contain_text("Người quản lý")
    page = citizen.open("/office")
    sign_in(page, "vang.may", password)
    expect(page.locator(".tiles.lines li").first).to_be_visible()
    remove_clerk(office, "vang.may")


def test_a_manager_closes_a_counter_that_its_clerk_has_left(staff: Windows, citizen: Windows) -> None:
    """The tile of an open counter has the button; after a question the counter is free, also on the clerk's page."""
    office = staff.open("/office")
    password = add_clerk(office, "sung.pao")
    desk = citizen.open("/desk")
    sign_in(desk, "sung.pao", password)
    open_counter(desk, 3)
    office.on("dialog", lambda dialog: dialog.accept())
    office.locator("[data-action=close][data-value='3']").click()
    expect(office.locator("[data-action=close][data-value='3']")).to_have_count(0)
    expect(desk.locator("[data-action=open][data-value='3']")).to_be_visible()
    remove_clerk(office, "sung.pao")


def test_a_wrong_password_is_told_without_saying_which_part(citizen: Windows) -> None:
    """A sign-in that fails stays on the page that was asked for and says so."""
    page = citizen.open("/office")
    sign_in(page, "nobody", "not the password")
    expect(page.locator("#error")).to_be_visible()
    assert page.locator("input[name=next]").get_attribute("value") == "/office"


def test_a_page_speaks_the_language_that_is_chosen(staff: Windows) -> None:
    """The choice at the foot of a page turns it to English and is remembered by the next one."""
    page = staff.open("/office")
    page.click("footer a[lang=en]")
    expect(page.locator("#lines-title")).to_have_text("Lines")
    page.click("header nav a[href='/desk']")
    expect(page.locator("h1")).to_contain_text("counter")
    assert page.locator("html").get_attribute("lang") == "en"


def test_a_new_password_is_asked_about_first(staff: Windows) -> None:
    """One slip of the finger does not end the password of a colleague."""
    office = staff.open("/office")
    office.locator("#accounts tbody tr").first.wait_for()
    add_clerk(office, "ba.le")
    office.reload()
    row = office.locator("#accounts tbody tr", has_text="ba.le")
    row.locator("[data-action=renew]").click()
    expect(row).to_contain_text("Mật khẩu cũ hết hiệu lực ngay")
    row.locator("[data-action=stay]").click()
    expect(office.locator("#first-password")).to_have_count(0)
    row.locator("[data-action=renew]").click()
    row.locator("[data-action=renew-now]").click()
    expect(office.locator("#first-password")).to_be_visible()
    remove_clerk(office, "ba.le")


def test_a_log_that_could_not_be_read_is_asked_for_again(staff: Windows) -> None:
    """The page says that it tries again, and does, also when nothing happens in the hall meanwhile."""
    office = staff.open("/desk")
    office.route("**/office/day.json", lambda route: route.abort(), times=1)
    office.goto(office.url.replace("/desk", "/office"))
    expect(office.locator("#log .banner.danger")).to_be_visible()
    expect(office.locator("#log-title")).to_be_visible()
