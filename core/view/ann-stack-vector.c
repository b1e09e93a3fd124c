/* ann-stack-vector.c: vectors that are joined to one
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "view/ann-stack-private.h"

#include "array/ann-time-type-private.h"
#include "base/ann-error.h"
#include "element/ann-cell.h"
#include "view/ann-vector-plan-private.h"
#include "view/ann-view-private.h"

#include <math.h>
#include <string.h>

#define ANN_TYPE_STACK_VECTOR (ann_stack_vector_get_type ())

ANN_DECLARE_FINAL_TYPE (AnnStackVector, ann_stack_vector, ANN, STACK_VECTOR, AnnElement)

struct _AnnStackVector {
  AnnElement parent_instance;

  AnnVectorPlan plan;
  guint64 *starts;
};

typedef struct {
  AnnElementClass parent_class;
} AnnStackVectorClass;

G_DEFINE_FINAL_TYPE (AnnStackVector, ann_stack_vector, ANN_TYPE_ELEMENT)

/* --- What one part brings --- */

/* Some rows of a part, as the result has them. Without values and texts all of it is missing. */
typedef struct {
  AnnBuffer *values;
  AnnStrings *texts;
  guint8 *missing; /* NULL: nothing is */
  AnnRoute rows;   /* where they come; positions are those of the part */
} Piece;

static void
piece_clear (gpointer data)
{
  Piece *self = data;

  g_clear_pointer (&self->values, ann_buffer_unref);
  g_clear_pointer (&self->texts, ann_strings_unref);
  g_clear_pointer (&self->missing, g_free);
  _ann_route_clear (&self->rows);
}

static guint8 *
new_mask (guint64 n, GError **error)
{
  guint8 *mask = g_try_malloc0 (MAX (n, 1));

  if (mask == NULL)
    g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE, "No memory for %" G_GUINT64_FORMAT " rows",
                 n);

  return mask;
}

static gboolean
copy_mask (Piece *piece, const AnnBlock *block, GError **error)
{
  if (block->missing == NULL)
    return TRUE;

  piece->missing = new_mask (block->count, error);
  if (piece->missing == NULL)
    return FALSE;
  memcpy (piece->missing, ann_buffer_get_data (block->missing), block->count);

  return TRUE;
}

/* Texts, or anything that is shown as one. */
static gboolean
make_texts (const AnnVectorPart *part, const AnnBlock *block, Piece *piece, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const gint32 *codes = part->labels != NULL ? ann_buffer_get_data (block->values) : NULL;

  if (block->texts != NULL)
    {
      piece->texts = ann_strings_ref (block->texts);
      return copy_mask (piece, block, error);
    }

  piece->texts = ann_strings_new ();
  piece->missing = new_mask (block->count, error);
  if (piece->missing == NULL)
    return FALSE;
  for (guint64 i = 0; i < block->count; i++)
    {
      const char *bytes = "";
      gsize length = 0;

      g_string_truncate (text, 0);
      if (codes != NULL)
        {
          piece->missing[i] = codes[i] < 0;
          if (codes[i] >= 0)
            bytes = ann_strings_get (part->labels, (gsize) codes[i], &length);
        }
      else if (ann_block_is_missing (block, i) || isnan (ann_buffer_get_double (block->values, i))
               || !ann_cell_append_value (text, block, NULL, i, 0))
        piece->missing[i] = TRUE;
      else
        {
          bytes = text->str;
          length = text->len;
        }
      if (!ann_strings_append (piece->texts, bytes, (gssize) length, error))
        return FALSE;
    }

  return TRUE;
}

