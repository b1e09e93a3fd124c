/* ann-zarr-chunks.c: stored chunks
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/zarr/ann-zarr-array-private.h"

#include "base/ann-error-private.h"
#include "format/zarr/ann-zarr-payload-private.h"

#include <string.h>

void
_ann_zarr_chunks_get_place (const AnnZarrArray *self, guint64 index, guint64 *chunk)
{
  for (guint i = self->rank; i-- > 0;)
    {
      chunk[i] = index % self->n_chunks[i];
      index /= self->n_chunks[i];
    }
}

char *
_ann_zarr_chunks_get_key (const AnnZarrArray *self, const guint64 *place)
{
  const AnnZarrMetadata *metadata = self->metadata;
  g_autofree char *node = _ann_zarr_tree_get_key (self->tree, self->path, NULL);
  GString *key = g_string_new (node);

  if (key->len > 0)
    g_string_append_c (key, '/');
  if (metadata->keys_begin_with_c)
    g_string_append_c (key, 'c');
  else if (self->rank == 0)
    g_string_append_c (key, '0');
  for (guint i = 0; i < self->rank; i++)
    {
      if (i > 0 || metadata->keys_begin_with_c)
        g_string_append_c (key, metadata->separator);
      g_string_append_printf (key, "%" G_GUINT64_FORMAT, place[i]);
    }

  return g_string_free (key, FALSE);
}

/* A folder where a chunk should be is no chunk that is not stored. */
static gboolean
check_no_folder (AnnZarrArray *self, const char *key, GCancellable *cancellable, GError **error)
{
  AnnStore *store = _ann_zarr_tree_get_store (self->tree);
  g_autoptr (GPtrArray) entries = NULL;

  if (_ann_store_is_remote (store) || !_ann_store_can_list (store))
    return TRUE;

  entries = _ann_store_list (store, key, cancellable, error);
  if (entries != NULL && entries->len > 0)
    g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT, "%s: “%s” is a folder, and no chunk",
                 ann_array_get_path (ANN_ARRAY (self)), key);

  return entries != NULL && entries->len == 0;
}

gboolean
_ann_zarr_chunks_check_absent (AnnZarrArray *self,
                               const char *key,
                               GCancellable *cancellable,
                               GError **error)
{
  if (!check_no_folder (self, key, cancellable, error))
    return FALSE;
  if (atomic_load (&self->was_checked))
    return TRUE;
  if (!_ann_zarr_tree_check (self->tree, self->path, cancellable, error))
    return FALSE;
  atomic_store (&self->was_checked, TRUE);

  return TRUE;
}

static gboolean
has_codecs (const AnnZarrArray *self)
{
  return ann_codec_chain_get_length (self->metadata->codecs.chain) > 0;
}

gboolean
_ann_zarr_chunks_locate (AnnZarrArray *self,
                         const guint64 *indices,
                         gsize n,
                         AnnChunkLocation *locations,
                         GCancellable *cancellable,
                         GError **error)
{
  const gboolean is_payload = self->chunk_size == 0;

  if (self->metadata->codecs.is_sharded)
    return _ann_zarr_shards_locate (self, indices, n, locations, cancellable, error);

  for (gsize i = 0; i < n; i++)
    {
      locations[i].offset = 0;
      locations[i].length = is_payload || has_codecs (self) ? ANN_CHUNK_LENGTH_UNKNOWN
                                                            : self->chunk_size;
    }

  return TRUE;
}

/* --- Fetching --- */

static gsize
get_stored_limit (const AnnZarrArray *self)
{
  return self->chunk_size == 0 ? ANN_ZARR_MAX_PAYLOAD
                               : _ann_chunk_get_stored_limit (self->chunk_size);
}

static char *
get_object_key (const AnnZarrArray *self, guint64 index)
{
  const AnnZarrCodecs *codecs = &self->metadata->codecs;
  guint64 place[ANN_MAX_RANK];

  _ann_zarr_chunks_get_place (self, index, place);
  for (guint i = 0; codecs->is_sharded && i < self->rank; i++)
    place[i] /= codecs->shard.n_chunks[i];

  return _ann_zarr_chunks_get_key (self, place);
}

/* @n_bytes of values that are all the fill value */
static void
put_fill_values (const AnnZarrArray *self, guint8 *bytes, gsize n_bytes)
{
  GBytes *fill_value = self->metadata->fill_value;
  const gsize size = self->metadata->type->size;

  if (fill_value == NULL)
    {
      memset (bytes, 0, n_bytes);
      return;
    }
  for (gsize i = 0; i + size <= n_bytes; i += size)
    memcpy (bytes + i, g_bytes_get_data (fill_value, NULL), size);
}

/* A chunk of known length, or a part of it, is in @read; it may not be there after all. */
static gboolean
finish_known (AnnZarrArray *self,
              const AnnStoreRead *read,
              const AnnChunkLocation *location,
              GCancellable *cancellable,
              GError **error)
{
  const gboolean is_sharded = self->metadata->codecs.is_sharded;

  if (read->is_absent && !is_sharded)
    {
      put_fill_values (self, read->bytes, location->length);
      return _ann_zarr_chunks_check_absent (self, read->key, cancellable, error);
    }
  if (!read->is_absent && read->n_bytes == location->length
      && (is_sharded || read->object_size == ANN_STORE_SIZE_UNKNOWN
          || read->object_size == self->chunk_size))
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
               "%s, chunk %" G_GUINT64_FORMAT ": it has not as many bytes as it should",
               ann_array_get_path (ANN_ARRAY (self)), location->index);

  return FALSE;
}

