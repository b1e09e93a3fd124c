/* ann-element-equal.c: whether two elements hold the same
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-element-equal-private.h"

#include "base/ann-error.h"
#include "element/ann-categorical.h"
#include "element/ann-frame.h"
#include "element/ann-sparse.h"
#include "view/ann-stack.h"

#include <math.h>
#include <string.h>

/* About so many bytes of each are in memory at once. */
#define PIECE_SIZE ((guint64) 8 * 1024 * 1024)

static gboolean
have_same_shape (AnnElement *one, AnnElement *other)
{
  const guint rank = ann_element_get_rank (one);

  return rank == ann_element_get_rank (other)
         && (rank == 0
             || memcmp (ann_element_get_shape (one), ann_element_get_shape (other),
                        rank * sizeof (guint64))
                    == 0);
}

/* --- Blocks --- */

static gboolean
numbers_are_equal (const AnnBlock *one, const AnnBlock *other, gsize i)
{
  const AnnDtype dtype = ann_buffer_get_dtype (one->values);
  const gsize size = ann_dtype_get_size (dtype);
  const guint8 *bytes = (const guint8 *) ann_buffer_get_data (one->values) + i * size;
  const guint8 *other_bytes = (const guint8 *) ann_buffer_get_data (other->values) + i * size;
  double value;
  double other_value;

  if (memcmp (bytes, other_bytes, size) == 0)
    return TRUE;
  if (!ann_dtype_is_float (dtype)) /* a complex NaN is rare enough to be compared by its bytes */
    return FALSE;

  value = ann_buffer_get_double (one->values, i);
  other_value = ann_buffer_get_double (other->values, i);

  return value == other_value || (isnan (value) && isnan (other_value));
}

static gboolean
texts_are_equal (const AnnBlock *one, const AnnBlock *other, gsize i)
{
  gsize length;
  gsize other_length;
  const char *text = ann_strings_get (one->texts, i, &length);
  const char *other_text = ann_strings_get (other->texts, i, &other_length);

  return length == other_length && memcmp (text, other_text, length) == 0;
}

static gboolean
blocks_are_equal (const AnnBlock *one, const AnnBlock *other)
{
  const gsize n = one->texts != NULL ? ann_strings_get_length (one->texts)
                                     : ann_buffer_get_n_elements (one->values);

  for (gsize i = 0; i < n; i++)
    {
      const gboolean is_missing = ann_block_is_missing (one, i);

      if (is_missing != ann_block_is_missing (other, i))
        return FALSE;
      if (!is_missing
          && !(one->texts != NULL ? texts_are_equal (one, other, i)
                                  : numbers_are_equal (one, other, i)))
        return FALSE;
    }

  return TRUE;
}

static guint64
get_rows_at_once (AnnElement *element)
{
  const guint64 width = MAX (ann_element_get_width (element), 1);

  return MAX (PIECE_SIZE / 16 / MIN (width, PIECE_SIZE), 1);
}

/* The rows of @one with those of @other from @offset on. */
static gboolean
compare_rows (AnnElement *one,
              AnnElement *other,
              guint64 offset,
              gboolean (*compare) (const AnnBlock *one, const AnnBlock *other),
              gboolean *are_equal,
              GCancellable *cancellable,
              GError **error)
{
  const guint64 n_rows = ann_element_get_n_rows (other) - offset;
  const guint64 at_once = get_rows_at_once (one);

  *are_equal = TRUE;
  for (guint64 start = 0; start < n_rows && *are_equal; start += at_once)
    {
      const guint64 n = MIN (at_once, n_rows - start);
      g_autoptr (AnnBlock) block = ann_element_read_rows (one, start, n, cancellable, error);
      g_autoptr (AnnBlock) other_block = NULL;

      if (block == NULL)
        return FALSE;
      other_block = ann_element_read_rows (other, offset + start, n, cancellable, error);
      if (other_block == NULL)
        return FALSE;
      *are_equal = compare (block, other_block);
    }

  return TRUE;
}

/* --- Sparse matrices --- */

/* The next entry of a row that is not zero. */
static gboolean
find_entry (const AnnBlock *block, guint64 *at, guint64 end)
{
  while (*at < end && ann_buffer_get_double (block->values, *at) == 0)
    (*at)++;

  return *at < end;
}

