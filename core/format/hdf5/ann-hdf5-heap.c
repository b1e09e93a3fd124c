/* ann-hdf5-heap.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-heap.h"

#include "format/hdf5/ann-hdf5-wanted.h"

#include <pthread.h>
#include <string.h>

/* What libhdf5 makes, unless a single object needs more. */
#define USUAL_SIZE ((gsize) 4096)

/* So much is asked for in one part. */
#define MAX_WANTED_SIZE ((guint64) 1 << 20)

/* A collection holds a text, which has less than 4 GiB; nobody has one of 1 GiB. */
#define MAX_SIZE ((guint64) 1 << 30)

/* So many bytes of collections are kept; a new one beyond that throws the others out. */
#define MAX_KEPT ((gsize) 8 << 20)

/* The collections that the readers of a file share, and how large one may be. */
#define N_SHARED 8
#define MAX_SHARED_SIZE ((gsize) 64 << 10)

#define ALIGN(n) (((n) + 7) & ~(guint64) 7)

typedef struct {
  guint64 address; /* first: the key in the table */
  guint8 *bytes;
  gsize size;
  guint32 *places; /* by number of an object: where its header is, 0 for no such object */
  guint n_places;
  guint n_holders; /* under the lock of the cache */
  AnnHdf5HeapCache *cache;
} Collection;

struct _AnnHdf5HeapCache {
  pthread_mutex_t lock;
  Collection *shared[N_SHARED];
  guint oldest;
};

struct _AnnHdf5Heap {
  AnnHdf5File *file;
  char *path;
  GCancellable *cancellable; /* of the reader */
  AnnHdf5Sizes sizes;
  GHashTable *collections;
  gsize n_kept; /* bytes */
  Collection *last;
};

/* Lets go of one hold; what nobody holds is freed. Immutable while it is held. */
static void
collection_release (gpointer data)
{
  Collection *self = data;
  gboolean is_last;

  pthread_mutex_lock (&self->cache->lock);
  is_last = --self->n_holders == 0;
  pthread_mutex_unlock (&self->cache->lock);

  if (is_last)
    {
      g_free (self->bytes);
      g_free (self->places);
      g_free (self);
    }
}

AnnHdf5HeapCache *
_ann_hdf5_heap_cache_new (void)
{
  AnnHdf5HeapCache *self = g_new0 (AnnHdf5HeapCache, 1);

  pthread_mutex_init (&self->lock, NULL);

  return self;
}

void
_ann_hdf5_heap_cache_free (AnnHdf5HeapCache *self)
{
  for (guint i = 0; i < N_SHARED; i++)
    g_clear_pointer (&self->shared[i], collection_release);
  pthread_mutex_destroy (&self->lock);
  g_free (self);
}

/* Returns: (transfer full) (nullable): the collection, for one hold more */
static Collection *
find_shared (AnnHdf5HeapCache *self, guint64 address)
{
  Collection *found = NULL;

  pthread_mutex_lock (&self->lock);
  for (guint i = 0; i < N_SHARED && found == NULL; i++)
    if (self->shared[i] != NULL && self->shared[i]->address == address)
      {
        found = self->shared[i];
        found->n_holders++;
      }
  pthread_mutex_unlock (&self->lock);

  return found;
}

/* Takes the place of the one that has been shared for longest. */
static void
share (AnnHdf5HeapCache *self, Collection *collection)
{
  Collection *dropped;

  if (collection->size > MAX_SHARED_SIZE)
    return;

  pthread_mutex_lock (&self->lock);
  dropped = self->shared[self->oldest];
  self->shared[self->oldest] = collection;
  collection->n_holders++;
  self->oldest = (self->oldest + 1) % N_SHARED;
  pthread_mutex_unlock (&self->lock);

  g_clear_pointer (&dropped, collection_release);
}

AnnHdf5Heap *
_ann_hdf5_heap_new (AnnHdf5File *file, const char *path, GCancellable *cancellable)
{
  AnnHdf5Heap *self = g_new0 (AnnHdf5Heap, 1);

  self->file = _ann_hdf5_file_ref (file);
  self->path = g_strdup (path);
  self->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  self->sizes = *_ann_hdf5_file_get_sizes (file);
  self->collections = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, collection_release);

  return self;
}