/* Codes become numbers out of the categories. */
static gboolean
look_up_numbers (const AnnVectorPart *part, const AnnBlock *block, Piece *piece, GError **error)
{
  const gsize size = ann_dtype_get_size (ann_buffer_get_dtype (part->numbers));
  const guint8 *numbers = ann_buffer_get_data (part->numbers);
  const gint32 *codes = ann_buffer_get_data (block->values);
  guint8 *to;

  piece->values = ann_buffer_new_vector (ann_buffer_get_dtype (part->numbers), block->count, error);
  piece->missing = new_mask (block->count, error);
  if (piece->values == NULL || piece->missing == NULL)
    return FALSE;

  to = ann_buffer_get_data_for_writing (piece->values);
  for (guint64 i = 0; i < block->count; i++)
    {
      piece->missing[i] = codes[i] < 0;
      if (codes[i] >= 0)
        memcpy (to + i * size, numbers + (gsize) codes[i] * size, size);
    }

  return TRUE;
}

/* Codes stay what they are; -2 is damage there, too. */
static gboolean
map_codes (const AnnVectorPart *part, const AnnBlock *block, Piece *piece, GError **error)
{
  const gint32 *codes = ann_buffer_get_data (block->values);
  gint32 *to;

  piece->values = ann_buffer_new_vector (ANN_DTYPE_INT32, block->count, error);
  if (piece->values == NULL)
    return FALSE;

  to = ann_buffer_get_data_for_writing (piece->values);
  for (guint64 i = 0; i < block->count; i++)
    {
      if (codes[i] >= 0 && (guint64) codes[i] < part->n_codes)
        to[i] = part->code_map[codes[i]];
      else
        to[i] = codes[i] == -1 ? -1 : -2;
    }

  return TRUE;
}

/* A code that is no place in the categories is damage, and would be taken for a missing value. */
static gboolean
check_codes (const AnnVectorPart *part, const AnnBlock *block, GError **error)
{
  const gint32 *codes = ann_buffer_get_data (block->values);

  for (guint64 i = 0; i < block->count; i++)
    {
      if (codes[i] >= -1)
        continue;
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   "%s: a row has a code that is none of the categories",
                   ann_element_get_path (part->element));
      return FALSE;
    }

  return TRUE;
}

static gboolean
make_piece (const AnnVectorPlan *plan,
            const AnnVectorPart *part,
            const AnnBlock *block,
            Piece *piece,
            GError **error)
{
  if (plan->target != ANN_VECTOR_CODES && (part->labels != NULL || part->numbers != NULL)
      && !check_codes (part, block, error))
    return FALSE;

  switch (plan->target)
    {
    case ANN_VECTOR_TEXTS:
    case ANN_VECTOR_MASKED_TEXTS:
      return make_texts (part, block, piece, error);
    case ANN_VECTOR_CODES:
      return map_codes (part, block, piece, error);
    case ANN_VECTOR_NUMBERS:
    case ANN_VECTOR_MASKED:
    default:
      if (part->numbers != NULL)
        return look_up_numbers (part, block, piece, error);
      piece->values = ann_buffer_convert (block->values, plan->dtype, error);
      return piece->values != NULL && copy_mask (piece, block, error);
    }
}

/* Dates that are none any more in what is made of them: numpy's NaT, the least integer, is missing
 * there. Gives @block itself or another one with its values.
 */
static AnnBlock *
mask_no_dates (const AnnVectorPlan *plan,
               const AnnVectorPart *part,
               AnnBlock *block,
               GError **error)
{
  g_autoptr (AnnBlock) masked = NULL;

  if (ann_element_get_time_type (part->element) == NULL
      || (plan->target == ANN_VECTOR_NUMBERS && ann_dtype_is_integer (plan->dtype)))
    return ann_block_ref (block);

  masked = ann_block_new (block->start, block->count, block->width);
  masked->values = ann_buffer_ref (block->values);
  masked->missing = ann_buffer_new_vector (ANN_DTYPE_BOOL, block->count, error);
  if (masked->missing == NULL)
    return NULL;
  _ann_time_find_missing (ann_buffer_get_data (masked->values), block->count,
                          ann_buffer_get_data_for_writing (masked->missing));

  return g_steal_pointer (&masked);
}

