/* ann-vector-plan.c: what vectors of several types become when they are joined
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "view/ann-vector-plan-private.h"

#include "base/ann-error.h"
#include "element/ann-categorical.h"
#include "view/ann-promote-private.h"

#include <math.h>
#include <string.h>

/* Bits for what there is among the parts. */
typedef enum {
  HAS_BOOL = 1 << 0,
  HAS_NUMBER = 1 << 1,
  HAS_NULLABLE_INTEGER = 1 << 2,
  HAS_NULLABLE_BOOL = 1 << 3,
  HAS_TEXT = 1 << 4,
  HAS_NULLABLE_TEXT = 1 << 5,
  HAS_CATEGORICAL = 1 << 6,
  HAS_NOTHING = 1 << 7,
  HAS_OTHER = 1 << 8,
} Mixture;

#define ANY_BOOL (HAS_BOOL | HAS_NULLABLE_BOOL)
#define ANY_TEXT (HAS_TEXT | HAS_NULLABLE_TEXT)
#define ANY_NULLABLE (HAS_NULLABLE_INTEGER | HAS_NULLABLE_BOOL)
#define ANY_NUMBER (ANY_BOOL | HAS_NUMBER | HAS_NULLABLE_INTEGER)

static Mixture
describe_values (AnnElement *element)
{
  switch ((int) ann_element_get_kind (element))
    {
    case ANN_ELEMENT_DENSE:
      return ann_element_get_dtype (element) == ANN_DTYPE_BOOL ? HAS_BOOL : HAS_NUMBER;
    case ANN_ELEMENT_NULLABLE_INTEGER:
      return HAS_NULLABLE_INTEGER;
    case ANN_ELEMENT_NULLABLE_BOOLEAN:
      return HAS_NULLABLE_BOOL;
    case ANN_ELEMENT_STRINGS:
      return HAS_TEXT;
    case ANN_ELEMENT_NULLABLE_STRING:
      return HAS_NULLABLE_TEXT;
    case ANN_ELEMENT_CATEGORICAL:
      return HAS_CATEGORICAL;
    default:
      return HAS_OTHER;
    }
}

static gboolean
has_gaps (const AnnVectorPart *part)
{
  return part->element == NULL
         || (part->reindex != NULL && part->reindex->n_found < part->reindex->length);
}

/* A part without rows has no say where it could hold missing values: pandas passes over it. */
static gboolean
has_say (const AnnVectorPart *part)
{
  return part->element != NULL
         && (part->length > 0 || (describe_values (part->element) == HAS_BOOL)
             || ann_dtype_is_integer (ann_element_get_dtype (part->element)));
}

static Mixture
describe_part (const AnnVectorPart *part, gboolean sees_through)
{
  Mixture mixture = describe_values (part->element);

  if (mixture == HAS_CATEGORICAL && sees_through)
    mixture = describe_values (ann_categorical_get_categories (ANN_CATEGORICAL (part->element)));

  return mixture | (has_gaps (part) ? HAS_NOTHING : 0);
}

/* @sees_through: whether a categorical counts as what its categories are */
static Mixture
describe_parts (const AnnVectorPlan *self, gboolean sees_through)
{
  gboolean any_say = FALSE;
  Mixture mixture = 0;

  for (gsize i = 0; i < self->n_parts; i++)
    any_say |= has_say (&self->parts[i]);
  for (gsize i = 0; i < self->n_parts; i++)
    {
      const AnnVectorPart *part = &self->parts[i];

      if (part->element == NULL)
        mixture |= HAS_NOTHING;
      else if (!any_say || has_say (part))
        mixture |= describe_part (part, sees_through);
    }

  return mixture;
}

/* --- Values that are all missing --- */

/* So many rows are looked at first: mostly the first of them tells. */
#define FIRST_ROWS ((guint64) 1024)
#define MAX_ROWS ((guint64) 1 << 20)

static gboolean
is_missing (const AnnBlock *block, guint64 row, AnnDtype dtype, gboolean is_categorical)
{
  if (block->missing != NULL)
    return ann_block_is_missing (block, row);
  if (is_categorical)
    return ((const gint32 *) ann_buffer_get_data (block->values))[row] == -1;

  return ann_dtype_is_float (dtype) && isnan (ann_buffer_get_double (block->values, row));
}

