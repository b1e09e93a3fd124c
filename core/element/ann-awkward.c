/* ann-awkward.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-awkward.h"

#include "base/ann-error.h"
#include "base/ann-selection-private.h"
#include "base/ann-starts-private.h"
#include "element/ann-awkward-private.h"
#include "element/ann-element-private.h"

/* The parts, one behind the other. Shared by all selections of them, and not changed. */
typedef struct {
  gatomicrefcount ref_count;
  gsize n;
  AnnAwkwardPart *parts;
  guint64 *starts; /* n + 1: the first row of each */
} Parts;

/**
 * AnnAwkward:
 *
 * Nested lists of any shape: `awkward-array`. Its rows come as JSON, as Python's json.dumps()
 * writes them without blanks. What is read of its buffers is what the rows asked for need.
 */
struct _AnnAwkward {
  AnnElement parent_instance;

  AnnForm *form;
  Parts *parts;
  AnnSelection *rows; /* which are wanted of those of all parts; NULL for all */
};

typedef struct {
  AnnElementClass parent_class;
} AnnAwkwardClass;

G_DEFINE_FINAL_TYPE (AnnAwkward, ann_awkward, ANN_TYPE_ELEMENT)

/* --- Parts --- */

static Parts *
parts_new (const AnnAwkwardPart *parts, gsize n)
{
  Parts *self = g_new (Parts, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->n = n;
  self->parts = g_new (AnnAwkwardPart, MAX (n, 1));
  self->starts = g_new (guint64, n + 1);
  self->starts[0] = 0;
  for (gsize i = 0; i < n; i++)
    {
      self->parts[i] = (AnnAwkwardPart){
        .form = parts[i].form != NULL ? _ann_form_ref (parts[i].form) : NULL,
        .buffers = parts[i].buffers != NULL ? g_ptr_array_ref (parts[i].buffers) : NULL,
        .rows = parts[i].rows != NULL ? ann_selection_ref (parts[i].rows) : NULL,
        .n_rows = parts[i].n_rows,
        .unavailable = parts[i].unavailable != NULL ? g_error_copy (parts[i].unavailable) : NULL,
      };
      self->starts[i + 1] = self->starts[i] + parts[i].n_rows;
    }

  return self;
}

static Parts *
parts_ref (Parts *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

static void
parts_unref (Parts *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  for (gsize i = 0; i < self->n; i++)
    {
      g_clear_pointer (&self->parts[i].form, _ann_form_unref);
      g_clear_pointer (&self->parts[i].buffers, g_ptr_array_unref);
      g_clear_pointer (&self->parts[i].rows, ann_selection_unref);
      g_clear_error (&self->parts[i].unavailable);
    }
  g_free (self->parts);
  g_free (self->starts);
  g_free (self);
}

void
_ann_awkward_find_row (AnnAwkward *self, guint64 row, gsize *part, guint64 *place)
{
  const guint64 of_all = self->rows != NULL ? ann_selection_get_position (self->rows, row) : row;
  const AnnAwkwardPart *found;

  *part = _ann_starts_find (self->parts->starts, self->parts->n, of_all);
  found = &self->parts->parts[*part];
  *place = of_all - self->parts->starts[*part];
  if (found->rows != NULL)
    *place = ann_selection_get_position (found->rows, *place);
}

const AnnAwkwardPart *
_ann_awkward_peek_parts (AnnAwkward *self, gsize *n_parts)
{
  *n_parts = self->parts->n;

  return self->parts->parts;
}

AnnForm *
_ann_awkward_peek_form (AnnAwkward *self)
{
  return self->form;
}

const GError *
_ann_awkward_get_unavailable (AnnAwkward *self)
{
  for (gsize i = 0; i < self->parts->n; i++)
    if (self->parts->parts[i].unavailable != NULL)
      return self->parts->parts[i].unavailable;

  return NULL;
}

AnnSelection *
_ann_awkward_peek_rows (AnnAwkward *self)
{
  return self->rows;
}

gboolean
_ann_awkward_is_stored (AnnAwkward *self)
{
  return ann_element_get_node (ANN_ELEMENT (self)) != NULL && self->rows == NULL
         && self->parts->n == 1 && self->parts->parts[0].rows == NULL
         && self->parts->parts[0].form == self->form;
}

static void
clear_rows (gpointer data)
{
  g_clear_pointer (&((AnnAwkwardPart *) data)->rows, ann_selection_unref);
}

/* How many rows from @start on lie in the same part. */
static guint64
count_run (AnnAwkward *self, guint64 start, gsize part)
{
  const guint64 n = ann_element_get_n_rows (ANN_ELEMENT (self));
  guint64 count = 1;

  if (self->rows == NULL)
    return MIN (self->parts->starts[part + 1], n) - start;
  while (start + count < n
         && _ann_starts_find (self->parts->starts, self->parts->n,
                              ann_selection_get_position (self->rows, start + count))
                == part)
    count++;

  return count;
}

static AnnSelection *
take_run (AnnAwkward *self, guint64 start, guint64 count, GError **error)
{
  g_autofree gint64 *places = g_try_new (gint64, MAX (count, 1));
  guint64 last = 0;
  gsize part;

  if (places == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "%s: no memory for %" G_GUINT64_FORMAT " rows",
                   ann_element_get_path (ANN_ELEMENT (self)), count);
      return NULL;
    }
  for (guint64 i = 0; i < count; i++)
    {
      guint64 place;

      _ann_awkward_find_row (self, start + i, &part, &place);
      places[i] = (gint64) place;
      last = MAX (last, place);
    }

  return ann_selection_new_from_indices (places, count, last + 1, error);
}

GArray *
_ann_awkward_split (AnnAwkward *self, GError **error)
{
  const guint64 n = ann_element_get_n_rows (ANN_ELEMENT (self));
  g_autoptr (GArray) split = g_array_new (FALSE, TRUE, sizeof (AnnAwkwardPart));
  guint64 start = 0;

  g_array_set_clear_func (split, clear_rows);
  if (n == 0 && self->parts->n > 0)
    {
      AnnAwkwardPart none = self->parts->parts[0]; /* its type counts */

      none.rows = NULL;
      none.n_rows = 0;
      g_array_append_val (split, none);
    }
  while (start < n)
    {
      AnnAwkwardPart part;
      guint64 place;
      gsize which;

      _ann_awkward_find_row (self, start, &which, &place);
      part = self->parts->parts[which];
      part.n_rows = count_run (self, start, which);
      part.rows = NULL;
      if (self->rows != NULL || self->parts->parts[which].rows != NULL)
        {
          part.rows = take_run (self, start, part.n_rows, error);
          if (part.rows == NULL)
            return NULL;
        }
      start += part.n_rows;
      g_array_append_val (split, part);
    }

  return g_steal_pointer (&split);
}

/* --- Values --- */

/* A reader for each part that was met. */
typedef struct {
  AnnAwkward *of;
  gboolean have_marks;
  GCancellable *cancellable;
  AnnAwkwardReader **readers;
} Readers;

static void
readers_clear (Readers *self)
{
  for (gsize i = 0; self->readers != NULL && i < self->of->parts->n; i++)
    g_clear_pointer (&self->readers[i], _ann_awkward_reader_free);
  g_clear_pointer (&self->readers, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Readers, readers_clear)

static void
readers_init (Readers *self, AnnAwkward *of, GCancellable *cancellable)
{
  self->of = of;
  self->cancellable = cancellable;
  self->readers = g_new0 (AnnAwkwardReader *, MAX (of->parts->n, 1));
}

static gboolean
append_row (Readers *self, guint64 row, GString *text, GError **error)
{
  const Parts *parts = self->of->parts;
  const AnnAwkwardPart *part;
  guint64 place;
  gsize which;

  _ann_awkward_find_row (self->of, row, &which, &place);
  part = &parts->parts[which];
  if (part->form == NULL)
    {
      g_string_append (text, "null");
      return TRUE;
    }
  if (self->readers[which] == NULL)
    {
      self->readers[which] = _ann_awkward_reader_new (part->buffers, parts->n, self->cancellable);
      _ann_awkward_reader_set_marks (self->readers[which], self->have_marks);
    }
  if (_ann_awkward_reader_append (self->readers[which], part->form, place, text, error))
    return TRUE;

  g_prefix_error (error, "%s, row %" G_GUINT64_FORMAT ": ",
                  ann_element_get_path (ANN_ELEMENT (self->of)), row);
  return FALSE;
}

static AnnBlock *
read_block (AnnAwkward *self,
            guint64 start,
            guint64 count,
            gboolean have_marks,
            GCancellable *cancellable,
            GError **error)
{
  g_auto (Readers) readers = { .of = NULL };
  g_autoptr (AnnBlock) block = ann_block_new (start, count, 1);
  g_autoptr (GString) text = g_string_new (NULL);

  readers_init (&readers, self, cancellable);
  readers.have_marks = have_marks;
  block->texts = ann_strings_new ();
  for (guint64 i = 0; i < count; i++)
    {
      g_string_truncate (text, 0);
      if (!append_row (&readers, start + i, text, error)
          || !ann_strings_append (block->texts, text->str, (gssize) text->len, error))
        return NULL;
    }

  return g_steal_pointer (&block);
}

static AnnBlock *
ann_awkward_read_rows (AnnElement *element,
                       guint64 start,
                       guint64 count,
                       GCancellable *cancellable,
                       GError **error)
{
  return read_block (ANN_AWKWARD (element), start, count, FALSE, cancellable, error);
}

static void
ann_awkward_list_arrays (AnnElement *element, GPtrArray *arrays)
{
  AnnAwkward *self = ANN_AWKWARD (element);
  const AnnAwkwardPart *part = self->parts->parts;

  for (guint i = 0; _ann_awkward_is_stored (self) && i < part->buffers->len; i++)
    g_ptr_array_add (arrays, g_object_ref (g_ptr_array_index (part->buffers, i)));
}

static void
ann_awkward_finalize (GObject *object)
{
  AnnAwkward *self = ANN_AWKWARD (object);

  g_clear_pointer (&self->form, _ann_form_unref);
  g_clear_pointer (&self->parts, parts_unref);
  g_clear_pointer (&self->rows, ann_selection_unref);

  G_OBJECT_CLASS (ann_awkward_parent_class)->finalize (object);
}

static void
ann_awkward_class_init (AnnAwkwardClass *klass)
{
  AnnElementClass *element_class = ANN_ELEMENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ann_awkward_finalize;
  element_class->read_rows = ann_awkward_read_rows;
  element_class->list_arrays = ann_awkward_list_arrays;
}

static void
ann_awkward_init (G_GNUC_UNUSED AnnAwkward *self)
{
}

/* Takes @form and @parts. */
static AnnElement *
take_new (const AnnElementSource *source, AnnForm *form, Parts *parts, AnnSelection *rows)
{
  AnnAwkward *self = g_object_new (ANN_TYPE_AWKWARD, NULL);
  const guint64 length = rows != NULL ? ann_selection_get_length (rows) : parts->starts[parts->n];

  self->form = form;
  self->parts = parts;
  self->rows = rows;
  _ann_element_set_info (ANN_ELEMENT (self), &(AnnElementInfo){
                                                 .source = source,
                                                 .kind = ANN_ELEMENT_AWKWARD,
                                                 .dtype = ANN_DTYPE_STRING,
                                                 .rank = 1,
                                                 .shape = &length,
                                             });

  return ANN_ELEMENT (self);
}

AnnElement *
_ann_awkward_new (const AnnElementSource *source,
                  G_GNUC_UNUSED AnnElementKind kind,
                  GCancellable *cancellable,
                  GError **error)
{
  const char *json = ann_attributes_get_text (source->attributes, "form");
  g_autoptr (GPtrArray) buffers = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (AnnForm) form = NULL;
  AnnAwkwardPart part;
  gint64 length;

  if (json == NULL || !ann_attributes_get_int64 (source->attributes, "length", &length)
      || length < 0)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   "%s: its attributes “form” and “length” must be a text and a number",
                   ann_node_get_path (source->node));
      return NULL;
    }
  form = _ann_form_new (source->node, json, buffers, cancellable, error);
  if (form == NULL)
    return NULL;

  part = (AnnAwkwardPart){ .form = form, .buffers = buffers, .n_rows = (guint64) length };

  return take_new (source, _ann_form_ref (form), parts_new (&part, 1), NULL);
}

