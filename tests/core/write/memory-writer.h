/* memory-writer.h: nodes that are written into a store in memory, from which they are read again
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "../element/memory-store.h"

#include "array/ann-node-writer.h"

/* What the writers of a test share: calls are counted with those of the store, so that the n-th of
 * all can fail. What was written is in the order of the file only if it is closed last.
 */
typedef struct {
  AnnWriterTraits traits;
  Store *store;
  GHashTable *specs; /* path → AnnArraySpec, as it was asked for */
  int n_calls;
  int fail_at; /* the number of the call that fails, from 0; -1 for none */
} Target;

#define TEST_TYPE_ARRAY_WRITER (test_array_writer_get_type ())
G_DECLARE_FINAL_TYPE (TestArrayWriter, test_array_writer, TEST, ARRAY_WRITER, AnnArrayWriter)

struct _TestArrayWriter {
  AnnArrayWriter parent_instance;
  Target *target;
  Item *item;
  guint64 n_allocated; /* rows */
};

G_DEFINE_FINAL_TYPE (TestArrayWriter, test_array_writer, _ann_array_writer_get_type ())

static gboolean
target_call (Target *self, GError **error)
{
  if (self->n_calls++ != self->fail_at)
    return TRUE;

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "Told to fail");
  return FALSE;
}

/* Makes room for so many rows of an item of numbers. */
static void
item_grow (Item *item, guint64 n_rows)
{
  gsize row_size = ann_dtype_get_size (item->dtype);

  for (guint i = 1; i < item->rank; i++)
    row_size *= item->shape[i];
  item->values = g_realloc (item->values, MAX (n_rows * row_size, 1));
}

static gboolean
test_array_writer_store_chunks (AnnArrayWriter *writer,
                                const AnnEncodedChunk *chunks,
                                gsize n,
                                G_GNUC_UNUSED GCancellable *cancellable,
                                GError **error)
{
  static const guint64 origin[ANN_MAX_RANK];
  TestArrayWriter *self = TEST_ARRAY_WRITER (writer);
  const AnnArraySpec *spec = _ann_array_writer_get_spec (writer);
  Item *item = self->item;

  if (!target_call (self->target, error))
    return FALSE;

  for (gsize i = 0; i < n; i++)
    {
      guint64 start[ANN_MAX_RANK];
      guint64 count[ANN_MAX_RANK];
      guint64 shape[ANN_MAX_RANK];
      guint64 chunk_shape[ANN_MAX_RANK];

      for (guint axis = 0; axis < item->rank; axis++)
        {
          chunk_shape[axis] = spec->chunk_shape[axis] > 0 ? spec->chunk_shape[axis]
                                                          : spec->shape[axis];
          start[axis] = chunks[i].coordinates[axis] * chunk_shape[axis];
          if (axis == 0 && spec->shape[0] == ANN_LENGTH_UNKNOWN)
            item->shape[0] = MAX (item->shape[0], start[0] + chunk_shape[0]);
          shape[axis] = item->shape[axis];
          count[axis] = MIN (chunk_shape[axis], shape[axis] - start[axis]);
        }
      if (item->rank > 0 && item->shape[0] > self->n_allocated)
        {
          self->n_allocated = 2 * item->shape[0];
          item_grow (item, self->n_allocated);
        }
      _ann_box_copy (item->rank, ann_dtype_get_size (item->dtype), count, chunks[i].bytes,
                     chunk_shape, origin, item->values, shape, start);
    }

  return TRUE;
}

static gboolean
test_array_writer_append_texts (AnnArrayWriter *writer,
                                AnnStrings *texts,
                                G_GNUC_UNUSED GCancellable *cancellable,
                                GError **error)
{
  TestArrayWriter *self = TEST_ARRAY_WRITER (writer);

  return target_call (self->target, error)
         && ann_strings_append_range (self->item->texts, texts, 0, ann_strings_get_length (texts),
                                      error);
}

