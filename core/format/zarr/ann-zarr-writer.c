/* ann-zarr-writer.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/zarr/ann-zarr-writer.h"

#include "base/ann-error.h"
#include "format/zarr/ann-zarr-array-writer.h"
#include "format/zarr/ann-zarr-documents.h"
#include "format/zarr/ann-zarr-target.h"

#define ANN_TYPE_ZARR_GROUP_WRITER (_ann_zarr_group_writer_get_type ())

G_DECLARE_FINAL_TYPE (AnnZarrGroupWriter,
                      _ann_zarr_group_writer,
                      ANN,
                      ZARR_GROUP_WRITER,
                      AnnNodeWriter)

/* @attributes: of a root that was closed; @is_owner: a root, which drops what it did not commit */
struct _AnnZarrGroupWriter {
  AnnNodeWriter parent_instance;
  AnnZarrTarget *target;
  AnnAttributes *attributes;
  gboolean is_owner;
};

G_DEFINE_FINAL_TYPE (AnnZarrGroupWriter, _ann_zarr_group_writer, ANN_TYPE_NODE_WRITER)

static void
_ann_zarr_group_writer_finalize (GObject *object)
{
  AnnZarrGroupWriter *self = ANN_ZARR_GROUP_WRITER (object);

  if (self->is_owner)
    _ann_store_writer_abandon (_ann_zarr_target_get_store (self->target));
  _ann_zarr_target_unref (self->target);
  g_clear_pointer (&self->attributes, ann_attributes_unref);

  G_OBJECT_CLASS (_ann_zarr_group_writer_parent_class)->finalize (object);
}

static const AnnWriterTraits *
_ann_zarr_group_writer_get_traits (AnnNodeWriter *node)
{
  static const AnnWriterTraits traits[] = {
    { .format = "Zarr v2", .is_zarr = TRUE, .zarr_format = 2, .compresses_texts = TRUE },
    { .format = "Zarr v3",
      .is_zarr = TRUE,
      .zarr_format = 3,
      .compresses_texts = TRUE,
      .has_shards = TRUE },
  };

  return &traits[_ann_zarr_target_get_format (ANN_ZARR_GROUP_WRITER (node)->target) - 2];
}

/* --- Children --- */

static gboolean
refuse (AnnNodeWriter *node, const char *name, const char *reason, GError **error)
{
  const char *path = _ann_node_writer_get_path (node);

  g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
               "%s cannot have a child “%s”: %s; rename it, and write again",
               *path != '\0' ? path : "/", name, reason);

  return FALSE;
}

/* What of a path, with slashes, names something: no part of it may be empty. */
static gboolean
check_parts (AnnNodeWriter *node, const char *name, const char *parts, GError **error)
{
  g_auto (GStrv) all = g_strsplit (parts, "/", -1);

  for (gsize i = 0; all[i] != NULL; i++)
    {
      if (*all[i] == '\0' || g_str_equal (all[i], ".") || g_str_equal (all[i], ".."))
        return refuse (node, name, "in Zarr a backslash is a slash", error);
      if (_ann_zarr_is_document_name (all[i]))
        return refuse (node, name, "Zarr calls a document so", error);
    }

  return TRUE;
}

/* (transfer full): the path of a child that may be called @name. zarr-python takes a backslash for
 * a slash, when it writes and when it reads: such a child lies deeper.
 */
static char *
make_path (AnnNodeWriter *node, const char *name, GCancellable *cancellable, GError **error)
{
  AnnZarrTarget *target = ANN_ZARR_GROUP_WRITER (node)->target;
  g_autofree char *parts = g_strdelimit (g_strdup (name), "\\", '/');
  g_autofree char *path = _ann_node_writer_build_path (node, parts);

  if (!check_parts (node, name, parts, error)
      || !_ann_zarr_target_put_between (target, _ann_node_writer_get_path (node), path, cancellable,
                                        error))
    return NULL;
  if (!_ann_zarr_target_has_node (target, path))
    return g_steal_pointer (&path);
  refuse (node, name, "in Zarr a backslash is a slash, and the name is there twice so", error);

  return NULL;
}

static AnnZarrGroupWriter *
new_group (AnnZarrTarget *target, const char *path)
{
  AnnZarrGroupWriter *self = g_object_new (ANN_TYPE_ZARR_GROUP_WRITER, NULL);

  self->target = _ann_zarr_target_ref (target);
  _ann_node_writer_set_path (ANN_NODE_WRITER (self), path);
  _ann_zarr_target_add_node (target, path);

  return self;
}

