/* ann-selection-pieces.c: some ranges behind each other
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-selection-private.h"

static void
append (GArray *pieces, guint64 start, guint64 length)
{
  AnnSelectionPiece *last = NULL;
  AnnSelectionPiece piece = { .start = start, .length = length };

  if (length == 0)
    return;
  if (pieces->len > 0)
    last = &g_array_index (pieces, AnnSelectionPiece, pieces->len - 1);
  if (last != NULL && last->start + last->length == start)
    {
      last->length += length;
      return;
    }
  piece.first = last != NULL ? last->first + last->length : 0;
  g_array_append_val (pieces, piece);
}

GArray *
_ann_selection_pieces_join (const AnnSelectionPiece *pieces, gsize n)
{
  GArray *joined = g_array_new (FALSE, FALSE, sizeof (AnnSelectionPiece));

  for (gsize i = 0; i < n; i++)
    append (joined, pieces[i].start, pieces[i].length);

  return joined;
}

/* The last piece that begins at or before a place. */
static guint
find (const GArray *pieces, guint64 index)
{
  guint low = 0, high = pieces->len;

  while (high - low > 1)
    {
      const guint middle = low + (high - low) / 2;

      if (g_array_index (pieces, AnnSelectionPiece, middle).first <= index)
        low = middle;
      else
        high = middle;
    }

  return low;
}

guint64
_ann_selection_pieces_get (const GArray *pieces, guint64 index, guint64 *n_left)
{
  const AnnSelectionPiece *piece = &g_array_index (pieces, AnnSelectionPiece, find (pieces, index));
  const guint64 offset = index - piece->first;

  if (n_left != NULL)
    *n_left = piece->length - offset;

  return piece->start + offset;
}

GArray *
_ann_selection_pieces_cut (const GArray *pieces, guint64 first, guint64 n)
{
  GArray *cut = g_array_new (FALSE, FALSE, sizeof (AnnSelectionPiece));

  while (n > 0)
    {
      guint64 n_left;
      const guint64 start = _ann_selection_pieces_get (pieces, first, &n_left);

      n_left = MIN (n_left, n);
      append (cut, start, n_left);
      first += n_left;
      n -= n_left;
    }

  return cut;
}
