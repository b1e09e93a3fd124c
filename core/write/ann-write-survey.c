/* ann-write-survey.c: what will be written, and whether it can be
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "write/ann-element-writer-private.h"

#include "base/ann-error-private.h"
#include "element/ann-categorical.h"
#include "element/ann-element-private.h"
#include "element/ann-frame.h"
#include "element/ann-sparse.h"

#include <string.h>

/* What a text is taken for before it is read. */
#define TEXT_SIZE 24

void
_ann_survey_init (AnnSurvey *self)
{
  self->paths = g_ptr_array_new_with_free_func (g_free);
  self->n_bytes = 0;
}

void
_ann_survey_clear (AnnSurvey *self)
{
  g_clear_pointer (&self->paths, g_ptr_array_unref);
}

/* --- Sizes --- */

static guint64
multiply (guint64 a, guint64 b)
{
  guint64 product;

  return g_uint64_checked_mul (&product, a, b) ? product : G_MAXUINT64;
}

static guint64
add (guint64 a, guint64 b)
{
  guint64 sum;

  return g_uint64_checked_add (&sum, a, b) ? sum : G_MAXUINT64;
}

static guint64
get_sparse_size (AnnSparse *sparse)
{
  const gsize entry_size = ann_dtype_get_size (ann_element_get_dtype (ANN_ELEMENT (sparse)))
                           + ann_dtype_get_size (ann_sparse_get_index_dtype (sparse));

  return add (multiply (ann_sparse_guess_n_stored (sparse), entry_size),
              multiply (ann_sparse_get_n_major (sparse), sizeof (guint64)));
}

/* Of the values of a leaf. */
static guint64
get_size (AnnElement *element)
{
  const guint64 n = multiply (ann_element_get_n_rows (element),
                              MAX (ann_element_get_width (element), 1));
  const gsize item_size = ann_dtype_get_size (ann_element_get_dtype (element));

  if (ANN_IS_SPARSE (element))
    return get_sparse_size (ANN_SPARSE (element));

  return multiply (n, item_size > 0 ? item_size : TEXT_SIZE);
}

/* --- Elements --- */

static gboolean
is_wanted (const AnnElementWriter *self, const char *parent_path, const char *name)
{
  g_autofree char *path = _ann_path_join (parent_path, name);

  return _ann_write_takes (self, path);
}

static gboolean survey_element (const AnnElementWriter *self,
                                AnnElement *element,
                                const char *path,
                                AnnSurvey *survey,
                                GCancellable *cancellable,
                                GError **error);

/* A child that is wanted and may be left out; an error says how. @is_needed: without it there is no
 * store
 */
static gboolean
survey_child (const AnnElementWriter *self,
              AnnElement *child,
              const char *parent_path,
              const char *name,
              gboolean is_needed,
              AnnSurvey *survey,
              GCancellable *cancellable,
              GError **error)
{
  g_autofree char *path = _ann_path_join (parent_path, name);
  g_autoptr (GError) local_error = NULL;

  switch (_ann_write_get_fate (self, child, name, &local_error))
    {
    case ANN_FATE_WRITTEN:
      return survey_element (self, child, path, survey, cancellable, error);

    case ANN_FATE_COPIED:
      _ann_write_warn (self,
                       "%s: is encoded as “%s”, which this version does not know; it is copied as "
                       "it is stored",
                       path, ann_element_get_encoding_type (child));
      g_ptr_array_add (survey->paths, g_steal_pointer (&path));
      return TRUE;

    case ANN_FATE_LEFT_OUT:
      _ann_write_warn (
          self,
          "%s: is nothing (null), which readers before anndata 0.12 do not know; it is "
          "left out",
          path);
      return TRUE;

    case ANN_FATE_REFUSED:
    default:
      if (self->options->skip_unreadable && !is_needed && _ann_error_blames_store (local_error))
        {
          _ann_write_warn (self, "%s; it is left out", local_error->message);
          return TRUE;
        }
      if (!is_needed && _ann_error_blames_store (local_error))
        g_prefix_error (&local_error,
                        "An element cannot be written; leave it out, or all that cannot be read: ");
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
}

static gboolean
survey_children (const AnnElementWriter *self,
                 AnnElement *element,
                 const char *path,
                 AnnSurvey *survey,
                 GCancellable *cancellable,
                 GError **error)
{
  g_auto (GStrv) names = ann_element_list_children (element, cancellable, error);

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      g_autoptr (AnnElement) child = NULL;

      if (!is_wanted (self, path, names[i]))
        continue;
      child = ann_element_open_child (element, names[i], cancellable, error);
      if (child == NULL
          || !survey_child (self, child, path, names[i], FALSE, survey, cancellable, error))
        return FALSE;
    }

  return names != NULL;
}

