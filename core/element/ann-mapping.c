/* ann-mapping.c: named children: dict, an annotated matrix, raw
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-element-private.h"

#include "array/ann-node-private.h"
#include "base/ann-error-private.h"

#include <string.h>

#define ANN_TYPE_MAPPING (ann_mapping_get_type ())

ANN_DECLARE_FINAL_TYPE (AnnMapping, ann_mapping, ANN, MAPPING, AnnElement)

/* Axis: the length that the place of an element asks of one of its axes, if it is known. */
typedef struct {
  gboolean is_known;
  guint64 length;
} Axis;

/* A group of elements. What its children's first axes must be is known from where it lies: the
 * children of `obsm`, say, have as many rows as `obs`. An annotated matrix tells its children.
 */
struct _AnnMapping {
  AnnElement parent_instance;

  /* Of an annotated matrix, and of raw, whose observations are its parent's. */
  Axis n_obs;
  Axis n_var;
  AnnElement *obs; /* opened with it, for they say how large it is; NULL otherwise */
  AnnElement *var;

  /* Of obsm, layers …: what is asked of each child. */
  guint n_child_axes;
  Axis child_axes[2];
  const char *child_rule; /* for the message */

  AnnElement *records; /* obsm in old files: its children are their fields; NULL otherwise */
  gboolean is_uns;     /* or lies in it */
  AnnMapping *owner;   /* of uns: whose tables may have taken categories from it; NULL otherwise */
};

typedef struct {
  AnnElementClass parent_class;
} AnnMappingClass;

G_DEFINE_FINAL_TYPE (AnnMapping, ann_mapping, ANN_TYPE_ELEMENT)

/* What an annotated matrix has, in the order in which people think of it. */
static const char *const anndata_keys[] = {
  "obs", "var", "X", "layers", "raw", "obsm", "varm", "obsp", "varp", "uns", NULL,
};
static const char *const raw_keys[] = { "var", "X", "varm", NULL };

static const char *const *
get_known_keys (AnnElement *element)
{
  switch ((int) ann_element_get_kind (element))
    {
    case ANN_ELEMENT_ANNDATA:
      return anndata_keys;
    case ANN_ELEMENT_RAW:
      return raw_keys;
    default:
      return anndata_keys + G_N_ELEMENTS (anndata_keys) - 1; /* none */
    }
}

/* The tables without which there are no axes. They are listed also where they are missing, so
 * that one sees what is wrong.
 */
static gboolean
is_required (AnnElement *element, const char *name)
{
  AnnElementKind kind = ann_element_get_kind (element);

  return (kind == ANN_ELEMENT_ANNDATA && strcmp (name, "obs") == 0)
         || ((kind == ANN_ELEMENT_ANNDATA || kind == ANN_ELEMENT_RAW) && strcmp (name, "var") == 0);
}

/* Sets @is_taken to whether a child is what a column of obs or var is made of. */
static gboolean
check_taken (AnnMapping *self,
             const char *name,
             gboolean *is_taken,
             GCancellable *cancellable,
             GError **error)
{
  *is_taken = FALSE;
  if (self->owner == NULL)
    return TRUE;

  return _ann_frame_takes_labels (self->owner->obs, name, is_taken, cancellable, error)
         && (*is_taken
             || _ann_frame_takes_labels (self->owner->var, name, is_taken, cancellable, error));
}

static char **
ann_mapping_list_children (AnnElement *element, GCancellable *cancellable, GError **error)
{
  const char *const *known = get_known_keys (element);
  g_auto (GStrv) names = NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  AnnMapping *self = ANN_MAPPING (element);

  if (self->records != NULL)
    return ann_element_list_children (self->records, cancellable, error);

  names = ann_node_list_children (ann_element_get_node (element), cancellable, error);
  if (names == NULL)
    return NULL;

  for (guint i = 0; known[i] != NULL; i++)
    {
      if (is_required (element, known[i])
          || g_strv_contains ((const char *const *) names, known[i]))
        g_strv_builder_add (builder, known[i]);
    }
  for (guint i = 0; names[i] != NULL; i++)
    {
      gboolean is_taken;

      if (!check_taken (self, names[i], &is_taken, cancellable, error))
        return NULL;
      if (!g_strv_contains (known, names[i]) && !is_taken)
        g_strv_builder_add (builder, names[i]);
    }

  return g_strv_builder_end (builder);
}

