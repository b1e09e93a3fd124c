/* ann-element-writer.c: which encoding an element gets; mappings and annotated matrices
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "write/ann-write-column-private.h"

#include "base/ann-error-private.h"
#include "element/ann-element-private.h"
#include "view/ann-stack.h"

#include <string.h>

/* --- What is said besides --- */

void
_ann_write_warn (const AnnElementWriter *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  if (self->warnings == NULL)
    return;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  if (!g_ptr_array_find_with_equal_func (self->warnings, text, g_str_equal, NULL))
    g_ptr_array_add (self->warnings, g_steal_pointer (&text));
}

/* What the element itself warns of. */
static void
take_warnings (const AnnElementWriter *self, AnnElement *element)
{
  const char *const *warnings = ann_element_get_warnings (element);

  for (guint i = 0; warnings[i] != NULL; i++)
    _ann_write_warn (self, "%s", warnings[i]);
}

void
_ann_write_add_done (const AnnElementWriter *self, guint64 n_bytes)
{
  if (self->progress != NULL)
    ann_progress_add_done (self->progress, n_bytes / 3 * (3 - MIN (self->n_sortings, 2)));
}

/* --- Attributes --- */

void
_ann_attributes_add_text (AnnAttributes *self, const char *name, const char *text)
{
  g_autoptr (AnnStrings) texts = ann_strings_new ();

  if (ann_strings_append (texts, text, -1, NULL))
    ann_attributes_add_texts (self, name, TRUE, texts);
}

void
_ann_attributes_add_boolean (AnnAttributes *self, const char *name, gboolean value)
{
  g_autoptr (AnnBuffer) number = ann_buffer_new (ANN_DTYPE_BOOL, 0, NULL, NULL);

  if (number == NULL)
    return;
  *(guint8 *) ann_buffer_get_data_for_writing (number) = value ? 1 : 0;
  ann_attributes_add_numbers (self, name, number);
}

void
_ann_attributes_add_others (const AnnElementWriter *self,
                            AnnAttributes *to,
                            AnnAttributes *from,
                            const char *path)
{
  g_auto (GStrv) names = ann_attributes_get_names (from);

  for (guint i = 0; names[i] != NULL; i++)
    {
      AnnStrings *texts = ann_attributes_get_texts (from, names[i]);
      AnnBuffer *numbers = ann_attributes_get_numbers (from, names[i]);

      if (ann_attributes_has (to, names[i]))
        continue;
      if (texts != NULL)
        ann_attributes_add_texts (to, names[i], ann_attributes_is_scalar (from, names[i]), texts);
      else if (numbers != NULL)
        ann_attributes_add_numbers (to, names[i], numbers);
      else
        _ann_write_warn (self, "%s: its attribute “%s” could not be carried over", path, names[i]);
    }
}

/* What an encoding, of today or of old, says in attributes: it is said anew. */
static const char *const known_attributes[] = {
  "encoding-type",  "encoding-version",
  "shape",          "h5sparse_format",
  "h5sparse_shape", "_index",
  "column-order",   "ordered",
  "form",           "length",
  "categories",     "na-value",
  "sparse_format",  NULL,
};

/* Those of @stored that are none of an encoding. (transfer full) */
static AnnAttributes *
drop_known (AnnAttributes *stored)
{
  g_auto (GStrv) names = ann_attributes_get_names (stored);
  AnnAttributes *rest = ann_attributes_new ();

  for (guint i = 0; names[i] != NULL; i++)
    {
      AnnStrings *texts = ann_attributes_get_texts (stored, names[i]);
      AnnBuffer *numbers = ann_attributes_get_numbers (stored, names[i]);

      if (g_strv_contains (known_attributes, names[i]))
        continue;
      if (texts != NULL)
        ann_attributes_add_texts (rest, names[i], ann_attributes_is_scalar (stored, names[i]),
                                  texts);
      else if (numbers != NULL)
        ann_attributes_add_numbers (rest, names[i], numbers);
      else
        ann_attributes_add_unknown (rest, names[i], "");
    }

  return rest;
}

