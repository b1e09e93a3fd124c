/* ann-element.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-element-private.h"

#include "array/ann-node-private.h"
#include "base/ann-error.h"

#include <string.h>

/**
 * AnnElement:
 *
 * One thing that a store holds under a key: a matrix, a table, a mapping of more of them.
 *
 * What an element knows of itself comes from metadata and is fixed when it is made, so its
 * getters need no lock and never wait. Values are read by [method@Ann.Element.read_rows], in any
 * thread and in several at once. An element that is broken is there all the same, with a state
 * and the reason: reading it gives that reason as an error.
 */

typedef struct {
  AnnNode *node; /* NULL for what ought to be there and is not */
  char *path;
  AnnElementKind kind;
  char *encoding_type;
  char *encoding_version;
  AnnDtype dtype;
  char *time_type;
  guint rank;
  guint64 *shape; /* rank of them */
  guint64 width;
  AnnElementState state;
  GError *error;

  /* Readers take the pointer without the lock, so an array that was handed out once is
   * never changed: a longer one takes its place, and the old ones are kept.
   */
  GMutex warnings_lock;
  char **warnings;
  GPtrArray *warnings_retired;

  AnnElementCache cache;
} AnnElementPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (AnnElement, ann_element, G_TYPE_OBJECT)

static const char *const no_warnings[] = { NULL };

static void
ann_element_finalize (GObject *object)
{
  AnnElementPrivate *priv = ann_element_get_instance_private (ANN_ELEMENT (object));

  g_clear_object (&priv->node);
  g_free (priv->path);
  g_free (priv->encoding_type);
  g_free (priv->encoding_version);
  g_free (priv->shape);
  g_free (priv->time_type);
  g_clear_error (&priv->error);
  g_strfreev (priv->warnings);
  g_clear_pointer (&priv->warnings_retired, g_ptr_array_unref);
  g_mutex_clear (&priv->warnings_lock);
  _ann_element_cache_clear (&priv->cache);

  G_OBJECT_CLASS (ann_element_parent_class)->finalize (object);
}

static void
ann_element_class_init (AnnElementClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ann_element_finalize;
}

static void
ann_element_init (AnnElement *self)
{
  AnnElementPrivate *priv = ann_element_get_instance_private (self);

  g_mutex_init (&priv->warnings_lock);
  _ann_element_cache_init (&priv->cache);
}

AnnElementCache *
_ann_element_get_cache (AnnElement *self)
{
  AnnElementPrivate *priv = ann_element_get_instance_private (self);

  return &priv->cache;
}

/* The product of all axes but the first; G_MAXUINT64 where no number holds it. */
static guint64
multiply_width (guint rank, const guint64 *shape)
{
  guint64 width = 1;

  for (guint i = 1; i < rank; i++)
    {
      if (shape[i] == 0)
        return 0;
      if (!g_uint64_checked_mul (&width, width, shape[i]))
        width = G_MAXUINT64;
    }

  return width;
}

/* @value may be what the field holds, or lie in it. */
static void
set_string (char **field, const char *value)
{
  char *copy = g_strdup (value != NULL ? value : "");

  g_free (*field);
  *field = copy;
}

void
_ann_element_set_info (AnnElement *self, const AnnElementInfo *info)
{
  AnnElementPrivate *priv = ann_element_get_instance_private (self);
  const AnnElementSource *source = info->source;
  guint64 *shape = g_memdup2 (info->shape, info->rank * sizeof (guint64));

  g_set_object (&priv->node, source->node);
  set_string (&priv->path, source->path != NULL ? source->path : ann_node_get_path (source->node));
  priv->kind = info->kind;
  set_string (&priv->encoding_type, source->encoding_type);
  set_string (&priv->encoding_version, source->encoding_version);
  priv->dtype = info->dtype;
  g_free (priv->time_type);
  priv->time_type = g_strdup (info->time_type);
  priv->rank = info->rank;
  g_free (priv->shape);
  priv->shape = shape;
  priv->width = multiply_width (info->rank, shape);
}

