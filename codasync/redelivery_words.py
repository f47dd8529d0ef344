"""The phrases of a request for redelivery, in the languages of Belgian offices and of this program."""

from typing import NamedTuple


class Words(NamedTuple):
    """The phrases of a request in one language."""

    please: str
    client: str
    enterprise_number: str
    account: str
    subaccount: str
    missing: str
    some: str
    one: str
    several: str
    on: str
    coda_one: str
    coda_several: str
    coda_on: str
    of_year: str
    between: str
    of_day: str
    since: str
    too_old: str
    partly: str
    date: str
    office: str


WORDS = {
    "en": Words(
        please="Please redeliver the following CODA statements, by the usual way of delivery.",
        client="Client",
        enterprise_number="enterprise number",
        account="Account",
        subaccount="sub-account",
        missing="Missing",
        some="statements",
        one="statement {first}",
        several="statements {first} to {last}",
        on="statements from {first} on",
        coda_one="CODA number {first}",
        coda_several="CODA numbers {first} to {last}",
        coda_on="CODA numbers from {first} on",
        of_year="{number} (of {year})",
        between="between {first} and {last}",
        of_day="of {first}",
        since="since {first}",
        too_old="Out of reach: CodaBox has nothing from before {limit}. Ask the bank for these:",
        partly="CodaBox has nothing from before {limit}: ask the bank for what is older",
        date="%Y-%m-%d",
        office="On behalf of {office}",
    ),
    "nl": Words(
        please="Gelieve de volgende CODA-afschriften opnieuw te leveren, via de gewone leveringswijze.",
        client="Klant",
        enterprise_number="ondernemingsnummer",
        account="Rekening",
        subaccount="subrekening",
        missing="Ontbreekt",
        some="afschriften",
        one="afschrift {first}",
        several="afschriften {first} tot en met {last}",
        on="afschriften vanaf {first}",
        coda_one="CODA-nummer {first}",
        coda_several="CODA-nummers {first} tot en met {last}",
        coda_on="CODA-nummers vanaf {first}",
        of_year="{number} (van {year})",
        between="tussen {first} en {last}",
        of_day="van {first}",
        since="sinds {first}",
        too_old="Buiten bereik: CodaBox heeft niets van voor {limit}. Te vragen aan de bank:",
        partly="CodaBox heeft niets van voor {limit}: wat ouder is, aan de bank vragen",
        date="%d/%m/%Y",
        office="Namens {office}",
    ),
    "fr": Words(
        please="Veuillez redélivrer les extraits CODA suivants, par le mode de livraison habituel.",
        client="Client",
        enterprise_number="numéro d'entreprise",
        account="Compte",
        subaccount="sous-compte",
        missing="Manque",
        some="extraits",
        one="extrait {first}",
        several="extraits {first} à {last}",
        on="extraits à partir du {first}",
        coda_one="numéro CODA {first}",
        coda_several="numéros CODA {first} à {last}",
        coda_on="numéros CODA à partir du {first}",
        of_year="{number} (de {year})",
        between="entre le {first} et le {last}",
        of_day="du {first}",
        since="depuis le {first}",
        too_old="Hors de portée : CodaBox n'a rien d'avant le {limit}. À demander à la banque :",
        partly="CodaBox n'a rien d'avant le {limit} : demander à la banque ce qui est plus ancien",
        date="%d/%m/%Y",
        office="Pour {office}",
    ),
}