static void
check_child (AnnElement *child, guint n_axes, const Axis *axes, const char *rule)
{
  const guint64 *shape = ann_element_get_shape (child);
  guint64 lengths[2];

  if (ann_element_get_rank (child) < n_axes)
    {
      for (guint i = 0; i < n_axes; i++)
        lengths[i] = axes[i].length;
    }
  else /* what is not known fits */
    {
      for (guint i = 0; i < n_axes; i++)
        lengths[i] = axes[i].is_known ? axes[i].length : shape[i];
    }

  _ann_element_check_axes (child, n_axes, lengths, rule);
}

static void
set_child_rule (AnnElement *element, guint n_axes, Axis first, Axis second, const char *rule)
{
  AnnMapping *self;

  if (!ANN_IS_MAPPING (element))
    return;

  self = ANN_MAPPING (element);
  self->n_child_axes = n_axes;
  self->child_axes[0] = first;
  self->child_axes[1] = second;
  self->child_rule = rule;
}

static void
set_axes_shape (AnnMapping *self)
{
  AnnElement *element = ANN_ELEMENT (self);
  const AnnElementSource source = {
    .node = ann_element_get_node (element),
    .encoding_type = ann_element_get_encoding_type (element),
    .encoding_version = ann_element_get_encoding_version (element),
  };
  const guint64 shape[] = { self->n_obs.length, self->n_var.length };

  _ann_element_set_info (element, &(AnnElementInfo){
                                      .source = &source,
                                      .kind = ann_element_get_kind (element),
                                      .dtype = ANN_DTYPE_OTHER,
                                      .rank = 2,
                                      .shape = shape,
                                  });
}

/* @owner: (nullable): the annotated matrix itself, if @self is not one within uns */
static void
set_uns (AnnMapping *self, AnnMapping *owner)
{
  self->is_uns = TRUE;
  if (owner != NULL && owner->obs != NULL && owner->var != NULL)
    self->owner = g_object_ref (owner);
}

/* What a child of an annotated matrix must look like, by its key. */
static void
align_child (AnnMapping *self, const char *name, AnnElement *child)
{
  const Axis both[] = { self->n_obs, self->n_var };
  const Axis n_obs = self->n_obs;
  const Axis n_var = self->n_var;

  if (strcmp (name, "X") == 0)
    check_child (child, 2, both, "observations × variables");
  else if (strcmp (name, "layers") == 0)
    set_child_rule (child, 2, n_obs, n_var, "observations × variables");
  else if (strcmp (name, "obsm") == 0)
    set_child_rule (child, 1, n_obs, n_var, "observations");
  else if (strcmp (name, "varm") == 0)
    set_child_rule (child, 1, n_var, n_obs, "variables");
  else if (strcmp (name, "obsp") == 0)
    set_child_rule (child, 2, n_obs, n_obs, "observations × observations");
  else if (strcmp (name, "varp") == 0)
    set_child_rule (child, 2, n_var, n_var, "variables × variables");
  else if (strcmp (name, "uns") == 0 && ANN_IS_MAPPING (child))
    set_uns (ANN_MAPPING (child), self);
  else if (strcmp (name, "raw") == 0 && ann_element_get_kind (child) == ANN_ELEMENT_RAW
           && n_obs.is_known)
    {
      ANN_MAPPING (child)->n_obs = n_obs;
      set_axes_shape (ANN_MAPPING (child));
    }
}

