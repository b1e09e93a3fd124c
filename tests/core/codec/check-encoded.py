#!/usr/bin/env python3
"""Decodes what our encoders wrote with numcodecs, and with h5py what only HDF5 has.

    test-codec-encode --write FOLDER && check-encoded.py FOLDER

Needs numcodecs (with google_crc32c), h5py and numpy; run it by hand.

SPDX-License-Identifier: Apache-2.0
"""

import pathlib
import sys

import h5py
import numcodecs
import numpy
from numcodecs import CRC32, CRC32C, GZip, LZ4, Adler32, Blosc, Shuffle, Zlib, Zstd


def swap(size):
    return lambda stored: numpy.frombuffer(stored, f">u{size}").astype(f"<u{size}").tobytes()


def through_hdf5(stored, size, folder):
    """LZF as h5py's filter reads it."""
    with h5py.File(folder / "lzf.h5", "w") as file:
        data = file.create_dataset("x", (size,), "u1", chunks=(size,), compression="lzf")
        data.id.write_direct_chunk((0,), stored)
    with h5py.File(folder / "lzf.h5") as file:
        return file["x"][:].tobytes()


def decoder(codec):
    return lambda stored: numpy.asarray(codec.decode(stored)).tobytes()


STEPS = {
    "none": [], "swap4": [swap(4)], "swap8": [swap(8)],
    **{f"shuffle{n}": [decoder(Shuffle(n))] for n in (2, 3, 4, 8)},
    **{name: [decoder(Zlib())] for name in ("zlib", "zlib0", "zlib9")},
    **{name: [decoder(GZip())] for name in ("gzip", "gzip6")},
    **{name: [decoder(Zstd())] for name in ("zstd", "zstd-7", "zstd19")},
    "lz4": [decoder(LZ4())], "crc32c": [decoder(CRC32C(location="end"))], "crc32": [decoder(CRC32())],
    "adler32": [decoder(Adler32())],
    **{name: [decoder(Blosc())] for name in ("blosc-zstd4", "blosc-zstd8", "blosc-lz44", "blosc-lz41")},
    "shuffle4-zlib": [decoder(Zlib()), decoder(Shuffle(4))],
    "swap4-zstd-crc32c": [decoder(CRC32C(location="end")), decoder(Zstd()), swap(4)],
}


def main():
    folder = pathlib.Path(sys.argv[1])
    n = 0
    for path in sorted(folder.glob("*.encoded")):
        raw = path.with_suffix(".raw").read_bytes()
        decoded = path.read_bytes()
        name = path.name.split(".")[0]
        if name == "shuffle3" and len(raw) % 3 != 0:
            continue  # what makes no item is kept as it is by HDF5 alone
        if name == "lzf":
            decoded = through_hdf5(decoded, len(raw), folder)
        for step in STEPS.get(name, []):
            decoded = step(decoded)
        if decoded != raw:
            sys.exit(f"{path} decodes to {len(decoded)} other bytes")
        n += 1
    print(f"{n} chunks of {numcodecs.__name__} {numcodecs.__version__} and h5py {h5py.__version__}: all the same")


main()
