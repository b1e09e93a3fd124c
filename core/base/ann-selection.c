/* ann-selection.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-selection.h"

#include "base/ann-error.h"
#include "base/ann-selection-private.h"

#include <string.h>

/* A range, some ranges behind each other, or a list: one of the arrays is not NULL then. A list
 * whose positions are a range's is made one, so that its reader has the quick way. Axes are no
 * longer than what an index can reach; nearly all are so short that half the memory will do, which
 * counts where millions are selected.
 */
#define MAX_AXIS_LENGTH ((guint64) G_MAXINT64)
#define MAX_NARROW_LENGTH (G_GUINT64_CONSTANT (1) << 32)

struct _AnnSelection {
  gatomicrefcount ref_count;
  guint64 axis_length;
  guint64 length;
  guint64 start;   /* of a range; 0 if it is empty */
  gint64 step;     /* of a range, never 0; 1 for fewer than two positions */
  guint32 *narrow; /* of a list on an axis of at most MAX_NARROW_LENGTH */
  guint64 *wide;   /* of one on a longer axis */
  GArray *pieces;  /* of AnnSelectionPiece: two or more */
  gboolean is_rising;
};

G_DEFINE_BOXED_TYPE (AnnSelection, ann_selection, ann_selection_ref, ann_selection_unref)

static AnnSelection *
new_range (guint64 start, guint64 length, gint64 step, guint64 axis_length)
{
  AnnSelection *self = g_new0 (AnnSelection, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->axis_length = axis_length;
  self->length = length;
  self->start = length > 0 ? start : 0;
  self->step = length > 1 ? step : 1;
  self->is_rising = self->step > 0;

  return self;
}

/* Half of the memory holds the positions, in place; the other half is given back. */
static guint32 *
narrow (guint64 *positions, guint64 length)
{
  guint8 *to = (guint8 *) positions;
  guint32 *smaller;

  for (guint64 i = 0; i < length; i++)
    {
      const guint32 position = (guint32) positions[i];

      memcpy (to + i * sizeof position, &position, sizeof position);
    }
  smaller = g_try_realloc (positions, MAX (length, 1) * sizeof *smaller);

  return smaller != NULL ? smaller : (guint32 *) (void *) positions;
}

/* The memory of @positions may be more than they need. */
AnnSelection *
_ann_selection_new_take (guint64 *positions, guint64 length, guint64 axis_length)
{
  AnnSelection *self;
  gboolean is_range = TRUE;
  gboolean is_rising = TRUE;
  gint64 step = 1;

  /* No overflow: no position is above what a gint64 holds. */
  if (length > 1)
    step = (gint64) positions[1] - (gint64) positions[0];
  for (guint64 i = 1; i < length; i++)
    {
      gint64 difference = (gint64) positions[i] - (gint64) positions[i - 1];

      is_range &= difference == step;
      is_rising &= difference > 0;
    }

  if (is_range && step != 0)
    {
      self = new_range (length > 0 ? positions[0] : 0, length, step, axis_length);
      g_free (positions);
      return self;
    }

  self = new_range (0, length, 1, axis_length);
  if (axis_length <= MAX_NARROW_LENGTH)
    self->narrow = narrow (positions, length);
  else
    self->wide = positions;
  self->is_rising = is_rising;

  return self;
}

AnnSelection *
_ann_selection_new_pieces (const AnnSelectionPiece *pieces, gsize n_pieces, guint64 axis_length)
{
  g_autoptr (GArray) joined = _ann_selection_pieces_join (pieces, n_pieces);
  const AnnSelectionPiece *all = (const AnnSelectionPiece *) (void *) joined->data;
  guint64 length = 0;
  AnnSelection *self;

  for (guint i = 0; i < joined->len; i++)
    length += all[i].length;
  if (length == joined->len) /* which may be a range, with another step */
    {
      guint64 *positions = g_new (guint64, MAX (joined->len, 1));

      for (guint i = 0; i < joined->len; i++)
        positions[i] = all[i].start;
      return _ann_selection_new_take (positions, length, axis_length);
    }

  self = new_range (all[0].start, length, 1, axis_length);
  if (joined->len > 1)
    self->pieces = g_steal_pointer (&joined);

  return self;
}

static gboolean
check_axis_length (guint64 axis_length, GError **error)
{
  if (axis_length <= MAX_AXIS_LENGTH)
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
               "An axis of %" G_GUINT64_FORMAT " is longer than an index can reach", axis_length);

  return FALSE;
}

