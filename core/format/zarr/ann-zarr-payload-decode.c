/* ann-zarr-payload-decode.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/zarr/ann-zarr-payload-private.h"

#include "base/ann-bytes-private.h"
#include "base/ann-error.h"
#include "codec/ann-codec-chain-private.h"

#include <string.h>

static gboolean
fail (const char *what, GError **error)
{
  g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT, "the values of variable length are damaged: %s",
               what);

  return FALSE;
}

/* Walks over all the runs once, so that nobody else has to check. */
static gboolean
check_runs (const guint8 *bytes, gsize size, GError **error)
{
  gsize at = 4;
  guint32 n;

  if (size < 4)
    return fail ("there is no count of them", error);

  n = _ann_read_le32 (bytes);
  if (n > (size - 4) / 4)
    return fail ("there are fewer than their count says", error);
  for (guint32 i = 0; i < n; i++)
    {
      guint32 length;

      if (size - at < 4)
        return fail ("there are fewer than their count says", error);
      length = _ann_read_le32 (bytes + at);
      at += 4;
      if (length > size - at)
        return fail ("one is longer than what is left", error);
      at += length;
    }

  return TRUE;
}

/* --- A list in JSON --- */

static void
append_run (GByteArray *runs, const void *bytes, gsize length, gboolean is_object)
{
  const guint32 stored = GUINT32_TO_LE (
      (guint32) (length | (is_object ? ANN_ZARR_RUN_IS_OBJECT : 0)));

  g_byte_array_append (runs, (const guint8 *) &stored, sizeof stored);
  g_byte_array_append (runs, bytes, (guint) length);
}

/* The text of an item: truth values as Python writes them, what else is no text as JSON does; null
 * is the empty text. Sets @is_object for the former and for numbers. (nullable)
 */
static char *
dup_item (AnnJsonValue value, gsize *length, gboolean *is_object)
{
  const AnnJsonKind kind = _ann_json_get_kind (value);
  char *text = NULL;

  *length = 0;
  *is_object = kind == ANN_JSON_TRUE || kind == ANN_JSON_FALSE || kind == ANN_JSON_NUMBER;
  if (kind == ANN_JSON_STRING)
    return _ann_json_dup_string (value, length);
  if (kind == ANN_JSON_NULL)
    return NULL;

  if (kind == ANN_JSON_TRUE || kind == ANN_JSON_FALSE)
    text = g_strdup (kind == ANN_JSON_TRUE ? "True" : "False");
  else
    text = _ann_json_dup_text (value, G_MAXUINT32 / 2);
  *length = strlen (text);

  return text;
}

/* The items that are @depth lists deep. Returns: how many there were */
static guint32
append_items (GByteArray *runs, AnnJsonValue value, guint depth)
{
  g_autofree char *text = NULL;
  gboolean is_object;
  gsize length;
  AnnJsonIter iter;
  guint32 n = 0;

  if (depth > 0 && _ann_json_get_kind (value) == ANN_JSON_ARRAY)
    {
      _ann_json_iter_init (&iter, value);
      while (_ann_json_iter_next (&iter))
        n += append_items (runs, iter.value, depth - 1);
      return n;
    }

  text = dup_item (value, &length, &is_object);
  append_run (runs, text != NULL ? text : "", length, is_object);

  return 1;
}

/* numcodecs' json2 ends its list with the type and the shape, which are no values. */
static GByteArray *
take_items (AnnJsonValue list)
{
  const guint32 n_lists = _ann_json_get_length (list) - 2;
  const guint rank = _ann_json_get_length (_ann_json_get_item (list, n_lists + 1));
  GByteArray *runs = g_byte_array_new ();
  AnnJsonIter iter;
  guint32 n = 0;

  g_byte_array_append (runs, (const guint8 *) &n, sizeof n);
  _ann_json_iter_init (&iter, list);
  for (guint32 i = 0; i < n_lists && _ann_json_iter_next (&iter); i++)
    n += append_items (runs, iter.value, MAX (rank, 1) - 1);
  n = GUINT32_TO_LE (n);
  memcpy (runs->data, &n, sizeof n);

  return runs;
}

static AnnBuffer *
convert_json (AnnBuffer *payload, GError **error)
{
  g_autoptr (GBytes) text = g_bytes_new_static (ann_buffer_get_data (payload),
                                                ann_buffer_get_size (payload));
  g_autoptr (AnnJson) json = _ann_json_parse (text, error);
  g_autoptr (GByteArray) runs = NULL;
  AnnBuffer *result;

  if (json == NULL)
    return NULL;
  if (_ann_json_get_kind (_ann_json_get_root (json)) != ANN_JSON_ARRAY
      || _ann_json_get_length (_ann_json_get_root (json)) < 2)
    {
      fail ("they are no list", error);
      return NULL;
    }

  runs = take_items (_ann_json_get_root (json));
  result = ann_buffer_new_vector (ANN_DTYPE_UINT8, runs->len, error);
  if (result != NULL)
    memcpy (ann_buffer_get_data_for_writing (result), runs->data, runs->len);

  return result;
}

static AnnBuffer *
decode (const AnnCodecChain *chain, const guint8 *src, gsize src_size, GError **error)
{
  gsize size;
  g_autofree guint8 *bytes = _ann_codec_chain_decode_unsized (chain, src, src_size, 0,
                                                              ANN_ZARR_MAX_PAYLOAD, &size, error);
  AnnBuffer *payload = bytes != NULL ? ann_buffer_new_vector (ANN_DTYPE_UINT8, size, error) : NULL;

  if (payload != NULL && size > 0)
    memcpy (ann_buffer_get_data_for_writing (payload), bytes, size);

  return payload;
}

AnnBuffer *
_ann_zarr_payload_decode (const AnnZarrCodecs *codecs,
                          const guint8 *src,
                          gsize src_size,
                          GError **error)
{
  g_autoptr (AnnBuffer) payload = decode (codecs->chain, src, src_size, error);

  if (payload != NULL && codecs->is_json)
    {
      g_autoptr (AnnBuffer) text = g_steal_pointer (&payload);

      return convert_json (text, error);
    }
  if (payload == NULL
      || !check_runs (ann_buffer_get_data (payload), ann_buffer_get_size (payload), error))
    return NULL;

  return g_steal_pointer (&payload);
}
