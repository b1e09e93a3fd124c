"""What is found out about a store: its statistics, and what it breaks of the rules.

SPDX-License-Identifier: Apache-2.0
"""

import collections
import unittest

import anndata
import numpy as np
import pandas as pd

import anncore
import support


class Stats(unittest.TestCase):
    def setUp(self):
        self.data = anncore.open(support.sample())
        self.theirs = anndata.read_h5ad(support.sample())

    def compare(self, stats, values):
        values = np.asarray(values, dtype=np.float64).ravel()
        self.assertEqual((stats["n"], stats["missing"], stats["finite"]), (len(values), 0, len(values)))
        self.assertEqual(stats["zero"], np.count_nonzero(values == 0))
        self.assertEqual((stats["min"], stats["max"]), (values.min(), values.max()))
        self.assertEqual(stats["distinct"], len(np.unique(values)))
        np.testing.assert_allclose([stats["mean"], stats["sd"]], [values.mean(), values.std(ddof=1)], rtol=1e-12)
        np.testing.assert_allclose(list(stats["quantiles"].values()), np.quantile(values, [0.05, 0.25, 0.5, 0.75, 0.95]), rtol=1e-12)
        histogram = stats["histogram"]
        self.assertEqual(sum(histogram["counts"]), len(values))
        self.assertLessEqual(histogram["low"], values.min())
        self.assertGreaterEqual(histogram["high"], values.max())

    def test_numbers(self):
        stats = self.data.stats("obs/n_genes")
        self.compare(stats, self.theirs.obs.n_genes)
        self.assertIs(stats["integral"], True)
        raw = self.theirs.raw.X
        stats = self.data.stats("raw/X")
        self.compare({**stats, "distinct": len(np.unique(raw.toarray()))}, raw.toarray())
        self.assertEqual(stats["stored"], raw.nnz)
        view = self.data.select("phase == 'S'", slice(0, 50))
        self.compare({**view.stats("X"), "distinct": None} | {"distinct": len(np.unique(view.read("X")))}, view.read("X"))

    def test_texts(self):
        stats = self.data.stats("obs/phase")
        self.assertEqual(dict(stats["values"]), collections.Counter(self.theirs.obs.phase))
        self.assertEqual((stats["n"], stats["distinct"], stats["distinct_is_exact"]), (700, 3, True))
        self.assertNotIn("mean", stats)

    def test_missing(self):
        column = anncore.open(support.fixture("kitchen-a0.12-h5ad.h5ad"))
        values = column.read("obs/nullable_int64")
        self.assertEqual(column.element("obs/nullable_int64").stats()["missing"], pd.isna(values).sum())

    def test_refused(self):
        with self.assertRaisesRegex(anncore.Error, "uns") as caught:
            self.data.stats("uns")
        self.assertEqual((caught.exception.code, caught.exception.store), ("unsupported", str(support.sample())))


class Validate(unittest.TestCase):
    def test_good(self):
        steps = []
        report = anncore.open(support.sample()).validate(deep=True, progress=lambda done, total: steps.append(done))
        self.assertEqual([one for one in report.findings if one.severity == "error"], [])
        self.assertEqual(report.n_unread, 0)
        self.assertGreater(report.n_elements, 40)
        self.assertGreater(steps[-1], 700 * 765)

    def test_broken(self):
        data = anncore.open(support.STORES / "bad" / "bad-csr-index-negative.h5ad")
        self.assertNotIn("X", [one.path.partition("/")[0] for one in data.validate().findings if one.severity == "error"])
        errors = [one for one in data.validate(deep=True).findings if one.severity == "error"]
        self.assertEqual({one.path.partition("/")[0] for one in errors}, {"X"})
        self.assertRegex(errors[0].rule, "^sparse-")
        self.assertIn("-1", errors[0].message)

    def test_refused(self):
        with self.assertRaises(anncore.Error) as caught:
            anncore.open(support.sample()).select([1]).validate()
        self.assertEqual(caught.exception.code, "unsupported")


class Version(unittest.TestCase):
    def test_version(self):
        project = (support.SOURCE / "meson.build").read_text()
        self.assertIn(f"version: '{anncore.__version__}'", project)