/* Room for @n positions, whose number may come from outside. */
static guint64 *
allocate (guint64 n, GError **error)
{
  guint64 *positions = n <= G_MAXSIZE / sizeof (guint64) ? g_try_new (guint64, MAX (n, 1)) : NULL;

  if (positions == NULL)
    g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                 "No memory for a list of %" G_GUINT64_FORMAT " positions", n);

  return positions;
}

/**
 * ann_selection_new_all:
 * @axis_length: how long the axis is
 *
 * Returns: (transfer full): the whole axis
 */
AnnSelection *
ann_selection_new_all (guint64 axis_length)
{
  return new_range (0, axis_length, 1, axis_length);
}

/**
 * ann_selection_new_range:
 * @start: the first position
 * @count: how many
 * @step: from one to the next; negative to go back
 * @axis_length: how long the axis is
 * @error: return location for an `ANN_ERROR_BOUNDS`
 *
 * Positions that are not on the axis are an error, unlike with
 * [func@Ann.Selection.new_slice]. An empty range may begin anywhere up to the end.
 *
 * Returns: (transfer full): a range, or %NULL with @error set
 */
AnnSelection *
ann_selection_new_range (guint64 start,
                         guint64 count,
                         gint64 step,
                         guint64 axis_length,
                         GError **error)
{
  guint64 room;
  guint64 stride = step < 0 ? -(guint64) step : (guint64) step;

  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!check_axis_length (axis_length, error))
    return NULL;
  if (step == 0)
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_BOUNDS, "The step of a range cannot be 0");
      return NULL;
    }
  room = step < 0 ? start : axis_length - MIN (start + 1, axis_length);
  if (start > axis_length || (count > 0 && start == axis_length)
      || (count > 1 && (count - 1) > room / stride))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_BOUNDS,
                   "%" G_GUINT64_FORMAT " from %" G_GUINT64_FORMAT " in steps of %" G_GINT64_FORMAT
                   " leave the axis, which has %" G_GUINT64_FORMAT,
                   count, start, step, axis_length);
      return NULL;
    }

  return new_range (start, count, step, axis_length);
}

/* Where Python's slices put a bound: negative ones count from the end, and what lies outside is
 * moved to the nearest end: [0, length] going up, [-1, length - 1] going down.
 */
static gint64
clip (gint64 bound, gint64 step, gint64 length)
{
  gint64 least = step < 0 ? -1 : 0;

  if (bound < 0)
    bound = bound < -length ? -1 - length : bound + length; /* no overflow */

  return CLAMP (bound, least, length + least);
}

/**
 * ann_selection_new_slice: (skip)
 * @start: (nullable): the first position
 * @stop: (nullable): where it ends; this position is not in it
 * @step: (nullable): from one to the next, 1 without it
 * @axis_length: how long the axis is
 * @error: return location for an `ANN_ERROR_BOUNDS`: the step is 0
 *
 * What `start:stop:step` means in Python: a part that is left out is %NULL, a negative bound
 * counts from the end, and a slice ends where the axis does.
 *
 * Returns: (transfer full): a range, or %NULL with @error set
 */
AnnSelection *
ann_selection_new_slice (const gint64 *start,
                         const gint64 *stop,
                         const gint64 *step,
                         guint64 axis_length,
                         GError **error)
{
  const gint64 stride = step != NULL ? *step : 1;
  const gint64 length = (gint64) axis_length;
  gint64 first;
  gint64 end;
  guint64 distance;
  guint64 count = 0;

  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!check_axis_length (axis_length, error))
    return NULL;
  if (stride == 0)
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_BOUNDS, "The step of a slice cannot be 0");
      return NULL;
    }

  if (start != NULL)
    first = clip (*start, stride, length);
  else
    first = stride < 0 ? length - 1 : 0;
  if (stop != NULL)
    end = clip (*stop, stride, length);
  else
    end = stride < 0 ? -1 : length;

  distance = stride < 0 ? (guint64) (first - end) : (guint64) (end - first);
  if (stride < 0 ? first > end : first < end)
    count = (distance - 1) / (stride < 0 ? -(guint64) stride : (guint64) stride) + 1;

  return new_range ((guint64) first, count, stride, axis_length);
}

/* Sets @position to where @index leads. */
static gboolean
resolve (gint64 index, guint64 axis_length, guint64 *position, GError **error)
{
  gint64 length = (gint64) axis_length;

  if (index >= -length && index < length)
    {
      *position = (guint64) (index < 0 ? index + length : index);
      return TRUE;
    }

  g_set_error (error, ANN_ERROR, ANN_ERROR_BOUNDS,
               "%" G_GINT64_FORMAT " lies outside of an axis of %" G_GUINT64_FORMAT, index,
               axis_length);

  return FALSE;
}

