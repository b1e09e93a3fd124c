/* ann-node-view.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-node-view-private.h"

#include "base/ann-error.h"

#include <string.h>

/* A child that was added: a node, or where it is to be opened. */
typedef struct {
  char *name;
  AnnNode *node; /* or the group that holds it as … */
  char *stored_name;
  gboolean is_hidden;
} Entry;

/* A node that shows another one, or others, under paths of its own: so a group within a store can
 * be looked at as a store, and what old versions kept elsewhere is found where it is today. Names
 * in messages of arrays stay the stored ones. Immutable once it is filled.
 */
struct _AnnNodeView {
  AnnNode parent_instance;

  AnnNode *base;
  GPtrArray *entries; /* NULL: the children of base */
  AnnAttributes *attributes;
};

typedef struct {
  AnnNodeClass parent_class;
} AnnNodeViewClass;

G_DEFINE_FINAL_TYPE (AnnNodeView, _ann_node_view, ANN_TYPE_NODE)

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->name);
  g_object_unref (entry->node);
  g_free (entry->stored_name);
  g_free (entry);
}

static const Entry *
find_entry (AnnNodeView *self, const char *name)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      const Entry *entry = g_ptr_array_index (self->entries, i);

      if (strcmp (entry->name, name) == 0)
        return entry;
    }

  return NULL;
}

static AnnAttributes *
ann_node_view_read_attributes (AnnNode *node, GCancellable *cancellable, GError **error)
{
  AnnNodeView *self = ANN_NODE_VIEW (node);

  if (self->attributes != NULL)
    return ann_attributes_ref (self->attributes);
  if (self->base != NULL)
    return ann_node_read_attributes (self->base, cancellable, error);

  return ann_attributes_new ();
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static char **
ann_node_view_list_children (AnnNode *node, GCancellable *cancellable, GError **error)
{
  AnnNodeView *self = ANN_NODE_VIEW (node);
  g_autoptr (GPtrArray) names = NULL;

  if (self->entries == NULL)
    return ann_node_list_children (self->base, cancellable, error);

  names = g_ptr_array_new ();
  for (guint i = 0; i < self->entries->len; i++)
    {
      const Entry *entry = g_ptr_array_index (self->entries, i);

      if (!entry->is_hidden)
        g_ptr_array_add (names, g_strdup (entry->name));
    }
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);

  return (char **) g_ptr_array_steal (names, NULL);
}

static AnnNode *
open_entry (AnnNodeView *self, const char *name, GCancellable *cancellable, GError **error)
{
  const Entry *entry = find_entry (self, name);

  if (entry == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND, "%s has no child “%s”",
                   ann_node_get_path (ANN_NODE (self)), name);
      return NULL;
    }
  if (entry->stored_name == NULL)
    return g_object_ref (entry->node);

  return ann_node_open_child (entry->node, entry->stored_name, cancellable, error);
}

static AnnNode *
ann_node_view_open_child (AnnNode *node,
                          const char *name,
                          GCancellable *cancellable,
                          GError **error)
{
  AnnNodeView *self = ANN_NODE_VIEW (node);
  const char *own_path = ann_node_get_path (node);
  g_autofree char *path = *own_path != '\0' ? g_strconcat (own_path, "/", name, NULL)
                                            : g_strdup (name);
  g_autoptr (AnnNode) child = NULL;

  child = self->entries != NULL ? open_entry (self, name, cancellable, error)
                                : ann_node_open_child (self->base, name, cancellable, error);
  if (child == NULL)
    return NULL;

  /* Always a node of its own, for it is given a parent. */
  return _ann_node_view_new (child, path);
}

static gboolean
ann_node_view_find_child (AnnNode *node,
                          const char *name,
                          gboolean *is_there,
                          GCancellable *cancellable,
                          GError **error)
{
  AnnNodeView *self = ANN_NODE_VIEW (node);
  const Entry *entry;

  if (self->entries == NULL)
    return _ann_node_find_child (self->base, name, is_there, cancellable, error);

  entry = find_entry (self, name);
  *is_there = entry != NULL;

  return entry == NULL || entry->stored_name == NULL
         || _ann_node_find_child (entry->node, entry->stored_name, is_there, cancellable, error);
}

