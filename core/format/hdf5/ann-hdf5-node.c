/* ann-hdf5-node.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-node.h"

#include "array/ann-node-private.h"
#include "format/hdf5/ann-hdf5-array.h"
#include "format/hdf5/ann-hdf5-attributes.h"
#include "format/hdf5/ann-hdf5-link.h"

#include <string.h>

/* A group, a dataset or a named type, held open. Immutable once made; the object's id may be
 * closed by any thread that drops the last reference.
 */
struct _AnnHdf5Node {
  AnnNode parent_instance;

  AnnHdf5File *file;
  hid_t object;
};

typedef struct {
  AnnNodeClass parent_class;
} AnnHdf5NodeClass;

G_DEFINE_FINAL_TYPE (AnnHdf5Node, _ann_hdf5_node, ANN_TYPE_NODE)

static char *
get_child_path (AnnHdf5Node *self, const char *name)
{
  const char *path = ann_node_get_path (ANN_NODE (self));

  return path[0] == '\0' ? g_strdup (name) : g_strconcat (path, "/", name, NULL);
}

static AnnAttributes *
ann_hdf5_node_read_attributes (AnnNode *node, GCancellable *cancellable, GError **error)
{
  AnnHdf5Node *self = ANN_HDF5_NODE (node);

  return _ann_hdf5_read_attributes (self->file, self->object, ann_node_get_path (node), cancellable,
                                    error);
}

/* No type of an object is asked for: that would read each of them. */
static herr_t
note_name (hid_t group G_GNUC_UNUSED,
           const char *name,
           const H5L_info_t *info G_GNUC_UNUSED,
           void *user_data)
{
  g_ptr_array_add (user_data, g_strdup (name));

  return 0;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static char **
ann_hdf5_node_list_children (AnnNode *node, GCancellable *cancellable, GError **error)
{
  AnnHdf5Node *self = ANN_HDF5_NODE (node);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  if (ann_node_get_kind (node) == ANN_NODE_GROUP)
    {
      G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();

      if (H5Literate (self->object, H5_INDEX_NAME, H5_ITER_NATIVE, NULL, note_name, names) < 0)
        {
          _ann_hdf5_set_error (error, ann_node_get_path (node), "The children cannot be listed");
          return NULL;
        }
    }

  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);

  return (char **) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}

static AnnNode *
ann_hdf5_node_open_child (AnnNode *node,
                          const char *name,
                          GCancellable *cancellable,
                          GError **error)
{
  AnnHdf5Node *self = ANN_HDF5_NODE (node);
  g_autofree char *path = get_child_path (self, name);
  g_auto (AnnHdf5Target) target = { NULL, H5I_INVALID_HID, NULL };
  hid_t object;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();

  if (!_ann_hdf5_open_link (self->file, self->object, name, path, &target, error))
    return NULL;

  object = target.object;
  target.object = H5I_INVALID_HID;

  return _ann_hdf5_node_new (target.file, object, path, target.description, error);
}

static gboolean
ann_hdf5_node_has_child (AnnNode *node, const char *name, GCancellable *cancellable G_GNUC_UNUSED)
{
  AnnHdf5Node *self = ANN_HDF5_NODE (node);

  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();

  return H5Lexists (self->object, name, H5P_DEFAULT) > 0;
}

static AnnArray *
ann_hdf5_node_open_array (AnnNode *node, GCancellable *cancellable G_GNUC_UNUSED, GError **error)
{
  AnnHdf5Node *self = ANN_HDF5_NODE (node);

  return _ann_hdf5_array_new (self->file, self->object, ann_node_get_path (node), error);
}

/* Reads one object reference. FALSE for an attribute that is something else. */
static gboolean
read_reference (hid_t object, const char *attribute, hobj_ref_t *reference)
{
  g_auto (AnnHdf5Hid) id = H5Aopen (object, attribute, H5P_DEFAULT);
  g_auto (AnnHdf5Hid) type = id < 0 ? H5I_INVALID_HID : H5Aget_type (id);
  g_auto (AnnHdf5Hid) space = id < 0 ? H5I_INVALID_HID : H5Aget_space (id);

  return type >= 0 && H5Tequal (type, H5T_STD_REF_OBJ) > 0
         && H5Sget_simple_extent_npoints (space) == 1
         && H5Aread (id, H5T_STD_REF_OBJ, reference) >= 0;
}