/* What of the rows of one part a request wants: through its reindex, if it has one. */
static gboolean
read_part (const AnnVectorPlan *plan,
           const AnnVectorPart *part,
           AnnRoute *route,
           Piece *piece,
           GCancellable *cancellable,
           GError **error)
{
  AnnRoute inner = { 0 };
  g_autoptr (AnnBlock) block = NULL;
  g_autoptr (AnnBlock) masked = NULL;

  if (part->reindex != NULL && !part->reindex->is_identity)
    {
      /* Places of the inner route are those of the request in a list of their own. */
      if (!_ann_route_reindexed (&inner, part->reindex, route->positions, error))
        return FALSE;
      for (guint64 i = 0; i < ann_selection_get_length (inner.positions); i++)
        {
          if (inner.places == NULL)
            break;
          inner.places[i] = route->places != NULL ? route->places[inner.places[i]]
                                                  : route->start + inner.places[i];
        }
      if (inner.places == NULL)
        {
          inner.places = g_steal_pointer (&route->places);
          inner.start = route->start;
        }
      piece->rows = inner;
    }
  else
    {
      piece->rows = *route;
      *route = (AnnRoute){ 0 };
    }
  if (part->element == NULL)
    return TRUE;

  block = ann_element_read (part->element, piece->rows.positions, NULL, cancellable, error);
  if (block == NULL)
    {
      _ann_stack_name_error (part->name, error);
      return FALSE;
    }
  masked = mask_no_dates (plan, part, block, error);

  return masked != NULL && make_piece (plan, part, masked, piece, error);
}

/* --- The result --- */

static guint64
get_place (const Piece *piece, guint64 i)
{
  return piece->rows.places != NULL ? piece->rows.places[i] : piece->rows.start + i;
}

/* What stands where nothing does. */
static gboolean
fill_values (const AnnVectorPlan *plan, AnnBuffer *values, GError **error)
{
  const gsize n = ann_buffer_get_n_elements (values);
  const gsize size = ann_dtype_get_size (plan->dtype);
  const double number = plan->target == ANN_VECTOR_CODES     ? -1
                        : ann_dtype_is_float (plan->dtype)   ? NAN
                        : ann_dtype_is_complex (plan->dtype) ? NAN
                                                             : 0;
  g_autoptr (AnnBuffer) one = ann_buffer_new_vector (ANN_DTYPE_FLOAT64, 1, error);
  g_autoptr (AnnBuffer) item = NULL;

  if (one == NULL)
    return FALSE;
  *(double *) ann_buffer_get_data_for_writing (one) = number;
  item = ann_buffer_convert (one, plan->dtype, error);
  for (gsize i = 0; item != NULL && i < n; i++)
    memcpy ((guint8 *) ann_buffer_get_data_for_writing (values) + i * size,
            ann_buffer_get_data (item), size);

  return item != NULL;
}

static void
put_values (const AnnVectorPlan *plan, const Piece *piece, AnnBlock *block)
{
  const gsize size = ann_dtype_get_size (plan->dtype);
  const guint64 n = piece->values != NULL ? ann_buffer_get_n_elements (piece->values) : 0;
  const guint8 *from = n > 0 ? ann_buffer_get_data (piece->values) : NULL;
  guint8 *to = ann_buffer_get_data_for_writing (block->values);
  guint8 *missing = block->missing != NULL ? ann_buffer_get_data_for_writing (block->missing)
                                           : NULL;

  for (guint64 i = 0; i < n; i++)
    {
      const guint64 place = get_place (piece, i);
      const gboolean is_missing = piece->missing != NULL && piece->missing[i];

      if (missing != NULL)
        missing[place] = (guint8) is_missing;
      if (!is_missing)
        memcpy (to + place * size, from + i * size, size);
    }
}

static gboolean
gather_values (const AnnVectorPlan *plan, GArray *pieces, AnnBlock *block, GError **error)
{
  block->values = ann_buffer_new_vector (plan->dtype, block->count, error);
  if (block->values == NULL || !fill_values (plan, block->values, error))
    return FALSE;
  for (guint i = 0; i < pieces->len; i++)
    put_values (plan, &g_array_index (pieces, Piece, i), block);

  return TRUE;
}

