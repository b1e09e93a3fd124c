/* ann-zarr-codecs.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/zarr/ann-zarr-codecs.h"

#include "base/ann-error.h"
#include "format/zarr/ann-zarr-numcodecs.h"
#include "format/zarr/ann-zarr-shard-codec.h"
#include "format/zarr/ann-zarr-type-private.h"

#include <string.h>

/* Shards in shards in shards … */
#define MAX_NESTING 4

/* Bytes of the index of a shard: 16 for each chunk in it. */
#define MAX_CHUNKS_IN_SHARD ((guint64) 4 * 1024 * 1024)

/* What has been put together so far. */
typedef struct {
  AnnZarrCodecs *codecs;
  AnnZarrType *type;
  GBytes *fill_value;
  guint rank;
  guint64 shape[ANN_MAX_RANK]; /* of the chunk, as the next codec sees it; so are these: */
  AnnStoredNumber number;
  gsize item_size;
  gsize unit; /* of what has a byte order */
  guint depth;
  gboolean has_bytes; /* it is not an array any more */
} Builder;

static void
init_items (Builder *builder)
{
  const AnnZarrType *type = builder->type;

  builder->number = (AnnStoredNumber){ type->kind == ANN_ZARR_NUMBER ? type->dtype
                                                                     : ANN_DTYPE_OTHER,
                                       type->is_swapped != (G_BYTE_ORDER == G_BIG_ENDIAN) };
  builder->item_size = type->size;
  builder->unit = type->unit;
}

void
_ann_zarr_codecs_clear (AnnZarrCodecs *self)
{
  g_clear_pointer (&self->chain, ann_codec_chain_unref);
  g_clear_pointer (&self->item_type, _ann_zarr_type_free);
}

static gboolean
fail (const char *name, AnnJsonValue configuration, GError **error)
{
  g_autofree char *text = _ann_json_dup_text (configuration, 100);

  g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
               "the parameters of its codec “%s” make no sense: %s", name, text);

  return FALSE;
}

/* Takes @codec, which may be NULL with an error. */
static gboolean
append (Builder *builder, AnnCodec *codec)
{
  if (codec == NULL)
    return FALSE;
  ann_codec_chain_append (builder->codecs->chain, codec);

  return TRUE;
}

/* @name: without its prefix. Some of these make numbers of another type. In version 3 their byte
 * order is that of the codec `bytes`, behind them; where they name another one, zarr-python 3.1
 * reads some otherwise than it wrote them.
 */
static gboolean
add_numcodec (Builder *builder,
              const char *name,
              AnnJsonValue configuration,
              gboolean is_v3,
              GError **error)
{
  const AnnDtype dtype = builder->number.dtype;

  if (!append (builder,
               _ann_zarr_numcodec_new (name, configuration, is_v3, &builder->number, error)))
    return FALSE;
  if (builder->number.dtype != dtype)
    builder->item_size = builder->unit = ann_dtype_get_size (builder->number.dtype);

  return TRUE;
}

/* Whether a chunk has its values in the same order whatever the order of its axes. */
static gboolean
is_one_line (const Builder *builder)
{
  guint n_long = 0;

  for (guint i = 0; i < builder->rank; i++)
    n_long += builder->shape[i] > 1;

  return n_long <= 1;
}

/* --- Version 3 --- */

static gboolean
add_transpose (Builder *builder, AnnJsonValue configuration, GError **error)
{
  AnnJsonValue value = _ann_json_get_member (configuration, "order");
  guint64 places[ANN_MAX_RANK];
  guint64 shape[ANN_MAX_RANK];
  guint order[ANN_MAX_RANK];
  guint rank;

  if (!_ann_zarr_read_lengths (value, &rank, places) || rank != builder->rank)
    return fail ("transpose", configuration, error);
  if (builder->item_size == 0 && !is_one_line (builder))
    return append (builder, ann_codec_new_missing ("transpose of values of variable length"));

  for (guint i = 0; i < rank; i++)
    {
      if (places[i] >= rank)
        return fail ("transpose", configuration, error);
      order[i] = (guint) places[i];
      shape[i] = builder->shape[places[i]];
    }
  if (builder->item_size > 0
      && !append (builder,
                  ann_codec_new_transpose (rank, builder->shape, order, builder->item_size, error)))
    return FALSE;
  memcpy (builder->shape, shape, rank * sizeof *shape);

  return TRUE;
}

static void
add_byte_order (Builder *builder, gboolean is_big_endian)
{
  if (builder->type->kind == ANN_ZARR_NUMBER && builder->unit > 1
      && is_big_endian != (G_BYTE_ORDER == G_BIG_ENDIAN))
    ann_codec_chain_append (builder->codecs->chain, ann_codec_new_byte_swap (builder->unit));
}

