/* ann-json-private.h: JSON of strangers
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-macros.h"

G_BEGIN_DECLS

/**
 * AnnJson:
 *
 * A JSON text, taken apart once: where each value begins and ends. A value costs 20 bytes beside
 * the text and is only converted when it is asked for, so that a text of many megabytes of which
 * little is wanted costs little. Reference counted, immutable; any thread.
 *
 * Beyond RFC 8259 it takes what Python's json module writes and reads: `NaN`, `Infinity`,
 * `-Infinity`, and a byte order mark at the start.
 */
typedef struct _AnnJson AnnJson;

typedef enum {
  ANN_JSON_ABSENT,
  ANN_JSON_NULL,
  ANN_JSON_FALSE,
  ANN_JSON_TRUE,
  ANN_JSON_NUMBER,
  ANN_JSON_STRING,
  ANN_JSON_ARRAY,
  ANN_JSON_OBJECT,
} AnnJsonKind;

/**
 * AnnJsonValue:
 *
 * A value of a text; %NULL in @json for one that is absent, which all functions take. Lives as long
 * as its text.
 */
typedef struct {
  const AnnJson *json;
  guint32 token;
} AnnJsonValue;

/**
 * AnnJsonIter:
 * @name: (nullable): of a member of an object: a string
 * @value: the item or member
 *
 * Steps through an array or an object.
 */
typedef struct {
  AnnJsonValue name;
  AnnJsonValue value;
  const AnnJson *json;
  guint32 next;
  guint32 n_left;
  gboolean has_names;
} AnnJsonIter;

/* %ANN_ERROR_FORMAT with the place for what is no JSON, or nested more than 256 deep;
 * %ANN_ERROR_TOO_LARGE.
 */
AnnJson *_ann_json_parse (GBytes *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
AnnJson *_ann_json_ref (AnnJson *self);
void _ann_json_unref (AnnJson *self);

AnnJsonValue _ann_json_get_root (const AnnJson *self);
AnnJsonKind _ann_json_get_kind (AnnJsonValue value);

/* Of an array or an object; 0 for what is neither. */
guint _ann_json_get_length (AnnJsonValue value);

/* Of an object: of several of one name the last, as in Python. */
AnnJsonValue _ann_json_get_member (AnnJsonValue value, const char *name);

/* Of an array; linear. */
AnnJsonValue _ann_json_get_item (AnnJsonValue value, guint index);

void _ann_json_iter_init (AnnJsonIter *iter, AnnJsonValue value);
gboolean _ann_json_iter_next (AnnJsonIter *iter);

/* (transfer full) (nullable): of a string: valid UTF-8, with a NUL behind it; %NULL for anything
 * else. @length: (optional)
 */
char *_ann_json_dup_string (AnnJsonValue value, gsize *length) G_GNUC_WARN_UNUSED_RESULT;
gboolean _ann_json_string_is (AnnJsonValue value, const char *text);

/* FALSE for what is no number, or none that fits: integers have no point and no exponent. */
gboolean _ann_json_get_uint64 (AnnJsonValue value, guint64 *number);
gboolean _ann_json_get_int64 (AnnJsonValue value, gint64 *number);
gboolean _ann_json_get_double (AnnJsonValue value, double *number);
gboolean _ann_json_is_integer (AnnJsonValue value);

/* (transfer full): as written, cut off after @max_length bytes: for descriptions and messages. */
char *_ann_json_dup_text (AnnJsonValue value, gsize max_length) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnJson, _ann_json_unref)

G_END_DECLS
