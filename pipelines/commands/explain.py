"""The command that shows how the grammar reads an article."""

import argparse
from pathlib import Path

from pipelines.commands.options import MAX_BYTES, known_table
from pipelines.paths import REPOSITORY


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Nothing; the command is known to the parser."""
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


def _explain(options: argparse.Namespace) -> int:
    from pipelines.explain import as_json, as_text, explain, read_one
    from pipelines.mentions.lexicon import load_lexicon
    from pipelines.schema import load_schemas

    schemas = load_schemas(REPOSITORY.schemas)
    known_table(options.table, [name for name, s in schemas.items() if s.kind == "fact"])
    article = read_one(options.article, options.max_bytes)
    explanation = explain(article, load_lexicon(REPOSITORY.lexicon), schemas).only(options.table, options.fact)
    print(as_json(explanation) if options.format == "json" else as_text(explanation, options.tags))
    return 0
