/* ann-column-source.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-column-source.h"

#include "models/ann-number-text.h"

#include <gdk/gdk.h>
#include <math.h>
#include <string.h>

/* How many rows tell the decimals and the width of a column, and how many labels its width. */
#define N_SAMPLE 256
#define N_SAMPLE_LABELS 1000

/* @facts is made once, under @mutex, and read without it: whoever sees the pointer sees all. */
struct _AnnColumnSource {
  gatomicrefcount ref_count;
  AnnData *data;      /* for the colours of a column, or to open @path */
  AnnElement *parent; /* of @name: a frame or an array of records */
  char *name;         /* NULL: the index of @parent */
  guint column;
  char *path;         /* of a frame that has still to be opened */
  guint64 n_expected; /* rows that the index at @path must have */
  AnnElement *element;

  GMutex mutex;
  AnnColumnFacts *facts;
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

static void
facts_free (AnnColumnFacts *facts)
{
  g_clear_object (&facts->element);
  g_clear_pointer (&facts->labels, ann_strings_unref);
  g_free (facts->colors);
  g_free (facts->widest);
  g_clear_error (&facts->error);
  g_free (facts);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnColumnFacts, facts_free)

/**
 * ann_column_source_unref:
 * @self: (transfer full): a source
 */
void
ann_column_source_unref (AnnColumnSource *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_clear_pointer (&self->facts, facts_free);
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

  return ann_element_open_child (self->parent, self->name, cancellable, error);
}

static AnnColumnKind
find_kind (AnnElement *element)
{
  const AnnDtype dtype = ann_element_get_dtype (element);

  if (ann_element_get_kind (element) == ANN_ELEMENT_CATEGORICAL)
    return ANN_COLUMN_CATEGORY;
  if (dtype == ANN_DTYPE_STRING || dtype == ANN_DTYPE_BYTES)
    return ANN_COLUMN_TEXT;
  if (dtype == ANN_DTYPE_BOOL)
    return ANN_COLUMN_BOOLEAN;

  return ANN_COLUMN_NUMBER;
}

/* What the file says, where it has as many colours as categories and they can be read. */
static void
read_colors (AnnColumnSource *self, AnnColumnFacts *facts, GCancellable *cancellable)
{
  const gsize n = ann_strings_get_length (facts->labels);
  g_autoptr (AnnStrings) texts = NULL;

  facts->colors = g_try_new (guint32, MAX (n, 1));
  for (gsize i = 0; facts->colors != NULL && i < n; i++)
    facts->colors[i] = ann_category_color ((guint) i) & 0xffffff;

  if (facts->colors != NULL && self->data != NULL && self->name != NULL)
    texts = ann_data_read_category_colors (self->data, self->name, cancellable, NULL);
  if (texts == NULL || ann_strings_get_length (texts) != n)
    return;

  for (gsize i = 0; i < n; i++)
    {
      GdkRGBA color;

      if (gdk_rgba_parse (&color, ann_strings_get (texts, i, NULL)))
        facts->colors[i] = (guint32) roundf (color.red * 255) << 16
                           | (guint32) roundf (color.green * 255) << 8
                           | (guint32) roundf (color.blue * 255);
    }
}

static int
compare_lengths (gconstpointer a, gconstpointer b)
{
  const glong left = g_utf8_strlen (*(char *const *) a, -1);
  const glong right = g_utf8_strlen (*(char *const *) b, -1);

  return left < right ? -1 : left > right;
}

static void
choose_widest (AnnColumnFacts *facts, GPtrArray *texts)
{
  if (texts->len == 0)
    return;

  g_ptr_array_sort (texts, compare_lengths);
  facts->widest = g_strdup (g_ptr_array_index (texts, texts->len - 1));
  facts->width_chars = (guint) g_utf8_strlen (g_ptr_array_index (texts, (texts->len * 9 - 1) / 10),
                                              -1);
}

static void
sample_labels (AnnColumnFacts *facts)
{
  const gsize n = MIN (ann_strings_get_length (facts->labels), N_SAMPLE_LABELS);
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; i < n; i++)
    g_ptr_array_add (texts, ann_strings_dup_utf8 (facts->labels, i));
  choose_widest (facts, texts);
}

