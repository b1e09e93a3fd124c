/* ann-value-digest.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-value-digest.h"

#include <string.h>

/* Of more sequences than these, the lengths are not written out. */
#define N_LENGTHS_SHOWN 1000

void
ann_value_digest_init (AnnValueDigest *self, AnnDtype dtype)
{
  *self = (AnnValueDigest){ .dtype = dtype };
  ann_sha256_init (&self->checksum);
}

void
ann_value_digest_clear (AnnValueDigest *self)
{
  ann_sha256_clear (&self->checksum);
}

void
ann_value_digest_add (AnnValueDigest *self, gconstpointer values, gsize n_values)
{
  const guint8 *bytes = values;
  gsize size = ann_dtype_get_size (self->dtype);
  gsize n_last = MIN (n_values, ANN_DIGEST_N_ENDS);

  for (gsize i = 0; i < n_values && self->n_values + i < ANN_DIGEST_N_ENDS; i++)
    memcpy (self->first[self->n_values + i], bytes + i * size, size);
  for (gsize i = n_values - n_last; i < n_values; i++)
    memcpy (self->last[(self->n_values + i) % ANN_DIGEST_N_ENDS], bytes + i * size, size);
  self->n_values += n_values;

  ann_sha256_update_values (&self->checksum, self->dtype, values, n_values);
  ann_exact_sum_add_values (&self->sum, self->dtype, values, n_values);
}

void
ann_value_digest_write_ends (AnnValueDigest *self, AnnJsonWriter *json)
{
  guint64 n = MIN (self->n_values, ANN_DIGEST_N_ENDS);

  ann_json_writer_name (json, "first");
  ann_json_writer_begin_array (json, ANN_JSON_INLINE);
  for (guint64 i = 0; i < n; i++)
    ann_json_writer_value (json, self->dtype, self->first[i]);
  ann_json_writer_end_array (json);

  ann_json_writer_name (json, "last");
  ann_json_writer_begin_array (json, ANN_JSON_INLINE);
  for (guint64 i = self->n_values - n; i < self->n_values; i++)
    ann_json_writer_value (json, self->dtype, self->last[i % ANN_DIGEST_N_ENDS]);
  ann_json_writer_end_array (json);
}

/* The sum is text, so that no JSON reader rounds it. Complex numbers have none. */
void
ann_value_digest_write_sum (AnnValueDigest *self, AnnJsonWriter *json)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (ann_dtype_is_complex (self->dtype))
    return;

  ann_append_double (text, ann_exact_sum_get (&self->sum));
  ann_json_writer_name (json, "sum");
  ann_json_writer_string (json, text->str);
}

void
ann_value_digest_write_times (AnnValueDigest *self, const char *type, AnnJsonWriter *json)
{
  ann_json_writer_name (json, "dtype");
  ann_json_writer_string (json, type);
  ann_json_writer_name (json, "sha256");
  ann_json_writer_string (json, ann_sha256_get_text (&self->checksum));
  ann_value_digest_write_ends (self, json);
}

void
ann_value_digest_write (AnnValueDigest *self, AnnJsonWriter *json)
{
  ann_json_writer_name (json, "dtype");
  ann_json_writer_string (json, ann_dtype_get_numpy_name (self->dtype));
  ann_json_writer_name (json, "sha256");
  ann_json_writer_string (json, ann_sha256_get_text (&self->checksum));
  ann_value_digest_write_ends (self, json);
  ann_value_digest_write_sum (self, json);
  if (self->sum.n_nan > 0 || self->sum.n_inf > 0)
    {
      ann_json_writer_name (json, "nan");
      ann_json_writer_uint (json, self->sum.n_nan);
      ann_json_writer_name (json, "inf");
      ann_json_writer_uint (json, self->sum.n_inf);
    }
}

void
ann_text_digest_init (AnnTextDigest *self)
{
  *self = (AnnTextDigest){ 0 };
  ann_sha256_init (&self->checksum);
  ann_sha256_init (&self->mask_checksum);
  self->buffer = g_string_new (NULL);
}

static void
free_ends (GString **ends)
{
  for (guint i = 0; i < ANN_DIGEST_N_ENDS; i++)
    {
      if (ends[i] != NULL)
        g_string_free (g_steal_pointer (&ends[i]), TRUE);
    }
}

void
ann_text_digest_clear (AnnTextDigest *self)
{
  ann_sha256_clear (&self->checksum);
  ann_sha256_clear (&self->mask_checksum);
  if (self->buffer != NULL)
    g_string_free (g_steal_pointer (&self->buffer), TRUE);
  free_ends (self->first);
  free_ends (self->last);
}

/* @text is %NULL for a missing one. */
static void
keep_end (GString **end, const char *text, gsize length)
{
  if (text == NULL)
    {
      if (*end != NULL)
        g_string_free (g_steal_pointer (end), TRUE);
      return;
    }

  if (*end == NULL)
    *end = g_string_new (NULL);
  g_string_truncate (*end, 0);
  g_string_append_len (*end, text, (gssize) length);
}

