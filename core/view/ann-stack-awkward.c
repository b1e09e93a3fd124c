/* ann-stack-awkward.c: awkward arrays one behind the other
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "view/ann-stack.h"

#include "base/ann-error.h"
#include "element/ann-awkward-private.h"
#include "element/ann-element-private.h"
#include "view/ann-promote-private.h"
#include "view/ann-stack-private.h"

#include <string.h>

/* As ak.concatenate () does it (awkward 2.14): numbers are promoted, regular lists of several
 * lengths become lists, options stay options; what cannot be one type is a union.
 */

#define MAX_TAGS 127

/* Alternative: what is one type of all parts; NULL for a part that has none of it. */
typedef struct {
  AnnForm **members;
  guint *tags; /* which content of the part's own union it is */
} Alternative;

/* Of so many parts; it is the same for all layers. */
typedef struct {
  const char *path;
  gsize n_parts;
} Merging;

/* @adapted: for each part its form in the order of the whole's. */
static AnnForm *merge (const Merging *merging,
                       AnnForm *const *forms,
                       gboolean is_optional,
                       gboolean takes_common,
                       AnnForm **adapted,
                       GError **error);

static void
forms_free (AnnForm **forms, gsize n)
{
  for (gsize i = 0; i < n; i++)
    g_clear_pointer (&forms[i], _ann_form_unref);
  g_free (forms);
}

/* --- What can be one type --- */

static JsonNode *
get_parameter (const AnnForm *form, const char *name)
{
  return form->parameters != NULL
             ? json_object_get_member (json_node_get_object (form->parameters), name)
             : NULL;
}

static gboolean
has_same_parameter (const AnnForm *a, const AnnForm *b, const char *name)
{
  JsonNode *one = get_parameter (a, name);
  JsonNode *other = get_parameter (b, name);

  return one == NULL || other == NULL ? one == other : json_node_equal (one, other);
}

static gint
find_field (const AnnForm *form, const char *name)
{
  for (guint i = 0; i < form->n_contents; i++)
    if (strcmp (form->fields[i], name) == 0)
      return (gint) i;

  return -1;
}

static gboolean can_merge (AnnForm *a, AnnForm *b, gboolean takes_common);

static gboolean
can_merge_records (const AnnForm *a, const AnnForm *b, gboolean takes_common)
{
  if ((a->fields == NULL) != (b->fields == NULL)
      || (a->n_contents != b->n_contents && (a->fields == NULL || !takes_common)))
    return FALSE;

  for (guint i = 0; i < a->n_contents; i++)
    {
      const gint at = a->fields != NULL ? find_field (b, a->fields[i]) : (gint) i;

      if (at < 0 ? !takes_common : !can_merge (a->contents[i], b->contents[at], FALSE))
        return FALSE;
    }

  return TRUE;
}

/* @takes_common: records have the fields that all have, as in an inner join */
static gboolean
can_merge (AnnForm *a, AnnForm *b, gboolean takes_common)
{
  a = _ann_form_unwrap (a);
  b = _ann_form_unwrap (b);
  if (a->klass == ANN_FORM_EMPTY || b->klass == ANN_FORM_EMPTY)
    return TRUE;
  if (!has_same_parameter (a, b, "__array__") || !has_same_parameter (a, b, "__record__"))
    return FALSE;
  if (a->klass == ANN_FORM_UNION || b->klass == ANN_FORM_UNION)
    return TRUE;
  if (_ann_form_is_list (a) && _ann_form_is_list (b))
    return can_merge (a->contents[0], b->contents[0], takes_common);
  if (a->klass == ANN_FORM_RECORD && b->klass == ANN_FORM_RECORD)
    return can_merge_records (a, b, takes_common);

  return a->klass == b->klass;
}

/* --- Parameters --- */

