"""The command that gives up a document."""

import click

from codasync.cli_app import App, who


@click.command()
@click.argument("documents", metavar="DOCUMENT...", nargs=-1, required=True)
@click.pass_obj
def skip(app: App, documents: tuple[str, ...]) -> None:
    """Give up each DOCUMENT that CodaBox lists but cannot deliver; the next pass goes past it.

    One that came and could not be booked is marked as seen to: it stays as it is, and `status` names it no more.
    A DOCUMENT is named by its id or its feed index. All of them, or none.
    """
    from codasync import skipping, status_report  # noqa: PLC0415
    from codasync.store import open_store  # noqa: PLC0415
    from codasync.store_lock import pass_lock  # noqa: PLC0415

    with open_store(app.config.database) as store, pass_lock(app.config.database, store.now()):
        lines = skipping.skip(store, skipping.choose(store, documents), who())
        status_report.refresh(store, app.config)
    for line in lines:
        app.say(line)
