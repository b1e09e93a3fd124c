/* ann-digest-records.c: the digest of arrays of records, field by field
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-digest.h"

/* Records within records: nobody means more. */
#define MAX_NESTING 8

static gboolean digest_fields (AnnArray *records,
                               gboolean is_plain,
                               AnnJsonWriter *json,
                               guint nesting,
                               GCancellable *cancellable,
                               GError **error);

static gboolean
digest_items (AnnArray *field, AnnJsonWriter *json, GCancellable *cancellable, GError **error)
{
  gboolean is_opaque = ann_array_get_dtype (field) == ANN_DTYPE_OPAQUE;
  g_auto (AnnItemDigest) items = { 0 };

  ann_item_digest_init (&items, is_opaque ? ANN_DTYPE_UINT8 : ann_array_get_item_dtype (field),
                        !is_opaque);
  if (!ann_digest_items (field, &items, cancellable, error))
    return FALSE;

  ann_json_writer_string (json, is_opaque ? "opaque-array" : "vlen-array");
  ann_item_digest_write (&items, json);

  return TRUE;
}

static gboolean
digest_field (AnnArray *field,
              const char *name,
              gboolean is_plain,
              AnnJsonWriter *json,
              guint nesting,
              GCancellable *cancellable,
              GError **error)
{
  AnnDtype dtype = ann_array_get_dtype (field);
  gboolean is_text = dtype == ANN_DTYPE_STRING || dtype == ANN_DTYPE_BYTES;
  g_auto (AnnValueDigest) values = { 0 };
  g_auto (AnnTextDigest) texts = { 0 };

  ann_json_writer_name (json, "name");
  ann_json_writer_string (json, name);
  ann_json_writer_name (json, "kind");

  if (dtype == ANN_DTYPE_RECORD)
    {
      ann_json_writer_string (json, "rec-array");
      return digest_fields (field, is_plain, json, nesting + 1, cancellable, error);
    }
  if (dtype == ANN_DTYPE_OPAQUE || dtype == ANN_DTYPE_SEQUENCE)
    return digest_items (field, json, cancellable, error);
  if (dtype == ANN_DTYPE_OTHER)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "field %s has a type that cannot be read: %s", name,
                   ann_array_get_type_description (field));
      return FALSE;
    }

  ann_value_digest_init (&values, dtype);
  ann_text_digest_init (&texts);
  if (!ann_digest_array (field, is_text ? NULL : &values, &texts, cancellable, error))
    return FALSE;

  if (is_text)
    {
      ann_json_writer_string (json, is_plain && dtype == ANN_DTYPE_BYTES ? "bytes-array"
                                                                         : "string-array");
      ann_text_digest_write (&texts, json);
    }
  else
    {
      ann_json_writer_string (json, "array");
      ann_value_digest_write (&values, json);
    }

  return TRUE;
}

static gboolean
digest_fields (AnnArray *records,
               gboolean is_plain,
               AnnJsonWriter *json,
               guint nesting,
               GCancellable *cancellable,
               GError **error)
{
  g_auto (GStrv) names = ann_array_get_field_names (records);

  if (nesting > MAX_NESTING)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED, "records are nested more than %d deep",
                   MAX_NESTING);
      return FALSE;
    }

  ann_json_writer_name (json, "fields");
  ann_json_writer_begin_array (json, ANN_JSON_INLINE);
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      g_autoptr (AnnArray) field = ann_array_open_field (records, names[i], error);

      if (field == NULL)
        return FALSE;
      ann_json_writer_begin_object (json, ANN_JSON_INLINE);
      if (!digest_field (field, names[i], is_plain, json, nesting, cancellable, error))
        return FALSE;
      ann_json_writer_end_object (json);
    }
  ann_json_writer_end_array (json);

  return TRUE;
}

gboolean
ann_digest_records (AnnElement *records,
                    gboolean is_plain,
                    AnnJsonWriter *json,
                    GCancellable *cancellable,
                    GError **error)
{
  g_autoptr (AnnArray) array = ann_dup_first_array (records);

  ann_json_writer_name (json, "shape");
  ann_json_writer_shape (json, ann_element_get_rank (records), ann_element_get_shape (records));
  if (array == NULL)
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED, "has no stored records");
      return FALSE;
    }

  return digest_fields (array, is_plain, json, 0, cancellable, error);
}
