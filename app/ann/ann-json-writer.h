/* ann-json-writer.h: JSON as it is made, to a stream
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>
#include <stdio.h>

G_BEGIN_DECLS

/**
 * AnnJsonStyle:
 * @ANN_JSON_LINES: each member or item on a line of its own
 * @ANN_JSON_INLINE: all on one line, and all that is inside
 */
typedef enum {
  ANN_JSON_LINES,
  ANN_JSON_INLINE,
} AnnJsonStyle;

/**
 * AnnJsonWriter:
 *
 * Writes one JSON document piece by piece, so that a store of a million elements needs no
 * tree in memory. NaN and the infinities, which JSON does not know, are the strings "NaN",
 * "Infinity" and "-Infinity"; bytes that are not UTF-8 are "hex:…"; integers keep all digits.
 *
 * Not thread-safe. Calls must nest as JSON does: that is the caller's duty, and asserted.
 */
typedef struct _AnnJsonWriter AnnJsonWriter;

/* How deep an element's object may nest. Elements themselves are listed flat. */
#define ANN_JSON_MAX_DEPTH 64

typedef struct {
  char end;
  AnnJsonStyle style;
  gboolean has_items;
} AnnJsonLevel;

/**
 * AnnJsonMark:
 *
 * A place to go back to, so that an element whose reading fails half-way leaves nothing but
 * its error. Nothing is flushed while a mark is set; marks do not nest.
 */
typedef struct {
  gsize length;
  guint depth;
  AnnJsonLevel levels[ANN_JSON_MAX_DEPTH];
  gboolean after_name;
} AnnJsonMark;

AnnJsonWriter *ann_json_writer_new (FILE *stream);
gboolean ann_json_writer_finish (AnnJsonWriter *self);
void ann_json_writer_free (AnnJsonWriter *self);
gboolean ann_json_writer_has_printed (void);

void ann_json_writer_set_mark (AnnJsonWriter *self, AnnJsonMark *mark);
void ann_json_writer_go_back (AnnJsonWriter *self, const AnnJsonMark *mark);
void ann_json_writer_end_mark (AnnJsonWriter *self);

void ann_json_writer_begin_object (AnnJsonWriter *self, AnnJsonStyle style);
void ann_json_writer_end_object (AnnJsonWriter *self);
void ann_json_writer_begin_array (AnnJsonWriter *self, AnnJsonStyle style);
void ann_json_writer_end_array (AnnJsonWriter *self);
void ann_json_writer_text (AnnJsonWriter *self, const char *text);
void ann_json_writer_name (AnnJsonWriter *self, const char *name);

void ann_json_writer_null (AnnJsonWriter *self);
void ann_json_writer_boolean (AnnJsonWriter *self, gboolean value);
void ann_json_writer_int (AnnJsonWriter *self, gint64 value);
void ann_json_writer_uint (AnnJsonWriter *self, guint64 value);
void ann_json_writer_double (AnnJsonWriter *self, double value);
void ann_json_writer_string (AnnJsonWriter *self, const char *text);
void ann_json_writer_bytes (AnnJsonWriter *self, const char *text, gsize length);
void ann_json_writer_raw (AnnJsonWriter *self, const char *json, gsize length);
void ann_json_writer_value (AnnJsonWriter *self, AnnDtype dtype, gconstpointer value);
void ann_json_writer_shape (AnnJsonWriter *self, guint rank, const guint64 *shape);

/* A member that is a list of texts. @texts: (nullable): ended by NULL */
void ann_json_writer_texts (AnnJsonWriter *self, const char *name, const char *const *texts);

/* Shortest text that reads back as the same number, as Python's repr () writes it. */
void ann_append_double (GString *text, double value);

/* Text as it stands in JSON and in hashes: itself, or "hex:…". */
void ann_append_text (GString *to, const char *text, gsize length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnJsonWriter, ann_json_writer_free)

G_END_DECLS
