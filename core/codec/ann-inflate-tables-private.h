/* ann-inflate-tables-private.h: the codes of a block of deflate (RFC 1951, 3.2)
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#define ANN_INFLATE_N_SYMBOLS 288
#define ANN_INFLATE_N_DISTANCES 32
#define ANN_INFLATE_END_OF_BLOCK 256
#define ANN_INFLATE_MAX_CODE_LENGTH 15

#define ANN_INFLATE_TABLE_BITS 11
#define ANN_INFLATE_DISTANCE_BITS 9

/* The longest repetition in the table. */
#define ANN_INFLATE_STEP 16

/* An entry of a table. Bits 0 to 7: how many bits the whole takes; 8 to 15: how many of them lie
 * before those that are added to the distance; 16 to 23: how many these are; 32 to 39: the byte; 40
 * to 47: how many bytes it makes; 48 to 62: the least distance, 0 of a byte.
 *
 * Of an exception, 0 to 7: the length of the code, or 0 if it is none that the table holds; 48 to
 * 62: the symbol.
 */
#define ANN_INFLATE_IS_EXCEPTION (G_GUINT64_CONSTANT (1) << 63)
#define ANN_INFLATE_EXTRA_SHIFT 8
#define ANN_INFLATE_N_EXTRA_SHIFT 16
#define ANN_INFLATE_BYTE_SHIFT 32
#define ANN_INFLATE_N_BYTES_SHIFT 40
#define ANN_INFLATE_DISTANCE_SHIFT 48
#define ANN_INFLATE_SYMBOL_SHIFT 48

/* A canonical code: how many symbols have a code of each length, and all in the order of theirs. */
typedef struct {
  guint16 count[ANN_INFLATE_MAX_CODE_LENGTH + 1];
  guint16 symbols[ANN_INFLATE_N_SYMBOLS];
} AnnInflateCode;

typedef struct {
  /* Some bits ahead, a byte or a repetition with its distance; a step behind the last one is read.
   */
  guint64 table[(1 << ANN_INFLATE_TABLE_BITS) + ANN_INFLATE_STEP / sizeof (guint64)];

  /* Some bits ahead, a distance. */
  guint64 distance_table[1 << ANN_INFLATE_DISTANCE_BITS];

  AnnInflateCode symbol_code;
  AnnInflateCode distance_code;
} AnnInflateTables;

/* What is added by extra bits to the symbols behind ANN_INFLATE_END_OF_BLOCK, and to distances. */
extern const guint16 _ann_inflate_lengths[29];
extern const guint8 _ann_inflate_length_extra[29];
extern const guint16 _ann_inflate_distances[30];
extern const guint8 _ann_inflate_distance_extra[30];

/* Returns: how many more codes of the greatest length there could be; negative if there are too
 * many already
 */
gint _ann_inflate_code_init (AnnInflateCode *self, const guint8 *code_lengths, guint n);

/* Returns: the symbol that @bits begin with, and its @length; -1 if there is none */
gint _ann_inflate_code_look_up (const AnnInflateCode *self, guint64 bits, guint *length);

/* Returns: %FALSE if @code_lengths, those of the distances behind the others, are no codes, or not
 * all that there could be: but a single distance, or none, is usual
 */
gboolean _ann_inflate_tables_init (AnnInflateTables *self,
                                   const guint8 *code_lengths,
                                   guint n_symbols,
                                   guint n_distances);

/* Whether a block with these codes is decoded by the tables for the most part, and sooner than by a
 * decoder that takes several bytes that are not repeated in one turn.
 */
gboolean _ann_inflate_tables_pay (const AnnInflateTables *self);
