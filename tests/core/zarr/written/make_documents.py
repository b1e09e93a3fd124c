#!/usr/bin/env python3
"""make_documents.py: what zarr-python says of the arrays that test-zarr-writer.c writes

SPDX-License-Identifier: Apache-2.0

Writes v2.json and v3.json beside it: the documents of each array by name. Needs zarr 3.1.6:
    python make_documents.py
"""

import asyncio
import json
import warnings
from pathlib import Path

import numpy as np
import zarr
from numcodecs import Blosc, GZip, Zstd
from zarr.codecs import BloscCodec, GzipCodec, ZstdCodec
from zarr.core.buffer import default_buffer_prototype

warnings.simplefilter("ignore")
NUMBERS = "b1 i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 c8 c16".split()
RECORD = np.dtype([("name", "<U3"), ("score", "<f8"), ("n", "<i4"), ("id", "S2"), ("flag", "?")])
COMPRESSORS = {
    "gzip": (GZip(4), GzipCodec(level=4)),
    "zstd": (Zstd(3), ZstdCodec(level=3)),
    "blosc": (Blosc("zstd", 5, 1), BloscCodec(typesize=4, cname="zstd", clevel=5, shuffle="shuffle")),
    "lz4": (Blosc("lz4", 5, 1), BloscCodec(typesize=4, cname="lz4", clevel=5, shuffle="shuffle")),
}


def arrays(version):
    """name, keywords of create_array"""
    zstd = COMPRESSORS["zstd"][version - 2]
    for code in NUMBERS:
        yield code, dict(shape=(5,), chunks=(2,), dtype=code, compressors=None)
    for name, pair in COMPRESSORS.items():
        yield name, dict(shape=(5, 3), chunks=(2, 2), dtype="f4", compressors=pair[version - 2])
    yield "empty", dict(shape=(0, 3), chunks=(1, 3), dtype="f8", compressors=None)
    yield "texts", dict(shape=(3,), chunks=(2,), dtype=str, compressors=zstd)
    yield "text-matrix", dict(shape=(3, 2), chunks=(2, 1), dtype=str, compressors=None)
    yield "bytes", dict(shape=(3,), chunks=(2,), dtype="S3", compressors=zstd)
    yield "opaque", dict(shape=(3,), chunks=(2,), dtype="V5", compressors=None, fill_value=np.void(bytes(5)))
    yield "records", dict(shape=(3,), chunks=(2,), dtype=RECORD, compressors=None, fill_value=np.zeros((), RECORD)[()])
    yield "number", dict(shape=(), chunks=(), dtype="f4", compressors=None, fill_value=None if version == 2 else 0)
    yield "text", dict(shape=(), chunks=(), dtype=str, compressors=None)
    yield "null", dict(shape=(), chunks=(), dtype=bool, compressors=None)
    if version == 3:
        yield "shards", dict(shape=(7, 3), chunks=(2, 2), shards=(4, 4), dtype="i2", compressors=zstd)
        yield "text-shards", dict(shape=(7,), chunks=(2,), shards=(4,), dtype=str, compressors=zstd)


async def documents(store, version):
    found = {}
    async for key in store.list():
        if key.endswith("/.zarray" if version == 2 else "/zarr.json"):
            text = (await store.get(key, default_buffer_prototype())).to_bytes()
            found[key.split("/")[0]] = json.loads(text)
    return found


for version in (2, 3):
    store = zarr.storage.MemoryStore()
    group = zarr.group(store, zarr_format=version)
    for name, keywords in arrays(version):
        group.create_array(name, **keywords)
    found = asyncio.run(documents(store, version))
    text = ",\n".join(f'"{name}": {json.dumps(found[name])}' for name in sorted(found))
    (Path(__file__).parent / f"v{version}.json").write_text("{\n" + text + "\n}\n")
