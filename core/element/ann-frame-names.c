/* ann-frame-names.c: rows of a table by their labels
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-frame.h"

#include "element/ann-cell.h"

#include "base/ann-error.h"
#include "base/ann-nearest.h"
#include "base/ann-pile-private.h"

#define PIECE_ROWS 65536

/* A row that has one of the wanted labels. */
typedef struct {
  guint64 name; /* which of the names it has first */
  guint64 row;
} Hit;

typedef struct {
  AnnElement *index;
  const char *const *names;
  gsize n_names;
  GHashTable *places; /* name → where it first is in names */
  AnnPile hits;       /* of Hit, by rising row */
  AnnNearest *nearest;
} Search;

static void
search_clear (Search *search)
{
  g_clear_pointer (&search->places, g_hash_table_unref);
  g_clear_pointer (&search->nearest, ann_nearest_free);
  _ann_pile_clear (&search->hits);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Search, search_clear)

/* Looks at one label. */
static gboolean
look_up (Search *search, const char *label, guint64 row, GError **error)
{
  gpointer place;
  Hit hit;

  if (search->nearest != NULL)
    {
      ann_nearest_offer (search->nearest, label);
      return TRUE;
    }
  if (!g_hash_table_lookup_extended (search->places, label, NULL, &place))
    return TRUE;

  hit = (Hit){ GPOINTER_TO_SIZE (place), row };

  return _ann_pile_append (&search->hits, &hit, sizeof hit, error);
}

/* Goes through all labels. What is missing has no label. */
static gboolean
go_through (Search *search, GCancellable *cancellable, GError **error)
{
  const guint64 n_rows = ann_element_get_n_rows (search->index);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint64 start = 0; start < n_rows; start += PIECE_ROWS)
    {
      guint64 count = MIN (n_rows - start, PIECE_ROWS);
      g_autoptr (AnnBlock) block = NULL;

      block = ann_element_read_rows (search->index, start, count, cancellable, error);
      if (block == NULL)
        return FALSE;

      for (guint64 i = 0; i < count; i++)
        {
          const char *label;

          if (ann_block_is_missing (block, i))
            continue;
          if (block->texts != NULL)
            {
              label = ann_strings_get (block->texts, i, NULL);
            }
          else
            {
              g_string_truncate (text, 0);
              ann_cell_append_value (text, block, NULL, i, 0);
              label = text->str;
            }
          if (!look_up (search, label, start + i, error))
            return FALSE;
        }
    }

  return TRUE;
}

/* Says that @name is no label, and which label is like it. */
static void
set_not_found (Search *search,
               AnnFrame *frame,
               const char *name,
               GCancellable *cancellable,
               GError **error)
{
  const char *path = ann_element_get_path (ANN_ELEMENT (frame));
  const char *nearest;

  search->nearest = ann_nearest_new (name);
  if (!go_through (search, cancellable, error))
    return;

  nearest = ann_nearest_get (search->nearest);
  if (nearest != NULL)
    g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND,
                 "%s: no row is called “%s”; the nearest is “%s”", path, name, nearest);
  else
    g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND, "%s: no row is called “%s”", path, name);
}

/* Sorts the hits by name and gives each name its rows; @starts has n_names + 1 places, zeros. */
static gboolean
collect (Search *search, guint64 *starts, AnnPile *rows, gsize *missing, GError **error)
{
  const Hit *hits = (const Hit *) search->hits.items;
  const gsize n_hits = search->hits.n_bytes / sizeof (Hit);
  g_autofree gint64 *sorted = g_try_new (gint64, MAX (n_hits, 1));

  if (sorted == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE, "No memory for %" G_GSIZE_FORMAT " rows",
                   n_hits);
      return FALSE;
    }

  /* Counts; ends; and going backwards each end becomes a beginning. */
  for (gsize i = 0; i < n_hits; i++)
    starts[hits[i].name]++;
  for (gsize i = 0; i < search->n_names; i++)
    starts[i + 1] += starts[i];
  for (gsize i = n_hits; i-- > 0;)
    sorted[--starts[hits[i].name]] = (gint64) hits[i].row;

  for (*missing = 0; *missing < search->n_names; (*missing)++)
    {
      gsize place = GPOINTER_TO_SIZE (
          g_hash_table_lookup (search->places, search->names[*missing]));
      guint64 n = starts[place + 1] - starts[place];

      if (n == 0)
        break;
      if (!_ann_pile_append (rows, sorted + starts[place], n * sizeof (gint64), error))
        return FALSE;
    }

  return TRUE;
}

/**
 * ann_frame_find_names:
 * @self: a table
 * @names: (array length=n_names): labels of rows
 * @n_names: how many
 * @cancellable: (nullable): looked at now and then
 * @error: return location for an error, or %NULL
 *
 * Finds rows by their labels, in the order of @names; a label that several rows have gives all of
 * them. Goes through the index once, in bounded memory.
 *
 * Blocks; any thread.
 *
 * Returns: (transfer full): the rows, or %NULL with @error set: `ANN_ERROR_NOT_FOUND` for a name
 *   that no row has, with the label that is most like it
 */
AnnSelection *
ann_frame_find_names (AnnFrame *self,
                      const char *const *names,
                      gsize n_names,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (AnnElement) index = NULL;
  g_auto (Search) search = { .names = names, .n_names = n_names };
  g_auto (AnnPile) rows = { NULL, 0, 0 };
  g_autofree guint64 *starts = NULL;
  gsize missing;

  g_return_val_if_fail (ANN_IS_FRAME (self), NULL);
  g_return_val_if_fail (names != NULL || n_names == 0, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  index = ann_frame_open_index (self, cancellable, error);
  if (index == NULL)
    return NULL;

  search.index = index;
  search.places = g_hash_table_new (g_str_hash, g_str_equal);
  starts = g_try_new0 (guint64, n_names + 1);
  if (starts == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE, "No memory for %" G_GSIZE_FORMAT " names",
                   n_names);
      return NULL;
    }
  for (gsize i = 0; i < n_names; i++)
    {
      if (!g_hash_table_contains (search.places, names[i]))
        g_hash_table_insert (search.places, (gpointer) names[i], GSIZE_TO_POINTER (i));
    }

  if (!go_through (&search, cancellable, error)
      || !collect (&search, starts, &rows, &missing, error))
    return NULL;
  if (missing < n_names)
    {
      set_not_found (&search, self, names[missing], cancellable, error);
      return NULL;
    }

  return ann_selection_new_from_indices ((const gint64 *) rows.items,
                                         rows.n_bytes / sizeof (gint64),
                                         ann_element_get_n_rows (index), error);
}
