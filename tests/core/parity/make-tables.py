#!/usr/bin/env python3
"""Writes stores.tar.xz and tables.json: what NumPy, SciPy and Python anndata have in them.

Run by hand, with anndata 0.12, h5py, scipy, pandas; stores and table are part of the tree. Expected values
are the arrays that were written, or what NumPy and SciPy make of them; a store that anndata can read is read back by it
and compared first. Ids are the rows of docs/parity.md.

    make-tables.py FOLDER

SPDX-License-Identifier: Apache-2.0
"""

import json
import pathlib
import sys
import tarfile
import tempfile
import warnings

import anndata as ad
import h5py
import numpy as np
import pandas as pd
import scipy.sparse as sp
from anndata.io import write_elem

warnings.filterwarnings("ignore")
ad.settings.allow_write_nullable_strings = True
cases = []


def add(id, store, path, do="read", **more):
    cases.append({"id": id, "store": store, "path": path, "do": do, **more})


def plain(value):
    """A value as the table holds it: null where it is missing, a number if JSON's are as exact, or else text."""
    if value is None or value is pd.NA:
        return None
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, (bool, np.bool_)):
        return int(value)
    if isinstance(value, (complex, np.complexfloating)):
        return f"{float(value.real)!r} {float(value.imag)!r}"
    if isinstance(value, (float, np.floating)):
        value = float(value)
        if not np.isfinite(value):
            return str(value)
        return int(value) if value == int(value) and abs(value) < 2**53 else value
    if isinstance(value, (int, np.integer)):
        return int(value) if abs(int(value)) < 2**53 else str(value)
    return str(value)


def values(array):
    return [plain(value) for value in np.asarray(array).ravel(order="C")]


def dtype_name(array):
    kind = np.asarray(array).dtype
    return "string" if kind.kind in "OUT" else "bytes" if kind.kind == "S" else kind.newbyteorder("=").name


def add_array(id, store, path, array, **more):
    array = np.asarray(array)
    add(id, store, path, dtype=dtype_name(array), shape=list(array.shape), values=values(array), **more)


def frame(n, prefix):
    return pd.DataFrame(index=[f"{prefix}{i}" for i in range(n)])


def reopen(path):
    """Groups as HDF5 1.8 writes them: they take a third of the space."""
    return h5py.File(path, "r+", libver=("v108", "v110"))


def write_uns(path, elements, n=3, m=2):
    """A store with these below uns, written by anndata's own writer where it can."""
    adata = ad.AnnData(obs=frame(n, "c"), var=frame(m, "g"))
    adata.write_h5ad(path)
    with reopen(path) as file:
        for name, element in elements.items():
            write_elem(file["uns"], name, element)


# --- M1: value types, ranks, layouts ---

def make_types(folder):
    store = "types.h5ad"
    limits = {}
    for name in ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]:
        info = np.iinfo(name)
        limits[name] = [info.min, info.max, 0, 1, 7, info.max - 1]
    for name in ["float16", "float32", "float64"]:
        info = np.finfo(name)
        limits[name] = [info.min, info.max, np.nan, np.inf, info.smallest_subnormal, -0.1]
    limits["complex64"] = limits["complex128"] = [1 + 2j, -1.5j, 0, complex(np.inf, 1), 3, -7.25]
    limits["bool"] = [True, False, False, True, True, False]
    limits["string"] = ["", "a", "é→𝛼", "two words", "line\nfeed", "x" * 40]
    write_uns(folder / store, {})
    with reopen(folder / store) as file:
        for name, some in limits.items():
            flat = np.array(some, dtype=object if name == "string" else name)
            for rank, shape in [(1, (6,)), (2, (3, 2)), (3, (3, 1, 2))]:
                array = flat.reshape(shape)
                write_elem(file["uns"], f"{name}-{rank}", array)
                add_array(f"M1/{name}/{rank}-axes", store, f"uns/{name}-{rank}", array)
                if rank == 2:
                    turned = np.asfortranarray(flat.reshape(2, 3).T)
                    write_elem(file["uns"], f"{name}-f", turned)
                    add_array(f"M1/{name}/fortran", store, f"uns/{name}-f", turned)
            if name not in ("string", "bool", "int8", "uint8"):
                big = flat.astype(flat.dtype.newbyteorder(">"))
                if not name.startswith("complex"):
                    file["uns"].create_dataset(f"{name}-big", data=big)
                    add_array(f"M1/{name}/big-endian", store, f"uns/{name}-big", flat)
        fixed = np.array([b"ab", b"", b"cde"], dtype="S5")
        file["uns"].create_dataset("bytes", data=fixed)
        add_array("M1/bytes/1-axis", store, "uns/bytes", fixed)