/* Both are canonical. */
static gboolean
entries_are_equal (const AnnBlock *one, const AnnBlock *other)
{
  const guint64 *pointers = ann_buffer_get_data (one->indptr);
  const guint64 *other_pointers = ann_buffer_get_data (other->indptr);

  for (guint64 row = 0; row < one->count; row++)
    {
      guint64 i = pointers[row];
      guint64 k = other_pointers[row];

      for (;; i++, k++)
        {
          const gboolean is_there = find_entry (one, &i, pointers[row + 1]);
          double value;
          double other_value;

          if (is_there != find_entry (other, &k, other_pointers[row + 1]))
            return FALSE;
          if (!is_there)
            break;
          value = ann_buffer_get_double (one->values, i);
          other_value = ann_buffer_get_double (other->values, k);
          if (ann_buffer_get_double (one->indices, i) != ann_buffer_get_double (other->indices, k)
              || (value != other_value && !(isnan (value) && isnan (other_value))))
            return FALSE;
        }
    }

  return TRUE;
}

static gboolean
sparse_blocks_are_equal (const AnnBlock *one, const AnnBlock *other)
{
  g_autoptr (AnnBlock) sorted = ann_block_canonicalize ((AnnBlock *) one, NULL);
  g_autoptr (AnnBlock) other_sorted = ann_block_canonicalize ((AnnBlock *) other, NULL);

  return sorted != NULL && other_sorted != NULL && entries_are_equal (sorted, other_sorted);
}

/* --- Kinds --- */

static gboolean
compare_scalars (AnnElement *one,
                 AnnElement *other,
                 gboolean *are_equal,
                 GCancellable *cancellable,
                 GError **error)
{
  g_autoptr (AnnBlock) block = ann_element_read_rows (one, 0, 1, cancellable, error);
  g_autoptr (AnnBlock) other_block = NULL;

  if (block == NULL)
    return FALSE;
  other_block = ann_element_read_rows (other, 0, 1, cancellable, error);
  if (other_block == NULL)
    return FALSE;

  if (block->texts != NULL && other_block->texts != NULL)
    *are_equal = texts_are_equal (block, other_block, 0);
  else if (block->texts != NULL || other_block->texts != NULL)
    *are_equal = FALSE;
  else if (ann_buffer_get_dtype (block->values) == ann_buffer_get_dtype (other_block->values)
           && !ann_dtype_is_float (ann_buffer_get_dtype (block->values)))
    *are_equal = numbers_are_equal (block, other_block, 0);
  else /* of any type, and NaN is nothing's equal here */
    *are_equal = ann_buffer_get_double (block->values, 0)
                 == ann_buffer_get_double (other_block->values, 0);

  return TRUE;
}

