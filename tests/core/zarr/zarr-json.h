/* zarr-json.h: documents are compared, for tests
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-json-private.h"

/* Whether they say the same, in whatever order. */
static inline gboolean
json_equal (AnnJsonValue a, AnnJsonValue b)
{
  const AnnJsonKind kind = _ann_json_get_kind (a);
  g_autofree char *text_a = _ann_json_dup_text (a, G_MAXSIZE);
  g_autofree char *text_b = _ann_json_dup_text (b, G_MAXSIZE);
  AnnJsonIter iter;
  guint i = 0;

  if (kind != _ann_json_get_kind (b) || _ann_json_get_length (a) != _ann_json_get_length (b))
    return FALSE;
  if (kind != ANN_JSON_ARRAY && kind != ANN_JSON_OBJECT)
    return g_str_equal (text_a, text_b);

  _ann_json_iter_init (&iter, a);
  while (_ann_json_iter_next (&iter))
    {
      g_autofree char *name = _ann_json_dup_string (iter.name, NULL);

      if (!json_equal (iter.value, kind == ANN_JSON_OBJECT ? _ann_json_get_member (b, name)
                                                           : _ann_json_get_item (b, i)))
        return FALSE;
      i++;
    }

  return TRUE;
}

static inline AnnJson *
json_parse (GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  AnnJson *json = _ann_json_parse (bytes, &error);

  g_assert_no_error (error);

  return json;
}
