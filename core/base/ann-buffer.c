/* ann-buffer.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-buffer-private.h"

#include "base/ann-error.h"

#include <math.h>
#include <string.h>
#include <sys/mman.h>

/* Less is not worth a call. */
#define MIN_POPULATED_SIZE ((gsize) 32 * 1024)

#define PAGE_SIZE ((guintptr) 4096)

struct _AnnBuffer {
  gatomicrefcount ref_count;
  AnnDtype dtype;
  guint rank;
  gsize n_elements;
  gsize size; /* of data, in bytes */
  void *data;
  AnnBufferFreeFunc free_data; /* (nullable): if it is not g_free()'s */
  gpointer owner;
  guint64 shape[]; /* rank of them */
};

G_DEFINE_BOXED_TYPE (AnnBuffer, ann_buffer, ann_buffer_ref, ann_buffer_unref)

/* Takes @data, of @n_elements. */
static AnnBuffer *
new_with_data (AnnDtype dtype, guint rank, const guint64 *shape, gsize n_elements, gpointer data)
{
  AnnBuffer *self = g_malloc0 (sizeof (AnnBuffer) + rank * sizeof (guint64));

  g_atomic_ref_count_init (&self->ref_count);
  self->dtype = dtype;
  self->rank = rank;
  if (rank > 0)
    memcpy (self->shape, shape, rank * sizeof (guint64));
  self->n_elements = n_elements;
  self->size = n_elements * ann_dtype_get_size (dtype);
  self->data = data;

  return self;
}

static AnnBuffer *
new_buffer (AnnDtype dtype, guint rank, const guint64 *shape, gboolean zeros, GError **error)
{
  gsize item_size = ann_dtype_get_size (dtype);
  gsize n_elements = 1;
  gsize size;
  void *data;

  g_return_val_if_fail (item_size > 0, NULL);
  g_return_val_if_fail (rank <= ANN_MAX_RANK, NULL);
  g_return_val_if_fail (shape != NULL || rank == 0, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  for (guint i = 0; i < rank; i++)
    {
      if (!g_size_checked_mul (&n_elements, n_elements, shape[i]))
        n_elements = G_MAXSIZE;
    }
  if (!g_size_checked_mul (&size, n_elements, item_size))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "A box of this shape has more bytes than an address can count");
      return NULL;
    }

  data = zeros ? g_try_malloc0 (MAX (size, 1)) : g_try_malloc (MAX (size, 1));
  if (data == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "No memory for a box of %" G_GSIZE_FORMAT " bytes", size);
      return NULL;
    }

  return new_with_data (dtype, rank, shape, n_elements, data);
}

/**
 * ann_buffer_new:
 * @dtype: the type of its elements
 * @rank: how many axes it has, at most `ANN_MAX_RANK`
 * @shape: (array length=rank): the length of each axis
 * @error: return location for a [error@Ann.Error], or %NULL
 *
 * Makes a buffer of zeros. The shape may come from a file that lies about it,
 * so a size that cannot be had is an error here and not an abort.
 *
 * Returns: (transfer full): a new buffer, or %NULL with @error set
 */
AnnBuffer *
ann_buffer_new (AnnDtype dtype, guint rank, const guint64 *shape, GError **error)
{
  return new_buffer (dtype, rank, shape, TRUE, error);
}

AnnBuffer *
_ann_buffer_new_unset (AnnDtype dtype, guint rank, const guint64 *shape, GError **error)
{
  return new_buffer (dtype, rank, shape, FALSE, error);
}

AnnBuffer *
_ann_buffer_new_vector_in (AnnDtype dtype,
                           guint64 n,
                           gpointer data,
                           AnnBufferFreeFunc free_data,
                           gpointer owner)
{
  AnnBuffer *self = new_with_data (dtype, 1, &n, (gsize) n, data);

  self->free_data = free_data;
  self->owner = owner;

  return self;
}

