"""What is written, read back by anndata.

SPDX-License-Identifier: Apache-2.0
"""

import os
import pathlib
import shutil
import warnings

import anndata
import numpy as np
import scipy.sparse as sp

import anncore
import support


class Export(support.InFolder):
    def setUp(self):
        super().setUp()
        self.data = anncore.open(support.sample())
        self.theirs = anndata.read_h5ad(support.sample())

    def compare(self, path, wanted, names=("X", "obs", "var", "obsm", "varm", "obsp", "layers")):
        ours = support.read_with_anndata(pathlib.Path(path))
        for name in names:
            support.assert_equal(getattr(ours, name), getattr(wanted, name), f"{path}: {name}")

    def test_formats(self):
        view = self.data.select("n_genes > 900 and phase == 'S'", slice(None, None, -3))
        mask = (self.theirs.obs.n_genes > 900) & (self.theirs.obs.phase == "S")
        wanted = self.theirs[mask, ::-3].copy()
        for path, options in [
            ("a.h5ad", {}),
            ("b.zarr", {}),
            ("c.zarr", {"zarr_format": 3, "compression": "zstd:1", "shard_rows": 500, "chunk_rows": 100}),
            (pathlib.Path("d.h5ad"), {"compression": "gzip:9", "profile": "modern"}),
        ]:
            with self.subTest(path=path):
                view.export(path, **options)
                self.compare(path, wanted)

        view.export("names", format="ids")
        self.assertEqual(pathlib.Path("names").read_text().split(), wanted.obs_names.tolist())

    def test_options(self):
        self.data.export("s.h5ad", layout="csr", elements=("X", "obsm/X_pca"))
        written = anndata.read_h5ad("s.h5ad")
        self.assertIsInstance(written.X, sp.csr_matrix)
        self.assertEqual((list(written.obsm), list(written.varm), list(written.uns)), (["X_pca"], [], []))
        np.testing.assert_array_equal(written.X.toarray(), self.theirs.X)

        view = self.data.select("phase == 'S'")
        view.export("k.h5ad", keep_unused_categories=True)
        view.export("u.h5ad")
        self.assertEqual(list(anndata.read_h5ad("k.h5ad").obs.phase.cat.categories), ["G1", "G2M", "S"])
        self.assertEqual(list(anndata.read_h5ad("u.h5ad").obs.phase.cat.categories), ["S"])

        for options, words in [
            ({"profile": "old"}, "portable"),
            ({"layout": "coo"}, "csr"),
            ({"format": "xlsx"}, "h5ad"),
            ({"compression": "rar"}, "compression"),
            ({"zarr_format": 4}, "2 or 3"),
            ({"chunk_rows": -1}, "rows"),
            ({"zarr_format": 3}, "zarr_format makes no difference"),
        ]:
            with self.subTest(options=options), self.assertRaisesRegex(ValueError, words):
                self.data.export("x.h5ad", **options)
        self.assertFalse(pathlib.Path("x.h5ad").exists())

    def test_overwrite(self):
        self.data.export("a.h5ad", elements=[])
        with self.assertRaisesRegex(FileExistsError, "a.h5ad.*overwrite=True") as caught:
            self.data.export("a.h5ad")
        self.assertIsInstance(caught.exception, anncore.Error)
        self.assertEqual(caught.exception.store, "a.h5ad")
        self.data.export("a.h5ad", overwrite=True)
        self.compare("a.h5ad", self.theirs)
        with self.assertRaises(PermissionError):  # over what it is read from
            anncore.open("a.h5ad").export("a.h5ad", overwrite=True)
        with self.assertRaises(FileNotFoundError) as caught:
            self.data.export("nowhere/a.h5ad")
        self.assertEqual(caught.exception.store, "nowhere/a.h5ad")

    def test_blames_the_source(self):
        """What is read is to blame, and not the place that is written to."""
        with self.assertRaisesRegex(anncore.NotFoundError, "obsm/X_tsne") as caught:
            self.data.export("a.h5ad", elements=["X", "obsm/X_tsne"])
        self.assertIsInstance(caught.exception, KeyError)
        self.assertEqual(caught.exception.store, str(support.sample()))

        shutil.copytree(support.fixture("kitchen-a0.12-zarr2.zarr"), "s.zarr")
        damaged = anncore.open("s.zarr")
        for chunk in pathlib.Path("s.zarr/X").glob("data/[0-9]*"):
            chunk.write_bytes(b"no codec made this")
        with self.assertRaisesRegex(anncore.Error, "s.zarr: X") as caught:
            damaged.export("a.h5ad")
        self.assertEqual((caught.exception.store, caught.exception.code), ("s.zarr", "corrupt"))
        self.assertEqual(os.listdir(), ["s.zarr"])

    def test_names(self):
        """A text is one name; what has a NUL within is none."""
        self.data.export("a.h5ad", elements="obsm")
        self.assertEqual(list(anndata.read_h5ad("a.h5ad").obsm), ["X_pca", "X_umap"])
        for call in [
            lambda: self.data.export("x.h5ad", elements=["X\0"]),
            lambda: self.data.export("x.h5ad", elements="X\0"),
            lambda: self.data.export("x.h5ad\0"),
            lambda: self.data.filter("n_genes > 900\0 nonsense"),
            lambda: self.data.select("n_genes > 900\0 nonsense"),
            lambda: self.data.read("X\0"),
            lambda: anncore.open("x\0"),
            lambda: anncore.concat([self.data, self.data], keys=["a\0", "b"]),
            lambda: anncore.concat([self.data], label="a\0"),
        ]:
            with self.assertRaisesRegex(ValueError, "(?i)nul"):
                call()
        for stores in ("a.h5ad", pathlib.Path("a.h5ad"), self.data):
            with self.assertRaisesRegex(TypeError, "a list or a mapping"):
                anncore.concat(stores)
        with self.assertRaises(TypeError):
            self.data.export("x.h5ad", elements=[3])
        with self.assertRaisesRegex(ValueError, "1 keys for 2"):
            anncore.concat([self.data, self.data], keys="ab")

    def test_progress(self):
        steps = []
        self.data.export("a.h5ad", progress=lambda done, total: steps.append((done, total)))
        self.assertEqual(steps, sorted(steps))
        self.assertTrue(all(0 <= done <= total for done, total in steps))
        self.assertGreaterEqual(steps[-1][0], self.theirs.X.nbytes)

    def test_warns(self):
        """What is not as it was is said to who called, and not to the package."""
        kitchen = anncore.open(support.fixture("kitchen-a0.12-h5ad.h5ad"))
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            kitchen.export("k.h5ad")
        self.assertTrue(caught)
        self.assertTrue(all(one.category is anncore.ConversionWarning for one in caught))
        self.assertEqual({one.filename for one in caught}, {__file__})

    def test_concat(self):
        left, right = self.data.select(slice(0, 50)), self.data.select(slice(300, 400), slice(0, 600))
        parts = {"l": self.theirs[:50].copy(), "r": self.theirs[300:400, :600].copy()}
        for options in [
            {},
            {"join": "outer", "label": "part", "index_unique": "-", "fill_value": 0},
            {"merge": "same", "uns_merge": "first", "label": "part"},
            {"merge": "unique", "pairwise": True},
        ]:
            with self.subTest(options=options):
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    wanted = anndata.concat(parts, **options)
                lazy = anncore.concat({"l": left, "r": right}, **options)
                self.assertEqual(lazy.shape, wanted.shape)
                anncore.concat([left, right], "c.h5ad", keys=["l", "r"], overwrite=True, **options)
                self.compare("c.h5ad", wanted)

        columns = anncore.concat([self.data.select(var=slice(5)), self.data.select(var=slice(7, 9))], axis="var")
        wanted = anndata.concat([self.theirs[:, :5].copy(), self.theirs[:, 7:9].copy()], axis="var")
        self.assertEqual(columns.var_names.tolist(), wanted.var_names.tolist())
        np.testing.assert_array_equal(columns.read("X"), wanted.X)

    def test_concat_says(self):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            joined = anncore.concat([self.data, self.data])
        self.assertIn("700 labels occur more than once", str(caught[0].message))
        self.assertEqual(caught[0].filename, __file__)
        self.assertTrue(any("obsp/distances" in line for line in joined.warnings))

        for arguments, options, error in [
            (([],), {}, ValueError),
            (([self.data],), {"keys": ["a", "b"]}, ValueError),
            (({"a": self.data},), {"keys": ["a"]}, ValueError),
            (([self.data],), {"join": "left"}, ValueError),
            (([self.data],), {"compression": "gzip"}, TypeError),
            (([self.data], "a.h5ads"), {"compression": "gzip"}, TypeError),
            (([3],), {}, TypeError),
            ((["nowhere.h5ad"],), {}, FileNotFoundError),
        ]:
            with self.subTest(options=options), self.assertRaises(error):
                anncore.concat(*arguments, **options)

    def test_split(self):
        parts = self.data.split("phase", "by/phase", compression="none")
        self.assertEqual(parts, {name: f"by/phase/{name}.h5ad" for name in ("G1", "G2M", "S")})
        for label, path in parts.items():
            self.compare(path, self.theirs[self.theirs.obs.phase == label].copy())

        kitchen = anncore.open(support.fixture("kitchen-a0.12-h5ad.h5ad"))
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            parts = kitchen.split("cat_missing", pathlib.Path("k"), format="zarr", zarr_format=3, elements="X")
        column = kitchen.read("obs/cat_missing")
        self.assertEqual(sum(len(anncore.open(path)) for path in parts.values()), (column.codes >= 0).sum())
        self.assertTrue(any(f"{(column.codes < 0).sum()} rows have no value" in str(one.message) for one in caught))
        self.assertEqual({one.filename for one in caught}, {__file__})

        before = sorted(os.listdir("by/phase"))
        with self.assertRaisesRegex(FileExistsError, "overwrite=True") as caught:
            self.data.split("phase", "by/phase/")
        self.assertEqual(caught.exception.store, "by/phase/G1.h5ad")
        self.assertEqual(sorted(os.listdir("by/phase")), before)
        self.data.split("phase", "by/phase/", overwrite=True)

        for error, call in [
            (anncore.NotFoundError, lambda: self.data.split("phases", "x/y")),
            (ValueError, lambda: self.data.split("phase", "x", format="csv")),
            (ValueError, lambda: self.data.split("phase", "x", zarr_format=3)),
            (TypeError, lambda: self.data.split("phase", "x", compressor="gzip")),
            (ValueError, lambda: self.data.split("phase\0", "x")),
        ]:
            with self.subTest(error=error):
                self.assertRaises(error, call)
                self.assertFalse(os.path.exists("x"))

    def test_set(self):
        self.data.select(slice(0, 300)).export("a.h5ad")
        self.data.select(slice(300, None)).export("b.zarr")
        anncore.concat(["a.h5ad", pathlib.Path("b.zarr")], "all.h5ads")
        with anncore.open("all.h5ads") as both:
            self.assertEqual(both.shape, self.theirs.shape)
            np.testing.assert_array_equal(both.read("X"), self.theirs.X)
            self.assertEqual(both.obs_names.tolist(), self.theirs.obs_names.tolist())
            np.testing.assert_array_equal(both.filter("n_genes > 900"), np.flatnonzero(self.theirs.obs.n_genes > 900))
        with self.assertRaises(FileExistsError):
            anncore.concat(["a.h5ad", "b.zarr"], "all.h5ads")
        anncore.concat(["a.h5ad", "b.zarr"], "all.h5ads", overwrite=True)

        pathlib.Path("moved").mkdir()
        shutil.move("a.h5ad", "moved/a.h5ad")
        self.assertTrue(any("a.h5ad" in line for line in anncore.open("all.h5ads").warnings))
        missing = anncore.open("all.h5ads")
        for call in (missing.to_anndata, missing.select([0]).to_anndata, lambda: missing.export("x.h5ad")):
            with self.assertRaisesRegex(anncore.Error, "^all.h5ads: The part “0” is not") as caught:
                call()
        rest = anncore.open("all.h5ads", skip_missing_parts=True)
        support.assert_equal(rest.to_anndata().X, self.theirs.X[300:])
        for remap in ("moved", pathlib.Path("moved"), {"a.h5ad": "moved/a.h5ad"}, {"0": pathlib.Path("moved/a.h5ad")}):
            with self.subTest(remap=remap), anncore.open("all.h5ads", remap=remap) as both:
                self.assertFalse(any("a.h5ad" in line for line in both.warnings), both.warnings)
                np.testing.assert_array_equal(both.read("X"), self.theirs.X)
        with self.assertRaises(anncore.Error):
            anncore.open(support.sample(), remap="moved")
        with self.assertRaisesRegex(anncore.Error, "“c.h5ad=moved/a.h5ad” is of no part"):
            anncore.open("all.h5ads", remap={"c.h5ad": "moved/a.h5ad"})
