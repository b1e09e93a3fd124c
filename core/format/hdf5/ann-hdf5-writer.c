/* ann-hdf5-writer.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-writer.h"

#include "format/hdf5/ann-hdf5-array-writer.h"
#include "format/hdf5/ann-hdf5-write-attributes.h"

/* A group that is open. */
#define ANN_TYPE_HDF5_NODE_WRITER (_ann_hdf5_node_writer_get_type ())

ANN_DECLARE_FINAL_TYPE (AnnHdf5NodeWriter,
                        _ann_hdf5_node_writer,
                        ANN,
                        HDF5_NODE_WRITER,
                        AnnNodeWriter)

struct _AnnHdf5NodeWriter {
  AnnNodeWriter parent_instance;

  AnnHdf5Output *output;
  hid_t group;
};

typedef struct {
  AnnNodeWriterClass parent_class;
} AnnHdf5NodeWriterClass;

G_DEFINE_FINAL_TYPE (AnnHdf5NodeWriter, _ann_hdf5_node_writer, ANN_TYPE_NODE_WRITER)

/* @group: (transfer full) */
static AnnNodeWriter *
new_writer (AnnHdf5Output *output, hid_t group, const char *path)
{
  AnnHdf5NodeWriter *self = g_object_new (ANN_TYPE_HDF5_NODE_WRITER, NULL);

  self->output = _ann_hdf5_output_ref (output);
  self->group = group;
  _ann_node_writer_set_path (ANN_NODE_WRITER (self), path);

  return ANN_NODE_WRITER (self);
}

AnnNodeWriter *
_ann_hdf5_writer_new_group (AnnHdf5Output *output,
                            hid_t parent,
                            const char *name,
                            const char *path,
                            GError **error)
{
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
  g_auto (AnnHdf5Hid) links = _ann_hdf5_new_link_list ();
  g_auto (AnnHdf5Hid) creation = _ann_hdf5_new_object_list (H5P_GROUP_CREATE);
  hid_t group = H5I_INVALID_HID;

  if (links >= 0 && creation >= 0)
    group = H5Gcreate2 (parent, name, links, creation, H5P_DEFAULT);
  if (group < 0)
    {
      _ann_hdf5_output_fail (output, path, "The group cannot be made", error);
      return NULL;
    }

  return new_writer (output, group, path);
}

AnnNodeWriter *
_ann_hdf5_writer_new_root (const AnnTargetSpec *spec, GCancellable *cancellable, GError **error)
{
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = NULL;
  g_autoptr (AnnHdf5Output) output = NULL;
  AnnFileTarget *target;
  hid_t group;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  target = _ann_file_target_open (spec, cancellable, error);
  if (target == NULL)
    return NULL;
  output = _ann_hdf5_output_new (target, FALSE, error);
  if (output == NULL)
    return NULL;

  lock = _ann_hdf5_lock ();
  group = H5Gopen2 (_ann_hdf5_output_get_file (output), "/", H5P_DEFAULT);
  if (group < 0)
    {
      _ann_hdf5_output_fail (output, "", "The file cannot be begun", error);
      return NULL;
    }

  return new_writer (output, group, "");
}

static const AnnWriterTraits *
ann_hdf5_node_writer_get_traits (AnnNodeWriter *writer G_GNUC_UNUSED)
{
  static const AnnWriterTraits traits = {
    .format = "HDF5",
    .has_null = TRUE,
    .has_text_records = TRUE,
  };

  return &traits;
}

static AnnNodeWriter *
ann_hdf5_node_writer_add_group (AnnNodeWriter *writer,
                                const char *name,
                                GCancellable *cancellable,
                                GError **error)
{
  AnnHdf5NodeWriter *self = ANN_HDF5_NODE_WRITER (writer);
  g_autofree char *path = _ann_node_writer_build_path (writer, name);

  if (!_ann_hdf5_output_check (self->output, path, cancellable, error))
    return NULL;

  return _ann_hdf5_writer_new_group (self->output, self->group, name, path, error);
}

static AnnArrayWriter *
ann_hdf5_node_writer_add_array (AnnNodeWriter *writer,
                                const char *name,
                                const AnnArraySpec *spec,
                                GCancellable *cancellable,
                                GError **error)
{
  AnnHdf5NodeWriter *self = ANN_HDF5_NODE_WRITER (writer);
  g_autofree char *path = _ann_node_writer_build_path (writer, name);

  if (!_ann_hdf5_output_check (self->output, path, cancellable, error))
    return NULL;

  return _ann_hdf5_array_writer_new (self->output, self->group, name, path, spec, error);
}

static gboolean
ann_hdf5_node_writer_add_null (AnnNodeWriter *writer,
                               const char *name,
                               AnnAttributes *attributes,
                               GCancellable *cancellable,
                               GError **error)
{
  AnnHdf5NodeWriter *self = ANN_HDF5_NODE_WRITER (writer);
  g_autofree char *path = _ann_node_writer_build_path (writer, name);

  return _ann_hdf5_output_check (self->output, path, cancellable, error)
         && _ann_hdf5_write_null (self->output, self->group, name, path, attributes, error);
}

static gboolean
ann_hdf5_node_writer_close (AnnNodeWriter *writer,
                            AnnAttributes *attributes,
                            GCancellable *cancellable,
                            GError **error)
{
  AnnHdf5NodeWriter *self = ANN_HDF5_NODE_WRITER (writer);
  const char *path = _ann_node_writer_get_path (writer);
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();

  if (!_ann_hdf5_output_check (self->output, path, cancellable, error)
      || (attributes != NULL
          && !_ann_hdf5_write_attributes (self->output, self->group, path, attributes, error)))
    return FALSE;

  if (H5Gclose (self->group) < 0)
    return _ann_hdf5_output_fail (self->output, path, "The group cannot be finished", error);
  self->group = H5I_INVALID_HID;

  return TRUE;
}

static gboolean
ann_hdf5_node_writer_commit (AnnNodeWriter *writer, GCancellable *cancellable, GError **error)
{
  return _ann_hdf5_output_commit (ANN_HDF5_NODE_WRITER (writer)->output, cancellable, error);
}

static void
ann_hdf5_node_writer_finalize (GObject *object)
{
  AnnHdf5NodeWriter *self = ANN_HDF5_NODE_WRITER (object);

  _ann_hdf5_close (self->group);
  _ann_hdf5_output_unref (self->output);

  G_OBJECT_CLASS (_ann_hdf5_node_writer_parent_class)->finalize (object);
}

static void
_ann_hdf5_node_writer_class_init (AnnHdf5NodeWriterClass *klass)
{
  AnnNodeWriterClass *writer_class = &klass->parent_class;

  G_OBJECT_CLASS (klass)->finalize = ann_hdf5_node_writer_finalize;
  writer_class->get_traits = ann_hdf5_node_writer_get_traits;
  writer_class->add_group = ann_hdf5_node_writer_add_group;
  writer_class->add_array = ann_hdf5_node_writer_add_array;
  writer_class->add_null = ann_hdf5_node_writer_add_null;
  writer_class->close = ann_hdf5_node_writer_close;
  writer_class->commit = ann_hdf5_node_writer_commit;
}

static void
_ann_hdf5_node_writer_init (AnnHdf5NodeWriter *self)
{
  self->group = H5I_INVALID_HID;
}
