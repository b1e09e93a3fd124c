#!/usr/bin/env python3
"""Prints golden-zarr-chunks.h: chunks as numcodecs stores them, for both versions of Zarr.

Item i of each is (i * i) % 97 + i // 16, as in make-golden.py; what has values of its own says so. Needs
numcodecs (with google_crc32c) and numpy; run it by hand: make-golden-zarr.py > golden-zarr-chunks.h

SPDX-License-Identifier: Apache-2.0
"""

import lzma

import numcodecs
import numpy
from numcodecs import (BZ2, CRC32, CRC32C, GZip, LZ4, LZMA, Adler32, AsType, Blosc, Delta, FixedScaleOffset,
                       Fletcher32, PackBits, Quantize, Shuffle, Zlib, Zstd)


def values_of(dtype, n):
    i = numpy.arange(n)
    return ((i * i) % 97 + i // 16).astype(dtype)


def encode(values, *codecs):
    for codec in codecs:
        values = codec.encode(values)
    return numpy.asarray(values).tobytes() if isinstance(values, numpy.ndarray) else bytes(values)


# Of low presets: what a decoder takes memory for is filled by the tests' malloc each time.
RAW = [{"id": lzma.FILTER_LZMA2, "preset": 0}]
RAW_DELTA = [{"id": lzma.FILTER_DELTA, "dist": 4},
             {"id": lzma.FILTER_LZMA1, "preset": 2, "dict_size": 8192, "lc": 1, "lp": 2, "pb": 0}]
RAW_PRESET = [{"id": lzma.FILTER_LZMA1, "preset": 0}]
RAW_X86 = [{"id": lzma.FILTER_X86, "start_offset": 4}, {"id": lzma.FILTER_LZMA2, "dict_size": 65536}]

CASES = [
    # name, dtype, n, codecs
    ("gzip", "<i4", 101, [GZip(5)]),
    ("zlib", "<i4", 101, [Zlib(9)]),
    ("lz4", "<i4", 101, [LZ4(1)]),
    ("bz2", "<i4", 101, [BZ2(9)]),
    ("lzma_xz", "<i4", 101, [LZMA(preset=0)]),
    ("lzma_xz_crc32", "<i4", 101, [LZMA(check=lzma.CHECK_CRC32, preset=1)]),
    ("lzma_alone", "<i4", 101, [LZMA(format=lzma.FORMAT_ALONE, preset=0)]),
    ("lzma_raw", "<i4", 101, [LZMA(format=lzma.FORMAT_RAW, filters=RAW)]),
    ("lzma_raw_delta", "<i4", 101, [LZMA(format=lzma.FORMAT_RAW, filters=RAW_DELTA)]),
    ("lzma_raw_preset", "<i4", 101, [LZMA(format=lzma.FORMAT_RAW, filters=RAW_PRESET)]),
    ("lzma_raw_x86", "<i4", 101, [LZMA(format=lzma.FORMAT_RAW, filters=RAW_X86)]),
    ("zstd_checksum", "<i4", 101, [Zstd(3, checksum=True)]),
    ("blosc_lz4", "<i8", 101, [Blosc("lz4", 5, 1)]),
    ("blosc_zstd", "<i4", 303, [Blosc("zstd", 5, 1, 512)]),
    ("blosc_zlib", "<i4", 303, [Blosc("zlib", 5, 1, 512)]),
    ("blosc_bits", "<i2", 104, [Blosc("zstd", 5, 2)]),
    ("crc32c", "<i4", 21, [CRC32C()]),
    ("crc32c_in_front", "<i4", 21, [CRC32C(location="start")]),
    ("crc32", "<i4", 21, [CRC32()]),
    ("crc32_behind", "<i4", 21, [CRC32(location="end")]),
    ("adler32", "<i4", 21, [Adler32()]),
    ("adler32_behind", "<i4", 21, [Adler32(location="end")]),
    ("fletcher32", "<i4", 21, [Fletcher32()]),
    ("shuffle4_zlib", "<i4", 101, [Shuffle(4), Zlib(1)]),
    ("delta_i4", "<i4", 101, [Delta("<i4")]),
    ("delta_i8_i1", "<i8", 101, [Delta("<i8", "|i1")]),
    ("delta_i2_big_i4", ">i2", 101, [Delta(">i2", "<i4")]),
    ("delta_f8_f4", "<f8", 101, [Delta("<f8", "<f4")]),
    ("delta_f2", "<f2", 101, [Delta("<f2")]),
    ("delta_i4_zlib", "<i4", 101, [Delta("<i4", "<i2"), Zlib(1)]),
    ("astype_i8_i2", "<i8", 101, [AsType("<i2", "<i8")]),
    ("astype_u1_f4_big", "|u1", 101, [AsType(">f4", "|u1")]),
    ("astype_f8_i2_bz2", "<f8", 101, [AsType("<i2", "<f8"), BZ2(1)]),
    ("quantize", "<f8", 101, [Quantize(0, "<f8", "<f4")]),
]


def special_cases():
    v = values_of("<f8", 101)
    gzip = GZip(1)
    yield "gzip_members", "20 and 81 of <i4, and zeros behind them", (
        encode(values_of("<i4", 101)[:20], gzip) + encode(values_of("<i4", 101)[20:], gzip) + bytes(3))
    yield "bz2_streams", "20 and 81 of <i4", (
        encode(values_of("<i4", 101)[:20], BZ2(1)) + encode(values_of("<i4", 101)[20:], BZ2(1)))
    yield "delta_c8", "101 of v[i] + 2 v[i] j, as <c8", encode((v * (1 + 2j)).astype("<c8"), Delta("<c8"))
    yield "fixed_scale_offset", "101 of v[i] / 4 - 3.5 as <f8, stored as |u1", encode(
        v / 4 - 3.5, FixedScaleOffset(-3.5, 4, "<f8", "|u1"))
    yield "fixed_scale_offset_f4_big", "101 of v[i] / 4 - 3.5 as >f4, stored as >f4", encode(
        (v / 4 - 3.5).astype(">f4"), FixedScaleOffset(-3.5, 4, ">f4", ">f4"))
    yield "fixed_scale_offset_f2", "101 of v[i] / 4 - 3.5 as <f4, stored as <f2", encode(
        (v / 4 - 3.5).astype("<f4"), FixedScaleOffset(-3.5, 4, "<f4", "<f2"))
    yield "packbits", "101 of v[i] % 2 != 0", encode(values_of("u1", 101) % 2 != 0, PackBits())
    yield "packbits_whole", "104 of v[i] % 2 != 0", encode(values_of("u1", 104) % 2 != 0, PackBits())
    yield "transpose_f", "8 by 13 of <i4, in Fortran's order", values_of("<i4", 104).reshape(8, 13).T.tobytes()
    yield "transpose_120", "3 by 5 by 7 of >i2, axes 1, 2, 0, by zstd", encode(
        numpy.ascontiguousarray(values_of(">i2", 105).reshape(3, 5, 7).transpose(1, 2, 0)), Zstd(1))


def print_case(name, what, stored):
    print("\n/* %s */" % what)
    print("static const guint8 golden_%s[] = {" % name)
    for start in range(0, len(stored), 20):
        print("  " + " ".join("%d," % number for number in stored[start:start + 20]))
    print("};")


def main():
    print("/* golden-zarr-chunks.h: made by make-golden-zarr.py with numcodecs %s, do not edit" % numcodecs.__version__)
    print(" *\n * SPDX-License-Identifier: Apache-2.0\n */\n\n#pragma once\n")
    print("#include <glib.h>\n")
    print("/* clang-format off */")
    for name, dtype, n, codecs in CASES:
        print_case(name, "%d of %s, by %s" % (n, dtype, ", ".join(codec.codec_id for codec in codecs)),
                   encode(values_of(dtype, n), *codecs))
    for name, what, stored in special_cases():
        print_case(name, what, stored)


if __name__ == "__main__":
    main()
