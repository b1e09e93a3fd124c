/* ann-filter-private.h: for the files that make, check and evaluate a filter
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "query/ann-filter.h"

G_BEGIN_DECLS

/* --- Words: ann-filter-lexer.c --- */

typedef enum {
  ANN_TOKEN_END,
  ANN_TOKEN_NAME,   /* a word, of the language too, or anything in back-ticks */
  ANN_TOKEN_NUMBER, /* without its sign */
  ANN_TOKEN_TEXT,
  ANN_TOKEN_SIGN, /* ( ) [ ] , & | ~ + - */
  ANN_TOKEN_COMPARE,
} AnnTokenKind;

typedef enum {
  ANN_COMPARE_EQUAL,
  ANN_COMPARE_NOT_EQUAL,
  ANN_COMPARE_LESS,
  ANN_COMPARE_LESS_OR_EQUAL,
  ANN_COMPARE_GREATER,
  ANN_COMPARE_GREATER_OR_EQUAL,
} AnnCompare;

/**
 * AnnFilterNumber:
 * @is_integer: there is no point and no exponent, and @magnitude holds it
 * @value: always: the nearest double
 */
typedef struct {
  gboolean is_integer;
  gboolean is_negative;
  guint64 magnitude;
  double value;
} AnnFilterNumber;

/* A mistake is said at a place: so many bytes from the beginning of the text. */
typedef struct {
  gsize position;
  gsize length;
} AnnFilterPlace;

/**
 * AnnToken:
 * @text: (nullable): a name without its back-ticks, a text without its quotes and escapes
 * @is_quoted: a name in back-ticks: no word of the language
 */
typedef struct {
  AnnTokenKind kind;
  AnnFilterPlace place;
  char *text;
  gboolean is_quoted;
  AnnFilterNumber number;
  char sign;
  AnnCompare compare;
} AnnToken;

void _ann_token_clear (AnnToken *self);

/* Reads the token at or behind @start, which is on a character of @text, valid UTF-8. If it
 * fails, the place of @token is that of the mistake.
 */
gboolean _ann_token_read (const char *text, gsize start, AnnToken *token, GError **error);

/* Sets an error whose message ends with the column of @place in @text. */
void _ann_filter_set_error (GError **error,
                            AnnFilterError code,
                            const char *text,
                            const AnnFilterPlace *place,
                            const char *format,
                            ...) G_GNUC_PRINTF (5, 6);

/* What stands at @place, for a message. */
char *_ann_filter_quote (const char *text, const AnnFilterPlace *place) G_GNUC_WARN_UNUSED_RESULT;

/* --- Meaning: ann-filter-parser.c --- */

typedef enum {
  ANN_VALUE_NAME,   /* n_genes */
  ANN_VALUE_MEMBER, /* X["CD3D"], layers["counts"]["CD3D"], obsm["X_pca"][0] */
  ANN_VALUE_NUMBER,
  ANN_VALUE_TEXT,
  ANN_VALUE_BOOLEAN,
} AnnFilterValueKind;

#define ANN_FILTER_MAX_KEYS 2

/* What stands in brackets: a text, or a number. */
typedef struct {
  AnnFilterPlace place;
  char *text; /* NULL for a number */
  guint64 number;
} AnnFilterKey;

typedef struct {
  AnnFilterValueKind kind;
  AnnFilterPlace place;
  char *text; /* of a name, a member's first word or a text */
  gboolean is_quoted;
  AnnFilterKey keys[ANN_FILTER_MAX_KEYS];
  guint n_keys;
  AnnFilterNumber number;
  gboolean truth;
  guint index; /* among all values of the filter */
} AnnFilterValue;

typedef enum {
  ANN_NODE_AND,
  ANN_NODE_OR,
  ANN_NODE_NOT,
  ANN_NODE_COMPARE,
  ANN_NODE_IN,
  ANN_NODE_MATCHES,
  ANN_NODE_MISSING,
  ANN_NODE_TRUTH, /* a column of truth values by itself */
} AnnFilterNodeKind;

typedef struct _AnnFilterNode AnnFilterNode;

/**
 * AnnFilterNode:
 * @is_negated: `not in`, `not matches`, `is not missing`
 * @children: (element-type AnnFilterNode): of and, or, not
 * @left: (nullable): of all others; the filter owns the values
 * @right: (nullable): of a comparison
 * @items: (nullable) (element-type AnnFilterValue): of a list
 * @regex: (nullable): what is to match
 * @index: among the leaves of the filter
 */
struct _AnnFilterNode {
  AnnFilterNodeKind kind;
  AnnFilterPlace place;
  gboolean is_negated;
  GPtrArray *children;
  const AnnFilterValue *left;
  const AnnFilterValue *right;
  AnnCompare compare;
  GPtrArray *items;
  GRegex *regex;
  guint index;
};

struct _AnnFilter {
  gatomicrefcount ref_count;
  char *text;
  GPtrArray *values; /* of AnnFilterValue */
  AnnFilterNode *root;
  guint n_leaves;
};

/* Fills in the values and the nodes of @self from its text. */
gboolean _ann_filter_read (AnnFilter *self, AnnFilterPlace *place, GError **error);
void _ann_filter_node_free (AnnFilterNode *node);
void _ann_filter_value_free (gpointer value);

/* Whether @text can stand without back-ticks. */
gboolean _ann_filter_is_plain_name (const char *text);

/* A text as it is written: in quotes: ann-filter-names.c */
char *_ann_filter_write_text (const char *text) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
