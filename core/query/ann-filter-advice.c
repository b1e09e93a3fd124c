/* ann-filter-advice.c: what was probably meant by a filter that makes no sense, or little
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "query/ann-filter-program-private.h"

#include "anndata/ann-concat-private.h"
#include "base/ann-nearest.h"

#include <string.h>

/* Categories that are told where none is like the one that is not there. */
#define MAX_CATEGORIES_TOLD 10

static const char *const axis_names[] = { "obs", "var" };
static const char *const index_names[] = { "obs_names", "var_names" };
static const char *const row_names[] = { "an observation", "a variable" };

/* --- Names that are no columns --- */

/* The comparison that @value is the right side of; or NULL. */
static const AnnFilterNode *
find_comparison (const AnnFilterNode *node, const AnnFilterValue *value)
{
  const AnnFilterNode *found = NULL;

  if (node->kind == ANN_NODE_COMPARE && node->right == value)
    return node;
  for (guint i = 0; node->children != NULL && i < node->children->len && found == NULL; i++)
    found = find_comparison (g_ptr_array_index (node->children, i), value);

  return found;
}

/* `cell_type == Tcell`: the values of the program are bound in their order, so the left side is. */
static char *
advise_text (AnnFilterProgram *self, const AnnFilterValue *value)
{
  const AnnFilterNode *node = find_comparison (self->filter->root, value);
  g_autofree char *left = NULL;
  g_autofree char *text = NULL;

  if (node == NULL || node->left->index >= value->index
      || (node->left->kind != ANN_VALUE_NAME && node->left->kind != ANN_VALUE_MEMBER)
      || self->columns[node->left->index].type != ANN_COLUMN_TEXT)
    return NULL;

  left = _ann_filter_quote (self->filter->text, &node->left->place);
  text = _ann_filter_write_text (value->text);

  return g_strdup_printf ("%s has no column “%s”; a text goes in quotes: %s %s %s",
                          axis_names[self->axis], value->text, left,
                          node->compare == ANN_COMPARE_NOT_EQUAL ? "!=" : "==", text);
}

/* `x == None`, `x != nan` */
static char *
advise_missing (const AnnFilterValue *value)
{
  static const char *const names[] = { "None", "null", "nan",    "NaN",   "NA",
                                       "NULL", "NaT",  "np.nan", "pd.NA", NULL };

  if (value->is_quoted || !g_strv_contains (names, value->text))
    return NULL;

  return g_strdup_printf ("“%s” is no value: what is missing is found by “is missing”",
                          value->text);
}

/* `obs.n_genes`, `adata.obs["n_genes"]`: columns stand alone. */
static char *
advise_prefix (AnnFilterProgram *self, const AnnFilterValue *value)
{
  const char *axis = axis_names[self->axis];
  const char *begin = strstr (value->text, axis);
  const char *column = NULL;

  if (begin == NULL || value->is_quoted)
    return NULL;
  begin += strlen (axis);
  if (*begin == '.')
    column = begin + 1;
  else if (*begin == '\0' && value->n_keys > 0)
    column = value->keys[0].text;
  if (column == NULL || !ann_frame_find_column (self->frame, column, NULL))
    return NULL;

  return _ann_filter_is_plain_name (column)
             ? g_strdup_printf ("The columns of %s stand alone: write %s", axis, column)
             : g_strdup_printf ("The columns of %s stand alone: write `%s`", axis, column);
}

static gboolean
has_label (AnnFilterProgram *self, AnnFrame *frame, const char *label)
{
  const char *const names[] = { label };
  g_autoptr (AnnSelection) rows = NULL;

  if (frame != NULL)
    rows = ann_frame_find_names (frame, names, 1, self->cancellable, NULL);

  return rows != NULL;
}

/* The matrix whose other axis has the label: "X" or "raw"; or NULL. */
static const char *
find_matrix (AnnFilterProgram *self, const char *label)
{
  AnnFrame *other = self->axis == ANN_AXIS_OBS ? ann_data_get_var (self->data)
                                               : ann_data_get_obs (self->data);
  g_autoptr (AnnElement) x = ann_data_open_element (self->data, "X", self->cancellable, NULL);
  g_autoptr (AnnElement) raw = NULL;

  if (x != NULL && has_label (self, other, label))
    return "X";
  if (self->axis == ANN_AXIS_OBS)
    raw = ann_data_open_element (self->data, "raw/var", self->cancellable, NULL);

  return ANN_IS_FRAME (raw) && has_label (self, ANN_FRAME (raw), label) ? "raw" : NULL;
}

