/* ann-write-awkward.c: awkward arrays
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "write/ann-element-writer-private.h"

#include "base/ann-error.h"
#include "element/ann-awkward-private.h"
#include "view/ann-stack.h"

/* What is stored as a whole is copied. Of rows of one, and of several behind each other, each
 * buffer is made by a walk of its own along those that are stored: nothing is kept of what is not
 * taken, and no buffer is in memory as a whole.
 */

/* Values that are made at a time. */
#define BLOCK_LENGTH ((gsize) 256 << 10)

static gboolean
append_values (const AnnElementWriter *self,
               AnnAwkwardWalk *walk,
               AnnArrayWriter *array,
               GCancellable *cancellable,
               GError **error)
{
  const AnnDtype dtype = _ann_awkward_walk_get_dtype (walk);
  g_autoptr (AnnBuffer) block = ann_buffer_new_vector (dtype, BLOCK_LENGTH, error);
  gsize n = 0;

  if (block == NULL)
    return FALSE;
  do
    {
      gpointer values = ann_buffer_get_data_for_writing (block);

      if (!_ann_awkward_walk_next (walk, values, BLOCK_LENGTH, &n, error)
          || (n > 0 && !_ann_array_writer_append (array, values, n, cancellable, error)))
        return FALSE;
      _ann_write_add_done (self, n * ann_dtype_get_size (dtype));
    }
  while (n > 0);

  return TRUE;
}

static gboolean
write_buffer (const AnnElementWriter *self,
              AnnAwkward *awkward,
              const AnnForm *form,
              guint which,
              AnnNodeWriter *group,
              GCancellable *cancellable,
              GError **error)
{
  g_autoptr (AnnAwkwardWalk) walk = _ann_awkward_walk_new (awkward, form, which, cancellable);
  g_autofree char *name = _ann_form_build_buffer_name (form, which);
  g_autoptr (AnnAttributes) attributes = NULL;
  g_autoptr (AnnArrayWriter) array = NULL;
  guint64 length;

  if (!_ann_awkward_walk_count (walk, &length, error))
    return FALSE;
  array = _ann_write_add_array (self, group, name,
                                &(AnnNewArray){
                                    .dtype = _ann_awkward_walk_get_dtype (walk),
                                    .rank = 1,
                                    .shape = &length,
                                },
                                cancellable, error);
  if (array == NULL || !append_values (self, walk, array, cancellable, error))
    return FALSE;

  attributes = _ann_write_attributes_new (self, NULL, "array", "0.2.0", cancellable, error);

  return attributes != NULL && _ann_array_writer_close (array, attributes, cancellable, error);
}

/* The buffers of a layer and of those below. */
static gboolean
write_layer (const AnnElementWriter *self,
             AnnAwkward *awkward,
             const AnnForm *form,
             AnnNodeWriter *group,
             GCancellable *cancellable,
             GError **error)
{
  for (guint i = 0; i < form->n_buffers; i++)
    if (!write_buffer (self, awkward, form, i, group, cancellable, error))
      return FALSE;
  for (guint i = 0; i < form->n_contents; i++)
    if (!write_layer (self, awkward, form->contents[i], group, cancellable, error))
      return FALSE;

  return TRUE;
}

static AnnAttributes *
make_attributes (const AnnElementWriter *self,
                 AnnElement *element,
                 const AnnForm *form,
                 GCancellable *cancellable,
                 GError **error)
{
  g_autoptr (AnnAttributes) attributes = NULL;
  g_autoptr (AnnBuffer) length = ann_buffer_new (ANN_DTYPE_INT64, 0, NULL, error);
  g_autofree char *json = _ann_form_to_json (form);

  if (length == NULL)
    return NULL;
  attributes = _ann_write_attributes_new (self, element, "awkward-array", "0.1.0", cancellable,
                                          error);
  if (attributes == NULL)
    return NULL;

  *(gint64 *) ann_buffer_get_data_for_writing (length) = (gint64) ann_element_get_n_rows (element);
  ann_attributes_add_numbers (attributes, "length", length);
  _ann_attributes_add_text (attributes, "form", json);

  return g_steal_pointer (&attributes);
}

gboolean
_ann_write_awkward (const AnnElementWriter *self,
                    AnnElement *element,
                    AnnNodeWriter *parent,
                    const char *name,
                    GCancellable *cancellable,
                    GError **error)
{
  g_autoptr (AnnElement) normal = NULL;
  g_autoptr (AnnNodeWriter) group = NULL;
  g_autoptr (AnnAttributes) attributes = NULL;
  const AnnForm *form;

  if (_ann_awkward_is_stored (ANN_AWKWARD (element)))
    return _ann_write_copy (self, element, parent, name, cancellable, error);

  normal = _ann_awkward_normalize (element, error);
  if (normal == NULL)
    return FALSE;
  group = _ann_node_writer_add_group (parent, name, cancellable, error);
  if (group == NULL)
    return FALSE;

  form = _ann_awkward_peek_form (ANN_AWKWARD (normal));
  if (!write_layer (self, ANN_AWKWARD (normal), form, group, cancellable, error))
    return FALSE;

  attributes = make_attributes (self, normal, form, cancellable, error);

  return attributes != NULL && _ann_node_writer_close (group, attributes, cancellable, error);
}