static AnnElement *
get_opened_child (AnnMapping *self, const char *name)
{
  if (self->obs != NULL && strcmp (name, "obs") == 0)
    return g_object_ref (self->obs);
  if (self->var != NULL && strcmp (name, "var") == 0)
    return g_object_ref (self->var);

  return NULL;
}

/* An unmarked group called raw is raw: its writing was interrupted, or it is old. Takes @child. */
static AnnElement *
recognise_raw (AnnElement *child, GCancellable *cancellable, GError **error)
{
  const AnnElementSource source = { .node = ann_element_get_node (child) };
  AnnElement *raw;

  if (ann_element_get_kind (child) != ANN_ELEMENT_MAPPING
      || *ann_element_get_encoding_type (child) != '\0')
    return child;

  raw = _ann_mapping_new (&source, ANN_ELEMENT_RAW, cancellable, error);
  g_object_unref (child);

  return raw;
}

/* A vector in place of a matrix is its one column. Takes @child. */
static AnnElement *
make_column (AnnElement *child, GError **error)
{
  g_autoptr (AnnElement) owned = child;
  const AnnElementSource source = { .node = ann_element_get_node (child),
                                    .path = ann_element_get_path (child) };
  g_autoptr (AnnArray) array = NULL;

  if (ann_element_get_kind (child) != ANN_ELEMENT_DENSE || ann_element_get_rank (child) != 1)
    return g_steal_pointer (&owned);

  array = _ann_element_dup_array (child);

  return _ann_dense_new_column (&source, array, error);
}

/* What old files keep in another form than today's. Takes @child. */
static AnnElement *
bring_into_form (AnnMapping *self,
                 const char *name,
                 AnnElement *child,
                 GCancellable *cancellable,
                 GError **error)
{
  const AnnElementSource source = { .node = ann_element_get_node (child) };
  AnnElement *mapping;

  if (strcmp (name, "raw") == 0 && ann_element_get_kind (ANN_ELEMENT (self)) == ANN_ELEMENT_ANNDATA)
    return recognise_raw (child, cancellable, error);
  if (strcmp (name, "X") == 0)
    return make_column (child, error);
  if ((strcmp (name, "obsm") != 0 && strcmp (name, "varm") != 0)
      || ann_element_get_kind (child) != ANN_ELEMENT_RECORDS || ann_element_get_rank (child) != 1
      || *ann_element_get_encoding_type (child) != '\0')
    return child;

  mapping = _ann_mapping_new (&source, ANN_ELEMENT_MAPPING, cancellable, error);
  ANN_MAPPING (mapping)->records = child;

  return mapping;
}

/* A text in uns was a vector of one, of fixed length. Takes @child. */
static AnnElement *
recognise_scalar (AnnElement *child, GError **error)
{
  g_autoptr (AnnElement) owned = child;
  const AnnElementSource source = { .node = ann_element_get_node (child) };
  g_autoptr (AnnArray) array = NULL;

  if (ann_element_get_kind (child) != ANN_ELEMENT_STRINGS || ann_element_get_rank (child) != 1
      || ann_element_get_dtype (child) != ANN_DTYPE_BYTES || ann_element_get_n_rows (child) != 1
      || *ann_element_get_encoding_type (child) != '\0')
    return g_steal_pointer (&owned);

  array = _ann_element_dup_array (child);

  return _ann_scalar_new (&source, array, error);
}

