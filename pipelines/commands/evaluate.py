"""The command that measures the extraction against gold facts."""

import argparse
from pathlib import Path

from pipelines.commands.options import MAX_BYTES, known_table
from pipelines.paths import REPOSITORY

_MOST_RESAMPLES = 100_000


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Nothing; the command is known to the parser."""
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


def _evaluate(options: argparse.Namespace) -> int:
    from pipelines.article.readers import read_folder
    from pipelines.evaluate import KEYS, as_json, as_text, evaluate
    from pipelines.mentions.lexicon import load_lexicon
    from pipelines.schema import load_schemas

    known_table(options.table, list(KEYS))
    articles = read_folder(options.articles, options.max_bytes)
    schemas, lexicon = load_schemas(REPOSITORY.schemas), load_lexicon(REPOSITORY.lexicon)
    measured = evaluate(articles, options.gold, lexicon, schemas, [options.table] if options.table else list(KEYS), options.resamples)
    print(as_json(measured) if options.format == "json" else as_text(measured))
    return 0
