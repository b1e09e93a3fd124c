/* ann-awkward-walk.c: the items of a layer of an awkward array, one behind the other
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-awkward-private.h"

#include "base/ann-buffer.h"
#include "base/ann-error.h"
#include "element/ann-element-private.h"

#include <string.h>

/* So many numbers are converted at a time. */
#define PIECE 4096

/* Run: items of a layer of one part that follow each other there; of a part without a form, or
 * where there is nothing, so many that are missing.
 */
typedef struct {
  gsize part;
  guint64 start;
  guint64 count;
  gboolean is_missing;
} Run;

/* Level: a layer of the whole, and what it is in each part; NULL where that has none such. Of the
 * last run that came from above, what is left waits here, and of that what is below the wrappers of
 * the part, where @core is.
 */
typedef struct {
  const AnnForm *form;
  guint child; /* which of its contents the level below is */
  AnnForm **sources;
  Run left;
  Run inner;
  const AnnForm *core;
} Level;

struct _AnnAwkwardWalk {
  AnnAwkward *of; /* borrowed */
  GCancellable *cancellable;
  AnnAwkwardReader **readers; /* one for each part, made when it is met */
  const AnnAwkwardPart *parts;
  gsize n_parts;
  GArray *levels; /* from the outermost to the one that is asked for */
  guint which;
  guint64 next_row;
  gint64 n_before; /* items below that were passed: the next offset, or index */
  gint64 *n_of_tags;
  Run tagged; /* of a union: items of @content that have not been told */
  guint content;
  gboolean has_begun;
};

static Level *
get_last (const AnnAwkwardWalk *self)
{
  return &g_array_index (self->levels, Level, self->levels->len - 1);
}

/* --- Levels --- */

/* What a layer of the whole is in a part, given what the one above is there. Not owned. */
static AnnForm *
descend (const AnnForm *form, guint child, AnnForm *source)
{
  AnnForm *core = source != NULL ? _ann_form_unwrap (source) : NULL;

  if (core == NULL || core->klass == ANN_FORM_EMPTY || _ann_form_is_wrapper (form))
    return core;
  if (form->klass != ANN_FORM_UNION)
    return core->contents[child];

  for (guint i = 0; i < core->n_contents; i++)
    if ((core->tags != NULL ? core->tags[i] : i) == child)
      return core->contents[i];

  return NULL;
}

static void
level_clear (gpointer data)
{
  g_free (((Level *) data)->sources);
}

/* The levels from @form down to @wanted. FALSE if that is not below. */
static gboolean
add_levels (AnnAwkwardWalk *self, const AnnForm *form, AnnForm **sources, const AnnForm *wanted)
{
  const guint depth = self->levels->len;
  Level level = { .form = form, .sources = sources };

  g_array_append_val (self->levels, level);
  if (form == wanted)
    return TRUE;

  for (guint child = 0; child < form->n_contents; child++)
    {
      AnnForm **below = g_new0 (AnnForm *, MAX (self->n_parts, 1));

      for (gsize i = 0; i < self->n_parts; i++)
        below[i] = descend (form, child, sources[i]);
      g_array_index (self->levels, Level, depth).child = child;
      if (add_levels (self, form->contents[child], below, wanted))
        return TRUE;
    }
  g_array_set_size (self->levels, depth);

  return FALSE;
}

AnnAwkwardWalk *
_ann_awkward_walk_new (AnnAwkward *of, const AnnForm *form, guint which, GCancellable *cancellable)
{
  AnnAwkwardWalk *self = g_new0 (AnnAwkwardWalk, 1);
  AnnForm **sources;

  self->of = of;
  self->cancellable = cancellable;
  self->parts = _ann_awkward_peek_parts (of, &self->n_parts);
  self->readers = g_new0 (AnnAwkwardReader *, MAX (self->n_parts, 1));
  self->levels = g_array_new (FALSE, TRUE, sizeof (Level));
  g_array_set_clear_func (self->levels, level_clear);
  self->which = which;
  self->n_of_tags = g_new0 (gint64, MAX (form->n_contents, 1));
  sources = g_new0 (AnnForm *, MAX (self->n_parts, 1));
  for (gsize i = 0; i < self->n_parts; i++)
    sources[i] = self->parts[i].form;
  add_levels (self, _ann_awkward_peek_form (of), sources, form);

  return self;
}

