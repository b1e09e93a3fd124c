/* ann-column-source.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-column-source.h"

#include <gdk/gdk.h>
#include <math.h>

/* Rows that are read at once to sort them. */
#define SORT_ROWS 65536

/* @facts is made once, under @mutex, and read without it: whoever sees the pointer sees all. So is
 * @colors, by who comes first.
 */
struct _AnnColumnSource {
  gatomicrefcount ref_count;
  AnnData *data;      /* for the colours of a column, or to open @path */
  AnnElement *parent; /* of @name: a frame or an array of records */
  char *name;         /* NULL: the index of @parent */
  guint column;
  char *path;         /* of a frame that has still to be opened */
  guint64 n_expected; /* rows that the index at @path must have */
  AnnElement *element;

  gboolean colors_later; /* they are not read before somebody asks for them */

  GMutex mutex;
  AnnColumnFacts *facts;
  guint32 *colors; /* of its categories */
};

static AnnColumnSource *
source_new (AnnData *data, AnnElement *parent, const char *name, const char *path)
{
  AnnColumnSource *self = g_new0 (AnnColumnSource, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->data = data == NULL ? NULL : g_object_ref (data);
  self->parent = parent == NULL ? NULL : g_object_ref (parent);
  self->name = g_strdup (name);
  self->path = g_strdup (path);
  g_mutex_init (&self->mutex);

  return self;
}

/**
 * ann_column_source_new_element:
 * @data: the store, for the colours of categories
 * @element: a vector or a matrix
 *
 * Returns: (transfer full): its values
 */
AnnColumnSource *
ann_column_source_new_element (AnnData *data, AnnElement *element)
{
  AnnColumnSource *self = source_new (data, NULL, ann_element_get_name (element), NULL);

  self->element = g_object_ref (element);

  return self;
}

/**
 * ann_column_source_new_child:
 * @data: the store, for the colours of categories
 * @parent: a frame or an array of records
 * @name: a column of it
 * @column: which one that is; names of a frame may not be unique
 *
 * Returns: (transfer full): the column
 */
AnnColumnSource *
ann_column_source_new_child (AnnData *data, AnnElement *parent, const char *name, guint column)
{
  AnnColumnSource *self = source_new (data, parent, name, NULL);

  self->column = column;

  return self;
}

/**
 * ann_column_source_new_index:
 * @frame: a frame
 *
 * Returns: (transfer full): the labels of its rows
 */
AnnColumnSource *
ann_column_source_new_index (AnnFrame *frame)
{
  return source_new (NULL, ANN_ELEMENT (frame), NULL, NULL);
}

/**
 * ann_column_source_new_index_at:
 * @data: a store
 * @frame_path: where a frame should be in it
 * @n_rows: how many rows it should have; another number is an error of the source
 *
 * Returns: (transfer full): the labels of its rows
 */
AnnColumnSource *
ann_column_source_new_index_at (AnnData *data, const char *frame_path, guint64 n_rows)
{
  AnnColumnSource *self = source_new (data, NULL, NULL, frame_path);

  self->n_expected = n_rows;

  return self;
}

/**
 * ann_column_source_ref:
 * @self: a source
 *
 * Returns: (transfer full): @self
 */
AnnColumnSource *
ann_column_source_ref (AnnColumnSource *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * ann_column_source_unref:
 * @self: (transfer full): a source
 */
void
ann_column_source_unref (AnnColumnSource *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_clear_pointer (&self->facts, ann_column_facts_free);
  g_free (self->colors);
  g_clear_object (&self->data);
  g_clear_object (&self->parent);
  g_clear_object (&self->element);
  g_free (self->name);
  g_free (self->path);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/**
 * ann_column_source_get_facts:
 * @self: a source
 *
 * Returns: (transfer none) (nullable): what is known of it, %NULL before it was prepared
 */
const AnnColumnFacts *
ann_column_source_get_facts (AnnColumnSource *self)
{
  return g_atomic_pointer_get (&self->facts);
}

static AnnElement *
open_index_at (AnnColumnSource *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnElement) frame = ann_data_open_element (self->data, self->path, cancellable, error);
  g_autoptr (AnnElement) index = NULL;

  if (frame == NULL)
    return NULL;
  if (ANN_IS_FRAME (frame))
    index = ann_frame_open_index (ANN_FRAME (frame), cancellable, error);
  else
    g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT, "%s is not a table", self->path);

  if (index != NULL && ann_element_get_n_rows (index) != self->n_expected)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
                   "%s has %" G_GUINT64_FORMAT " rows where %" G_GUINT64_FORMAT " were expected",
                   self->path, ann_element_get_n_rows (index), self->n_expected);
      return NULL;
    }

  return g_steal_pointer (&index);
}

