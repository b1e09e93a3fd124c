/* ann-write-matrix.c: dense and sparse matrices, by the order in which they are stored
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "write/ann-write-matrix-private.h"

#include "array/ann-array-private.h"
#include "base/ann-error.h"
#include "element/ann-block-iterator-private.h"
#include "element/ann-sparse-private.h"
#include "view/ann-stack.h"
#include "write/ann-write-order-private.h"

#include <string.h>

/* So many pointers are read at a time. */
#define POINTERS_AT_ONCE ((guint64) 1 << 18)

/* --- All entries of a stored matrix, wherever its lines begin --- */

/* Ranges of entries that begin where chunks do, so that each chunk is decoded once; a line may be
 * as long as it likes.
 */
typedef struct {
  AnnSparse *matrix;
  const guint64 *pointers; /* all of them; for messages */
  guint64 n;
  guint64 next;
  guint64 step;
} Entries;

static void
entries_free (gpointer data)
{
  Entries *entries = data;

  g_object_unref (entries->matrix);
  g_free (entries);
}

static void
set_index_error (const Entries *entries, guint64 place, gint64 index, GError **error)
{
  guint64 low = 0;
  guint64 high = ann_sparse_get_n_major (entries->matrix);

  while (low < high) /* the last line that begins at @place or before */
    {
      const guint64 middle = low + (high - low) / 2;

      if (entries->pointers[middle + 1] <= place)
        low = middle + 1;
      else
        high = middle;
    }
  _ann_sparse_set_index_error (entries->matrix, place, low, index, error);
}

static AnnBlock *
read_entries (gpointer user_data, GCancellable *cancellable, GError **error)
{
  Entries *entries = user_data;
  const guint64 n = MIN (entries->step, entries->n - entries->next);
  AnnArray *const arrays[] = { _ann_sparse_get_indices (entries->matrix),
                               _ann_sparse_get_data (entries->matrix) };
  AnnBuffer *buffers[2] = { NULL, NULL };
  g_autoptr (AnnBlock) block = NULL;
  gboolean success;
  gsize position;
  gint64 index;

  if (n == 0)
    return NULL;
  block = ann_block_new (0, 0, ann_sparse_get_n_minor (entries->matrix));
  success = _ann_array_read_pair (arrays, entries->next, n, buffers, cancellable, error);
  block->indices = buffers[0];
  block->values = buffers[1];
  if (!success)
    return NULL;
  if (!_ann_sparse_check_indices (entries->matrix, ann_buffer_get_data (block->indices), n,
                                  &position, &index))
    {
      set_index_error (entries, entries->next + position, index, error);
      return NULL;
    }
  entries->next += n;

  return g_steal_pointer (&block);
}

static guint64
choose_step (AnnSparse *matrix)
{
  AnnArray *data = _ann_sparse_get_data (matrix);
  const guint64 *chunk_shape = ann_array_get_chunk_shape (data);
  const gsize entry_size = ann_dtype_get_size (ann_array_get_dtype (data))
                           + ann_dtype_get_size (ann_sparse_get_index_dtype (matrix));
  const guint64 n = MAX (ANN_WRITE_BLOCK_SIZE / entry_size, 1);

  if (chunk_shape == NULL || chunk_shape[0] > n || chunk_shape[0] == 0)
    return n;

  return n / chunk_shape[0] * chunk_shape[0];
}

static gboolean
read_pointers (AnnSparse *matrix, guint64 *pointers, GCancellable *cancellable, GError **error)
{
  const guint64 n_lines = ann_sparse_get_n_major (matrix);

  for (guint64 start = 0; start < n_lines; start += POINTERS_AT_ONCE)
    {
      const guint64 n = MIN (n_lines - start, POINTERS_AT_ONCE);
      g_autoptr (AnnBuffer) some = ann_sparse_read_indptr (matrix, start, n, cancellable, error);
      const guint64 *from;

      if (some == NULL)
        return FALSE;
      from = ann_buffer_get_data (some);
      for (guint64 i = 0; i <= n; i++)
        pointers[start + i] = from[i];
    }

  return TRUE;
}

static gboolean
write_entries (AnnElement *element, AnnSparseSink *sink, GCancellable *cancellable, GError **error)
{
  AnnSparse *matrix = ANN_SPARSE (element);
  g_autoptr (AnnBlockIterator) blocks = NULL;
  Entries *entries = g_new0 (Entries, 1);

  entries->matrix = g_object_ref (matrix);
  entries->pointers = _ann_sparse_sink_get_pointers (sink);
  entries->n = entries->pointers[ann_sparse_get_n_major (matrix)];
  entries->step = choose_step (matrix);
  blocks = _ann_block_iterator_new_with_func (read_entries, entries, entries_free, 1);
  while (TRUE)
    {
      g_autoptr (AnnBlock) block = NULL;

      if (!ann_block_iterator_next (blocks, &block, cancellable, error))
        return FALSE;
      if (block == NULL)
        return TRUE;
      if (!_ann_sparse_sink_append_entries (sink, block->values, block->indices, cancellable,
                                            error))
        return FALSE;
    }
}

