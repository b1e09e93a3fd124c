/* ann-validate-sparse.c: the rules for CSR and CSC
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-validate-private.h"

#include "base/ann-error.h"

#include <stdlib.h>
#include <string.h>

/* Read at once: pointers, and indices of whole lines. Tests make both small. */
#ifndef N_POINTERS_AT_ONCE
#define N_POINTERS_AT_ONCE (128 * 1024)
#define N_INDICES_AT_ONCE (1024 * 1024)
#endif

typedef struct {
  AnnArray **arrays; /* data, indices, indptr */
  gsize n_arrays;
} Parts;

static void
parts_init (Parts *self, AnnSparse *sparse)
{
  self->arrays = ann_element_list_arrays (ANN_ELEMENT (sparse), &self->n_arrays);
}

static void
parts_clear (Parts *self)
{
  for (gsize i = 0; i < self->n_arrays; i++)
    g_object_unref (self->arrays[i]);
  g_free (self->arrays);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Parts, parts_clear)

/* --- Ends --- */

static gboolean
read_pointer (AnnValidation *self, AnnArray *array, guint64 place, gint64 *pointer, GError **error)
{
  g_autoptr (AnnBuffer) buffer = ann_array_read_range (array, place, 1, self->cancellable, error);

  return buffer != NULL
         && ann_dtype_to_int64 (ann_buffer_get_dtype (buffer), ann_buffer_get_data (buffer), 1,
                                pointer);
}

static void
check_types (AnnValidation *self, const Parts *parts, const char *path)
{
  for (guint i = 1; i < 3; i++)
    {
      if (ann_array_get_dtype (parts->arrays[i]) == ANN_DTYPE_UINT64)
        _ann_report_add (self->report, ANN_RULE_SPARSE_INDEX_TYPE, path,
                         "its %s are uint64, which scipy, R and Julia convert or reject",
                         i == 1 ? "indices" : "pointers");
    }
}

static void
check_ends (AnnValidation *self, AnnSparse *sparse, gint64 first, gint64 last)
{
  const char *path = ann_element_get_path (ANN_ELEMENT (sparse));
  const guint64 n_stored = ann_sparse_get_n_stored (sparse);

  if (first != 0)
    _ann_report_add (self->report, ANN_RULE_SPARSE_LENGTHS, path,
                     "its pointers begin with %" G_GINT64_FORMAT " and not with 0", first);
  if (last < first || (guint64) (last - first) > n_stored)
    _ann_report_add (self->report, ANN_RULE_SPARSE_POINTERS, path,
                     "its last pointer is %" G_GINT64_FORMAT ", but %" G_GUINT64_FORMAT
                     " values are stored",
                     last, n_stored);
  else if ((guint64) (last - first) < n_stored)
    _ann_report_add (self->report, ANN_RULE_SPARSE_LENGTHS, path,
                     "%" G_GUINT64_FORMAT " values at the end belong to no %s",
                     n_stored - (guint64) (last - first),
                     ann_element_get_kind (ANN_ELEMENT (sparse)) == ANN_ELEMENT_CSR ? "row"
                                                                                    : "column");
}

void
_ann_validate_sparse_ends (AnnValidation *self, AnnSparse *sparse)
{
  const char *path = ann_element_get_path (ANN_ELEMENT (sparse));
  g_auto (Parts) parts = { 0 };
  g_autoptr (GError) error = NULL;
  gint64 first, last;

  parts_init (&parts, sparse);
  if (parts.n_arrays < 3)
    return;

  check_types (self, &parts, path);
  if (ann_array_get_length (parts.arrays[0]) != ann_array_get_length (parts.arrays[1]))
    _ann_report_add (self->report, ANN_RULE_SPARSE_LENGTHS, path,
                     "has %" G_GUINT64_FORMAT " values but %" G_GUINT64_FORMAT " indices",
                     ann_array_get_length (parts.arrays[0]),
                     ann_array_get_length (parts.arrays[1]));
  if (read_pointer (self, parts.arrays[2], 0, &first, &error)
      && read_pointer (self, parts.arrays[2], ann_sparse_get_n_major (sparse), &last, &error))
    check_ends (self, sparse, first, last);
  else if (error != NULL && !_ann_validate_take_failure (self, error))
    _ann_report_add (self->report, ANN_RULE_DATA_UNREADABLE, path, "%s", error->message);
}

/* --- All of it --- */

/* What all lines together have. */
typedef struct {
  AnnValidation *validation;
  AnnSparse *sparse;
  AnnArray *indices;
  guint64 n_outside;
  guint64 first_outside; /* the line */
  gint64 outside;
  guint64 n_unsorted; /* lines */
  guint64 n_twins;    /* entries */
  guint64 first_twin; /* the line */
} Lines;

static int
compare_indices (gconstpointer a, gconstpointer b)
{
  gint64 one = *(const gint64 *) a;
  gint64 other = *(const gint64 *) b;

  return one < other ? -1 : one > other;
}

static void
count_twins (Lines *self, guint64 line, const gint64 *indices, gsize n)
{
  for (gsize i = 1; i < n; i++)
    {
      if (indices[i] == indices[i - 1] && self->n_twins++ == 0)
        self->first_twin = line;
    }
}

/* The entries of one line, or of a piece of a long one. Sorts them. */
static void
check_line (Lines *self, guint64 line, gint64 *indices, gsize n)
{
  const guint64 n_minor = ann_sparse_get_n_minor (self->sparse);
  gboolean is_sorted = TRUE;

  for (gsize i = 0; i < n; i++)
    {
      is_sorted = is_sorted && (i == 0 || indices[i] >= indices[i - 1]);
      if ((guint64) indices[i] < n_minor)
        continue;
      if (self->n_outside++ == 0)
        {
          self->first_outside = line;
          self->outside = indices[i];
        }
    }

  if (!is_sorted)
    {
      self->n_unsorted++;
      qsort (indices, n, sizeof *indices, compare_indices);
    }
  count_twins (self, line, indices, n);
}

