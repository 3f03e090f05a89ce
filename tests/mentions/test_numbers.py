"""Numbers: however a count is written and hedged, its bounds are those of the data model."""

import pytest
from golden_cases import lexicon
from hypothesis import assume, given
from hypothesis import strategies as st

from pipelines.mentions.numbers import HEDGES, Count, find_numbers, read_count

VAGUE = lexicon().vague
ONES = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
).split()
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
PEOPLE = st.sampled_from(["soldiers", "people", "civilians", "North Korean troops", "deaths", "casualties"])
NUMBERS = st.integers(1, 10**9)

# The table "Counts" of the data model, written anew: (low, best, high) of a stated n.
BOUNDS = {
    "exact": (True, True, True),
    "about": (False, True, False),
    "at_least": (True, False, False),
    "more_than": (True, False, False),
    "at_most": (False, False, True),
    "less_than": (False, False, True),
}
STATED = {
    "about": ("about", "some", "around", "nearly", "close to", "almost"),
    "at_least": ("at least", "no fewer than"),
    "more_than": ("more than", "over", "upwards of"),
    "at_most": ("up to", "as many as", "no more than"),
    "less_than": ("fewer than", "just under"),
}
HEDGED = [(hedge, qualifier) for qualifier, hedges in STATED.items() for hedge in hedges]


def bounded(n: int, qualifier: str) -> Count:
    low, best, high = (n if given else None for given in BOUNDS[qualifier])
    return Count(low, best, high, n, qualifier)


def in_words(n: int) -> str:
    """A number below 10,000 as English writes it: "two thousand three hundred and forty-one"."""
    if n < 20:
        return ONES[n - 1]
    if n < 100:
        return TENS[n // 10 - 2] + (f"-{ONES[n % 10 - 1]}" if n % 10 else "")
    if n < 1000:
        return f"{ONES[n // 100 - 1]} hundred" + (f" and {in_words(n % 100)}" if n % 100 else "")
    rest = n % 1000
    return f"{in_words(n // 1000)} thousand" + (f"{' and' if rest < 100 else ''} {in_words(rest)}" if rest else "")


def spellings(n: int) -> list[str]:
    grouped = f"{n:,}"
    return [str(n), grouped, grouped.replace(",", " "), grouped.replace(",", "\u00a0"), grouped.replace(",", "\u202f")]


@given(NUMBERS, PEOPLE, st.integers(0, 4))
def test_a_bare_number_is_exact(n: int, people: str, way: int) -> None:
    assert read_count(f"{spellings(n)[way]} {people}", VAGUE) == bounded(n, "exact")


@given(NUMBERS, PEOPLE, st.integers(0, 4), st.sampled_from(HEDGED))
def test_a_hedge_leaves_open_what_it_leaves_open(n: int, people: str, way: int, hedged: tuple[str, str]) -> None:
    hedge, qualifier = hedged
    assert read_count(f"{hedge} {spellings(n)[way]} {people}", VAGUE) == bounded(n, qualifier)
    assert read_count(f"{hedge.capitalize()} {spellings(n)[way]} {people}", VAGUE) == bounded(n, qualifier)


@given(NUMBERS, st.sampled_from(sorted(HEDGES)))
def test_every_hedge_of_the_grammar_has_the_bounds_of_its_qualifier(n: int, hedge: str) -> None:
    assert read_count(f"{hedge} {n:,} people", VAGUE) == bounded(n, HEDGES[hedge])


@pytest.mark.parametrize(("hedge", "qualifier"), HEDGED)
def test_the_grammar_holds_the_hedges_of_the_data_model(hedge: str, qualifier: str) -> None:
    assert HEDGES[hedge] == qualifier


@given(st.integers(1, 9999), PEOPLE)
def test_words_are_numbers(n: int, people: str) -> None:
    assert read_count(f"{in_words(n)} {people}", VAGUE) == bounded(n, "exact")
    assert read_count(f"{in_words(n).capitalize()} {people}", VAGUE) == bounded(n, "exact")


@given(st.integers(1, 9999), st.sampled_from(HEDGED))
def test_words_take_hedges(n: int, hedged: tuple[str, str]) -> None:
    assert read_count(f"{hedged[0]} {in_words(n)} people", VAGUE) == bounded(n, hedged[1])


@given(NUMBERS, NUMBERS, st.sampled_from(["{}-{}", "{}–{}", "{} to {}", "between {} and {}", "anywhere between {} and {}"]))
def test_a_range_has_both_ends_and_nothing_between(a: int, b: int, form: str) -> None:
    assume(a < b)
    # Two bare numbers that both look like years stand for a period.
    assume(not (1900 <= a <= 2100 and b < 2100))
    # "10-12,000" leaves out the thousands of its first end.
    assume(not ("{}-{}" in form.replace("–", "-") and a < b / 1000 and b % 1000 == 0))
    assert read_count(form.format(f"{a:,}", f"{b:,}") + " people", VAGUE) == Count(a, None, b, None, "range")


@given(NUMBERS, NUMBERS)
def test_a_rise_from_one_number_to_another_is_no_range(a: int, b: int) -> None:
    assume(a < b)
    read = [n.count for n in find_numbers(f"rose from {a:,} to {b:,} people", VAGUE)]
    assert read == [bounded(a, "exact"), bounded(b, "exact")]


@pytest.mark.parametrize(
    ("words", "low"), [("dozens", 24), ("scores", 40), ("hundreds", 200), ("thousands", 2000), ("tens of thousands", 20000)]
)
@pytest.mark.parametrize("form", ["{} of people", "{} were killed", "more {} died"])
def test_vague_numbers_have_a_lower_bound_only(words: str, low: int, form: str) -> None:
    assert read_count(form.format(words), VAGUE) == Count(low, None, None, None, "vague")


@pytest.mark.parametrize(("words", "low"), [("several hundred soldiers", 200), ("a few dozen men", 24), ("several thousand people", 2000)])
def test_several_makes_a_number_vague(words: str, low: int) -> None:
    assert read_count(words, VAGUE) == Count(low, None, None, None, "vague")


@pytest.mark.parametrize(
    ("words", "n"),
    [
        ("a dozen soldiers", 12),
        ("half a dozen soldiers", 6),
        ("two dozen soldiers", 24),
        ("twenty-three soldiers", 23),
        ("1.5 million people", 1_500_000),
        ("15-thousand soldiers", 15_000),
        ("1 200 soldiers", 1200),
        ("10k people", 10_000),
        ("a hundred soldiers", 100),
        ("half a million people", 500_000),
        ("a million and a half people", 1_500_000),
        ("one and a half million people", 1_500_000),
        ("a total of 101 portraits", 101),
        ("1.200.000 people", 1_200_000),
    ],
)
def test_numbers_as_newspapers_write_them(words: str, n: int) -> None:
    assert read_count(words, VAGUE) == bounded(n, "exact")


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("up to about 500 men", bounded(500, "at_most")),
        ("500 or more men", bounded(500, "at_least")),
        ("500 or so men", bounded(500, "about")),
        ("2 to 3 million people", Count(2_000_000, None, 3_000_000, None, "range")),
        ("three or four soldiers", Count(3, None, 4, None, "range")),
    ],
)
def test_hedges_that_stand_apart(words: str, count: Count) -> None:
    assert read_count(words, VAGUE) == count


