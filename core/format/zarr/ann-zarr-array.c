/* ann-zarr-array.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/zarr/ann-zarr-array-private.h"

#include "array/ann-chunk-cache-private.h"
#include "base/ann-error.h"

#include <string.h>

/* Requests to a network that are made at once. */
#define FETCHED_AT_ONCE 64

typedef struct {
  AnnArrayClass parent_class;
} AnnZarrArrayClass;

G_DEFINE_FINAL_TYPE (AnnZarrArray, _ann_zarr_array, ANN_TYPE_ARRAY)

/* What is kept of an array on disk: its objects, whatever there is. A store over a network would be
 * asked for each of them.
 */
static gboolean
measure_below (AnnStore *store,
               const char *key,
               guint64 *size,
               GCancellable *cancellable,
               GError **error)
{
  g_autoptr (GPtrArray) entries = _ann_store_list (store, key, cancellable, error);

  if (entries == NULL)
    return FALSE;

  for (guint i = 0; i < entries->len; i++)
    {
      const AnnStoreEntry *entry = g_ptr_array_index (entries, i);
      g_autofree char *below = g_strconcat (key, *key != '\0' ? "/" : "", entry->name, NULL);
      AnnStoreRead read = { .key = below, .is_suffix = TRUE };
      guint8 nothing;

      if (entry->is_prefix)
        {
          if (!measure_below (store, below, size, cancellable, error))
            return FALSE;
          continue;
        }
      if (*entry->name == '.' || g_str_equal (entry->name, "zarr.json"))
        continue;
      if (entry->size != ANN_STORE_SIZE_UNKNOWN)
        {
          *size += entry->size;
          continue;
        }
      read.bytes = &nothing;
      if (!_ann_store_read (store, &read, 1, cancellable, error))
        return FALSE;
      if (!read.is_absent && read.object_size != ANN_STORE_SIZE_UNKNOWN)
        *size += read.object_size;
    }

  return TRUE;
}

static gboolean
ann_zarr_array_get_stored_size (AnnArray *array,
                                guint64 *stored_size,
                                GCancellable *cancellable,
                                GError **error)
{
  AnnZarrArray *self = ANN_ZARR_ARRAY (array);
  AnnStore *store = _ann_zarr_tree_get_store (self->tree);
  g_autofree char *key = _ann_zarr_tree_get_key (self->tree, self->path, NULL);

  if (_ann_store_is_remote (store) || !_ann_store_can_list (store))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED, "%s: its stored size is not known",
                   ann_array_get_path (array));
      return FALSE;
    }
  *stored_size = 0;

  return measure_below (store, key, stored_size, cancellable, error);
}

/* --- Making one --- */

static AnnZarrArray *
new_empty (AnnZarrTree *tree, const char *path, AnnZarrMetadata *metadata)
{
  AnnZarrArray *self = g_object_new (ANN_TYPE_ZARR_ARRAY, NULL);
  const AnnZarrCodecs *codecs = &metadata->codecs;

  self->tree = _ann_zarr_tree_ref (tree);
  self->path = g_strdup (path);
  self->metadata = _ann_zarr_metadata_ref (metadata);
  self->type = metadata->type;
  self->rank = metadata->rank;
  self->chunk_size = metadata->type->size;
  for (guint i = 0; i < self->rank; i++)
    {
      const guint64 length = codecs->is_sharded ? codecs->shard.chunk_shape[i]
                                                : metadata->chunk_shape[i];

      self->chunk_shape[i] = length;
      self->n_chunks[i] = metadata->shape[i] / length + (metadata->shape[i] % length != 0);
      if (!g_size_checked_mul (&self->chunk_size, self->chunk_size, length))
        self->chunk_size = G_MAXSIZE; /* which the engine refuses */
    }
  if (codecs->is_sharded)
    self->index_id = _ann_array_new_id ();

  return self;
}

