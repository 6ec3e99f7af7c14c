"""What a slip says."""

import functools
import unicodedata
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

import assets
from kiosk.app import read_texts
from kiosk.slips import Center, center_of, compose
from queue_protocol.ids import ServiceId
from queue_protocol.texts import Texts
from tests.kiosk.hall import menu, order, ticket, welcome


@functools.cache
def product_texts() -> Mapping[str, Texts]:
    """Return the product's own texts."""
    return read_texts(assets.FOLDER / "texts")


@pytest.fixture
def languages() -> Mapping[str, Texts]:
    """The product's own texts."""
    return product_texts()


@pytest.fixture
def center() -> Center:
    """A commune's center."""
    return center_of(welcome(), menu())


def test_a_slip_in_vietnamese(center: Center, languages: Mapping[str, Texts]) -> None:
    """The slip names center, service, number, place in the line, counters, local time and what it is good for."""
    slip = compose(order(), center, languages)
    assert slip.center == "TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG XÃ BẢO HÀ"
    assert (slip.service, slip.icon) == ("Chứng thực", assets.icon("stamper"))
    assert slip.number == "A015"
    assert [line.replace("\xa0", " ") for line in slip.lines] == [
        "Trước ông/bà còn 4 người (lúc 08:12)",
        "Dự kiến chờ khoảng 10–20 phút",
        "Chờ gọi vào Quầy 1 hoặc 2",
    ]
    assert slip.time_line == "08:12 · Thứ Hai, 23/11/2026"
    assert "không thay thế Giấy tiếp nhận hồ sơ" in slip.note
    assert "23/11/2026" in slip.note
    assert slip.priority_mark is None


def test_a_slip_in_english(center: Center, languages: Mapping[str, Texts]) -> None:
    """The person's language decides every word, the center's name too."""
    slip = compose(order(ticket(people_ahead=1, counters=(3,), wait=None), language="en"), center, languages)
    assert slip.service == "Certification of copies and signatures"
    assert [line.replace("\xa0", " ") for line in slip.lines] == [
        "1 person ahead of you (at 08:12)",
        "You will be called to counter 3",
    ]
    assert slip.time_line == "08:12 · Monday, 23/11/2026"


def test_the_first_in_line_reads_no_zero(center: Center, languages: Mapping[str, Texts]) -> None:
    """Nobody ahead is said in words."""
    slip = compose(order(ticket(people_ahead=0, wait=None, counters=())), center, languages)
    assert slip.lines == ("Ông/bà là người tiếp theo",)


def test_a_code_is_printed_only_with_an_address(center: Center, languages: Mapping[str, Texts]) -> None:
    """Without a public address there is no code and no line about it."""
    plain = compose(order(), center, languages)
    assert (plain.qr, plain.qr_caption) == (None, None)
    coded = compose(order(address="http://10.0.0.2/t/abc"), center, languages)
    assert coded.qr == "http://10.0.0.2/t/abc"
    assert coded.qr_caption == "Quét mã để theo dõi lượt của ông/bà"


def test_priority_is_marked(center: Center, languages: Mapping[str, Texts]) -> None:
    """Staff and the person see the same mark."""
    assert compose(order(ticket(priority=True)), center, languages).priority_mark == "ƯU TIÊN"


def test_a_turn_after_lunch_is_on_the_paper(center: Center, languages: Mapping[str, Texts]) -> None:
    """Who takes the slip home for lunch can read why."""
    slip = compose(order(ticket(after_break=True)), center, languages)
    assert "Lượt của ông/bà có thể sau giờ nghỉ trưa" in slip.lines


def test_a_reprint_is_marked_with_which_it_is(center: Center, languages: Mapping[str, Texts]) -> None:
    """Two papers with one number are told apart."""
    assert compose(order(), center, languages).reprint_mark is None
    assert compose(order(copy_number=2), center, languages).reprint_mark == "CẤP LẠI lần 2"


def test_a_new_slip_for_a_lost_one_says_which_is_good(center: Center, languages: Mapping[str, Texts]) -> None:
    """Whoever finds the old one reads on the new that it is good no more; a reprint of the new one says both."""
    assert compose(order(reissued=True), center, languages).reprint_mark == "CẤP LẠI: phiếu trước không còn giá trị"
    twice = compose(order(reissued=True, copy_number=1), center, languages).reprint_mark
    assert twice == "CẤP LẠI: phiếu trước không còn giá trị · CẤP LẠI lần 1"


def test_a_carried_slip_promises_a_place_in_front_on_one_day(center: Center, languages: Mapping[str, Texts]) -> None:
    """It says its day large, what to do with it, that it is good once; nothing of today's line, and no name."""
    wanted = order(kind="carried_over", valid_on="2026-11-24", address="http://10.0.0.2/t/abc")
    slip = compose(wanted, center, languages)
    assert (slip.number, slip.priority_mark) == ("24/11", "PHIẾU GỌI TRƯỚC")
    assert slip.lines == (
        "Dùng vào Thứ Ba, 24/11/2026",
        "Khi đến, mời ông/bà đưa phiếu này cho cán bộ để được gọi trước.",
        "Cấp thay cho số A015 ngày 23/11/2026",
    )
    assert "chỉ dùng được một lần" in slip.note
    assert (slip.qr, slip.qr_caption) == ("http://10.0.0.2/t/abc", "Mã để cán bộ kiểm tra phiếu")


def test_an_unknown_language_gets_vietnamese(center: Center, languages: Mapping[str, Texts]) -> None:
    """A slip in the first language is better than none."""
    assert compose(order(language="hmn"), center, languages).service == "Chứng thực"


def test_a_service_that_left_the_menu_still_gets_its_slip(center: Center, languages: Mapping[str, Texts]) -> None:
    """The number's own letter stands in for a name that is not known."""
    assert compose(order(ticket(service="dropped")), center, languages).service == "A"


@pytest.mark.parametrize("address", ["http://xã-bảo-hà.vn/t/abc", f"http://{'a' * 130}/t/abc"])
@pytest.mark.parametrize("kind", ["ticket", "carried_over"])
def test_an_address_that_is_no_code_costs_the_code_alone(
    center: Center, languages: Mapping[str, Texts], kind: str, address: str
) -> None:
    """A slip without a code is better than none."""
    slip = compose(order(address=address, kind=kind), center, languages)
    assert (slip.qr, slip.qr_caption) == (None, None)


def test_the_longest_number_there_can_be_is_printed(center: Center, languages: Mapping[str, Texts]) -> None:
    """Two letters and six digits: what the protocol lets through, the paper takes."""
    assert compose(order(ticket("AK123456")), center, languages).number == "AK123456"


def test_names_that_no_printer_could_print_are_mended(languages: Mapping[str, Texts]) -> None:
    """A control character in a name, or a name without end, costs nobody the slip."""
    odd = Center(names={"vi": "xã\x1b\nBảo Hà"}, services={ServiceId("certification"): {"vi": "sao y " * 100}})
    slip = compose(order(), odd, languages)
    assert slip.center == "XÃ  BẢO HÀ"
    assert slip.service.endswith("…")


@given(name=st.text(st.characters(min_codepoint=0x20, max_codepoint=0x1EFF, categories=("L", "M", "Zs")), max_size=60))
def test_every_name_is_printed_composed(name: str) -> None:
    """Whatever form a catalogue's letters are in, the paper gets whole letters."""
    slip = compose(order(), Center(names={"vi": name}), product_texts())
    assert slip.icon is None
    assert unicodedata.is_normalized("NFC", slip.center)
