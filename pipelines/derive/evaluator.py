"""Great Expectations in a process of its own: loading it takes seconds, which other checks can use."""

import gc
import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow.parquet as pq

from pipelines.derive.expectations import Finding, findings, frames_source
from pipelines.errors import FactpackError, ToolError
from pipelines.paths import REPOSITORY
from pipelines.schema import load_schemas, load_schemas_of


class Evaluator:
    """A process that loads Great Expectations as soon as it is made and then waits for a package to judge.

    It ends when its maker does, however that ends: its standard input closes.
    """

    def __init__(self) -> None:
        command = [sys.executable, "-m", "pipelines.derive.evaluator"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", cwd=REPOSITORY.root
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._process.kill()
        self._process.communicate()

    def start(self, tables: Path, schemas: Path) -> None:
        """Nothing; the process judges the Parquet files of the folder while the caller goes on.

        ``schemas`` is the folder of schemas, or the descriptor that holds them.
        """
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps([str(tables.resolve()), str(schemas.resolve())]) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # findings() reports what the process wrote before it ended

    def findings(self) -> tuple[list[Finding], int]:
        """What the suites refuse, and how many expectations were evaluated; a process that failed is a ToolError."""
        answer, complaint = self._process.communicate()
        try:
            reply = json.loads(answer)
        except ValueError:
            raise ToolError(f"Great Expectations did not finish: {complaint.strip()[-2000:] or 'no answer'}") from None
        if "error" in reply:
            raise ToolError(reply["error"])
        return [Finding(*item) for item in reply["found"]], reply["evaluated"]


def main() -> None:
    """Nothing; reads a folder and where its schemas are from standard input and writes what the expectations find as one line of JSON."""
    answer, sys.stdout = sys.stdout, sys.stderr
    # Nothing that an import makes is ever freed: looking for garbage among it costs half a second.
    gc.disable()
    frames_source()
    gc.freeze()
    gc.enable()
    line = sys.stdin.readline()
    if not line:
        return
    folder, declared = map(Path, json.loads(line))
    try:
        schemas = load_schemas_of(declared) if declared.is_file() else load_schemas(declared)
        tables = {name: pq.read_table(folder / f"{name}.parquet") for name in schemas}
        found, evaluated = findings(tables, schemas)
    except FactpackError as error:
        reply: dict[str, object] = {"error": str(error)}
    else:
        rows = [[f.table, f.row, f.column, f.rule, None if f.value is None else str(f.value), f.message] for f in found]
        reply = {"found": rows, "evaluated": evaluated}
    answer.write(json.dumps(reply) + "\n")


if __name__ == "__main__":
    main()
