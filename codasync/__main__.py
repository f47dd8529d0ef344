"""Run the command line: `python -m codasync`."""

from codasync.cli import main

main()
