/* ann-export-omit.c: what is wanted and does not become part of a store that is exported
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-export-private.h"

#include "anndata/ann-data-private.h"
#include "base/ann-error.h"

/* Sets @element to the child of this name, or to NULL without an error if there is none. What could
 * not be read this time is an error, and not taken for something that is not there.
 */
static gboolean
find_child (AnnElement *parent,
            const char *name,
            AnnElement **element,
            GCancellable *cancellable,
            GError **error)
{
  g_autoptr (GError) problem = NULL;

  *element = ann_element_open_child (parent, name, cancellable, &problem);
  if (*element != NULL && _ann_data_is_disk_error (ann_element_get_error (*element)))
    {
      g_propagate_error (error, g_error_copy (ann_element_get_error (*element)));
      g_clear_object (element);
      return FALSE;
    }
  if (*element != NULL || g_error_matches (problem, ANN_ERROR, ANN_ERROR_NOT_FOUND))
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&problem));

  return FALSE;
}

static void
omit (AnnExportJob *job, const char *path, const char *why)
{
  g_hash_table_add (job->writer.omitted, g_strdup (path));
  g_ptr_array_add (job->writer.warnings, g_strdup_printf ("%s: %s; it is left out", path, why));
}

/* anndata (0.12, _core/raw.py) takes X in the place of a raw matrix that is not there, with
 * the variables of X, and fails where there is no X either: a raw without its matrix is none.
 */
static gboolean
omit_raw_without_matrix (AnnExportJob *job, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnElement) raw = NULL;
  g_autoptr (AnnElement) matrix = NULL;

  if (!ann_write_options_takes (job->options, "raw"))
    return TRUE;
  if (!find_child (ann_data_get_root (job->data), "raw", &raw, cancellable, error))
    return FALSE;
  if (raw == NULL || ann_element_get_kind (raw) != ANN_ELEMENT_RAW)
    return TRUE;
  if (!ann_write_options_takes (job->options, "raw/X"))
    {
      omit (job, "raw", "without raw/X other programs cannot read it");
      return TRUE;
    }
  if (!find_child (raw, "X", &matrix, cancellable, error))
    return FALSE;
  if (matrix == NULL || ann_element_get_kind (matrix) == ANN_ELEMENT_NULL
      || (ann_element_get_error (matrix) != NULL && job->options->skip_unreadable))
    omit (job, "raw", "it has no matrix X that can be read, and other programs cannot read it so");

  return TRUE;
}

/* Where the parts of a set lay says nothing of a store that has their values. */
static gboolean
omit_parts_of_set (AnnExportJob *job, AnnData *origin, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) sets = _ann_data_list_sets (origin);
  g_autoptr (AnnElement) uns = NULL;
  g_autoptr (AnnElement) table = NULL;

  if (sets->len == 0 || !ann_write_options_takes (job->options, "uns/AnnDataSet"))
    return TRUE;
  if (!find_child (ann_data_get_root (job->data), "uns", &uns, cancellable, error)
      || (uns != NULL && !find_child (uns, "AnnDataSet", &table, cancellable, error)))
    return FALSE;
  if (table != NULL)
    omit (job, "uns/AnnDataSet", "names the stores of the set, whose values are written");

  return TRUE;
}

gboolean
_ann_export_omit (AnnExportJob *job, AnnData *origin, GCancellable *cancellable, GError **error)
{
  job->writer.omitted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (job->exporter->text_element != NULL)
    return TRUE;

  return omit_raw_without_matrix (job, cancellable, error)
         && omit_parts_of_set (job, origin, cancellable, error);
}
