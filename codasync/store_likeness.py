"""When two invoices are one that came twice, and when one contradicts another: on the rows of the tables. Pure.

What networks and dialects write differently by nature does not count; everything that says what is owed does.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from codasync.store_rows import Row, invoice_parts, invoice_row
from codasync.ubl_codes import E_FFF, ZERO_CATEGORIES
from codasync.ubl_names import same_name

if TYPE_CHECKING:
    from codasync.ubl import Invoice

# what both must state alike, besides the lines and the VAT; that the suppliers are one has been found before
_SAME = (
    *("kind", "number", "issue_date", "currency", "net_milli", "vat_milli", "gross_milli", "payable_milli"),
    "effect_milli",
)

# What a code of the Belgian VAT return may be in EN 16931: e-FFF writes other categories beside it than UBL.BE.
_CATEGORIES = {
    **dict.fromkeys(("01", "02", "03", "03/SE"), frozenset({"S"})),
    "00": frozenset({"Z"}),
    "45": frozenset({"AE"}),
    **dict.fromkeys(("46/GO", "46/TR"), frozenset({"K"})),
    **dict.fromkeys(("44", "00/44"), frozenset({"AE", "K"})),
    **dict.fromkeys(("47/EX", "47/EI", "47/EE"), frozenset({"G"})),
    **dict.fromkeys(("NA", "FD", "SC", "NS"), frozenset({"E", "O", "Z"})),
}
_STANDARD = frozenset({"S", "Z", "E", "AE", "K", "G", "O"})
# e-FFF has AA for the lower rates, and H has been seen.
_OTHER_NAMES = {"AA": frozenset({"S"}), "H": frozenset({"S"})}
# Without such a code e-FFF does not tell these apart.
_OF_E_FFF = {"AE": frozenset({"AE", "K"}), **dict.fromkeys("EOZ", frozenset({"E", "O", "Z"}))}


# the figures of a row of VAT, and the categories of EN 16931 that it may be of
_Vat = tuple[tuple[Decimal, int, int], frozenset[str]]


def same_supplier(one: Row, other: Row) -> bool:
    """Tell whether two invoices are of one supplier: by its numbers, or by name where one states none."""
    if one["supplier_vat"] and one["supplier_vat"] == other["supplier_vat"]:
        return True
    if one["supplier_number"] and other["supplier_number"]:
        return bool(one["supplier_number"] == other["supplier_number"])
    if one["supplier_name"] == other["supplier_name"]:
        return True
    return same_name(one["supplier_name"], other["supplier_name"])


def is_row_of(invoice: "Invoice", row: Row, lines: Sequence[Row], vat: Sequence[Row]) -> bool:
    """Tell whether a booked invoice of the same supplier (its row, lines and VAT) is this one, by another network."""
    facts, parts = invoice_row(invoice), invoice_parts(invoice)
    return (
        all(row[name] == facts[name] for name in _SAME)
        # a credit note in UBL 2.0 has no place for an account
        and (row["payment_iban"] == facts["payment_iban"] or not row["payment_iban"] or not facts["payment_iban"])
        and _texts(parts["invoice_line"]) == _texts(lines)
        and _same_vat(
            [_vat(one, invoice.dialect) for one in parts["invoice_vat_subtotal"]],
            [_vat(one, row["dialect"]) for one in vat],
        )
    )


def _texts(lines: Iterable[Row]) -> list[tuple[object, object]]:
    return [(line["name"], line["net_milli"]) for line in lines]


def _vat(row: Row, dialect: str) -> _Vat:
    rate = Decimal(row["vat_rate"] or 0) if row["vat_category"] not in ZERO_CATEGORIES else Decimal(0)
    return (rate, row["taxable_milli"] or 0, row["tax_milli"] or 0), _categories(row, dialect)


def _categories(row: Row, dialect: str) -> frozenset[str]:
    """Return the categories of EN 16931 that a row of VAT may be of; all of them where that cannot be compared."""
    category = row["vat_category"].upper()
    if row["belgian_vat_code"] in _CATEGORIES:
        return _CATEGORIES[row["belgian_vat_code"]]
    if dialect == E_FFF and category in _OF_E_FFF:
        return _OF_E_FFF[category]
    if category in _STANDARD:
        return frozenset({category})
    return _OTHER_NAMES.get(category, _STANDARD)


def _same_vat(one: list[_Vat], other: list[_Vat]) -> bool:
    """Tell whether two breakdowns are one, in whatever order; in doubt they are not."""
    pairs = zip(sorted(one, key=_order), sorted(other, key=_order), strict=False)
    return len(one) == len(other) and all(
        figures == others and categories & other_categories
        for (figures, categories), (others, other_categories) in pairs
    )


def _order(row: _Vat) -> tuple[tuple[Decimal, int, int], list[str]]:
    return row[0], sorted(row[1])
