"""Who trades with the clients of the default office: invented customers and suppliers. Data alone."""

from dataclasses import dataclass

from codasync.sandbox.ubl_writer import Dialect


@dataclass(frozen=True, slots=True)
class Outsider:
    """A party outside the office that buys, or sells `goods`; `collects` by direct debit; `embeds` its PDF."""

    name: str
    street: str
    zip: str
    city: str
    bank: str
    goods: tuple[tuple[str, str, int], ...] = ()
    dialect: Dialect = Dialect.PEPPOL
    collects: bool = False
    embeds: bool = True
    vat: str = ""
    country: str = "BE"


CUSTOMERS = (
    Outsider("Les Glycines, maison de repos", "Rue des Glycines 4", "1340", "Ottignies", "belfius"),
    Outsider("Atelier Cordier & Sœurs", "Rue Haute 77", "1000", "Bruxelles", "ing"),
    Outsider("Van Aken Logistiek", "Havenlaan 15", "9042", "Gent", "kbc"),
    Outsider("Immo du Château d'Eau", "Avenue Prévert 8", "1410", "Waterloo", "bnp"),
    Outsider("Hoeve De Linde", "Lindestraat 2", "3540", "Herk-de-Stad", "crelan"),
    Outsider("Cabinet Médical Sébastien Thiry", "Rue de l'Hôpital 19", "5000", "Namur", "bnp"),
    Outsider("Drukkerij Morgenrood", "Industrieweg 60", "2320", "Hoogstraten", "argenta"),
    Outsider("Gîte de la Vallée Perdue", "Fond des Vaux 1", "6880", "Bertrix", "triodos"),
)

SUPPLIERS = (
    Outsider(
        "Moulins du Hainaut-Sud", "Route du Moulin 3", "7060", "Soignies", "bnp", (("Farine T65, 25 kg", "17.35", 6),)
    ),
    Outsider(
        "Électricité Boréale",
        "Boulevard des Turbines 1",
        "1070",
        "Anderlecht",
        "ing",
        (("Électricité, acompte mensuel", "214.88", 21),),
        Dialect.UBL_BE,
        collects=True,
    ),
    Outsider(
        "Telefoon Noordzee",
        "Zeedijk 400",
        "8400",
        "Oostende",
        "kbc",
        (("Internet en telefonie", "64.90", 21),),
        Dialect.PEPPOL,
        collects=True,
        embeds=False,
    ),
    Outsider(
        "Papeterie Crayon d'Or",
        "Rue Neuve 45",
        "4800",
        "Verviers",
        "belfius",
        (("Papier A4, carton", "31.25", 21),),
        Dialect.EFFF,
    ),
    Outsider(
        "Verzekeringen De Toren",
        "Torenplein 2",
        "8000",
        "Brugge",
        "kbc",
        (("Polis BA uitbating, kwartaal", "187.43", 0),),
        Dialect.UBL_BE,
    ),
    Outsider(
        "Groothandel Smaakvol",
        "Veilingstraat 90",
        "1731",
        "Asse",
        "argenta",
        (("Dranken, levering", "342.10", 21), ("Voeding, levering", "158.66", 6)),
    ),
    Outsider(
        "Outillage Frère & Cie",
        "Zoning Sud 17",
        "5190",
        "Jemeppe",
        "crelan",
        (("Petit outillage", "128.00", 21),),
        Dialect.EFFF,
    ),
    Outsider(
        "Koffiebranderij De Zwaan B.V.",
        "Keizersgracht 900",
        "1017 EZ",
        "Amsterdam",
        "abn",
        (("Koffiebonen, kg", "13.80", 0),),
        vat="NL800000006B01",
        country="NL",
        embeds=False,
    ),
)
