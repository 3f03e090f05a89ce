"""The command line: one function a command, each thin; heavy modules are loaded by the command that needs them."""

import argparse
import sys
import time
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

from pipelines.errors import DataError, FactpackError, UsageError, did_you_mean, visible
from pipelines.paths import REPOSITORY, Paths

MAX_BYTES = 5_000_000
PARTIAL = 3
_REPORTS = ("json", "junit", "markdown", "html")
_MOST_RESAMPLES = 100_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; the exit code is 0, 1 for bad data, 2 for wrong use or a broken tool, 3 for a partial extract."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except DataError as error:
        if error.problems:
            from pipelines.report import failures

            print(failures(error.problems, error.tables, error.articles), file=sys.stderr)
        print(f"factpack: {error}", file=sys.stderr)
        return error.exit_code
    except FactpackError as error:
        print(f"factpack: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        # The reader of a pipe such as `head` has seen enough.
        sys.stderr.close()
        return 0
    except OSError as error:
        print(
            f"factpack: {visible(str(error.filename or 'file'))}: {error.strerror or error} (expected a place that can be read and written)",
            file=sys.stderr,
        )
        return UsageError.exit_code
    except (KeyboardInterrupt, RuntimeError) as error:
        # DuckDB and Arrow turn Ctrl-C into errors of their own.
        if isinstance(error, RuntimeError) and "interrupted" not in str(error).lower():
            raise
        print("factpack: stopped; the last good files are as they were", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="factpack",
        description="Publishes facts read from news articles as a validated data package: every value beside its words.",
        epilog="Start with: factpack build, then: factpack query",
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_build(commands)
    _add_extract(commands)
    _add_check(commands)
    _add_query(commands)
    _add_explain(commands)
    _add_evaluate(commands)
    return parser


def _add_build(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    build = commands.add_parser(
        "build",
        help="build the package from data/articles",
        description="Reads data/articles, lexicon and reviews, checks every row and, only if all checks pass, replaces data/tables, data/README.md, datapackage.json"
        " and build/factpack.duckdb.",
    )
    build.add_argument(
        "--root", type=Path, default=REPOSITORY.root, metavar="DIR", help="folder that holds data/ and schemas/ (default: this repository)"
    )
    build.add_argument("--quiet", action="store_true", help="print problems only")
    build.add_argument("--max-bytes", type=int, default=MAX_BYTES, metavar="N", help="largest article in bytes (default: %(default)s)")
    build.set_defaults(run=_build)


def _add_extract(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    extract = commands.add_parser(
        "extract",
        help="extract facts from any corpus of articles",
        description="Writes every fact table and the evidence behind it to a folder, without reviews and without checks. Articles that cannot be read are listed"
        " and give exit code 3.",
    )
    extract.add_argument(
        "corpus", type=Path, metavar="CORPUS", help="a folder of .txt and .md articles, one such file, or a JSON Lines file"
    )
    extract.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write the tables to")
    extract.add_argument("--format", choices=("csv", "parquet"), default="csv", help="file format (default: %(default)s)")
    extract.add_argument("--max-bytes", type=int, default=MAX_BYTES, metavar="N", help="largest article in bytes (default: %(default)s)")
    extract.add_argument("--quiet", action="store_true", help="print rejected articles only")
    extract.set_defaults(run=_extract)


def _add_check(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    check = commands.add_parser(
        "check",
        help="check a package: files, schema, keys, rules, evidence",
        description="Runs every check on a package and shows the first problems of each rule with table, row, column, rule and remedy.",
    )
    check.add_argument(
        "path",
        nargs="?",
        default=str(REPOSITORY.root),
        metavar="PATH_OR_URL",
        help="a package's folder, its datapackage.json or its .zip, here or at an http(s) address (default: this repository)",
    )
    check.add_argument("--texts", type=Path, metavar="DIR", help="folder of the articles' texts (default: the package's own)")
    check.add_argument("--against", metavar="BASE", help="the last release, or any other package: show and judge what changed since")
    for form in _REPORTS:
        check.add_argument(f"--{form}", metavar="FILE", help=f"write the report as {form} to FILE, or to standard output if FILE is -")
    check.add_argument("--annotate", action="store_true", help="print workflow commands by which GitHub marks the lines to mend")
    check.add_argument("--max-bytes", type=int, default=MAX_BYTES, metavar="N", help="largest article in bytes (default: %(default)s)")
    check.add_argument("--quiet", action="store_true", help="print problems only")
    check.set_defaults(run=_check)


def _add_query(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    query = commands.add_parser(
        "query",
        help="ask the package in SQL",
        description="Runs SQL (DuckDB) over the package. Without SQL: a prompt in a terminal, otherwise the list of tables and example questions.",
    )
    query.add_argument("sql", nargs="?", metavar="SQL", help='such as "SELECT * FROM claims"')
    query.add_argument(
        "--format", choices=("table", "csv", "json", "markdown"), default="table", help="how rows are printed (default: %(default)s)"
    )
    query.add_argument("--root", type=Path, default=REPOSITORY.root, metavar="DIR", help="folder of the package (default: this repository)")
    query.set_defaults(run=_query)


def _add_explain(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    explain = commands.add_parser(
        "explain",
        help="show how the grammar reads one article",
        description="Shows an article sentence by sentence with what the grammar sees in it: numbers, dates, names, verbs of saying, words for what befell"
        " people. Then each fact with the words behind every value and the pattern that made it. A number of people that made no fact says why.",
    )
    explain.add_argument("article", type=Path, metavar="ARTICLE", help="the file of one article")
    explain.add_argument("--table", metavar="T", help="show the facts of this table only")
    explain.add_argument("--fact", type=int, metavar="N", help="show this fact only, and the sentences that its words stand in")
    explain.add_argument("--tags", action="store_true", help="show the one-letter tags on which the patterns are matched")
    explain.add_argument("--format", choices=("text", "json"), default="text", help="how it is printed (default: %(default)s)")
    explain.add_argument("--max-bytes", type=int, default=MAX_BYTES, metavar="N", help="largest article in bytes (default: %(default)s)")
    explain.set_defaults(run=_explain)


def _add_evaluate(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    evaluate = commands.add_parser(
        "evaluate",
        help="measure the extraction against gold facts",
        description="Extracts facts from articles and compares them with those that people read in them: precision, recall and F1 a table and a column, with"
        " 95 % intervals by a bootstrap over the articles, and every fact that was missed, invented or wrong.",
    )
    evaluate.add_argument("articles", type=Path, metavar="ARTICLES", help="a folder of .txt and .md articles, or a JSON Lines file")
    evaluate.add_argument("gold", type=Path, metavar="GOLD", help="a folder with the gold facts of each article, <article_id>.json")
    evaluate.add_argument("--table", metavar="T", help="measure this table only")
    evaluate.add_argument(
        "--resamples", type=_resamples, default=2000, metavar="N", help="resamples behind the intervals (default: %(default)s)"
    )
    evaluate.add_argument("--format", choices=("text", "json"), default="text", help="how it is printed (default: %(default)s)")
    evaluate.add_argument("--max-bytes", type=int, default=MAX_BYTES, metavar="N", help="largest article in bytes (default: %(default)s)")
    evaluate.set_defaults(run=_evaluate)


def _resamples(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= _MOST_RESAMPLES:
        raise argparse.ArgumentTypeError(f"{text!r} (expected a whole number from 1 to {_MOST_RESAMPLES:,})")
    return int(text)


class _Progress:
    """Says what is being done: at once in a terminal, only after a second elsewhere, never when quiet."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._started = time.monotonic()

    def __call__(self, line: str) -> None:
        if not self._quiet and (sys.stderr.isatty() or time.monotonic() - self._started > 1):
            print(f"  {visible(line)}", file=sys.stderr, flush=True)


def _build(options: argparse.Namespace) -> int:
    from pipelines.build import build

    started = time.monotonic()
    paths = _package(options.root)
    built = build(paths, _Progress(options.quiet), options.max_bytes)
    if options.quiet:
        return 0
    width = max(len(name) for name in built.rows)
    for name, rows in built.rows.items():
        print(f"  {name:<{width}}  {rows:>7,} rows")
    layers = ", ".join(f"{layer} {n:,}" for layer, n in built.report.passed.items())
    print(f"{sum(built.report.passed.values()):,} checks passed: {layers}")
    if built.unknown_actors:
        print(f"not in the lexicon ({len(built.unknown_actors)}): {visible(', '.join(built.unknown_actors))}")
    print(
        f"{len(built.changed)} files changed, in {time.monotonic() - started:.1f} s: data/tables/, datapackage.json, data/README.md, build/factpack.duckdb"
    )
    return 0


def _extract(options: argparse.Namespace) -> int:
    from pipelines.corpus import extract_corpus
    from pipelines.mentions.lexicon import load_lexicon
    from pipelines.schema import load_schemas

    schemas = load_schemas(REPOSITORY.schemas)
    lexicon = load_lexicon(REPOSITORY.lexicon)
    done = extract_corpus(options.corpus, options.out, options.format, lexicon, schemas, _Progress(options.quiet), options.max_bytes)
    for rejected in done.rejected:
        print(f"rejected {rejected.where}: {rejected.reason}", file=sys.stderr)
    if not options.quiet:
        print(f"{done.articles:,} articles read, {len(done.rejected):,} rejected; in {visible(str(options.out))}:")
        for name, rows in done.rows.items():
            print(f"  {name}.{options.format}  {rows:,} rows")
    return PARTIAL if done.rejected else 0


def _check(options: argparse.Namespace) -> int:
    from pipelines.fetch import fetched
    from pipelines.report import as_text, check, wanted, without_commands, write_reports

    targets = wanted({form: getattr(options, form) for form in _REPORTS}, options.annotate)
    say = _Progress(options.quiet)
    with fetched(options.path, say) as place, fetched(options.against, say) if options.against else nullcontext() as base:
        findings = check(_package(place), _package(base) if base else None, options.against, options.texts, say, options.max_bytes)
        write_reports(findings, targets)
    if findings.found:
        shown = as_text(findings)
        print(without_commands(shown) if options.annotate else shown, file=sys.stderr)
        raise DataError(f"{findings.verdict}: {visible(options.path)}")
    print(*map(visible, findings.notes), sep="\n", end="\n" if findings.notes else "", file=sys.stderr)
    if not options.quiet:
        print(f"{as_text(findings, errors=False)}\n{findings.verdict}", file=sys.stderr if targets.standard_output else sys.stdout)
    return 0


def _query(options: argparse.Namespace) -> int:
    from pipelines import query
    from pipelines.swap import recover

    paths = _package(options.root)
    recover(paths)
    if options.sql is not None:
        print(query.show(query.run(paths, options.sql), options.format))
    elif sys.stdin.isatty():
        query.prompt(paths, options.format)
    else:
        print(query.tables_overview(paths))
    return 0


def _explain(options: argparse.Namespace) -> int:
    from pipelines.explain import as_json, as_text, explain, read_one
    from pipelines.mentions.lexicon import load_lexicon
    from pipelines.schema import load_schemas

    schemas = load_schemas(REPOSITORY.schemas)
    _known_table(options.table, [name for name, s in schemas.items() if s.kind == "fact"])
    article = read_one(options.article, options.max_bytes)
    explanation = explain(article, load_lexicon(REPOSITORY.lexicon), schemas).only(options.table, options.fact)
    print(as_json(explanation) if options.format == "json" else as_text(explanation, options.tags))
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    from pipelines.article.readers import read_folder
    from pipelines.evaluate import KEYS, as_json, as_text, evaluate
    from pipelines.mentions.lexicon import load_lexicon
    from pipelines.schema import load_schemas

    _known_table(options.table, list(KEYS))
    articles = read_folder(options.articles, options.max_bytes)
    schemas, lexicon = load_schemas(REPOSITORY.schemas), load_lexicon(REPOSITORY.lexicon)
    measured = evaluate(articles, options.gold, lexicon, schemas, [options.table] if options.table else list(KEYS), options.resamples)
    print(as_json(measured) if options.format == "json" else as_text(measured))
    return 0


def _known_table(table: str | None, known: Sequence[str]) -> None:
    if table is not None and table not in known:
        raise UsageError(f"--table {visible(table)}: no such table (expected one of {', '.join(known)}{did_you_mean(table, known)})")


def _package(path: Path) -> Paths:
    """The package at a folder or at its datapackage.json."""
    root = path.parent if path.name == "datapackage.json" else path
    return Paths(root.resolve())


if __name__ == "__main__":
    sys.exit(main())
