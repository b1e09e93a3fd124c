/* formula-array.h: arrays of any size whose values are computed, and groups of them
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-array-private.h"
#include "array/ann-node-private.h"
#include "base/ann-error.h"
#include "element/ann-element-private.h"

/* The value of element @index of an array, in C order. */
typedef double (*FormulaFunc) (guint64 index, gpointer data);

/* Chunks are made when they are asked for, and counted. */
#define FORMULA_TYPE_ARRAY (formula_array_get_type ())
G_DECLARE_FINAL_TYPE (FormulaArray, formula_array, FORMULA, ARRAY, AnnArray)

struct _FormulaArray {
  AnnArray parent_instance;
  FormulaFunc func;
  gpointer data;

  GMutex mutex;
  guint64 n_chunks; /* fetched */
  guint64 n_bytes;
  int fail_at; /* the number of the chunk that cannot be had; -1 for none */
};

G_DEFINE_FINAL_TYPE (FormulaArray, formula_array, ANN_TYPE_ARRAY)

static void
formula_store (AnnDtype dtype, gpointer values, gsize i, double value)
{
  switch ((int) dtype)
    {
    case ANN_DTYPE_BOOL:
    case ANN_DTYPE_UINT8:
      ((guint8 *) values)[i] = (guint8) value;
      break;
    case ANN_DTYPE_INT8:
      ((gint8 *) values)[i] = (gint8) value;
      break;
    case ANN_DTYPE_UINT16:
      ((guint16 *) values)[i] = (guint16) value;
      break;
    case ANN_DTYPE_INT32:
      ((gint32 *) values)[i] = (gint32) value;
      break;
    case ANN_DTYPE_INT64:
      ((gint64 *) values)[i] = (gint64) value;
      break;
    case ANN_DTYPE_FLOAT32:
      ((float *) values)[i] = (float) value;
      break;
    case ANN_DTYPE_FLOAT64:
      ((double *) values)[i] = value;
      break;
    default:
      g_assert_not_reached ();
    }
}

static gsize
formula_get_chunk_length (AnnArray *array)
{
  const guint64 *chunk = ann_array_get_chunk_shape (array);

  return chunk[0] * (ann_array_get_rank (array) > 1 ? chunk[1] : 1);
}

static gboolean
formula_array_locate (AnnArray *array,
                      const guint64 *indices,
                      gsize n,
                      AnnChunkLocation *locations,
                      G_GNUC_UNUSED GCancellable *cancellable,
                      G_GNUC_UNUSED GError **error)
{
  for (gsize i = 0; i < n; i++)
    {
      locations[i] = (AnnChunkLocation){ .index = indices[i], .offset = G_MAXUINT64 };
      locations[i].length = formula_get_chunk_length (array)
                            * ann_dtype_get_size (ann_array_get_dtype (array));
    }

  return TRUE;
}

static void
formula_fill (FormulaArray *self, guint64 chunk, gpointer values)
{
  AnnArray *array = ANN_ARRAY (self);
  AnnDtype dtype = ann_array_get_dtype (array);
  const guint64 *shape = ann_array_get_shape (array);
  const guint64 *chunk_shape = ann_array_get_chunk_shape (array);
  gboolean is_vector = ann_array_get_rank (array) == 1;
  guint64 n_rows = is_vector ? 1 : shape[0], n_columns = is_vector ? shape[0] : shape[1];
  guint64 chunk_rows = is_vector ? 1 : chunk_shape[0];
  guint64 chunk_columns = is_vector ? chunk_shape[0] : chunk_shape[1];
  guint64 n_across = (n_columns + chunk_columns - 1) / chunk_columns;
  guint64 first_row = chunk / n_across * chunk_rows;
  guint64 first_column = chunk % n_across * chunk_columns;

  for (guint64 i = 0; i < chunk_rows; i++)
    for (guint64 k = 0; k < chunk_columns; k++)
      {
        guint64 row = first_row + i, column = first_column + k;

        formula_store (dtype, values, i * chunk_columns + k,
                       row < n_rows && column < n_columns
                           ? self->func (row * n_columns + column, self->data)
                           : 0);
      }
}

static gboolean
formula_array_fetch (AnnArray *array,
                     AnnChunkLocation *locations,
                     gsize n,
                     guint8 **bytes,
                     G_GNUC_UNUSED GCancellable *cancellable,
                     GError **error)
{
  FormulaArray *self = FORMULA_ARRAY (array);
  gboolean fails;

  g_mutex_lock (&self->mutex);
  fails = self->fail_at >= 0 && self->n_chunks + n > (guint64) self->fail_at;
  self->n_chunks += n;
  for (gsize i = 0; i < n; i++)
    self->n_bytes += locations[i].length;
  g_mutex_unlock (&self->mutex);

  if (fails)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "no such chunk today");
      return FALSE;
    }
  for (gsize i = 0; i < n; i++)
    formula_fill (self, locations[i].index, bytes[i]);

  return TRUE;
}

static void
formula_array_finalize (GObject *object)
{
  g_mutex_clear (&FORMULA_ARRAY (object)->mutex);

  G_OBJECT_CLASS (formula_array_parent_class)->finalize (object);
}

static void
formula_array_class_init (FormulaArrayClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = formula_array_finalize;
  ANN_ARRAY_CLASS (klass)->locate = formula_array_locate;
  ANN_ARRAY_CLASS (klass)->fetch = formula_array_fetch;
}

static void
formula_array_init (FormulaArray *self)
{
  g_mutex_init (&self->mutex);
  self->fail_at = -1;
}

