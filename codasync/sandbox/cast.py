"""The cast of the default office: companies, banks, staff and trading partners. Data alone, all of it invented.

Enterprise numbers come from a range that is issued to nobody; names, streets and accounts are made up.
"""

from dataclasses import dataclass

from codasync.sandbox.ubl_writer import Dialect

MAIN, SAVINGS, DOLLARS, COUNTER, ABROAD = "main", "savings", "dollars", "counter", "abroad"
DAILY, WEEKLY, UNNUMBERED = "daily", "weekly", "unnumbered"


@dataclass(frozen=True, slots=True)
class Bank:
    """A bank: its BIC, the code in its account numbers, the name of its business account."""

    bic: str
    code: str
    product: str
    country: str = "BE"


@dataclass(frozen=True, slots=True)
class AccountPlan:
    """A bank account: the life it leads, how its statements are numbered and delivered, how far its mandate is.

    `beside` makes it a sub-account of the plan before it; `bundled` lets a file hold the statements of a whole week.
    """

    bank: str
    life: str = MAIN
    currency: str = "EUR"
    extension: str | None = None
    structure: int = 2
    paper: str = DAILY
    newline: str = "\r\n"
    bundled: bool = False
    beside: bool = False
    state: str = "active"
    mandate: str = "active"


@dataclass(frozen=True, slots=True)
class Company:
    """A client of the office. `goods` are what it sells: text, price, VAT rate; rates are documents a week."""

    code: str
    name: str
    legal_name: str
    language: str
    street: str
    zip: str
    city: str
    contact: str
    accounts: tuple[AccountPlan, ...] = ()
    goods: tuple[tuple[str, str, int], ...] = ()
    sales: float = 0
    purchases: float = 0
    dialect: Dialect = Dialect.PEPPOL
    shop: bool = False
    staff: int = 0
    loan: bool = False
    opening: int = 25_000


BANKS = {
    "bnp": Bank("GEBABEBB", "001", "Compte à vue Business"),
    "kbc": Bank("KREDBEBB", "450", "KBC-Bedrijfsrekening"),
    "ing": Bank("BBRUBEBB", "363", "ING Business Account"),
    "belfius": Bank("GKCCBEBB", "068", "Compte Business Plus"),
    "argenta": Bank("ARSPBE22", "979", "Zakelijke rekening"),
    "crelan": Bank("NICABEBB", "103", "Compte pro"),
    "triodos": Bank("TRIOBEBB", "523", "Zakenrekening"),
    "abn": Bank("ABNANL2A", "ABNA", "Zakelijke rekening", country="NL"),
}

