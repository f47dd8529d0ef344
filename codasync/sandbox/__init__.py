"""An imitation of CodaBox on this machine: for trying codasync out, and the server of the tests.

In a test:

    from codasync.sandbox import Sandbox, Office

    with Sandbox(Office()) as box:                  # Sandbox() serves the default office, with weeks of documents
        dossier = box.add_dossier("0042", "Boulangerie Hélène")
        box.deliver(dossier, "coda", {"cod": b"..."}, {"iban": "BE..."})
        box.fault(r"/download/", throttle("5"))     # see codasync.sandbox.faults
        ...                                         # box.url, box.software_company, box.issue_token()
        box.acknowledged, box.requests              # what came in
"""

from codasync.sandbox.box import Sandbox
from codasync.sandbox.office import BankAccount, Dossier, Mandate, Office

__all__ = ["BankAccount", "Dossier", "Mandate", "Office", "Sandbox"]
