#!/usr/bin/env python3
"""Reads with h5py and hdf5plugin what test-hdf5-writer.c wrote, and compares.

    read_written.py FILE

SPDX-License-Identifier: Apache-2.0
"""

import sys

import h5py
import hdf5plugin  # noqa: F401  (brings the filters)
import numpy as np

DTYPES = "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 complex64 complex128".split()
SHAPES = {
    "scalar": (), "vector": (37,), "matrix": (7, 5), "empty": (0,), "no columns": (4, 0), "chunked vector": (37,),
    "chunked even": (40,), "chunked short": (3,), "chunked empty": (0,), "chunked matrix": (7, 5), "chunked cube": (4, 3, 5),
}
FILTERS = {
    "none": [], "gzip": [2, 1], "zstd": [2, 32015], "blosc": [32001], "lz4": [32001], "lzf": [2, 32000],
}


def values(dtype, shape):
    """make_values () of the test: bytes by a formula."""
    size = int(np.prod(shape, dtype=int)) * dtype.itemsize
    items = [i % 3 == 0 for i in range(size)] if dtype == bool else [i * 5 % 61 for i in range(size)]
    return np.array(items, dtype=np.uint8).view(dtype).reshape(shape)


def check_numbers(group, filters):
    for name in DTYPES:
        dtype = np.dtype(name)
        for layout, shape in SHAPES.items():
            dataset = group[f"{name}/{layout}"]
            assert dataset.dtype == dtype, (dataset, dtype)
            assert dataset.shape == shape, (dataset, shape)
            found = np.asarray(dataset[()])
            assert found.tobytes() == values(dtype, shape).tobytes(), dataset
            plist = dataset.id.get_create_plist()
            ids = [plist.get_filter(i)[0] for i in range(plist.get_nfilters())]
            expected = filters if layout.startswith("chunked") else []
            if dtype.itemsize == 1:
                expected = [i for i in expected if i != 2]
            assert ids == expected, (dataset, ids)


def check_texts(group):
    kind = h5py.check_string_dtype(group["texts"].dtype)
    assert kind.encoding == "utf-8" and kind.length is None
    assert list(group["texts"].asstr()[:]) == ["a", "", "ü", "日本"]
    assert group["bytes"].dtype == "S6"
    assert list(group["bytes"][:]) == [s.encode() for s in ("a", "", "ü", "日本")]
    records = group["records"]
    assert records.dtype.names == ("name", "score")
    assert [name.decode() for name in records["name"]] == ["B", "Zelle"]
    assert list(records["score"]) == [1.5, -2]


def check_attributes(group):
    attributes = group["attributes"].attrs
    assert attributes["encoding-type"] == "anndata"
    assert list(attributes["column-order"]) == ["a", "", "größer"]
    assert attributes["nothing"].shape == (0,)
    for name in DTYPES:
        found = attributes[name]
        assert found.dtype == name and found.shape == (), (name, found)
        assert found.tobytes() == values(np.dtype(name), ()).tobytes(), name
        found = attributes[f"{name} matrix"]
        assert found.dtype == name and found.shape == (3, 2), (name, found)
    assert group["null"].shape is None
    wide = list(group["wide"].attrs["column-order"])
    assert wide == [f"column {i}" for i in range(10000)]


def main():
    with h5py.File(sys.argv[1]) as file:
        for name, filters in FILTERS.items():
            check_numbers(file[name], filters)
        check_texts(file)
        check_attributes(file)


main()
