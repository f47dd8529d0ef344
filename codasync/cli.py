"""What a person types, and how a run ends: every error becomes one line on stderr and a documented exit code.

The commands are in the `cli_*` modules, what they share in `cli_app`: the only rooms that print or exit. Modules that
are slow to import are imported by the commands that need them, so that `--help` answers at once.
"""

import io
import os
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from codasync import (
    __version__,
    cli_bank,
    cli_export,
    cli_inbox,
    cli_office,
    cli_pass,
    cli_reports,
    cli_show,
    cli_skip,
    cli_trial,
    events,
    log,
)
from codasync.cli_app import App, signals, tell, tell_person
from codasync.errors import CodasyncError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


def main() -> None:
    """Run the command line and exit."""
    signals.install()
    fill_closed_descriptors()
    sys.stderr = forgiving(sys.stderr)
    # a name that the terminal's character set lacks is shown as an escape
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.exit(run(None))


def fill_closed_descriptors() -> None:
    """Stand in for what the caller closed, or a file opened later, such as the database, would take its number.

    A closed stdin is empty, a closed stdout refuses what is written to it, what goes to a closed stderr is lost.
    """
    for name, mode, access in (("stdin", "r", os.O_RDONLY), ("stdout", "w", os.O_RDONLY), ("stderr", "w", os.O_WRONLY)):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, access), mode, encoding="utf-8"))


class Forgiving(io.FileIO):
    """A file that loses what it cannot take: that nobody can be told is no reason to stop, or for another exit code."""

    def write(self, data: "ReadableBuffer") -> int:
        """Write what can be written at once; the rest counts as written, or it would be tried again."""
        with suppress(OSError):
            if written := super().write(data):
                return written
        return memoryview(data).nbytes


def forgiving(file: TextIO) -> TextIO:
    """Return a text file that writes, line by line, to where this one does, and never fails."""
    raw = io.BufferedWriter(Forgiving(file.fileno(), "w", closefd=False))
    return io.TextIOWrapper(raw, file.encoding, file.errors, line_buffering=True)


def run(arguments: list[str] | None) -> int:
    """Run one command line; return its exit code."""
    log.configure(verbose=0, quiet=False, as_json=False)
    try:
        code = commands.main(arguments, prog_name="codasync", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        if log.writes_json():
            return fail(error.format_message(), error.exit_code, error)
        tell_wrong_usage(error)
        return error.exit_code
    except click.Abort:
        return 130
    except CodasyncError as error:
        return fail(str(error), error.exit_code, error, advice=error.advice)
    except Exception as error:  # noqa: BLE001 - the last resort of the program
        return tell_unexpected(error)
    return code if isinstance(code, int) else 0


def fail(words: str, code: int, error: Exception, *, advice: str = "", bug: bool = False) -> int:
    """Tell what ended the run; return the exit code."""
    if log.writes_json():
        cause = error if bug else None
        kind = type(error).__name__
        events.note("error", words, level=events.ERROR, bug=cause, exit_code=code, error_kind=kind, advice=advice)
    else:
        tell(f"codasync: {words}{f' - {advice}' if advice else ''}")
        if bug and log.is_verbose():
            tell_lines("".join(traceback.format_exception(error)))
    return code


def tell_wrong_usage(error: click.ClickException) -> None:
    """Tell what Click does not like of the command line, in Click's words; they repeat what was typed."""
    if isinstance(error, click.UsageError) and error.ctx:
        error.ctx.color = True  # or Click would leave out what is to be shown as an escape
    words = io.StringIO()
    error.show(words)
    tell_lines(words.getvalue())


def tell_lines(text: str) -> None:
    """Write a text of several lines to stderr."""
    for line in text.removesuffix("\n").split("\n"):
        tell_person(line)


def tell_unexpected(error: Exception) -> int:
    """Tell of an error that no command expects, or that stdout takes no more; return the exit code."""
    refusal = give_up_output()
    if isinstance(refusal, BrokenPipeError):
        return 0
    if refusal:
        return fail(f"cannot write the output: {refusal.strerror}", 1, refusal)
    words = f"unexpected {type(error).__name__}: {error}"
    return fail(words, 1, error, advice="report this; -v shows where it happened", bug=True)


def give_up_output() -> OSError | None:
    """Return why stdout cannot be written, if it cannot, and drop what waits for it, or Python complains at its end."""
    try:
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return error
    return None


class Commands(click.Group):
    """The commands. That the reader of a pipe has seen enough is no failure of theirs; Click would exit with 1."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was typed."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            give_up_output()
            return 0


def log_json_at_once(_: click.Context, __: click.Parameter, value: bool) -> bool:
    """Begin with JSON before the rest of the command line is read, which may be wrong."""
    if value:
        log.configure(verbose=0, quiet=False, as_json=True)
    return value


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__)
@click.option("--config", "config_file", type=click.Path(path_type=Path), help="Config file.")
@click.option("--db", "database", type=click.Path(path_type=Path), envvar="CODASYNC_DB", help="Database file.")
@click.option("-v", "--verbose", count=True, help="Say what happens; twice for more.")
@click.option("-q", "--quiet", is_flag=True, help="Say only what goes wrong.")
@click.option(
    "--log-json",
    is_flag=True,
    is_eager=True,
    callback=log_json_at_once,
    help="Write to stderr what happens, one JSON object a line, for programs.",
)
@click.pass_context
def commands(
    context: click.Context,
    config_file: Path | None,
    database: Path | None,
    verbose: int,
    *,
    quiet: bool,
    log_json: bool,
) -> None:
    """Fetch an accounting office's bank statements and invoices from CodaBox into one SQLite file."""
    log.configure(verbose=verbose, quiet=quiet, as_json=log_json)
    inherited = ["--log-json"] if log_json else []
    context.obj = App(config_file, database, verbose, quiet, lambda arguments: run([*inherited, *arguments]))


for _module in (cli_bank, cli_office, cli_pass, cli_inbox, cli_export, cli_reports, cli_show, cli_skip, cli_trial):
    for _command in vars(_module).values():
        if isinstance(_command, click.Command):
            commands.add_command(_command)