gboolean
_ann_vector_find_value (AnnElement *element,
                        gboolean missing,
                        gboolean *found,
                        GCancellable *cancellable,
                        GError **error)
{
  const gboolean is_categorical = ANN_IS_CATEGORICAL (element);
  const AnnDtype dtype = ann_element_get_dtype (element);
  const guint64 n_rows = ann_element_get_n_rows (element);
  guint64 step = FIRST_ROWS;

  *found = FALSE;
  for (guint64 start = 0; start < n_rows && !*found; start += step, step = MAX_ROWS)
    {
      g_autoptr (AnnBlock) block = NULL;

      step = MIN (step, n_rows - start);
      block = ann_element_read_rows (element, start, step, cancellable, error);
      if (block == NULL)
        return FALSE;
      for (guint64 i = 0; i < step && !*found; i++)
        *found = is_missing (block, i, dtype, is_categorical) == missing;
    }

  return TRUE;
}

static gboolean
are_of_one_type (const AnnVectorPlan *self)
{
  AnnElement *first = NULL;

  for (gsize i = 0; i < self->n_parts; i++)
    {
      AnnElement *element = self->parts[i].element;

      if (element == NULL)
        continue;
      if (first == NULL)
        first = element;
      if (ann_element_get_kind (element) != ann_element_get_kind (first)
          || ann_element_get_dtype (element) != ann_element_get_dtype (first))
        return FALSE;
    }

  return TRUE;
}

/* Of a nullable part: whether there are others whose values it can hold. */
static gboolean
has_fellow (const AnnVectorPlan *self, const AnnVectorPart *part)
{
  for (gsize i = 0; i < self->n_parts; i++)
    if (&self->parts[i] != part && self->parts[i].element != NULL
        && (describe_values (self->parts[i].element)
            & (ANY_BOOL | HAS_NULLABLE_INTEGER | HAS_NUMBER))
               != 0
        && !ann_dtype_is_float (ann_element_get_dtype (self->parts[i].element)))
      return TRUE;

  return FALSE;
}

/* Whether it could be that all of a part is missing, and its type would then not count. */
static gboolean
may_be_void (const AnnVectorPlan *self, const AnnVectorPart *part)
{
  if (part->element == NULL || part->length == 0)
    return FALSE;

  switch (describe_values (part->element))
    {
    case HAS_NUMBER:
      return ann_dtype_is_float (ann_element_get_dtype (part->element));
    case HAS_CATEGORICAL:
    case HAS_NULLABLE_TEXT:
      return TRUE;
    case HAS_NULLABLE_INTEGER:
    case HAS_NULLABLE_BOOL:
      return !has_fellow (self, part);
    case HAS_BOOL:
    case HAS_TEXT:
    case HAS_NOTHING:
    case HAS_OTHER:
    default:
      return FALSE;
    }
}

/* Where types differ, pandas passes over those of parts that have no value at all: they are taken
 * as parts without the column, unless all are such.
 */
static gboolean
drop_void (AnnVectorPlan *self, GCancellable *cancellable, GError **error)
{
  g_autofree gboolean *has_values = g_new0 (gboolean, MAX (self->n_parts, 1));
  gboolean any_values = FALSE;

  if (are_of_one_type (self))
    return TRUE;

  for (gsize i = 0; i < self->n_parts; i++)
    {
      const AnnVectorPart *part = &self->parts[i];

      if (part->element == NULL)
        continue;
      has_values[i] = !may_be_void (self, part);
      if (!has_values[i]
          && !_ann_vector_find_value (part->element, FALSE, &has_values[i], cancellable, error))
        return FALSE;
      any_values |= has_values[i] && part->length > 0;
    }
  for (gsize i = 0; any_values && i < self->n_parts; i++)
    if (!has_values[i])
      g_clear_object (&self->parts[i].element);

  return TRUE;
}

/* --- Types --- */

/* The type of all numbers, of categories too. */
static AnnDtype
promote_numbers (const AnnVectorPlan *self)
{
  gboolean is_known = FALSE;
  AnnDtype dtype = ANN_DTYPE_BOOL;

  for (gsize i = 0; i < self->n_parts; i++)
    {
      AnnElement *element = self->parts[i].element;
      AnnDtype own;

      if (element == NULL)
        continue;
      own = ANN_IS_CATEGORICAL (element)
                ? ann_element_get_dtype (ann_categorical_get_categories (ANN_CATEGORICAL (element)))
                : ann_element_get_dtype (element);
      dtype = is_known ? _ann_dtype_promote (dtype, own) : own;
      is_known = TRUE;
    }

  return dtype;
}