/**
 * ann_element_get_time_type:
 * @self: an element
 *
 * What numpy calls the type of int64 values that are points in time or spans of it, such as
 * `datetime64[ns]` or `timedelta64[10s]`. Only Zarr has such. Any thread.
 *
 * Returns: (transfer none) (nullable): its name, or %NULL for plain numbers and all else
 */
const char *
ann_element_get_time_type (AnnElement *self)
{
  AnnElementPrivate *priv = ann_element_get_instance_private (self);

  g_return_val_if_fail (ANN_IS_ELEMENT (self), NULL);

  return priv->time_type;
}

static AnnElementState
state_of_error (const GError *error)
{
  if (g_error_matches (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED)
      || g_error_matches (error, ANN_ERROR, ANN_ERROR_TOO_LARGE))
    return ANN_ELEMENT_UNSUPPORTED;
  if (g_error_matches (error, ANN_ERROR, ANN_ERROR_MISSING_CODEC))
    return ANN_ELEMENT_MISSING_CODEC;
  if (g_error_matches (error, ANN_ERROR, ANN_ERROR_DENIED)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    return ANN_ELEMENT_DENIED;

  return ANN_ELEMENT_CORRUPT;
}

void
_ann_element_take_error (AnnElement *self, GError *error)
{
  AnnElementPrivate *priv = ann_element_get_instance_private (self);

  if (priv->error != NULL) /* the first reason is the cause */
    {
      g_error_free (error);
      return;
    }

  priv->state = state_of_error (error);
  priv->error = error;
}

void
_ann_element_add_warning (AnnElement *self, const char *format, ...)
{
  AnnElementPrivate *priv = ann_element_get_instance_private (self);
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);

  g_mutex_lock (&priv->warnings_lock);
  if (priv->warnings == NULL || !g_strv_contains ((const char *const *) priv->warnings, text))
    {
      char **old = priv->warnings;
      g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

      if (old != NULL)
        g_strv_builder_addv (builder, (const char **) old);
      g_strv_builder_add (builder, text);
      g_atomic_pointer_set (&priv->warnings, g_strv_builder_end (builder));

      if (old != NULL)
        {
          if (priv->warnings_retired == NULL)
            priv->warnings_retired = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
          g_ptr_array_add (priv->warnings_retired, old);
        }
    }
  g_mutex_unlock (&priv->warnings_lock);
}

/**
 * ann_element_get_node:
 * @self: an element
 *
 * Returns: (transfer none) (nullable): where it is stored; %NULL for something that ought to be
 *   there and is not, such as a column that only the table's list names
 */
AnnNode *
ann_element_get_node (AnnElement *self)
{
  AnnElementPrivate *priv = ann_element_get_instance_private (self);

  g_return_val_if_fail (ANN_IS_ELEMENT (self), NULL);

  return priv->node;
}

/**
 * ann_element_get_path:
 * @self: an element
 *
 * Returns: (transfer none): where it lies in its store, such as `obs/cell_type`; "" for the root
 */
const char *
ann_element_get_path (AnnElement *self)
{
  AnnElementPrivate *priv = ann_element_get_instance_private (self);

  g_return_val_if_fail (ANN_IS_ELEMENT (self), NULL);

  return priv->path;
}

/**
 * ann_element_get_name:
 * @self: an element
 *
 * Returns: (transfer none): the last part of its path. A column with a `/` in its name gives what
 *   follows it: ask the table for whole names.
 */
const char *
ann_element_get_name (AnnElement *self)
{
  AnnElementPrivate *priv = ann_element_get_instance_private (self);
  const char *slash;

  g_return_val_if_fail (ANN_IS_ELEMENT (self), NULL);

  slash = strrchr (priv->path, '/');

  return slash != NULL ? slash + 1 : priv->path;
}

/**
 * ann_element_get_kind:
 * @self: an element
 *
 * Returns: what it is; [enum@Ann.ElementKind.OPAQUE] for most of what is broken
 */
AnnElementKind
ann_element_get_kind (AnnElement *self)
{
  AnnElementPrivate *priv = ann_element_get_instance_private (self);

  g_return_val_if_fail (ANN_IS_ELEMENT (self), ANN_ELEMENT_OPAQUE);

  return priv->kind;
}

