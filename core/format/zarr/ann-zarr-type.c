/* ann-zarr-type.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/zarr/ann-zarr-type-private.h"

#include "array/ann-box-copy-private.h"
#include "base/ann-error.h"

#include <string.h>

static void
free_field (gpointer data)
{
  AnnZarrField *field = data;

  g_free (field->name);
  g_clear_pointer (&field->type, _ann_zarr_type_free);
  g_free (field->shape);
  g_free (field);
}

AnnZarrType *
_ann_zarr_type_new (AnnZarrKind kind, AnnDtype dtype, gsize size, gsize unit, char *description)
{
  AnnZarrType *self = g_new0 (AnnZarrType, 1);

  self->kind = kind;
  self->dtype = dtype;
  self->size = size;
  self->unit = unit;
  self->description = description;

  return self;
}

AnnZarrType *
_ann_zarr_type_new_number (AnnDtype dtype, char *description)
{
  const gsize size = ann_dtype_get_size (dtype);
  const gsize unit = ann_dtype_is_complex (dtype) ? size / 2 : size;

  return _ann_zarr_type_new (ANN_ZARR_NUMBER, dtype, size, unit > 1 ? unit : 0, description);
}

AnnZarrType *
_ann_zarr_type_new_fixed (AnnZarrKind kind, guint64 length, char *description, GError **error)
{
  const AnnDtype dtype = kind == ANN_ZARR_UTF32   ? ANN_DTYPE_STRING
                         : kind == ANN_ZARR_BYTES ? ANN_DTYPE_BYTES
                                                  : ANN_DTYPE_OPAQUE;
  const gsize unit = kind == ANN_ZARR_UTF32 ? 4 : 1;

  if (length > ANN_ZARR_MAX_ITEM_SIZE / unit)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "values of %" G_GUINT64_FORMAT " bytes are larger than what is read", length);
      g_free (description);
      return NULL;
    }

  return _ann_zarr_type_new (kind, dtype, (gsize) length * unit, unit > 1 ? unit : 0, description);
}

AnnZarrType *
_ann_zarr_type_new_record (char *description)
{
  AnnZarrType *self = _ann_zarr_type_new (ANN_ZARR_RECORD, ANN_DTYPE_RECORD, 0, 0, description);

  self->fields = g_ptr_array_new_with_free_func (free_field);

  return self;
}

/* Behind the fields that are there. Takes @name, and @type in any case. */
gboolean
_ann_zarr_type_add_field (AnnZarrType *self,
                          char *name,
                          AnnZarrType *type,
                          guint rank,
                          const guint64 *shape,
                          GError **error)
{
  AnnZarrField *field = g_new0 (AnnZarrField, 1);
  gsize size = type->size;
  gboolean fits = TRUE;

  field->name = name;
  field->type = type;
  field->offset = self->size;
  field->rank = rank;
  field->shape = g_memdup2 (shape, rank * sizeof *shape);
  g_ptr_array_add (self->fields, field);

  for (guint i = 0; i < rank; i++)
    fits = fits && g_size_checked_mul (&size, size, shape[i]);
  if (fits && g_size_checked_add (&self->size, self->size, size)
      && self->size <= ANN_ZARR_MAX_ITEM_SIZE)
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE, "its records are larger than what is read");

  return FALSE;
}

/* A record of which something is not known cannot be cut into fields. */
void
_ann_zarr_type_finish_record (AnnZarrType *self)
{
  for (guint i = 0; i < self->fields->len; i++)
    {
      const AnnZarrField *field = g_ptr_array_index (self->fields, i);

      if (field->type->kind == ANN_ZARR_UNKNOWN || field->type->kind == ANN_ZARR_OBJECT)
        {
          self->kind = ANN_ZARR_UNKNOWN;
          self->dtype = ANN_DTYPE_OTHER;
          self->size = 0;
        }
    }
}

void
_ann_zarr_type_free (AnnZarrType *self)
{
  g_clear_pointer (&self->fields, g_ptr_array_unref);
  g_free (self->description);
  g_free (self);
}

static void
append_description (AnnZarrType *self, const char *text)
{
  char *description = g_strconcat (self->description, text, NULL);

  g_free (self->description);
  self->description = description;
}

void
_ann_zarr_type_set_big_endian (AnnZarrType *self, gboolean is_big_endian)
{
  if (self->unit > 0)
    {
      self->is_swapped = is_big_endian != (G_BYTE_ORDER == G_BIG_ENDIAN);
      if (is_big_endian)
        append_description (self, ", big-endian");
    }
  for (guint i = 0; self->fields != NULL && i < self->fields->len; i++)
    _ann_zarr_type_set_big_endian (((AnnZarrField *) g_ptr_array_index (self->fields, i))->type,
                                   is_big_endian);
}

void
_ann_zarr_type_set_object (AnnZarrType *self, AnnDtype dtype, const char *description)
{
  self->kind = ANN_ZARR_OBJECT;
  self->dtype = dtype;
  g_free (self->description);
  self->description = g_strdup (description);
}

const AnnZarrField *
_ann_zarr_type_find_field (const AnnZarrType *self, const char *name)
{
  for (guint i = 0; self->fields != NULL && i < self->fields->len; i++)
    {
      const AnnZarrField *field = g_ptr_array_index (self->fields, i);

      if (g_str_equal (field->name, name))
        return field;
    }

  return NULL;
}

static void
swap_units (guint8 *bytes, gsize n_bytes, gsize unit)
{
  for (gsize i = 0; i + unit <= n_bytes; i += unit)
    {
      for (gsize j = 0; j < unit / 2; j++)
        {
          const guint8 byte = bytes[i + j];

          bytes[i + j] = bytes[i + unit - 1 - j];
          bytes[i + unit - 1 - j] = byte;
        }
    }
}

void
_ann_zarr_type_convert (const AnnZarrType *self,
                        const guint8 *from,
                        gsize stride,
                        gsize n,
                        guint8 *to)
{
  for (gsize i = 0; i < n; i++)
    _ann_copy_run (to + i * self->size, from + i * stride, self->size);
  if (self->is_swapped)
    swap_units (to, n * self->size, self->unit);
}
