"""The pieces of tables on disk: what is kept is taken as it is, the others are put together from the log and from older pieces."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.derive.sql import literal, name
from pipelines.results.files import Mark, mark
from pipelines.results.layout import Layouts
from pipelines.results.log import Log, with_article
from pipelines.results.plan import Piece
from pipelines.results.register import Register

# Rows and mark of a piece's file, by table: a table without rows has none.
Files = dict[str, tuple[int, Mark]]
LOG = "log/"
_BATCH = 20_000


class Pieces:
    """The pieces of one result. ``files`` holds those of earlier runs at first, and in the end all of this one."""

    def __init__(
        self, folder: Path, files: Mapping[str, Files], plan: Sequence[Piece], register: Register, log: Log, layouts: Layouts
    ) -> None:
        self._folder, self._old, self.plan = folder, files, plan
        self._register, self._log, self._layouts = register, log, layouts
        self.files: dict[str, Files] = {piece.digest: dict(files.get(piece.digest, {})) for piece in plan}
        for piece in self.plan:
            if piece.digest not in files:
                shutil.rmtree(folder / piece.digest, ignore_errors=True)  # of a run that was cut short
                (folder / piece.digest).mkdir()

    def of(self, table: str, connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, Path]]:
        """(digest, file) of each piece that has rows of the table, in order."""
        fresh = _Sorted(self._sorted(table, connection)) if self._log.files(table) else None
        for piece in self.plan:
            if piece.digest not in self._old:
                self._make(piece, table, fresh)
            if table in self.files[piece.digest]:
                yield piece.digest, self._path(piece.digest, table)

    def rows(self, table: str) -> int:
        """The number of rows of the table, once it was asked for."""
        return sum(files[table][0] for files in self.files.values() if table in files)

    def _path(self, digest: str, table: str) -> Path:
        return self._folder / digest / f"{table}.parquet"

    def _make(self, piece: Piece, table: str, fresh: "_Sorted | None") -> None:
        layout = self._layouts[table]
        parts = fresh.until(piece.last) if fresh else []
        for digest, article_ids in self._register.kept(piece.first, piece.last).items():
            parts += self._kept(digest, table, article_ids)
        plain = [part.select(layout.stored.names).replace_schema_metadata().cast(layout.stored) for part in parts if part.num_rows]
        if not plain:
            return
        rows = pa.concat_tables(plain).sort_by([(key, "ascending") for key in layout.order])
        path = self._path(piece.digest, table)
        pq.write_table(
            rows.select(layout.columns.names).cast(layout.columns),
            path,
            compression="zstd",
            compression_level=3,
            row_group_size=rows.num_rows,
        )
        self.files[piece.digest][table] = (rows.num_rows, mark(path))

    def _kept(self, digest: str, table: str, article_ids: Sequence[str]) -> list[pa.Table]:
        """The rows of these articles in a piece of an earlier run."""
        if table not in self._old[digest]:
            return []
        rows, layout = pq.ParquetFile(self._path(digest, table)).read(), self._layouts[table]
        if "article_id" not in layout.columns.names:
            assert layout.parent
            rows = with_article(rows, [pq.ParquetFile(self._path(digest, layout.parent)).read(["fact_id", "article_id"])])
        return [rows.filter(pc.is_in(rows["article_id"], pa.array(article_ids, pa.string())))]

    def _sorted(self, table: str, connection: duckdb.DuckDBPyConnection) -> Any:
        """The rows of the log that belong to the result, in order, as batches."""
        files = "[" + ", ".join(literal(str(path)) for path in self._log.files(table)) + "]"
        order = ", ".join(name(key) for key in self._layouts[table].order)
        if self._register.count_of_new() == self._log.articles:
            return connection.sql(f"SELECT * FROM read_parquet({files}) ORDER BY {order}").to_arrow_reader(_BATCH)
        # Articles that were extracted before the run was cut short, and changed or went since then.
        wanted = pa.table(list(zip(*self._register.new(), strict=True)) or [pa.array([], pa.string())] * 2, names=["part", "article_id"])
        connection.register("wanted", wanted)
        part = f"'{LOG}' || split_part(filename, '/', -2)"
        query = f"SELECT log.* EXCLUDE (filename) FROM read_parquet({files}, filename = true) log SEMI JOIN wanted ON log.article_id = wanted.article_id AND {part} = wanted.part"
        return connection.sql(f"{query} ORDER BY {order}").to_arrow_reader(_BATCH)


class _Sorted:
    """Rows in order of their articles, taken a stretch at a time."""

    def __init__(self, batches: Any) -> None:
        self._batches, self._rest = iter(batches), pa.table({})

    def until(self, last: str) -> list[pa.Table]:
        """The rows that are left up to that article."""
        taken: list[pa.Table] = []
        while True:
            count = pc.sum(pc.less_equal(self._rest["article_id"], last)).as_py() or 0 if self._rest.num_rows else 0
            taken.append(self._rest.slice(0, count))
            self._rest = self._rest.slice(count)
            if self._rest.num_rows:
                return taken
            batch = next(self._batches, None)
            if batch is None:
                return taken
            self._rest = pa.Table.from_batches([batch])