/* Those that all have alike. */
static JsonNode *
merge_parameters (const Merging *merging, AnnForm *const *forms)
{
  g_autoptr (JsonObject) common = json_object_new ();
  const AnnForm *first = NULL;
  g_autoptr (GList) names = NULL;
  JsonNode *node;

  for (gsize i = 0; i < merging->n_parts && first == NULL; i++)
    first = forms[i];
  if (first == NULL || first->parameters == NULL)
    return NULL;

  names = json_object_get_members (json_node_get_object (first->parameters));
  for (GList *at = names; at != NULL; at = at->next)
    {
      gboolean is_common = TRUE;

      for (gsize i = 0; i < merging->n_parts; i++)
        is_common &= forms[i] == NULL || has_same_parameter (first, forms[i], at->data);
      if (is_common)
        json_object_set_member (common, at->data, json_node_copy (get_parameter (first, at->data)));
    }
  if (json_object_get_size (common) == 0)
    return NULL;

  node = json_node_init_object (json_node_alloc (), common);
  json_node_seal (node);

  return node;
}

/* --- Layers that are alike --- */

static AnnForm *
merge_numbers (const Merging *merging, AnnForm *const *cores, AnnForm **adapted)
{
  AnnForm *whole = _ann_form_new_layer (ANN_FORM_NUMPY, 0);

  whole->dtype = ANN_DTYPE_BOOL;
  for (gsize i = 0; i < merging->n_parts; i++)
    if (cores[i] != NULL)
      whole->dtype = _ann_dtype_promote (whole->dtype, cores[i]->dtype);
  for (gsize i = 0; i < merging->n_parts; i++)
    if (cores[i] != NULL)
      {
        adapted[i] = _ann_form_copy_layer (cores[i], 0);
        adapted[i]->dtype = whole->dtype;
      }

  return whole;
}

/* The contents @at (of each part) become the content @child. FALSE with @error set. */
static gboolean
merge_child (const Merging *merging,
             AnnForm *const *cores,
             const guint *at,
             guint child,
             gboolean takes_common,
             AnnForm *whole,
             AnnForm **adapted,
             GError **error)
{
  AnnForm **below = g_new0 (AnnForm *, merging->n_parts);
  AnnForm **adapted_below = g_new0 (AnnForm *, merging->n_parts);

  for (gsize i = 0; i < merging->n_parts; i++)
    below[i] = cores[i] != NULL ? cores[i]->contents[at[i]] : NULL;
  whole->contents[child] = merge (merging, below, FALSE, takes_common, adapted_below, error);
  for (gsize i = 0; i < merging->n_parts; i++)
    if (adapted[i] != NULL)
      adapted[i]->contents[child] = g_steal_pointer (&adapted_below[i]);
  g_free (below);
  forms_free (adapted_below, merging->n_parts);

  return whole->contents[child] != NULL;
}

static AnnForm *
merge_lists (const Merging *merging,
             AnnForm *const *cores,
             const AnnForm *first,
             gboolean takes_common,
             AnnForm **adapted,
             GError **error)
{
  g_autofree guint *at = g_new0 (guint, merging->n_parts);
  g_autoptr (AnnForm) whole = NULL;
  AnnFormClass klass = ANN_FORM_REGULAR;

  for (gsize i = 0; i < merging->n_parts; i++)
    if (cores[i] != NULL && (cores[i]->klass != ANN_FORM_REGULAR || cores[i]->size != first->size))
      klass = ANN_FORM_LIST_OFFSET;
  whole = _ann_form_new_layer (klass, 1);
  whole->size = klass == ANN_FORM_REGULAR ? first->size : 0;
  whole->is_text = first->is_text;
  for (gsize i = 0; i < merging->n_parts; i++)
    adapted[i] = cores[i] != NULL ? _ann_form_copy_layer (cores[i], 1) : NULL;

  return merge_child (merging, cores, at, 0, takes_common, whole, adapted, error)
             ? g_steal_pointer (&whole)
             : NULL;
}