static FormulaArray *
formula_array_new (AnnDtype dtype,
                   guint rank,
                   const guint64 *shape,
                   const guint64 *chunk_shape,
                   FormulaFunc func,
                   gpointer data)
{
  FormulaArray *self = g_object_new (FORMULA_TYPE_ARRAY, NULL);
  g_autoptr (AnnCodecChain) codecs = ann_codec_chain_new ();
  const AnnArrayInfo info = {
    .path = "formula",
    .dtype = dtype,
    .type_description = ann_dtype_get_name (dtype),
    .rank = rank,
    .shape = shape,
    .layout = ANN_LAYOUT_CHUNKED,
    .chunk_shape = chunk_shape,
    .codecs = codecs,
  };

  self->func = func;
  self->data = data;
  _ann_array_set_info (ANN_ARRAY (self), &info);

  return self;
}

/* --- A group of arrays, or one of them --- */

#define FORMULA_TYPE_NODE (formula_node_get_type ())
G_DECLARE_FINAL_TYPE (FormulaNode, formula_node, FORMULA, NODE, AnnNode)

struct _FormulaNode {
  AnnNode parent_instance;
  GHashTable *children; /* name → AnnArray; of a group */
  AnnArray *array;      /* else */
};

G_DEFINE_FINAL_TYPE (FormulaNode, formula_node, ANN_TYPE_NODE)

static FormulaNode *
formula_node_new (AnnArray *array)
{
  FormulaNode *self = g_object_new (FORMULA_TYPE_NODE, NULL);

  self->array = array != NULL ? g_object_ref (array) : NULL;
  _ann_node_set_info (ANN_NODE (self), array != NULL ? ANN_NODE_ARRAY : ANN_NODE_GROUP, "X",
                      "hard");

  return self;
}

static AnnAttributes *
formula_node_read_attributes (G_GNUC_UNUSED AnnNode *node,
                              G_GNUC_UNUSED GCancellable *cancellable,
                              G_GNUC_UNUSED GError **error)
{
  return ann_attributes_new ();
}

static char **
formula_node_list_children (AnnNode *node,
                            G_GNUC_UNUSED GCancellable *cancellable,
                            G_GNUC_UNUSED GError **error)
{
  g_autofree gpointer *names = g_hash_table_get_keys_as_array (FORMULA_NODE (node)->children, NULL);

  return g_strdupv ((char **) names);
}

static AnnNode *
formula_node_open_child (AnnNode *node,
                         const char *name,
                         G_GNUC_UNUSED GCancellable *cancellable,
                         GError **error)
{
  AnnArray *array = g_hash_table_lookup (FORMULA_NODE (node)->children, name);

  if (array == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND, "no %s", name);
      return NULL;
    }

  return ANN_NODE (formula_node_new (array));
}

static AnnArray *
formula_node_open_array (AnnNode *node,
                         G_GNUC_UNUSED GCancellable *cancellable,
                         G_GNUC_UNUSED GError **error)
{
  return g_object_ref (FORMULA_NODE (node)->array);
}

static void
formula_node_finalize (GObject *object)
{
  g_hash_table_unref (FORMULA_NODE (object)->children);
  g_clear_object (&FORMULA_NODE (object)->array);

  G_OBJECT_CLASS (formula_node_parent_class)->finalize (object);
}

static void
formula_node_class_init (FormulaNodeClass *klass)
{
  AnnNodeClass *node_class = ANN_NODE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = formula_node_finalize;
  node_class->read_attributes = formula_node_read_attributes;
  node_class->list_children = formula_node_list_children;
  node_class->open_child = formula_node_open_child;
  node_class->open_array = formula_node_open_array;
}

static void
formula_node_init (FormulaNode *self)
{
  self->children = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_object_unref);
}

static AnnElement *
formula_sparse_new (AnnElementKind kind,
                    guint64 n_rows,
                    guint64 n_columns,
                    AnnArray *values,
                    AnnArray *indices,
                    AnnArray *indptr)
{
  g_autoptr (FormulaNode) group = formula_node_new (NULL);
  g_autoptr (AnnAttributes) attributes = ann_attributes_new ();
  g_autoptr (AnnBuffer) shape = ann_buffer_new_vector (ANN_DTYPE_INT64, 2, NULL);
  const AnnElementSource source = { .node = ANN_NODE (group), .attributes = attributes };
  g_autoptr (GError) error = NULL;
  AnnElement *element;

  ((gint64 *) ann_buffer_get_data_for_writing (shape))[0] = (gint64) n_rows;
  ((gint64 *) ann_buffer_get_data_for_writing (shape))[1] = (gint64) n_columns;
  ann_attributes_add_numbers (attributes, "shape", shape);
  g_hash_table_insert (group->children, (char *) "data", g_object_ref (values));
  g_hash_table_insert (group->children, (char *) "indices", g_object_ref (indices));
  g_hash_table_insert (group->children, (char *) "indptr", g_object_ref (indptr));

  element = _ann_sparse_new (&source, kind, NULL, &error);
  g_assert_no_error (error);

  return element;
}

static AnnElement *
formula_dense_new (AnnArray *values)
{
  g_autoptr (FormulaNode) node = formula_node_new (values);
  const AnnElementSource source = { .node = ANN_NODE (node) };
  g_autoptr (GError) error = NULL;
  AnnElement *element = _ann_dense_new (&source, values, &error);

  g_assert_no_error (error);

  return element;
}