static AnnElement *
ann_mapping_open_child (AnnElement *element,
                        const char *name,
                        GCancellable *cancellable,
                        GError **error)
{
  AnnMapping *self = ANN_MAPPING (element);
  AnnElementKind kind = ann_element_get_kind (element);
  AnnElement *child = get_opened_child (self, name);

  if (child != NULL)
    return child;

  child = self->records != NULL ? ann_element_open_child (self->records, name, cancellable, error)
                                : _ann_element_open_child_of (ann_element_get_node (element), name,
                                                              cancellable, error);
  if (child != NULL && (self->records != NULL || self->n_child_axes == 2))
    child = make_column (child, error);
  else if (child != NULL && (kind == ANN_ELEMENT_ANNDATA || kind == ANN_ELEMENT_RAW))
    child = bring_into_form (self, name, child, cancellable, error);
  else if (child != NULL && self->is_uns)
    child = recognise_scalar (child, error);
  if (child == NULL)
    return NULL;
  if (self->is_uns && ANN_IS_MAPPING (child))
    set_uns (ANN_MAPPING (child), NULL);

  if (kind == ANN_ELEMENT_ANNDATA || kind == ANN_ELEMENT_RAW)
    align_child (self, name, child);
  else if (self->n_child_axes > 0)
    check_child (child, self->n_child_axes, self->child_axes, self->child_rule);

  return child;
}

static void
ann_mapping_finalize (GObject *object)
{
  AnnMapping *self = ANN_MAPPING (object);

  g_clear_object (&self->obs);
  g_clear_object (&self->var);
  g_clear_object (&self->records);
  g_clear_object (&self->owner);

  G_OBJECT_CLASS (ann_mapping_parent_class)->finalize (object);
}

static void
ann_mapping_class_init (AnnMappingClass *klass)
{
  AnnElementClass *element_class = ANN_ELEMENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ann_mapping_finalize;
  element_class->list_children = ann_mapping_list_children;
  element_class->open_child = ann_mapping_open_child;
}

static void
ann_mapping_init (G_GNUC_UNUSED AnnMapping *self)
{
}

/* Makes the table that records were before 0.7: a broken one if that cannot be. Takes @records.
 * @labels_name: the child of @group in which the categories are
 */
static AnnElement *
make_frame (AnnNode *group,
            AnnElement *records,
            const char *labels_name,
            GCancellable *cancellable,
            GError **error)
{
  G_GNUC_UNUSED g_autoptr (AnnElement) owned = records;
  g_autoptr (AnnNode) labels = NULL;
  g_autoptr (GError) local_error = NULL;
  AnnElement *frame = NULL;
  gboolean is_there = FALSE;

  if (_ann_node_find_child (group, labels_name, &is_there, cancellable, &local_error) && is_there)
    labels = ann_node_open_child (group, labels_name, cancellable, &local_error);
  if (local_error != NULL && _ann_error_blames_store (local_error))
    g_clear_error (&local_error);
  if (local_error == NULL)
    frame = _ann_frame_new_from_records (records, labels, cancellable, &local_error);
  if (frame != NULL || g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      if (frame == NULL)
        g_propagate_error (error, g_steal_pointer (&local_error));
      return frame;
    }

  return _ann_opaque_new (ann_element_get_node (records), NULL, "", "",
                          g_steal_pointer (&local_error));
}

/* Opens obs or var: a broken element if it is not there or is no table. @labels: the child of
 * @group where old files have its categories
 */
