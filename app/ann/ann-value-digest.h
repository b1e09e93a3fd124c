/* ann-value-digest.h: what a digest says of a run of values
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "ann-json-writer.h"
#include "ann-sha256.h"
#include <ann-core.h>

G_BEGIN_DECLS

/* How many values from both ends are shown for people. */
#define ANN_DIGEST_N_ENDS 5

/**
 * AnnValueDigest:
 *
 * Numbers as they come by, in C order: a hash of their little-endian bytes, their exact sum,
 * the first and the last. Needs no memory for the values, however many.
 */
typedef struct {
  AnnDtype dtype;
  AnnSha256 checksum;
  AnnExactSum sum;
  guint64 n_values;
  /* The last ones as a ring: value number i is at i % ANN_DIGEST_N_ENDS. */
  guint64 first[ANN_DIGEST_N_ENDS][2];
  guint64 last[ANN_DIGEST_N_ENDS][2];
} AnnValueDigest;

void ann_value_digest_init (AnnValueDigest *self, AnnDtype dtype);
void ann_value_digest_clear (AnnValueDigest *self);
void ann_value_digest_add (AnnValueDigest *self, gconstpointer values, gsize n_values);
void ann_value_digest_write_ends (AnnValueDigest *self, AnnJsonWriter *json);
void ann_value_digest_write_sum (AnnValueDigest *self, AnnJsonWriter *json);
void ann_value_digest_write (AnnValueDigest *self, AnnJsonWriter *json);

/* Of integers that are times, by the type that says of what. They have no sum. */
void ann_value_digest_write_times (AnnValueDigest *self, const char *type, AnnJsonWriter *json);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnnValueDigest, ann_value_digest_clear)

/**
 * AnnTextDigest:
 *
 * The same of texts: the hash is that of all of them, joined by line feeds. A missing one
 * counts as empty there; which ones are missing has a hash of its own, a byte each.
 */
typedef struct {
  AnnSha256 checksum;
  AnnSha256 mask_checksum;
  GString *buffer;
  GString *first[ANN_DIGEST_N_ENDS];
  GString *last[ANN_DIGEST_N_ENDS];
  guint64 n_texts;
  guint64 n_missing;
  guint64 n_objects; /* of the texts: those that stand for an object that is none */
} AnnTextDigest;

void ann_text_digest_init (AnnTextDigest *self);
void ann_text_digest_clear (AnnTextDigest *self);
void ann_text_digest_add (AnnTextDigest *self, const char *text, gsize length);
void ann_text_digest_add_missing (AnnTextDigest *self);
void ann_text_digest_write (AnnTextDigest *self, AnnJsonWriter *json);

/* Whether there are some, and none of them was a text. */
gboolean ann_text_digest_has_objects (const AnnTextDigest *self);

/* The first ones of these, as Python writes them, and how many there are: of objects there is no
 * more to compare.
 */
void ann_text_digest_write_objects (AnnTextDigest *self, AnnJsonWriter *json);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnnTextDigest, ann_text_digest_clear)

/**
 * AnnItemDigest:
 *
 * Runs of bytes as they come by, opaque values or sequences: a hash of the bytes of all of them,
 * those of numbers little-endian, and how many items each has. In a sequence an item is a number,
 * else a byte. A sequence without items counts as one byte of zero, which is how numpy holds it.
 */
typedef struct {
  AnnDtype item_dtype;
  gboolean is_variable;
  AnnSha256 checksum;
  GArray *lengths; /* guint64, the first ones */
  guint64 n_values;
} AnnItemDigest;

void ann_item_digest_init (AnnItemDigest *self, AnnDtype item_dtype, gboolean is_variable);
void ann_item_digest_clear (AnnItemDigest *self);
void ann_item_digest_add (AnnItemDigest *self, const char *bytes, gsize length);
void ann_item_digest_write (AnnItemDigest *self, AnnJsonWriter *json);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnnItemDigest, ann_item_digest_clear)

G_END_DECLS
