/* ann-write-options.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "write/ann-write-options.h"

#include <string.h>

G_DEFINE_BOXED_TYPE (AnnWriteOptions,
                     ann_write_options,
                     ann_write_options_copy,
                     ann_write_options_free)

/**
 * ann_write_options_new: (constructor)
 *
 * Returns: (transfer full): what is taken without a word: the portable profile, all elements,
 *   nothing replaced
 */
AnnWriteOptions *
ann_write_options_new (void)
{
  return g_new0 (AnnWriteOptions, 1);
}

/**
 * ann_write_options_copy:
 * @self: options
 *
 * Returns: (transfer full): the same
 */
AnnWriteOptions *
ann_write_options_copy (const AnnWriteOptions *self)
{
  AnnWriteOptions *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_memdup2 (self, sizeof *self);
  copy->format = g_strdup (self->format);
  copy->elements = g_strdupv (self->elements);

  return copy;
}

/**
 * ann_write_options_free:
 * @self: (transfer full) (nullable): options
 */
void
ann_write_options_free (AnnWriteOptions *self)
{
  if (self == NULL)
    return;

  g_free (self->format);
  g_strfreev (self->elements);
  g_free (self);
}

/* Whether @path is @folder or lies in it. */
static gboolean
lies_in (const char *path, const char *folder)
{
  const gsize length = strlen (folder);

  return strncmp (path, folder, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

/* obs and var are always there: whole, unless parts of them are named. */
static gboolean
is_always_there (const AnnWriteOptions *self, const char *path)
{
  const char *tables[] = { "obs", "var" };

  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      if (!lies_in (path, tables[i]))
        continue;
      for (guint k = 0; path[3] != '\0' && self->elements[k] != NULL; k++)
        {
          if (lies_in (self->elements[k], tables[i]) && self->elements[k][3] == '/')
            return FALSE;
        }
      return TRUE;
    }

  return FALSE;
}

/**
 * ann_write_options_takes:
 * @self: options
 * @path: a path, such as `layers/counts`
 *
 * The root, obs, var and the labels of their rows are always taken.
 *
 * Returns: whether the element at @path is wanted: it, what it lies in, or something in it is
 *   named
 */
gboolean
ann_write_options_takes (const AnnWriteOptions *self, const char *path)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (path != NULL, FALSE);

  if (self->elements == NULL || *path == '\0' || is_always_there (self, path))
    return TRUE;

  for (guint i = 0; self->elements[i] != NULL; i++)
    {
      if (lies_in (path, self->elements[i]) || lies_in (self->elements[i], path))
        return TRUE;
    }

  return FALSE;
}
