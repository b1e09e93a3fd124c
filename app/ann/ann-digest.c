/* ann-digest.c: one element in the fields that fixtures and scripts know
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-digest.h"

#include <string.h>

/* So many categories are written out, and so many counts. */
#define N_CATEGORIES_SHOWN 50

/* A row larger than this is read by pieces of the stored array. Tests make it small. */
#ifndef ROW_SIZE_MAX
#define ROW_SIZE_MAX (32 * 1024 * 1024)
#endif

static void
write_kind (AnnJsonWriter *json, const char *kind)
{
  ann_json_writer_name (json, "kind");
  ann_json_writer_string (json, kind);
}

static void
write_shape (AnnJsonWriter *json, AnnElement *element)
{
  ann_json_writer_name (json, "shape");
  ann_json_writer_shape (json, ann_element_get_rank (element), ann_element_get_shape (element));
}

static void
write_checksum (AnnJsonWriter *json, const char *name, AnnSha256 *checksum)
{
  ann_json_writer_name (json, name);
  ann_json_writer_string (json, ann_sha256_get_text (checksum));
}

static gboolean
check_values (const AnnBlock *block, AnnDtype dtype, GError **error)
{
  if (block->values != NULL && ann_buffer_get_dtype (block->values) == dtype)
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED, "has no values of type %s",
               ann_dtype_get_name (dtype));

  return FALSE;
}

static gboolean
add_numbers (const AnnBlock *block, gpointer user_data, GError **error)
{
  AnnValueDigest *digest = user_data;

  if (!check_values (block, digest->dtype, error))
    return FALSE;
  ann_value_digest_add (digest, ann_buffer_get_data (block->values),
                        ann_buffer_get_n_elements (block->values));

  return TRUE;
}

static gboolean
add_texts (const AnnBlock *block, gpointer user_data, GError **error)
{
  return ann_digest_add_texts (user_data, block, error);
}

static gboolean
read_numbers (AnnElement *element,
              AnnValueDigest *digest,
              GCancellable *cancellable,
              GError **error)
{
  guint64 size = ann_dtype_get_size (digest->dtype);
  guint64 width = ann_element_get_width (element);

  if (width > ROW_SIZE_MAX / MAX (1, size))
    {
      g_autoptr (AnnArray) array = ann_dup_first_array (element);

      if (array != NULL)
        return ann_digest_array (array, digest, NULL, cancellable, error);
    }

  return ann_digest_each_block (element, add_numbers, digest, cancellable, error);
}

/* Times are integers whose type says of what: `datetime64[ns]`. (nullable) */
static const char *
get_time_type (AnnArray *array)
{
  const char *type = ann_array_get_type_description (array);

  return ann_array_get_dtype (array) == ANN_DTYPE_INT64
                 && (g_str_has_prefix (type, "datetime64")
                     || g_str_has_prefix (type, "timedelta64"))
             ? type
             : NULL;
}

static gboolean
digest_dense (AnnElement *element, AnnJsonWriter *json, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnArray) array = ann_dup_first_array (element);
  const char *time_type = array != NULL ? get_time_type (array) : NULL;
  g_auto (AnnValueDigest) digest = { 0 };

  ann_value_digest_init (&digest, ann_element_get_dtype (element));
  if (!read_numbers (element, &digest, cancellable, error))
    return FALSE;

  write_kind (json, time_type != NULL ? "datetime-array" : "array");
  write_shape (json, element);
  if (time_type != NULL)
    ann_value_digest_write_times (&digest, time_type, json);
  else
    ann_value_digest_write (&digest, json);

  return TRUE;
}

/* Whether it is one of the fields of an array of records, and has no node of its own. */
static gboolean
is_field (AnnElement *element)
{
  AnnNode *node = ann_element_get_node (element);

  return node != NULL && strcmp (ann_node_get_path (node), ann_element_get_path (element)) != 0;
}

/* Fixed-length bytes are what many writers make of text. Only an array that is marked as one of
 * values, not of texts, means bytes; in Zarr, which has texts of fixed length too, also one in a
 * store that is no AnnData or an old one.
 */
