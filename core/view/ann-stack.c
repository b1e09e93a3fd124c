/* ann-stack.c: matrices that are joined to one
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "view/ann-stack.h"

#include "base/ann-error-private.h"
#include "element/ann-awkward-private.h"
#include "element/ann-categorical.h"
#include "element/ann-sparse.h"
#include "view/ann-promote-private.h"
#include "view/ann-selected-private.h"
#include "view/ann-stack-private.h"

#include <math.h>
#include <string.h>

void
_ann_stack_clear (AnnStack *self)
{
  for (gsize i = 0; i < self->n_parts; i++)
    {
      g_free ((char *) self->parts[i].name);
      g_clear_object (&self->parts[i].element);
      g_clear_pointer ((GError **) &self->parts[i].unavailable, g_error_free);
      g_clear_pointer (&self->parts[i].reindex, _ann_reindex_unref);
    }
  g_clear_pointer (&self->parts, g_free);
  g_clear_pointer (&self->starts, g_free);
  g_clear_pointer (&self->path, g_free);
  self->n_parts = 0;
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnnStack, _ann_stack_clear)

void
_ann_stack_name_error (const char *name, GError **error)
{
  if (name != NULL && error != NULL && !g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    _ann_error_prefix_path (error, name);
}

static gboolean
is_sparse (const AnnStackPart *part)
{
  return part->element != NULL && ANN_IS_SPARSE (part->element);
}

static void
add_parts (AnnStack *stack, const AnnStackPart *parts, gsize n_parts)
{
  stack->parts = g_new0 (AnnStackPart, n_parts);
  stack->starts = g_new0 (guint64, n_parts + 1);
  stack->n_parts = n_parts;
  for (gsize i = 0; i < n_parts; i++)
    {
      stack->parts[i].name = g_strdup (parts[i].name);
      stack->parts[i].length = parts[i].length;
      stack->parts[i].unavailable = parts[i].unavailable != NULL
                                        ? g_error_copy (parts[i].unavailable)
                                        : NULL;
      stack->parts[i].element = parts[i].element != NULL ? g_object_ref (parts[i].element) : NULL;
      stack->parts[i].reindex = parts[i].reindex != NULL ? _ann_reindex_ref (parts[i].reindex)
                                                         : NULL;
      stack->starts[i + 1] = stack->starts[i] + parts[i].length;
    }
}

/* The lengths of the result's further axes are those of the first part that has any. */
static gboolean
check_part (AnnStack *stack, const AnnStackPart *part, AnnElement *first, GError **error)
{
  const guint rank = ann_element_get_rank (part->element);
  const GError *why = ann_element_get_error (part->element);
  gboolean fits = rank == ann_element_get_rank (first);

  if (why != NULL)
    {
      g_propagate_error (error, g_error_copy (why));
      return FALSE;
    }
  if (rank < 2
      || (!ANN_IS_SPARSE (part->element)
          && ann_element_get_kind (part->element) != ANN_ELEMENT_DENSE))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED, "%s: is %s and no matrix", stack->path,
                   ann_element_kind_get_name (ann_element_get_kind (part->element)));
      return FALSE;
    }
  for (guint axis = 2; fits && axis < rank; axis++)
    fits = ann_element_get_length (part->element, axis) == ann_element_get_length (first, axis);
  if (!fits || ann_element_get_length (part->element, stack->axis) != part->length)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT, "%s: the parts have axes that do not fit",
                   stack->path);
      return FALSE;
    }

  return TRUE;
}

/* The length of the other axis is that of the reindexes, or else that of the parts themselves. */
static gboolean
check_other_axis (AnnStack *stack, guint64 *length, GError **error)
{
  gboolean is_known = FALSE;

  for (gsize i = 0; i < stack->n_parts; i++)
    {
      const AnnStackPart *part = &stack->parts[i];
      guint64 own;

      if (part->element == NULL && part->reindex == NULL)
        continue;
      own = part->reindex != NULL ? part->reindex->length
                                  : ann_element_get_length (part->element, 1 - stack->axis);
      if ((is_known && own != *length)
          || (part->element != NULL && part->reindex != NULL
              && part->reindex->part_length
                     != ann_element_get_length (part->element, 1 - stack->axis)))
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
                       "%s: the parts have %" G_GUINT64_FORMAT " and %" G_GUINT64_FORMAT " %s",
                       stack->path, *length, own, stack->axis == 0 ? "columns" : "rows");
          return FALSE;
        }
      *length = own;
      is_known = TRUE;
    }

  return TRUE;
}

