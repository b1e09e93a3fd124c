/* ann-filter-program-private.h: a filter that knows the store it is for
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-pile-private.h"
#include "element/ann-categorical.h"
#include "query/ann-filter-private.h"

G_BEGIN_DECLS

/* --- What is read: ann-filter-source.c --- */

/**
 * AnnFilterSource:
 * @element: a vector, or a matrix of which some lines are wanted
 * @lines: (nullable) (element-type guint64): which lines of a matrix; %NULL for a vector
 * @by_column: the lines are columns
 * @is_whole: each line is read at once, which costs no more than a piece of it
 * @whole: (element-type AnnBlock): then, a canonical block for each line
 * @block: of the rows that are looked at
 * @unknown: (nullable): a byte for each row of @element: 1 where a part of a set is missing
 * @ones: (nullable): a 1 for each row of the table, where a line that is a row of @element is so
 *
 * Columns of one matrix have one source, so that it is gone through once.
 */
typedef struct {
  AnnElement *element;
  GArray *lines;
  gboolean by_column;
  gboolean is_whole;
  GPtrArray *whole;
  AnnBlock *block;
  guint8 *unknown;
  guint8 *ones;
} AnnFilterSource;

/**
 * AnnFilterVector:
 * @values: (nullable): of @dtype
 * @missing: (nullable): a byte for each
 * @texts: (nullable): from @first_text on, in place of values
 *
 * Values one behind the other, of one column; pointing into others' memory.
 */
typedef struct {
  AnnDtype dtype;
  const guint8 *values;
  const guint8 *missing;
  const AnnStrings *texts;
  gsize first_text;
} AnnFilterVector;

AnnFilterSource *_ann_filter_source_new (AnnElement *element);
AnnFilterSource *_ann_filter_source_new_lines (AnnElement *matrix, gboolean by_column);
void _ann_filter_source_free (gpointer source);
guint _ann_filter_source_add_line (AnnFilterSource *self, guint64 line);

/* Reads what it needs of rows [@start, @start + @n). Any thread, one at a time. */
gboolean _ann_filter_source_load (AnnFilterSource *self,
                                  guint64 start,
                                  guint64 n,
                                  GCancellable *cancellable,
                                  GError **error);
gsize _ann_filter_source_get_size (const AnnFilterSource *self);

/* Finds out which values were never measured, for a part of a set is missing: until then all count
 * as known. For when all lines are there.
 */
gboolean _ann_filter_source_find_unknown (AnnFilterSource *self, GError **error);

/* (transfer none) (nullable): a byte for each row of the table, 1 where that of line @line is not
 * known; %NULL if all are known
 */
const guint8 *_ann_filter_source_peek_unknown (const AnnFilterSource *self, guint line);

