/* ann-problems.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-problems.h"

#include "ann-text.h"

#include <glib/gi18n.h>
#include <string.h>

/* A store of more elements than this is not looked at to its end, nor are more problems told. */
#define MAX_ELEMENTS 50000
#define MAX_PROBLEMS 1000

typedef struct {
  GPtrArray *errors;
  GPtrArray *warnings;
  guint n_elements;
  GCancellable *cancellable;
} Search;

static void
problem_free (gpointer data)
{
  AnnProblem *problem = data;

  g_free (problem->path);
  g_free (problem->text);
  g_free (problem);
}

static gboolean
is_full (const Search *self)
{
  return self->n_elements >= MAX_ELEMENTS
         || self->errors->len + self->warnings->len >= MAX_PROBLEMS;
}

/* Takes @text. */
static void
add (Search *self, const char *path, gboolean is_error, char *text)
{
  AnnProblem *problem = g_new0 (AnnProblem, 1);

  problem->path = g_strdup (path);
  problem->is_error = is_error;
  problem->text = text;
  g_ptr_array_add (is_error ? self->errors : self->warnings, problem);
}

/* A message may begin with the path, which is told beside it. */
static char *
strip_path (const char *message, const char *path)
{
  const gsize length = strlen (path);

  if (length > 0 && strncmp (message, path, length) == 0
      && strncmp (message + length, ": ", 2) == 0)
    message += length + 2;

  return g_utf8_make_valid (message, -1);
}

static gboolean
has_children (AnnElement *element)
{
  const AnnElementKind kind = ann_element_get_kind (element);

  return ann_element_get_state (element) == ANN_ELEMENT_OK
         && (kind == ANN_ELEMENT_ANNDATA || kind == ANN_ELEMENT_RAW || kind == ANN_ELEMENT_MAPPING
             || kind == ANN_ELEMENT_FRAME);
}

static void
look (Search *self, AnnElement *element)
{
  const char *path = ann_element_get_path (element);
  const char *const *warnings = ann_element_get_warnings (element);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) names = NULL;

  self->n_elements++;
  if (ann_element_get_state (element) != ANN_ELEMENT_OK)
    add (self, path, TRUE, ann_text_element_reason (element));
  for (guint i = 0; warnings != NULL && warnings[i] != NULL; i++)
    add (self, path, FALSE, strip_path (warnings[i], path));
  if (!has_children (element))
    return;

  names = ann_element_list_children (element, self->cancellable, &error);
  if (names == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    add (self, path, TRUE, strip_path (error->message, path));
  for (guint i = 0; names != NULL && names[i] != NULL && !is_full (self); i++)
    {
      /* What went away meanwhile is no problem. */
      g_autoptr (AnnElement) child = ann_element_open_child (element, names[i], self->cancellable,
                                                             NULL);

      if (g_cancellable_is_cancelled (self->cancellable))
        return;
      if (child != NULL)
        look (self, child);
    }
}

/* The store as a whole tells of an element without which it is not whole, "obs: is missing", as the
 * element does itself.
 */
static void
drop_told_twice (Search *self)
{
  for (guint i = self->warnings->len; i > 0; i--)
    {
      const AnnProblem *warning = g_ptr_array_index (self->warnings, i - 1);
      gboolean is_told = FALSE;

      for (guint k = 0; k < self->errors->len && *warning->path == '\0' && !is_told; k++)
        {
          const AnnProblem *error = g_ptr_array_index (self->errors, k);
          g_autofree char *text = g_strdup_printf ("%s: %s", error->path, error->text);

          is_told = g_str_equal (warning->text, text);
        }
      if (is_told)
        g_ptr_array_remove_index (self->warnings, i - 1);
    }
}

/**
 * ann_problems_find:
 * @data: a store
 * @cancellable: (nullable): ends it
 * @error: return location for an error, or %NULL
 *
 * Goes through all elements, and reads metadata only. Blocks: call it in a worker.
 *
 * Returns: (transfer full) (element-type AnnProblem): what cannot be read, then what is odd; %NULL
 *   when it was cancelled
 */
GPtrArray *
ann_problems_find (AnnData *data, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) errors = g_ptr_array_new_with_free_func (problem_free);
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (problem_free);
  Search search = { errors, warnings, 0, cancellable };

  look (&search, ann_data_get_root (data));
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  drop_told_twice (&search);
  if (is_full (&search))
    add (&search, "", FALSE,
         g_strdup (_ ("There is more in this store than was looked through for problems.")));
  g_ptr_array_extend_and_steal (errors, g_steal_pointer (&warnings));

  return g_steal_pointer (&errors);
}