/* What a part brings is of this type, once it has room for what is filled in. */
static AnnDtype
get_part_dtype (const AnnStack *stack, const AnnStackPart *part, gboolean makes_sparse)
{
  const AnnReindex *reindex = part->reindex;
  AnnDtype dtype;

  if (part->element == NULL && part->unavailable != NULL)
    return ANN_DTYPE_BOOL; /* it may have any: no say */
  if (part->element == NULL
      || (reindex != NULL && !reindex->is_identity && reindex->part_length == 0))
    return makes_sparse && stack->fill == 0 ? ANN_DTYPE_FLOAT64 : _ann_dtype_of_fill (stack->fill);

  dtype = ann_element_get_dtype (part->element);
  if (reindex == NULL || reindex->n_found == reindex->length)
    return dtype;
  if (makes_sparse)
    return stack->fill == 0 ? dtype : _ann_dtype_promote (dtype, _ann_dtype_of_fill (stack->fill));

  return _ann_dtype_promote_for (dtype, stack->fill);
}

static gboolean
dtype_reaches (AnnDtype dtype, guint64 length)
{
  const guint bits = (guint) (8 * ann_dtype_get_size (dtype)) - ann_dtype_is_signed (dtype);

  return bits >= 64 || length <= G_GUINT64_CONSTANT (1) << bits;
}

/* That of the parts where they agree and it reaches far enough: FORMAT §11.2. */
static AnnDtype
choose_index_dtype (const AnnStack *stack)
{
  const AnnDtype usual = stack->n_columns <= (guint64) G_MAXINT32 ? ANN_DTYPE_INT32
                                                                  : ANN_DTYPE_INT64;
  gboolean is_known = FALSE;
  AnnDtype dtype = usual;

  for (gsize i = 0; i < stack->n_parts; i++)
    {
      AnnDtype own;

      if (!is_sparse (&stack->parts[i]))
        continue;
      if (ann_element_get_kind (stack->parts[i].element) != ANN_ELEMENT_CSR)
        return usual;
      own = ann_sparse_get_index_dtype (ANN_SPARSE (stack->parts[i].element));
      if (is_known && own != dtype)
        return usual;
      dtype = own;
      is_known = TRUE;
    }

  return dtype_reaches (dtype, stack->n_columns) ? dtype : usual;
}

static AnnElement *
find_first (const AnnStack *stack)
{
  for (gsize i = 0; i < stack->n_parts; i++)
    if (stack->parts[i].element != NULL)
      return stack->parts[i].element;

  return NULL;
}

static gboolean
set_shape (AnnStack *stack, AnnElement *first, GError **error)
{
  guint64 other = 0;

  for (gsize i = 0; i < stack->n_parts; i++)
    if (stack->parts[i].element != NULL && !check_part (stack, &stack->parts[i], first, error))
      return FALSE;
  if (!check_other_axis (stack, &other, error))
    return FALSE;

  stack->n_rows = stack->axis == 0 ? stack->starts[stack->n_parts] : other;
  stack->n_columns = stack->axis == 0 ? other : stack->starts[stack->n_parts];
  stack->inner = 1;
  for (guint axis = 2; axis < ann_element_get_rank (first); axis++)
    stack->inner *= ann_element_get_length (first,
                                            axis); /* fits: it is an axis of a stored array */

  return TRUE;
}

const char *
_ann_stack_find_time_type (const AnnStackPart *parts, gsize n_parts)
{
  const char *found = NULL;

  for (gsize i = 0; i < n_parts; i++)
    {
      const char *own = parts[i].element != NULL ? ann_element_get_time_type (parts[i].element)
                                                 : NULL;

      if (parts[i].element == NULL)
        continue;
      if (own == NULL || (found != NULL && strcmp (own, found) != 0))
        return NULL;
      found = own;
    }

  return found;
}

/* Dates stay what they are where all are, in a dense matrix: elsewhere nothing says that the least
 * integer is numpy's NaT, and they become fractions.
 */
static AnnDtype
promote_dates (const AnnStack *stack, AnnDtype dtype, gboolean makes_sparse)
{
  if (!ann_dtype_is_integer (dtype)
      || (!makes_sparse && _ann_stack_find_time_type (stack->parts, stack->n_parts) != NULL))
    return dtype;

  for (gsize i = 0; i < stack->n_parts; i++)
    if (stack->parts[i].element != NULL
        && ann_element_get_time_type (stack->parts[i].element) != NULL)
      return ANN_DTYPE_FLOAT64;

  return dtype;
}

