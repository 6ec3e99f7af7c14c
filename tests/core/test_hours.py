"""When kiosks give tickets, and what a session means: before the door, lunch, full, quota, a day changed by hand."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from queue_protocol.answers import RefusalCode, Refused, TicketTaken
from queue_protocol.commands import CancelTicket, ChangeService, TakeTicket
from queue_protocol.day_commands import ChangeToday, OpeningTime
from queue_protocol.ids import ServiceId
from queue_protocol.snapshots import ServiceCard
from queue_server.core.catalogue import Catalogue, ExtraDay
from queue_server.core.days import open_day
from queue_server.core.decision import Actor
from queue_server.core.events import CatalogueChanged, TodayChanged
from queue_server.core.hall import Hall
from queue_server.core.permissions import ChangeCatalogue
from queue_server.core.views import menu, service_cards
from tests.core.center import (
    CATALOGUE,
    CERTIFICATION,
    CIVIL_STATUS,
    DAY,
    GREETER,
    HOA,
    KIEN,
    KIOSK,
    LAN,
    LAND,
    MANAGER,
    MORNING,
    Center,
    called,
    service,
    token,
    with_hours,
    with_policy,
)

TAKE = TakeTicket(service=CERTIFICATION, token=token(1))
USUAL = (OpeningTime(opens="07:30", closes="11:30"), OpeningTime(opens="13:30", closes="17:00"))


def with_quota(quota: int) -> Catalogue:
    """Return the catalogue with hours and a quota for certification."""
    limited = msgspec.structs.replace(service(CERTIFICATION, "A", 6), quota_per_session=quota)
    return with_hours(msgspec.structs.replace(CATALOGUE, services=(limited, *CATALOGUE.services[1:])))


def extra(day: date) -> ExtraDay:
    """Return an extra open morning."""
    return ExtraDay(day=day, sessions=USUAL[:1])


def opened_on(day: date, catalogue: Catalogue | None = None) -> Center:
    """Return a center whose first day is this one, at eight in the morning."""
    calendar = catalogue or with_hours()
    hall = Hall(catalogue=calendar)
    center = Center(calendar, now=MORNING + (day - DAY))
    center.hall = hall
    return center.given(*open_day(hall, day))


def local(moment: datetime) -> str:
    """Return the time on the center's clock."""
    return f"{moment.astimezone(ZoneInfo('Asia/Ho_Chi_Minh')):%H:%M}"


def card_of(center: Center, wanted: ServiceId = CERTIFICATION) -> ServiceCard:
    """Return how a kiosk shows this service now."""
    return next(card for card in service_cards(center.hall, center.now) if card.service == wanted)


# ---------------------------------------------------------------- the issuing window


@pytest.mark.parametrize(
    ("clock", "opens_at"),
    [("06:59", "07:00"), ("07:00", None), ("11:29", None), ("11:30", "13:00"), ("13:00", None), ("16:54", None)],
)
def test_kiosks_give_numbers_from_half_an_hour_before_the_door(clock: str, opens_at: str | None) -> None:
    """Outside of its window a kiosk refuses, and says when numbers are given again; the menu says the same."""
    center = Center(with_hours()).at(clock)
    shown = menu(center.hall, center.revision, center.now)
    assert shown is not None
    if opens_at is None:
        assert isinstance(center.when(TAKE, KIOSK).result, TicketTaken)
        assert (shown.opens_at, card_of(center).open) == (None, True)
        return
    again = center.at(opens_at).now
    center.at(clock)
    refused = Refused(code="hall_closed", facts={"service": "certification", "opens_at": again.isoformat()})
    assert center.refusal(TAKE, KIOSK) == refused
    assert (shown.opens_at, card_of(center).closed_because) == (again, "hours")


def test_after_the_last_session_nothing_is_promised_for_today() -> None:
    """In the evening the refusal has no time: there is none today."""
    center = Center(with_hours()).at("17:00")
    assert center.refusal(TAKE, KIOSK) == Refused(code="hall_closed", facts={"service": "certification"})


def test_a_window_may_end_before_the_door_closes() -> None:
    """Where numbers end twenty minutes before closing, they do."""
    center = Center(with_hours(issue_until_minutes=20))
    assert isinstance(center.at("11:09").when(TAKE, KIOSK).result, TicketTaken)
    assert center.at("11:10").refusal(TAKE, KIOSK).code == "hall_closed"


def test_staff_may_take_a_ticket_at_any_time() -> None:
    """Who stands before a clerk at noon is not sent away by a rule for kiosks."""
    assert isinstance(Center(with_hours()).at("12:00").when(TAKE, GREETER).result, TicketTaken)


def test_a_center_without_hours_is_always_open() -> None:
    """Without a calendar a kiosk gives numbers at three in the morning."""
    assert isinstance(Center().at("03:00").when(TAKE, KIOSK).result, TicketTaken)


# ---------------------------------------------------------------- lunch


