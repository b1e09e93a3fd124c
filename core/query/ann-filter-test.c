/* ann-filter-test.c: the questions that a filter asks of each row, made ready
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "query/ann-filter-program-private.h"

#include "base/ann-error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What makes a test, besides the test. */
typedef struct {
  AnnFilterTest *test;
  AnnFilterProgram *program;
  const AnnFilterNode *node;
  const AnnFilterColumn *column;
  const AnnFilterValue *name; /* of the column */
} Maker;

static const AnnFilterColumn *
get_column (const AnnFilterProgram *program, const AnnFilterValue *value)
{
  return value->kind == ANN_VALUE_NAME || value->kind == ANN_VALUE_MEMBER
             ? &program->columns[value->index]
             : NULL;
}

/* --- Types --- */

static const char *
describe_type (AnnFilterColumnType type)
{
  static const char *const names[] = { "a number", "true or false", "a text" };

  return names[type];
}

static AnnFilterColumnType
get_literal_type (const AnnFilterValue *literal)
{
  if (literal->kind == ANN_VALUE_NUMBER)
    return ANN_COLUMN_NUMBER;

  return literal->kind == ANN_VALUE_TEXT ? ANN_COLUMN_TEXT : ANN_COLUMN_BOOLEAN;
}

static gboolean
check_literal (const Maker *self, const AnnFilterValue *literal, GError **error)
{
  const AnnFilterColumnType type = get_literal_type (literal);
  g_autofree char *name = _ann_filter_quote (self->program->filter->text, &self->name->place);
  g_autofree char *constant = _ann_filter_quote (self->program->filter->text, &literal->place);
  const char *hint = "";

  if (type == self->column->type)
    return TRUE;

  if (self->column->type == ANN_COLUMN_BOOLEAN)
    hint = ": write true or false";
  else if (self->column->type == ANN_COLUMN_TEXT)
    hint = ": put it in quotes";
  else if (type == ANN_COLUMN_TEXT)
    hint = ": leave out the quotes";

  return _ann_filter_program_fail (
      self->program, &literal->place, ANN_FILTER_ERROR_TYPE, error, "%s is %s and %s is %s%s", name,
      describe_type (self->column->type), constant, describe_type (type), hint);
}

static gboolean
is_order (AnnCompare compare)
{
  return compare != ANN_COMPARE_EQUAL && compare != ANN_COMPARE_NOT_EQUAL;
}

static gboolean
check_order (const Maker *self, AnnCompare compare, GError **error)
{
  g_autofree char *name = NULL;

  if (!is_order (compare) || self->column->type != ANN_COLUMN_BOOLEAN)
    return TRUE;
  name = _ann_filter_quote (self->program->filter->text, &self->name->place);

  return _ann_filter_program_fail (self->program, &self->node->place, ANN_FILTER_ERROR_TYPE, error,
                                   "%s is true or false, which have no order", name);
}

/* --- Numbers --- */

/* Where a constant lies among the integers of a column: @floor, if it is not outside of them all.
 * For an unsigned type it is uint64.
 */
typedef struct {
  int side; /* -1: below all, 1: above all */
  gboolean is_exact;
  guint64 floor;
} Spot;

static Spot
find_spot (const AnnFilterNumber *number, gboolean is_signed)
{
  const double whole = floor (number->value);
  Spot spot = { 0, TRUE, 0 };

  if (!number->is_integer)
    {
      const double low = is_signed ? -0x1p63 : 0;
      const double high = is_signed ? 0x1p63 : 0x1p64;

      spot.side = whole < low ? -1 : whole >= high ? 1 : 0;
      spot.is_exact = whole == number->value;
      if (spot.side == 0)
        spot.floor = is_signed ? (guint64) (gint64) whole : (guint64) whole;
    }
  else if (number->is_negative && number->magnitude > 0)
    {
      spot.side = is_signed && number->magnitude <= (guint64) 1 << 63 ? 0 : -1;
      spot.floor = 0 - number->magnitude;
    }
  else
    {
      spot.side = is_signed && number->magnitude > G_MAXINT64 ? 1 : 0;
      spot.floor = number->magnitude;
    }

  return spot;
}

