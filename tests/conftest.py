import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from support import Home

from codasync.sandbox import Office, Sandbox

# The tests make very many databases, and wait for each commit to be on disk: in memory there is nothing to wait for.
MEMORY = Path("/dev/shm")
if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > 2 << 30:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))

# The same few examples in each run: who looks for new ones takes `--hypothesis-profile default`.
settings.register_profile("suite", derandomize=True, max_examples=40)
settings.load_profile("suite")


def pytest_xdist_auto_num_workers() -> int:
    """Let one test more than there are processors run: many wait for something."""
    return (os.cpu_count() or 1) + 1


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