/**
 * ann_element_get_encoding_type:
 * @self: an element
 *
 * Returns: (transfer none): the stored `encoding-type`, "" where there is none
 */
const char *
ann_element_get_encoding_type (AnnElement *self)
{
  AnnElementPrivate *priv = ann_element_get_instance_private (self);

  g_return_val_if_fail (ANN_IS_ELEMENT (self), NULL);

  return priv->encoding_type;
}

/**
 * ann_element_get_encoding_version:
 * @self: an element
 *
 * Returns: (transfer none): the stored `encoding-version`, "" where there is none
 */
const char *
ann_element_get_encoding_version (AnnElement *self)
{
  AnnElementPrivate *priv = ann_element_get_instance_private (self);

  g_return_val_if_fail (ANN_IS_ELEMENT (self), NULL);

  return priv->encoding_version;
}

/**
 * ann_element_get_state:
 * @self: an element
 *
 * Returns: whether it can be read, as far as its metadata and its place in the store tell
 */
AnnElementState
ann_element_get_state (AnnElement *self)
{
  AnnElementPrivate *priv = ann_element_get_instance_private (self);

  g_return_val_if_fail (ANN_IS_ELEMENT (self), ANN_ELEMENT_CORRUPT);

  return priv->state;
}

/**
 * ann_element_get_error:
 * @self: an element
 *
 * Returns: (transfer none) (nullable): why its state is not [enum@Ann.ElementState.OK]: path,
 *   reason. Reading fails with the same error
 */
const GError *
ann_element_get_error (AnnElement *self)
{
  AnnElementPrivate *priv = ann_element_get_instance_private (self);

  g_return_val_if_fail (ANN_IS_ELEMENT (self), NULL);

  return priv->error;
}

/**
 * ann_element_get_warnings:
 * @self: an element
 *
 * Sentences about what is odd in the store and was read all the same. Reading values may find
 * more. The list stays as it is while @self lives; a longer one may follow.
 *
 * Returns: (transfer none) (array zero-terminated=1): the warnings so far, often none
 */
const char *const *
ann_element_get_warnings (AnnElement *self)
{
  AnnElementPrivate *priv = ann_element_get_instance_private (self);
  char **warnings;

  g_return_val_if_fail (ANN_IS_ELEMENT (self), NULL);

  warnings = g_atomic_pointer_get (&priv->warnings);

  return warnings != NULL ? (const char *const *) warnings : no_warnings;
}

/**
 * ann_element_get_rank:
 * @self: an element
 *
 * Returns: how many axes it has
 */
guint
ann_element_get_rank (AnnElement *self)
{
  AnnElementPrivate *priv = ann_element_get_instance_private (self);

  g_return_val_if_fail (ANN_IS_ELEMENT (self), 0);

  return priv->rank;
}

/**
 * ann_element_get_shape: (skip)
 * @self: an element
 *
 * A frame has the shape (rows, columns), an annotated matrix and `raw` (observations, variables),
 * an awkward array its length; a scalar and a mapping have no axes.
 *
 * Returns: (transfer none): as many lengths as [method@Ann.Element.get_rank] says
 */
const guint64 *
ann_element_get_shape (AnnElement *self)
{
  AnnElementPrivate *priv = ann_element_get_instance_private (self);

  g_return_val_if_fail (ANN_IS_ELEMENT (self), NULL);

  return priv->shape;
}

/**
 * ann_element_get_length:
 * @self: an element
 * @axis: an axis, less than its rank
 *
 * Returns: how long it is along that axis
 */
guint64
ann_element_get_length (AnnElement *self, guint axis)
{
  AnnElementPrivate *priv = ann_element_get_instance_private (self);

  g_return_val_if_fail (ANN_IS_ELEMENT (self), 0);
  g_return_val_if_fail (axis < priv->rank, 0);

  return priv->shape[axis];
}

/**
 * ann_element_get_n_rows:
 * @self: an element
 *
 * Returns: the length of the first axis; 1 for a scalar or a single record, 0 for anything else
 *   without axes
 */