static void
make_constant (AnnFilterTest *self, gboolean truth)
{
  self->kind = ANN_TEST_CONSTANT;
  self->is_constant_true = truth;
}

/* A comparison of an integer with any number is an interval of integers: exact, whatever the
 * number. A constant is one that only what is missing does not pass.
 */
static void
make_integer (AnnFilterTest *self, AnnDtype dtype, const AnnFilterNumber *number)
{
  const gboolean is_signed = ann_dtype_is_signed (dtype);
  const guint64 least = is_signed ? (guint64) G_MININT64 : 0;
  const guint64 most = is_signed ? (guint64) G_MAXINT64 : G_MAXUINT64;
  const Spot spot = find_spot (number, is_signed);
  const AnnCompare compare = self->compare;

  self->kind = ANN_TEST_INTEGER;
  self->low = least;
  self->high = most;
  if (spot.side != 0 || (!spot.is_exact && !is_order (compare)))
    {
      const gboolean passes = compare == ANN_COMPARE_NOT_EQUAL
                              || (spot.side < 0 && compare >= ANN_COMPARE_GREATER)
                              || (spot.side > 0
                                  && (compare == ANN_COMPARE_LESS
                                      || compare == ANN_COMPARE_LESS_OR_EQUAL));

      make_constant (self, passes);
      return;
    }

  switch (compare)
    {
    case ANN_COMPARE_EQUAL:
    case ANN_COMPARE_NOT_EQUAL:
      self->low = self->high = spot.floor;
      self->is_negated ^= compare == ANN_COMPARE_NOT_EQUAL;
      break;
    case ANN_COMPARE_LESS:
      if (spot.is_exact && spot.floor == least)
        make_constant (self, FALSE);
      self->high = spot.floor - (spot.is_exact ? 1 : 0);
      break;
    case ANN_COMPARE_LESS_OR_EQUAL:
      self->high = spot.floor;
      break;
    case ANN_COMPARE_GREATER:
    case ANN_COMPARE_GREATER_OR_EQUAL:
    default:
      if (compare == ANN_COMPARE_GREATER_OR_EQUAL && spot.is_exact)
        self->low = spot.floor;
      else if (spot.floor == most)
        make_constant (self, FALSE);
      else
        self->low = spot.floor + 1;
      break;
    }
}

static void
make_number (AnnFilterTest *self, AnnDtype dtype, const AnnFilterNumber *number)
{
  if (ann_dtype_is_integer (dtype))
    {
      make_integer (self, dtype, number);
      return;
    }
  self->kind = ANN_TEST_FLOAT;
  self->number = _ann_filter_round (dtype, number->value);
}

static int
compare_signed (gconstpointer a, gconstpointer b)
{
  const gint64 one = *(const gint64 *) a;
  const gint64 other = *(const gint64 *) b;

  return one < other ? -1 : one > other;
}

static int
compare_unsigned (gconstpointer a, gconstpointer b)
{
  const guint64 one = *(const guint64 *) a;
  const guint64 other = *(const guint64 *) b;

  return one < other ? -1 : one > other;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  const double one = *(const double *) a;
  const double other = *(const double *) b;

  return one < other ? -1 : one > other;
}

static void
make_number_set (AnnFilterTest *self, AnnDtype dtype, const GPtrArray *items)
{
  const gboolean is_signed = ann_dtype_is_signed (dtype);

  self->items = g_array_new (FALSE, FALSE, sizeof (guint64));
  if (!ann_dtype_is_integer (dtype))
    {
      self->kind = ANN_TEST_FLOAT_SET;
      for (guint i = 0; i < items->len; i++)
        {
          const AnnFilterValue *item = g_ptr_array_index (items, i);
          const double number = _ann_filter_round (dtype, item->number.value);

          g_array_append_val (self->items, number);
        }
      g_array_sort (self->items, compare_doubles);
      return;
    }

  self->kind = ANN_TEST_INTEGER_SET;
  for (guint i = 0; i < items->len; i++)
    {
      const AnnFilterValue *item = g_ptr_array_index (items, i);
      const Spot spot = find_spot (&item->number, is_signed);

      if (spot.side == 0 && spot.is_exact)
        g_array_append_val (self->items, spot.floor);
    }
  g_array_sort (self->items, is_signed ? compare_signed : compare_unsigned);
}