void
_ann_hdf5_heap_free (AnnHdf5Heap *self)
{
  g_hash_table_unref (self->collections);
  g_clear_object (&self->cancellable);
  _ann_hdf5_file_unref (self->file);
  g_free (self->path);
  g_free (self);
}

static gboolean
set_damaged (AnnHdf5Heap *self, const char *what, GError **error)
{
  g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
               "%s: The heap that has its texts is damaged: %s", self->path, what);

  return FALSE;
}

static guint64
get_header_size (AnnHdf5Heap *self)
{
  return ALIGN (8 + (guint64) self->sizes.length); /* of a collection and of an object alike */
}

/* Finds the objects: each has a number, and its length says where the next begins. Number 0 is the
 * room that is left.
 */
static gboolean
find_objects (AnnHdf5Heap *self, Collection *collection, GError **error)
{
  guint64 header_size = get_header_size (self);
  g_autoptr (GArray) places = g_array_new (FALSE, TRUE, sizeof (guint32));
  guint64 place = header_size;

  while (place + header_size <= collection->size)
    {
      const guint8 *header = collection->bytes + place;
      guint number = (guint) _ann_hdf5_get_number (header, 2);
      guint64 length = _ann_hdf5_get_number (header + 8, self->sizes.length);

      if (number == 0)
        break;
      if (length > collection->size - place - header_size)
        return set_damaged (self, "an object is longer than its collection", error);

      if (number >= places->len)
        g_array_set_size (places, number + 1);
      g_array_index (places, guint32, number) = (guint32) place;
      place += header_size + ALIGN (length);
    }

  collection->n_places = places->len;
  collection->places = (guint32 *) (void *) g_array_free (g_steal_pointer (&places), FALSE);

  return TRUE;
}

/* Reads the collection at @offset in the file: what is usually all of it, then the rest. */
static gboolean
read_collection (AnnHdf5Heap *self, Collection *collection, guint64 offset, GError **error)
{
  guint64 left = _ann_hdf5_file_get_size (self->file) - offset;
  guint8 start[USUAL_SIZE];
  gsize n_start = MIN (USUAL_SIZE, left);
  guint64 size;

  if (left < get_header_size (self))
    return set_damaged (self, "it ends behind the end of the file", error);
  if (!_ann_hdf5_file_read (self->file, offset, start, n_start, self->path, self->cancellable,
                            error))
    return FALSE;
  if (memcmp (start, "GCOL\001", 5) != 0)
    return set_damaged (self, "no collection is where one should be", error);

  size = _ann_hdf5_get_number (start + 8, self->sizes.length);
  if (size < get_header_size (self) || size > left)
    return set_damaged (self, "a collection is longer than the file", error);

  collection->bytes = size > MAX_SIZE ? NULL : g_try_malloc (size);
  if (collection->bytes == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "%s: No memory for a text of %" G_GUINT64_FORMAT " bytes", self->path, size);
      return FALSE;
    }
  collection->size = size;
  memcpy (collection->bytes, start, MIN (n_start, size));
  if (size > n_start
      && !_ann_hdf5_file_read (self->file, offset + n_start, collection->bytes + n_start,
                               size - n_start, self->path, self->cancellable, error))
    return FALSE;
  _ann_hdf5_count_slab (size);

  return find_objects (self, collection, error);
}

/* Returns: (transfer full) (nullable): the collection, read from the file */
static Collection *
load_collection (AnnHdf5Heap *self, guint64 address, GError **error)
{
  AnnHdf5HeapCache *cache = _ann_hdf5_file_get_heap_cache (self->file);
  guint64 offset;
  Collection *collection;

  if (!g_uint64_checked_add (&offset, address, self->sizes.base)
      || offset >= _ann_hdf5_file_get_size (self->file))
    {
      set_damaged (self, "a text lies behind the end of the file", error);
      return NULL;
    }

  collection = g_new0 (Collection, 1);
  collection->address = address;
  collection->n_holders = 1;
  collection->cache = cache;
  if (!read_collection (self, collection, offset, error))
    {
      collection_release (collection);
      return NULL;
    }
  share (cache, collection);

  return collection;
}