static gboolean
add_bytes (Builder *builder, AnnJsonValue configuration, GError **error)
{
  AnnJsonValue endian = _ann_json_get_member (configuration, "endian");
  const gboolean is_big_endian = _ann_json_string_is (endian, "big");

  if (is_big_endian)
    _ann_zarr_type_set_big_endian (builder->type, TRUE);
  else if (_ann_json_get_kind (endian) != ANN_JSON_ABSENT
           && _ann_json_get_kind (endian) != ANN_JSON_NULL
           && !_ann_json_string_is (endian, "little"))
    return fail ("bytes", configuration, error);
  add_byte_order (builder, is_big_endian);
  builder->has_bytes = TRUE;

  return TRUE;
}

/* The codec for values of variable length must be that of the type. */
static gboolean
add_runs (Builder *builder, AnnDtype dtype, const char *name, GError **error)
{
  if (builder->type->kind != ANN_ZARR_OBJECT || builder->type->dtype != dtype)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT, "its codec “%s” is not one for its type, %s",
                   name, builder->type->description);
      return FALSE;
    }
  builder->has_bytes = TRUE;

  return TRUE;
}

static gboolean build_v3 (Builder *builder, AnnJsonValue list, GError **error);

/* How the index is stored: numbers of 64 bits, and maybe a checksum. Sets @is_known to whether that
 * is all.
 */
static void
read_index_codecs (AnnZarrShardLayout *layout, AnnJsonValue list, gboolean *is_known)
{
  AnnJsonIter iter;
  guint n = 0;

  *is_known = _ann_json_get_length (list) > 0;
  _ann_json_iter_init (&iter, list);
  while (_ann_json_iter_next (&iter))
    {
      AnnJsonValue name = _ann_json_get_kind (iter.value) == ANN_JSON_OBJECT
                              ? _ann_json_get_member (iter.value, "name")
                              : iter.value;
      AnnJsonValue configuration = _ann_json_get_member (iter.value, "configuration");

      if (n == 0 && _ann_json_string_is (name, "bytes"))
        layout->is_index_big_endian = _ann_json_string_is (
            _ann_json_get_member (configuration, "endian"), "big");
      else if (n == 1 && _ann_json_string_is (name, "crc32c"))
        layout->has_checksum = TRUE;
      else
        *is_known = FALSE;
      n++;
    }
}

static gboolean
read_shard_layout (Builder *builder,
                   AnnZarrShardLayout *layout,
                   AnnJsonValue configuration,
                   GError **error)
{
  AnnJsonValue location = _ann_json_get_member (configuration, "index_location");
  AnnJsonValue shape = _ann_json_get_member (configuration, "chunk_shape");

  if (!_ann_zarr_read_lengths (shape, &layout->rank, layout->chunk_shape)
      || layout->rank != builder->rank)
    return fail ("sharding_indexed", shape, error);
  layout->n_in_all = 1;
  for (guint i = 0; i < layout->rank; i++)
    {
      if (layout->chunk_shape[i] == 0 || builder->shape[i] % layout->chunk_shape[i] != 0)
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
                       "its shards of %" G_GUINT64_FORMAT " cannot be cut into chunks of "
                       "%" G_GUINT64_FORMAT " on axis %u",
                       builder->shape[i], layout->chunk_shape[i], i);
          return FALSE;
        }
      layout->n_chunks[i] = builder->shape[i] / layout->chunk_shape[i];
      if (!g_uint64_checked_mul (&layout->n_in_all, layout->n_in_all, layout->n_chunks[i])
          || layout->n_in_all > MAX_CHUNKS_IN_SHARD)
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                       "its shards have more chunks than are read");
          return FALSE;
        }
    }
  layout->is_index_at_start = _ann_json_string_is (location, "start");
  if (!layout->is_index_at_start && _ann_json_get_kind (location) != ANN_JSON_ABSENT
      && !_ann_json_string_is (location, "end"))
    return fail ("sharding_indexed", location, error);

  return TRUE;
}

