"""Bytes of CSV, clean and dirty: where DuckDB reads a file, it must see what Python's csv module sees."""

import csv
import io
import tempfile
from pathlib import Path

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipelines.tableschema import source
from pipelines.tableschema.declared import Column, Resource
from pipelines.tableschema.source import Relation, copied_relation, doubtful, fast_relation, readable

PIECES = [
    '"',
    '""',
    ",",
    "\n",
    "\r\n",
    "\r",
    " ",
    "a",
    "é",
    "日",
    "\t",
    "1",
    "x y",
    ' "',
    "\ufeff",
    "\x00",
    "\x01\x02",
    "'",
    ";",
    "\\",
    "\x0b",
]
dirty = st.lists(st.sampled_from(PIECES), max_size=25).map(lambda pieces: ("h1,h2\n" + "".join(pieces)).encode())
cell = st.text(st.sampled_from('ab",\n\r é\t'), max_size=5)
written = st.tuples(st.lists(st.lists(cell, min_size=2, max_size=2), max_size=5), st.sampled_from(["\n", "\r\n"]))
CONNECTION = duckdb.connect()


def resource(path: Path, delimiter: str = ",") -> Resource:
    return Resource("t", (path,), "csv", "utf-8", delimiter, '"', True, (Column("h1"), Column("h2")))


def rows(relation: Relation) -> list[tuple[object, ...]]:
    wanted = "* EXCLUDE (__cells, __extra)" if relation.lengths else "*"
    return CONNECTION.execute(f"SELECT {wanted} FROM ({relation.numbered})").fetchall()


def both_ways(content: bytes) -> tuple[list[tuple[object, ...]] | None, list[tuple[object, ...]]]:
    """The rows as DuckDB reads them, None where it is not asked or refuses, and as Python does."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        path.write_bytes(content)
        fast = fast_relation(resource(path))
        if fast is not None and not readable(CONNECTION, fast):
            fast = None
        return (None if fast is None else rows(fast)), rows(copied_relation(resource(path), Path(folder)))


@settings(max_examples=200, deadline=None)
@given(dirty)
@example(b'h1,h2\na, "b"\n')
@example(b'h1,h2\n"" ,')
@example(b'h1,h2\n"a"   ,b\n')
@example(b'h1,h2\na,"b" ')
@example(b"h1,h2\na,b\n\nc,d\n")
@example(b"h1,h2\r\na,b\nc,d\r\n")
@example(b"h1,h2\na,b\rc,d\n")
@example(b"h1,h2\na,\x01\x02\n")
def test_duckdb_reads_what_python_reads(content: bytes) -> None:
    fast, copied = both_ways(content)
    assert fast is None or fast == copied


@settings(max_examples=100, deadline=None)
@given(written)
def test_what_python_writes_is_read_alike(table: tuple[list[list[str]], str]) -> None:
    lines, end = table
    stream = io.StringIO()
    csv.writer(stream, lineterminator=end, quoting=csv.QUOTE_ALL).writerows([["h1", "h2"], *lines])
    fast, copied = both_ways(stream.getvalue().encode())
    assert [list(row[1:]) for row in copied] == lines
    assert fast is None or fast == copied


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"h1,h2\na,b\n", False),
        (b"h1,h2\r\na,b\r\n", False),
        ('h1,h2\na,"é ""b"" c"\n'.encode(), False),
        (b"h1,h2\n\na,b\n", True),
        (b"\nh1,h2\n", True),
        (b"h1,h2\r\n\r\na,b\r\n", True),
        (b"h1,h2\na,b\rc,d\n", True),
        (b"h1,h2\r\na,b\n", True),
        (b'h1,h2\n "a",b\n', True),
        (b'h1,h2\na, "b"\n', True),
        (b"h1,h2\na,\xff\n", True),
        (b"h1,h2\na,\xc3", True),
        (b"h1,h2\na,\x00\n", True),
    ],
)
@pytest.mark.parametrize("block", [1 << 20, 3, 5, 7])
def test_doubt_does_not_depend_on_where_a_block_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, found: bool, block: int
) -> None:
    (tmp_path / "t.csv").write_bytes(content)
    monkeypatch.setattr(source, "_BLOCK", block)
    assert doubtful(tmp_path / "t.csv", ",") is found


def test_row_numbers_of_a_file_read_in_parallel_are_those_of_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("h1,h2\n" + "".join(f"{n},{'x' * 400}\n" for n in range(1, 120_001)))
    fast = fast_relation(resource(path))
    assert fast is not None
    with duckdb.connect(config={"threads": 4}) as connection:
        wrong = connection.execute(f"SELECT count(*), sum(CAST(__row <> CAST(__r0 AS BIGINT) AS INT)) FROM ({fast.numbered})").fetchone()
    assert wrong == (120_000, 0)
