/* ann-strings.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-strings.h"

#include "base/ann-error.h"

#include <string.h>

struct _AnnStrings {
  gatomicrefcount ref_count;
  gsize n_strings;
  gsize n_objects; /* of them */
  gsize n_bytes;
  gsize offsets_allocated; /* in offsets */
  gsize bytes_allocated;
  gsize *offsets; /* where each text begins; it ends at the next one's beginning less the NUL */
  char *bytes;
};

G_DEFINE_BOXED_TYPE (AnnStrings, ann_strings, ann_strings_ref, ann_strings_unref)

/**
 * ann_strings_new:
 *
 * Returns: (transfer full): an empty list of texts
 */
AnnStrings *
ann_strings_new (void)
{
  AnnStrings *self = g_new0 (AnnStrings, 1);

  g_atomic_ref_count_init (&self->ref_count);

  return self;
}

/**
 * ann_strings_ref:
 * @self: texts
 *
 * Returns: (transfer full): @self
 */
AnnStrings *
ann_strings_ref (AnnStrings *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * ann_strings_unref:
 * @self: (transfer full): texts
 */
void
ann_strings_unref (AnnStrings *self)
{
  g_return_if_fail (self != NULL);

  if (g_atomic_ref_count_dec (&self->ref_count))
    {
      g_free (self->offsets);
      g_free (self->bytes);
      g_free (self);
    }
}

/* Makes room for @needed items of @item_size, twice as many as before; *@items moves. */
static gboolean
grow (void **items, gsize *allocated, gsize needed, gsize item_size)
{
  gsize n = MAX (*allocated, 64);
  gsize n_bytes;
  void *grown;

  if (needed <= *allocated)
    return TRUE;

  while (n < needed)
    {
      if (!g_size_checked_mul (&n, n, 2))
        return FALSE;
    }
  if (!g_size_checked_mul (&n_bytes, n, item_size))
    return FALSE;

  grown = g_try_realloc (*items, n_bytes);
  if (grown == NULL)
    return FALSE;

  *items = grown;
  *allocated = n;

  return TRUE;
}

/**
 * ann_strings_append:
 * @self: texts with one owner, the caller
 * @text: (nullable): bytes; %NULL is the empty text
 * @length: how many, or -1 up to the NUL
 * @error: return location for an `ANN_ERROR_TOO_LARGE`
 *
 * Returns: %FALSE if there was no memory
 */
gboolean
ann_strings_append (AnnStrings *self, const char *text, gssize length, GError **error)
{
  gsize n = text == NULL ? 0 : length < 0 ? strlen (text) : (gsize) length;
  gsize needed;

  g_return_val_if_fail (g_atomic_ref_count_compare (&self->ref_count, 1), FALSE);

  if (!g_size_checked_add (&needed, self->n_bytes, n) || !g_size_checked_add (&needed, needed, 1)
      || !grow ((void **) &self->bytes, &self->bytes_allocated, needed, 1)
      || !grow ((void **) &self->offsets, &self->offsets_allocated, self->n_strings + 1,
                sizeof (gsize)))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE, "No memory for %" G_GSIZE_FORMAT " texts",
                   self->n_strings + 1);
      return FALSE;
    }

  self->offsets[self->n_strings++] = self->n_bytes;
  if (n > 0)
    memcpy (self->bytes + self->n_bytes, text, n);
  self->bytes[self->n_bytes + n] = '\0';
  self->n_bytes += n + 1;

  return TRUE;
}

/**
 * ann_strings_append_object:
 * @self: texts with one owner, the caller
 * @text: how an object is written that is no text: `True`
 * @length: its bytes, or -1 up to the NUL
 * @error: return location for an `ANN_ERROR_TOO_LARGE`
 *
 * Returns: %FALSE if there was no memory
 */
gboolean
ann_strings_append_object (AnnStrings *self, const char *text, gssize length, GError **error)
{
  if (!ann_strings_append (self, text, length, error))
    return FALSE;
  self->n_objects++;

  return TRUE;
}

/**
 * ann_strings_append_range:
 * @self: texts with one owner, the caller
 * @from: other texts
 * @first: the first of them
 * @n: how many, no more than there are from @first on
 * @error: return location for an `ANN_ERROR_TOO_LARGE`
 *
 * Of texts that are not all objects none counts as one here.
 *
 * Returns: %FALSE if there was no memory
 */
gboolean
ann_strings_append_range (AnnStrings *self,
                          const AnnStrings *from,
                          gsize first,
                          gsize n,
                          GError **error)
{
  gsize begin;
  gsize end;

  g_return_val_if_fail (g_atomic_ref_count_compare (&self->ref_count, 1), FALSE);
  g_return_val_if_fail (self != from, FALSE);
  g_return_val_if_fail (first <= from->n_strings && n <= from->n_strings - first, FALSE);

  if (n == 0)
    return TRUE;

  begin = from->offsets[first];
  end = first + n < from->n_strings ? from->offsets[first + n] : from->n_bytes;
  if (end - begin > G_MAXSIZE / 4 - self->n_bytes
      || !grow ((void **) &self->bytes, &self->bytes_allocated, self->n_bytes + (end - begin), 1)
      || !grow ((void **) &self->offsets, &self->offsets_allocated, self->n_strings + n,
                sizeof (gsize)))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "No memory for another %" G_GSIZE_FORMAT " texts", n);
      return FALSE;
    }

  memcpy (self->bytes + self->n_bytes, from->bytes + begin, end - begin);
  for (gsize i = 0; i < n; i++)
    self->offsets[self->n_strings + i] = from->offsets[first + i] - begin + self->n_bytes;
  if (ann_strings_are_objects (from))
    self->n_objects += n;
  self->n_strings += n;
  self->n_bytes += end - begin;

  return TRUE;
}

/**
 * ann_strings_get_length:
 * @self: texts
 *
 * Returns: how many
 */
gsize
ann_strings_get_length (const AnnStrings *self)
{
  return self->n_strings;
}

/**
 * ann_strings_are_objects:
 * @self: texts
 *
 * Returns: whether there are some, and each of them stands for an object that is no text
 */
gboolean
ann_strings_are_objects (const AnnStrings *self)
{
  return self->n_strings > 0 && self->n_objects == self->n_strings;
}

/**
 * ann_strings_get:
 * @self: texts
 * @index: which one, less than their number
 * @length: (out) (optional): its length in bytes
 *
 * Returns: (transfer none): the bytes as stored, with a NUL behind them
 */
const char *
ann_strings_get (const AnnStrings *self, gsize index, gsize *length)
{
  gsize end;

  g_return_val_if_fail (index < self->n_strings, NULL);

  end = index + 1 < self->n_strings ? self->offsets[index + 1] : self->n_bytes;
  if (length != NULL)
    *length = end - self->offsets[index] - 1;

  return self->bytes + self->offsets[index];
}

/**
 * ann_strings_dup_utf8:
 * @self: texts
 * @index: which one, less than their number
 *
 * Returns: (transfer full): the text with U+FFFD for what is not UTF-8 (and for NULs)
 */
char *
ann_strings_dup_utf8 (const AnnStrings *self, gsize index)
{
  gsize length;
  const char *text = ann_strings_get (self, index, &length);

  return g_utf8_make_valid (text, length);
}
