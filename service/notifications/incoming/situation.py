"""Which benefit a text is about and what happened to it (R-UD-1). What is not clear is not answered."""

import re
from itertools import pairwise

from service.notifications.incoming.labelled import Line, under
from service.workflows.urgency import Benefit, Event

_BENEFITS: tuple[tuple[Benefit, str], ...] = (
    (Benefit.AAH, r"aah|allocations? aux? adultes? handicapes?"),
    (Benefit.RSA, r"(?<!referent )(?<!referente )rsa|revenu de solidarite active"),
    (Benefit.PRIME_ACTIVITE, r"primes? d ?'? ?activite|prime pour l'activite|ppa"),
    (Benefit.APL, r"apl|aides? personnalisees? au logement"),
    (Benefit.ALS, r"als|allocations? (?:de )?logement (?:a caractere )?sociale?"),
    (Benefit.ALF, r"allocations? (?:de )?logement (?:a caractere )?familiale?"),
    (Benefit.AF, r"(?<!caisse d')(?<!caisse des )(?<!caisse nationale des )allocations? familiales?"),
    (Benefit.CF, r"complements? familial"),
    (Benefit.ASF, r"asf|allocations? de soutien familial"),
    (
        Benefit.PAJE,
        r"paje|cmg|prestations? d'accueil (?:du|de) jeunes? enfants?|complement de libre choix",
    ),
    (Benefit.AEEH, r"aeeh|allocations? d'education de l'enfant handicape"),
    (Benefit.AJPP, r"ajpp|allocations? journalieres? de presence parentale"),
    (Benefit.ARS, r"allocations? de rentree scolaire"),
    (Benefit.OTHER, r"ajpa|allocations? journalieres? du proche aidant"),
)
_WORDS = tuple((benefit, re.compile(rf"(?<!\w)(?:{words})(?!\w)")) for benefit, words in _BENEFITS)
_CAPITALS = (
    (Benefit.AF, re.compile(r"(?<![\w.])AF(?![\w.])")),
    (Benefit.CF, re.compile(r"(?<![\w.])CF(?![\w.])")),
    (Benefit.ALF, re.compile(r"(?<![\w.])ALF(?![\w.])")),
    (Benefit.PAJE, re.compile(r"\bPreParE\b")),
    (Benefit.ARS, re.compile(r"(?<![\w.])ARS(?![\w.])(?! Bretagne)")),
)
"""Abbreviations that are something else in small letters."""
_DOTTED = re.compile(r"\b(?:[a-z]\.){2,4}(?!\w)", re.IGNORECASE)

_NOT_SO = re.compile(
    r"\b(?:pas|aucune?|sans|jamais)(?: ete| eu| d'| de| la| l')*\s?"
    r"(?:suspen|interr|coup|radi|suppr|arret|bloqu|baiss|diminu|redui|reduc)\w*"
)
_NEVER_PAID = re.compile(
    r"\bjamais (?:ete )?(?:vers|perc|paye|touch|recu|ouvert)|premiere demande|primo[- ]demande"
)
_PAID = r"(?:droit|versement|paiement|prestation|allocation|aide|rsa|aah|apl|prime)"
_INTERRUPTION = re.compile(
    r"\bplus (?:ete )?(?:vers|paye|percu|recu|touch|regl)|\bplus (?:aucun |de )?(?:vers|paiement|droit)"
    r"|\bne (?:percoit|touche|recoit|beneficie) plus|suspen[ds]|\bradi(?:e|ation)"
    rf"|\bn'a plus (?:de |d'|l'|le |la |les |son |sa |ses |aucune? )?{_PAID}"
    rf"|\b(?:coupure|arret) (?:de l'|des? |du ){_PAID}"
    r"|interromp|interruption|\bcoupee?s?\b|\barretee?s?\b|supprime|suppression|\bbloqu|\bnon vers"
    r"|\bsans (?:aucun )?(?:vers|paiement)|\bfin de droit"
)
_DECREASE = re.compile(r"\bbaiss|diminu|\bredui|reduction|\bchut[ee]|amput")
_ABOUT_MONEY = re.compile(
    r"\bdroits?\b|versement|paiement|prestation|allocation|montant|\bverse|\bpercoit|€|euros?\b"
)
_SENTENCE_END = re.compile(
    r"(?<=[.!?;])(?<!\bm\.)(?<!\bn\.)(?<!\bmr\.)(?<!\balloc\.)(?<!\btel\.)\s+|\n\s*\n|\n(?=\s*[-•*]|[^\n:]{1,60}\s?:)"
)
_BENEFIT_LABEL = re.compile(r"(?:prestation|droit|aide|allocation)s?(?: concernee?s?)?")
_EVENT_LABEL = re.compile(r"(?:evenement|motif|situation|nature|ce qui s'est passe)(?: de la demande)?")


def benefits_in(plain_text: str, written: str) -> frozenset[Benefit]:
    """Every benefit that a text names, in words or by its abbreviation. `plain_text` is `plain(written)`."""
    undotted = _DOTTED.sub(lambda match: match[0].replace(".", ""), plain_text)
    found = {benefit for benefit, words in _WORDS if words.search(undotted)}
    return frozenset(found | {benefit for benefit, capitals in _CAPITALS if capitals.search(written)})


def benefit(plain_text: str, written: str, lines: list[Line]) -> Benefit | None:
    """The benefit that is meant: by its label, else by the sentences on what happened, else the only one."""
    by_label = [benefits_in(line.value, line.written) for line in under(lines, _BENEFIT_LABEL)]
    by_event = [
        benefits_in(sentence, shown)
        for sentence, shown in _sentences(plain_text, written)
        if _happened(sentence)
    ]
    for candidates in (by_label, by_event, [benefits_in(plain_text, written)]):
        named = frozenset[Benefit]().union(*candidates)
        if len(named) == 1:
            return next(iter(named))
    return None


def event(plain_text: str, written: str, lines: list[Line]) -> Event | None:
    """What happened to the benefit. Nothing for a benefit never paid (R-UD-5) or when both are said."""
    if _NEVER_PAID.search(plain_text):
        return None
    by_label = [_happened(line.value) for line in under(lines, _EVENT_LABEL)]
    by_sentence = [
        _happened(sentence)
        for sentence, shown in _sentences(plain_text, written)
        if _ABOUT_MONEY.search(sentence) or benefits_in(sentence, shown)
    ]
    for candidates in (by_label, by_sentence):
        said = frozenset[Event]().union(*candidates)
        if said:
            return next(iter(said)) if len(said) == 1 else None
    return None


def speaks_of_interruption(sentence: str) -> bool:
    """Whether a `plain` sentence says that payment stopped."""
    return Event.INTERRUPTION in _happened(sentence)


def sentences(plain_text: str) -> list[str]:
    """The sentences of a `plain` text; a line with a label is one."""
    return [sentence for sentence, _ in _sentences(plain_text, plain_text)]


def _sentences(plain_text: str, written: str) -> list[tuple[str, str]]:
    cuts = [0, *(match.end() for match in _SENTENCE_END.finditer(plain_text)), len(plain_text)]
    return [
        (plain_text[start:end].replace("\n", " "), written[start:end].replace("\n", " "))
        for start, end in pairwise(cuts)
        if end > start
    ]


def _happened(sentence: str) -> frozenset[Event]:
    affirmed = _NOT_SO.sub(" ", sentence)
    said = set()
    if _INTERRUPTION.search(affirmed):
        said.add(Event.INTERRUPTION)
    if _DECREASE.search(affirmed):
        said.add(Event.STRONG_DECREASE)
    return frozenset(said)
