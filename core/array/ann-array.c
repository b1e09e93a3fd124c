/* ann-array.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-array-private.h"

#include "array/ann-chunk-cache-private.h"
#include "array/ann-chunk-reader-private.h"
#include "base/ann-error.h"
#include "base/ann-worker-private.h"

#include <stdatomic.h>

typedef struct {
  guint64 id;
  char *path;
  char *type_description;
  AnnDtype dtype;
  AnnDtype item_dtype;
  gboolean is_variable;
  guint rank;
  guint64 shape[ANN_MAX_RANK];
  AnnLayout layout;
  AnnCodecChain *codecs;
  guint8 *fill_value; /* NULL for zero */
  char **field_names; /* NULL for none */
  gboolean reads_boxes;
  guint fetched_at_once;
  gboolean fetches_parts;
  gboolean has_chunks;
  const char *grid_problem; /* NULL if the grid can be used */
  AnnChunkGrid grid;
} AnnArrayPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (AnnArray, ann_array, G_TYPE_OBJECT)

static void
ann_array_finalize (GObject *object)
{
  AnnArrayPrivate *priv = ann_array_get_instance_private (ANN_ARRAY (object));

  _ann_chunk_cache_drop_array (priv->id);
  g_free (priv->path);
  g_free (priv->type_description);
  g_clear_pointer (&priv->codecs, ann_codec_chain_unref);
  g_free (priv->fill_value);
  g_strfreev (priv->field_names);

  G_OBJECT_CLASS (ann_array_parent_class)->finalize (object);
}

static void
ann_array_class_init (AnnArrayClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ann_array_finalize;
}

guint64
_ann_array_new_id (void)
{
  static atomic_uint_fast64_t last_id;

  return atomic_fetch_add (&last_id, 1) + 1;
}

static void
ann_array_init (AnnArray *self)
{
  AnnArrayPrivate *priv = ann_array_get_instance_private (self);

  priv->id = _ann_array_new_id ();
}

/* Once, by the format that makes the array, before anybody else has it. */
void
_ann_array_set_info (AnnArray *self, const AnnArrayInfo *info)
{
  AnnArrayPrivate *priv = ann_array_get_instance_private (self);
  gsize item_size = ann_dtype_get_size (info->dtype);

  g_return_if_fail (priv->path == NULL);
  g_return_if_fail (info->rank <= ANN_MAX_RANK);

  priv->path = g_strdup (info->path != NULL && *info->path != '\0' ? info->path : "/");
  priv->type_description = g_strdup (
      info->type_description != NULL ? info->type_description : ann_dtype_get_name (info->dtype));
  priv->dtype = info->dtype;
  priv->item_dtype = info->dtype == ANN_DTYPE_SEQUENCE ? info->item_dtype : info->dtype;
  priv->is_variable = info->is_variable;
  priv->rank = info->rank;
  for (guint i = 0; i < info->rank; i++)
    priv->shape[i] = info->shape[i];
  priv->layout = info->layout;
  priv->codecs = info->codecs != NULL ? ann_codec_chain_ref (info->codecs) : ann_codec_chain_new ();
  if (info->fill_value != NULL && item_size > 0)
    priv->fill_value = g_memdup2 (info->fill_value, item_size);
  priv->field_names = g_strdupv ((char **) info->field_names);
  priv->reads_boxes = info->reads_boxes;
  priv->fetched_at_once = info->fetched_at_once;
  priv->fetches_parts = info->fetches_parts;

  if (info->layout == ANN_LAYOUT_CHUNKED && info->chunk_shape != NULL)
    {
      priv->has_chunks = TRUE;
      priv->grid_problem = _ann_chunk_grid_init (&priv->grid, info->dtype, info->rank, info->shape,
                                                 info->chunk_shape);
    }
}

gconstpointer
_ann_array_get_fill_value (AnnArray *self)
{
  AnnArrayPrivate *priv = ann_array_get_instance_private (self);

  return priv->fill_value;
}

guint64
_ann_array_get_id (AnnArray *self)
{
  AnnArrayPrivate *priv = ann_array_get_instance_private (self);

  return priv->id;
}

guint
_ann_array_get_fetched_at_once (AnnArray *self)
{
  AnnArrayPrivate *priv = ann_array_get_instance_private (self);

  return priv->fetched_at_once;
}

gboolean
_ann_array_waits (AnnArray *self)
{
  return _ann_array_get_fetched_at_once (self) > 0;
}

gboolean
_ann_array_parallel (AnnArray *self,
                     gsize n_items,
                     AnnParallelFunc func,
                     gpointer user_data,
                     GCancellable *cancellable,
                     GError **error)
{
  if (_ann_array_waits (self))
    return ann_worker_parallel_waits (n_items, ANN_WORKER_MAX_WAITS, func, user_data, cancellable,
                                      error);

  return ann_worker_parallel (n_items, 1, func, user_data, cancellable, error);
}