static AnnNode *
ann_hdf5_node_open_reference (AnnNode *node,
                              const char *attribute,
                              GCancellable *cancellable G_GNUC_UNUSED,
                              GError **error)
{
  AnnHdf5Node *self = ANN_HDF5_NODE (node);
  /* libhdf5 could tell where it lies only by a search through the file. */
  g_autofree char *path = g_strdup_printf ("%s → %s", ann_node_get_path (node), attribute);
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
  hobj_ref_t reference = 0;
  hid_t object;

  if (!read_reference (self->object, attribute, &reference))
    {
      H5Eclear2 (H5E_DEFAULT);
      g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT, "%s: its attribute “%s” is no reference",
                   ann_node_get_path (node), attribute);
      return NULL;
    }

  object = H5Rdereference2 (self->object, H5P_DEFAULT, H5R_OBJECT, &reference);
  if (object < 0)
    {
      H5Eclear2 (H5E_DEFAULT);
      g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND,
                   "%s: its attribute “%s” refers to something that is not there",
                   ann_node_get_path (node), attribute);
      return NULL;
    }

  return _ann_hdf5_node_new (self->file, object, path, "reference", error);
}

static void
ann_hdf5_node_finalize (GObject *object)
{
  AnnHdf5Node *self = ANN_HDF5_NODE (object);

  /* The object first: then libhdf5 has nothing open when the file goes. */
  _ann_hdf5_close (self->object);
  g_clear_pointer (&self->file, _ann_hdf5_file_unref);

  G_OBJECT_CLASS (_ann_hdf5_node_parent_class)->finalize (object);
}

static void
_ann_hdf5_node_class_init (AnnHdf5NodeClass *klass)
{
  AnnNodeClass *node_class = ANN_NODE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ann_hdf5_node_finalize;
  node_class->read_attributes = ann_hdf5_node_read_attributes;
  node_class->list_children = ann_hdf5_node_list_children;
  node_class->open_child = ann_hdf5_node_open_child;
  node_class->has_child = ann_hdf5_node_has_child;
  node_class->open_array = ann_hdf5_node_open_array;
  node_class->open_reference = ann_hdf5_node_open_reference;
}

static void
_ann_hdf5_node_init (AnnHdf5Node *self)
{
  self->object = H5I_INVALID_HID;
}

static gboolean
get_kind (hid_t object, AnnNodeKind *kind)
{
  g_auto (AnnHdf5Hid) space = H5I_INVALID_HID;
  H5I_type_t type = H5Iget_type (object);

  *kind = type == H5I_GROUP ? ANN_NODE_GROUP : ANN_NODE_OTHER;
  if (type != H5I_DATASET)
    return TRUE;

  space = H5Dget_space (object);
  if (space < 0)
    return FALSE;

  *kind = H5Sget_simple_extent_type (space) == H5S_NULL ? ANN_NODE_NULL : ANN_NODE_ARRAY;

  return TRUE;
}

AnnNode *
_ann_hdf5_node_new (AnnHdf5File *file,
                    hid_t object,
                    const char *path,
                    const char *link_description,
                    GError **error)
{
  g_autoptr (AnnHdf5Node) self = g_object_new (ANN_TYPE_HDF5_NODE, NULL);
  AnnNodeKind kind;

  self->file = _ann_hdf5_file_ref (file);
  self->object = object;
  if (!get_kind (object, &kind))
    {
      _ann_hdf5_set_error (error, path, "The shape cannot be read");
      return NULL;
    }

  _ann_node_set_info (ANN_NODE (self), kind, path, link_description);
  if (kind == ANN_NODE_GROUP)
    {
      H5O_info_t info;

      if (H5Oget_info2 (object, &info, H5O_INFO_BASIC) >= 0)
        _ann_node_set_identity (ANN_NODE (self), info.fileno, info.addr);
    }

  return ANN_NODE (g_steal_pointer (&self));
}
