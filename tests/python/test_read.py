"""What elements hold, against anndata.

SPDX-License-Identifier: Apache-2.0
"""

import os
import subprocess
import sys
import tempfile
import unittest

import anndata
import h5py
import numpy as np
import pandas as pd
import scipy.sparse as sp

import anncore
import support

STORES = [
    "columns-odd.h5ad",
    "columns-odd-zarr3.zarr",
    "h5ad-gzip.h5ad",
    "kitchen-a0.12-h5ad.h5ad",
    "kitchen-a0.12-zarr2.zarr",
    "kitchen-a0.12-zarr3.zarr",
    "kitchen-a0.8-h5ad.h5ad",
    "names-unicode.h5ad",
    "null-everywhere.h5ad",
    "rows-skewed.h5ad",
    "scanpy-like.h5ad",
    "shape-0x0-csc.h5ad",
    "spatial-images.h5ad",
    "x-csc-int32.h5ad",
]

# What there is where neither pandas nor scipy is.
BARE = """
import sys
sys.modules["pandas"] = sys.modules["scipy"] = sys.modules["scipy.sparse"] = None
sys.path.insert(0, sys.argv[1])
import anncore, numpy
data = anncore.open(sys.argv[2])
phase = data.read("obs/phase")
assert isinstance(phase, anncore.Categorical), phase
print([str(phase.categories[code]) for code in phase.codes[:4]], phase.ordered)
raw = data.read("raw/X")
assert isinstance(raw, anncore.Sparse), raw
print(raw.shape, raw.indptr.dtype, float(raw.data.sum()))
obs = data.read("obs")
print(list(obs)[:3], obs["_index"][0], obs["n_genes"][0])
kitchen = anncore.open(sys.argv[3])
for name in ("obs/nullable_int", "obs/nullable_bool"):
    if name in kitchen:
        print(name, kitchen.read(name).mask.sum())
"""


class Read(unittest.TestCase):
    def test_like_anndata(self):
        for store in STORES:
            path = support.fixture(store)
            with anncore.open(path) as data, support.opened(path) as root:
                for name in data.keys():
                    if not name.startswith("raw") and not support.is_nested_list(root[name]):
                        with self.subTest(store=store, element=name):
                            self.compare(data, name, root)

    def compare(self, data, name, root):
        kind = data.element(name).kind
        if kind in ("dict", "anndata"):  # its entries have their turn
            self.assertEqual(sorted(data.element(name).keys()), sorted(root[name]))
        else:
            support.assert_equal(data.read(name), anndata.io.read_elem(root[name]), name)

    def test_whole_mappings(self):
        theirs = anndata.read_h5ad(support.sample())
        data = anncore.open(support.sample())
        support.assert_equal(data.read("uns"), theirs.uns, "uns")
        support.assert_equal(data.read("obsm"), theirs.obsm, "obsm")
        raw = data.read("raw")
        support.assert_equal(raw["X"], theirs.raw.X, "raw/X")
        support.assert_equal(raw["var"], theirs.raw.var, "raw/var")
        support.assert_equal(data.var_names, theirs.var_names.to_numpy(), "var_names")

    def test_belongs_to_who_reads(self):
        data = anncore.open(support.sample())
        for path in ("X", "raw/X", "obs/n_genes", "obsm/X_umap"):
            values = data.read(path)
            values = values.data if sp.issparse(values) else values
            before = values.copy()
            values[...] = 0
            again = data.read(path)
            np.testing.assert_array_equal(again.data if sp.issparse(again) else again, before)

    def test_metadata(self):
        theirs = anndata.read_h5ad(support.sample())
        data = anncore.open(str(support.sample()))
        x, raw = data.element("X"), data.element("raw/X")
        self.assertEqual((x.kind, x.shape, x.dtype), ("array", theirs.shape, theirs.X.dtype))
        self.assertEqual((raw.kind, raw.nnz, raw.encoding), ("csr", theirs.raw.X.nnz, ("csr_matrix", "0.1.0")))
        self.assertEqual(data.element("obs").keys(), list(theirs.obs.columns))
        self.assertEqual(data.element("obs/phase").dtype, None)
        self.assertEqual((x.state, x.error, x.warnings), ("ok", None, []))
        self.assertEqual(repr(raw), "<Element 'raw/X': csr 700 × 765 float32>")
        self.assertIn("obsm/X_umap", data.keys())
        self.assertNotIn("obsm/X_tsne", data)
        self.assertNotIn(3, data)
        self.assertEqual(len(data), theirs.n_obs)
        self.assertIn("'X_pca', 'X_umap'", repr(data))
        self.assertIn("HDF5", data.format)

    def test_sequences_and_opaque(self):
        lists = [[1, 2], [3, 4]], [[0.5, np.inf], [-np.inf, np.nan, 1 / 3]], [[255], []]
        opaque = np.array([b"ab\0\0", b"\0\0\0\xff"], dtype="V4")
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "plain.h5")
            with h5py.File(path, "w") as file:
                for name, rows in zip(("i4", "f8", "u1"), lists):
                    values = file.create_dataset(name, (2,), dtype=h5py.vlen_dtype(np.dtype(name)))
                    for i, row in enumerate(rows):
                        values[i] = row
                file["opaque"] = opaque
            data = anncore.open(path)
            for name, rows in zip(("i4", "f8", "u1"), lists):
                values = data.read(name)
                self.assertEqual(values.shape, (2,))
                for value, row in zip(values, rows):
                    self.assertEqual(value.dtype, np.dtype(name))
                    np.testing.assert_array_equal(value, np.array(row, dtype=name))
            self.assertEqual(data.read("opaque").tobytes(), opaque.tobytes())

    def test_broken(self):
        """One that is broken says so, and the others are read."""
        broken = support.STORES / "bad" / "bad-csr-index-negative.h5ad"
        data = anncore.open(broken)
        with self.assertRaises(anncore.Error) as caught:
            data.read("X")
        self.assertIn(str(broken), str(caught.exception))
        self.assertIn("X", str(caught.exception))
        self.assertEqual(caught.exception.store, str(broken))
        self.assertEqual(len(data.obs_names), data.n_obs)
        repr(data)

    def test_without_pandas_and_scipy(self):
        theirs = anndata.read_h5ad(support.sample())
        result = subprocess.run(
            [sys.executable, "-c", BARE, anncore.__path__[0] + "/..", support.sample(), support.fixture("kitchen-a0.12-h5ad.h5ad")],
            check=True, capture_output=True, text=True)
        lines = result.stdout.splitlines()
        self.assertEqual(lines[0], f"{theirs.obs.phase.astype(str).tolist()[:4]} False")
        self.assertEqual(lines[1], f"(700, 765) int32 {float(theirs.raw.X.data.sum())}")
        self.assertEqual(lines[2], f"['_index', 'bulk_labels', 'n_genes'] {theirs.obs_names[0]} {theirs.obs.n_genes.iloc[0]}")

    def test_classes(self):
        data = anncore.open(support.sample())
        self.assertIsInstance(data.read("raw/X"), sp.csr_matrix)
        self.assertIsInstance(data.read("obs/phase"), pd.Categorical)
        self.assertIsInstance(data.read("obs"), pd.DataFrame)
