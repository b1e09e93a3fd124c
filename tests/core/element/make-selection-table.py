#!/usr/bin/env python3
"""Writes selection-table.h: what scipy gives for rows and columns of a sparse matrix.

The matrix has entries that are not sorted, entries that occur twice, empty rows and an empty column. Needs
scipy; the table is part of the tree, so a build does not.

    make-selection-table.py > selection-table.h

SPDX-License-Identifier: Apache-2.0
"""

import numpy as np
import scipy
import scipy.sparse as sp

N_ROWS, N_COLUMNS = 13, 9
SELECTIONS = [
    ":", "::-1", "2:7", "1::3", "-2::-4", "4", "-1", "3:3", "0,0", "7,1,1,-1,2", "1,3,4", "8,0,5,8", "::2,::-3",
]


def positions(text, length):
    """What the text selects, in NumPy's words."""
    parts = []
    for part in text.split(","):
        if ":" in part:
            parts.append(np.arange(length)[slice(*(int(p) if p else None for p in part.split(":")))])
        else:
            parts.append(np.array([np.arange(length)[int(part)]]))
    return np.concatenate(parts).astype(int)


def make():
    """The arrays of a CSR matrix, not canonical."""
    rng = np.random.default_rng(7)
    indptr, indices = [0], []
    for row in range(N_ROWS):
        n = 0 if row in (3, 12) else int(rng.integers(1, 7))
        indices += [int(i) for i in rng.integers(0, N_COLUMNS - 1, n)]  # the last column is empty
        indptr.append(len(indices))
    return np.array(indptr), np.array(indices), np.arange(1, len(indices) + 1)


def write(name, numbers, c_type="int"):
    text = ", ".join(str(int(n)) for n in numbers)
    print(f"static const {c_type} {name}[] = {{ {text} }};")


def main():
    indptr, indices, data = make()
    csr = sp.csr_matrix((data, indices, indptr), shape=(N_ROWS, N_COLUMNS))
    # The same matrix by columns, its entries in the order in which they are stored by rows, backwards.
    rows = np.repeat(np.arange(N_ROWS), np.diff(indptr))[::-1]
    order = np.argsort(indices[::-1], kind="stable")
    csc_indices, csc_data = rows[order], data[::-1][order]
    csc_indptr = np.concatenate([[0], np.cumsum(np.bincount(indices, minlength=N_COLUMNS))])
    assert (sp.csc_matrix((csc_data, csc_indices, csc_indptr), shape=csr.shape) != csr).nnz == 0

    print(f"/* selection-table.h: made by make-selection-table.py with scipy {scipy.__version__}")
    print(" *\n * SPDX-License-Identifier: Apache-2.0\n */\n\n#pragma once\n\n/* clang-format off */")
    print(f"#define TABLE_N_ROWS {N_ROWS}\n#define TABLE_N_COLUMNS {N_COLUMNS}")
    write("table_csr_indptr", indptr)
    write("table_csr_indices", indices)
    write("table_csr_data", data, "double")
    write("table_csc_indptr", csc_indptr)
    write("table_csc_indices", csc_indices)
    write("table_csc_data", csc_data, "double")
    print("\n/* The values of matrix[rows][:, columns], densely, and the entries of each row: scipy gives those by")
    print(" * rows in their order, -1 ends a row.\n */")
    print("typedef struct {\n  const char *rows;\n  const char *columns;\n  int n_rows;\n  int n_columns;")
    print("  int n_entries;\n  const short *dense;\n  const short *entries; /* (column, value) */\n} TableCase;\n")
    cases = []
    for i, of_rows in enumerate(SELECTIONS):
        for k, of_columns in enumerate(SELECTIONS):
            r, c = positions(of_rows, N_ROWS), positions(of_columns, N_COLUMNS)
            found = sp.csr_matrix(csr[r][:, c])
            dense = csr.toarray()[r][:, c]
            assert (found.toarray() == dense).all()
            entries = []
            for row in range(len(r)):
                for at in range(found.indptr[row], found.indptr[row + 1]):
                    entries += [found.indices[at], found.data[at]]
                entries.append(-1)
            write(f"dense_{i}_{k}", list(dense.ravel()) + [-1], "short")
            write(f"entries_{i}_{k}", entries + [-1], "short")
            cases.append(f'  {{ "{of_rows}", "{of_columns}", {len(r)}, {len(c)}, {found.nnz}, dense_{i}_{k}, '
                         f"entries_{i}_{k} }},")
    print("\nstatic const TableCase table_cases[] = {")
    print("\n".join(cases))
    print("};\n/* clang-format on */")


if __name__ == "__main__":
    main()
