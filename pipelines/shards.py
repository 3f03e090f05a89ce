"""Results on disk: rows are written as they come, and sorted at the end within a limit of memory."""

import contextlib
import fcntl
import json
import os
import shutil
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.article.readers import Rejected
from pipelines.derive.arrow import arrow_schema
from pipelines.derive.sql import literal, name
from pipelines.duplicates.columns import SAME_TEXT
from pipelines.duplicates.matching import find_copies
from pipelines.duplicates.signature import SIGNATURES
from pipelines.engines.batch import REJECTED, Extracted
from pipelines.errors import UsageError, visible
from pipelines.package import ROW_GROUP, write_csv
from pipelines.schema import Schema, schemas_of

_BUFFERED_ROWS = 20_000
_SHOWN = 100


@contextmanager
def working_in(out: Path) -> Iterator[Path]:
    """A context with an empty folder in ``out`` that nobody else uses; it is gone afterwards, and ``out`` too where it is new and empty."""
    new = not out.exists()
    out.mkdir(parents=True, exist_ok=True)
    scratch = out / ".extracting"
    handle = os.open(out, os.O_RDONLY)
    try:
        _lock(handle, out)
        shutil.rmtree(scratch, ignore_errors=True)  # of a run that was killed
        scratch.mkdir()
        try:
            yield scratch
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
            if new:
                with contextlib.suppress(OSError):
                    out.rmdir()
    finally:
        os.close(handle)


def _lock(handle: int, out: Path) -> None:
    """Nothing; the folder is ours until the handle closes, which the end of the process does as well."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise UsageError(f"{visible(str(out))}: another extraction is writing there (expected a folder of its own)") from None


class Shards:
    """The rows so far, one unsorted Parquet file a table, and what was set aside."""

    def __init__(self, folder: Path, schemas: Mapping[str, Schema]) -> None:
        self._folder, self._schemas = folder, schemas
        plain = {table: pa.schema([(f.name, f.arrow) for f in schema.fields]) for table, schema in schemas.items()}
        self._columns = {**plain, "rejected": REJECTED, "signatures": SIGNATURES}
        self._writers = {
            table: pq.ParquetWriter(self._shard(table), columns, compression="zstd") for table, columns in self._columns.items()
        }
        self._waiting: dict[str, list[pa.Table]] = {table: [] for table in self._columns}
        self._rows = dict.fromkeys(self._columns, 0)
        self.first_rejected: tuple[Rejected, ...] = ()

    @property
    def rejected(self) -> int:
        """The number of articles that were set aside."""
        return self._rows["rejected"]

    def add_all(self, extracted: Extracted) -> None:
        """Nothing; what came of a batch is kept."""
        for table, rows in extracted.tables.items():
            self._add(table, rows)
        self._add("rejected", extracted.rejected)

    def reject(self, number: int, rejected: Rejected) -> None:
        """Nothing; the ``number``-th of what was read is kept as set aside."""
        row = {"number": number, "where": rejected.where, "reason": rejected.reason}
        self._add("rejected", pa.Table.from_pylist([row], schema=REJECTED))

    def _add(self, table: str, rows: pa.Table) -> None:
        if rows.num_rows:
            self._rows[table] += rows.num_rows
            self._waiting[table].append(pa.Table.from_arrays(rows.columns, schema=self._columns[table]))
            if sum(part.num_rows for part in self._waiting[table]) >= _BUFFERED_ROWS:
                self._flush(table)

    def _flush(self, table: str) -> None:
        waiting, self._waiting[table] = self._waiting[table], []
        if waiting:
            self._writers[table].write_table(pa.concat_tables(waiting))

    def close(self) -> None:
        """Nothing; no file is open."""
        for writer in self._writers.values():
            writer.close()

    def finish(self, out: Path, form: str, memory: str) -> dict[str, int]:
        """Rows by table, once the sorted tables stand in ``out``; they are put there together, when all are written."""
        for table in self._columns:
            self._flush(table)
        self.close()
        made = self._folder / "made"
        made.mkdir()
        find_copies(Path(self._shard("signatures")), Path(self._shard("copies")), memory)
        with duckdb.connect() as connection:
            connection.execute(f"SET memory_limit = {literal(memory)}; SET temp_directory = {literal(str(self._folder / 'spill'))}")
            self._write_rejected(connection, made)
            for table, schema in self._schemas.items():
                self._write(connection, table, schema, made / f"{table}.{form}")
        _move(made, out)
        return {table: self._rows[table] for table in self._schemas}

    def _write(self, connection: duckdb.DuckDBPyConnection, table: str, schema: Schema, path: Path) -> None:
        origin = f" LEFT JOIN read_parquet({literal(self._shard('copies'))}) AS copies USING (article_id)" if table == "articles" else ""
        keys = dict.fromkeys([*(["article_id"] if schema.has("article_id") else []), *schema.primary_key])
        order = ", ".join(name(key) for key in keys)
        query = f"SELECT * FROM read_parquet({literal(self._shard(table))}) AS found{origin} ORDER BY {order}"
        rows = connection.sql(query).to_arrow_reader(ROW_GROUP)
        if path.suffix == ".csv":
            write_csv(rows, path)
        else:
            _write_parquet(rows, _with_origin(schema) if origin else schema, path)

    def _write_rejected(self, connection: duckdb.DuckDBPyConnection, made: Path) -> None:
        query = f'SELECT "where", reason FROM read_parquet({literal(self._shard("rejected"))}) ORDER BY number'
        with (made / "rejected.jsonl").open("w", encoding="utf-8", newline="\n") as handle:
            rows: Any = connection.sql(query).to_arrow_reader(10_000)
            for batch in rows:
                for row in batch.to_pylist():
                    handle.write(json.dumps(row, ensure_ascii=False) + "\n")
                    if len(self.first_rejected) < _SHOWN:
                        self.first_rejected += (Rejected(**row),)

    def _shard(self, table: str) -> str:
        return str(self._folder / f"{table}.parquet")


def _write_parquet(rows: Any, schema: Schema, path: Path) -> None:
    """Nothing; the file holds the rows with their descriptions, a batch a row group."""
    declared = arrow_schema(schema)
    loose = pa.schema([f.with_nullable(True) for f in declared], declared.metadata)
    with pq.ParquetWriter(path, loose, compression="zstd", compression_level=3) as writer:
        for batch in rows:
            writer.write_table(pa.Table.from_batches([batch]).cast(loose), ROW_GROUP)


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
