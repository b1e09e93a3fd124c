/* same-elements.h: whether two elements are the same
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "element/ann-categorical.h"
#include "element/ann-element.h"

static void
assert_same_texts (AnnStrings *a, AnnStrings *b)
{
  g_assert_cmpuint (ann_strings_get_length (a), ==, ann_strings_get_length (b));
  for (gsize i = 0; i < ann_strings_get_length (a); i++)
    {
      gsize length_a;
      gsize length_b;
      const char *text_a = ann_strings_get (a, i, &length_a);
      const char *text_b = ann_strings_get (b, i, &length_b);

      g_assert_cmpmem (text_a, length_a, text_b, length_b);
    }
}

static void
assert_same_buffers (AnnBuffer *a, AnnBuffer *b)
{
  g_assert_true ((a == NULL) == (b == NULL));
  if (a == NULL)
    return;
  g_assert_cmpint (ann_buffer_get_dtype (a), ==, ann_buffer_get_dtype (b));
  g_assert_cmpmem (ann_buffer_get_data (a), ann_buffer_get_size (a), ann_buffer_get_data (b),
                   ann_buffer_get_size (b));
}

static void
assert_same_values (AnnElement *a, AnnElement *b)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnBlock) of_a = ann_element_take (a, NULL, &error);
  g_autoptr (AnnBlock) of_b = NULL;

  g_assert_no_error (error);
  of_b = ann_element_take (b, NULL, &error);
  g_assert_no_error (error);
  assert_same_buffers (of_a->values, of_b->values);
  assert_same_buffers (of_a->missing, of_b->missing);
  assert_same_buffers (of_a->indptr, of_b->indptr);
  assert_same_buffers (of_a->indices, of_b->indices);
  g_assert_true ((of_a->texts == NULL) == (of_b->texts == NULL));
  if (of_a->texts != NULL)
    assert_same_texts (of_a->texts, of_b->texts);
}

/* Kind, type, shape, values. */
G_GNUC_UNUSED static void
assert_same_elements (AnnElement *a, AnnElement *b)
{
  g_assert_no_error (ann_element_get_error (a));
  g_assert_no_error (ann_element_get_error (b));
  g_assert_cmpint (ann_element_get_kind (a), ==, ann_element_get_kind (b));
  g_assert_cmpint (ann_element_get_dtype (a), ==, ann_element_get_dtype (b));
  g_assert_cmpuint (ann_element_get_rank (a), ==, ann_element_get_rank (b));
  for (guint i = 0; i < ann_element_get_rank (a); i++)
    g_assert_cmpuint (ann_element_get_length (a, i), ==, ann_element_get_length (b, i));

  switch ((int) ann_element_get_kind (a))
    {
    case ANN_ELEMENT_ANNDATA:
    case ANN_ELEMENT_RAW:
    case ANN_ELEMENT_MAPPING:
    case ANN_ELEMENT_FRAME:
    case ANN_ELEMENT_NULL:
    case ANN_ELEMENT_RECORDS:
      break;
    case ANN_ELEMENT_CATEGORICAL:
      g_assert_true (ann_categorical_get_ordered (ANN_CATEGORICAL (a))
                     == ann_categorical_get_ordered (ANN_CATEGORICAL (b)));
      assert_same_values (ann_categorical_get_categories (ANN_CATEGORICAL (a)),
                          ann_categorical_get_categories (ANN_CATEGORICAL (b)));
      assert_same_values (a, b);
      break;
    default:
      assert_same_values (a, b);
      break;
    }
}
