"""The sample platforms: whom they believe, and that what they are told takes effect once."""

from datetime import UTC, datetime, timedelta

import pytest

from demo.accounts import sample_accounts
from demo.happenings import Happenings
from demo.platforms import AWAY, Platforms
from shared.channels import CHANNELS
from shared.channels.form import Report, Request, SignatureWrong

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


@pytest.fixture
def platforms() -> Platforms:
    accounts = sample_accounts("http://127.0.0.1:8010")
    return Platforms({account.id: account for account in accounts}, Happenings())


def report(platforms: Platforms, account: str, id: str, purpose: str, at: datetime = NOW) -> Request:
    """What feedback would send."""
    of = platforms.accounts[account]
    about = Report(
        id,
        purpose,
        1,
        "order-1",
        "2026030200000001",
        at,
        "openid-sample-order-1",
        NOW,
        "样例答复",
        query_code="123456",
    )
    outgoing = CHANNELS[of.channel].report(of, about, f"nonce-{id}", at)
    assert outgoing is not None
    headers = {name.lower(): value for name, value in outgoing.headers.items()}
    return Request("POST", f"/reports/{account}", {}, headers, outgoing.body)


def hear(platforms: Platforms, account: str, request: Request) -> int:
    return platforms.hear(platforms.accounts[account], request, NOW)


@pytest.mark.parametrize("account", ["yichun-12345", "yichun-minsheng", "yichun-mini", "qingyuan-mini"])
def test_a_platform_that_is_told_of_a_survey_asks_its_citizen_for_that_round(
    platforms: Platforms, account: str
) -> None:
    assert hear(platforms, account, report(platforms, account, "r1", "survey")) == 200
    survey = platforms.surveys.get_nowait()
    assert (survey.account, survey.external_id, survey.round) == (account, "order-1", 1)
    assert survey.number == "2026030200000001"


@pytest.mark.parametrize("purpose", ["number", "reply", "ended"])
@pytest.mark.parametrize("account", ["yichun-wenzheng", "yichun-mini"])
def test_a_platform_understands_what_it_is_told(platforms: Platforms, account: str, purpose: str) -> None:
    hear(platforms, account, report(platforms, account, "r1", purpose))
    of, told = platforms.effects["r1"]
    assert (of, told.order_no, told.purpose) == (account, "order-1", purpose)
    assert ("样例答复" in (told.reply or "")) is (purpose == "reply" or account == "yichun-wenzheng")


@pytest.mark.parametrize("account", ["yichun-12345", "yichun-mini"])
def test_a_platform_knows_the_query_code_that_its_citizen_was_told(
    platforms: Platforms, account: str
) -> None:
    hear(platforms, account, report(platforms, account, "r1", "number"))
    assert platforms.codes == {"2026030200000001": "123456"}


def test_a_report_that_comes_again_has_no_second_effect(platforms: Platforms) -> None:
    for _ in range(3):
        again = report(platforms, "yichun-12345", "r1", "survey")
        assert hear(platforms, "yichun-12345", again) == 200
    assert platforms.tries == {"r1": 3}
    assert platforms.surveys.qsize() == 1


def test_every_seventeenth_report_is_taken_at_its_second_try(platforms: Platforms) -> None:
    def tell(number: int) -> int:
        return hear(platforms, "yichun-12345", report(platforms, "yichun-12345", f"r{number}", "number"))

    assert [tell(number) for number in range(AWAY)] == [200] * (AWAY - 1) + [503]
    assert f"r{AWAY - 1}" not in platforms.effects
    assert tell(AWAY - 1) == 200
    assert len(platforms.effects) == AWAY


def test_a_platform_believes_nobody_without_its_key_and_nobody_too_late(platforms: Platforms) -> None:
    of_another = report(platforms, "qingyuan-12345", "r1", "number")
    stale = report(platforms, "yichun-12345", "r2", "number", NOW - timedelta(minutes=6))
    for request in (of_another, stale):
        with pytest.raises(SignatureWrong):
            hear(platforms, "yichun-12345", request)
    assert platforms.effects == {}
    assert platforms.tries == {}