/* A zero for each of @n rows. (transfer full); %ANN_ERROR_TOO_LARGE without memory for them */
guint8 *_ann_filter_new_marks (guint64 n, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The values of line @line of what is loaded. @spread: keeps them, where they are not together;
 * @no_dates: keeps what is missing, of dates
 */
gboolean _ann_filter_source_get_vector (const AnnFilterSource *self,
                                        guint line,
                                        guint64 start,
                                        guint64 n,
                                        AnnFilterVector *vector,
                                        AnnBuffer **spread,
                                        guint8 **no_dates,
                                        GError **error);

/* Rows from @first on. */
AnnFilterVector _ann_filter_vector_skip (const AnnFilterVector *self, gsize first);

/* --- What stands for a value: ann-filter-bind.c --- */

typedef enum {
  ANN_COLUMN_NUMBER,
  ANN_COLUMN_BOOLEAN,
  ANN_COLUMN_TEXT,
} AnnFilterColumnType;

/**
 * AnnFilterColumn:
 * @type: of its values; of a categorical, of its categories
 * @dtype: as it is stored; numbers are rounded to it
 * @source: which of the program's
 * @line: which of the source's
 * @labels: (nullable): of a categorical of texts
 * @categories: (nullable): of a categorical of anything else
 * @vector: of the rows that are looked at
 * @spread: (nullable): what @vector points to
 * @no_dates: (nullable): likewise, for what is missing
 */
typedef struct {
  AnnFilterColumnType type;
  AnnDtype dtype;
  guint source;
  guint line;
  gboolean is_categorical;
  gboolean is_ordered;
  guint64 n_categories;
  AnnStrings *labels;
  AnnBlock *categories;
  AnnFilterVector vector;
  AnnBuffer *spread;
  guint8 *no_dates;
} AnnFilterColumn;

/* The categories as values. */
AnnFilterVector _ann_filter_column_get_categories (const AnnFilterColumn *self);

/* --- What is asked of it: ann-filter-test.c --- */

typedef enum {
  ANN_TEST_CONSTANT,
  ANN_TEST_INTEGER,     /* [low, high] */
  ANN_TEST_FLOAT,       /* compare with a number */
  ANN_TEST_INTEGER_SET, /* one of some */
  ANN_TEST_FLOAT_SET,
  ANN_TEST_BOOLEAN, /* by a table of two */
  ANN_TEST_TEXT,
  ANN_TEST_TEXT_SET,
  ANN_TEST_REGEX,
  ANN_TEST_CODE, /* by a table of a categorical's codes */
  ANN_TEST_MISSING,
  ANN_TEST_PAIR, /* of columns */
} AnnFilterTestKind;

typedef struct {
  const char *text;
  gsize length;
} AnnFilterText;

/**
 * AnnFilterTest:
 * @is_negated: true becomes false and the reverse, but for what is missing
 * @is_constant_true: of a constant
 * @low: of an interval of integers: int64, or uint64 for an unsigned type
 * @items: of a set, rising: gint64, guint64, double or AnnFilterText
 * @table: (nullable): a truth for each code
 * @by_code: columns are compared by their codes, as they have the same categories
 *
 * A leaf of the filter.
 */
typedef struct {
  AnnFilterTestKind kind;
  const AnnFilterColumn *column;
  const AnnFilterColumn *other;
  AnnCompare compare;
  gboolean is_negated;
  gboolean is_constant_true;
  guint64 low;
  guint64 high;
  double number;
  guint8 truths[2];
  AnnFilterText text;
  GArray *items;
  GRegex *regex; /* of the filter */
  guint8 *table;
  gboolean by_code;
} AnnFilterTest;

typedef struct {
  AnnFilter *filter;
  AnnData *data;
  AnnAxis axis;
  AnnFrame *frame;
  guint64 n_rows;
  GCancellable *cancellable;
  GPtrArray *sources;       /* of AnnFilterSource */
  GHashTable *source_names; /* what a source is → its number + 1 */
  AnnFilterColumn *columns; /* for each value; not of constants */
  AnnFilterTest *tests;     /* for each leaf */
  AnnFilterPlace place;     /* of the mistake */
} AnnFilterProgram;

/* Opens all that is named, checks it, and makes the tests. */
gboolean _ann_filter_program_init (AnnFilterProgram *self,
                                   AnnFilter *filter,
                                   AnnData *data,
                                   AnnAxis axis,
                                   GCancellable *cancellable,
                                   GError **error);
void _ann_filter_program_clear (AnnFilterProgram *self);

/* As _ann_filter_source_find_unknown (), for all sources; if no part of @data is missing, nothing
 * is looked at.
 */
gboolean _ann_filter_program_find_unknown (AnnFilterProgram *self, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnnFilterProgram, _ann_filter_program_clear)

gboolean _ann_filter_program_fail (AnnFilterProgram *self,
                                   const AnnFilterPlace *place,
                                   AnnFilterError code,
                                   GError **error,
                                   const char *format,
                                   ...) G_GNUC_PRINTF (5, 6);
gboolean _ann_filter_program_bind (AnnFilterProgram *self,
                                   const AnnFilterValue *value,
                                   GError **error);

/* What was probably meant by a name that is not there; (nullable): ann-filter-advice.c */
char *_ann_filter_program_advise (AnnFilterProgram *self, const AnnFilterValue *value)
    G_GNUC_WARN_UNUSED_RESULT;

gboolean _ann_filter_test_init (AnnFilterTest *self,
                                AnnFilterProgram *program,
                                const AnnFilterNode *node,
                                GError **error);
void _ann_filter_test_clear (AnnFilterTest *self);

/* --- The loops: ann-filter-kernels.c --- */

/* Writes for each of @n values of @vector, those of the test's column, whether it passes. For a
 * categorical these are codes.
 */
gboolean _ann_filter_test_run (const AnnFilterTest *self,
                               const AnnFilterVector *vector,
                               gsize n,
                               GCancellable *cancellable,
                               guint8 *truths,
                               GError **error);

/* Of ANN_TEST_PAIR: with the values of the other column: ann-filter-pair.c */
void _ann_filter_test_run_pair (const AnnFilterTest *self,
                                const AnnFilterVector *vector,
                                const AnnFilterVector *other,
                                gsize n,
                                guint8 *truths);

gboolean _ann_compare_holds (AnnCompare compare, int order);
int _ann_filter_text_compare (const AnnFilterText *one, const AnnFilterText *other);

/* @value as a float type holds it; as it is where that would be infinite. */
double _ann_filter_round (AnnDtype dtype, double value);

/* --- All rows: ann-filter-evaluate.c --- */

AnnSelection *_ann_filter_program_run (AnnFilterProgram *self,
                                       AnnProgress *progress,
                                       GError **error);

G_END_DECLS