static void
set_target (AnnVectorPlan *self, AnnVectorTarget target, AnnElementKind kind, AnnDtype dtype)
{
  self->target = target;
  self->kind = kind;
  self->dtype = dtype;
}

static void
plan_texts (AnnVectorPlan *self, Mixture mixture)
{
  const gboolean masked = (mixture & ~HAS_TEXT) != 0;

  set_target (self, masked ? ANN_VECTOR_MASKED_TEXTS : ANN_VECTOR_TEXTS,
              masked ? ANN_ELEMENT_NULLABLE_STRING : ANN_ELEMENT_STRINGS, ANN_DTYPE_STRING);
}

/* Whether there are dates of several types, or beside anything else: what they become is none. */
static gboolean
mixes_dates (const AnnVectorPlan *self)
{
  const char *found = NULL;
  gboolean is_known = FALSE;

  for (gsize i = 0; i < self->n_parts; i++)
    {
      AnnElement *element = self->parts[i].element;
      const char *own;

      if (element == NULL)
        continue;
      own = ann_element_get_time_type (element);
      if (is_known && g_strcmp0 (own, found) != 0)
        return TRUE;
      found = own;
      is_known = TRUE;
    }

  return FALSE;
}

/* The types of the parts' values, each once: “int32, int64 and float32”. Sets @n_types. */
static char *
list_types (const AnnVectorPlan *self, guint *n_types)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; i < self->n_parts; i++)
    {
      AnnElement *element = self->parts[i].element;
      const char *name;

      if (element == NULL)
        continue;
      name = ANN_IS_CATEGORICAL (element) ? "categories"
                                          : ann_dtype_get_name (ann_element_get_dtype (element));
      if (!g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL))
        g_ptr_array_add (names, (gpointer) name);
    }
  for (guint i = 0; i < names->len; i++)
    g_string_append_printf (text, "%s%s",
                            i == 0                ? ""
                            : i + 1 == names->len ? " and "
                                                  : ", ",
                            (const char *) g_ptr_array_index (names, i));
  *n_types = names->len;

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
describe_numbers (const AnnVectorPlan *self, Mixture mixture)
{
  guint n_types;
  g_autofree char *types = list_types (self, &n_types);
  const char *name = ann_dtype_get_name (self->dtype);

  if (mixes_dates (self))
    return g_strdup_printf ("dates of several units, or beside other numbers: all become plain %s",
                            name);
  if ((mixture & ANY_BOOL) != 0 && self->dtype != ANN_DTYPE_BOOL)
    return g_strdup ("truth values and numbers: true becomes 1 and false 0");
  if (n_types > 1)
    return g_strdup_printf ("values of %s: all become %s", types, name);
  if (self->target == ANN_VECTOR_NUMBERS && strcmp (types, name) != 0)
    return g_strdup_printf ("values of %s, which some of the stores have not: they become %s",
                            types, name);

  return NULL;
}

static void
plan_nullable (AnnVectorPlan *self, Mixture mixture)
{
  const AnnDtype dtype = promote_numbers (self);

  if (!ann_dtype_is_integer (dtype) && dtype != ANN_DTYPE_BOOL)
    {
      set_target (self, ANN_VECTOR_NUMBERS, ANN_ELEMENT_DENSE,
                  ann_dtype_is_complex (dtype) ? ANN_DTYPE_COMPLEX128 : ANN_DTYPE_FLOAT64);
      self->clash = g_strdup ("integers that may be missing and fractions: all become fractions, "
                              "NaN where one is missing");
      return;
    }

  set_target (self, ANN_VECTOR_MASKED,
              dtype == ANN_DTYPE_BOOL ? ANN_ELEMENT_NULLABLE_BOOLEAN : ANN_ELEMENT_NULLABLE_INTEGER,
              dtype);
  self->clash = describe_numbers (self, mixture);
}