AnnAttributes *
_ann_write_attributes_new (const AnnElementWriter *self,
                           AnnElement *element,
                           const char *type,
                           const char *version,
                           GCancellable *cancellable,
                           GError **error)
{
  AnnNode *node = element != NULL ? ann_element_get_node (element) : NULL;
  g_autoptr (AnnAttributes) attributes = ann_attributes_new ();
  g_autoptr (AnnAttributes) stored = NULL;
  g_autoptr (AnnAttributes) rest = NULL;

  _ann_attributes_add_text (attributes, "encoding-type", type);
  _ann_attributes_add_text (attributes, "encoding-version", version);

  /* A field of records lies in another's node, whose attributes are not its own. */
  if (node == NULL || strcmp (ann_node_get_path (node), ann_element_get_path (element)) != 0)
    return g_steal_pointer (&attributes);

  stored = ann_node_read_attributes (node, cancellable, error);
  if (stored == NULL)
    return NULL;
  rest = drop_known (stored);
  _ann_attributes_add_others (self, attributes, rest, ann_element_get_path (element));

  return g_steal_pointer (&attributes);
}

/* --- Groups --- */

static gboolean
close_group (const AnnElementWriter *self,
             AnnElement *element,
             AnnNodeWriter *group,
             const char *type,
             GCancellable *cancellable,
             GError **error)
{
  g_autoptr (AnnAttributes) attributes = _ann_write_attributes_new (self, element, type, "0.1.0",
                                                                    cancellable, error);

  return attributes != NULL && _ann_node_writer_close (group, attributes, cancellable, error);
}

static gboolean
write_mapping (const AnnElementWriter *self,
               AnnElement *element,
               AnnNodeWriter *parent,
               const char *name,
               GCancellable *cancellable,
               GError **error)
{
  g_auto (GStrv) names = ann_element_list_children (element, cancellable, error);
  g_autoptr (AnnNodeWriter) group = NULL;

  if (names == NULL)
    return FALSE;
  group = _ann_node_writer_add_group (parent, name, cancellable, error);
  if (group == NULL)
    return FALSE;
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autoptr (AnnElement) child = ann_element_open_child (element, names[i], cancellable, error);
      gboolean is_written;

      if (child == NULL
          || !_ann_write_child (self, child, group, names[i], &is_written, cancellable, error))
        return FALSE;
    }

  return close_group (self, element, group, "dict", cancellable, error);
}

static gboolean
write_empty_mapping (const AnnElementWriter *self,
                     AnnNodeWriter *parent,
                     const char *name,
                     GCancellable *cancellable,
                     GError **error)
{
  g_autoptr (AnnNodeWriter) group = _ann_node_writer_add_group (parent, name, cancellable, error);

  return group != NULL && close_group (self, NULL, group, "dict", cancellable, error);
}

/* The first three are no mappings: they are there, or they are not. */
static const char *const root_keys[] = { "obs",  "var",  "X",    "raw", "layers", "obsm",
                                         "varm", "obsp", "varp", "uns", NULL };
static const char *const raw_keys[] = { "X", "var", "varm", NULL };

const char *const *
_ann_write_get_keys (gboolean raw)
{
  return raw ? raw_keys : root_keys;
}

static gboolean
is_mapping_key (const char *key)
{
  return strcmp (key, "obs") != 0 && strcmp (key, "var") != 0 && strcmp (key, "X") != 0
         && strcmp (key, "raw") != 0;
}

