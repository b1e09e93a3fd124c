/* ann-element-read.c: rows and columns of an element
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-element-private.h"

#include "base/ann-error.h"
#include "base/ann-selection-private.h"
#include "base/ann-worker.h"

#include <string.h>

/* --- Ranges --- */

/* Two comparisons, for start + count could wrap around. */
static gboolean
check_range (AnnElement *self,
             const char *axis,
             guint64 length,
             guint64 start,
             guint64 count,
             GError **error)
{
  if (start <= length && count <= length - start)
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_BOUNDS,
               "%s: asked for %" G_GUINT64_FORMAT " %s from %" G_GUINT64_FORMAT
               ", but there are %" G_GUINT64_FORMAT,
               ann_element_get_path (self), count, axis, start, length);

  return FALSE;
}

static gboolean
check_readable (AnnElement *self, gboolean has_function, const char *axis, GError **error)
{
  const GError *why = ann_element_get_error (self);

  if (why != NULL)
    {
      g_propagate_error (error, g_error_copy (why));
      return FALSE;
    }
  if (!has_function)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED, "%s: is %s and has no %s of values",
                   ann_element_get_path (self),
                   ann_element_kind_get_name (ann_element_get_kind (self)), axis);
      return FALSE;
    }

  return TRUE;
}

/**
 * ann_element_read_rows:
 * @self: an element
 * @start: the first row
 * @count: how many
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Reads some rows. This waits for the disk; a user interface takes
 * [method@Ann.Element.read_rows_async]. What a block holds for each kind: [struct@Ann.Block].
 *
 * By rows, CSR costs what the rows hold. CSC is searched through, all of it, in bounded memory:
 * ask for many rows at once.
 *
 * A table and a mapping have no rows of values: read their columns and children.
 *
 * Returns: (transfer full): the rows, or %NULL with @error set
 */