/**
 * ann_selection_new_from_indices:
 * @indices: (array length=n_indices) (nullable): positions; negative ones count from the end
 * @n_indices: how many
 * @axis_length: how long the axis is
 * @error: return location for an `ANN_ERROR_BOUNDS` or `ANN_ERROR_TOO_LARGE`
 *
 * Order and repetitions are kept.
 *
 * Returns: (transfer full): a selection, or %NULL with @error set
 */
AnnSelection *
ann_selection_new_from_indices (const gint64 *indices,
                                gsize n_indices,
                                guint64 axis_length,
                                GError **error)
{
  g_autofree guint64 *positions = NULL;

  g_return_val_if_fail (indices != NULL || n_indices == 0, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!check_axis_length (axis_length, error))
    return NULL;
  positions = allocate (n_indices, error);
  if (positions == NULL)
    return NULL;
  for (gsize i = 0; i < n_indices; i++)
    {
      if (!resolve (indices[i], axis_length, &positions[i], error))
        return NULL;
    }

  return _ann_selection_new_take (g_steal_pointer (&positions), n_indices, axis_length);
}

/**
 * ann_selection_new_from_mask:
 * @mask: (array length=n_mask) (nullable): a byte for each position: not 0 if it is wanted
 * @n_mask: how many
 * @axis_length: how long the axis is, which @n_mask must be
 * @error: return location for an `ANN_ERROR_BOUNDS` or `ANN_ERROR_TOO_LARGE`
 *
 * Returns: (transfer full): a selection, or %NULL with @error set
 */
AnnSelection *
ann_selection_new_from_mask (const guint8 *mask, gsize n_mask, guint64 axis_length, GError **error)
{
  g_autofree guint64 *positions = NULL;
  gsize n_wanted = 0;
  gsize n = 0;

  g_return_val_if_fail (mask != NULL || n_mask == 0, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (n_mask != axis_length)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_BOUNDS,
                   "A mask of %" G_GSIZE_FORMAT " does not fit an axis of %" G_GUINT64_FORMAT,
                   n_mask, axis_length);
      return NULL;
    }

  for (gsize i = 0; i < n_mask; i++)
    n_wanted += mask[i] != 0;
  positions = allocate (n_wanted, error);
  if (positions == NULL)
    return NULL;
  for (gsize i = 0; i < n_mask; i++)
    {
      if (mask[i] != 0)
        positions[n++] = i;
    }

  return _ann_selection_new_take (g_steal_pointer (&positions), n, axis_length);
}

/* --- Text --- */

static gboolean
set_syntax_error (const char *text, const char *at, const char *what, GError **error)
{
  g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT, "“%s”: at character %ld: %s", text,
               g_utf8_strlen (text, at - text) + 1, what);

  return FALSE;
}

static const char *
skip_spaces (const char *at)
{
  while (g_ascii_isspace (*at))
    at++;

  return at;
}

/* Reads an integer, if there is one. */
static gboolean
parse_integer (const char *text, const char **at, gint64 *value, gboolean *is_there, GError **error)
{
  const char *digits = *at + (**at == '-' || **at == '+');
  gboolean negative = **at == '-';
  guint64 number;
  char *end;

  *is_there = digits != *at || g_ascii_isdigit (*digits);
  if (!*is_there)
    return TRUE;
  if (!g_ascii_isdigit (*digits))
    return set_syntax_error (text, digits, "a number must follow the sign", error);

  number = g_ascii_strtoull (digits, &end, 10);
  if (number > (guint64) G_MAXINT64)
    return set_syntax_error (text, digits, "this number is too large", error);

  *value = negative ? -(gint64) number : (gint64) number;
  *at = skip_spaces (end);

  return TRUE;
}

/* One index, or one slice with any of its three parts. */
typedef struct {
  gint64 values[3];
  gboolean is_there[3];
  guint n_colons;
} Term;

static gboolean
parse_term (const char *text, const char **at, Term *term, GError **error)
{
  const char *begin = skip_spaces (*at);

  *term = (Term){ .n_colons = 0 };
  *at = begin;
  while (TRUE)
    {
      guint part = term->n_colons;

      if (!parse_integer (text, at, &term->values[part], &term->is_there[part], error))
        return FALSE;
      if (**at != ':' || part == 2)
        break;
      term->n_colons++;
      *at = skip_spaces (*at + 1);
    }

  if (**at != '\0' && **at != ',')
    return set_syntax_error (text, *at, "there must be a number, “:” or “,” here", error);
  if (term->n_colons == 0 && !term->is_there[0])
    return set_syntax_error (text, begin, "a position or a range is missing", error);

  return TRUE;
}