static AnnNodeWriter *
_ann_zarr_group_writer_add_group (AnnNodeWriter *node,
                                  const char *name,
                                  GCancellable *cancellable,
                                  GError **error)
{
  g_autofree char *path = make_path (node, name, cancellable, error);

  if (path == NULL)
    return NULL;

  return ANN_NODE_WRITER (new_group (ANN_ZARR_GROUP_WRITER (node)->target, path));
}

static AnnArrayWriter *
_ann_zarr_group_writer_add_array (AnnNodeWriter *node,
                                  const char *name,
                                  const AnnArraySpec *spec,
                                  GCancellable *cancellable,
                                  GError **error)
{
  AnnZarrTarget *target = ANN_ZARR_GROUP_WRITER (node)->target;
  g_autofree char *path = make_path (node, name, cancellable, error);
  AnnArrayWriter *array;

  if (path == NULL)
    return NULL;
  array = _ann_zarr_array_writer_new (target, path, spec, error);
  if (array != NULL)
    _ann_zarr_target_add_node (target, path);

  return array;
}

static gboolean
_ann_zarr_group_writer_add_null (AnnNodeWriter *node,
                                 const char *name,
                                 AnnAttributes *attributes,
                                 GCancellable *cancellable,
                                 GError **error)
{
  AnnZarrTarget *target = ANN_ZARR_GROUP_WRITER (node)->target;
  g_autofree char *path = make_path (node, name, cancellable, error);

  if (path == NULL || !_ann_zarr_array_write_null (target, path, attributes, cancellable, error))
    return FALSE;
  _ann_zarr_target_add_node (target, path);

  return TRUE;
}

/* --- The end --- */

static gboolean
_ann_zarr_group_writer_close (AnnNodeWriter *node,
                              AnnAttributes *attributes,
                              GCancellable *cancellable,
                              GError **error)
{
  AnnZarrGroupWriter *self = ANN_ZARR_GROUP_WRITER (node);
  const char *path = _ann_node_writer_get_path (node);

  if (*path != '\0')
    return _ann_zarr_target_put_group (self->target, path, attributes, cancellable, error);

  if (self->is_owner && attributes != NULL)
    self->attributes = ann_attributes_ref (attributes);

  return _ann_zarr_target_flush (self->target, cancellable, error);
}

static gboolean
_ann_zarr_group_writer_commit (AnnNodeWriter *node, GCancellable *cancellable, GError **error)
{
  AnnZarrGroupWriter *self = ANN_ZARR_GROUP_WRITER (node);

  /* Whoever reads a store over a network begins with these: they come behind all others. */
  if (!_ann_zarr_target_put_group (self->target, "", self->attributes, cancellable, error)
      || !_ann_zarr_target_flush (self->target, cancellable, error)
      || !_ann_zarr_target_put_consolidated (self->target, cancellable, error)
      || !_ann_zarr_target_flush (self->target, cancellable, error)
      || !_ann_store_writer_commit (_ann_zarr_target_get_store (self->target), cancellable, error))
    return FALSE;
  self->is_owner = FALSE;

  return TRUE;
}

static void
_ann_zarr_group_writer_class_init (AnnZarrGroupWriterClass *klass)
{
  AnnNodeWriterClass *node_class = ANN_NODE_WRITER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = _ann_zarr_group_writer_finalize;
  node_class->get_traits = _ann_zarr_group_writer_get_traits;
  node_class->add_group = _ann_zarr_group_writer_add_group;
  node_class->add_array = _ann_zarr_group_writer_add_array;
  node_class->add_null = _ann_zarr_group_writer_add_null;
  node_class->close = _ann_zarr_group_writer_close;
  node_class->commit = _ann_zarr_group_writer_commit;
}

static void
_ann_zarr_group_writer_init (AnnZarrGroupWriter *self G_GNUC_UNUSED)
{
}

AnnNodeWriter *
_ann_zarr_writer_new_root (AnnStoreWriter *store, guint zarr_format, GError **error)
{
  g_autoptr (AnnStoreWriter) owned = store;
  AnnZarrGroupWriter *root;
  AnnZarrTarget *target;

  if (zarr_format != 2 && zarr_format != 3)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "Zarr is written in versions 2 and 3, and not in version %u", zarr_format);
      return NULL;
    }

  target = _ann_zarr_target_new (g_steal_pointer (&owned), zarr_format, "");
  root = new_group (target, "");
  root->is_owner = TRUE;
  _ann_zarr_target_unref (target);

  return ANN_NODE_WRITER (root);
}

AnnNodeWriter *
_ann_zarr_writer_new_below (AnnStoreWriter *store, guint zarr_format, const char *prefix)
{
  g_autoptr (AnnZarrTarget) target = _ann_zarr_target_new (g_object_ref (store), zarr_format,
                                                           prefix);

  return ANN_NODE_WRITER (new_group (target, ""));
}
