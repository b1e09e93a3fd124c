/* ann-element-writer-private.h: for the files that write one group of kinds each
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "element/ann-block-iterator.h"
#include "write/ann-element-writer.h"

G_BEGIN_DECLS

/* Values of so many bytes are read, and then encoded, at a time; two or three such blocks are in
 * memory.
 */
#define ANN_WRITE_BLOCK_SIZE ((guint64) 16 << 20)

/* Writes one element of a kind that the function knows. */
typedef gboolean (*AnnElementWriteFunc) (const AnnElementWriter *self,
                                         AnnElement *element,
                                         AnnNodeWriter *parent,
                                         const char *name,
                                         GCancellable *cancellable,
                                         GError **error);

/* Numbers in any shape, texts, bytes. */
gboolean _ann_write_dense (const AnnElementWriter *self,
                           AnnElement *element,
                           AnnNodeWriter *parent,
                           const char *name,
                           GCancellable *cancellable,
                           GError **error);
gboolean _ann_write_texts (const AnnElementWriter *self,
                           AnnElement *element,
                           AnnNodeWriter *parent,
                           const char *name,
                           GCancellable *cancellable,
                           GError **error);
gboolean _ann_write_binary (const AnnElementWriter *self,
                            AnnElement *element,
                            AnnNodeWriter *parent,
                            const char *name,
                            GCancellable *cancellable,
                            GError **error);

/* What is small or copied as it is stored. */
gboolean _ann_write_scalar (const AnnElementWriter *self,
                            AnnElement *element,
                            AnnNodeWriter *parent,
                            const char *name,
                            GCancellable *cancellable,
                            GError **error);
gboolean _ann_write_null (const AnnElementWriter *self,
                          AnnElement *element,
                          AnnNodeWriter *parent,
                          const char *name,
                          GCancellable *cancellable,
                          GError **error);
gboolean _ann_write_records (const AnnElementWriter *self,
                             AnnElement *element,
                             AnnNodeWriter *parent,
                             const char *name,
                             GCancellable *cancellable,
                             GError **error);

/* The node behind an element and all that is in it, as stored: awkward arrays, and what we do not
 * know.
 */
gboolean _ann_write_copy (const AnnElementWriter *self,
                          AnnElement *element,
                          AnnNodeWriter *parent,
                          const char *name,
                          GCancellable *cancellable,
                          GError **error);

/* An awkward array, rows of one, or several joined. */
gboolean _ann_write_awkward (const AnnElementWriter *self,
                             AnnElement *element,
                             AnnNodeWriter *parent,
                             const char *name,
                             GCancellable *cancellable,
                             GError **error);

gboolean _ann_write_frame (const AnnElementWriter *self,
                           AnnElement *element,
                           AnnNodeWriter *parent,
                           const char *name,
                           GCancellable *cancellable,
                           GError **error);

/* Dense and sparse matrices, in the layout that is asked for. */
gboolean _ann_write_matrix (const AnnElementWriter *self,
                            AnnElement *element,
                            AnnNodeWriter *parent,
                            const char *name,
                            GCancellable *cancellable,
                            GError **error);

/* Whether the element at @path is wanted, and not left out. */
gboolean _ann_write_takes (const AnnElementWriter *self, const char *path);

/* An element that was surveyed; @is_written: whether it is wanted and can be. */
gboolean _ann_write_child (const AnnElementWriter *self,
                           AnnElement *element,
                           AnnNodeWriter *parent,
                           const char *name,
                           gboolean *is_written,
                           GCancellable *cancellable,
                           GError **error);

/* What becomes of an element. */
typedef enum {
  ANN_FATE_WRITTEN,
  ANN_FATE_COPIED,   /* as it is stored: an encoding that we do not know */
  ANN_FATE_LEFT_OUT, /* null, where the profile has none */
  ANN_FATE_REFUSED,  /* it cannot be read or written; @error says why */
} AnnFate;