/* The fields of the first part that all have. (transfer full) */
static char **
find_common_fields (const Merging *merging, AnnForm *const *cores, const AnnForm *first)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint field = 0; field < first->n_contents; field++)
    {
      gboolean is_common = TRUE;

      for (gsize i = 0; i < merging->n_parts; i++)
        is_common &= cores[i] == NULL || find_field (cores[i], first->fields[field]) >= 0;
      if (is_common)
        g_strv_builder_add (builder, first->fields[field]);
    }

  return g_strv_builder_end (builder);
}

static AnnForm *
merge_records (const Merging *merging,
               AnnForm *const *cores,
               const AnnForm *first,
               AnnForm **adapted,
               GError **error)
{
  g_autofree guint *at = g_new0 (guint, merging->n_parts);
  g_auto (GStrv) fields = first->fields != NULL ? find_common_fields (merging, cores, first) : NULL;
  const guint n = fields != NULL ? g_strv_length (fields) : first->n_contents;
  g_autoptr (AnnForm) whole = _ann_form_new_layer (ANN_FORM_RECORD, n);

  whole->fields = g_strdupv (fields);
  for (gsize i = 0; i < merging->n_parts; i++)
    if (cores[i] != NULL)
      {
        adapted[i] = _ann_form_copy_layer (cores[i], n);
        adapted[i]->fields = g_strdupv (fields);
      }
  for (guint field = 0; field < n; field++)
    {
      for (gsize i = 0; i < merging->n_parts; i++)
        if (cores[i] != NULL)
          at[i] = fields != NULL ? (guint) find_field (cores[i], fields[field]) : field;
      if (!merge_child (merging, cores, at, field, FALSE, whole, adapted, error))
        return NULL;
    }

  return g_steal_pointer (&whole);
}

/* @cores: of one class, or NULL */
static AnnForm *
merge_alike (const Merging *merging,
             AnnForm *const *cores,
             gboolean takes_common,
             AnnForm **adapted,
             GError **error)
{
  const AnnForm *first = NULL;
  AnnForm *whole;

  for (gsize i = 0; i < merging->n_parts && first == NULL; i++)
    first = cores[i];
  if (first->klass == ANN_FORM_NUMPY)
    whole = merge_numbers (merging, cores, adapted);
  else if (first->klass == ANN_FORM_RECORD)
    whole = merge_records (merging, cores, first, adapted, error);
  else
    whole = merge_lists (merging, cores, first, takes_common, adapted, error);
  if (whole != NULL)
    whole->parameters = merge_parameters (merging, cores);

  return whole;
}

/* --- Several types --- */

static void
alternative_free (gpointer data)
{
  Alternative *self = data;

  g_free (self->members);
  g_free (self->tags);
  g_free (self);
}

static gboolean
alternative_takes (const Merging *merging,
                   const Alternative *self,
                   gsize part,
                   AnnForm *form,
                   gboolean takes_common)
{
  if (self->members[part] != NULL)
    return FALSE;
  for (gsize i = 0; i < merging->n_parts; i++)
    if (self->members[i] != NULL && !can_merge (self->members[i], form, takes_common))
      return FALSE;

  return TRUE;
}

/* Finds where @form, a content of @part, belongs. */
static guint
sort_in (const Merging *merging,
         GPtrArray *alternatives,
         gsize part,
         guint tag,
         AnnForm *form,
         gboolean takes_common)
{
  Alternative *found = NULL;
  guint at;

  for (at = 0; at < alternatives->len && found == NULL; at++)
    if (alternative_takes (merging, g_ptr_array_index (alternatives, at), part, form, takes_common))
      {
        found = g_ptr_array_index (alternatives, at);
        break;
      }
  if (found == NULL)
    {
      found = g_new0 (Alternative, 1);
      found->members = g_new0 (AnnForm *, merging->n_parts);
      found->tags = g_new0 (guint, merging->n_parts);
      g_ptr_array_add (alternatives, found);
    }
  found->members[part] = form;
  found->tags[part] = tag;

  return at;
}

/* In each part a union, whose tags are those of the whole; where the part has one type, it is the
 * only content of one.
 */
