/* ann-zarr-strings.c: texts, and other runs of bytes
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/zarr/ann-zarr-array-private.h"

#include "base/ann-error.h"

#include <string.h>

typedef struct {
  const AnnZarrType *type;
  AnnStrings *result;
  GString *text;
} Appender;

static void
append_code_points (GString *text, const AnnZarrType *type, const guint8 *value)
{
  gsize n = type->size / 4;

  for (; n > 0; n--)
    {
      guint32 point;

      memcpy (&point, value + 4 * (n - 1), sizeof point);
      if (point != 0)
        break;
    }
  for (gsize i = 0; i < n; i++)
    {
      guint32 point;

      memcpy (&point, value + 4 * i, sizeof point);
      if (type->is_swapped)
        point = GUINT32_SWAP_LE_BE (point);
      /* Surrogates and what is beyond Unicode have no form in UTF-8. */
      g_string_append_unichar (text, g_unichar_validate (point) ? point : 0xfffd);
    }
}

static gboolean
append_value (const guint8 *value, gpointer user_data, GError **error)
{
  Appender *appender = user_data;
  gsize length = appender->type->size;

  switch ((int) appender->type->kind)
    {
    case ANN_ZARR_UTF32:
      g_string_truncate (appender->text, 0);
      append_code_points (appender->text, appender->type, value);
      return ann_strings_append (appender->result, appender->text->str,
                                 (gssize) appender->text->len, error);

    case ANN_ZARR_BYTES:
      while (length > 0 && value[length - 1] == 0)
        length--;
      return ann_strings_append (appender->result, (const char *) value, (gssize) length, error);

    default:
      return ann_strings_append (appender->result, (const char *) value, (gssize) length, error);
    }
}

AnnStrings *
_ann_zarr_array_read_strings (AnnArray *array,
                              const AnnBox *box,
                              GCancellable *cancellable,
                              GError **error)
{
  AnnZarrArray *self = ANN_ZARR_ARRAY (array);
  g_autoptr (AnnStrings) result = NULL;
  g_autoptr (GString) text = NULL;
  gsize n;

  if (ann_box_get_n_elements (box, &n) && n == 0)
    return ann_strings_new ();
  if (self->type->kind == ANN_ZARR_OBJECT)
    return _ann_zarr_payload_read (self, box, cancellable, error);

  result = ann_strings_new ();
  text = g_string_new (NULL);
  if (!_ann_zarr_records_foreach (self, box, append_value, &(Appender){ self->type, result, text },
                                  cancellable, error))
    return NULL;

  return g_steal_pointer (&result);
}