static AnnDtype
promote_parts (const AnnStack *stack, gboolean makes_sparse)
{
  AnnDtype dtype = ANN_DTYPE_BOOL;
  gboolean has_gaps = FALSE;

  for (gsize i = 0; i < stack->n_parts; i++)
    {
      dtype = _ann_dtype_promote (dtype, get_part_dtype (stack, &stack->parts[i], makes_sparse));
      has_gaps |= stack->parts[i].unavailable != NULL;
    }

  if (has_gaps && !makes_sparse)
    dtype = _ann_dtype_promote_for (dtype, stack->fill);

  return promote_dates (stack, dtype, makes_sparse);
}

AnnElement *
_ann_stack_matrices (const char *path,
                     const AnnStackPart *parts,
                     gsize n_parts,
                     guint axis,
                     const AnnFill *fill,
                     GError **error)
{
  g_auto (AnnStack) stack = { .path = g_strdup (path), .axis = axis };
  guint64 shape[ANN_MAX_RANK];
  gboolean makes_sparse = FALSE;
  AnnElement *first;

  add_parts (&stack, parts, n_parts);
  first = find_first (&stack);
  g_return_val_if_fail (first != NULL, NULL);
  if (!set_shape (&stack, first, error))
    return NULL;

  for (gsize i = 0; i < n_parts; i++)
    makes_sparse |= is_sparse (&parts[i]);
  stack.fill = fill != NULL && fill->is_given ? fill->value : makes_sparse ? 0 : NAN;
  stack.dtype = promote_parts (&stack, makes_sparse);
  if (makes_sparse)
    {
      stack.index_dtype = choose_index_dtype (&stack);
      return _ann_stack_sparse_new (&stack);
    }

  for (guint i = 2; i < ann_element_get_rank (first); i++)
    shape[i] = ann_element_get_length (first, i);
  shape[0] = stack.n_rows;
  shape[1] = stack.n_columns;

  return _ann_stack_dense_new (&stack, ann_element_get_rank (first), shape);
}

/* Gives each part its place among the columns. */
static void
lay_out_diagonal (AnnStack *stack)
{
  const guint64 length = stack->starts[stack->n_parts];

  for (gsize i = 0; i < stack->n_parts; i++)
    stack->parts[i].reindex = _ann_reindex_new_range (stack->starts[i], length,
                                                      stack->parts[i].length);
}

AnnElement *
_ann_stack_diagonal (const char *path, const AnnStackPart *parts, gsize n_parts, GError **error)
{
  g_auto (AnnStack) stack = { .path = g_strdup (path), .axis = 0 };
  AnnElement *first;

  add_parts (&stack, parts, n_parts);
  lay_out_diagonal (&stack);
  first = find_first (&stack);
  g_return_val_if_fail (first != NULL, NULL);
  if (!set_shape (&stack, first, error))
    return NULL;
  if (stack.inner != 1 || ann_element_get_rank (first) != 2)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED, "%s: is no matrix", path);
      return NULL;
    }

  stack.dtype = ANN_DTYPE_BOOL; /* what has no element has no say */
  for (gsize i = 0; i < n_parts; i++)
    if (parts[i].element != NULL)
      stack.dtype = _ann_dtype_promote (stack.dtype, ann_element_get_dtype (parts[i].element));
  stack.dtype = promote_dates (&stack, stack.dtype, TRUE);
  stack.index_dtype = choose_index_dtype (&stack);

  return _ann_stack_sparse_new (&stack);
}

/* --- What it is made of --- */

static const AnnStack *
get_stack (AnnElement *element)
{
  const AnnStack *stack = _ann_stack_dense_get (element);

  return stack != NULL ? stack : _ann_stack_sparse_get (element);
}

const AnnStackPart *
_ann_element_get_stacked (AnnElement *self, gsize *n_parts, guint *axis)
{
  const AnnStack *stack = get_stack (self);

  if (stack == NULL)
    return NULL;

  *n_parts = stack->n_parts;
  *axis = stack->axis;

  return stack->parts;
}

AnnElementKind
_ann_element_get_written_kind (AnnElement *self)
{
  const AnnStack *stack = _ann_stack_sparse_get (self);

  return stack != NULL && stack->by_columns ? ANN_ELEMENT_CSC : ann_element_get_kind (self);
}

