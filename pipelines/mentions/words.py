"""Words: each sentence as tokens with one-letter tags, the string that all patterns of the grammar are matched on.

======  ==========================================  ======  ==========================================
tag     stands for                                  tag     stands for
======  ==========================================  ======  ==========================================
``N``   a number that can count people              ``d``   determiner: the, a, this, its
``n``   any other number                            ``o``   of
``D``   a date                                      ``t``   to
``A``   a name, known or not                        ``p``   another preposition
``J``   a people's adjective: North Korean          ``c``   and, as well as
``G``   people: soldiers, civilians                 ``k``   or, nor
``X``   a thing: tanks, houses                      ``i``   including, among
``R``   a reporting verb                            ``W``   who, which, that
``Y``   according to                                ``q``   them, whom, those
``B``   to be                                       ``m``   more, others, another
``h``   to have, may, will                          ``a``   adverb
``x``   not, no                                     ``w``   any other word
``s``   possessive 's                               ``,``   comma, ``;`` other stop, ``"`` quotation mark, ``(``
======  ==========================================  ======  ==========================================
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.article import Sentence
from pipelines.mentions.dates import DateMention
from pipelines.mentions.lexicon import Lexicon, Named, Word
from pipelines.mentions.numbers import Number

_CLOSED: dict[str, str] = {}
for _letter, _list in {
    "d": "the a an this these its their his her our my your each every both all either",
    "o": "of",
    "t": "to",
    "p": "in at on by from with for into near after before during over against between through since under outside inside around across within along"
    " behind throughout toward towards amid following via off upon onto until till without beyond about above below beside besides",
    "c": "and & plus",
    "k": "or nor but while whereas although though as because if unless",
    "i": "including includes include included among amongst comprising",
    "W": "who which that where when",
    "q": "them whom those these whose",
    "m": "more other others another further additional else fellow",
    "B": "is are was were be been being am get gets got",
    "h": "has have had having may might could would will shall should can must did does do",
    "x": "not no never none neither nobody without n't",
    "a": "also already reportedly allegedly still only just now then later yesterday so far since again even apparently together instantly outright"
    " altogether officially alone once too immediately subsequently at least currently initially previously recently seriously critically badly severely"
    " slightly lightly fatally mortally dead",
}.items():
    for _word in _list.split():
        _CLOSED.setdefault(_word, _letter)
del _CLOSED["dead"], _CLOSED["least"], _CLOSED["far"]
_CLOSED |= {"he": "Q", "she": "Q", "it": "Q", "they": "Q", "we": "Q", "i": "Q", "you": "Q", "him": "Q", "said": "R"}

_TOKEN = re.compile(r"[^\W\d_]+(?:[-’'.&][^\W\d_]+)*(?<!['’]s)|['’]s?\b|\d[\w.,]*\w|\w+|[^\w\s]", re.UNICODE)
# Phrases that say no more than an adverb does; "as well as" joins like "and".
_ADVERBIALS = re.compile(
    r"\b(?:for the (?:first|second|last) time|for example|for instance|in addition|of course|in turn|at the time|at first|once again|so far|to date|in total|in all|in fact|on (?:the )?average"
    r"|by then|until now|up to now|at the same time|in the meantime|at once|in recent (?:days|weeks|months|years)|over the weekend|at the weekend|in public|as well as|(?:a|per|each|every) (?:day|week|month))\b"
)
_CAPITAL_NEXT = re.compile(r" [A-Z]")
_PUNCTUATION = {
    ",": ",",
    ";": ";",
    ":": ";",
    "—": ";",
    "–": ";",
    "-": "-",
    "(": "(",
    ")": ")",
    "[": "(",
    "]": ")",
    '"': '"',
    "“": '"',
    "”": '"',
    "'": "'",
    "‘": "'",
    "’": "'",
}


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number, date, name or mark; ``word`` is what the lexicon says of it, ``value`` the mention that it is."""

    start: int
    end: int
    tag: str
    lower: str
    word: Word | None = None
    value: Number | DateMention | Named | None = None


