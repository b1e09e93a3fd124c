/* ann-stack-route.c: what of a request falls on which part
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "view/ann-stack-private.h"

#include "array/ann-time-type-private.h"
#include "base/ann-error.h"
#include "base/ann-selection-private.h"
#include "base/ann-starts-private.h"

#include <string.h>

static gboolean
set_memory_error (guint64 n, GError **error)
{
  g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
               "No memory for a list of %" G_GUINT64_FORMAT " places", n);
  return FALSE;
}

static guint64 *
new_places (guint64 n, GError **error)
{
  guint64 *places = n <= G_MAXSIZE / sizeof (guint64) ? g_try_new (guint64, MAX (n, 1)) : NULL;

  if (places == NULL)
    set_memory_error (n, error);

  return places;
}

void
_ann_route_clear (AnnRoute *self)
{
  g_clear_pointer (&self->positions, ann_selection_unref);
  g_clear_pointer (&self->places, g_free);
}

void
_ann_routes_free (AnnRoute *routes, gsize n)
{
  for (gsize i = 0; i < n; i++)
    _ann_route_clear (&routes[i]);
  g_free (routes);
}

/* --- The axis of stacking --- */

/* Neighbours in rising order: a range of each part, which takes no memory. */
static gboolean
route_range (const guint64 *starts,
             gsize n_parts,
             guint64 start,
             guint64 count,
             AnnRoute *routes,
             GError **error)
{
  for (gsize i = 0; i < n_parts; i++)
    {
      const guint64 first = MAX (start, starts[i]);
      const guint64 end = MIN (start + count, starts[i + 1]);

      if (first >= end)
        continue;
      routes[i].start = first - start;
      routes[i].positions = ann_selection_new_range (first - starts[i], end - first, 1,
                                                     starts[i + 1] - starts[i], error);
      if (routes[i].positions == NULL)
        return FALSE;
    }

  return TRUE;
}

/* Positions come in runs of the same part: the one before is looked at first. */
static gsize
find_part (const guint64 *starts, gsize n_parts, guint64 position, gsize before)
{
  if (position >= starts[before] && position < starts[before + 1])
    return before;

  return _ann_starts_find (starts, n_parts, position);
}

static gboolean
route_list (const guint64 *starts,
            gsize n_parts,
            const AnnSelection *selection,
            AnnRoute *routes,
            GError **error)
{
  const guint64 length = ann_selection_get_length (selection);
  g_autofree guint64 *n_of_part = g_new0 (guint64, n_parts);
  g_autofree guint64 **positions = g_new0 (guint64 *, n_parts);
  gboolean success = TRUE;
  gsize part = 0;

  for (guint64 i = 0; i < length; i++)
    {
      part = find_part (starts, n_parts, ann_selection_get_position (selection, i), part);
      n_of_part[part]++;
    }
  for (gsize i = 0; i < n_parts && success; i++)
    {
      if (n_of_part[i] == 0)
        continue;
      positions[i] = new_places (n_of_part[i], error);
      routes[i].places = positions[i] != NULL ? new_places (n_of_part[i], error) : NULL;
      success = routes[i].places != NULL;
      n_of_part[i] = 0;
    }
  for (guint64 i = 0; i < length && success; i++)
    {
      const guint64 position = ann_selection_get_position (selection, i);

      part = find_part (starts, n_parts, position, part);
      positions[part][n_of_part[part]] = position - starts[part];
      routes[part].places[n_of_part[part]++] = i;
    }
  for (gsize i = 0; i < n_parts; i++)
    {
      if (positions[i] == NULL)
        continue;
      if (success)
        routes[i].positions = _ann_selection_new_take (positions[i], n_of_part[i],
                                                       starts[i + 1] - starts[i]);
      else
        g_free (positions[i]);
    }

  return success;
}

AnnRoute *
_ann_stack_route (const guint64 *starts,
                  gsize n_parts,
                  const AnnSelection *selection,
                  GError **error)
{
  AnnRoute *routes = g_new0 (AnnRoute, n_parts);
  guint64 start;
  gint64 step;
  gboolean success;

  if (ann_selection_get_length (selection) == 0)
    return routes;

  success = ann_selection_is_range (selection, &start, &step) && step == 1
                ? route_range (starts, n_parts, start, ann_selection_get_length (selection), routes,
                               error)
                : route_list (starts, n_parts, selection, routes, error);
  if (!success)
    {
      _ann_routes_free (routes, n_parts);
      return NULL;
    }

  return routes;
}

/* --- The other axis --- */

