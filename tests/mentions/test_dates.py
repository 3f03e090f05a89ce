"""Dates: a day only where the words name one, seen from the dateline."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.mentions.dates import find_dates, read_dates

DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))
MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
FRIDAY = date(2025, 8, 22)


def ordinal(n: int) -> str:
    return f"{n}{'th' if 10 <= n % 100 <= 20 else {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th')}"


def written(day: date) -> list[str]:
    """The day in the ways that newspapers write it."""
    month = MONTHS[day.month - 1]
    return [
        day.isoformat(),
        f"{month} {day.day}, {day.year}",
        f"{day.day} {month} {day.year}",
        f"{month[:3]} {day.day} {day.year}",
        f"{month[:3]}. {day.day}, {day.year}",
        f"the {ordinal(day.day)} of {month} {day.year}",
        f"{month.upper()} {day.day}, {day.year}",
    ]


def one(words: str, dateline: date | None = FRIDAY) -> tuple[date, date] | None:
    """(first, last) day of the only date in the words."""
    (mention,) = find_dates(words, dateline)
    return (mention.reading.earliest, mention.reading.latest) if mention.reading else None


def day(words: str, dateline: date | None = FRIDAY) -> date | None:
    (mention,) = find_dates(words, dateline)
    return mention.on


@given(DAYS, st.integers(0, 6), st.one_of(st.none(), DAYS))
def test_a_full_date_reads_back_whatever_the_dateline(when: date, way: int, dateline: date | None) -> None:
    assert day(f"They met on {written(when)[way]} in the capital.", dateline) == when


@given(DAYS, st.integers(0, 6))
def test_the_span_alone_reads_as_the_text_did(when: date, way: int) -> None:
    text = f"They met on {written(when)[way]}, he said."
    (mention,) = find_dates(text, FRIDAY)
    assert mention.reading in read_dates(text[mention.start : mention.end], FRIDAY)


@given(DAYS, DAYS)
def test_a_date_without_a_year_is_the_latest_on_or_before_the_dateline(when: date, dateline: date) -> None:
    got = day(f"It was reported on {MONTHS[when.month - 1]} {when.day}.", dateline)
    if (when.month, when.day) == (2, 29):
        return  # not every year has one
    assert got is not None
    assert (got.month, got.day) == (when.month, when.day)
    assert got <= dateline
    assert date(got.year + 1, got.month, got.day) > dateline


@given(st.sampled_from(WEEKDAYS), DAYS)
def test_a_weekday_is_the_latest_one_on_or_before_the_dateline(weekday: str, dateline: date) -> None:
    got = day(f"The ministry said on {weekday} that it had ended.", dateline)
    assert got is not None
    assert WEEKDAYS[got.weekday()] == weekday
    assert timedelta(0) <= dateline - got < timedelta(7)


@pytest.mark.parametrize(
    ("words", "when"),
    [
        ("yesterday", date(2025, 8, 21)),
        ("today", FRIDAY),
        ("the day before yesterday", date(2025, 8, 20)),
        ("three days ago", date(2025, 8, 19)),
        ("on Friday", FRIDAY),
        ("last Friday", date(2025, 8, 15)),
        ("next Friday", date(2025, 8, 29)),
        ("Wednesday last week", date(2025, 8, 13)),
        ("will begin on Monday", date(2025, 8, 25)),
        ("will open on September 3", date(2025, 9, 3)),
        ("On April 30", date(2025, 4, 30)),
        ("on December 31", date(2024, 12, 31)),
        ("29 Feb 2024", date(2024, 2, 29)),
        ("11 mar 86", date(1986, 3, 11)),
    ],
)
def test_days_are_counted_from_the_dateline(words: str, when: date) -> None:
    assert day(f"It {words}.") == when


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("in January", date(2025, 1, 1), date(2025, 1, 31)),
        ("in October", date(2024, 10, 1), date(2024, 10, 31)),
        ("in February 2024", date(2024, 2, 1), date(2024, 2, 29)),
        ("in early March", date(2025, 3, 1), date(2025, 3, 10)),
        ("in late March", date(2025, 3, 21), date(2025, 3, 31)),
        ("last week", date(2025, 8, 11), date(2025, 8, 17)),
        ("last month", date(2025, 7, 1), date(2025, 7, 31)),
        ("last year", date(2024, 1, 1), date(2024, 12, 31)),
        ("in 2021", date(2021, 1, 1), date(2021, 12, 31)),
        ("two years ago", date(2023, 1, 1), date(2023, 12, 31)),
        ("on March 3-5, 2025", date(2025, 3, 3), date(2025, 3, 5)),
    ],
)
def test_a_period_is_bounded_and_names_no_day(words: str, first: date, last: date) -> None:
    assert one(f"It happened {words}.") == (first, last)
    assert day(f"It happened {words}.") is None


@pytest.mark.parametrize(
    "words",
    ["in January", "last month", "in late March", "on March 3-5, 2025", "two years ago", "in 2021"],
)
def test_the_span_of_a_period_reads_as_the_text_did(words: str) -> None:
    text = f"It happened {words}."
    (mention,) = find_dates(text, FRIDAY)
    assert mention.reading in read_dates(text[mention.start : mention.end], FRIDAY)


def test_a_past_act_by_somebody_is_not_ahead() -> None:
    assert day("Nearly 40 villagers were abducted by gunmen on 3 May.") == date(2025, 5, 3)


@pytest.mark.parametrize("words", ["31 April 2025", "February 30, 2024", "29 February 2023", "2025-13-01", "June 31"])
def test_a_day_that_does_not_exist_stays_unresolved(words: str) -> None:
    assert one(f"It happened on {words}.") is None


@pytest.mark.parametrize("words", ["on Wednesday", "yesterday", "last month", "on April 30", "in January", "three days ago"])
def test_without_a_dateline_what_depends_on_it_stays_unresolved(words: str) -> None:
    assert one(f"It happened {words}.", None) is None
    assert read_dates(words, None) == []


def test_the_next_day_counts_from_the_day_named_before() -> None:
    first, second = find_dates("They landed on June 3. The following day they marched.", FRIDAY)
    assert first.on == date(2025, 6, 3)
    assert second.on == date(2025, 6, 4)


def test_a_date_in_a_name_is_none() -> None:
    assert find_dates("They sang at the April 25 House of Culture.", FRIDAY) == []


@pytest.mark.parametrize("words", ["They may march to the border.", "March on, he said.", "The men may leave."])
def test_months_that_are_verbs_are_no_dates(words: str) -> None:
    assert find_dates(words, FRIDAY) == []


def test_the_span_leaves_out_the_preposition() -> None:
    text = "It ended on Wednesday in 2021."
    assert [text[m.start : m.end] for m in find_dates(text, FRIDAY)] == ["Wednesday", "2021"]


@given(st.text(alphabet="0123456789 -aprilmdongsthyeuJF,.", max_size=50), st.one_of(st.none(), DAYS))
def test_any_text_can_be_read(text: str, dateline: date | None) -> None:
    for mention in find_dates(text, dateline):
        assert 0 <= mention.start < mention.end <= len(text)
        if mention.reading:
            assert mention.reading.earliest <= mention.reading.latest