static AnnForm *
wrap_for_union (AnnForm *core, gboolean is_union)
{
  AnnForm *wrapped = is_union ? _ann_form_copy_layer (core, core->n_contents)
                              : _ann_form_new_layer (ANN_FORM_UNION, 1);

  wrapped->tags = g_new0 (guint, MAX (wrapped->n_contents, 1));

  return wrapped;
}

static void
make_optional (AnnForm **form)
{
  AnnForm *option;

  if (_ann_form_is_option (*form))
    return;
  option = _ann_form_new_layer (ANN_FORM_INDEXED_OPTION, 1);
  option->contents[0] = *form;
  *form = option;
}

/* awkward has unions of options, but no options of unions; and if one is, all are. */
static void
spread_options (AnnForm *whole, gboolean is_optional)
{
  for (guint i = 0; i < whole->n_contents; i++)
    is_optional |= _ann_form_is_option (whole->contents[i]);
  for (guint i = 0; is_optional && i < whole->n_contents; i++)
    make_optional (&whole->contents[i]);
}

static AnnForm *
merge_union (const Merging *merging,
             AnnForm *const *cores,
             GPtrArray *alternatives,
             gboolean is_optional,
             gboolean takes_common,
             AnnForm **adapted,
             GError **error)
{
  g_autoptr (AnnForm) whole = _ann_form_new_layer (ANN_FORM_UNION, alternatives->len);

  if (alternatives->len > MAX_TAGS)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: the awkward arrays have %u types, and %d can be told apart", merging->path,
                   alternatives->len, MAX_TAGS);
      return NULL;
    }
  for (gsize i = 0; i < merging->n_parts; i++)
    if (cores[i] != NULL)
      adapted[i] = wrap_for_union (cores[i], cores[i]->klass == ANN_FORM_UNION);
  for (guint k = 0; k < alternatives->len; k++)
    {
      const Alternative *alternative = g_ptr_array_index (alternatives, k);
      AnnForm **below = g_new0 (AnnForm *, merging->n_parts);

      whole->contents[k] = merge (merging, alternative->members, FALSE, takes_common, below, error);
      for (gsize i = 0; i < merging->n_parts; i++)
        if (alternative->members[i] != NULL)
          {
            adapted[i]->tags[alternative->tags[i]] = k;
            adapted[i]->contents[alternative->tags[i]] = g_steal_pointer (&below[i]);
          }
      forms_free (below, merging->n_parts);
      if (whole->contents[k] == NULL)
        return NULL;
    }
  spread_options (whole, is_optional);

  return g_steal_pointer (&whole);
}

/* --- Any layer --- */

/* The wrappers of a part stay around what became of what they are around. Takes @core. */
static AnnForm *
wrap_again (const AnnForm *form, AnnForm *core)
{
  AnnForm *wrapper;

  if (!_ann_form_is_wrapper (form))
    return core;

  wrapper = _ann_form_copy_layer (form, 1);
  wrapper->contents[0] = wrap_again (form->contents[0], core);

  return wrapper;
}

static gboolean
has_option (const AnnForm *form)
{
  for (; _ann_form_is_wrapper (form); form = form->contents[0])
    if (_ann_form_is_option (form))
      return TRUE;

  return FALSE;
}

static gboolean
has_union (const Merging *merging, AnnForm *const *cores)
{
  for (gsize i = 0; i < merging->n_parts; i++)
    if (cores[i] != NULL && cores[i]->klass == ANN_FORM_UNION)
      return TRUE;

  return FALSE;
}

/* Sorts the types of all parts, of which each may have several. */
static void
find_alternatives (const Merging *merging,
                   AnnForm *const *cores,
                   gboolean takes_common,
                   GPtrArray *alternatives)
{
  for (gsize i = 0; i < merging->n_parts; i++)
    {
      if (cores[i] == NULL)
        continue;
      if (cores[i]->klass != ANN_FORM_UNION)
        sort_in (merging, alternatives, i, 0, cores[i], takes_common);
      for (guint k = 0; cores[i]->klass == ANN_FORM_UNION && k < cores[i]->n_contents; k++)
        sort_in (merging, alternatives, i, k, cores[i]->contents[k], takes_common);
    }
}