/* `CD3D > 0`; and `CD3D` as a filter of var. Labels of obs, which may be many, are looked through
 * only as those of a filter's other axis.
 */
static char *
advise_label (AnnFilterProgram *self, const AnnFilterValue *value)
{
  const char *matrix = find_matrix (self, value->text);
  g_autofree char *text = _ann_filter_write_text (value->text);

  if (matrix != NULL)
    return g_strdup_printf ("“%s” is %s and no column of %s: write %s[%s]", value->text,
                            row_names[1 - self->axis], axis_names[self->axis], matrix, text);
  if (self->axis == ANN_AXIS_VAR && has_label (self, self->frame, value->text))
    return g_strdup_printf ("“%s” is a variable and no column of var: write var_names == %s",
                            value->text, text);

  return NULL;
}

/* `Cd3d > 0`, where it is CD3D. */
static char *
advise_case (AnnFilterProgram *self, const AnnFilterValue *value)
{
  AnnFrame *var = ann_data_get_var (self->data);
  g_autoptr (AnnStrings) labels = NULL;

  if (self->axis == ANN_AXIS_OBS && var != NULL)
    labels = _ann_read_labels (var, self->cancellable, NULL);
  for (gsize i = 0; labels != NULL && i < ann_strings_get_length (labels); i++)
    {
      const char *label = ann_strings_get (labels, i, NULL);
      g_autofree char *text = NULL;

      if (g_ascii_strcasecmp (label, value->text) != 0)
        continue;
      text = _ann_filter_write_text (label);
      return g_strdup_printf ("obs has no column “%s”; for the variable “%s” write X[%s]",
                              value->text, label, text);
    }

  return NULL;
}

static char *
advise_axis (AnnFilterProgram *self, const AnnFilterValue *value)
{
  AnnFrame *const other = self->axis == ANN_AXIS_OBS ? ann_data_get_var (self->data)
                                                     : ann_data_get_obs (self->data);
  const char *axis = axis_names[self->axis];

  if (strcmp (value->text, index_names[1 - self->axis]) == 0)
    return g_strdup_printf ("This is a filter of %s, whose names are %s and not %s", axis,
                            index_names[self->axis], value->text);
  if (other != NULL && ann_frame_find_column (other, value->text, NULL))
    return g_strdup_printf ("“%s” is a column of %s, and this is a filter of %s", value->text,
                            axis_names[1 - self->axis], axis);

  return NULL;
}

char *
_ann_filter_program_advise (AnnFilterProgram *self, const AnnFilterValue *value)
{
  char *advice = advise_prefix (self, value);

  if (advice != NULL || value->kind == ANN_VALUE_MEMBER)
    return advice;
  advice = advise_axis (self, value);
  if (advice == NULL)
    advice = advise_text (self, value);
  if (advice == NULL)
    advice = advise_missing (value);
  if (advice == NULL)
    advice = advise_label (self, value);
  if (advice == NULL)
    advice = advise_case (self, value);

  return advice;
}

/* --- Texts that are no categories --- */

static gboolean
is_column (const AnnFilterValue *value)
{
  return value->kind == ANN_VALUE_NAME || value->kind == ANN_VALUE_MEMBER;
}

/* The texts that a leaf asks for, and of which column; NULL if there are none. */
static GPtrArray *
list_texts (const AnnFilterNode *node, const AnnFilterValue **column)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new ();

  if (node->kind == ANN_NODE_COMPARE
      && (node->compare == ANN_COMPARE_EQUAL || node->compare == ANN_COMPARE_NOT_EQUAL))
    {
      const gboolean is_left = is_column (node->left);
      const AnnFilterValue *literal = is_left ? node->right : node->left;

      *column = is_left ? node->left : node->right;
      if (is_column (*column) && literal->kind == ANN_VALUE_TEXT)
        g_ptr_array_add (texts, literal->text);
    }
  for (guint i = 0; node->kind == ANN_NODE_IN && i < node->items->len; i++)
    {
      const AnnFilterValue *item = g_ptr_array_index (node->items, i);

      *column = node->left;
      if (is_column (node->left) && item->kind == ANN_VALUE_TEXT)
        g_ptr_array_add (texts, item->text);
    }

  return texts->len > 0 ? g_steal_pointer (&texts) : NULL;
}