static gboolean
ann_node_view_is_listed (AnnNode *node)
{
  AnnNodeView *self = ANN_NODE_VIEW (node);

  return self->entries != NULL || _ann_node_is_listed (self->base);
}

static AnnArray *
ann_node_view_open_array (AnnNode *node, GCancellable *cancellable, GError **error)
{
  return ann_node_open_array (ANN_NODE_VIEW (node)->base, cancellable, error);
}

static AnnNode *
ann_node_view_open_reference (AnnNode *node,
                              const char *attribute,
                              GCancellable *cancellable,
                              GError **error)
{
  return ann_node_open_reference (ANN_NODE_VIEW (node)->base, attribute, cancellable, error);
}

static void
ann_node_view_finalize (GObject *object)
{
  AnnNodeView *self = ANN_NODE_VIEW (object);

  g_clear_object (&self->base);
  g_clear_pointer (&self->entries, g_ptr_array_unref);
  g_clear_pointer (&self->attributes, ann_attributes_unref);

  G_OBJECT_CLASS (_ann_node_view_parent_class)->finalize (object);
}

static void
_ann_node_view_class_init (AnnNodeViewClass *klass)
{
  AnnNodeClass *node_class = ANN_NODE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ann_node_view_finalize;
  node_class->read_attributes = ann_node_view_read_attributes;
  node_class->list_children = ann_node_view_list_children;
  node_class->open_child = ann_node_view_open_child;
  node_class->find_child = ann_node_view_find_child;
  node_class->is_listed = ann_node_view_is_listed;
  node_class->open_array = ann_node_view_open_array;
  node_class->open_reference = ann_node_view_open_reference;
}

static void
_ann_node_view_init (G_GNUC_UNUSED AnnNodeView *self)
{
}

static AnnNodeView *
node_view_new (AnnNode *base, AnnNodeKind kind, const char *path)
{
  AnnNodeView *self = g_object_new (ANN_TYPE_NODE_VIEW, NULL);

  g_set_object (&self->base, base);
  _ann_node_set_info (ANN_NODE (self), kind, path,
                      base != NULL ? ann_node_get_link_description (base) : NULL);
  if (base != NULL)
    _ann_node_copy_identity (ANN_NODE (self), base);

  return self;
}

AnnNode *
_ann_node_view_new (AnnNode *node, const char *path)
{
  return ANN_NODE (node_view_new (node, ann_node_get_kind (node), path));
}

AnnNodeView *
_ann_node_view_new_group (AnnNode *base, const char *path)
{
  AnnNodeView *self = node_view_new (base, ANN_NODE_GROUP, path);

  self->entries = g_ptr_array_new_with_free_func (entry_free);

  return self;
}

static void
add_entry (AnnNodeView *self,
           const char *name,
           AnnNode *node,
           const char *stored_name,
           gboolean is_hidden)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->name = g_strdup (name);
  entry->node = g_object_ref (node);
  entry->stored_name = g_strdup (stored_name);
  entry->is_hidden = is_hidden;
  g_ptr_array_add (self->entries, entry);
}

void
_ann_node_view_add_child (AnnNodeView *self,
                          const char *name,
                          AnnNode *group,
                          const char *stored_name)
{
  add_entry (self, name, group, stored_name, FALSE);
}

void
_ann_node_view_add_hidden (AnnNodeView *self,
                           const char *name,
                           AnnNode *group,
                           const char *stored_name)
{
  add_entry (self, name, group, stored_name, TRUE);
}

void
_ann_node_view_add_node (AnnNodeView *self, const char *name, AnnNode *node)
{
  add_entry (self, name, node, NULL, FALSE);
}

void
_ann_node_view_set_attributes (AnnNodeView *self, AnnAttributes *attributes)
{
  self->attributes = ann_attributes_ref (attributes);
}
