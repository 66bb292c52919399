import datetime as dt

from cpaudit.notices.rules import WAITS, next_try

AT = dt.datetime(2026, 11, 21, 8, tzinfo=dt.UTC)


def test_waits_grow_with_every_failed_try():
    tries = [next_try(attempts, AT) for attempts in range(1, len(WAITS) + 1)]

    assert tries[0] == AT + dt.timedelta(minutes=1)
    assert tries == sorted(tries)


def test_after_the_last_wait_it_is_given_up():
    assert next_try(len(WAITS) + 1, AT) is None