/* An annotated matrix or raw, into a group that is there, which it closes. */
static gboolean
write_parts (const AnnElementWriter *self,
             AnnElement *element,
             AnnNodeWriter *group,
             GCancellable *cancellable,
             GError **error)
{
  const gboolean is_raw = ann_element_get_kind (element) == ANN_ELEMENT_RAW;
  const char *const *keys = _ann_write_get_keys (is_raw);
  g_auto (GStrv) names = ann_element_list_children (element, cancellable, error);

  if (names == NULL)
    return FALSE;
  for (guint i = 0; keys[i] != NULL; i++)
    {
      gboolean is_written = FALSE;

      if (g_strv_contains ((const char *const *) names, keys[i]))
        {
          g_autoptr (AnnElement) child = ann_element_open_child (element, keys[i], cancellable,
                                                                 error);

          /* Nothing in place of X, raw or a mapping is what readers before 0.12 do not know. */
          if (child == NULL
              || (ann_element_get_kind (child) != ANN_ELEMENT_NULL
                  && !_ann_write_child (self, child, group, keys[i], &is_written, cancellable,
                                        error)))
            return FALSE;
        }
      if (!is_written && is_mapping_key (keys[i])
          && !write_empty_mapping (self, group, keys[i], cancellable, error))
        return FALSE;
    }

  return close_group (self, element, group, is_raw ? "raw" : "anndata", cancellable, error);
}

static gboolean
write_group_of_parts (const AnnElementWriter *self,
                      AnnElement *element,
                      AnnNodeWriter *parent,
                      const char *name,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (AnnNodeWriter) group = _ann_node_writer_add_group (parent, name, cancellable, error);

  return group != NULL && write_parts (self, element, group, cancellable, error);
}

gboolean
_ann_element_write_root (const AnnElementWriter *self,
                         AnnElement *element,
                         AnnNodeWriter *root,
                         GCancellable *cancellable,
                         GError **error)
{
  g_return_val_if_fail (ann_element_get_kind (element) == ANN_ELEMENT_ANNDATA, FALSE);

  if (!write_parts (self, element, root, cancellable, error))
    return FALSE;
  take_warnings (self, element);

  return TRUE;
}

/* --- Any kind --- */

static AnnElementWriteFunc
get_func (AnnElement *element)
{
  switch (ann_element_get_kind (element))
    {
    case ANN_ELEMENT_ANNDATA:
    case ANN_ELEMENT_RAW:
      return write_group_of_parts;
    case ANN_ELEMENT_MAPPING:
      return write_mapping;
    case ANN_ELEMENT_FRAME:
      return _ann_write_frame;
    case ANN_ELEMENT_DENSE:
    case ANN_ELEMENT_CSR:
    case ANN_ELEMENT_CSC:
      return _ann_write_matrix;
    case ANN_ELEMENT_CATEGORICAL:
      return _ann_write_categorical;
    case ANN_ELEMENT_NULLABLE_INTEGER:
    case ANN_ELEMENT_NULLABLE_BOOLEAN:
    case ANN_ELEMENT_NULLABLE_STRING:
      return _ann_write_nullable;
    case ANN_ELEMENT_STRINGS:
      return _ann_write_texts;
    case ANN_ELEMENT_BYTES:
      return _ann_write_binary;
    case ANN_ELEMENT_RECORDS:
      return _ann_write_records;
    case ANN_ELEMENT_AWKWARD:
      return _ann_write_awkward;
    case ANN_ELEMENT_STRING:
    case ANN_ELEMENT_NUMBER:
      return _ann_write_scalar;
    case ANN_ELEMENT_NULL:
      return _ann_write_null;
    case ANN_ELEMENT_SEQUENCES:
    case ANN_ELEMENT_OPAQUE:
    default:
      return NULL;
    }
}

/* A type of encoding that we have never heard of is not broken: what its node holds is copied. */
static gboolean
is_unknown_encoding (AnnElement *element)
{
  const char *type = ann_element_get_encoding_type (element);
  gboolean known_version;

  return ann_element_get_kind (element) == ANN_ELEMENT_OPAQUE
         && ann_element_get_state (element) == ANN_ELEMENT_UNSUPPORTED
         && ann_element_get_node (element) != NULL && *type != '\0'
         && !_ann_element_knows_encoding (type, ann_element_get_encoding_version (element),
                                          &known_version);
}

