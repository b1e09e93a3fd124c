/* ann-validate.c: goes through a store and checks it
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-validate.h"

#include "anndata/ann-data-private.h"
#include "anndata/ann-data-set-private.h"
#include "anndata/ann-validate-private.h"
#include "array/ann-node-private.h"
#include "base/ann-error-private.h"
#include "element/ann-element-private.h"
#include "store/ann-http-error.h"

#include <string.h>

/* Two walks: the first looks at metadata, the second, if it is wanted, reads all values. Elements
 * are opened again for it, so that no more than one way down the tree is in memory.
 */

/* Elements that are looked at: links that lead back can make a small store look endless. */
#define MAX_ELEMENTS 1000000

static const char *const root_keys[] = {
  "X", "layers", "obs", "obsm", "obsp", "raw", "uns", "var", "varm", "varp", NULL,
};

static gboolean
has_children (AnnElement *element)
{
  switch ((int) ann_element_get_kind (element))
    {
    case ANN_ELEMENT_ANNDATA:
    case ANN_ELEMENT_RAW:
    case ANN_ELEMENT_MAPPING:
    case ANN_ELEMENT_FRAME:
      return ann_element_get_error (element) == NULL;
    default:
      return FALSE;
    }
}

/* --- The places of an annotated matrix --- */

typedef enum {
  PLACE_MATRIX,     /* X, a layer, obsp, varp */
  PLACE_ROW_VALUES, /* obsm, varm */
} Place;

static gboolean
is_allowed (AnnElementKind kind, Place place)
{
  switch ((int) kind)
    {
    case ANN_ELEMENT_DENSE:
    case ANN_ELEMENT_CSR:
    case ANN_ELEMENT_CSC:
    case ANN_ELEMENT_NULL:
      return TRUE;
    case ANN_ELEMENT_FRAME:
    case ANN_ELEMENT_STRINGS:
    case ANN_ELEMENT_AWKWARD:
      return place == PLACE_ROW_VALUES;
    default:
      return FALSE;
    }
}

static void
check_place (AnnValidation *self, AnnElement *element, Place place)
{
  const char *path = ann_element_get_path (element);
  AnnElementKind kind = ann_element_get_kind (element);

  if (ann_element_get_error (element) != NULL)
    return;
  if (!is_allowed (kind, place))
    _ann_report_add (self->report, ANN_RULE_PLACE_KIND, path, "is %s, which has no place here",
                     ann_element_kind_get_name (kind));
  else if (place == PLACE_MATRIX && kind != ANN_ELEMENT_NULL && ann_element_get_rank (element) != 2)
    _ann_report_add (self->report, ANN_RULE_PLACE_KIND, path,
                     "has %u axes; a matrix with two belongs here", ann_element_get_rank (element));
}

/* @parent is an annotated matrix or raw. */
static void
check_member (AnnValidation *self, const char *name, AnnElement *member)
{
  AnnElementKind kind = ann_element_get_kind (member);

  if (strcmp (name, "X") == 0)
    check_place (self, member, PLACE_MATRIX);
  if ((strcmp (name, "X") == 0 || strcmp (name, "raw") == 0) && kind == ANN_ELEMENT_NULL)
    _ann_report_add (
        self->report, ANN_RULE_NULL_PLACE, ann_element_get_path (member),
        "is stored as nothing; anndata before 0.12 cannot open the store: leave it out");
}

static void
check_in_mapping (AnnValidation *self, AnnElement *parent, AnnElement *element)
{
  const char *name = ann_element_get_name (parent);

  if (strcmp (name, "layers") == 0 || strcmp (name, "obsp") == 0 || strcmp (name, "varp") == 0)
    check_place (self, element, PLACE_MATRIX);
  else if (strcmp (name, "obsm") == 0 || strcmp (name, "varm") == 0)
    check_place (self, element, PLACE_ROW_VALUES);
}

/* The keys of an annotated matrix that is marked as one. */
static void
check_keys (AnnValidation *self, AnnElement *element)
{
  g_auto (GStrv) found = _ann_validate_list (self, element);
  const char *path = ann_element_get_path (element);
  g_autoptr (GString) missing = g_string_new (NULL);

  if (g_strcmp0 (ann_element_get_encoding_type (element), "anndata") != 0)
    return;

  for (guint i = 0; root_keys[i] != NULL; i++)
    {
      if (strlen (root_keys[i]) > 3 /* X and raw may be absent; obs and var are looked at */
          && !_ann_validate_has_child (self, element, root_keys[i]))
        g_string_append_printf (missing, "%s%s", missing->len > 0 ? ", " : "", root_keys[i]);
    }
  if (missing->len > 0)
    _ann_report_add (self->report, ANN_RULE_ROOT_KEY_MISSING, path,
                     "has no %s; writers store empty ones too", missing->str);
  for (guint i = 0; found != NULL && found[i] != NULL; i++)
    {
      if (!g_strv_contains (root_keys, found[i]))
        _ann_report_add (self->report, ANN_RULE_ROOT_KEY_UNKNOWN, found[i],
                         "is no part of an annotated matrix; other readers ignore it");
    }
}

