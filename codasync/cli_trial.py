"""Commands to try things out: the sandbox and the demo."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from codasync.cli_app import App, tell
from codasync.errors import WrongArgument

if TYPE_CHECKING:
    from codasync.sandbox import Sandbox


@click.command("sandbox")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default="sandbox")
@click.option("--port", type=click.IntRange(0, 65535), help="Port on 127.0.0.1; 0 picks a free one.")
@click.option("--advance", metavar="DAYS", type=click.IntRange(min=1), help="Let banking days pass; do not serve.")
@click.option("--token", is_flag=True, help="Print a new one-time token; do not serve.")
def sandbox_command(folder: Path, port: int | None, advance: int | None, *, token: bool) -> None:
    """Serve an imitation of CodaBox on this machine, whose state is kept in FOLDER."""
    from codasync import sandbox  # noqa: PLC0415

    if advance:
        tell(f"it is {sandbox.advance(folder, advance)} in this sandbox now")
    if token:
        click.echo(sandbox.issue_token(folder))
    if advance or token:
        return
    sandbox.serve(open_or_create(folder, port), on_ready=introduce_sandbox)


def open_or_create(folder: Path, port: int | None) -> "Sandbox":
    """Return the sandbox in a folder, made anew where there is none. Raises WrongArgument when that cannot be."""
    from codasync import sandbox  # noqa: PLC0415

    try:
        if sandbox.exists(folder):
            return sandbox.open_folder(folder, port=port)
        return sandbox.create(folder, port=port or 0)
    except OSError as error:
        raise WrongArgument(text=f"cannot make {folder}: {error.strerror}") from None


def introduce_sandbox(box: "Sandbox") -> None:
    """Say what to write into a config, and how to register."""
    for line in ("[codabox]", f'base_url = "{box.url}"', f'software_company = "{box.software_company}"'):
        tell(line)


@click.command("demo")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default="demo")
@click.pass_obj
def demo_command(app: App, folder: Path) -> None:
    """Run the whole main job against the sandbox, in FOLDER, which can then be explored."""
    from codasync import demo, store_ledger, store_reports  # noqa: PLC0415
    from codasync.store import open_store  # noqa: PLC0415

    def accounts() -> list[dict[str, Any]]:
        with open_store(folder / "codasync.db", read_only=True) as store:
            return store_reports.journals(store, None)

    def movements(client_id: str, iban: str) -> list[dict[str, Any]]:
        with open_store(folder / "codasync.db", read_only=True) as store:
            return store_ledger.transactions(store, client_id, iban=iban, first="", last="", state="")

    code = demo.play(demo.prepare(folder), folder, app.run, accounts, movements, click.echo)
    for line in demo.farewell(folder, code):
        click.echo(line)