/* The number of decimals of the first values. */
static void
sample_decimals (AnnColumnFacts *facts, const AnnLoadedRows *rows)
{
  const guint64 width = MIN (facts->width, N_SAMPLE);
  gboolean is_whole = TRUE;
  double smallest = G_MAXDOUBLE;
  double largest = 0;

  if (!ann_dtype_is_float (ann_element_get_dtype (facts->element)))
    return;

  for (gsize i = 0; i < ann_loaded_rows_get_n_rows (rows); i++)
    {
      for (guint64 k = 0; k < width; k++)
        {
          double value;

          if (!ann_loaded_rows_get_double (rows, i, k, &value) || !isfinite (value) || value == 0)
            continue;
          is_whole = is_whole && value == floor (value);
          smallest = MIN (smallest, fabs (value));
          largest = MAX (largest, fabs (value));
        }
    }
  facts->decimals = ann_number_text_choose_decimals (smallest, largest, is_whole);
}

static void
sample_width (AnnColumnFacts *facts, const AnnLoadedRows *rows)
{
  const guint64 width = MIN (facts->width, 16);
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; i < ann_loaded_rows_get_n_rows (rows); i++)
    {
      for (guint64 k = 0; k < width; k++)
        {
          AnnTableCell cell = { .state = ANN_CELL_LOADING };

          g_string_truncate (text, 0);
          ann_loaded_rows_get_cell (rows, facts, i, k, &cell, text);
          if (cell.state == ANN_CELL_VALUE)
            g_ptr_array_add (texts, g_strdup (text->str));
        }
    }
  choose_widest (facts, texts);
}

static AnnLoadedRows *read_rows (AnnElement *element,
                                 const guint64 *rows,
                                 guint64 start,
                                 gsize n_rows,
                                 GCancellable *cancellable,
                                 GError **error);

static gboolean
sample (AnnColumnFacts *facts, GCancellable *cancellable, GError **error)
{
  const guint64 fit = (1 << 20) / MAX (facts->width, 1);
  const guint64 n_rows = MIN (facts->n_rows, CLAMP (fit, 1, N_SAMPLE));
  g_autoptr (AnnLoadedRows) rows = NULL;

  /* By rows a CSC matrix is read as a whole: a few columns tell the same. */
  if (ann_element_get_kind (facts->element) == ANN_ELEMENT_CSC)
    {
      g_autoptr (AnnBlock) block = NULL;

      if (facts->width == 0)
        return TRUE;
      block = ann_element_read_columns (facts->element, 0, MIN (facts->width, 4), cancellable,
                                        error);
      if (block == NULL)
        return FALSE;
      if (ann_dtype_is_float (ann_element_get_dtype (facts->element)))
        {
          const gsize n = MIN (ann_buffer_get_n_elements (block->values), 4096);
          gboolean is_whole = TRUE;
          double smallest = G_MAXDOUBLE;
          double largest = 0;

          for (gsize i = 0; i < n; i++)
            {
              const double value = ann_buffer_get_double (block->values, i);

              if (!isfinite (value) || value == 0)
                continue;
              is_whole = is_whole && value == floor (value);
              smallest = MIN (smallest, fabs (value));
              largest = MAX (largest, fabs (value));
            }
          facts->decimals = ann_number_text_choose_decimals (smallest, largest, is_whole);
        }
      facts->width_chars = 7;
      return TRUE;
    }

  rows = read_rows (facts->element, NULL, 0, n_rows, cancellable, error);
  if (rows == NULL)
    return FALSE;

  sample_decimals (facts, rows);
  sample_width (facts, rows);

  return TRUE;
}

static gboolean
fill_facts (AnnColumnSource *self, AnnColumnFacts *facts, GCancellable *cancellable, GError **error)
{
  const GError *broken;

  facts->element = open_element (self, cancellable, error);
  if (facts->element == NULL)
    return FALSE;

  facts->kind = find_kind (facts->element);
  facts->type_name = facts->kind == ANN_COLUMN_CATEGORY
                         ? "category"
                         : ann_dtype_get_name (ann_element_get_dtype (facts->element));
  facts->n_rows = ann_element_get_n_rows (facts->element);
  facts->width = ann_element_get_width (facts->element);

  broken = ann_element_get_error (facts->element);
  if (broken != NULL)
    {
      g_propagate_error (error, g_error_copy (broken));
      return FALSE;
    }

  if (ANN_IS_CATEGORICAL (facts->element))
    {
      facts->labels = ann_categorical_read_labels (ANN_CATEGORICAL (facts->element), cancellable,
                                                   error);
      if (facts->labels == NULL)
        return FALSE;
      read_colors (self, facts, cancellable);
      sample_labels (facts);
      return !g_cancellable_set_error_if_cancelled (cancellable, error);
    }

  return sample (facts, cancellable, error);
}