static gboolean
read_indices (Lines *self, guint64 first, gsize n, gint64 *indices, GError **error)
{
  g_autoptr (AnnBuffer) buffer = NULL;

  buffer = ann_array_read_range (self->indices, first, n, self->validation->cancellable, error);
  if (buffer == NULL)
    return FALSE;
  ann_dtype_to_int64 (ann_buffer_get_dtype (buffer), ann_buffer_get_data (buffer), n, indices);
  if (self->validation->progress != NULL)
    ann_progress_add_done (self->validation->progress, n);

  return TRUE;
}

/* Line @line whose entries do not fit at once: piece by piece. */
static gboolean
check_long_line (Lines *self,
                 guint64 line,
                 guint64 first,
                 guint64 end,
                 gint64 *indices,
                 GError **error)
{
  for (guint64 at = first; at < end;)
    {
      gsize n = (gsize) MIN (end - at, N_INDICES_AT_ONCE);

      if (!read_indices (self, at, n, indices, error))
        return FALSE;
      check_line (self, line, indices, n);
      at += n;
    }

  return TRUE;
}

/* The lines from @start whose pointers are @pointers, as many at once as fit. */
static gboolean
check_lines (Lines *self,
             guint64 start,
             const guint64 *pointers,
             gsize n_lines,
             gint64 *indices,
             GError **error)
{
  gsize n;

  for (gsize line = 0; line < n_lines; line += n)
    {
      const guint64 first = pointers[line];

      n = 1;
      if (pointers[line + 1] - first > N_INDICES_AT_ONCE)
        {
          if (!check_long_line (self, start + line, first, pointers[line + 1], indices, error))
            return FALSE;
          continue;
        }

      while (line + n < n_lines && pointers[line + n + 1] - first <= N_INDICES_AT_ONCE)
        n++;
      if (pointers[line + n] > first
          && !read_indices (self, first, (gsize) (pointers[line + n] - first), indices, error))
        return FALSE;
      for (gsize i = line; i < line + n; i++)
        check_line (self, start + i, indices + (pointers[i] - first),
                    (gsize) (pointers[i + 1] - pointers[i]));
    }

  return TRUE;
}

static void
report_lines (Lines *self)
{
  AnnElement *element = ANN_ELEMENT (self->sparse);
  AnnReport *report = self->validation->report;
  const char *path = ann_element_get_path (element);
  const char *line = ann_element_get_kind (element) == ANN_ELEMENT_CSR ? "row" : "column";

  if (self->n_outside > 0)
    _ann_report_add (report, ANN_RULE_SPARSE_INDEX_RANGE, path,
                     "indices outside [0, %" G_GUINT64_FORMAT "): %" G_GUINT64_FORMAT
                     ", the first, %" G_GINT64_FORMAT ", in %s %" G_GUINT64_FORMAT,
                     ann_sparse_get_n_minor (self->sparse), self->n_outside, self->outside, line,
                     self->first_outside);
  if (self->n_unsorted > 0)
    _ann_report_add (report, ANN_RULE_SPARSE_UNSORTED, path,
                     "%ss with indices that are not sorted: %" G_GUINT64_FORMAT, line,
                     self->n_unsorted);
  if (self->n_twins > 0)
    _ann_report_add (report, ANN_RULE_SPARSE_DUPLICATE, path,
                     "entries that share their place with another: %" G_GUINT64_FORMAT
                     ", first in %s %" G_GUINT64_FORMAT "; they are added up",
                     self->n_twins, line, self->first_twin);
}

/* Returns: %FALSE with @error set if something could not be read, which ends the checks of lines */
static gboolean
check_all_lines (Lines *self, gint64 *indices, AnnRule *rule, GError **error)
{
  const guint64 n_major = ann_sparse_get_n_major (self->sparse);
  AnnValidation *validation = self->validation;
  guint64 n;

  for (guint64 start = 0; start < n_major; start += n)
    {
      g_autoptr (AnnBuffer) pointers = NULL;

      n = MIN (n_major - start, N_POINTERS_AT_ONCE);
      *rule = ANN_RULE_SPARSE_POINTERS;
      pointers = ann_sparse_read_indptr (self->sparse, start, n, validation->cancellable, error);
      if (pointers == NULL)
        return FALSE;
      *rule = ANN_RULE_DATA_UNREADABLE;
      if (!check_lines (self, start, ann_buffer_get_data (pointers), (gsize) n, indices, error))
        return FALSE;
      if (validation->progress != NULL)
        ann_progress_add_done (validation->progress, n);
    }

  return TRUE;
}

gboolean
_ann_validate_sparse (AnnValidation *self, AnnSparse *sparse, GError **error)
{
  const char *path = ann_element_get_path (ANN_ELEMENT (sparse));
  g_auto (Parts) parts = { 0 };
  g_autofree gint64 *indices = NULL;
  AnnRule rule = ANN_RULE_DATA_UNREADABLE;
  GError *problem = NULL;
  Lines lines = { .validation = self, .sparse = sparse };

  parts_init (&parts, sparse);
  if (parts.n_arrays < 3)
    return TRUE;

  lines.indices = parts.arrays[1];
  indices = g_new (gint64, N_INDICES_AT_ONCE);
  if (!check_all_lines (&lines, indices, &rule, &problem)
      && !_ann_validate_add_problem (self, rule, path, problem, error))
    return FALSE;
  report_lines (&lines);

  return _ann_validate_read_array (self, parts.arrays[0], error);
}
