/* ann-filter-evaluate.c: for which rows a filter is true
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "query/ann-filter-program-private.h"

#include "anndata/ann-data-set.h"
#include "base/ann-error.h"
#include "base/ann-scratch-private.h"
#include "base/ann-selection-private.h"
#include "base/ann-worker.h"

#include <string.h>

/* The rows that are read at once, and those of which a thread looks at. Tests make them small. */
#ifndef BLOCK_ROWS
#define BLOCK_ROWS 65536
#endif
#ifndef SLICE_ROWS
#define SLICE_ROWS 8192
#endif

/* A block that takes more memory than this is followed by a shorter one. */
#define MAX_BLOCK_SIZE (64 * 1024 * 1024)

/* --- A program --- */

static gboolean
make_tests (AnnFilterProgram *self, const AnnFilterNode *node, GError **error)
{
  if (node->children == NULL)
    return _ann_filter_test_init (&self->tests[node->index], self, node, error);

  for (guint i = 0; i < node->children->len; i++)
    {
      if (!make_tests (self, g_ptr_array_index (node->children, i), error))
        return FALSE;
    }

  return TRUE;
}

gboolean
_ann_filter_program_init (AnnFilterProgram *self,
                          AnnFilter *filter,
                          AnnData *data,
                          AnnAxis axis,
                          GCancellable *cancellable,
                          GError **error)
{
  AnnFrame *frame = axis == ANN_AXIS_OBS ? ann_data_get_obs (data) : ann_data_get_var (data);
  const char *name = axis == ANN_AXIS_OBS ? "obs" : "var";

  memset (self, 0, sizeof *self);
  self->filter = ann_filter_ref (filter);
  self->data = g_object_ref (data);
  self->axis = axis;
  self->cancellable = cancellable;
  self->sources = g_ptr_array_new_with_free_func (_ann_filter_source_free);
  self->source_names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->columns = g_new0 (AnnFilterColumn, filter->values->len);
  self->tests = g_new0 (AnnFilterTest, filter->n_leaves);
  if (frame == NULL)
    {
      /* The element says why, if it is there. */
      g_autoptr (AnnElement) element = ann_data_open_element (data, name, cancellable, error);

      if (element != NULL && ann_element_get_error (element) != NULL)
        g_propagate_error (error, g_error_copy (ann_element_get_error (element)));
      else if (element != NULL)
        g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT, "%s: is no table, so nothing can be found",
                     name);
      return FALSE;
    }

  self->frame = g_object_ref (frame);
  self->n_rows = ann_element_get_n_rows (ANN_ELEMENT (frame));
  for (guint i = 0; i < filter->values->len; i++)
    {
      if (!_ann_filter_program_bind (self, g_ptr_array_index (filter->values, i), error))
        return FALSE;
    }

  return make_tests (self, filter->root, error);
}

gboolean
_ann_filter_program_find_unknown (AnnFilterProgram *self, GError **error)
{
  g_autofree char *missing = ann_data_describe_missing_parts (self->data);

  for (guint i = 0; missing != NULL && i < self->sources->len; i++)
    {
      if (!_ann_filter_source_find_unknown (g_ptr_array_index (self->sources, i), error))
        return FALSE;
    }

  return TRUE;
}

void
_ann_filter_program_clear (AnnFilterProgram *self)
{
  for (guint i = 0; self->filter != NULL && i < self->filter->values->len; i++)
    {
      g_clear_pointer (&self->columns[i].labels, ann_strings_unref);
      g_clear_pointer (&self->columns[i].categories, ann_block_unref);
      g_clear_pointer (&self->columns[i].spread, ann_buffer_unref);
      g_clear_pointer (&self->columns[i].no_dates, g_free);
    }
  for (guint i = 0; self->filter != NULL && i < self->filter->n_leaves; i++)
    _ann_filter_test_clear (&self->tests[i]);
  g_clear_pointer (&self->columns, g_free);
  g_clear_pointer (&self->tests, g_free);
  g_clear_pointer (&self->sources, g_ptr_array_unref);
  g_clear_pointer (&self->source_names, g_hash_table_unref);
  g_clear_object (&self->frame);
  g_clear_object (&self->data);
  g_clear_pointer (&self->filter, ann_filter_unref);
}

/* --- A slice of rows --- */

typedef struct {
  AnnFilterProgram *program;
  guint64 start;
  guint64 n;
  guint8 *truths; /* of all rows of the block */
} Block;

static gboolean
ask_leaf (const Block *self,
          const AnnFilterNode *node,
          gsize first,
          gsize n,
          guint8 *truths,
          GError **error)
{
  const AnnFilterTest *test = &self->program->tests[node->index];
  AnnFilterVector vector;

  if (test->column == NULL)
    {
      memset (truths, test->is_constant_true, n);
      return TRUE;
    }

  vector = _ann_filter_vector_skip (&test->column->vector, first);
  if (test->kind == ANN_TEST_PAIR)
    {
      const AnnFilterVector other = _ann_filter_vector_skip (&test->other->vector, first);

      _ann_filter_test_run_pair (test, &vector, &other, n, truths);
      return TRUE;
    }

  return _ann_filter_test_run (test, &vector, n, self->program->cancellable, truths, error);
}