/* @name: (nullable): under which it is to be written; %NULL for a root */
AnnFate _ann_write_get_fate (const AnnElementWriter *self,
                             AnnElement *element,
                             const char *name,
                             GError **error);

/* Whether what is of that kind can be written where it goes, as far as its type tells. */
gboolean _ann_write_check_records (const AnnElementWriter *self,
                                   AnnElement *element,
                                   GError **error);
gboolean _ann_write_check_binary (AnnElement *element, GError **error);

/* The children of an annotated matrix or of raw in the order in which they are written, those that
 * are always there also if they are missing; %NULL at the end. @raw: of raw
 */
const char *const *_ann_write_get_keys (gboolean raw);

/* --- Arrays --- */

/**
 * AnnNewArray:
 * @item_size: of bytes
 * @time_type: (nullable): of int64: what numpy calls it; where the container has it
 * @shape: @rank of them; the first may be %ANN_LENGTH_UNKNOWN
 * @expected_length: of the first axis, where that is not known: about so long
 * @lines: rows that the first axis is made of, where it has the entries of many rows
 * @like: (nullable): a stored array whose chunks and filters the faithful profile takes
 * @fields: (nullable): of records
 * @n_fields: how many
 *
 * What is known of an array before it is written.
 */
typedef struct {
  AnnDtype dtype;
  gsize item_size;
  const char *time_type;
  guint rank;
  const guint64 *shape;
  guint64 expected_length;
  guint64 lines;
  AnnArray *like;
  const AnnFieldSpec *fields;
  gsize n_fields;
} AnnNewArray;

/* Makes it, with chunks and filters as options, profile and container have them: FORMAT §11.4.
 * (transfer full)
 */
AnnArrayWriter *_ann_write_add_array (const AnnElementWriter *self,
                                      AnnNodeWriter *parent,
                                      const char *name,
                                      const AnnNewArray *array,
                                      GCancellable *cancellable,
                                      GError **error);

/* Rows of numbers as an array, with the attributes of @element. */
gboolean _ann_write_rows (const AnnElementWriter *self,
                          AnnElement *element,
                          AnnBlockIterator *blocks,
                          const AnnNewArray *new_array,
                          AnnNodeWriter *parent,
                          const char *name,
                          GCancellable *cancellable,
                          GError **error);

/* A vector that is in memory. @attributes: (nullable) */
gboolean _ann_write_vector (const AnnElementWriter *self,
                            AnnNodeWriter *parent,
                            const char *name,
                            AnnBuffer *values,
                            AnnAttributes *attributes,
                            GCancellable *cancellable,
                            GError **error);
gboolean _ann_write_strings (const AnnElementWriter *self,
                             AnnNodeWriter *parent,
                             const char *name,
                             AnnStrings *texts,
                             AnnAttributes *attributes,
                             GCancellable *cancellable,
                             GError **error);

/* The first stored array behind @element, or NULL. (transfer full) */
AnnArray *_ann_write_dup_stored (AnnElement *element);

/* --- Attributes --- */

/* The pair, and what the source has besides and we do not know. @element: (nullable): the source.
 * (transfer full)
 */
AnnAttributes *_ann_write_attributes_new (const AnnElementWriter *self,
                                          AnnElement *element,
                                          const char *type,
                                          const char *version,
                                          GCancellable *cancellable,
                                          GError **error);
/* All of @from that @to has not and that is understood; warns of what is not. */
void _ann_attributes_add_others (const AnnElementWriter *self,
                                 AnnAttributes *to,
                                 AnnAttributes *from,
                                 const char *path);
void _ann_attributes_add_text (AnnAttributes *self, const char *name, const char *text);
void _ann_attributes_add_boolean (AnnAttributes *self, const char *name, gboolean value);

/* --- All --- */

void _ann_write_warn (const AnnElementWriter *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

void _ann_write_add_done (const AnnElementWriter *self, guint64 n_bytes);

/* Blocks of an element's rows in order, about ANN_WRITE_BLOCK_SIZE each, read ahead. */
AnnBlockIterator *_ann_write_iterate (AnnElement *element);

G_END_DECLS