/* --- The walk over metadata --- */

static gboolean
has_unknown_encoding (AnnElement *element)
{
  gboolean known_version;

  return *ann_element_get_encoding_type (element) != '\0'
         && !_ann_element_knows_encoding (ann_element_get_encoding_type (element),
                                          ann_element_get_encoding_version (element),
                                          &known_version);
}

/* Whether it lies where a table belongs that names rows. */
static gboolean
is_axis (AnnElement *element)
{
  const char *name = ann_element_get_name (element);

  return strcmp (name, "obs") == 0 || strcmp (name, "var") == 0;
}

static void
add_state (AnnValidation *self, AnnElement *element)
{
  const char *path = ann_element_get_path (element);
  const char *message = ann_element_get_error (element)->message;
  AnnRule rule = ANN_RULE_ELEMENT_BROKEN;

  switch (ann_element_get_state (element))
    {
    case ANN_ELEMENT_UNSUPPORTED:
      rule = has_unknown_encoding (element) ? ANN_RULE_ENCODING_UNKNOWN : ANN_RULE_UNSUPPORTED;
      break;
    case ANN_ELEMENT_MISSING_CODEC:
      rule = ANN_RULE_CODEC_MISSING;
      break;
    case ANN_ELEMENT_DENIED:
      rule = ANN_RULE_LINK_NOT_FOLLOWED;
      break;
    case ANN_ELEMENT_CORRUPT: /* one that has a kind is in order but for its place */
      if (ann_element_get_kind (element) != ANN_ELEMENT_OPAQUE)
        rule = is_axis (element) ? ANN_RULE_PLACE_KIND : ANN_RULE_AXIS_LENGTH;
      break;
    case ANN_ELEMENT_OK:
    default:
      break;
    }

  _ann_report_add (self->report, rule, path, "%s", message);
}

static guint64
count_findings (AnnReport *report)
{
  return ann_report_count (report, ANN_SEVERITY_WARNING)
         + ann_report_count (report, ANN_SEVERITY_ERROR);
}

/* What the reader found odd and no rule of ours has said. */
static void
add_warnings (AnnValidation *self, AnnElement *element)
{
  const char *const *warnings = ann_element_get_warnings (element);

  for (guint i = 0; warnings != NULL && warnings[i] != NULL; i++)
    _ann_report_add (self->report, ANN_RULE_ODDITY, ann_element_get_path (element), "%s",
                     warnings[i]);
}

static void
check_element (AnnValidation *self, AnnElement *element)
{
  guint64 n_before = count_findings (self->report);

  _ann_report_count_element (self->report);
  if (ann_element_get_error (element) != NULL)
    {
      add_state (self, element);
      return;
    }

  _ann_validate_element (self, element);
  if (count_findings (self->report) == n_before)
    add_warnings (self, element);
}

static guint64
count_values (AnnElement *element)
{
  g_autofree AnnArray **arrays = NULL;
  gsize n_arrays = 0;
  guint64 n = 0;

  if (ann_element_get_error (element) != NULL)
    return 0;

  arrays = ann_element_list_arrays (element, &n_arrays);
  for (gsize i = 0; i < n_arrays; i++)
    {
      guint64 n_of_array = 1;
      guint rank = ann_array_get_rank (arrays[i]);

      for (guint axis = 0; axis < rank; axis++)
        {
          if (!g_uint64_checked_mul (&n_of_array, n_of_array,
                                     ann_array_get_shape (arrays[i])[axis]))
            n_of_array = 0;
        }
      n += n_of_array;
      g_object_unref (arrays[i]);
    }

  return n;
}

static void
check_child (AnnValidation *self, AnnElement *parent, const char *name, AnnElement *child)
{
  AnnElementKind kind = ann_element_get_kind (parent);

  if (kind == ANN_ELEMENT_ANNDATA || kind == ANN_ELEMENT_RAW)
    check_member (self, name, child);
  else if (kind == ANN_ELEMENT_MAPPING)
    check_in_mapping (self, parent, child);
}

typedef gboolean (*VisitFunc) (AnnValidation *self,
                               AnnElement *parent,
                               const char *name,
                               AnnElement *element,
                               GError **error);

