/* ann-validate-element.c: the rules that metadata tells of
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-validate-private.h"

#include "element/ann-categorical.h"
#include "element/ann-element-private.h"

#include <string.h>

/* More columns than this do not fit into an attribute of a plain HDF5 group. */
#define N_COLUMNS_PLAIN 4090

static gboolean
is_marked_as (AnnElement *element, const char *type)
{
  return strcmp (ann_element_get_encoding_type (element), type) == 0;
}

/* --- Marks --- */

/* Kinds that no group is without a mark, unless its writing was interrupted. */
static gboolean
has_parts (AnnElementKind kind)
{
  switch ((int) kind)
    {
    case ANN_ELEMENT_CSR:
    case ANN_ELEMENT_CSC:
    case ANN_ELEMENT_FRAME:
    case ANN_ELEMENT_CATEGORICAL:
    case ANN_ELEMENT_NULLABLE_INTEGER:
    case ANN_ELEMENT_NULLABLE_BOOLEAN:
    case ANN_ELEMENT_NULLABLE_STRING:
    case ANN_ELEMENT_AWKWARD:
      return TRUE;
    default:
      return FALSE;
    }
}

static void
check_mark (AnnValidation *self, AnnElement *element, AnnAttributes *attributes)
{
  const char *path = ann_element_get_path (element);
  const char *type = ann_element_get_encoding_type (element);
  const char *version = ann_element_get_encoding_version (element);
  gboolean known_version;
  gboolean is_group = ann_node_get_kind (ann_element_get_node (element)) == ANN_NODE_GROUP;

  if (*type != '\0')
    {
      if (!_ann_element_knows_encoding (type, version, &known_version) || !known_version)
        _ann_report_add (self->report, ANN_RULE_ENCODING_VERSION, path,
                         "is marked “%s” of version “%s”, which this program does not know", type,
                         version);
      return;
    }

  if (is_group && has_parts (ann_element_get_kind (element))
      && !ann_attributes_has (attributes, "h5sparse_format"))
    _ann_report_add (self->report, ANN_RULE_INCOMPLETE, path,
                     "is not marked as the %s that its parts say it is: its writing may have been "
                     "interrupted",
                     ann_element_kind_get_name (ann_element_get_kind (element)));
  else if (self->is_modern)
    _ann_report_add (self->report, ANN_RULE_PAIR_MISSING, path,
                     "has no “encoding-type”, which the store as a whole has");
}

static void
check_name (AnnValidation *self, const char *path, const char *name)
{
  const char *why = NULL;

  if (*name == '\0')
    why = "is empty";
  else if (!g_utf8_validate (name, -1, NULL))
    why = "is not UTF-8";
  else if (strcmp (name, ".") == 0 || strcmp (name, "..") == 0)
    why = "means a folder";
  else if (strchr (name, '/') != NULL)
    why = "has a slash, which makes groups of it";
  else
    {
      for (const char *at = name; *at != '\0' && why == NULL; at = g_utf8_next_char (at))
        {
          if (g_unichar_iscntrl (g_utf8_get_char (at)))
            why = "has a control character";
        }
    }

  if (why != NULL)
    _ann_report_add (self->report, ANN_RULE_KEY, path,
                     "its name %s; other programs may not open it", why);
}

/* --- Tables --- */

/* The list itself, not what it names. */
static void
check_list_of_columns (AnnValidation *self, const char *path, AnnAttributes *attributes)
{
  if (!ann_attributes_has (attributes, "column-order"))
    _ann_report_add (self->report, ANN_RULE_COLUMN_ORDER, path,
                     "has no attribute “column-order”: the order of its columns is lost");
  else if (ann_attributes_get_texts (attributes, "column-order") == NULL
           && ann_attributes_get_numbers (attributes, "column-order") == NULL)
    _ann_report_add (self->report, ANN_RULE_ELEMENT_BROKEN, path,
                     "its attribute “column-order” is no list of names alone; Python cannot read "
                     "the table");
  else if (ann_attributes_is_scalar (attributes, "column-order"))
    _ann_report_add (self->report, ANN_RULE_COLUMN_ORDER, path,
                     "its attribute “column-order” is one text and no list; Python cannot read "
                     "the table");
}

static void
check_column_order (AnnValidation *self, const char *path, AnnAttributes *attributes)
{
  AnnStrings *texts = ann_attributes_get_texts (attributes, "column-order");
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  check_list_of_columns (self, path, attributes);
  if (texts == NULL)
    texts = ann_attributes_get_mixed_texts (attributes, "column-order");
  if (texts == NULL)
    return;

  for (gsize i = 0; i < ann_strings_get_length (texts); i++)
    {
      const char *name = ann_strings_get (texts, i, NULL);

      if (strcmp (name, "_index") == 0)
        _ann_report_add (self->report, ANN_RULE_COLUMN_RESERVED, path,
                         "has a column “_index”, a name that is reserved for the labels");
      if (!g_hash_table_add (seen, (gpointer) name))
        _ann_report_add (self->report, ANN_RULE_COLUMN_DUPLICATE, path,
                         "lists the column “%s” twice", name);
    }
  if (ann_strings_get_length (texts) > N_COLUMNS_PLAIN)
    _ann_report_add (self->report, ANN_RULE_COLUMN_LIMIT, path,
                     "has %" G_GSIZE_FORMAT " columns; writers that do not track the order of "
                     "attributes cannot store more than %d in HDF5",
                     ann_strings_get_length (texts), N_COLUMNS_PLAIN);
}