static Collection *
get_collection (AnnHdf5Heap *self, guint64 address, GError **error)
{
  Collection *collection;

  if (self->last != NULL && self->last->address == address)
    return self->last;

  self->last = g_hash_table_lookup (self->collections, &address);
  if (self->last != NULL)
    return self->last;

  collection = find_shared (_ann_hdf5_file_get_heap_cache (self->file), address);
  if (collection == NULL)
    collection = load_collection (self, address, error);
  if (collection == NULL)
    return NULL;

  if (self->n_kept > 0 && self->n_kept + collection->size > MAX_KEPT)
    {
      g_hash_table_remove_all (self->collections);
      self->n_kept = 0;
    }
  g_hash_table_insert (self->collections, &collection->address, collection);
  self->n_kept += collection->size;
  self->last = collection;

  return collection;
}

gboolean
_ann_hdf5_heap_get_object (AnnHdf5Heap *self,
                           guint64 address,
                           guint64 number,
                           const guint8 **bytes,
                           gsize *n_bytes,
                           GError **error)
{
  Collection *collection = get_collection (self, address, error);
  const guint8 *object;

  if (collection == NULL)
    return FALSE;
  if (number >= collection->n_places || collection->places[number] == 0)
    return set_damaged (self, "an object is not where it should be", error);

  object = collection->bytes + collection->places[number];
  *n_bytes = _ann_hdf5_get_number (object + 8, self->sizes.length);
  *bytes = object + get_header_size (self);

  return TRUE;
}

static int
compare_addresses (gconstpointer a, gconstpointer b)
{
  guint64 x = *(const guint64 *) a, y = *(const guint64 *) b;

  return x < y ? -1 : x > y;
}

/* Collections that follow each other, as a writer of many texts leaves them, are one part. */
gboolean
_ann_hdf5_heap_bring (AnnHdf5Heap *self, GArray *addresses, GError **error)
{
  guint64 start = 0, end = 0;
  AnnHdf5Wanted wanted;

  g_array_sort (addresses, compare_addresses);
  _ann_hdf5_wanted_init (&wanted, self->file, self->path, self->cancellable);
  for (guint i = 0; i < addresses->len; i++)
    {
      guint64 address = g_array_index (addresses, guint64, i);

      if (address > G_MAXINT64)
        break;
      if (address > end || address - start >= MAX_WANTED_SIZE)
        {
          if (end > start && !_ann_hdf5_wanted_add (&wanted, start, end - start, error))
            return FALSE;
          start = address;
        }
      end = address + USUAL_SIZE;
    }

  return (end == start || _ann_hdf5_wanted_add (&wanted, start, end - start, error))
         && _ann_hdf5_wanted_bring (&wanted, error);
}

guint64
_ann_hdf5_heap_get_address (AnnHdf5Heap *self, const guint8 *reference)
{
  return _ann_hdf5_get_number (reference + 4, self->sizes.address);
}

gboolean
_ann_hdf5_heap_get (AnnHdf5Heap *self,
                    const guint8 *reference,
                    gsize item_size,
                    const char **bytes,
                    gsize *n_bytes,
                    GError **error)
{
  guint64 length = _ann_hdf5_get_number (reference, 4) * item_size; /* both are of 32 bits */
  guint64 address = _ann_hdf5_heap_get_address (self, reference);
  guint64 number = _ann_hdf5_get_number (reference + 4 + self->sizes.address, 4);
  const guint8 *object;
  gsize room;

  *bytes = NULL;
  *n_bytes = 0;
  if (address == 0 || length == 0)
    return TRUE;

  if (!_ann_hdf5_heap_get_object (self, address, number, &object, &room, error))
    return FALSE;
  if (length > room)
    return set_damaged (self, "a text is longer than the room it has", error);

  *bytes = (const char *) object;
  *n_bytes = length;

  return TRUE;
}