gboolean
_ann_array_is_plain (AnnArray *self)
{
  AnnArrayPrivate *priv = ann_array_get_instance_private (self);

  return priv->fetches_parts && ann_codec_chain_get_length (priv->codecs) == 0;
}

/**
 * ann_array_get_dtype:
 * @self: an array
 *
 * Returns: the type of its values as they are read
 */
AnnDtype
ann_array_get_dtype (AnnArray *self)
{
  AnnArrayPrivate *priv = ann_array_get_instance_private (self);

  g_return_val_if_fail (ANN_IS_ARRAY (self), ANN_DTYPE_OTHER);

  return priv->dtype;
}

/**
 * ann_array_get_item_dtype:
 * @self: an array
 *
 * Returns: the type of the numbers in its sequences; that of its values if they are no sequences
 */
AnnDtype
ann_array_get_item_dtype (AnnArray *self)
{
  AnnArrayPrivate *priv = ann_array_get_instance_private (self);

  g_return_val_if_fail (ANN_IS_ARRAY (self), ANN_DTYPE_OTHER);

  return priv->item_dtype;
}

/**
 * ann_array_is_variable:
 * @self: an array
 *
 * Returns: whether each value is stored with a length of its own: texts of variable length and
 * sequences
 */
gboolean
ann_array_is_variable (AnnArray *self)
{
  AnnArrayPrivate *priv = ann_array_get_instance_private (self);

  g_return_val_if_fail (ANN_IS_ARRAY (self), FALSE);

  return priv->is_variable;
}

/**
 * ann_array_get_rank:
 * @self: an array
 *
 * Returns: how many axes it has, 0 for a scalar
 */
guint
ann_array_get_rank (AnnArray *self)
{
  AnnArrayPrivate *priv = ann_array_get_instance_private (self);

  g_return_val_if_fail (ANN_IS_ARRAY (self), 0);

  return priv->rank;
}

/**
 * ann_array_get_shape: (skip)
 * @self: an array
 *
 * Returns: (transfer none): as many lengths as it has axes
 */
const guint64 *
ann_array_get_shape (AnnArray *self)
{
  AnnArrayPrivate *priv = ann_array_get_instance_private (self);

  g_return_val_if_fail (ANN_IS_ARRAY (self), NULL);

  return priv->shape;
}

/**
 * ann_array_get_length:
 * @self: an array
 *
 * Returns: the length of its first axis, 1 for a scalar
 */
guint64
ann_array_get_length (AnnArray *self)
{
  AnnArrayPrivate *priv = ann_array_get_instance_private (self);

  g_return_val_if_fail (ANN_IS_ARRAY (self), 0);

  return priv->rank > 0 ? priv->shape[0] : 1;
}

/**
 * ann_array_get_layout:
 * @self: an array
 *
 * Returns: how its values lie in its store
 */
AnnLayout
ann_array_get_layout (AnnArray *self)
{
  AnnArrayPrivate *priv = ann_array_get_instance_private (self);

  g_return_val_if_fail (ANN_IS_ARRAY (self), ANN_LAYOUT_MEMORY);

  return priv->layout;
}

/**
 * ann_array_get_chunk_shape: (skip)
 * @self: an array
 *
 * Returns: (transfer none) (nullable): as many lengths as it has axes, %NULL unless it is chunked
 */
const guint64 *
ann_array_get_chunk_shape (AnnArray *self)
{
  AnnArrayPrivate *priv = ann_array_get_instance_private (self);

  g_return_val_if_fail (ANN_IS_ARRAY (self), NULL);

  return priv->has_chunks ? priv->grid.chunk_shape : NULL;
}

/**
 * ann_array_get_codecs:
 * @self: an array
 *
 * Returns: (transfer none): what was done to its chunks; without codecs for other layouts
 */
AnnCodecChain *
ann_array_get_codecs (AnnArray *self)
{
  AnnArrayPrivate *priv = ann_array_get_instance_private (self);

  g_return_val_if_fail (ANN_IS_ARRAY (self), NULL);

  return priv->codecs;
}

/**
 * ann_array_get_type_description:
 * @self: an array
 *
 * Returns: the stored type in words
 */
const char *
ann_array_get_type_description (AnnArray *self)
{
  AnnArrayPrivate *priv = ann_array_get_instance_private (self);

  g_return_val_if_fail (ANN_IS_ARRAY (self), NULL);

  return priv->type_description;
}

/**
 * ann_array_get_path:
 * @self: an array
 *
 * Returns: where it is in its store, without a leading slash; `/` for the root
 */
