"""Movements: which people were sent, are stationed, are to go or came back, by which words.

Patterns are matched on tags (see ``words``), with these on top for movements:

=====  ==================================  =====  ==================================
``S``  sent, deployed, withdrawn           ``V``  arrived, went, returned home
``F``  send, deploying, withdraw           ``K``  deployment, contingent, withdrawal
=====  ==================================  =====  ==================================
"""

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from pipelines.mentions.patterns import Pattern, compiled
from pipelines.mentions.words import Tagged, Token

Span = tuple[int, int]


_FORCE = r"(?:m?(?:od?)?[wJAamd-]{0,5}?G{1,2}|m?J|m?)"
_BETWEEN = r"[^SFVKR;\"()W]{0,12}?"
NUMBERED = (
    Pattern("active", r"[SF](?:[adm,]|ow?){0,3}", _FORCE, "North Korea had dispatched a total of 15,000 troops to Russia."),
    Pattern("passive", r"", rf"{_FORCE}{_BETWEEN}[ahB]*B[aBx]*S", "Around 15,000 North Korean labourers have been sent to Russia."),
    Pattern("arrival", r"", rf"{_FORCE}{_BETWEEN}[ahBt]*[VF]", "Some 3,000 soldiers arrived in Mali."),
    Pattern("reduced", r"", rf"{_FORCE},?(?:Wh?B?)?a?S", "The 11,000 men sent to Kursk held the line."),
    Pattern("noun_of", r"K(?:o|t|p)[adm]{0,2}", r"", "It keeps a contingent of 200 engineers there."),
    Pattern("list", r"[SF][^SFVKR;\"(]{1,12}?(?:,c?|c)[ad]{0,2}", _FORCE, "France sent 200 soldiers and 30 engineers to Chad."),
    Pattern("has_in", r"h[ad]{0,2}", r"[wJAam-]{0,3}?G{1,2}[wa]?p", "Turkey has 3,000 soldiers in the north."),
)
UNNUMBERED = (
    Pattern("sent", r"[SF][adm]{0,2}", r"", "Uganda sent troops across the border in 2021."),
    Pattern("were_sent", r"", rf"{_BETWEEN}[ahB]*B[aB]*S", "Reinforcements have been sent to the area."),
)
_NUMBERED = compiled(NUMBERED)
_UNNUMBERED = compiled(UNNUMBERED)
_AHEAD = re.compile(
    r"\b(?:will|would|shall|to be|plans?|planned|planning|expected|expects|prepar\w+|ready|readied|going to|intends?|intended|set to|due to|authori[sz]ed|approved|pledged|promised|offered|agreed"
    r"|decided|resolved|waiting for|bracing for|wants?|could|may|might|about to|considering|earmarked)\b"
)
_STATUS_WORD = {
    "ongoing": "under_way",
    "continuing": "under_way",
    "current": "under_way",
    "planned": "planned",
    "imminent": "planned",
    "impending": "planned",
    "upcoming": "planned",
    "possible": "planned",
}
_FORCE_KINDS = ("troops", "engineers", "police", "peacekeepers", "advisers", "workers")
# Fighters of no state are not deployed in the sense of the table: they attack, hold and flee.
_IRREGULAR = re.compile(
    r"(?:militant|rebel|gunm[ae]n|terrorist|insurgent|guerrilla|extremist|jihadist|attacker|bomber|bandit|subversive|assailant|fighter|hostage|prisoner|detainee|suspect|veteran|recruit|conscript"
    r"|reservist|captive|deserter|defector|cadet|survivor|victim)"
)
# An article speaks of deployments where it uses such words again and again.
_CONTEXT = re.compile(
    r"\b(?:deploy\w*|contingents?|reinforcements?|withdraw\w*|pull(?:ed|ing)?[- ]?out|peacekeep\w*|blue helmets?|rotation\w*|battle ?group\w*|garrison\w*|stationed|dispatch\w*|multinational force"
    r"|expeditionary|troops? (?:to|in)|advance party|task force|brigade|battalion|mission)\b",
    re.IGNORECASE,
)
_CONTEXT_NEEDED = 3
_UNITS = frozenset(
    (
        "battalion company team contingent unit force brigade garrison rotation batch group detachment presence reserve squadron "
        "platoon regiment reinforcement party mission strength staff component"
    ).split()
)
_PAST = re.compile(r"\b(?:was|were|had|fielded|stood|counted|in (?:19|20)\d\d|at its (?:height|peak)|once)\b")
_NOT_SENT = re.compile(
    r"\b(?:march(?:ed|ing)? past|parad\w+|recruit\w*|conscript\w*|mobili[sz]\w+|population|medals?|decorat\w+|awarded|recipients?|honou?r\w*|inhabitants|trained by|graduat\w+)\b"
)


@dataclass(frozen=True)
class Movement:
    """A force that moves or stays; token positions in its sentence.

    ``number`` is None where no number is given; ``trigger`` is the deciding word, ``force`` the span of the words for
    the people, ``personnel`` what kind they are, ``cue`` the token that gave the status.
    """

    sentence: int
    number: int | None
    trigger: int
    force: Span | None
    personnel: str
    personnel_at: Span
    status: str
    cue: int
    pattern: str


