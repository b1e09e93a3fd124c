/* ann-node-writer.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-node-writer.h"

#include "base/ann-error.h"

#include <string.h>

typedef struct {
  char *path;
  GHashTable *names; /* of the children that were added */
  gboolean is_closed;
} AnnNodeWriterPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (AnnNodeWriter, _ann_node_writer, G_TYPE_OBJECT)

static void
ann_node_writer_finalize (GObject *object)
{
  AnnNodeWriterPrivate *priv = _ann_node_writer_get_instance_private (ANN_NODE_WRITER (object));

  g_free (priv->path);
  g_hash_table_unref (priv->names);

  G_OBJECT_CLASS (_ann_node_writer_parent_class)->finalize (object);
}

static void
_ann_node_writer_class_init (AnnNodeWriterClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ann_node_writer_finalize;
}

static void
_ann_node_writer_init (AnnNodeWriter *self)
{
  AnnNodeWriterPrivate *priv = _ann_node_writer_get_instance_private (self);

  priv->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

void
_ann_node_writer_set_path (AnnNodeWriter *self, const char *path)
{
  AnnNodeWriterPrivate *priv = _ann_node_writer_get_instance_private (self);

  g_return_if_fail (ANN_IS_NODE_WRITER (self));
  g_return_if_fail (priv->path == NULL);

  priv->path = g_strdup (path);
}

const char *
_ann_node_writer_get_path (AnnNodeWriter *self)
{
  AnnNodeWriterPrivate *priv = _ann_node_writer_get_instance_private (self);

  return priv->path;
}

char *
_ann_node_writer_build_path (AnnNodeWriter *self, const char *name)
{
  AnnNodeWriterPrivate *priv = _ann_node_writer_get_instance_private (self);

  return *priv->path != '\0' ? g_strconcat (priv->path, "/", name, NULL) : g_strdup (name);
}

const AnnWriterTraits *
_ann_node_writer_get_traits (AnnNodeWriter *self)
{
  g_return_val_if_fail (ANN_IS_NODE_WRITER (self), NULL);

  return ANN_NODE_WRITER_GET_CLASS (self)->get_traits (self);
}

/* --- Children --- */

static gboolean
check_name (const AnnNodeWriterPrivate *priv, const char *name, GError **error)
{
  const char *reason = NULL;

  if (*name == '\0')
    reason = "a name must not be empty";
  else if (strchr (name, '/') != NULL)
    reason = "a name must not hold a slash";
  else if (g_str_equal (name, ".") || g_str_equal (name, ".."))
    reason = "this name means a place, and none within the group";
  else if (g_hash_table_contains (priv->names, name))
    reason = "the name is there twice";
  else
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
               "%s cannot have a child “%s”: %s; rename it, and write again",
               *priv->path != '\0' ? priv->path : "/", name, reason);

  return FALSE;
}

/* What is done before a child is added. */
static gboolean
begin_child (AnnNodeWriter *self, const char *name, GCancellable *cancellable, GError **error)
{
  AnnNodeWriterPrivate *priv = _ann_node_writer_get_instance_private (self);

  g_return_val_if_fail (ANN_IS_NODE_WRITER (self), FALSE);
  g_return_val_if_fail (!priv->is_closed, FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return !g_cancellable_set_error_if_cancelled (cancellable, error)
         && check_name (priv, name, error);
}

/* Notes that there is a child; nothing if there is none. */
static gboolean
end_child (AnnNodeWriter *self, const char *name, gboolean is_there)
{
  AnnNodeWriterPrivate *priv = _ann_node_writer_get_instance_private (self);

  if (is_there)
    g_hash_table_add (priv->names, g_strdup (name));

  return is_there;
}

AnnNodeWriter *
_ann_node_writer_add_group (AnnNodeWriter *self,
                            const char *name,
                            GCancellable *cancellable,
                            GError **error)
{
  AnnNodeWriter *child;

  if (!begin_child (self, name, cancellable, error))
    return NULL;

  child = ANN_NODE_WRITER_GET_CLASS (self)->add_group (self, name, cancellable, error);
  end_child (self, name, child != NULL);

  return child;
}

AnnArrayWriter *
_ann_node_writer_add_array (AnnNodeWriter *self,
                            const char *name,
                            const AnnArraySpec *spec,
                            GCancellable *cancellable,
                            GError **error)
{
  AnnArrayWriter *child;

  g_return_val_if_fail (spec != NULL && spec->rank <= ANN_MAX_RANK, NULL);
  for (guint i = 1; i < spec->rank; i++)
    g_return_val_if_fail ((spec->chunk_shape[i] == 0) == (spec->chunk_shape[0] == 0), NULL);

  if (!begin_child (self, name, cancellable, error))
    return NULL;

  child = ANN_NODE_WRITER_GET_CLASS (self)->add_array (self, name, spec, cancellable, error);
  end_child (self, name, child != NULL);

  return child;
}

gboolean
_ann_node_writer_add_null (AnnNodeWriter *self,
                           const char *name,
                           AnnAttributes *attributes,
                           GCancellable *cancellable,
                           GError **error)
{
  return begin_child (self, name, cancellable, error)
         && end_child (self, name,
                       ANN_NODE_WRITER_GET_CLASS (self)->add_null (self, name, attributes,
                                                                   cancellable, error));
}

/* --- The end --- */

gboolean
_ann_node_writer_close (AnnNodeWriter *self,
                        AnnAttributes *attributes,
                        GCancellable *cancellable,
                        GError **error)
{
  AnnNodeWriterPrivate *priv = _ann_node_writer_get_instance_private (self);

  g_return_val_if_fail (ANN_IS_NODE_WRITER (self), FALSE);
  g_return_val_if_fail (!priv->is_closed, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  priv->is_closed = TRUE;

  return ANN_NODE_WRITER_GET_CLASS (self)->close (self, attributes, cancellable, error);
}

gboolean
_ann_node_writer_commit (AnnNodeWriter *self, GCancellable *cancellable, GError **error)
{
  AnnNodeWriterPrivate *priv = _ann_node_writer_get_instance_private (self);

  g_return_val_if_fail (ANN_IS_NODE_WRITER (self), FALSE);
  g_return_val_if_fail (priv->is_closed && *priv->path == '\0', FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  return ANN_NODE_WRITER_GET_CLASS (self)->commit (self, cancellable, error);
}
