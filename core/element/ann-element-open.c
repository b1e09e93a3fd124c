/* ann-element-open.c: what a node is
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-element-private.h"

#include "array/ann-node-private.h"
#include "base/ann-error-private.h"

#include <string.h>

/* How the elements of one encoding are stored, and who makes them. */
typedef struct {
  const char *type;
  const char *version; /* the newest that we know; NULL: any */
  AnnNodeKind node_kind;
  AnnElementKind kind;
  AnnElementMaker maker; /* NULL for arrays: what they hold decides */
} Encoding;

static const Encoding encodings[] = {
  { "anndata", "0.1.0", ANN_NODE_GROUP, ANN_ELEMENT_ANNDATA, _ann_mapping_new },
  { "AnnData", NULL, ANN_NODE_GROUP, ANN_ELEMENT_ANNDATA, _ann_mapping_new },
  { "MuData", NULL, ANN_NODE_GROUP, ANN_ELEMENT_ANNDATA, _ann_mapping_new },
  { "raw", "0.1.0", ANN_NODE_GROUP, ANN_ELEMENT_RAW, _ann_mapping_new },
  { "dict", "0.1.0", ANN_NODE_GROUP, ANN_ELEMENT_MAPPING, _ann_mapping_new },
  { "mapping", NULL, ANN_NODE_GROUP, ANN_ELEMENT_MAPPING, _ann_mapping_new },
  { "csr_matrix", "0.1.0", ANN_NODE_GROUP, ANN_ELEMENT_CSR, _ann_sparse_new },
  { "csc_matrix", "0.1.0", ANN_NODE_GROUP, ANN_ELEMENT_CSC, _ann_sparse_new },
  { "dataframe", "0.2.0", ANN_NODE_GROUP, ANN_ELEMENT_FRAME, _ann_frame_new },
  { "dataframe", "0.1.0", ANN_NODE_GROUP, ANN_ELEMENT_FRAME, _ann_frame_new },
  { "categorical", "0.2.0", ANN_NODE_GROUP, ANN_ELEMENT_CATEGORICAL, _ann_categorical_new },
  { "nullable-integer", "0.1.0", ANN_NODE_GROUP, ANN_ELEMENT_NULLABLE_INTEGER, _ann_nullable_new },
  { "nullable-boolean", "0.1.0", ANN_NODE_GROUP, ANN_ELEMENT_NULLABLE_BOOLEAN, _ann_nullable_new },
  { "nullable-string-array", "0.1.0", ANN_NODE_GROUP, ANN_ELEMENT_NULLABLE_STRING,
    _ann_nullable_new },
  { "awkward-array", "0.1.0", ANN_NODE_GROUP, ANN_ELEMENT_AWKWARD, _ann_awkward_new },
  { "array", "0.2.0", ANN_NODE_ARRAY, ANN_ELEMENT_DENSE, NULL },
  { "string-array", "0.2.0", ANN_NODE_ARRAY, ANN_ELEMENT_STRINGS, NULL },
  { "string", "0.2.0", ANN_NODE_ARRAY, ANN_ELEMENT_STRING, NULL },
  { "bytes", "0.2.0", ANN_NODE_ARRAY, ANN_ELEMENT_STRING, NULL },
  { "numeric-scalar", "0.2.0", ANN_NODE_ARRAY, ANN_ELEMENT_NUMBER, NULL },
  { "rec-array", "0.2.0", ANN_NODE_ARRAY, ANN_ELEMENT_RECORDS, NULL },
  { "null", "0.1.0", ANN_NODE_NULL, ANN_ELEMENT_NULL, NULL },
};

/* The encoding of this name: that with the version if there is one, else the newest. */
static const Encoding *
find_encoding (const char *type, const char *version, gboolean *known_version)
{
  const Encoding *found = NULL;

  *known_version = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (encodings); i++)
    {
      if (strcmp (encodings[i].type, type) != 0)
        continue;

      if (encodings[i].version == NULL || strcmp (encodings[i].version, version) == 0)
        {
          *known_version = TRUE;
          return &encodings[i];
        }
      if (found == NULL)
        found = &encodings[i];
    }

  return found;
}