void
_ann_buffer_populate (gpointer data, gsize size)
{
#ifdef MADV_POPULATE_WRITE
  const guintptr begin = ((guintptr) data + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
  const guintptr end = ((guintptr) data + size) & ~(PAGE_SIZE - 1);

  /* An old kernel, or larger pages than these, refuse: then they come one by one. */
  if (size >= MIN_POPULATED_SIZE)
    madvise ((gpointer) begin, end - begin, MADV_POPULATE_WRITE);
#else
  (void) data;
  (void) size;
#endif
}

/**
 * ann_buffer_new_vector:
 * @dtype: the type of its elements
 * @length: how many
 * @error: return location for a [error@Ann.Error], or %NULL
 *
 * Returns: (transfer full): a new buffer of one axis, of zeros, or %NULL with @error set
 */
AnnBuffer *
ann_buffer_new_vector (AnnDtype dtype, guint64 length, GError **error)
{
  return ann_buffer_new (dtype, 1, &length, error);
}

/**
 * ann_buffer_ref:
 * @self: a buffer
 *
 * Returns: (transfer full): @self
 */
AnnBuffer *
ann_buffer_ref (AnnBuffer *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * ann_buffer_unref:
 * @self: (transfer full): a buffer
 */
void
ann_buffer_unref (AnnBuffer *self)
{
  g_return_if_fail (self != NULL);

  if (g_atomic_ref_count_dec (&self->ref_count))
    {
      if (self->free_data != NULL)
        self->free_data (self->data, self->owner);
      else
        g_free (self->data);
      g_free (self);
    }
}

AnnDtype
ann_buffer_get_dtype (const AnnBuffer *self)
{
  return self->dtype;
}

guint
ann_buffer_get_rank (const AnnBuffer *self)
{
  return self->rank;
}

/**
 * ann_buffer_get_shape: (skip)
 * @self: a buffer
 *
 * Returns: (transfer none): as many lengths as it has axes
 */
const guint64 *
ann_buffer_get_shape (const AnnBuffer *self)
{
  return self->shape;
}

gsize
ann_buffer_get_n_elements (const AnnBuffer *self)
{
  return self->n_elements;
}

/**
 * ann_buffer_get_size:
 * @self: a buffer
 *
 * Returns: the bytes of all elements
 */
gsize
ann_buffer_get_size (const AnnBuffer *self)
{
  return self->size;
}

/**
 * ann_buffer_get_data: (skip)
 * @self: a buffer
 *
 * Returns: (transfer none): the elements, in C order and native byte order
 */
const void *
ann_buffer_get_data (const AnnBuffer *self)
{
  return self->data;
}

/**
 * ann_buffer_get_data_for_writing: (skip)
 * @self: a buffer that has one owner, the caller
 *
 * Returns: (transfer none): the elements
 */
void *
ann_buffer_get_data_for_writing (AnnBuffer *self)
{
  g_return_val_if_fail (g_atomic_ref_count_compare (&self->ref_count, 1), NULL);

  return self->data;
}

/**
 * ann_buffer_make_writable:
 * @self: (transfer full): a buffer
 * @error: return location for a [error@Ann.Error], or %NULL
 *
 * For who hands values on to somebody who may change them.
 *
 * Returns: (transfer full): a buffer of the same elements that has one owner, the caller: @self
 *   itself if that is so already, else a copy; %NULL with @error set if there is no memory for one
 */
AnnBuffer *
ann_buffer_make_writable (AnnBuffer *self, GError **error)
{
  g_autoptr (AnnBuffer) shared = self;
  AnnBuffer *copy;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (g_atomic_ref_count_compare (&self->ref_count, 1))
    return g_steal_pointer (&shared);

  copy = _ann_buffer_new_unset (self->dtype, self->rank, self->shape, error);
  if (copy != NULL)
    memcpy (copy->data, self->data, self->size);

  return copy;
}

/**
 * ann_buffer_get_double:
 * @self: a buffer of real numbers
 * @index: which element, in C order
 *
 * For single values; a loop takes [method@Ann.Buffer.get_data] and [func@Ann.dtype_to_double].
 *
 * Returns: the element, or NaN where it is not a real number or out of range
 */
double
ann_buffer_get_double (const AnnBuffer *self, gsize index)
{
  double value;

  if (index >= self->n_elements
      || !ann_dtype_to_double (
          self->dtype, (const guint8 *) self->data + index * ann_dtype_get_size (self->dtype), 1,
          &value))
    return NAN;

  return value;
}

/**
 * ann_buffer_get_bytes:
 * @self: a buffer
 *
 * Returns: (transfer full): the elements, shared and not copied; the bytes keep @self alive
 */
GBytes *
ann_buffer_get_bytes (AnnBuffer *self)
{
  return g_bytes_new_with_free_func (self->data, self->size, (GDestroyNotify) ann_buffer_unref,
                                     ann_buffer_ref (self));
}
