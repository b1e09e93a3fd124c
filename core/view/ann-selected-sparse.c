/* ann-selected-sparse.c: some rows and columns of a sparse matrix
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "view/ann-selected-private.h"

#include "element/ann-sparse-private.h"
#include "view/ann-select.h"

#define ANN_TYPE_SELECTED_SPARSE (ann_selected_sparse_get_type ())

ANN_DECLARE_FINAL_TYPE (AnnSelectedSparse, ann_selected_sparse, ANN, SELECTED_SPARSE, AnnSparse)

/* It is never made of another of its class. Along the major axis lines are looked up; along the
 * minor one the entries of each line are searched through, by a map that is made once.
 */
struct _AnnSelectedSparse {
  AnnSparse parent_instance;

  AnnSparse *of;
  AnnSelection *majors; /* NULL for all, as minors */
  AnnSelection *minors;

  GMutex lock; /* for the two below; a map that is made is not changed */
  gboolean has_map;
  AnnLineMap map;
};

typedef struct {
  AnnSparseClass parent_class;
} AnnSelectedSparseClass;

G_DEFINE_FINAL_TYPE (AnnSelectedSparse, ann_selected_sparse, ANN_TYPE_SPARSE)

/* Under the lock: it computes and does not wait. */
static const AnnLineMap *
get_map (AnnSelectedSparse *self, GError **error)
{
  gboolean has_map;

  g_mutex_lock (&self->lock);
  if (!self->has_map)
    {
      self->has_map = _ann_line_map_init (&self->map, self->minors, error);
      if (!self->has_map)
        _ann_line_map_clear (&self->map);
    }
  has_map = self->has_map;
  g_mutex_unlock (&self->lock);

  return has_map ? &self->map : NULL;
}

/* Lines of what it is made of. */
static AnnBlock *
read_inner_lines (AnnSelectedSparse *self,
                  AnnSelection *majors,
                  gboolean by_minor,
                  GCancellable *cancellable,
                  GError **error)
{
  const AnnLineMap *map;

  if (self->minors == NULL)
    return _ann_sparse_read_lines (self->of, majors, NULL, FALSE, cancellable, error);

  map = get_map (self, error);
  if (map == NULL)
    return NULL;

  return _ann_sparse_read_crossing_of_map (
      self->of, majors, map, ann_selection_get_length (self->minors), by_minor, cancellable, error);
}

static AnnBlock *
ann_selected_sparse_read_major (AnnSparse *sparse,
                                guint64 start,
                                guint64 count,
                                GCancellable *cancellable,
                                GError **error)
{
  AnnSelectedSparse *self = ANN_SELECTED_SPARSE (sparse);
  g_autoptr (AnnSelection) range = NULL;
  g_autoptr (AnnSelection) majors = NULL;
  guint64 first;
  gint64 step;
  AnnBlock *block;

  range = ann_selection_new_range (start, count, 1, sparse->n_major, error);
  if (range == NULL || !_ann_selection_compose_nullable (self->majors, range, &majors, error))
    return NULL;

  if (self->minors == NULL && ann_selection_is_range (majors, &first, &step) && step == 1)
    block = ann_sparse_read_major (self->of, first, count, cancellable, error);
  else
    block = read_inner_lines (self, majors, FALSE, cancellable, error);

  return _ann_block_move (block, start);
}

static gboolean
ann_selected_sparse_read_lengths (AnnSparse *sparse,
                                  guint64 start,
                                  guint64 count,
                                  guint64 *lengths,
                                  GCancellable *cancellable,
                                  GError **error)
{
  AnnSelectedSparse *self = ANN_SELECTED_SPARSE (sparse);
  g_autoptr (AnnSelection) range = NULL;
  g_autoptr (AnnSelection) majors = NULL;

  if (self->minors != NULL)
    return _ann_sparse_count_by_pieces (sparse, start, count, lengths, cancellable, error);

  range = ann_selection_new_range (start, count, 1, sparse->n_major, error);

  return range != NULL && _ann_selection_compose_nullable (self->majors, range, &majors, error)
         && _ann_sparse_read_lengths_of (self->of, majors, lengths, cancellable, error);
}

static AnnBlock *
ann_selected_sparse_read_lines (AnnSparse *sparse,
                                AnnSelection *majors,
                                AnnSelection *minors,
                                gboolean by_minor,
                                GCancellable *cancellable,
                                GError **error)
{
  AnnSelectedSparse *self = ANN_SELECTED_SPARSE (sparse);
  g_autoptr (AnnSelection) inner_majors = NULL;
  g_autoptr (AnnSelection) inner_minors = NULL;

  if (!_ann_selection_compose_nullable (self->majors, majors, &inner_majors, error))
    return NULL;
  if (minors == NULL || (self->minors != NULL && ann_selection_is_all (minors)))
    return read_inner_lines (self, inner_majors, by_minor, cancellable, error);
  if (!_ann_selection_compose_nullable (self->minors, minors, &inner_minors, error))
    return NULL;

  return _ann_sparse_read_lines (self->of, inner_majors, inner_minors, by_minor, cancellable,
                                 error);
}