static void
count_text (AnnTextDigest *self, const char *text, gsize length)
{
  guint8 missing = text == NULL;

  if (self->n_texts < ANN_DIGEST_N_ENDS)
    keep_end (&self->first[self->n_texts], text, length);
  keep_end (&self->last[self->n_texts % ANN_DIGEST_N_ENDS], text, length);
  ann_sha256_update (&self->mask_checksum, &missing, 1);

  self->n_texts++;
  self->n_missing += missing;
}

void
ann_text_digest_add (AnnTextDigest *self, const char *text, gsize length)
{
  g_string_truncate (self->buffer, 0);
  if (self->n_texts > 0)
    g_string_append_c (self->buffer, '\n');
  ann_append_text (self->buffer, text, length);
  ann_sha256_update (&self->checksum, self->buffer->str, self->buffer->len);
  count_text (self, text, length);
}

void
ann_text_digest_add_missing (AnnTextDigest *self)
{
  if (self->n_texts > 0)
    ann_sha256_update (&self->checksum, "\n", 1);
  count_text (self, NULL, 0);
}

static void
write_end (AnnJsonWriter *json, const GString *text)
{
  if (text == NULL)
    ann_json_writer_null (json);
  else
    ann_json_writer_bytes (json, text->str, text->len);
}

static void
write_first (AnnTextDigest *self, const char *name, AnnJsonWriter *json)
{
  guint64 n = MIN (self->n_texts, ANN_DIGEST_N_ENDS);

  ann_json_writer_name (json, name);
  ann_json_writer_begin_array (json, ANN_JSON_INLINE);
  for (guint64 i = 0; i < n; i++)
    write_end (json, self->first[i]);
  ann_json_writer_end_array (json);
}

gboolean
ann_text_digest_has_objects (const AnnTextDigest *self)
{
  return self->n_texts > 0 && self->n_objects == self->n_texts;
}

void
ann_text_digest_write_objects (AnnTextDigest *self, AnnJsonWriter *json)
{
  write_first (self, "repr", json);
  ann_json_writer_name (json, "length");
  ann_json_writer_uint (json, self->n_texts);
}

void
ann_text_digest_write (AnnTextDigest *self, AnnJsonWriter *json)
{
  guint64 n = MIN (self->n_texts, ANN_DIGEST_N_ENDS);

  ann_json_writer_name (json, "length");
  ann_json_writer_uint (json, self->n_texts);
  write_first (self, "first", json);
  ann_json_writer_name (json, "last");
  ann_json_writer_begin_array (json, ANN_JSON_INLINE);
  for (guint64 i = self->n_texts - n; i < self->n_texts; i++)
    write_end (json, self->last[i % ANN_DIGEST_N_ENDS]);
  ann_json_writer_end_array (json);
  ann_json_writer_name (json, "sha256");
  ann_json_writer_string (json, ann_sha256_get_text (&self->checksum));
  if (self->n_missing > 0)
    {
      ann_json_writer_name (json, "n_missing");
      ann_json_writer_uint (json, self->n_missing);
      ann_json_writer_name (json, "mask_sha256");
      ann_json_writer_string (json, ann_sha256_get_text (&self->mask_checksum));
    }
}

void
ann_item_digest_init (AnnItemDigest *self, AnnDtype item_dtype, gboolean is_variable)
{
  *self = (AnnItemDigest){ .item_dtype = item_dtype, .is_variable = is_variable };
  ann_sha256_init (&self->checksum);
  self->lengths = g_array_new (FALSE, FALSE, sizeof (guint64));
}

void
ann_item_digest_clear (AnnItemDigest *self)
{
  ann_sha256_clear (&self->checksum);
  g_clear_pointer (&self->lengths, g_array_unref);
}

void
ann_item_digest_add (AnnItemDigest *self, const char *bytes, gsize length)
{
  guint64 n_items = length / MAX (1, ann_dtype_get_size (self->item_dtype));

  if (self->is_variable && n_items == 0)
    ann_sha256_update (&self->checksum, "", 1);
  else
    ann_sha256_update_values (&self->checksum, self->item_dtype, bytes, n_items);
  if (self->n_values++ < N_LENGTHS_SHOWN)
    g_array_append_val (self->lengths, n_items);
}

void
ann_item_digest_write (AnnItemDigest *self, AnnJsonWriter *json)
{
  if (self->is_variable && self->n_values <= N_LENGTHS_SHOWN)
    {
      ann_json_writer_name (json, "lengths");
      ann_json_writer_begin_array (json, ANN_JSON_INLINE);
      for (guint i = 0; i < self->lengths->len; i++)
        ann_json_writer_uint (json, g_array_index (self->lengths, guint64, i));
      ann_json_writer_end_array (json);
    }
  ann_json_writer_name (json, "sha256");
  ann_json_writer_string (json, ann_sha256_get_text (&self->checksum));
}
