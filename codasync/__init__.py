"""codasync fetches an accounting office's bank statements and invoices from CodaBox into one SQLite file."""

from importlib.metadata import version

__version__ = version("codasync")