# --- S1 to S3, M3, M6, E1, E7: selections of matrices ---

SELECTIONS = {
    "all": ":", "range": "2:5", "range-to-end": "-2:", "stepped": "1::2", "reversed": "::-1", "stepped-back": "5:0:-2",
    "one": "3", "last": "-1", "list": "1,3,5", "unsorted": "4,0,2", "duplicates": "4,2,2", "none": "2:2",
    "mixed": "5,1:4,0,-1",
}
MASK = "M01101001"


def positions(text, length):
    if text[0] == "M":
        return [i for i in range(length) if text[1:][i % (len(text) - 1)] == "1"]
    all_positions = np.arange(length)
    parts = []
    for part in text.split(","):
        bounds = [int(p) if p else None for p in part.split(":")]
        parts.append(all_positions[slice(*bounds)] if ":" in part else all_positions[[bounds[0]]])
    return np.concatenate(parts).tolist()


def dense(matrix, rows, columns):
    """Rows and columns as NumPy has them; SciPy's own indexing must say the same."""
    if sp.issparse(matrix):
        array = matrix.toarray()
        chosen = matrix[rows, :][:, columns].toarray() if rows and columns else array[rows][:, columns]
        assert (chosen == array[rows][:, columns]).all()
    else:
        chosen = np.asarray(matrix)[rows][:, columns]
    return chosen


def add_selections(store, path, name, matrix):
    n, m = matrix.shape
    wanted = dict(SELECTIONS, mask=MASK)
    for label, text in wanted.items():
        rows, columns = positions(text, n), positions(text, m)
        for axis, r, c, chosen in [
            ("rows", text, None, dense(matrix, rows, list(range(m)))),
            ("columns", None, text, dense(matrix, list(range(n)), columns)),
            ("both", text, "6,0,0,2", dense(matrix, rows, [6, 0, 0, 2])),
        ]:
            add(f"S1/{name}/{axis}-{label}", store, path, rows=r, columns=c, dtype=matrix.dtype.name,
                shape=list(matrix.shape), values=values(chosen), width=chosen.shape[1])


def sample_matrix(n=9, m=7):
    rng = np.random.default_rng(11)
    array = rng.integers(1, 100, (n, m)).astype("float32") * (rng.random((n, m)) < 0.4)
    array[4] = 0  # an empty row
    array[:, m - 2] = 0  # and column
    return array


def write_sparse(group, name, kind, shape, data, indices, indptr, **options):
    place = group.create_group(name)
    place.attrs["encoding-type"] = f"{kind}_matrix"
    place.attrs["encoding-version"] = "0.1.0"
    place.attrs["shape"] = np.array(shape)
    place.create_dataset("data", data=data, **options)
    place.create_dataset("indices", data=indices, **options)
    place.create_dataset("indptr", data=indptr)


