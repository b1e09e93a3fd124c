"""Selections as objects of anndata.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from . import _anncore
from ._errors import make_error
from ._values import encode, read_value

if TYPE_CHECKING:
    import anndata

_TABLES = ("obs", "var", "uns", "obsm", "varm")
_REST = ("X", "layers", "obsp", "varp", "raw")


def _read(element: _anncore.Element) -> Any:
    """As anndata has it: nested lists are awkward arrays, stores within a store objects."""
    if element.state == "ok" and element.kind in ("dict", "raw"):
        return _read_some(element, element.children())
    if element.state == "ok" and element.kind == "anndata":
        return _make(**_read_some(element, _TABLES + _REST))
    value = read_value(element)
    return importlib.import_module("awkward").from_iter(value) if element.kind == "awkward-array" else value


def _read_some(element: _anncore.Element, names: Iterable[str]) -> dict[str, Any]:
    there = set(element.children())
    return {name: _read(element.child(encode(name))) for name in names if name in there}


def _make(**parts: Any) -> anndata.AnnData:
    return importlib.import_module("anndata").AnnData(**parts)


def to_anndata(data: _anncore.Data, is_selection: bool) -> anndata.AnnData:
    """Reads all that an AnnData has a place for."""
    if not data.is_annotated:
        raise make_error("unsupported", "is no annotated matrix", data.uri)
    if data.missing_parts is not None:  # whose rows would look as if they had been measured
        raise make_error("not-found", data.missing_parts, data.uri)
    root = data.element(b"")
    tables = _read_some(root, _TABLES)
    if is_selection:
        # A copy of a view of anndata's drops categories that no row uses, and their colours: by
        # itself, before there is anything large to be copied.
        copy = _make(**tables)[:].copy()
        tables = {name: getattr(copy, name) for name in _TABLES}
    return _make(**tables, **_read_some(root, _REST))
