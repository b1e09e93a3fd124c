/* ann-selected.c: some rows and columns of an element
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "view/ann-selected-private.h"

#include "base/ann-error.h"
#include "view/ann-select.h"

#include <string.h>

#define ANN_TYPE_SELECTED (ann_selected_get_type ())

ANN_DECLARE_FINAL_TYPE (AnnSelected, ann_selected, ANN, SELECTED, AnnElement)

/* It is never made of another of its class, unless that is of another kind. */
struct _AnnSelected {
  AnnElement parent_instance;

  AnnElement *of;
  AnnSelection *rows; /* NULL for all, as columns */
  AnnSelection *columns;
};

typedef struct {
  AnnElementClass parent_class;
} AnnSelectedClass;

G_DEFINE_FINAL_TYPE (AnnSelected, ann_selected, ANN_TYPE_ELEMENT)

gboolean
_ann_selected_peek (AnnElement *element,
                    AnnElement **of,
                    AnnSelection **rows,
                    AnnSelection **columns)
{
  AnnSelected *self;

  if (!ANN_IS_SELECTED (element))
    return FALSE;

  self = ANN_SELECTED (element);
  *of = self->of;
  *rows = self->rows;
  *columns = self->columns;

  return TRUE;
}

/* --- Values --- */

AnnBlock *
_ann_block_move (AnnBlock *block, guint64 start)
{
  g_autoptr (AnnBlock) owned = block;
  AnnBlock *moved;

  if (block == NULL || block->start == start)
    return g_steal_pointer (&owned);

  /* Others may have it too. */
  moved = ann_block_new (start, block->count, block->width);
  moved->values = block->values != NULL ? ann_buffer_ref (block->values) : NULL;
  moved->texts = block->texts != NULL ? ann_strings_ref (block->texts) : NULL;
  moved->missing = block->missing != NULL ? ann_buffer_ref (block->missing) : NULL;
  moved->indptr = block->indptr != NULL ? ann_buffer_ref (block->indptr) : NULL;
  moved->indices = block->indices != NULL ? ann_buffer_ref (block->indices) : NULL;

  return moved;
}

/* Texts have no single columns. Takes @block. */
static AnnBlock *
pick_columns_of_texts (AnnBlock *block, const AnnSelection *columns, GError **error)
{
  G_GNUC_UNUSED g_autoptr (AnnBlock) owned = block;
  const guint64 width = ann_selection_get_length (columns);
  g_autoptr (AnnBlock) picked = ann_block_new (block->start, block->count, width);

  picked->texts = ann_strings_new ();
  for (guint64 row = 0; row < block->count; row++)
    {
      for (guint64 i = 0; i < width; i++)
        {
          const guint64 at = row * block->width + ann_selection_get_position (columns, i);
          gsize length;
          const char *text = ann_strings_get (block->texts, at, &length);

          if (!ann_strings_append (picked->texts, text, (gssize) length, error))
            return NULL;
        }
    }

  return g_steal_pointer (&picked);
}

/* Rows and columns as they are in what it is made of. */
static AnnBlock *
read_inner (AnnSelected *self,
            AnnSelection *rows,
            AnnSelection *columns,
            GCancellable *cancellable,
            GError **error)
{
  AnnBlock *block;

  if (columns == NULL || ann_element_get_kind (self->of) != ANN_ELEMENT_STRINGS)
    return ann_element_read (self->of, rows, columns, cancellable, error);

  block = ann_element_read (self->of, rows, NULL, cancellable, error);

  return block != NULL ? pick_columns_of_texts (block, columns, error) : NULL;
}

static AnnBlock *
ann_selected_read (AnnElement *element,
                   AnnSelection *rows,
                   AnnSelection *columns,
                   GCancellable *cancellable,
                   GError **error)
{
  AnnSelected *self = ANN_SELECTED (element);
  g_autoptr (AnnSelection) inner_rows = NULL;
  g_autoptr (AnnSelection) inner_columns = NULL;

  if (!_ann_selection_compose_nullable (self->rows, rows, &inner_rows, error)
      || !_ann_selection_compose_nullable (self->columns, columns, &inner_columns, error))
    return NULL;

  return read_inner (self, inner_rows, inner_columns, cancellable, error);
}

static AnnBlock *
ann_selected_read_rows (AnnElement *element,
                        guint64 start,
                        guint64 count,
                        GCancellable *cancellable,
                        GError **error)
{
  g_autoptr (AnnSelection) range = NULL;

  range = ann_selection_new_range (start, count, 1, ann_element_get_n_rows (element), error);
  if (range == NULL)
    return NULL;

  return _ann_block_move (ann_selected_read (element, range, NULL, cancellable, error), start);
}

/* Rows become columns. Takes @block, which is dense. */
static AnnBlock *
turn_block (AnnBlock *block, guint64 start, GError **error)
{
  G_GNUC_UNUSED g_autoptr (AnnBlock) owned = block;
  const guint64 shape[] = { block->width, block->count };
  const gsize size = ann_dtype_get_size (ann_buffer_get_dtype (block->values));
  const guint8 *from = ann_buffer_get_data (block->values);
  g_autoptr (AnnBlock) turned = ann_block_new (start, block->width, block->count);
  guint8 *to;

  turned->values = ann_buffer_new (ann_buffer_get_dtype (block->values), 2, shape, error);
  if (turned->values == NULL)
    return NULL;

  to = ann_buffer_get_data_for_writing (turned->values);
  for (guint64 row = 0; row < block->count; row++)
    for (guint64 column = 0; column < block->width; column++, from += size)
      memcpy (to + (column * block->count + row) * size, from, size);

  return g_steal_pointer (&turned);
}