def make_matrices(folder):
    store = "matrices.h5ad"
    array = sample_matrix()
    csr, csc = sp.csr_matrix(array), sp.csc_matrix(array)
    adata = ad.AnnData(X=csr, obs=frame(9, "c"), var=frame(7, "g"))
    adata.layers["dense"] = array
    adata.layers["fortran"] = np.asfortranarray(array)
    adata.layers["csc"] = csc
    adata.obsm["X_pca"] = array[:, :3].astype("float64")
    adata.obsm["frame"] = pd.DataFrame({"a": np.arange(9.0)}, index=adata.obs_names)
    adata.obsm["sparse"] = csr[:, :4]
    adata.varm["loadings"] = array.T[:, :2].copy()
    adata.obsp["graph"] = csr @ csr.T
    adata.varp["graph"] = (array.T @ array)
    adata.raw = ad.AnnData(X=csc[:, :5], obs=frame(9, "c"), var=frame(5, "r"))
    adata.write_h5ad(folder / store)
    back = ad.read_h5ad(folder / store)
    assert (back.X != csr).nnz == 0 and (back.layers["fortran"] == array).all()

    rng = np.random.default_rng(5)
    with reopen(folder / store) as file:
        layers = file["layers"]
        layers.create_dataset("chunked", data=array, chunks=(4, 3), compression="gzip", shuffle=True)
        write_sparse(layers, "csr-chunked", "csr", csr.shape, csr.data, csr.indices, csr.indptr, chunks=(5,), compression="gzip")
        write_sparse(layers, "csc-chunked", "csc", csc.shape, csc.data, csc.indices, csc.indptr, chunks=(5,), compression="gzip")
        for kind, matrix in [("csr", csr), ("csc", csc)]:
            for name in ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]:
                for pointers in ["int32", "int64", "uint64"] if name == "int32" else ["int64"]:
                    write_sparse(layers, f"{kind}-{name}-{pointers}", kind, matrix.shape, matrix.data,
                                 matrix.indices.astype(name), matrix.indptr.astype(pointers))
                    for axis, rows, columns, chosen in [("rows", "7,2,2", None, array[[7, 2, 2]]),
                                                        ("columns", None, "3,0,3", array[:, [3, 0, 3]]),
                                                        ("whole", None, None, array)]:
                        add(f"M3/{kind}/{name}-{pointers}-{axis}", store, f"layers/{kind}-{name}-{pointers}", rows=rows,
                            columns=columns, dtype="float32", index_dtype=name, values=values(chosen), width=chosen.shape[1])
            # The same values, each line's entries in another order, then every third of them in two halves.
            data, indices = matrix.data.copy(), matrix.indices.copy()
            twice_data, twice_indices, twice_indptr = [], [], [0]
            for i in range(len(matrix.indptr) - 1):
                line = slice(matrix.indptr[i], matrix.indptr[i + 1])
                order = rng.permutation(line.stop - line.start)
                data[line], indices[line] = data[line][order], indices[line][order]
                for k, (value, index) in enumerate(zip(data[line], indices[line])):
                    halves = [value / 2, value / 2] if k % 3 == 0 else [value]
                    twice_data += halves
                    twice_indices += [index] * len(halves)
                twice_indptr.append(len(twice_data))
            write_sparse(layers, f"{kind}-unsorted", kind, matrix.shape, data, indices, matrix.indptr)
            write_sparse(layers, f"{kind}-duplicates", kind, matrix.shape, np.array(twice_data, "float32"),
                         np.array(twice_indices, "int32"), np.array(twice_indptr, "int32"))
            write_sparse(layers, f"{kind}-offset", kind, matrix.shape, matrix.data, matrix.indices, matrix.indptr + 1000)
            write_sparse(layers, f"{kind}-bool", kind, matrix.shape, matrix.data > 0, matrix.indices, matrix.indptr)
            write_sparse(layers, f"{kind}-int64", kind, matrix.shape, matrix.data.astype("int64") + 2**60, matrix.indices, matrix.indptr)

    paths = {"csr": ("X", csr), "csc": ("layers/csc", csc), "dense": ("layers/dense", array),
             "fortran": ("layers/fortran", array), "dense-chunked": ("layers/chunked", array),
             "csr-chunked": ("layers/csr-chunked", csr), "csc-chunked": ("layers/csc-chunked", csc)}
    for name, (path, matrix) in paths.items():
        add_selections(store, path, name, matrix)
        add(f"S7/{name}", store, path, "sample")
    for kind, matrix in [("csr", csr), ("csc", csc)]:
        for form in ["unsorted", "duplicates"]:
            add_selections(store, f"layers/{kind}-{form}", f"{kind}-{form}", matrix)
            add(f"M6/{kind}/{form}", store, f"layers/{kind}-{form}", "stored",
                n_stored=int(len(h5py.File(folder / store)[f"layers/{kind}-{form}/data"])))
        add(f"M5/{kind}/offset-pointers", store, f"layers/{kind}-offset", dtype="float32", values=values(array), width=7,
            warning="1000")
        add(f"M3/{kind}/bool", store, f"layers/{kind}-bool", dtype="bool", values=values(array > 0), width=7)
        whole = np.where(array > 0, array.astype("int64") + 2**60, 0)
        add(f"M3/{kind}/int64-values", store, f"layers/{kind}-int64", dtype="int64", values=values(whole), width=7)

    for path, kind, array_ in [("X", "csr", array), ("layers/dense", "array", array), ("layers/csc", "csc", array)]:
        add(f"E1/{kind}", store, path, kind=kind, dtype="float32", shape=[9, 7], values=values(array_), width=7)
    for path, array_ in [("obsm/X_pca", array[:, :3].astype("float64")), ("obsm/sparse", array[:, :4]),
                         ("varm/loadings", array.T[:, :2]), ("obsp/graph", (csr @ csr.T).toarray()),
                         ("varp/graph", array.T @ array), ("obsm/frame/a", np.arange(9.0)), ("raw/X", array[:, :5])]:
        row = "E8" if path.startswith("raw") else "E7"
        add_array(f"{row}/{path.replace('/', '-')}", store, path, array_)
    add("E8/raw-children", store, "raw", "children", children=["var", "X", "varm"])
    for path, names in [("raw/var/_index", [f"r{i}" for i in range(5)]), ("var/_index", [f"g{i}" for i in range(7)])]:
        add_array(f"{'E8' if 'raw' in path else 'E3'}/{path.split('/')[0]}-names", store, path, np.array(names, object))
    for text, words in [("9", "9"), ("-10", "-10"), ("0,1,77", "77"), ("::0", "0")]:
        add(f"S1/refused/{text.replace(':', 'c')}", store, "X", "refused", rows=text, words=words)
    add("S1/refused/mask", store, "X", "refused", rows="M0110100", words="mask")


