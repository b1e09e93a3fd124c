"""What the tests of the writing verbs share: stores to write from, folders to write to, and looks at both.

SPDX-License-Identifier: Apache-2.0
"""

import array
import hashlib
import json
import os
import pathlib
import random
import re
import shutil
import struct
import subprocess
import sys
import tempfile

PART = re.compile(r"\..+\.ann-[a-z0-9]{12}\.part(\.old)?")
TIMEOUT = 120


# --- Stores, as zarr-python (v2) lays them out ---

def put_json(folder, name, value):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(value))


def put_group(folder, kind, version, **attributes):
    put_json(folder, ".zgroup", {"zarr_format": 2})
    put_json(folder, ".zattrs", {"encoding-type": kind, "encoding-version": version, **attributes})


def put_array(folder, dtype, shape, chunks, parts, kind="array", filters=None):
    """parts: of each chunk of rows its bytes, as they are stored. The same object is the same file."""
    put_json(folder, ".zarray", {
        "zarr_format": 2, "shape": shape, "chunks": chunks, "dtype": dtype, "order": "C", "compressor": None,
        "fill_value": 0, "filters": filters})
    put_json(folder, ".zattrs", {"encoding-type": kind, "encoding-version": "0.2.0"})
    seen = {}
    for number, part in enumerate(parts):
        path = folder / ".".join([str(number)] + ["0"] * (len(shape) - 1))
        if id(part) in seen:
            os.link(seen[id(part)], path)
        else:
            path.write_bytes(part)
            seen[id(part)] = path


def put_texts(folder, texts):
    texts = [text.encode() for text in texts]
    length = min(len(texts), 65536)
    parts = []
    for start in range(0, len(texts), max(length, 1)):
        some = texts[start:start + length]
        some += [b""] * (length - len(some))
        parts.append(struct.pack("<I", length) + b"".join(struct.pack("<I", len(text)) + text for text in some))
    put_array(folder, "|O", [len(texts)], [length], parts, "string-array", [{"id": "vlen-utf8"}])


def put_vector(folder, code, values):
    values = array.array(code, values)
    length = min(len(values), 65536)
    dtype = {"b": "|i1", "i": "<i4", "d": "<f8", "f": "<f4", "q": "<i8"}[code]
    parts = [values[start:start + length] for start in range(0, len(values), max(length, 1))]
    if parts:
        parts[-1].extend([0] * (length - len(parts[-1])))
    put_array(folder, dtype, [len(values)], [length], [part.tobytes() for part in parts])


def put_frame(folder, prefix, n, columns):
    put_group(folder, "dataframe", "0.2.0", **{"_index": "_index", "column-order": list(columns)})
    put_texts(folder / "_index", [f"{prefix}{number:06}" for number in range(n)])
    for name, put in columns.items():
        put(folder / name)


def put_categories(folder, labels, codes):
    put_group(folder, "categorical", "0.2.0", ordered=False)
    put_texts(folder / "categories", labels)
    put_vector(folder / "codes", "b", codes)


def make_store(path, n_obs, n_var, seed=1, n_labels=3):
    """A dense X, a sparse layer, some columns."""
    chance = random.Random(seed)
    put_group(path, "anndata", "0.1.0")
    put_frame(path / "obs", "cell", n_obs, {
        "group": lambda folder: put_categories(folder, [f"group {n}" for n in range(n_labels)],
                                               [row % n_labels for row in range(n_obs)]),
        "score": lambda folder: put_vector(folder, "d", [chance.random() for _ in range(n_obs)])})
    put_frame(path / "var", "gene", n_var, {"mean": lambda folder: put_vector(folder, "d", range(n_var))})
    rows = 256
    values = array.array("f", (chance.choice((0, 0, 0, 1, 2, 3.5)) for _ in range(rows * n_var)))
    part = values.tobytes()
    put_array(path / "X", "<f4", [n_obs, n_var], [rows, n_var], [part] * -(-n_obs // rows))
    put_sparse(path / "layers" / "counts", n_obs, n_var)
    put_group(path / "layers", "dict", "0.1.0")
    for name in ("obsm", "varm", "obsp", "varp", "uns"):
        put_group(path / name, "dict", "0.1.0")
    put_array(path / "obsm" / "place", "<f4", [n_obs, 2], [n_obs, 2],
              [array.array("f", range(2 * n_obs)).tobytes()])


def put_sparse(folder, n_obs, n_var):
    per_row = min(n_var, 8)
    put_group(folder, "csr_matrix", "0.1.0", shape=[n_obs, n_var])
    put_vector(folder / "indptr", "i", range(0, per_row * n_obs + 1, per_row))
    put_vector(folder / "indices", "i", list(range(0, n_var, n_var // per_row))[:per_row] * n_obs)
    put_vector(folder / "data", "f", (1 + number % 7 for number in range(per_row * n_obs)))


# --- Folders ---

def scratch():
    """A folder for all this: in memory where there is room, for a disk that is waited for says nothing here."""
    memory = pathlib.Path("/dev/shm")
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2 << 30:
        return tempfile.TemporaryDirectory(dir=memory)
    return tempfile.TemporaryDirectory()


def read_tree(path):
    """What is there: of a file its hash, of a folder those of all that is in it; None for nothing."""
    if path.is_file():
        return hashlib.sha256(path.read_bytes()).hexdigest()
    if not path.is_dir():
        return None
    return {str(file.relative_to(path)): read_tree(file) if file.is_file() else "folder" for file in path.rglob("*")}


def list_parts(folder):
    return [entry.name for entry in folder.iterdir() if PART.fullmatch(entry.name)]


def list_others(folder, known):
    """What lies there besides."""
    return sorted(entry.name for entry in folder.iterdir() if entry.name not in known)


def remove(path):
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def copy(source, target):
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copy2(source, target)


# --- The command ---

def run(command, **variables):
    environment = dict(os.environ, **{name: str(value) for name, value in variables.items()})
    return subprocess.run([str(part) for part in command], env=environment, capture_output=True, text=True,
                          timeout=TIMEOUT, check=False)


def run_well(command, **variables):
    done = run(command, **variables)
    if done.returncode:
        raise AssertionError(f"{' '.join(str(part) for part in command)} ends with {done.returncode}: {done.stderr}")
    return done


def digest(ann, path):
    return run_well([ann, "digest", path, "--json"]).stdout


class Tap:
    def __init__(self, n_points):
        self.number = self.n_failed = 0
        self.n_points = n_points
        print(f"1..{n_points}")

    def point(self, name, problems):
        self.number += 1
        self.n_failed += bool(problems)
        print(f"{'not ok' if problems else 'ok'} {self.number} - {name}")
        for problem in problems[:6]:
            print("# " + problem.replace("\n", "\n# "))
        sys.stdout.flush()

    def skip(self, name, reason):
        self.number += 1
        print(f"ok {self.number} - {name} # SKIP {reason}")

    def end(self):
        return 1 if self.n_failed or self.number != self.n_points else 0
