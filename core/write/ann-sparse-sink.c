/* ann-sparse-sink.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "write/ann-sparse-sink-private.h"

#include "base/ann-error.h"

#include <string.h>

/* What is assumed of a matrix whose lines come until there are no more. */
#define GUESSED_LINES ((guint64) 1 << 20)

/* Pointers are converted in pieces of so many. */
#define POINTERS_AT_ONCE ((guint64) 1 << 20)

struct _AnnSparseSink {
  const AnnElementWriter *writer;
  AnnSparseSpec spec;
  guint64 n_lines; /* ANN_LENGTH_UNKNOWN until the end */
  AnnNodeWriter *group;
  AnnArrayWriter *data;
  AnnArrayWriter *indices;
  AnnDtype index_dtype; /* as written */
  guint64 *pointers;    /* n_lines + 1, or as many as there is room for */
  guint64 n_allocated;
  guint64 n_done;    /* lines of which the pointers are there */
  guint64 n_entries; /* of these and of a line that is begun */
};

/* The source's type where it fits, else the narrower of the two that scipy has. Never unsigned of
 * 8 bytes; what all readers know has no other types either.
 */
static AnnDtype
choose_index_dtype (const AnnElementWriter *writer, AnnDtype dtype, guint64 n_minor)
{
  const AnnDtype usual = n_minor <= (guint64) G_MAXINT32 + 1 ? ANN_DTYPE_INT32 : ANN_DTYPE_INT64;
  const gsize size = ann_dtype_get_size (dtype);
  guint bits;

  if (!ann_dtype_is_integer (dtype) || dtype == ANN_DTYPE_UINT64)
    return usual;
  if (writer->options->profile == ANN_PROFILE_PORTABLE && dtype != ANN_DTYPE_INT32
      && dtype != ANN_DTYPE_INT64)
    return usual;

  bits = (guint) size * 8 - (ann_dtype_is_signed (dtype) ? 1 : 0);

  return bits >= 63 || n_minor <= G_GUINT64_CONSTANT (1) << bits ? dtype : usual;
}

/* How many entries there are is known where all pointers are there before the first of them. */
static AnnArrayWriter *
add_entries (AnnSparseSink *self,
             const char *name,
             AnnDtype dtype,
             GCancellable *cancellable,
             GError **error)
{
  const guint64 length = self->n_done == self->n_lines ? self->pointers[self->n_lines]
                                                       : ANN_LENGTH_UNKNOWN;

  return _ann_write_add_array (
      self->writer, self->group, name,
      &(AnnNewArray){
          .dtype = dtype,
          .rank = 1,
          .shape = &length,
          .expected_length = self->spec.n_expected,
          .lines = self->n_lines != ANN_LENGTH_UNKNOWN ? MAX (self->n_lines, 1) : GUESSED_LINES,
          .like = self->spec.like,
      },
      cancellable, error);
}

static gboolean
add_arrays (AnnSparseSink *self, GCancellable *cancellable, GError **error)
{
  if (self->data == NULL)
    self->data = add_entries (self, "data", self->spec.dtype, cancellable, error);
  if (self->data != NULL && self->indices == NULL)
    self->indices = add_entries (self, "indices", self->index_dtype, cancellable, error);

  return self->indices != NULL;
}

/* Makes room for those of so many lines. The first is 0, for what comes before all lines. */
static gboolean
reserve_pointers (AnnSparseSink *self, guint64 n_lines, GError **error)
{
  const guint64 n = self->n_lines != ANN_LENGTH_UNKNOWN ? n_lines + 1
                                                        : MAX (n_lines + 1, self->n_allocated * 2);
  guint64 *pointers = NULL;

  if (n_lines < self->n_allocated)
    return TRUE;
  if (n_lines < G_MAXSIZE / sizeof (guint64) / 4)
    pointers = self->pointers == NULL ? g_try_new0 (guint64, n)
                                      : g_try_renew (guint64, self->pointers, n);
  if (pointers == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "no memory for the pointers of %" G_GUINT64_FORMAT " %s", n_lines,
                   self->spec.kind == ANN_ELEMENT_CSR ? "rows" : "columns");
      return FALSE;
    }
  self->pointers = pointers;
  self->n_allocated = n;

  return TRUE;
}

AnnSparseSink *
_ann_sparse_sink_new (const AnnElementWriter *writer,
                      AnnNodeWriter *parent,
                      const char *name,
                      const AnnSparseSpec *spec,
                      GCancellable *cancellable,
                      GError **error)
{
  const gboolean by_rows = spec->kind == ANN_ELEMENT_CSR;
  g_autoptr (AnnSparseSink) self = g_new0 (AnnSparseSink, 1);

  self->writer = writer;
  self->spec = *spec;
  self->spec.like = spec->like != NULL ? g_object_ref (spec->like) : NULL;
  self->n_lines = spec->shape[by_rows ? 0 : 1];
  self->index_dtype = choose_index_dtype (writer, spec->index_dtype, spec->shape[by_rows ? 1 : 0]);
  if (!reserve_pointers (self, self->n_lines != ANN_LENGTH_UNKNOWN ? self->n_lines : 0, error))
    {
      g_prefix_error (error, "%s/%s: ", _ann_node_writer_get_path (parent), name);
      return NULL;
    }

  self->group = _ann_node_writer_add_group (parent, name, cancellable, error);

  return self->group != NULL ? g_steal_pointer (&self) : NULL;
}

