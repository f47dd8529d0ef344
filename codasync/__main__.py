"""Run the command line: `codasync`, or `python -m codasync`."""

import signal


def main() -> None:
    """Import the command line and run it; a signal before it is there ends the process at once, without a traceback."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    from codasync.cli import main as run  # noqa: PLC0415

    run()


if __name__ == "__main__":
    main()