static void
ann_selected_sparse_finalize (GObject *object)
{
  AnnSelectedSparse *self = ANN_SELECTED_SPARSE (object);

  g_clear_object (&self->of);
  g_clear_pointer (&self->majors, ann_selection_unref);
  g_clear_pointer (&self->minors, ann_selection_unref);
  _ann_line_map_clear (&self->map);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (ann_selected_sparse_parent_class)->finalize (object);
}

static void
ann_selected_sparse_class_init (AnnSelectedSparseClass *klass)
{
  AnnSparseClass *sparse_class = &klass->parent_class;

  G_OBJECT_CLASS (klass)->finalize = ann_selected_sparse_finalize;
  sparse_class->read_major = ann_selected_sparse_read_major;
  sparse_class->read_lengths = ann_selected_sparse_read_lengths;
  sparse_class->read_lines = ann_selected_sparse_read_lines;
}

static void
ann_selected_sparse_init (AnnSelectedSparse *self)
{
  g_mutex_init (&self->lock);
}

/* If the entries are spread evenly. */
static guint64
guess_n_stored (AnnSelectedSparse *self)
{
  double n = (double) ann_sparse_guess_n_stored (self->of);

  if (self->majors != NULL)
    n *= (double) ann_selection_get_length (self->majors) / (double) MAX (self->of->n_major, 1);
  if (self->minors != NULL)
    n *= (double) ann_selection_get_length (self->minors) / (double) MAX (self->of->n_minor, 1);

  return n < (double) G_MAXINT64 ? (guint64) n : G_MAXINT64;
}

/* Places in a selection have a type of their own; so the blocks of ann_element_read () have it. */
static AnnDtype
get_index_dtype (AnnSelectedSparse *self)
{
  if (self->minors == NULL)
    return self->of->index_dtype;

  return ann_selection_get_length (self->minors) > (guint64) G_MAXINT32 ? ANN_DTYPE_INT64
                                                                        : ANN_DTYPE_INT32;
}

AnnElement *
_ann_selected_sparse_new (AnnSparse *of, AnnSelection *rows, AnnSelection *columns, GError **error)
{
  AnnElement *element = ANN_ELEMENT (of);
  const AnnElementSource source = {
    .node = ann_element_get_node (element),
    .path = ann_element_get_path (element),
    .encoding_type = ann_element_get_encoding_type (element),
    .encoding_version = ann_element_get_encoding_version (element),
  };
  const gboolean is_csr = ann_element_get_kind (element) == ANN_ELEMENT_CSR;
  g_autoptr (AnnSelectedSparse) self = g_object_new (ANN_TYPE_SELECTED_SPARSE, NULL);
  AnnSelectedSparse *inner = ANN_IS_SELECTED_SPARSE (of) ? ANN_SELECTED_SPARSE (of) : NULL;
  const guint64 *shape = ann_element_get_shape (element);
  const guint64 selected_shape[] = {
    rows != NULL ? ann_selection_get_length (rows) : shape[0],
    columns != NULL ? ann_selection_get_length (columns) : shape[1],
  };

  if (!_ann_selection_compose_nullable (inner != NULL ? inner->majors : NULL,
                                        is_csr ? rows : columns, &self->majors, error)
      || !_ann_selection_compose_nullable (inner != NULL ? inner->minors : NULL,
                                           is_csr ? columns : rows, &self->minors, error))
    return NULL;

  self->of = g_object_ref (inner != NULL ? inner->of : of);
  _ann_sparse_set_info (ANN_SPARSE (self),
                        &(AnnElementInfo){
                            .source = &source,
                            .kind = ann_element_get_kind (element),
                            .dtype = ann_element_get_dtype (element),
                            .rank = 2,
                            .shape = selected_shape,
                        },
                        get_index_dtype (self), G_MAXUINT64);
  ANN_SPARSE (self)->n_guessed = guess_n_stored (self);

  return ANN_ELEMENT (g_steal_pointer (&self));
}

gboolean
_ann_selected_sparse_peek (AnnElement *element,
                           AnnElement **of,
                           AnnSelection **rows,
                           AnnSelection **columns)
{
  const gboolean is_csr = ann_element_get_kind (element) == ANN_ELEMENT_CSR;
  AnnSelectedSparse *self;

  if (!ANN_IS_SELECTED_SPARSE (element))
    return FALSE;

  self = ANN_SELECTED_SPARSE (element);
  *of = ANN_ELEMENT (self->of);
  *rows = is_csr ? self->majors : self->minors;
  *columns = is_csr ? self->minors : self->majors;

  return TRUE;
}