gboolean
_ann_element_knows_encoding (const char *type, const char *version, gboolean *known_version)
{
  return find_encoding (type, version, known_version) != NULL;
}

/* An array is what its type makes it, whatever it is marked as. */
AnnElement *
_ann_array_element_new (const AnnElementSource *source, AnnArray *array, GError **error)
{
  gboolean scalar = ann_array_get_rank (array) == 0;

  switch ((int) ann_array_get_dtype (array))
    {
    case ANN_DTYPE_STRING:
    case ANN_DTYPE_BYTES:
      return scalar ? _ann_scalar_new (source, array, error)
                    : _ann_texts_new (source, array, error);

    case ANN_DTYPE_RECORD:
      return _ann_records_new (source, array, error);

    case ANN_DTYPE_OPAQUE:
    case ANN_DTYPE_SEQUENCE:
      return _ann_binary_new (source, array, error);

    case ANN_DTYPE_OTHER:
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: its type, %s, is one that this version cannot read",
                   ann_array_get_path (array), ann_array_get_type_description (array));
      return NULL;

    default:
      return scalar ? _ann_scalar_new (source, array, error)
                    : _ann_dense_new (source, array, error);
    }
}

static AnnElement *
open_array (const AnnElementSource *source,
            AnnElementKind kind,
            GCancellable *cancellable,
            GError **error)
{
  g_autoptr (AnnArray) array = ann_node_open_array (source->node, cancellable, error);

  if (array == NULL)
    return NULL;

  /* Some writers give a scalar as a vector of one. */
  if ((kind == ANN_ELEMENT_STRING || kind == ANN_ELEMENT_NUMBER) && ann_array_get_rank (array) <= 1
      && ann_array_get_length (array) == 1 && ann_array_get_dtype (array) < ANN_DTYPE_RECORD)
    return _ann_scalar_new (source, array, error);

  /* What anndata 0.7 stored as a categorical: codes without their categories would mislead. */
  if (kind == ANN_ELEMENT_OPAQUE && ann_attributes_has (source->attributes, "categories"))
    return _ann_categorical_new_referring (source, array, cancellable, error);

  return _ann_array_element_new (source, array, error);
}

static AnnElement *
open_marked (const AnnElementSource *source,
             const Encoding *encoding,
             GCancellable *cancellable,
             GError **error)
{
  AnnNodeKind node_kind = ann_node_get_kind (source->node);

  /* Zarr has no null dataspace: there, nothing is a scalar that nobody reads. */
  if (encoding->kind == ANN_ELEMENT_NULL && node_kind == ANN_NODE_ARRAY)
    return _ann_null_new (source);
  if (node_kind != encoding->node_kind)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT, "%s: is marked “%s”, but is %s",
                   ann_node_get_path (source->node), encoding->type,
                   node_kind == ANN_NODE_GROUP   ? "a group"
                   : node_kind == ANN_NODE_ARRAY ? "an array"
                   : node_kind == ANN_NODE_NULL  ? "an array of nothing"
                                                 : "neither group nor array");
      return NULL;
    }
  if (encoding->kind == ANN_ELEMENT_NULL)
    return _ann_null_new (source);
  if (encoding->maker == NULL)
    return open_array (source, encoding->kind, cancellable, error);

  return encoding->maker (source, encoding->kind, cancellable, error);
}

/* What the parts of an unmarked group say it is. Python marks a group when it is finished, so a
 * crash leaves such; files from before 0.8 have none of these marks.
 */
