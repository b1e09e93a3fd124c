/* ann-write-small.c: single values, nothing
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "write/ann-element-writer-private.h"

#include "element/ann-element-private.h"

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
