/* ann-write-small.c: single values, nothing, records
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "write/ann-element-writer-private.h"

#include "base/ann-error.h"
#include "element/ann-element-private.h"

#include <string.h>

/* So many records are read at a time; fewer of long ones. */
#define RECORDS_AT_ONCE 65536

/* --- Single values --- */

/* Bytes that are no text: there are no scalars of them, so they are a vector of one. */
static gboolean
write_bytes (const AnnElementWriter *self,
             AnnElement *element,
             AnnStrings *bytes,
             AnnNodeWriter *parent,
             const char *name,
             GCancellable *cancellable,
             GError **error)
{
  const guint64 length = 1;
  g_autoptr (AnnAttributes) attributes = NULL;
  g_autoptr (AnnArrayWriter) array = NULL;
  gsize item_size;

  ann_strings_get (bytes, 0, &item_size);
  array = _ann_write_add_array (self, parent, name,
                                &(AnnNewArray){
                                    .dtype = ANN_DTYPE_BYTES,
                                    .item_size = MAX (item_size, 1),
                                    .rank = 1,
                                    .shape = &length,
                                },
                                cancellable, error);
  if (array == NULL || !_ann_array_writer_append_texts (array, bytes, cancellable, error))
    return FALSE;
  attributes = _ann_write_attributes_new (self, element, "array", "0.2.0", cancellable, error);

  return attributes != NULL && _ann_array_writer_close (array, attributes, cancellable, error);
}

static gboolean
is_text (AnnStrings *texts)
{
  gsize length;
  const char *text = ann_strings_get (texts, 0, &length);

  return g_utf8_validate_len (text, length, NULL);
}

gboolean
_ann_write_scalar (const AnnElementWriter *self,
                   AnnElement *element,
                   AnnNodeWriter *parent,
                   const char *name,
                   GCancellable *cancellable,
                   GError **error)
{
  const gboolean has_text = ann_element_get_kind (element) == ANN_ELEMENT_STRING;
  g_autoptr (AnnBlock) block = ann_element_read_rows (element, 0, 1, cancellable, error);
  g_autoptr (AnnAttributes) attributes = NULL;
  g_autoptr (AnnArrayWriter) array = NULL;

  if (block == NULL)
    return FALSE;
  if (has_text && ann_element_get_dtype (element) == ANN_DTYPE_BYTES && !is_text (block->texts))
    return write_bytes (self, element, block->texts, parent, name, cancellable, error);
  array = _ann_write_add_array (
      self, parent, name,
      &(AnnNewArray){ .dtype = has_text ? ANN_DTYPE_STRING : ann_buffer_get_dtype (block->values),
                      .time_type = ann_element_get_time_type (element) },
      cancellable, error);
  if (array == NULL)
    return FALSE;
  if (!(has_text ? _ann_array_writer_append_texts (array, block->texts, cancellable, error)
                 : _ann_array_writer_append (array, ann_buffer_get_data (block->values), 1,
                                             cancellable, error)))
    return FALSE;

  attributes = _ann_write_attributes_new (self, element, has_text ? "string" : "numeric-scalar",
                                          "0.2.0", cancellable, error);

  return attributes != NULL && _ann_array_writer_close (array, attributes, cancellable, error);
}

gboolean
_ann_write_null (const AnnElementWriter *self,
                 AnnElement *element,
                 AnnNodeWriter *parent,
                 const char *name,
                 GCancellable *cancellable,
                 GError **error)
{
  g_autoptr (AnnAttributes) attributes = NULL;

  if (self->options->profile == ANN_PROFILE_PORTABLE)
    {
      _ann_write_warn (
          self,
          "%s: is nothing (null), which readers before anndata 0.12 do not know; it was left out",
          ann_element_get_path (element));
      return TRUE;
    }

  attributes = _ann_write_attributes_new (self, element, "null", "0.1.0", cancellable, error);

  return attributes != NULL
         && _ann_node_writer_add_null (parent, name, attributes, cancellable, error);
}

/* --- Records --- */

/* The fields of an array of records, each an element. */
typedef struct {
  char **names;
  gsize n;
  AnnElement **elements;
  AnnFieldSpec *specs;
  AnnFieldValues *values;
} Fields;

static void
fields_clear_values (Fields *self)
{
  for (gsize i = 0; self->values != NULL && i < self->n; i++)
    {
      g_clear_pointer (&self->values[i].values, ann_buffer_unref);
      g_clear_pointer (&self->values[i].texts, ann_strings_unref);
    }
}

static void
fields_clear (Fields *self)
{
  fields_clear_values (self);
  for (gsize i = 0; self->elements != NULL && i < self->n; i++)
    g_clear_object (&self->elements[i]);
  g_strfreev (self->names);
  g_free (self->elements);
  g_free (self->specs);
  g_free (self->values);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fields, fields_clear)