static AnnElementMaker
recognise_group (const AnnElementSource *source, char **names, AnnElementKind *kind)
{
  const char *const *children = (const char *const *) names;
  const char *format = ann_attributes_get_text (source->attributes, "h5sparse_format");

  *kind = ANN_ELEMENT_OPAQUE;
  if (g_strv_contains (children, "data") && g_strv_contains (children, "indices")
      && g_strv_contains (children, "indptr"))
    {
      if (g_strcmp0 (format, "csr") == 0)
        *kind = ANN_ELEMENT_CSR;
      else if (g_strcmp0 (format, "csc") == 0)
        *kind = ANN_ELEMENT_CSC;
      return _ann_sparse_new;
    }
  if (ann_attributes_has (source->attributes, "_index")
      && ann_attributes_has (source->attributes, "column-order"))
    {
      *kind = ANN_ELEMENT_FRAME;
      return _ann_frame_new;
    }
  if (g_strv_contains (children, "codes") && g_strv_contains (children, "categories"))
    {
      *kind = ANN_ELEMENT_CATEGORICAL;
      return _ann_categorical_new;
    }
  if (g_strv_contains (children, "values") && g_strv_contains (children, "mask"))
    return _ann_nullable_new;

  *kind = ANN_ELEMENT_MAPPING;

  return _ann_mapping_new;
}

static AnnElement *
open_unmarked_group (const AnnElementSource *source,
                     gboolean is_root,
                     GCancellable *cancellable,
                     GError **error)
{
  g_auto (GStrv) names = ann_node_list_children (source->node, cancellable, error);
  AnnElementKind kind;
  AnnElementMaker maker;
  AnnElement *element;

  if (names == NULL)
    return NULL;

  /* The root was never marked before 0.8, nor is it by anndata-rs. */
  if (is_root && g_strv_contains ((const char *const *) names, "obs")
      && g_strv_contains ((const char *const *) names, "var"))
    return _ann_mapping_new (source, ANN_ELEMENT_ANNDATA, cancellable, error);

  maker = recognise_group (source, names, &kind);
  element = maker (source, kind, cancellable, error);
  if (element != NULL && maker != _ann_mapping_new
      && !ann_attributes_has (source->attributes, "h5sparse_format"))
    _ann_element_add_warning (element,
                              "%s: incomplete: it is not marked as what its parts say it is; its "
                              "writing may have been interrupted",
                              ann_node_get_path (source->node));

  return element;
}

static AnnElement *
open_unmarked (const AnnElementSource *source,
               gboolean is_root,
               GCancellable *cancellable,
               GError **error)
{
  switch (ann_node_get_kind (source->node))
    {
    case ANN_NODE_GROUP:
      return open_unmarked_group (source, is_root, cancellable, error);

    case ANN_NODE_ARRAY:
      return open_array (source, ANN_ELEMENT_OPAQUE, cancellable, error);

    case ANN_NODE_NULL:
      return _ann_null_new (source);

    case ANN_NODE_OTHER:
    default:
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED, "%s: is neither a group nor an array",
                   ann_node_get_path (source->node));
      return NULL;
    }
}

static AnnElement *
open_source (const AnnElementSource *source,
             gboolean is_root,
             GCancellable *cancellable,
             GError **error)
{
  const char *path = ann_node_get_path (source->node);
  const Encoding *encoding;
  gboolean known_version;
  AnnElement *element;

  if (*source->encoding_type == '\0' && ann_attributes_has (source->attributes, "encoding-type"))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT, "%s: its “encoding-type” is not a text",
                   path);
      return NULL;
    }
  if (*source->encoding_type == '\0')
    return open_unmarked (source, is_root, cancellable, error);

  encoding = find_encoding (source->encoding_type, source->encoding_version, &known_version);
  if (encoding == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: is encoded as “%s” %s, which this version does not know", path,
                   source->encoding_type, source->encoding_version);
      return NULL;
    }

  known_version = known_version || *source->encoding_version == '\0';
  element = open_marked (source, encoding, cancellable, error);
  if (element == NULL && !known_version)
    g_prefix_error (error, "%s: is encoded as “%s” %s, and this version knows %s: ", path,
                    source->encoding_type, source->encoding_version, encoding->version);
  if (element != NULL && !known_version)
    _ann_element_add_warning (
        element, "%s: is encoded as “%s” %s; it was read as %s, the newest that this version knows",
        path, source->encoding_type, source->encoding_version, encoding->version);

  return element;
}

static guint
get_depth (const char *path)
{
  guint depth = 0;

  for (const char *at = strchr (path, '/'); at != NULL; at = strchr (at + 1, '/'))
    depth++;

  return depth;
}