@dataclass(frozen=True, slots=True)
class Tagged:
    """A sentence as tokens; ``tags`` holds one letter for each."""

    sentence: Sentence
    tokens: tuple[Token, ...]
    tags: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of text that is one token, known before the sentence is split into words."""

    end: int
    tag: str
    word: Word | None = None
    value: Number | DateMention | Named | None = None


def lowered(text: str) -> str:
    """The text in lower case with plain apostrophes, of equal length so that offsets hold."""
    lower = text.lower()
    if len(lower) != len(text):
        lower = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return lower.replace("’", "'").replace("\n", " ").replace("\u00a0", " ")


def tag_sentences(
    text: str, sentences: Sequence[Sentence], numbers: Sequence[Number], dates: Sequence[DateMention], lexicon: Lexicon
) -> list[Tagged]:
    """Each sentence with its tokens."""
    lower = lowered(text)
    chunks = _chunks(text, lower, numbers, dates, lexicon)
    return [_tag(text, lower, sentence, chunks) for sentence in sentences]


def _chunks(text: str, lower: str, numbers: Sequence[Number], dates: Sequence[DateMention], lexicon: Lexicon) -> dict[int, Chunk]:
    """What begins at each offset: dates over numbers over the longer of phrase and name."""
    chunks: dict[int, Chunk] = {}
    for start, end, phrase in lexicon.name_finder.find(lower):
        if phrase.upper() in lexicon.cased_names and not text[start:end].isupper():
            continue  # "us" is not the US
        named = lexicon.names[phrase]
        chunks[start] = Chunk(end, "J" if named.use in ("demonym", "people") else "A", None, named)
    for start, end, phrase in lexicon.word_finder.find(lower):
        if text[start].isupper() and _CAPITAL_NEXT.match(text, end) and not text[start:end].isupper():
            continue  # the National of "National Assembly" is a part of a name
        word = lexicon.words[phrase]
        name = chunks.get(start)
        if name is None or name.end < end:
            chunks[start] = Chunk(end, _word_tag(word), word)
        elif name.end == end and isinstance(name.value, Named):
            # "police" is a body that speaks and a group of people that is counted.
            chunks[start] = Chunk(end, "G" if word.group and name.value.use == "role" else name.tag, word, name.value)
    for match in _ADVERBIALS.finditer(lower):
        chunks[match.start()] = Chunk(match.end(), "c" if match[0] == "as well as" else "a")
    for number in numbers:
        if number.start in chunks and isinstance(chunks[number.start].value, Named) and chunks[number.start].end > number.end:
            continue
        chunks[number.start] = Chunk(number.end, "N" if number.count else "n", None, number)
    for mention in dates:
        name = chunks.get(mention.start)
        if name is not None and isinstance(name.value, Named) and name.end > mention.end:
            continue  # a name that holds a date: "April 25 House of Culture"
        chunks[mention.start] = Chunk(mention.end, "D", None, mention)
    return chunks


def _word_tag(word: Word) -> str:
    return "R" if word.stance else "G" if word.group else "X" if word.thing else "w"


def _tag(text: str, lower: str, sentence: Sentence, chunks: dict[int, Chunk]) -> Tagged:
    tokens: list[Token] = []
    at = sentence.start
    while at < sentence.end:
        chunk = chunks.get(at)
        if chunk and chunk.end <= sentence.end:
            tokens.append(Token(at, chunk.end, chunk.tag, lower[at : chunk.end], chunk.word, chunk.value))
            at = chunk.end
            continue
        match = _TOKEN.search(text, at, sentence.end)
        if not match:
            break
        start, end = match.span()
        begun = next((i for i in range(at + 1, end) if i in chunks), None)
        if begun is not None and begun <= start:
            at = begun  # a chunk begins here or before
            continue
        tokens.append(_plain_token(text, lower, start, begun or end, first=not tokens))
        at = begun or end
    merged = _join_names(tokens)
    return Tagged(sentence, tuple(merged), "".join(t.tag for t in merged))


def _plain_token(text: str, lower: str, start: int, end: int, first: bool) -> Token:
    word = lower[start:end]
    tag = _CLOSED.get(word)
    if tag is None:
        written = text[start]
        if written in _PUNCTUATION:
            tag = "s" if word in ("'s", "'") and end - start == 2 else _PUNCTUATION[written]
        elif written.isdigit():
            tag = "n"
        elif written.isupper() and not (first and word.endswith(("ly", "ed", "ing"))):
            tag = "A"
        elif word.endswith("ly"):
            tag = "a"
        elif not written.isalnum():
            tag = ";"
        else:
            tag = "w"
    return Token(start, end, tag, word)


def _is_forename(last: Token, token: Token, following: list[Token]) -> bool:
    """Whether a place's name stands inside a person's: the Petra of "Colonel Petra Lind"."""
    place_only = isinstance(token.value, Named) and token.value.actor_id is None and token.word is None and " " not in token.lower
    unknown = last.tag == "A" and last.value is None and last.word is None and token.start - last.end == 1
    return (
        place_only
        and unknown
        and bool(following)
        and following[0].tag == "A"
        and following[0].value is None
        and following[0].start - token.end == 1
    )


def _join_names(tokens: list[Token]) -> list[Token]:
    """Unknown capitalised words that stand together become one name; a known name keeps what it means."""
    joined: list[Token] = []
    for index, token in enumerate(tokens):
        last = joined[-1] if joined else None
        if last is not None and _is_forename(last, token, tokens[index + 1 : index + 2]):
            token = Token(token.start, token.end, "A", token.lower)
        if (
            last is not None
            and token.tag == "A"
            and last.tag == "A"
            and token.value is None
            and token.word is None
            and last.value is None
            and token.start - last.end <= 2
        ):
            joined[-1] = Token(last.start, token.end, "A", last.lower + " " + token.lower)
        else:
            joined.append(token)
    return joined