def movement_tags(tagged: Tagged) -> str:
    """The sentence's tags with those for movements in place."""
    uses = {"participle": "S", "transitive": "F", "intransitive": "V", "noun": "K"}
    return "".join(uses[t.word.movement_use] if t.word and t.word.movement_use else t.tag for t in tagged.tokens)


def find_movements(text: str, sentences: Sequence[Tagged], taken: AbstractSet[tuple[int, int]]) -> list[Movement]:
    """All movements of people in order of the text, with and without numbers.

    ``taken`` holds (sentence, token) of the numbers that count something else, such as the dead.
    """
    found: list[Movement] = []
    context = len(_CONTEXT.findall(text)) >= _CONTEXT_NEEDED
    for position, tagged in enumerate(sentences):
        tags = movement_tags(tagged)
        numbers = [n for n in range(len(tags)) if tags[n] == "N" and (position, n) not in taken]
        numbered: list[Movement] = []
        for number in numbers:
            movement = _numbered(position, tagged, tags, number)
            if movement is None and context:
                movement = _strength(position, tagged, tags, number, [*found, *numbered])
            if movement:
                numbered.append(movement)
        found.extend(numbered)
        if not numbered and re.search("[SFVK]", tags):
            found.extend(_unnumbered(position, tagged, tags))
    return found


def _strength(position: int, tagged: Tagged, tags: str, number: int, before: Sequence[Movement]) -> Movement | None:
    """A number of soldiers in an article about deployments: how many are, were or are to be somewhere."""
    words = [t.lower for t in tagged.tokens]
    clause = " ".join(words)
    if _NOT_SENT.search(clause) or re.match(r"[wJA-]{0,3}X", tags[number + 1 :]):
        return None
    people: tuple[Span | None, str, Span] | None = _people(tagged, tags, number + 1) or _unit_of(tagged, tags, number)
    if people is None and tags[number + 1 : number + 2] == "J" and not re.match(r"J[wGAX]", tags[number + 1 :]):
        token = tagged.tokens[number + 1]
        people = (token.start, token.end), "troops", (token.start, token.end)
    last = before[-1] if before and position - before[-1].sentence <= 1 else None
    bare = re.match(r"[,;pcm]|$|oq|w?p", tags[number + 1 :])
    if (
        people is None
        and last
        and bare
        and words[number - 1 : number]
        and words[number - 1] in ("to", "at", "another", "further", "provides", "some", "of", "than", "only")
    ):
        people = last.force, last.personnel, last.personnel_at
    if people is None:
        return None
    cue = _nearest_cue(tags, number)
    status = "under_way"
    if cue is not None:
        status = _status(tagged, cue)[0]
    elif _AHEAD.search(" ".join(words[max(0, number - 6) : number])):
        status = "planned"
    elif _PAST.search(clause):
        status = "completed"
    return Movement(position, number, number, people[0], people[1], people[2], status, number if cue is None else cue, "strength")


def _nearest_cue(tags: str, number: int) -> int | None:
    """The movement word nearest to a number, within its clause."""
    near = [
        (abs(i - number), i)
        for i in range(max(0, number - 7), min(len(tags), number + 12))
        if tags[i] in "SFV" and not re.search(r"[;N]", tags[min(i, number) + 1 : max(i, number)])
    ]
    return min(near)[1] if near else None


def _unit_of(tagged: Tagged, tags: str, number: int) -> tuple[Span, str, Span] | None:
    """A unit whose size the number is: "a battalion of 850", "291 strong"."""
    words = [t.lower for t in tagged.tokens]
    if words[number + 1 : number + 2] == ["strong"] or words[number + 1 : number + 3] == ["-", "strong"]:
        unit = next((i for i in range(number - 1, max(-1, number - 9), -1) if words[i] in _UNITS or tags[i] == "G"), None)
    else:
        unit = next((i for i in range(number - 1, max(-1, number - 4), -1) if words[i] in _UNITS), None)
        if unit is not None and "o" not in tags[unit:number]:
            unit = None
    if unit is None:
        return None
    first = unit
    while first and tags[first - 1] in "JwA" and unit - first < 3:
        first -= 1
    token = tagged.tokens[unit]
    return (tagged.tokens[first].start, token.end), "troops", (token.start, token.end)


def _numbered(position: int, tagged: Tagged, tags: str, number: int) -> Movement | None:
    people = _people(tagged, tags, number + 1)
    best: tuple[int, Movement] | None = None
    for pattern, before, after in _NUMBERED:
        left = before.search(tags, 0, number) if before else None
        right = after.match(tags, number + 1)
        if (before and not left) or not right:
            continue
        trigger = left.start() if left else right.end() - 1
        if pattern.name == "has_in" and (people is None or tagged.tokens[trigger].lower not in ("has", "have", "had")):
            continue
        if people is None and not _bare_number(tags, number, trigger, pattern):
            continue
        distance = abs(number - trigger)
        if best is None or distance < best[0]:
            status, cue = _status(tagged, trigger)
            force, personnel, at = people or _implied(tagged, number, trigger)
            best = distance, Movement(position, number, trigger, force, personnel, at, status, cue, pattern.name)
    return best[1] if best else None