/* A field of records: a table has one value in a cell. */
static AnnElement *
open_field (AnnColumnSource *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnElement) field = ann_element_open_child (self->parent, self->name, cancellable,
                                                         error);

  if (field == NULL || ann_element_get_state (field) != ANN_ELEMENT_OK
      || (ann_element_get_rank (field) == MIN (ann_element_get_rank (self->parent), 1)
          && ann_element_get_kind (field) != ANN_ELEMENT_RECORDS))
    return g_steal_pointer (&field);

  g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
               "%s: has several values in each row, and a cell shows one; “ann show” lists them",
               ann_element_get_path (field));

  return NULL;
}

static AnnElement *
open_element (AnnColumnSource *self, GCancellable *cancellable, GError **error)
{
  if (self->element != NULL)
    return g_object_ref (self->element);
  if (self->path != NULL)
    return open_index_at (self, cancellable, error);
  if (self->name == NULL)
    return ann_frame_open_index (ANN_FRAME (self->parent), cancellable, error);
  if (ANN_IS_FRAME (self->parent))
    return ann_frame_open_column (ANN_FRAME (self->parent), self->column, cancellable, error);

  return open_field (self, cancellable, error);
}

/* What the file says, where it has as many colours as categories and they can be read. */
static void
parse_colors (AnnStrings *texts, guint32 *colors, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      GdkRGBA color;

      if (gdk_rgba_parse (&color, ann_strings_get (texts, i, NULL)))
        colors[i] = (guint32) roundf (color.red * 255) << 16
                    | (guint32) roundf (color.green * 255) << 8
                    | (guint32) roundf (color.blue * 255);
    }
}

/* Returns: FALSE if they may be there later */
static gboolean
take_colors (AnnColumnSource *self,
             const AnnColumnFacts *facts,
             GCancellable *cancellable,
             GError **error)
{
  const gsize n = facts->labels == NULL ? 0 : ann_strings_get_length (facts->labels);
  g_autofree guint32 *colors = n == 0 ? NULL : g_try_new (guint32, n);
  g_autoptr (AnnStrings) texts = NULL;
  GError *local_error = NULL;

  if (colors == NULL)
    return TRUE;

  for (gsize i = 0; i < n; i++)
    colors[i] = ann_category_color ((guint) i) & 0xffffff;
  if (self->data != NULL && self->name != NULL)
    texts = ann_data_read_category_colors (self->data, self->name, cancellable, &local_error);
  if (local_error != NULL && !ann_column_facts_is_reason (local_error))
    {
      g_propagate_error (error, local_error);
      return FALSE;
    }
  g_clear_error (&local_error);
  if (texts != NULL && ann_strings_get_length (texts) == n)
    parse_colors (texts, colors, n);

  if (g_atomic_pointer_compare_and_exchange (&self->colors, NULL, colors))
    colors = NULL;

  return TRUE;
}

/**
 * ann_column_source_prepare:
 * @self: a source
 * @cancellable: (nullable): to give up
 * @error: return location for a cancellation, or trouble with the network
 *
 * Opens the source and looks at its first values, unless that has been done. Blocks; any thread.
 * What is wrong with it is one of the facts.
 *
 * Returns: (transfer none) (nullable): what is known of it; %NULL with @error
 */
const AnnColumnFacts *
ann_column_source_prepare (AnnColumnSource *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  g_autoptr (AnnElement) element = NULL;
  AnnColumnFacts *facts;
  GError *local_error = NULL;

  if (self->facts != NULL)
    return self->facts;

  element = open_element (self, cancellable, &local_error);
  if (element != NULL)
    facts = ann_column_facts_new (element, cancellable, error);
  else if (!ann_column_facts_is_reason (local_error))
    {
      g_propagate_error (error, local_error);
      return NULL;
    }
  else
    facts = ann_column_facts_new_broken (local_error);

  if (facts == NULL)
    return NULL;

  if (!self->colors_later && !take_colors (self, facts, cancellable, error))
    {
      ann_column_facts_free (facts);
      return NULL;
    }
  g_atomic_pointer_set (&self->facts, facts);

  return facts;
}