static gboolean
is_bytes (AnnElement *element, AnnDigestRules rules)
{
  const char *encoding = ann_element_get_encoding_type (element);
  g_autoptr (AnnArray) array = NULL;

  if (ann_element_get_dtype (element) != ANN_DTYPE_BYTES)
    return FALSE;
  if (strcmp (encoding, "array") == 0)
    return TRUE;
  if (*encoding != '\0' || (rules & ANN_DIGEST_ZARR) == 0
      || ((rules & ANN_DIGEST_PLAIN) == 0 && ((rules & ANN_DIGEST_OLD) == 0 || is_field (element))))
    return FALSE;

  array = ann_dup_first_array (element);

  return array != NULL && !ann_array_is_variable (array);
}

static gboolean
digest_strings (AnnElement *element,
                AnnDigestRules rules,
                AnnJsonWriter *json,
                GCancellable *cancellable,
                GError **error)
{
  g_auto (AnnTextDigest) digest = { 0 };

  ann_text_digest_init (&digest);
  if (!ann_digest_each_block (element, add_texts, &digest, cancellable, error))
    return FALSE;

  if (ann_text_digest_has_objects (&digest))
    {
      write_kind (json, "object-array");
      write_shape (json, element);
      ann_text_digest_write_objects (&digest, json);
      return TRUE;
    }
  write_kind (json, is_bytes (element, rules) ? "bytes-array" : "string-array");
  write_shape (json, element);
  ann_text_digest_write (&digest, json);

  return TRUE;
}

/* Texts of variable length in a store that says nothing of them. */
static gboolean
is_bytes_of_plain (AnnElement *element)
{
  g_autoptr (AnnArray) array = ann_dup_first_array (element);

  return *ann_element_get_encoding_type (element) == '\0' && array != NULL
         && ann_array_is_variable (array);
}

/* Opaque values, sequences, or texts that are taken as bytes. */
static gboolean
digest_items (AnnElement *element, AnnJsonWriter *json, GCancellable *cancellable, GError **error)
{
  gboolean is_opaque = ann_element_get_kind (element) == ANN_ELEMENT_BYTES;
  g_autoptr (AnnArray) array = ann_dup_first_array (element);
  g_auto (AnnItemDigest) digest = { 0 };

  ann_item_digest_init (&digest,
                        ann_element_get_kind (element) == ANN_ELEMENT_SEQUENCES
                            ? ann_array_get_item_dtype (array)
                            : ANN_DTYPE_UINT8,
                        !is_opaque);
  if (!ann_digest_items (array, &digest, cancellable, error))
    return FALSE;

  write_kind (json, is_opaque ? "opaque-array" : "vlen-array");
  write_shape (json, element);
  ann_item_digest_write (&digest, json);

  return TRUE;
}

typedef struct {
  AnnValueDigest values;
  AnnSha256 mask;
  guint64 n_missing;
} NullableDigest;

static void
nullable_digest_clear (NullableDigest *self)
{
  ann_value_digest_clear (&self->values);
  ann_sha256_clear (&self->mask);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NullableDigest, nullable_digest_clear)

/* Where a value is missing the store has a filler; zero counts instead. */
static gboolean
add_nullable (const AnnBlock *block, gpointer user_data, GError **error)
{
  NullableDigest *self = user_data;
  gsize size = ann_dtype_get_size (self->values.dtype);
  const guint8 *values;

  if (!check_values (block, self->values.dtype, error))
    return FALSE;

  values = ann_buffer_get_data (block->values);
  for (gsize i = 0; i < ann_buffer_get_n_elements (block->values); i++)
    {
      static const guint64 zero[2] = { 0 };
      guint8 missing = ann_block_is_missing (block, i);

      ann_sha256_update (&self->mask, &missing, 1);
      self->n_missing += missing;
      ann_value_digest_add (&self->values, missing ? (const guint8 *) zero : values + i * size, 1);
    }

  return TRUE;
}