/* --- Texts and truth values --- */

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return _ann_filter_text_compare (a, b);
}

static AnnFilterText
get_text (const AnnFilterValue *literal)
{
  return (AnnFilterText){ literal->text, strlen (literal->text) };
}

static void
make_text_set (AnnFilterTest *self, const GPtrArray *items)
{
  self->kind = ANN_TEST_TEXT_SET;
  self->items = g_array_new (FALSE, FALSE, sizeof (AnnFilterText));
  for (guint i = 0; i < items->len; i++)
    {
      const AnnFilterText text = get_text (g_ptr_array_index (items, i));

      g_array_append_val (self->items, text);
    }
  g_array_sort (self->items, compare_texts);
}

/* --- Categories --- */

/* The question is put to each category once, and its answer holds for all rows that have it. */
static gboolean
ask_categories (Maker *self, GError **error)
{
  AnnFilterTest *test = self->test;
  const AnnFilterVector categories = _ann_filter_column_get_categories (self->column);
  const gsize n = (gsize) self->column->n_categories;

  test->table = g_try_malloc (MAX (n, 1));
  if (test->table == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "No memory to compare %" G_GSIZE_FORMAT " categories", n);
      return FALSE;
    }
  if (!_ann_filter_test_run (test, &categories, n, self->program->cancellable, test->table, error))
    return FALSE;
  test->kind = ANN_TEST_CODE;

  return TRUE;
}

/* Which category @literal is. */
static gboolean
find_category (Maker *self, const AnnFilterValue *literal, guint64 *code, GError **error)
{
  AnnFilterTest equal = { .column = self->column, .compare = ANN_COMPARE_EQUAL };
  const AnnFilterVector categories = _ann_filter_column_get_categories (self->column);
  g_autofree char *name = _ann_filter_quote (self->program->filter->text, &self->name->place);
  g_autofree char *constant = _ann_filter_quote (self->program->filter->text, &literal->place);

  if (self->column->type == ANN_COLUMN_TEXT)
    {
      equal.kind = ANN_TEST_TEXT;
      equal.text = get_text (literal);
    }
  else
    make_number (&equal, self->column->dtype, &literal->number);

  for (*code = 0; *code < self->column->n_categories; (*code)++)
    {
      const AnnFilterVector one = _ann_filter_vector_skip (&categories, (gsize) *code);
      guint8 is_it = FALSE;

      if (!_ann_filter_test_run (&equal, &one, 1, self->program->cancellable, &is_it, error))
        return FALSE;
      if (is_it)
        return TRUE;
    }

  return _ann_filter_program_fail (self->program, &literal->place, ANN_FILTER_ERROR_UNKNOWN, error,
                                   "%s is ordered, and %s is none of its categories", name,
                                   constant);
}

/* In the order of the categories. */
static gboolean
order_categories (Maker *self, const AnnFilterValue *literal, GError **error)
{
  AnnFilterTest *test = self->test;
  const guint64 n = self->column->n_categories;
  guint64 code;

  if (!find_category (self, literal, &code, error))
    return FALSE;
  test->kind = ANN_TEST_CODE;
  test->table = g_try_malloc (MAX (n, 1));
  if (test->table == NULL)
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_TOO_LARGE, "No memory for categories");
      return FALSE;
    }
  for (guint64 i = 0; i < n; i++)
    test->table[i] = _ann_compare_holds (test->compare, i < code ? -1 : i > code);

  return TRUE;
}