/* --- Line by line --- */

/* Lines of the major axis, as many at a time as their entries allow: the last block tells. */
typedef struct {
  AnnElement *matrix;
  gboolean by_columns;
  guint64 n_lines;
  guint64 next;
  guint64 n_wanted;
} Lines;

static void
lines_free (gpointer data)
{
  Lines *lines = data;

  g_object_unref (lines->matrix);
  g_free (lines);
}

static AnnBlock *
read_lines (gpointer user_data, GCancellable *cancellable, GError **error)
{
  Lines *lines = user_data;
  const guint64 n = MIN (lines->n_wanted, lines->n_lines - lines->next);
  AnnBlock *block;
  guint64 line_size;

  if (n == 0)
    return NULL;
  block = lines->by_columns
              ? ann_element_read_columns (lines->matrix, lines->next, n, cancellable, error)
              : ann_element_read_rows (lines->matrix, lines->next, n, cancellable, error);
  if (block == NULL)
    return NULL;

  line_size = MAX (ann_block_get_size (block) / n, 1);
  lines->next += n;
  lines->n_wanted = CLAMP (ANN_WRITE_BLOCK_SIZE / line_size, 1, 4 * n);

  return block;
}

AnnBlockIterator *
_ann_write_iterate_lines (AnnElement *element)
{
  const gboolean by_columns = ann_element_get_kind (element) == ANN_ELEMENT_CSC;
  const guint64 n_lines = ann_element_get_length (element, by_columns ? 1 : 0);
  const guint64 n_entries = ANN_IS_SPARSE (element)
                                ? ann_sparse_guess_n_stored (ANN_SPARSE (element))
                                : 0;
  const gsize entry_size = ann_dtype_get_size (ann_element_get_dtype (element)) + sizeof (gint32);
  const double line_size = (double) n_entries / (double) MAX (n_lines, 1) * (double) entry_size;
  Lines *lines = g_new0 (Lines, 1);

  /* What is wanted first may be of the longest lines: half of it, then more. */
  lines->matrix = g_object_ref (element);
  lines->by_columns = by_columns;
  lines->n_lines = n_lines;
  lines->n_wanted = (guint64) CLAMP ((double) ANN_WRITE_BLOCK_SIZE / 2 / MAX (line_size, 16), 1,
                                     1 << 20);

  return _ann_block_iterator_new_with_func (read_lines, lines, lines_free, 1);
}

gboolean
_ann_write_lines (AnnBlockIterator *lines,
                  AnnSparseSink *sink,
                  GCancellable *cancellable,
                  GError **error)
{
  while (TRUE)
    {
      g_autoptr (AnnBlock) block = NULL;

      if (!ann_block_iterator_next (lines, &block, cancellable, error))
        return FALSE;
      if (block == NULL)
        return TRUE;
      if (!_ann_sparse_sink_append (sink, block, cancellable, error))
        return FALSE;
    }
}

/* --- Any matrix --- */

static void
init_spec (AnnSparseSpec *spec, const AnnLineFlow *flow, AnnArray *stored)
{
  *spec = (AnnSparseSpec){
    .kind = flow->by_columns ? ANN_ELEMENT_CSC : ANN_ELEMENT_CSR,
    .shape = { flow->by_columns ? flow->width : flow->n_lines,
               flow->by_columns ? flow->n_lines : flow->width },
    .dtype = flow->dtype,
    .index_dtype = flow->index_dtype,
    .n_expected = flow->n_entries,
    .like = stored,
  };
}

/* A stored matrix in the order in which it is stored. */
static gboolean
write_stored (const AnnElementWriter *self,
              AnnElement *element,
              AnnArray *stored,
              AnnNodeWriter *parent,
              const char *name,
              GCancellable *cancellable,
              GError **error)
{
  AnnSparse *matrix = ANN_SPARSE (element);
  g_autoptr (AnnSparseSink) sink = NULL;
  const AnnSparseSpec spec = {
    .kind = ann_element_get_kind (element),
    .shape = { ann_element_get_length (element, 0), ann_element_get_length (element, 1) },
    .dtype = ann_element_get_dtype (element),
    .index_dtype = ann_sparse_get_index_dtype (matrix),
    .n_expected = ann_sparse_get_n_stored (matrix),
    .like = stored,
  };

  sink = _ann_sparse_sink_new (self, parent, name, &spec, cancellable, error);

  return sink != NULL
         && read_pointers (matrix, _ann_sparse_sink_get_pointers (sink), cancellable, error)
         && write_entries (element, sink, cancellable, error)
         && _ann_sparse_sink_close (sink, element, cancellable, error);
}