/* What the first part has settled for all rows, the others are not asked. */
static gboolean
ask (const Block *self,
     const AnnFilterNode *node,
     gsize first,
     gsize n,
     guint8 *truths,
     GError **error)
{
  const gboolean is_and = node->kind == ANN_NODE_AND;
  g_auto (AnnScratch) scratch = { NULL, 0 };

  if (node->children == NULL)
    return ask_leaf (self, node, first, n, truths, error);
  if (!ask (self, g_ptr_array_index (node->children, 0), first, n, truths, error))
    return FALSE;
  if (node->kind == ANN_NODE_NOT)
    {
      for (gsize i = 0; i < n; i++)
        truths[i] = !truths[i];
      return TRUE;
    }

  if (!_ann_scratch_reserve (&scratch, n, error))
    return FALSE;
  for (guint k = 1; k < node->children->len && memchr (truths, is_and, n) != NULL; k++)
    {
      if (!ask (self, g_ptr_array_index (node->children, k), first, n, scratch.data, error))
        return FALSE;
      for (gsize i = 0; i < n; i++)
        truths[i] = is_and ? truths[i] & scratch.data[i] : truths[i] | scratch.data[i];
    }

  return TRUE;
}

static gboolean
ask_slice (gsize first,
           gsize n,
           gpointer user_data,
           G_GNUC_UNUSED GCancellable *cancellable,
           GError **error)
{
  const Block *self = user_data;

  return ask (self, self->program->filter->root, first, n, self->truths + first, error);
}

/* --- A block of rows --- */

static gboolean
load_sources (gsize first, gsize n, gpointer user_data, GCancellable *cancellable, GError **error)
{
  const Block *self = user_data;

  for (gsize i = first; i < first + n; i++)
    {
      AnnFilterSource *source = g_ptr_array_index (self->program->sources, i);

      if (!_ann_filter_source_load (source, self->start, self->n, cancellable, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
get_vectors (const Block *self, GError **error)
{
  AnnFilterProgram *program = self->program;

  for (guint i = 0; i < program->filter->values->len; i++)
    {
      const AnnFilterValue *value = g_ptr_array_index (program->filter->values, i);
      AnnFilterColumn *column = &program->columns[i];

      if (value->kind != ANN_VALUE_NAME && value->kind != ANN_VALUE_MEMBER)
        continue;
      if (!_ann_filter_source_get_vector (g_ptr_array_index (program->sources, column->source),
                                          column->line, self->start, self->n, &column->vector,
                                          &column->spread, &column->no_dates, error))
        return FALSE;
    }

  return TRUE;
}

/* Columns are read at the same time: far away each waits for its own answer. */
static gboolean
ask_block (const Block *self, GError **error)
{
  AnnFilterProgram *program = self->program;

  return ann_worker_parallel_waits (program->sources->len, ANN_WORKER_MAX_WAITS, load_sources,
                                    (gpointer) self, program->cancellable, error)
         && get_vectors (self, error)
         && ann_worker_parallel ((gsize) self->n, SLICE_ROWS, ask_slice, (gpointer) self,
                                 program->cancellable, error);
}

/* How many rows come next, so that long texts do not fill the memory. */
static guint64
choose_rows (const AnnFilterProgram *program, guint64 n)
{
  guint64 size = 1;

  for (guint i = 0; i < program->sources->len; i++)
    size += _ann_filter_source_get_size (g_ptr_array_index (program->sources, i));

  return CLAMP (n * MAX_BLOCK_SIZE / size, 1, MIN (n * 2, BLOCK_ROWS));
}

/* --- All rows --- */

/* A bit for each row. */
typedef struct {
  guint8 *bits;
  guint64 n_rows;
  guint64 n_true;
} Mask;

static void
mask_add (Mask *self, guint64 start, const guint8 *truths, guint64 n)
{
  for (guint64 i = 0; i < n; i++)
    {
      if (truths[i] == 0)
        continue;
      self->bits[(start + i) / 8] |= (guint8) (1 << (start + i) % 8);
      self->n_true++;
    }
}

static AnnSelection *
mask_to_selection (const Mask *self, GError **error)
{
  guint64 *positions;
  guint64 n = 0;

  if (self->n_true == self->n_rows)
    return ann_selection_new_all (self->n_rows);

  positions = g_try_new (guint64, MAX (self->n_true, 1));
  if (positions == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "No memory for a list of %" G_GUINT64_FORMAT " rows", self->n_true);
      return NULL;
    }
  for (guint64 i = 0; i < self->n_rows; i++)
    {
      if (self->bits[i / 8] & 1 << i % 8)
        positions[n++] = i;
    }

  return _ann_selection_new_take (positions, n, self->n_rows);
}

static gboolean
fill_mask (AnnFilterProgram *program, Mask *mask, AnnProgress *progress, GError **error)
{
  g_autofree guint8 *truths = g_malloc (BLOCK_ROWS);
  guint64 n = BLOCK_ROWS;

  for (guint64 start = 0; start < mask->n_rows;)
    {
      const Block block = { program, start, MIN (n, mask->n_rows - start), truths };

      if (g_cancellable_set_error_if_cancelled (program->cancellable, error)
          || !ask_block (&block, error))
        return FALSE;
      mask_add (mask, start, truths, block.n);
      if (progress != NULL)
        ann_progress_add_done (progress, block.n);
      start += block.n;
      n = choose_rows (program, block.n);
    }

  return TRUE;
}

AnnSelection *
_ann_filter_program_run (AnnFilterProgram *self, AnnProgress *progress, GError **error)
{
  Mask mask = { .n_rows = self->n_rows };
  g_autofree guint8 *bits = g_try_malloc0 (MAX (1, self->n_rows / 8 + 1));

  if (bits == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "No memory for an answer for each of %" G_GUINT64_FORMAT " rows", self->n_rows);
      return NULL;
    }
  mask.bits = bits;
  if (!_ann_filter_program_find_unknown (self, error))
    return NULL;
  if (progress != NULL)
    ann_progress_add_total (progress, self->n_rows);

  return fill_mask (self, &mask, progress, error) ? mask_to_selection (&mask, error) : NULL;
}
