"""What the digits of a transaction code mean, in English: type 1, family 2, operation 2, category 3 (annex II).

Source: CODA 2.6; the tables are this project's paraphrases. An unknown code has an empty meaning and stops nothing:
operations 40-48 and 90-98 of every family and categories from 700 on are each bank's own. A mark * means that only
older versions of the standard are known to list the code.
"""

from functools import lru_cache
from typing import NamedTuple


def table(text: str) -> dict[str, str]:
    """Read `code meaning` entries, one a line or divided by semicolons."""
    entries = (entry.split(maxsplit=1) for line in text.splitlines() for entry in line.split(";") if entry.strip())
    return {code.rstrip("*"): meaning.strip() for code, meaning in entries}


TYPES = table("""
    0 single amount without details
    1 total made by the customer
    2 total made by the bank
    3 single amount with details
    5 detail of a customer's total
    6 detail of a bank's total
    7 detail of a bank's total, with details itself
    8 detail of a single amount
    9 detail of a detail
""")
FAMILIES = table("""
    00 undefined
    01 domestic and SEPA transfers
    02 instant SEPA transfers
    03 cheques
    04 cards
    05 direct debits
    07 domestic bills
    09 at the counter
    11 securities
    13 loans
    30 various
    35 periodic closing
    41 foreign and non-SEPA transfers
    43 foreign cheques
    47 foreign bills
    49* foreign counter
    80 separate fees and provisions
""")
# Operations that mean the same wherever a family does not say otherwise.
COMMON_OPERATIONS = table("37 costs; 87 costs refunded; 49 cancelled or corrected; 99 cancelled or corrected")
OPERATIONS = {
    "00": table("""
        00* unknown; 33* value-date correction; 83* value-date correction; 35* correction; 85* correction
        39* cancelled; 89* cancelled
    """),
    "01": table("""
        01 single order; 02 order made by the bank; 03 standing order; 05 wages and the like; 07 batch of transfers
        09* semi-standing order; 11* semi-standing order to staff; 13 moved from your account
        15* insurance premium balance; 17 cash pooling out; 39 circular cheque issued; 50 transfer received
        51 transfer received, made by the bank; 52 payment received; 54 transfer that could not be carried out
        60 circular cheque not presented; 62 unpaid postal order; 64 moved to your account; 66 cash pooling in
    """),
    "02": table("""
        01 single order; 02 order made by the bank; 03 standing order; 05 wages and the like; 07 batch of transfers
        13 moved from your account; 17 cash pooling out; 50 transfer received; 51 transfer received, made by the bank
        52 payment received; 54 transfer that could not be carried out; 64 moved to your account; 66 cash pooling in
    """),
    "03": table("""
        01 your cheque paid; 03* card purchase; 05 voucher paid; 07* cheque finally unpaid; 09 voucher unpaid
        11 store cheque; 13* eurocheque abroad; 15 bank cheque bought; 17 certified cheque
        19* credit card settlement; 35* cash advance; 38 cheque provisionally unpaid
        39* cheque provisionally unpaid, other reason; 50* terminal payment credited
        52 first credit of cheques and vouchers, subject to collection; 56* certified cheque not presented
        58 cheques credited after collection; 60 voucher reversed; 62 cheque reversed
        63 second credit of an unpaid cheque; 64* card settlement reversed
        66 cheque handed in at your branch, subject to collection; 68* electronic purse payment
    """),
    "04": table("""
        01 phone card topped up; 02 card payment in the euro area; 03 credit card settlement
        04 cash machine withdrawal; 05 Proton loaded; 06 fuel card payment; 07 payment by phone
        08 card payment outside the euro area; 09 prepaid card loaded; 10 prepaid card correction
        50 terminal takings credited; 51 Proton unloaded; 52 phone top-ups credited; 53 cash paid in at a machine
        54 prepaid card emptied; 55 takings by phone; 56 prepaid card correction; 68 Proton takings
    """),
    "05": table("""
        01 collected from you; 03 your collection came back unpaid; 05 refund you paid; 50 collection credited
        52 collection credited, subject to collection; 54 refund received; 56 refund not possible; 58 reversal
    """),
    "07": table("""
        01 bill paid; 03* receipt card paid; 05 bill claimed back; 06 due date extended; 07 bill unpaid; 08 paid early
        09 discount charge on a supplier's bill; 10* agreed due date renewed; 12* safe keeping; 14* warrant due
        39 irregular bill returned; 50 bills handed in, credited after collection
        52 bills handed in, subject to collection; 54 bills handed in for discount
        56 supplier's bill with guarantee; 58 supplier's bill without guarantee; 64* warrant
        86* payment after assignment
    """),
    "09": table("""
        01 cash taken out; 03* cash taken out by card; 05 foreign notes bought; 07 gold bought; 09 fuel coupons bought
        11* meal vouchers bought; 13 cash taken out through a branch or agent; 15* lottery tickets; 17 tax stamps
        19 payment difference; 21* cash by Proton; 25 traveller's cheques bought; 50 cash paid in; 52 night safe
        54* paid in at a machine; 56* reserve; 58 paid in by a branch or agent; 60 foreign notes sold
        62 gold sold, subject to check; 64* lottery win; 66* fuel coupons taken back; 68 payment difference
        70 traveller's cheques sold
    """),
    "11": table("""
        01 bought; 02 tender; 03 subscription; 04 issues; 05 part payment of a subscription
        06 stock option exercised; 09 settlement; 11 coupons or securities payable; 13 own issue bought back
        15 interim interest; 17 management fee; 19 regularisation costs; 50 sold; 51 tender
        52 coupons credited, subject to collection; 56* reserve
        58 redeemed securities credited, subject to collection; 62 interim interest; 64 own issue
        66 issue commission handed back; 68 compensation for a missing coupon; 70 settlement
    """),
    "13": table("""
        01 short-term loan; 02 long-term loan; 05 fixed advance settled; 07 instalment repaid; 11 mortgage repaid
        13 bank acceptances settled; 15 hire purchase repaid; 19 documentary import credit; 21 other
        50 instalment credit paid out; 54 fixed advance, capital and interest; 55 fixed advance, interest; 56 subsidy
        60 mortgage paid out; 62 term loan; 68 documentary export credit; 70 discounted acceptance settled
    """),
    "30": table("""
        01 spot currency bought; 03 forward currency bought; 05 term deposit placed; 33 value-date correction
        39 undefined; 50 spot currency sold; 52 forward currency sold; 54 term deposit back
        55 term deposit interest; 83 value-date correction; 89 undefined
    """),
    "35": table("01 closing; 50 closing"),
    "41": table("""
        01 transfer out; 03 standing order; 05 batch of wages; 07 batch of transfers; 13 moved from your account
        17 cash pooling out; 37 costs of outgoing transfers; 38 costs of incoming transfers; 50 transfer in
        64 moved to your account; 66 cash pooling in
    """),
    "43": table("""
        01 paid; 07 unpaid; 15 international bank cheque bought; 52 handed in, subject to collection
        58 credited after collection; 62 reversed; 70* traveller's cheques
    """),
    "47": table("""
        01 paid; 05 claimed back; 06 extended; 07 unpaid; 11 documents abroad paid
        13 discount of supplier's bills abroad; 14 warrant due; 50 credited after collection
        52 credited, subject to collection; 54 discounted abroad; 56 supplier's bill with guarantee
        58 supplier's bill without guarantee; 60 documents abroad, subject to collection
        62 documents abroad, after collection; 64 warrant
    """),
    "49": table("03* cash machine withdrawal"),
    "80": table("""
        01* guarantee card; 02 electronic reporting; 03* payment card; 04 holding a documentary cash credit; 05* card
        06 losses on bills and cheques; 07 insurance; 08 savings account registration compensation; 09 postage
        10 smartcard bought; 11 keeping of mail; 12 opening a bank guarantee; 13 safe rent
        14 instalment credit handling; 15 night safe; 16 confirmation to an auditor; 17 safe keeping charge
        18 trade information; 19 special safe keeping; 20 certificate; 21 pay packets; 22 management or custody
        23 search costs; 24 interest refund scheme; 25 direct debit box; 26 travel insurance; 27 subscription
        29 information; 31 bailiff's writ; 33 various commissions; 35 costs; 37 database access; 39 surety
        41 search costs; 43 printed forms; 45 documentary credit charges; 47 cost of booking transactions
    """),
}
CATEGORIES = table("""
    000 net amount; 001 interest received; 002 interest paid; 003 credit commission; 004 postage; 005 letterbox
    006 various fees; 007 database access; 008 information; 009 travel; 010 writ; 011 VAT; 012 exchange commission
    013 payment commission; 014 collection commission; 015 correspondent's charges; 016 negative interest; 017 search
    018 rent-guarantee charges; 019 tax on physical delivery; 020 physical delivery; 021 drawing a bank cheque
    022 urgency; 023 exercise fee; 024 growth premium; 025 exchange entry; 026 handling; 027 unpaid bills
    028 fidelity premium; 029 protest; 030 account insurance; 031 foreign cheque; 032 circular cheque
    033 foreign bill; 034 reinvestment; 035 foreign documentary bill; 036 refused cheque; 037 handling commission
    039 telecom; 041 credit card; 042 payment card; 043 insurance; 045 handling; 047 bill extension; 049 stamp duty
    050 term deposit capital; 051 withholding tax; 052 residence-state tax; 053 forms; 055 capital repaid
    057 interest subsidy; 058 capital premium; 059 default interest; 061 booking fees; 063 rounding
    065 interest advice; 066 fixed advance repaid; 067 fixed advance extended; 068 countervalue
    069 forward contract, the customer delivers; 070 forward contract, the bank delivers; 071 fixed advance available
    072 third-party commission; 073 cash machine abroad; 074 mailing; 100 gross amount
    200 documentary credit overall; 201 documentary credit advice; 202 advising
    203 confirmation, commitment, flat or reservation commission; 204 amendment
    205 documentary payment, document, drawdown or negotiation commission; 206 surety or payment under reserve
    207 non-conformity; 208 deferred-payment commitment; 209 transfer; 210 commitment; 211 credit arrangement
    212 warehousing; 213 financing; 214 delivery order issue; 400 acceptance; 401 visa; 402 certification
    403 minimum discount; 404 discount; 405 bill guarantee; 406 collection; 407 article 45; 408 cover
    409 safe deposit; 410 reclaim; 411 fixed collection; 412 maturity advice; 413 acceptance charges
    414 regularisation; 415 surety; 416 deposit of a security; 418 endorsement; 419 bank service; 420 retention
    425 foreign broker; 426 Belgian broker; 427 Belgian exchange tax; 428 accrued interest
    429 foreign exchange tax; 430 foreign tax recovered; 431 copy delivered; 435 tax on paper securities
    436 supplementary tax; 437 speculation tax; 438 securities account tax
""")
_OWN_OPERATIONS = frozenset(str(number) for number in (*range(40, 49), *range(90, 99)))
_FIRST_OWN_CATEGORY = "700"


class CodeMeaning(NamedTuple):
    """The four parts of a transaction code in English, each "" where it is not known."""

    type: str
    family: str
    operation: str
    category: str

    def __str__(self) -> str:
        parts = (self.family, self.operation, self.category if self.category != "net amount" else "")
        return ": ".join(part for part in parts if part)


@lru_cache(maxsize=1 << 10)
def code_meaning(code: str) -> CodeMeaning:
    """Return what an eight-digit transaction code means; whatever is not in the tables is ""."""
    family, operation, category = code[1:3], code[3:5], code[5:8]
    return CodeMeaning(
        TYPES.get(code[:1], ""), FAMILIES.get(family, ""), _operation(family, operation), _category(category)
    )


def _operation(family: str, operation: str) -> str:
    listed = OPERATIONS.get(family, {}).get(operation) or COMMON_OPERATIONS.get(operation)
    return listed or ("the bank's own operation" if operation in _OWN_OPERATIONS else "")


def _category(category: str) -> str:
    return CATEGORIES.get(category) or ("the bank's own category" if category >= _FIRST_OWN_CATEGORY else "")
