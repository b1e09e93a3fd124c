#!/usr/bin/env python3
"""Write random stores with Python, let `ann` write parts of them, and compare what Python reads; a TAP test.

    check_python_writes.py --ann ANN [--cases N] [--seed SEED] [--reader PYTHON] [--keep] [KIND…]

A case is one store, one way to write it and one comparison: `export` with adata[rows, columns].copy (), `concat` with
anndata.concat, `split`, `edit`, `table` with pandas.read_csv, `market` with scipy.io.mmread, `filter` with masks of pandas.
Each has a seed of its own, so that `--seed S --cases 1 KIND` has case S again. Python's warnings are errors.
It runs in the Python that ANN_TEST_PYTHON names, which has anndata; without it the test is skipped.
--reader: lets another Python read what was exported, with an older anndata; only what is portable then.

SPDX-License-Identifier: Apache-2.0
"""

import os
import sys

if __name__ == "__main__" and sys.executable != os.environ.get("ANN_TEST_PYTHON", sys.executable):
    os.execv(os.environ["ANN_TEST_PYTHON"], [os.environ["ANN_TEST_PYTHON"], *sys.argv])

import argparse
import json
import pathlib
import pickle
import shutil
import subprocess
import tempfile
import traceback
import warnings

try:
    import anndata
    import h5py
    import numpy as np
    import pandas as pd
    import scipy.io
    import scipy.sparse as sp
except ImportError as missing:
    print(f"1..0 # SKIP ANN_TEST_PYTHON names no Python with anndata: {missing}")
    sys.exit(0)
try:
    import hdf5plugin  # noqa: F401, registers the filters of HDF5
except ImportError:
    hdf5plugin = None

