"""Wire copies are linked and independent reports are not, whatever the order; and no corpus makes that grow with its square."""

import hashlib
import itertools
import random
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pairs import COPIES, OTHERS, UPDATE, WIRE

from pipelines.article import Article
from pipelines.duplicates import buckets, comparisons, matching
from pipelines.duplicates.comparisons import shared_percent
from pipelines.duplicates.matching import LEAST_PERCENT, find_copies
from pipelines.duplicates.signature import SIGNATURES, packed, shingles, signatures

Links = dict[str, tuple[str, str, int]]
NUMBERS = [4124207609, 3280773478, 1840658995, 3561630351, 1308579119, 2895168950]
WIRE_SHA256 = "19069496777abd2abad2991fe9d18ebec8cd13f767e1deca483b8c5426e392fd"


def percent(one: str, other: str) -> int:
    return shared_percent(np.unique(shingles(one)), np.unique(shingles(other)))


def linked(table: pa.Table, folder: Path, known: Path | None = None, part: int = 1000) -> Links:
    """What is found among these texts, given in files of so many articles."""
    table, files = table.sort_by("article_id"), []
    for start in range(0, table.num_rows, part):
        files.append(folder / f"signatures-{start:06}.parquet")
        pq.write_table(table.slice(start, part), files[-1])
    made = folder / "made"
    made.mkdir(exist_ok=True)
    links, compared = find_copies(files, made, known)
    assert sorted(made.iterdir()) == [compared, links]
    rows = pq.read_table(links).to_pylist()
    return {row["article_id"]: (row["same_text_as"], row["same_text_kind"], row["same_text_percent"]) for row in rows}


def links_of(texts: dict[str, str], folder: Path) -> Links:
    return linked(signatures(Article(identifier, text) for identifier, text in texts.items()), folder)


