#!/usr/bin/env python3
"""Writes stores.tar.xz: a store, and one with ten times the rows; tests/ui/window/test-reads.c knows their chunks.
And Zarr stores to be read over a network; tests/ui/window/test-remote.c knows their chunks.

Run by hand, with anndata 0.12, h5py and zarr 3; the stores are part of the tree.

    make-stores.py FOLDER

SPDX-License-Identifier: Apache-2.0
"""

import json
import pathlib
import sys
import tarfile
import tempfile

import anndata as ad
import h5py
import numpy as np
import pandas as pd
import zarr
from anndata.io import write_elem

CHUNK = 512  # rows
N_COLUMNS = 20


def write_array(group, name, array, rows=CHUNK):
    chunks = (rows, *array.shape[1:])
    made = group.create_dataset(name, data=array, chunks=chunks, compression="gzip", shuffle=True, track_times=False)
    made.attrs["encoding-type"], made.attrs["encoding-version"] = "array", "0.2.0"
    return made


def write_x(file, n):
    """Four entries a row, so that each chunk holds the entries of 512 rows."""
    columns = (np.arange(n)[:, None] + np.arange(4) * 5) % N_COLUMNS
    columns.sort()
    group = file.create_group("X")
    group.attrs["encoding-type"], group.attrs["encoding-version"] = "csr_matrix", "0.1.0"
    group.attrs["shape"] = np.array([n, N_COLUMNS])
    options = dict(compression="gzip", shuffle=True, track_times=False)
    group.create_dataset("data", data=np.ones(n * 4, "float32"), chunks=(CHUNK * 4,), **options)
    group.create_dataset("indices", data=columns.ravel().astype("int32"), chunks=(CHUNK * 4,), **options)
    group.create_dataset("indptr", data=np.arange(n + 1) * 4, chunks=(CHUNK,), **options)


def write_awkward(uns, n):
    """Lists of two: [[0, 1], [2, 3], …]."""
    lists = uns.create_group("lists")
    lists.attrs["encoding-type"], lists.attrs["encoding-version"] = "awkward-array", "0.1.0"
    lists.attrs["length"] = n
    inner = {"class": "NumpyArray", "primitive": "int64", "inner_shape": [], "parameters": {}, "form_key": "node1"}
    lists.attrs["form"] = json.dumps({"class": "ListOffsetArray", "offsets": "i64", "content": inner,
                                      "parameters": {}, "form_key": "node0"})
    write_array(lists, "node0-offsets", np.arange(n + 1) * 2)
    write_array(lists, "node1-data", np.arange(2 * n), 2 * CHUNK)


def make(folder, n):
    names = np.array([f"c{i}" for i in range(n)], object)
    adata = ad.AnnData(obs=pd.DataFrame(index=names), var=pd.DataFrame(index=[f"g{i}" for i in range(N_COLUMNS)]))
    adata.obs["group"] = pd.Categorical.from_codes(np.arange(n) % 3, ["a", "b", "c"])
    adata.uns["deep"] = {"a": {"b": 1, "c": "text"}}
    path = folder / f"pages-{n}.h5ad"
    adata.write_h5ad(path)
    with h5py.File(path, "r+", libver="latest") as file:
        del file["obs/group/codes"]
        write_array(file["obs/group"], "codes", (np.arange(n) % 3).astype("int8"))
        write_array(file["obs"], "score", np.arange(n) / 4)
        file["obs"].attrs["column-order"] = ["group", "score"]
        write_x(file, n)
        uns = file["uns"]
        write_array(uns, "numbers", np.arange(n))
        write_elem(uns, "words", names)
        records = np.zeros(n, dtype=[("id", "i4"), ("score", "f8")])
        records["id"] = np.arange(n)
        made = write_array(uns, "records", records)
        made.attrs["encoding-type"], made.attrs["encoding-version"] = "rec-array", "0.2.0"
    read = ad.read_h5ad(path)
    assert read.X.sum() == 4 * n and list(read.uns["words"]) == list(names)
    with h5py.File(path, "r+", libver="latest") as file:
        write_awkward(file["uns"], n)