WORDS = ["a", "B", "T cell", "", "naïve", "β-Zelle", "日本語", "🧬", "x,y", 'say "so"', "nan", "NA", "0", "-1", "tab\tin", "it's"]
NUMBERS = ["?", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8"]


# What something is, so that two of it can be compared, and sent from one Python to another.

def plain_values(values):
    if values.dtype.kind in "OUT":
        return [None if value is None or value is pd.NA or value != value else str(value) for value in values.ravel().tolist()]
    return values


def plain_array(values):
    values = np.asarray(values)
    if values.dtype.names:
        return ("records", values.shape, {name: plain_array(values[name]) for name in values.dtype.names})
    kind = "text" if values.dtype.kind in "OUT" else values.dtype.newbyteorder("=").str
    return ("array", kind, values.shape, plain_values(values))


def plain_index(index):
    return plain_array(np.asarray(index, dtype=object) if index.dtype.kind not in "iufb" else np.asarray(index))


def plain_column(column):
    if isinstance(column.dtype, pd.CategoricalDtype):
        labels = column.cat.categories
        return ("categorical", bool(column.cat.ordered), plain_index(labels), column.cat.codes.to_numpy().astype(int).tolist())
    if isinstance(column.dtype, pd.api.extensions.ExtensionDtype):
        missing = column.isna().to_numpy().tolist()
        return ("nullable", str(column.dtype).split("[")[0], [None if gap else value for value, gap in zip(column.tolist(), missing)])
    return plain_array(column.to_numpy())


def plain(value):
    if isinstance(value, pd.DataFrame):
        return ("frame", value.index.name, plain_index(value.index), {name: plain_column(value[name]) for name in value.columns},
                list(value.columns))
    if sp.issparse(value):
        return (value.format, value.dtype.str, value.shape, value.toarray(), value.data.dtype.str)
    if hasattr(value, "layout") and hasattr(value, "to_list"):
        return ("awkward", value.to_list())
    if hasattr(value, "keys") and not isinstance(value, np.ndarray):
        return {str(key): plain(value[key]) for key in value.keys()}
    if isinstance(value, (pd.Categorical, pd.api.extensions.ExtensionArray)):
        return plain_column(pd.Series(value))
    if isinstance(value, (pd.Index, pd.Series)):
        return plain_column(value.to_series()) if isinstance(value, pd.Index) else plain_column(value)
    if isinstance(value, np.ndarray):
        return plain_array(value) if value.ndim else plain_scalar(value[()])
    if isinstance(value, (list, tuple)):
        return plain_array(np.asarray(value))
    return plain_scalar(value)


def plain_scalar(value):
    if value is None or isinstance(value, str):
        return ("scalar", value)
    if np.asarray(value).dtype.names:
        return plain_array(value)
    return ("scalar", np.asarray(value).dtype.str, complex(value) if np.iscomplexobj(value) else np.asarray(value).item())


def plain_store(adata):
    parts = {"X": None if adata.X is None else plain(adata.X), "obs": plain(adata.obs), "var": plain(adata.var),
             "shape": adata.shape}
    for name in ("layers", "obsm", "varm", "obsp", "varp", "uns"):
        parts[name] = plain(dict(getattr(adata, name)))
    raw = adata.raw
    parts["raw"] = None if raw is None else {"X": plain(raw.X), "var": plain(raw.var), "varm": plain(dict(raw.varm))}
    return parts


def differences(want, got, path=""):
    """Sentences that say where two plain things differ."""
    if isinstance(want, dict) and isinstance(got, dict):
        for key in want.keys() - got.keys():
            yield f"{path}/{key}: is not there"
        for key in got.keys() - want.keys():
            yield f"{path}/{key}: is too many: {got[key]!r:.200}"
        for key in want.keys() & got.keys():
            yield from differences(want[key], got[key], f"{path}/{key}")
    elif isinstance(want, tuple) and isinstance(got, tuple) and len(want) == len(got):
        for number, (one, other) in enumerate(zip(want, got)):
            yield from differences(one, other, f"{path}[{number}]" if number > 1 or not isinstance(one, str) else path)
    elif isinstance(want, np.ndarray) and isinstance(got, np.ndarray):
        same = want.shape == got.shape and np.array_equal(want, got, equal_nan=want.dtype.kind in "fc")
        if not same:
            yield f"{path}: {got.tolist()!r:.300} instead of {want.tolist()!r:.300}"
    elif isinstance(want, float) and isinstance(got, float):
        if want != got and (want == want or got == got):
            yield f"{path}: {got!r} instead of {want!r}"
    elif type(want) is not type(got) or want != got:
        yield f"{path}: {got!r:.400} instead of {want!r:.400}"


def raise_if_any(wrong):
    wrong = sorted(wrong)
    if wrong:
        raise AssertionError("\n".join(wrong))


def read(path):
    # A label that is twice is no mistake of who wrote it.
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", message=".*names are not unique")
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        if str(path).endswith(".h5ad"):
            return anndata.read_h5ad(path)
        if str(path).endswith(".zip"):
            import zarr
            store = zarr.storage.ZipStore(path, mode="r") if hasattr(zarr, "storage") and zarr.__version__[0] == "3" else zarr.ZipStore(str(path), mode="r")
            try:
                return anndata.read_zarr(store)
            finally:
                store.close()
        return anndata.read_zarr(path)


# Stores that nobody would make.

class Maker:
    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def chance(self, odds):
        return self.rng.random() < odds

    def pick(self, choices):
        return choices[int(self.rng.integers(len(choices)))]

    def length(self, most=40):
        return self.pick([0, 1, 2]) if self.chance(0.15) else int(self.rng.integers(3, most))

    def numbers(self, shape, dtype, density=1.0):
        dtype = np.dtype(dtype)
        if dtype.kind == "b":
            values = self.rng.random(shape) < 0.5
        elif dtype.kind in "iu":
            limits = np.iinfo(dtype)
            low, high = (limits.min, limits.max) if self.chance(0.3) else (max(limits.min, -9), 9)
            values = self.rng.integers(low, high, shape, dtype=dtype, endpoint=True)
        else:
            values = np.asarray(self.rng.normal(size=shape)).astype(dtype)
            if dtype.kind == "c":
                values = values + np.asarray(self.rng.normal(size=shape) * 1j).astype(dtype)
            if self.chance(0.3):
                values = np.where(self.rng.random(shape) < 0.1, self.pick([np.nan, np.inf, -np.inf, -0.0]), values).astype(dtype)
        if density < 1:
            values = np.where(self.rng.random(shape) < density, values, np.zeros((), dtype)).astype(dtype)
        return np.asarray(values)

    def texts(self, length):
        return np.array([self.pick(WORDS) for _ in range(length)], dtype=object)

    def labels(self, length, letter):
        labels = [f"{letter}{number}" for number in range(length)]
        if self.chance(0.2):
            labels = [label + self.pick(WORDS) for label in labels]
        if self.chance(0.1) and length > 2:
            labels[-1] = labels[0]
        return labels

    def sparse(self, shape, dtype, ways=("csr", "csc")):
        way = self.pick(ways)
        matrix = sp.csr_matrix(self.numbers(shape, dtype, self.pick([0, 0.05, 0.3, 0.9])))
        matrix = matrix.asformat(way)
        if self.chance(0.3) and matrix.nnz > 0:
            for start, end in zip(matrix.indptr[:-1], matrix.indptr[1:]):
                order = self.rng.permutation(end - start) + start
                matrix.data[start:end], matrix.indices[start:end] = matrix.data[order], matrix.indices[order]
            matrix.has_sorted_indices = False
        if self.chance(0.3):
            matrix.indices, matrix.indptr = matrix.indices.astype("i8"), matrix.indptr.astype("i8")
        return matrix

    def matrix(self, shape, dtypes=NUMBERS):
        dtype = self.pick(dtypes)
        return self.numbers(shape, dtype, 0.6) if self.chance(0.4) else self.sparse(shape, dtype)

    def column(self, length):
        kind = self.pick(["number"] * 4 + ["text", "texts", "category", "category", "category", "integer", "boolean", "nulls"])
        missing = self.rng.random(length) < 0.2
        if kind == "number":
            return self.numbers(length, self.pick(NUMBERS))
        if kind == "text":
            return self.texts(length)
        if kind == "texts":
            return np.array([f"unique {number}" for number in range(length)], dtype=object)
        if kind == "integer":
            return pd.array(np.where(missing, None, self.numbers(length, "i1").astype(object)), dtype=self.pick(["Int8", "Int64"]))
        if kind == "boolean":
            return pd.array(np.where(missing, None, self.numbers(length, "?").astype(object)), dtype="boolean")
        if kind == "nulls":
            return pd.array(np.where(missing, None, self.texts(length)), dtype="string")
        return self.categorical(length)

    def categorical(self, length):
        kind = self.pick(["text", "text", "text", "integer", "float", "boolean", "none"])
        if kind == "none":
            return pd.Categorical([None] * length, categories=np.array([], dtype=object))
        labels = {"text": lambda: self.rng.permutation(np.array(WORDS, dtype=object))[:int(self.rng.integers(1, len(WORDS)))],
                  "integer": lambda: self.rng.permutation(np.arange(-3, 5)),
                  "float": lambda: np.array([0.5, -1.25, 1e300]),
                  "boolean": lambda: np.array([False, True])}[kind]()
        codes = self.rng.integers(-1 if self.chance(0.5) else 0, len(labels), length)
        return pd.Categorical.from_codes(codes, categories=labels, ordered=self.chance(0.4))

    def frame(self, labels, odd_names=True):
        frame = pd.DataFrame(index=pd.Index(labels, dtype=object))
        if self.chance(0.3):
            frame.index.name = self.pick(["cell", "barcode ö", "index"])
        names = ["n", "group", "percent mito", "größe", "x.y", "sample", "b", "Group"]
        for name in self.rng.permutation(names)[:int(self.rng.integers(0, len(names) if odd_names else 3))]:
            frame[str(name)] = self.column(len(labels))
        return frame

    def anything(self, depth=0):
        kind = self.pick(["number", "text", "array", "texts", "frame", "dict", "dict", "sparse", "category", "records", "deep", "bool",
                          "nullable", "null", "empty"])
        if kind == "number":
            return self.numbers((), self.pick(NUMBERS))[()]
        if kind == "text":
            return self.pick(WORDS)
        if kind == "bool":
            return bool(self.chance(0.5))
        if kind == "array":
            return self.numbers(tuple(int(self.rng.integers(0, 4)) for _ in range(int(self.rng.integers(1, 4)))),
                                self.pick([*NUMBERS, "f2", "c8", "c16"]))
        if kind == "texts":
            return self.texts(self.length(8))
        if kind == "frame":
            return self.frame([f"r{number}" for number in range(self.length(6))], False)
        if kind == "sparse":
            return self.sparse((self.length(6), self.length(6)), self.pick(NUMBERS))
        if kind == "category":
            return self.categorical(self.length(6))
        if kind == "nullable":
            return pd.array([1, None, 3], dtype="Int32")
        if kind == "records":
            return np.array([(1, 2.5), (3, -1)], dtype=[("a", "i4"), ("b c", "f8")])
        if kind == "null":
            return None
        if kind == "empty":
            return {}
        return {} if depth > 3 else self.mapping(depth + 1)

    def mapping(self, depth=0):
        return {str(name): self.anything(depth) for name in
                self.rng.permutation(["k", "log1p", "two words", "ключ", "100%", "a.b"])[:int(self.rng.integers(0, 5))]}

    def aligned(self, labels):
        things, length = {}, len(labels)
        for name in self.rng.permutation(["X_pca", "spatial 2", "table", "sp", "cube", "bits"])[:int(self.rng.integers(0, 4))]:
            things[str(name)] = {"table": lambda: self.frame(labels, False),
                                 "sp": lambda: self.sparse((length, 4), self.pick(NUMBERS)),
                                 "cube": lambda: self.numbers((length, 2, 3), "f4")}.get(
                                     name, lambda: self.numbers((length, int(self.rng.integers(1, 5))), self.pick(NUMBERS)))()
            if isinstance(things[str(name)], pd.DataFrame):
                things[str(name)].index = pd.Index(labels, dtype=object)
                things[str(name)].index.name = None
        return things

    def store(self, n_obs=None, labels=None):
        n_obs, n_var = self.length() if n_obs is None else n_obs, self.length(20)
        obs_labels, var_labels = self.labels(n_obs, "c"), labels or self.labels(n_var, "g")
        n_var = len(var_labels)
        obs, var = self.frame(obs_labels), self.frame(var_labels)
        adata = anndata.AnnData(None if self.chance(0.1) else self.matrix((n_obs, n_var)), obs=obs, var=var)
        for name in self.rng.permutation(["counts", "log norm", "σ"])[:int(self.rng.integers(0, 3))]:
            adata.layers[str(name)] = self.matrix((n_obs, n_var))
        for name, value in self.aligned(list(obs.index)).items():
            adata.obsm[name] = value
        for name, value in self.aligned(list(var.index)).items():
            adata.varm[name] = value
        if self.chance(0.4):
            adata.obsp["distances"] = self.matrix((n_obs, n_obs))
        if self.chance(0.3):
            adata.varp["corr"] = self.matrix((n_var, n_var))
        adata.uns = self.mapping()
        for name in obs.columns:
            if isinstance(obs[name].dtype, pd.CategoricalDtype) and self.chance(0.5):
                n_colors = len(obs[name].cat.categories) + (1 if self.chance(0.1) else 0)
                adata.uns[f"{name}_colors"] = np.array([f"#{number:06x}" for number in range(n_colors)], dtype=object)
        if self.chance(0.3):
            raw_var = self.frame(self.labels(self.length(25), "r"), False)
            adata.raw = anndata.AnnData(self.matrix((n_obs, len(raw_var))), obs=obs[[]], var=raw_var)
        return adata


class Case:
    def __init__(self, options, kind, seed, folder):
        self.ann, self.kind, self.seed, self.folder, self.reader = options.ann, kind, seed, folder, options.reader
        self.maker = Maker(seed)
        self.command = []

    def run(self, *arguments, status=0):
        self.command.append([str(argument) for argument in arguments])
        result = subprocess.run([self.ann, *map(str, arguments)], capture_output=True, timeout=120, check=False)
        errors = result.stderr.decode()
        if result.returncode not in ((0, 1) if status is None else (status,)):
            raise AssertionError(f"exit {result.returncode}: {errors}")
        return result.stdout.decode(), errors

    def write(self, adata, name="in", suffix=None):
        """The store on disk, and what Python reads of it."""
        suffix = suffix or self.maker.pick([".h5ad", ".h5ad", ".2.zarr", ".3.zarr"])
        path = self.folder / (name + suffix)
        with warnings.catch_warnings(), anndata.settings.override(allow_write_nullable_strings=True):
            warnings.simplefilter("ignore")
            if suffix != ".h5ad":
                with anndata.settings.override(zarr_write_format=int(suffix[1])):
                    adata.write_zarr(path)
                try:
                    return path, anndata.read_zarr(path)
                except KeyError:  # Python does not find the categories of some of its own
                    path = self.folder / (name + ".h5ad")
            adata.write_h5ad(path, compression=self.maker.pick([None, "gzip", "lzf"]))
            return path, anndata.read_h5ad(path)

    def read(self, path):
        if self.reader is None:
            return plain_store(read(path))
        result = subprocess.run([self.reader, __file__, "--dump", path], capture_output=True, timeout=120, check=False,
                                env={name: value for name, value in os.environ.items() if name != "ANN_TEST_PYTHON"})
        if result.returncode != 0:
            raise AssertionError(result.stderr.decode()[-1500:])
        return pickle.loads(result.stdout)

    def compare(self, want, path):
        raise_if_any(differences(want, self.read(path)))

    def selection(self, length, labels, what):
        """Options of the command, and the same for Python."""
        kind = self.maker.pick(["all", "slice", "back", "list", "mask", "names"] if length else ["all", "slice"])
        if kind == "all":
            return [], None
        if kind in ("slice", "back"):
            # What lies outside is refused.
            ends = [None if self.maker.chance(0.3) else int(self.maker.rng.integers(-length, length)) for _ in range(2 * (length > 0))] or [None, None]
            step = int(self.maker.rng.integers(1, 4)) * (-1 if kind == "back" else 1)
            text = ":".join("" if end is None else str(end) for end in ends) + (f":{step}" if step != 1 else "")
            return [f"--{what}={text}"], np.arange(length)[slice(*ends, step)]
        if kind == "mask":
            rows = np.flatnonzero(self.maker.rng.random(length) < 0.5)
        else:
            rows = self.maker.rng.integers(0, length, int(self.maker.rng.integers(1, 2 * length + 1)))
            rows = np.array(list(dict.fromkeys(rows))) if self.maker.chance(0.5) else rows
        path = self.folder / f"{what}.txt"
        if kind == "names" and len(set(labels)) == length and "" not in labels:
            path.write_text("".join(f"{labels[row]}\n" for row in rows))
            return [f"--{what}-names={path}"], rows
        if len(rows) == 0 or self.maker.chance(0.5):
            path.write_text("".join(f"{row}\n" for row in rows))
            return [f"--{what}=@{path}"], rows
        return [f"--{what}={','.join(map(str, rows))}"], rows

    def output(self, portable=False):
        """Where to, and how: the options."""
        maker, arguments = self.maker, []
        profile = "portable" if portable else maker.pick(["portable", "modern", "faithful"])
        suffix = maker.pick([".h5ad", ".h5ad", ".zarr", ".zarr.zip"])
        compressions = ["none", "gzip", "gzip:9", "lzf"] + ([] if hdf5plugin is None or portable else ["zstd", "blosc", "lz4:3"])
        version = None
        if suffix != ".h5ad":
            compressions = ["none", "gzip:1", "zstd", "zstd:9", "blosc", "lz4"]
            version = 2 if portable else maker.pick([None, 2, 3])
            if version is not None and not portable:
                arguments.append(f"--zarr-format={version}")
            if version == 3 and maker.chance(0.4):
                arguments.append(f"--shard-rows={int(maker.rng.integers(1, 30))}")
        if maker.chance(0.6):
            arguments.append(f"--compression={maker.pick(compressions)}")
        if maker.chance(0.4):
            arguments.append(f"--chunk-rows={int(maker.rng.integers(1, 12))}")
        return self.folder / ("out" + suffix), profile, [*arguments, f"--profile={profile}"]


def without_missing_texts(want):
    """Texts of which some are missing, as the portable profile has them."""
    if isinstance(want, dict):
        return {key: without_missing_texts(value) for key, value in want.items() if value != ("scalar", None)}
    if isinstance(want, tuple) and want and want[0] == "frame":
        return want[:3] + ({name: without_missing_texts(column) for name, column in want[3].items()},) + want[4:]
    if isinstance(want, tuple) and want and want[0] == "nullable" and want[1] == "string":
        if None not in want[2]:
            return ("array", "text", (len(want[2]),), want[2])
        labels = sorted({value for value in want[2] if value is not None}, key=lambda text: text.encode())
        return ("categorical", False, ("array", "text", (len(labels),), labels),
                [-1 if value is None else labels.index(value) for value in want[2]])
    return want


def in_layout(want, layout):
    if want is None or layout is None:
        return want
    if layout == "dense":
        return want if want[0] == "array" else ("array", want[1], want[2], want[3])
    return (layout, want[1], want[2], want[3], want[1])


def check_export(case):
    source, adata = case.write(case.maker.store())
    obs_options, rows = case.selection(adata.n_obs, list(adata.obs_names), "obs")
    var_options, columns = case.selection(adata.n_vars, list(adata.var_names), "var")
    target, profile, options = case.output(case.reader is not None)
    layout = case.maker.pick(["csr", "csc", "dense"]) if case.maker.chance(0.3) else None
    if rows is not None or columns is not None:
        adata = adata[slice(None) if rows is None else rows, slice(None) if columns is None else columns].copy()
    want = plain_store(adata)
    if profile == "portable":
        want = without_missing_texts(want)
    want["X"] = in_layout(want["X"], layout)
    want["layers"] = {name: in_layout(layer, layout) for name, layer in want["layers"].items()}
    case.run("export", source, "-o", target, *obs_options, *var_options, *options, *([f"--{layout}"] if layout else []))
    got = case.read(target)
    if adata.n_obs == 0:
        want["raw"] = got["raw"] = None  # Python takes raw for nothing then in Zarr, in stores of its own too
    raise_if_any(differences(want, got))


def comparable(frame, parts):
    """Not columns of several types, which pandas passes over when all is missing, nor objects, which Python does not write."""
    def is_mixed(name):
        kinds = {"text" if part[name].dtype == object else
                 part[name].dtype.name + str(part[name].cat.categories.dtype if part[name].dtype == "category" else "")
                 for part in parts if name in part}
        return len(kinds) > 1
    return [name for name in frame.columns if not is_mixed(name)
            and (frame[name].dtype != object or all(isinstance(value, str) for value in frame[name]))]


def without_ways(want):
    """Which way a sparse matrix lies that was put into another order is free, and so is it whether texts have a mask that
    masks nothing. Of texts some of which are missing pandas makes objects, which have no other way than a mask."""
    if isinstance(want, dict):
        return {key: without_ways(value) for key, value in want.items()}
    if not isinstance(want, tuple) or not want:
        return want
    if want[0] in ("csr", "csc"):
        return ("sparse", *want[1:])
    if want[0] == "frame":
        return (*want[:3], without_ways(want[3]), *want[4:])
    if want[:2] == ("array", "text") and len(want[2]) == 1:
        return ("nullable", "string", want[3])
    return want


def twin(maker, value):
    """What is equal to @value, or nearly so."""
    if isinstance(value, pd.DataFrame):
        return pd.DataFrame({name: twin(maker, value[name]) for name in value.columns}, index=value.index)
    if isinstance(value, pd.Series):
        return pd.Series(twin(maker, value.array) if isinstance(value.dtype, pd.CategoricalDtype) else value, index=value.index)
    if isinstance(value, dict):
        return {name: twin(maker, child) for name, child in value.items()}
    if isinstance(value, pd.Categorical):
        how = maker.pick(["order", "order", "ordered", "more", "values", "text"])
        if how == "order":
            return value.reorder_categories(maker.rng.permutation(value.categories.to_numpy()))
        if how == "ordered":
            return value.set_ordered(not value.ordered)
        if how == "more" and value.categories.dtype == object:
            return value.add_categories(["one more"])
        if how == "values" and len(value.categories) > 0:
            return pd.Categorical.from_codes((value.codes + 1) % len(value.categories), dtype=value.dtype)
        if how == "text" and value.categories.dtype == object and not value.isna().any():
            return np.asarray(value)
    return value


def give_twins(maker, first, other, axis):
    """Lets much of @other's be as @first has it, for what is merged."""
    for name, value in first.uns.items():
        if maker.chance(0.7):
            other.uns[name] = twin(maker, value)
    tables = [first.obs, other.obs] if axis == "var" else [first.var, other.var]
    if not tables[0].index.is_unique or not tables[1].index.isin(tables[0].index).all():
        return
    for name in tables[0].columns:
        if maker.chance(0.7):
            tables[1][name] = twin(maker, tables[0].loc[tables[1].index, name])
    if len(tables[0]) == len(tables[1]):
        side = "obsm" if axis == "var" else "varm"
        for name, value in getattr(first, side).items():
            if isinstance(value, pd.DataFrame) and (tables[0].index == tables[1].index).all():
                getattr(other, side)[name] = twin(maker, value)


def check_concat(case):
    maker = case.maker
    axis = maker.pick(["obs", "obs", "var"])
    pool = [f"g{number}" for number in range(12)]
    n_parts = int(maker.rng.integers(1, 5))
    shared, is_named = maker.chance(0.4), maker.chance(0.5)
    n_obs, paths, parts = int(maker.rng.integers(1, 12)), [], []
    for number in range(n_parts):
        labels = pool if shared else [str(label) for label in maker.rng.permutation(pool)[:int(maker.rng.integers(1, 12))]]
        adata = maker.store(n_obs=n_obs if axis == "var" else None, labels=labels)
        if axis == "var":
            adata.obs_names = [f"c{number}" for number in range(n_obs)]
        if is_named:
            adata.obs.index.name, adata.var.index.name = "cell", "gene"
        if number > 0 and maker.chance(0.6):
            give_twins(maker, first, adata, axis)
        first = first if number > 0 else adata
        path, adata = case.write(adata, f"part{number}")
        paths.append(path)
        parts.append(adata)

    how = {"axis": axis, "join": maker.pick(["inner", "outer"])}
    arguments = [f"--axis={axis}", f"--join={how['join']}"]
    for name in ("merge", "uns_merge"):
        strategy = maker.pick([None, "same", "unique", "first", "only"])
        if strategy:
            how[name] = strategy
            arguments.append(f"--{name.replace('_', '-')}={strategy}")
    if maker.chance(0.5):
        how["label"] = "which part"
        arguments.append("--label=which part")
    if maker.chance(0.5):
        how["keys"] = [f"k{number}" for number in range(n_parts)]
        arguments.append("--keys=" + ",".join(how["keys"]))
    if maker.chance(0.5):
        how["index_unique"] = "-"
        arguments.append("--index-unique=-")
    if maker.chance(0.2):
        how["fill_value"] = 7
        arguments.append("--fill-value=7")
    if maker.chance(0.4):
        how["pairwise"] = True
        arguments.append("--pairwise")
    target = case.folder / maker.pick(["out.h5ad", "out.zarr"])
    arguments.append("--profile=modern")
    try:
        want = anndata.concat(parts, **how)
    except Exception:  # what Python cannot join may be refused, or not
        case.run("concat", *paths, "-o", target, *arguments, status=None)
        return
    kept = {name: comparable(getattr(want, name), [getattr(part, name) for part in parts]) for name in ("obs", "var")}
    dropped = {name: set(getattr(want, name).columns) - set(kept[name]) for name in kept}
    for name in kept:
        setattr(want, name, getattr(want, name)[kept[name]])
    case.run("concat", *paths, "-o", target, *arguments)
    want = plain_store(want)
    got = case.read(target)
    for name in kept:
        frame = got[name]
        got[name] = frame[:3] + ({key: column for key, column in frame[3].items() if key not in dropped[name]},
                                 [key for key in frame[4] if key not in dropped[name]])
    raise_if_any(differences(without_ways(want), without_ways(got)))


def check_records(case):
    """Records of any shape, with arrays and records in them where a format has them; the rest is left out if that is asked for,
    and so is a column that older versions of anndata put into a group."""
    maker = case.maker
    length = maker.length(9)
    shape = maker.pick([(), (), (length,), (length, 2), (2, 0, 3), (2, 3, 2)])

    def fields(depth):
        for number in range(int(maker.rng.integers(1, 4))):
            kind = maker.pick(["number", "number", "array", "record", "text"])
            if kind == "record" and depth < 2:
                yield (f"record {number}", list(fields(depth + 1)))
            elif kind == "array":
                yield (f"array {number}", maker.pick(NUMBERS), (2, 3) if maker.chance(0.3) else (3,))
            else:
                yield (f"{number}", "O" if kind == "text" else maker.pick([*NUMBERS, "f2", "c8"]))

    def fill(values):
        for name in values.dtype.names:
            if values.dtype[name].names:
                fill(values[name])
            else:
                column = values[name]
                column[...] = (maker.texts(column.size).reshape(column.shape) if column.dtype == object
                               else maker.numbers(column.shape, column.dtype))

    def has(dtype, what):
        return any(what(dtype[name]) or has(dtype[name], what) for name in dtype.names or ())

    def is_text(dtype):
        return dtype == object

    def is_unread(dtype):
        """Python reads no text of a single record of HDF5, nor in a record in a record."""
        return has(dtype, is_text) if shape == () else any(has(dtype[name], is_text) for name in dtype.names)

    def to_hdf5(dtype):
        if dtype.names:
            return np.dtype([(name, to_hdf5(dtype[name])) for name in dtype.names])
        return h5py.string_dtype() if is_text(dtype) else dtype

    adata = anndata.AnnData(np.zeros((2, 1), "f4"), obs=pd.DataFrame({"n": [1, 2], "a_b": [3, 4]}, index=["x", "y"]))
    unread = {}
    for number in range(4):
        values = np.zeros(shape, dtype=list(fields(0)))
        fill(values)
        (unread if is_unread(values.dtype) else adata.uns)[f"r{number}"] = values
    source = case.folder / "in.h5ad"
    adata.write_h5ad(source)  # which compresses no single records
    adata = anndata.read_h5ad(source)
    adata.uns.update(unread)
    with h5py.File(source, "a") as file:
        for key, values in unread.items():
            written = file["uns"].create_dataset(key, shape, to_hdf5(values.dtype))
            written[...] = values
            written.attrs.update({"encoding-type": "rec-array", "encoding-version": "0.2.0"})
        file["obs"].move("a_b", "a/b")
        file["obs"].attrs["column-order"] = ["n", "a/b"]
    for name, options in (("out.h5ad", []), ("out2.zarr", ["--zarr-format=2"]), ("out3.zarr", ["--zarr-format=3"])):
        want = dict(adata.uns)
        if name == "out.h5ad":
            want = {key: value for key, value in want.items() if key not in unread}
        else:
            want = {key: value for key, value in want.items() if not has(value.dtype, lambda field: field.shape != ())
                    and not (name == "out2.zarr" and has(value.dtype, lambda field: field.names))}
        target = case.folder / name
        _text, errors = case.run("export", source, "-o", target, *options, status=1)
        if "leave it out" not in errors:
            raise AssertionError(errors)
        _text, errors = case.run("export", source, "-o", target, "--profile=modern", "--skip-unreadable", *options)
        for path in ["obs/a/b", *(f"uns/{key}" for key in adata.uns.keys() - want.keys())]:
            if path not in errors:
                raise AssertionError(f"{path} is left out without a word: {errors}")
        got = case.read(target)
        raise_if_any(differences({"uns": {key: plain(value) for key, value in want.items()}, "obs": plain(adata.obs[["n"]])},
                                 {"uns": got["uns"], "obs": got["obs"]}))


def check_split(case):
    adata = case.maker.store()
    values = [str(value) for value in case.maker.rng.permutation([word for word in WORDS if word not in ("", ".", "..")])]
    adata.obs["by"] = pd.Categorical([case.maker.pick([*values[:3], None]) for _ in range(adata.n_obs)], categories=values[:4])
    source, adata = case.write(adata)
    folder = case.folder / "parts"
    adata.uns.pop("by_colors", None)
    suffix = case.maker.pick(["h5ad", "zarr"])
    text, _errors = case.run("split", source, "--by", "by", "-o", folder, "--format", suffix, "--profile=modern", "--json")
    parts = json.loads(text)["parts"]
    counts = adata.obs["by"].value_counts(dropna=True)
    if {part["label"]: part["rows"] for part in parts} != {label: count for label, count in counts.items() if count}:
        raise AssertionError(f"parts {parts}, where pandas counts {dict(counts)}")
    for part in parts:
        want = plain_store(adata[(adata.obs["by"] == part["label"]).to_numpy()].copy())
        case.compare(want, pathlib.Path(part["target"]))


def check_edit(case):
    maker = case.maker
    adata = maker.store()
    source, adata = case.write(adata)
    arguments = []
    columns = list(adata.obs.columns)
    if columns and maker.chance(0.7):
        name = maker.pick(columns)
        adata.obs = adata.obs.drop(columns=name)
        arguments.append(f"--drop=obs/{name}")
        columns.remove(name)
    if columns and maker.chance(0.7):
        name = maker.pick(columns)
        adata.obs = adata.obs.rename(columns={name: "renamed ü"})
        arguments.append(f"--rename=obs/{name}=renamed ü")
    if maker.chance(0.7):
        text, value = maker.pick([("7", np.int64(7)), ("-0.5", -0.5), ("true", True)])
        adata.obs["new"] = np.full(adata.n_obs, value)
        arguments.append(f"--set=obs/new={text}")
    for name in list(adata.obsm)[:1]:
        del adata.obsm[name]
        arguments.append(f"--drop=obsm/{name}")
    for name in list(adata.layers)[:1]:
        adata.layers["other"] = adata.layers.pop(name)
        arguments.append(f"--rename=layers/{name}=other")
    text, value = maker.pick([("12", np.int64(12)), ("2.5", np.float64(2.5)), ("a text", "a text")])
    adata.uns["set"] = value
    arguments.append(f"--set=uns/set={text}")
    if adata.raw is None and adata.X is not None and adata.n_obs > 0 and maker.chance(0.5):
        adata.raw = adata.copy()
        adata.X = None
        arguments.append("--to-raw")
    want = plain_store(adata)
    if adata.n_obs == 0 and source.suffix != ".h5ad":
        want["raw"] = None
    case.run("edit", source, *arguments)
    case.compare(want, source)


def check_table(case):
    source, adata = case.write(case.maker.store())
    tabs = case.maker.chance(0.5)
    target = case.folder / (("obs.tsv" if tabs else "obs.csv") + case.maker.pick(["", ".gz"]))
    case.run("export", source, "-o", target, "--elements=obs")
    types = {name: str for name in adata.obs.columns if plain_column(adata.obs[name])[1] == "text" or not pd.api.types.is_numeric_dtype(adata.obs[name])}
    got = pd.read_csv(target, sep="\t" if tabs else ",", keep_default_na=False, float_precision="round_trip", dtype={**types, 0: str}, na_values={
        name: [""] for name in adata.obs.columns if name not in types})
    names = list(adata.obs.columns)
    wrong = []
    if list(got.columns[1:]) != names:
        wrong.append(f"columns {list(got.columns)} instead of {names}")
    if [str(label) for label in got.iloc[:, 0]] != list(adata.obs_names):
        wrong.append(f"names {list(got.iloc[:, 0])!r:.300} instead of {list(adata.obs_names)!r:.300}")
    for name in names if not wrong else []:
        column, read_column = adata.obs[name], got[name]
        if name in types:
            want = ["" if value is pd.NA or value is None or value != value else str(value) for value in column.tolist()]
            lower = [text.lower() if text in ("True", "False") else text for text in want]
            if [str(value) for value in read_column] not in (want, lower):
                wrong.append(f"{name}: {list(read_column)!r:.300} instead of {want!r:.300}")
        elif not np.array_equal(column.to_numpy(dtype="f8", na_value=np.nan), read_column.astype("f8").to_numpy(), equal_nan=True):
            if column.dtype != np.float32 or not np.array_equal(column.to_numpy(), read_column.astype("f4").to_numpy(), equal_nan=True):
                wrong.append(f"{name}: {list(read_column)!r:.300} instead of {list(column)!r:.300}")
    raise_if_any(wrong)


def check_market(case):
    adata = case.maker.store()
    adata.X = case.maker.matrix(adata.shape, [dtype for dtype in NUMBERS if dtype != "u8"])  # scipy reads int64
    for names in ("obs_names", "var_names"):
        setattr(adata, names, [label.replace("\t", " ") for label in getattr(adata, names)])
    source, adata = case.write(adata)
    target = case.folder / "out.mtx"
    case.run("export", source, "-o", target)
    matrix = next(target.glob("matrix.mtx*"))
    got = scipy.io.mmread(matrix)
    want = sp.coo_matrix(adata.X).T.toarray()
    got = got.toarray() if sp.issparse(got) else got
    wrong = []
    if got.shape != want.shape or not np.array_equal(got.astype(want.dtype), want, equal_nan=want.dtype.kind == "f"):
        wrong.append(f"{matrix.name}: {got!r:.300} instead of {want!r:.300}")
    for name, labels in (("barcodes.tsv", adata.obs_names), ("features.tsv", adata.var_names)):
        table = pd.read_csv(next(target.glob(name + "*")), sep="\t", header=None, dtype=str, keep_default_na=False) if len(labels) else None
        if table is not None and list(table[0]) != list(labels):
            wrong.append(f"{name}: {list(table[0])!r:.300} instead of {list(labels)!r:.300}")
    raise_if_any(wrong)


def present(column):
    return column.notna().to_numpy()


def make_question(maker, frame):
    """An expression, and for which rows it holds."""
    if maker.chance(0.35):
        one, rows = make_question(maker, frame)
        other, more_rows = make_question(maker, frame)
        join = maker.pick(["and", "or", "&", "|"])
        return f"({one}) {join} ({other})", rows & more_rows if join in ("and", "&") else rows | more_rows
    if maker.chance(0.15):
        text, rows = make_question(maker, frame)
        return f"not ({text})", ~rows
    name = maker.pick(list(frame.columns))
    column, quoted = frame[name], f"`{name}`"
    there = present(column)
    if maker.chance(0.15):
        negated = maker.chance(0.5)
        return f"{quoted} is {'not ' if negated else ''}missing", there if negated else ~there
    values = column.tolist()
    if isinstance(column.dtype, pd.CategoricalDtype):
        categories = column.cat.categories.tolist()
        if not categories:
            return f"{quoted} is missing", ~there
        if column.cat.ordered:
            key = {value: place for place, value in enumerate(categories)}
            order = key.__getitem__
        else:
            order = (lambda text: text.encode()) if isinstance(categories[0], str) else (lambda value: value)
        some = categories
    else:
        some = [value for value, has in zip(values, there) if has]
        if not some:
            return f"{quoted} is missing", ~there
        order = (lambda text: text.encode()) if isinstance(some[0], str) else (lambda value: value)
    pick = maker.pick(some)
    is_truth = isinstance(pick, (bool, np.bool_))

    def write(value):
        if isinstance(value, (bool, np.bool_)):
            return "true" if value else "false"
        if isinstance(value, str):
            return json.dumps(value, ensure_ascii=max(value, default="") <= "\uffff" and maker.chance(0.3))
        return repr(value)

    def ask(test):
        return np.array([bool(has and test(value)) for value, has in zip(values, there)], dtype=bool)

    if not is_truth and isinstance(pick, float) and not np.isfinite(pick):
        return f"{quoted} is missing", ~there
    kind = maker.pick(["==", "!=", "in", "not in"] + ([] if is_truth else ["<", "<=", ">", ">="]))
    if kind in ("in", "not in"):
        few = [value for value in (maker.pick(some) for _ in range(3)) if isinstance(value, (str, bool)) or np.isfinite(value)]
        return (f"{quoted} {kind} [{', '.join(map(write, few))}]",
                ask(lambda value: (value in few) == (kind == "in")))
    compare = {"==": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b, "<=": lambda a, b: a <= b,
               ">": lambda a, b: a > b, ">=": lambda a, b: a >= b}[kind]
    return f"{quoted} {kind} {write(pick)}", ask(lambda value: compare(order(value), order(pick)))


def check_filter(case):
    adata = case.maker.store()
    for name in ("n", "x.y", "group"):
        adata.obs[name] = case.maker.column(adata.n_obs)
    source, adata = case.write(adata)
    for _ in range(6):
        text, rows = make_question(case.maker, adata.obs)
        shown, _errors = case.run("show", source, "obs", "--obs", text, "--format=json")
        got = [row["row"] for row in json.loads(shown)["rows"]]
        want = np.flatnonzero(rows).tolist()
        if got != want:
            raise AssertionError(f"{text}: rows {got} instead of {want}")


CHECKS = {"export": check_export, "concat": check_concat, "records": check_records, "split": check_split, "edit": check_edit, "table": check_table,
          "market": check_market, "filter": check_filter}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ann", type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("--cases", type=int, default=10, help="of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("kinds", nargs="*", choices=[*CHECKS, []], metavar="KIND")
    parser.add_argument("--reader")
    parser.add_argument("--keep", action="store_true", help="the stores of cases that fail")
    parser.add_argument("--dump", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not options.dump and "ANN_TEST_PYTHON" not in os.environ:
        print("1..0 # SKIP ANN_TEST_PYTHON names no Python with anndata")
        return 0
    if options.dump:
        sys.stdout.buffer.write(pickle.dumps(plain_store(read(options.dump)), protocol=4))
        return 0

    kinds = options.kinds or list(CHECKS)
    print(f"1..{len(kinds)}")
    n_failed = 0
    for number, kind in enumerate(kinds, 1):
        wrong = []
        for seed in range(options.seed, options.seed + options.cases):
            folder = pathlib.Path(tempfile.mkdtemp(prefix="ann-python-"))
            case = Case(options, kind, seed, folder)
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    CHECKS[kind](case)
                failed = False
            except Exception as error:  # any is a failure, and the next case follows
                failed = True
                text = str(error) if isinstance(error, AssertionError) else "".join(traceback.format_exc().splitlines(True)[-6:])
                wrong.append(f"{kind} --seed {seed} --cases 1: {text}\n{case.command}")
            if not (failed and options.keep):
                shutil.rmtree(folder)
        n_failed += bool(wrong)
        print(f"{'not ok' if wrong else 'ok'} {number} - {kind}, {options.cases} cases")
        for text in wrong:
            print("# " + text.replace("\n", "\n# "))
        sys.stdout.flush()
    return 1 if n_failed else 0


if __name__ == "__main__":
    sys.exit(main())
