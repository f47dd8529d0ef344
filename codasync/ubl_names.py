"""Names of companies, compared without what spelling adds: case, accents, points, order, the legal form. Pure.

Belgian companies write their form before or behind the name, in Dutch or in French, with points or without; a person is
named with the first name first or last. A name never identifies where numbers are known.
"""

import re
import unicodedata
from typing import Final

# Legal form -> what it is in both languages, old and new names alike.
LEGAL_FORMS: Final = {
    **dict.fromkeys(("BV", "SRL", "BVBA", "SPRL", "EBVBA", "SPRLU"), "BV"),
    **dict.fromkeys(("NV", "SA"), "NV"),
    **dict.fromkeys(("VOF", "SNC"), "VOF"),
    **dict.fromkeys(("COMMV", "SCOMM", "GCV", "SCS"), "COMMV"),
    **dict.fromkeys(("CV", "SC", "CVBA", "SCRL", "CVOA", "SCRI"), "CV"),
    **dict.fromkeys(("VZW", "ASBL"), "VZW"),
    **dict.fromkeys(("IVZW", "AISBL"), "IVZW"),
    **{
        name: name
        for name in ("SE", "GMBH", "AG", "UG", "KG", "SARL", "SAS", "SASU", "EURL", "LTD", "PLC", "LLC", "INC")
    },
}
# Written out or as a sign, in whatever language.
AND: Final = frozenset({"ET", "EN", "AND", "UND"})
LIGATURES: Final = str.maketrans({"Œ": "OE", "Æ": "AE", "Ø": "O", "Đ": "D", "Ł": "L"})
POINTS: Final = re.compile(r"[.'\u2018\u2019`\u00b4]")
# Letters that stand alone, as in "S A R L".
INITIALS: Final = re.compile(r"\b(\w) (?=\w\b)")
LONGEST_NAME: Final = 500


def same_name(one: str, other: str) -> bool:
    """Tell whether two names may be one company's: the same words in any order, and no contradicting legal forms."""
    words, forms = _essence(one)
    other_words, other_forms = _essence(other)
    return bool(words) and words == other_words and (not forms or not other_forms or bool(forms & other_forms))


def _essence(name: str) -> tuple[list[str], set[str]]:
    """Return the words of a name in alphabetical order, and its legal forms."""
    decomposed = unicodedata.normalize("NFKD", name[:LONGEST_NAME].upper().translate(LIGATURES))
    letters = "".join(one for one in decomposed if not unicodedata.combining(one))
    spaced = re.sub(r"[\W_]+", " ", POINTS.sub("", letters)).strip()
    words = [word for word in INITIALS.sub(r"\1", spaced).split() if word not in AND]
    forms = set()
    while len(words) > 1 and (words[-1] in LEGAL_FORMS or words[0] in LEGAL_FORMS):
        forms.add(LEGAL_FORMS[words.pop(-1 if words[-1] in LEGAL_FORMS else 0)])
    return sorted(words), forms