/**
 * ann_column_source_prepare:
 * @self: a source
 * @cancellable: (nullable): to give up
 * @error: return location for a cancellation
 *
 * Opens the source and looks at its first values, unless that has been done. Blocks; any thread.
 * What is wrong with it is one of the facts.
 *
 * Returns: (transfer none) (nullable): what is known of it; %NULL if cancelled
 */
const AnnColumnFacts *
ann_column_source_prepare (AnnColumnSource *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  g_autoptr (AnnColumnFacts) facts = NULL;
  GError *local_error = NULL;

  if (self->facts != NULL)
    return self->facts;

  facts = g_new0 (AnnColumnFacts, 1);
  facts->width_chars = 4;
  if (!fill_facts (self, facts, cancellable, &local_error))
    {
      if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          g_propagate_error (error, local_error);
          return NULL;
        }
      facts->error = local_error;
    }
  g_atomic_pointer_set (&self->facts, g_steal_pointer (&facts));

  return self->facts;
}

/* Where each row is: in which block, and there in which row. */
typedef struct {
  guint32 block;
  guint32 row;
} Place;

struct _AnnLoadedRows {
  GPtrArray *blocks; /* of AnnBlock */
  Place *places;     /* NULL: in the one block, in order */
  gsize n_rows;
  gboolean is_turned; /* the rows of the block are columns */
  gsize size;
};

/**
 * ann_loaded_rows_free:
 * @self: (transfer full): rows
 */
void
ann_loaded_rows_free (AnnLoadedRows *self)
{
  g_ptr_array_unref (self->blocks);
  g_free (self->places);
  g_free (self);
}

/**
 * ann_loaded_rows_get_n_rows:
 * @self: rows
 *
 * Returns: how many
 */
gsize
ann_loaded_rows_get_n_rows (const AnnLoadedRows *self)
{
  return self->n_rows;
}

/**
 * ann_loaded_rows_get_size:
 * @self: rows
 *
 * Returns: the bytes that they take
 */
gsize
ann_loaded_rows_get_size (const AnnLoadedRows *self)
{
  return self->size;
}

static guint64
get_index (const AnnBlock *block, guint64 i)
{
  const void *indices = ann_buffer_get_data (block->indices);

  switch ((int) ann_buffer_get_dtype (block->indices))
    {
    case ANN_DTYPE_INT32:
    case ANN_DTYPE_UINT32:
      return ((const guint32 *) indices)[i];
    case ANN_DTYPE_INT64:
    case ANN_DTYPE_UINT64:
      return ((const guint64 *) indices)[i];
    default:
      {
        gint64 index = 0;
        const AnnDtype dtype = ann_buffer_get_dtype (block->indices);

        ann_dtype_to_int64 (dtype, (const guint8 *) indices + i * ann_dtype_get_size (dtype), 1,
                            &index);
        return (guint64) index;
      }
    }
}

static gboolean
is_sorted (const AnnBlock *block)
{
  const guint64 *pointers = ann_buffer_get_data (block->indptr);

  for (guint64 row = 0; row < block->count; row++)
    {
      for (guint64 i = pointers[row] + 1; i < pointers[row + 1]; i++)
        {
          if (get_index (block, i - 1) > get_index (block, i))
            return FALSE;
        }
    }

  return TRUE;
}

typedef struct {
  guint64 index;
  guint64 from;
} Entry;

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  const Entry *left = a;
  const Entry *right = b;

  if (left->index != right->index)
    return left->index < right->index ? -1 : 1;

  return left->from < right->from ? -1 : left->from > right->from;
}