static AnnSelection *
select_term (const Term *term, guint64 axis_length, GError **error)
{
  if (term->n_colons == 0)
    return ann_selection_new_from_indices (&term->values[0], 1, axis_length, error);

  return ann_selection_new_slice (term->is_there[0] ? &term->values[0] : NULL,
                                  term->is_there[1] ? &term->values[1] : NULL,
                                  term->is_there[2] ? &term->values[2] : NULL, axis_length, error);
}

static AnnSelection *
join (GPtrArray *parts, guint64 axis_length, GError **error)
{
  guint64 *positions;
  guint64 length = 0;
  guint64 n = 0;

  for (guint i = 0; i < parts->len; i++)
    {
      if (!g_uint64_checked_add (&length, length,
                                 ann_selection_get_length (g_ptr_array_index (parts, i))))
        length = G_MAXUINT64;
    }
  positions = allocate (length, error);
  if (positions == NULL)
    return NULL;

  for (guint i = 0; i < parts->len; i++)
    {
      const AnnSelection *part = g_ptr_array_index (parts, i);

      for (guint64 k = 0; k < part->length; k++)
        positions[n++] = ann_selection_get_position (part, k);
    }

  return _ann_selection_new_take (positions, length, axis_length);
}

/**
 * ann_selection_parse:
 * @text: such as `10:20`, `::-2`, `7`, `-1` or `1,5,9:20`
 * @axis_length: how long the axis is
 * @error: return location for an `ANN_ERROR_FORMAT`, which tells the column of the mistake, an
 *   `ANN_ERROR_BOUNDS` or an `ANN_ERROR_TOO_LARGE`
 *
 * Reads positions and Python's slices with commas between them, in the order given. A single
 * position must be on the axis, a slice ends where the axis does.
 *
 * Returns: (transfer full): a selection, or %NULL with @error set
 */
AnnSelection *
ann_selection_parse (const char *text, guint64 axis_length, GError **error)
{
  g_autoptr (GPtrArray) parts = NULL;
  const char *at = text;

  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!check_axis_length (axis_length, error))
    return NULL;
  parts = g_ptr_array_new_with_free_func ((GDestroyNotify) ann_selection_unref);
  while (TRUE)
    {
      AnnSelection *part;
      Term term;

      if (!parse_term (text, &at, &term, error))
        return NULL;
      part = select_term (&term, axis_length, error);
      if (part == NULL)
        return NULL;
      g_ptr_array_add (parts, part);

      if (*at == '\0')
        break;
      at++;
    }

  return parts->len == 1 ? ann_selection_ref (g_ptr_array_index (parts, 0))
                         : join (parts, axis_length, error);
}

/* --- What it is --- */

/**
 * ann_selection_ref:
 * @self: a selection
 *
 * Returns: (transfer full): @self
 */
AnnSelection *
ann_selection_ref (AnnSelection *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * ann_selection_unref:
 * @self: (transfer full): a selection
 */
void
ann_selection_unref (AnnSelection *self)
{
  g_return_if_fail (self != NULL);

  if (g_atomic_ref_count_dec (&self->ref_count))
    {
      g_free (self->narrow);
      g_free (self->wide);
      g_clear_pointer (&self->pieces, g_array_unref);
      g_free (self);
    }
}

/**
 * ann_selection_get_length:
 * @self: a selection
 *
 * Returns: how many positions it has
 */
guint64
ann_selection_get_length (const AnnSelection *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->length;
}

/**
 * ann_selection_get_axis_length:
 * @self: a selection
 *
 * Returns: how long the axis is that it was made for
 */
guint64
ann_selection_get_axis_length (const AnnSelection *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->axis_length;
}

/**
 * ann_selection_get_position:
 * @self: a selection
 * @index: which of its positions, less than their number
 *
 * Returns: the position on the axis
 */
guint64
ann_selection_get_position (const AnnSelection *self, guint64 index)
{
  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail (index < self->length, 0);

  if (self->narrow != NULL)
    return self->narrow[index];
  if (self->wide != NULL)
    return self->wide[index];
  if (self->pieces != NULL)
    return _ann_selection_pieces_get (self->pieces, index, NULL);

  return self->start + index * (guint64) self->step; /* modulo 2⁶⁴, which comes out right */
}

static gboolean
is_range (const AnnSelection *self)
{
  return self->narrow == NULL && self->wide == NULL && self->pieces == NULL;
}

guint64
_ann_selection_count_neighbors (const AnnSelection *self, guint64 first, guint64 max)
{
  const guint64 position = ann_selection_get_position (self, first);
  guint64 n = 1;

  max = MIN (max, self->length - first);
  if (is_range (self))
    return self->step == 1 ? MAX (max, 1) : 1;
  if (self->pieces != NULL)
    {
      _ann_selection_pieces_get (self->pieces, first, &n);
      return MAX (MIN (n, max), 1);
    }
  while (n < max && ann_selection_get_position (self, first + n) == position + n)
    n++;

  return n;
}

/**
 * ann_selection_is_all:
 * @self: a selection
 *
 * Returns: whether it is the whole axis, in its order
 */
gboolean
ann_selection_is_all (const AnnSelection *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return is_range (self) && self->length == self->axis_length && self->step == 1;
}

/**
 * ann_selection_is_range:
 * @self: a selection
 * @start: (out) (optional): its first position; 0 if it is empty
 * @step: (out) (optional): from one to the next: never 0, and 1 for fewer than two positions
 *
 * Returns: whether its positions lie at equal distances, however it was made
 */
gboolean
ann_selection_is_range (const AnnSelection *self, guint64 *start, gint64 *step)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (!is_range (self))
    return FALSE;
  if (start != NULL)
    *start = self->start;
  if (step != NULL)
    *step = self->step;

  return TRUE;
}