def prose(seed: int, words: int = 200) -> str:
    """Words that no other seed gives in this order."""
    return " ".join(random.Random(seed).choices([f"w{n}" for n in range(2000)], k=words))


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows with each comparison of two texts."""
    count: list[int] = []

    def counted(one: comparisons.Numbers, other: comparisons.Numbers) -> int:
        count.append(1)
        return shared_percent(one, other)

    monkeypatch.setattr(comparisons, "shared_percent", counted)
    return count


# What is a copy


@pytest.mark.parametrize("kind", COPIES)
def test_a_wire_copy_is_linked(kind: str, tmp_path: Path) -> None:
    assert percent(WIRE, COPIES[kind]) >= LEAST_PERCENT + 10
    assert links_of({"a": WIRE, "b": COPIES[kind]}, tmp_path) == {"b": ("a", "near", percent(WIRE, COPIES[kind]))}


@pytest.mark.parametrize("kind", OTHERS)
def test_an_independent_report_is_not(kind: str, tmp_path: Path) -> None:
    assert percent(WIRE, OTHERS[kind]) <= LEAST_PERCENT - 10
    assert links_of({"a": WIRE, "b": OTHERS[kind]}, tmp_path) == {}


def test_independent_reports_are_far_from_each_other() -> None:
    own = [OTHERS["another agency"], OTHERS["a paper's own report"], OTHERS["the attack of the week before"]]
    assert max(percent(one, other) for one, other in itertools.combinations([WIRE, *own], 2)) <= 15


def test_an_update_is_the_same_text(tmp_path: Path) -> None:
    assert links_of({"a": WIRE, "b": UPDATE}, tmp_path)["b"][:2] == ("a", "near")


def test_all_copies_at_once_have_one_origin(tmp_path: Path) -> None:
    texts = (
        {"0": WIRE} | {f"1{n}": text for n, text in enumerate(COPIES.values())} | {f"2{n}": text for n, text in enumerate(OTHERS.values())}
    )
    assert {identifier: found[0] for identifier, found in links_of(texts, tmp_path).items()} == {f"1{n}": "0" for n in range(len(COPIES))}


def test_the_same_text_to_the_letter_is_exact_even_when_it_is_short(tmp_path: Path) -> None:
    assert links_of({"c": "It rained.", "a": "It rained.", "b": "It rained!"}, tmp_path) == {"c": ("a", "exact", 100)}


def test_equal_copies_of_a_near_copy_are_near(tmp_path: Path) -> None:
    near = COPIES["another spelling"]
    found = links_of({"a": WIRE, "b": near, "c": near, "d": WIRE}, tmp_path)
    assert {identifier: link[:2] for identifier, link in found.items()} == {"b": ("a", "near"), "c": ("a", "near"), "d": ("a", "exact")}


def test_a_short_text_in_a_long_one_is_no_copy(tmp_path: Path) -> None:
    short = prose(1, 60)
    assert links_of({"a": short, "b": short + " " + prose(2, 200), "c": short + " " + prose(3, 400)}, tmp_path) == {"b": ("a", "near", 100)}


def test_what_stands_in_a_date_prefix_is_no_part_of_the_text(tmp_path: Path) -> None:
    prefix = " date 2025-08-22 "
    table = signatures([Article("a", prefix + WIRE, len(prefix)), Article("b", WIRE)])
    assert linked(table, tmp_path) == {"b": ("a", "near", 100)}


# Groups


def test_a_chain_of_changes_does_not_lead_away(tmp_path: Path) -> None:
    words = prose(1).split()
    chain = {f"{n}": " ".join(words[n * 40 :] + prose(2).split()[: n * 40]) for n in range(6)}
    found = links_of(chain, tmp_path)
    for identifier, (origin, kind, share) in found.items():
        assert origin not in found and origin < identifier
        assert (kind, share) == ("near", percent(chain[identifier], chain[origin]))
    assert set(chain) - set(found) == {"0", "3"}


@settings(max_examples=6, deadline=None)
@given(st.randoms(use_true_random=False))
def test_neither_cuts_of_the_input_nor_what_fits_into_memory_matter(
    tmp_path_factory: pytest.TempPathFactory, chance: random.Random
) -> None:
    texts = {
        "w": WIRE,
        "u": UPDATE,
        **{f"c{n}": text for n, text in enumerate(COPIES.values())},
        **{f"o{n}": t for n, t in enumerate(OTHERS.values())},
    }
    texts |= {"c9": WIRE, "b9": COPIES["another spelling"], **{f"p{n}": prose(n // 2) + " " + prose(n, 50) for n in range(40)}}
    table = signatures(Article(identifier, text) for identifier, text in texts.items())
    folder = tmp_path_factory.mktemp("order")
    first = linked(table, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(buckets, "_MOST", chance.choice([1, 50, 10_000]))
        patch.setattr(buckets, "_FILES", chance.choice([1, 7, 256]))
        assert linked(table, folder, part=chance.randint(1, table.num_rows)) == first
    assert {found[0] for found in first.values()} & set(first) == set()


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 120), st.integers(0, 4)), min_size=2, max_size=30))
def test_each_link_holds_and_no_clear_copy_is_missed(tmp_path_factory: pytest.TempPathFactory, cuts: list[tuple[int, int, int]]) -> None:
    texts = {
        f"{n:02}": " ".join(prose(seed).split()[: 200 - cut] + prose(100 + n, 10 * more).split())
        for n, (seed, cut, more) in enumerate(cuts)
    }
    found = links_of(texts, tmp_path_factory.mktemp("links"))
    for identifier, (origin, kind, share) in found.items():
        assert origin < identifier and origin not in found
        assert (
            texts[identifier] == texts[origin] if kind == "exact" else share == percent(texts[identifier], texts[origin]) >= LEAST_PERCENT
        )
    origins = [identifier for identifier in texts if identifier not in found]
    assert all(percent(texts[one], texts[other]) < LEAST_PERCENT + 15 for one, other in itertools.combinations(origins, 2))


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 120)), min_size=2, max_size=20), st.randoms(use_true_random=False))
def test_what_was_compared_before_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[tuple[int, int]], chance: random.Random
) -> None:
    every = {f"{n:02}": " ".join(prose(seed).split()[cut:]) for n, (seed, cut) in enumerate(cuts)}
    before = {identifier: text for identifier, text in every.items() if chance.random() < 0.7}
    folder = tmp_path_factory.mktemp("known")
    links_of(before, folder)
    known = (folder / "made" / "compared.parquet").rename(folder / "known.parquet")
    table = signatures(Article(identifier, text) for identifier, text in every.items())
    with pytest.MonkeyPatch.context() as patch:
        # One after the other where a pair is new, or none is.
        patch.setattr(matching, "_FEW", chance.choice([0, 2, 1000]))
        found = linked(table, folder, known)
        settled = pq.read_table(folder / "made" / "compared.parquet")
    assert found == linked(table, folder)
    assert settled.equals(pq.read_table(folder / "made" / "compared.parquet"))


def test_what_was_compared_with_a_text_that_is_gone_says_nothing_of_others(tmp_path: Path) -> None:
    here, there, gone = (bytes([n]) * 16 for n in (1, 5, 3))
    rows = [{"later": one, "earlier": other, "percent": 60} for one in (here, there, gone) for other in (here, there, gone)]
    pq.write_table(pa.Table.from_pylist(rows, schema=comparisons.COMPARED), tmp_path / "known.parquet")
    compared = []

    class Runs:
        def of(self, rank: int) -> comparisons.Numbers:
            compared.append(rank)
            return np.empty(0, "<u4")

    for hashes, asked in (
        ((here, there), 0),
        ((here, bytes([4]) * 16), 2),
        ((bytes([4]) * 16, there), 2),
        ((bytes([2]) * 16, bytes([4]) * 16), 2),
    ):
        compared.clear()
        found = comparisons.Comparisons(Runs(), np.array(hashes, "S16"), tmp_path / "known.parquet")
        assert found.percent(1, 0) == (0 if asked else 60)
        assert len(compared) == asked


def test_what_was_concluded_from_too_little_is_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "_FEW", 2)
    hashes = [bytes([n]) * 16 for n in (1, 2, 3)]
    rows = [{"later": hashes[one], "earlier": hashes[other], "percent": share} for one, other, share in ((1, 0, 60), (2, 1, 90))]
    pq.write_table(pa.Table.from_pylist(rows, schema=comparisons.COMPARED), tmp_path / "known.parquet")

    class Runs:
        def of(self, rank: int) -> comparisons.Numbers:  # noqa: ARG002
            return np.empty(0, "<u4")

    found = comparisons.Comparisons(Runs(), np.array(hashes, "S16"), tmp_path / "known.parquet")
    leader, percent = matching._near(iter([(np.array([1, 2, 2]), np.array([0, 0, 1]))]), found, 3)
    assert (leader.tolist(), percent.tolist()) == ([0, 0, 2], [0, 60, 0]), (
        "the third is like the second, which is like the first, which it is not"
    )


def test_one_text_more_is_compared_alone(tmp_path: Path, compared: list[int]) -> None:
    texts = {f"{n:03}": prose(n // 3) + f" {n}" for n in range(60)}
    links_of(texts, tmp_path)
    assert compared
    known = (tmp_path / "made" / "compared.parquet").rename(tmp_path / "known.parquet")
    compared.clear()
    table = signatures(Article(identifier, text) for identifier, text in {**texts, "100": prose(5) + " more"}.items())
    assert linked(table, tmp_path, known)["100"][0] == "015"
    assert len(compared) == 1


# Signatures


def test_the_numbers_are_the_same_everywhere() -> None:
    assert shingles("At least 12 soldiers were killed, the army's spokesman said.").tolist() == NUMBERS
    assert hashlib.sha256(shingles(WIRE).tobytes()).hexdigest() == WIRE_SHA256


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The U.S. army’s 3,576 men were there", "the US armys 3576 MEN were there!"),
        ("„Wir kommen“, sagte er am Montag", "Wir kommen sagte er am montag"),
        ("a\u200bb c\u00add e f g", "ab cd e f g"),
        ("Łódź Žižka naïve Ünal Київ", "łódź žižka naïve ünal київ"),
    ],
)
def test_spellings_that_do_not_count(one: str, other: str) -> None:
    assert len(shingles(one)) > 0
    assert shingles(one).tolist() == shingles(other).tolist()


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=300))
def test_each_text_has_a_signature(text: str) -> None:
    text = text.encode("utf-8", "ignore").decode("utf-8")
    assert shingles(text).dtype == np.dtype("<u4")
    assert len(shingles(text)) <= max(0, len(text) // 2)


@pytest.mark.parametrize("text", ["", " ", "a b c d", "\U0010ffff" * 9000, "İ" * 9000, "a " * 5_000_000, "x" * 5_000_000])
def test_texts_that_are_hardly_any(text: str) -> None:
    assert len(shingles(text)) <= 4000


# Corpora that are made to hurt


def table_of(shingles_: list[np.ndarray]) -> pa.Table:
    texts = ([f"a{n:06}" for n in range(len(shingles_))], [f"{n:064x}"[::-1] for n in range(len(shingles_))])
    columns = [*texts, *zip(*(packed(s.astype("<u4")) for s in shingles_), strict=True)]
    return pa.table([pa.array(column, field.type) for column, field in zip(columns, SIGNATURES, strict=True)], schema=SIGNATURES)


def test_many_texts_alike_cost_a_comparison_each(tmp_path: Path, compared: list[int]) -> None:
    chance = np.random.default_rng(1)
    body = chance.integers(0, 2**32, 300, np.uint32)
    texts = [np.concatenate((body, chance.integers(0, 2**32, 5, np.uint32))) for _ in range(3000)]
    found = linked(table_of(texts), tmp_path)
    assert {link[0] for link in found.values()} == {"a000000"} and len(found) == 2999
    assert len(compared) <= 2 * len(texts)


def test_pages_that_are_mostly_boilerplate_cost_few_comparisons_each(tmp_path: Path, compared: list[int]) -> None:
    chance = np.random.default_rng(1)
    blocks = chance.integers(0, 2**32, (40, 20), np.uint32)
    texts = [np.concatenate((blocks[chance.permutation(40)[:15]].ravel(), chance.integers(0, 2**32, 200, np.uint32))) for _ in range(2000)]
    linked(table_of(texts), tmp_path)
    assert len(compared) <= 8 * len(texts)


def test_short_texts_cost_nothing(tmp_path: Path, compared: list[int]) -> None:
    assert linked(table_of([np.full(20, 8, np.uint32)] * 2000), tmp_path) == {}
    assert compared == []


def test_a_corpus_without_texts(tmp_path: Path) -> None:
    assert linked(SIGNATURES.empty_table(), tmp_path) == {}
    assert signatures([]).num_rows == 0