static gboolean
finish_reads (AnnZarrArray *self,
              AnnStoreRead *reads,
              gsize n,
              AnnChunkLocation *locations,
              guint8 **bytes,
              GCancellable *cancellable,
              GError **error)
{
  for (gsize i = 0; i < n; i++)
    {
      if (locations[i].length != ANN_CHUNK_LENGTH_UNKNOWN)
        {
          if (!finish_known (self, &reads[i], &locations[i], cancellable, error))
            return FALSE;
          continue;
        }
      locations[i].is_absent = reads[i].is_absent;
      locations[i].length = reads[i].n_bytes;
      if (reads[i].is_absent)
        {
          g_clear_pointer (&bytes[i], g_free);
          if (!_ann_zarr_chunks_check_absent (self, reads[i].key, cancellable, error))
            return FALSE;
        }
    }

  return TRUE;
}

gboolean
_ann_zarr_chunks_fetch (AnnZarrArray *self,
                        AnnChunkLocation *locations,
                        gsize n,
                        guint8 **bytes,
                        GCancellable *cancellable,
                        GError **error)
{
  const gsize limit = get_stored_limit (self);
  g_autofree AnnStoreRead *reads = g_new0 (AnnStoreRead, n);
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (g_free);
  gboolean success;

  for (gsize i = 0; i < n; i++)
    {
      const gboolean is_known = locations[i].length != ANN_CHUNK_LENGTH_UNKNOWN;

      g_ptr_array_add (keys, get_object_key (self, locations[i].index));
      reads[i] = (AnnStoreRead){
        .key = g_ptr_array_index (keys, i),
        .offset = is_known ? locations[i].offset : 0,
        .length = is_known ? locations[i].length : ANN_STORE_SIZE_UNKNOWN,
        .limit = limit,
        .bytes = is_known ? bytes[i] : NULL,
      };
    }
  success = _ann_store_read (_ann_zarr_tree_get_store (self->tree), reads, n, cancellable, error);
  for (gsize i = 0; i < n; i++)
    bytes[i] = reads[i].bytes;
  if (!success)
    {
      _ann_error_prefix_path (error, ann_array_get_path (ANN_ARRAY (self)));
      return FALSE;
    }

  return finish_reads (self, reads, n, locations, bytes, cancellable, error);
}

/* --- For the engine --- */

gboolean
_ann_zarr_array_locate (AnnArray *array,
                        const guint64 *indices,
                        gsize n,
                        AnnChunkLocation *locations,
                        GCancellable *cancellable,
                        GError **error)
{
  AnnZarrArray *self = ANN_ZARR_ARRAY (array);

  if (!self->decodes)
    return _ann_zarr_chunks_locate (self, indices, n, locations, cancellable, error);

  for (gsize i = 0; i < n; i++)
    {
      locations[i].offset = G_MAXUINT64;
      locations[i].length = ANN_CHUNK_LENGTH_UNKNOWN;
    }

  return TRUE;
}

/* Makes one decoded chunk, of the fill value where it is not stored. */
static gboolean
decode_one (AnnZarrArray *self,
            AnnChunkLocation *location,
            guint8 **bytes,
            GCancellable *cancellable,
            GError **error)
{
  AnnChunkLocation stored_location = { .index = location->index };
  g_autofree guint8 *stored = NULL;
  gboolean success = TRUE;

  if (!_ann_zarr_chunks_locate (self, &location->index, 1, &stored_location, cancellable, error))
    return FALSE;
  if (!stored_location.is_absent && stored_location.length != ANN_CHUNK_LENGTH_UNKNOWN)
    {
      if (stored_location.length <= get_stored_limit (self))
        stored = g_try_malloc (MAX (stored_location.length, 1));
      success = stored != NULL;
    }
  *bytes = success ? g_try_malloc (MAX (self->chunk_size, 1)) : NULL;
  if (*bytes == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "%s: No memory for a chunk of %" G_GSIZE_FORMAT " bytes",
                   ann_array_get_path (ANN_ARRAY (self)), self->chunk_size);
      return FALSE;
    }
  location->length = self->chunk_size;

  if (!stored_location.is_absent
      && !_ann_zarr_chunks_fetch (self, &stored_location, 1, &stored, cancellable, error))
    return FALSE;
  if (!stored_location.is_absent)
    return ann_codec_chain_decode (self->metadata->codecs.chain, stored, stored_location.length, 0,
                                   *bytes, self->chunk_size, error);
  put_fill_values (self, *bytes, self->chunk_size);

  return TRUE;
}

gboolean
_ann_zarr_array_fetch (AnnArray *array,
                       AnnChunkLocation *locations,
                       gsize n,
                       guint8 **bytes,
                       GCancellable *cancellable,
                       GError **error)
{
  AnnZarrArray *self = ANN_ZARR_ARRAY (array);

  if (!self->decodes)
    return _ann_zarr_chunks_fetch (self, locations, n, bytes, cancellable, error);

  for (gsize i = 0; i < n; i++)
    {
      if (!decode_one (self, &locations[i], &bytes[i], cancellable, error))
        return FALSE;
    }

  return TRUE;
}