static AnnForm *
merge_cores (const Merging *merging,
             AnnForm *const *cores,
             gboolean is_optional,
             gboolean takes_common,
             AnnForm **adapted,
             GError **error)
{
  g_autoptr (GPtrArray) alternatives = g_ptr_array_new_with_free_func (alternative_free);
  const gboolean is_union = has_union (merging, cores);
  AnnForm *whole;

  takes_common = takes_common && !is_union; /* fields within a union are its own */
  find_alternatives (merging, cores, takes_common, alternatives);
  if (is_union || alternatives->len > 1)
    return merge_union (merging, cores, alternatives, is_optional, takes_common, adapted, error);

  whole = alternatives->len == 0 ? _ann_form_new_layer (ANN_FORM_EMPTY, 0)
                                 : merge_alike (merging, cores, takes_common, adapted, error);
  if (whole != NULL && is_optional)
    make_optional (&whole);

  return whole;
}

static AnnForm *
merge (const Merging *merging,
       AnnForm *const *forms,
       gboolean is_optional,
       gboolean takes_common,
       AnnForm **adapted,
       GError **error)
{
  g_autofree AnnForm **cores = g_new0 (AnnForm *, merging->n_parts);
  AnnForm **adapted_cores = g_new0 (AnnForm *, merging->n_parts);
  AnnForm *whole;

  for (gsize i = 0; i < merging->n_parts; i++)
    {
      if (forms[i] == NULL)
        continue;
      is_optional |= has_option (forms[i]);
      cores[i] = _ann_form_unwrap (forms[i]);
      if (cores[i]->klass == ANN_FORM_EMPTY)
        cores[i] = NULL; /* nothing has no say */
    }
  whole = merge_cores (merging, cores, is_optional, takes_common, adapted_cores, error);
  for (gsize i = 0; whole != NULL && i < merging->n_parts; i++)
    if (forms[i] != NULL)
      adapted[i] = wrap_again (forms[i], cores[i] != NULL
                                             ? g_steal_pointer (&adapted_cores[i])
                                             : _ann_form_ref (_ann_form_unwrap (forms[i])));
  forms_free (adapted_cores, merging->n_parts);

  return whole;
}

/* --- Elements --- */

/* What the parts are made of; what is not there is so many rows that are missing. */
static GArray *
collect_parts (const AnnStackPart *parts, gsize n_parts, GError **error)
{
  g_autoptr (GArray) all = g_array_new (FALSE, TRUE, sizeof (AnnAwkwardPart));

  for (gsize i = 0; i < n_parts; i++)
    {
      g_autoptr (GArray) own = NULL;

      if (parts[i].element == NULL)
        {
          const AnnAwkwardPart gap = { .n_rows = parts[i].length,
                                       .unavailable = (GError *) parts[i].unavailable };

          g_array_append_val (all, gap);
          continue;
        }
      own = _ann_awkward_split (ANN_AWKWARD (parts[i].element), error);
      if (own == NULL)
        return NULL;
      g_array_append_vals (all, own->data, own->len);
      g_array_set_clear_func (own, NULL); /* their rows went along */
    }

  return g_steal_pointer (&all);
}

/* Whether the items, of lists too, are records with names. */
static gboolean
has_records (AnnForm *form)
{
  form = _ann_form_unwrap (form);
  while (_ann_form_is_list (form))
    form = _ann_form_unwrap (form->contents[0]);

  return form->klass == ANN_FORM_EMPTY || (form->klass == ANN_FORM_RECORD && form->fields != NULL);
}

/* A form of all parts, and each part's in the order of that. Sets the parts' forms, which the
 * caller owns from then on.
 */