/* A root whose attributes are damaged has none: what lies in it says what it is, and it may be all
 * right. Sets @problem then.
 */
static AnnAttributes *
read_attributes (AnnNode *node,
                 gboolean is_root,
                 GError **problem,
                 GCancellable *cancellable,
                 GError **error)
{
  AnnAttributes *attributes = ann_node_read_attributes (node, cancellable, problem);

  if (attributes != NULL)
    return attributes;
  if (is_root && ann_node_get_kind (node) == ANN_NODE_GROUP && _ann_error_blames_store (*problem))
    return ann_attributes_new ();
  g_propagate_error (error, g_steal_pointer (problem));

  return NULL;
}

static AnnElement *
open_node (AnnNode *node, gboolean is_root, GCancellable *cancellable, GError **error)
{
  const char *path = ann_node_get_path (node);
  g_autoptr (AnnAttributes) attributes = NULL;
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GError) problem = NULL;
  AnnElementSource source = { .node = node, .encoding_type = "", .encoding_version = "" };
  AnnElement *element = NULL;
  AnnNode *above;

  if (get_depth (path) >= ANN_ELEMENT_MAX_DEPTH)
    return _ann_opaque_new (
        node, NULL, "", "",
        g_error_new (ANN_ERROR, ANN_ERROR_DENIED,
                     "%s: is nested deeper than %d groups, which are not followed", path,
                     ANN_ELEMENT_MAX_DEPTH));

  above = _ann_node_find_itself_above (node);
  if (above != NULL)
    return _ann_opaque_new (
        node, NULL, "", "",
        g_error_new (ANN_ERROR, ANN_ERROR_DENIED,
                     "%s: leads back to “%s”, in which it lies, and is not followed", path,
                     *ann_node_get_path (above) != '\0' ? ann_node_get_path (above) : "/"));

  attributes = read_attributes (node, is_root, &problem, cancellable, &local_error);
  if (attributes != NULL)
    {
      const char *type = ann_attributes_get_text (attributes, "encoding-type");
      const char *version = ann_attributes_get_text (attributes, "encoding-version");

      source.attributes = attributes;
      source.encoding_type = type != NULL ? type : "";
      source.encoding_version = version != NULL ? version : "";
      element = open_source (&source, is_root, cancellable, &local_error);
    }
  if (element != NULL && problem != NULL)
    _ann_element_add_warning (element, "/: its attributes cannot be read: %s", problem->message);
  if (element != NULL)
    return element;

  if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  return _ann_opaque_new (node, NULL, source.encoding_type, source.encoding_version,
                          g_steal_pointer (&local_error));
}

/**
 * ann_element_open:
 * @node: a node of a store
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Finds out what a node is, by the encoding that it is marked with or else by its parts, and opens
 * it. Reads metadata only: attributes, shapes and types. What is broken or unknown is an
 * element too, with a state that says so.
 *
 * Returns: (transfer full): the element, or %NULL with @error set if this was cancelled
 */
AnnElement *
ann_element_open (AnnNode *node, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (ANN_IS_NODE (node), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  return open_node (node, FALSE, cancellable, error);
}

AnnElement *
_ann_element_open_root (AnnNode *node, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnNode) root = _ann_legacy_root (node, cancellable, error);

  if (root == NULL || g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  return open_node (root, TRUE, cancellable, error);
}

AnnElement *
_ann_element_open_child_of (AnnNode *group,
                            const char *name,
                            GCancellable *cancellable,
                            GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (AnnNode) node = ann_node_open_child (group, name, cancellable, &local_error);
  g_autofree char *path = NULL;

  if (node != NULL)
    return ann_element_open (node, cancellable, error);

  /* A link that is there and leads nowhere is a broken child. */
  if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
      || (g_error_matches (local_error, ANN_ERROR, ANN_ERROR_NOT_FOUND)
          && !ann_node_has_child (group, name, cancellable)))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  path = _ann_path_join (ann_node_get_path (group), name);

  return _ann_opaque_new (NULL, path, "", "", g_steal_pointer (&local_error));
}
