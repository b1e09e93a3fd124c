/* ann-edit-note.c: what a change takes away is said
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-edit-private.h"

#include "base/ann-error.h"

/* The kind, and what its values are: an array is its numbers. */
static void
append_type (GString *text, AnnElement *element)
{
  const AnnElementKind kind = ann_element_get_kind (element);
  const char *dtype = ann_dtype_get_name (ann_element_get_dtype (element));

  if (kind == ANN_ELEMENT_DENSE || kind == ANN_ELEMENT_NUMBER)
    g_string_append (text, dtype);
  else
    g_string_append (text, ann_element_kind_get_name (kind));
  if (kind == ANN_ELEMENT_CSR || kind == ANN_ELEMENT_CSC || kind == ANN_ELEMENT_NULLABLE_INTEGER)
    g_string_append_printf (text, " of %s", dtype);
}

static void
append_shape (GString *text, AnnElement *element)
{
  for (guint i = 0; i < ann_element_get_rank (element); i++)
    g_string_append_printf (text, "%s%" G_GUINT64_FORMAT, i == 0 ? ", " : " × ",
                            ann_element_get_length (element, i));
}

char *
_ann_edit_describe_element (AnnElement *element)
{
  GString *text = g_string_new (NULL);

  append_type (text, element);
  append_shape (text, element);

  return g_string_free (text, FALSE);
}

gboolean
_ann_edit_note_replaced (AnnEdit *self,
                         const char *path,
                         AnnElement *value,
                         GCancellable *cancellable,
                         GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (AnnElement) old = _ann_edit_open_if_there (self, path, cancellable, &local_error);
  g_autoptr (GString) was = g_string_new (NULL);
  g_autoptr (GString) is = g_string_new (NULL);

  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  /* A null says that there is nothing. */
  if (old == NULL || ann_element_get_kind (old) == ANN_ELEMENT_NULL)
    return TRUE;
  if (!self->overwrites)
    {
      g_autofree char *what = _ann_edit_describe_element (old);

      g_set_error (error, ANN_ERROR, ANN_ERROR_EXISTS, "%s: is there already (%s)", path, what);
      return FALSE;
    }

  append_type (was, old);
  append_type (is, value != NULL ? value : old);
  if (!g_string_equal (was, is))
    g_string_append_printf (was, " → %s", is->str);
  append_shape (was, old);
  g_ptr_array_add (self->warnings,
                   g_strdup_printf ("%s: what was there is replaced: %s", path, was->str));

  return TRUE;
}

void
_ann_edit_note_missing (AnnEdit *self,
                        const char *path,
                        const char *file,
                        guint64 n_missing,
                        guint64 n_rows)
{
  if (n_missing > 0)
    g_ptr_array_add (self->warnings,
                     g_strdup_printf ("%s: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                                      " rows have no value in “%s”: they are missing",
                                      path, n_missing, n_rows, file));
}