gboolean
_ann_route_reindexed (AnnRoute *self,
                      const AnnReindex *reindex,
                      AnnSelection *selection,
                      GError **error)
{
  const guint64 length = ann_selection_get_length (selection);
  g_autofree guint64 *positions = NULL;
  guint64 n = 0;

  if (reindex == NULL || reindex->is_identity)
    {
      self->positions = ann_selection_ref (selection);
      return TRUE;
    }

  positions = new_places (length, error);
  self->places = positions != NULL ? new_places (length, error) : NULL;
  if (self->places == NULL)
    return FALSE;
  for (guint64 i = 0; i < length; i++)
    {
      const gint64 place = _ann_reindex_get (reindex, ann_selection_get_position (selection, i));

      if (place < 0)
        continue;
      positions[n] = (guint64) place;
      self->places[n++] = i;
    }

  if (n == length)
    g_clear_pointer (&self->places, g_free);
  self->positions = _ann_selection_new_take (g_steal_pointer (&positions), n, reindex->part_length);

  return TRUE;
}

/* --- Pieces --- */

static void
clear_piece (gpointer data)
{
  AnnPiece *piece = data;

  _ann_route_clear (&piece->rows);
  g_clear_pointer (&piece->columns, ann_selection_unref);
  if (piece->owns_table)
    g_clear_pointer (&piece->column_table, g_free);
  g_clear_pointer (&piece->gap_rows, g_free);
  g_clear_pointer (&piece->gap_columns, g_free);
  g_clear_pointer (&piece->block, ann_block_unref);
}

/* The columns of a route, as the piece has them: it takes what is in @route. */
static gboolean
take_columns (AnnPiece *piece, AnnRoute *route, GError **error)
{
  const guint64 n = ann_selection_get_length (route->positions);

  piece->columns = g_steal_pointer (&route->positions);
  piece->column_start = route->start;
  if (route->places == NULL)
    return TRUE;

  piece->column_table = n <= G_MAXSIZE / sizeof (gint32) ? g_try_new (gint32, MAX (n, 1)) : NULL;
  piece->owns_table = TRUE;
  if (piece->column_table == NULL)
    return set_memory_error (n, error);
  for (guint64 i = 0; i < n; i++)
    piece->column_table[i] = (gint32) route->places[i];
  g_clear_pointer (&route->places, g_free);

  return TRUE;
}

/* A table for a part whose columns lie as they are, but not all of them. */
static gboolean
make_range_table (AnnPiece *piece, const AnnReindex *reindex, GError **error)
{
  piece->column_table = g_try_new (gint32, MAX (reindex->part_length, 1));
  piece->owns_table = TRUE;
  if (piece->column_table == NULL)
    return set_memory_error (reindex->part_length, error);
  for (guint64 i = 0; i < reindex->part_length; i++)
    piece->column_table[i] = i < reindex->n_found ? (gint32) (reindex->offset + i) : -1;

  return TRUE;
}

/* All columns of a part that is stacked by rows: what the reindex says is looked up when its values
 * are put in place, and nothing is made of it here.
 */
static gboolean
take_all_columns (const AnnStack *self, AnnPiece *piece, const AnnReindex *reindex, GError **error)
{
  if (reindex == NULL || reindex->is_identity)
    return TRUE;
  if (reindex->places != NULL)
    {
      piece->column_table = reindex->finds;
      return TRUE;
    }

  piece->column_start = reindex->offset;
  if (reindex->n_found == reindex->part_length)
    return TRUE;
  if (self->inner != 1) /* columns can be asked for of two axes alone */
    return make_range_table (piece, reindex, error);
  piece->columns = ann_selection_new_range (0, reindex->n_found, 1, reindex->part_length, error);

  return piece->columns != NULL;
}

/* Places among the @length of the result that a route leaves out. @selection: (nullable): all */
static guint64 *
list_gaps (const AnnReindex *reindex,
           AnnSelection *selection,
           guint64 length,
           guint64 *n_gaps,
           GError **error)
{
  guint64 *gaps = new_places (length, error);

  *n_gaps = 0;
  for (guint64 i = 0; gaps != NULL && i < length; i++)
    {
      const guint64 place = selection != NULL ? ann_selection_get_position (selection, i) : i;

      if (reindex == NULL || _ann_reindex_get (reindex, place) < 0)
        gaps[(*n_gaps)++] = i;
    }

  return gaps;
}

static guint64 *
list_route (const AnnRoute *route, guint64 *n, GError **error)
{
  guint64 *places;

  *n = ann_selection_get_length (route->positions);
  places = new_places (*n, error);
  for (guint64 i = 0; places != NULL && i < *n; i++)
    places[i] = route->places != NULL ? route->places[i] : route->start + i;

  return places;
}

/* Whether the part gives values at all, and not only room to be filled. */
static gboolean
has_values (const AnnStackPart *part)
{
  return part->element != NULL && (part->reindex == NULL || part->reindex->n_found > 0);
}

/* A part whose reindex is all there leaves no gap, nor does one without a reindex. */
static gboolean
leaves_gaps (const AnnStackPart *part)
{
  return part->element == NULL
         || (part->reindex != NULL && part->reindex->n_found < part->reindex->length);
}

