/* ann-zarr-shards.c: chunks that lie in shards
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/zarr/ann-zarr-array-private.h"

#include "array/ann-chunk-cache-private.h"
#include "base/ann-error-private.h"
#include "format/zarr/ann-zarr-shard-index.h"

#include <string.h>

/* An index is kept in the chunk cache, as numbers: the size of the shard, then offset and length of
 * each chunk; one number alone where the shard is not stored.
 *
 * Those of all the shards that chunks are asked of come in one call. Who needs one that another
 * thread is reading waits for that thread.
 */

/* The engine asks for no more at once. */
#define MAX_SHARDS 64

/* What is known of the shards of one call. */
typedef struct {
  gsize n;
  guint64 numbers[MAX_SHARDS]; /* rising */
  AnnBuffer *indices[MAX_SHARDS];
} Shards;

static void
shards_clear (Shards *shards)
{
  for (gsize i = 0; i < shards->n; i++)
    g_clear_pointer (&shards->indices[i], ann_buffer_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Shards, shards_clear)

/* How many shards there are on an axis. */
static guint64
get_n_shards (const AnnZarrArray *self, guint axis)
{
  const guint64 n = self->metadata->codecs.shard.n_chunks[axis];

  return self->n_chunks[axis] / n + (self->n_chunks[axis] % n != 0);
}

/* Splits the number of a chunk into that of its shard and its own in there. */
static guint64
get_shard (const AnnZarrArray *self, guint64 index, guint64 *in_shard)
{
  const AnnZarrShardLayout *layout = &self->metadata->codecs.shard;
  guint64 place[ANN_MAX_RANK];
  guint64 number = 0;

  _ann_zarr_chunks_get_place (self, index, place);
  *in_shard = 0;
  for (guint i = 0; i < self->rank; i++)
    {
      number = number * get_n_shards (self, i) + place[i] / layout->n_chunks[i];
      *in_shard = *in_shard * layout->n_chunks[i] + place[i] % layout->n_chunks[i];
    }

  return number;
}

static char *
get_shard_key (const AnnZarrArray *self, guint64 number)
{
  guint64 place[ANN_MAX_RANK];

  for (guint i = self->rank; i-- > 0;)
    {
      place[i] = number % get_n_shards (self, i);
      number /= get_n_shards (self, i);
    }

  return _ann_zarr_chunks_get_key (self, place);
}

static AnnChunkKey
get_key (const AnnZarrArray *self, guint64 number)
{
  return (AnnChunkKey){ .array = self->index_id, .chunk = number };
}

/* The index out of its stored bytes. */
static AnnBuffer *
parse_index (AnnZarrArray *self,
             const AnnStoreRead *read,
             guint64 number,
             GCancellable *cancellable,
             GError **error)
{
  const AnnZarrShardLayout *layout = &self->metadata->codecs.shard;
  const guint64 length = read->is_absent ? 1 : 1 + 2 * layout->n_in_all;
  g_autoptr (AnnBuffer) index = ann_buffer_new_vector (ANN_DTYPE_UINT64, length, error);
  guint64 *values;

  if (index == NULL)
    return NULL;

  values = ann_buffer_get_data_for_writing (index);
  values[0] = read->object_size;
  if (read->is_absent)
    return _ann_zarr_chunks_check_absent (self, read->key, cancellable, error)
               ? g_steal_pointer (&index)
               : NULL;
  if (read->n_bytes != read->length)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT, "it is shorter than its index");
      g_prefix_error (error, "%s, shard %" G_GUINT64_FORMAT ": ",
                      ann_array_get_path (ANN_ARRAY (self)), number);
      return NULL;
    }
  if (!_ann_zarr_shard_index_read (layout, read->bytes, values + 1, error))
    {
      g_prefix_error (error, "%s, shard %" G_GUINT64_FORMAT ": ",
                      ann_array_get_path (ANN_ARRAY (self)), number);
      return NULL;
    }

  return g_steal_pointer (&index);
}

/* Reads the indices of the shards whose places in @shards are in @wanted, in one call. */
static gboolean
read_indices (AnnZarrArray *self,
              Shards *shards,
              const gsize *wanted,
              gsize n,
              GCancellable *cancellable,
              GError **error)
{
  const AnnZarrShardLayout *layout = &self->metadata->codecs.shard;
  const gsize size = _ann_zarr_shard_index_get_size (layout);
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (g_free);
  g_autofree AnnStoreRead *reads = g_new0 (AnnStoreRead, n);
  gboolean success;

  for (gsize i = 0; i < n; i++)
    {
      g_ptr_array_add (keys, get_shard_key (self, shards->numbers[wanted[i]]));
      reads[i] = (AnnStoreRead){
        .key = g_ptr_array_index (keys, i),
        .length = size,
        .is_suffix = !layout->is_index_at_start,
        .limit = size,
      };
    }
  success = _ann_store_read (_ann_zarr_tree_get_store (self->tree), reads, n, cancellable, error);
  if (!success)
    _ann_error_prefix_path (error, ann_array_get_path (ANN_ARRAY (self)));
  for (gsize i = 0; i < n; i++)
    {
      if (success)
        {
          shards->indices[wanted[i]] = parse_index (self, &reads[i], shards->numbers[wanted[i]],
                                                    cancellable, error);
          success = shards->indices[wanted[i]] != NULL;
        }
      g_free (reads[i].bytes);
    }

  return success;
}

