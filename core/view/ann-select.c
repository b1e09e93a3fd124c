/* ann-select.c: a part of an element is an element
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "view/ann-select.h"

#include "base/ann-error.h"
#include "base/ann-selection-private.h"
#include "element/ann-awkward.h"
#include "element/ann-categorical.h"
#include "element/ann-frame.h"
#include "view/ann-selected-private.h"
#include "view/ann-view-private.h"

#include <string.h>

/* --- Selections of selections --- */

gboolean
_ann_selection_compose_nullable (AnnSelection *inner,
                                 AnnSelection *outer,
                                 AnnSelection **result,
                                 GError **error)
{
  if (inner != NULL && outer != NULL)
    *result = _ann_selection_compose (inner, outer, error);
  else if (inner != NULL || outer != NULL)
    *result = ann_selection_ref (inner != NULL ? inner : outer);
  else
    *result = NULL;

  return *result != NULL || (inner == NULL && outer == NULL);
}

/* --- Tables --- */

typedef struct {
  AnnFrame *of;
  AnnSelection *rows;
} FrameRows;

static void
frame_rows_free (gpointer data)
{
  FrameRows *self = data;

  g_object_unref (self->of);
  g_clear_pointer (&self->rows, ann_selection_unref);
  g_free (self);
}

static AnnElement *
open_rows_of_column (gpointer user_data,
                     const char *name,
                     GCancellable *cancellable,
                     GError **error)
{
  FrameRows *self = user_data;
  AnnElement *child = ann_element_open_child (ANN_ELEMENT (self->of), name, cancellable, error);

  return child != NULL ? _ann_selected_take_child (child, self->rows, NULL) : NULL;
}

/* The names of the columns that are wanted. */
static char **
pick_columns (AnnFrame *frame, AnnSelection *columns, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  const guint64 n = columns != NULL ? ann_selection_get_length (columns)
                                    : ann_frame_get_n_columns (frame);

  for (guint64 i = 0; i < n; i++)
    {
      const guint64 place = columns != NULL ? ann_selection_get_position (columns, i) : i;
      const char *name = ann_frame_get_column_name (frame, (guint) place);

      if (!g_hash_table_add (seen, (gpointer) name))
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_BOUNDS,
                       "%s: the column “%s” was asked for twice, and a table has each name once",
                       ann_element_get_path (ANN_ELEMENT (frame)), name);
          return NULL;
        }
      g_strv_builder_add (builder, name);
    }

  return g_strv_builder_end (builder);
}

static AnnElement *
select_of_frame (AnnFrame *frame, AnnSelection *rows, AnnSelection *columns, GError **error)
{
  AnnElement *element = ANN_ELEMENT (frame);
  g_auto (GStrv) names = pick_columns (frame, columns, error);
  const FrameRows *inner = _ann_frame_peek_user_data (frame, open_rows_of_column);
  const char *index_name = ann_frame_get_index_name (frame);
  g_autoptr (AnnSelection) all_rows = NULL;
  FrameRows *data;

  if (names == NULL
      || !_ann_selection_compose_nullable (inner != NULL ? inner->rows : NULL, rows, &all_rows,
                                           error))
    return NULL;

  data = g_new (FrameRows, 1);
  data->of = g_object_ref (inner != NULL ? inner->of : frame);
  data->rows = all_rows != NULL ? ann_selection_ref (all_rows) : NULL;

  return _ann_frame_view_new (
      element, ann_element_get_path (element),
      rows != NULL ? ann_selection_get_length (rows) : ann_element_get_n_rows (element),
      index_name != NULL ? index_name : "_index", (const char *const *) names, open_rows_of_column,
      data, frame_rows_free);
}

/* --- Columns with categories --- */

static AnnElement *
select_of_categorical (AnnCategorical *categorical, AnnSelection *rows, GError **error)
{
  AnnElement *element = ANN_ELEMENT (categorical);
  AnnElement *inner = _ann_categorical_get_code_element (element);
  g_autoptr (AnnElement) codes = NULL;

  codes = _ann_selected_new (inner != NULL ? inner : element, ANN_ELEMENT_DENSE, rows, NULL, error);
  if (codes == NULL)
    return NULL;

  return _ann_categorical_view_new (element, ann_element_get_path (element), codes,
                                    ann_categorical_get_categories (categorical),
                                    ann_categorical_get_ordered (categorical), error);
}

/* --- Any kind --- */

static gboolean
check_axis (AnnElement *self,
            const AnnSelection *selection,
            guint axis,
            const char *name,
            GError **error)
{
  if (selection == NULL)
    return TRUE;
  if (ann_element_get_rank (self) <= axis)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED, "%s: is %s and has no %s to select",
                   ann_element_get_path (self),
                   ann_element_kind_get_name (ann_element_get_kind (self)), name);
      return FALSE;
    }
  if (ann_selection_get_axis_length (selection) == ann_element_get_length (self, axis))
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_BOUNDS,
               "%s: was asked for some of %" G_GUINT64_FORMAT
               " %s, but there are %" G_GUINT64_FORMAT,
               ann_element_get_path (self), ann_selection_get_axis_length (selection), name,
               ann_element_get_length (self, axis));

  return FALSE;
}

/* Whether it has no axes, and so is the same whatever is selected; or nothing can be read of it. */
static gboolean
is_without_axes (AnnElement *self)
{
  const AnnElementKind kind = ann_element_get_kind (self);

  return ann_element_get_state (self) != ANN_ELEMENT_OK || kind == ANN_ELEMENT_OPAQUE
         || (ann_element_get_rank (self) == 0 && kind != ANN_ELEMENT_MAPPING);
}