static AnnBlock *
ann_selected_read_columns (AnnElement *element,
                           guint64 start,
                           guint64 count,
                           GCancellable *cancellable,
                           GError **error)
{
  AnnSelected *self = ANN_SELECTED (element);
  const guint64 n_columns = ann_element_get_length (element, 1);
  g_autoptr (AnnSelection) range = ann_selection_new_range (start, count, 1, n_columns, error);
  g_autoptr (AnnSelection) columns = NULL;
  guint64 first;
  gint64 step;
  AnnBlock *block;

  if (range == NULL || !_ann_selection_compose_nullable (self->columns, range, &columns, error))
    return NULL;
  if (ann_element_get_kind (element) != ANN_ELEMENT_DENSE)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: columns of texts are not supported; ask for rows",
                   ann_element_get_path (element));
      return NULL;
    }
  if (self->rows == NULL && ann_selection_is_range (columns, &first, &step) && step == 1)
    return _ann_block_move (ann_element_read_columns (self->of, first, count, cancellable, error),
                            start);

  block = read_inner (self, self->rows, columns, cancellable, error);

  return block != NULL ? turn_block (block, start, error) : NULL;
}

/* --- Children --- */

static char **
ann_selected_list_children (AnnElement *element, GCancellable *cancellable, GError **error)
{
  return ann_element_list_children (ANN_SELECTED (element)->of, cancellable, error);
}

/* What of a selection holds for a child of an annotated matrix. */
static void
find_axes (AnnSelected *self, const char *name, AnnSelection **rows, AnnSelection **columns)
{
  static const struct {
    const char *name;
    int axes[2]; /* of the annotated matrix; -1: none */
  } rules[] = {
    { "obs", { 0, -1 } },   { "var", { 1, -1 } },  { "X", { 0, 1 } },
    { "layers", { 0, 1 } }, { "obsm", { 0, -1 } }, { "varm", { 1, -1 } },
    { "obsp", { 0, 0 } },   { "varp", { 1, 1 } },  { "raw", { 0, -1 } },
  };
  AnnSelection *const selections[] = { self->rows, self->columns };

  *rows = NULL;
  *columns = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    {
      if (strcmp (rules[i].name, name) != 0)
        continue;
      *rows = selections[rules[i].axes[0]];
      *columns = rules[i].axes[1] >= 0 ? selections[rules[i].axes[1]] : NULL;
    }
}

static AnnElement *
ann_selected_open_child (AnnElement *element,
                         const char *name,
                         GCancellable *cancellable,
                         GError **error)
{
  AnnSelected *self = ANN_SELECTED (element);
  AnnElement *child = ann_element_open_child (self->of, name, cancellable, error);
  AnnSelection *rows = self->rows;
  AnnSelection *columns = self->columns;

  if (child == NULL)
    return NULL;

  switch ((int) ann_element_get_kind (element))
    {
    case ANN_ELEMENT_ANNDATA:
    case ANN_ELEMENT_RAW:
      find_axes (self, name, &rows, &columns);
      break;
    default:
      break;
    }

  return _ann_selected_take_child (child, rows, columns);
}

/* --- The class --- */

static void
ann_selected_finalize (GObject *object)
{
  AnnSelected *self = ANN_SELECTED (object);

  g_clear_object (&self->of);
  g_clear_pointer (&self->rows, ann_selection_unref);
  g_clear_pointer (&self->columns, ann_selection_unref);

  G_OBJECT_CLASS (ann_selected_parent_class)->finalize (object);
}

static void
ann_selected_class_init (AnnSelectedClass *klass)
{
  AnnElementClass *element_class = ANN_ELEMENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ann_selected_finalize;
  element_class->list_children = ann_selected_list_children;
  element_class->open_child = ann_selected_open_child;
  element_class->read_rows = ann_selected_read_rows;
  element_class->read_columns = ann_selected_read_columns;
  element_class->read = ann_selected_read;
}

static void
ann_selected_init (G_GNUC_UNUSED AnnSelected *self)
{
}

AnnElement *
_ann_selected_new (AnnElement *of,
                   AnnElementKind kind,
                   AnnSelection *rows,
                   AnnSelection *columns,
                   GError **error)
{
  const AnnElementSource source = {
    .node = ann_element_get_node (of),
    .path = ann_element_get_path (of),
    .encoding_type = ann_element_get_encoding_type (of),
    .encoding_version = ann_element_get_encoding_version (of),
  };
  const guint rank = ann_element_get_rank (of);
  g_autoptr (AnnSelected) self = g_object_new (ANN_TYPE_SELECTED, NULL);
  AnnSelected *inner = ANN_IS_SELECTED (of) ? ANN_SELECTED (of) : NULL;
  guint64 shape[ANN_MAX_RANK];

  if (!_ann_selection_compose_nullable (inner != NULL ? inner->rows : NULL, rows, &self->rows,
                                        error)
      || !_ann_selection_compose_nullable (inner != NULL ? inner->columns : NULL, columns,
                                           &self->columns, error))
    return NULL;

  self->of = g_object_ref (inner != NULL ? inner->of : of);
  if (rank > 0)
    memcpy (shape, ann_element_get_shape (of), rank * sizeof (guint64));
  if (rank > 0 && rows != NULL)
    shape[0] = ann_selection_get_length (rows);
  if (rank > 1 && columns != NULL)
    shape[1] = ann_selection_get_length (columns);
  _ann_element_set_info (ANN_ELEMENT (self), &(AnnElementInfo){
                                                 .source = &source,
                                                 .kind = kind,
                                                 .dtype = ann_element_get_dtype (of),
                                                 .time_type = ann_element_get_time_type (of),
                                                 .rank = rank,
                                                 .shape = shape,
                                             });

  return ANN_ELEMENT (g_steal_pointer (&self));
}