/* Takes what is kept, and claims what nobody reads. What others are reading is left: the first of
 * it is waited for, if at all, for then no claim is held.
 */
static gboolean
claim (AnnZarrArray *self,
       Shards *shards,
       gboolean wait,
       gsize *claimed,
       gsize *n_claimed,
       gboolean *is_complete,
       GCancellable *cancellable,
       GError **error)
{
  *n_claimed = 0;
  *is_complete = TRUE;
  for (gsize i = 0; i < shards->n; i++)
    {
      const AnnChunkKey key = get_key (self, shards->numbers[i]);

      if (shards->indices[i] != NULL)
        continue;
      switch (_ann_chunk_cache_begin (&key, wait, &shards->indices[i], cancellable, error))
        {
        case ANN_CHUNK_HIT:
          break;
        case ANN_CHUNK_MINE:
        case ANN_CHUNK_MINE_AGAIN:
          claimed[(*n_claimed)++] = i;
          break;
        case ANN_CHUNK_FAILED:
        default:
          if (wait)
            return FALSE;
          *is_complete = FALSE;
          break;
        }
      wait = FALSE;
    }

  return TRUE;
}

/* Keeps what was read of the claimed ones, and gives up the others. */
static void
settle (AnnZarrArray *self, Shards *shards, const gsize *claimed, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      const AnnChunkKey key = get_key (self, shards->numbers[claimed[i]]);

      if (shards->indices[claimed[i]] != NULL)
        _ann_chunk_cache_put (&key, shards->indices[claimed[i]]);
      else
        _ann_chunk_cache_abandon (&key);
    }
}

static gboolean
load_indices (AnnZarrArray *self, Shards *shards, GCancellable *cancellable, GError **error)
{
  gsize claimed[MAX_SHARDS];
  gboolean is_complete = FALSE;
  gboolean wait = FALSE;

  while (!is_complete)
    {
      gsize n = 0;
      gboolean success = claim (self, shards, wait, claimed, &n, &is_complete, cancellable, error);

      if (success && n > 0)
        success = read_indices (self, shards, claimed, n, cancellable, error);
      settle (self, shards, claimed, n);
      if (!success)
        return FALSE;
      wait = TRUE;
    }

  return TRUE;
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  const guint64 first = *(const guint64 *) a;
  const guint64 second = *(const guint64 *) b;

  return (first > second) - (first < second);
}

static void
collect_shards (const AnnZarrArray *self, const guint64 *indices, gsize n, Shards *shards)
{
  gsize n_different = 0;

  for (gsize i = 0; i < n; i++)
    {
      guint64 in_shard;

      shards->numbers[i] = get_shard (self, indices[i], &in_shard);
    }
  qsort (shards->numbers, n, sizeof *shards->numbers, compare_numbers);
  for (gsize i = 0; i < n; i++)
    {
      if (n_different == 0 || shards->numbers[n_different - 1] != shards->numbers[i])
        shards->numbers[n_different++] = shards->numbers[i];
    }
  shards->n = n_different;
  memset (shards->indices, 0, sizeof shards->indices);
}

static const AnnBuffer *
find_index (const Shards *shards, guint64 number)
{
  gsize i = 0;

  while (shards->numbers[i] != number)
    i++;

  return shards->indices[i];
}

static gboolean
locate_one (AnnZarrArray *self,
            const Shards *shards,
            guint64 index,
            AnnChunkLocation *location,
            GError **error)
{
  guint64 in_shard;
  const AnnBuffer *places = find_index (shards, get_shard (self, index, &in_shard));
  const guint64 *values = ann_buffer_get_data (places);

  if (ann_buffer_get_n_elements (places) == 1)
    {
      location->is_absent = TRUE;
      return TRUE;
    }

  values += 1 + 2 * in_shard;
  if (!_ann_zarr_shard_index_check (&self->metadata->codecs.shard, values,
                                    *(const guint64 *) ann_buffer_get_data (places),
                                    &location->is_absent, error))
    {
      g_prefix_error (error, "%s, chunk %" G_GUINT64_FORMAT ": ",
                      ann_array_get_path (ANN_ARRAY (self)), index);
      return FALSE;
    }
  location->offset = values[0];
  location->length = values[1];

  return TRUE;
}

static gboolean
locate_some (AnnZarrArray *self,
             const guint64 *indices,
             gsize n,
             AnnChunkLocation *locations,
             GCancellable *cancellable,
             GError **error)
{
  g_auto (Shards) shards = { .n = 0 };

  collect_shards (self, indices, n, &shards);
  if (!load_indices (self, &shards, cancellable, error))
    return FALSE;
  for (gsize i = 0; i < n; i++)
    {
      if (!locate_one (self, &shards, indices[i], &locations[i], error))
        return FALSE;
    }

  return TRUE;
}

gboolean
_ann_zarr_shards_locate (AnnZarrArray *self,
                         const guint64 *indices,
                         gsize n,
                         AnnChunkLocation *locations,
                         GCancellable *cancellable,
                         GError **error)
{
  for (gsize i = 0; i < n; i += MAX_SHARDS)
    {
      if (!locate_some (self, indices + i, MIN (n - i, MAX_SHARDS), locations + i, cancellable,
                        error))
        return FALSE;
    }

  return TRUE;
}