static AnnElement *
open_table (AnnNode *group,
            const char *name,
            const char *labels,
            Axis *axis,
            GCancellable *cancellable,
            GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autofree char *path = _ann_path_join (ann_node_get_path (group), name);
  AnnElement *table = _ann_element_open_child_of (group, name, cancellable, &local_error);
  AnnElementKind kind;

  if (table == NULL && !g_error_matches (local_error, ANN_ERROR, ANN_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  if (table == NULL)
    return _ann_opaque_new (NULL, path, "", "",
                            g_error_new (ANN_ERROR, ANN_ERROR_CORRUPT,
                                         "%s: is missing; it must be a table that names the %s",
                                         path,
                                         strcmp (name, "obs") == 0 ? "observations" : "variables"));

  if (ann_element_get_kind (table) == ANN_ELEMENT_RECORDS && ann_element_get_rank (table) == 1)
    table = make_frame (group, table, labels, cancellable, error);
  if (table == NULL)
    return NULL;

  kind = ann_element_get_kind (table);
  if (kind == ANN_ELEMENT_FRAME)
    *axis = (Axis){ TRUE, ann_element_get_n_rows (table) };
  else if (ann_element_get_state (table) == ANN_ELEMENT_OK)
    _ann_element_take_error (table, g_error_new (ANN_ERROR, ANN_ERROR_CORRUPT,
                                                 "%s: must be a table, but is %s", path,
                                                 ann_element_kind_get_name (kind)));

  return table;
}

/* Without a table the matrix says how long its axes are. */
static gboolean
take_axes_of_x (AnnMapping *self, AnnNode *group, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (AnnElement) x = NULL;
  Axis *const axes[] = { &self->n_obs, &self->n_var };

  x = _ann_element_open_child_of (group, "X", cancellable, &local_error);
  if (x == NULL && !g_error_matches (local_error, ANN_ERROR, ANN_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (x == NULL || ann_element_get_rank (x) != 2)
    return TRUE;

  for (guint i = 0; i < 2; i++)
    {
      if (!axes[i]->is_known)
        *axes[i] = (Axis){ TRUE, ann_element_get_shape (x)[i] };
    }

  return TRUE;
}

static gboolean
open_axes (AnnMapping *self, AnnElementKind kind, GCancellable *cancellable, GError **error)
{
  AnnNode *group = ann_element_get_node (ANN_ELEMENT (self));
  AnnElement *tables[2] = { NULL, NULL };

  if (kind == ANN_ELEMENT_ANNDATA)
    {
      self->obs = open_table (group, "obs", "uns", &self->n_obs, cancellable, error);
      if (self->obs == NULL)
        return FALSE;
    }
  self->var = open_table (group, "var", kind == ANN_ELEMENT_ANNDATA ? "uns" : "cat", &self->n_var,
                          cancellable, error);
  if (self->var == NULL)
    return FALSE;

  tables[0] = self->obs;
  tables[1] = self->var;
  for (guint i = 0; i < 2; i++)
    {
      const GError *why = tables[i] != NULL ? ann_element_get_error (tables[i]) : NULL;

      if (why != NULL)
        _ann_element_add_warning (ANN_ELEMENT (self), "%s", why->message);
    }

  if ((!self->n_obs.is_known || !self->n_var.is_known)
      && !take_axes_of_x (self, group, cancellable, error))
    return FALSE;
  if (kind == ANN_ELEMENT_RAW) /* those of X are only its size until its parent tells */
    self->n_obs.is_known = FALSE;

  set_axes_shape (self);

  return TRUE;
}

/* Who looks at the store must not take for empty what is only not told. The root has the whole of
 * it, what lies below the short form.
 */
static void
warn_of_unlisted (AnnElement *self)
{
  const char *path = ann_element_get_path (self);

  if (*path == '\0')
    _ann_element_add_warning (self, "the server does not tell what lies in the store, which has no "
                                    "consolidated metadata that would: only entries whose names "
                                    "are known are shown, others can be opened by their path");
  else
    _ann_element_add_warning (self, "%s: the server does not tell what lies here", path);
}

AnnElement *
_ann_mapping_new (const AnnElementSource *source,
                  AnnElementKind kind,
                  GCancellable *cancellable,
                  GError **error)
{
  g_autoptr (AnnMapping) self = g_object_new (ANN_TYPE_MAPPING, NULL);

  _ann_element_set_info (ANN_ELEMENT (self), &(AnnElementInfo){
                                                 .source = source,
                                                 .kind = kind,
                                                 .dtype = ANN_DTYPE_OTHER,
                                             });
  if ((kind == ANN_ELEMENT_ANNDATA || kind == ANN_ELEMENT_RAW)
      && !open_axes (self, kind, cancellable, error))
    return NULL;
  if (!_ann_node_is_listed (source->node))
    warn_of_unlisted (ANN_ELEMENT (self));

  return ANN_ELEMENT (g_steal_pointer (&self));
}
