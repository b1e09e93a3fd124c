/* ann-data-set-missing.c: sets some of whose parts are missing
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-data-private.h"
#include "anndata/ann-data-select.h"
#include "anndata/ann-data-set-private.h"

#include "base/ann-error.h"
#include "base/ann-selection-private.h"
#include "view/ann-stack.h"

/* Parts of which it is said why; of more it is said how many they are. */
#define MAX_TOLD 3

/* --- Which --- */

typedef struct {
  GString *text;
  char *of_rest; /* NULL: nobody asked for a set without these, or it was made */
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

  g_mutex_lock (&set->lock);
  if (self->of_rest == NULL && set->rest_error != NULL)
    self->of_rest = g_strdup (set->rest_error->message);
  g_mutex_unlock (&set->lock);
}

/* NULL if nothing is missing. */
static char *
describe (Missing *self)
{
  g_autofree char *of_rest = self->of_rest;

  if (self->n_parts == 0)
    return NULL;
  if (self->n_parts > MAX_TOLD)
    g_string_append_printf (self->text, "; and %u more", self->n_parts - MAX_TOLD);

  return g_strdup_printf (
      "%s: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " rows have no values%s%s", self->text->str,
      self->n_rows, self->n_all, of_rest != NULL ? "; the others alone cannot be had: " : "",
      of_rest != NULL ? of_rest : "");
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
 *   @data is made of: which, why, and how many rows they have, and why there is no set without
 *   them, if one was wanted and could not be made; %NULL if none is missing
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
select_rows (AnnDataSet *self)
{
  g_autofree AnnSelectionPiece *pieces = g_new (AnnSelectionPiece, self->parts->len);
  gsize n = 0;

  for (guint i = 0; i < self->parts->len; i++)
    {
      const AnnDataSetMember *part = g_ptr_array_index (self->parts, i);

      if (part->data != NULL)
        pieces[n++] = (AnnSelectionPiece){ .start = part->start, .length = part->n_rows };
    }

  return _ann_selection_new_pieces (pieces, n, ann_data_get_n_obs (self->own));
}

/* Those parts that are there, behind each other. */
static void
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
}

static AnnData *
make_rest (AnnDataSet *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnDataSet) rest = g_object_new (ANN_TYPE_DATA_SET, NULL);
  g_autoptr (AnnSelection) rows = select_rows (self);

  add_parts (rest, self);
  if (rest->parts->len == 0)
    {
      g_autofree char *missing = _ann_data_set_describe_missing (self);

      g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND, "%s: none of its parts is there: %s",
                   ann_data_get_uri (self->file), missing);
      return NULL;
    }
  rest->file = g_object_ref (self->file);
  rest->own = ann_data_select (self->own, rows, NULL, cancellable, error);
  if (rest->own == NULL || !_ann_data_set_join (rest, cancellable, error))
    return NULL;

  return ann_data_set_dup_data (rest, cancellable, error);
}

/* Made outside of the lock, so that nobody who was cancelled waits for others: where two make it at
 * a time, the first one's is kept.
 */
static AnnData *
dup_rest (AnnDataSet *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnData) made = NULL;
  AnnData *rest;

  g_mutex_lock (&self->lock);
  rest = self->rest != NULL ? g_object_ref (self->rest) : NULL;
  g_mutex_unlock (&self->lock);
  if (rest != NULL)
    return rest;

  made = make_rest (self, cancellable, error);
  if (made == NULL)
    return NULL;

  g_mutex_lock (&self->lock);
  if (self->rest == NULL)
    self->rest = g_steal_pointer (&made);
  rest = g_object_ref (self->rest);
  g_clear_error (&self->rest_error);
  g_mutex_unlock (&self->lock);

  return rest;
}

