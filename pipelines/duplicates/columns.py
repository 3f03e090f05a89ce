"""The columns of the articles that say which text is a copy of which; only an extraction has them."""

SAME_TEXT = (
    {
        "name": "same_text_as",
        "type": "string",
        "title": "Same text as",
        "description": "The first article, in order of identifiers, with the same text: to the letter, or nearly so, as papers print an agency's story with"
        " another headline, an agency's name, a changed word, paragraphs cut or a sentence added. Null where this is the first or the only one. Articles with"
        " one value here, and the article that it names, count as one source. No row is left out or merged for that: an update of a story with another"
        " number is mostly the same text too, and its number is a claim of its own with its own row.",
    },
    {
        "name": "same_text_kind",
        "type": "string",
        "title": "Kind of copy",
        "description": "exact: the stored texts are the same to the letter. near: they are not, and may differ in numbers. Null where same_text_as is.",
        "constraints": {"enum": ["exact", "near"]},
    },
    {
        "name": "same_text_percent",
        "type": "integer",
        "title": "Share of the text",
        "description": "Of the runs of five words of the shorter of the two texts, the percentage that stand in the other as well, rounded down; letter case and"
        " punctuation do not count, nor what stands behind the first 8,000 characters. 50 or more for a near copy, 100 for an exact one.",
        "constraints": {"minimum": 50, "maximum": 100},
    },
)