static gboolean
write_flow (const AnnElementWriter *self,
            AnnElement *element,
            const AnnLineFlow *flow,
            AnnArray *stored,
            AnnNodeWriter *parent,
            const char *name,
            GCancellable *cancellable,
            GError **error)
{
  const guint64 shape[] = { flow->n_lines, flow->width };
  g_autoptr (AnnSparseSink) sink = NULL;
  AnnSparseSpec spec;

  if (!flow->is_sparse)
    return _ann_write_rows (self, element, flow->blocks,
                            &(AnnNewArray){ .dtype = flow->dtype,
                                            .time_type = ann_element_get_time_type (element),
                                            .rank = 2,
                                            .shape = shape,
                                            .like = stored },
                            parent, name, cancellable, error);

  init_spec (&spec, flow, stored);
  sink = _ann_sparse_sink_new (self, parent, name, &spec, cancellable, error);

  return sink != NULL && _ann_write_lines (flow->blocks, sink, cancellable, error)
         && _ann_sparse_sink_close (sink, element, cancellable, error);
}

/* Whether rows of a matrix at @path are observations. */
static gboolean
is_along_obs (const char *path)
{
  return strcmp (path, "X") == 0 || strcmp (path, "raw/X") == 0
         || g_str_has_prefix (path, "layers/") || g_str_has_prefix (path, "obsm/")
         || g_str_has_prefix (path, "obsp/");
}

/* The kind that is kept; of what was turned on its way, that before. */
static AnnElementKind
keep_kind (const AnnElementWriter *self, AnnElement *element, const char *path)
{
  const AnnElementKind kind = _ann_element_get_written_kind (element);

  if (self->gathers_rows && kind == ANN_ELEMENT_CSC && is_along_obs (path))
    {
      g_hash_table_add (self->turned, g_strdup (path));
      return ANN_ELEMENT_CSR;
    }
  if (!self->gathers_rows && self->turned != NULL && g_hash_table_contains (self->turned, path))
    return ANN_ELEMENT_CSC;

  return kind;
}

/* What a matrix becomes: layouts are asked for X and what lies in layers. */
static AnnElementKind
choose_kind (const AnnElementWriter *self, AnnElement *element, const char *path)
{
  const gboolean is_main = strcmp (path, "X") == 0 || g_str_has_prefix (path, "layers/");

  if (is_main && ann_element_get_rank (element) == 2)
    {
      switch (self->options->layout)
        {
        case ANN_MATRIX_LAYOUT_CSR:
          return ANN_ELEMENT_CSR;
        case ANN_MATRIX_LAYOUT_CSC:
          return ANN_ELEMENT_CSC;
        case ANN_MATRIX_LAYOUT_DENSE:
          return ANN_ELEMENT_DENSE;
        case ANN_MATRIX_LAYOUT_KEEP:
        default:
          break;
        }
    }

  return keep_kind (self, element, path);
}

gboolean
_ann_write_matrix (const AnnElementWriter *self,
                   AnnElement *element,
                   AnnNodeWriter *parent,
                   const char *name,
                   GCancellable *cancellable,
                   GError **error)
{
  g_autofree char *path = _ann_path_join (_ann_node_writer_get_path (parent), name);
  const AnnElementKind kind = choose_kind (self, element, path);
  const gboolean is_kept = kind == ann_element_get_kind (element);
  g_autoptr (AnnArray) stored = _ann_write_dup_stored (element);
  g_auto (AnnLineFlow) flow = { 0 };
  AnnElementWriter writer = *self;

  if (ann_element_get_rank (element) != 2)
    return _ann_write_dense (self, element, parent, name, cancellable, error);
  if (is_kept && stored != NULL)
    return ANN_IS_SPARSE (element)
               ? write_stored (self, element, stored, parent, name, cancellable, error)
               : _ann_write_dense (self, element, parent, name, cancellable, error);

  _ann_line_flow_init (&flow, self, element);
  if (!flow.is_sparse && kind != ANN_ELEMENT_DENSE)
    _ann_line_flow_compress (&flow);
  if (flow.is_sparse && flow.by_columns != (kind == ANN_ELEMENT_CSC))
    _ann_line_flow_turn (&flow, self, kind == ANN_ELEMENT_DENSE);
  if (flow.is_sparse && kind == ANN_ELEMENT_DENSE)
    _ann_line_flow_spread (&flow);

  /* The chunks of another layout are no model. */
  writer.n_sortings = flow.n_sortings;

  return write_flow (&writer, element, &flow, is_kept ? stored : NULL, parent, name, cancellable,
                     error);
}
