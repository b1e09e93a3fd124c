/* ann-rank-search.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "query/ann-rank-search-private.h"

#include "base/ann-error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DIGIT_BITS 16

/* What is left is sorted in memory if it is no more: 16 MiB. Tests make it small. */
#ifndef N_COLLECTED_MAX
#define N_COLLECTED_MAX (2 * 1024 * 1024)
#endif

#define SIGN_32 G_GUINT64_CONSTANT (0x80000000)
#define SIGN_64 G_GUINT64_CONSTANT (0x8000000000000000)

/* The bits of a float rise with it once the sign is turned, and for negative ones all bits.
 * @is_narrow: @value has the precision of a float32, so that 32 bits are enough.
 */
guint64
_ann_rank_key_new (double value, gboolean is_narrow)
{
  guint64 bits;

  if (is_narrow)
    {
      float narrow = (float) value;
      guint32 narrow_bits;

      memcpy (&narrow_bits, &narrow, sizeof narrow_bits);
      narrow_bits ^= (narrow_bits & SIGN_32) ? G_MAXUINT32 : (guint32) SIGN_32;

      return (guint64) narrow_bits << 32;
    }

  memcpy (&bits, &value, sizeof bits);

  return bits ^ ((bits & SIGN_64) ? G_MAXUINT64 : SIGN_64);
}

static double
key_get_double (guint64 key, gboolean is_narrow)
{
  double value;

  if (is_narrow)
    {
      guint32 narrow_bits = (guint32) (key >> 32);
      float narrow;

      narrow_bits ^= (narrow_bits & SIGN_32) ? (guint32) SIGN_32 : G_MAXUINT32;
      memcpy (&narrow, &narrow_bits, sizeof narrow);

      return narrow;
    }

  key ^= (key & SIGN_64) ? SIGN_64 : G_MAXUINT64;
  memcpy (&value, &key, sizeof value);

  return value;
}

/* @n_key_bits: 32 for narrow keys, else 64 */
AnnRankSearch *
_ann_rank_search_new (guint n_key_bits)
{
  AnnRankSearch *self = g_new0 (AnnRankSearch, 1);

  self->n_key_bits = n_key_bits;
  self->n_groups = 1;

  return self;
}

void
_ann_rank_search_free (AnnRankSearch *self)
{
  g_free (self->collected);
  g_free (self);
}

static gboolean
is_narrow (const AnnRankSearch *self)
{
  return self->n_key_bits == 32;
}

/* The group of a key, or -1. */
static int
find_group (const AnnRankSearch *self, guint64 key)
{
  const guint64 prefix = key >> (64 - self->n_bits);

  for (guint group = self->tops[key >> (64 - DIGIT_BITS)]; group > 0 && group <= self->n_groups;
       group++)
    {
      if (self->prefixes[group - 1] == prefix)
        return (int) group - 1;
    }

  return -1;
}

static void
collect (AnnRankSearch *self, guint64 key)
{
  gsize place = __atomic_fetch_add (&self->n_collected, 1, __ATOMIC_RELAXED);

  /* More than were counted: the store has changed, which the end of the pass finds. */
  if (place < self->n_to_collect)
    self->collected[place] = key;
}

void
_ann_rank_search_add (AnnRankSearch *self, const guint64 *keys, gsize n_keys, guint64 *counts)
{
  if (self->n_bits == 0)
    {
      for (gsize i = 0; i < n_keys; i++)
        counts[keys[i] >> (64 - DIGIT_BITS)]++;
      return;
    }

  for (gsize i = 0; i < n_keys; i++)
    {
      int group = find_group (self, keys[i]);

      if (group < 0)
        continue;
      if (self->collected != NULL)
        collect (self, keys[i]);
      else
        counts[(gsize) group * ANN_RANK_SEARCH_N_COUNTS
               + ((keys[i] << self->n_bits) >> (64 - DIGIT_BITS))]++;
    }
}

/* Between the first pass and its end, when it is known how many numbers there are. @ranks rise. */
void
_ann_rank_search_set_ranks (AnnRankSearch *self,
                            const guint64 *ranks,
                            guint n_ranks,
                            gboolean is_integral)
{
  self->is_integral = is_integral;
  self->n_targets = n_ranks;
  for (guint i = 0; i < n_ranks; i++)
    self->targets[i].rank = ranks[i];
}

/* Whether all keys with this prefix are the same: all bits are known, or only one whole number has
 * them.
 */
static gboolean
find_only_key (const AnnRankSearch *self, guint64 prefix, guint64 *key)
{
  const guint64 first = prefix << (64 - self->n_bits);
  double low, high;

  if (self->n_bits >= self->n_key_bits)
    {
      *key = first;
      return TRUE;
    }
  if (!self->is_integral)
    return FALSE;

  low = key_get_double (first, is_narrow (self));
  high = key_get_double (first | (G_MAXUINT64 >> self->n_bits), is_narrow (self));
  if (!isfinite (low) || !isfinite (high) || ceil (low) != floor (high))
    return FALSE;
  *key = _ann_rank_key_new (ceil (low) + 0.0, is_narrow (self));

  return TRUE;
}