static gboolean
plan_by_rows (const AnnStack *self,
              const AnnStackPart *part,
              AnnRoute *rows,
              AnnSelection *columns,
              AnnPiece *piece,
              GError **error)
{
  const guint64 n_columns = columns != NULL ? ann_selection_get_length (columns) : self->n_columns;
  AnnRoute route = { 0 };
  gboolean success;

  if (leaves_gaps (part))
    {
      piece->gap_rows = list_route (rows, &piece->n_gap_rows, error);
      piece->gap_columns = list_gaps (part->element != NULL ? part->reindex : NULL, columns,
                                      n_columns, &piece->n_gap_columns, error);
      if (piece->gap_rows == NULL || piece->gap_columns == NULL)
        return FALSE;
    }

  piece->rows = *rows;
  *rows = (AnnRoute){ 0 };
  if (!has_values (part))
    return TRUE;
  if (columns == NULL)
    return take_all_columns (self, piece, part->reindex, error);

  success = _ann_route_reindexed (&route, part->reindex, columns, error)
            && take_columns (piece, &route, error);
  _ann_route_clear (&route);

  return success;
}

static gboolean
plan_by_columns (const AnnStack *self,
                 const AnnStackPart *part,
                 AnnSelection *rows,
                 AnnRoute *columns,
                 AnnPiece *piece,
                 GError **error)
{
  if (leaves_gaps (part))
    {
      piece->gap_columns = list_route (columns, &piece->n_gap_columns, error);
      piece->gap_rows = list_gaps (part->element != NULL ? part->reindex : NULL, rows,
                                   ann_selection_get_length (rows), &piece->n_gap_rows, error);
      if (piece->gap_rows == NULL || piece->gap_columns == NULL)
        return FALSE;
    }
  if (!has_values (part))
    return TRUE;
  if (!_ann_route_reindexed (&piece->rows, part->reindex, rows, error)
      || !take_columns (piece, columns, error))
    return FALSE;
  if (ann_selection_is_all (piece->columns) || self->inner != 1)
    g_clear_pointer (&piece->columns, ann_selection_unref);

  return TRUE;
}

/* The block may be somebody else's, too. */
static gboolean
make_fractions (AnnPiece *piece, GError **error)
{
  const AnnBlock *from = piece->block;
  g_autoptr (AnnBlock) block = ann_block_new (from->start, from->count, from->width);

  block->values = _ann_time_to_fractions (from->values, error);
  if (block->values == NULL)
    return FALSE;
  ann_block_unref (piece->block);
  piece->block = g_steal_pointer (&block);

  return TRUE;
}

static gboolean
read_piece (const AnnStack *self,
            const AnnStackPart *part,
            AnnPiece *piece,
            GCancellable *cancellable,
            GError **error)
{
  if (!has_values (part) || ann_selection_get_length (piece->rows.positions) == 0
      || (piece->columns != NULL && ann_selection_get_length (piece->columns) == 0))
    return TRUE;

  piece->block = ann_element_read (part->element, piece->rows.positions, piece->columns,
                                   cancellable, error);

  if (piece->block == NULL)
    {
      _ann_stack_name_error (part->name, error);
      return FALSE;
    }

  return ann_element_get_time_type (part->element) == NULL || ann_dtype_is_integer (self->dtype)
         || make_fractions (piece, error);
}

/* Of the axis along which the parts lie, NULL stands for all of it. */
static AnnRoute *
route_columns (const AnnStack *self, AnnSelection *columns, GError **error)
{
  g_autoptr (AnnSelection) all = NULL;

  if (columns == NULL)
    columns = all = ann_selection_new_all (self->n_columns);

  return _ann_stack_route (self->starts, self->n_parts, columns, error);
}

GArray *
_ann_stack_read_pieces (const AnnStack *self,
                        AnnSelection *rows,
                        AnnSelection *columns,
                        GCancellable *cancellable,
                        GError **error)
{
  g_autoptr (GArray) pieces = g_array_new (FALSE, TRUE, sizeof (AnnPiece));
  AnnRoute *routes = self->axis == 0 ? _ann_stack_route (self->starts, self->n_parts, rows, error)
                                     : route_columns (self, columns, error);
  gboolean success = routes != NULL;

  g_array_set_clear_func (pieces, clear_piece);
  for (gsize i = 0; i < self->n_parts && success; i++)
    {
      const AnnStackPart *part = &self->parts[i];
      AnnPiece *piece;

      if (routes[i].positions == NULL)
        continue;
      g_array_set_size (pieces, pieces->len + 1);
      piece = &g_array_index (pieces, AnnPiece, pieces->len - 1);
      success = (self->axis == 0 ? plan_by_rows (self, part, &routes[i], columns, piece, error)
                                 : plan_by_columns (self, part, rows, &routes[i], piece, error))
                && read_piece (self, part, piece, cancellable, error);
    }
  if (routes != NULL)
    _ann_routes_free (routes, self->n_parts);

  return success ? g_steal_pointer (&pieces) : NULL;
}
