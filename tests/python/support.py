"""What the tests of the Python module share.

SPDX-License-Identifier: Apache-2.0
"""

import contextlib
import os
import pathlib
import tempfile
import unittest
import warnings

import anndata
import h5py
import numpy as np
import pandas as pd
import scipy.sparse as sp
import zarr

try:
    import hdf5plugin  # noqa: F401 h5py finds its filters by it
except ImportError:
    hdf5plugin = None
try:
    import awkward
except ImportError:
    awkward = None

SOURCE = STORES = None  # folders, set by run_tests.py


def sample():
    return SOURCE / "data" / "sample" / "pbmc68k_reduced.h5ad"


def fixture(name):
    return STORES / "made" / name


@contextlib.contextmanager
def opened(path):
    """The store as h5py or zarr has it, to be read by elements."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if path.suffix == ".zip":
            with contextlib.closing(zarr.storage.ZipStore(path, mode="r")) as archive:
                yield zarr.open(archive, mode="r")
        elif path.suffix == ".zarr":
            yield zarr.open(path, mode="r")
        else:
            with h5py.File(path) as file:
                yield file


def is_nested_list(node):
    """Whether it is an awkward array, which the Python of the tests cannot read."""
    return node.attrs.get("encoding-type") == "awkward-array"


def read_with_anndata(path):
    """An AnnData of all that can be read: without nested lists."""
    def read(node):
        if node.attrs.get("encoding-type") == "dict":
            return {name: read(node[name]) for name in node if not is_nested_list(node[name])}
        return anndata.io.read_elem(node)

    with opened(path) as root:
        return anndata.AnnData(**{name: read(root[name]) for name in root if name != "raw"})


class InFolder(unittest.TestCase):
    """In an empty folder of its own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(folder.name)
        self.folder = pathlib.Path(folder.name)


def assert_equal(ours, theirs, path=""):
    """The same values of the same types, as far as Python tells; no more or fewer of them."""
    if isinstance(theirs, pd.DataFrame):
        assert isinstance(ours, pd.DataFrame), (path, type(ours))
        assert list(ours.columns) == list(theirs.columns), (path, list(ours.columns), list(theirs.columns))
        assert ours.index.name == theirs.index.name, (path, ours.index.name, theirs.index.name)
        assert_equal(ours.index.to_numpy(), theirs.index.to_numpy(), f"{path} index")
        for name in theirs.columns:
            assert_equal(ours[name].array, theirs[name].array, f"{path}/{name}")
    elif isinstance(theirs, anndata.AnnData):
        assert isinstance(ours, anndata.AnnData) and not ours.is_view, (path, type(ours))
        assert (ours.raw is None) == (theirs.raw is None), path
        for name in ("X", "obs", "var", "obsm", "varm", "obsp", "varp", "layers", "uns"):
            assert_equal(getattr(ours, name), getattr(theirs, name), f"{path}/{name}")
        for name in ("X", "var", "varm") if theirs.raw is not None else ():
            assert_equal(getattr(ours.raw, name), getattr(theirs.raw, name), f"{path}/raw/{name}")
    elif hasattr(theirs, "keys"):
        ours = {name: value for name, value in ours.items() if not isinstance(value, list)}
        assert sorted(ours) == sorted(theirs), (path, sorted(ours), sorted(theirs))
        for name in theirs:
            assert_equal(ours[name], theirs[name], f"{path}/{name}")
    elif awkward is not None and isinstance(theirs, awkward.Array):
        assert_lists_equal(ours.to_list() if isinstance(ours, awkward.Array) else ours, theirs.to_list(), path)
    elif sp.issparse(theirs):
        assert sp.issparse(ours) and ours.format == theirs.format and ours.shape == theirs.shape, (path, repr(ours), repr(theirs))
        assert ours.dtype == theirs.dtype, (path, ours.dtype, theirs.dtype)
        for part in ("indptr", "indices", "data"):
            np.testing.assert_array_equal(getattr(ours, part), getattr(theirs, part), err_msg=f"{path}/{part}")
    elif isinstance(theirs, pd.Categorical):
        assert isinstance(ours, pd.Categorical), (path, type(ours))
        assert ours.ordered == theirs.ordered, path
        assert_equal(ours.categories.to_numpy(), theirs.categories.to_numpy(), f"{path} categories")
        np.testing.assert_array_equal(ours.codes, theirs.codes, err_msg=path)
    elif isinstance(theirs, pd.api.extensions.ExtensionArray) and not isinstance(theirs, pd.arrays.NumpyExtensionArray):
        assert ours.dtype == theirs.dtype, (path, ours.dtype, theirs.dtype)
        pd.testing.assert_extension_array_equal(ours, theirs)
    elif isinstance(theirs, (np.ndarray, pd.arrays.NumpyExtensionArray)):
        assert_arrays_equal(np.asarray(ours), np.asarray(theirs), path)
    elif theirs is None:
        assert ours is None, path
    else:
        theirs = theirs.item() if isinstance(theirs, np.generic) else theirs  # of old stores
        assert type(ours) is type(theirs), (path, type(ours), type(theirs))
        np.testing.assert_equal(ours, theirs, err_msg=path)


def assert_arrays_equal(ours, theirs, path):
    if theirs.dtype.names is not None:
        assert ours.dtype.names == theirs.dtype.names, (path, ours.dtype, theirs.dtype)
        for name in theirs.dtype.names:
            assert_arrays_equal(ours[name], theirs[name], f"{path}.{name}")
        return
    assert ours.shape == theirs.shape, (path, ours.shape, theirs.shape)
    if theirs.dtype.kind == "S":  # of the same length, or as long as the longest
        assert ours.dtype.kind == "S", (path, ours.dtype, theirs.dtype)
    elif theirs.dtype.kind in "OUT":
        assert ours.dtype.kind in "OUT", (path, ours.dtype, theirs.dtype)
        ours, theirs = ours.astype(object), theirs.astype(object)
        for one, other in zip(ours.flat, theirs.flat):
            assert type(one) is type(other), (path, one, other)
    else:
        assert ours.dtype == theirs.dtype.newbyteorder("="), (path, ours.dtype, theirs.dtype)
    np.testing.assert_array_equal(ours, theirs, err_msg=path)


def assert_lists_equal(ours, theirs, path):
    """Of the same types, all the way down."""
    assert type(ours) is type(theirs), (path, ours, theirs)
    if isinstance(theirs, dict):
        assert list(ours) == list(theirs), (path, ours, theirs)
        ours, theirs = list(ours.values()), list(theirs.values())
    if isinstance(theirs, (list, tuple)):
        assert len(ours) == len(theirs), (path, ours, theirs)
        for one, other in zip(ours, theirs):
            assert_lists_equal(one, other, path)
    else:
        np.testing.assert_equal(ours, theirs, err_msg=path)
