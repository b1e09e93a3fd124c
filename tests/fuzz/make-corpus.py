#!/usr/bin/env python3
"""Writes the inputs that the fuzz targets begin with: make-corpus.py (into corpus/ beside it)

Chunks are those of tests/core/codec/make-golden.py and make-golden-zarr.py, stores are small ones by h5py. Needs what
those scripts need.

SPDX-License-Identifier: Apache-2.0
"""

import gzip
import importlib.util
import io
import json
import pathlib
import struct
import warnings
import zipfile
import zlib

import h5py
import hdf5plugin
import numcodecs
import numpy
import zarr

HERE = pathlib.Path(__file__).parent
CODECS = [1, 2, 3, 4, 5, 6, 307, 32000, 32001, 32004, 32008, 32015,
          None, 32026]  # HDF5's numbers, in the order of fuzz-codec.c; the byte swap has none
BYTE_SWAP = CODECS.index(None)
SPECIAL_SIZES = {"scale_offset_whole": 88, "scale_offset_whole_big": 88, "nbit_records": 340, "blosc_level0": 102,
                 "blosc2_square": 396, "blosc2_cube": 252, "blosc2_zeros": 140, "blosc2_nan4": 140,
                 "blosc2_nan8": 280, "blosc2_unwritten": 140, "blosc2_sevens": 140}