static guint
count_missing (AnnDataSet *self)
{
  guint n = 0;

  for (guint i = 0; i < self->parts->len; i++)
    n += ((AnnDataSetMember *) g_ptr_array_index (self->parts, i))->data == NULL;

  return n;
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
  g_autoptr (AnnData) rest = NULL;

  g_return_val_if_fail (ANN_IS_DATA_SET (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (count_missing (self) == 0)
    return g_object_ref (self);
  rest = dup_rest (self, cancellable, error);

  return rest != NULL ? g_object_ref (ann_data_set_get_of (rest)) : NULL;
}

/* --- What does not touch them --- */

/* Rows are looked at so many at a time before anybody may want to stop. */
#define ROWS_AT_ONCE 65536

/* How many rows of missing parts there are before each part, and how many are left. */
static guint64 *
count_rows_before (AnnDataSet *set, guint64 *n_rest)
{
  guint64 *before = g_new (guint64, set->parts->len);
  guint64 n_missing = 0;

  for (guint i = 0; i < set->parts->len; i++)
    {
      const AnnDataSetMember *part = g_ptr_array_index (set->parts, i);

      before[i] = n_missing;
      n_missing += part->data == NULL ? part->n_rows : 0;
    }
  *n_rest = ann_data_get_n_obs (set->own) - n_missing;

  return before;
}

/* The part that has a row. */
static guint
find_part (AnnDataSet *set, guint64 row)
{
  guint low = 0, high = set->parts->len;

  while (high - low > 1)
    {
      const guint middle = low + (high - low) / 2;

      if (((AnnDataSetMember *) g_ptr_array_index (set->parts, middle))->start <= row)
        low = middle;
      else
        high = middle;
    }

  return low;
}

/* Whether one of @n rows from @low on, @stride apart, is of a missing part. */
static gboolean
range_is_touched (AnnDataSet *set, guint64 low, guint64 n, guint64 stride)
{
  for (guint i = 0; i < set->parts->len; i++)
    {
      const AnnDataSetMember *part = g_ptr_array_index (set->parts, i);
      guint64 k = 0;

      if (part->data != NULL)
        continue;
      if (part->start > low)
        k = (part->start - low - 1) / stride + 1;
      if (k < n && low + k * stride < part->start + part->n_rows)
        return TRUE;
    }

  return FALSE;
}

/* Without looking at each row: (nullable) without an error if one is of a missing part, or if there
 * are some of these between them (@is_list).
 */
static AnnSelection *
move_range (AnnDataSet *set,
            AnnSelection *obs,
            const guint64 *before,
            guint64 n_rest,
            gboolean *is_list,
            GError **error)
{
  const guint64 n = ann_selection_get_length (obs);
  const guint64 last = ann_selection_get_position (obs, n - 1);
  guint64 start, shift;
  gint64 step;

  *is_list = !ann_selection_is_range (obs, &start, &step);
  if (*is_list
      || range_is_touched (set, MIN (start, last), n, step < 0 ? -(guint64) step : (guint64) step))
    return NULL;
  shift = before[find_part (set, start)];
  *is_list = shift != before[find_part (set, last)];
  if (*is_list)
    return NULL;

  return ann_selection_new_range (start - shift, n, step, n_rest, error);
}

/* (nullable) without an error if a row is of a missing part. */
static AnnSelection *
move_list (AnnDataSet *set,
           AnnSelection *obs,
           const guint64 *before,
           guint64 n_rest,
           GCancellable *cancellable,
           GError **error)
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
      const guint64 row = ann_selection_get_position (obs, i);
      const guint of = find_part (set, row);

      if (i % ROWS_AT_ONCE == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      if (((AnnDataSetMember *) g_ptr_array_index (set->parts, of))->data == NULL)
        return NULL;
      rows[i] = (gint64) (row - before[of]);
    }

  return ann_selection_new_from_indices (rows, n, n_rest, error);
}

static AnnSelection *
move_rows (AnnDataSet *set, AnnSelection *obs, GCancellable *cancellable, GError **error)
{
  guint64 n_rest;
  g_autofree guint64 *before = count_rows_before (set, &n_rest);
  gboolean is_list;
  AnnSelection *rows = move_range (set, obs, before, n_rest, &is_list, error);

  return is_list ? move_list (set, obs, before, n_rest, cancellable, error) : rows;
}

/* Takes @why: who is told of the missing parts is told that, too. */
static void
note_no_rest (AnnDataSet *set, GError *why)
{
  g_mutex_lock (&set->lock);
  g_clear_error (&set->rest_error);
  if (set->rest == NULL)
    set->rest_error = g_steal_pointer (&why);
  g_mutex_unlock (&set->lock);
  g_clear_error (&why);
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
  g_autoptr (GError) local_error = NULL;

  *rest = NULL;
  *rows = NULL;
  if (set == NULL || ann_selection_get_length (obs) == 0 || count_missing (set) == 0)
    return TRUE;
  *rows = move_rows (set, obs, cancellable, &local_error);
  if (*rows == NULL && local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (*rows == NULL)
    return TRUE;

  *rest = dup_rest (set, cancellable, &local_error);
  if (*rest != NULL)
    return TRUE;

  g_clear_pointer (rows, ann_selection_unref);
  if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  note_no_rest (set, g_steal_pointer (&local_error));

  return TRUE;
}
