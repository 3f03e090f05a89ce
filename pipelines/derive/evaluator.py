"""Great Expectations in a process of its own: loading it takes seconds, which other checks can use."""

import gc
import json
import subprocess
import sys
import tempfile
from dataclasses import astuple
from pathlib import Path
from types import TracebackType
from typing import Self

from pipelines.derive.expectations import Finding, Skipped, Verdict, findings, frames_source
from pipelines.errors import FactpackError, ToolError
from pipelines.paths import REPOSITORY


class Evaluator:
    """A process that loads Great Expectations as soon as it is made and then waits for packages to judge, one after the other.

    It ends when its maker does, however that ends: its standard input closes.
    """

    def __init__(self) -> None:
        command = [sys.executable, "-m", "pipelines.derive.evaluator"]
        # A pipe that nobody reads would fill; what libraries complain of is read only when the process fails.
        self._complaints = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._complaints, encoding="utf-8", cwd=REPOSITORY.root
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._process.kill()
        self._process.communicate()
        self._complaints.close()

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
        assert self._process.stdout is not None
        try:
            reply = json.loads(self._process.stdout.readline())
        except ValueError:
            self._complaints.seek(0)
            raise ToolError(f"Great Expectations did not finish: {self._complaints.read().strip()[-2000:] or 'no answer'}") from None
        if "error" in reply:
            raise ToolError(reply["error"])
        found = tuple(Finding(*item) for item in reply["found"])
        skipped = tuple(Skipped(*item) for item in reply["skipped"])
        return Verdict(found, skipped, reply["evaluated"], reply["declared"])


def main() -> None:
    """Nothing; reads lines with three folders from standard input and answers each with a line of JSON: what the expectations find."""
    answers, sys.stdout = sys.stdout, sys.stderr
    # Nothing that an import makes is ever freed: looking for garbage among it costs half a second.
    gc.disable()
    frames_source()
    gc.freeze()
    gc.enable()
    for line in sys.stdin:
        tables, schemas, base = (None if folder is None else Path(folder) for folder in json.loads(line))
        assert tables is not None and schemas is not None
        answers.write(json.dumps(_reply(tables, schemas, base)) + "\n")
        answers.flush()


def _reply(tables: Path, schemas: Path, base: Path | None) -> dict[str, object]:
    try:
        verdict = findings(tables, schemas, base)
    except FactpackError as error:
        return {"error": str(error)}
    rows = [[f.table, f.row, f.column, f.rule, None if f.value is None else str(f.value), f.message] for f in verdict.found]
    skipped = [list(astuple(item)) for item in verdict.skipped]
    return {"found": rows, "skipped": skipped, "evaluated": verdict.evaluated, "declared": verdict.declared}


if __name__ == "__main__":
    main()