/* Something in @element cannot be looked at. Takes @problem. */
static gboolean
add_unopened (AnnValidation *self, AnnElement *element, GError *problem, GError **error)
{
  if (self->is_reading)
    _ann_report_count_unread (self->report);

  return _ann_validate_add_problem (self, ANN_RULE_ELEMENT_BROKEN, ann_element_get_path (element),
                                    problem, error);
}

/* Returns: %FALSE with @error set if the network has failed */
static gboolean
pass_failure (AnnValidation *self, GError **error)
{
  if (self->failure == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&self->failure));

  return FALSE;
}

static gboolean
walk (AnnValidation *self, AnnElement *element, VisitFunc visit, guint *n_seen, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_auto (GStrv) names = ann_element_list_children (element, self->cancellable, &problem);

  if (names == NULL)
    return add_unopened (self, element, g_steal_pointer (&problem), error);

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autoptr (AnnElement) child = NULL;

      child = ann_element_open_child (element, names[i], self->cancellable, &problem);
      if (child == NULL)
        {
          if (!add_unopened (self, element, g_steal_pointer (&problem), error))
            return FALSE;
          continue;
        }
      if (_ann_validate_take_failure (self, ann_element_get_error (child)))
        return pass_failure (self, error);
      if (++*n_seen > MAX_ELEMENTS)
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                       "The store has more than %d elements; a link in it may lead back",
                       MAX_ELEMENTS);
          return FALSE;
        }
      if (!visit (self, element, names[i], child, error)
          || (has_children (child) && !walk (self, child, visit, n_seen, error)))
        return FALSE;
    }

  return TRUE;
}

static gboolean
visit_metadata (AnnValidation *self,
                AnnElement *parent,
                const char *name,
                AnnElement *element,
                GError **error)
{
  check_element (self, element);
  check_child (self, parent, name, element);
  if (ann_element_get_kind (element) == ANN_ELEMENT_ANNDATA
      && ann_element_get_error (element) == NULL)
    check_keys (self, element);

  return pass_failure (self, error)
         && !g_cancellable_set_error_if_cancelled (self->cancellable, error);
}

static gboolean
visit_sizes (AnnValidation *self,
             G_GNUC_UNUSED AnnElement *parent,
             G_GNUC_UNUSED const char *name,
             AnnElement *element,
             GError **error)
{
  ann_progress_add_total (self->progress, count_values (element));

  return !g_cancellable_set_error_if_cancelled (self->cancellable, error);
}

static gboolean
visit_values (AnnValidation *self,
              G_GNUC_UNUSED AnnElement *parent,
              G_GNUC_UNUSED const char *name,
              AnnElement *element,
              GError **error)
{
  self->was_unread = ann_element_get_error (element) != NULL;
  if (!self->was_unread && !_ann_validate_values (self, element, error))
    return FALSE;
  if (self->was_unread)
    _ann_report_count_unread (self->report);

  return TRUE;
}

static void
check_root (AnnValidation *self, AnnElement *root)
{
  const char *const *warnings = ann_element_get_warnings (root);

  if (ann_element_get_error (root) != NULL)
    {
      add_state (self, root);
      return;
    }
  if (!ann_data_is_annotated (self->data))
    {
      _ann_report_add (self->report, ANN_RULE_NOT_ANNDATA, "",
                       "is no annotated matrix: neither is it marked as one nor are obs and var "
                       "there");
      return;
    }
  if (*ann_element_get_encoding_type (root) == '\0')
    _ann_report_add (self->report, ANN_RULE_ROOT_PAIR, "",
                     "is not marked as “anndata”, as by anndata before 0.8 and by anndata-rs");
  for (guint i = 0; warnings != NULL && warnings[i] != NULL; i++)
    {
      /* What is wrong with them is told with them. */
      if (!g_str_has_prefix (warnings[i], "obs: ") && !g_str_has_prefix (warnings[i], "var: "))
        _ann_report_add (self->report, ANN_RULE_ODDITY, "", "%s", warnings[i]);
    }

  check_keys (self, root);
}

gboolean
_ann_validate_take_failure (AnnValidation *self, const GError *problem)
{
  if (problem == NULL || !ann_http_error_is_passing (problem))
    return FALSE;

  g_clear_error (&self->failure);
  self->failure = g_error_copy (problem);

  return TRUE;
}

char **
_ann_validate_list (AnnValidation *self, AnnElement *element)
{
  g_autoptr (GError) problem = NULL;
  char **names = ann_element_list_children (element, self->cancellable, &problem);

  _ann_validate_take_failure (self, problem);

  return names;
}

