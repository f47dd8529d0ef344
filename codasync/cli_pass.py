"""Commands that make a pass, or work on what passes brought."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from codasync import log, report
from codasync.cli_app import App, formats, signals, tell_person

if TYPE_CHECKING:
    from codasync.sync import PassResult


@click.command("sync")
@click.option("--dossier", "name", help="Look at this dossier only.")
@click.option("--dry-run", is_flag=True, help="List what would be fetched; change nothing.")
@click.option("--refresh", is_flag=True, help="Ask for mandates and accounts even when that was done today.")
@formats
@click.pass_obj
def sync_command(app: App, name: str | None, *, dry_run: bool, refresh: bool, form: str) -> int:
    """Make one pass: fetch what is new, store it, acknowledge it."""
    from codasync import sync  # noqa: PLC0415

    if dry_run:
        result = sync.dry_run(app.config, app.credentials, only=name)
        table = {
            "dossier_code": "dossier",
            "model": "kind",
            "action": "action",
            "formats": "formats",
            "reason": "reason",
        }
        columns = (*table, "feed_kind", "feed_index", "metadata")
        report.write_rows(result.planned, columns, sys.stdout, form=form, table_columns=table)
        told = [f"codasync: {one.text}" for one in result.troubles]
    else:
        with signals.gently() as stop, progress(app) as on_progress:
            result = sync.run(app.config, app.credentials, only=name, refresh=refresh, stop=stop, progress=on_progress)
            told = pass_lines(app, result)
    for line in told:
        tell_person(line)
    return result.exit_code


def pass_lines(app: App, result: "PassResult") -> list[str]:
    """Choose what is said of a pass: everything to a person who watches, to cron only what is worth a mail."""
    watched = sys.stderr.isatty() or app.verbose
    told = [*result.refused, *(one.text for one in result.troubles)] if watched else result.news
    lines = [f"codasync: {one}" for one in [*result.remarks, *told]]
    worth_it = watched or result.received or result.new_dossiers or result.vanished_dossiers
    if result.counts["unreadable"] or (worth_it and not app.quiet):
        lines.insert(0, summary(result))
    return lines


def summary(result: "PassResult") -> str:
    """Say in one line what a pass brought."""
    parts = [f"{result.received} document{'' if result.received == 1 else 's'} received"]
    for state, words in (("duplicate", "known already"), ("unreadable", "unreadable (codasync status)")):
        if count := result.counts[state]:
            parts.append(f"{count} {words}")
    parts.append(f"{result.feeds_polled} feeds polled")
    for heading, names in (("new", result.new_dossiers), ("no longer listed", result.vanished_dossiers)):
        if names:
            parts.append(f"{len(names)} dossier{'' if len(names) == 1 else 's'} {heading}: {', '.join(names[:5])}")
            parts[-1] += ", ..." if len(names) > 5 else ""
    return "; ".join(parts)


@contextmanager
def progress(app: App) -> Iterator[Callable[[int, int], None] | None]:
    """Show a progress bar where somebody can see it."""
    if not sys.stderr.isatty() or app.quiet or app.verbose or log.writes_json():
        yield None
        return
    advance, stop = report.progress_bar(sys.stderr)
    try:
        yield advance
    finally:
        stop()


@click.command()
@formats
@click.pass_obj
def reparse(app: App, form: str) -> int:
    """Read the stored documents again, after an upgrade or for those that could not be read; list what changed."""
    from codasync import status_report  # noqa: PLC0415
    from codasync.rereading import reread  # noqa: PLC0415
    from codasync.store_lock import pass_lock  # noqa: PLC0415

    with app.open_store(create=True) as store, pass_lock(app.config.database, store.now()):
        rows = reread(store, app.config)
        if rows:
            status_report.refresh(store, app.config)
    app.say(f"{len(rows)} document{'' if len(rows) == 1 else 's'} changed or failed" if rows else "nothing changed")
    table = {"dossier_code": "dossier", "id": "document", "model": "kind", "format": "format", "change": "change"}
    report.write_rows(rows, tuple(table), sys.stdout, form=form, table_columns=table)
    return 3 if any(row["failed"] for row in rows) else 0
