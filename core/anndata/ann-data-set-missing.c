/* ann-data-set-missing.c: sets some of whose parts are missing
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-data-private.h"
#include "anndata/ann-data-select.h"
#include "anndata/ann-data-set-private.h"

#include "base/ann-error.h"
#include "view/ann-stack.h"

/* Parts of which it is said why; of more it is said how many they are. */
#define MAX_TOLD 3

/* --- Which --- */

typedef struct {
  GString *text;
  guint n_parts;
  guint64 n_rows;
  guint64 n_all;
} Missing;

static void
add_set (Missing *self, AnnDataSet *set)
{
  for (guint i = 0; i < set->parts->len; i++)
    {
      const AnnDataSetMember *part = g_ptr_array_index (set->parts, i);

      self->n_all += part->n_rows;
      if (part->data != NULL)
        continue;
      if (self->n_parts < MAX_TOLD)
        g_string_append_printf (self->text, "%s%s", self->n_parts > 0 ? "; " : "",
                                part->error->message);
      self->n_parts++;
      self->n_rows += part->n_rows;
    }
}

/* NULL if nothing is missing. */
static char *
describe (Missing *self)
{
  if (self->n_parts == 0)
    return NULL;
  if (self->n_parts > MAX_TOLD)
    g_string_append_printf (self->text, "; and %u more", self->n_parts - MAX_TOLD);

  return g_strdup_printf ("%s: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " rows have no values",
                          self->text->str, self->n_rows, self->n_all);
}

char *
_ann_data_set_describe_missing (AnnDataSet *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  Missing missing = { .text = text };

  add_set (&missing, self);

  return describe (&missing);
}

/**
 * ann_data_describe_missing_parts:
 * @data: a store
 *
 * What a set shows of a part that is missing was never measured: whoever shows such values, or
 * finds something by them, says so. Any thread.
 *
 * Returns: (transfer full) (nullable): a sentence on the parts that are missing of the sets which
 *   @data is made of: which, why, and how many rows they have; %NULL if none is
 */
char *
ann_data_describe_missing_parts (AnnData *data)
{
  g_autoptr (GPtrArray) sets = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  Missing missing = { .text = text };

  g_return_val_if_fail (ANN_IS_DATA (data), NULL);

  sets = _ann_data_list_sets (data);
  for (guint i = 0; i < sets->len; i++)
    add_set (&missing, g_ptr_array_index (sets, i));

  return describe (&missing);
}

gboolean
_ann_data_check_is_whole (AnnData *data, GError **error)
{
  g_autofree char *missing = ann_data_describe_missing_parts (data);

  if (missing == NULL)
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND,
               "%s: %s; say where it is now, or leave its rows out", ann_data_get_uri (data),
               missing);
  return FALSE;
}

/**
 * ann_data_set_mark_missing: (skip)
 * @element: an element of a store that may be made of sets
 * @rows: a byte for each of its rows; 1 is written where the row is of a missing part, and the
 *   others are left as they are
 *
 * What the set itself has of such a row is there, and is not marked. Any thread.
 *
 * Returns: whether there is such a row
 */
gboolean
ann_data_set_mark_missing (AnnElement *element, guint8 *rows)
{
  return _ann_element_mark_unavailable (element, rows);
}

/* --- Without them --- */

/* The rows of those parts that are there. */
static AnnSelection *
select_rows (AnnDataSet *self, guint64 n_rows, GError **error)
{
  const guint64 n_all = ann_data_get_n_obs (self->own);
  g_autofree gint64 *rows = n_rows < G_MAXSIZE ? g_try_new (gint64, MAX (n_rows, 1)) : NULL;
  gsize n = 0;

  if (rows == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "%s: no memory for a list of %" G_GUINT64_FORMAT " rows",
                   ann_data_get_uri (self->file), n_rows);
      return NULL;
    }
  for (guint i = 0; i < self->parts->len; i++)
    {
      const AnnDataSetMember *part = g_ptr_array_index (self->parts, i);

      for (guint64 row = 0; part->data != NULL && row < part->n_rows; row++)
        rows[n++] = (gint64) (part->start + row);
    }

  return ann_selection_new_from_indices (rows, n, n_all, error);
}

/* Those parts that are there, behind each other. Returns: how many rows they have */
static guint64
add_parts (AnnDataSet *self, AnnDataSet *from)
{
  guint64 start = 0;

  for (guint i = 0; i < from->parts->len; i++)
    {
      const AnnDataSetMember *part = g_ptr_array_index (from->parts, i);
      AnnDataSetMember *copy;

      if (part->data == NULL)
        continue;
      copy = g_new0 (AnnDataSetMember, 1);
      copy->key = g_strdup (part->key);
      copy->path = g_strdup (part->path);
      copy->found = g_strdup (part->found);
      copy->data = g_object_ref (part->data);
      copy->start = start;
      copy->n_rows = part->n_rows;
      start += part->n_rows;
      g_ptr_array_add (self->parts, copy);
    }

  return start;
}