def load_golden(name="make-golden.py"):
    spec = importlib.util.spec_from_file_location("golden", HERE.parent / "core" / "codec" / name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write(kind, name, data):
    folder = HERE / "corpus" / kind
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def codec_input(number, parameters, chunk_size, stored):
    if number == 32008:  # the size of an item, of a block, and what compresses
        parameters = [parameters[2], parameters[3] if len(parameters) > 3 else 0,
                      {0: 0, 2: 1, 3: 2}[parameters[4] if len(parameters) > 4 else 0]]
    return (bytes([CODECS.index(number), len(parameters)]) + struct.pack("<%dI" % len(parameters), *parameters)
            + struct.pack("<I", chunk_size) + stored)


def make_codecs():
    golden = load_golden()
    for name, dtype, n, options in golden.CASES:
        stored, numbers = golden.stored_chunk(dtype, n, options)
        size = n * numpy.dtype(dtype).itemsize
        if len(numbers) == 1:
            write("codec", name, codec_input(numbers[0], [size // n], size, stored))
    for name, dtype, n, filters in golden.CASES_BY_NUMBER:
        stored, numbers, parameters = golden.chunk_of(
            golden.values_of(dtype, n), h5py.h5t.py_create(numpy.dtype(dtype)), filters)
        if len(numbers) == 1:
            write("codec", name, codec_input(numbers[0], list(parameters), n * numpy.dtype(dtype).itemsize, stored))
    for name, what, (stored, numbers, *parameters) in golden.special_cases():
        size = SPECIAL_SIZES.get(name, 101 * (8 if "8" in name or "doubles" in name else 2 if "2" in name else 4))
        number = numbers[0] if numbers else 32026 if name.startswith("blosc2") else 32001
        write("codec", name, codec_input(number, list(parameters[0] or []) if parameters else [], size, stored))
    write("codec", "byte_swap", bytes([BYTE_SWAP, 1]) + struct.pack("<II", 4, 16) + bytes(range(16)))


# Zarr's codecs by their numbers in fuzz-codec.c, with parameters.
CAST, DELTA, SCALE = 20, 21, 22
ZARR = {"zlib": (14, []), "gzip": (15, []), "gzip_members": (15, []), "lz4": (16, []), "bz2_streams": (6, []),
        "lzma_xz": (17, [1]), "lzma_xz_crc32": (17, [0]), "lzma_alone": (17, [2]),
        "lzma_raw": (17, [3, 0x21, 0, 0, 0, 0, 0]), "lzma_raw_x86": (17, [3, 4, 0, 0, 0, 0, 4, 0x21, 6, 65536, 0, 0, 0]),
        "lzma_raw_delta": (17, [3, 3, 0, 0, 0, 4, 0, 1, 2, 8192, 0x010302, 0, 0]),
        "crc32c": (18, [0, 0]), "crc32c_in_front": (18, [0, 1]), "crc32": (18, [1, 1]), "adler32": (18, [2, 1]),
        "transpose_f": (19, [4, 8, 13, 1, 0]), "packbits": (23, [])}
NUMBERS = {"astype_i8_i2": (CAST, "i8", "i2"), "astype_u1_f4_big": (CAST, "u1", ">f4"), "quantize": (CAST, "f8", "f4"),
           "delta_i4": (DELTA, "i4", "i4"), "delta_i8_i1": (DELTA, "i8", "i1"), "delta_i2_big_i4": (DELTA, ">i2", "i4"),
           "delta_f8_f4": (DELTA, "f8", "f4"), "delta_f2": (DELTA, "f2", "f2"), "delta_c8": (DELTA, "c8", "c8"),
           "fixed_scale_offset": (SCALE, "f8", "u1"), "fixed_scale_offset_f2": (SCALE, "f4", "f2")}
TYPES = "b1 i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 c8 c16".split()
ZARR_SPECIAL_SIZES = {"gzip_members": 404, "bz2_streams": 404, "delta_c8": 808, "fixed_scale_offset": 808,
                      "fixed_scale_offset_f2": 404, "packbits": 101, "transpose_f": 416}
UNSIZED = 0x80


def number_type(name):
    return TYPES.index(name.lstrip(">")) | name.startswith(">") << 8


def make_zarr_codecs():
    golden = load_golden("make-golden-zarr.py")
    chunks = {name: golden.encode(golden.values_of(dtype, n), *codecs) for name, dtype, n, codecs in golden.CASES}
    chunks.update({name: stored for name, _, stored in golden.special_cases()})
    sizes = {name: n * numpy.dtype(dtype).itemsize for name, dtype, n, _ in golden.CASES}
    sizes.update(ZARR_SPECIAL_SIZES)
    inputs = dict(ZARR)
    inputs.update({name: (kind, [number_type(decoded), number_type(encoded), 4, 3])
                   for name, (kind, decoded, encoded) in NUMBERS.items()})
    for name, (kind, parameters) in inputs.items():
        head = struct.pack("<%dI" % len(parameters), *parameters)
        write("codec", "zarr_" + name, bytes([kind, len(parameters)]) + head + struct.pack("<I", sizes[name] - 1) + chunks[name])
        if name in ("gzip", "lz4", "zlib"):
            write("codec", "unsized_" + name, bytes([kind, len(parameters) | UNSIZED]) + head
                  + struct.pack("<I", 4095) + chunks[name])


FORMS = {
    "numbers": {"class": "NumpyArray", "primitive": "float64", "inner_shape": [], "parameters": {}, "form_key": "node0"},
    "lists": {"class": "ListOffsetArray", "offsets": "i64", "form_key": "node0", "parameters": {}, "content": {
        "class": "NumpyArray", "primitive": "float64", "inner_shape": [], "form_key": "node1", "parameters": {}}},
    "records": {"class": "RecordArray", "fields": ["x", "y"], "form_key": "node0", "parameters": {}, "contents": [
        {"class": "NumpyArray", "primitive": "float64", "inner_shape": [], "form_key": "node1", "parameters": {}},
        {"class": "ListArray", "starts": "i64", "stops": "i64", "form_key": "node2", "parameters": {}, "content": {
            "class": "NumpyArray", "primitive": "float64", "inner_shape": [2], "form_key": "node3", "parameters": {}}}]},
    "options": {"class": "IndexedOptionArray", "index": "i64", "form_key": "node0", "parameters": {}, "content": {
        "class": "ByteMaskedArray", "mask": "i8", "valid_when": True, "form_key": "node1", "parameters": {}, "content": {
            "class": "BitMaskedArray", "mask": "u8", "valid_when": False, "lsb_order": True, "form_key": "node2",
            "parameters": {}, "content": {"class": "UnmaskedArray", "form_key": "node3", "parameters": {}, "content": {
                "class": "IndexedArray", "index": "i64", "form_key": "node4", "parameters": {}, "content": "float64"}}}}},
    "unions": {"class": "UnionArray", "tags": "i8", "index": "i64", "form_key": "node0", "parameters": {}, "contents": [
        {"class": "EmptyArray", "form_key": "node1", "parameters": {}},
        {"class": "RegularArray", "size": 3, "form_key": "node2", "parameters": {}, "content": {
            "class": "NumpyArray", "primitive": "uint8", "inner_shape": [], "form_key": "node3",
            "parameters": {"__array__": "char"}}}]},
}


def make_deflated():
    """Column numbers of rows, which are not left to the library, and behind them, in blocks of their own: more of them,
    bytes of few values, labels; by several levels and strategies."""
    random = numpy.random.default_rng(1)
    indices = numpy.concatenate([numpy.sort(random.choice(30000, 400, replace=False)) for _ in range(3)])
    kinds = {"indices": indices.astype("<i4").tobytes(), "wide": indices.astype("<i8").tobytes(),
             "few": random.integers(0, 12, 2000).astype("u1").tobytes(),
             "labels": " ".join("ENSG%08d" % i for i in random.integers(0, 9000, 200)).encode(),
             "ones": bytes([1]) * 700}
    ways = {"1": (1, zlib.Z_DEFAULT_STRATEGY), "4": (4, zlib.Z_DEFAULT_STRATEGY), "9": (9, zlib.Z_DEFAULT_STRATEGY),
            "0": (0, zlib.Z_DEFAULT_STRATEGY), "fixed": (4, zlib.Z_FIXED), "huffman": (4, zlib.Z_HUFFMAN_ONLY),
            "rle": (4, zlib.Z_RLE)}
    first = indices[:400].astype("<i4").tobytes()
    packer = zlib.compressobj(4, zlib.DEFLATED, -15)
    head = packer.compress(first) + packer.flush(zlib.Z_FULL_FLUSH)
    for kind, values in kinds.items():
        for way, (level, strategy) in ways.items():
            packer = zlib.compressobj(level, zlib.DEFLATED, -15, 8, strategy)
            stored = packer.compress(values) + packer.flush()
            write("inflate", kind + "_" + way, struct.pack("<I", len(first) + len(values)) + head + stored)


def make_awkward():
    for name, form in FORMS.items():
        write("awkward", name, bytes([5]) + json.dumps(form).encode())


def read_words():
    """The words of fuzz-element.c by their numbers."""
    text = (HERE / "fuzz-element.c").read_text().split("words[] = {")[1].split("};")[0]
    return {word: i for i, word in enumerate(json.loads("[" + text.strip().rstrip(",") + "]"))}


WORDS = read_words()
DTYPES = ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64"]


def text(name, value):
    return bytes([0, WORDS[name], 0, WORDS[value]])


def texts(name, values):
    return bytes([0, WORDS[name], 1, len(values)] + [WORDS[value] for value in values])


def numbers(name, values):
    values = (list(values) + [0] * 4)[:4] + [len(values)]
    return bytes([0, WORDS[name], 2] + values)


def pair(kind, version):
    return text("encoding-type", kind) + text("encoding-version", version)


UP = bytes([3])


def group(name, *inside):
    return bytes([6, WORDS[name]]) + b"".join(inside) + UP


def array(name, dtype, values, *inside):
    values = numpy.array(values, dtype)
    return (bytes([5, WORDS[name], DTYPES.index(dtype), values.ndim]) + bytes(values.shape) + values.tobytes()
            + b"".join(inside) + UP)


def strings(name, values, *inside):
    return bytes([4, WORDS[name], len(values)] + [WORDS[value] for value in values]) + b"".join(inside) + UP


def frame(name, *columns, names=()):
    return group(name, pair("dataframe", "0.2.0"), text("_index", "index"), texts("column-order", names),
                 strings("index", ["a", "b", "X"], pair("string-array", "0.2.0")), *columns)


def make_elements():
    sparse = [numbers("shape", [3, 2]), array("data", "float32", [1, 2, 3]), array("indices", "int32", [0, 1, 1]),
              array("indptr", "int64", [0, 1, 2, 3])]
    categorical = group("a", pair("categorical", "0.2.0"), array("codes", "int8", [0, -1, 1]),
                        strings("categories", ["data", "mask"], pair("string-array", "0.2.0")))
    nullable = group("b", pair("nullable-integer", "0.1.0"), array("values", "int64", [1, 2, 3]),
                     array("mask", "bool", [0, 1, 0]))
    root = pair("anndata", "0.1.0")
    write("element", "anndata", root + frame("obs", categorical, nullable, names=["a", "b"]) + frame("var")
          + group("X", pair("csr_matrix", "0.1.0"), *sparse) + group("layers", pair("dict", "0.1.0"), array(
              "a", "float64", [[1, 2], [3, 4], [5, 6]], pair("array", "0.2.0"))))
    write("element", "csc", group("X", pair("csc_matrix", "0.1.0"), numbers("shape", [2, 3]), *sparse[1:]))
    write("element", "h5sparse", group("X", text("h5sparse_format", "csr"), numbers("h5sparse_shape", [3, 2]), *sparse[1:]))
    write("element", "categories", group("obs", pair("dataframe", "0.1.0"), text("_index", "index"), texts("column-order", ["a"]),
          strings("index", ["a", "b", "X"]), array("a", "int8", [0, 1, -1], text("categories", "categories")),
          group("__categories", strings("a", ["var", "uns"]))))
    write("element", "strings", group("uns", pair("dict", "0.1.0"), group(
        "a", pair("nullable-string-array", "0.1.0"), text("na-value", ""), strings("values", ["a", "b"]),
        array("mask", "bool", [1, 0])), array("b", "float32", 1.5, pair("numeric-scalar", "0.2.0")),
        group("X", pair("nullable-boolean", "0.1.0"), array("values", "bool", [1, 0]), array("mask", "bool", [0, 1]))))


def make_stores():
    def store(name, libver=None, **options):
        folder = HERE / "corpus" / "hdf5"
        folder.mkdir(parents=True, exist_ok=True)
        with h5py.File(folder / name, "w", libver=libver) as file:
            def mark(node, kind, version):
                node.attrs["encoding-type"], node.attrs["encoding-version"] = kind, version

            mark(file, "anndata", "0.1.0")
            for axis, n in (("obs", 6), ("var", 4)):
                table = file.create_group(axis)
                mark(table, "dataframe", "0.2.0")
                table.attrs["_index"] = "_index"
                table.attrs["column-order"] = numpy.array(["n"], dtype=h5py.string_dtype())
                mark(table.create_dataset("_index", data=["%s%d" % (axis, i) for i in range(n)],
                                          dtype=h5py.string_dtype()), "string-array", "0.2.0")
                mark(table.create_dataset("n", data=numpy.arange(n)), "array", "0.2.0")
            matrix = file.create_group("X")
            mark(matrix, "csr_matrix", "0.1.0")
            matrix.attrs["shape"] = [6, 4]
            matrix.create_dataset("data", data=numpy.arange(6, dtype="f4"), chunks=(4,), maxshape=(None,), **options)
            matrix.create_dataset("indices", data=numpy.arange(6, dtype="i4") % 4, chunks=(4,), **options)
            matrix.create_dataset("indptr", data=numpy.arange(7, dtype="i4"), **options)
            file.create_group("obsm")
            mark(file["obsm"], "dict", "0.1.0")
            mark(file.create_dataset("obsm/a", data=numpy.arange(12.0).reshape(6, 2), chunks=(2, 2), **options),
                 "array", "0.2.0")

    store("plain.h5ad")
    store("latest.h5ad", libver=("v108", "v110"))
    store("gzip.h5ad", compression="gzip", shuffle=True, fletcher32=True)
    store("blosc.h5ad", **hdf5plugin.Blosc())
    with h5py.File(HERE / "corpus" / "hdf5" / "records.h5ad", "w") as file:
        file["obs"] = numpy.array([(b"a", 1, 2.5), (b"b", 2, 3.5)], dtype=[("index", "S4"), ("n", "i4"), ("x", "f8")])
        file["var"] = numpy.array([(b"c", 1)], dtype=[("index", "S4"), ("n", "i1")])
        file["X"] = numpy.arange(2.0)
        file["soft"] = h5py.SoftLink("/obs")


def make_zips():
    for name, compression, is_64 in (("stored", zipfile.ZIP_STORED, False), ("deflated", zipfile.ZIP_DEFLATED, False),
                                     ("zip64", zipfile.ZIP_STORED, True), ("bzip2", zipfile.ZIP_BZIP2, False)):
        file = io.BytesIO(b"before" if is_64 else b"")
        file.seek(0, io.SEEK_END)
        with warnings.catch_warnings(), zipfile.ZipFile(file, "w") as archive:
            warnings.simplefilter("ignore")  # a name that is there twice
            for key in ("a.zarr/zarr.json", "a.zarr/X/c/0", "a.zarr/X/c/1", "a.zarr/zarr.json", "a.zarr/X/"):
                info = zipfile.ZipInfo(key)
                info.compress_type = compression
                with archive.open(info, "w", force_zip64=is_64) as entry:
                    entry.write(b"" if key.endswith("/") else key.encode() * 9)
            archive.comment = b"made by make-corpus.py" if name == "deflated" else b""
        write("zip", name, file.getvalue())


def zarr_input(objects):
    """Objects of a store for fuzz-zarr.c, without blanks in what is JSON."""
    data = b""
    for key, value in sorted(objects.items()):
        if key.rsplit("/", 1)[-1] in ("zarr.json", ".zarray", ".zgroup", ".zattrs", ".zmetadata"):
            value = json.dumps(json.loads(value), separators=(",", ":")).encode()
        data += bytes([len(key)]) + key.encode() + struct.pack("<H", len(value)) + value
    return data


def make_zarr():
    def mark(node, kind, version, **attributes):
        node.attrs.update({"encoding-type": kind, "encoding-version": version, **attributes})

    def add(group, name, values, kind=None, version="0.2.0", **options):
        values = numpy.asarray(values)
        array = group.create_array(name, shape=values.shape, dtype=values.dtype, **options)
        array[...] = values
        if kind is not None:
            mark(array, kind, version)
        return array

    def store(name, zarr_format, consolidate, strings, **options):
        objects = {}
        root = zarr.open_group(zarr.storage.MemoryStore(objects), mode="w", zarr_format=zarr_format)
        mark(root, "anndata", "0.1.0")
        for axis, n in (("obs", 6), ("var", 4)):
            table = root.create_group(axis)
            mark(table, "dataframe", "0.2.0", **{"_index": "_index", "column-order": ["n"]})
            labels = table.create_array("_index", shape=(n,), dtype=strings, chunks=(4,))
            labels[:] = numpy.array(["%s%d" % (axis, i) for i in range(n)], object)
            mark(labels, "string-array", "0.2.0")
            add(table, "n", numpy.arange(n), "array", chunks=(4,))
        matrix = root.create_group("X")
        mark(matrix, "csr_matrix", "0.1.0", shape=[6, 4])
        add(matrix, "data", numpy.arange(1, 7, dtype="f4"), chunks=(4,), **options)
        add(matrix, "indices", numpy.arange(6, dtype="i4") % 4, chunks=(4,), **options)
        add(matrix, "indptr", numpy.arange(7, dtype="i4"), chunks=(4,), **options)
        mark(root.create_group("obsm"), "dict", "0.1.0")
        add(root["obsm"], "a", numpy.arange(1, 13, dtype=">f8").reshape(6, 2), "array", chunks=(4, 2), **options)
        if consolidate:
            zarr.consolidate_metadata(root.store)
        write("zarr", name, zarr_input({key: value.to_bytes() for key, value in objects.items()}))

    def arrays(name, zarr_format, **named):
        """One array each, with values of its own."""
        objects = {}
        root = zarr.open_group(zarr.storage.MemoryStore(objects), mode="w", zarr_format=zarr_format)
        mark(root, "dict", "0.1.0")
        for key, (values, kind, options) in named.items():
            add(root, key, values, kind, **options)
        write("zarr", name, zarr_input({key: value.to_bytes() for key, value in objects.items()}))

    text = zarr.dtype.VariableLengthUTF8()
    store("v2", 2, False, text)
    store("v2_consolidated", 2, True, text, order="F", compressors=numcodecs.Blosc("zstd"))
    store("v3", 3, False, text)
    store("v3_consolidated", 3, True, text, compressors=zarr.codecs.GzipCodec())
    numbers = numpy.arange(1, 13, dtype="i4").reshape(6, 2)
    records = numpy.array([(1, 2.5, b"x"), (2, 3.5, b"yz")], dtype=[("a", "<i4"), ("b", ">f8"), ("c", "S3")])
    arrays("v3_shards", 3, a=(numbers, "array", dict(shards=(4, 2), chunks=(2, 1))),
           b=(numbers, "array", dict(shards=(4, 2), chunks=(2, 2), compressors=None)))
    arrays("v3_nested_shards", 3, a=(numbers, "array", dict(chunks=(4, 2), compressors=None, filters=None,
           serializer=zarr.codecs.ShardingCodec(chunk_shape=(2, 2), codecs=[zarr.codecs.ShardingCodec(
               chunk_shape=(1, 2), index_location="start")]))))
    arrays("v2_types", 2, a=(records, "rec-array", {}), b=(numpy.array(["a", "bcd"]), "string-array", {}),
           c=(numpy.array([b"a", b"bcd"]), "array", {}), d=(numpy.array(7.5), "numeric-scalar", {}),
           e=(numpy.array([1, 2], "M8[s]"), "array", {}), f=(numpy.array([1j]), "array", {}))
    arrays("v2_codecs", 2, a=(numbers, "array", dict(filters=[numcodecs.Delta("<i4", "<i2")], chunks=(4, 2))),
           b=(numbers % 2 == 0, "array", dict(filters=[numcodecs.PackBits()], compressors=numcodecs.LZMA(preset=0))))
    arrays("v3_types", 3, a=(records, "rec-array", {}), b=(numpy.array(["a", "bcd"]), "string-array", {}),
           c=(numbers, "array", dict(filters=[zarr.codecs.TransposeCodec(order=(1, 0))],
                                     serializer=zarr.codecs.BytesCodec(endian="big"))))
    objects = {".zarray": json.dumps({
        "zarr_format": 2, "shape": [4], "chunks": [3], "dtype": "|O", "fill_value": "", "order": "C",
        "filters": [{"id": "json2"}], "compressor": None}), "0": b'["a","\\u00e9",null,"|O",[3]]',
        "1": b'[1,true,"c","|O",[3]]'}
    write("zarr", "v2_json", zarr_input(objects))


def make_filters():
    for name, text in {
            "words": 'n_genes > 500 and cell_type in ["B", "T"] or not is_doublet', "signs": "~a & b | (c != -1.5e3)",
            "members": 'layers["counts"]["CD3D"] >= 3 and obsm["X_pca"][0] < .5', "chain": "0 < `a b` <= x",
            "texts": r"""a == "\u00e9\n" or b not in ('\'', r"\d",)""", "missing": "a is not missing and b is missing",
            "regex": 'obs_names not matches "^(AA|C)+\\d"', "open": "((((a", "end": "a ==", "bytes": b"a == '\xff'".decode("latin-1"),
            "escape": '"\\u12"', "large": "a in [18446744073709551615, 1e308, true]"}.items():
        write("filter", name, text.encode("latin-1" if name == "bytes" else "utf-8"))


def make_markets():
    banner = b"%%MatrixMarket matrix "
    market = {
        "real": b"coordinate real general\n% a comment\n\n2 3 3\n1 1 .5\n2 3 -1.25e2\n2 1 nan\n",
        "integer": b"coordinate integer skew-symmetric\r\n3 3 2\r\n2 1 -9223372036854775808\r\n3 1 5\r\n",
        "unsigned": b"coordinate unsigned-integer symmetric\n2 2 1\n2 1 18446744073709551615",
        "pattern": b"coordinate pattern general\n2 2 2\n1 2\n2 1\n", "array": b"array real symmetric\n2 2\n1\n2\n3\n",
        "skew": b"array integer skew-symmetric\n3 3\n1\n2\n3\n", "few": b"coordinate real general\n2 2 9\n1 1 1\n",
        "large": b"array real general\n4294967296 4294967296\n", "complex": b"coordinate complex hermitian\n1 1 0\n"}
    for name, text in market.items():
        write("market", name, banner + text)
    packed = gzip.compress(banner + market["real"][:40], mtime=0) + gzip.compress(market["real"][40:], mtime=0)
    write("market", "packed", packed)
    write("market", "cut", packed[:-12])


if __name__ == "__main__":
    make_codecs()
    make_deflated()
    make_zarr_codecs()
    make_awkward()
    make_elements()
    make_stores()
    make_zarr()
    make_zips()
    make_filters()
    make_markets()
