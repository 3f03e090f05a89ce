"""What a run writes: the tables, put together from kept pieces and new rows, and the list of what was set aside."""

import contextlib
import fcntl
import json
import os
import shutil
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.article.readers import Rejected
from pipelines.derive.sql import literal
from pipelines.duplicates.columns import SAME_TEXT
from pipelines.duplicates.matching import find_copies
from pipelines.duplicates.signature import SIGNATURES
from pipelines.engines.batch import REJECTED, Extracted
from pipelines.errors import UsageError, visible
from pipelines.results.files import stamp
from pipelines.results.layout import Layout, layout_of
from pipelines.results.outputs import Written, write_parts_as_csv, write_parts_as_parquet, write_query_as_csv
from pipelines.results.pieces import Pieces
from pipelines.results.store import Store
from pipelines.schema import Schema, schemas_of
from pipelines.spill import ROW_GROUP

_SHOWN = 100


@contextmanager
def working_in(out: Path) -> Iterator[Path]:
    """A context with an empty folder in ``out`` that nobody else uses; it is gone afterwards, and ``out`` too where it is new and empty."""
    new = not out.exists()
    out.mkdir(parents=True, exist_ok=True)
    scratch = out / ".extracting"
    with alone_in(out):
        shutil.rmtree(scratch, ignore_errors=True)  # of a run that was killed
        scratch.mkdir()
        try:
            yield scratch
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
            if new:
                with contextlib.suppress(OSError):
                    out.rmdir()


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """A context in which no other extraction uses the folder; the end of the process ends it as well."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        _lock(handle, folder)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, out: Path) -> None:
    """Nothing; the folder is ours until the handle closes, which the end of the process does as well."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise UsageError(f"{visible(str(out))}: another extraction is writing there (expected a folder of its own)") from None


class Shards:
    """What came of a run so far: the store with the results, and what was set aside."""

    def __init__(self, folder: Path, store: Store, schemas: Mapping[str, Schema]) -> None:
        self._folder, self._store, self._schemas, self._layouts = folder, store, schemas, layouts(schemas)
        self._set_aside = pq.ParquetWriter(folder / "rejected.parquet", REJECTED, compression="zstd")
        self.rejected = 0
        self.first_rejected: tuple[Rejected, ...] = ()

    def add_all(self, extracted: Extracted) -> int:
        """The number of facts that came of a batch, which is kept."""
        self._add(extracted.rejected)
        return self._store.add(extracted)

    def reject(self, number: int, rejected: Rejected) -> None:
        """Nothing; the ``number``-th of what was read is kept as set aside."""
        row = {"number": number, "where": rejected.where, "reason": rejected.reason}
        self._add(pa.Table.from_pylist([row], schema=REJECTED))

    def _add(self, rows: pa.Table) -> None:
        if rows.num_rows:
            self.rejected += rows.num_rows
            self._set_aside.write_table(rows)

    def close(self) -> None:
        """Nothing; no file is open."""
        self._set_aside.close()

    def finish(self, out: Path, form: str, memory: str) -> dict[str, int]:
        """Rows by table, once the sorted tables stand in ``out``; they are put there together, when all are written."""
        self.close()
        made = self._folder / "made"
        made.mkdir()
        pieces = self._store.pieces()
        places: dict[str, dict[str, tuple[int, int]]] = {}
        with duckdb.connect() as connection:
            connection.execute(f"SET memory_limit = {literal(memory)}; SET temp_directory = {literal(str(self._folder / 'spill'))}")
            self._write_rejected(connection, made)
            copies, compared = self._copies(pieces, connection)
            for table, schema in self._schemas.items():
                path, layout = made / f"{table}.{form}", self._layouts[table]
                parts = pieces.of(table, connection)
                if table == "articles":
                    _write_articles(connection, [part for _, part in parts], copies, schema, path)
                elif form == "parquet":
                    write_parts_as_parquet(parts, layout, path)
                else:
                    last = self._store.base.outputs.get(table)
                    places[table] = write_parts_as_csv(parts, layout, path, last, connection.cursor())
        _move(made, out)
        files = {table: (out / f"{table}.csv").absolute() for table in places}
        self._store.commit(pieces, {table: Written(str(path), stamp(path), places[table]) for table, path in files.items()}, compared)
        return {table: pieces.rows(table) for table in self._schemas}

    def _copies(self, pieces: Pieces, connection: duckdb.DuckDBPyConnection) -> tuple[Path, Path]:
        """Which article is a copy of which, and what was compared for that, as Parquet."""
        folder = self._folder / "copies"
        folder.mkdir()
        return find_copies([path for _, path in pieces.of("signatures", connection)], folder, self._store.base.compared)

    def _write_rejected(self, connection: duckdb.DuckDBPyConnection, made: Path) -> None:
        query = f'SELECT "where", reason FROM read_parquet({literal(str(self._folder / "rejected.parquet"))}) ORDER BY number'
        with (made / "rejected.jsonl").open("w", encoding="utf-8", newline="\n") as handle:
            rows: Any = connection.sql(query).to_arrow_reader(10_000)
            for batch in rows:
                for row in batch.to_pylist():
                    handle.write(json.dumps(row, ensure_ascii=False) + "\n")
                    if len(self.first_rejected) < _SHOWN:
                        self.first_rejected += (Rejected(**row),)


def layouts(schemas: Mapping[str, Schema]) -> dict[str, Layout]:
    """What is kept of a run: the tables that are written, and the signature of each article, by which copies are found."""
    return {name: layout_of(schema) for name, schema in schemas.items()} | {"signatures": Layout(SIGNATURES, ("article_id",))}


def _write_articles(connection: duckdb.DuckDBPyConnection, parts: Sequence[Path], copies: Path, schema: Schema, path: Path) -> None:
    """Nothing; the file holds the articles of all parts, each with the first that has its text."""
    files = "[" + ", ".join(literal(str(part)) for part in parts) + "]"
    source = f"read_parquet({files})" if parts else "nothing"
    if not parts:
        connection.register("nothing", layout_of(schema).columns.empty_table())
    joined = f"{source} AS found LEFT JOIN read_parquet({literal(str(copies))}) AS copies USING (article_id)"
    query = f"SELECT * FROM {joined} ORDER BY article_id"
    if path.suffix == ".csv":
        write_query_as_csv(query, path, connection)
    else:
        _write_parquet(connection.sql(query).to_arrow_reader(ROW_GROUP), layout_of(_with_origin(schema)).columns, path)


def _write_parquet(rows: Any, columns: pa.Schema, path: Path) -> None:
    """Nothing; the file holds the rows with their descriptions, a batch a row group."""
    with pq.ParquetWriter(path, columns, compression="zstd", compression_level=3) as writer:
        for batch in rows:
            writer.write_table(pa.Table.from_batches([batch]).cast(columns), ROW_GROUP)


def _with_origin(schema: Schema) -> Schema:
    """The schema of the articles with the columns that only an extraction has."""
    descriptor = {**schema.descriptor, "fields": [*schema.descriptor["fields"], *SAME_TEXT]}
    return schemas_of({schema.name: descriptor}, "extract")[schema.name]


def _move(made: Path, out: Path) -> None:
    """Nothing; every file is in its place. Ctrl-C waits for that, so that no table of one run stands beside those of another."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        for path in sorted(made.iterdir()):
            path.replace(out / path.name)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