def make_zarr(path, n=8000):
    """Sixteen columns and an index in chunks of 2,000 rows, and a matrix in chunks of 1,000 × 100; consolidated."""
    root = zarr.open_group(path, mode="w", zarr_format=3)
    obs = pd.DataFrame({f"n{i}": np.arange(n) * (i + 1) % 1000 for i in range(14)}, index=[f"c{i}" for i in range(n)])
    obs["kind"] = pd.Categorical.from_codes(np.arange(n) % 3, ["a", "b", "c"])
    obs["part"] = pd.Categorical.from_codes(np.arange(n) // 2000, ["w", "x", "y", "z"])
    var = pd.DataFrame(index=[f"g{i}" for i in range(400)])
    x = (np.arange(n)[:, None] * 7 + np.arange(400)) % 50
    ad.io.write_elem(root, "obs", obs, dataset_kwargs={"chunks": (2000,)})
    ad.io.write_elem(root, "var", var)
    ad.io.write_elem(root, "X", x.astype("float32"), dataset_kwargs={"chunks": (1000, 100)})
    for name in ("layers", "obsm", "varm", "obsp", "varp", "uns"):
        ad.io.write_elem(root, name, {})
    root.attrs.update({"encoding-type": "anndata", "encoding-version": "0.1.0"})
    zarr.consolidate_metadata(root.store)
    read = ad.read_zarr(path)
    assert read.shape == (n, 400) and read.X[3, 5] == 26 and list(read.obs["part"][::2000]) == list("wxyz")


def make_atlas(path, n=2000):
    """The columns that atlases have: six categoricals, of which one has colours, and ten others; a chunk each."""
    rng = np.random.default_rng(1)
    labels = {
        "cell_type": [f"cell type {i}" for i in range(12)], "donor_id": [f"D{i:02}" for i in range(24)],
        "tissue": ["blood", "bone marrow", "liver", "lung", "spleen", "lymph node"], "sex": ["female", "male"],
        "stage": ["I", "II", "III", "IV"], "cluster": [str(i) for i in range(12)],
    }
    barcodes = np.array(["".join(letters) for letters in rng.choice(list("ACGT"), (n, 16))], object)
    obs = pd.DataFrame({name: pd.Categorical.from_codes(np.arange(n) % len(texts), texts)
                        for name, texts in labels.items()},
                       index=pd.Index([f"{code}-{i}" for i, code in enumerate(barcodes)], name="cell_id"))
    obs["n_counts"], obs["n_genes"] = rng.integers(500, 9000, n), rng.integers(300, 4000, n).astype("int32")
    obs["batch"], obs["pct_counts_mt"] = (np.arange(n) % 8).astype("int8"), rng.random(n, "float32") / 10
    obs["doublet_score"], obs["age"] = rng.random(n), np.floor(rng.random(n) * 90)
    obs["is_doublet"], obs["barcode"] = obs["doublet_score"] > 0.9, barcodes
    obs["qc_pass"], obs["n_fragments"] = pd.array(np.arange(n) % 3 > 0), pd.array(np.arange(n) * 100, "Int64")
    colors = np.array([f"#{i * 20:02x}80ff" for i in range(12)], object)
    adata = ad.AnnData(np.ones((n, 2), "float32"), obs, pd.DataFrame(index=["g0", "g1"]), {"cell_type_colors": colors})
    ad.settings.zarr_write_format = 3
    adata.write_zarr(path)
    assert list(ad.read_zarr(path).obs["tissue"][:2]) == ["blood", "bone marrow"]


def add(archive, path, name):
    info = archive.gettarinfo(path, name)
    info.mtime, info.uid, info.gid, info.uname, info.gname = 0, 0, 0, "", ""
    with open(path, "rb") as content:
        archive.addfile(info, content)


def main():
    folder = pathlib.Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as place, tarfile.open(folder / "stores.tar.xz", "w:xz", preset=9) as archive:
        for n in (10240, 102400):
            make(pathlib.Path(place), n)
            path = pathlib.Path(place, f"pages-{n}.h5ad")
            add(archive, path, path.name)
        for name, make_store in (("cells-zarr", make_zarr), ("atlas-zarr", make_atlas)):
            path = pathlib.Path(place, name)
            make_store(path)
            for file in sorted(path.rglob("*")):
                if file.is_file():
                    add(archive, file, str(file.relative_to(place)))


main()