static gboolean
digest_nullable (AnnElement *element,
                 AnnJsonWriter *json,
                 GCancellable *cancellable,
                 GError **error)
{
  g_auto (NullableDigest) digest = { 0 };

  ann_value_digest_init (&digest.values, ann_element_get_dtype (element));
  ann_sha256_init (&digest.mask);
  if (!ann_digest_each_block (element, add_nullable, &digest, cancellable, error))
    return FALSE;

  write_kind (json, ann_element_get_kind (element) == ANN_ELEMENT_NULLABLE_BOOLEAN
                        ? "nullable-boolean"
                        : "nullable-integer");
  write_shape (json, element);
  ann_json_writer_name (json, "n_missing");
  ann_json_writer_uint (json, digest.n_missing);
  write_checksum (json, "mask_sha256", &digest.mask);
  ann_value_digest_write (&digest.values, json);

  return TRUE;
}

static gboolean
add_shown_categories (const AnnBlock *block, gpointer user_data, GError **error G_GNUC_UNUSED)
{
  AnnJsonWriter *json = user_data;

  for (gsize i = 0; i < block->count && block->texts != NULL; i++)
    {
      gsize length;
      const char *text = ann_strings_get (block->texts, i, &length);

      ann_json_writer_bytes (json, text, length);
    }

  return TRUE;
}

static gboolean
digest_texts_of_categories (AnnElement *categories,
                            AnnJsonWriter *json,
                            GCancellable *cancellable,
                            GError **error)
{
  g_auto (AnnTextDigest) texts = { 0 };

  ann_text_digest_init (&texts);
  if (!ann_digest_each_block (categories, add_texts, &texts, cancellable, error))
    return FALSE;
  if (ann_text_digest_has_objects (&texts))
    {
      write_kind (json, "object-array");
      ann_text_digest_write_objects (&texts, json);
      return TRUE;
    }

  ann_text_digest_write (&texts, json);
  if (texts.n_texts > N_CATEGORIES_SHOWN)
    return TRUE;
  ann_json_writer_name (json, "values");
  ann_json_writer_begin_array (json, ANN_JSON_INLINE);
  if (!ann_digest_each_block (categories, add_shown_categories, json, cancellable, error))
    return FALSE;
  ann_json_writer_end_array (json);

  return TRUE;
}

/* The categories of a categorical, as a member that is an object. */
static gboolean
digest_categories (AnnElement *categories,
                   AnnJsonWriter *json,
                   GCancellable *cancellable,
                   GError **error)
{
  g_auto (AnnValueDigest) numbers = { 0 };

  if (ann_element_get_error (categories) != NULL)
    {
      g_propagate_error (error, g_error_copy (ann_element_get_error (categories)));
      return FALSE;
    }

  ann_json_writer_name (json, "categories");
  ann_json_writer_begin_object (json, ANN_JSON_INLINE);
  /* No categories have no type. */
  if (ann_element_get_kind (categories) == ANN_ELEMENT_DENSE
      && ann_element_get_n_rows (categories) > 0)
    {
      ann_value_digest_init (&numbers, ann_element_get_dtype (categories));
      if (!read_numbers (categories, &numbers, cancellable, error))
        return FALSE;
      write_kind (json, "array");
      ann_value_digest_write (&numbers, json);
      ann_json_writer_name (json, "length");
      ann_json_writer_uint (json, numbers.n_values);
    }
  else if (!digest_texts_of_categories (categories, json, cancellable, error))
    return FALSE;
  ann_json_writer_end_object (json);

  return TRUE;
}

/* @counts: of the first categories alone: a file may claim any number of them
 * @n_invalid: codes that are no category and not "missing" either
 */
typedef struct {
  AnnValueDigest codes;
  guint64 counts[N_CATEGORIES_SHOWN];
  guint64 n_missing;
  guint64 n_invalid;
} CodesDigest;

static gboolean
add_codes (const AnnBlock *block, gpointer user_data, GError **error)
{
  CodesDigest *self = user_data;
  const gint32 *codes;

  if (!check_values (block, ANN_DTYPE_INT32, error))
    return FALSE;

  codes = ann_buffer_get_data (block->values);
  for (gsize i = 0; i < ann_buffer_get_n_elements (block->values); i++)
    {
      gint64 code = codes[i];

      if (code == -1)
        self->n_missing++;
      else if (code < 0)
        self->n_invalid++;
      else if (code < N_CATEGORIES_SHOWN)
        self->counts[code]++;
      ann_value_digest_add (&self->codes, &code, 1);
    }

  return TRUE;
}

