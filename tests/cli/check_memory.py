#!/usr/bin/env python3
"""What writing takes of memory does not grow with what is written; a TAP test.

    check_memory.py --ann COMMAND

Makes stores whose chunks are links to a few files, so that they take no room, and writes each kind of
thing from one and from another that is four times as large. What may be added is what a row takes that is listed, in
another order, or has a name; the difference of the matrices is many times that.

SPDX-License-Identifier: Apache-2.0
"""

import argparse
import array
import multiprocessing
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from writing import put_array, put_group, put_texts, put_vector

IN_ROW, N_VAR = 64, 1000  # entries of a row, of so many columns
ROWS_OF_CHUNK = 2048
N_PARTS = 8

ROW_SIZE = 40  # bytes that a row may take: its name, its place in the source and in the result
SORTED_ROW_SIZE = 140  # where rows come in another order: places, and names of all of a block before and after
SLACK = 48 << 20  # bytes that differ from run to run: what was freed and is kept, how many threads met
LIMIT = 384 << 20


# --- Stores ---


def put_tables(path, n_obs):
    put_group(path, "anndata", "0.1.0")
    put_group(path / "obs", "dataframe", "0.2.0", **{"_index": "_index", "column-order": ["by"]})
    put_texts(path / "obs" / "_index", [f"c{i}" for i in range(n_obs)])
    put_group(path / "obs" / "by", "categorical", "0.2.0", ordered=False)
    put_vector(path / "obs" / "by" / "codes", "b", (i % N_PARTS for i in range(n_obs)))
    put_texts(path / "obs" / "by" / "categories", [f"part{i}" for i in range(N_PARTS)])
    put_group(path / "var", "dataframe", "0.2.0", **{"_index": "_index", "column-order": []})
    put_texts(path / "var" / "_index", [f"g{i}" for i in range(N_VAR)])


def put_sparse(path, encoding, n_obs, indices, n_lines, in_line):
    """indices: chunks of them, which come again and again"""
    n = n_lines * in_line
    length = len(indices[0]) // 4
    values = array.array("f", [k % 7 + 1 for k in range(length)]).tobytes()
    put_group(path / "X", encoding, "0.1.0", shape=[n_obs, N_VAR])
    put_array(path / "X" / "indices", "<i4", [n], [length], [indices[i % len(indices)] for i in range(n // length)])
    put_array(path / "X" / "data", "<f4", [n], [length], [values] * (n // length))
    put_vector(path / "X" / "indptr", "q", range(0, n + 1, in_line))


def make_rows(path, n_obs, in_row=IN_ROW):
    """The entries of a row are so many columns apart, and begin with a column of its own."""
    step = N_VAR // IN_ROW
    indices = array.array("i", [k % in_row * step + k // in_row % step for k in range(ROWS_OF_CHUNK * in_row)])
    put_tables(path, n_obs)
    put_sparse(path, "csr_matrix", n_obs, [indices.tobytes()], n_obs, in_row)


def make_columns(path, n_obs):
    """Each column has every 16th row."""
    steps = range(0, n_obs, 16 * ROWS_OF_CHUNK)
    indices = [array.array("i", range(start, start + 16 * ROWS_OF_CHUNK, 16)).tobytes() for start in steps]
    put_tables(path, n_obs)
    put_sparse(path, "csc_matrix", n_obs, indices, N_VAR, n_obs // 16)


def make(kind, path, n_obs):
    {"rows": make_rows, "columns": make_columns, "few": lambda *of: make_rows(*of, 8)}[kind](path, n_obs)


# --- Runs ---


def measure(line):
    """The most memory that it had, in bytes, and what is wrong."""
    child = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    said = child.stderr.read()
    _pid, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_maxrss << 10, f"ended with {child.returncode}: {said}" if child.returncode else None


def compare(line, sources, row_size, folder):
    """Runs it with the small source, and with the large one."""
    peaks = []
    for source, _n_obs in sources:
        target = folder / "out"
        peak, problem = measure([part.format(source=source, target=target) for part in line] + ["--quiet", "--threads", "2"])
        for made in folder.glob("out*"):
            shutil.rmtree(made) if made.is_dir() else made.unlink()
        if problem:
            return problem
        peaks.append(peak)
    allowed = peaks[0] + (sources[1][1] - sources[0][1]) * row_size + SLACK
    print(f"# {peaks[0] >> 20} MiB, {peaks[1] >> 20} MiB; at most {min(allowed, LIMIT) >> 20}")
    return None if peaks[1] <= min(allowed, LIMIT) else f"takes {peaks[1]} bytes, and of a quarter of it {peaks[0]}"


FAST = ["--compression", "lz4"]
RUNS = [
    ("a subset", "rows", ["export", "{source}", "-o", "{target}.h5ad", "--obs", "::2", *FAST], ROW_SIZE),
    ("Zarr", "rows", ["export", "{source}", "-o", "{target}.zarr", *FAST], ROW_SIZE),
    ("rows as columns", "rows", ["export", "{source}", "-o", "{target}.h5ad", "--csc", *FAST], ROW_SIZE),
    ("columns as rows", "columns", ["export", "{source}", "-o", "{target}.h5ad", "--csr", *FAST], ROW_SIZE),
    ("a concatenation", "rows", ["concat", "{source}", "{source}", "-o", "{target}.h5ad", "--keys", "a,b", *FAST], ROW_SIZE),
    ("a split", "rows", ["split", "{source}", "--by", "by", "-o", "{target}", *FAST], SORTED_ROW_SIZE),
    ("CSV", "few", ["export", "{source}", "-o", "{target}.csv", "--elements", "X", "--var", "0:30"], ROW_SIZE),
    ("Matrix Market", "few", ["export", "{source}", "-o", "{target}.mtx"], ROW_SIZE),
]


LENGTHS = {"rows": (245760, 983040), "columns": (262144, 1048576), "few": (131072, 524288)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ann", required=True)
    parser.add_argument("--sanitized", action="store_true", help="memory says nothing")
    options = parser.parse_args()
    if options.sanitized:
        print("1..0 # SKIP sanitizers take memory of their own")
        return 0
    failed = 0
    print(f"1..{len(RUNS)}")
    with tempfile.TemporaryDirectory(prefix="ann-memory-") as name:
        folder = pathlib.Path(name)
        sources = {}
        for kind, lengths in LENGTHS.items():
            sources[kind] = [(folder / f"{kind}-{n}.zarr", n) for n in lengths]
            for path, n_obs in sources[kind]:
                # By another process: what this one has had counts as had by those that it starts.
                maker = multiprocessing.Process(target=make, args=(kind, path, n_obs))
                maker.start()
                maker.join()
        for number, (words, source, line, row_size) in enumerate(RUNS, 1):
            problem = compare([options.ann, *line], sources[source], row_size, folder)
            print(f"{'not ok' if problem else 'ok'} {number} {words}", flush=True)
            if problem:
                print(f"# {problem}")
                failed += 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
