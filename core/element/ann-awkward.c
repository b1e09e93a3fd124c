/* ann-awkward.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-awkward.h"

#include "base/ann-error.h"
#include "base/ann-selection-private.h"
#include "element/ann-awkward-private.h"
#include "element/ann-element-private.h"

/**
 * AnnAwkward:
 *
 * Nested lists of any shape: `awkward-array`. Its rows come as JSON, as Python's json.dumps()
 * writes them without blanks. What is read of its buffers is what the rows asked for need.
 */
struct _AnnAwkward {
  AnnElement parent_instance;

  AnnForm *form;
  GPtrArray *buffers; /* AnnArray, in the order of the form's layers */
  AnnSelection *rows; /* which are wanted of what the buffers hold; NULL for all */
};

typedef struct {
  AnnElementClass parent_class;
} AnnAwkwardClass;

G_DEFINE_FINAL_TYPE (AnnAwkward, ann_awkward, ANN_TYPE_ELEMENT)

/* Where in the outermost layer a row is. */
static guint64
get_place (const AnnAwkward *self, guint64 row)
{
  return self->rows != NULL ? ann_selection_get_position (self->rows, row) : row;
}

static AnnBlock *
ann_awkward_read_rows (AnnElement *element,
                       guint64 start,
                       guint64 count,
                       GCancellable *cancellable,
                       GError **error)
{
  AnnAwkward *self = ANN_AWKWARD (element);
  g_autoptr (AnnAwkwardReader) reader = NULL;
  g_autoptr (AnnBlock) block = NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  reader = _ann_awkward_reader_new (self->form, self->buffers, cancellable);
  block = ann_block_new (start, count, 1);
  block->texts = ann_strings_new ();
  for (guint64 i = 0; i < count; i++)
    {
      g_string_truncate (text, 0);
      if (!_ann_awkward_reader_append (reader, get_place (self, start + i), text, error))
        {
          g_prefix_error (error, "%s, row %" G_GUINT64_FORMAT ": ", ann_element_get_path (element),
                          start + i);
          return NULL;
        }
      if (!ann_strings_append (block->texts, text->str, (gssize) text->len, error))
        return NULL;
    }

  return g_steal_pointer (&block);
}

static void
ann_awkward_list_arrays (AnnElement *element, GPtrArray *arrays)
{
  AnnAwkward *self = ANN_AWKWARD (element);

  for (guint i = 0; self->rows == NULL && i < self->buffers->len; i++)
    g_ptr_array_add (arrays, g_object_ref (g_ptr_array_index (self->buffers, i)));
}

static void
ann_awkward_finalize (GObject *object)
{
  AnnAwkward *self = ANN_AWKWARD (object);

  g_clear_pointer (&self->form, _ann_form_unref);
  g_clear_pointer (&self->buffers, g_ptr_array_unref);
  g_clear_pointer (&self->rows, ann_selection_unref);

  G_OBJECT_CLASS (ann_awkward_parent_class)->finalize (object);
}

static void
ann_awkward_class_init (AnnAwkwardClass *klass)
{
  AnnElementClass *element_class = ANN_ELEMENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ann_awkward_finalize;
  element_class->read_rows = ann_awkward_read_rows;
  element_class->list_arrays = ann_awkward_list_arrays;
}

static void
ann_awkward_init (G_GNUC_UNUSED AnnAwkward *self)
{
}

AnnElement *
_ann_awkward_new (const AnnElementSource *source,
                  AnnElementKind kind,
                  GCancellable *cancellable,
                  GError **error)
{
  g_autoptr (AnnAwkward) self = g_object_new (ANN_TYPE_AWKWARD, NULL);
  const char *json = ann_attributes_get_text (source->attributes, "form");
  gint64 length;
  guint64 shape;

  if (json == NULL || !ann_attributes_get_int64 (source->attributes, "length", &length)
      || length < 0)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   "%s: its attributes “form” and “length” must be a text and a number",
                   ann_node_get_path (source->node));
      return NULL;
    }
  self->buffers = g_ptr_array_new_with_free_func (g_object_unref);
  self->form = _ann_form_new (source->node, json, self->buffers, cancellable, error);
  if (self->form == NULL)
    return NULL;

  shape = (guint64) length;
  _ann_element_set_info (ANN_ELEMENT (self), &(AnnElementInfo){
                                                 .source = source,
                                                 .kind = kind,
                                                 .dtype = ANN_DTYPE_STRING,
                                                 .rank = 1,
                                                 .shape = &shape,
                                             });

  return ANN_ELEMENT (g_steal_pointer (&self));
}

