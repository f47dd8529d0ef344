"""An imitation of CodaBox on this machine: for trying codasync out, and the server of the tests.

For people, a sandbox lives in a folder; stopped and started again, it is where it was:

    box = create(folder, seed=1, port=0)   # or open_folder(folder), when exists(folder); neither starts it
    box.url, box.software_company          # what goes into the config
    issue_token(folder)                    # a one-time token for `codasync register`; the server may run or not
    serve(box, on_ready=...)               # answers until a signal's exception; on_ready gets the sandbox
    advance(folder, days=1)                # the next banking day's documents appear; the server may run or not

Their troubles are `errors.SandboxError`s with a message, a hint and an exit code.

A test makes its own:

    with Sandbox(Office()) as box:         # Sandbox() serves the default office with weeks of documents
        dossier = box.add_dossier("0042", "Boulangerie Hélène")
        box.add_account(dossier, "BE...", "GEBABEBB")
        index = box.deliver(dossier, "coda", {"cod": b"..."}, {"iban": "BE..."})
        box.deliver_coda(dossier, coda_writer.Statement(...))
        box.fault(r"/download/", faults.throttle("5"), times=2)
        ...
        box.acknowledged, box.requests, box.waiting(dossier)

Documents to deliver are written by `coda_writer`, `ubl_writer` and `pdf`; faults are in `faults`.
"""

from codasync.sandbox.box import Sandbox
from codasync.sandbox.errors import SandboxError
from codasync.sandbox.folder import FILES, advance, create, exists, issue_token, open_folder, serve
from codasync.sandbox.office import BankAccount, Dossier, Mandate, Office

__all__ = [
    "FILES",
    "BankAccount",
    "Dossier",
    "Mandate",
    "Office",
    "Sandbox",
    "SandboxError",
    "advance",
    "create",
    "exists",
    "issue_token",
    "open_folder",
    "serve",
]
