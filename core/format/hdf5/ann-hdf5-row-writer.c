/* ann-hdf5-row-writer.c: texts and records, which libhdf5 puts into the file itself
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-array-writer-private.h"

#include "base/ann-scratch-private.h"
#include "format/hdf5/ann-hdf5-write-types.h"

#include <string.h>

/* So much is handed to libhdf5 at once, so that others wait for its lock no longer than that. */
#define BLOCK_SIZE ((gsize) 1 << 20)
#define MAX_BLOCK_ITEMS 16384

/* --- Records --- */

/* One field behind the other, without gaps. */
static hid_t
new_compound (const AnnFieldSpec *fields, const hid_t *types, gsize n_fields)
{
  g_auto (AnnHdf5Hid) type = H5I_INVALID_HID;
  gsize size = 0, offset = 0;

  for (gsize i = 0; i < n_fields; i++)
    size += H5Tget_size (types[i]);
  type = H5Tcreate (H5T_COMPOUND, size);

  for (gsize i = 0; type >= 0 && i < n_fields; i++)
    {
      if (H5Tinsert (type, fields[i].name, offset, types[i]) < 0)
        return H5I_INVALID_HID;
      offset += H5Tget_size (types[i]);
    }

  return _ann_hdf5_steal (&type);
}

/* Takes @base, of which each record has an array. */
static hid_t
new_array (hid_t base, const AnnFieldSpec *spec)
{
  g_auto (AnnHdf5Hid) owned = base;
  hsize_t shape[ANN_MAX_RANK];

  if (spec->rank == 0 || owned < 0)
    return _ann_hdf5_steal (&owned);
  for (guint i = 0; i < spec->rank; i++)
    shape[i] = spec->shape[i];

  return H5Tarray_create2 (owned, spec->rank, shape);
}

/* The next field that is no record: its values come behind those of the last. */
static gboolean
add_field (AnnHdf5ArrayWriter *self, const AnnFieldSpec *spec, hid_t *type, hid_t *memory)
{
  const gboolean is_text = spec->dtype == ANN_DTYPE_STRING && spec->item_size == 0;
  AnnHdf5Field *field = &self->fields[self->n_fields++];

  *type = _ann_hdf5_new_file_type (spec->dtype, spec->item_size);
  if (is_text)
    *memory = _ann_hdf5_new_memory_text ();
  else if (ann_dtype_comes_as_strings (spec->dtype))
    *memory = H5Tcopy (*type);
  else
    *memory = _ann_hdf5_new_memory_type (spec->dtype);
  if (*type < 0 || *memory < 0)
    return FALSE;

  *field = (AnnHdf5Field){ .dtype = spec->dtype,
                           .item_size = spec->item_size,
                           .n_values = 1,
                           .offset = self->record_size,
                           .size = is_text ? sizeof (hvl_t) : H5Tget_size (*memory) };
  *type = new_array (*type, spec);
  *memory = new_array (*memory, spec);
  if (*type < 0 || *memory < 0)
    return FALSE;
  for (guint i = 0; i < spec->rank; i++)
    field->n_values *= (gsize) spec->shape[i];
  self->record_size += field->n_values * field->size;

  return TRUE;
}

/* The types of records in the file and in memory. */
static gboolean
make_types (AnnHdf5ArrayWriter *self,
            const AnnFieldSpec *fields,
            gsize n_fields,
            hid_t *type,
            hid_t *memory)
{
  g_autofree hid_t *types = g_new0 (hid_t, n_fields);
  g_autofree hid_t *in_memory = g_new0 (hid_t, n_fields);
  gboolean is_made = TRUE;

  for (gsize i = 0; is_made && i < n_fields; i++)
    is_made = fields[i].dtype == ANN_DTYPE_RECORD
                  ? make_types (self, fields[i].fields, fields[i].n_fields, &types[i],
                                &in_memory[i])
                  : add_field (self, &fields[i], &types[i], &in_memory[i]);
  if (is_made)
    {
      *type = new_compound (fields, types, n_fields);
      *memory = new_compound (fields, in_memory, n_fields);
    }
  for (gsize i = 0; i < n_fields; i++)
    {
      _ann_hdf5_close (types[i]);
      _ann_hdf5_close (in_memory[i]);
    }

  return is_made && *type >= 0 && *memory >= 0;
}