def _bare_number(tags: str, number: int, trigger: int, pattern: Pattern) -> bool:
    """Whether a number without people can count a force: beside a noun of movement, or with nothing else to count."""
    if tags[trigger] == "K":
        return True
    return tags[number + 1 : number + 2] in ("m", "J", "h", "B", "p", "t", "") and pattern.name != "list"


def _implied(tagged: Tagged, number: int, trigger: int) -> tuple[Span | None, str, Span]:
    token = tagged.tokens[trigger]
    following = tagged.tokens[number + 1] if number + 1 < len(tagged.tokens) else token
    force = (following.start, following.end) if following.tag == "J" else None
    return force, "troops", (token.start, token.end)


def _people(tagged: Tagged, tags: str, start: int) -> tuple[Span, str, Span] | None:
    """(words, kind, span of the noun) of the deployable people whom the words from ``start`` on name."""
    match = re.compile(r"m?o?d?([wJA-]{0,4}?)G{1,2}").match(tags, start)
    if not match:
        return None
    head = tagged.tokens[match.end() - 1]
    if _IRREGULAR.match(head.lower.split()[-1]):
        return None
    first = tagged.tokens[match.start(1)]
    personnel = head.word.personnel if head.word else "other"
    foreign = "J" in tags[match.start() : match.end()]
    if personnel not in _FORCE_KINDS or (personnel == "workers" and not foreign) or _is_casualty(head):
        if not (head.lower in ("men", "people", "personnel", "members", "officers", "volunteers") or (foreign and personnel == "other")):
            return None
        personnel = "troops" if personnel == "other" else personnel
    return (first.start, head.end), personnel, (head.start, head.end)


def _is_casualty(token: Token) -> bool:
    return bool(token.word and token.word.outcome)


def _unnumbered(position: int, tagged: Tagged, tags: str) -> Iterator[Movement]:
    for index, tag in enumerate(tags):
        if tag == "K" and index and (word := _status_before(tagged, index)) is not None:
            token = tagged.tokens[index]
            yield Movement(
                position,
                None,
                index,
                (token.start, token.end),
                "troops",
                (token.start, token.end),
                _STATUS_WORD[tagged.tokens[word].lower],
                word,
                "noun",
            )
            return
        personnel = _deployable(tagged.tokens[index], tag)
        if personnel is None:
            continue
        start = index
        while start and tags[start - 1] in "wJA":
            start -= 1
        start_before = start - 1 if start and tags[start - 1] == "d" else start
        for pattern, before, after in _UNNUMBERED:
            left = before.search(tags, 0, start_before) if before else None
            right = after.match(tags, index + 1)
            if (before and not left) or not right:
                continue
            trigger = left.start() if left else right.end() - 1
            head = tagged.tokens[index]
            status, cue = _status(tagged, trigger)
            yield Movement(
                position,
                None,
                trigger,
                (tagged.tokens[start].start, head.end),
                personnel,
                (head.start, head.end),
                status,
                cue,
                pattern.name,
            )
            return


def _deployable(token: Token, tag: str) -> str | None:
    """What kind of force a noun without a number names, or None: troops, peacekeepers, reinforcements."""
    if tag == "K" and token.lower.endswith(("reinforcements", "contingent", "contingents", "force", "detachment")):
        return "troops"
    personnel = token.word.personnel if token.word and tag == "G" else ""
    return personnel if personnel in _FORCE_KINDS[:5] and not _IRREGULAR.match(token.lower.split()[-1]) else None


def _status_before(tagged: Tagged, noun: int) -> int | None:
    return next((i for i in range(noun - 1, max(-1, noun - 4), -1) if tagged.tokens[i].lower in _STATUS_WORD), None)


def _status(tagged: Tagged, trigger: int) -> tuple[str, int]:
    """(status, token that says so): what is still to come is planned, whatever its verb."""
    token = tagged.tokens[trigger]
    word = token.word
    status = word.status if word and word.status else "under_way"
    cue = trigger
    before = " ".join(t.lower for t in tagged.tokens[max(0, trigger - 6) : trigger])
    before = re.split(r"[,;]|\b(?:that|who|which|and)\b", before)[-1] if status != "withdrawn" else before
    if status in ("completed", "planned", "under_way") and _AHEAD.search(before) and not re.search(r"\bhad (?:already )?$", before):
        return "planned", cue
    if status == "planned" and token.lower.endswith(("ed", "t")):
        return "planned", cue
    if status == "completed" and re.search(r"\b(?:is|are|being)\s+(?:\w+ly )?$", before + " "):
        return "under_way", cue
    return status, cue
