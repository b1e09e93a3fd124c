/* fuzz-market.c: matrices as text
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "fuzz-input.h"

#include "anndata/ann-market-reader-private.h"

#include <unistd.h>

/* Entries lie in the matrix, and are as many as were promised, or an error says why not. */
static void
read_entries (AnnMarketReader *reader)
{
  guint64 n = 0;

  for (;;)
    {
      g_autoptr (GError) error = NULL;
      AnnMarketEntry entry = { 0 };
      gboolean is_end;

      if (!_ann_market_reader_next (reader, &entry, &is_end, NULL, &error))
        {
          g_assert_nonnull (error);
          return;
        }
      g_assert_no_error (error);
      if (is_end)
        break;
      n++;
      g_assert_cmpuint (entry.row, <, reader->n_rows);
      g_assert_cmpuint (entry.column, <, reader->n_columns);
      if (_ann_market_reader_mirror (reader, &entry))
        {
          g_assert_cmpuint (entry.row, <, reader->n_rows);
          g_assert_cmpuint (entry.column, <, reader->n_columns);
        }
    }
  g_assert_cmpuint (n, ==, reader->n_stored);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnMarketReader) reader = NULL;
  int fd = g_file_open_tmp ("ann-fuzz-XXXXXX.mtx", &path, NULL);

  g_assert_cmpint (fd, >=, 0);
  g_assert_true (write (fd, data, size) == (gssize) size);
  close (fd);
  reader = _ann_market_reader_open (path, NULL, &error);
  unlink (path);
  if (reader != NULL)
    read_entries (reader);
  else
    g_assert_nonnull (error);

  return 0;
}
