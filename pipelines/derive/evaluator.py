"""Great Expectations in a process of its own: loading it takes seconds, which other checks can use."""

import gc
import json
import subprocess
import sys
from dataclasses import astuple
from pathlib import Path
from types import TracebackType
from typing import Self

from pipelines.derive.expectations import Finding, Skipped, Verdict, findings, frames_source
from pipelines.errors import FactpackError, ToolError
from pipelines.paths import REPOSITORY


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

    def start(self, tables: Path, schemas: Path, base: Path | None = None) -> None:
        """Nothing; the process judges the Parquet files of ``tables``, against those of ``base``, while the caller goes on."""
        assert self._process.stdin is not None
        folders = [None if folder is None else str(folder.resolve()) for folder in (tables, schemas, base)]
        try:
            self._process.stdin.write(json.dumps(folders) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # findings() reports what the process wrote before it ended

    def findings(self) -> Verdict:
        """What the suites found; a process that failed is a ToolError."""
        answer, complaint = self._process.communicate()
        try:
            reply = json.loads(answer)
        except ValueError:
            raise ToolError(f"Great Expectations did not finish: {complaint.strip()[-2000:] or 'no answer'}") from None
        if "error" in reply:
            raise ToolError(reply["error"])
        found = tuple(Finding(*item) for item in reply["found"])
        skipped = tuple(Skipped(*item) for item in reply["skipped"])
        return Verdict(found, skipped, reply["evaluated"], reply["declared"])


def main() -> None:
    """Nothing; reads three folders from standard input and writes what the expectations find as one line of JSON."""
    answer, sys.stdout = sys.stdout, sys.stderr
    # Nothing that an import makes is ever freed: looking for garbage among it costs half a second.
    gc.disable()
    frames_source()
    gc.freeze()
    gc.enable()
    line = sys.stdin.readline()
    if not line:
        return
    tables, schemas, base = (None if folder is None else Path(folder) for folder in json.loads(line))
    assert tables is not None and schemas is not None
    try:
        verdict = findings(tables, schemas, base)
    except FactpackError as error:
        reply: dict[str, object] = {"error": str(error)}
    else:
        rows = [[f.table, f.row, f.column, f.rule, None if f.value is None else str(f.value), f.message] for f in verdict.found]
        skipped = [list(astuple(item)) for item in verdict.skipped]
        reply = {"found": rows, "skipped": skipped, "evaluated": verdict.evaluated, "declared": verdict.declared}
    answer.write(json.dumps(reply) + "\n")


if __name__ == "__main__":
    main()