/* @is_flat: there is no other codec, so that the chunks in the shard can be read by themselves. */
static gboolean
add_sharding (Builder *builder, AnnJsonValue configuration, gboolean is_flat, GError **error)
{
  g_auto (AnnZarrCodecs) codecs = { .chain = ann_codec_chain_new () };
  AnnZarrShardLayout layout = { .rank = 0 };
  Builder inner = { .codecs = &codecs,
                    .type = builder->type,
                    .fill_value = builder->fill_value,
                    .rank = builder->rank,
                    .number = builder->number,
                    .item_size = builder->item_size,
                    .unit = builder->unit,
                    .depth = builder->depth + 1 };
  gboolean is_known;

  if (builder->depth >= MAX_NESTING)
    return fail ("sharding_indexed", configuration, error);
  if (!read_shard_layout (builder, &layout, configuration, error))
    return FALSE;
  read_index_codecs (&layout, _ann_json_get_member (configuration, "index_codecs"), &is_known);
  memcpy (inner.shape, layout.chunk_shape, sizeof inner.shape);
  if (!build_v3 (&inner, _ann_json_get_member (configuration, "codecs"), error))
    return FALSE;
  if (!is_known)
    ann_codec_chain_append (codecs.chain, ann_codec_new_missing ("index_codecs"));

  builder->has_bytes = TRUE;
  if (is_flat)
    {
      _ann_zarr_codecs_clear (builder->codecs);
      *builder->codecs = codecs;
      codecs = (AnnZarrCodecs){ 0 };
      builder->codecs->is_sharded = TRUE;
      builder->codecs->shard = layout;
      return TRUE;
    }
  if (builder->fill_value != NULL && builder->number.dtype != builder->type->dtype
      && builder->type->kind == ANN_ZARR_NUMBER)
    return append (builder, ann_codec_new_missing ("sharding_indexed of converted numbers with a"
                                                   " fill value"));
  if (builder->type->kind == ANN_ZARR_OBJECT)
    return append (builder, ann_codec_new_missing ("sharding_indexed around other codecs, of values"
                                                   " of variable length"));

  return append (builder, _ann_zarr_shard_codec_new (&layout, builder->item_size, codecs.chain,
                                                     builder->fill_value, error));
}

static gboolean
add_named (Builder *builder,
           const char *name,
           AnnJsonValue value,
           gboolean is_alone,
           GError **error)
{
  AnnJsonValue configuration = _ann_json_get_member (value, "configuration");
  AnnCodec *codec;

  if (!builder->has_bytes)
    {
      if (g_str_equal (name, "transpose"))
        return add_transpose (builder, configuration, error);
      if (g_str_equal (name, "bytes"))
        return add_bytes (builder, configuration, error);
      if (g_str_equal (name, "sharding_indexed"))
        return add_sharding (builder, configuration, is_alone, error);
      if (g_str_equal (name, "vlen-utf8"))
        return add_runs (builder, ANN_DTYPE_STRING, name, error);
      if (g_str_equal (name, "vlen-bytes"))
        return add_runs (builder, ANN_DTYPE_BYTES, name, error);
    }
  else if (g_str_equal (name, "crc32c"))
    return append (builder, ann_codec_new_checksum (ANN_CHECKSUM_CRC32C, FALSE));

  codec = _ann_zarr_compressor_new (name, configuration);
  if (codec != NULL)
    return append (builder, codec);
  if (g_str_has_prefix (name, "numcodecs."))
    return add_numcodec (builder, name + strlen ("numcodecs."), configuration, TRUE, error);
  if (g_str_equal (name, "bitround"))
    return append (builder, ann_codec_new_no_op (name));
  if (_ann_json_get_kind (_ann_json_get_member (value, "must_understand")) == ANN_JSON_FALSE)
    return TRUE;

  return append (builder, ann_codec_new_missing (name));
}

/* Codecs that are not known may be what makes bytes of the array. */
static gboolean
check_has_bytes (const Builder *builder, GError **error)
{
  if (builder->has_bytes || ann_codec_chain_get_missing (builder->codecs->chain) != NULL)
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
               "it has no codec that makes bytes of its values");

  return FALSE;
}

static gboolean
build_v3 (Builder *builder, AnnJsonValue list, GError **error)
{
  const gboolean is_alone = _ann_json_get_length (list) == 1 && builder->depth == 0;
  AnnJsonIter iter;

  _ann_json_iter_init (&iter, list);
  while (_ann_json_iter_next (&iter))
    {
      g_autofree char *name = _ann_json_dup_string (_ann_json_get_kind (iter.value)
                                                            == ANN_JSON_OBJECT
                                                        ? _ann_json_get_member (iter.value, "name")
                                                        : iter.value,
                                                    NULL);

      if (name == NULL)
        return fail ("?", iter.value, error);
      if (!add_named (builder, name, iter.value, is_alone, error))
        return FALSE;
    }

  return check_has_bytes (builder, error);
}