static void
init_info (const AnnZarrArray *self, AnnArrayInfo *info)
{
  *info = (AnnArrayInfo){
    .path = self->path,
    .dtype = self->type->dtype,
    .item_dtype = self->type->dtype,
    .type_description = self->type->description,
    .rank = self->rank,
    .shape = self->metadata->shape,
    .layout = ANN_LAYOUT_CHUNKED,
    .chunk_shape = self->chunk_shape,
    .codecs = self->metadata->codecs.chain,
    .fetched_at_once = _ann_store_is_remote (_ann_zarr_tree_get_store (self->tree))
                           ? FETCHED_AT_ONCE
                           : 0,
  };
}

static AnnArray *
new_numbers (AnnZarrTree *tree, const char *path, AnnZarrMetadata *metadata)
{
  AnnZarrArray *self = new_empty (tree, path, metadata);
  AnnArrayInfo info;

  init_info (self, &info);
  info.fetches_parts = ann_codec_chain_get_length (metadata->codecs.chain) == 0;
  if (metadata->fill_value != NULL)
    info.fill_value = g_bytes_get_data (metadata->fill_value, NULL);
  _ann_array_set_info (ANN_ARRAY (self), &info);

  return ANN_ARRAY (self);
}

/* The values as bytes, whose number the last axis is multiplied by. A fill value of several bytes
 * is more than the engine knows of: such chunks are made here.
 */
static AnnArray *
new_stored (AnnZarrTree *tree, const char *path, AnnZarrMetadata *metadata, GError **error)
{
  g_autoptr (AnnZarrArray) self = new_empty (tree, path, metadata);
  g_autoptr (AnnCodecChain) no_codecs = ann_codec_chain_new ();
  const gsize size = metadata->type->size;
  guint64 shape[ANN_MAX_RANK] = { 1 };
  guint64 chunk_shape[ANN_MAX_RANK] = { 1 };
  const guint last = MAX (self->rank, 1) - 1;
  AnnArrayInfo info;

  init_info (self, &info);
  memcpy (shape, metadata->shape, self->rank * sizeof *shape);
  memcpy (chunk_shape, self->chunk_shape, self->rank * sizeof *chunk_shape);
  if (!g_uint64_checked_mul (&shape[last], shape[last], size)
      || !g_uint64_checked_mul (&chunk_shape[last], chunk_shape[last], size))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT, "%s: it has more bytes than can be numbered",
                   path);
      return NULL;
    }

  self->decodes = metadata->fill_value != NULL;
  info.dtype = ANN_DTYPE_UINT8;
  info.item_dtype = ANN_DTYPE_UINT8;
  info.rank = last + 1;
  info.shape = shape;
  info.chunk_shape = chunk_shape;
  info.fetches_parts = !self->decodes && ann_codec_chain_get_length (info.codecs) == 0;
  if (self->decodes)
    info.codecs = no_codecs;
  _ann_array_set_info (ANN_ARRAY (self), &info);

  return ANN_ARRAY (g_steal_pointer (&self));
}

static char **
get_field_names (const AnnZarrType *type)
{
  char **names;

  if (type->kind != ANN_ZARR_RECORD)
    return NULL;

  names = g_new0 (char *, type->fields->len + 1);
  for (guint i = 0; i < type->fields->len; i++)
    names[i] = g_strdup (((AnnZarrField *) g_ptr_array_index (type->fields, i))->name);

  return names;
}

/* Values that are made of @stored: of @type, @offset bytes into each stored one. Takes @stored.
 * @field: (nullable): what it is of a record
 */