def test_who_waits_at_lunch_keeps_number_and_place_and_is_called_first_afterwards() -> None:
    """Given two of the morning, when priority tickets come in the afternoon, then the morning is called before them."""
    center = Center(with_hours()).open().at("11:00")
    center.take()
    center.at("11:20").take()
    center.at("13:05").take(priority=True)
    center.at("13:10").take()
    assert center.at("13:30").call_all() == ["A001", "A002", "A003", "A004"]


def test_a_head_start_does_not_reach_over_lunch() -> None:
    """A priority ticket of 13.00 does not count as one of the morning."""
    center = Center(with_hours()).at("11:29")
    center.take()
    center.at("13:00")
    assert center.ticket(center.take(priority=True)).place.session == 1


def test_the_kiosk_warns_when_a_turn_may_fall_after_lunch() -> None:
    """Given an hour of work in the line at 11.00, a ticket taken then says so on card, answer and slip."""
    center = Center(with_hours()).open(3, KIEN).at("10:40")
    assert not card_of(center, LAND).after_break
    for _ in range(2):
        center.take(LAND)
    assert card_of(center, LAND).after_break
    answer = center.when(TakeTicket(service=LAND, token=token(1)), KIOSK).result
    assert isinstance(answer, TicketTaken)
    assert answer.after_break
    assert center.ticket(center.take(LAND)).after_break


def test_the_wait_that_is_told_has_the_lunch_in_it() -> None:
    """A turn behind lunch is not told in half an hour."""
    center = Center(with_hours()).open(3, KIEN).at("11:20")
    center.take(LAND)
    answer = center.when(TakeTicket(service=LAND, token=token(1)), KIOSK).result
    assert isinstance(answer, TicketTaken)
    assert answer.wait is not None
    assert (answer.wait.low_minutes, answer.wait.high_minutes) == (130, 150)


# ---------------------------------------------------------------- "hết số"


def test_numbers_end_when_who_waits_takes_until_closing() -> None:
    """Given five who take twenty minutes each at 15.30, then no sixth number is given, and none is refused before."""
    center = Center(with_hours()).open(3, KIEN).at("15:30")
    for _ in range(4):
        center.take(LAND)
    assert center.refusal(TakeTicket(service=LAND, token=token(1)), KIOSK).code == "service_full"
    assert card_of(center, LAND).closed_because == "full"
    assert card_of(center, CERTIFICATION).open


def test_the_policy_may_give_numbers_to_the_end() -> None:
    """Where the center serves on after hours, a long line is no reason to refuse."""
    center = Center(with_hours(with_policy(stop_when_full=False))).open(3, KIEN).at("16:55")
    for _ in range(9):
        center.take(LAND)
    assert card_of(center, LAND).open


def test_more_counters_mean_more_numbers() -> None:
    """A second counter that opens makes room for others before closing."""
    center = Center(with_hours()).open(1, LAN).at("16:50")
    center.take()
    assert not card_of(center).open
    center.open(2, HOA)
    assert card_of(center).open


@pytest.mark.parametrize(("by", "code"), [(KIOSK, "quota_reached"), (GREETER, None)])
def test_a_quota_is_of_a_service_and_a_session(by: Actor, code: RefusalCode | None) -> None:
    """Given a quota of two, the third of the morning is refused at the kiosk, and the afternoon has two again."""
    center = Center(with_quota(2)).at("08:00")
    for _ in range(2):
        center.take()
    result = center.when(TAKE, by).result
    assert (result.code if isinstance(result, Refused) else None) == code
    assert card_of(center).closed_because == "quota"
    assert card_of(center, CIVIL_STATUS).open
    assert card_of(center.at("13:00")).open


def test_tickets_of_staff_take_nothing_from_the_quota_of_kiosks() -> None:
    """A greeter may help a bus load; the kiosks still give what they may."""
    center = Center(with_quota(1)).at("08:00")
    center.take(by=GREETER)
    center.take(by=LAN)
    assert isinstance(center.do(TAKE, KIOSK), TicketTaken)
    assert center.refusal(TakeTicket(service=CERTIFICATION, token=token(2)), KIOSK).code == "quota_reached"


def test_a_ticket_counts_for_the_service_it_was_changed_to() -> None:
    """A wrong choice that staff put right gives its place back where it was taken, and none that it had not."""
    center = Center(with_quota(1)).at("08:00")
    wrong = center.take()
    center.done(ChangeService(ticket=wrong, service=LAND), GREETER)
    assert card_of(center).open
    center.take()
    center.done(CancelTicket(ticket=wrong), KIOSK)
    assert card_of(center).closed_because == "quota"


def test_a_cancelled_mistake_gives_its_place_in_the_quota_back() -> None:
    """Whoever chose wrongly takes no number from the next person."""
    center = Center(with_quota(1)).at("08:00")
    center.done(CancelTicket(ticket=center.take()), KIOSK)
    assert isinstance(center.when(TAKE, KIOSK).result, TicketTaken)