static gboolean
finish (Maker *self, GError **error)
{
  return !self->column->is_categorical || ask_categories (self, error);
}

/* --- Leaves --- */

static AnnCompare
turn (AnnCompare compare)
{
  static const AnnCompare turned[] = {
    [ANN_COMPARE_EQUAL] = ANN_COMPARE_EQUAL,
    [ANN_COMPARE_NOT_EQUAL] = ANN_COMPARE_NOT_EQUAL,
    [ANN_COMPARE_LESS] = ANN_COMPARE_GREATER,
    [ANN_COMPARE_LESS_OR_EQUAL] = ANN_COMPARE_GREATER_OR_EQUAL,
    [ANN_COMPARE_GREATER] = ANN_COMPARE_LESS,
    [ANN_COMPARE_GREATER_OR_EQUAL] = ANN_COMPARE_LESS_OR_EQUAL,
  };

  return turned[compare];
}

static gboolean
make_comparison (Maker *self, const AnnFilterValue *literal, GError **error)
{
  AnnFilterTest *test = self->test;

  if (!check_literal (self, literal, error) || !check_order (self, test->compare, error))
    return FALSE;
  if (self->column->is_ordered && is_order (test->compare))
    return order_categories (self, literal, error);

  if (self->column->type == ANN_COLUMN_NUMBER)
    make_number (test, self->column->dtype, &literal->number);
  else if (self->column->type == ANN_COLUMN_TEXT)
    {
      test->kind = ANN_TEST_TEXT;
      test->text = get_text (literal);
    }
  else
    {
      test->kind = ANN_TEST_BOOLEAN;
      test->truths[literal->truth] = test->compare == ANN_COMPARE_EQUAL;
      test->truths[!literal->truth] = test->compare == ANN_COMPARE_NOT_EQUAL;
    }

  return finish (self, error);
}

/* Whether two columns have the same categories in the same order. */
static gboolean
have_same_categories (const AnnFilterColumn *one, const AnnFilterColumn *other)
{
  if (one->n_categories != other->n_categories || one->labels == NULL || other->labels == NULL)
    return FALSE;

  for (gsize i = 0; i < one->n_categories; i++)
    {
      AnnFilterText texts[2];

      texts[0].text = ann_strings_get (one->labels, i, &texts[0].length);
      texts[1].text = ann_strings_get (other->labels, i, &texts[1].length);
      if (_ann_filter_text_compare (&texts[0], &texts[1]) != 0)
        return FALSE;
    }

  return TRUE;
}

static gboolean
make_pair (Maker *self, const AnnFilterColumn *other, GError **error)
{
  AnnFilterTest *test = self->test;
  const AnnFilterColumn *column = self->column;
  const AnnFilterValue *other_name = self->node->right;
  g_autofree char *one_name = _ann_filter_quote (self->program->filter->text, &self->name->place);
  g_autofree char *two_name = _ann_filter_quote (self->program->filter->text, &other_name->place);

  if (column->type != other->type)
    return _ann_filter_program_fail (
        self->program, &self->node->place, ANN_FILTER_ERROR_TYPE, error, "%s is %s and %s is %s",
        one_name, describe_type (column->type), two_name, describe_type (other->type));
  if (!check_order (self, test->compare, error))
    return FALSE;

  test->kind = ANN_TEST_PAIR;
  test->other = other;
  if (!is_order (test->compare) || (!column->is_ordered && !other->is_ordered))
    return TRUE;
  test->by_code = column->is_ordered && other->is_ordered && have_same_categories (column, other);
  if (test->by_code)
    return TRUE;

  return _ann_filter_program_fail (self->program, &self->node->place, ANN_FILTER_ERROR_TYPE, error,
                                   "%s and %s do not have the same ordered categories", one_name,
                                   two_name);
}