guint64
ann_element_get_n_rows (AnnElement *self)
{
  AnnElementPrivate *priv = ann_element_get_instance_private (self);

  g_return_val_if_fail (ANN_IS_ELEMENT (self), 0);

  if (priv->rank > 0)
    return priv->shape[0];

  return priv->kind == ANN_ELEMENT_STRING || priv->kind == ANN_ELEMENT_NUMBER
                 || priv->kind == ANN_ELEMENT_BYTES || priv->kind == ANN_ELEMENT_SEQUENCES
                 || priv->kind == ANN_ELEMENT_RECORDS
             ? 1
             : 0;
}

/**
 * ann_element_get_width:
 * @self: an element
 *
 * Returns: the values in each row: the product of all axes but the first, 1 for a vector or scalar
 */
guint64
ann_element_get_width (AnnElement *self)
{
  AnnElementPrivate *priv = ann_element_get_instance_private (self);

  g_return_val_if_fail (ANN_IS_ELEMENT (self), 0);

  return priv->width;
}

/**
 * ann_element_get_dtype:
 * @self: an element
 *
 * Returns: the type of the values that [method@Ann.Element.read_rows] gives: int32 for the codes of
 *   a categorical, string for JSON texts of an awkward array; [enum@Ann.Dtype.RECORD] for records
 *   and [enum@Ann.Dtype.OTHER] for what has no values of its own
 */
AnnDtype
ann_element_get_dtype (AnnElement *self)
{
  AnnElementPrivate *priv = ann_element_get_instance_private (self);

  g_return_val_if_fail (ANN_IS_ELEMENT (self), ANN_DTYPE_OTHER);

  return priv->dtype;
}

/**
 * ann_element_is_matrix:
 * @self: an element
 *
 * Returns: whether it is two axes of real numbers, dense or sparse, that can be read: something to
 *   draw as a picture
 */
gboolean
ann_element_is_matrix (AnnElement *self)
{
  AnnElementPrivate *priv = ann_element_get_instance_private (self);

  g_return_val_if_fail (ANN_IS_ELEMENT (self), FALSE);

  return priv->state == ANN_ELEMENT_OK && priv->rank == 2 && ann_dtype_is_real (priv->dtype)
         && (priv->kind == ANN_ELEMENT_DENSE || priv->kind == ANN_ELEMENT_CSR
             || priv->kind == ANN_ELEMENT_CSC);
}

/**
 * ann_element_is_listed:
 * @self: an element
 *
 * Whether [method@Ann.Element.list_children] names all that lies in it. A place such as a web
 * server does not tell what it holds; without metadata that would, only names that are usual are
 * found.
 *
 * Returns: %FALSE for a mapping in which there may be more
 */
gboolean
ann_element_is_listed (AnnElement *self)
{
  AnnElementPrivate *priv = ann_element_get_instance_private (self);

  g_return_val_if_fail (ANN_IS_ELEMENT (self), FALSE);

  return (priv->kind != ANN_ELEMENT_MAPPING && priv->kind != ANN_ELEMENT_ANNDATA
          && priv->kind != ANN_ELEMENT_RAW)
         || priv->node == NULL || _ann_node_is_listed (priv->node);
}

/**
 * ann_element_list_children:
 * @self: an element
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Names of what lies below: entries of a mapping, columns of a frame (not its index), fields of
 * records. Nothing is opened.
 *
 * Returns: (transfer full) (array zero-terminated=1): names in the order in which to show them; an
 *   empty list for a kind that has no children. %NULL with @error set if they cannot be had
 */
