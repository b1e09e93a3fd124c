/* ann-node.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-node-private.h"

#include "base/ann-error-private.h"

#include <string.h>

typedef struct {
  AnnNodeKind kind;
  char *path;
  const char *name; /* the end of the path */
  char *link_description;
  AnnNode *parent; /* through which it was opened; NULL for the root */
  gboolean has_identity;
  guint64 file;
  guint64 address;
} AnnNodePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (AnnNode, ann_node, G_TYPE_OBJECT)

static void
ann_node_finalize (GObject *object)
{
  AnnNodePrivate *priv = ann_node_get_instance_private (ANN_NODE (object));

  g_free (priv->path);
  g_free (priv->link_description);
  g_clear_object (&priv->parent);

  G_OBJECT_CLASS (ann_node_parent_class)->finalize (object);
}

static void
ann_node_class_init (AnnNodeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ann_node_finalize;
}

static void
ann_node_init (G_GNUC_UNUSED AnnNode *self)
{
}

/* Once, by the format that makes the node, before anybody else has it. */
void
_ann_node_set_info (AnnNode *self, AnnNodeKind kind, const char *path, const char *link_description)
{
  AnnNodePrivate *priv = ann_node_get_instance_private (self);
  const char *slash;

  g_return_if_fail (priv->path == NULL);
  g_return_if_fail (path != NULL);

  priv->kind = kind;
  priv->path = g_strdup (path);
  slash = strrchr (priv->path, '/');
  priv->name = slash != NULL ? slash + 1 : priv->path;
  priv->link_description = g_strdup (link_description != NULL ? link_description : "hard");
}

void
_ann_node_set_identity (AnnNode *self, guint64 file, guint64 address)
{
  AnnNodePrivate *priv = ann_node_get_instance_private (self);

  priv->has_identity = TRUE;
  priv->file = file;
  priv->address = address;
}

void
_ann_node_copy_identity (AnnNode *self, AnnNode *other)
{
  AnnNodePrivate *priv = ann_node_get_instance_private (self);
  AnnNodePrivate *other_priv = ann_node_get_instance_private (other);

  priv->has_identity = other_priv->has_identity;
  priv->file = other_priv->file;
  priv->address = other_priv->address;
}

gboolean
_ann_node_is_listed (AnnNode *self)
{
  return ANN_NODE_GET_CLASS (self)->is_listed == NULL
         || ANN_NODE_GET_CLASS (self)->is_listed (self);
}

AnnNode *
_ann_node_find_itself_above (AnnNode *self)
{
  AnnNodePrivate *priv = ann_node_get_instance_private (self);
  AnnNode *above = priv->parent;

  while (priv->has_identity && above != NULL)
    {
      AnnNodePrivate *above_priv = ann_node_get_instance_private (above);

      if (above_priv->has_identity && above_priv->file == priv->file
          && above_priv->address == priv->address)
        return above;
      above = above_priv->parent;
    }

  return NULL;
}

AnnNode *
_ann_node_get_parent (AnnNode *self)
{
  AnnNodePrivate *priv = ann_node_get_instance_private (self);

  return priv->parent;
}

/**
 * ann_node_get_kind:
 * @self: a node
 *
 * Returns: what it is
 */
AnnNodeKind
ann_node_get_kind (AnnNode *self)
{
  AnnNodePrivate *priv = ann_node_get_instance_private (self);

  g_return_val_if_fail (ANN_IS_NODE (self), ANN_NODE_OTHER);

  return priv->kind;
}

/**
 * ann_node_get_path:
 * @self: a node
 *
 * Returns: where it is in its store, without a leading slash; empty for the root
 */
const char *
ann_node_get_path (AnnNode *self)
{
  AnnNodePrivate *priv = ann_node_get_instance_private (self);

  g_return_val_if_fail (ANN_IS_NODE (self), NULL);

  return priv->path;
}

/**
 * ann_node_get_name:
 * @self: a node
 *
 * Returns: the last segment of its path; empty for the root
 */
const char *
ann_node_get_name (AnnNode *self)
{
  AnnNodePrivate *priv = ann_node_get_instance_private (self);

  g_return_val_if_fail (ANN_IS_NODE (self), NULL);

  return priv->name;
}

/**
 * ann_node_get_link_description:
 * @self: a node
 *
 * Returns: how its parent names it: `hard`, `soft → …`
 */
const char *
ann_node_get_link_description (AnnNode *self)
{
  AnnNodePrivate *priv = ann_node_get_instance_private (self);

  g_return_val_if_fail (ANN_IS_NODE (self), NULL);

  return priv->link_description;
}

/**
 * ann_node_read_attributes:
 * @self: a node
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error, or %NULL
 *
 * Reads all attributes. Any thread.
 *
 * Returns: (transfer full): the attributes, or %NULL with @error set
 */