gboolean
_ann_zarr_codecs_init_v3 (AnnZarrCodecs *self,
                          AnnJsonValue list,
                          AnnZarrType *type,
                          guint rank,
                          const guint64 *chunk_shape,
                          GBytes *fill_value,
                          GError **error)
{
  Builder builder = { .codecs = self, .type = type, .fill_value = fill_value, .rank = rank };

  memcpy (builder.shape, chunk_shape, rank * sizeof *chunk_shape);
  init_items (&builder);
  self->chain = ann_codec_chain_new ();

  return build_v3 (&builder, list, error);
}

/* --- Version 2 --- */

/* What the objects of an array are, which its first filter says. Sets @is_object_codec if it does.
 */
static gboolean
add_object_codec (Builder *builder,
                  const char *name,
                  AnnJsonValue filter,
                  gboolean *is_object_codec,
                  GError **error)
{
  AnnZarrCodecs *codecs = builder->codecs;

  *is_object_codec = TRUE;
  if (g_str_equal (name, "vlen-utf8"))
    {
      _ann_zarr_type_set_object (builder->type, ANN_DTYPE_STRING, "text, UTF-8");
      return TRUE;
    }
  if (g_str_equal (name, "vlen-bytes"))
    {
      _ann_zarr_type_set_object (builder->type, ANN_DTYPE_BYTES, "bytes of variable length");
      return TRUE;
    }
  if (g_str_equal (name, "json2") || g_str_equal (name, "json"))
    {
      codecs->is_json = TRUE;
      _ann_zarr_type_set_object (builder->type, ANN_DTYPE_STRING, "text, JSON");
      return TRUE;
    }
  if (g_str_equal (name, "vlen-array"))
    {
      g_autofree char *description = NULL;

      codecs->item_type = _ann_zarr_type_new_v2 (_ann_json_get_member (filter, "dtype"), error);
      if (codecs->item_type == NULL)
        return FALSE;
      if (codecs->item_type->kind != ANN_ZARR_NUMBER)
        return fail (name, filter, error);
      description = g_strdup_printf ("sequence of %s", codecs->item_type->description);
      _ann_zarr_type_set_object (builder->type, ANN_DTYPE_SEQUENCE, description);
      return TRUE;
    }

  /* Whatever it is, it cannot be decoded. */
  _ann_zarr_type_set_object (builder->type, ANN_DTYPE_STRING, "object");
  *is_object_codec = FALSE;

  return TRUE;
}

static gboolean
add_filter (Builder *builder, AnnJsonValue filter, gboolean is_first, GError **error)
{
  g_autofree char *name = _ann_json_dup_string (_ann_json_get_member (filter, "id"), NULL);
  gboolean is_object_codec = FALSE;

  if (name == NULL)
    return fail ("?", filter, error);
  if (is_first && builder->type->kind == ANN_ZARR_OBJECT
      && !add_object_codec (builder, name, filter, &is_object_codec, error))
    return FALSE;

  return is_object_codec || add_numcodec (builder, name, filter, FALSE, error);
}

gboolean
_ann_zarr_codecs_init_v2 (AnnZarrCodecs *self,
                          AnnJsonValue filters,
                          AnnJsonValue compressor,
                          gboolean is_fortran_order,
                          AnnZarrType *type,
                          guint rank,
                          const guint64 *chunk_shape,
                          GError **error)
{
  Builder builder = { .codecs = self, .type = type, .rank = rank };
  AnnJsonIter iter;
  gboolean is_first = TRUE;

  memcpy (builder.shape, chunk_shape, rank * sizeof *chunk_shape);
  init_items (&builder);
  self->chain = ann_codec_chain_new ();
  if (type->kind == ANN_ZARR_OBJECT && _ann_json_get_length (filters) == 0)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
                   "its values are objects, and no filter says of what kind");
      return FALSE;
    }
  if (is_fortran_order && type->kind == ANN_ZARR_OBJECT && !is_one_line (&builder))
    ann_codec_chain_append (self->chain,
                            ann_codec_new_missing ("order F of values of variable length"));
  else if (is_fortran_order && rank > 1 && type->size > 0
           && !append (&builder, ann_codec_new_transpose (rank, builder.shape, NULL,
                                                          builder.item_size, error)))
    return FALSE;
  add_byte_order (&builder, builder.number.is_big_endian);

  _ann_json_iter_init (&iter, filters);
  while (_ann_json_iter_next (&iter))
    {
      if (!add_filter (&builder, iter.value, is_first, error))
        return FALSE;
      is_first = FALSE;
    }
  if (_ann_json_get_kind (compressor) != ANN_JSON_NULL
      && _ann_json_get_kind (compressor) != ANN_JSON_ABSENT)
    return add_filter (&builder, compressor, FALSE, error);

  return TRUE;
}