const char *
ann_array_get_path (AnnArray *self)
{
  AnnArrayPrivate *priv = ann_array_get_instance_private (self);

  g_return_val_if_fail (ANN_IS_ARRAY (self), NULL);

  return priv->path;
}

/* --- Checks --- */

gboolean
_ann_array_check_box (AnnArray *self, const AnnBox *box, GError **error)
{
  AnnArrayPrivate *priv = ann_array_get_instance_private (self);

  if (ann_box_check (box, priv->rank, priv->shape, error))
    return TRUE;

  g_prefix_error (error, "%s: ", priv->path);

  return FALSE;
}

static gboolean
check_has_numbers (AnnArray *self, GError **error)
{
  AnnArrayPrivate *priv = ann_array_get_instance_private (self);

  if (ann_dtype_get_size (priv->dtype) > 0)
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
               "%s: values of type %s cannot be read as numbers", priv->path,
               priv->type_description);

  return FALSE;
}

static gboolean
uses_chunks (AnnArray *self)
{
  AnnArrayPrivate *priv = ann_array_get_instance_private (self);
  AnnArrayClass *klass = ANN_ARRAY_GET_CLASS (self);

  return priv->has_chunks && !priv->reads_boxes && klass->locate != NULL && klass->fetch != NULL;
}

const AnnChunkGrid *
_ann_array_get_grid (AnnArray *self)
{
  AnnArrayPrivate *priv = ann_array_get_instance_private (self);

  return uses_chunks (self) && priv->grid_problem == NULL ? &priv->grid : NULL;
}

gboolean
_ann_array_check_readable (AnnArray *self, GError **error)
{
  AnnArrayPrivate *priv = ann_array_get_instance_private (self);

  if (!check_has_numbers (self, error))
    return FALSE;

  if (uses_chunks (self))
    {
      if (priv->grid_problem == NULL)
        return TRUE;
      g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT, "%s: %s", priv->path, priv->grid_problem);
      return FALSE;
    }

  if (ANN_ARRAY_GET_CLASS (self)->read_box != NULL)
    return TRUE;
  g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED, "%s: values in this layout cannot be read",
               priv->path);

  return FALSE;
}

/* --- Fields, sizes --- */

/**
 * ann_array_get_field_names:
 * @self: an array
 *
 * Returns: (transfer full) (array zero-terminated=1): the names of the fields of its records; empty
 *   unless its type is `ANN_DTYPE_RECORD`
 */
char **
ann_array_get_field_names (AnnArray *self)
{
  AnnArrayPrivate *priv = ann_array_get_instance_private (self);

  g_return_val_if_fail (ANN_IS_ARRAY (self), NULL);

  return priv->field_names != NULL ? g_strdupv (priv->field_names) : g_new0 (char *, 1);
}

/**
 * ann_array_open_field:
 * @self: an array of records
 * @name: the name of a field
 * @error: return location for an `ANN_ERROR_NOT_FOUND`, say
 *
 * Returns: (transfer full): the values of one field as an array of the same shape, or %NULL with
 *   @error set
 */
AnnArray *
ann_array_open_field (AnnArray *self, const char *name, GError **error)
{
  AnnArrayPrivate *priv = ann_array_get_instance_private (self);

  g_return_val_if_fail (ANN_IS_ARRAY (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (priv->field_names == NULL || ANN_ARRAY_GET_CLASS (self)->open_field == NULL
      || !g_strv_contains ((const char *const *) priv->field_names, name))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND, "%s has no field “%s”", priv->path, name);
      return NULL;
    }

  return ANN_ARRAY_GET_CLASS (self)->open_field (self, name, error);
}

/**
 * ann_array_get_stored_size:
 * @self: an array
 * @stored_size: (out): bytes that its values take in the store
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error, or %NULL
 *
 * May walk an index of all chunks: not for a main thread.
 *
 * Returns: %FALSE with @error set if it cannot be told
 */
gboolean
ann_array_get_stored_size (AnnArray *self,
                           guint64 *stored_size,
                           GCancellable *cancellable,
                           GError **error)
{
  AnnArrayPrivate *priv = ann_array_get_instance_private (self);
  AnnArrayClass *klass = ANN_ARRAY_GET_CLASS (self);

  g_return_val_if_fail (ANN_IS_ARRAY (self), FALSE);
  g_return_val_if_fail (stored_size != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (klass->get_stored_size != NULL)
    return klass->get_stored_size (self, stored_size, cancellable, error);
  if (uses_chunks (self) && priv->grid_problem == NULL)
    return _ann_chunk_reader_get_stored_size (self, &priv->grid, stored_size, cancellable, error);

  g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED, "%s: its stored size is not known",
               priv->path);

  return FALSE;
}