/* Which text of which piece comes at each place; texts can only be added at the end. */
typedef struct {
  const Piece *piece;
  guint64 index;
} Origin;

static gboolean
add_text (const Origin *origin, guint64 place, AnnBlock *block, GError **error)
{
  const Piece *piece = origin->piece;
  const gboolean is_missing = piece == NULL
                              || (piece->missing != NULL && piece->missing[origin->index]);
  const char *text = "";
  gsize length = 0;

  if (!is_missing)
    text = ann_strings_get (piece->texts, origin->index, &length);
  else if (block->missing != NULL)
    ((guint8 *) ann_buffer_get_data_for_writing (block->missing))[place] = TRUE;

  return ann_strings_append (block->texts, text, (gssize) length, error);
}

static gboolean
gather_texts (GArray *pieces, AnnBlock *block, GError **error)
{
  g_autofree Origin *origins = g_try_new0 (Origin, MAX (block->count, 1));

  if (origins == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "No memory for %" G_GUINT64_FORMAT " rows", block->count);
      return FALSE;
    }
  for (guint i = 0; i < pieces->len; i++)
    {
      const Piece *piece = &g_array_index (pieces, Piece, i);
      const guint64 n = piece->texts != NULL ? ann_strings_get_length (piece->texts) : 0;

      for (guint64 k = 0; k < n; k++)
        origins[get_place (piece, k)] = (Origin){ piece, k };
    }

  block->texts = ann_strings_new ();
  for (guint64 i = 0; i < block->count; i++)
    if (!add_text (&origins[i], i, block, error))
      return FALSE;

  return TRUE;
}

static gboolean
is_masked (const AnnVectorPlan *plan)
{
  return plan->target == ANN_VECTOR_MASKED || plan->target == ANN_VECTOR_MASKED_TEXTS;
}

static gboolean
has_texts (const AnnVectorPlan *plan)
{
  return plan->target == ANN_VECTOR_TEXTS || plan->target == ANN_VECTOR_MASKED_TEXTS;
}

static AnnBlock *
gather (const AnnVectorPlan *plan, GArray *pieces, guint64 count, GError **error)
{
  g_autoptr (AnnBlock) block = ann_block_new (0, count, 1);

  if (is_masked (plan))
    {
      block->missing = ann_buffer_new_vector (ANN_DTYPE_BOOL, count, error);
      if (block->missing == NULL)
        return NULL;
      if (plan->target == ANN_VECTOR_MASKED)
        memset (ann_buffer_get_data_for_writing (block->missing), 1, count);
    }

  return (has_texts (plan) ? gather_texts (pieces, block, error)
                           : gather_values (plan, pieces, block, error))
             ? g_steal_pointer (&block)
             : NULL;
}

static AnnBlock *
ann_stack_vector_read (AnnElement *element,
                       AnnSelection *rows,
                       G_GNUC_UNUSED AnnSelection *columns,
                       GCancellable *cancellable,
                       GError **error)
{
  AnnStackVector *self = ANN_STACK_VECTOR (element);
  const AnnVectorPlan *plan = &self->plan;
  g_autoptr (GArray) pieces = g_array_new (FALSE, TRUE, sizeof (Piece));
  AnnRoute *routes = _ann_stack_route (self->starts, plan->n_parts, rows, error);
  gboolean success = routes != NULL;

  g_array_set_clear_func (pieces, piece_clear);
  for (gsize i = 0; i < plan->n_parts && success; i++)
    {
      if (routes[i].positions == NULL)
        continue;
      g_array_set_size (pieces, pieces->len + 1);
      success = read_part (plan, &plan->parts[i], &routes[i],
                           &g_array_index (pieces, Piece, pieces->len - 1), cancellable, error);
    }
  if (routes != NULL)
    _ann_routes_free (routes, plan->n_parts);

  return success ? gather (plan, pieces, ann_selection_get_length (rows), error) : NULL;
}

