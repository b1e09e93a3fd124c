"""What can go wrong, as exceptions.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations


class Error(Exception):
    """A store cannot be opened, read or written.

    What Python has an exception for is that exception too: a missing file is a
    FileNotFoundError, a missing element a KeyError.
    """

    #: The store that this is about, as it was named, without secrets.
    store: str | None = None
    #: What went wrong, in one word: ``corrupt``, ``missing-codec``, ``unsupported``, …
    code: str = "failed"

    def __str__(self) -> str:
        # Those of KeyError and OSError would show other things than the message.
        return str(self.args[0]) if self.args else ""

    def __reduce__(self):
        return _restore, (type(self), str(self), self.__dict__)


class FilterError(Error, ValueError):
    """A filter that breaks the grammar, names what is not there, or compares what cannot be compared."""

    #: Where the mistake is, in characters, from 1.
    column: int = 1
    #: How many characters it is long; 0 where something is missing.
    length: int = 0


class NotFoundError(Error, KeyError):
    """There is no such element, column or label."""


class SelectionError(Error, IndexError):
    """A selection that lies outside of its axis."""


class StoreNotFoundError(Error, FileNotFoundError):
    """There is no such store, or no folder to write it to."""


class StoreExistsError(Error, FileExistsError):
    """The target is there already; ``overwrite=True`` replaces it."""


class StoreDeniedError(Error, PermissionError):
    """The system, a server or a rule of ours forbids the access."""


class StoreTimeoutError(Error, TimeoutError):
    """A server did not answer in time."""


class StoreIOError(Error, OSError):
    """A disk or a network failed."""


_CLASSES: dict[str, type[Error]] = {
    "not-found": NotFoundError,
    "bounds": SelectionError,
    "denied": StoreDeniedError,
    "file-not-found": StoreNotFoundError,
    "exists": StoreExistsError,
    "timed-out": StoreTimeoutError,
    "io": StoreIOError,
}


def _restore(kind: type[Error], message: str, state: dict) -> Error:
    error = kind(message)
    error.__dict__.update(state)
    return error


def make_error(code: str, message: str, store: str | None) -> Error:
    """Called by the extension."""
    if message.endswith("is there already"):
        message += "; overwrite=True replaces it"
    error = _CLASSES.get(code, Error)(message if not store or message.startswith(f"{store}: ") else f"{store}: {message}")
    error.store = store
    error.code = code
    if isinstance(error, OSError):
        error.filename = store
    return error


def make_filter_error(message: str, text: str, position: int, length: int) -> FilterError:
    """Called by the extension. Places in `text` are in bytes."""
    encoded = text.encode()
    error = FilterError(message)
    error.code = "filter"
    error.column = len(encoded[:position].decode(errors="replace")) + 1
    error.length = len(encoded[position:position + length].decode(errors="replace"))
    return error