/**
 * ann_column_source_set_colors_later:
 * @self: a source that nobody reads yet
 *
 * Preparing it does not read the colours of its categories, which are not the first that is to be
 * seen of it and may be far away.
 */
void
ann_column_source_set_colors_later (AnnColumnSource *self)
{
  self->colors_later = TRUE;
}

/**
 * ann_column_source_get_colors:
 * @self: a source
 *
 * Any thread.
 *
 * Returns: (transfer none) (nullable): 0xRRGGBB for each of its categories, once they are known
 */
const guint32 *
ann_column_source_get_colors (AnnColumnSource *self)
{
  return g_atomic_pointer_get (&self->colors);
}

/**
 * ann_column_source_read_colors:
 * @self: a source
 * @cancellable: (nullable): to give up
 * @error: return location for a cancellation, or trouble with the network
 *
 * Prepares the source and finds out what colours its categories have, if it has some and that is
 * not known. Blocks; any thread.
 *
 * Returns: whether that is known now
 */
gboolean
ann_column_source_read_colors (AnnColumnSource *self, GCancellable *cancellable, GError **error)
{
  const AnnColumnFacts *facts = ann_column_source_prepare (self, cancellable, error);

  return facts != NULL
         && (ann_column_source_get_colors (self) != NULL
             || take_colors (self, facts, cancellable, error));
}

/* The facts, if the source can be read. */
static const AnnColumnFacts *
get_readable (AnnColumnSource *self, GCancellable *cancellable, GError **error)
{
  const AnnColumnFacts *facts = ann_column_source_prepare (self, cancellable, error);

  if (facts == NULL || facts->error == NULL)
    return facts;

  g_propagate_error (error, g_error_copy (facts->error));

  return NULL;
}

/**
 * ann_column_source_open:
 * @self: a source
 * @column: a value in each row: 0 unless it is a matrix
 * @colors: (out) (transfer full) (nullable): 0xRRGGBB for each category, if they have colours
 * @cancellable: (nullable): to give up
 * @error: return location for an error
 *
 * Prepares the source. Of a matrix it reads the column. Blocks; any thread.
 *
 * Returns: (transfer full) (nullable): the column as a vector
 */
AnnElement *
ann_column_source_open (AnnColumnSource *self,
                        guint64 column,
                        guint32 **colors,
                        GCancellable *cancellable,
                        GError **error)
{
  const AnnColumnFacts *facts = get_readable (self, cancellable, error);
  const guint32 *known;

  if (facts == NULL || !ann_column_source_read_colors (self, cancellable, error))
    return NULL;

  known = ann_column_source_get_colors (self);
  *colors = known == NULL
                ? NULL
                : g_memdup2 (known, ann_strings_get_length (facts->labels) * sizeof *known);
  if (ann_element_get_rank (facts->element) < 2)
    return g_object_ref (facts->element);

  return ann_matrix_column_new (facts->element, column, cancellable, error);
}

/**
 * ann_column_source_read:
 * @self: a source
 * @rows: (nullable) (array length=n_rows): rows of the store in any order; %NULL for all from
 * @start
 * @start: the first row, without @rows
 * @n_rows: how many
 * @cancellable: (nullable): to give up
 * @error: return location for an error
 *
 * Prepares the source, then reads rows, if any. Neighbours are read together. Blocks; any thread.
 *
 * Returns: (transfer full) (nullable): the rows as asked for
 */
AnnLoadedRows *
ann_column_source_read (AnnColumnSource *self,
                        const guint64 *rows,
                        guint64 start,
                        gsize n_rows,
                        GCancellable *cancellable,
                        GError **error)
{
  const AnnColumnFacts *facts = get_readable (self, cancellable, error);

  return facts == NULL
             ? NULL
             : ann_loaded_rows_read (facts->element, rows, start, n_rows, cancellable, error);
}

/**
 * ann_column_source_read_turned:
 * @self: a source that is a matrix
 * @first_column: the first column
 * @n_columns: how many
 * @cancellable: (nullable): to give up
 * @error: return location for an error
 *
 * Reads whole columns, as is cheap for CSC. In the answer rows are rows of the matrix all the same,
 * and columns count from @first_column.
 *
 * Returns: (transfer full) (nullable): the columns
 */
