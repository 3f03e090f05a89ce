"""What the last run left is found by key, rank and name, and is cut into the same pieces as if it were looked at one by one."""

import hashlib
import random
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.article.kept import NOWHERE, Kept
from pipelines.results import entries, plan
from pipelines.results.entries import Entries, mapped, no_entries
from pipelines.results.plan import Piece, write_entries
from pipelines.results.register import Register

NAMES = [f"a{n:03}" for n in range(60)]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "_BATCH", 7)
    monkeypatch.setattr(plan, "_ARTICLES", 4)
    monkeypatch.setattr(plan, "_MOST_ARTICLES", 6)


def kept(name: str, more: str = "") -> Kept:
    return Kept(name, hashlib.sha256(f"{name} {more}".encode()).digest(), "origin", len(name) + len(more), "log/000001")


def left(names: Iterable[str], path: Path) -> Entries:
    """The entries that a run over new articles with these names leaves."""
    register = Register()
    register.take(kept(name) for name in names)
    pieces = list(plan.plan(register, "writers", ""))
    write_entries(path, pieces, register)
    register.close()
    return mapped(path, {piece.digest: piece.articles for piece in pieces}, frozenset(piece.digest for piece in pieces))


def test_entries_are_found_by_key_rank_and_name(tmp_path: Path) -> None:
    found = left(NAMES, tmp_path / "entries.arrow")
    chance = random.Random(1)
    for count in (0, 1, 5, 60):
        ranks = np.array(chance.sample(range(60), count), np.int64)
        assert found.identifiers(ranks) == [NAMES[rank] for rank in ranks]
        assert found.facts(ranks) == [4] * count
        assert [entry.rank for entry in found.at(ranks)] == ranks.tolist()
        assert found.ranks([entry.key for entry in found.at(ranks)]).tolist() == ranks.tolist()
    assert found.between(3, 33).column("article_id").to_pylist() == NAMES[3:33]
    assert found.ranks([kept("a003").key, kept("b").key]).tolist() == [3, NOWHERE]
    assert found.find(kept("a003").key) == kept("a003")._replace(part=found.at(np.array([3]))[0].part, rank=3)
    assert [found.rank_of(name) for name in ("a000", "a059", "a0035", "b", "")] == [0, 59, None, None, None]


def test_keys_that_begin_alike_are_told_apart(tmp_path: Path) -> None:
    register = Register()
    keys = [bytes(8) + hashlib.sha256(bytes([n])).digest()[:24] for n in range(20)]
    register.take(Kept(f"a{n:02}", key, "origin", n, "log/000001") for n, key in enumerate(keys))
    pieces = list(plan.plan(register, "writers", ""))
    write_entries(tmp_path / "entries.arrow", pieces, register)
    found = mapped(tmp_path / "entries.arrow", {p.digest: p.articles for p in pieces}, frozenset(p.digest for p in pieces))
    assert found.ranks([*reversed(keys), bytes(32)]).tolist() == [*reversed(range(20)), NOWHERE]


def test_what_lies_in_a_part_that_is_damaged_is_not_found(tmp_path: Path) -> None:
    whole = left(NAMES, tmp_path / "entries.arrow")
    parts = {span.part: span.end - span.start for span in whole.spans}
    lost = whole.spans[2]
    found = mapped(tmp_path / "entries.arrow", parts, frozenset(parts) - {lost.part})
    register = Register()
    register.begin_with(found)
    for rank, name in enumerate(NAMES):
        is_lost = lost.start <= rank < lost.end
        assert (register.find(kept(name).key) is None) == is_lost
        assert register.knows(name) != is_lost


def test_a_file_that_does_not_fit_its_parts_is_refused(tmp_path: Path) -> None:
    parts = {span.part: span.end - span.start for span in left(NAMES, tmp_path / "entries.arrow").spans}
    with pytest.raises(ValueError, match="do not hold"):
        mapped(tmp_path / "entries.arrow", {**parts, "more": 1}, frozenset(parts))
    (tmp_path / "entries.arrow").write_bytes(b"ARROW1")
    with pytest.raises(ValueError):
        mapped(tmp_path / "entries.arrow", parts, frozenset(parts))
    assert no_entries().count == 0 and no_entries().find(kept("a").key) is None


def alike(pieces: Iterable[Piece]) -> list[tuple[str, str, str, int]]:
    return [(piece.digest, piece.first, piece.last, piece.articles) for piece in pieces]


@settings(max_examples=100, deadline=None)
@given(st.randoms(use_true_random=False))
def test_spans_that_are_taken_whole_are_the_pieces_that_would_be_cut(
    tmp_path_factory: pytest.TempPathFactory, chance: random.Random
) -> None:
    folder = tmp_path_factory.mktemp("plan")
    before, changed, added = (set(chance.sample(NAMES, chance.randint(0, most))) for most in (60, 3, 2))
    gone = chance.random() < 0.5
    register = Register()
    register.begin_with(left(before, folder / "entries.arrow"))
    stays = sorted(before - changed)
    ranks = np.array([register.entries.rank_of(name) for name in stays], np.int64)
    assert register.take_all(ranks) == [len(name) for name in stays]
    register.take(kept(name, "new") for name in (added - before) | (set() if gone else changed & before))
    found = list(plan.plan(register, "writers", "writers"))
    assert alike(found) == alike(plan.plan(register, "writers", "others"))
    others = list(plan.plan(register, "others", "writers"))
    assert not any(piece.span for piece in others) and not {p.digest for p in found} & {p.digest for p in others}
    if not changed & before and not added - before:
        assert all(piece.span for piece in found)
    moved = write_entries(folder / "after.arrow", found, register)
    after = mapped(folder / "after.arrow", {piece.digest: piece.articles for piece in found}, frozenset(p.digest for p in found))
    assert after.identifiers(np.arange(after.count)) == [entry.article_id for entry in register.result()]
    assert after.identifiers(moved[ranks]) == stays
    assert (moved < 0).sum() == register.entries.count - len(stays)
    register.close()
