"""What elements hold, against anndata.

SPDX-License-Identifier: Apache-2.0
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
import warnings

import anndata
import h5py
import numpy as np
import pandas as pd
import scipy.sparse as sp

import anncore
import support

# What anndata, scipy or zarr cannot read of them, and we can.
THEY_CANNOT = {
    "hdf5-attr-array1.h5ad": ".*",  # attributes of one text in a list
    "hdf5-big-endian.h5ad": "X|layers/counts|obsp/graph|obs",  # of scipy and pandas
    "hdf5-str-vlen-ascii.h5ad": "obs|uns/d/words",  # what says that it is ASCII, and is not
    "z2-dtypes-odd.zarr": "sub",  # types that zarr does not know
    "z2-vlen-array.zarr": "a",
    "z2-vlen-bytes.zarr": "b",
}
# What we take for something else, by intent.
OURS = {
    ("r-rhdf5.h5ad", "uns/made_in"): lambda value: value == "R",
    ("hdf5-types.h5", "null"): lambda value: value is None,
    ("hdf5-types.h5", "vlen/ints"): lambda value: [one.tolist() for one in value] == [[0, 1, 2], [0]],
}

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
for name in ("obs/nullable_int64", "obs/nullable_bool"):
    print(name, kitchen.read(name).mask.sum())
"""


class Read(unittest.TestCase):
    def test_token(self):
        for token in "a\nb", "a\x00b":
            with self.assertRaisesRegex(ValueError, "one line"):
                anncore.open(support.sample(), token=token)
        anncore.open(support.sample(), token="a b\n").close()

    def test_like_anndata(self):
        """Every element of every store that others wrote; columns with their table."""
        for path in sorted(support.STORES.glob("made/*")):
            if path.name in ("kitchen-a0.13-zarr3.zarr.zip", "kitchen-a0.6-zarr2.zarr.zip"):
                continue  # they have types that zarr does not know
            if path.suffix in (".h5ad", ".h5", ".zarr", ".zip"):
                with anncore.open(path) as data, support.opened(path) as root:
                    for name in data.keys():
                        with self.subTest(store=path.name, element=name):
                            self.compare(path, data, name, root)

    def compare(self, path, data, name, root):
        above, _, _ = name.rpartition("/")
        element = data.element(name)
        if above and data.element(above).kind == "dataframe" or element.kind in ("dict", "anndata", "raw"):
            return
        if element.state != "ok":
            self.assertIn((element.state, path.name[:11], name if element.state == "unsupported" else ""),
                          [("missing codec", "hdf5-blosc2", ""), ("unsupported", "hdf5-types.", "ref")], element.error)
            return
        try:
            ours = element.read()
        except anncore.Error as error:  # of a column
            self.assertEqual(error.code, "missing-codec")
            return
        if re.fullmatch(THEY_CANNOT.get(path.name, ""), name):
            return
        if element.kind == "awkward-array" and support.awkward is None:
            return
        if (path.name, name) in OURS:
            self.assertTrue(OURS[path.name, name](ours))
            return
        support.assert_equal(ours, self.read_theirs(path, root, name), name)

    def read_theirs(self, path, root, name):
        first, _, rest = name.partition("/")
        if first in ("obs", "var") and root[first].__class__.__name__ != "Group" or name not in root:
            return self.read_old(path, first, rest)
        return anndata.io.read_elem(root[name])

    def read_old(self, path, first, rest):
        """What is somewhere else than it would be today."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = getattr(anndata.read_h5ad(path), first)
        for part in rest.split("/") if rest else []:
            value = getattr(value, part) if hasattr(value, part) else value[part]
        return value

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

    def test_records_of_any_shape(self):
        dtype = np.dtype([("n", ">i4"), ("v", "<f8", (2,)), ("in", [("b", "?")])])
        want = np.array([(7, (1.5, -2), (True,)), (8, (0, np.inf), (False,))], dtype=dtype)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "plain.h5")
            with h5py.File(path, "w") as file:
                file["one"], file["row"], file["table"] = want[0], want, want.reshape(2, 1)
            data = anncore.open(path)
            for name, records in ("one", want[0]), ("row", want), ("table", want.reshape(2, 1)):
                values = data.read(name)
                self.assertEqual(values.shape, records.shape)
                for field in "n", "v":
                    np.testing.assert_array_equal(values[field], records[field])
                np.testing.assert_array_equal(values["in"]["b"], records["in"]["b"])

    def test_nested_lists(self):
        """What JSON has no word for: tuples, bytes; and names that the extension's marks have."""
        def layer(kind, key, **more):
            return {"class": kind, "parameters": {}, "form_key": key, **more}

        def numbers(key, primitive, **parameters):
            return layer("NumpyArray", key, primitive=primitive, inner_shape=[], parameters=parameters)

        names = layer("ListOffsetArray", "n1", offsets="i64", parameters={"__array__": "bytestring"},
                      content=numbers("n2", "uint8", __array__="byte"))
        pair = layer("RecordArray", "n3", fields=None, contents=[numbers("n4", "int64"), numbers("n5", "float64")])
        form = layer("RecordArray", "n0", fields=["b", "t", "β"], contents=[names, pair, numbers("n6", "bool")])
        buffers = {"n1-offsets": [0, 2, 2], "n2-data": np.array([0xff, 0], "u1"), "n4-data": [7, -8],
                   "n5-data": [np.inf, np.nan], "n6-data": [True, False]}
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "lists.h5")
            with h5py.File(path, "w") as file:
                group = file.create_group("a")
                group.attrs.update({"encoding-type": "awkward-array", "encoding-version": "0.1.0",
                                    "form": json.dumps(form), "length": 2})
                for name, values in buffers.items():
                    group[name] = values
            support.assert_lists_equal(
                anncore.open(path).read("a"),
                [{"b": b"\xff\0", "t": (7, np.inf), "β": True}, {"b": b"", "t": (-8, np.nan), "β": False}], "a")

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
        with h5py.File(support.fixture("kitchen-a0.12-h5ad.h5ad")) as kitchen:
            self.assertEqual(lines[3:], [f"obs/{name} {kitchen['obs'][name]['mask'][()].sum()}" for name in ("nullable_int64", "nullable_bool")])
        self.assertEqual(lines[2], f"['_index', 'bulk_labels', 'n_genes'] {theirs.obs_names[0]} {theirs.obs.n_genes.iloc[0]}")

    def test_classes(self):
        data = anncore.open(support.sample())
        self.assertIsInstance(data.read("raw/X"), sp.csr_matrix)
        self.assertIsInstance(data.read("obs/phase"), pd.Categorical)
        self.assertIsInstance(data.read("obs"), pd.DataFrame)
