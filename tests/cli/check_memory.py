#!/usr/bin/env python3
"""What writing takes of memory does not grow with what is written; a TAP test.

    check_memory.py --ann COMMAND

Makes stores whose values are links to a few files, so that they take no room, and writes each kind of thing from
one, and from another with ten times its rows. What may be added is 16 bytes for each row that is written, where the
labels alone would be 18, and the whole may be 384 MiB besides these.

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

N_VAR = 1000
MANY, FEW = 32, 8  # entries of a row
ROWS_OF_CHUNK = 2048
N_PARTS = 8
LABEL = "sample-of-the-study-that-has-long-names:AAACCTGAGAAACCAT-"
N_OBS = 262144  # of the small store: the blocks that it is read and written in are full, or nearly

ROW_SIZE = 16  # bytes that a row may take that is written: its place in the source, and in the result
GATHERED_ROW_SIZE = 32  # of a split: these, its place among the parts, and those by which the rows are sorted
LIMIT = 384 << 20

# What the small store does not fill: the cache of decoded chunks, of 64 MiB, and about four blocks of 16 MiB that are
# read ahead, put into order, or on their way to the disk.
SLACK = 128 << 20


# --- Stores ---


def put_tables(path, n_obs):
    put_group(path, "anndata", "0.1.0")
    put_group(path / "obs", "dataframe", "0.2.0", **{"_index": "_index", "column-order": ["by"]})
    put_texts(path / "obs" / "_index", [f"{LABEL}{i:08}" for i in range(n_obs)])
    put_group(path / "obs" / "by", "categorical", "0.2.0", ordered=False)
    put_vector(path / "obs" / "by" / "codes", "b", (i * i // 7 % N_PARTS for i in range(n_obs)))
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


def make_rows(path, n_obs, in_row):
    """The entries of a row are so many columns apart, and begin with a column of its own."""
    step = N_VAR // in_row
    indices = array.array("i", [k % in_row * step + k // in_row % step for k in range(ROWS_OF_CHUNK * in_row)])
    put_tables(path, n_obs)
    put_sparse(path, "csr_matrix", n_obs, [indices.tobytes()], n_obs, in_row)


def make_columns(path, n_obs):
    """Each column has every 128th row."""
    step = 128
    starts = range(0, n_obs, step * ROWS_OF_CHUNK)
    indices = [array.array("i", range(start, start + step * ROWS_OF_CHUNK, step)).tobytes() for start in starts]
    put_tables(path, n_obs)
    put_sparse(path, "csc_matrix", n_obs, indices, N_VAR, n_obs // step)


KINDS = {"rows": lambda *of: make_rows(*of, MANY), "few": lambda *of: make_rows(*of, FEW), "columns": make_columns}


# --- Runs ---


def measure(line):
    """The most memory that it had, in bytes, and what is wrong."""
    child = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    said = child.stderr.read()
    _pid, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_maxrss << 10, f"ended with {child.returncode}: {said}" if child.returncode else None


def compare(line, sources, row_size, n_written, folder):
    """Runs it with the small source, and with the large one. n_written: rows that are written for each of a source"""
    peaks = []
    for source in sources:
        target = folder / "out"
        peak, problem = measure([part.format(source=source, target=target) for part in line] + ["--quiet", "--threads", "2"])
        for made in folder.glob("out*"):
            shutil.rmtree(made) if made.is_dir() else made.unlink()
        if problem:
            return problem
        peaks.append(peak)
    n_rows = 10 * N_OBS * n_written
    allowed = int(min(peaks[0] + n_rows * 0.9 * row_size + SLACK, LIMIT + n_rows * row_size))
    print(f"# {peaks[0] >> 20} MiB, {peaks[1] >> 20} MiB; at most {allowed >> 20}")
    return None if peaks[1] <= allowed else f"takes {peaks[1]} bytes, and of a tenth of it {peaks[0]}"


FAST = ["--compression", "lz4"]
SOME = 'by == "part1" or by == "part2" or by == "part4"'  # half of the rows
RUNS = [
    ("a subset", "rows", ["export", "{source}", "-o", "{target}.h5ad", "--obs", SOME, *FAST], ROW_SIZE, 0.5),
    ("Zarr", "rows", ["export", "{source}", "-o", "{target}.zarr", *FAST], ROW_SIZE, 1),
    ("rows as columns", "few", ["export", "{source}", "-o", "{target}.h5ad", "--csc", *FAST], ROW_SIZE, 1),
    ("columns as rows", "columns", ["export", "{source}", "-o", "{target}.h5ad", "--csr", *FAST], ROW_SIZE, 1),
    ("a concatenation", "rows", ["concat", "{source}", "{source}", "-o", "{target}.h5ad", "--keys", "a,b",
                                 "--index-unique", "-", "--label", "of", *FAST], ROW_SIZE, 2),
    ("a split", "few", ["split", "{source}", "--by", "by", "-o", "{target}", *FAST], GATHERED_ROW_SIZE, 1),
    ("CSV", "few", ["export", "{source}", "-o", "{target}.csv", "--elements", "X", "--var", "0:10"], ROW_SIZE, 1),
    ("Matrix Market", "few", ["export", "{source}", "-o", "{target}.mtx", "--var", "0:100"], ROW_SIZE, 1),
]


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
        for kind in KINDS:
            sources[kind] = [folder / f"{kind}-{times}.zarr" for times in (1, 10)]
            for path, times in zip(sources[kind], (1, 10)):
                # By another process: what this one has had counts as had by those that it starts.
                maker = multiprocessing.Process(target=KINDS[kind], args=(path, times * N_OBS))
                maker.start()
                maker.join()
        for number, (words, source, line, row_size, n_written) in enumerate(RUNS, 1):
            problem = compare([options.ann, *line], sources[source], row_size, n_written, folder)
            print(f"{'not ok' if problem else 'ok'} {number} {words}", flush=True)
            if problem:
                print(f"# {problem}")
                failed += 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
