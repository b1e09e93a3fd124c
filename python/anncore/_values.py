"""What elements hold, as Python's usual types.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import functools
import importlib
import json
from typing import Any, NamedTuple

import numpy as np

from . import _anncore
from ._errors import make_error


class Sparse(NamedTuple):
    """A sparse matrix, where there is no scipy: as its arguments are.

    ``scipy.sparse.csr_matrix((data, indices, indptr), shape)``, or ``csc_matrix``.
    """

    data: np.ndarray
    indices: np.ndarray
    indptr: np.ndarray
    shape: tuple[int, int]


class Categorical(NamedTuple):
    """A categorical, where there is no pandas."""

    #: Places in the categories, -1 where there is none.
    codes: np.ndarray
    categories: np.ndarray
    ordered: bool


@functools.cache
def find_module(name: str):
    """The module, or None if it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def encode(name: str) -> bytes:
    """As the library has it: what is no UTF-8 is a surrogate in Python."""
    return name.encode("utf-8", "surrogateescape")


def to_array(buffer: _anncore.Buffer) -> np.ndarray:
    """The same memory, which numpy may write to."""
    return np.asarray(buffer)


def _to_numbers(element: _anncore.Element, buffer: _anncore.Buffer) -> np.ndarray:
    array = to_array(buffer)
    is_time = array.dtype == np.int64 and element.dtype not in (None, "int64")
    return array.view(element.dtype) if is_time else array


def texts_to_array(texts: list) -> np.ndarray:
    result = np.empty(len(texts), dtype=object)
    result[:] = texts
    return result


def _read_array(element: _anncore.Element) -> np.ndarray:
    values = element.read()
    if values.texts is None:
        array = _to_numbers(element, values.values)
    else:
        array = texts_to_array(values.texts)
        if element.encoding[0] == "array" and len(array) > 0 and isinstance(array[0], bytes):
            array = array.astype("S")
    return array.reshape(element.shape)


def _read_number(element: _anncore.Element) -> Any:
    number = _to_numbers(element, element.read().values)[0]
    return number if number.dtype.kind in "mM" else number.item()


def _read_string(element: _anncore.Element) -> Any:
    return element.read().texts[0]


def _read_sparse(element: _anncore.Element) -> Any:
    values = element.read()
    data, indices = to_array(values.values), to_array(values.indices)
    indptr = to_array(values.indptr).view(np.int64)
    if indices.dtype.kind == "u":
        indices = indices.astype(np.int32 if indices.itemsize < 4 else np.int64)
    if indices.dtype != np.int64 and len(data) <= np.iinfo(indices.dtype).max:
        indptr = indptr.astype(indices.dtype)
    result = Sparse(data, indices, indptr, element.shape)
    scipy = find_module("scipy.sparse")
    if scipy is None:
        return result
    make = scipy.csr_matrix if element.kind == "csr" else scipy.csc_matrix
    return make((data, indices, indptr), shape=element.shape)


def _read_categorical(element: _anncore.Element) -> Any:
    codes = to_array(element.read().values)
    if len(codes) > 0 and codes.min() < -1:
        row = int(np.flatnonzero(codes < -1)[0])
        raise make_error("corrupt", f"{element.path}: row {row} has a code that is no category", element.store)
    categories, ordered = read_value(element.categories()), element.ordered
    pandas = find_module("pandas")
    if pandas is None:
        return Categorical(codes, categories, ordered)
    return pandas.Categorical.from_codes(codes, categories, ordered=ordered)


def _read_nullable(element: _anncore.Element) -> Any:
    values = element.read()
    array = to_array(values.values)
    missing = np.zeros(array.shape, dtype=bool) if values.missing is None else to_array(values.missing)
    pandas = find_module("pandas")
    if pandas is None:
        return np.ma.MaskedArray(array, missing)
    make = pandas.arrays.BooleanArray if array.dtype == bool else pandas.arrays.IntegerArray
    return make(array, missing)


def _read_nullable_strings(element: _anncore.Element) -> Any:
    values = element.read()
    array = texts_to_array(values.texts)
    if values.missing is not None:
        array[to_array(values.missing)] = None
    pandas = find_module("pandas")
    return array if pandas is None else pandas.array(array, dtype="string")


def _read_frame(element: _anncore.Element) -> Any:
    index = read_value(element.index())
    columns = {name: read_value(element.child(encode(name))) for name in element.children()}
    pandas = find_module("pandas")
    if pandas is None:
        return {"_index": index, **columns}
    frame = pandas.DataFrame(columns, index=pandas.Index(index, name=element.index_name))
    return frame if len(columns) > 0 else frame.reindex(columns=pandas.Index([], dtype=object))


def _read_mapping(element: _anncore.Element) -> dict[str, Any]:
    return {name: read_value(element.child(encode(name))) for name in element.children()}


def _read_records(element: _anncore.Element) -> np.ndarray:
    fields = {name: np.asarray(read_value(element.child(encode(name)))) for name in element.children()}
    rank = len(element.shape)
    dtype = [(name, values.dtype, values.shape[rank:]) for name, values in fields.items()]
    result = np.empty(element.shape, dtype=dtype)
    for name, values in fields.items():
        result[name] = values
    return result


def _read_sequences(element: _anncore.Element) -> np.ndarray:
    texts = element.read().texts
    result = np.empty(len(texts), dtype=object)
    for i, text in enumerate(texts):  # numpy would take those of one length for a second axis
        result[i] = np.array(json.loads(text.replace("inf", "Infinity")), dtype=element.item_dtype)
    return result.reshape(element.shape)


def _read_opaque(element: _anncore.Element) -> np.ndarray:
    items = [bytes.fromhex(text) for text in element.read().texts]
    size = max(map(len, items), default=1)
    return np.array(items, dtype=f"V{size}").reshape(element.shape)


def _unmark(item: dict[str, Any]) -> Any:
    """A tuple, bytes or a record, as the library marks them."""
    if "t" in item:
        return tuple(item["t"])
    if "b" in item:
        return bytes.fromhex(item["b"])
    return {name[1:]: value for name, value in item.items()}


def _read_awkward(element: _anncore.Element) -> list:
    return [json.loads(text, object_hook=_unmark) for text in element.read().texts]


_READERS = {
    "anndata": _read_mapping,
    "raw": _read_mapping,
    "dict": _read_mapping,
    "dataframe": _read_frame,
    "array": _read_array,
    "csr": _read_sparse,
    "csc": _read_sparse,
    "categorical": _read_categorical,
    "nullable-integer": _read_nullable,
    "nullable-boolean": _read_nullable,
    "nullable-string-array": _read_nullable_strings,
    "string-array": _read_array,
    "opaque-array": _read_opaque,
    "vlen-array": _read_sequences,
    "rec-array": _read_records,
    "awkward-array": _read_awkward,
    "string": _read_string,
    "numeric-scalar": _read_number,
    "null": lambda element: None,
}


def read_value(element: _anncore.Element) -> Any:
    """All of an element, or of the part of it that a selection has."""
    if element.state != "ok" or element.kind not in _READERS:
        element.read()  # says why not
        raise make_error("unsupported", f"{element.path}: cannot be read", element.store)
    return _READERS[element.kind](element)