void
_ann_sparse_sink_free (AnnSparseSink *self)
{
  if (self == NULL)
    return;

  g_clear_object (&self->indices);
  g_clear_object (&self->data);
  g_clear_object (&self->group);
  g_clear_object (&self->spec.like);
  g_free (self->pointers);
  g_free (self);
}

guint64 *
_ann_sparse_sink_get_pointers (AnnSparseSink *self)
{
  self->n_done = self->n_lines;

  return self->pointers;
}

gboolean
_ann_sparse_sink_append_entries (AnnSparseSink *self,
                                 AnnBuffer *values,
                                 AnnBuffer *indices,
                                 GCancellable *cancellable,
                                 GError **error)
{
  const gsize n = ann_buffer_get_n_elements (values);
  g_autoptr (AnnBuffer) converted = ann_buffer_convert (indices, self->index_dtype, error);

  if (converted == NULL || !add_arrays (self, cancellable, error)
      || !_ann_array_writer_append (self->data, ann_buffer_get_data (values), n, cancellable, error)
      || !_ann_array_writer_append (self->indices, ann_buffer_get_data (converted), n, cancellable,
                                    error))
    return FALSE;
  _ann_write_add_done (self->writer,
                       ann_buffer_get_size (values) + ann_buffer_get_size (converted));

  return TRUE;
}

gboolean
_ann_sparse_sink_append (AnnSparseSink *self,
                         const AnnBlock *block,
                         GCancellable *cancellable,
                         GError **error)
{
  const guint64 *pointers = ann_buffer_get_data (block->indptr);
  const guint64 base = self->n_entries;

  g_return_val_if_fail (block->count <= self->n_lines - self->n_done, FALSE);

  if (self->n_lines == ANN_LENGTH_UNKNOWN
      && !reserve_pointers (self, self->n_done + block->count, error))
    return FALSE;
  for (guint64 i = 1; i <= block->count; i++)
    self->pointers[self->n_done + i] = base + pointers[i];
  self->n_done += block->count;
  self->n_entries += ann_buffer_get_n_elements (block->values);

  return _ann_sparse_sink_append_entries (self, block->values, block->indices, cancellable, error);
}

/* --- The end --- */

/* Makes the pointers what they are written as, in place. */
static void
narrow (guint64 *pointers, guint64 n)
{
  guint8 *to = (guint8 *) pointers;

  for (guint64 i = 0; i < n; i++)
    {
      const gint32 pointer = (gint32) pointers[i];

      memcpy (to + i * sizeof pointer, &pointer, sizeof pointer);
    }
}

static gboolean
write_pointers (AnnSparseSink *self, GCancellable *cancellable, GError **error)
{
  const guint64 length = self->n_lines + 1;
  const gboolean is_narrow = self->index_dtype == ANN_DTYPE_INT32
                             && self->pointers[self->n_lines] <= (guint64) G_MAXINT32;
  const gsize item_size = is_narrow ? sizeof (gint32) : sizeof (gint64);
  g_autoptr (AnnArrayWriter) array = NULL;

  array = _ann_write_add_array (self->writer, self->group, "indptr",
                                &(AnnNewArray){
                                    .dtype = is_narrow ? ANN_DTYPE_INT32 : ANN_DTYPE_INT64,
                                    .rank = 1,
                                    .shape = &length,
                                },
                                cancellable, error);
  if (array == NULL)
    return FALSE;
  if (is_narrow)
    narrow (self->pointers, length);
  for (guint64 start = 0; start < length; start += POINTERS_AT_ONCE)
    {
      const guint64 n = MIN (length - start, POINTERS_AT_ONCE);

      if (!_ann_array_writer_append (array, (const guint8 *) self->pointers + start * item_size, n,
                                     cancellable, error))
        return FALSE;
      _ann_write_add_done (self->writer, n * sizeof (guint64));
    }

  return _ann_array_writer_close (array, NULL, cancellable, error);
}

gboolean
_ann_sparse_sink_close (AnnSparseSink *self,
                        AnnElement *element,
                        GCancellable *cancellable,
                        GError **error)
{
  const gboolean by_rows = self->spec.kind == ANN_ELEMENT_CSR;
  g_autoptr (AnnAttributes) attributes = NULL;
  g_autoptr (AnnBuffer) shape = NULL;
  gint64 *lengths;

  g_return_val_if_fail (self->n_lines == ANN_LENGTH_UNKNOWN || self->n_done == self->n_lines,
                        FALSE);

  /* Entries have arrays of unknown length by now, also if there are none. */
  if (!add_arrays (self, cancellable, error))
    return FALSE;
  self->n_lines = self->n_done;
  self->spec.shape[by_rows ? 0 : 1] = self->n_lines;
  if (!_ann_array_writer_close (self->data, NULL, cancellable, error)
      || !_ann_array_writer_close (self->indices, NULL, cancellable, error)
      || !write_pointers (self, cancellable, error))
    return FALSE;

  attributes = _ann_write_attributes_new (
      self->writer, element, by_rows ? "csr_matrix" : "csc_matrix", "0.1.0", cancellable, error);
  if (attributes == NULL)
    return FALSE;
  shape = ann_buffer_new_vector (ANN_DTYPE_INT64, 2, error);
  if (shape == NULL)
    return FALSE;
  lengths = ann_buffer_get_data_for_writing (shape);
  lengths[0] = (gint64) self->spec.shape[0];
  lengths[1] = (gint64) self->spec.shape[1];
  ann_attributes_add_numbers (attributes, "shape", shape);

  return _ann_node_writer_close (self->group, attributes, cancellable, error);
}