/* Learns the next bits of each target from what was counted. */
static gboolean
narrow_down (AnnRankSearch *self, const guint64 *counts, guint64 *n_in_targets)
{
  for (guint i = 0; i < self->n_targets; i++)
    {
      guint group = 0;
      guint digit = 0;
      const guint64 *of_group;

      if (self->targets[i].is_found)
        continue;
      while (self->n_bits > 0 && self->prefixes[group] != self->targets[i].prefix)
        group++;
      of_group = counts + (gsize) group * ANN_RANK_SEARCH_N_COUNTS;
      while (digit < ANN_RANK_SEARCH_N_COUNTS && of_group[digit] <= self->targets[i].rank)
        self->targets[i].rank -= of_group[digit++];
      if (digit == ANN_RANK_SEARCH_N_COUNTS)
        return FALSE;
      self->targets[i].prefix = self->targets[i].prefix << DIGIT_BITS | digit;
      n_in_targets[i] = of_group[digit];
    }
  self->n_bits += DIGIT_BITS;

  return TRUE;
}

/* The prefixes of those that are still looked for. Returns: how many keys begin so */
static guint64
make_groups (AnnRankSearch *self, const guint64 *n_in_targets)
{
  guint64 n_keys = 0;

  self->n_groups = 0;
  memset (self->tops, 0, sizeof self->tops);
  for (guint i = 0; i < self->n_targets; i++)
    {
      guint64 prefix = self->targets[i].prefix;
      guint8 *top = &self->tops[(prefix << (64 - self->n_bits)) >> (64 - DIGIT_BITS)];

      self->targets[i].is_found = self->targets[i].is_found
                                  || find_only_key (self, prefix, &self->targets[i].key);
      if (self->targets[i].is_found
          || (self->n_groups > 0 && self->prefixes[self->n_groups - 1] == prefix))
        continue;
      self->prefixes[self->n_groups++] = prefix;
      if (*top == 0)
        *top = (guint8) self->n_groups;
      n_keys += n_in_targets[i];
    }

  return n_keys;
}

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  guint64 one = *(const guint64 *) a;
  guint64 other = *(const guint64 *) b;

  return one < other ? -1 : one > other;
}

/* How many collected keys are less than @key. */
static gsize
count_below (const AnnRankSearch *self, guint64 key)
{
  gsize low = 0;
  gsize high = self->n_collected;

  while (low < high)
    {
      gsize middle = low + (high - low) / 2;

      if (self->collected[middle] < key)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

/* All that have a wanted prefix are there: the rest is looking up. */
static gboolean
look_up (AnnRankSearch *self, guint64 n_zeros)
{
  const guint64 zero = _ann_rank_key_new (0, is_narrow (self));

  qsort (self->collected, self->n_collected, sizeof *self->collected, compare_keys);
  for (guint i = 0; i < self->n_targets; i++)
    {
      guint64 rank = self->targets[i].rank;
      guint64 first = count_below (self, self->targets[i].prefix << (64 - self->n_bits));
      guint64 n_below = count_below (self, zero) - first; /* of use if zero has this prefix */

      if (self->targets[i].is_found)
        continue;
      self->targets[i].is_found = TRUE;
      self->targets[i].key = zero;
      if (zero >> (64 - self->n_bits) == self->targets[i].prefix && rank >= n_below)
        {
          if (rank < n_below + n_zeros)
            continue;
          rank -= n_zeros;
        }
      if (first + rank >= self->n_collected)
        return FALSE;
      self->targets[i].key = self->collected[first + rank];
    }
  self->n_groups = 0;

  return TRUE;
}

/* Zeros that nobody handed over are counted with their group. */
static void
count_zeros (AnnRankSearch *self, guint64 n_zeros, guint64 *counts)
{
  const guint64 zero = _ann_rank_key_new (0, is_narrow (self));
  int group = self->n_bits > 0 ? find_group (self, zero) : 0;

  if (group >= 0)
    counts[(gsize) group * ANN_RANK_SEARCH_N_COUNTS + ((zero << self->n_bits) >> (64 - DIGIT_BITS))]
        += n_zeros;
}

static void
start_collecting (AnnRankSearch *self, guint64 n_keys, guint64 n_zeros)
{
  if (find_group (self, _ann_rank_key_new (0, is_narrow (self))) >= 0)
    n_keys -= n_zeros;
  if (n_keys > N_COLLECTED_MAX)
    return;

  /* Without memory the search goes on by counting. */
  self->n_to_collect = (gsize) n_keys;
  self->collected = g_try_new (guint64, MAX (1, self->n_to_collect));
}

/* @counts: those of all threads, added up. @n_zeros: values 0 that nobody hands over, the same in
 * every pass.
 */
gboolean
_ann_rank_search_end_pass (AnnRankSearch *self, guint64 *counts, guint64 n_zeros, GError **error)
{
  guint64 n_in_targets[ANN_RANK_SEARCH_MAX] = { 0 };
  gboolean fits = TRUE;

  if (self->n_groups == 0)
    return TRUE;

  if (self->collected != NULL)
    {
      fits = self->n_collected == self->n_to_collect && look_up (self, n_zeros);
    }
  else
    {
      count_zeros (self, n_zeros, counts);
      fits = narrow_down (self, counts, n_in_targets);
      if (fits)
        {
          guint64 n_keys = make_groups (self, n_in_targets);

          if (self->n_groups > 0)
            start_collecting (self, n_keys, n_zeros);
        }
    }

  if (!fits)
    g_set_error_literal (error, ANN_ERROR, ANN_ERROR_CHANGED,
                         "The values changed while they were read");

  return fits;
}

double
_ann_rank_search_get (const AnnRankSearch *self, guint target)
{
  return key_get_double (self->targets[target].key, is_narrow (self));
}