static gboolean
test_array_writer_append_records (AnnArrayWriter *writer,
                                  const AnnFieldValues *fields,
                                  guint64 n,
                                  G_GNUC_UNUSED GCancellable *cancellable,
                                  GError **error)
{
  TestArrayWriter *self = TEST_ARRAY_WRITER (writer);

  if (!target_call (self->target, error))
    return FALSE;
  for (guint i = 0; self->item->field_names[i] != NULL; i++)
    {
      Item *field = self->item->fields[i];
      const gsize size = ann_dtype_get_size (field->dtype);

      if (fields[i].texts != NULL)
        {
          g_assert_cmpuint (ann_strings_get_length (fields[i].texts), ==, n);
          g_assert_true (ann_strings_append_range (field->texts, fields[i].texts, 0, n, NULL));
        }
      else
        {
          g_assert_cmpuint (ann_buffer_get_n_elements (fields[i].values), ==, n);
          field->values = g_realloc (field->values, (field->shape[0] + n) * size);
          memcpy (field->values + field->shape[0] * size, ann_buffer_get_data (fields[i].values),
                  n * size);
        }
      field->shape[0] += n;
    }

  return TRUE;
}

static void
item_take_attributes (Item *item, AnnAttributes *attributes)
{
  if (attributes == NULL)
    return;

  ann_attributes_unref (item->attributes);
  item->attributes = ann_attributes_ref (attributes);
}

static gboolean
test_array_writer_close (AnnArrayWriter *writer,
                         guint64 n_rows,
                         AnnAttributes *attributes,
                         G_GNUC_UNUSED GCancellable *cancellable,
                         GError **error)
{
  TestArrayWriter *self = TEST_ARRAY_WRITER (writer);

  if (self->item->rank > 0)
    self->item->shape[0] = n_rows;
  item_take_attributes (self->item, attributes);

  return target_call (self->target, error);
}

static void
test_array_writer_class_init (TestArrayWriterClass *klass)
{
  AnnArrayWriterClass *writer_class = ANN_ARRAY_WRITER_CLASS (klass);

  writer_class->store_chunks = test_array_writer_store_chunks;
  writer_class->append_texts = test_array_writer_append_texts;
  writer_class->append_records = test_array_writer_append_records;
  writer_class->close = test_array_writer_close;
}

static void
test_array_writer_init (G_GNUC_UNUSED TestArrayWriter *self)
{
}

/* --- Groups --- */

#define TEST_TYPE_NODE_WRITER (test_node_writer_get_type ())
G_DECLARE_FINAL_TYPE (TestNodeWriter, test_node_writer, TEST, NODE_WRITER, AnnNodeWriter)

struct _TestNodeWriter {
  AnnNodeWriter parent_instance;
  Target *target;
  Item *item;
};

G_DEFINE_FINAL_TYPE (TestNodeWriter, test_node_writer, _ann_node_writer_get_type ())

static AnnNodeWriter *
test_node_writer_new (Target *target, Item *item, const char *path)
{
  TestNodeWriter *self = g_object_new (TEST_TYPE_NODE_WRITER, NULL);

  self->target = target;
  self->item = item;
  _ann_node_writer_set_path (ANN_NODE_WRITER (self), path);

  return ANN_NODE_WRITER (self);
}

static const AnnWriterTraits *
test_node_writer_get_traits (AnnNodeWriter *writer)
{
  return &TEST_NODE_WRITER (writer)->target->traits;
}

static AnnNodeWriter *
test_node_writer_add_group (AnnNodeWriter *writer,
                            const char *name,
                            G_GNUC_UNUSED GCancellable *cancellable,
                            GError **error)
{
  TestNodeWriter *self = TEST_NODE_WRITER (writer);
  g_autofree char *path = _ann_path_join (_ann_node_writer_get_path (writer), name);

  if (!target_call (self->target, error))
    return NULL;

  return test_node_writer_new (self->target,
                               store_add_group (self->target->store, self->item, name), path);
}

static void
item_init_fields (Item *item, Store *store, const AnnArraySpec *spec)
{
  item->field_names = g_new0 (char *, spec->n_fields + 1);
  item->fields = g_new0 (Item *, spec->n_fields);
  for (gsize i = 0; i < spec->n_fields; i++)
    {
      item->field_names[i] = g_strdup (spec->fields[i].name);
      item->fields[i] = store_add (store, NULL, NULL, ANN_NODE_ARRAY);
      item->fields[i]->dtype = spec->fields[i].dtype;
      item->fields[i]->rank = 1;
      item->fields[i]->texts = ann_strings_new ();
    }
}

