/* ann-array.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-buffer.h"
#include "base/ann-strings.h"
#include "codec/ann-codec-chain.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define ANN_TYPE_ARRAY (ann_array_get_type ())

ANN_API
G_DECLARE_DERIVABLE_TYPE (AnnArray, ann_array, ANN, ARRAY, GObject)

/**
 * AnnLayout:
 * @ANN_LAYOUT_CHUNKED: a grid of chunks, each stored on its own
 * @ANN_LAYOUT_CONTIGUOUS: one run of bytes
 * @ANN_LAYOUT_COMPACT: within the metadata
 * @ANN_LAYOUT_EXTERNAL: in other files
 * @ANN_LAYOUT_VIRTUAL: pieces of other arrays
 * @ANN_LAYOUT_MEMORY: not stored
 *
 * How the values of an array lie in its store.
 */
typedef enum {
  ANN_LAYOUT_CHUNKED,
  ANN_LAYOUT_CONTIGUOUS,
  ANN_LAYOUT_COMPACT,
  ANN_LAYOUT_EXTERNAL,
  ANN_LAYOUT_VIRTUAL,
  ANN_LAYOUT_MEMORY,
} AnnLayout;

/**
 * AnnChunkFunc:
 * @box: where the piece lies in the array
 * @values: the piece, in C order: as many elements as @box has
 * @user_data: data of the caller
 * @error: return location for an error, or %NULL
 *
 * Takes one piece of an array. Runs in any thread, several at once.
 *
 * Returns: %FALSE with @error set to end the reading
 */
typedef gboolean (*AnnChunkFunc) (const AnnBox *box,
                                  gconstpointer values,
                                  gpointer user_data,
                                  GError **error);

ANN_API AnnDtype ann_array_get_dtype (AnnArray *self);
ANN_API AnnDtype ann_array_get_item_dtype (AnnArray *self);
ANN_API gboolean ann_array_is_variable (AnnArray *self);
ANN_API guint ann_array_get_rank (AnnArray *self);
ANN_API const guint64 *ann_array_get_shape (AnnArray *self);
ANN_API guint64 ann_array_get_length (AnnArray *self);
ANN_API AnnLayout ann_array_get_layout (AnnArray *self);
ANN_API const guint64 *ann_array_get_chunk_shape (AnnArray *self);
ANN_API AnnCodecChain *ann_array_get_codecs (AnnArray *self);
ANN_API const char *ann_array_get_type_description (AnnArray *self);
ANN_API const char *ann_array_get_path (AnnArray *self);

ANN_API AnnBuffer *ann_array_read (AnnArray *self,
                                   const AnnBox *box,
                                   GCancellable *cancellable,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnBuffer *ann_array_read_range (AnnArray *self,
                                         guint64 start,
                                         guint64 count,
                                         GCancellable *cancellable,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
ANN_API gboolean ann_array_read_into (AnnArray *self,
                                      const AnnBox *box,
                                      gpointer values,
                                      gsize size,
                                      GCancellable *cancellable,
                                      GError **error);
ANN_API AnnStrings *ann_array_read_strings (AnnArray *self,
                                            const AnnBox *box,
                                            GCancellable *cancellable,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnStrings *ann_array_read_strings_range (AnnArray *self,
                                                  guint64 start,
                                                  guint64 count,
                                                  GCancellable *cancellable,
                                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
ANN_API gboolean ann_array_scan (AnnArray *self,
                                 const AnnBox *box,
                                 AnnChunkFunc func,
                                 gpointer user_data,
                                 GCancellable *cancellable,
                                 GError **error);

ANN_API char **ann_array_get_field_names (AnnArray *self) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnArray *ann_array_open_field (AnnArray *self, const char *name, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

ANN_API gboolean ann_array_get_stored_size (AnnArray *self,
                                            guint64 *stored_size,
                                            GCancellable *cancellable,
                                            GError **error);

G_END_DECLS
