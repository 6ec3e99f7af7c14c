"""The catalogue page of a running server: out as a file, in as a text that is checked, shown and only then applied."""

import html
import json
import re
import tomllib

from queue_protocol.commands import OpenCounter
from queue_protocol.ids import AccountId
from queue_protocol.snapshots import Menu
from tests.server_in_process import Page, Running


def exported(server: Running) -> str:
    """Return the catalogue in use as the manager downloads it."""
    page = server.browse("/office/catalogue.toml", account="quanly")
    assert page.headers["content-disposition"].startswith('attachment; filename="motcua-catalogue-')
    return page.text


def check(server: Running, text: str) -> Page:
    """Send a text to be checked."""
    return server.browse("/office/catalogue/check", {"text": text}, "quanly")


def base_of(page: Page) -> str:
    """Return which catalogue a preview was made against; empty when it offers nothing to apply."""
    found = re.search(r'name="base" value="(\w+)"', page.text)
    return "" if found is None else found[1]


def apply(server: Running, text: str, command_id: str = "apply-once", base: str | None = None) -> Page:
    """Send a text to be applied, as its preview does that was made just before, or on another `base`."""
    base = base_of(check(server, text)) if base is None else base
    return server.browse("/office/catalogue", {"text": text, "command_id": command_id, "base": base}, "quanly")


def cells(page: Page) -> list[str]:
    """Return the cells of the table of changes."""
    body = page.text.partition('id="changes"')[2]
    return [html.unescape(re.sub(r"<[^>]+>", "", each)) for each in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", body)]


def test_what_was_downloaded_and_brought_back_changes_nothing(quiet_server: Running) -> None:
    """The file is TOML with a commented head, and reads as the same catalogue."""
    text = exported(quiet_server)
    assert text.startswith("# Trung tâm")
    assert tomllib.loads(text)["services"][0]["id"] == "certification"
    page = check(quiet_server, text)
    assert (page.status, 'id="same"' in page.text) == (200, True)


def test_a_change_is_shown_before_it_counts(server: Running) -> None:
    """The check names thing, key and both values and changes nothing; applied, every kiosk has it."""
    kiosk = server.kiosk()
    kiosk.hear(Menu)
    while not kiosk.hears_none(Menu):
        pass  # its first visit gives the kiosk its mark, which is news for every menu
    text = exported(server).replace("expected_minutes = 6", "expected_minutes = 9", 1)
    page = check(server, text)
    assert cells(page)[4:] == ["Chứng thực", "expected_minutes", "6", "9"]
    assert kiosk.hears_none(Menu)
    done = apply(server, text)
    assert (done.status, done.headers["location"]) == (303, "/office/catalogue?changed=1")
    kiosk.hear(Menu)
    assert "expected_minutes = 9" in exported(server)
    assert 'id="done"' in server.browse(done.headers["location"], account="quanly").text


def sequence(server: Running) -> int:
    """Return the place of the last entry in the journal."""
    return int(json.loads(server.browse("/health").text)["sequence"])


def test_two_presses_of_apply_are_one_change(server: Running) -> None:
    """The second press has the id of the first and gets its answer; nothing is written twice."""
    text = exported(server).replace("expected_minutes = 6", "expected_minutes = 9", 1)
    before, base = sequence(server), base_of(check(server, text))
    assert apply(server, text, base=base).status == 303
    once = sequence(server)
    assert apply(server, text, base=base).status == 303
    assert before < once == sequence(server)


def test_two_managers_do_not_overwrite_each_other_unseen(server: Running) -> None:
    """Who applies a preview of a catalogue that is in use no more sees a new one, and what it would undo."""
    first = exported(server).replace("expected_minutes = 6", "expected_minutes = 9", 1)
    second = exported(server).replace("expected_minutes = 6", "expected_minutes = 7", 1)
    base = base_of(check(server, second))
    assert apply(server, first).status == 303
    page = apply(server, second, "apply-second", base)
    assert (page.status, 'id="outdated"' in page.text) == (409, True)
    assert cells(page)[4:] == ["Chứng thực", "expected_minutes", "9", "7"]
    assert "expected_minutes = 9" in exported(server)
    assert apply(server, second, "apply-second", base_of(page)).status == 303
    assert "expected_minutes = 7" in exported(server)


def test_every_fault_of_a_text_is_named_with_its_line(quiet_server: Running) -> None:
    """Nothing is applied, all that is wrong is listed, and the text is still there to be mended."""
    text = exported(quiet_server)
    lines = text.splitlines()
    place = next(number for number, line in enumerate(lines) if line.startswith("expected_minutes"))
    lines[place] = "expected_minutes = 999"
    wrong = "\n".join(lines).replace('icon = "account_child"', 'icon = "Account!"')
    page = check(quiet_server, wrong)
    assert page.status == 400
    assert page.text.count("<li>") == 2
    assert f'data-value="{place + 1}"' in page.text
    assert "services[0].expected_minutes" in page.text
    assert "expected_minutes = 999" in page.text
    assert apply(quiet_server, wrong).status == 400
    assert exported(quiet_server) == text


def test_what_is_no_toml_is_refused_with_its_line(quiet_server: Running) -> None:
    """A text that cannot be read at all says where reading ended."""
    page = check(quiet_server, "a = 1\nb = = 2\n")
    assert (page.status, 'data-value="2"' in page.text) == (400, True)


def test_a_counter_at_work_is_not_taken_away(server: Running) -> None:
    """The core refuses what the day would lose, and the page says which counter has to be closed first."""
    server.desk("lan", 4).ask(OpenCounter(counter=4))
    text = exported(server).replace("number = 4\n", "number = 5\n")
    assert check(server, text).status == 200
    page = apply(server, text)
    assert (page.status, "Quầy 4 đang làm việc" in page.text) == (400, True)
    assert "number = 4\n" in exported(server)


def test_only_a_manager_with_an_id_of_this_page_applies(quiet_server: Running) -> None:
    """A clerk's form, and one whose id is no id, change nothing."""
    text = exported(quiet_server)
    for account in (AccountId("lan"), AccountId("mai")):
        assert quiet_server.browse("/office/catalogue/check", {"text": text}, account).status == 403
        assert quiet_server.browse("/office/catalogue", {"text": text}, account).status == 403
    assert apply(quiet_server, text, "no id!").status == 400


def test_a_text_as_long_as_a_book_is_not_read(quiet_server: Running) -> None:
    """The largest catalogue passes the guard; a text ten times as long does not."""
    text = exported(quiet_server)
    assert check(quiet_server, text + "# ờ" * 20_000).status == 200
    assert check(quiet_server, text + "# ờ" * 60_000).status == 403