/* Stores may have the entries of a row in any order; to find one there should be a right one. */
static AnnBlock *
sort_block (AnnBlock *block, GError **error)
{
  const guint64 *pointers = ann_buffer_get_data (block->indptr);
  const AnnDtype dtype = ann_buffer_get_dtype (block->values);
  const gsize size = ann_dtype_get_size (dtype);
  const gsize n = ann_buffer_get_n_elements (block->values);
  const guint8 *values = ann_buffer_get_data (block->values);
  g_autoptr (AnnBlock) sorted = ann_block_new (block->start, block->count, block->width);
  g_autofree Entry *entries = g_try_new (Entry, MAX (n, 1));
  guint64 *indices;
  guint8 *to;

  sorted->indptr = ann_buffer_ref (block->indptr);
  sorted->indices = ann_buffer_new_vector (ANN_DTYPE_UINT64, n, error);
  sorted->values = sorted->indices == NULL ? NULL : ann_buffer_new_vector (dtype, n, error);
  if (sorted->values == NULL)
    return NULL;
  if (entries == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "No memory for %" G_GSIZE_FORMAT " values", n);
      return NULL;
    }

  indices = ann_buffer_get_data_for_writing (sorted->indices);
  to = ann_buffer_get_data_for_writing (sorted->values);
  for (gsize i = 0; i < n; i++)
    entries[i] = (Entry){ get_index (block, i), i };
  for (guint64 row = 0; row < block->count; row++)
    qsort (entries + pointers[row], pointers[row + 1] - pointers[row], sizeof (Entry),
           compare_entries);
  for (gsize i = 0; i < n; i++)
    {
      indices[i] = entries[i].index;
      memcpy (to + i * size, values + entries[i].from * size, size);
    }

  return g_steal_pointer (&sorted);
}

static gboolean
take_block (AnnLoadedRows *rows, AnnBlock *block, GError **error)
{
  g_autoptr (AnnBlock) owned = block;

  if (owned != NULL && ann_block_is_sparse (owned) && !is_sorted (owned))
    {
      AnnBlock *sorted = sort_block (owned, error);

      ann_block_unref (owned);
      owned = sorted;
    }
  if (owned == NULL)
    return FALSE;

  rows->size += ann_block_get_size (owned) + sizeof (AnnBlock);
  g_ptr_array_add (rows->blocks, g_steal_pointer (&owned));

  return TRUE;
}

static AnnLoadedRows *
loaded_rows_new (gsize n_rows)
{
  AnnLoadedRows *rows = g_new0 (AnnLoadedRows, 1);

  rows->n_rows = n_rows;
  rows->size = sizeof (AnnLoadedRows);
  rows->blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) ann_block_unref);

  return rows;
}

/* Rows that are read at once to sort them. */
#define SORT_ROWS 65536

/* Rows so near to each other are read in one go with what is between them. */
#define MAX_GAP 32

/* @wanted: where each row is to go, sorted by row. */
static gboolean
gather (AnnLoadedRows *rows,
        AnnElement *element,
        const Entry *wanted,
        GCancellable *cancellable,
        GError **error)
{
  rows->places = g_new (Place, MAX (rows->n_rows, 1));
  rows->size += rows->n_rows * sizeof (Place);

  for (gsize i = 0, end; i < rows->n_rows; i = end)
    {
      const guint64 first = wanted[i].index;

      for (end = i + 1; end < rows->n_rows && wanted[end].index - wanted[end - 1].index <= MAX_GAP;)
        end++;
      if (!take_block (rows,
                       ann_element_read_rows (element, first, wanted[end - 1].index - first + 1,
                                              cancellable, error),
                       error))
        return FALSE;
      for (gsize k = i; k < end; k++)
        rows->places[wanted[k].from] = (Place){ rows->blocks->len - 1,
                                                (guint32) (wanted[k].index - first) };
    }

  return TRUE;
}

static AnnLoadedRows *
read_rows (AnnElement *element,
           const guint64 *rows,
           guint64 start,
           gsize n_rows,
           GCancellable *cancellable,
           GError **error)
{
  g_autoptr (AnnLoadedRows) loaded = loaded_rows_new (n_rows);

  if (n_rows == 0)
    return g_steal_pointer (&loaded);

  if (rows == NULL)
    {
      if (!take_block (loaded, ann_element_read_rows (element, start, n_rows, cancellable, error),
                       error))
        return NULL;
    }
  else
    {
      g_autofree Entry *wanted = g_new (Entry, MAX (n_rows, 1));

      for (gsize i = 0; i < n_rows; i++)
        wanted[i] = (Entry){ rows[i], i };
      qsort (wanted, n_rows, sizeof (Entry), compare_entries);
      if (!gather (loaded, element, wanted, cancellable, error))
        return NULL;
    }

  return g_steal_pointer (&loaded);
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
  const AnnColumnFacts *facts = ann_column_source_prepare (self, cancellable, error);

  if (facts == NULL)
    return NULL;
  if (facts->error != NULL)
    {
      g_propagate_error (error, g_error_copy (facts->error));
      return NULL;
    }

  return read_rows (facts->element, rows, start, n_rows, cancellable, error);
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
  const AnnColumnFacts *facts = ann_column_source_prepare (self, cancellable, error);
  g_autoptr (AnnLoadedRows) loaded = NULL;

  if (facts == NULL)
    return NULL;
  if (facts->error != NULL)
    {
      g_propagate_error (error, g_error_copy (facts->error));
      return NULL;
    }

  loaded = loaded_rows_new (facts->n_rows);
  loaded->is_turned = TRUE;
  if (!take_block (
          loaded,
          ann_element_read_columns (facts->element, first_column, n_columns, cancellable, error),
          error))
    return NULL;

  return g_steal_pointer (&loaded);
}

