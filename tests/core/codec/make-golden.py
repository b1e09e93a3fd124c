#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints golden-chunks.h: chunks as HDF5, h5py and hdf5plugin store them.

Item i of each is (i * i) % 97 + i // 16, so that the test knows the values by arithmetic.
Needs h5py, hdf5plugin and numpy; run it by hand: make-golden.py > golden-chunks.h

SPDX-License-Identifier: Apache-2.0
"""

import os
import tempfile

import h5py
import hdf5plugin
import numpy

CASES = [
    # name, dtype, n, options
    ("gzip", "<i4", 101, dict(compression="gzip", compression_opts=4)),
    ("gzip9", "<i8", 200, dict(compression="gzip", compression_opts=9)),
    ("shuffle2_gzip", "<i2", 101, dict(shuffle=True, compression="gzip", compression_opts=4)),
    ("shuffle4_gzip", "<i4", 101, dict(shuffle=True, compression="gzip", compression_opts=4)),
    ("shuffle8_gzip", "<i8", 101, dict(shuffle=True, compression="gzip", compression_opts=4)),
    ("shuffle4", "<i4", 37, dict(shuffle=True)),
    ("big_shuffle4_gzip", ">i4", 101, dict(shuffle=True, compression="gzip", compression_opts=4)),
    ("big8", ">i8", 19, dict()),
    ("lzf", "<i4", 101, dict(compression="lzf")),
    ("shuffle4_lzf", "<i4", 500, dict(shuffle=True, compression="lzf")),
    ("zstd", "<i4", 101, dict(**hdf5plugin.Zstd(clevel=3))),
    ("shuffle4_zstd", "<i4", 101, dict(shuffle=True, **hdf5plugin.Zstd(clevel=19))),
    ("fletcher32", "<i2", 37, dict(fletcher32=True)),
    ("odd_fletcher32", "|u1", 37, dict(fletcher32=True)),
    ("long_fletcher32_gzip", "<i4", 2000, dict(fletcher32=True, compression="gzip", compression_opts=9)),
    ("shuffle4_gzip_fletcher32", "<i4", 101,
     dict(shuffle=True, fletcher32=True, compression="gzip", compression_opts=4)),
]


def stored_chunk(dtype, n, options):
    i = numpy.arange(n)
    values = ((i * i) % 97 + i // 16).astype(dtype)
    path = os.path.join(tempfile.mkdtemp(), "x.h5")
    with h5py.File(path, "w") as file:
        dataset = file.create_dataset("x", data=values, chunks=(n,), **options)
        mask, stored = dataset.id.read_direct_chunk((0,))
        pipeline = dataset.id.get_create_plist()
        filters = [pipeline.get_filter(k)[0] for k in range(pipeline.get_nfilters())]
        assert mask == 0, mask
    return stored, filters


def main():
    print("/* golden-chunks.h: made by make-golden.py with HDF5 %s, do not edit" % h5py.version.hdf5_version)
    print(" *\n * SPDX-License-Identifier: Apache-2.0\n */\n\n#pragma once\n")
    print("#include <glib.h>\n")
    print("/* clang-format off */")
    for name, dtype, n, options in CASES:
        stored, filters = stored_chunk(dtype, n, options)
        print("\n/* %d of %s, HDF5's filters %s */" % (n, dtype, ", ".join(map(str, filters)) or "none"))
        print("static const guint8 golden_%s[] = {" % name)
        for start in range(0, len(stored), 20):
            print("  " + " ".join("%d," % byte for byte in stored[start:start + 20]))
        print("};")


if __name__ == "__main__":
    main()