static gboolean
compare_children (AnnElement *one,
                  AnnElement *other,
                  gboolean are_columns,
                  gboolean *are_equal,
                  GCancellable *cancellable,
                  GError **error)
{
  g_auto (GStrv) names = ann_element_list_children (one, cancellable, error);
  g_auto (GStrv) other_names = NULL;

  if (names == NULL)
    return FALSE;
  other_names = ann_element_list_children (other, cancellable, error);
  if (other_names == NULL)
    return FALSE;

  *are_equal = g_strv_equal ((const char *const *) names, (const char *const *) other_names);
  for (guint i = 0; names[i] != NULL && *are_equal; i++)
    {
      g_autoptr (AnnElement) child = ann_element_open_child (one, names[i], cancellable, error);
      g_autoptr (AnnElement) other_child = NULL;

      if (child == NULL)
        return FALSE;
      other_child = ann_element_open_child (other, names[i], cancellable, error);
      if (other_child == NULL
          || !_ann_element_equal (child, other_child, are_columns, are_equal, cancellable, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
compare_frames (AnnElement *one,
                AnnElement *other,
                gboolean *are_equal,
                GCancellable *cancellable,
                GError **error)
{
  g_autoptr (AnnElement) index = ann_frame_open_index (ANN_FRAME (one), cancellable, error);
  g_autoptr (AnnElement) other_index = NULL;

  if (index == NULL)
    return FALSE;
  other_index = ann_frame_open_index (ANN_FRAME (other), cancellable, error);
  if (other_index == NULL)
    return FALSE;

  return _ann_element_equal (index, other_index, TRUE, are_equal, cancellable, error)
         && (!*are_equal || compare_children (one, other, TRUE, are_equal, cancellable, error));
}

static gboolean
is_text (AnnElement *element)
{
  const AnnElementKind kind = ann_element_get_kind (element);

  return kind == ANN_ELEMENT_STRINGS || kind == ANN_ELEMENT_NULLABLE_STRING;
}

static gboolean
has_texts (AnnElement *element)
{
  return is_text (ANN_IS_CATEGORICAL (element)
                      ? ann_categorical_get_categories (ANN_CATEGORICAL (element))
                      : element);
}

/* What pandas compares of their types: whether the order counts, of what the categories are, and,
 * if it does, their order. Else it is enough that they have the same ones.
 */
static gboolean
compare_category_types (AnnCategorical *one,
                        AnnCategorical *other,
                        gboolean *are_equal,
                        GCancellable *cancellable,
                        GError **error)
{
  const gboolean ordered = ann_categorical_get_ordered (one);
  AnnElement *categories = ann_categorical_get_categories (one);
  AnnElement *other_categories = ann_categorical_get_categories (other);

  if (ordered)
    {
      *are_equal = ann_categorical_get_ordered (other);
      return !*are_equal
             || _ann_element_equal (categories, other_categories, TRUE, are_equal, cancellable,
                                    error);
    }

  *are_equal = !ann_categorical_get_ordered (other)
               && have_same_shape (categories, other_categories)
               && (ann_element_get_dtype (categories) == ann_element_get_dtype (other_categories)
                   || (is_text (categories) && is_text (other_categories)));

  return TRUE;
}

/* Labels: categoricals, or one of them and texts. They are read behind each other, and so as places
 * in one list, or as texts.
 */
static gboolean
compare_labels (AnnElement *one,
                AnnElement *other,
                gboolean are_columns,
                gboolean *are_equal,
                GCancellable *cancellable,
                GError **error)
{
  const guint64 n_rows = ann_element_get_n_rows (one);
  const AnnStackPart parts[] = { { .element = one, .length = n_rows },
                                 { .element = other, .length = n_rows } };
  g_autofree char *clash = NULL;
  g_autoptr (AnnElement) both = NULL;

  *are_equal = has_texts (one) == has_texts (other);
  if (*are_equal && are_columns
      && !compare_category_types (ANN_CATEGORICAL (one), ANN_CATEGORICAL (other), are_equal,
                                  cancellable, error))
    return FALSE;
  if (!*are_equal)
    return TRUE;

  both = _ann_stack_vectors (ann_element_get_path (one), parts, G_N_ELEMENTS (parts), &clash,
                             cancellable, error);
  if (both == NULL)
    return FALSE;
  *are_equal = !are_columns
               || ann_categorical_get_n_categories (ANN_CATEGORICAL (both))
                      == ann_categorical_get_n_categories (ANN_CATEGORICAL (one));

  return !*are_equal
         || compare_rows (both, both, n_rows, blocks_are_equal, are_equal, cancellable, error);
}

/* Out of a table, anndata compares labels as they read, categorical or texts. It does so with a
 * plain array of numbers too, which here is never equal to a categorical of them.
 */
static gboolean
are_labels (AnnElement *one, AnnElement *other, gboolean are_columns)
{
  const guint n_categoricals = ANN_IS_CATEGORICAL (one) + ANN_IS_CATEGORICAL (other);

  return n_categoricals == 2
         || (n_categoricals == 1 && !are_columns && (is_text (one) || is_text (other)));
}

static gboolean
is_scalar (AnnElement *element)
{
  const AnnElementKind kind = ann_element_get_kind (element);

  return kind == ANN_ELEMENT_STRING || kind == ANN_ELEMENT_NUMBER;
}

static gboolean
compare_same_kind (AnnElement *one,
                   AnnElement *other,
                   gboolean *are_equal,
                   GCancellable *cancellable,
                   GError **error)
{
  switch ((int) ann_element_get_kind (one))
    {
    case ANN_ELEMENT_NULL:
      *are_equal = TRUE;
      return TRUE;
    case ANN_ELEMENT_MAPPING:
    case ANN_ELEMENT_RECORDS:
      return compare_children (one, other, FALSE, are_equal, cancellable, error);
    case ANN_ELEMENT_FRAME:
      return compare_frames (one, other, are_equal, cancellable, error);
    default:
      if (ann_element_get_dtype (one) != ann_element_get_dtype (other) && !is_text (one))
        {
          *are_equal = FALSE;
          return TRUE;
        }
      return compare_rows (one, other, 0, blocks_are_equal, are_equal, cancellable, error);
    }
}

gboolean
_ann_element_equal (AnnElement *one,
                    AnnElement *other,
                    gboolean are_columns,
                    gboolean *are_equal,
                    GCancellable *cancellable,
                    GError **error)
{
  *are_equal = FALSE;
  if (ann_element_get_state (one) != ANN_ELEMENT_OK
      || ann_element_get_state (other) != ANN_ELEMENT_OK || !have_same_shape (one, other))
    return TRUE;

  if (is_scalar (one) && is_scalar (other))
    return compare_scalars (one, other, are_equal, cancellable, error);
  if (ANN_IS_SPARSE (one) && ANN_IS_SPARSE (other))
    return compare_rows (one, other, 0, sparse_blocks_are_equal, are_equal, cancellable, error);
  if (are_labels (one, other, are_columns))
    return compare_labels (one, other, are_columns, are_equal, cancellable, error);
  if (ann_element_get_kind (one) != ann_element_get_kind (other)
      && !(is_text (one) && is_text (other)))
    return TRUE;

  return compare_same_kind (one, other, are_equal, cancellable, error);
}