static gsize
count_fields (const AnnFieldSpec *fields, gsize n_fields)
{
  gsize n = 0;

  for (gsize i = 0; i < n_fields; i++)
    n += fields[i].dtype == ANN_DTYPE_RECORD ? count_fields (fields[i].fields, fields[i].n_fields)
                                             : 1;

  return n;
}

gboolean
_ann_hdf5_array_writer_set_fields (AnnHdf5ArrayWriter *self, const AnnArraySpec *spec)
{
  self->fields = g_new0 (AnnHdf5Field, count_fields (spec->fields, spec->n_fields));

  return make_types (self, spec->fields, spec->n_fields, &self->type, &self->memory);
}

/* --- Values as libhdf5 takes them --- */

/* Puts a text into @item_size bytes, filled with NUL. */
static gboolean
copy_fixed (const AnnStrings *texts, gsize index, guint8 *to, gsize item_size, GError **error)
{
  gsize length;
  const char *text = ann_strings_get (texts, index, &length);

  if (length > item_size)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
                   "Value %" G_GSIZE_FORMAT " has %" G_GSIZE_FORMAT
                   " bytes, where there is room for %" G_GSIZE_FORMAT,
                   index, length, item_size);
      return FALSE;
    }
  memcpy (to, text, length);
  memset (to + length, 0, item_size - length);

  return TRUE;
}

static gboolean
copy_text (const AnnStrings *texts, gsize index, guint8 *to, gsize item_size, GError **error)
{
  hvl_t value;

  if (item_size > 0)
    return copy_fixed (texts, index, to, item_size, error);

  value.p = (gpointer) ann_strings_get (texts, index, &value.len);
  memcpy (to, &value, sizeof value);

  return TRUE;
}

static gboolean
copy_field (const AnnHdf5Field *field,
            const AnnFieldValues *from,
            gsize first,
            gsize n,
            guint8 *to,
            gsize record_size,
            GError **error)
{
  const guint8 *values = from->texts == NULL ? ann_buffer_get_data (from->values) : NULL;
  const gsize size = field->n_values * field->size;

  to += field->offset;
  for (gsize i = first; i < first + n; i++, to += record_size)
    {
      if (values != NULL)
        memcpy (to, values + i * size, size);
      for (gsize k = 0; values == NULL && k < field->n_values; k++)
        if (!copy_text (from->texts, i * field->n_values + k, to + k * field->size,
                        field->item_size, error))
          return FALSE;
    }

  return TRUE;
}

/* --- Writing --- */

/* The elements of a dataset, or some rows of it. */
static hid_t
select_rows (AnnHdf5ArrayWriter *self, guint64 n_rows)
{
  const AnnArraySpec *spec = _ann_array_writer_get_spec (ANN_ARRAY_WRITER (self));
  g_auto (AnnHdf5Hid) space = H5Dget_space (self->dataset);
  hsize_t start[ANN_MAX_RANK] = { 0 }, count[ANN_MAX_RANK];

  if (spec->rank == 0)
    return _ann_hdf5_steal (&space);

  for (guint i = 1; i < spec->rank; i++)
    count[i] = spec->shape[i];
  start[0] = self->n_written;
  count[0] = n_rows;
  if (space < 0 || H5Sselect_hyperslab (space, H5S_SELECT_SET, start, NULL, count, NULL) < 0)
    return H5I_INVALID_HID;

  return _ann_hdf5_steal (&space);
}

static gboolean
write_rows (AnnHdf5ArrayWriter *self, guint64 n_rows, gsize n_items, const void *values)
{
  const hsize_t length = n_items;
  g_auto (AnnHdf5Hid) memory_space = H5Screate_simple (1, &length, NULL);
  g_auto (AnnHdf5Hid) space = H5I_INVALID_HID;

  if (memory_space < 0 || (self->dataset < 0 && !_ann_hdf5_array_writer_make_growing (self))
      || !_ann_hdf5_array_writer_extend (self, self->n_written + n_rows))
    return FALSE;
  space = select_rows (self, n_rows);
  if (space < 0
      || H5Dwrite (self->dataset, self->memory >= 0 ? self->memory : self->type, memory_space,
                   space, H5P_DEFAULT, values)
             < 0)
    return FALSE;
  self->n_written += n_rows;

  return TRUE;
}

