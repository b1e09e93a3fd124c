"""Filters, against masks of pandas.

SPDX-License-Identifier: Apache-2.0
"""

import unittest

import anndata
import numpy as np

import anncore
import support


class Filter(unittest.TestCase):
    def test_like_pandas(self):
        theirs = anndata.read_h5ad(support.sample())
        obs, var = theirs.obs, theirs.var
        with anncore.open(support.sample()) as data:
            for text, axis, mask in [
                ("n_genes > 500 and louvain in ['1', '2']", "obs", (obs.n_genes > 500) & obs.louvain.isin(["1", "2"])),
                ("not (phase == \"G1\") | percent_mito < 0.01", "obs", ~(obs.phase == "G1") | (obs.percent_mito < 0.01)),
                ("bulk_labels matches 'CD4'", "obs", obs.bulk_labels.astype(str).str.contains("CD4")),
                ('X["CD3D"] > 0 and obsm["X_umap"][0] < 2', "obs",
                 (theirs[:, "CD3D"].X.ravel() > 0) & (theirs.obsm["X_umap"][:, 0] < 2)),
                ('raw["NKG7"] >= 2', "obs", theirs.raw[:, "NKG7"].X.toarray().ravel() >= 2),
                ("highly_variable and means > 0.5", "var", var.highly_variable & (var.means > 0.5)),
                ("n_genes < 0", "obs", obs.n_genes < 0),
            ]:
                with self.subTest(text=text):
                    found = data.filter(text, axis)
                    self.assertEqual(found.dtype, np.int64)
                    np.testing.assert_array_equal(found, np.flatnonzero(mask))

            view = data.select(obs=slice(None, None, -2))
            np.testing.assert_array_equal(view.filter("n_genes > 900"), np.flatnonzero(obs.n_genes[::-2] > 900))

    def test_is_not_copied(self):
        found = anncore.open(support.sample()).filter("n_genes > 900")
        memory = found.base.obj if isinstance(found.base, memoryview) else found.base
        self.assertEqual(type(memory).__module__, "anncore._anncore")
        found[:] = 7  # and belongs to who asked

    def test_mistakes(self):
        data = anncore.open(support.sample())
        for text, column, length, words in [
            ("n_genez > 1", 1, 7, "n_genes"),
            ("n_genes >", 10, 0, "missing"),
            ("phase == 'G1' and `größe` == 1", 19, 7, "größe"),
            ("'größe' == phase and louvian == '1'", 22, 7, "louvain"),
            ("phase > 3", None, None, ""),
        ]:
            with self.subTest(text=text), self.assertRaises(anncore.FilterError) as caught:
                data.filter(text)
            error = caught.exception
            self.assertIsInstance(error, ValueError)
            self.assertIn(words, str(error))
            if column is not None:
                self.assertEqual((error.column, error.length), (column, length))
                self.assertIn(f"(at character {column})", str(error))
        self.assertRaises(TypeError, data.filter, 3)