AnnElement *
_ann_awkward_new_selection (AnnAwkward *of, AnnSelection *rows, GError **error)
{
  AnnElement *element = ANN_ELEMENT (of);
  const AnnElementSource source = {
    .node = ann_element_get_node (element),
    .path = ann_element_get_path (element),
    .encoding_type = ann_element_get_encoding_type (element),
    .encoding_version = ann_element_get_encoding_version (element),
  };
  const guint64 length = ann_selection_get_length (rows);
  g_autoptr (AnnAwkward) self = g_object_new (ANN_TYPE_AWKWARD, NULL);

  self->rows = of->rows != NULL ? _ann_selection_compose (of->rows, rows, error)
                                : ann_selection_ref (rows);
  if (self->rows == NULL)
    return NULL;

  self->form = _ann_form_ref (of->form);
  self->buffers = g_ptr_array_ref (of->buffers);
  _ann_element_set_info (ANN_ELEMENT (self), &(AnnElementInfo){
                                                 .source = &source,
                                                 .kind = ANN_ELEMENT_AWKWARD,
                                                 .dtype = ANN_DTYPE_STRING,
                                                 .rank = 1,
                                                 .shape = &length,
                                             });

  return ANN_ELEMENT (g_steal_pointer (&self));
}

AnnSelection *
_ann_awkward_peek_rows (AnnAwkward *self)
{
  return self->rows;
}

gboolean
_ann_awkward_can_be_indexed (AnnAwkward *self)
{
  switch (self->form->klass)
    {
    case ANN_FORM_INDEXED:
    case ANN_FORM_INDEXED_OPTION:
    case ANN_FORM_BYTE_MASKED:
    case ANN_FORM_BIT_MASKED:
    case ANN_FORM_UNMASKED:
    case ANN_FORM_UNION:
      return FALSE;
    case ANN_FORM_NUMPY:
    case ANN_FORM_LIST_OFFSET:
    case ANN_FORM_LIST:
    case ANN_FORM_REGULAR:
    case ANN_FORM_RECORD:
    case ANN_FORM_EMPTY:
    default:
      return TRUE;
    }
}

/**
 * ann_awkward_to_type_string:
 * @self: an awkward array
 *
 * Returns: (transfer full): its type as awkward writes it, such as `34 * var * float64`
 */
char *
ann_awkward_to_type_string (AnnAwkward *self)
{
  GString *text;

  g_return_val_if_fail (ANN_IS_AWKWARD (self), NULL);

  text = g_string_new (NULL);
  g_string_append_printf (text, "%" G_GUINT64_FORMAT " * ",
                          ann_element_get_n_rows (ANN_ELEMENT (self)));
  _ann_form_append_type (self->form, text);

  return g_string_free (text, FALSE);
}

/**
 * ann_awkward_to_json:
 * @self: an awkward array
 * @start: the first row
 * @count: how many
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Writes rows as one JSON list, byte for byte as Python's
 * `json.dumps (rows, separators=(",", ":"), ensure_ascii=False)`: floats with the fewest digits
 * that read back, `NaN`, `Infinity`; records as objects, tuples as lists, what is missing as
 * `null`. Bytes that are not UTF-8 become U+FFFD.
 *
 * Returns: (transfer full): the text, or %NULL with @error set; `ANN_ERROR_TOO_LARGE` for more
 *   than 64 MiB of it: ask for fewer rows
 */
char *
ann_awkward_to_json (AnnAwkward *self,
                     guint64 start,
                     guint64 count,
                     GCancellable *cancellable,
                     GError **error)
{
  g_autoptr (AnnAwkwardReader) reader = NULL;
  g_autoptr (GString) text = NULL;
  guint64 n_rows;

  g_return_val_if_fail (ANN_IS_AWKWARD (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  n_rows = ann_element_get_n_rows (ANN_ELEMENT (self));
  if (start > n_rows || count > n_rows - start)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_BOUNDS,
                   "%s: asked for %" G_GUINT64_FORMAT " rows from %" G_GUINT64_FORMAT
                   ", but there are %" G_GUINT64_FORMAT,
                   ann_element_get_path (ANN_ELEMENT (self)), count, start, n_rows);
      return NULL;
    }

  reader = _ann_awkward_reader_new (self->form, self->buffers, cancellable);
  text = g_string_new ("[");
  for (guint64 i = 0; i < count; i++)
    {
      if (i > 0)
        g_string_append_c (text, ',');
      if (!_ann_awkward_reader_append (reader, get_place (self, start + i), text, error))
        {
          g_prefix_error (error, "%s, row %" G_GUINT64_FORMAT ": ",
                          ann_element_get_path (ANN_ELEMENT (self)), start + i);
          return NULL;
        }
    }
  g_string_append_c (text, ']');

  return g_string_free (g_steal_pointer (&text), FALSE);
}