static void
plan_numbers (AnnVectorPlan *self, Mixture mixture, gboolean is_incomplete)
{
  AnnDtype dtype = promote_numbers (self);

  if (dtype == ANN_DTYPE_BOOL && is_incomplete)
    {
      set_target (self, ANN_VECTOR_MASKED, ANN_ELEMENT_NULLABLE_BOOLEAN, dtype);
      return;
    }
  if (is_incomplete && ann_dtype_is_integer (dtype))
    dtype = ANN_DTYPE_FLOAT64;
  set_target (self, ANN_VECTOR_NUMBERS, ANN_ELEMENT_DENSE, dtype);
  self->clash = describe_numbers (self, mixture);
}

/* Whether a row of one of the categoricals is in none of its categories. */
static gboolean
find_missing_codes (const AnnVectorPlan *self,
                    gboolean *found,
                    GCancellable *cancellable,
                    GError **error)
{
  *found = FALSE;
  for (gsize i = 0; i < self->n_parts && !*found; i++)
    {
      AnnElement *element = self->parts[i].element;

      if (element != NULL && ANN_IS_CATEGORICAL (element)
          && !_ann_vector_find_value (element, TRUE, found, cancellable, error))
        return FALSE;
    }

  return TRUE;
}

/* No categorical, or one beside something else, which is then what its categories are. */
static gboolean
plan_values (AnnVectorPlan *self, const char *path, GCancellable *cancellable, GError **error)
{
  const Mixture parts = describe_parts (self, FALSE);
  const Mixture mixture = describe_parts (self, TRUE);
  gboolean is_incomplete = FALSE;

  if ((mixture & HAS_OTHER) != 0)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: the parts have values of kinds that cannot be joined", path);
      return FALSE;
    }

  if ((mixture & ANY_TEXT) != 0)
    {
      plan_texts (self, parts);
      if ((mixture & ANY_NUMBER) != 0)
        self->clash = g_strdup ("texts and numbers: all become texts");
      else if ((parts & HAS_CATEGORICAL) != 0)
        self->clash = g_strdup ("categories and texts: all become texts");
    }
  else if ((mixture & ANY_NULLABLE) != 0
           || (mixes_dates (self) && ann_dtype_is_integer (promote_numbers (self))))
    plan_nullable (self, mixture);
  else
    {
      if (!find_missing_codes (self, &is_incomplete, cancellable, error))
        return FALSE;
      plan_numbers (self, mixture, is_incomplete || (mixture & HAS_NOTHING) != 0);
    }

  return TRUE;
}

/* --- Categories beside something else --- */

static AnnBuffer *
read_numbers (AnnElement *categories, AnnDtype dtype, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnBlock) block = NULL;

  block = ann_element_read_rows (categories, 0, ann_element_get_n_rows (categories), cancellable,
                                 error);

  return block != NULL ? ann_buffer_convert (block->values, dtype, error) : NULL;
}

static gboolean
read_categories (AnnVectorPlan *self, GCancellable *cancellable, GError **error)
{
  for (gsize i = 0; i < self->n_parts; i++)
    {
      AnnVectorPart *part = &self->parts[i];
      AnnCategorical *categorical;

      if (part->element == NULL || !ANN_IS_CATEGORICAL (part->element))
        continue;
      categorical = ANN_CATEGORICAL (part->element);
      if (self->target == ANN_VECTOR_TEXTS || self->target == ANN_VECTOR_MASKED_TEXTS)
        part->labels = ann_categorical_read_labels (categorical, cancellable, error);
      else
        part->numbers = read_numbers (ann_categorical_get_categories (categorical), self->dtype,
                                      cancellable, error);
      if (part->labels == NULL && part->numbers == NULL)
        return FALSE;
    }

  return TRUE;
}

/* --- Categories alone --- */

/* Categories of which there are none have no type. */
static gboolean
has_categories (const AnnVectorPart *part)
{
  return part->element != NULL
         && ann_element_get_n_rows (
                ann_categorical_get_categories (ANN_CATEGORICAL (part->element)))
                > 0;
}

static gboolean
have_texts (const AnnVectorPlan *self)
{
  for (gsize i = 0; i < self->n_parts; i++)
    {
      AnnElement *element = self->parts[i].element;

      if (has_categories (&self->parts[i])
          && !ann_dtype_comes_as_strings (
              ann_element_get_dtype (ann_categorical_get_categories (ANN_CATEGORICAL (element)))))
        return FALSE;
    }

  return TRUE;
}