/* The most characters that a text of a field has, at least 1. */
static gboolean
count_characters (AnnElement *field, glong *most, GCancellable *cancellable, GError **error)
{
  const guint64 n_rows = ann_element_get_n_rows (field);

  *most = 1;
  for (guint64 start = 0; start < n_rows; start += RECORDS_AT_ONCE)
    {
      g_autoptr (AnnBlock) block = ann_element_read_rows (
          field, start, MIN (n_rows - start, RECORDS_AT_ONCE), cancellable, error);

      if (block == NULL)
        return FALSE;
      for (gsize i = 0; i < ann_strings_get_length (block->texts); i++)
        {
          g_autofree char *text = ann_strings_dup_utf8 (block->texts, i);

          *most = MAX (*most, g_utf8_strlen (text, -1));
        }
    }

  return TRUE;
}

static gboolean
describe_field (AnnElement *field,
                const AnnWriterTraits *traits,
                AnnFieldSpec *spec,
                GCancellable *cancellable,
                GError **error)
{
  const GError *why = ann_element_get_error (field);
  glong n_characters;

  if (why != NULL)
    {
      g_propagate_error (error, g_error_copy (why));
      return FALSE;
    }
  spec->dtype = ann_element_get_dtype (field);
  if (ann_element_get_rank (field) != 1
      || (ann_element_get_kind (field) != ANN_ELEMENT_STRINGS
          && ann_element_get_kind (field) != ANN_ELEMENT_DENSE))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: a field of records that is no vector of numbers or texts cannot be written",
                   ann_element_get_path (field));
      return FALSE;
    }
  if (ann_element_get_kind (field) == ANN_ELEMENT_DENSE)
    return TRUE;

  spec->dtype = ANN_DTYPE_STRING;
  if (traits->has_text_records)
    return TRUE;
  if (!count_characters (field, &n_characters, cancellable, error))
    return FALSE;
  spec->item_size = (gsize) n_characters * 4; /* as UTF-32 */

  return TRUE;
}

static gboolean
open_fields (Fields *self,
             AnnElement *element,
             const AnnWriterTraits *traits,
             GCancellable *cancellable,
             GError **error)
{
  self->names = ann_element_list_children (element, cancellable, error);
  if (self->names == NULL)
    return FALSE;
  self->n = g_strv_length (self->names);
  self->elements = g_new0 (AnnElement *, self->n);
  self->specs = g_new0 (AnnFieldSpec, self->n);
  self->values = g_new0 (AnnFieldValues, self->n);

  for (gsize i = 0; i < self->n; i++)
    {
      self->elements[i] = ann_element_open_child (element, self->names[i], cancellable, error);
      self->specs[i].name = self->names[i];
      if (self->elements[i] == NULL
          || !describe_field (self->elements[i], traits, &self->specs[i], cancellable, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
read_fields (Fields *self, guint64 start, guint64 n, GCancellable *cancellable, GError **error)
{
  fields_clear_values (self);
  for (gsize i = 0; i < self->n; i++)
    {
      g_autoptr (AnnBlock) block = ann_element_read_rows (self->elements[i], start, n, cancellable,
                                                          error);

      if (block == NULL)
        return FALSE;
      if (block->texts != NULL)
        self->values[i].texts = ann_strings_ref (block->texts);
      else
        self->values[i].values = ann_buffer_ref (block->values);
    }

  return TRUE;
}

/* A single record has one row, and a vector as a field of it has the rank of a column: only the
 * first of its values would be written.
 */
static gboolean
check_rank (AnnElement *element, GError **error)
{
  if (ann_element_get_rank (element) == 1)
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
               "%s: records with other than one axis cannot be written; leave them out",
               ann_element_get_path (element));

  return FALSE;
}

gboolean
_ann_write_records (const AnnElementWriter *self,
                    AnnElement *element,
                    AnnNodeWriter *parent,
                    const char *name,
                    GCancellable *cancellable,
                    GError **error)
{
  const guint64 n_rows = ann_element_get_n_rows (element);
  g_auto (Fields) fields = { 0 };
  g_autoptr (AnnAttributes) attributes = NULL;
  g_autoptr (AnnArrayWriter) array = NULL;
  AnnNewArray new_array = { .dtype = ANN_DTYPE_RECORD, .rank = 1, .shape = &n_rows };
  guint64 step;

  if (!check_rank (element, error)
      || !open_fields (&fields, element, _ann_node_writer_get_traits (parent), cancellable, error))
    return FALSE;
  for (gsize i = 0; i < fields.n; i++)
    new_array.item_size += MAX (ann_dtype_get_size (fields.specs[i].dtype),
                                MAX (fields.specs[i].item_size, 1));
  new_array.fields = fields.specs;
  new_array.n_fields = fields.n;
  array = _ann_write_add_array (self, parent, name, &new_array, cancellable, error);
  if (array == NULL)
    return FALSE;

  step = CLAMP (ANN_WRITE_BLOCK_SIZE / MAX (new_array.item_size, 1), 1, RECORDS_AT_ONCE);
  for (guint64 start = 0; start < n_rows; start += step)
    {
      const guint64 n = MIN (n_rows - start, step);

      if (!read_fields (&fields, start, n, cancellable, error)
          || !_ann_array_writer_append_records (array, fields.values, n, cancellable, error))
        return FALSE;
      _ann_write_add_done (self, n * new_array.item_size);
    }

  attributes = _ann_write_attributes_new (self, element, "rec-array", "0.2.0", cancellable, error);

  return attributes != NULL && _ann_array_writer_close (array, attributes, cancellable, error);
}