static AnnArray *
new_values (AnnZarrTree *tree,
            const char *path,
            AnnZarrMetadata *metadata,
            AnnArray *stored,
            const AnnZarrType *type,
            gsize offset,
            const AnnZarrField *field)
{
  AnnZarrArray *self = new_empty (tree, path, metadata);
  g_auto (GStrv) names = get_field_names (type);
  guint64 shape[ANN_MAX_RANK];
  guint64 chunk_shape[ANN_MAX_RANK];
  AnnArrayInfo info;

  self->stored = stored;
  self->type = type;
  self->offset = offset;
  init_info (self, &info);
  memcpy (shape, metadata->shape, self->rank * sizeof *shape);
  memcpy (chunk_shape, self->chunk_shape, self->rank * sizeof *chunk_shape);
  for (guint i = 0; field != NULL && i < field->rank; i++)
    {
      self->inner_shape[i] = field->shape[i];
      shape[self->rank + i] = field->shape[i];
      chunk_shape[self->rank + i] = MAX (field->shape[i], 1);
    }
  if (field != NULL)
    self->inner_rank = field->rank;
  info.rank = self->rank + self->inner_rank;
  info.shape = shape;
  info.chunk_shape = chunk_shape;
  info.reads_boxes = TRUE;
  info.field_names = (const char *const *) names;
  info.is_variable = type->kind == ANN_ZARR_OBJECT;
  if (metadata->codecs.item_type != NULL)
    info.item_dtype = metadata->codecs.item_type->dtype;
  _ann_array_set_info (ANN_ARRAY (self), &info);

  return ANN_ARRAY (self);
}

AnnArray *
_ann_zarr_array_new (AnnZarrTree *tree, const char *path, AnnZarrMetadata *metadata, GError **error)
{
  AnnArray *stored;

  if (metadata->problem != NULL)
    {
      g_propagate_prefixed_error (error, g_error_copy (metadata->problem),
                                  "%s: ", *path != '\0' ? path : "/");
      return NULL;
    }

  switch (metadata->type->kind)
    {
    case ANN_ZARR_NUMBER:
      return new_numbers (tree, path, metadata);

    case ANN_ZARR_BYTES:
    case ANN_ZARR_UTF32:
    case ANN_ZARR_OPAQUE:
    case ANN_ZARR_RECORD:
      stored = new_stored (tree, path, metadata, error);
      return stored != NULL ? new_values (tree, path, metadata, stored, metadata->type, 0, NULL)
                            : NULL;

    case ANN_ZARR_OBJECT:
    case ANN_ZARR_UNKNOWN:
    default:
      return new_values (tree, path, metadata, NULL, metadata->type, 0, NULL);
    }
}

static AnnArray *
ann_zarr_array_open_field (AnnArray *array, const char *name, GError **error)
{
  AnnZarrArray *self = ANN_ZARR_ARRAY (array);
  const AnnZarrField *field = _ann_zarr_type_find_field (self->type, name);
  g_autofree char *path = g_strdup_printf ("%s[%s]", ann_array_get_path (array), name);

  if (field == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND, "%s: There is no field of this name",
                   path);
      return NULL;
    }
  if (self->inner_rank > 0 || self->rank + field->rank > ANN_MAX_RANK)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: fields of arrays of records cannot be read by this version", path);
      return NULL;
    }

  return new_values (self->tree, path, self->metadata, g_object_ref (self->stored), field->type,
                     self->offset + field->offset, field);
}

static void
ann_zarr_array_finalize (GObject *object)
{
  AnnZarrArray *self = ANN_ZARR_ARRAY (object);

  g_clear_object (&self->stored);
  g_clear_pointer (&self->metadata, _ann_zarr_metadata_unref);
  g_clear_pointer (&self->tree, _ann_zarr_tree_unref);
  g_free (self->path);
  if (self->index_id != 0)
    _ann_chunk_cache_drop_array (self->index_id);

  G_OBJECT_CLASS (_ann_zarr_array_parent_class)->finalize (object);
}

static void
_ann_zarr_array_class_init (AnnZarrArrayClass *klass)
{
  AnnArrayClass *array_class = ANN_ARRAY_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ann_zarr_array_finalize;
  array_class->locate = _ann_zarr_array_locate;
  array_class->fetch = _ann_zarr_array_fetch;
  array_class->read_box = _ann_zarr_array_read_box;
  array_class->read_strings = _ann_zarr_array_read_strings;
  array_class->open_field = ann_zarr_array_open_field;
  array_class->get_stored_size = ann_zarr_array_get_stored_size;
}

static void
_ann_zarr_array_init (G_GNUC_UNUSED AnnZarrArray *self)
{
}
