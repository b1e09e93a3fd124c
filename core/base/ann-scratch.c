/* ann-scratch.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-scratch-private.h"

#include "base/ann-error.h"

/* Decoding a chunk takes two or three blocks of its size. Fresh ones would cost page faults that
 * take as long as the decoding, so each thread keeps a few, unless they are large.
 */
#define MAX_KEPT_BLOCKS 5

typedef struct {
  AnnScratch blocks[MAX_KEPT_BLOCKS];
  guint n_blocks;
} Kept;

static void
kept_free (gpointer data)
{
  Kept *kept = data;

  for (guint i = 0; i < kept->n_blocks; i++)
    g_free (kept->blocks[i].data);
  g_free (kept);
}

static GPrivate kept_private = G_PRIVATE_INIT (kept_free);

static Kept *
get_kept (void)
{
  Kept *kept = g_private_get (&kept_private);

  if (kept == NULL)
    {
      kept = g_new0 (Kept, 1);
      g_private_set (&kept_private, kept);
    }

  return kept;
}

/* Takes the smallest kept block that is large enough. */
static gboolean
take_kept (Kept *kept, gsize size, AnnScratch *block)
{
  guint best = G_MAXUINT;

  for (guint i = 0; i < kept->n_blocks; i++)
    {
      if (kept->blocks[i].size >= size
          && (best == G_MAXUINT || kept->blocks[i].size < kept->blocks[best].size))
        best = i;
    }
  if (best == G_MAXUINT)
    return FALSE;

  *block = kept->blocks[best];
  kept->blocks[best] = kept->blocks[--kept->n_blocks];

  return TRUE;
}

/* Makes room for at least @size bytes; what was there is lost. */
gboolean
_ann_scratch_reserve (AnnScratch *self, gsize size, GError **error)
{
  size = MAX (size, 1);
  if (self->data != NULL && self->size >= size)
    return TRUE;

  g_clear_pointer (&self->data, g_free);
  self->size = 0;
  if (take_kept (get_kept (), size, self))
    return TRUE;

  self->data = g_try_malloc (size);
  if (self->data == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "There is no memory for %" G_GSIZE_FORMAT
                   " bytes that are needed at once, such as "
                   "those of a chunk",
                   size);
      return FALSE;
    }
  self->size = size;

  return TRUE;
}

static guint
find_smallest (const Kept *kept)
{
  guint smallest = 0;

  for (guint i = 1; i < kept->n_blocks; i++)
    {
      if (kept->blocks[i].size < kept->blocks[smallest].size)
        smallest = i;
    }

  return smallest;
}

/* In the thread that reserved. */
void
_ann_scratch_clear (AnnScratch *self)
{
  if (self->data != NULL && self->size <= ANN_SCRATCH_MAX_KEPT_SIZE)
    {
      Kept *kept = get_kept ();

      if (kept->n_blocks < MAX_KEPT_BLOCKS)
        {
          kept->blocks[kept->n_blocks++] = *self;
          self->data = NULL;
        }
      else
        {
          AnnScratch *smallest = &kept->blocks[find_smallest (kept)];

          if (smallest->size < self->size)
            {
              AnnScratch swapped = *smallest;

              *smallest = *self;
              *self = swapped;
            }
        }
    }

  g_clear_pointer (&self->data, g_free);
  self->size = 0;
}