COMPANIES = (
    Company(
        "0042",
        "Boulangerie Hélène",
        "Boulangerie Hélène SRL",
        "fr",
        "Rue du Levain 12",
        "1300",
        "Wavre",
        "Hélène Pirotte",
        (
            AccountPlan("bnp"),
            AccountPlan("crelan", SAVINGS, state="pending-activation-by-bank", mandate="bank-procedure"),
        ),
        (
            ("Pains au levain, livraison", "2.35", 6),
            ("Viennoiseries assorties", "1.10", 6),
            ("Gâteau d'atelier", "24.50", 12),
        ),
        sales=3,
        purchases=4,
        shop=True,
        staff=4,
        opening=18_400,
    ),
    Company(
        "DUPONT",
        "Garage Dupont & Fils",
        "Garage Dupont & Fils SA",
        "fr",
        "Chaussée de Namur 210",
        "5030",
        "Gembloux",
        "Étienne Dupont",
        (AccountPlan("ing"), AccountPlan("belfius", SAVINGS)),
        (
            ("Entretien annuel", "289.00", 21),
            ("Pneu été 205/55 R16, pose comprise", "96.40", 21),
            ("Heure de main-d'œuvre", "62.00", 21),
        ),
        sales=6,
        purchases=6,
        dialect=Dialect.UBL_BE,
        staff=6,
        opening=64_250,
    ),
    Company(
        "DESMET",
        "Bouwwerken De Smet",
        "Bouwwerken De Smet BV",
        "nl",
        "Steenweg op Leuven 88",
        "3300",
        "Tienen",
        "Bart De Smet",
        (AccountPlan("kbc", structure=0, newline="\n"),),
        (
            ("Metselwerk, per m²", "74.50", 21),
            ("Vloerwerken, per m²", "58.25", 6),
            ("Afvoer puin, container", "385.00", 21),
        ),
        sales=3,
        purchases=5,
        dialect=Dialect.EFFF,
        staff=9,
        loan=True,
        opening=112_900,
    ),
    Company(
        "0107",
        "Brasserie de l'Écluse",
        "Brasserie de l'Écluse SRL",
        "fr",
        "Quai des Péniches 3",
        "7100",
        "La Louvière",
        "Noémie Gérard",
        (AccountPlan("crelan", paper=WEEKLY),),
        (("Banquet, par couvert", "46.00", 12), ("Forfait boissons, par couvert", "18.50", 21)),
        sales=2,
        purchases=5,
        shop=True,
        staff=3,
        opening=9_730,
    ),
    Company(
        "VDB",
        "Import-Export Van den Bossche",
        "Import-Export Van den Bossche NV",
        "nl",
        "Kaaiweg 41",
        "2030",
        "Antwerpen",
        "Lotte Van den Bossche",
        (
            AccountPlan("ing"),
            AccountPlan("ing", DOLLARS, currency="USD", beside=True),
            AccountPlan("abn", ABROAD, structure=3),
        ),
        (("Groene koffie, zak 60 kg", "312.40", 6), ("Transport haven-magazijn", "420.00", 21)),
        sales=4,
        purchases=4,
        dialect=Dialect.UBL_BE,
        staff=5,
        loan=True,
        opening=203_500,
    ),
    Company(
        "0218",
        "Pharmacie Saint-Géry",
        "Pharmacie Saint-Géry SRL",
        "fr",
        "Place du Marché 5",
        "1000",
        "Bruxelles",
        "Inès Maréchal",
        (AccountPlan("belfius"), AccountPlan("belfius", COUNTER, extension="001", beside=True)),
        (("Matériel de soins", "38.90", 21), ("Préparation magistrale", "14.20", 6)),
        sales=1,
        purchases=5,
        shop=True,
        staff=2,
        opening=31_080,
    ),
    Company(
        "PEETERS1",
        "Café Peeters",
        "Café Peeters BV",
        "nl",
        "Vismarkt 9",
        "2800",
        "Mechelen",
        "Jan Peeters",
        (AccountPlan("argenta", bundled=True),),
        (("Zaalhuur, per avond", "180.00", 21),),
        sales=1,
        purchases=3,
        shop=True,
        staff=1,
        opening=4_615,
    ),
    Company(
        "PEETERS2",
        "Cafe Peeters & Zn",
        "Cafe Peeters & Zoon VOF",
        "nl",
        "Stationsstraat 112",
        "3000",
        "Leuven",
        "Marc Peeters",
        (AccountPlan("triodos", paper=UNNUMBERED), AccountPlan("triodos", SAVINGS, paper=UNNUMBERED)),
        (("Catering, per persoon", "27.50", 12),),
        sales=1,
        purchases=3,
        dialect=Dialect.EFFF,
        opening=12_340,
    ),
    Company(
        "0311",
        "Müller Holzbau",
        "Müller Holzbau SRL",
        "de",
        "Klosterstraße 27",
        "4780",
        "Sankt Vith",
        "Jürgen Müller",
        (AccountPlan("kbc", state="pending-signed-mandate", mandate="awaiting-signature"),),
        (("Dachstuhl, Montage", "2450.00", 21), ("Balken Lärche, lfm", "19.80", 21)),
        sales=1,
        purchases=2,
        dialect=Dialect.UBL_BE,
    ),
    Company(
        "LIJN",
        "Architectenbureau Lijn & Vlak",
        "Lijn & Vlak Architecten BV",
        "nl",
        "Coupure Links 301",
        "9000",
        "Gent",
        "Saïd Benali",
        (AccountPlan("kbc", state="pending-activation-by-client"),),
        (("Ereloon, schijf voorontwerp", "3200.00", 21), ("Werfbezoek", "145.00", 21)),
        sales=2,
        purchases=2,
    ),
    Company(
        "0400",
        "Fleurs & Jardins",
        "Fleurs & Jardins ASBL",
        "fr",
        "Sentier des Bleuets 1",
        "6900",
        "Marche-en-Famenne",
        "Zoé Noël",
    ),
    Company(
        "NOE",
        "Studio Noé",
        "Studio Noé SRL",
        "fr",
        "Rue de la Presse 30",
        "4000",
        "Liège",
        "Noé Lacroix",
        (),
        (("Mise en page, heure", "68.00", 21), ("Licence photo", "120.00", 21)),
        sales=2,
        purchases=2,
    ),
)

# Seller, buyer, weekday (Monday is 0), whether the VAT is the buyer's to pay: deals inside the office.
PARTNERS = (
    ("0042", "0107", 1, False),
    ("0042", "PEETERS1", 3, False),
    ("DESMET", "DUPONT", 2, True),
    ("VDB", "0042", 4, False),
    ("NOE", "0218", 0, False),
)

FIRST_NAMES = (
    "Amélie",
    "Bruno",
    "Céline",
    "Dries",
    "Emma",
    "François",
    "Gaëlle",
    "Hugo",
    "Iris",
    "Joël",
    "Karlijn",
    "Loïc",
)
LAST_NAMES = (
    "Aerts",
    "Baudoux",
    "Claes",
    "Delhez",
    "Evrard",
    "Fontaine",
    "Goossens",
    "Hubeau",
    "Jacquemin",
    "Kempenaers",
)
SHOPS = (
    ("Station Le Relais", "Nivelles"),
    ("Brico Central", "Namur"),
    ("Bureau Vallée", "Liège"),
    ("Parking Centrum", "Gent"),
)
SOCIAL_OFFICE = "group_x"