char **
ann_element_list_children (AnnElement *self, GCancellable *cancellable, GError **error)
{
  AnnElementClass *klass;

  g_return_val_if_fail (ANN_IS_ELEMENT (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  klass = ANN_ELEMENT_GET_CLASS (self);
  if (klass->list_children == NULL)
    return g_new0 (char *, 1);

  return klass->list_children (self, cancellable, error);
}

/**
 * ann_element_open_child:
 * @self: an element
 * @name: a name that [method@Ann.Element.list_children] gave, or that of a frame's index
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Opens what lies below, from metadata. A broken child is an element too, with a state.
 *
 * Returns: (transfer full): the child, or %NULL with @error set: `ANN_ERROR_NOT_FOUND` if there is
 *   none of this name, or cancelled
 */
AnnElement *
ann_element_open_child (AnnElement *self,
                        const char *name,
                        GCancellable *cancellable,
                        GError **error)
{
  AnnElementPrivate *priv = ann_element_get_instance_private (self);
  AnnElementClass *klass;

  g_return_val_if_fail (ANN_IS_ELEMENT (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  klass = ANN_ELEMENT_GET_CLASS (self);
  if (klass->open_child == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND, "%s: has no “%s” in it", priv->path,
                   name);
      return NULL;
    }

  return klass->open_child (self, name, cancellable, error);
}

/**
 * ann_element_list_arrays:
 * @self: an element
 * @n_arrays: (out): how many
 *
 * The arrays that hold the values of an element in the store, for those who want to know how they
 * are stored: a sparse matrix has three.
 *
 * Returns: (transfer full) (array length=n_arrays): the arrays, with a %NULL behind them; free the
 *   list with g_free() after each of its items with g_object_unref()
 */
AnnArray **
ann_element_list_arrays (AnnElement *self, gsize *n_arrays)
{
  AnnElementClass *klass;
  g_autoptr (GPtrArray) arrays = NULL;

  g_return_val_if_fail (ANN_IS_ELEMENT (self), NULL);
  g_return_val_if_fail (n_arrays != NULL, NULL);

  arrays = g_ptr_array_new ();
  klass = ANN_ELEMENT_GET_CLASS (self);
  if (klass->list_arrays != NULL)
    klass->list_arrays (self, arrays);

  *n_arrays = arrays->len;
  g_ptr_array_add (arrays, NULL);

  return (AnnArray **) g_ptr_array_steal (arrays, NULL);
}

/**
 * ann_element_kind_get_name:
 * @kind: a kind
 *
 * Returns: a short name for messages and listings, such as `csr`; not translated
 */
const char *
ann_element_kind_get_name (AnnElementKind kind)
{
  static const char *const names[] = {
    [ANN_ELEMENT_ANNDATA] = "anndata",
    [ANN_ELEMENT_RAW] = "raw",
    [ANN_ELEMENT_MAPPING] = "dict",
    [ANN_ELEMENT_FRAME] = "dataframe",
    [ANN_ELEMENT_DENSE] = "array",
    [ANN_ELEMENT_CSR] = "csr",
    [ANN_ELEMENT_CSC] = "csc",
    [ANN_ELEMENT_CATEGORICAL] = "categorical",
    [ANN_ELEMENT_NULLABLE_INTEGER] = "nullable-integer",
    [ANN_ELEMENT_NULLABLE_BOOLEAN] = "nullable-boolean",
    [ANN_ELEMENT_NULLABLE_STRING] = "nullable-string-array",
    [ANN_ELEMENT_STRINGS] = "string-array",
    [ANN_ELEMENT_BYTES] = "opaque-array",
    [ANN_ELEMENT_SEQUENCES] = "vlen-array",
    [ANN_ELEMENT_RECORDS] = "rec-array",
    [ANN_ELEMENT_AWKWARD] = "awkward-array",
    [ANN_ELEMENT_STRING] = "string",
    [ANN_ELEMENT_NUMBER] = "numeric-scalar",
    [ANN_ELEMENT_NULL] = "null",
    [ANN_ELEMENT_OPAQUE] = "opaque",
  };

  g_return_val_if_fail ((gsize) kind < G_N_ELEMENTS (names), "opaque");

  return names[kind];
}

/**
 * ann_element_state_get_name:
 * @state: a state
 *
 * Returns: a short name for messages and listings; not translated
 */
const char *
ann_element_state_get_name (AnnElementState state)
{
  static const char *const names[] = {
    [ANN_ELEMENT_OK] = "ok",
    [ANN_ELEMENT_UNSUPPORTED] = "unsupported",
    [ANN_ELEMENT_MISSING_CODEC] = "missing codec",
    [ANN_ELEMENT_CORRUPT] = "corrupt",
    [ANN_ELEMENT_DENIED] = "denied",
  };

  g_return_val_if_fail ((gsize) state < G_N_ELEMENTS (names), "corrupt");

  return names[state];
}
