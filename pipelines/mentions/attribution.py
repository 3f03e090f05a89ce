"""Attribution: who says what a stretch of text states, through whom, to whom and when."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipelines.mentions.actors import Meaning
from pipelines.mentions.claim_days import carry_days, day_of_claim, heading_day, lead_day
from pipelines.mentions.claims import Attribution
from pipelines.mentions.lexicon import Lexicon
from pipelines.mentions.saying import LEADS, calls_false, cited_at, claims_nothing, finds, is_claim
from pipelines.mentions.speakers import Span, Speaker, speaker_of, subject_after, subject_before
from pipelines.mentions.tallies import find_tallies
from pipelines.mentions.tokens import Tagged

_MEDIA = re.compile(
    r"\b(?:afp|bbc|reuters|ap|cnn|al jazeera|news agency|television|tv|radio|newspaper|magazine|economist|times|post|guardian|telegraph|news|agency|kbs|network)\b"
)
_BODIES = re.compile(
    r"\b(?:parliament|committee|lawmakers|assembly|council|senate|congress|house|knesset|duma|rada|deputies|legislators|mps|senators)\b"
)


def find_attributions(text: str, sentences: Sequence[Tagged], meanings: Mapping[int, Meaning], lexicon: Lexicon) -> list[list[Attribution]]:
    """The acts of claiming of each sentence; speakers that are only "he" or "the agency" are looked up in what came before."""
    found: list[list[Attribution]] = []
    before: list[Speaker] = []
    turn: Attribution | None = None
    for tagged in sentences:
        topic = _topic(tagged, meanings, lexicon)
        before.extend(s for s in topic if s.actor_id)
        here: list[Attribution] = find_tallies(text, tagged, meanings, before, lexicon)
        for index in _verbs(tagged):
            token = tagged.tokens[index]
            if token.tag == "R" or token.lower == "according" or calls_false(tagged, index) or finds(tagged, index):
                here = _with(here, _at(text, tagged, index, here, meanings, before, lexicon))
        turn = _turn(text, tagged, meanings, before, lexicon, turn)
        here = _nested(here) or ([turn] if turn else [])
        before.extend(a.by for a in here if a.by.name)
        before.extend(s for s in topic if s.actor_id or not here)
        if found and not found[-1]:
            found[-1].extend(_disclosures(tagged, here, sentences[len(found) - 1]))
        found.append(here)
    return carry_days(text, found, heading_day(sentences), lead_day(sentences))


def _verbs(tagged: Tagged) -> list[int]:
    """The tokens that may be verbs of saying or lead to a claim."""
    if not LEADS.isdisjoint(tagged.words):
        return [i for i, t in enumerate(tagged.tokens) if t.tag == "R" or t.lower in LEADS]
    return [match.start() for match in _SAYS.finditer(tagged.tags)]


_SAYS = re.compile("R")


def _disclosures(tagged: Tagged, here: Sequence[Attribution], last: Tagged) -> list[Attribution]:
    """The claims of this sentence that are made by the one before it: "…, who disclosed this in Maiduguri"."""
    if not here or "this" not in tagged.words:
        return []
    told = {t.end: tagged.tokens[i + 1].lower for i, t in enumerate(tagged.tokens[:-1])}
    return [
        replace(a, start=last.sentence.start, end=last.sentence.end, relayed_by=None)
        for a in here
        if a.stance == "asserted" and told.get(a.verb[1]) == "this"
    ][:1]


# The subject that a sentence begins with.
_CLAUSE_HEAD = re.compile(r"(?P<who>d?[wJ]{0,3}[AG]+)(?=[ahBRwPTF])")
# What may stand before the subject of a clause: "On Friday, too,".
_OPENING = re.compile(r"(?:p?d?w?D|[ack,])*")
_TURN = re.compile(r"[wG]{0,2}A(?:;A|A){0,3}(?:\([^()]{1,8}\))?;")


def _turn(
    text: str, tagged: Tagged, meanings: Mapping[int, Meaning], before: Sequence[Speaker], lexicon: Lexicon, last: Attribution | None
) -> Attribution | None:
    """Whose turn it is in a transcript: "Mr. Halloran: In 2008, 47 were killed" lasts to the end of his paragraph."""
    match = _TURN.match(tagged.tags)
    sentence = tagged.sentence
    if match and tagged.tokens[match.end() - 1].lower == ":" and re.search(r"[.!?)]|\w \w", text[sentence.start : sentence.end]):
        subject = (0, match.end() - 1 if (opening := tagged.tags.find("(", 0, match.end())) < 0 else opening)
        by = speaker_of(text, tagged, subject, meanings, before, lexicon)
        if by and by.person and by.name and " " in text[slice(*by.name)] and not text[slice(*by.words)].isupper():
            return Attribution(
                tagged.tokens[match.end() - 1].end, sentence.end, by.name, by, "asserted", None, paragraph=sentence.paragraph
            )
    if last is None:
        return None
    return replace(last, start=sentence.start, end=sentence.end) if last.paragraph == sentence.paragraph else None


_ORGANISATION = re.compile(r"d[wJ]{0,2}")
_PERSON = re.compile(r"(?:d?[wG]{1,3},?)?")
_SUBJECT = re.compile(r"A(?:[hBRa]|,W)")


def _topic(tagged: Tagged, meanings: Mapping[int, Meaning], lexicon: Lexicon) -> list[Speaker]:
    """The body that the sentence begins with: whom "it" can mean although it has not spoken yet."""
    named = tagged.tags.find("A", 0, 6)
    first = tagged.tokens[named] if named >= 0 else None
    meaning = meanings.get(first.start) if first else None
    if first is not None and meaning is not None and meaning.actor_id is None and " " in first.lower and not meaning.place_id:
        organisation = _ORGANISATION.fullmatch(tagged.tags, 0, named) is not None
        person = _PERSON.fullmatch(tagged.tags, 0, named) is not None
        return [Speaker((first.start, first.end), meaning.longest, None, not organisation)] if organisation or person else []
    if first is None or meaning is None or meaning.actor_id is None:
        return []
    if lexicon.actors[meaning.actor_id].kind == "state" and not _SUBJECT.match(tagged.tags):
        return []
    person = lexicon.actors[meaning.actor_id].kind == "person"
    return [Speaker((first.start, first.end), meaning.longest, meaning.actor_id, person)]


def _with(here: list[Attribution], new: Attribution | None) -> list[Attribution]:
    return [*here, new] if new else here


def _according(
    text: str, tagged: Tagged, index: int, meanings: Mapping[int, Meaning], before: Sequence[Speaker], lexicon: Lexicon
) -> Attribution | None:
    """The claim of whom "according to" at ``index`` names, over the whole sentence."""
    sentence, token = tagged.sentence, tagged.tokens[index]
    subject = subject_after(tagged, index + 2) if tagged.tags[index + 1 : index + 2] == "t" else None
    by = speaker_of(text, tagged, subject, meanings, before, lexicon) if subject else None
    if by is None or subject is None:
        return None
    verb = (token.start, tagged.tokens[index + 1].end)
    return Attribution(sentence.start, sentence.end, verb, by, "asserted", day_of_claim(tagged, index, subject))


def _at(
    text: str,
    tagged: Tagged,
    index: int,
    here: Sequence[Attribution],
    meanings: Mapping[int, Meaning],
    before: Sequence[Speaker],
    lexicon: Lexicon,
) -> Attribution | None:
    """The act of claiming whose verb stands at ``index``, if any."""
    tokens, tags = tagged.tokens, tagged.tags
    token = tokens[index]
    if token.lower == "according":
        return _according(text, tagged, index, meanings, before, lexicon)
    uses = token.word.reporting_uses if token.word else frozenset(("says",))
    if not is_claim(tagged, index, uses):
        return None
    subject, inverted, by = subject_before(tagged, index), False, None
    if _JOINED.search(tags, 0, index):
        if here:
            by, subject = here[-1].by, (index, index)  # "owned up to one and said"
        elif head := _CLAUSE_HEAD.match(tags):
            # "JNIM overran the camp, and boasted of …": the subject of the clause before goes on.
            subject = head.span("who")
            by = speaker_of(text, tagged, subject, meanings, before, lexicon)
        else:
            return None
    clause = tags.rfind(";", 0, index) + 1
    if by is not None:
        pass
    elif subject is None and token.lower.endswith("ing") and here and here[-1].verb[0] >= tokens[clause].start:
        # "Kim hailed …, referencing …": the speaker of the clause before goes on.
        by, subject = here[-1].by, (index, index)
    elif subject is None and token.lower.endswith("ing") and tags[index - 1 : index] == ",":
        # "the agency went further, telling …": the clause's own subject.
        opening = _OPENING.match(tags, clause)
        subject = subject_after(tagged, opening.end() if opening else clause)
        by = speaker_of(text, tagged, subject, meanings, before, lexicon) if subject else None
    else:
        if subject is None and (index == 0 or tags[index - 1] in ',"(;'):
            subject = subject_after(tagged, index + 1)
            if subject and tags[subject[1] : subject[1] + 1] not in ("", ",", ";", '"', "W", "(", ")", "D", "p", "N"):
                subject = None
            inverted = subject is not None
        by = speaker_of(text, tagged, subject, meanings, before, lexicon) if subject else None
    if by is None or subject is None:
        return None
    stance = "denied" if calls_false(tagged, index) else (token.word and token.word.stance) or "asserted"
    start, end = _scope(tagged, index, subject, inverted)
    contests = stance != "asserted" and claims_nothing(tagged, index)
    if contests:
        start, end = tagged.sentence.start, tokens[subject[0]].start
    if (cited := cited_at(tagged, index)) and (source := speaker_of(text, tagged, cited, meanings, before, lexicon)) and source.name:
        return Attribution(start, end, (token.start, token.end), source, stance, day_of_claim(tagged, index, subject), by.name)
    relayed, told = _listener(text, tagged, subject[1] if inverted else index + 1, uses)
    if relayed is None and here and by is here[-1].by:
        relayed = here[-1].relayed_by
    return Attribution(start, end, (token.start, token.end), by, stance, day_of_claim(tagged, index, subject), relayed, told, contests)


_JOINED = re.compile(r"ca?$")
_TRAILS = re.compile(r"[DapdwAGJost-]*[;.]?\"?")
_BETWEEN = re.compile(r"[DapdwAGJot-]{0,9},")
_TOLD = re.compile(r"d?[JAwGsm-]{1,7}")


def _scope(tagged: Tagged, verb: int, subject: Span, inverted: bool) -> Span:
    """The characters that the claim covers: what follows the verb, or, where it trails, what stands before."""
    tokens, tags, sentence = tagged.tokens, tagged.tags, tagged.sentence
    rest = tags[subject[1] if inverted else verb + 1 :]
    # Only a date, a listener or a manner follows: the claim stands before.
    trailing = inverted or (_TRAILS.fullmatch(rest) is not None and subject[0] > 1)
    # "…, he said on Tuesday, …": the claim goes on behind the second comma.
    between = subject[0] > 2 and tags[subject[0] - 1] in ',"' and _BETWEEN.match(rest) is not None
    if between and re.search(r"[Wk],$", tags[: subject[0]]):
        return tokens[subject[0]].start, sentence.end  # "…, when, sources said, 30 died"
    if trailing or between:
        return sentence.start, sentence.end
    return tokens[verb].end, sentence.end


def _listener(text: str, tagged: Tagged, start: int, uses: frozenset[str]) -> tuple[Span | None, Span | None]:
    """(medium that passes it on, body that is told): the noun phrase behind 'told', or behind a 'to'."""
    tags = tagged.tags
    at = start
    while at < len(tags) and tags[at] in "aD":
        at += 1
    if at < len(tags) and tags[at] == "t":
        at += 1
    elif "tells" not in uses:
        return None, None
    match = _TOLD.match(tags, at)
    if not match:
        return None, None
    first = match.start() + (tags[match.start()] == "d")
    if first >= match.end():
        return None, None
    span = tagged.tokens[first].start, tagged.tokens[match.end() - 1].end
    words = text[span[0] : span[1]].lower()
    if _MEDIA.search(words):
        return span, None
    return (None, span) if _BODIES.search(words) else (None, None)


def _nested(here: list[Attribution]) -> list[Attribution]:
    """Inner claims learn who passed them on: the speaker of the claim around them."""
    result = []
    for inner in here:
        outer = next((a for a in here if _encloses(a, inner)), None)
        if outer and outer.by.name and outer.by.name != inner.by.name and inner.relayed_by is None:
            inner = replace(inner, relayed_by=outer.by.name, day=inner.day or outer.day)
        result.append(inner)
    return result


def _encloses(outer: Attribution, inner: Attribution) -> bool:
    """Whether one act of claiming is told within the other: the wider scope, or the trailing one of two."""
    if outer is inner or outer.contests or not (outer.start <= inner.verb[0] and inner.verb[1] <= outer.end):
        return False
    mutual = inner.start <= outer.verb[0] and outer.verb[1] <= inner.end
    if mutual and (outer.start, outer.end) == (inner.start, inner.end):
        return inner.verb < outer.verb  # "…, the agency has told parliament, two lawmakers said"
    return not mutual or outer.start < inner.start