/* Whether a child is a column, or a group on the way to one whose name has slashes. */
static gboolean
belongs_to_column (AnnFrame *frame, const char *name)
{
  g_autofree char *start = g_strconcat (name, "/", NULL);

  if (ann_frame_find_column (frame, name, NULL))
    return TRUE;
  for (guint i = 0; i < ann_frame_get_n_columns (frame); i++)
    {
      if (g_str_has_prefix (ann_frame_get_column_name (frame, i), start))
        return TRUE;
    }

  return FALSE;
}

static void
check_stray_children (AnnValidation *self, AnnFrame *frame, AnnElement *index)
{
  AnnElement *element = ANN_ELEMENT (frame);
  g_autoptr (GError) problem = NULL;
  g_auto (GStrv) names = ann_node_list_children (ann_element_get_node (element), self->cancellable,
                                                 &problem);

  _ann_validate_take_failure (self, problem);
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      if (strcmp (names[i], "__categories") != 0
          && (index == NULL || strcmp (names[i], ann_element_get_name (index)) != 0)
          && !belongs_to_column (frame, names[i]))
        _ann_report_add (self->report, ANN_RULE_COLUMN_STRAY, ann_element_get_path (element),
                         "holds “%s”, which is none of its columns", names[i]);
    }
}

static void
check_index_kind (AnnValidation *self, AnnElement *index)
{
  AnnElementKind kind = ann_element_get_kind (index);

  if (kind == ANN_ELEMENT_STRINGS || kind == ANN_ELEMENT_NULLABLE_STRING
      || (kind == ANN_ELEMENT_DENSE && ann_dtype_is_integer (ann_element_get_dtype (index))))
    return;

  _ann_report_add (self->report, ANN_RULE_INDEX_KIND, ann_element_get_path (index),
                   "the labels of the rows are %s; texts belong here",
                   kind == ANN_ELEMENT_DENSE ? ann_dtype_get_name (ann_element_get_dtype (index))
                                             : ann_element_kind_get_name (kind));
}

static void
check_column (AnnValidation *self, AnnFrame *frame, guint number)
{
  const char *name = ann_frame_get_column_name (frame, number);
  g_autofree char *path = g_strconcat (ann_element_get_path (ANN_ELEMENT (frame)), "/", name, NULL);
  g_autoptr (AnnElement) column = NULL;
  g_autoptr (GError) problem = NULL;

  if (strchr (name, '/') != NULL) /* other names are looked at with the element */
    check_name (self, path, name);
  column = ann_frame_open_column (frame, number, self->cancellable, &problem);
  if (column == NULL || ann_element_get_error (column) != NULL)
    {
      _ann_validate_take_failure (self, column != NULL ? ann_element_get_error (column) : problem);
      return;
    }

  switch ((int) ann_element_get_kind (column))
    {
    case ANN_ELEMENT_DENSE:
    case ANN_ELEMENT_STRINGS:
    case ANN_ELEMENT_CATEGORICAL:
    case ANN_ELEMENT_NULLABLE_INTEGER:
    case ANN_ELEMENT_NULLABLE_BOOLEAN:
    case ANN_ELEMENT_NULLABLE_STRING:
      if (ann_element_get_rank (column) != 1)
        _ann_report_add (self->report, ANN_RULE_COLUMN_KIND, path, "has %u axes; a column has one",
                         ann_element_get_rank (column));
      break;
    default:
      _ann_report_add (self->report, ANN_RULE_COLUMN_KIND, path, "is %s, which is no column",
                       ann_element_kind_get_name (ann_element_get_kind (column)));
      break;
    }
}

static void
check_frame (AnnValidation *self, AnnFrame *frame, AnnAttributes *attributes)
{
  AnnElement *element = ANN_ELEMENT (frame);
  g_autoptr (AnnElement) index = ann_frame_open_index (frame, self->cancellable, NULL);

  if (index != NULL && ann_element_get_error (index) == NULL)
    check_index_kind (self, index);
  else if (index != NULL)
    _ann_report_add (self->report, ANN_RULE_ELEMENT_BROKEN, ann_element_get_path (index), "%s",
                     ann_element_get_error (index)->message);
  for (guint i = 0; i < ann_frame_get_n_columns (frame) && self->failure == NULL; i++)
    check_column (self, frame, i);
  if (self->failure != NULL || !is_marked_as (element, "dataframe"))
    return;

  check_column_order (self, ann_element_get_path (element), attributes);
  check_stray_children (self, frame, index);
}