void
_ann_awkward_walk_free (AnnAwkwardWalk *self)
{
  for (gsize i = 0; i < self->n_parts; i++)
    g_clear_pointer (&self->readers[i], _ann_awkward_reader_free);
  g_free (self->readers);
  g_array_unref (self->levels);
  g_free (self->n_of_tags);
  g_free (self);
}

/* --- Items of a level --- */

static AnnAwkwardReader *
get_reader (AnnAwkwardWalk *self, gsize part)
{
  if (self->readers[part] == NULL)
    self->readers[part] = _ann_awkward_reader_new (self->parts[part].buffers, self->n_parts,
                                                   self->cancellable);

  return self->readers[part];
}

static void
run_skip (Run *self, guint64 n)
{
  self->count -= n;
  if (!self->is_missing)
    self->start += n;
}

/* Rows of the whole that follow each other in a part. */
static void
take_rows (AnnAwkwardWalk *self, Run *run)
{
  const guint64 n_rows = ann_element_get_n_rows (ANN_ELEMENT (self->of));

  *run = (Run){ .count = 0 };
  while (self->next_row < n_rows)
    {
      guint64 place;
      gsize part;

      _ann_awkward_find_row (self->of, self->next_row, &part, &place);
      if (run->count == 0)
        {
          run->part = part;
          run->start = place;
          run->is_missing = self->parts[part].form == NULL;
        }
      else if (part != run->part || (!run->is_missing && place != run->start + run->count))
        return;
      run->count++;
      self->next_row++;
    }
}

static gboolean
set_missing_layer (const AnnAwkwardWalk *self, const Level *level, GError **error)
{
  g_autoptr (GString) type = g_string_new (NULL);

  _ann_form_append_type (level->form, type);
  g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
               "%s: asks for items of a layer (%s) that has none",
               ann_element_get_path (ANN_ELEMENT (self->of)), type->str);

  return FALSE;
}

/* Puts into @level's inner run the first of what is left that is all missing, or follows each other
 * below the wrappers of its part: one for each item.
 */
static gboolean
unwrap (AnnAwkwardWalk *self, Level *level, GError **error)
{
  const AnnForm *source = level->sources[level->left.part];
  AnnAwkwardReader *reader;
  Run *run = &level->inner;

  *run = level->left;
  level->core = source;
  if (level->left.is_missing || (source != NULL && !_ann_form_is_wrapper (source)))
    {
      level->left.count = 0;
      return run->is_missing || source->klass != ANN_FORM_EMPTY
             || set_missing_layer (self, level, error);
    }
  if (source == NULL)
    return set_missing_layer (self, level, error);

  reader = get_reader (self, level->left.part);
  run->count = 0;
  while (level->left.count > 0)
    {
      const AnnForm *core;
      gboolean is_missing;
      guint64 place;

      if (!_ann_awkward_reader_check (reader, error)
          || !_ann_awkward_reader_unwrap (reader, source, level->left.start, &core, &place,
                                          &is_missing, error))
        return FALSE;
      if (run->count == 0)
        {
          run->start = place;
          run->is_missing = is_missing;
          level->core = core;
        }
      else if (is_missing != run->is_missing || (!is_missing && place != run->start + run->count))
        break;
      run->count++;
      run_skip (&level->left, 1);
    }

  return run->is_missing || level->core->klass != ANN_FORM_EMPTY
         || set_missing_layer (self, level, error);
}

static gboolean take_items (AnnAwkwardWalk *self, guint depth, Run *run, GError **error);

/* Sees to it that there is an inner run at @depth: there is none only at the end. */
static gboolean
fill (AnnAwkwardWalk *self, guint depth, GError **error)
{
  Level *level = &g_array_index (self->levels, Level, depth);

  if (level->inner.count > 0)
    return TRUE;
  if (level->left.count == 0 && !take_items (self, depth, &level->left, error))
    return FALSE;

  return level->left.count == 0 || unwrap (self, level, error);
}

/* Of the inner run the first items that are of one content, and follow each other there. What is
 * missing is so in the first content.
 */
