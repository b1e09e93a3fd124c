"""Lazy access to annotated matrices (AnnData): files, Zarr stores, web servers, buckets.

    import anncore

    with anncore.open("cells.h5ad") as data:
        cells = data.select(obs="n_genes > 500 and cell_type in ['B', 'T']")
        print(cells.read("obs/cell_type"))
        cells.export("selected.zarr")

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any, Literal, Union

# The extension takes its exceptions from there.
from ._errors import (
    Error,
    FilterError,
    NotFoundError,
    SelectionError,
    StoreDeniedError,
    StoreExistsError,
    StoreIOError,
    StoreNotFoundError,
    StoreTimeoutError,
)
from . import _anncore
from ._data import ConversionWarning, Data, Element, Finding, Report, View, choose, to_names, warn
from ._values import Categorical, Sparse

__version__ = _anncore.version

__all__ = [
    "Categorical",
    "ConversionWarning",
    "Data",
    "Element",
    "Error",
    "FilterError",
    "Finding",
    "NotFoundError",
    "Report",
    "SelectionError",
    "Sparse",
    "StoreDeniedError",
    "StoreExistsError",
    "StoreIOError",
    "StoreNotFoundError",
    "StoreTimeoutError",
    "View",
    "concat",
    "open",
]

Store = Union[str, os.PathLike[str], Data]
Merge = Literal["same", "unique", "first", "only"]

_JOINS = ("inner", "outer")
_MERGES = ("none", "same", "unique", "first", "only")


def open(
    address: str | os.PathLike[str],
    *,
    token: str | None = None,
    remap: str | os.PathLike[str] | Mapping[str, str | os.PathLike[str]] | None = None,
    skip_missing_parts: bool = False,
) -> Data:
    """Opens a store for reading: a path, ``https://…``, ``s3://bucket/…`` or ``gs://…``.

    Metadata alone is read. A set, ``.h5ads``, is opened with the stores that it names; `remap` says
    where they are if they are no longer there: a folder, or a mapping of their keys, their old
    paths or folders to new ones. Rows of a part that is missing have no values, unless
    `skip_missing_parts` leaves them out. `token` is sent to a web server as ``Authorization: Bearer``;
    without one that of the environment's ``ANN_HTTP_TOKEN``. Keys for S3 come from the environment
    and ``~/.aws``.

    Raises FileNotFoundError, PermissionError, or another `Error`.
    """
    if token is None:
        token = os.environ.get("ANN_HTTP_TOKEN")
    if token is not None and not (token := token.strip()).isprintable():
        raise ValueError("token has a line break or another control character within: it is one line")
    places = None
    if isinstance(remap, Mapping):
        places = [f"{old}={os.fspath(new)}" for old, new in remap.items()]
    elif remap is not None:
        places = [os.fspath(remap)]
    return Data(_anncore.open(os.fsencode(address), token, places, skip_missing_parts))


def _open_parts(stores: Iterable[Store]) -> list[_anncore.Data]:
    if isinstance(stores, (str, os.PathLike, Data)):
        raise TypeError("several stores are joined: a list or a mapping of them is wanted")
    return [(store if isinstance(store, Data) else open(store))._get() for store in stores]


def concat(
    stores: Iterable[Store] | Mapping[str, Store],
    out: str | os.PathLike[str] | None = None,
    *,
    axis: Literal["obs", "var"] = "obs",
    join: Literal["inner", "outer"] = "inner",
    merge: Merge | None = None,
    uns_merge: Merge | None = None,
    label: str | None = None,
    keys: Iterable[str] | None = None,
    index_unique: str | None = None,
    fill_value: float | None = None,
    pairwise: bool = False,
    overwrite: bool = False,
    **options: Any,
) -> View | None:
    """Joins stores as `anndata.concat` does.

    Without `out` the result is lazy: a `View` that reads from the stores. With it the result is
    written there, with the options of `Data.export`; an `out` that ends in ``.h5ads`` becomes a
    set, which names the stores and copies nothing. What the stores have in different types, and
    labels that occur more than once, are a ConversionWarning; what is left out, as by
    `anndata.concat`, is among the `warnings` of the lazy result.
    """
    if isinstance(stores, Mapping):
        if keys is not None:
            raise ValueError("the keys of a mapping are the names of the stores: keys says them again")
        keys, stores = stores.keys(), stores.values()
    parts = _open_parts(stores)
    names = None if keys is None else [str(key) for key in to_names(keys)]
    if not parts:
        raise ValueError("there is nothing to join")
    if names is not None and len(names) != len(parts):
        raise ValueError(f"there are {len(names)} keys for {len(parts)} stores")
    target = b"" if out is None else os.fsencode(out)
    is_set = target.endswith(b".h5ads")
    if is_set and options:
        raise TypeError(f"a set copies nothing, and takes no {', '.join(options)}")
    if out is None and (overwrite or options):
        raise TypeError("how to write is said with out, or to export")

    result = _anncore.concat(
        parts, target if is_set else b"", overwrite, choose("axis", axis, ("obs", "var")),
        choose("join", join, _JOINS), choose("merge", merge or "none", _MERGES),
        choose("uns_merge", uns_merge or "none", _MERGES), label, names, index_unique,
        fill_value is not None, fill_value or 0.0, pairwise)
    if result is None:
        return None
    joined_data, notes, sentences, n_duplicates = result
    joined = View(joined_data, notes)
    if n_duplicates > 0:
        sentences.append(f"{n_duplicates} labels occur more than once: index_unique makes them differ")
    warn(sentences)
    if out is None:
        return joined
    joined.export(out, overwrite=overwrite, **options)
    return None