void
_ann_stack_keep_layout (AnnElement *stack, AnnElement *like)
{
  AnnStack *sparse = (AnnStack *) _ann_stack_sparse_get (stack);

  if (sparse != NULL)
    sparse->by_columns = _ann_element_get_written_kind (like) == ANN_ELEMENT_CSC;
}

double
_ann_element_get_stacked_fill (AnnElement *self)
{
  const AnnStack *stack = get_stack (self);

  return stack != NULL ? stack->fill : 0;
}

const GError *
_ann_element_get_unavailable (AnnElement *self)
{
  const AnnStack *stack = get_stack (self);
  AnnSelection *rows;
  AnnSelection *columns;
  AnnElement *base;

  if (ANN_IS_CATEGORICAL (self))
    {
      AnnElement *codes = _ann_categorical_get_code_element (self);

      return codes != NULL ? _ann_element_get_unavailable (codes) : NULL;
    }
  if (ANN_IS_AWKWARD (self))
    return _ann_awkward_get_unavailable (ANN_AWKWARD (self));
  if (_ann_selected_peek (self, &base, &rows, &columns)
      || _ann_selected_sparse_peek (self, &base, &rows, &columns))
    return _ann_element_get_unavailable (base);
  for (gsize i = 0; stack != NULL && i < stack->n_parts; i++)
    {
      const AnnStackPart *part = &stack->parts[i];
      const GError *error = part->unavailable != NULL ? part->unavailable
                            : part->element != NULL   ? _ann_element_get_unavailable (part->element)
                                                      : NULL;

      if (error != NULL)
        return error;
    }

  return _ann_stack_vector_get_unavailable (self);
}

/* --- What of it is not there --- */

gboolean
_ann_stack_mark_part (AnnElement *element, const GError *unavailable, guint64 length, guint8 *rows)
{
  if (unavailable != NULL)
    {
      memset (rows, 1, length);
      return length > 0;
    }

  return element != NULL && ann_element_get_n_rows (element) == length
         && _ann_element_mark_unavailable (element, rows);
}

static gboolean
mark_selected (AnnElement *base, AnnSelection *positions, guint8 *rows)
{
  g_autofree guint8 *of_base = NULL;
  gboolean has_some = FALSE;

  if (positions == NULL)
    return _ann_element_mark_unavailable (base, rows);

  of_base = g_try_malloc0 (ann_element_get_n_rows (base));
  if (of_base == NULL || !_ann_element_mark_unavailable (base, of_base))
    return FALSE;
  for (guint64 i = 0; i < ann_selection_get_length (positions); i++)
    {
      rows[i] |= of_base[ann_selection_get_position (positions, i)];
      has_some |= rows[i];
    }

  return has_some;
}

gboolean
_ann_element_mark_unavailable (AnnElement *self, guint8 *rows)
{
  const AnnStack *stack = get_stack (self);
  AnnSelection *positions;
  AnnSelection *columns;
  AnnElement *base;
  gboolean has_some = FALSE;

  if (ANN_IS_CATEGORICAL (self))
    {
      AnnElement *codes = _ann_categorical_get_code_element (self);

      return codes != NULL && _ann_element_mark_unavailable (codes, rows);
    }
  if (_ann_selected_peek (self, &base, &positions, &columns)
      || _ann_selected_sparse_peek (self, &base, &positions, &columns))
    return mark_selected (base, positions, rows);
  if (stack == NULL || stack->axis != 0)
    return _ann_stack_vector_mark_unavailable (self, rows);
  for (gsize i = 0; i < stack->n_parts; i++)
    has_some |= _ann_stack_mark_part (stack->parts[i].element, stack->parts[i].unavailable,
                                      stack->parts[i].length, rows + stack->starts[i]);

  return has_some;
}

/* --- Rows in another order --- */

AnnElement *
_ann_element_reindex (const char *path,
                      AnnElement *element,
                      AnnReindex *rows,
                      GCancellable *cancellable,
                      GError **error)
{
  AnnStackPart part = { .element = element, .reindex = rows };
  AnnElement *stack;

  if (ANN_IS_AWKWARD (element))
    return _ann_awkward_reindex (path, element, rows, error);
  if (ann_element_get_rank (element) < 2)
    {
      part.length = rows->length;
      return _ann_stack_vectors (path, &part, 1, NULL, cancellable, error);
    }

  part.length = ann_element_get_length (element, 1);
  stack = _ann_stack_matrices (path, &part, 1, 1, NULL, error);
  if (stack != NULL)
    _ann_stack_keep_layout (stack, element);

  return stack;
}