@pytest.mark.parametrize(
    "words",
    [
        "$500",
        "€3 million",
        "£12.5 million",
        "500 dollars",
        "20 percent",
        "20 per cent",
        "12.5%",
        "a man aged 34",
        "a 34-year-old man",
        "34 years old",
        "the 12th brigade",
        "their 3rd battalion",
        "in 2021",
        "since 1998",
        "by 2025",
        "April 1994",
        "500 km",
        "30 kilometres away",
        "12 miles",
        "45 minutes",
        "at 7 a.m.",
        "15 tonnes",
        "No. 12",
        "Article 5",
        "Resolution 1701",
        "its roughly 70-year history",
        "10 days",
        "3.7 on average",
        "several soldiers",
        "many people",
        "a few men",
        "at 10:30",
    ],
)
def test_what_measures_names_or_dates_is_no_count(words: str) -> None:
    assert read_count(words, VAGUE) is None


@given(st.lists(st.tuples(NUMBERS, st.sampled_from(HEDGED)), min_size=1, max_size=5))
def test_offsets_slice_the_text(written: list[tuple[int, tuple[str, str]]]) -> None:
    text = "; ".join(f"then {hedge} {n:,} people" for n, (hedge, _) in written)
    found = find_numbers(text, VAGUE)
    assert [text[n.start : n.end] for n in found] == [f"{hedge} {n:,}" for n, (hedge, _) in written]
    assert [n.count for n in found] == [bounded(n, qualifier) for n, (_, qualifier) in written]


@given(st.text(alphabet="0123456789.,- andtoforbween%$\n", max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    ends = [0]
    for number in find_numbers(text, VAGUE):
        assert ends[-1] <= number.start < number.end <= len(text)
        ends.append(number.end)
        if number.count:
            assert number.count == read_count(text[number.start : number.end], VAGUE)


def test_only_the_asked_stretch_is_read() -> None:
    text = "5 people, 6 people, 7 people"
    assert [n.start for n in find_numbers(text, VAGUE, 8, 18)] == [10]


@pytest.mark.parametrize(
    ("words", "low", "high"),
    [
        ("two or three thousand", 2000, 3000),
        ("between three thousand and five thousand", 3000, 5000),
        ("between two hundred and five hundred", 200, 500),
    ],
)
def test_a_range_in_words_has_both_ends(words: str, low: int, high: int) -> None:
    count = read_count(f"{words} men fled", VAGUE)
    assert count is not None
    assert (count.low, count.best, count.high, count.qualifier) == (low, None, high, "range")