/* Columns are no paths of their own: a table is one element. */
static gboolean
survey_frame (const AnnElementWriter *self,
              AnnElement *element,
              const char *path,
              AnnSurvey *survey,
              GCancellable *cancellable,
              GError **error)
{
  const guint n_paths = survey->paths->len;
  g_autoptr (AnnElement) index = NULL;
  const GError *why;

  if (!survey_children (self, element, path, survey, cancellable, error))
    return FALSE;
  g_ptr_array_set_size (survey->paths, (int) n_paths);

  index = ann_frame_open_index (ANN_FRAME (element), cancellable, error);
  if (index == NULL)
    return FALSE;
  why = ann_element_get_error (index);
  if (why != NULL)
    {
      g_propagate_error (error, g_error_copy (why));
      return FALSE;
    }
  if (ann_frame_find_column (ANN_FRAME (element), "_index", NULL))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
                   "%s: a column cannot be called “_index”; rename it", path);
      return FALSE;
    }
  survey->n_bytes = add (survey->n_bytes, get_size (index));

  return TRUE;
}

/* What no reader looks for at the root, and Python refuses. */
static void
warn_of_strays (const AnnElementWriter *self,
                char **names,
                const char *const *keys,
                const char *path)
{
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *child_path = _ann_path_join (path, names[i]);

      if (!g_strv_contains (keys, names[i]) && ann_write_options_takes (self->options, child_path))
        _ann_write_warn (self, "%s: does not belong into an annotated matrix; it is left out",
                         child_path);
    }
}

static gboolean
survey_parts (const AnnElementWriter *self,
              AnnElement *element,
              const char *path,
              AnnSurvey *survey,
              GCancellable *cancellable,
              GError **error)
{
  const gboolean is_raw = ann_element_get_kind (element) == ANN_ELEMENT_RAW;
  const char *const *keys = _ann_write_get_keys (is_raw);
  g_auto (GStrv) names = ann_element_list_children (element, cancellable, error);

  if (names == NULL)
    return FALSE;
  for (guint i = 0; keys[i] != NULL; i++)
    {
      const gboolean is_table = strcmp (keys[i], "obs") == 0 || strcmp (keys[i], "var") == 0;
      g_autoptr (AnnElement) child = NULL;

      if (!g_strv_contains ((const char *const *) names, keys[i])
          || !is_wanted (self, path, keys[i]))
        continue;
      child = ann_element_open_child (element, keys[i], cancellable, error);
      if (child == NULL
          || (ann_element_get_kind (child) != ANN_ELEMENT_NULL
              && !survey_child (self, child, path, keys[i], is_table, survey, cancellable, error)))
        return FALSE;
    }
  warn_of_strays (self, names, keys, path);

  return TRUE;
}

static gboolean
survey_element (const AnnElementWriter *self,
                AnnElement *element,
                const char *path,
                AnnSurvey *survey,
                GCancellable *cancellable,
                GError **error)
{
  if (*path != '\0')
    g_ptr_array_add (survey->paths, g_strdup (path));

  switch ((int) ann_element_get_kind (element))
    {
    case ANN_ELEMENT_ANNDATA:
    case ANN_ELEMENT_RAW:
      return survey_parts (self, element, path, survey, cancellable, error);

    case ANN_ELEMENT_MAPPING:
      return survey_children (self, element, path, survey, cancellable, error);

    case ANN_ELEMENT_FRAME:
      return survey_frame (self, element, path, survey, cancellable, error);

    case ANN_ELEMENT_CATEGORICAL:
      survey->n_bytes = add (survey->n_bytes,
                             get_size (ann_categorical_get_categories (ANN_CATEGORICAL (element))));
      break;

    case ANN_ELEMENT_AWKWARD:
      if (self->options->profile == ANN_PROFILE_PORTABLE)
        _ann_write_warn (
            self, "%s: is an awkward array, which readers before anndata 0.9 do not know", path);
      break;

    default:
      break;
    }
  if (self->is_hdf5 && ann_element_get_time_type (element) != NULL)
    _ann_write_warn (self,
                     "%s: holds values of %s, which anndata has no place for in HDF5; they become "
                     "whole numbers (Zarr keeps them)",
                     path, ann_element_get_time_type (element));
  survey->n_bytes = add (survey->n_bytes, get_size (element));

  return TRUE;
}

gboolean
_ann_element_survey (const AnnElementWriter *self,
                     AnnElement *element,
                     const char *path,
                     AnnSurvey *survey,
                     GCancellable *cancellable,
                     GError **error)
{
  AnnFate fate = _ann_write_get_fate (self, element, NULL, error);

  if (fate == ANN_FATE_REFUSED)
    return FALSE;

  return fate != ANN_FATE_WRITTEN
         || survey_element (self, element, path, survey, cancellable, error);
}