AnnElement *
_ann_awkward_new_selection (AnnAwkward *of, AnnSelection *rows, GError **error)
{
  AnnElement *element = ANN_ELEMENT (of);
  const AnnElementSource source = {
    .node = ann_element_get_node (element),
    .path = ann_element_get_path (element),
    .encoding_type = ann_element_get_encoding_type (element),
    .encoding_version = ann_element_get_encoding_version (element),
  };
  AnnSelection *composed = of->rows != NULL ? _ann_selection_compose (of->rows, rows, error)
                                            : ann_selection_ref (rows);

  return composed != NULL
             ? take_new (&source, _ann_form_ref (of->form), parts_ref (of->parts), composed)
             : NULL;
}

AnnElement *
_ann_awkward_new_of_parts (const char *path,
                           AnnNode *node,
                           AnnForm *form,
                           const AnnAwkwardPart *parts,
                           gsize n_parts,
                           AnnSelection *rows)
{
  const AnnElementSource source = {
    .node = node,
    .path = path,
    .encoding_type = "awkward-array",
    .encoding_version = "0.1.0",
  };

  return take_new (&source, _ann_form_ref (form), parts_new (parts, n_parts),
                   rows != NULL ? ann_selection_ref (rows) : NULL);
}

/**
 * ann_awkward_to_type_string:
 * @self: an awkward array
 *
 * Returns: (transfer full): its type as awkward writes it, such as `34 * var * float64`
 */