# ---------------------------------------------------------------- a day changed by hand


def test_a_manager_closes_today_in_one_command() -> None:
    """Given a morning as usual, when today is closed, then kiosks give nothing any more."""
    center = Center(with_hours()).at("09:00")
    assert center.done(ChangeToday(sessions=()), MANAGER) == (TodayChanged(sessions=()),)
    assert center.refusal(TAKE, KIOSK).code == "hall_closed"


def test_a_manager_opens_a_saturday_in_one_command() -> None:
    """Given a Saturday by the calendar closed, when a morning is opened, then numbers are given in it."""
    center = Center(with_hours()).midnight(days=5)
    assert center.refusal(TAKE, KIOSK).code == "hall_closed"
    center.done(ChangeToday(sessions=USUAL[:1]), MANAGER)
    assert isinstance(center.when(TAKE, KIOSK).result, TicketTaken)
    assert center.at("12:00").refusal(TAKE, KIOSK).code == "hall_closed"


def test_the_same_hours_again_are_no_event() -> None:
    """What the calendar says already changes nothing."""
    assert Center(with_hours()).done(ChangeToday(sessions=USUAL), MANAGER) == ()


@pytest.mark.parametrize(
    "sessions",
    [
        (OpeningTime(opens="09:00", closes="09:00"),),
        (OpeningTime(opens="07:00", closes="12:00"), OpeningTime(opens="11:00", closes="17:00")),
    ],
)
def test_sessions_that_make_no_sense_are_refused(sessions: tuple[OpeningTime, ...]) -> None:
    """A session that ends before it begins, and one within another."""
    assert Center(with_hours()).refusal(ChangeToday(sessions=sessions), MANAGER).code == "bad_catalogue"


def test_only_a_manager_changes_the_day() -> None:
    """A clerk closes a counter, not the center."""
    assert Center(with_hours()).refusal(ChangeToday(sessions=()), LAN).code == "not_allowed"


def test_new_hours_of_the_catalogue_count_today_unless_today_was_set_by_hand() -> None:
    """Hours set for this one day stand against a new calendar; else the calendar counts at once."""
    later = with_hours(issue_before_minutes=0)
    for by_hand, events in ((False, 2), (True, 1)):
        center = Center(with_hours()).at("08:00")
        if by_hand:
            center.done(ChangeToday(sessions=USUAL[:1]), MANAGER)
        happened = center.done(ChangeCatalogue(catalogue=later), MANAGER)
        assert [type(event) for event in happened] == [CatalogueChanged, TodayChanged][:events]


# ---------------------------------------------------------------- the calendar


@pytest.mark.parametrize(
    ("day", "is_open"),
    [
        (date(2026, 11, 23), True),
        (date(2026, 11, 24), False),
        (date(2026, 11, 28), False),
        (date(2026, 9, 2), False),
        (date(2027, 1, 1), False),
        (date(2027, 2, 8), False),
    ],
)
def test_weekends_and_public_holidays_are_closed(day: date, *, is_open: bool) -> None:
    """A Monday; the Day of Culture, a Saturday, the National Day, New Year and a day of Tết."""
    center = Center(with_hours()).midnight(days=(day - DAY).days) if day > DAY else opened_on(day)
    assert bool(center.hall.sessions) == is_open


def test_the_editable_file_wins_over_library_and_week() -> None:
    """A swapped working Saturday is open, and a closed day is closed, whatever else is said."""
    saturday, tuesday = DAY + timedelta(days=5), DAY + timedelta(days=1)
    catalogue = with_hours(closed=(tuesday,), extra_open=(extra(saturday),))
    center = Center(catalogue).midnight()
    assert not center.hall.sessions
    center.midnight(days=4)
    assert center.hall.sessions is not None
    assert [local(each.opens_at) for each in center.hall.sessions] == ["07:30"]


def test_a_center_may_work_on_holidays() -> None:
    """Where public holidays are days like others, 2 September is open."""
    assert opened_on(date(2026, 9, 2), with_hours(public_holidays=False)).hall.sessions


def test_a_ticket_of_the_afternoon_is_called_in_the_afternoon() -> None:
    """The whole of a day with a lunch: nobody is lost and nobody doubled."""
    center = Center(with_hours()).open()
    for clock in ("07:05", "09:00", "11:29", "13:00", "16:00"):
        center.at(clock).take()
    assert center.at("16:30").call_all() == ["A001", "A002", "A003", "A004", "A005"]
    assert center.ticket(called("A005")).status == "finished"


def test_a_change_of_hours_changes_nobodys_place() -> None:
    """Given who waits since after lunch, when today's sessions become one, then who comes later is not before them."""
    center = Center(with_hours()).open().at("13:05")
    center.take()
    center.done(ChangeToday(sessions=(OpeningTime(opens="07:00", closes="18:00"),)), MANAGER)
    center.at("14:00").take()
    assert center.call_all() == ["A001", "A002"]
