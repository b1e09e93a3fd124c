#!/usr/bin/env python3
"""Writes filter-stores.tar.xz and filter-table.h: which rows NumPy and pandas find for expressions.

Run by hand, with anndata 0.12, h5py, scipy, pandas; both files are part of the tree. An expected mask is written beside
each expression as NumPy has it, without what is missing.

    make-filter-table.py (into the folder it is in)

SPDX-License-Identifier: Apache-2.0
"""

import pathlib
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
HERE = pathlib.Path(__file__).parent
N, M = 60, 24
rng = np.random.default_rng(7)
INTEGERS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]


def spread(values, n=N):
    """Some values, again and again, in an order that is none."""
    values = list(values)
    return [values[(i * 7 + i // 5) % len(values)] for i in range(n)]


def make_obs():
    obs = pd.DataFrame(index=[f"AAC{i:02d}-{'xyz'[i % 3]}" for i in range(N)])
    for name in INTEGERS:
        info = np.iinfo(name)
        obs[name] = np.array(spread([info.min, info.max, 0, 1, 2, 3, 7, info.max - 1, info.min + 1, 100]), dtype=name)
    obs["large"] = np.array(spread([2**53, 2**53 + 1, 2**53 + 2, -2**53 - 1, 5]), dtype="int64")
    obs["float32"] = np.array(spread([0.1, -0.1, 0, 1.5, np.nan, np.inf, -np.inf, 3e38, 16777216]), dtype="float32")
    obs["float64"] = np.array(spread([0.1, -0.0, 2.5, 1e300, np.nan, np.inf, -np.inf, 9007199254740992.0]))
    obs["bool"] = spread([True, False, False])
    obs["n"] = np.arange(N, dtype="int32")
    obs["m"] = np.array(spread(range(0, 50, 3)), dtype="uint64")
    obs["half_n"] = np.arange(N) / 2
    obs["text"] = spread(["B", "T", "B cell", "", "CD8 T", "é", "\"quoted\"", "back\\slash", "a\tb", "𝛼"])
    obs["other_text"] = spread(["B", "é", "T", "C"])
    obs["with space"] = spread([0.5, 1.5, 2.5])
    obs["tick`name"] = spread([1, 2])
    obs["and"] = spread([3, 4])
    obs["cat"] = pd.Categorical(spread(["B", "T", "NK", None, "é"]), categories=["T", "NK", "B", "é", "never"])
    obs["cat2"] = pd.Categorical(spread(["T", "B", "NK"]), categories=["NK", "T", "B"])
    obs["size"] = pd.Categorical(spread(["M", "S", "XL", None, "L"]), ["S", "M", "L", "XL"], ordered=True)
    obs["size2"] = pd.Categorical(spread(["S", "S", "L"]), ["S", "M", "L", "XL"], ordered=True)
    obs["leiden"] = pd.Categorical(spread([10, 9, 1, 0]), categories=[0, 1, 9, 10, 11])
    obs["flag"] = pd.Categorical(spread([True, False, None]))
    obs["maybe_int"] = pd.array(spread([2**53 + 1, None, -5, 7]), dtype="Int64")
    obs["maybe_uint"] = pd.array(spread([2**64 - 1, None, 5]), dtype="UInt64")
    obs["maybe_bool"] = pd.array(spread([True, None, False]), dtype="boolean")
    obs["maybe_text"] = pd.array(spread(["x", None, "yy", "z"]), dtype="string")
    obs["percent.mt"] = spread([1.0, 20.0])
    return obs


def make_counts(dtype):
    counts = rng.poisson(0.6, (N, M)).astype(dtype)
    counts[:, 4] = 0
    return counts


def make_store(path):
    obs = make_obs()
    var = pd.DataFrame({"n_cells": np.arange(M), "kind": pd.Categorical(spread(["x", "y"], M))},
                       index=[f"g{i}" for i in range(M - 2)] + ["twice", "twice"])
    arrays = {"csr": make_counts("float32"), "csc": make_counts("int32"), "dense": make_counts("float64"),
              "raw": make_counts("uint16"), "pca": rng.normal(size=(N, 5)).astype("float32"),
              "pcs": rng.normal(size=(M, 3)), "duplicates": make_counts("int32")}
    adata = ad.AnnData(X=sp.csr_matrix(arrays["csr"]), obs=obs, var=var,
                       layers={"counts": sp.csc_matrix(arrays["csc"]), "dense": arrays["dense"]},
                       obsm={"X_pca": arrays["pca"], "scores": pd.DataFrame({"S": np.arange(N) % 4, "G2M": 0.5}, index=obs.index),
                             "sparse": sp.csr_matrix(arrays["csr"][:, :3])}, varm={"PCs": arrays["pcs"]})
    adata.raw = ad.AnnData(X=sp.csr_matrix(arrays["raw"]), var=pd.DataFrame(index=[f"r{i}" for i in range(M)]))
    adata.write_h5ad(path, compression="gzip")
    with h5py.File(path, "r+", libver=("v108", "v110")) as file:
        file["obs"].create_dataset("float16", data=np.array(spread([0.1, -2, 0, np.nan, np.inf, 65504]), dtype="float16"))
        file["obs/float16"].attrs["encoding-type"], file["obs/float16"].attrs["encoding-version"] = "array", "0.2.0"
        file["obs"].attrs["column-order"] = np.array([*obs.columns, "float16"], dtype=object)
        # Every entry twice, in falling order: 1 + (value - 1).
        matrix = sp.csr_matrix(arrays["duplicates"])
        group = file["layers"].create_group("duplicates")
        indices, data, indptr = [], [], [0]
        for row in range(N):
            entries = list(zip(matrix[row].indices, matrix[row].data))[::-1]
            indices += [i for i, _ in entries] * 2
            data += [1] * len(entries) + [value - 1 for _, value in entries]
            indptr.append(len(indices))
        for name, values in [("indices", indices), ("data", data), ("indptr", indptr)]:
            group.create_dataset(name, data=np.array(values, dtype="int32"))
        group.attrs.update({"encoding-type": "csr_matrix", "encoding-version": "0.1.0", "shape": [N, M]})
    obs["float16"] = np.array(spread([0.1, -2, 0, np.nan, np.inf, 65504]), dtype="float16")
    return obs, var, arrays


cases = []


def add(text, mask, axis="OBS"):
    mask = np.asarray(mask, dtype=bool)
    assert len(mask) == (N if axis == "OBS" else M), text
    cases.append((axis, text, "".join("1" if m else "0" for m in mask)))


def there(column):
    return column.notna().to_numpy()


def labels(column):
    return np.array([None if pd.isna(v) else v for v in column], dtype=object)


def each(column, func):
    """func of each value; false where there is none."""
    return np.array([False if pd.isna(v) else bool(func(v)) for v in column])


def add_integers(obs):
    """Whatever the type and whatever the number, as Python's integers compare."""
    literals = ["0", "1", "-1", "100", "127", "-128", "255", "256", "65535", "-32768", "2147483647", "2147483648",
                "4294967295", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "18446744073709551615",
                "18446744073709551614", "18446744073709551616", "99999999999999999999999", "2.5", "-0.5", "1e30", "-1e30", "1e2"]
    operators = {"==": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b,
                 "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b}
    for name in INTEGERS:
        values = [int(v) for v in obs[name]]
        for number, literal in enumerate(literals):
            exact = float(literal) if "." in literal or "e" in literal else int(literal)
            for operator, func in operators.items():
                if (number + len(name)) % 3 and operator not in ("==", "<"):
                    continue  # enough
                add(f"{name} {operator} {literal}", [func(v, exact) for v in values])
    large = [int(v) for v in obs["large"]]
    for literal in ["9007199254740992", "9007199254740993", "-9007199254740993"]:
        for operator, func in operators.items():
            add(f"large {operator} {literal}", [func(v, int(literal)) for v in large])
    add("large in [9007199254740993, 5, 5.0, 5.5]", [v in (2**53 + 1, 5) for v in large])
    add("uint64 in [18446744073709551615, -1]", [v == 2**64 - 1 for v in map(int, obs["uint64"])])
    add("uint64 in [18446744073709551615, 0, 100, 7, 3, 1]", [v in (2**64 - 1, 0, 100, 7, 3, 1) for v in map(int, obs["uint64"])])
    add("int8 not in [1, 2, -128]", [v not in (1, 2, -128) for v in map(int, obs["int8"])])


def add_floats(obs):
    for name, kind in [("float16", np.float16), ("float32", np.float32), ("float64", np.float64)]:
        column = obs[name]
        for literal in ["0.1", "0", "-0.1", "2.5", "16777217"]:
            number = kind(float(literal)) if abs(float(literal)) < 60000 or kind != np.float16 else np.float64(literal)
            for operator in ["==", "!=", "<", "<=", ">", ">="]:
                mask = eval(f"column.to_numpy() {operator} number")
                add(f"{name} {operator} {literal}", mask & there(column))
        add(f"{name} is missing", column.isna())
        add(f"{name} is not missing", column.notna())
        add(f"not ({name} > 0)", ~(column.to_numpy() > 0))
        add(f"{name} in [0.1, 0]", column.isin([kind(0.1), 0]))
        add(f"{name} not in [0.1, 0]", ~column.isin([kind(0.1), 0]) & there(column))
    add("float32 > 1e300", obs["float32"].astype(float) > 1e300)
    add("float32 == 1e300", obs["float32"].astype(float) == 1e300)
    add("float16 <= 70000", obs["float16"].astype(float) <= 70000)
    add("float64 == 9007199254740993", obs["float64"] == 9007199254740993.0)


def add_texts(obs):
    text = obs["text"]
    add('text == "B"', text == "B")
    add("text == 'B cell'", text == "B cell")
    add('text != ""', text != "")
    add('text == "\\"quoted\\""', text == '"quoted"')
    add("text == '\"quoted\"'", text == '"quoted"')
    add('text == "back\\\\slash"', text == "back\\slash")
    add(r'text == r"back\slash"', text == "back\\slash")
    add('text == "a\\tb"', text == "a\tb")
    add('text == "\\u00e9"', text == "é")
    add('text == "\\U0001d6fc"', text == "𝛼")
    add('text < "C"', [v.encode() < b"C" for v in text])
    add('text >= "é"', [v.encode() >= "é".encode() for v in text])
    add('text in ["T", "é", "none"]', text.isin(["T", "é"]))
    add('text in ("T", "é",)', text.isin(["T", "é"]))
    add('text not in ["T", ""]', ~text.isin(["T", ""]))
    add("text in []", np.zeros(N))
    add("text not in []", np.ones(N))
    add('text matches "^.$"', text.str.fullmatch("."))
    add('text matches "cell"', text.str.contains("cell"))
    add(r'text matches "\bT$"', text.str.contains(r"\bT$"))
    add('text not matches "[A-Z]"', ~text.str.contains("[A-Z]"))
    add("text == other_text", text == obs["other_text"])
    add("text < other_text", [a.encode() < b.encode() for a, b in zip(text, obs["other_text"])])
    add('maybe_text == "x"', each(obs["maybe_text"], lambda v: v == "x"))
    add('maybe_text != "x"', each(obs["maybe_text"], lambda v: v != "x"))
    add('not maybe_text == "x"', ~each(obs["maybe_text"], lambda v: v == "x"))
    add('maybe_text not in ["x"]', each(obs["maybe_text"], lambda v: v != "x"))
    add('maybe_text not matches "x"', each(obs["maybe_text"], lambda v: v != "x"))
    add("maybe_text is missing", obs["maybe_text"].isna())
    add("maybe_text is not missing", obs["maybe_text"].notna())
    add("text is missing", np.zeros(N))
    add('obs_names == "AAC07-y"', obs.index == "AAC07-y")
    add('index matches "x$"', obs.index.str.endswith("x"))
    add('obs_names < "AAC10"', obs.index < "AAC10")


def add_categories(obs):
    cat, size = obs["cat"], obs["size"]
    add('cat == "B"', each(cat, lambda v: v == "B"))
    add('cat != "B"', each(cat, lambda v: v != "B"))
    add('cat == "nowhere"', np.zeros(N))
    add('cat in ["B", "é"]', each(cat, lambda v: v in ("B", "é")))
    add('cat not in ["B", "é"]', each(cat, lambda v: v not in ("B", "é")))
    add('cat matches "^[A-Z]$"', each(cat, lambda v: v in ("B", "T")))
    add("cat is missing", cat.isna())
    add("cat is not missing", cat.notna())
    add('cat < "NL"', each(cat, lambda v: v < "NL"))
    add("cat == cat2", [a == b for a, b in zip(labels(cat), labels(obs["cat2"]))])
    add("cat != cat2", [a is not None and a != b for a, b in zip(labels(cat), labels(obs["cat2"]))])
    add("cat < cat2", [a is not None and a < b for a, b in zip(labels(cat), labels(obs["cat2"]))])
    add("cat == text", [a is not None and a == b for a, b in zip(labels(cat), obs["text"])])
    add("other_text <= cat2", [a <= b for a, b in zip(obs["other_text"], labels(obs["cat2"]))])
    add('size < "L"', size < "L")
    add('"M" <= size', size >= "M")
    add('size > "M"', size > "M")
    add('size == "XL"', size == "XL")
    add('not size >= "M"', ~(size >= "M"))
    add('"S" < size <= "L"', (size > "S") & (size <= "L"))
    add("size2 < size", [not pd.isna(b) and "SMLXL".index(a) < "SMLXL".index(b) for a, b in zip(labels(obs["size2"]), labels(size))])
    add("size == size2", [a == b for a, b in zip(labels(size), labels(obs["size2"]))])
    add("leiden == 10", each(obs["leiden"], lambda v: v == 10))
    add("leiden < 9.5", each(obs["leiden"], lambda v: v < 9.5))
    add("leiden in [0, 10]", each(obs["leiden"], lambda v: v in (0, 10)))
    add("leiden < n", [int(a) < b for a, b in zip(obs["leiden"], obs["n"])])
    add("flag", each(obs["flag"], bool))
    add("not flag", ~each(obs["flag"], bool))
    add("flag == false", each(obs["flag"], lambda v: not v))
    add("flag == bool", [v is not None and v == b for v, b in zip(labels(obs["flag"]), obs["bool"])])


def add_truths_and_nullables(obs):
    add("bool", obs["bool"])
    add("~bool", ~obs["bool"])
    add("bool == true", obs["bool"])
    add("bool != True", ~obs["bool"])
    add("bool in [false]", ~obs["bool"])
    add("bool not in [false]", obs["bool"])
    add("true", np.ones(N))
    add("not true or FALSE", np.zeros(N))
    add("maybe_bool", each(obs["maybe_bool"], bool))
    add("not maybe_bool", ~each(obs["maybe_bool"], bool))
    add("maybe_bool != true", each(obs["maybe_bool"], lambda v: not v))
    add("maybe_bool is missing", obs["maybe_bool"].isna())
    add("bool == maybe_bool", [not pd.isna(m) and b == m for b, m in zip(obs["bool"], obs["maybe_bool"])])
    add("maybe_int == 9007199254740993", each(obs["maybe_int"], lambda v: v == 2**53 + 1))
    add("maybe_int == 9007199254740992", np.zeros(N))
    add("maybe_int < 1e300", obs["maybe_int"].notna())
    add("maybe_int != 7", each(obs["maybe_int"], lambda v: v != 7))
    add("maybe_int not in [7]", each(obs["maybe_int"], lambda v: v != 7))
    add("maybe_int is missing and n < 30", obs["maybe_int"].isna() & (obs["n"] < 30))
    add("maybe_uint == 18446744073709551615", each(obs["maybe_uint"], lambda v: v == 2**64 - 1))
    add("maybe_uint > maybe_int", [not pd.isna(a) and not pd.isna(b) and int(a) > int(b)
                                   for a, b in zip(obs["maybe_uint"], obs["maybe_int"])])


def add_pairs_and_joints(obs):
    n, m = obs["n"], obs["m"].astype(int)
    add("n > m", n > m)
    add("m >= n", m >= n)
    add("n == m", n == m)
    add("n != m", n != m)
    add("uint64 > int64", [int(a) > int(b) for a, b in zip(obs["uint64"], obs["int64"])])
    add("int64 < uint64", [int(a) < int(b) for a, b in zip(obs["int64"], obs["uint64"])])
    add("int64 == int8", [int(a) == int(b) for a, b in zip(obs["int64"], obs["int8"])])
    add("uint64 < m", [int(a) < int(b) for a, b in zip(obs["uint64"], obs["m"])])
    add("m < uint64", [int(a) < int(b) for a, b in zip(obs["m"], obs["uint64"])])
    add("half_n < m", obs["half_n"] < m)
    add("float32 == float64", (obs["float32"].astype(float) == obs["float64"]))
    add("float32 != float64", (obs["float32"].astype(float) != obs["float64"]) & there(obs["float32"]) & there(obs["float64"]))
    add("10 < n < 20", (n > 10) & (n < 20))
    add("10 <= n <= m < 40", (n >= 10) & (n <= m) & (m < 40))
    add("n < 5 or n > 50 and bool", (n < 5) | ((n > 50) & obs["bool"]))
    add("(n < 5 or n > 50) and bool", ((n < 5) | (n > 50)) & obs["bool"])
    add("n < 5 | n > 50 & bool", (n < 5) | ((n > 50) & obs["bool"]))
    add("not n < 5 and bool", ~(n < 5) & obs["bool"])
    add("not (n < 5 and bool)", ~((n < 5) & obs["bool"]))
    add("~bool & n < 20 | ~(n < 50)", (~obs["bool"] & (n < 20)) | ~(n < 50))
    add("NOT bool AND n IN [1, 2, 3]", ~obs["bool"] & n.isin([1, 2, 3]))
    add("((n)) > ((30))", n > 30)
    add("n>30 and\n\tbool", (n > 30) & obs["bool"])
    add("-1 < n and n < +3", n < 3)
    add("n < 1e1", n < 10)
    add("n < .5e1", n < 5)
    add("`with space` < 2.", obs["with space"] < 2)
    add("`tick``name` == 1", obs["tick`name"] == 1)
    add("`and` == 3 and `n` < 9", (obs["and"] == 3) & (n < 9))
    add("percent.mt > 5", obs["percent.mt"] > 5)
    add("n >= 0", np.ones(N))
    add("n < 0", np.zeros(N))
    add(" or ".join(f"n == {i}" for i in range(0, N, 2)), n % 2 == 0)


def add_matrices(arrays):
    csr, csc, dense, raw = (arrays[name] for name in ["csr", "csc", "dense", "raw"])
    add('X["g3"] > 0', csr[:, 3] > 0)
    add('X["g3"] == 0', csr[:, 3] == 0)
    add('X["g4"] == 0', np.ones(N))
    add("X[5] >= 1 and X['g6'] < 2", (csr[:, 5] >= 1) & (csr[:, 6] < 2))
    add("X[22] > X[23]", csr[:, 22] > csr[:, 23])
    add('X["g3"] in [1, 2]', np.isin(csr[:, 3], [1, 2]))
    add("X[0] is missing", np.zeros(N))
    add('layers["counts"]["g3"] > 0', csc[:, 3] > 0)
    add('layers["counts"]["g3"] != layers["counts"]["g2"]', csc[:, 3] != csc[:, 2])
    add('layers["dense"]["g7"] > 0.5', dense[:, 7] > 0.5)
    add('layers["dense"][1] < layers["dense"][2]', dense[:, 1] < dense[:, 2])
    add('layers["duplicates"]["g3"] == 2', arrays["duplicates"][:, 3] == 2)
    add('layers["duplicates"]["g3"] > layers["duplicates"]["g5"]', arrays["duplicates"][:, 3] > arrays["duplicates"][:, 5])
    add('raw["r8"] > 0', raw[:, 8] > 0)
    add('raw["r8"] > X["g8"]', raw[:, 8] > csr[:, 8])
    add('obsm["X_pca"][0] < 0.25', arrays["pca"][:, 0] < np.float32(0.25))
    add('-1 < obsm["X_pca"][4] < 1', (arrays["pca"][:, 4] > -1) & (arrays["pca"][:, 4] < 1))
    add('obsm["scores"]["S"] == 3', np.arange(N) % 4 == 3)
    add('obsm["scores"][0] == 3', np.arange(N) % 4 == 3)
    add('obsm["sparse"][2] > 0', csr[:, 2] > 0)
    add("n_cells > 10", np.arange(M) > 10, "VAR")
    add('kind == "x" and var_names matches "1"', np.array([k == "x" for k in spread(["x", "y"], M)])
        & np.array(["1" in g for g in [f"g{i}" for i in range(M - 2)] + ["twice"] * 2]), "VAR")
    add('X["AAC05-z"] > 0', csr[5] > 0, "VAR")
    add("X[6] > 0 or X[7] > 1", (csr[6] > 0) | (csr[7] > 1), "VAR")
    add('layers["counts"]["AAC05-z"] > 0', csc[5] > 0, "VAR")
    add('layers["counts"][8] < layers["counts"][9]', csc[8] < csc[9], "VAR")
    add('layers["dense"]["AAC10-y"] == 1', dense[10] == 1, "VAR")
    add('layers["duplicates"][11] == 2', arrays["duplicates"][11] == 2, "VAR")
    add('varm["PCs"][1] > 0 and n_cells < 20', (arrays["pcs"][:, 1] > 0) & (np.arange(M) < 20), "VAR")
    add('var_names == "twice"', np.arange(M) >= M - 2, "VAR")


def quote(text):
    return '"' + "".join({'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}.get(c, c) for c in text) + '"'


def main():
    with tempfile.TemporaryDirectory() as folder:
        store = pathlib.Path(folder) / "filters.h5ad"
        obs, var, arrays = make_store(store)
        with tarfile.open(HERE / "filter-stores.tar.xz", "w:xz") as tar:
            tar.add(store, store.name, filter=lambda info: info.replace(uid=0, gid=0, uname="", gname="", mtime=0, deep=False))
    add_integers(obs)
    add_floats(obs)
    add_texts(obs)
    add_categories(obs)
    add_truths_and_nullables(obs)
    add_pairs_and_joints(obs)
    add_matrices(arrays)
    lines = ["/* filter-table.h: made by make-filter-table.py", " *", " * SPDX-License-Identifier: Apache-2.0", " */", "",
             "#pragma once", "", "/* clang-format off */", "static const Golden goldens[] = {"]
    lines += [f"  {{ ANN_AXIS_{axis}, {quote(text)}, \"{mask}\" }}," for axis, text, mask in cases]
    lines += ["};", "/* clang-format on */", ""]
    (HERE / "filter-table.h").write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
