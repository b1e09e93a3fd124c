"""Selections, against those of anndata, of both formats.

SPDX-License-Identifier: Apache-2.0
"""

import unittest
import warnings

import anndata
import numpy as np
import pandas as pd

import anncore
import support

STORES = ["kitchen-a0.12-h5ad.h5ad", "kitchen-a0.12-zarr3.zarr", "x-csc-int32.h5ad", "columns-order.h5ad"]


def ways(n, names):
    """(what is asked of us, what is asked of anndata)"""
    odd = np.arange(n) % 2 == 1
    few = np.array([n - 1, 0, n // 2])
    chosen = [names[i] for i in few]
    return {
        "all": (None, slice(None)),
        "range": (slice(1, n - 1), slice(1, n - 1)),
        "steps": (slice(None, None, 3), slice(None, None, 3)),
        "backwards": (slice(None, None, -2), slice(None, None, -2)),
        "beyond": (slice(2, 10 * n), slice(2, 10 * n)),
        "none": (slice(3, 3), slice(3, 3)),
        "list": (few.tolist(), few),
        "array": (few.astype(np.int32), few),
        "unsigned": (few.astype(np.uint64), few),
        "not contiguous": (np.repeat(few, 2)[::2], few),
        "negative": ([-1, -n], [n - 1, 0]),
        "twice": ([1, 1, 0], [1, 1, 0]),
        "one": (1, [1]),
        "empty": ([], np.empty(0, int)),
        "mask": (odd, odd),
        "list of bools": (odd.tolist(), odd),
        "series": (pd.Series(odd), odd),
        "nobody": (np.zeros(n, bool), np.zeros(n, bool)),
        "names": (chosen, few),
        "index": (pd.Index(chosen), few),
        "array of names": (np.array(chosen), few),
    }


def drop_unused(value):
    """A copy of anndata's has those categories alone that some row uses, a selection keeps all."""
    if isinstance(value, dict):
        for entry in value.values():
            drop_unused(entry)
    elif isinstance(value, pd.DataFrame):
        for name in value.columns:
            if isinstance(value[name].dtype, pd.CategoricalDtype):
                value[name] = value[name].cat.remove_unused_categories()


class Select(unittest.TestCase):
    def compare(self, view, wanted):
        self.assertEqual(view.shape, wanted.shape)
        for path in ("X", "obs", "var", "obsm", "varm", "obsp", "varp", "layers"):
            if path not in view:
                continue
            theirs = wanted.X if path == "X" else getattr(wanted, path)
            ours = view.read(path)
            drop_unused(ours)
            support.assert_equal(ours, theirs, path)

    def test_like_anndata(self):
        for store in STORES:
            theirs = support.read_with_anndata(support.fixture(store))
            with anncore.open(support.fixture(store)) as data, warnings.catch_warnings():
                warnings.simplefilter("ignore")
                of_obs = ways(data.n_obs, data.obs_names)
                of_var = ways(data.n_vars, data.var_names)
                for name in of_obs:
                    with self.subTest(store=store, way=name):
                        self.compare(data.select(obs=of_obs[name][0]), theirs[of_obs[name][1]].copy())
                        self.compare(data.select(var=of_var[name][0]), theirs[:, of_var[name][1]].copy())
                        self.compare(data.select(of_obs[name][0], of_var["backwards"][0]),
                                     theirs[of_obs[name][1]].copy()[:, of_var["backwards"][1]].copy())

    def test_views_of_views(self):
        path = support.sample()
        theirs = anndata.read_h5ad(path)
        view = anncore.open(path).select(obs="phase == 'S'").select(slice(None, None, -3), ["NKG7", "CD3D"])
        view = view.select(obs=[5, 2])
        wanted = theirs[theirs.obs.phase == "S"][::-3, ["NKG7", "CD3D"]][[5, 2]].copy()
        self.compare(view, wanted)
        self.assertIsInstance(view, anncore.View)
        support.assert_equal(view.read("raw")["X"], wanted.raw.X, "raw/X")

    def test_outlives_its_store(self):
        with anncore.open(support.sample()) as data:
            view = data.select(obs=[3])
        self.assertTrue(data.closed)
        self.assertEqual(view.obs_names.tolist(), [anndata.read_h5ad(support.sample()).obs_names[3]])
        self.assertRaisesRegex(ValueError, "closed", data.select, obs=[3])

    def test_refused(self):
        data = anncore.open(support.sample())
        n = data.n_obs
        for rows, error, words in [
            ([n], IndexError, str(n)),
            ([-n - 1], IndexError, str(n)),
            ([2**63], IndexError, "no row"),
            (np.ones(n - 1, bool), IndexError, "mask"),
            ([1.0, 2.0], TypeError, "float64"),
            ([[1, 2]], TypeError, "one axis"),
            ([None, 1], TypeError, "labels"),
            (["nobody"], KeyError, "nobody"),
            (["a\0b"], ValueError, "NUL"),
            ([data.obs_names[0] + "\0"], ValueError, "NUL"),
            ((data.obs_names[0] + "\0",), ValueError, "NUL"),
            (slice(None, None, 0), ValueError, "zero"),
            ("n_genes >", anncore.FilterError, "character 10"),
        ]:
            with self.subTest(rows=str(rows)[:30]), self.assertRaisesRegex(error, words):
                data.select(obs=rows)
        with self.assertRaisesRegex(ValueError, "'obs', 'var'"):
            data.filter("n_genes > 3", axis="cells")