gboolean
_ann_validate_has_child (AnnValidation *self, AnnElement *element, const char *name)
{
  g_autoptr (GError) problem = NULL;
  gboolean is_there = TRUE;

  if (!_ann_node_find_child (ann_element_get_node (element), name, &is_there, self->cancellable,
                             &problem))
    {
      _ann_validate_take_failure (self, problem);
      return TRUE;
    }

  return is_there;
}

gboolean
_ann_validate_add_problem (AnnValidation *self,
                           AnnRule rule,
                           const char *path,
                           GError *problem,
                           GError **error)
{
  if (g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CANCELLED)
      || ann_http_error_is_passing (problem))
    {
      g_propagate_error (error, problem);
      return FALSE;
    }
  self->was_unread = TRUE;

  if (!_ann_report_has (self->report, rule, path)) /* metadata may have told it */
    _ann_report_add (self->report, rule, path, "%s", problem->message);
  g_error_free (problem);

  return TRUE;
}

/* What is there and is no part of the set is wrong; what is not there may be right. */
static void
check_parts (AnnValidation *self, AnnDataSet *set)
{
  for (guint i = 0; i < ann_data_set_get_n_parts (set); i++)
    {
      AnnDataSetPart part;

      ann_data_set_get_part (set, i, &part);
      if (part.data != NULL)
        continue;
      _ann_report_add (
          self->report,
          g_error_matches (part.error, ANN_ERROR, ANN_ERROR_FORMAT) ? ANN_RULE_SET_PART
                                                                    : ANN_RULE_SET_PART_MISSING,
          "uns/AnnDataSet", "%s: the values of %" G_GUINT64_FORMAT " rows cannot be read",
          part.error->message, part.n_rows);
    }
}

/* The parts are there, and what they were. */
static gboolean
check_set (AnnValidation *self, AnnDataSet *set, GError **error)
{
  g_autoptr (GError) problem = NULL;

  check_parts (self, set);
  if (_ann_data_set_check_labels (set, self->cancellable, &problem))
    return TRUE;
  if (!_ann_error_blames_store (problem))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  _ann_report_add (self->report, ANN_RULE_SET_PART, "uns/AnnDataSet", "%s", problem->message);

  return TRUE;
}

/**
 * ann_validate:
 * @data: a store
 * @is_deep: read all values too
 * @progress: (nullable): is told how many values there are and how many have been looked at; of
 *   use with @is_deep
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Checks a store against the rules of the AnnData format: marks, shapes, tables, categoricals,
 * sparse matrices. Without @is_deep metadata is read and, of each sparse matrix, the first and
 * last pointer. With it every value is read, in bounded memory, which also tests whatever checksums
 * there are.
 *
 * A store with faults is no failure: they are the result. This fails if it is cancelled, if the
 * network fails, with `ANN_ERROR_TOO_LARGE` for more than a million elements, and with
 * `ANN_ERROR_UNSUPPORTED` for one that is made of others and stored nowhere.
 *
 * Blocks; any thread.
 *
 * Returns: (transfer full): what was found, or %NULL with @error set
 */
AnnReport *
ann_validate (AnnData *data,
              gboolean is_deep,
              AnnProgress *progress,
              GCancellable *cancellable,
              GError **error)
{
  g_autoptr (AnnReport) report = NULL;
  AnnDataSet *set = NULL;
  AnnValidation self = { .data = data, .progress = progress, .cancellable = cancellable };
  AnnElement *root;
  guint n_seen = 0;

  g_return_val_if_fail (ANN_IS_DATA (data), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (_ann_data_get_own (data) != NULL) /* a set: the rules are about its file */
    {
      set = ann_data_set_get_of (data);
      self.data = data = _ann_data_get_own (data);
    }
  if (ann_data_is_view (data))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: is stored nowhere, and the rules are about how something is stored: export "
                   "it first",
                   ann_data_get_uri (data));
      return NULL;
    }

  root = ann_data_get_root (data);
  self.report = report = _ann_report_new ();
  self.is_modern = *ann_element_get_encoding_type (root) != '\0';
  check_root (&self, root);
  if (!pass_failure (&self, error))
    return NULL;
  if (is_deep && ann_element_get_error (root) != NULL)
    _ann_report_count_unread (report);
  if (!has_children (root))
    return g_steal_pointer (&report);

  if (!walk (&self, root, visit_metadata, &n_seen, error)
      || (set != NULL && !check_set (&self, set, error)))
    return NULL;
  if (is_deep && progress != NULL)
    {
      n_seen = 0;
      if (!walk (&self, root, visit_sizes, &n_seen, error))
        return NULL;
    }
  n_seen = 0;
  self.is_reading = TRUE;
  if (is_deep && !walk (&self, root, visit_values, &n_seen, error))
    return NULL;

  return g_steal_pointer (&report);
}
