"""The lines of an invoice (EN 16931 BG-25). Lines within lines are details, and not counted."""

from collections.abc import Iterator
from typing import Final

from lxml.etree import _Element as Element

from codasync.ubl_amounts import read_allowance_charges, read_belgian_code
from codasync.ubl_codes import CAC
from codasync.ubl_tree import Branch, Reading
from codasync.ubl_types import InvoiceLine

LINES: Final = (f"{CAC}InvoiceLine", f"{CAC}CreditNoteLine")
STANDARD_ID: Final = "cac:Item/cac:StandardItemIdentification/cbc:ID"
QUANTITIES: Final = ("cbc:InvoicedQuantity", "cbc:CreditedQuantity")
# The VAT of a line: e-FFF writes it only in the line's own tax total.
CLASSIFIED: Final = "cac:Item/cac:ClassifiedTaxCategory"
SUBTOTAL: Final = "cac:TaxTotal/cac:TaxSubtotal"

# Field of InvoiceLine -> where its text stands, from the line.
TEXTS: Final = {
    "id": ("cbc:ID",),
    "accounting_cost": ("cbc:AccountingCost",),
    "seller_item_id": ("cac:Item/cac:SellersItemIdentification/cbc:ID",),
    "buyer_item_id": ("cac:Item/cac:BuyersItemIdentification/cbc:ID",),
    "standard_item_id": (STANDARD_ID,),
    "classification_code": ("cac:Item/cac:CommodityClassification/cbc:ItemClassificationCode",),
    "order_line": ("cac:OrderLineReference/cbc:LineID",),
    "vat_category": (f"{CLASSIFIED}/cbc:ID", f"{SUBTOTAL}/cac:TaxCategory/cbc:ID"),
}

# Field of InvoiceLine -> where its decimal number stands.
NUMBERS: Final = {
    "quantity": QUANTITIES,
    "price": ("cac:Price/cbc:PriceAmount",),
    "base_quantity": ("cac:Price/cbc:BaseQuantity",),
    "gross_price": ("cac:Price/cac:AllowanceCharge/cbc:BaseAmount",),
    "price_discount": ("cac:Price/cac:AllowanceCharge/cbc:Amount",),
    "vat_rate": (f"{CLASSIFIED}/cbc:Percent", f"{SUBTOTAL}/cac:TaxCategory/cbc:Percent", f"{SUBTOTAL}/cbc:Percent"),
}


def read_lines(root: Element, reading: Reading) -> Iterator[InvoiceLine]:
    """Yield the lines that stand directly below `root`, one at a time, so that only one is unfolded in memory."""
    for element in root.iterchildren(*LINES):
        yield _line(Branch(element, reading))


def _line(line: Branch) -> InvoiceLine:
    description = "\n".join(line.paragraphs("cac:Item/cbc:Description"))
    return InvoiceLine(
        **line.fields(TEXTS),
        **line.decimals(NUMBERS),
        # In e-FFF the name may be an empty element, and the text be in the description.
        name=line.text("cac:Item/cbc:Name") or " ".join(description.split()),
        description=description,
        note="\n".join(line.paragraphs("cbc:Note")),
        unit_code=line.attribute(QUANTITIES[0], "unitCode") or line.attribute(QUANTITIES[1], "unitCode"),
        standard_item_scheme=line.attribute(STANDARD_ID, "schemeID"),
        net_milli=line.amount("cbc:LineExtensionAmount"),
        vat_milli=line.amount("cac:TaxTotal/cbc:TaxAmount"),
        belgian_vat_code=read_belgian_code(line, f"{CLASSIFIED}/cbc:Name", f"{SUBTOTAL}/cac:TaxCategory/cbc:Name"),
        period=line.period("cac:InvoicePeriod"),
        allowance_charges=read_allowance_charges(line),
        source_line=line.line,
    )
