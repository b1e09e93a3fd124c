#!/usr/bin/env python3
"""Make pbmc68k_reduced.h5ad, the sample store, from the data set that scanpy ships.

Needs Python with scanpy and anndata >= 0.12:  python convert.py OUT.h5ad

SPDX-License-Identifier: Apache-2.0
"""

import sys
import warnings

import anndata
import scanpy


def main():
    # Reading the old layout warns and brings it up to date: uns/neighbors moves to obsp.
    adata = scanpy.datasets.pbmc68k_reduced()
    for column in adata.obs.columns:
        key = f"{column}_colors"
        if adata.obs[column].dtype == "category" and key not in adata.uns:
            count = len(adata.obs[column].cat.categories)
            adata.uns[key] = scanpy.pl.palettes.default_20[:count]
    adata.write_h5ad(sys.argv[1], compression="gzip", compression_opts=9)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        back = anndata.read_h5ad(sys.argv[1])
    assert back.shape == (700, 765) and back.raw is not None
    assert {"connectivities", "distances"} == set(back.obsp) and "rank_genes_groups" in back.uns
    for column in ("bulk_labels", "louvain", "phase"):
        assert len(back.uns[f"{column}_colors"]) == len(back.obs[column].cat.categories)


if __name__ == "__main__":
    main()
