"""Names, proxies and addresses: who may come in, who counts as one guest, how many at once and how often."""

import pytest

from queue_server.process.arguments import Config, StartError, read_arguments
from queue_server.web import newcomers
from queue_server.web.addresses import Door, authority, neighbourhood, plain_address
from queue_server.web.newcomers import Newcomers
from queue_server.web.request_rate import A_SECOND, AT_ONCE, RequestRate

DOOR = Door(frozenset({"xa-mau.example"}), frozenset({"pc-1"}))


@pytest.mark.parametrize(
    ("host", "origin", "admitted"),
    [
        ("192.168.1.10:8080", "http://192.168.1.10:8080", True),
        ("192.168.1.10:8080", None, True),
        ("[::1]:8080", "http://[::1]:8080", True),
        ("xa-mau.example", "http://xa-mau.example:8443", True),
        ("xa-mau.example", "https://xa-mau.example", True),
        ("xa-mau.example:8443", "https://xa-mau.example:8443", True),
        ("127.0.0.1:8080", "https://xa-mau.example", True),
        ("XA-MAU.example:8080", "http://xa-mau.example:8080", True),
        ("xa-mau.example.", "https://xa-mau.example", True),
        ("pc-1", "http://pc-1:80", True),
        ("pc-1:8080", "http://pc-1:3000", False),
        ("192.168.1.10:8080", "http://192.168.1.10:3000", False),
        ("127.0.0.1:8080", "http://evil.example", False),
        ("evil.example", None, False),
        ("xa-mau.example", "ftp://xa-mau.example", False),
        ("xa-mau.example", "null", False),
        ("[", "http://[", False),
        (None, None, False),
    ],
)
def test_who_is_admitted_by_name(host: str | None, origin: str | None, *, admitted: bool) -> None:
    """A given name counts with any port and by https, whatever the proxy makes of Host; others are the very place."""
    assert DOOR.admits(host, origin) is admitted


def test_one_guest_is_one_address() -> None:
    """IPv4 through a socket of both families is IPv4; a guest owns half of an IPv6 address."""
    assert plain_address("::ffff:10.0.0.5") == "10.0.0.5"
    assert neighbourhood("::ffff:10.0.0.5") == neighbourhood("10.0.0.5") == "10.0.0.5"
    assert neighbourhood("2001:db8::1") == neighbourhood("2001:db8::ffff") != neighbourhood("2001:db8:0:1::1")
    assert neighbourhood(None) == neighbourhood("nonsense") == "unknown"
    assert (authority("::", 80), authority("10.0.0.1", 80)) == ("[::]:80", "10.0.0.1:80")


def test_names_and_proxies_are_read_as_people_write_them() -> None:
    """A name may be copied with its scheme and port; what is no name or address is one sentence."""
    asked = read_arguments(["--name", "https://Xa-Mau.example:8443/", "--proxy", "127.0.0.1", "--proxy", "10.1.0.9/24"])
    assert isinstance(asked, Config)
    assert asked.names == {"xa-mau.example"}
    assert asked.proxies == {"127.0.0.1/32", "10.1.0.0/24"}
    for words in (["--name", "not a name"], ["--proxy", "nginx"]):
        with pytest.raises(StartError, match="is no"):
            read_arguments(words)


def test_of_too_many_newcomers_the_oldest_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one address first, of all then; who was let in is never cut, and a proxy stands for many guests."""
    monkeypatch.setattr(newcomers, "MOST_OF_AN_ADDRESS", 2)
    cut: list[str] = []
    crowd = Newcomers(["10.9.0.0/16"], most=4)
    known = crowd.enter("10.0.0.1", lambda: cut.append("known"))
    crowd.leave(known)
    for name in ("a", "b", "c"):
        crowd.enter("10.0.0.1", lambda name=name: cut.append(name))  # type: ignore[misc]
    assert cut == ["a"]
    for name in ("d", "e", "f"):
        crowd.enter("10.9.0.1", lambda name=name: cut.append(name))  # type: ignore[misc]
    assert (cut, len(crowd)) == (["a", "b"], 4)
    crowd.leave(known)
    assert len(crowd) == 4


def test_an_address_that_asks_too_often_waits() -> None:
    """A page with all its files is served at once; whoever goes on asking gets so many a second."""
    now = 100.0
    rate = RequestRate(lambda: now)
    assert [rate.delay_s("10.0.0.1") for _ in range(AT_ONCE + 1)] == pytest.approx([0.0] * (AT_ONCE + 1))
    assert rate.delay_s("10.0.0.1") == pytest.approx(1 / A_SECOND)
    assert rate.delay_s("10.0.0.2") == 0
    now += AT_ONCE / A_SECOND + 1
    assert rate.delay_s("10.0.0.1") == 0