/* A caller that fills a block: @n items from @first on. */
typedef gboolean (*FillFunc) (AnnHdf5ArrayWriter *self,
                              gconstpointer from,
                              gsize first,
                              gsize n,
                              guint8 *to,
                              GError **error);

static gboolean
append_rows (AnnHdf5ArrayWriter *self,
             guint64 n_rows,
             gsize row_items,
             gsize item_size,
             FillFunc fill,
             gconstpointer from,
             GCancellable *cancellable,
             GError **error)
{
  const char *path = _ann_array_writer_get_path (ANN_ARRAY_WRITER (self));
  gsize max_items = MIN (BLOCK_SIZE / MAX (item_size, 1), MAX_BLOCK_ITEMS);
  guint64 block_rows = MAX (max_items / MAX (row_items, 1), 1);
  g_auto (AnnScratch) block = { NULL, 0 };
  gsize size;

  block_rows = MIN (block_rows, n_rows);
  if (!g_size_checked_mul (&size, block_rows * row_items, item_size)
      || !_ann_scratch_reserve (&block, size, error))
    return FALSE;

  for (guint64 row = 0; row < n_rows; row += block_rows)
    {
      guint64 n = MIN (block_rows, n_rows - row);
      G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = NULL;

      if (!fill (self, from, row * row_items, n * row_items, block.data, error))
        {
          g_prefix_error (error, "%s: ", path);
          return FALSE;
        }
      lock = _ann_hdf5_lock ();
      if (!_ann_hdf5_output_check (self->output, path, cancellable, error))
        return FALSE;
      if (!write_rows (self, n, n * row_items, block.data))
        return _ann_hdf5_output_fail (self->output, path, "The values cannot be written", error);
    }

  return TRUE;
}

static gsize
get_row_items (const AnnArraySpec *spec)
{
  gsize n = 1;

  for (guint i = 1; i < spec->rank; i++)
    n *= spec->shape[i];

  return n;
}

static gboolean
fill_texts (AnnHdf5ArrayWriter *self,
            gconstpointer from,
            gsize first,
            gsize n,
            guint8 *to,
            GError **error)
{
  gsize item_size = _ann_array_writer_get_spec (ANN_ARRAY_WRITER (self))->item_size;
  gsize stride = item_size > 0 ? item_size : sizeof (hvl_t);

  for (gsize i = 0; i < n; i++)
    {
      if (!copy_text (from, first + i, to + i * stride, item_size, error))
        return FALSE;
    }

  return TRUE;
}

gboolean
_ann_hdf5_array_writer_append_texts (AnnArrayWriter *writer,
                                     AnnStrings *texts,
                                     GCancellable *cancellable,
                                     GError **error)
{
  AnnHdf5ArrayWriter *self = ANN_HDF5_ARRAY_WRITER (writer);
  const AnnArraySpec *spec = _ann_array_writer_get_spec (writer);
  const gsize row_items = get_row_items (spec);

  return append_rows (self, ann_strings_get_length (texts) / MAX (row_items, 1), row_items,
                      spec->item_size > 0 ? spec->item_size : sizeof (hvl_t), fill_texts, texts,
                      cancellable, error);
}

static gboolean
fill_records (AnnHdf5ArrayWriter *self,
              gconstpointer from,
              gsize first,
              gsize n,
              guint8 *to,
              GError **error)
{
  const AnnFieldValues *fields = from;

  for (gsize i = 0; i < self->n_fields; i++)
    {
      if (!copy_field (&self->fields[i], &fields[i], first, n, to, self->record_size, error))
        return FALSE;
    }

  return TRUE;
}

gboolean
_ann_hdf5_array_writer_append_records (AnnArrayWriter *writer,
                                       const AnnFieldValues *fields,
                                       guint64 n,
                                       GCancellable *cancellable,
                                       GError **error)
{
  AnnHdf5ArrayWriter *self = ANN_HDF5_ARRAY_WRITER (writer);

  return append_rows (self, n, get_row_items (_ann_array_writer_get_spec (writer)),
                      self->record_size, fill_records, fields, cancellable, error);
}