AnnAttributes *
ann_node_read_attributes (AnnNode *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (ANN_IS_NODE (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  return ANN_NODE_GET_CLASS (self)->read_attributes (self, cancellable, error);
}

/**
 * ann_node_list_children:
 * @self: a node
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error, or %NULL
 *
 * Any thread. No child is opened.
 *
 * Returns: (transfer full) (array zero-terminated=1): the names of its children, sorted by bytes,
 *   none for what is not a group; or %NULL with @error set
 */
char **
ann_node_list_children (AnnNode *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (ANN_IS_NODE (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (ann_node_get_kind (self) != ANN_NODE_GROUP)
    return g_new0 (char *, 1);

  return ANN_NODE_GET_CLASS (self)->list_children (self, cancellable, error);
}

/* What could be understood as a path, or as the node itself, is no child's name. */
static gboolean
is_name (const char *name)
{
  return *name != '\0' && strchr (name, '/') == NULL && !g_str_equal (name, ".")
         && !g_str_equal (name, "..");
}

static gboolean
find_child (AnnNode *self,
            const char *name,
            gboolean *is_there,
            GCancellable *cancellable,
            GError **error)
{
  g_auto (GStrv) names = NULL;

  if (ann_node_get_kind (self) != ANN_NODE_GROUP || !is_name (name))
    return TRUE;
  if (ANN_NODE_GET_CLASS (self)->find_child != NULL)
    return ANN_NODE_GET_CLASS (self)->find_child (self, name, is_there, cancellable, error);

  names = ann_node_list_children (self, cancellable, error);
  *is_there = names != NULL && g_strv_contains ((const char *const *) names, name);

  return names != NULL;
}

gboolean
_ann_node_find_child (AnnNode *self,
                      const char *name,
                      gboolean *is_there,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (GError) local_error = NULL;

  *is_there = FALSE;
  if (find_child (self, name, is_there, cancellable, &local_error))
    return TRUE;

  *is_there = FALSE;
  if (_ann_error_blames_store (local_error))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

/**
 * ann_node_has_child:
 * @self: a node
 * @name: the name of a child
 * @cancellable: (nullable): a cancellable
 *
 * Any thread.
 *
 * Returns: whether there is a child of this name, openable or not; %FALSE also if that cannot be
 *   told
 */
gboolean
ann_node_has_child (AnnNode *self, const char *name, GCancellable *cancellable)
{
  gboolean is_there = FALSE;

  g_return_val_if_fail (ANN_IS_NODE (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  return find_child (self, name, &is_there, cancellable, NULL) && is_there;
}

/**
 * ann_node_open_child:
 * @self: a node
 * @name: the name of a child: one segment of a path
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error, or %NULL
 *
 * Any thread. Reads no values.
 *
 * Returns: (transfer full): the child, or %NULL with @error set, `ANN_ERROR_NOT_FOUND` if there is
 *   none of this name
 */
AnnNode *
ann_node_open_child (AnnNode *self, const char *name, GCancellable *cancellable, GError **error)
{
  AnnNodePrivate *priv = ann_node_get_instance_private (self);
  AnnNodePrivate *child_priv;
  AnnNode *child;

  g_return_val_if_fail (ANN_IS_NODE (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (priv->kind != ANN_NODE_GROUP || !is_name (name))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND, "%s has no child “%s”",
                   *priv->path != '\0' ? priv->path : "/", name);
      return NULL;
    }

  child = ANN_NODE_GET_CLASS (self)->open_child (self, name, cancellable, error);
  if (child == NULL)
    return NULL;

  child_priv = ann_node_get_instance_private (child);
  g_set_object (&child_priv->parent, self);

  return child;
}

/* Follows a path from @group down; what would lead out of it is not followed. */
static AnnNode *
open_below (AnnNode *group, const char *path, GCancellable *cancellable, GError **error)
{
  g_auto (GStrv) names = g_strsplit (path, "/", -1);
  g_autoptr (AnnNode) node = g_object_ref (group);

  for (guint i = 0; names[i] != NULL; i++)
    {
      AnnNode *child = ann_node_open_child (node, names[i], cancellable, error);

      if (child == NULL)
        return NULL;
      g_object_unref (node);
      node = child;
    }

  return g_steal_pointer (&node);
}

/**
 * ann_node_open_reference:
 * @self: a node
 * @attribute: the name of one of its attributes
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error, or %NULL
 *
 * Follows a reference to another node, as anndata 0.7 left them: an object reference (HDF5), or
 * the path of the node as text, from the group in which @self lies (Zarr). Any thread. Reads no
 * values.
 *
 * Returns: (transfer full): the other node, or %NULL with @error set: `ANN_ERROR_NOT_FOUND` if
 *   there is none (any more), `ANN_ERROR_FORMAT` if the attribute holds no reference
 */
AnnNode *
ann_node_open_reference (AnnNode *self,
                         const char *attribute,
                         GCancellable *cancellable,
                         GError **error)
{
  AnnNodePrivate *priv = ann_node_get_instance_private (self);
  g_autoptr (AnnAttributes) attributes = NULL;
  const char *path;

  g_return_val_if_fail (ANN_IS_NODE (self), NULL);
  g_return_val_if_fail (attribute != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  attributes = ann_node_read_attributes (self, cancellable, error);
  if (attributes == NULL)
    return NULL;

  path = ann_attributes_get_text (attributes, attribute);
  if (path != NULL && priv->parent != NULL)
    return open_below (priv->parent, path, cancellable, error);
  if (path == NULL && ANN_NODE_GET_CLASS (self)->open_reference != NULL)
    return ANN_NODE_GET_CLASS (self)->open_reference (self, attribute, cancellable, error);

  g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT, "%s: its attribute “%s” is no reference",
               priv->path, attribute);

  return NULL;
}

/**
 * ann_node_open_array:
 * @self: a node
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error, or %NULL
 *
 * Any thread. Reads no values.
 *
 * Returns: (transfer full): its values, or %NULL with @error set, `ANN_ERROR_FORMAT` if it is not
 *   an array
 */
AnnArray *
ann_node_open_array (AnnNode *self, GCancellable *cancellable, GError **error)
{
  AnnNodePrivate *priv = ann_node_get_instance_private (self);

  g_return_val_if_fail (ANN_IS_NODE (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (priv->kind != ANN_NODE_ARRAY)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT, "%s is not an array",
                   *priv->path != '\0' ? priv->path : "/");
      return NULL;
    }

  return ANN_NODE_GET_CLASS (self)->open_array (self, cancellable, error);
}