static void
write_codes (AnnJsonWriter *json, CodesDigest *self, guint64 n_categories)
{
  write_checksum (json, "codes_sha256", &self->codes.checksum);
  ann_json_writer_name (json, "n_missing");
  ann_json_writer_uint (json, self->n_missing);
  if (self->n_invalid > 0)
    {
      ann_json_writer_name (json, "n_invalid");
      ann_json_writer_uint (json, self->n_invalid);
    }
  ann_json_writer_name (json, "counts");
  ann_json_writer_begin_array (json, ANN_JSON_INLINE);
  for (guint64 i = 0; i < MIN (n_categories, N_CATEGORIES_SHOWN); i++)
    ann_json_writer_uint (json, self->counts[i]);
  ann_json_writer_end_array (json);
}

static gboolean
digest_categorical (AnnElement *element,
                    AnnJsonWriter *json,
                    GCancellable *cancellable,
                    GError **error)
{
  AnnCategorical *categorical = ANN_CATEGORICAL (element);
  CodesDigest digest = { 0 };
  gboolean read;

  write_kind (json, "categorical");
  ann_json_writer_name (json, "length");
  ann_json_writer_uint (json, ann_element_get_n_rows (element));
  ann_json_writer_name (json, "ordered");
  ann_json_writer_boolean (json, ann_categorical_get_ordered (categorical));
  if (!digest_categories (ann_categorical_get_categories (categorical), json, cancellable, error))
    return FALSE;

  ann_value_digest_init (&digest.codes, ANN_DTYPE_INT64);
  read = ann_digest_each_block (element, add_codes, &digest, cancellable, error);
  if (read)
    write_codes (json, &digest, ann_categorical_get_n_categories (categorical));
  ann_value_digest_clear (&digest.codes);

  return read;
}

typedef struct {
  AnnTextDigest texts;
  AnnStrings *labels;
} IndexDigest;

/* Row names of any type, as text. */
static gboolean
add_names (const AnnBlock *block, gpointer user_data, GError **error)
{
  IndexDigest *self = user_data;
  g_autoptr (GString) text = g_string_new (NULL);

  if (block->texts != NULL)
    return ann_digest_add_texts (&self->texts, block, error);

  for (guint64 i = 0; i < block->count; i++)
    {
      g_string_truncate (text, 0);
      if (ann_cell_append_value (text, block, self->labels, i, 0))
        ann_text_digest_add (&self->texts, text->str, text->len);
      else
        ann_text_digest_add_missing (&self->texts);
    }

  return TRUE;
}

static gboolean
digest_index (AnnFrame *frame, AnnJsonWriter *json, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnElement) index = ann_frame_open_index (frame, cancellable, error);
  g_autoptr (AnnStrings) labels = NULL;
  IndexDigest digest = { 0 };
  gboolean read;

  if (index == NULL)
    return FALSE;
  if (ann_element_get_error (index) != NULL)
    {
      g_propagate_error (error, g_error_copy (ann_element_get_error (index)));
      return FALSE;
    }
  if (ANN_IS_CATEGORICAL (index))
    {
      labels = ann_categorical_read_labels (ANN_CATEGORICAL (index), cancellable, error);
      if (labels == NULL)
        return FALSE;
    }

  digest.labels = labels;
  ann_text_digest_init (&digest.texts);
  read = ann_digest_each_block (index, add_names, &digest, cancellable, error);
  if (read)
    {
      ann_json_writer_name (json, "index");
      ann_json_writer_begin_object (json, ANN_JSON_INLINE);
      ann_text_digest_write (&digest.texts, json);
      ann_json_writer_end_object (json);
    }
  ann_text_digest_clear (&digest.texts);

  return read;
}