static gboolean
has_columns (AnnElementKind kind)
{
  return kind == ANN_ELEMENT_DENSE || kind == ANN_ELEMENT_CSR || kind == ANN_ELEMENT_CSC
         || kind == ANN_ELEMENT_STRINGS || kind == ANN_ELEMENT_FRAME || kind == ANN_ELEMENT_RAW
         || kind == ANN_ELEMENT_ANNDATA;
}

static gboolean
check_selections (AnnElement *self, AnnSelection *rows, AnnSelection *columns, GError **error)
{
  const AnnElementKind kind = ann_element_get_kind (self);

  if (kind == ANN_ELEMENT_MAPPING) /* each of its children is looked at */
    return TRUE;
  if (columns != NULL && (ann_element_get_rank (self) != 2 || !has_columns (kind)))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: is %s with %u axes: columns can be selected only of two",
                   ann_element_get_path (self), ann_element_kind_get_name (kind),
                   ann_element_get_rank (self));
      return FALSE;
    }
  if (strcmp (ann_element_get_encoding_type (self), "MuData") == 0)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: holds several annotated matrices, each with axes of its own: select within "
                   "one of them, below “mod”",
                   *ann_element_get_path (self) != '\0' ? ann_element_get_path (self) : "/");
      return FALSE;
    }

  return check_axis (self, rows, 0, "rows", error)
         && check_axis (self, columns, 1, "columns", error);
}

/* What has no axes is what it was. What cannot be read has no node any more: that holds all of it,
 * and who copies what it does not know would take it for the selection.
 */
static AnnElement *
select_of_broken (AnnElement *self)
{
  const GError *why = ann_element_get_error (self);

  if (why == NULL || ann_element_get_kind (self) != ANN_ELEMENT_OPAQUE)
    return g_object_ref (self);

  return _ann_opaque_new (NULL, ann_element_get_path (self), ann_element_get_encoding_type (self),
                          ann_element_get_encoding_version (self), g_error_copy (why));
}

/**
 * ann_element_select:
 * @self: an element
 * @rows: (nullable): which rows, or %NULL for all
 * @columns: (nullable): which columns of something with two axes, or %NULL for all
 * @error: return location for an error, or %NULL
 *
 * Makes an element of some rows and columns, in the order asked, each as often as it was asked for.
 * It is of the same kind and reads from @self what is asked of it; nothing is read now. A selection
 * of a selection reads from what that was made of. Its node is that of @self: what it is marked as,
 * and its attributes, are still those.
 *
 * Of a mapping the children are selected; of an annotated matrix all that lies along its axes, and
 * of its raw the rows. Something without axes is what it was; something that cannot be read is
 * there, says why, and has no node.
 *
 * Any thread; does not wait.
 *
 * Returns: (transfer full): the selection, @self itself if it is all of it, or %NULL with @error
 *   set: `ANN_ERROR_BOUNDS` for a selection of another axis, `ANN_ERROR_UNSUPPORTED` for columns of
 *   something that has none
 */
AnnElement *
ann_element_select (AnnElement *self, AnnSelection *rows, AnnSelection *columns, GError **error)
{
  g_return_val_if_fail (ANN_IS_ELEMENT (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (is_without_axes (self))
    return (rows == NULL || ann_selection_is_all (rows))
                   && (columns == NULL || ann_selection_is_all (columns))
               ? g_object_ref (self)
               : select_of_broken (self);
  if (!check_selections (self, rows, columns, error))
    return NULL;

  if (rows != NULL && ann_selection_is_all (rows))
    rows = NULL;
  if (columns != NULL && ann_selection_is_all (columns))
    columns = NULL;
  if (rows == NULL && columns == NULL)
    return g_object_ref (self);

  switch ((int) ann_element_get_kind (self))
    {
    case ANN_ELEMENT_CSR:
    case ANN_ELEMENT_CSC:
      return _ann_selected_sparse_new (ANN_SPARSE (self), rows, columns, error);
    case ANN_ELEMENT_FRAME:
      return select_of_frame (ANN_FRAME (self), rows, columns, error);
    case ANN_ELEMENT_CATEGORICAL:
      return select_of_categorical (ANN_CATEGORICAL (self), rows, error);
    case ANN_ELEMENT_AWKWARD:
      return _ann_awkward_new_selection (ANN_AWKWARD (self), rows, error);
    default:
      return _ann_selected_new (self, ann_element_get_kind (self), rows, columns, error);
    }
}

AnnElement *
_ann_selected_take_child (AnnElement *child, AnnSelection *rows, AnnSelection *columns)
{
  G_GNUC_UNUSED g_autoptr (AnnElement) owned = child;
  g_autoptr (GError) error = NULL;
  AnnElement *selected = ann_element_select (child, rows, columns, &error);

  if (selected != NULL)
    return selected;

  return _ann_opaque_new (ann_element_get_node (child), ann_element_get_path (child),
                          ann_element_get_encoding_type (child),
                          ann_element_get_encoding_version (child), g_steal_pointer (&error));
}

gboolean
_ann_element_get_selected (AnnElement *self,
                           AnnElement **base,
                           AnnSelection **rows,
                           AnnSelection **columns)
{
  return _ann_selected_sparse_peek (self, base, rows, columns)
         || _ann_selected_peek (self, base, rows, columns);
}