/* --- Other kinds --- */

static void
check_categorical (AnnValidation *self, AnnCategorical *categorical, AnnAttributes *attributes)
{
  AnnElement *element = ANN_ELEMENT (categorical);
  const char *path = ann_element_get_path (element);
  g_autofree AnnArray **arrays = NULL;
  gsize n_arrays = 0;
  gboolean ordered;

  if (!is_marked_as (element, "categorical"))
    return;

  if (!ann_attributes_has (attributes, "ordered"))
    _ann_report_add (self->report, ANN_RULE_CATEGORICAL_ORDERED, path,
                     "does not say whether its categories are ordered; Python cannot read it");
  else if (!ann_attributes_get_boolean (attributes, "ordered", &ordered))
    _ann_report_add (self->report, ANN_RULE_CATEGORICAL_ORDERED, path,
                     "its attribute “ordered” is neither true nor false");
  if (ann_element_get_kind (ann_categorical_get_categories (categorical))
      == ANN_ELEMENT_NULLABLE_STRING)
    _ann_report_add (self->report, ANN_RULE_CATEGORICAL_CATEGORIES, path,
                     "its categories have a mask, which Python refuses");

  arrays = ann_element_list_arrays (element, &n_arrays);
  if (n_arrays > 0 && !ann_dtype_is_signed (ann_array_get_dtype (arrays[0])))
    _ann_report_add (self->report, ANN_RULE_CATEGORICAL_CODE_TYPE, path,
                     "its codes are %s, which have no -1 for a missing value",
                     ann_dtype_get_name (ann_array_get_dtype (arrays[0])));
  for (gsize i = 0; i < n_arrays; i++)
    g_object_unref (arrays[i]);
}

static void
check_nullable (AnnValidation *self, AnnElement *element)
{
  const char *path = ann_element_get_path (element);
  AnnElementKind kind = ann_element_get_kind (element);
  AnnDtype dtype = ann_element_get_dtype (element);
  g_autofree AnnArray **arrays = NULL;
  gsize n_arrays = 0;

  arrays = ann_element_list_arrays (element, &n_arrays);
  if (n_arrays < 2)
    _ann_report_add (self->report, ANN_RULE_NULLABLE_MASK, path,
                     "has no mask; Python cannot read it");
  else if (ann_array_get_dtype (arrays[1]) != ANN_DTYPE_BOOL)
    _ann_report_add (self->report, ANN_RULE_NULLABLE_MASK, path, "its mask is %s and not bool",
                     ann_dtype_get_name (ann_array_get_dtype (arrays[1])));
  for (gsize i = 0; i < n_arrays; i++)
    g_object_unref (arrays[i]);

  if ((kind == ANN_ELEMENT_NULLABLE_INTEGER && !ann_dtype_is_integer (dtype))
      || (kind == ANN_ELEMENT_NULLABLE_BOOLEAN && dtype != ANN_DTYPE_BOOL))
    _ann_report_add (self->report, ANN_RULE_NULLABLE_TYPE, path, "is %s of type %s",
                     ann_element_kind_get_name (kind), ann_dtype_get_name (dtype));
}

static void
check_raw (AnnValidation *self, AnnElement *element)
{
  if (!_ann_validate_has_child (self, element, "X"))
    _ann_report_add (self->report, ANN_RULE_INCOMPLETE, ann_element_get_path (element), "has no X");
}

void
_ann_validate_element (AnnValidation *self, AnnElement *element)
{
  AnnNode *node = ann_element_get_node (element);
  g_autoptr (AnnAttributes) attributes = NULL;
  g_autoptr (GError) problem = NULL;

  if (node == NULL)
    return;
  attributes = ann_node_read_attributes (node, self->cancellable, &problem);
  if (attributes == NULL)
    {
      _ann_validate_take_failure (self, problem);
      return;
    }

  check_name (self, ann_element_get_path (element), ann_element_get_name (element));
  check_mark (self, element, attributes);
  switch ((int) ann_element_get_kind (element))
    {
    case ANN_ELEMENT_FRAME:
      check_frame (self, ANN_FRAME (element), attributes);
      break;
    case ANN_ELEMENT_CATEGORICAL:
      check_categorical (self, ANN_CATEGORICAL (element), attributes);
      break;
    case ANN_ELEMENT_NULLABLE_INTEGER:
    case ANN_ELEMENT_NULLABLE_BOOLEAN:
    case ANN_ELEMENT_NULLABLE_STRING:
      check_nullable (self, element);
      break;
    case ANN_ELEMENT_CSR:
    case ANN_ELEMENT_CSC:
      _ann_validate_sparse_ends (self, ANN_SPARSE (element));
      break;
    case ANN_ELEMENT_RAW:
      check_raw (self, element);
      break;
    default:
      break;
    }
}
