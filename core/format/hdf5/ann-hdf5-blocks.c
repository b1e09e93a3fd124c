/* ann-hdf5-blocks.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-blocks.h"

#include <pthread.h>
#include <string.h>

/* A block has its place in one set, whichever of its ways. */
#define N_SETS 64
#define N_WAYS 4
#define N_BLOCKS (N_SETS * N_WAYS)

typedef struct {
  guint64 last_use; /* 0: holds nothing */
  guint64 number;
  gsize size;
  guint8 *bytes; /* of ANN_HDF5_BLOCK_SIZE */
} Block;

struct _AnnHdf5Blocks {
  pthread_mutex_t lock;
  guint64 n_uses;
  Block blocks[N_BLOCKS];
};

AnnHdf5Blocks *
_ann_hdf5_blocks_new (void)
{
  AnnHdf5Blocks *self = g_new0 (AnnHdf5Blocks, 1);

  pthread_mutex_init (&self->lock, NULL);

  return self;
}

void
_ann_hdf5_blocks_free (AnnHdf5Blocks *self)
{
  for (guint i = 0; i < N_BLOCKS; i++)
    g_free (self->blocks[i].bytes);
  pthread_mutex_destroy (&self->lock);
  g_free (self);
}

gboolean
_ann_hdf5_blocks_get (AnnHdf5Blocks *self, guint64 number, gsize skip, void *to, gsize n)
{
  Block *set = &self->blocks[number % N_SETS * N_WAYS];
  gboolean is_here = FALSE;

  pthread_mutex_lock (&self->lock);
  for (guint i = 0; i < N_WAYS && !is_here; i++)
    {
      Block *block = &set[i];

      if (block->last_use == 0 || block->number != number || skip > block->size
          || n > block->size - skip)
        continue;
      memcpy (to, block->bytes + skip, n);
      block->last_use = ++self->n_uses;
      is_here = TRUE;
    }
  pthread_mutex_unlock (&self->lock);

  return is_here;
}

void
_ann_hdf5_blocks_put (AnnHdf5Blocks *self, guint64 number, const guint8 *bytes, gsize size)
{
  Block *set = &self->blocks[number % N_SETS * N_WAYS];
  Block *oldest = set;

  pthread_mutex_lock (&self->lock);
  for (guint i = 0; i < N_WAYS; i++)
    {
      Block *block = &set[i];

      /* Two threads may have read the same one. */
      if (block->last_use > 0 && block->number == number)
        {
          oldest = block;
          break;
        }
      if (block->last_use < oldest->last_use)
        oldest = block;
    }
  if (oldest->bytes == NULL)
    oldest->bytes = g_malloc (ANN_HDF5_BLOCK_SIZE);
  memcpy (oldest->bytes, bytes, size);
  oldest->number = number;
  oldest->size = size;
  oldest->last_use = ++self->n_uses;
  pthread_mutex_unlock (&self->lock);
}