static const AnnBlock *
find_block (const AnnLoadedRows *self, gsize *row, guint64 *column)
{
  const AnnBlock *block;

  if (self->is_turned)
    {
      const guint64 swap = *row;

      *row = *column;
      *column = swap;
    }
  block = g_ptr_array_index (self->blocks, self->places == NULL ? 0 : self->places[*row].block);
  if (self->places != NULL)
    *row = self->places[*row].row;

  return block;
}

/* Where the entries of a place are among the stored ones; duplicates count together. */
static guint64
find_stored (const AnnBlock *block, guint64 row, guint64 column, guint64 *first)
{
  const guint64 *pointers = ann_buffer_get_data (block->indptr);
  guint64 low = pointers[row];
  guint64 high = pointers[row + 1];
  guint64 n = 0;

  while (low < high)
    {
      const guint64 middle = low + (high - low) / 2;

      if (get_index (block, middle) >= column)
        high = middle;
      else
        low = middle + 1;
    }

  *first = low;
  while (low + n < pointers[row + 1] && get_index (block, low + n) == column)
    n++;

  return n;
}

/**
 * ann_loaded_rows_get_double:
 * @self: rows
 * @row: which of them
 * @column: a value in it
 * @value: (out): the number
 *
 * Returns: %FALSE if it is missing or no real number
 */
gboolean
ann_loaded_rows_get_double (const AnnLoadedRows *self, gsize row, guint64 column, double *value)
{
  const AnnBlock *block = find_block (self, &row, &column);
  gsize index = row * block->width + column;

  *value = 0;
  if (block->texts != NULL)
    return FALSE;

  if (ann_block_is_sparse (block))
    {
      guint64 first;
      const guint64 n = find_stored (block, row, column, &first);

      for (guint64 i = 0; i < n; i++)
        *value += ann_buffer_get_double (block->values, first + i);
      return TRUE;
    }

  if (ann_block_is_missing (block, index)
      || !ann_dtype_is_real (ann_buffer_get_dtype (block->values)))
    return FALSE;
  *value = ann_buffer_get_double (block->values, index);

  return TRUE;
}

/* Texts from a store may be anything, and a cell has room for little. */
static void
append_text (GString *text, AnnStrings *texts, gsize index)
{
  gsize length;
  const char *bytes = ann_strings_get (texts, index, &length);

  if (length > 1024)
    length = 1024;
  if (g_utf8_validate_len (bytes, length, NULL))
    g_string_append_len (text, bytes, (gssize) length);
  else
    {
      g_autofree char *valid = g_utf8_make_valid (bytes, (gssize) length);

      g_string_append (text, valid);
    }
}

static void
get_number (const AnnColumnFacts *facts,
            AnnDtype dtype,
            const guint8 *value,
            AnnTableCell *cell,
            GString *text)
{
  double real;
  gint64 integer;

  if (ann_dtype_is_float (dtype))
    {
      ann_dtype_to_double (dtype, value, 1, &real);
      if (isnan (real))
        cell->state = ANN_CELL_MISSING;
      else
        ann_number_text_append_double (text, real, facts->decimals);
    }
  else if (dtype == ANN_DTYPE_UINT64)
    ann_number_text_append_unsigned (text, *(const guint64 *) (gconstpointer) value);
  else if (dtype == ANN_DTYPE_BOOL || !ann_dtype_to_int64 (dtype, value, 1, &integer))
    ann_cell_append_number (text, dtype, value);
  else
    ann_number_text_append_signed (text, integer);
}

static void
get_category (const AnnColumnFacts *facts, gint32 code, AnnTableCell *cell, GString *text)
{
  if (code == -1)
    cell->state = ANN_CELL_MISSING;
  else if (code < 0 || (gsize) code >= ann_strings_get_length (facts->labels))
    {
      cell->state = ANN_CELL_INVALID;
      g_string_append (text, "There is no such category.");
    }
  else
    {
      cell->has_color = facts->colors != NULL;
      cell->color = facts->colors == NULL ? 0 : facts->colors[code];
      append_text (text, facts->labels, (gsize) code);
    }
}