static gboolean
take_tagged (AnnAwkwardWalk *self, Level *level, guint *content, Run *run, GError **error)
{
  const AnnForm *core = level->core;
  AnnAwkwardReader *reader;

  *content = 0;
  *run = level->inner;
  if (!run->is_missing && core->klass != ANN_FORM_UNION)
    return set_missing_layer (self, level, error);
  if (run->is_missing || core->n_buffers == 0)
    {
      *content = run->is_missing ? 0 : core->tags[0];
      level->inner.count = 0;
      return TRUE;
    }

  reader = get_reader (self, run->part);
  run->count = 0;
  while (level->inner.count > 0)
    {
      guint64 place;
      guint which;

      if (!_ann_awkward_reader_check (reader, error)
          || !_ann_awkward_reader_find_content (reader, core, level->inner.start, &which, &place,
                                                error))
        return FALSE;
      which = core->tags != NULL ? core->tags[which] : which;
      if (run->count == 0)
        {
          run->start = place;
          *content = which;
        }
      else if (which != *content || place != run->start + run->count)
        break;
      run->count++;
      run_skip (&level->inner, 1);
    }

  return TRUE;
}

/* The items of the first lists of the inner run, as many as follow each other. */
static gboolean
open_lists (AnnAwkwardWalk *self, Level *level, Run *items, GError **error)
{
  guint64 count = level->inner.count;

  if (!_ann_form_is_list (level->core))
    return set_missing_layer (self, level, error);

  *items = level->inner;
  if (!_ann_awkward_reader_find_lists (get_reader (self, items->part), level->core, items->start,
                                       &count, &items->start, &items->count, error))
    return FALSE;
  run_skip (&level->inner, count);

  return TRUE;
}

/* The next items of the level @depth, as many as follow each other in a part; none at the end. */
static gboolean
take_items (AnnAwkwardWalk *self, guint depth, Run *run, GError **error)
{
  Level *above;

  if (depth == 0)
    {
      take_rows (self, run);
      return TRUE;
    }

  above = &g_array_index (self->levels, Level, depth - 1);
  for (run->count = 0; run->count == 0;)
    {
      guint content = above->child;

      if (!fill (self, depth - 1, error))
        return FALSE;
      if (above->inner.count == 0)
        return TRUE;
      if (above->form->klass == ANN_FORM_UNION)
        {
          if (!take_tagged (self, above, &content, run, error))
            return FALSE;
          if (content != above->child)
            run->count = 0;
        }
      else if (above->inner.is_missing)
        {
          if (!_ann_form_is_option (above->form))
            return set_missing_layer (self, above, error);
          above->inner.count = 0;
        }
      else if (_ann_form_is_list (above->form))
        {
          if (!open_lists (self, above, run, error))
            return FALSE;
        }
      else
        {
          *run = above->inner;
          above->inner.count = 0;
        }
    }

  return TRUE;
}

/* --- Values of a buffer --- */

AnnDtype
_ann_awkward_walk_get_dtype (const AnnAwkwardWalk *self)
{
  const AnnForm *form = get_last (self)->form;

  if (form->klass == ANN_FORM_NUMPY)
    return form->dtype;

  return form->klass == ANN_FORM_UNION && self->which == 0 ? ANN_DTYPE_INT8 : ANN_DTYPE_INT64;
}

gboolean
_ann_awkward_walk_count (AnnAwkwardWalk *self, guint64 *n, GError **error)
{
  const guint last = self->levels->len - 1;
  Run run = { .count = 0 };

  *n = get_last (self)->form->klass == ANN_FORM_LIST_OFFSET ? 1 : 0;
  do
    {
      if (!take_items (self, last, &run, error))
        return FALSE;
      if (run.count > (guint64) G_MAXINT64 - *n)
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                       "%s: has more values than can be told",
                       ann_element_get_path (ANN_ELEMENT (self->of)));
          return FALSE;
        }
      *n += run.count;
    }
  while (run.count > 0);

  /* From the start again: nothing waits at any level. */
  self->next_row = 0;

  return TRUE;
}

/* Lengths of lists, added up. */
static gboolean
add_offsets (AnnAwkwardWalk *self,
             Level *level,
             gint64 *values,
             gsize max,
             gsize *n,
             GError **error)
{
  while (*n < max && level->inner.count > 0)
    {
      guint64 count = 1;
      guint64 start;
      guint64 length;

      if (!_ann_form_is_list (level->core) || level->inner.is_missing)
        return set_missing_layer (self, level, error);
      if (!_ann_awkward_reader_check (get_reader (self, level->inner.part), error)
          || !_ann_awkward_reader_find_lists (get_reader (self, level->inner.part), level->core,
                                              level->inner.start, &count, &start, &length, error))
        return FALSE;
      if (length > (guint64) (G_MAXINT64 - self->n_before))
        return set_missing_layer (self, level, error);
      self->n_before += (gint64) length;
      values[(*n)++] = self->n_before;
      run_skip (&level->inner, 1);
    }

  return TRUE;
}

