/* ann-hdf5-dataspace.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-dataspace.h"

#include "format/hdf5/ann-hdf5-structure.h"

#define HAS_MAX_SHAPE 0x01

/* What version 2 says of the kind. */
enum { SCALAR, SIMPLE, NULL_SPACE };

static gboolean
read_axes (AnnHdf5Dataspace *self, AnnHdf5Cursor *cursor, guint flags)
{
  for (guint i = 0; i < self->rank; i++)
    {
      if (!_ann_hdf5_cursor_get_length (cursor, &self->shape[i]) || self->shape[i] == G_MAXUINT64)
        return FALSE;
      self->max_shape[i] = self->shape[i];
    }

  for (guint i = 0; i < self->rank && (flags & HAS_MAX_SHAPE) != 0; i++)
    {
      if (!_ann_hdf5_cursor_get_length (cursor, &self->max_shape[i])
          || self->max_shape[i] < self->shape[i])
        return FALSE;
    }

  return TRUE;
}

gboolean
_ann_hdf5_dataspace_init (AnnHdf5Dataspace *self,
                          AnnHdf5Cursor *cursor,
                          const char *path,
                          GError **error)
{
  guint8 version, rank, flags, kind;

  *self = (AnnHdf5Dataspace){ .is_null = FALSE };
  if (!_ann_hdf5_cursor_get_u8 (cursor, &version) || !_ann_hdf5_cursor_get_u8 (cursor, &rank)
      || !_ann_hdf5_cursor_get_u8 (cursor, &flags) || !_ann_hdf5_cursor_get_u8 (cursor, &kind)
      || version < 1 || version > 2 || rank > ANN_MAX_RANK
      || (version == 1 && !_ann_hdf5_cursor_skip (cursor, 4)))
    return _ann_hdf5_set_damaged (error, path, "shape", "it makes no sense");

  if (version == 1)
    kind = rank == 0 ? SCALAR : SIMPLE;
  self->rank = rank;
  self->is_null = kind == NULL_SPACE;
  self->is_scalar = kind == SCALAR;
  if (kind > NULL_SPACE || (kind != SIMPLE && rank > 0) || !read_axes (self, cursor, flags))
    return _ann_hdf5_set_damaged (error, path, "shape", "it makes no sense");

  return TRUE;
}
