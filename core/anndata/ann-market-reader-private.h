/* ann-market-reader-private.h: the entries of a file of Matrix Market
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "anndata/ann-text-lines-private.h"
#include "base/ann-dtype.h"

G_BEGIN_DECLS

/**
 * AnnMarketSymmetry: what is left out of a file, being the same beyond the diagonal, or the
 * negative
 */
typedef enum {
  ANN_MARKET_GENERAL,
  ANN_MARKET_SYMMETRIC,
  ANN_MARKET_SKEW_SYMMETRIC,
} AnnMarketSymmetry;

/**
 * AnnMarketReader:
 * @dtype: int64 of integers, uint64 of those without a sign, float64 of the rest: what SciPy's
 *   mmread () makes of them; the entries of a pattern are 1.0
 * @is_array: all values are there, column after column
 * @n_stored: lines of entries, as the file promises
 *
 * Reads the format that https://math.nist.gov/MatrixMarket/formats.html describes: a banner,
 * comments, lengths, entries. Complex numbers are refused.
 */
typedef struct {
  AnnTextLines *lines;
  AnnDtype dtype;
  gboolean is_pattern;
  gboolean is_array;
  AnnMarketSymmetry symmetry;
  guint64 n_rows;
  guint64 n_columns;
  guint64 n_stored;

  /* Behind the last entry. */
  guint64 n_read;
  guint64 row;
  guint64 column;
} AnnMarketReader;

/**
 * AnnMarketEntry:
 * @value: in its type
 *
 * One of them; places are counted from 0.
 */
typedef struct {
  guint64 row;
  guint64 column;
  union {
    gint64 integer;
    guint64 unsigned_integer;
    double real;
  } value;
} AnnMarketEntry;

/* Reads all that comes before the entries. */
AnnMarketReader *_ann_market_reader_open (const char *path,
                                          GCancellable *cancellable,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
void _ann_market_reader_free (AnnMarketReader *self);

/* The next entry that is stored. @is_end: set behind the last, and the file ends there, too */
gboolean _ann_market_reader_next (AnnMarketReader *self,
                                  AnnMarketEntry *entry,
                                  gboolean *is_end,
                                  GCancellable *cancellable,
                                  GError **error);

/* Makes an entry the one beyond the diagonal; %FALSE if there is none. */
gboolean _ann_market_reader_mirror (const AnnMarketReader *self, AnnMarketEntry *entry);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnMarketReader, _ann_market_reader_free)

G_END_DECLS