static void
add_index (AnnAwkwardWalk *self, Level *level, gint64 *values, gsize max, gsize *n)
{
  for (; *n < max && level->inner.count > 0; run_skip (&level->inner, 1))
    values[(*n)++] = level->inner.is_missing ? -1 : self->n_before++;
}

static gboolean
add_tags (AnnAwkwardWalk *self, Level *level, gpointer values, gsize max, gsize *n, GError **error)
{
  while (*n < max && (level->inner.count > 0 || self->tagged.count > 0))
    {
      guint content = self->content;

      if (self->tagged.count == 0)
        {
          if (!take_tagged (self, level, &content, &self->tagged, error))
            return FALSE;
          self->content = content;
        }
      for (; *n < max && self->tagged.count > 0; run_skip (&self->tagged, 1))
        {
          if (self->which == 0)
            ((gint8 *) values)[(*n)++] = (gint8) content;
          else
            ((gint64 *) values)[(*n)++] = self->n_of_tags[content]++;
        }
    }

  return TRUE;
}

/* Numbers in the type of the whole. */
static gboolean
add_numbers (AnnAwkwardWalk *self,
             Level *level,
             guint8 *values,
             gsize max,
             gsize *n,
             GError **error)
{
  const AnnDtype dtype = level->form->dtype;
  const gsize size = ann_dtype_get_size (dtype);

  while (*n < max && level->inner.count > 0)
    {
      const guint64 count = MIN (MIN (level->inner.count, max - *n), PIECE);
      g_autoptr (AnnBuffer) piece = NULL;
      g_autoptr (AnnBuffer) converted = NULL;
      gconstpointer stored;
      AnnDtype from;

      if (level->core->klass != ANN_FORM_NUMPY || level->inner.is_missing)
        return set_missing_layer (self, level, error);
      if (!_ann_awkward_reader_check (get_reader (self, level->inner.part), error))
        return FALSE;
      stored = _ann_awkward_reader_read_numbers (get_reader (self, level->inner.part), level->core,
                                                 level->inner.start, count, &from, error);
      if (stored == NULL)
        return FALSE;
      if (from == dtype)
        memcpy (values + *n * size, stored, count * size);
      else
        {
          piece = ann_buffer_new_vector (from, count, error);
          if (piece == NULL)
            return FALSE;
          memcpy (ann_buffer_get_data_for_writing (piece), stored, ann_buffer_get_size (piece));
          converted = ann_buffer_convert (piece, dtype, error);
          if (converted == NULL)
            return FALSE;
          memcpy (values + *n * size, ann_buffer_get_data (converted), count * size);
        }
      *n += count;
      run_skip (&level->inner, count);
    }

  return TRUE;
}

gboolean
_ann_awkward_walk_next (AnnAwkwardWalk *self, gpointer values, gsize max, gsize *n, GError **error)
{
  const guint last = self->levels->len - 1;
  Level *level = get_last (self);

  *n = 0;
  if (level->form->klass == ANN_FORM_LIST_OFFSET && !self->has_begun && max > 0)
    ((gint64 *) values)[(*n)++] = 0;
  self->has_begun = TRUE;
  while (*n < max)
    {
      gboolean success = TRUE;

      if (self->tagged.count == 0 && !fill (self, last, error))
        return FALSE;
      if (self->tagged.count == 0 && level->inner.count == 0)
        break;
      switch ((int) level->form->klass)
        {
        case ANN_FORM_LIST_OFFSET:
          success = add_offsets (self, level, values, max, n, error);
          break;
        case ANN_FORM_INDEXED_OPTION:
          add_index (self, level, values, max, n);
          break;
        case ANN_FORM_UNION:
          success = add_tags (self, level, values, max, n, error);
          break;
        default:
          success = add_numbers (self, level, values, max, n, error);
        }
      if (!success)
        return FALSE;
    }

  return TRUE;
}
