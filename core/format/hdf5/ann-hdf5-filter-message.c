/* ann-hdf5-filter-message.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-filter-message.h"

#include "base/ann-error.h"
#include "format/hdf5/ann-hdf5-structure.h"

#include <string.h>

/* Filters below this number have no name in version 2. */
#define FIRST_NAMED_FILTER 256

static gboolean
read_name (AnnHdf5Filter *filter, AnnHdf5Cursor *cursor, guint n_bytes)
{
  const guint8 *bytes;

  if (!_ann_hdf5_cursor_get_bytes (cursor, n_bytes, &bytes))
    return FALSE;

  n_bytes = MIN (n_bytes, sizeof filter->name - 1);
  memcpy (filter->name, bytes, n_bytes);
  filter->name[n_bytes] = '\0';
  if (!g_utf8_validate (filter->name, -1, NULL))
    filter->name[0] = '\0';

  return TRUE;
}

static gboolean
read_filter (AnnHdf5Filter *filter, AnnHdf5Cursor *cursor, guint version)
{
  guint16 id, n_name = 0, flags, n_values;

  if (!_ann_hdf5_cursor_get_u16 (cursor, &id)
      || ((version == 1 || id >= FIRST_NAMED_FILTER) && !_ann_hdf5_cursor_get_u16 (cursor, &n_name))
      || !_ann_hdf5_cursor_get_u16 (cursor, &flags) || !_ann_hdf5_cursor_get_u16 (cursor, &n_values)
      || !read_name (filter, cursor, version == 1 ? (n_name + 7u) & ~7u : n_name)
      || n_values > _ann_hdf5_cursor_get_left (cursor) / 4)
    return FALSE;

  filter->id = id;
  filter->flags = flags;
  filter->values = g_try_new (guint32, n_values);
  if (filter->values == NULL && n_values > 0)
    return FALSE;
  filter->n_values = n_values;
  for (guint i = 0; i < n_values; i++)
    {
      if (!_ann_hdf5_cursor_get_u32 (cursor, &filter->values[i]))
        return FALSE;
    }

  return version > 1 || n_values % 2 == 0 || _ann_hdf5_cursor_skip (cursor, 4);
}

gboolean
_ann_hdf5_filter_list_init (AnnHdf5FilterList *self,
                            AnnHdf5Cursor message,
                            const char *structure,
                            const char *path,
                            GError **error)
{
  guint8 version = 0, n_filters = 0;

  *self = (AnnHdf5FilterList){ 0 };
  if (!_ann_hdf5_cursor_get_u8 (&message, &version)
      || !_ann_hdf5_cursor_get_u8 (&message, &n_filters))
    return _ann_hdf5_set_damaged (error, path, structure, "its list of filters is cut off");
  if (version < 1 || version > 2)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: Its list of filters has version %u, which is not known here", path,
                   version);
      return FALSE;
    }
  if (n_filters > ANN_HDF5_MAX_FILTERS || (version == 1 && !_ann_hdf5_cursor_skip (&message, 6)))
    return _ann_hdf5_set_damaged (error, path, structure, "its list of filters is too long");

  self->n_filters = n_filters;
  for (guint i = 0; i < n_filters; i++)
    {
      if (!read_filter (&self->filters[i], &message, version))
        return _ann_hdf5_set_damaged (error, path, structure, "its list of filters is cut off");
    }

  return TRUE;
}

void
_ann_hdf5_filter_list_clear (AnnHdf5FilterList *self)
{
  for (guint i = 0; i < self->n_filters; i++)
    g_clear_pointer (&self->filters[i].values, g_free);
  self->n_filters = 0;
}