static gboolean
check_name (AnnElement *element, const char *name, GError **error)
{
  if (name == NULL
      || (*name != '\0' && strchr (name, '/') == NULL && strcmp (name, ".") != 0
          && strcmp (name, "..") != 0))
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
               "%s: “%s” cannot be the name of an element: it must not be empty, “.” or “..”, nor "
               "have a slash in it; rename it",
               ann_element_get_path (element), name);

  return FALSE;
}

AnnFate
_ann_write_get_fate (const AnnElementWriter *self,
                     AnnElement *element,
                     const char *name,
                     GError **error)
{
  const AnnElementKind kind = ann_element_get_kind (element);
  const GError *why = ann_element_get_error (element);

  if (!check_name (element, name, error))
    return ANN_FATE_REFUSED;
  if (is_unknown_encoding (element))
    return ANN_FATE_COPIED;

  /* What is only shown as missing was never measured: it is not written. */
  if (why == NULL)
    why = _ann_element_get_unavailable (element);
  if (why != NULL)
    {
      g_propagate_error (error, g_error_copy (why));
      return ANN_FATE_REFUSED;
    }
  if (get_func (element) == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED, "%s: %s cannot be written",
                   ann_element_get_path (element), ann_element_kind_get_name (kind));
      return ANN_FATE_REFUSED;
    }
  if ((kind == ANN_ELEMENT_RECORDS && !_ann_write_check_records (self, element, error))
      || (kind == ANN_ELEMENT_BYTES && !_ann_write_check_binary (element, error)))
    return ANN_FATE_REFUSED;
  if (kind == ANN_ELEMENT_NULL && self->options->profile == ANN_PROFILE_PORTABLE)
    return ANN_FATE_LEFT_OUT;

  return ANN_FATE_WRITTEN;
}

gboolean
_ann_element_write (const AnnElementWriter *self,
                    AnnElement *element,
                    AnnNodeWriter *parent,
                    const char *name,
                    GCancellable *cancellable,
                    GError **error)
{
  g_autoptr (GError) local_error = NULL;
  AnnElementWriteFunc func = NULL;

  switch (_ann_write_get_fate (self, element, name, &local_error))
    {
    case ANN_FATE_WRITTEN:
      func = get_func (element);
      break;
    case ANN_FATE_COPIED:
      func = _ann_write_copy;
      break;
    case ANN_FATE_LEFT_OUT:
      return TRUE;
    case ANN_FATE_REFUSED:
    default:
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  if (g_cancellable_set_error_if_cancelled (cancellable, error)
      || !func (self, element, parent, name, cancellable, error))
    return FALSE;
  take_warnings (self, element);

  return TRUE;
}

gboolean
_ann_write_takes (const AnnElementWriter *self, const char *path)
{
  return ann_write_options_takes (self->options, path)
         && (self->omitted == NULL || !g_hash_table_contains (self->omitted, path));
}

gboolean
_ann_write_child (const AnnElementWriter *self,
                  AnnElement *element,
                  AnnNodeWriter *parent,
                  const char *name,
                  gboolean *is_written,
                  GCancellable *cancellable,
                  GError **error)
{
  g_autofree char *path = _ann_path_join (_ann_node_writer_get_path (parent), name);
  g_autoptr (GError) local_error = NULL;
  AnnFate fate;

  *is_written = FALSE;
  if (!_ann_write_takes (self, path))
    return TRUE;
  fate = _ann_write_get_fate (self, element, name, &local_error);
  if (fate == ANN_FATE_LEFT_OUT
      || (fate == ANN_FATE_REFUSED && self->options->skip_unreadable
          && _ann_error_blames_store (local_error)))
    return TRUE;

  *is_written = TRUE;

  return _ann_element_write (self, element, parent, name, cancellable, error);
}
