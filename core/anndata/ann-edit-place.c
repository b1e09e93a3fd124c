/* ann-edit-place.c: what may be where in an annotated matrix
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-edit-private.h"

#include "base/ann-error.h"

#include <string.h>

/* Groups at the top, and what their children are. -1: no such axis; 0: observations, 1: variables.
 */
static const struct {
  const char *name;
  AnnEditPlaceKind kind;
  int axes[2];
} groups[] = {
  { "layers", ANN_EDIT_PLACE_MATRIX, { 0, 1 } }, { "obsm", ANN_EDIT_PLACE_ALIGNED, { 0, -1 } },
  { "varm", ANN_EDIT_PLACE_ALIGNED, { 1, -1 } }, { "obsp", ANN_EDIT_PLACE_PAIRS, { 0, 0 } },
  { "varp", ANN_EDIT_PLACE_PAIRS, { 1, 1 } },
};

static void
set_axes (AnnEditPlace *self, AnnEdit *edit, const int axes[2])
{
  const guint64 lengths[] = { ann_data_get_n_obs (edit->data), ann_data_get_n_var (edit->data) };

  for (self->n_axes = 0; self->n_axes < 2 && axes[self->n_axes] >= 0; self->n_axes++)
    self->lengths[self->n_axes] = lengths[axes[self->n_axes]];
}

static gboolean
check_names (char **names, const char *path, GError **error)
{
  for (guint i = 0; i == 0 || names[i] != NULL; i++)
    {
      if (names[i] != NULL && *names[i] != '\0' && !g_str_equal (names[i], ".")
          && !g_str_equal (names[i], "..") && g_utf8_validate (names[i], -1, NULL))
        continue;

      g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT, "“%s” is no path of an element", path);
      return FALSE;
    }

  return TRUE;
}

/* A table or what is in it. */
static gboolean
init_table (AnnEditPlace *self, AnnEdit *edit, guint axis, guint n_names)
{
  self->table = &edit->tables[axis];
  self->kind = n_names == 1 ? ANN_EDIT_PLACE_TABLE : ANN_EDIT_PLACE_COLUMN;
  if (n_names == 2 && g_str_equal (self->name, self->table->index_key))
    self->kind = ANN_EDIT_PLACE_INDEX;
  set_axes (self, edit, (const int[]){ (int) axis, -1 });

  return n_names <= 2;
}

static gboolean
init_other (AnnEditPlace *self, AnnEdit *edit, const char *top, guint n_names)
{
  if (g_str_equal (top, "uns"))
    {
      self->kind = ANN_EDIT_PLACE_UNS;
      return TRUE;
    }
  if (g_str_equal (top, "raw"))
    {
      self->kind = ANN_EDIT_PLACE_RAW;
      set_axes (self, edit, (const int[]){ 0, -1 });
      return n_names == 1;
    }
  if (g_str_equal (top, "X"))
    {
      self->kind = ANN_EDIT_PLACE_MATRIX;
      set_axes (self, edit, (const int[]){ 0, 1 });
      return n_names == 1;
    }

  for (gsize i = 0; i < G_N_ELEMENTS (groups); i++)
    {
      if (!g_str_equal (top, groups[i].name))
        continue;
      self->kind = n_names == 1 ? ANN_EDIT_PLACE_GROUP : groups[i].kind;
      if (n_names > 1)
        set_axes (self, edit, groups[i].axes);
      return n_names <= 2;
    }

  return FALSE;
}

gboolean
_ann_edit_place_init (AnnEditPlace *self, AnnEdit *edit, const char *path, GError **error)
{
  g_auto (GStrv) names = g_strsplit (path, "/", -1);
  guint n_names = g_strv_length (names);
  const char *slash = strrchr (path, '/');
  gboolean is_known;

  *self = (AnnEditPlace){ .name = slash != NULL ? slash + 1 : path };
  if (!check_names (names, path, error))
    return FALSE;

  if (g_str_equal (names[0], "obs") || g_str_equal (names[0], "var"))
    is_known = init_table (self, edit, g_str_equal (names[0], "var"), n_names);
  else
    is_known = init_other (self, edit, names[0], n_names);
  if (!is_known)
    g_set_error (
        error, ANN_ERROR, ANN_ERROR_FORMAT,
        "%s: this cannot be changed; X, raw, columns of obs and var, and what is in layers, "
        "obsm, varm, obsp, varp and uns can be",
        path);

  return is_known;
}

/* --- Values --- */

static gboolean
has_kind (const AnnEditPlace *self, AnnElement *value)
{
  AnnElementKind kind = ann_element_get_kind (value);
  guint rank = ann_element_get_rank (value);
  gboolean is_sparse = kind == ANN_ELEMENT_CSR || kind == ANN_ELEMENT_CSC;

  switch (self->kind)
    {
    case ANN_EDIT_PLACE_MATRIX:
    case ANN_EDIT_PLACE_PAIRS:
      return is_sparse || (kind == ANN_ELEMENT_DENSE && rank == 2);

    case ANN_EDIT_PLACE_TABLE:
      return kind == ANN_ELEMENT_FRAME;

    case ANN_EDIT_PLACE_COLUMN:
      return kind == ANN_ELEMENT_CATEGORICAL || kind == ANN_ELEMENT_NULLABLE_INTEGER
             || kind == ANN_ELEMENT_NULLABLE_BOOLEAN || kind == ANN_ELEMENT_NULLABLE_STRING
             || ((kind == ANN_ELEMENT_DENSE || kind == ANN_ELEMENT_STRINGS) && rank == 1);

    case ANN_EDIT_PLACE_INDEX:
      return kind == ANN_ELEMENT_STRINGS && rank == 1;

    case ANN_EDIT_PLACE_ALIGNED:
      return is_sparse || kind == ANN_ELEMENT_FRAME || kind == ANN_ELEMENT_AWKWARD
             || (kind == ANN_ELEMENT_DENSE && rank >= 2);

    case ANN_EDIT_PLACE_GROUP: /* its elements are set, one by one */
      return FALSE;

    case ANN_EDIT_PLACE_RAW:
      return kind == ANN_ELEMENT_RAW;

    case ANN_EDIT_PLACE_UNS:
    default:
      return kind != ANN_ELEMENT_ANNDATA && kind != ANN_ELEMENT_RAW && kind != ANN_ELEMENT_OPAQUE;
    }
}

gboolean
_ann_edit_place_check (const AnnEditPlace *self,
                       const char *path,
                       AnnElement *value,
                       GError **error)
{
  if (ann_element_get_state (value) != ANN_ELEMENT_OK)
    {
      g_propagate_prefixed_error (error, g_error_copy (ann_element_get_error (value)),
                                  "%s: The value cannot be read: ", path);
      return FALSE;
    }
  if (!has_kind (self, value))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
                   "%s: this cannot be a value of the kind “%s”", path,
                   ann_element_kind_get_name (ann_element_get_kind (value)));
      return FALSE;
    }

  for (guint i = 0; i < self->n_axes; i++)
    {
      guint64 length = i == 0 ? ann_element_get_n_rows (value) : ann_element_get_length (value, i);

      if (length == self->lengths[i])
        continue;
      g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
                   "%s: the value has %" G_GUINT64_FORMAT " %s, where %" G_GUINT64_FORMAT
                   " are wanted",
                   path, length, i == 0 ? "rows" : "columns", self->lengths[i]);
      return FALSE;
    }

  return TRUE;
}
