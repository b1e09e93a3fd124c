#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints golden-chunks.h: chunks as HDF5, h5py and hdf5plugin store them.

Item i of each is (i * i) % 97 + i // 16, so that the test knows the values by arithmetic; what has
values of its own says so where it is made. Needs blosc2, h5py, hdf5plugin, numcodecs and numpy; run it by hand: make-golden.py > golden-chunks.h

SPDX-License-Identifier: Apache-2.0
"""

import os
import tempfile

import blosc2 as python_blosc2
import h5py
import hdf5plugin
import numcodecs
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


BZIP2, BLOSC, LZ4, BITSHUFFLE, BLOSC2 = 307, 32001, 32004, 32008, 32026
NBIT, SCALE_OFFSET, SZIP = 5, 6, 4


def blosc(inner, level, shuffle):
    code = ["blosclz", "lz4", "lz4hc", "snappy", "zlib", "zstd"].index(inner)
    return (BLOSC, (0, 0, 0, 0, level, shuffle, code))


def blosc2(inner, level, shuffle, block_size=0):
    return (BLOSC2, (0, block_size) + blosc(inner, level, shuffle)[1][2:])


# Filters with parameters, by number: name, dtype, n, filters. Parameters are printed as HDF5 completed them.
CASES_BY_NUMBER = [
    ("bzip2", "<i4", 101, [(BZIP2, (9,))]),
    ("lz4", "<i4", 101, [(LZ4, ())]),
    ("lz4_blocks", "<i4", 300, [(LZ4, (128,))]),
    ("lz4_whole_blocks", "|u1", 101, [(LZ4, (32,))]),
    ("blosc_blosclz", "<i4", 500, [blosc("blosclz", 9, 1)]),
    ("blosc_lz4", "<i4", 500, [blosc("lz4", 5, 1)]),
    ("blosc_lz4hc", "<i8", 500, [blosc("lz4hc", 5, 1)]),
    ("blosc_zlib", "<i2", 500, [blosc("zlib", 5, 0)]),
    ("blosc_zstd_bits", "<i4", 512, [blosc("zstd", 5, 2)]),
    ("shuffle4_blosc", "<i4", 101, [(2, ()), blosc("zstd", 3, 0)]),
    ("blosc2", "<i4", 101, [blosc2("zstd", 5, 1)]),
    ("blosc2_blosclz", "<i8", 101, [blosc2("blosclz", 9, 1)]),
    ("blosc2_lz4_bits", "<i4", 200, [blosc2("lz4", 5, 2, 256)]),
    ("blosc2_zlib", "<i2", 101, [blosc2("zlib", 5, 0)]),
    ("blosc2_delta", "<i4", 200, [blosc2("zstd", 5, 3, 256)]),
    ("blosc2_copied", "<i4", 51, [blosc2("lz4", 0, 0)]),
    ("bitshuffle1", "|u1", 101, [(BITSHUFFLE, ())]),
    ("bitshuffle2", "<i2", 101, [(BITSHUFFLE, (0, 0))]),
    ("bitshuffle4_few", "<i4", 7, [(BITSHUFFLE, ())]),
    ("bitshuffle4_blocks", "<i4", 45, [(BITSHUFFLE, (16, 0))]),
    ("bitshuffle8_gzip", "<i8", 1101, [(BITSHUFFLE, ()), (1, (9,))]),
    ("bitshuffle4_lz4", "<i4", 101, [(BITSHUFFLE, (0, 2))]),
    ("bitshuffle8_lz4_blocks", "<i8", 500, [(BITSHUFFLE, (64, 2))]),
    ("bitshuffle2_zstd", "<i2", 500, [(BITSHUFFLE, (128, 3, 5))]),
    ("szip1", "|u1", 101, [(SZIP, (32, 16))]),
    ("szip2_big", ">i2", 101, [(SZIP, (32, 8))]),
    ("szip2_entropy", "<i2", 96, [(SZIP, (4, 16))]),
    ("szip4", "<i4", 101, [(SZIP, (32, 16))]),
    ("szip4_lines", "<i4", 700, [(SZIP, (32, 4))]),
    ("szip8", "<i8", 128, [(SZIP, (32, 32))]),
    ("scale_offset1", "|u1", 101, [(SCALE_OFFSET, (2, 0))]),
    ("scale_offset2_big", ">i2", 101, [(SCALE_OFFSET, (2, 0))]),
    ("scale_offset4", "<i4", 101, [(SCALE_OFFSET, (2, 0))]),
    ("scale_offset4_11_bits", "<u4", 101, [(SCALE_OFFSET, (2, 11))]),
    ("scale_offset4_all_bits", "<i4", 37, [(SCALE_OFFSET, (2, 32))]),
    ("scale_offset8", "<i8", 101, [(SCALE_OFFSET, (2, 0))]),
    ("scale_offset8_40_bits", "<i8", 101, [(SCALE_OFFSET, (2, 40))]),
    ("shuffle4_scale_offset", "<i4", 101, [(2, ()), (SCALE_OFFSET, (2, 0))]),
    ("nbit_nothing", "<i4", 37, [(NBIT, ())]),
]


def values_of(dtype, n):
    i = numpy.arange(n)
    return ((i * i) % 97 + i // 16).astype(dtype)


def chunk_of(values, filetype, filters, fill=None):
    """What HDF5 stores for values, as that type of file, with these filters, and the parameters of the last."""
    path = os.path.join(tempfile.mkdtemp(), "x.h5")
    with h5py.File(path, "w") as file:
        pipeline = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        pipeline.set_chunk(values.shape)
        if fill is not None:
            pipeline.set_fill_value(numpy.array(fill, values.dtype))
        for number, parameters in filters:
            if number == 2:
                pipeline.set_shuffle()
            elif number == SZIP:
                pipeline.set_szip(*parameters)
            else:
                pipeline.set_filter(number, 0, parameters)
        dataset = h5py.h5d.create(file.id, b"x", filetype, h5py.h5s.create_simple(values.shape), pipeline)
        dataset.write(h5py.h5s.ALL, h5py.h5s.ALL, values)
        file.flush()
        mask, stored = dataset.read_direct_chunk((0,) * values.ndim)
        assert mask == 0, mask
        pipeline = dataset.get_create_plist()
        filters = [pipeline.get_filter(k) for k in range(pipeline.get_nfilters())]
    return stored, [f[0] for f in filters], [f for f in filters if f[0] not in (1, 2)][0][2]


def number_type(dtype, precision, offset):
    filetype = h5py.h5t.py_create(numpy.dtype(dtype)).copy()
    filetype.set_precision(precision)
    filetype.set_offset(offset)
    return filetype


def record_type():
    """{ at 1: 18 bits from bit 3 of 4 bytes; at 6: 3 times 9 bits of 2 bytes, big-endian; at 13: 3 bytes of text }"""
    filetype = h5py.h5t.create(h5py.h5t.COMPOUND, 17)
    filetype.insert(b"a", 1, number_type("<u4", 18, 3))
    filetype.insert(b"b", 6, h5py.h5t.array_create(number_type(">u2", 9, 0), (3,)))
    filetype.insert(b"c", 13, h5py.h5t.py_create(numpy.dtype("S3")))
    return filetype


def special_cases():
    v = values_of("<u4", 101)
    for name, dtype, precision, offset in [("nbit4", "<u4", 17, 0), ("nbit4_offset", "<u4", 20, 6),
                                           ("nbit2_big", ">u2", 10, 3), ("nbit8_big", ">u8", 41, 7)]:
        yield name, "%d bits from bit %d of %s" % (precision, offset, dtype), chunk_of(
            v.astype(dtype.replace(">", "<")), number_type(dtype, precision, offset), [(NBIT, ())])

    records = numpy.zeros(20, dtype=[("a", "<u4"), ("b", "<u2", (3,)), ("c", "S3")])
    for i in range(20):
        records[i] = (v[i], [v[i] + 1, v[i] + 2, v[i] + 3], b"%03d" % i)
    yield "nbit_records", "records of v[i]; v[i] + 1, + 2, + 3; \"%03d\" i", chunk_of(
        records, record_type(), [(NBIT, ())])

    for name, dtype, fill in [("scale_offset_floats", "<f4", None), ("scale_offset_doubles", ">f8", -3.5)]:
        yield name, "v[i] / 4 - 3.5 of " + dtype, chunk_of(
            (v / 4 - 3.5).astype(dtype), h5py.h5t.py_create(numpy.dtype(dtype)), [(SCALE_OFFSET, (0, 2))], fill)

    # HDF5 does not store what has not become shorter; Zarr does.
    yield "blosc_level0", "51 of <i2, not compressed", (
        numcodecs.Blosc("lz4", 0, 1).encode(values_of("<i2", 51)), [], None)

    # Blocks that do not fill the chunk, and frames without any.
    for name, dtype, shape in [("blosc2_square", "<i4", (9, 11)), ("blosc2_cube", "<i2", (3, 6, 7))]:
        values = values_of(dtype, numpy.prod(shape)).reshape(shape)
        yield name, "%s of %s" % (" by ".join(map(str, shape)), dtype), chunk_of(
            values, h5py.h5t.py_create(values.dtype), [blosc2("zstd", 5, 1, 64)])[:2]
    yield "blosc2_zeros", "35 zeros of <i4", chunk_of(
        numpy.zeros(35, "<i4"), h5py.h5t.py_create(numpy.dtype("<i4")), [blosc2("zstd", 5, 1)])[:2]
    for name, what, array in [("blosc2_nan4", "35 NaN of <f4", python_blosc2.nans(35, "<f4")),
                              ("blosc2_nan8", "5 by 7 NaN of <f8", python_blosc2.nans((5, 7), "<f8")),
                              ("blosc2_unwritten", "35 of <i4", python_blosc2.uninit(35, "<i4")),
                              ("blosc2_sevens", "35 times 7 of <i4", python_blosc2.full(35, 7, "<i4"))]:
        yield name, what + ", by blosc2", (array.to_cframe(), [])

    whole = numpy.arange(11, dtype="<u8") * numpy.uint64(0x0123456789abcdef) * numpy.uint64(25)
    for name, dtype in [("scale_offset_whole", "<u8"), ("scale_offset_whole_big", ">u8")]:
        yield name, "i * 0x0123456789abcdef * 25 of " + dtype, chunk_of(
            whole.astype(dtype), h5py.h5t.py_create(numpy.dtype(dtype)), [(SCALE_OFFSET, (2, 0))])


def stored_chunk(dtype, n, options):
    values = values_of(dtype, n)
    path = os.path.join(tempfile.mkdtemp(), "x.h5")
    with h5py.File(path, "w") as file:
        dataset = file.create_dataset("x", data=values, chunks=(n,), **options)
        mask, stored = dataset.id.read_direct_chunk((0,))
        pipeline = dataset.id.get_create_plist()
        filters = [pipeline.get_filter(k)[0] for k in range(pipeline.get_nfilters())]
        assert mask == 0, mask
    return stored, filters


def print_array(ctype, name, numbers):
    print("static const %s %s[] = {" % (ctype, name))
    for start in range(0, len(numbers), 20):
        print("  " + " ".join("%d," % number for number in numbers[start:start + 20]))
    print("};")


def print_case(name, what, stored, filters, parameters=None):
    print("\n/* %s, HDF5's filters %s */" % (what, ", ".join(map(str, filters)) or "none"))
    print_array("guint8", "golden_" + name, stored)
    if parameters is not None:
        print_array("guint32", "golden_%s_parameters" % name, parameters)


def main():
    print("/* golden-chunks.h: made by make-golden.py with HDF5 %s, do not edit" % h5py.version.hdf5_version)
    print(" *\n * SPDX-License-Identifier: Apache-2.0\n */\n\n#pragma once\n")
    print("#include <glib.h>\n")
    print("/* clang-format off */")
    for name, dtype, n, options in CASES:
        print_case(name, "%d of %s" % (n, dtype), *stored_chunk(dtype, n, options))
    for name, dtype, n, filters in CASES_BY_NUMBER:
        stored, numbers, parameters = chunk_of(values_of(dtype, n), h5py.h5t.py_create(numpy.dtype(dtype)), filters)
        has_parameters = set(numbers) & {BITSHUFFLE, SZIP, SCALE_OFFSET, NBIT}
        print_case(name, "%d of %s" % (n, dtype), stored, numbers, parameters if has_parameters else None)
    for name, what, chunk in special_cases():
        print_case(name, what, *chunk)


if __name__ == "__main__":
    main()
