/* ann-array-private.h: for the formats, which make arrays
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-array.h"
#include "base/ann-worker.h"

G_BEGIN_DECLS

/* Where only bringing a chunk tells how long it is, or whether it is there. */
#define ANN_CHUNK_LENGTH_UNKNOWN G_MAXUINT64

/* How many bytes a chunk of @chunk_size may have as stored: some more than that, but not any
 * number.
 */
gsize _ann_chunk_get_stored_limit (gsize chunk_size);

/**
 * AnnChunkLocation:
 * @index: the number of the chunk in its grid, C order
 * @is_absent: it is not stored: all its elements are the fill value
 * @offset: where its bytes begin in the file or object, or `G_MAXUINT64` where the format does not
 * tell
 * @length: how many bytes are stored, or %ANN_CHUNK_LENGTH_UNKNOWN
 * @filter_mask: bit n set: codec n of the chain was not applied
 *
 * Where a chunk lies, without its bytes.
 */
typedef struct {
  guint64 index;
  gboolean is_absent;
  guint64 offset;
  guint64 length;
  guint32 filter_mask;
} AnnChunkLocation;

/**
 * AnnArrayClass:
 * @locate: says where @n chunks lie. Cheap for many at once; reads no values.
 * @fetch: brings the stored, still encoded bytes of @n located chunks, none of them absent,
 *   into memory of the caller: @bytes[i] has room for @locations[i].length.
 *   Where @fetches_parts, it is asked for a part of a chunk too, whose offset and length are in the
 *   location then.
 *   May correct @locations[i].filter_mask, and make @locations[i].length less. Where the length is
 *   not known, @bytes[i] is %NULL: then it sets @bytes[i] to memory for g_free() and the length, or
 *   @locations[i].is_absent
 * @read_box: reads elements directly, in C order and native byte order, for an array
 *   whose layout is not chunked or whose chunks only the format can decode.
 *   Its calls are kept short: at most 4 MiB each.
 * @read_strings: reads texts, or values that are runs of bytes, in C order.
 * @open_field: for a record array: one field as an array of its own.
 * @get_stored_size: bytes that the values take in the store; may walk an index.
 *
 * A format implements @locate and @fetch, or @read_box; @read_strings if its values
 * come as strings. With all of them in one class, @reads_boxes of [struct@Ann.ArrayInfo] chooses.
 * All run in any thread and in several at once, and see boxes that lie within the array. Cutting a
 * box into chunks, decoding, caching and putting pieces in place is done in [class@Ann.Array],
 * once, for every format.
 */
struct _AnnArrayClass {
  GObjectClass parent_class;

  gboolean (*locate) (AnnArray *self,
                      const guint64 *indices,
                      gsize n,
                      AnnChunkLocation *locations,
                      GCancellable *cancellable,
                      GError **error);
  gboolean (*fetch) (AnnArray *self,
                     AnnChunkLocation *locations,
                     gsize n,
                     guint8 **bytes,
                     GCancellable *cancellable,
                     GError **error);
  gboolean (*read_box) (AnnArray *self,
                        const AnnBox *box,
                        gpointer values,
                        GCancellable *cancellable,
                        GError **error);
  AnnStrings *(*read_strings) (AnnArray *self,
                               const AnnBox *box,
                               GCancellable *cancellable,
                               GError **error);
  AnnArray *(*open_field) (AnnArray *self, const char *name, GError **error);
  gboolean (*get_stored_size) (AnnArray *self,
                               guint64 *stored_size,
                               GCancellable *cancellable,
                               GError **error);
};

/**
 * AnnArrayInfo:
 * @path: in its store, for messages
 * @type_description: the stored type in words, such as `float32, big-endian`
 * @chunk_shape: (nullable): %NULL unless the layout is chunked
 * @codecs: (nullable): %NULL for none; the stored bytes come out of it in native byte order
 * @reads_boxes: values come through `read_box`, although the layout is chunked: only the format
 *   can decode or convert them
 * @fill_value: (nullable): one element in native byte order, %NULL for zero
 * @field_names: (nullable): for a record array
 * @item_dtype: of what is in sequences
 * @is_variable: each value has a length of its own
 * @fetched_at_once: how many chunks a call of `fetch` had better be asked for, where it waits
 *   long however little it brings, as over a network; 0 where it does not. Several calls are under
 *   way then at the same time, of `read_box` and `read_strings` too
 * @fetches_parts: `locate` tells the offset of every chunk, and `fetch` brings parts of them: done
 *   where there are no codecs
 *
 * What a format says once about an array when it makes it; copied.
 */
typedef struct {
  const char *path;
  AnnDtype dtype;
  const char *type_description;
  guint rank;
  const guint64 *shape;
  AnnLayout layout;
  const guint64 *chunk_shape;
  AnnCodecChain *codecs;
  gconstpointer fill_value;
  const char *const *field_names;
  AnnDtype item_dtype;
  gboolean is_variable;
  gboolean reads_boxes;
  guint fetched_at_once;
  gboolean fetches_parts;
} AnnArrayInfo;

void _ann_array_set_info (AnnArray *self, const AnnArrayInfo *info);
gconstpointer _ann_array_get_fill_value (AnnArray *self);

gboolean _ann_array_check_box (AnnArray *self, const AnnBox *box, GError **error);

/* Whether there is a way to the numbers at all. */
gboolean _ann_array_check_readable (AnnArray *self, GError **error);
guint _ann_array_get_fetched_at_once (AnnArray *self);

/* Whether reading waits for a network. */
gboolean _ann_array_waits (AnnArray *self);

/* A parallel call, one item at a time, of a function that reads from @self. */
gboolean _ann_array_parallel (AnnArray *self,
                              gsize n_items,
                              AnnParallelFunc func,
                              gpointer user_data,
                              GCancellable *cancellable,
                              GError **error);

/* The same range of two arrays of one axis, in one parallel call where both have chunks. Sets both
 * of @buffers, or as many as it comes to: they are the caller's also if it fails, and %NULL before.
 */
gboolean _ann_array_read_pair (AnnArray *const *arrays,
                               guint64 start,
                               guint64 count,
                               AnnBuffer **buffers,
                               GCancellable *cancellable,
                               GError **error);

/* Whether parts of its chunks can be read. */
gboolean _ann_array_is_plain (AnnArray *self);

/* A number that no other array of this process has: the first half of a chunk cache key. */
guint64 _ann_array_get_id (AnnArray *self);

/* The same for what a format keeps in that cache itself. */
guint64 _ann_array_new_id (void);

G_END_DECLS