static gboolean
digest_frame (AnnElement *element, AnnJsonWriter *json, GCancellable *cancellable, GError **error)
{
  AnnFrame *frame = ANN_FRAME (element);
  guint n_columns = ann_frame_get_n_columns (frame);
  const char *index_name = ann_frame_get_index_name (frame);
  const guint64 shape[2] = { ann_element_get_n_rows (element), n_columns };

  write_kind (json, "dataframe");
  ann_json_writer_name (json, "shape");
  ann_json_writer_shape (json, 2, shape);
  ann_json_writer_name (json, "columns");
  ann_json_writer_begin_array (json, ANN_JSON_INLINE);
  for (guint i = 0; i < n_columns; i++)
    ann_json_writer_string (json, ann_frame_get_column_name (frame, i));
  ann_json_writer_end_array (json);
  ann_json_writer_name (json, "index_name");
  if (index_name == NULL || strcmp (index_name, "_index") == 0)
    ann_json_writer_null (json);
  else
    ann_json_writer_string (json, index_name);

  return digest_index (frame, json, cancellable, error);
}

static gboolean
digest_mapping (AnnElement *element, AnnJsonWriter *json, GCancellable *cancellable, GError **error)
{
  g_auto (GStrv) names = NULL;

  /* A part of the names would look like all of them to who compares. */
  if (!ann_element_is_listed (element))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: the server does not tell what lies here, so there is no digest of it; "
                   "consolidate the store's metadata",
                   *ann_element_get_path (element) != '\0' ? ann_element_get_path (element) : "/");
      return FALSE;
    }
  names = ann_element_list_children (element, cancellable, error);
  if (names == NULL)
    return FALSE;

  write_kind (json, "dict");
  ann_json_writer_name (json, "keys");
  ann_json_writer_begin_array (json, ANN_JSON_INLINE);
  for (guint i = 0; names[i] != NULL; i++)
    ann_json_writer_string (json, names[i]);
  ann_json_writer_end_array (json);

  return TRUE;
}

/* What is shown as a text, and is stored as a vector of one: a vector, where it is compared. */
static gboolean
digest_vector_of_one (AnnArray *array,
                      const char *kind,
                      AnnJsonWriter *json,
                      GCancellable *cancellable,
                      GError **error)
{
  g_auto (AnnTextDigest) texts = { 0 };

  ann_text_digest_init (&texts);
  if (!ann_digest_array (array, NULL, &texts, cancellable, error))
    return FALSE;

  write_kind (json, kind);
  ann_json_writer_name (json, "shape");
  ann_json_writer_shape (json, ann_array_get_rank (array), ann_array_get_shape (array));
  ann_text_digest_write (&texts, json);

  return TRUE;
}

static gboolean
digest_number (AnnElement *element, AnnJsonWriter *json, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnBlock) block = ann_element_read_rows (element, 0, 1, cancellable, error);
  AnnDtype dtype = ann_element_get_dtype (element);

  if (block == NULL || !check_values (block, dtype, error))
    return FALSE;

  write_kind (json, "numeric-scalar");
  ann_json_writer_name (json, "dtype");
  ann_json_writer_string (json, ann_dtype_get_numpy_name (dtype));
  ann_json_writer_name (json, "value");
  ann_json_writer_value (json, dtype, ann_buffer_get_data (block->values));

  return TRUE;
}

static gboolean
digest_string (AnnElement *element,
               AnnDigestRules rules,
               AnnJsonWriter *json,
               GCancellable *cancellable,
               GError **error)
{
  const gboolean has_bytes = is_bytes (element, rules);
  g_autoptr (AnnArray) array = ann_dup_first_array (element);
  g_autoptr (AnnBlock) block = NULL;
  const char *text;
  gsize length;

  if (array != NULL && ann_array_get_rank (array) > 0
      && (has_bytes || *ann_element_get_encoding_type (element) != '\0'))
    return digest_vector_of_one (array, has_bytes ? "bytes-array" : "string-array", json,
                                 cancellable, error);

  block = ann_element_read_rows (element, 0, 1, cancellable, error);
  if (block == NULL)
    return FALSE;
  if (block->texts == NULL)
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED, "has no text");
      return FALSE;
    }

  text = ann_strings_get (block->texts, 0, &length);
  write_kind (json, "string");
  ann_json_writer_name (json, "value");
  ann_json_writer_bytes (json, text, length);

  return TRUE;
}

/* @checksum: of the compact JSON of the whole list: each row comes as the JSON of itself. */
typedef struct {
  AnnSha256 *checksum;
  guint64 n_rows;
} AwkwardDigest;

