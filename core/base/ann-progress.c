/* ann-progress.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-progress.h"

#include <stdatomic.h>

struct _AnnProgress {
  gatomicrefcount ref_count;
  atomic_uint_fast64_t total;
  atomic_uint_fast64_t done;
};

G_DEFINE_BOXED_TYPE (AnnProgress, ann_progress, ann_progress_ref, ann_progress_unref)

/**
 * ann_progress_new:
 *
 * Returns: (transfer full): a progress of nothing done of nothing
 */
AnnProgress *
ann_progress_new (void)
{
  AnnProgress *self = g_new0 (AnnProgress, 1);

  g_atomic_ref_count_init (&self->ref_count);
  atomic_init (&self->total, 0);
  atomic_init (&self->done, 0);

  return self;
}

/**
 * ann_progress_ref:
 * @self: a progress
 *
 * Returns: (transfer full): @self
 */
AnnProgress *
ann_progress_ref (AnnProgress *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * ann_progress_unref:
 * @self: (transfer full): a progress
 */
void
ann_progress_unref (AnnProgress *self)
{
  g_return_if_fail (self != NULL);

  if (g_atomic_ref_count_dec (&self->ref_count))
    g_free (self);
}

/**
 * ann_progress_add_total:
 * @self: a progress
 * @n: steps that have become known
 *
 * Any thread. The unit is the job's: rows, bytes, chunks.
 */
void
ann_progress_add_total (AnnProgress *self, guint64 n)
{
  g_return_if_fail (self != NULL);

  atomic_fetch_add_explicit (&self->total, n, memory_order_relaxed);
}

/**
 * ann_progress_add_done:
 * @self: a progress
 * @n: steps that are done
 *
 * Any thread.
 */
void
ann_progress_add_done (AnnProgress *self, guint64 n)
{
  g_return_if_fail (self != NULL);

  atomic_fetch_add_explicit (&self->done, n, memory_order_relaxed);
}

/**
 * ann_progress_get_total:
 * @self: a progress
 *
 * Returns: the steps known so far
 */
guint64
ann_progress_get_total (AnnProgress *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return atomic_load_explicit (&self->total, memory_order_relaxed);
}

/**
 * ann_progress_get_done:
 * @self: a progress
 *
 * Returns: the steps done so far
 */
guint64
ann_progress_get_done (AnnProgress *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return atomic_load_explicit (&self->done, memory_order_relaxed);
}

/**
 * ann_progress_get_fraction:
 * @self: a progress
 *
 * Returns: from 0 to 1; 0 while no step is known
 */
double
ann_progress_get_fraction (AnnProgress *self)
{
  guint64 total;
  guint64 done;

  g_return_val_if_fail (self != NULL, 0.0);

  /* The two are read one after the other, so done may seem to be ahead. */
  done = ann_progress_get_done (self);
  total = ann_progress_get_total (self);
  if (total == 0)
    return 0.0;

  return MIN ((double) done / (double) total, 1.0);
}