AnnLoadedRows *
ann_column_source_read_turned (AnnColumnSource *self,
                               guint64 first_column,
                               guint64 n_columns,
                               GCancellable *cancellable,
                               GError **error)
{
  const AnnColumnFacts *facts = get_readable (self, cancellable, error);

  return facts == NULL ? NULL
                       : ann_loaded_rows_read_columns (facts->element, first_column, n_columns,
                                                       cancellable, error);
}

/* A column of a matrix in one piece: from CSC and dense it is cheap that way. */
static AnnBlock *
read_column (AnnElement *element, guint64 column, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnBlock) turned = ann_element_read_columns (element, column, 1, cancellable, error);
  AnnBlock *block;

  if (turned == NULL || ann_block_is_sparse (turned))
    return g_steal_pointer (&turned);

  block = ann_block_new (0, turned->width, 1);
  block->values = turned->values == NULL ? NULL : ann_buffer_ref (turned->values);
  block->texts = turned->texts == NULL ? NULL : ann_strings_ref (turned->texts);
  block->missing = turned->missing == NULL ? NULL : ann_buffer_ref (turned->missing);

  return block;
}

/* Row by row, since what is not stored counts too. */
static void
add_sparse (AnnTableSorter *sorter, AnnLoadedRows *rows, guint64 column)
{
  for (gsize i = 0; i < ann_loaded_rows_get_n_rows (rows); i++)
    {
      double value;

      ann_loaded_rows_get_double (rows, i, column, &value);
      ann_table_sorter_add_number (sorter, value);
    }
}

static gboolean
add_block (AnnTableSorter *sorter,
           const AnnColumnFacts *facts,
           AnnBlock *block,
           guint64 column,
           GError **error)
{
  if (facts->labels == NULL)
    return ann_table_sorter_add_block (sorter, block, column, error);

  ann_table_sorter_add_codes (sorter, block);

  return TRUE;
}

static gboolean
add_rows (AnnTableSorter *sorter,
          const AnnColumnFacts *facts,
          guint64 column,
          guint64 n_rows,
          AnnProgress *progress,
          GCancellable *cancellable,
          GError **error)
{
  const guint64 step = CLAMP ((4 << 20) / MAX (facts->width, 1), 1, SORT_ROWS);

  for (guint64 start = 0; start < n_rows; start += step)
    {
      const guint64 n = MIN (step, n_rows - start);
      g_autoptr (AnnLoadedRows) rows = ann_loaded_rows_read (facts->element, NULL, start, n,
                                                             cancellable, error);
      AnnBlock *block;

      if (rows == NULL)
        return FALSE;

      block = ann_loaded_rows_get_block (rows);
      if (ann_block_is_sparse (block))
        add_sparse (sorter, rows, column);
      else if (!add_block (sorter, facts, block, column, error))
        return FALSE;
      if (progress != NULL)
        ann_progress_add_done (progress, n);
    }

  return TRUE;
}

/**
 * ann_column_source_add_to_sorter:
 * @self: a source
 * @column: a value in each row
 * @n_rows: how many rows the sorter wants
 * @sorter: takes all values of the column
 * @progress: (nullable): told of each row
 * @cancellable: (nullable): to give up
 * @error: return location for an error
 *
 * Blocks; any thread.
 *
 * Returns: %FALSE if the column cannot be read or has no order
 */
gboolean
ann_column_source_add_to_sorter (AnnColumnSource *self,
                                 guint64 column,
                                 guint64 n_rows,
                                 AnnTableSorter *sorter,
                                 AnnProgress *progress,
                                 GCancellable *cancellable,
                                 GError **error)
{
  const AnnColumnFacts *facts = get_readable (self, cancellable, error);
  g_autoptr (AnnBlock) block = NULL;

  if (facts == NULL)
    return FALSE;

  if (ann_element_get_kind (facts->element) == ANN_ELEMENT_CSC)
    {
      g_autoptr (AnnLoadedRows) columns = ann_column_source_read_turned (self, column, 1,
                                                                         cancellable, error);

      if (columns == NULL)
        return FALSE;
      add_sparse (sorter, columns, 0);
    }
  else if (ann_element_get_kind (facts->element) == ANN_ELEMENT_DENSE
           && ann_element_get_rank (facts->element) == 2)
    {
      block = read_column (facts->element, column, cancellable, error);
      if (block == NULL || !add_block (sorter, facts, block, 0, error))
        return FALSE;
    }
  else
    return add_rows (sorter, facts, column, n_rows, progress, cancellable, error);

  if (progress != NULL)
    ann_progress_add_done (progress, n_rows);

  return TRUE;
}
