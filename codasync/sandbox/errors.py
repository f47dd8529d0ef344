"""The troubles that a person can have with a sandbox."""

from typing import ClassVar

from codasync.errors import CodasyncError


class SandboxError(CodasyncError):
    """A sandbox cannot be made, opened or started."""

    exit_code: ClassVar[int] = 10


class NoSandbox(SandboxError):
    """A folder holds no sandbox."""

    message = "{folder} holds no sandbox"
    hint = "make one with: codasync sandbox {folder}"


class SandboxExists(SandboxError):
    """A new sandbox would overwrite another."""

    message = "{folder} holds a sandbox already"
    hint = "start that one, or choose another folder"


class SandboxDamaged(SandboxError):
    """The file with a sandbox's state cannot be read."""

    message = "{path} is not the state of a sandbox: {text}"
    hint = "delete it to begin anew"


class PortTaken(SandboxError):
    """Another program listens where the sandbox should."""

    message = "port {port} on 127.0.0.1 is taken: {text}"
    hint = "is this sandbox running already? Otherwise choose another port"
