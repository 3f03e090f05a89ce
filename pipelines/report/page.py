"""The findings as one page of HTML that needs nothing else: no script, no outside file, readable in light and dark."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import groupby

from pipelines.difference import TableDifference
from pipelines.errors import visible
from pipelines.report.context import Passage
from pipelines.report.findings import Finding, Findings

# Written out one by one; the rest is counted and stands in the JSON report.
_EACH = 100
_MOST = 2000
_CELLS = 500
_LONGEST = 2000

_STYLE = """
:root { color-scheme: light dark; --line: light-dark(#c8ccd0, #4a5058); --soft: light-dark(#f4f5f7, #22262b);
  --bad: light-dark(#b00020, #ff8a94); --good: light-dark(#1b6e2f, #7fd494); }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem;
  color: light-dark(#1b1f24, #e6e8eb); background: light-dark(#ffffff, #15181c); }
h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; margin-top: 2.5rem; } h3 { font-size: 1rem; margin-top: 1.75rem; }
.failed { color: var(--bad); } .passed { color: var(--good); }
table { border-collapse: collapse; margin: 1rem 0; } caption { text-align: left; font-weight: 600; padding-bottom: .4rem; }
th, td { border: 1px solid var(--line); padding: .3rem .6rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
thead th { background: var(--soft); } td.number { text-align: right; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; } article { border-left: 4px solid var(--bad); padding: .1rem 1rem; margin: 1rem 0; background: var(--soft); }
blockquote { margin: .6rem 0; overflow-wrap: anywhere; } mark { background: #ffd84d; color: #1b1f24; padding: 0 .15em; }
code { overflow-wrap: anywhere; } cite { font-size: .85rem; } dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; }
dt { font-weight: 600; } dd { margin: 0; overflow-wrap: anywhere; }
"""


def as_page(findings: Findings) -> str:
    """The whole page; everything that comes from the data is escaped."""
    title = f"Checks of {_text(findings.name)}"
    mood = "failed" if findings.found else "passed"
    parts = [
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>',
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>',
        f'<h1>{title}</h1>\n<p class="{mood}"><strong>{"Failed" if findings.found else "Passed"}:</strong> {_text(findings.verdict)}</p>',
        *_layers(findings),
        *_failures(findings.found),
        *_difference(findings),
        *_notes(findings),
        "</main>\n</body>\n</html>\n",
    ]
    return "\n".join(parts)


def _layers(findings: Findings) -> Iterator[str]:
    yield "<h2>Layers</h2>"
    rows = [
        (
            _text(layer.name),
            '<span class="failed">failed</span>' if layer.problems else '<span class="passed">passed</span>',
            f"{layer.passed:,}",
            f"{len(layer.problems):,}",
        )
        for layer in findings.report.layers
    ]
    yield _table("What each layer of checks found", ("layer", "result", "checks passed", "problems"), rows, numbers=(2, 3))


def _failures(found: Sequence[Finding]) -> Iterator[str]:
    if not found:
        return
    yield "<h2>What failed</h2>"
    shown = 0
    for (layer, table, rule), grouped in groupby(
        sorted(found, key=lambda f: (f.layer, f.problem.table, f.problem.rule)), key=lambda f: (f.layer, f.problem.table, f.problem.rule)
    ):
        ours = list(grouped)
        listed = ours[: max(0, min(_EACH, _MOST - shown))]
        shown += len(listed)
        yield f"<h3>{_text(table)}: {_text(rule)} ({len(ours):,}, {_text(layer)})</h3>"
        yield from map(_failure, listed)
        if len(ours) > len(listed):
            yield f"<p>… and {len(ours) - len(listed):,} more of this rule.</p>"


def _failure(finding: Finding) -> str:
    """One failure: its sentences with the offending words marked, then what is known of it."""
    problem, context = finding.problem, finding.context
    told = {
        "row": problem.row,
        "key": context.key,
        "column": problem.column,
        "found": finding.value,
        "wrong": problem.message,
        "remedy": problem.remedy,
        "mend it in": finding.place,
        "fact": context.fact_id if context.fact_id != context.key else None,
    }
    terms = "".join(
        f"<dt>{name}</dt><dd>{_value(value, name in ('wrong', 'remedy'))}</dd>" for name, value in told.items() if value is not None
    )
    return f"<article>\n{''.join(map(_passage, context.passages))}<dl>{terms}</dl>\n</article>"


def _passage(passage: Passage) -> str:
    words = "".join(f"<mark>{_text(part)}</mark>" if marked else _text(part) for part, marked in passage.parts)
    return f"<blockquote><p>{words}</p><cite>{_text(passage.article_id)}</cite></blockquote>\n"


def _value(value: object, prose: bool) -> str:
    return _text(str(value)) if prose else f"<code>{_text(str(value))}</code>"


def _difference(findings: Findings) -> Iterator[str]:
    difference = findings.difference
    if difference is None:
        return
    yield f"<h2>What changed against {_text(findings.base or 'the base')}</h2>"
    if difference.empty:
        yield "<p>Nothing.</p>"
        return
    head = ("table", "rows added", "rows removed", "rows changed", "schema")
    yield _table("Tables that differ", head, map(_summed, difference.tables), numbers=(1, 2, 3))
    for table in difference.tables:
        yield from _rows(table)


def _summed(table: TableDifference) -> tuple[str, ...]:
    schema = [f"table {table.state}"] if table.state != "kept" else [f"{c.column} {c.kind}" for c in table.columns]
    return (
        _text(table.table),
        f"{len(table.added):,}",
        f"{len(table.removed):,}",
        f"{table.changed_rows:,}",
        _text(", ".join(schema)),
    )


def _rows(table: TableDifference) -> Iterator[str]:
    """The values that changed, then the keys of the rows that came or went."""
    yield f"<h3>{_text(table.table)}</h3>"
    cells = table.changed.slice(0, _CELLS).to_pylist()
    if cells:
        rows = [[_text("null" if c[name] is None else c[name]) for name in ("row_key", "column", "old", "new")] for c in cells]
        yield _table(f"Values that changed in {table.table}", ("key", "column", "old", "new"), rows)
        yield _more(table.changed.num_rows - len(cells), "values")
    for what, keys in (("added", table.added.keys), ("removed", table.removed.keys)):
        if keys:
            listed = ", ".join(f"<code>{_text(key)}</code>" for key in keys[:_CELLS])
            yield f"<p>Rows {what}: {listed}</p>{_more(len(keys) - _CELLS, 'rows')}"


def _more(count: int, what: str) -> str:
    return f"<p>… and {count:,} more {what}.</p>" if count > 0 else ""


def _notes(findings: Findings) -> Iterator[str]:
    if findings.notes:
        yield "<h2>Notes</h2>\n<ul>" + "".join(f"<li>{_text(note)}</li>" for note in findings.notes) + "</ul>"


def _table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[int] = ()) -> str:
    """A table with a heading for each column and each row; the cells are HTML."""
    columns = "".join(f'<th scope="col">{name}</th>' for name in head)
    body = "\n".join(_line(row, numbers) for row in rows)
    head_row = f"<thead><tr>{columns}</tr></thead>"
    return f'<div class="wide"><table>\n<caption>{_text(caption)}</caption>\n{head_row}\n<tbody>\n{body}\n</tbody>\n</table></div>'


def _line(row: Sequence[str], numbers: Sequence[int]) -> str:
    cells = "".join(f'<td class="number">{cell}</td>' if n in numbers else f"<td>{cell}</td>" for n, cell in enumerate(row) if n)
    return f'<tr><th scope="row">{row[0]}</th>{cells}</tr>'


def _text(text: str) -> str:
    text = visible(text.replace("\r\n", "\n").replace("\n", " ").replace("\t", " "))
    return escape(text if len(text) <= _LONGEST else f"{text[: _LONGEST - 2]} …")