static AnnForm *
merge_parts (const char *path, AnnAwkwardPart *parts, gsize n, gboolean is_inner, GError **error)
{
  const Merging merging = { path, n };
  AnnForm **forms = g_new0 (AnnForm *, MAX (n, 1));
  AnnForm **adapted = g_new0 (AnnForm *, MAX (n, 1));
  gboolean has_gaps = FALSE;
  guint n_layers = 0;
  AnnForm *whole;

  for (gsize i = 0; i < n; i++)
    {
      forms[i] = parts[i].form;
      has_gaps |= parts[i].form == NULL;
      is_inner = is_inner && (parts[i].form == NULL || has_records (parts[i].form));
    }
  whole = merge (&merging, forms, has_gaps, is_inner, adapted, error);
  for (gsize i = 0; i < n; i++)
    parts[i].form = g_steal_pointer (&adapted[i]);
  if (whole != NULL)
    _ann_form_number (whole, &n_layers);
  forms_free (adapted, n);
  g_free (forms);

  return whole;
}

AnnElement *
_ann_stack_awkward (const char *path,
                    const AnnStackPart *parts,
                    gsize n_parts,
                    gboolean is_inner,
                    GError **error)
{
  g_autoptr (GArray) all = collect_parts (parts, n_parts, error);
  g_autoptr (AnnForm) whole = NULL;
  AnnAwkwardPart *each;
  AnnElement *element = NULL;

  if (all == NULL)
    return NULL;
  each = (AnnAwkwardPart *) (gpointer) all->data;
  whole = merge_parts (path, each, all->len, is_inner, error);
  if (whole != NULL)
    element = _ann_awkward_new_of_parts (path, NULL, whole, each, all->len, NULL);
  for (guint i = 0; i < all->len; i++)
    {
      g_clear_pointer (&each[i].form, _ann_form_unref);
      g_clear_pointer (&each[i].rows, ann_selection_unref);
    }

  return element;
}

/* Behind the rows of the element is one that is missing: all that are not there are that one. */
AnnElement *
_ann_awkward_reindex (const char *path, AnnElement *element, const AnnReindex *rows, GError **error)
{
  const guint64 n_rows = ann_element_get_n_rows (element);
  const gsize n_parts = rows->n_found < rows->length ? 2 : 1;
  const AnnStackPart parts[] = { { .element = element, .length = n_rows }, { .length = 1 } };
  g_autoptr (AnnElement) joined = _ann_stack_awkward (path, parts, n_parts, FALSE, error);
  g_autofree gint64 *places = NULL;
  g_autoptr (AnnSelection) selection = NULL;

  if (joined == NULL)
    return NULL;
  places = g_new (gint64, MAX (rows->length, 1)); /* labels of as many are in memory */
  for (guint64 i = 0; i < rows->length; i++)
    {
      const gint64 place = _ann_reindex_get (rows, i);

      places[i] = place >= 0 ? place : (gint64) n_rows;
    }
  selection = ann_selection_new_from_indices (places, rows->length, ann_element_get_n_rows (joined),
                                              error);

  return selection != NULL ? _ann_awkward_new_selection (ANN_AWKWARD (joined), selection, error)
                           : NULL;
}

AnnElement *
_ann_awkward_normalize (AnnElement *element, GError **error)
{
  gsize n;
  const AnnAwkwardPart *parts = _ann_awkward_peek_parts (ANN_AWKWARD (element), &n);
  g_autofree AnnAwkwardPart *copies = g_memdup2 (parts, n * sizeof *parts);
  g_autoptr (AnnForm) whole = merge_parts (ann_element_get_path (element), copies, n, FALSE, error);
  AnnElement *normal = NULL;

  if (whole != NULL)
    normal = _ann_awkward_new_of_parts (ann_element_get_path (element),
                                        ann_element_get_node (element), whole, copies, n,
                                        _ann_awkward_peek_rows (ANN_AWKWARD (element)));
  for (gsize i = 0; i < n; i++)
    g_clear_pointer (&copies[i].form, _ann_form_unref);

  return normal;
}