static gboolean
make_compare (Maker *self, GError **error)
{
  const AnnFilterNode *node = self->node;
  const AnnFilterColumn *right = get_column (self->program, node->right);

  self->test->compare = node->compare;
  if (self->column != NULL && right != NULL)
    return make_pair (self, right, error);
  if (self->column != NULL)
    return make_comparison (self, node->right, error);

  self->column = self->test->column = right;
  self->name = node->right;
  self->test->compare = turn (node->compare);
  if (right != NULL)
    return make_comparison (self, node->left, error);

  return _ann_filter_program_fail (self->program, &node->place, ANN_FILTER_ERROR_TYPE, error,
                                   "Here two constants are compared: one should be a column");
}

static gboolean
make_set (Maker *self, GError **error)
{
  const GPtrArray *items = self->node->items;

  for (guint i = 0; i < items->len; i++)
    {
      if (!check_literal (self, g_ptr_array_index (items, i), error))
        return FALSE;
    }

  if (self->column->type == ANN_COLUMN_NUMBER)
    make_number_set (self->test, self->column->dtype, items);
  else if (self->column->type == ANN_COLUMN_TEXT)
    make_text_set (self->test, items);
  else
    {
      self->test->kind = ANN_TEST_BOOLEAN;
      for (guint i = 0; i < items->len; i++)
        self->test->truths[((const AnnFilterValue *) g_ptr_array_index (items, i))->truth] = TRUE;
      if (self->test->is_negated)
        {
          self->test->truths[0] = !self->test->truths[0];
          self->test->truths[1] = !self->test->truths[1];
          self->test->is_negated = FALSE;
        }
    }

  return finish (self, error);
}

static gboolean
make_regex (Maker *self, GError **error)
{
  g_autofree char *name = _ann_filter_quote (self->program->filter->text, &self->name->place);

  if (self->column->type != ANN_COLUMN_TEXT)
    return _ann_filter_program_fail (self->program, &self->node->place, ANN_FILTER_ERROR_TYPE,
                                     error, "%s is %s, and a regular expression matches texts",
                                     name, describe_type (self->column->type));

  self->test->kind = ANN_TEST_REGEX;
  self->test->regex = self->node->regex;

  return finish (self, error);
}

static gboolean
make_truth (Maker *self, GError **error)
{
  g_autofree char *name = _ann_filter_quote (self->program->filter->text, &self->name->place);

  if (self->name->kind == ANN_VALUE_BOOLEAN)
    {
      make_constant (self->test, self->name->truth);
      return TRUE;
    }
  if (self->column == NULL || self->column->type != ANN_COLUMN_BOOLEAN)
    return _ann_filter_program_fail (
        self->program, &self->name->place, ANN_FILTER_ERROR_TYPE, error,
        "%s is %s and not true or false: compare it with something", name,
        describe_type (self->column != NULL ? self->column->type : get_literal_type (self->name)));

  self->test->kind = ANN_TEST_BOOLEAN;
  self->test->truths[1] = TRUE;

  return finish (self, error);
}

gboolean
_ann_filter_test_init (AnnFilterTest *self,
                       AnnFilterProgram *program,
                       const AnnFilterNode *node,
                       GError **error)
{
  Maker maker = { self, program, node, get_column (program, node->left), node->left };

  self->column = maker.column;
  self->is_negated = node->is_negated;
  program->place = node->place;
  if (node->kind == ANN_NODE_COMPARE)
    return make_compare (&maker, error);
  if (node->kind == ANN_NODE_TRUTH)
    return make_truth (&maker, error);
  if (maker.column == NULL)
    return _ann_filter_program_fail (program, &node->left->place, ANN_FILTER_ERROR_TYPE, error,
                                     "Here should be a column and not a constant");
  if (node->kind == ANN_NODE_IN)
    return make_set (&maker, error);
  if (node->kind == ANN_NODE_MATCHES)
    return make_regex (&maker, error);

  self->kind = ANN_TEST_MISSING;

  return TRUE;
}

void
_ann_filter_test_clear (AnnFilterTest *self)
{
  g_clear_pointer (&self->items, g_array_unref);
  g_clear_pointer (&self->table, g_free);
}