# --- M5: sparse matrices that contradict themselves ---

def lines(matrix_kind, shape, data, indices, indptr):
    """Each line along the stored axis: its values, or null where it cannot be had."""
    n_major, n_minor = shape if matrix_kind == "csr" else shape[::-1]
    n_stored = min(len(data), len(indices))
    result = []
    for i in range(n_major):
        line = [0.0] * n_minor
        first, last = int(indptr[i]), int(indptr[i + 1])
        if not 0 <= first <= last <= n_stored or any(not 0 <= int(k) < n_minor for k in indices[first:last]):
            result.append(None)
            continue
        for value, index in zip(data[first:last], indices[first:last]):
            line[int(index)] += float(value)
        result.append([plain(value) for value in line])
    return result


def make_corrupt(folder):
    store = "corrupt.h5ad"
    array = sample_matrix(6, 5)
    array[0, 0] = array[2, 1] = array[2, 3] = 9
    write_uns(folder / store, {})
    with reopen(folder / store) as file:
        for kind, matrix in [("csr", sp.csr_matrix(array)), ("csc", sp.csc_matrix(array))]:
            n = matrix.nnz
            n_minor = array.shape[1 if kind == "csr" else 0]

            def put(name, data=matrix.data, indices=matrix.indices, indptr=matrix.indptr, whole="error", **more):
                write_sparse(file["uns"], f"{kind}-{name}", kind, array.shape, data, indices, indptr)
                expected = lines(kind, array.shape, data, indices, indptr) if len(indptr) == len(matrix.indptr) else None
                add(f"M5/{kind}/{name}", store, f"uns/{kind}-{name}", "lines", whole=whole, lines=expected, **more)

            changed = matrix.indices.copy()
            two = int(np.flatnonzero(np.diff(matrix.indptr) >= 2)[0])
            at = matrix.indptr[two]
            unsorted, unsorted_data = changed.copy(), matrix.data.copy()
            unsorted[[at, at + 1]], unsorted_data[[at, at + 1]] = unsorted[[at + 1, at]], unsorted_data[[at + 1, at]]
            put("unsorted", indices=unsorted, data=unsorted_data, whole="good")
            high = changed.copy()
            high[n // 2] = n_minor
            put("index-too-large", indices=high)
            low = changed.astype("int64")
            low[n - 1] = -1
            put("index-negative", indices=low)
            falling = matrix.indptr.copy()
            falling[2] = falling[3] + 1
            put("pointers-fall", indptr=falling)
            put("pointers-short", indptr=matrix.indptr[:-1], whole="corrupt")
            put("data-short", data=matrix.data[:-1])
            put("indices-short", indices=matrix.indices[:-1])
            behind = matrix.indptr.copy()
            behind[-1] = n + 4
            put("pointers-behind-the-end", indptr=behind)
            before = matrix.indptr.copy()
            before[-1] = n - 1
            put("values-left-over", indptr=before, whole="good", warning="belong to no")
            negative = matrix.indptr.astype("int64")
            negative[1] = -5
            put("pointer-negative", indptr=negative)
            huge = matrix.indptr.astype("uint64")
            huge[-2] = 2**63 + 5
            put("pointer-huge", indptr=huge)
            first = matrix.indptr.copy()
            first[0] = 1
            put("first-not-zero", indptr=first)
            cases[-1]["lines"] = [None] * (len(first) - 1)  # nothing says what the pointers count from


# --- E2 to E5: tables ---

def make_tables(folder):
    store = "tables.h5ad"
    n = 6
    obs = pd.DataFrame(index=["a", "b", "b", "c", "ü", "a b"])
    obs["f32"] = np.array([0.5, np.nan, -1, np.inf, 3, 4], "float32")
    obs["i64"] = np.array([2**62, -(2**62), 0, 1, 2, 3])
    obs["flag"] = np.array([True, False, True, True, False, False])
    obs["text"] = np.array(["x", "", "yy", "é", "tab\t", "x"], object)
    obs["plain"] = pd.Categorical.from_codes([1, 0, -1, 1, 0, 0], ["zebra", "ant"])
    obs["ordered"] = pd.Categorical.from_codes([2, 0, 1, 2, 2, -1], ["low", "mid", "high"], ordered=True)
    obs["unused"] = pd.Categorical.from_codes([3, 3, 1, 1, 3, 1], ["no", "b", "never", "d"])
    obs["integers"] = pd.Categorical.from_codes([0, 1, 2, 0, 1, 2], [30, -7, 5])
    obs["floats"] = pd.Categorical.from_codes([1, 0, 1, 0, -1, 0], [0.25, -1e300])
    obs["flags"] = pd.Categorical.from_codes([1, 0, 1, 1, -1, 0], [False, True])
    obs["one category"] = pd.Categorical.from_codes([-1] * 6, ["only"])
    obs["no category"] = pd.Categorical.from_codes([-1] * 6, np.array([], object))
    for name in ["Int8", "Int64", "UInt32", "UInt64"]:
        obs[name] = pd.array([1, None, 3, 127, None, 0], dtype=name)
    obs["boolean"] = pd.array([True, None, False, True, None, False], dtype="boolean")
    obs["string"] = pd.array(["x", None, "", "NA", None, "é"], dtype="string")
    var = pd.DataFrame({"n": [1, 2]}, index=pd.Index(["g1", "g2"], name="gene"))
    adata = ad.AnnData(X=np.zeros((n, 2), "float32"), obs=obs, var=var)
    adata.uns["table"] = pd.DataFrame({"p": [1.5, 2.5]}, index=["r0", "r1"])
    adata.write_h5ad(folder / store, convert_strings_to_categoricals=False)
    back = ad.read_h5ad(folder / store)
    pd.testing.assert_frame_equal(back.obs, obs)

    add("E2/columns-in-order", store, "obs", "children", children=list(obs.columns))
    for name in ["f32", "i64", "flag", "text"]:
        add_array(f"E2/{name}", store, f"obs/{name}", obs[name].to_numpy())
    add("E2/rows-of-a-column", store, "obs/i64", rows="5,0,0", dtype="int64", values=values(obs["i64"].to_numpy()[[5, 0, 0]]))
    add_array("E2/table-in-uns", store, "uns/table/p", np.array([1.5, 2.5]))
    add_array("E3/obs-names", store, "obs/_index", np.array(obs.index, object))
    add_array("E3/named-index", store, "var/gene", np.array(["g1", "g2"], object))
    for label, names, found in [("one", ["c"], [3]), ("repeated", ["b"], [1, 2]), ("in-order", ["ü", "a", "b"], [4, 0, 1, 2]),
                                ("spaces", ["a b"], [5]), ("none", [], [])]:
        add(f"E3/find-{label}", store, "obs", "find", names=names, found=found)
    add("E3/find-unknown", store, "obs", "find", names=["a", "zz"], words="zz")
    for name in ["plain", "ordered", "unused", "integers", "floats", "flags", "one category", "no category"]:
        column = obs[name].cat
        categories = np.array(list(column.categories), dtype=object if column.categories.dtype == object else None)
        add(f"E4/{name.replace(' ', '-')}", store, f"obs/{name}", kind="categorical", dtype="int32", values=values(column.codes))
        add(f"E4/{name.replace(' ', '-')}-categories", store, f"obs/{name}", "categories", ordered=bool(column.ordered),
            values=values(categories))
        add(f"E4/{name.replace(' ', '-')}-rows", store, f"obs/{name}", rows="::-2", dtype="int32",
            values=values(column.codes.to_numpy()[::-2]))
    for name, kind in [("Int8", "integer"), ("Int64", "integer"), ("UInt32", "integer"), ("UInt64", "integer"),
                       ("boolean", "boolean"), ("string", "string-array")]:
        dtype = {"boolean": "bool"}.get(name, name.lower())
        whole = [plain(value) for value in obs[name]]
        add(f"E5/{name}", store, f"obs/{name}", kind=f"nullable-{kind}", dtype=dtype, values=whole)
        add(f"E5/{name}-rows", store, f"obs/{name}", rows="4,1,0,0", dtype=dtype, values=[whole[i] for i in (4, 1, 0, 0)])


# --- E6, E9: every encoding ---

def make_encodings(folder):
    store = "encodings.h5ad"
    records = np.array([(1, 2.5), (-3, np.nan)], dtype=[("id", "i4"), ("score", "f8")])
    named = np.rec.array([("a", 1.0), ("bé", 2.0)], dtype=[("names", "O"), ("scores", "f4")])
    elements = {
        "string": "héllo", "empty-string": "", "number": np.float64(2.5), "integer": np.int64(-(2**62)), "flag": np.bool_(True),
        "complex": np.complex128(1 - 2j), "array": np.arange(6).reshape(2, 3), "strings": np.array(["a", "b"], object),
        "csr": sp.csr_matrix(np.eye(2, dtype="float32")), "csc": sp.csc_matrix(np.eye(2)), "table": pd.DataFrame({"x": [1]}, index=["r"]),
        "categorical": pd.Categorical(["u", "v", "u"]), "nullable-integer": pd.array([1, None], dtype="Int16"),
        "nullable-boolean": pd.array([True, None], dtype="boolean"), "nullable-string": pd.array(["s", None], dtype="string"),
        "null": None, "records": records, "named-records": named,
        "deep": {"a": {"b": {"c": np.arange(3), "d": "leaf"}, "e": {}}},
    }
    write_uns(folder / store, elements)
    with reopen(folder / store) as file:
        uns = file["uns"]
        lists = uns.create_group("awkward")  # [[1, 2], [], [3]]
        lists.attrs["encoding-type"], lists.attrs["encoding-version"] = "awkward-array", "0.1.0"
        lists.attrs["length"] = 3
        inner = {"class": "NumpyArray", "primitive": "int64", "inner_shape": [], "parameters": {}, "form_key": "node1"}
        lists.attrs["form"] = json.dumps({"class": "ListOffsetArray", "offsets": "i64", "content": inner,
                                          "parameters": {}, "form_key": "node0"})
        lists.create_dataset("node0-offsets", data=np.array([0, 2, 2, 3]))
        lists.create_dataset("node1-data", data=np.array([1, 2, 3]))
        mapping = uns.create_group("mapping")
        mapping.attrs["encoding-type"], mapping.attrs["encoding-version"] = "mapping", "0.1.0"
        mapping.create_dataset("inside", data=np.arange(2))
        uns.create_group("bare").create_dataset("inside", data=np.arange(2))
        unknown = uns.create_dataset("unknown", data=np.arange(2))
        unknown.attrs["encoding-type"], unknown.attrs["encoding-version"] = "tensor-of-tomorrow", "3.0.0"
        ad_inside = ad.AnnData(X=np.ones((2, 2), "float32"), obs=frame(2, "i"), var=frame(2, "j"))
        write_elem(uns, "anndata", ad_inside)

    for name in ["array", "strings"]:
        add_array(f"E9/{name}", store, f"uns/{name}", elements[name], kind="string-array" if name == "strings" else "array")
    for name in ["number", "integer", "flag", "complex"]:
        add_array(f"E9/scalar-{name}", store, f"uns/{name}", elements[name], kind="numeric-scalar")
    for name in ["string", "empty-string"]:
        add_array(f"E9/{name}", store, f"uns/{name}", np.array(elements[name], object), kind="string")
    for name in ["csr", "csc"]:
        add(f"E9/{name}", store, f"uns/{name}", kind=name, dtype=elements[name].dtype.name, values=values(elements[name].toarray()), width=2)
    add_array("E9/dataframe", store, "uns/table/x", np.array([1]))
    add("E9/categorical", store, "uns/categorical", kind="categorical", dtype="int32", values=[0, 1, 0])
    add("E9/nullable-integer", store, "uns/nullable-integer", kind="nullable-integer", dtype="int16", values=[1, None])
    add("E9/nullable-boolean", store, "uns/nullable-boolean", kind="nullable-boolean", dtype="bool", values=[1, None])
    add("E9/nullable-string-array", store, "uns/nullable-string", kind="nullable-string-array", dtype="string", values=["s", None])
    add("E9/null", store, "uns/null", "state", kind="null", state="ok")
    add("E9/rec-array", store, "uns/records", "children", kind="rec-array", children=["id", "score"])
    add_array("E9/rec-array-numbers", store, "uns/records/id", records["id"])
    add_array("E9/rec-array-floats", store, "uns/records/score", records["score"])
    add_array("E9/rec-array-texts", store, "uns/named-records/names", np.array(["a", "bé"], object))
    add("E9/awkward-array", store, "uns/awkward", kind="awkward-array", dtype="string", values=["[1,2]", "[]", "[3]"])
    add("E9/mapping", store, "uns/mapping", "children", kind="dict", children=["inside"])
    add("E9/no-pair", store, "uns/bare", "children", kind="dict", children=["inside"])
    add("E9/unknown", store, "uns/unknown", "state", kind="opaque", state="unsupported", words="tensor-of-tomorrow")
    add("E9/anndata", store, "uns/anndata", "state", kind="anndata", state="ok")
    add_array("E9/anndata-x", store, "uns/anndata/X", np.ones((2, 2), "float32"))
    add("E6/first-level", store, "uns/deep", "children", kind="dict", children=["a"])
    add("E6/second-level", store, "uns/deep/a", "children", kind="dict", children=["b", "e"])
    add("E6/empty", store, "uns/deep/a/e", "children", kind="dict", children=[])
    add_array("E6/third-level", store, "uns/deep/a/b/c", np.arange(3))
    add_array("E6/text", store, "uns/deep/a/b/d", np.array("leaf", object), kind="string")


# --- M7, M8: shapes ---

def make_shapes(folder):
    store = "misfits.h5ad"
    adata = ad.AnnData(X=np.zeros((3, 2), "float32"), obs=frame(3, "c"), var=frame(2, "g"))
    adata.write_h5ad(folder / store)
    with reopen(folder / store) as file:
        for path, shape in {"obsm/short": (2, 4), "obsm/good": (3, 4), "varm/long": (3, 4), "layers/turned": (2, 3),
                            "obsp/oblong": (3, 2), "varp/large": (3, 3)}.items():
            write_elem(file[path.split("/")[0]], path.split("/")[1], np.zeros(shape))
            state = "ok" if path == "obsm/good" else "corrupt"
            add(f"M7/{path.replace('/', '-')}", store, path, "state", state=state)

    store = "empty.h5ad"
    ad.AnnData(X=np.zeros((0, 0), "float32")).write_h5ad(folder / store)
    with reopen(folder / store) as file:
        write_elem(file["obsm"], "rows", np.zeros((0, 4)))
        write_elem(file["obsm"], "misfit", np.zeros((10, 20)))
        for shape in [(0, 0), (0, 3), (3, 0), (3, 2)]:
            for name, matrix in [("csr", sp.csr_matrix(shape, dtype="float32")), ("csc", sp.csc_matrix(shape, dtype="float32")),
                                 ("array", np.zeros(shape, "float32"))]:
                path = f"{name}-{shape[0]}x{shape[1]}"
                write_elem(file["uns"], path, matrix)
                array = np.zeros(shape, "float32")
                for axis, rows, columns in [("whole", None, None), ("rows", "::-1", None), ("columns", None, "::-1"), ("none", "0:0", "0:0")]:
                    chosen = array[:0, :0] if axis == "none" else array
                    add(f"M8/{path}-{axis}", store, f"uns/{path}", rows=rows, columns=columns, dtype="float32", shape=list(shape),
                        values=values(chosen), width=chosen.shape[1])
        write_elem(file["uns"], "strings", np.array([], object))
    add("M8/x-0x0", store, "X", dtype="float32", shape=[0, 0], values=[], width=0)
    add("M8/obsm-of-no-rows", store, "obsm/rows", dtype="float64", shape=[0, 4], values=[], width=4)
    add("M8/obsm-misfit", store, "obsm/misfit", "state", state="corrupt")
    add_array("M8/strings", store, "uns/strings", np.array([], object))


# --- Laziness: the same store with ten times the rows; tests/cli/check_lazy.py knows its chunks ---

def make_rows(folder):
    for n in (200, 2000):
        adata = ad.AnnData(obs=frame(n, "cell"), var=frame(20, "g"))
        adata.obs["group"] = pd.Categorical.from_codes(np.arange(n) % 3, ["a", "b", "c"])
        adata.uns["deep"] = {"a": {"b": 1, "c": "text"}}
        adata.write_h5ad(folder / f"rows-{n}.h5ad")
        with reopen(folder / f"rows-{n}.h5ad") as file:
            options = dict(compression="gzip", track_times=False)
            numbers = (np.arange(n * 20) % 97).reshape(n, 20).astype("float32")
            del file["obs/group/codes"]
            codes = file["obs/group"].create_dataset("codes", data=(np.arange(n) % 3).astype("int8"), chunks=(50,), **options)
            score = file["obs"].create_dataset("score", data=np.arange(n) / 4, chunks=(50,), **options)
            file["obs"].attrs["column-order"] = ["group", "score"]
            dense = file["layers"].create_dataset("dense", data=numbers, chunks=(50, 20), **options)
            pca = file["obsm"].create_dataset("X_pca", data=numbers[:, :4], chunks=(50, 4), **options)
            for array in (codes, score, dense, pca):
                array.attrs["encoding-type"], array.attrs["encoding-version"] = "array", "0.2.0"
            # Five entries a row, so that each chunk holds the entries of 50 rows.
            columns = (np.arange(n)[:, None] * 3 + np.arange(5) * 4) % 20
            columns.sort()
            place = file.create_group("X")
            place.attrs["encoding-type"], place.attrs["encoding-version"] = "csr_matrix", "0.1.0"
            place.attrs["shape"] = np.array([n, 20])
            place.create_dataset("data", data=np.ones(n * 5, "float32"), chunks=(250,), **options)
            place.create_dataset("indices", data=columns.ravel().astype("int32"), chunks=(250,), **options)
            place.create_dataset("indptr", data=np.arange(n + 1) * 5, chunks=(50,), **options)


# --- O1, O6 ---

def add_stores(stores):
    for path in sorted(stores.glob("*.h5ad")):
        add(f"O1/{path.stem}", path.name, "", "open")
        try:
            text = repr(ad.read_h5ad(path, backed="r"))
        except Exception:  # what Python cannot open as a whole
            continue
        add(f"O6/{path.stem}", path.name, "", "print", text=text.replace(str(path), "PATH"))


def main():
    folder = pathlib.Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as place:
        stores = pathlib.Path(place)
        for make in [make_types, make_matrices, make_corrupt, make_tables, make_encodings, make_shapes, make_rows]:
            make(stores)
        add_stores(stores)
        with tarfile.open(folder / "stores.tar.xz", "w:xz") as archive:
            for path in sorted(stores.glob("*.h5ad")):
                info = archive.gettarinfo(path, path.name)
                info.mtime, info.uid, info.gid, info.uname, info.gname = 0, 0, 0, "", ""
                with open(path, "rb") as content:
                    archive.addfile(info, content)
    ids = [case["id"] for case in cases]
    assert len(ids) == len(set(ids)), [i for i in ids if ids.count(i) > 1]
    lines = ",\n".join(json.dumps(case, ensure_ascii=False, separators=(",", ":")) for case in cases)
    (folder / "tables.json").write_text(f"[\n{lines}\n]\n")


main()
