"""Objects of anndata, against those that it reads and selects itself.

SPDX-License-Identifier: Apache-2.0
"""

import subprocess
import sys
import unittest
import warnings

import anndata
import numpy as np

import anncore
import support

STORES = [
    "columns-order.h5ad",
    "no-x-zarr3.zarr",
    "raw-dense-zarr3.zarr",
    "rs-full.h5ad",
    "scanpy-like-zarr2.zarr",
    "scanpy-like.h5ad",
    "shape-0x7-csc.h5ad",
    "spatial-images.h5ad",
]
WITH_LISTS = [
    "kitchen-a0.12-h5ad.h5ad",
    "kitchen-a0.12-zarr3.zarr",
    "kitchen-a0.8-h5ad.h5ad",
]

BARE = """
import sys
sys.modules["anndata"] = None
sys.path.insert(0, sys.argv[1])
import anncore
try:
    anncore.open(sys.argv[2]).to_anndata()
except ImportError as error:
    print(error.name)
"""


class ToAnnData(unittest.TestCase):
    def test_like_anndata(self):
        paths = [support.fixture(name) for name in STORES + (WITH_LISTS if support.awkward else [])]
        for path in [support.sample(), *paths]:
            with self.subTest(store=path.name), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                theirs = (anndata.read_zarr if path.suffix == ".zarr" else anndata.read_h5ad)(path)
                data = anncore.open(path)
                support.assert_equal(data.to_anndata(), theirs)
                rows, columns = np.arange(data.n_obs)[::-3], np.arange(data.n_vars) % 3 == 1
                support.assert_equal(data.select(rows, columns).to_anndata(), theirs[rows, columns].copy())
                support.assert_equal(data.select([], None).to_anndata(), theirs[np.empty(0, int)].copy())

    def test_categories(self):
        """Those of a selection are those of its rows, with their colours; those of all of a store stay."""
        data = anncore.open(support.sample())
        some = data.select("phase == 'S'").select(slice(0, 20))
        self.assertEqual(list(some.to_anndata().obs.phase.cat.categories), ["S"])
        self.assertEqual(len(some.to_anndata().uns["phase_colors"]), 1)
        joined = anncore.concat([some, data.select("phase == 'G1'")], index_unique="-")
        self.assertEqual(len(joined.to_anndata().obs.phase.cat.categories), 3)
        self.assertEqual(len(joined.select([0]).to_anndata().obs.phase.cat.categories), 1)

    def test_no_matrix(self):
        with self.assertRaisesRegex(anncore.Error, "no annotated matrix"):
            anncore.open(support.fixture("hdf5-types.h5")).to_anndata()

    def test_without_anndata(self):
        result = subprocess.run([sys.executable, "-c", BARE, anncore.__path__[0] + "/..", support.sample()],
                                check=True, capture_output=True, text=True)
        self.assertEqual(result.stdout, "anndata\n")
