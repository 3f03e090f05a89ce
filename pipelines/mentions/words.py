"""Words: each sentence as tokens with one-letter tags, the string that all patterns of the grammar are matched on.

======  ==========================================  ======  ==========================================
tag     stands for                                  tag     stands for
======  ==========================================  ======  ==========================================
``N``   a number that can count people              ``d``   determiner: the, a, this, its
``n``   any other number, ages too                  ``o``   of
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
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from pipelines.article import Sentence
from pipelines.mentions.ages import ages
from pipelines.mentions.dates import DateMention
from pipelines.mentions.finders import Anchors, Found, matches, mirrored
from pipelines.mentions.lexicon import Lexicon, Named, Word
from pipelines.mentions.numbers import Number
from pipelines.mentions.tokens import Tagged, Token

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
_ADVERBIAL_ANCHORS = Anchors(
    "time example instance addition course turn first again far date total all fact average then now meantime once day week month year weekend public well".split(),
    mirrored("for the first second last in of at once so to on by until up same recent over as a per each every".split()),
)
_CAPITAL_NEXT = re.compile(r" [A-Z]")
_CLOSED |= (
    dict.fromkeys(";:—–", ";") | dict.fromkeys('"“”', '"') | dict.fromkeys("'‘’", "'") | dict.fromkeys("([", "(") | dict.fromkeys(")]", ")")
)
_CLOSED |= {",": ",", "-": "-", "'s": "s"}


def tag_sentences(text: str, lower: str, sentences: Sequence[Sentence], known: Mapping[int, Token]) -> list[Tagged]:
    """Each sentence with its tokens; ``known`` holds those that are known before it is split into words, by first character."""
    begins = sorted(known)
    tagged = []
    for sentence in sentences:
        here = begins[bisect_left(begins, sentence.start) : bisect_left(begins, sentence.end)]
        tokens = _tokens(text, lower, sentence, here, known)
        tags = "".join([t.tag for t in tokens])
        if "AA" in tags or "AJ" in tags:
            tokens = _join_names(tokens)
            tags = "".join([t.tag for t in tokens])
        if "N" in tags and (old := ages(tokens, tags)):
            tokens = [replace(t, tag="n") if i in old else t for i, t in enumerate(tokens)]
            tags = "".join([t.tag for t in tokens])
        words = frozenset([t.lower for t in tokens])
        tagged.append(Tagged(sentence, tuple(tokens), tags, words, tuple([i for i, t in enumerate(tokens) if t.word is not None])))
    return tagged


def known_tokens(
    text: str,
    lower: str,
    numbers: Iterable[Number],
    dates: Iterable[DateMention],
    names: Iterable[Found],
    words: Iterable[Found],
    lexicon: Lexicon,
) -> dict[int, Token]:
    """What begins at each offset: dates over numbers over the longer of phrase and name."""
    known: dict[int, Token] = {}
    for start, end, phrase in names:
        if phrase.upper() in lexicon.cased_names and not text[start:end].isupper():
            continue  # "us" is not the US
        named = lexicon.names[phrase]
        known[start] = Token(start, end, "J" if named.use in ("demonym", "people") else "A", phrase, None, named)
    for start, end, phrase in words:
        if text[start].isupper() and _CAPITAL_NEXT.match(text, end) and not text[start:end].isupper():
            continue  # the National of "National Assembly" is a part of a name
        word = lexicon.words[phrase]
        name = known.get(start)
        if name is None or name.end < end:
            known[start] = Token(start, end, _word_tag(word), phrase, word)
        elif name.end == end and isinstance(name.value, Named):
            # "police" is a body that speaks and a group of people that is counted.
            known[start] = Token(start, end, "G" if word.group and name.value.use == "role" else name.tag, phrase, word, name.value)
    for match in matches(_ADVERBIALS, lower, _ADVERBIAL_ANCHORS.starts(lower, mirror=lower[::-1])):
        known[match.start()] = Token(match.start(), match.end(), "c" if match[0] == "as well as" else "a", match[0])
    for number in numbers:
        start, end = number.start, number.end
        if not _in_longer_name(known.get(start), end):
            known[start] = Token(start, end, "N" if number.count else "n", lower[start:end], None, number)
    for mention in dates:
        start, end = mention.start, mention.end
        if not _in_longer_name(known.get(start), end):
            known[start] = Token(start, end, "D", lower[start:end], None, mention)
    return known


def _in_longer_name(token: Token | None, end: int) -> bool:
    """Whether a name begins here that holds the number or the date: "April 25 House of Culture"."""
    return token is not None and isinstance(token.value, Named) and token.end > end


def _word_tag(word: Word) -> str:
    return "R" if word.stance else "G" if word.group else "X" if word.thing else "w"


def _tokens(text: str, lower: str, sentence: Sentence, begins: Sequence[int], known: Mapping[int, Token]) -> list[Token]:
    """The tokens of a sentence: those that are known, and the words between them."""
    tokens: list[Token] = []
    at, end = sentence.start, sentence.end
    for begin in begins:
        if begin < at:
            continue
        if at < begin:
            if begin - at > 1 or lower[at] != " ":
                _add_plain(tokens, text, lower, at, begin, end)
            at = begin
        token = known[begin]
        if token.end <= end:
            tokens.append(token)
            at = token.end
    if at < end:
        _add_plain(tokens, text, lower, at, end, end)
    return tokens


def _add_plain(tokens: list[Token], text: str, lower: str, start: int, end: int, limit: int) -> None:
    """Adds the words and marks from ``start`` to ``end``; one that would go on from there to ``limit`` is cut."""
    at = start
    for piece in lower[start:end].split(" "):
        stop = at + len(piece)
        if piece.isalpha():  # most words stand alone between spaces: it takes no expression to see them
            tag = _CLOSED.get(piece) or ("w" if "a" <= text[at] <= "z" and piece[-2:] != "ly" else _open_tag(text[at], piece, not tokens))
            tokens.append(Token(at, stop, tag, piece))
        elif piece:
            for match in _TOKEN.finditer(text, at, limit if stop == end else stop):
                begin, cut = match.span()
                if begin >= end:
                    break
                cut = cut if cut < end else end
                word = lower[begin:cut]
                tokens.append(Token(begin, cut, _CLOSED.get(word) or _open_tag(text[begin], word, not tokens), word))
        at = stop + 1


def _open_tag(written: str, word: str, first: bool) -> str:
    """The tag of a word that no list holds, by its form; ``written`` is its first character as it stands in the text."""
    if "a" <= written <= "z":
        return "a" if word.endswith("ly") else "w"
    if written.isdigit():
        return "n"
    if written.isupper() and not (first and word.endswith(("ly", "ed", "ing"))):
        return "A"
    if word.endswith("ly"):
        return "a"
    return "w" if written.isalnum() else ";"


def _join_names(tokens: Sequence[Token]) -> list[Token]:
    """Unknown capitalised words that stand together become one name; a known name keeps what it means."""
    joined: list[Token] = []
    last: Token | None = None
    for index, token in enumerate(tokens):
        if last is not None and last.tag == "A" and last.value is None and _continues(last, token, tokens[index + 1 : index + 2]):
            token = joined[-1] = Token(last.start, token.end, "A", f"{last.lower} {token.lower}")
        else:
            joined.append(token)
        last = token
    return joined


def _continues(last: Token, token: Token, following: Sequence[Token]) -> bool:
    """Whether a token goes on with the unknown name before it."""
    if token.tag not in "AJ" or token.word is not None:
        return False
    gap = token.start - last.end
    if token.value is None:
        return token.tag == "A" and gap <= 2
    return gap == 1 and last.word is None and _is_forename(token, following)


def _is_forename(token: Token, following: Sequence[Token]) -> bool:
    """Whether a place's name stands inside a person's: the Petra of "Colonel Petra Lind"."""
    place_only = isinstance(token.value, Named) and token.value.actor_id is None and " " not in token.lower
    return place_only and any(t.tag == "A" and t.value is None and t.start - token.end == 1 for t in following)
