/* boxes-array.h: an array whose format reads boxes and texts itself
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-array-private.h"

#include <string.h>

/* Element number i, in C order, is i, or the text of i. Notes the largest box asked for. */
#define BOXES_TYPE_ARRAY (boxes_array_get_type ())
G_DECLARE_FINAL_TYPE (BoxesArray, boxes_array, BOXES, ARRAY, AnnArray)

struct _BoxesArray {
  AnnArray parent_instance;
  int n_calls; /* atomic */
  gsize max_elements;
  int n_elements; /* all that was read; atomic */
  int fail_call;
  int cancel_call;
  GCancellable *cancellable;
  gboolean forgets_text;
};

G_DEFINE_FINAL_TYPE (BoxesArray, boxes_array, ANN_TYPE_ARRAY)

static BoxesArray *boxes_array_new (AnnDtype dtype, guint rank, const guint64 *shape);

static gboolean
note_call (BoxesArray *self, const AnnBox *box, GError **error)
{
  int number = g_atomic_int_add (&self->n_calls, 1);
  gsize n;

  g_assert_true (ann_box_get_n_elements (box, &n));
  g_assert_cmpuint (n, >, 0);
  g_atomic_int_add (&self->n_elements, (int) n);
  if (n > g_atomic_pointer_get (&self->max_elements))
    g_atomic_pointer_set (&self->max_elements, n);
  if (number == self->cancel_call)
    g_cancellable_cancel (self->cancellable);
  if (number == self->fail_call)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "Told to fail");
      return FALSE;
    }

  return TRUE;
}

/* The number in the array of element @i of a box. */
static gsize
get_number (AnnArray *array, const AnnBox *box, gsize i)
{
  const guint64 *shape = ann_array_get_shape (array);
  gsize number = 0;
  gsize stride = 1;

  for (guint axis = box->rank; axis-- > 0;)
    {
      number += (box->start[axis] + i % box->count[axis]) * stride;
      i /= box->count[axis];
      stride *= shape[axis];
    }

  return number;
}

static gboolean
boxes_array_read_box (AnnArray *array,
                      const AnnBox *box,
                      gpointer values,
                      G_GNUC_UNUSED GCancellable *cancellable,
                      GError **error)
{
  gsize n;

  if (!note_call (BOXES_ARRAY (array), box, error))
    return FALSE;

  g_assert_true (ann_box_get_n_elements (box, &n));
  for (gsize i = 0; i < n; i++)
    ((float *) values)[i] = get_number (array, box, i);

  return TRUE;
}

static AnnStrings *
boxes_array_read_strings (AnnArray *array,
                          const AnnBox *box,
                          G_GNUC_UNUSED GCancellable *cancellable,
                          GError **error)
{
  g_autoptr (AnnStrings) texts = ann_strings_new ();
  gsize n;

  if (!note_call (BOXES_ARRAY (array), box, error))
    return NULL;

  g_assert_true (ann_box_get_n_elements (box, &n));
  for (gsize i = 0; i < n - BOXES_ARRAY (array)->forgets_text; i++)
    {
      char text[32];

      g_snprintf (text, sizeof text, "%" G_GSIZE_FORMAT, get_number (array, box, i));
      g_assert_true (ann_strings_append (texts, text, -1, error));
    }

  return g_steal_pointer (&texts);
}

static AnnArray *
boxes_array_open_field (G_GNUC_UNUSED AnnArray *array,
                        const char *name,
                        G_GNUC_UNUSED GError **error)
{
  const guint64 shape[] = { 3 };

  g_assert_cmpstr (name, ==, "b");

  return ANN_ARRAY (boxes_array_new (ANN_DTYPE_FLOAT32, 1, shape));
}

static void
boxes_array_finalize (GObject *object)
{
  g_clear_object (&BOXES_ARRAY (object)->cancellable);

  G_OBJECT_CLASS (boxes_array_parent_class)->finalize (object);
}

static void
boxes_array_class_init (BoxesArrayClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = boxes_array_finalize;
  ANN_ARRAY_CLASS (klass)->read_box = boxes_array_read_box;
  ANN_ARRAY_CLASS (klass)->open_field = boxes_array_open_field;
  ANN_ARRAY_CLASS (klass)->read_strings = boxes_array_read_strings;
}

static void
boxes_array_init (BoxesArray *self)
{
  self->fail_call = -1;
  self->cancel_call = -1;
  self->cancellable = g_cancellable_new ();
}

static BoxesArray *
boxes_array_new (AnnDtype dtype, guint rank, const guint64 *shape)
{
  BoxesArray *self = g_object_new (BOXES_TYPE_ARRAY, NULL);
  const AnnArrayInfo info = {
    .path = "boxes", .dtype = dtype, .rank = rank, .shape = shape, .layout = ANN_LAYOUT_CONTIGUOUS
  };

  _ann_array_set_info (ANN_ARRAY (self), &info);

  return self;
}
