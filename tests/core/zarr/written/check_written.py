#!/usr/bin/env python3
"""check_written.py: what test-zarr-writer.c wrote, read by zarr-python

SPDX-License-Identifier: Apache-2.0

    python check_written.py STORE VERSION

Ends with 77 where there is no zarr-python; a warning is an error.
"""

import math
import sys
import warnings

try:
    import numpy as np
    import zarr
except ImportError:
    sys.exit(77)

warnings.simplefilter("error")
NUMBERS = "b1 i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 c8 c16".split()


def expected(code):
    values = np.arange(1, 6)
    if code == "b1":
        return values % 2 != 0
    return (values + values / 2 * 1j if code[0] == "c" else values).astype(code)


def check_arrays(group, version):
    for code in NUMBERS:
        found = group[code][:]
        assert found.dtype == np.dtype(code), (code, found.dtype)
        assert (found == expected(code)).all(), (code, found)
    for name in ("gzip", "zstd", "blosc", "lz4"):
        assert (group[name][:] == np.arange(1, 16, dtype="f4").reshape(5, 3)).all(), name
    assert group["empty"].shape == (0, 3)
    assert list(group["texts"][:]) == ["a", "bä", ""]
    assert group["text-matrix"][:].tolist() == [["a", "b"], ["c", "d"], ["e", "f"]]
    assert group["bytes"][:].tolist() == [b"abc", b"d", b""]
    assert [v.tobytes() for v in group["opaque"][:]] == [b"abcde", b"fghij", b"klmno"]
    assert group["records"][:].tolist() == [
        ("bär", 0.5, 7, b"ab", True), ("x", 1.5, 8, b"c", False), ("", 2.5, 9, b"", True)]
    assert group["number"][()] == 3.5 and group["number"].shape == ()
    assert group["text"][()] == "hällo"
    assert group["null"].shape == () and group["null"][()] == False  # noqa: E712
    if version == 3:
        assert (group["shards"][:] == np.arange(1, 22).reshape(7, 3)).all()
        assert list(group["text-shards"][:]) == list("abcdefg")


def check_attributes(attributes):
    assert attributes["text"] == 'q"\\\n\x01ü\0n'
    assert attributes["list"] == ["a", "ü", ""] and attributes["none"] == []
    assert attributes["matrix"] == [[-2, -1, 0], [1, 2, 3]]
    assert attributes["large"] == 2**64 - 1 and attributes["negative"] == -(2**63)
    floats = attributes["floats"]
    assert floats[:4] == [1.0, 0.1, 1e300, -math.inf] and math.isnan(floats[4]) and floats[5] == 1 / 3
    assert isinstance(floats[0], float) and attributes["flag"] is True
    assert attributes["object"] == {"a": [1, None]} and "reference" not in attributes


path, version = sys.argv[1], int(sys.argv[2])
for consolidated in (False, True):
    root = zarr.open_group(path, mode="r", zarr_format=version, use_consolidated=consolidated)
    names = {name for name, _ in root.members()}
    assert names == {name for name, _ in root["gröup"].members()} | {"gröup"}
    for group in (root, root["gröup"]):
        check_arrays(group, version)
        check_attributes(dict(group.attrs))
