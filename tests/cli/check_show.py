#!/usr/bin/env python3
"""Show every element of some stores as JSON and hash what was shown; a TAP test, a point a store.

    check_show.py --ann ANN --stores FOLDER STORE…

The hashes must be those of what Python anndata read (expected/ in FOLDER): so all rows and columns
of all kinds are shown, each in its place, with all digits.

SPDX-License-Identifier: Apache-2.0
"""

import argparse
import hashlib
import json
import pathlib
import struct
import subprocess
import sys
import tempfile

# numpy's type names to struct's letters.
LETTERS = {"b1": "?", "i1": "b", "u1": "B", "i2": "h", "u2": "H", "i4": "i", "u4": "I", "i8": "q", "u8": "Q",
           "f2": "e", "f4": "f", "f8": "d"}
SPECIAL = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def pack(values, dtype):
    """Values as JSON has them, as the bytes of numpy's type."""
    kind = dtype[1:]
    if kind in ("c8", "c16"):
        values, kind = [part for value in values for part in value], {"c8": "f4", "c16": "f8"}[kind]
    numbers = [SPECIAL.get(value, value) if isinstance(value, str) else value for value in values]
    return struct.pack(f"<{len(numbers)}{LETTERS[kind]}", *numbers)


def join(texts):
    return "\n".join("" if text is None else text for text in texts).encode()


def show(ann, store, path):
    result = subprocess.run([ann, "show", store, path, "--rows", ":", "--format", "json"],
                            capture_output=True, timeout=60, check=False)
    if result.returncode != 0:
        raise RuntimeError(result.stderr.decode(errors="replace").strip())
    return json.loads(result.stdout)


def check_categorical(want, values):
    categories = want["categories"]
    names = categories.get("values")
    if names is None and categories.get("kind") == "array" and categories["length"] <= 5:
        names = categories["first"]
    if names is None:
        return None
    codes = [-1 if value is None else names.index(value) for value in values]
    return sha256(struct.pack(f"<{len(codes)}q", *codes)) == want["codes_sha256"]


def check_element(want, shown):
    """Whether it is right; None where the oracle has no hash of it."""
    kind = want["kind"]
    if kind == "numeric-scalar":
        return shown == want["value"]
    if kind == "string":
        return shown == want["value"]
    if kind == "null":
        return shown is None
    rows = shown["rows"]
    if [row["row"] for row in rows] != list(range(len(rows))):
        return False
    values = [value for row in rows for value in row["values"]]
    if kind == "dataframe":
        return (shown["columns"] == want["columns"]
                and sha256(join(row["name"] for row in rows)) == want["index"]["sha256"])
    if kind == "array":
        return sha256(pack(values, want["dtype"])) == want["sha256"]
    if kind in ("csr", "csc"):
        return sha256(pack(values, want["dtype"])) == want["dense_sha256"]
    if kind == "string-array":
        return sha256(join(values)) == want["sha256"]
    if kind.startswith("nullable-"):
        filled = [0 if value is None else value for value in values]
        return sha256(pack(filled, want["dtype"])) == want["sha256"]
    if kind == "awkward-array":
        text = json.dumps(values, separators=(",", ":"), ensure_ascii=False)
        return sha256(text.encode()) == want["json_sha256"]
    if kind == "dict":
        return sorted(row["values"][0] for row in rows) == sorted(want["keys"])
    if kind == "categorical":
        return check_categorical(want, values)
    return None


def check_store(ann, stores, name):
    expected = json.loads((stores / "expected" / (name.replace("/", "__") + ".json")).read_text())
    wrong, n_checked = [], 0
    for path, want in expected["elements"].items():
        if path == "X" and want["kind"] == "null":
            continue  # there is none
        try:
            right = check_element(want, show(ann, stores / name, path))
        except (RuntimeError, ValueError, KeyError, struct.error) as error:
            right = False
            wrong.append(f"{path}: {type(error).__name__}: {error}")
        if right is False:
            wrong.append(f"{path}: not what Python reads")
        n_checked += right is not None
    return wrong, n_checked


def check_single_record(ann):
    """A record without axes is one row, with all that its arrays hold."""
    meta = {"zarr_format": 2, "shape": [], "chunks": [], "order": "C", "compressor": None, "filters": None,
            "fill_value": None, "dtype": [["n", "<i4"], ["v", "<f4", [2, 1]], ["w", "<i2", [2]]]}
    with tempfile.TemporaryDirectory() as folder:
        array = pathlib.Path(folder, "s.zarr", "one")
        array.mkdir(parents=True)
        (array.parent / ".zgroup").write_text('{"zarr_format": 2}')
        (array / ".zarray").write_text(json.dumps(meta))
        (array / "0").write_bytes(struct.pack("<iffhh", 7, 0.5, -2, 3, 4))
        shown = show(ann, array.parent, "one")
    if shown["columns"] != ["n", "v[0,0]", "v[1,0]", "w[0]", "w[1]"]:
        return [f"columns {shown['columns']}"]
    if shown["rows"] != [{"row": 0, "values": [7, 0.5, -2, 3, 4]}]:
        return [f"rows {shown['rows']}"]
    return []


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="+")
    parser.add_argument("--ann", required=True, type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("--stores", required=True, type=pathlib.Path)
    options = parser.parse_args()

    print(f"1..{len(options.names) + 1}")
    wrong = check_single_record(options.ann)
    n_failed = len(wrong)
    print(f"{'not ok' if wrong else 'ok'} 1 - a single record", *wrong)
    for number, name in enumerate(options.names, 2):
        wrong, n_checked = check_store(options.ann, options.stores, name)
        n_failed += bool(wrong)
        print(f"{'not ok' if wrong else 'ok'} {number} - {name}, {n_checked} elements")
        for text in wrong:
            print("# " + text.replace("\n", "\n# "))
        sys.stdout.flush()
    return 1 if n_failed else 0


if __name__ == "__main__":
    sys.exit(main())
