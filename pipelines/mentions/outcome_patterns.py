"""The constructions by which English says how many were killed, wounded, captured or the like.

Patterns are matched on tags (see ``words``), with these on top for what befalls people:

=====  =============================  =====  =============================
``P``  killed, wounded, captured      ``O``  deaths, casualties, bodies
``U``  destroyed (of people only)     ``H``  death toll, number of dead
``E``  dead, missing, fallen          ``M``  portraits, names
``T``  killing, wounding              ``L``  lost
``I``  died, fled, surrendered        ``C``  number, figure, tally
=====  =============================  =====  =============================
"""

from pipelines.mentions.patterns import Pattern

_PEOPLE = r"(?:m?oq|m?(?:od?)?[wJAamn-]{0,4}?\"?G{1,2}\"?(?:c[wJA]{0,2}G)?|m?[JAm]{0,3}|m?[wJ]{1,3})"
_WHERE = r"(?:p[dwJAGano-]{1,6}?|D|,?Wp?)"
# What may stand between a subject and its verb: anything but another clause; asides in brackets or dashes.
_BETWEEN = (
    r"(?:[^PETLBhRIHWk;\"()]|\([^()]{0,30}\)|tB(?![PUEL])|;i[^;]{1,16};|,[^,;]{0,6}R[^,;]{0,3},|(?<=G),?W[^PETLRIHk;\"()]{1,14}?){0,22}?"
)
# "were", "have been", "were on Friday night", "are feared", "were reported to have been".
_PASSIVE = r"[ahB]*B(?:[aBhRt-]|,?p?D,?|w(?=[aBhRt]*[PUEL])){0,7}(?:[wpad]{1,5}c)?"
# A participle with an object behind it is active: its subject is no victim.
_NO_OBJECT = r"(?![am]*(?:d[^D]|[NJAGQ]))"
PATTERNS = (
    Pattern(
        "direct",
        r"",
        rf"{_PEOPLE}(?:\([^()]{{0,12}}\))?{_WHERE}?(?:[,-]?a)*(?:E|[PU]{_NO_OBJECT})",
        "The blast left 14 people dead.",
        ("EPU",),
    ),
    Pattern("noun", r"", r"m?(?:o(?=[wJA]{0,2}O))?[wJA-]{0,3}?O", "The agency counted about 600 deaths.", ("O",)),
    Pattern("of_the", r"", r"od[EO]", "Portraits of 101 of the dead hung on the wall.", ("EO",)),
    Pattern(
        "with_wounds",
        r"",
        r"m?(?:[wJAa]{0,3}G)?(?:,[^,;]{1,6},)?pa?[wJAc]{0,4}[OT]",
        "The clinic admitted 30 people with blast injuries.",
        ("OT",),
    ),
    Pattern("portraits", r"", r"[wJA]{0,2}M[^NHL;,]{0,8}?[EP]G", "They showed 101 portraits of fallen soldiers.", ("M",)),
    Pattern(
        "active",
        r"(?:T|(?<!B)(?<!Ba)(?<!Bx)[PU])(?:p?D,?)?[adc,\"-]{0,3}",
        rf"{_PEOPLE}?",
        "Gunmen killed at least 43 civilians.",
        ("TPU",),
    ),
    Pattern("passive", r"", rf"{_PEOPLE}{_BETWEEN}{_PASSIVE}[PUEL]", "Five soldiers and two civilians were killed.", ("PUEL", "B")),
    Pattern("intransitive", r"", rf"{_PEOPLE}{_BETWEEN}[ahBtR]*p?I", "Twelve villagers died of their wounds.", ("I",)),
    Pattern("relative", r"", rf"{_PEOPLE}(?:,[^,;\"]{{1,8}})?,?W[ahB]*[PUIE]", "The 11 miners who died were from Jalalabad.", ("W",)),
    Pattern("noun_of", r"(?:O|T)(?:[aw]?(?:pD)?o|i|p)[ad]{0,2}", r"", "The massacre of 26 people shocked the country.", ("OT",)),
    Pattern("adjective", r"", r"a?[PUE][wJA]{0,2}[GJ]", "Medics carried eleven wounded boys to the aid station.", ("PUE",)),
    Pattern(
        "number_of",
        r"Co[^N;\"]{0,8}?[PUEOI][^N;\"]{0,16}?[tpBwaRP]",
        r"",
        "He put the number of gunmen killed in the raids at twelve.",
        ("C",),
    ),
    Pattern("number_before", r"", r"d?C(?:o[^N;\"]{0,8}?)?[PUEOI]", "That pushed to 1,965 the number of people killed.", ("C",)),
    Pattern(
        "lost_list",
        r"L[^PETBhRIHW;\"(]{1,18}?(?:,c?|c)[ad]{0,2}",
        rf"{_PEOPLE}",
        "The army lost 20 soldiers in March and 40 policemen in May.",
        ("L",),
    ),
    Pattern("among", r"", rf"{_PEOPLE}(?:,[n,c]{{1,7}},)?B?[wa]?id?[EO]", "He listed 15 children among the dead.", ("i", "EO")),
    Pattern("included", r"[EO]i[ad]{0,2}", rf"{_PEOPLE}", "The dead included seven children.", ("i", "EO")),
    Pattern("lost", r"L[aqQd]{0,2}", rf"{_PEOPLE}", "The brigade lost 23 soldiers.", ("L",)),
    Pattern(
        "list",
        r"(?:T|(?<!B)(?<!Ba)[PU])[^PETLBhRIHW;(]{1,14}?(?:,c?|c)[ad]{0,2}",
        r"",
        "The shelling killed four soldiers and five civilians.",
        ("TPU",),
    ),
    Pattern(
        "noun_list", r"O[oi][^PETLBhRIHW;\"(]{1,14}?(?:,c?|c)[ad]{0,2}", r"", "The death of a nurse and two drivers was confirmed.", ("O",)
    ),
    Pattern(
        "along_with",
        r"[PUI][^PETLBhRIHWN;\"]{0,16}?,?[pa]p[dq]{0,2}",
        rf"{_PEOPLE}",
        "The mayor was killed along with two of his bodyguards.",
        ("PUI", "p"),
    ),
    Pattern(
        "group_of", r"(?:T|(?<!B)(?<!Ba)(?<!Bx)[PU])d[wJ]{0,2}[wa]o", rf"{_PEOPLE}?", "The missile killed a family of four.", ("TPU", "o")
    ),
    Pattern("to_death", r"w[adc]{0,2}", rf"{_PEOPLE}tO", "Rebels hacked five villagers to death.", ("t", "O")),
    Pattern("toll", r"H[^;\"N]{0,12}?(?:(?<=p)Nt|[tpBwRoaP,:;])", r"", "The death toll rose to 31.", ("H",)),
    Pattern(
        "noun_at",
        r"(?:(?:[OE]|(?<=[ds])P)[^PETLN;\"IW(]{0,9}?[tpBwa;:]|(?<![^;])P;)",
        r"(?![wJA]{0,2}[GX])",
        "Officials put deaths from shelling at 21.",
        ("OEP",),
    ),
)
# Nouns for several people, of which a number says how many they are: "a family of four".
SEVERAL = frozenset("group family crew party team squad band gang".split())
# "Hacked five villagers to death": not said of judges.
TO_DEATH = frozenset(
    (
        "hacked beat beaten clubbed stabbed shot burned burnt stoned kicked trampled tortured crushed starved bludgeoned slashed whipped battered "
        "hacking beating clubbing stabbing burning stoning kicking torturing crushing starving bludgeoning slashing"
    ).split()
)
# Words that lead from a toll to its number.
TOLL_VERBS = frozenset(
    (
        "at to reached reaching hit exceeded exceeding topped stood of is was were are as totalled totaled passed surpassed : "
        "above from numbering numbered stands rose climbed"
    ).split()
)
