#!/usr/bin/env python3
"""Writes stores.tar.xz: the stores of ../parity in the other containers.

Run by hand, with h5py and zarr 3.1; the archive is part of the tree. Nodes are copied as they are, groups, arrays and
attributes, so that what must be read of them stands in ../parity/tables.json. What a container has no type for is left
out, and listed in left-out.json: {container: [store:path]}.

    make-stores.py ../parity/stores.tar.xz

SPDX-License-Identifier: Apache-2.0
"""

import io
import json
import pathlib
import shutil
import sys
import tarfile
import tempfile
import warnings
import zipfile

import h5py
import numcodecs
import numpy as np
import zarr
import zarr.codecs

warnings.filterwarnings("ignore")
numcodecs.blosc.use_threads = False
HERE = pathlib.Path(__file__).parent
STORES = ["matrices", "types", "tables", "empty", "encodings", "corrupt", "misfits"]


def small(shape, parts):
    """Chunks that cut each axis into about so many parts."""
    return tuple(max(1, -(-n // parts)) for n in shape)


def zarr2(shape, dtype, number):
    """Compressors, orders and separators in turn."""
    compressors = [numcodecs.Blosc("lz4"), numcodecs.Zstd(3), numcodecs.Zlib(1), None]
    return {"zarr_format": 2, "chunks": small(shape, 2 + number % 2), "compressors": compressors[number % 4],
            "order": "CF"[number // 2 % 2],
            "chunk_key_encoding": {"name": "v2", "separator": "./"[number // 4 % 2]}}


def zarr3(shape, dtype, number):
    compressors = [zarr.codecs.ZstdCodec(), zarr.codecs.GzipCodec(), zarr.codecs.BloscCodec(), None]
    return {"zarr_format": 3, "chunks": small(shape, 2 + number % 2), "compressors": compressors[number % 4]}


def shards(shape, dtype, number):
    """The last shard of an axis is not full."""
    chunks = small(shape, 3 + number % 2)
    return {"zarr_format": 3, "chunks": chunks, "shards": tuple(2 * n for n in chunks),
            "compressors": [zarr.codecs.ZstdCodec(), zarr.codecs.GzipCodec()][number % 2]}


def json_value(value):
    if isinstance(value, h5py.Empty):
        return []
    if isinstance(value, h5py.Reference):
        raise TypeError("a reference")
    if isinstance(value, np.ndarray):
        return [json_value(one) for one in value.tolist()]
    if isinstance(value, np.generic):
        value = value.item()
    return value.decode() if isinstance(value, bytes) else value


class Writer:
    def __init__(self, options):
        self.options, self.number, self.left_out = options, 0, []

    def copy_array(self, group, name, source):
        self.number += 1
        if source.shape is None:
            return group.create_array(name, shape=(), chunks=(), dtype=bool)
        is_text = h5py.check_string_dtype(source.dtype) is not None and source.dtype.kind == "O"
        values = source.asstr()[()] if is_text else source[()]
        dtype = str if is_text else source.dtype
        if dtype is not str and dtype.hasobject:
            raise TypeError("objects")
        if dtype is not str and dtype.fields and self.options is shards:
            raise TypeError("zarr 3.1 does not put records into shards, and hangs after it said so")
        options = self.options(source.shape, dtype, self.number)
        options.pop("zarr_format")
        if source.shape == ():
            options.pop("shards", None)
            options.update(chunks=())
        elif 0 in source.shape:
            options.pop("shards", None)
            options.update(chunks=tuple(max(1, n) for n in source.shape))
        array = group.create_array(name, shape=source.shape, dtype=dtype, **options)
        if 0 not in source.shape:
            array[...] = np.asarray(values, dtype=object if is_text else dtype) if source.shape else values
        return array

    def copy(self, group, source, path=""):
        for name, child in source.items():
            where = f"{path}{name}"
            try:
                attributes = {key: json_value(value) for key, value in child.attrs.items()}
                if isinstance(child, h5py.Group):
                    node = group.create_group(name)
                else:
                    node = self.copy_array(group, name, child)
                node.attrs.update(attributes)
                if isinstance(child, h5py.Group):
                    self.copy(node, child, where + "/")
            except Exception as error:
                print(f"  {where}: {type(error).__name__}: {str(error)[:100]}")
                self.left_out.append(where)
                shutil.rmtree(pathlib.Path(group.store.root) / group.path / name, ignore_errors=True)


def convert(file, folder, options, consolidate):
    with h5py.File(file) as source:
        version = options((2, 2), None, 0)["zarr_format"]
        root = zarr.open_group(folder, mode="w", zarr_format=version)
        root.attrs.update({key: json_value(value) for key, value in source.attrs.items()})
        writer = Writer(options)
        writer.copy(root, source)
    if consolidate:
        zarr.consolidate_metadata(str(folder))
    return writer.left_out


def pack(folder, path, compression, top):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                info = zipfile.ZipInfo(top + file.relative_to(folder).as_posix())
                info.compress_type = compression
                archive.writestr(info, file.read_bytes())


def main():
    left_out = {}
    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(name)
        with tarfile.open(sys.argv[1]) as tar:
            tar.extractall(root / "h5ad")
        for store in STORES:
            for container, options, consolidate in (("zarr2", zarr2, True), ("zarr3", zarr3, False),
                                                    ("shards", shards, True)):
                print(container, store)
                folder = root / "out" / container / f"{store}.zarr"
                folder.mkdir(parents=True)
                missing = convert(root / "h5ad" / f"{store}.h5ad", folder, options, consolidate)
                left_out.setdefault(container, []).extend(f"{store}:{path}" for path in missing)
            for container, source, compression, top in (("zip", "shards", zipfile.ZIP_STORED, ""),
                                                        ("zip2", "zarr2", zipfile.ZIP_DEFLATED, f"{store}.zarr/")):
                (root / "out" / container).mkdir(exist_ok=True)
                pack(root / "out" / source / f"{store}.zarr", root / "out" / container / f"{store}.zarr.zip", compression, top)
        (root / "out" / "left-out.json").write_text(json.dumps(left_out, indent=1, sort_keys=True) + "\n")
        with tarfile.open(HERE / "stores.tar.xz", "w:xz", preset=9) as tar:
            for file in sorted((root / "out").rglob("*")):
                info = tar.gettarinfo(file, file.relative_to(root / "out").as_posix())
                info.mtime = info.uid = info.gid = 0
                info.uname = info.gname = ""
                tar.addfile(info, io.BytesIO(file.read_bytes()) if file.is_file() else None)


if __name__ == "__main__":
    main()
