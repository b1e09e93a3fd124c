/* ann-labels-view.c: the labels of a table as texts, read when they are asked for
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "view/ann-view-private.h"

#include "base/ann-error.h"
#include "element/ann-categorical.h"
#include "element/ann-cell.h"

#include <string.h>

#define ANN_TYPE_LABELS_VIEW (ann_labels_view_get_type ())

ANN_DECLARE_FINAL_TYPE (AnnLabelsView, ann_labels_view, ANN, LABELS_VIEW, AnnElement)

struct _AnnLabelsView {
  AnnElement parent_instance;

  AnnElement *index;
  AnnStrings *categories; /* NULL: it has none */
  char *ending;           /* of each label; NULL for none */
};

typedef struct {
  AnnElementClass parent_class;
} AnnLabelsViewClass;

G_DEFINE_FINAL_TYPE (AnnLabelsView, ann_labels_view, ANN_TYPE_ELEMENT)

/* Labels are told apart as texts that end at a NUL: one that has more behind it would be taken for
 * another.
 */
static gboolean
check_label (const AnnLabelsView *self,
             const char *label,
             gsize length,
             guint64 row,
             GError **error)
{
  if (strlen (label) == length)
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
               "%s: the label of row %" G_GUINT64_FORMAT ", “%s…”, has a NUL within: such cannot "
               "be joined; rename it",
               ann_element_get_path (self->index), row, label);

  return FALSE;
}

/* Sets @text to a label, without its ending. */
static void
get_label (const AnnLabelsView *self, const AnnBlock *block, guint64 i, GString *text)
{
  g_string_truncate (text, 0);
  if (block->texts != NULL && !ann_block_is_missing (block, i))
    {
      gsize length;
      const char *bytes = ann_strings_get (block->texts, i, &length);

      g_string_append_len (text, bytes, (gssize) length);
    }
  else if (!ann_cell_append_value (text, block, self->categories, i, 0))
    g_string_assign (text, "nan"); /* what pandas makes of a label that is none */
}

/* Takes @block, of the index. @rows: (nullable): which of its rows these are; @start on without it
 */
static AnnBlock *
make_labels (const AnnLabelsView *self,
             AnnBlock *block,
             guint64 start,
             const AnnSelection *rows,
             GError **error)
{
  g_autoptr (AnnBlock) owned = block;
  g_autoptr (AnnBlock) labels = NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  if (owned == NULL)
    return NULL;

  labels = ann_block_new (owned->start, owned->count, 1);
  labels->texts = ann_strings_new ();
  for (guint64 i = 0; i < owned->count; i++)
    {
      const guint64 row = rows != NULL ? ann_selection_get_position (rows, i) : start + i;

      get_label (self, owned, i, text);
      if (!check_label (self, text->str, text->len, row, error))
        return NULL;
      if (self->ending != NULL)
        g_string_append (text, self->ending);
      if (!ann_strings_append (labels->texts, text->str, (gssize) text->len, error))
        return NULL;
    }

  return g_steal_pointer (&labels);
}

static AnnBlock *
ann_labels_view_read_rows (AnnElement *element,
                           guint64 start,
                           guint64 count,
                           GCancellable *cancellable,
                           GError **error)
{
  AnnLabelsView *self = ANN_LABELS_VIEW (element);

  return make_labels (self, ann_element_read_rows (self->index, start, count, cancellable, error),
                      start, NULL, error);
}

static AnnBlock *
ann_labels_view_read (AnnElement *element,
                      AnnSelection *rows,
                      G_GNUC_UNUSED AnnSelection *columns,
                      GCancellable *cancellable,
                      GError **error)
{
  AnnLabelsView *self = ANN_LABELS_VIEW (element);

  return make_labels (self, ann_element_read (self->index, rows, NULL, cancellable, error), 0, rows,
                      error);
}

static void
ann_labels_view_finalize (GObject *object)
{
  AnnLabelsView *self = ANN_LABELS_VIEW (object);

  g_clear_object (&self->index);
  g_clear_pointer (&self->categories, ann_strings_unref);
  g_clear_pointer (&self->ending, g_free);

  G_OBJECT_CLASS (ann_labels_view_parent_class)->finalize (object);
}

static void
ann_labels_view_class_init (AnnLabelsViewClass *klass)
{
  AnnElementClass *element_class = ANN_ELEMENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ann_labels_view_finalize;
  element_class->read_rows = ann_labels_view_read_rows;
  element_class->read = ann_labels_view_read;
}

static void
ann_labels_view_init (G_GNUC_UNUSED AnnLabelsView *self)
{
}

AnnElement *
_ann_labels_view_new (AnnElement *index,
                      const char *path,
                      const char *ending,
                      GCancellable *cancellable,
                      GError **error)
{
  const AnnElementSource source = { .path = path, .encoding_type = "", .encoding_version = "" };
  const guint64 n = ann_element_get_n_rows (index);
  g_autoptr (AnnLabelsView) self = g_object_new (ANN_TYPE_LABELS_VIEW, NULL);

  if (ANN_IS_CATEGORICAL (index))
    {
      self->categories = ann_categorical_read_labels (ANN_CATEGORICAL (index), cancellable, error);
      if (self->categories == NULL)
        return NULL;
    }
  self->index = g_object_ref (index);
  self->ending = g_strdup (ending);
  _ann_element_set_info (ANN_ELEMENT (self), &(AnnElementInfo){
                                                 .source = &source,
                                                 .kind = ANN_ELEMENT_STRINGS,
                                                 .dtype = ANN_DTYPE_STRING,
                                                 .rank = 1,
                                                 .shape = &n,
                                             });

  return ANN_ELEMENT (g_steal_pointer (&self));
}