AnnBlock *
ann_element_read_rows (AnnElement *self,
                       guint64 start,
                       guint64 count,
                       GCancellable *cancellable,
                       GError **error)
{
  AnnElementClass *klass;

  g_return_val_if_fail (ANN_IS_ELEMENT (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  klass = ANN_ELEMENT_GET_CLASS (self);
  if (g_cancellable_set_error_if_cancelled (cancellable, error)
      || !check_readable (self, klass->read_rows != NULL, "rows", error)
      || !check_range (self, "rows", ann_element_get_n_rows (self), start, count, error))
    return NULL;

  return _ann_element_read_row_range (self, start, count, cancellable, error);
}

/**
 * ann_element_read_columns:
 * @self: a matrix
 * @start: the first column
 * @count: how many
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Reads some columns. The block is turned: its rows are the columns that were asked for, its
 * width is the number of rows of the matrix.
 *
 * By columns, CSC costs what the columns hold. CSR is searched through, all of it, in bounded
 * memory: ask for many columns at once.
 *
 * Returns: (transfer full): the columns, or %NULL with @error set
 */
AnnBlock *
ann_element_read_columns (AnnElement *self,
                          guint64 start,
                          guint64 count,
                          GCancellable *cancellable,
                          GError **error)
{
  AnnElementClass *klass;
  gboolean has_columns;

  g_return_val_if_fail (ANN_IS_ELEMENT (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  klass = ANN_ELEMENT_GET_CLASS (self);
  has_columns = klass->read_columns != NULL && ann_element_get_rank (self) == 2;
  if (g_cancellable_set_error_if_cancelled (cancellable, error)
      || !check_readable (self, has_columns, "columns", error)
      || !check_range (self, "columns", ann_element_get_length (self, 1), start, count, error))
    return NULL;

  return _ann_element_read_column_range (self, start, count, cancellable, error);
}

typedef struct {
  guint64 start;
  guint64 count;
} Range;

static void
read_rows_in_worker (GTask *task,
                     gpointer source_object,
                     gpointer task_data,
                     GCancellable *cancellable)
{
  const Range *range = task_data;
  GError *error = NULL;
  AnnBlock *block = ann_element_read_rows (source_object, range->start, range->count, cancellable,
                                           &error);

  if (block != NULL)
    g_task_return_pointer (task, block, (GDestroyNotify) ann_block_unref);
  else
    g_task_return_error (task, error);
}

/**
 * ann_element_read_rows_async:
 * @self: an element
 * @start: the first row
 * @count: how many
 * @io_priority: the more negative, the sooner
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: data for @callback
 *
 * As [method@Ann.Element.read_rows], in a thread of the library.
 */
void
ann_element_read_rows_async (AnnElement *self,
                             guint64 start,
                             guint64 count,
                             int io_priority,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Range *range;

  g_return_if_fail (ANN_IS_ELEMENT (self));

  range = g_new (Range, 1);
  *range = (Range){ start, count };

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, ann_element_read_rows_async);
  g_task_set_priority (task, io_priority);
  g_task_set_task_data (task, range, g_free);
  ann_worker_run_task (task, ANN_LANE_READ, read_rows_in_worker);
}

/**
 * ann_element_read_rows_finish:
 * @self: an element
 * @result: what the callback was given
 * @error: return location for an error, or %NULL
 *
 * Returns: (transfer full): the rows, or %NULL with @error set
 */
AnnBlock *
ann_element_read_rows_finish (AnnElement *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- Kinds that read only ranges of rows --- */

typedef struct {
  AnnElement *element;
  AnnSelection *rows;
  AnnBlock *block;
  guint64 n_done;
} Gathering;

/* Puts the elements of @from behind those that are in @to, a buffer for all rows. */
static gboolean
add_values (AnnBuffer **to, AnnBuffer *from, const Gathering *gathering, GError **error)
{
  gsize item_size;
  gsize width;
  guint64 n;

  if (from == NULL)
    return TRUE;
  item_size = ann_dtype_get_size (ann_buffer_get_dtype (from));
  width = gathering->block->width;
  if (*to == NULL)
    {
      if (!g_uint64_checked_mul (&n, ann_selection_get_length (gathering->rows), width))
        n = G_MAXUINT64;
      *to = ann_buffer_new_vector (ann_buffer_get_dtype (from), n, error);
      if (*to == NULL)
        return FALSE;
    }
  memcpy ((guint8 *) ann_buffer_get_data_for_writing (*to) + gathering->n_done * width * item_size,
          ann_buffer_get_data (from), ann_buffer_get_size (from));

  return TRUE;
}

static gboolean
add_texts (AnnBlock *to, const AnnBlock *from, GError **error)
{
  if (from->texts == NULL)
    return TRUE;
  if (to->texts == NULL)
    to->texts = ann_strings_new ();

  for (gsize i = 0; i < ann_strings_get_length (from->texts); i++)
    {
      gsize length;
      const char *text = ann_strings_get (from->texts, i, &length);

      if (!ann_strings_append (to->texts, text, (gssize) length, error))
        return FALSE;
    }

  return TRUE;
}

/* Neighbours by neighbours, in the order asked. An empty selection reads an empty range. */
static AnnBlock *
gather_rows (AnnElement *self, AnnSelection *rows, GCancellable *cancellable, GError **error)
{
  AnnElementClass *klass = ANN_ELEMENT_GET_CLASS (self);
  const guint64 length = ann_selection_get_length (rows);
  g_autoptr (AnnBlock) result = ann_block_new (0, length, ann_element_get_width (self));
  Gathering gathering = { self, rows, result, 0 };

  do
    {
      guint64 n = length > 0 ? _ann_selection_count_neighbors (rows, gathering.n_done, length) : 0;
      guint64 start = n > 0 ? ann_selection_get_position (rows, gathering.n_done) : 0;
      g_autoptr (AnnBlock) block = NULL;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      block = klass->read_rows (self, start, n, cancellable, error);
      if (block == NULL || !add_values (&result->values, block->values, &gathering, error)
          || !add_values (&result->missing, block->missing, &gathering, error)
          || !add_texts (result, block, error))
        return NULL;
      gathering.n_done += n;
    }
  while (gathering.n_done < length);

  return g_steal_pointer (&result);
}

/* --- Any kind --- */

static gboolean
check_axis (AnnElement *self,
            const AnnSelection *selection,
            guint64 length,
            const char *axis,
            GError **error)
{
  if (ann_selection_get_axis_length (selection) == length)
    return TRUE;

  g_set_error (
      error, ANN_ERROR, ANN_ERROR_BOUNDS,
      "%s: was asked for some of %" G_GUINT64_FORMAT " %s, but there are %" G_GUINT64_FORMAT,
      ann_element_get_path (self), ann_selection_get_axis_length (selection), axis, length);

  return FALSE;
}

static gboolean
check_selections (AnnElement *self,
                  const AnnSelection *rows,
                  const AnnSelection *columns,
                  GError **error)
{
  const AnnElementClass *klass = ANN_ELEMENT_GET_CLASS (self);
  const gboolean has_columns = klass->read != NULL && ann_element_get_rank (self) == 2;

  if (!check_readable (self, klass->read_rows != NULL, "rows", error)
      || (columns != NULL && !check_readable (self, has_columns, "columns", error)))
    return FALSE;

  return (rows == NULL || check_axis (self, rows, ann_element_get_n_rows (self), "rows", error))
         && (columns == NULL
             || check_axis (self, columns, ann_element_get_length (self, 1), "columns", error));
}

/**
 * ann_element_read:
 * @self: an element
 * @rows: (nullable): which rows, or %NULL for all
 * @columns: (nullable): which columns of a matrix, or %NULL for all
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Reads any rows and columns, in the order asked and as often as they are asked for. The rows of
 * the block are rows, of CSC too. A stored chunk is decoded once, however its rows are mixed.
 *
 * What is stored of a sparse matrix is given as it is stored, duplicates too: a row's entries are
 * in stored order, those of CSC by rising column. With @columns the indices are places in that
 * selection, int32, or int64 if it is too long for that; a column that was asked for twice gives
 * its entries twice.
 *
 * By rows, CSR costs what the rows hold, and by columns CSC; each is searched through for the
 * other. The start of the block is the first row of a range, and means nothing for a list.
 *
 * Blocks; any thread.
 *
 * Returns: (transfer full): the values, or %NULL with @error set: `ANN_ERROR_BOUNDS` for a
 *   selection of another axis
 */
AnnBlock *
ann_element_read (AnnElement *self,
                  AnnSelection *rows,
                  AnnSelection *columns,
                  GCancellable *cancellable,
                  GError **error)
{
  g_autoptr (AnnSelection) all = NULL;
  g_autoptr (AnnElement) source = NULL;
  AnnElementClass *klass;
  AnnBlock *block;
  guint64 start;
  gint64 step;
  gboolean is_range;

  g_return_val_if_fail (ANN_IS_ELEMENT (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (g_cancellable_set_error_if_cancelled (cancellable, error)
      || !check_selections (self, rows, columns, error))
    return NULL;

  if (rows == NULL)
    rows = all = ann_selection_new_all (ann_element_get_n_rows (self));
  if (columns != NULL && ann_selection_is_all (columns))
    columns = NULL;

  is_range = ann_selection_is_range (rows, &start, &step);
  if (columns == NULL && is_range && step == 1)
    return _ann_element_read_row_range (self, start, ann_selection_get_length (rows), cancellable,
                                        error);

  source = _ann_element_ref_source (self, columns != NULL);
  klass = ANN_ELEMENT_GET_CLASS (source);
  block = klass->read != NULL ? klass->read (source, rows, columns, cancellable, error)
                              : gather_rows (source, rows, cancellable, error);
  if (block != NULL && is_range)
    block->start = start;

  return block;
}