/**
 * ann_data_set_skip_missing:
 * @self: a set
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Leaves out the parts that are missing, with all that the set itself has for their rows.
 *
 * Blocks; any thread.
 *
 * Returns: (transfer full): a set of the other parts, which is whole; @self if none is missing.
 *   %NULL with @error set: `ANN_ERROR_NOT_FOUND` if all are
 */
AnnDataSet *
ann_data_set_skip_missing (AnnDataSet *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnDataSet) rest = NULL;
  g_autoptr (AnnSelection) rows = NULL;
  guint64 n_rows;

  g_return_val_if_fail (ANN_IS_DATA_SET (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  rest = g_object_new (ANN_TYPE_DATA_SET, NULL);
  n_rows = add_parts (rest, self);
  if (rest->parts->len == self->parts->len)
    return g_object_ref (self);
  if (rest->parts->len == 0)
    {
      g_autofree char *missing = _ann_data_set_describe_missing (self);

      g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND, "%s: none of its parts is there: %s",
                   ann_data_get_uri (self->file), missing);
      return NULL;
    }

  rows = select_rows (self, n_rows, error);
  if (rows == NULL)
    return NULL;
  rest->file = g_object_ref (self->file);
  rest->own = ann_data_select (self->own, rows, NULL, cancellable, error);
  if (rest->own == NULL || !_ann_data_set_join (rest, cancellable, error))
    return NULL;

  return g_steal_pointer (&rest);
}

/* --- What does not touch them --- */

/* Where @row of the whole set is among those of the parts that are there; -1 if it is of another.
 */
static gint64
move_row (AnnDataSet *set, guint64 row)
{
  guint64 n_missing = 0;

  for (guint i = 0; i < set->parts->len; i++)
    {
      const AnnDataSetMember *part = g_ptr_array_index (set->parts, i);

      if (row - part->start < part->n_rows)
        return part->data != NULL ? (gint64) (row - n_missing) : -1;
      n_missing += part->data == NULL ? part->n_rows : 0;
    }

  return -1;
}

/* (nullable), without an error if a row is of a missing part */
static AnnSelection *
move_rows (AnnDataSet *set, AnnSelection *obs, guint64 n_rest, GError **error)
{
  const guint64 n = ann_selection_get_length (obs);
  g_autofree gint64 *rows = n < G_MAXSIZE / sizeof *rows ? g_try_new (gint64, n) : NULL;

  if (rows == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "%s: no memory for a list of %" G_GUINT64_FORMAT " rows",
                   ann_data_get_uri (set->file), n);
      return NULL;
    }
  for (guint64 i = 0; i < n; i++)
    {
      rows[i] = move_row (set, ann_selection_get_position (obs, i));
      if (rows[i] < 0)
        return NULL;
    }

  return ann_selection_new_from_indices (rows, n, n_rest, error);
}

gboolean
_ann_data_set_find_rest (AnnData *data,
                         AnnSelection *obs,
                         AnnData **rest,
                         AnnSelection **rows,
                         GCancellable *cancellable,
                         GError **error)
{
  AnnDataSet *set = ann_data_set_get_of (data);
  g_autoptr (AnnDataSet) whole = NULL;
  g_autoptr (GError) local_error = NULL;
  guint64 n_rest = 0;
  guint n_there = 0;

  *rest = NULL;
  *rows = NULL;
  for (guint i = 0; set != NULL && i < set->parts->len; i++)
    {
      const AnnDataSetMember *part = g_ptr_array_index (set->parts, i);

      n_there += part->data != NULL;
      n_rest += part->data != NULL ? part->n_rows : 0;
    }
  if (set == NULL || n_there == set->parts->len || ann_selection_get_length (obs) == 0)
    return TRUE;
  *rows = move_rows (set, obs, n_rest, &local_error);
  if (*rows == NULL)
    {
      gboolean is_wrong = local_error != NULL;

      if (is_wrong)
        g_propagate_error (error, g_steal_pointer (&local_error));
      return !is_wrong;
    }

  whole = ann_data_set_skip_missing (set, cancellable, error);
  *rest = whole != NULL ? ann_data_set_dup_data (whole, cancellable, error) : NULL;
  if (*rest == NULL)
    g_clear_pointer (rows, ann_selection_unref);

  return *rest != NULL;
}