static AnnBlock *
ann_stack_vector_read_rows (AnnElement *element,
                            guint64 start,
                            guint64 count,
                            GCancellable *cancellable,
                            GError **error)
{
  g_autoptr (AnnSelection) rows = NULL;
  AnnBlock *block;

  rows = ann_selection_new_range (start, count, 1, ann_element_get_n_rows (element), error);
  block = rows != NULL ? ann_stack_vector_read (element, rows, NULL, cancellable, error) : NULL;
  if (block != NULL)
    block->start = start;

  return block;
}

static void
ann_stack_vector_finalize (GObject *object)
{
  AnnStackVector *self = ANN_STACK_VECTOR (object);

  _ann_vector_plan_clear (&self->plan);
  g_free (self->starts);

  G_OBJECT_CLASS (ann_stack_vector_parent_class)->finalize (object);
}

static void
ann_stack_vector_class_init (AnnStackVectorClass *klass)
{
  AnnElementClass *element_class = ANN_ELEMENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ann_stack_vector_finalize;
  element_class->read_rows = ann_stack_vector_read_rows;
  element_class->read = ann_stack_vector_read;
}

static void
ann_stack_vector_init (G_GNUC_UNUSED AnnStackVector *self)
{
}

AnnElement *
_ann_stack_vectors (const char *path,
                    const AnnStackPart *parts,
                    gsize n_parts,
                    char **clash,
                    GCancellable *cancellable,
                    GError **error)
{
  g_autoptr (AnnStackVector) self = g_object_new (ANN_TYPE_STACK_VECTOR, NULL);
  const AnnElementSource source = { .path = path };
  AnnVectorPlan *plan = &self->plan;

  if (!_ann_vector_plan_init (plan, path, parts, n_parts, cancellable, error))
    return NULL;
  self->starts = g_new0 (guint64, n_parts + 1);
  for (gsize i = 0; i < n_parts; i++)
    self->starts[i + 1] = self->starts[i] + parts[i].length;
  _ann_element_set_info (
      ANN_ELEMENT (self),
      &(AnnElementInfo){
          .source = &source,
          .kind = plan->target == ANN_VECTOR_CODES ? ANN_ELEMENT_DENSE : plan->kind,
          .dtype = plan->dtype,
          .time_type = plan->kind == ANN_ELEMENT_DENSE && plan->dtype == ANN_DTYPE_INT64
                           ? _ann_stack_find_time_type (parts, n_parts)
                           : NULL,
          .rank = 1,
          .shape = &self->starts[n_parts],
      });
  if (clash != NULL)
    *clash = g_strdup (plan->clash);
  if (plan->target != ANN_VECTOR_CODES)
    return ANN_ELEMENT (g_steal_pointer (&self));

  return _ann_categorical_view_new (NULL, path, ANN_ELEMENT (self), plan->categories, plan->ordered,
                                    error);
}

const GError *
_ann_stack_vector_get_unavailable (AnnElement *element)
{
  const AnnVectorPlan *plan;

  if (!ANN_IS_STACK_VECTOR (element))
    return NULL;

  plan = &ANN_STACK_VECTOR (element)->plan;
  for (gsize i = 0; i < plan->n_parts; i++)
    {
      const AnnVectorPart *part = &plan->parts[i];
      const GError *error = part->unavailable != NULL ? part->unavailable
                            : part->element != NULL   ? _ann_element_get_unavailable (part->element)
                                                      : NULL;

      if (error != NULL)
        return error;
    }

  return NULL;
}

gboolean
_ann_stack_vector_mark_unavailable (AnnElement *element, guint8 *rows)
{
  const AnnStackVector *self;
  gboolean has_some = FALSE;

  if (!ANN_IS_STACK_VECTOR (element))
    return FALSE;

  self = ANN_STACK_VECTOR (element);
  for (gsize i = 0; i < self->plan.n_parts; i++)
    {
      const AnnVectorPart *part = &self->plan.parts[i];

      has_some |= _ann_stack_mark_part (part->reindex == NULL ? part->element : NULL,
                                        part->unavailable, part->length, rows + self->starts[i]);
    }

  return has_some;
}