/* Adds the leaves that ask for texts. */
static void
find_leaves (const AnnFilterNode *node, GPtrArray *leaves)
{
  const AnnFilterValue *column;
  g_autoptr (GPtrArray) texts = list_texts (node, &column);

  if (texts != NULL)
    g_ptr_array_add (leaves, (gpointer) node);
  for (guint i = 0; node->children != NULL && i < node->children->len; i++)
    find_leaves (g_ptr_array_index (node->children, i), leaves);
}

/* What there is instead: the nearest, or all if they are few; "" if neither. */
static char *
describe_categories (AnnStrings *labels, const char *wanted)
{
  const gsize n = ann_strings_get_length (labels);
  g_autoptr (AnnNearest) nearest = ann_nearest_new (wanted);
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < n; i++)
    ann_nearest_offer (nearest, ann_strings_get (labels, i, NULL));
  if (ann_nearest_get (nearest) != NULL)
    {
      g_string_printf (text, "; the nearest is “%s”", ann_nearest_get (nearest));
      return g_string_free (text, FALSE);
    }

  for (gsize i = 0; n <= MAX_CATEGORIES_TOLD && i < n; i++)
    g_string_append_printf (text, "%s“%s”", i > 0 ? ", " : "; there are ",
                            ann_strings_get (labels, i, NULL));

  return g_string_free (text, FALSE);
}

/* A sentence about the texts of a leaf that no category is; NULL if they all are. */
static char *
doubt_leaf (const AnnFilterProgram *self, const AnnFilterNode *node)
{
  const AnnFilterValue *value;
  g_autoptr (GPtrArray) texts = list_texts (node, &value);
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *instead = NULL;
  g_autofree char *others = NULL;
  g_autofree char *name = NULL;
  const AnnFilterColumn *column = &self->columns[value->index];
  const char *first = NULL;
  guint n = 0;

  if (!column->is_categorical || column->labels == NULL)
    return NULL;
  for (gsize i = 0; i < ann_strings_get_length (column->labels); i++)
    g_hash_table_add (known, (gpointer) ann_strings_get (column->labels, i, NULL));
  for (guint i = 0; i < texts->len; i++)
    {
      if (g_hash_table_contains (known, texts->pdata[i]))
        continue;
      if (n++ == 0)
        first = texts->pdata[i];
    }
  if (n == 0)
    return NULL;

  name = _ann_filter_quote (self->filter->text, &value->place);
  instead = describe_categories (column->labels, first);
  others = n > 1 ? g_strdup_printf (n > 2 ? ", nor are %u others" : ", nor is %u other", n - 1)
                 : g_strdup ("");

  return g_strdup_printf ("“%s” is no value of %s%s%s", first, name, others, instead);
}

/**
 * ann_filter_list_doubts:
 * @self: a filter
 * @data: a store, a part of one, or a set
 * @axis: of what it is a filter
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Finds what is right and was hardly meant: texts that a categorical column is compared with and
 * that are none of its categories. Reads what [method@Ann.Filter.check] reads, if there are such
 * texts.
 *
 * Blocks; any thread.
 *
 * Returns: (transfer full) (array zero-terminated=1): a sentence for each comparison; or %NULL with
 *   @error set, as [method@Ann.Filter.check] does
 */
char **
ann_filter_list_doubts (AnnFilter *self,
                        AnnData *data,
                        AnnAxis axis,
                        GCancellable *cancellable,
                        GError **error)
{
  g_auto (AnnFilterProgram) program = { .filter = NULL };
  g_autoptr (GPtrArray) leaves = g_ptr_array_new ();
  g_autoptr (GStrvBuilder) doubts = g_strv_builder_new ();

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (ANN_IS_DATA (data), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  find_leaves (self->root, leaves);
  if (leaves->len > 0 && !_ann_filter_program_init (&program, self, data, axis, cancellable, error))
    return NULL;
  for (guint i = 0; i < leaves->len; i++)
    {
      g_autofree char *doubt = doubt_leaf (&program, leaves->pdata[i]);

      if (doubt != NULL)
        g_strv_builder_add (doubts, doubt);
    }

  return g_strv_builder_end (doubts);
}