static gboolean
add_lists (const AnnBlock *block, gpointer user_data, GError **error)
{
  AwkwardDigest *self = user_data;

  for (guint64 i = 0; i < block->count; i++)
    {
      gsize length;
      const char *text;

      if (block->texts == NULL)
        {
          g_set_error_literal (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED, "has no lists");
          return FALSE;
        }
      if (self->n_rows++ > 0)
        ann_sha256_update (self->checksum, ",", 1);
      text = ann_strings_get (block->texts, (gsize) i, &length);
      ann_sha256_update (self->checksum, text, length);
    }

  return TRUE;
}

static gboolean
digest_awkward (AnnElement *element, AnnJsonWriter *json, GCancellable *cancellable, GError **error)
{
  g_auto (AnnSha256) checksum = { 0 };
  AwkwardDigest digest = { &checksum, 0 };

  ann_sha256_init (&checksum);
  ann_sha256_update (&checksum, "[", 1);
  if (!ann_digest_each_block (element, add_lists, &digest, cancellable, error))
    return FALSE;
  ann_sha256_update (&checksum, "]", 1);

  write_kind (json, "awkward-array");
  ann_json_writer_name (json, "length");
  ann_json_writer_uint (json, digest.n_rows);
  write_checksum (json, "json_sha256", &checksum);

  return TRUE;
}

gboolean
ann_digest_element (AnnElement *element,
                    AnnDigestRules rules,
                    AnnJsonWriter *json,
                    GCancellable *cancellable,
                    GError **error)
{
  AnnElementKind kind = ann_element_get_kind (element);

  if (ann_element_get_state (element) != ANN_ELEMENT_OK)
    {
      g_propagate_error (error, g_error_copy (ann_element_get_error (element)));
      return FALSE;
    }

  switch (kind)
    {
    case ANN_ELEMENT_ANNDATA:
    case ANN_ELEMENT_RAW:
      write_kind (json, kind == ANN_ELEMENT_RAW ? "raw" : "anndata");
      write_shape (json, element);
      return TRUE;
    case ANN_ELEMENT_MAPPING:
      return digest_mapping (element, json, cancellable, error);
    case ANN_ELEMENT_FRAME:
      return digest_frame (element, json, cancellable, error);
    case ANN_ELEMENT_DENSE:
      return digest_dense (element, json, cancellable, error);
    case ANN_ELEMENT_CSR:
    case ANN_ELEMENT_CSC:
      write_kind (json, kind == ANN_ELEMENT_CSR ? "csr" : "csc");
      return ann_digest_sparse (ANN_SPARSE (element), json, cancellable, error);
    case ANN_ELEMENT_CATEGORICAL:
      return digest_categorical (element, json, cancellable, error);
    case ANN_ELEMENT_NULLABLE_INTEGER:
    case ANN_ELEMENT_NULLABLE_BOOLEAN:
      return digest_nullable (element, json, cancellable, error);
    case ANN_ELEMENT_STRINGS:
      if (rules == ANN_DIGEST_PLAIN && is_bytes_of_plain (element))
        return digest_items (element, json, cancellable, error);
      return digest_strings (element, rules, json, cancellable, error);
    case ANN_ELEMENT_BYTES:
    case ANN_ELEMENT_SEQUENCES:
      return digest_items (element, json, cancellable, error);
    case ANN_ELEMENT_NULLABLE_STRING:
      return digest_strings (element, rules, json, cancellable, error);
    case ANN_ELEMENT_RECORDS:
      write_kind (json, "rec-array");
      return ann_digest_records (element, (rules & ANN_DIGEST_PLAIN) != 0, json, cancellable,
                                 error);
    case ANN_ELEMENT_AWKWARD:
      return digest_awkward (element, json, cancellable, error);
    case ANN_ELEMENT_STRING:
      return digest_string (element, rules, json, cancellable, error);
    case ANN_ELEMENT_NUMBER:
      return digest_number (element, json, cancellable, error);
    case ANN_ELEMENT_NULL:
      write_kind (json, "null");
      return TRUE;
    case ANN_ELEMENT_OPAQUE:
    default:
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                           "an encoding that this version does not know");
      return FALSE;
    }
}