static void
get_sparse (const AnnColumnFacts *facts,
            const AnnBlock *block,
            guint64 row,
            guint64 column,
            AnnTableCell *cell,
            GString *text)
{
  const AnnDtype dtype = ann_buffer_get_dtype (block->values);
  const guint8 *values = ann_buffer_get_data (block->values);
  double sum = 0;
  guint64 first;
  const guint64 n = find_stored (block, row, column, &first);

  if (n == 0)
    {
      cell->is_implied = TRUE;
      g_string_append (text, dtype == ANN_DTYPE_BOOL ? "false" : "0");
      return;
    }
  if (n == 1 || !ann_dtype_is_real (dtype) || dtype == ANN_DTYPE_BOOL)
    {
      get_number (facts, dtype, values + first * ann_dtype_get_size (dtype), cell, text);
      return;
    }

  for (guint64 i = 0; i < n; i++)
    sum += ann_buffer_get_double (block->values, first + i);
  get_number (facts, ANN_DTYPE_FLOAT64, (const guint8 *) &sum, cell, text);
}

/**
 * ann_loaded_rows_get_cell:
 * @self: rows
 * @facts: of their source
 * @row: which of them
 * @column: a value in it
 * @cell: (out caller-allocates): what there is
 * @text: takes the value as people read it
 */
void
ann_loaded_rows_get_cell (const AnnLoadedRows *self,
                          const AnnColumnFacts *facts,
                          gsize row,
                          guint64 column,
                          AnnTableCell *cell,
                          GString *text)
{
  const AnnBlock *block = find_block (self, &row, &column);
  const gsize index = row * block->width + column;

  *cell = (AnnTableCell){ .state = ANN_CELL_VALUE };
  if (ann_block_is_sparse (block))
    get_sparse (facts, block, row, column, cell, text);
  else if (ann_block_is_missing (block, index))
    cell->state = ANN_CELL_MISSING;
  else if (block->texts != NULL)
    append_text (text, block->texts, index);
  else if (facts->labels != NULL)
    get_category (facts, ((const gint32 *) ann_buffer_get_data (block->values))[index], cell, text);
  else
    {
      const AnnDtype dtype = ann_buffer_get_dtype (block->values);

      get_number (facts, dtype,
                  (const guint8 *) ann_buffer_get_data (block->values)
                      + index * ann_dtype_get_size (dtype),
                  cell, text);
    }
}

/**
 * ann_loaded_rows_append_plain:
 * @self: rows
 * @facts: of their source
 * @row: which of them
 * @column: a value in it
 * @text: takes the value as programs read it: no spaces in numbers, all their digits
 *
 * Returns: what there is
 */
AnnCellState
ann_loaded_rows_append_plain (const AnnLoadedRows *self,
                              const AnnColumnFacts *facts,
                              gsize row,
                              guint64 column,
                              GString *text)
{
  const AnnBlock *block = find_block (self, &row, &column);
  double value;

  if (!ann_block_is_sparse (block) && block->values != NULL
      && ann_dtype_is_float (ann_buffer_get_dtype (block->values)))
    {
      value = ann_buffer_get_double (block->values, row * block->width + column);
      if (isnan (value))
        return ANN_CELL_MISSING;
    }
  if (facts->labels != NULL)
    {
      const gint32 code = ((const gint32 *) ann_buffer_get_data (
          block->values))[row * block->width + column];

      if (code < -1 || (code >= 0 && (gsize) code >= ann_strings_get_length (facts->labels)))
        return ANN_CELL_INVALID;
    }

  return ann_cell_append_value (text, block, facts->labels, row, column) ? ANN_CELL_VALUE
                                                                         : ANN_CELL_MISSING;
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
  for (gsize i = 0; i < rows->n_rows; i++)
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
      g_autoptr (AnnLoadedRows) rows = read_rows (facts->element, NULL, start, n, cancellable,
                                                  error);
      AnnBlock *block;

      if (rows == NULL)
        return FALSE;

      block = g_ptr_array_index (rows->blocks, 0);
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
  const AnnColumnFacts *facts = ann_column_source_prepare (self, cancellable, error);
  g_autoptr (AnnBlock) block = NULL;

  if (facts == NULL)
    return FALSE;
  if (facts->error != NULL)
    {
      g_propagate_error (error, g_error_copy (facts->error));
      return FALSE;
    }

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
