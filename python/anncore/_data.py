"""Stores, selections of them, and their elements.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import contextlib
import os
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, SupportsIndex, Union

import numpy as np

from . import _anncore
from ._anndata import to_anndata
from ._errors import Error
from ._values import encode, read_value, to_array

if TYPE_CHECKING:
    import anndata

Axis = Literal["obs", "var"]
#: Which rows, or columns: a filter, a slice, positions, a mask, labels, or None for all.
Rows = Union[str, slice, SupportsIndex, Sequence[int], Sequence[bool], Sequence[str], np.ndarray, None]
Progress = Callable[[int, int], object]

_AXES = ("obs", "var")
_PROFILES = ("portable", "modern", "faithful")
_LAYOUTS = ("keep", "csr", "csc", "dense")
_STORE_FORMATS = ("h5ad", "zarr", "zarr.zip")
_FORMATS = ("h5ad", "zarr", "zarr.zip", "csv", "csv.gz", "tsv", "tsv.gz", "mtx", "ids")


class ConversionWarning(UserWarning):
    """Something is not written as it was, or not at all."""


class Finding(NamedTuple):
    """What a store breaks of a rule of the format."""

    #: ``error``, ``warning`` or ``note``.
    severity: str
    #: The name of the rule; these stay the same.
    rule: str
    #: Of which element; empty for the store as a whole.
    path: str
    message: str


class Report(NamedTuple):
    """What `Data.validate` found."""

    findings: list[Finding]
    #: How many elements were looked at.
    n_elements: int
    #: How many of them could not be read, of all their values.
    n_unread: int


def choose(name: str, value: str, choices: Sequence[str]) -> int:
    """The place of a word among those that are allowed."""
    if value not in choices:
        raise ValueError(f"{name}={value!r}: it is one of {', '.join(map(repr, choices))}")
    return choices.index(value)


def to_names(names: str | Iterable[str]) -> list[str]:
    """A single text is one name, and not its letters."""
    return [names] if isinstance(names, str) else list(names)


def warn(sentences: Iterable[str]) -> None:
    """Tells who called the package what is not as it was."""
    level = 2
    frame = sys._getframe(1)
    while frame is not None and frame.f_globals.get("__package__") == __package__:
        frame = frame.f_back
        level += 1
    for sentence in sentences:
        warnings.warn(sentence, ConversionWarning, stacklevel=level)


def _to_rows(rows: Rows) -> Any:
    """As the extension takes it: text, slice, list of labels, or an array of int64 or bool."""
    if rows is None or isinstance(rows, (str, slice)):
        return rows
    if isinstance(rows, (int, np.integer)) and not isinstance(rows, bool):
        rows = [rows]
    if isinstance(rows, Sequence) and len(rows) > 0 and all(isinstance(label, str) for label in rows):
        return list(rows)  # an array of texts drops NULs at their ends
    array = np.asarray(rows)
    if array.ndim != 1:
        raise TypeError(f"rows and columns are chosen by lists with one axis, not {array.ndim}")
    if array.size == 0:
        return np.empty(0, dtype=np.int64) if array.dtype != bool else np.ascontiguousarray(array)
    if array.dtype == bool:
        return np.ascontiguousarray(array)
    if array.dtype.kind in "iu":
        if array.dtype.itemsize == 8 and array.dtype.kind == "u" and array.max() > np.iinfo(np.int64).max:
            raise IndexError(f"there is no row {array.max()}")
        return np.ascontiguousarray(array, dtype=np.int64)
    if array.dtype.kind in "OUT":
        labels = array.tolist()
        if all(isinstance(label, str) for label in labels):
            return labels
        if all(isinstance(label, (bool, np.bool_)) for label in labels):
            return np.ascontiguousarray(array, dtype=bool)
    raise TypeError(f"rows and columns are chosen by positions, a mask or labels, not by {array.dtype} values")


def _to_options(
    *,
    format: str | None = None,
    profile: str = "portable",
    compression: str | None = None,
    elements: str | Iterable[str] | None = None,
    zarr_format: int | None = None,
    layout: str = "keep",
    chunk_rows: int | None = None,
    shard_rows: int | None = None,
    keep_unused_categories: bool = False,
    skip_unreadable: bool = False,
    overwrite: bool = False,
) -> tuple[Any, ...]:
    """How to write, as the extension takes it."""
    if format is not None:
        choose("format", format, _FORMATS)
    if zarr_format not in (None, 2, 3):
        raise ValueError(f"zarr_format={zarr_format!r}: it is 2 or 3")
    if (chunk_rows or 0) < 0 or (shard_rows or 0) < 0:
        raise ValueError("chunk_rows and shard_rows are numbers of rows")
    return (format, choose("profile", profile, _PROFILES), compression, chunk_rows or 0, zarr_format or 0,
            shard_rows or 0, choose("layout", layout, _LAYOUTS), keep_unused_categories, skip_unreadable, overwrite,
            None if elements is None else to_names(elements))


@contextlib.contextmanager
def _made_folder(path: str) -> Iterator[None]:
    """Makes a folder, if it is none of a bucket; nothing is left of it if what is done in it fails."""
    missing = []
    above = os.path.abspath(path)
    while "://" not in path and not os.path.exists(above):
        missing.append(above)
        above = os.path.dirname(above)
    if missing:
        os.makedirs(path)
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):  # of one in which somebody else put something
            for folder in missing:
                os.rmdir(folder)
        raise


class Element:
    """One thing that a store holds: a matrix, a table, a column, a mapping of more of them.

    What it knows comes from metadata; values are read by `read`. One that is broken or unknown is
    there too, and says in `state` and `error` what is wrong with it.
    """

    __slots__ = ("_element",)

    def __init__(self, element: _anncore.Element) -> None:
        self._element = element

    @property
    def path(self) -> str:
        """Where it lies in its store, such as ``obs/cell_type``."""
        return self._element.path

    @property
    def kind(self) -> str:
        """What it is: ``array``, ``csr``, ``csc``, ``dataframe``, ``categorical``, ``dict``, …"""
        return self._element.kind

    @property
    def shape(self) -> tuple[int, ...]:
        return self._element.shape

    @property
    def dtype(self) -> np.dtype | None:
        """The type of its numbers; None for texts, categories, tables and mappings."""
        name = self._element.dtype
        return None if name is None else np.dtype(name)

    @property
    def nnz(self) -> int | None:
        """How many values a sparse matrix stores; None where that is known only after reading."""
        return self._element.n_stored

    @property
    def encoding(self) -> tuple[str, str]:
        """Its ``encoding-type`` and ``encoding-version``."""
        return self._element.encoding

    @property
    def state(self) -> str:
        """``ok``, ``unsupported``, ``missing codec``, ``corrupt`` or ``denied``."""
        return self._element.state

    @property
    def error(self) -> str | None:
        """Why its state is not ``ok``."""
        return self._element.error

    @property
    def warnings(self) -> list[str]:
        """What is odd about it and was read all the same."""
        return self._element.warnings

    def keys(self) -> list[str]:
        """The names of what lies in it: entries of a mapping, columns of a table."""
        return self._element.children()

    def read(self) -> Any:
        """All of its values; see `Data.read`."""
        return read_value(self._element)

    def stats(self) -> dict[str, Any]:
        """What a column, an array or a matrix holds, in numbers; see `Data.stats`."""
        return self._element.summarize()

    def __repr__(self) -> str:
        size = " × ".join(map(str, self.shape))
        parts = [self.kind, size, str(self.dtype or ""), "" if self.state == "ok" else self.state]
        return f"<Element {self.path!r}: {' '.join(part for part in parts if part)}>"


class Data:
    """A store: an annotated matrix, of which nothing is read but what is asked for.

    Opened by `anncore.open`. A context manager; one that is not closed is when it is no longer
    used. All methods may be called by several threads at the same time, and let others run.
    """

    __slots__ = ("_data", "__weakref__")
    _is_selection = False

    def __init__(self, data: _anncore.Data) -> None:
        self._data: _anncore.Data | None = data

    def __enter__(self) -> Data:
        self._get()
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the store. Selections of it that were made before go on."""
        self._data = None

    @property
    def closed(self) -> bool:
        return self._data is None

    def _get(self) -> _anncore.Data:
        if self._data is None:
            raise ValueError("this store was closed")
        return self._data

    @property
    def uri(self) -> str:
        """The path or address that it was opened by, without what is secret."""
        return self._get().uri

    @property
    def format(self) -> str:
        """Such as ``HDF5``."""
        return self._get().format

    @property
    def n_obs(self) -> int:
        """The number of observations."""
        return self._get().n_obs

    @property
    def n_vars(self) -> int:
        """The number of variables."""
        return self._get().n_vars

    @property
    def shape(self) -> tuple[int, int]:
        """`n_obs` and `n_vars`."""
        return self.n_obs, self.n_vars

    @property
    def obs_names(self) -> np.ndarray:
        """The labels of the observations, as an array of str. Read each time."""
        return self._read_labels("obs")

    @property
    def var_names(self) -> np.ndarray:
        """The labels of the variables, as an array of str. Read each time."""
        return self._read_labels("var")

    def _read_labels(self, axis: Axis) -> np.ndarray:
        return np.asarray(read_value(self._open(axis).index()))

    @property
    def warnings(self) -> list[str]:
        """What is odd about the store as a whole and was read all the same."""
        return self._get().warnings

    def keys(self) -> list[str]:
        """The paths of all elements: ``X``, ``obs``, ``obs/cell_type``, …"""
        return self._get().elements()

    def __len__(self) -> int:
        return self.n_obs

    def __contains__(self, path: object) -> bool:
        try:
            return isinstance(path, str) and self._open(path) is not None
        except KeyError:
            return False

    def _open(self, path: str) -> _anncore.Element:
        return self._get().element(encode(path))

    def element(self, path: str) -> Element:
        """What lies at a path: its kind, shape and type. Raises KeyError if there is nothing."""
        return Element(self._open(path))

    def read(self, path: str) -> Any:
        """Reads all of an element.

        Matrices are numpy arrays, or scipy's `csr_matrix` and `csc_matrix`; columns are arrays,
        `pandas.Categorical` and pandas' arrays with missing values; tables are a
        `pandas.DataFrame`, mappings a dict. Without scipy a sparse matrix is an
        `anncore.Sparse`; without pandas a categorical is an `anncore.Categorical`, a table a dict
        of columns with its labels under ``_index``, and what may be missing is masked, or None.
        """
        return read_value(self._open(path))

    def stats(self, path: str) -> dict[str, Any]:
        """What a column, an array or a matrix holds, in numbers, in bounded memory.

        The names are those of ``ann stats --json``: ``n``, ``missing``, ``distinct``; of numbers
        ``min``, ``max``, ``mean``, ``sd``, ``quantiles``, ``histogram``, …; of others ``values``,
        pairs of a text and how often it occurs.
        """
        return self.element(path).stats()

    def validate(self, *, deep: bool = False, progress: Progress | None = None) -> Report:
        """Checks the store against the rules of the format, with `deep` all of its values.

        What it breaks is in the result, and raises nothing. A selection is nothing stored, and
        cannot be checked.
        """
        findings, n_elements, n_unread = self._get().validate(deep, progress)
        return Report([Finding(*finding) for finding in findings], n_elements, n_unread)

    def filter(self, text: str, axis: Axis = "obs") -> np.ndarray:
        """The positions (int64, rising) of the rows for which a filter is true.

        The language is that of ``ann`` and the window: ``n_genes > 500 and X["CD3D"] > 0``.
        Raises FilterError for a mistake in it.
        """
        return to_array(self._get().filter(text, choose("axis", axis, _AXES)))

    def select(self, obs: Rows = None, var: Rows = None) -> View:
        """Some observations and variables, in the order asked, as ``adata[obs, var]``.

        Each is a filter, a slice, positions, a mask of bools or a list of labels; a single text is
        a filter. Labels and what a filter names are read, nothing else.
        """
        return View(self._get().select(_to_rows(obs), _to_rows(var)), is_selection=True)

    def to_anndata(self) -> anndata.AnnData:
        """Reads it as an `anndata.AnnData` in memory; anndata has to be installed.

        A selection is what ``adata[obs, var].copy()`` is, without categories that no row uses.
        Nested lists become awkward arrays, for which awkward has to be installed.
        """
        return to_anndata(self._get(), self._is_selection)

    def export(
        self,
        out: str | os.PathLike[str],
        *,
        format: str | None = None,
        profile: Literal["portable", "modern", "faithful"] = "portable",
        compression: str | None = None,
        elements: str | Iterable[str] | None = None,
        zarr_format: Literal[2, 3] | None = None,
        layout: Literal["keep", "csr", "csc", "dense"] = "keep",
        chunk_rows: int | None = None,
        shard_rows: int | None = None,
        keep_unused_categories: bool = False,
        skip_unreadable: bool = False,
        overwrite: bool = False,
        progress: Progress | None = None,
    ) -> None:
        """Writes it: whole, or not at all, in bounded memory.

        The ending of `out` says the format: ``.h5ad``, ``.zarr``, ``.zarr.zip``, ``.csv``,
        ``.tsv``, ``.mtx``; of text `format` says it too, such as ``ids``. `compression` is ``none``,
        ``gzip``, ``zstd``, ``blosc``, ``lz4`` or ``lzf``, with a level if wanted: ``gzip:6``.
        `progress` is called now and then with the bytes that are done and those that there are;
        what it raises ends the export. What is not written as it was is a ConversionWarning.
        """
        options = _to_options(
            format=format, profile=profile, compression=compression, elements=elements, zarr_format=zarr_format,
            layout=layout, chunk_rows=chunk_rows, shard_rows=shard_rows,
            keep_unused_categories=keep_unused_categories, skip_unreadable=skip_unreadable, overwrite=overwrite)
        warn(self._get().export(os.fsencode(out), options, progress))

    def split(
        self,
        column: str,
        folder: str | os.PathLike[str],
        *,
        format: Literal["h5ad", "zarr", "zarr.zip"] = "h5ad",
        progress: Progress | None = None,
        **options: Any,
    ) -> dict[str, str]:
        """Writes a store for each value of a column of obs: all of them, or none.

        They lie in `folder`, which is made if it is not there, or below an address of a bucket.
        Takes the options of `export`. Rows without a value are in no store, which is a
        ConversionWarning. The result says for each value where its store is.
        """
        choose("format", format, _STORE_FORMATS)
        prefix, query = os.fsdecode(folder), ""
        if "://" in prefix:
            prefix, mark, query = prefix.partition("?")
            query = mark + query
        prefix = os.path.join(prefix, "")
        with _made_folder(prefix):
            parts, sentences, n_missing = self._get().split(
                encode(column), os.fsencode(prefix), os.fsencode(f".{format}{query}"),
                _to_options(format=format, **options), progress)
        if n_missing > 0:
            sentences.append(f"obs/{column}: {n_missing} rows have no value, and are in no store")
        warn(sentences)
        return dict(parts)

    def __repr__(self) -> str:
        if self._data is None:
            return f"<closed {type(self).__name__}>"
        try:
            return self._describe()
        except Error as error:
            return f"{type(self).__name__} of {self.uri!r}, which cannot be listed: {error}"

    def _describe(self) -> str:
        data = self._get()
        if not data.is_annotated:
            names = ", ".join(map(repr, data.element(b"").children()))
            return f"{type(self).__name__} of {self.uri!r} ({self.format}), no annotated matrix: {names}"
        lines = [f"{type(self).__name__} with n_obs × n_vars = {self.n_obs} × {self.n_vars} of {self.uri!r} ({self.format})"]
        for name in data.element(b"").children():
            element = data.element(encode(name))
            if element.state != "ok":
                lines.append(f"    {name}: {element.state}")
            elif element.kind in ("dict", "dataframe"):
                names = element.children()
                lines += [f"    {name}: {', '.join(map(repr, names))}"] if names else []
            elif element.kind == "raw":
                lines.append(f"    raw: {' × '.join(map(str, element.shape))}")
            elif element.kind != "null":
                lines.append(f"    {name}: {element.kind}" + (f", {np.dtype(element.dtype)}" if element.dtype else ""))
        return "\n".join(lines)


class View(Data):
    """A selection of a store, or stores that are joined: reads from them, and is stored nowhere."""

    __slots__ = ("_is_selection", "_notes")

    def __init__(self, data: _anncore.Data, notes: Sequence[str] = (), *, is_selection: bool = False) -> None:
        super().__init__(data)
        self._notes = tuple(notes)
        self._is_selection = is_selection

    @property
    def warnings(self) -> list[str]:
        """What is odd about it, and what joined stores have that it has not."""
        return super().warnings + list(self._notes)