static gboolean
have_numbers (const AnnVectorPlan *self)
{
  for (gsize i = 0; i < self->n_parts; i++)
    {
      AnnElement *element = self->parts[i].element;

      if (has_categories (&self->parts[i])
          && ann_dtype_comes_as_strings (
              ann_element_get_dtype (ann_categorical_get_categories (ANN_CATEGORICAL (element)))))
        return FALSE;
    }

  return TRUE;
}

/* Ordered categories stay so only if all are the same; else the values are no categories any more.
 * Texts and numbers in one list cannot be stored.
 */
static gboolean
plan_categories (AnnVectorPlan *self, const char *path, GCancellable *cancellable, GError **error)
{
  if (have_texts (self) || have_numbers (self))
    {
      if (!_ann_vector_plan_unite (self, path, cancellable, error))
        return FALSE;
      if (self->categories != NULL)
        {
          set_target (self, ANN_VECTOR_CODES, ANN_ELEMENT_CATEGORICAL, ANN_DTYPE_INT32);
          return TRUE;
        }
    }

  if (!plan_values (self, path, cancellable, error))
    return FALSE;
  g_free (self->clash);
  self->clash = g_strdup (self->target == ANN_VECTOR_NUMBERS
                              ? "ordered categories that differ: they become numbers"
                              : "ordered categories that differ: they become texts");
  if (!have_texts (self) && !have_numbers (self))
    {
      g_free (self->clash);
      self->clash = g_strdup ("categories of texts and of numbers: all become texts");
    }

  return read_categories (self, cancellable, error);
}

static gboolean
are_all_categoricals (const AnnVectorPlan *self)
{
  for (gsize i = 0; i < self->n_parts; i++)
    if (self->parts[i].element != NULL && !ANN_IS_CATEGORICAL (self->parts[i].element))
      return FALSE;

  return TRUE;
}

static gboolean
check_parts (const AnnVectorPlan *self, const char *path, GError **error)
{
  for (gsize i = 0; i < self->n_parts; i++)
    {
      AnnElement *element = self->parts[i].element;
      const GError *why = element != NULL ? ann_element_get_error (element) : NULL;

      if (why != NULL)
        {
          g_propagate_error (error, g_error_copy (why));
          return FALSE;
        }
      if (element != NULL && ann_element_get_rank (element) != 1)
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED, "%s: is %s with %u axes", path,
                       ann_element_kind_get_name (ann_element_get_kind (element)),
                       ann_element_get_rank (element));
          return FALSE;
        }
    }

  return TRUE;
}

gboolean
_ann_vector_plan_init (AnnVectorPlan *self,
                       const char *path,
                       const AnnStackPart *parts,
                       gsize n_parts,
                       GCancellable *cancellable,
                       GError **error)
{
  *self = (AnnVectorPlan){ .n_parts = n_parts };
  self->parts = g_new0 (AnnVectorPart, n_parts);
  for (gsize i = 0; i < n_parts; i++)
    {
      self->parts[i].name = g_strdup (parts[i].name);
      self->parts[i].length = parts[i].length;
      if (parts[i].unavailable != NULL)
        self->parts[i].unavailable = g_error_copy (parts[i].unavailable);
      self->parts[i].element = parts[i].element != NULL ? g_object_ref (parts[i].element) : NULL;
      self->parts[i].reindex = parts[i].reindex != NULL ? _ann_reindex_ref (parts[i].reindex)
                                                        : NULL;
    }

  if (!check_parts (self, path, error))
    return FALSE;
  if (!are_all_categoricals (self) && !drop_void (self, cancellable, error))
    return FALSE;
  if (are_all_categoricals (self))
    return plan_categories (self, path, cancellable, error);

  return plan_values (self, path, cancellable, error) && read_categories (self, cancellable, error);
}

void
_ann_vector_plan_clear (AnnVectorPlan *self)
{
  for (gsize i = 0; i < self->n_parts; i++)
    {
      AnnVectorPart *part = &self->parts[i];

      g_clear_pointer (&part->name, g_free);
      g_clear_object (&part->element);
      g_clear_error (&part->unavailable);
      g_clear_pointer (&part->reindex, _ann_reindex_unref);
      g_clear_pointer (&part->code_map, g_free);
      g_clear_pointer (&part->labels, ann_strings_unref);
      g_clear_pointer (&part->numbers, ann_buffer_unref);
    }
  g_clear_pointer (&self->parts, g_free);
  self->n_parts = 0;
  g_clear_object (&self->categories);
  g_clear_pointer (&self->clash, g_free);
}