char *
ann_awkward_to_type_string (AnnAwkward *self)
{
  GString *text;

  g_return_val_if_fail (ANN_IS_AWKWARD (self), NULL);

  text = g_string_new (NULL);
  g_string_append_printf (text, "%" G_GUINT64_FORMAT " * ",
                          ann_element_get_n_rows (ANN_ELEMENT (self)));
  _ann_form_append_type (self->form, text);

  return g_string_free (text, FALSE);
}

static gboolean
check_rows (AnnAwkward *self, guint64 start, guint64 count, GError **error)
{
  const guint64 n_rows = ann_element_get_n_rows (ANN_ELEMENT (self));

  if (start <= n_rows && count <= n_rows - start)
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_BOUNDS,
               "%s: asked for %" G_GUINT64_FORMAT " rows from %" G_GUINT64_FORMAT
               ", but there are %" G_GUINT64_FORMAT,
               ann_element_get_path (ANN_ELEMENT (self)), count, start, n_rows);
  return FALSE;
}

/**
 * ann_awkward_read_marked_rows:
 * @self: an awkward array
 * @start: the first row
 * @count: how many
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Reads rows as [method@Ann.Element.read_rows] does, each as JSON, for who makes values of a
 * language of it that has more types: a tuple is an object whose only name is `t`, with a list;
 * bytes that need not be text (awkward's `bytestring`) are one whose only name is `b`, with
 * hexadecimal digits; the names in all others, which are records, have a dot in front.
 *
 * Blocks; any thread.
 *
 * Returns: (transfer full): a block with texts, or %NULL with @error set
 */
