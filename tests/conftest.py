from collections.abc import Iterator
from pathlib import Path

import pytest
from support import Home

from codasync.sandbox import Office, Sandbox


@pytest.fixture
def box() -> Iterator[Sandbox]:
    """A CodaBox of an office without dossiers; a test adds what it needs."""
    with Sandbox(Office()) as sandbox:
        yield sandbox


@pytest.fixture
def home(tmp_path: Path, box: Sandbox) -> Home:
    """A registered office, with a config and credentials for `box`."""
    office = Home(tmp_path, box)
    office.write_credentials()
    return office