/**
 * ann_selection_is_rising:
 * @self: a selection
 *
 * Returns: whether each position is above the one before it: in the order of the axis, none twice
 */
gboolean
ann_selection_is_rising (const AnnSelection *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->is_rising;
}

/* --- A selection of a selection --- */

/* Ranges of ranges stay ranges. The product of two steps fits, for all positions lie on the axis.
 */
static AnnSelection *
compose_ranges (AnnSelection *inner,
                guint64 start,
                gint64 step,
                const AnnSelection *outer,
                guint64 outer_start,
                gint64 outer_step,
                GError **error)
{
  const guint64 n = ann_selection_get_length (outer);
  const guint64 axis_length = ann_selection_get_axis_length (inner);

  if (n == 0)
    return ann_selection_new_range (0, 0, 1, axis_length, error);

  return ann_selection_new_range (start + outer_start * (guint64) step, n,
                                  n > 1 ? step * outer_step : 1, axis_length, error);
}

/* Of what lies within one piece a range, in order what lies across some; else NULL: a list. */
static AnnSelection *
compose_pieces (AnnSelection *inner, const AnnSelection *outer)
{
  const guint64 last = ann_selection_get_position (outer, outer->length - 1);
  const guint64 low = MIN (outer->start, last);
  const guint64 n = MAX (outer->start, last) - low + 1;
  const guint64 position = ann_selection_get_position (inner, outer->start);
  g_autoptr (GArray) cut = NULL;

  if (_ann_selection_count_neighbors (inner, low, n) == n)
    return new_range (position, outer->length, outer->step, inner->axis_length);
  if (outer->step != 1)
    return NULL;

  cut = _ann_selection_pieces_cut (inner->pieces, low, n);

  return _ann_selection_new_pieces ((const AnnSelectionPiece *) (void *) cut->data, cut->len,
                                    inner->axis_length);
}

AnnSelection *
_ann_selection_compose (AnnSelection *inner, AnnSelection *outer, GError **error)
{
  const guint64 n = ann_selection_get_length (outer);
  guint64 *positions;
  guint64 starts[2];
  gint64 steps[2];

  if (ann_selection_get_axis_length (outer) != ann_selection_get_length (inner))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_BOUNDS,
                   "Some of %" G_GUINT64_FORMAT " were asked for, but %" G_GUINT64_FORMAT
                   " are selected",
                   ann_selection_get_axis_length (outer), ann_selection_get_length (inner));
      return NULL;
    }
  if (ann_selection_is_all (outer))
    return ann_selection_ref (inner);
  if (ann_selection_is_all (inner))
    return ann_selection_ref (outer);
  if (ann_selection_is_range (inner, &starts[0], &steps[0])
      && ann_selection_is_range (outer, &starts[1], &steps[1]))
    return compose_ranges (inner, starts[0], steps[0], outer, starts[1], steps[1], error);

  if (inner->pieces != NULL && is_range (outer) && n > 0)
    {
      AnnSelection *cut = compose_pieces (inner, outer);

      if (cut != NULL)
        return cut;
    }

  positions = allocate (n, error);
  if (positions == NULL)
    return NULL;
  for (guint64 i = 0; i < n; i++)
    positions[i] = ann_selection_get_position (inner, ann_selection_get_position (outer, i));

  return _ann_selection_new_take (positions, n, ann_selection_get_axis_length (inner));
}