AnnBlock *
ann_awkward_read_marked_rows (AnnAwkward *self,
                              guint64 start,
                              guint64 count,
                              GCancellable *cancellable,
                              GError **error)
{
  g_return_val_if_fail (ANN_IS_AWKWARD (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return check_rows (self, start, count, error)
             ? read_block (self, start, count, TRUE, cancellable, error)
             : NULL;
}

/**
 * ann_awkward_to_json:
 * @self: an awkward array
 * @start: the first row
 * @count: how many
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Writes rows as one JSON list, byte for byte as Python's
 * `json.dumps (rows, separators=(",", ":"), ensure_ascii=False)`: floats with the fewest digits
 * that read back, `NaN`, `Infinity`; records as objects, tuples as lists, what is missing as
 * `null`. Bytes that are not UTF-8 become U+FFFD.
 *
 * Returns: (transfer full): the text, or %NULL with @error set; `ANN_ERROR_TOO_LARGE` for more
 *   than 64 MiB of it: ask for fewer rows
 */
char *
ann_awkward_to_json (AnnAwkward *self,
                     guint64 start,
                     guint64 count,
                     GCancellable *cancellable,
                     GError **error)
{
  g_auto (Readers) readers = { .of = NULL };
  g_autoptr (GString) text = NULL;

  g_return_val_if_fail (ANN_IS_AWKWARD (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!check_rows (self, start, count, error))
    return NULL;

  readers_init (&readers, self, cancellable);
  text = g_string_new ("[");
  for (guint64 i = 0; i < count; i++)
    {
      if (i > 0)
        g_string_append_c (text, ',');
      if (!append_row (&readers, start + i, text, error))
        return NULL;
    }
  g_string_append_c (text, ']');

  return g_string_free (g_steal_pointer (&text), FALSE);
}