static AnnArrayWriter *
test_node_writer_add_array (AnnNodeWriter *writer,
                            const char *name,
                            const AnnArraySpec *spec,
                            G_GNUC_UNUSED GCancellable *cancellable,
                            GError **error)
{
  TestNodeWriter *self = TEST_NODE_WRITER (writer);
  g_autofree char *path = _ann_path_join (_ann_node_writer_get_path (writer), name);
  TestArrayWriter *array;
  Item *item;

  if (!target_call (self->target, error))
    return NULL;

  item = store_add (self->target->store, self->item, name, ANN_NODE_ARRAY);
  item->dtype = spec->dtype;
  item->rank = spec->rank;
  for (guint i = 0; i < spec->rank; i++)
    item->shape[i] = i == 0 && spec->shape[0] == ANN_LENGTH_UNKNOWN ? 0 : spec->shape[i];
  if (ann_dtype_get_size (spec->dtype) == 0)
    item->texts = ann_strings_new ();
  else
    item_grow (item, item->rank > 0 ? item->shape[0] : 1);
  if (spec->n_fields > 0)
    item_init_fields (item, self->target->store, spec);

  array = g_object_new (TEST_TYPE_ARRAY_WRITER, NULL);
  array->target = self->target;
  array->item = item;
  array->n_allocated = item->shape[0];
  _ann_array_writer_set_spec (ANN_ARRAY_WRITER (array), path, spec, NULL);
  g_hash_table_insert (self->target->specs, g_steal_pointer (&path),
                       g_memdup2 (spec, sizeof *spec));

  return ANN_ARRAY_WRITER (array);
}

static gboolean
test_node_writer_add_null (AnnNodeWriter *writer,
                           const char *name,
                           AnnAttributes *attributes,
                           G_GNUC_UNUSED GCancellable *cancellable,
                           GError **error)
{
  TestNodeWriter *self = TEST_NODE_WRITER (writer);

  item_take_attributes (store_add (self->target->store, self->item, name, ANN_NODE_NULL),
                        attributes);

  return target_call (self->target, error);
}

static gboolean
test_node_writer_close (AnnNodeWriter *writer,
                        AnnAttributes *attributes,
                        G_GNUC_UNUSED GCancellable *cancellable,
                        GError **error)
{
  TestNodeWriter *self = TEST_NODE_WRITER (writer);

  item_take_attributes (self->item, attributes);

  return target_call (self->target, error);
}

static void
test_node_writer_class_init (TestNodeWriterClass *klass)
{
  AnnNodeWriterClass *writer_class = ANN_NODE_WRITER_CLASS (klass);

  writer_class->get_traits = test_node_writer_get_traits;
  writer_class->add_group = test_node_writer_add_group;
  writer_class->add_array = test_node_writer_add_array;
  writer_class->add_null = test_node_writer_add_null;
  writer_class->close = test_node_writer_close;
}

static void
test_node_writer_init (G_GNUC_UNUSED TestNodeWriter *self)
{
}

/* --- The target --- */

G_GNUC_UNUSED static Target *
target_new (gboolean is_zarr)
{
  Target *self = g_new0 (Target, 1);

  self->traits = (AnnWriterTraits){
    .format = is_zarr ? "Zarr v3" : "HDF5",
    .is_zarr = is_zarr,
    .zarr_format = is_zarr ? 3 : 0,
    .compresses_texts = is_zarr,
    .has_null = !is_zarr,
    .has_text_records = !is_zarr,
    .has_shards = is_zarr,
  };
  self->store = store_new ();
  self->specs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->fail_at = -1;

  return self;
}

static void
target_free (Target *self)
{
  store_free (self->store);
  g_hash_table_unref (self->specs);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Target, target_free)

G_GNUC_UNUSED static AnnNodeWriter *
target_open_root (Target *self)
{
  return test_node_writer_new (self, self->store->root, "");
}

G_GNUC_UNUSED static const AnnArraySpec *
target_get_spec (Target *self, const char *path)
{
  const AnnArraySpec *spec = g_hash_table_lookup (self->specs, path);

  g_assert_nonnull (spec);

  return spec;
}
