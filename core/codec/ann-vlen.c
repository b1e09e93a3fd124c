/* ann-vlen.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "codec/ann-vlen-private.h"

#include "base/ann-bytes-private.h"
#include "base/ann-error.h"

#define NUMBER_SIZE 4

/* @n_values is how many the chunk has by its shape. All of them have a length at least, so that
 * the count is no promise that memory could be taken for in vain.
 */
gboolean
_ann_vlen_reader_init (AnnVlenReader *self,
                       const guint8 *bytes,
                       gsize size,
                       guint64 n_values,
                       GError **error)
{
  if (size < NUMBER_SIZE)
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                           "The chunk is too short for the count of its values");
      return FALSE;
    }

  self->next = bytes + NUMBER_SIZE;
  self->n_bytes = size - NUMBER_SIZE;
  self->n_values = _ann_read_le32 (bytes);
  if (self->n_values != n_values)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   "The chunk says that it has %" G_GSIZE_FORMAT " values, where %" G_GUINT64_FORMAT
                   " belong",
                   self->n_values, n_values);
      return FALSE;
    }
  if (self->n_values > self->n_bytes / NUMBER_SIZE)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   "The chunk is too short for %" G_GSIZE_FORMAT " values", self->n_values);
      return FALSE;
    }

  return TRUE;
}

/* Takes the next value, which stays where it is. */
static gboolean
take_value (AnnVlenReader *self, const guint8 **value, gsize *length, GError **error)
{
  gsize n = 0;

  if (self->n_values > 0 && self->n_bytes >= NUMBER_SIZE)
    n = _ann_read_le32 (self->next);
  if (self->n_values == 0 || self->n_bytes < NUMBER_SIZE || n > self->n_bytes - NUMBER_SIZE)
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                           "The chunk ends within one of its values");
      return FALSE;
    }

  *value = self->next + NUMBER_SIZE;
  *length = n;
  self->next += NUMBER_SIZE + n;
  self->n_bytes -= NUMBER_SIZE + n;
  self->n_values--;

  return TRUE;
}

/* Passes over the next @n values. */
gboolean
_ann_vlen_reader_skip (AnnVlenReader *self, gsize n, GError **error)
{
  const guint8 *value;
  gsize length;

  for (gsize i = 0; i < n; i++)
    {
      if (!take_value (self, &value, &length, error))
        return FALSE;
    }

  return TRUE;
}

/* Appends the next @n values to @to. Each is made of items of @item_size bytes: 1 for texts. */
gboolean
_ann_vlen_reader_append (AnnVlenReader *self,
                         gsize n,
                         gsize item_size,
                         AnnStrings *to,
                         GError **error)
{
  for (gsize i = 0; i < n; i++)
    {
      const guint8 *value;
      gsize length;

      if (!take_value (self, &value, &length, error))
        return FALSE;
      if (length % item_size != 0)
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                       "A list of the chunk has %" G_GSIZE_FORMAT
                       " bytes, which are no items of %" G_GSIZE_FORMAT,
                       length, item_size);
          return FALSE;
        }
      if (!ann_strings_append (to, (const char *) value, (gssize) length, error))
        return FALSE;
    }

  return TRUE;
}
