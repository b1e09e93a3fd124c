/* ann-pages.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-pages-private.h"

#include <pthread.h>
#include <string.h>
#include <sys/mman.h>

/* A cache of chunks takes hundreds of megabytes in blocks of a tenth of one. Each page of 4 KiB is
 * a fault, which takes as long as decoding what is put there (1.4 µs, measured in a VM); from
 * regions of 16 MiB, for which the kernel may take pages of 2 MiB, it is a quarter of that. malloc
 * has no regions that are aligned, and gives each larger block a mapping of its own.
 *
 * A region begins with a bit for each of its pages. Blocks are whole pages, the first that are free
 * in the oldest region that has enough of them. One lock, held for a microsecond.
 */

#define PAGE_SIZE ((gsize) 4096)
#define REGION_SIZE ((gsize) 16 * 1024 * 1024)
#define N_PAGES ((guint) (REGION_SIZE / PAGE_SIZE))

/* What a short process asks for in all is not worth pages of 2 MiB. */
#define MIN_ASKED ((gsize) 8 * 1024 * 1024)

typedef struct _Region Region;

struct _Region {
  Region *next; /* a younger one */
  guint n_used;
  guint max_run; /* no more free pages than this lie side by side */
  guint64 used[N_PAGES / 64];
};

G_STATIC_ASSERT (sizeof (Region) <= PAGE_SIZE);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static Region *regions;
static gsize n_asked; /* bytes, until there are enough */

static gboolean
is_used (const Region *region, guint page)
{
  return (region->used[page / 64] >> (page % 64)) & 1;
}

static void
mark (Region *region, guint first, guint n, gboolean used)
{
  for (guint page = first; page < first + n; page++)
    {
      const guint64 bit = G_GUINT64_CONSTANT (1) << (page % 64);

      if (used)
        region->used[page / 64] |= bit;
      else
        region->used[page / 64] &= ~bit;
    }
  if (used)
    region->n_used += n;
  else
    region->n_used -= n;
}

/* Returns: the first of @n free pages that lie side by side, or N_PAGES */
static guint
find_run (const Region *region, guint n)
{
  guint first = 0;
  guint page = 0;

  while (page < N_PAGES)
    {
      if (page % 64 == 0 && region->used[page / 64] == G_MAXUINT64)
        {
          page += 64;
          first = page;
        }
      else if (is_used (region, page++))
        {
          first = page;
        }
      else if (page - first == n)
        {
          return first;
        }
    }

  return N_PAGES;
}

/* Maps twice as much, of which one half is aligned. */
static Region *
map_region (void)
{
  guint8 *begin = mmap (NULL, 2 * REGION_SIZE, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  Region *region;
  gsize before;

  if (begin == MAP_FAILED)
    return NULL;

  before = (REGION_SIZE - (guintptr) begin % REGION_SIZE) % REGION_SIZE;
  if (before > 0)
    munmap (begin, before);
  munmap (begin + before + REGION_SIZE, REGION_SIZE - before);
#ifdef MADV_HUGEPAGE
  madvise (begin + before, REGION_SIZE, MADV_HUGEPAGE); /* refused: then small ones */
#endif

  region = (Region *) (gpointer) (begin + before); /* zeros */
  mark (region, 0, 1, TRUE);
  region->max_run = N_PAGES - 1;

  return region;
}

/* Under the lock. */
static gpointer
take_from (Region *region, guint n)
{
  guint first;

  if (region->max_run < n)
    return NULL;

  first = find_run (region, n);
  if (first == N_PAGES)
    {
      region->max_run = n - 1;
      return NULL;
    }
  mark (region, first, n, TRUE);

  return (guint8 *) region + first * PAGE_SIZE;
}

/* Under the lock. */
static gpointer
take (guint n)
{
  Region **link = &regions;
  gpointer block = NULL;

  for (; block == NULL && *link != NULL; link = &(*link)->next)
    block = take_from (*link, n);
  if (block != NULL)
    return block;

  *link = map_region ();

  return *link != NULL ? take_from (*link, n) : NULL;
}

gpointer
_ann_pages_take (gsize size)
{
  gpointer block = NULL;

  if (size < ANN_PAGES_MIN_SIZE || size > ANN_PAGES_MAX_SIZE)
    return NULL;

  pthread_mutex_lock (&lock);
  if (n_asked < MIN_ASKED)
    n_asked += size;
  else
    block = take ((size + PAGE_SIZE - 1) / PAGE_SIZE);
  pthread_mutex_unlock (&lock);

  return block;
}

static gboolean
is_empty (const Region *region)
{
  return region->n_used == 1;
}

/* Under the lock. Of the empty regions one is kept, which is as good as a new one. */
static Region *
drop_empty (Region *emptied)
{
  gboolean has_other = FALSE;

  for (const Region *region = regions; region != NULL; region = region->next)
    has_other |= region != emptied && is_empty (region);
  if (!has_other)
    return NULL;

  for (Region **link = &regions; *link != NULL; link = &(*link)->next)
    {
      if (*link == emptied)
        {
          *link = emptied->next;
          break;
        }
    }

  return emptied;
}

void
_ann_pages_give_back (gpointer block, gsize size)
{
  const gsize offset = (guintptr) block % REGION_SIZE;
  Region *region = (Region *) (gpointer) ((guint8 *) block - offset);
  Region *dropped = NULL;

  pthread_mutex_lock (&lock);
  mark (region, offset / PAGE_SIZE, (size + PAGE_SIZE - 1) / PAGE_SIZE, FALSE);
  region->max_run = N_PAGES - 1;
  if (is_empty (region))
    dropped = drop_empty (region);
  pthread_mutex_unlock (&lock);

  if (dropped != NULL)
    munmap (dropped, REGION_SIZE);
}

guint
_ann_pages_get_n_regions (void)
{
  guint n = 0;

  pthread_mutex_lock (&lock);
  for (const Region *region = regions; region != NULL; region = region->next)
    n++;
  pthread_mutex_unlock (&lock);

  return n;
}
