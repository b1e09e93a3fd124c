/* ann-awkward-form.c: how an awkward array is nested, from its JSON
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-awkward-private.h"

#include "base/ann-error.h"
#include "element/ann-element-private.h"

#include <string.h>

#define MAX_DEPTH 64         /* layers; each adds a frame to the stack of whoever reads */
#define MAX_JSON_NESTING 256 /* brackets; the parser recurses for each */
#define MAX_BUFFERS 100000

typedef struct {
  const char *name;
  AnnFormClass klass;
  const char *buffers[2]; /* what follows the key in their names */
} ClassInfo;

static const ClassInfo classes[] = {
  { "NumpyArray", ANN_FORM_NUMPY, { "data" } },
  { "ListOffsetArray", ANN_FORM_LIST_OFFSET, { "offsets" } },
  { "ListArray", ANN_FORM_LIST, { "starts", "stops" } },
  { "RegularArray", ANN_FORM_REGULAR, { NULL } },
  { "RecordArray", ANN_FORM_RECORD, { NULL } },
  { "IndexedArray", ANN_FORM_INDEXED, { "index" } },
  { "IndexedOptionArray", ANN_FORM_INDEXED_OPTION, { "index" } },
  { "ByteMaskedArray", ANN_FORM_BYTE_MASKED, { "mask" } },
  { "BitMaskedArray", ANN_FORM_BIT_MASKED, { "mask" } },
  { "UnmaskedArray", ANN_FORM_UNMASKED, { NULL } },
  { "EmptyArray", ANN_FORM_EMPTY, { NULL } },
  { "UnionArray", ANN_FORM_UNION, { "tags", "index" } },
};

/* What a form is parsed with. */
typedef struct {
  AnnNode *group;
  GPtrArray *buffers;
  GCancellable *cancellable;
} Parsing;

static AnnForm *parse_form (Parsing *parsing, JsonNode *node, guint depth, GError **error);

AnnForm *
_ann_form_ref (AnnForm *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
_ann_form_unref (AnnForm *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  for (guint i = 0; i < self->n_contents; i++)
    g_clear_pointer (&self->contents[i], _ann_form_unref);
  g_free (self->contents);
  g_strfreev (self->fields);
  g_free (self->tags);
  g_clear_pointer (&self->parameters, json_node_unref);
  g_free (self);
}

AnnForm *
_ann_form_new_layer (AnnFormClass klass, guint n_contents)
{
  AnnForm *self = g_new0 (AnnForm, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->klass = klass;
  self->contents = g_new0 (AnnForm *, MAX (n_contents, 1));
  self->n_contents = n_contents;

  return self;
}

AnnForm *
_ann_form_copy_layer (const AnnForm *self, guint n_contents)
{
  AnnForm *copy = _ann_form_new_layer (self->klass, n_contents);

  copy->is_text = self->is_text;
  copy->is_bytes = self->is_bytes;
  copy->valid_when = self->valid_when;
  copy->lsb_order = self->lsb_order;
  copy->size = self->size;
  copy->dtype = self->dtype;
  copy->parameters = self->parameters != NULL ? json_node_ref (self->parameters) : NULL;
  copy->first_buffer = self->first_buffer;
  copy->n_buffers = self->n_buffers;

  return copy;
}

/* --- Parsing --- */

static void
set_form_error (const Parsing *parsing, GError **error, AnnError code, const char *what)
{
  g_set_error (error, ANN_ERROR, code, "%s: its form %s", ann_node_get_path (parsing->group), what);
}

static const char *
get_text (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

static gboolean
get_natural (JsonNode *node, guint64 *value)
{
  if (node == NULL || json_node_get_value_type (node) != G_TYPE_INT64
      || json_node_get_int (node) < 0)
    return FALSE;

  *value = (guint64) json_node_get_int (node);

  return TRUE;
}

static gboolean
get_boolean (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_BOOLEAN
         && json_node_get_boolean (node);
}

static JsonArray *
get_array (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

static void
parse_parameters (JsonObject *object, AnnForm *form)
{
  JsonNode *node = json_object_get_member (object, "parameters");

  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node)
      && json_object_get_size (json_node_get_object (node)) > 0)
    form->parameters = json_node_ref (node);
}

/* What the parameter `__array__` makes of a list or of numbers: `string`, `char` … */
static const char *
get_behaviour (const AnnForm *form)
{
  return form->parameters != NULL ? get_text (json_node_get_object (form->parameters), "__array__")
                                  : NULL;
}

static gboolean
check_buffer (AnnArray *array, const AnnForm *form, GError **error)
{
  AnnDtype dtype = ann_array_get_dtype (array);

  if (form->klass == ANN_FORM_NUMPY
          ? ann_dtype_is_real (dtype) && ann_array_get_rank (array) >= 1
          : ann_array_get_rank (array) == 1
                && (ann_dtype_is_integer (dtype) || dtype == ANN_DTYPE_BOOL))
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
               "%s: a buffer of type %s with %u axes is not supported here",
               ann_array_get_path (array), ann_dtype_get_name (dtype), ann_array_get_rank (array));
  return FALSE;
}

static gboolean
open_buffers (Parsing *parsing,
              const ClassInfo *info,
              JsonObject *object,
              AnnForm *form,
              GError **error)
{
  const char *key = get_text (object, "form_key");

  form->first_buffer = parsing->buffers->len;
  for (guint i = 0; i < G_N_ELEMENTS (info->buffers) && info->buffers[i] != NULL; i++)
    {
      g_autofree char *name = NULL;
      g_autoptr (AnnArray) array = NULL;

      if (key == NULL || parsing->buffers->len >= MAX_BUFFERS)
        {
          set_form_error (parsing, error, ANN_ERROR_CORRUPT,
                          key == NULL ? "has a layer without a key" : "has too many layers");
          return FALSE;
        }
      name = g_strconcat (key, "-", info->buffers[i], NULL);
      array = _ann_element_open_part (parsing->group, name, parsing->cancellable, error);
      if (array == NULL || !check_buffer (array, form, error))
        return FALSE;
      g_ptr_array_add (parsing->buffers, g_steal_pointer (&array));
      form->n_buffers++;
    }

  return TRUE;
}

static gboolean
parse_contents (Parsing *parsing, JsonObject *object, AnnForm *form, guint depth, GError **error)
{
  JsonArray *several = get_array (object, "contents");
  gboolean has_several = form->klass == ANN_FORM_RECORD || form->klass == ANN_FORM_UNION;
  guint n = has_several ? (several != NULL ? json_array_get_length (several) : 0) : 1;

  if (form->klass == ANN_FORM_NUMPY || form->klass == ANN_FORM_EMPTY)
    return TRUE;
  if (has_several ? several == NULL : !json_object_has_member (object, "content"))
    {
      set_form_error (parsing, error, ANN_ERROR_CORRUPT, "has a layer without content");
      return FALSE;
    }

  g_free (form->contents);
  form->contents = g_new0 (AnnForm *, MAX (n, 1));
  for (guint i = 0; i < n; i++)
    {
      JsonNode *node = has_several ? json_array_get_element (several, i)
                                   : json_object_get_member (object, "content");

      form->contents[i] = parse_form (parsing, node, depth + 1, error);
      if (form->contents[i] == NULL)
        return FALSE;
      form->n_contents++;
    }

  return TRUE;
}

static gboolean
parse_fields (Parsing *parsing, JsonObject *object, AnnForm *form, GError **error)
{
  JsonArray *names = get_array (object, "fields");

  if (names == NULL) /* a tuple */
    return TRUE;
  if (json_array_get_length (names) != form->n_contents)
    {
      set_form_error (parsing, error, ANN_ERROR_CORRUPT, "has not as many fields as contents");
      return FALSE;
    }

  form->fields = g_new0 (char *, form->n_contents + 1);
  for (guint i = 0; i < form->n_contents; i++)
    {
      JsonNode *node = json_array_get_element (names, i);

      if (json_node_get_value_type (node) != G_TYPE_STRING)
        {
          set_form_error (parsing, error, ANN_ERROR_CORRUPT, "has a field whose name is no text");
          return FALSE;
        }
      form->fields[i] = g_strdup (json_node_get_string (node));
    }

  return TRUE;
}

static gboolean
parse_numbers (Parsing *parsing, JsonObject *object, AnnForm *form, GError **error)
{
  const char *primitive = get_text (object, "primitive");
  AnnArray *array = g_ptr_array_index (parsing->buffers, form->first_buffer);

  if (primitive != NULL
      && (g_str_has_prefix (primitive, "datetime64") || g_str_has_prefix (primitive, "timedelta64")
          || g_str_has_prefix (primitive, "complex")))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: values of type %s in an awkward array are not supported",
                   ann_node_get_path (parsing->group), primitive);
      return FALSE;
    }
  form->dtype = g_strcmp0 (primitive, "bool") == 0 ? ANN_DTYPE_BOOL : ann_array_get_dtype (array);

  return TRUE;
}

/* Axes within numbers are regular lists around them: their buffer is the same. Takes @numbers. */
static AnnForm *
parse_inner_axes (Parsing *parsing, JsonObject *object, AnnForm *numbers, GError **error)
{
  JsonArray *inner = get_array (object, "inner_shape");
  const guint n = inner != NULL ? json_array_get_length (inner) : 0;
  g_autoptr (AnnForm) form = numbers;

  if (n > ANN_MAX_RANK)
    {
      set_form_error (parsing, error, ANN_ERROR_CORRUPT, "has too many axes");
      return NULL;
    }
  for (guint i = n; i-- > 0;)
    {
      AnnForm *list = _ann_form_new_layer (ANN_FORM_REGULAR, 1);

      list->contents[0] = g_steal_pointer (&form);
      form = list;
      if (!get_natural (json_array_get_element (inner, i), &list->size))
        {
          set_form_error (parsing, error, ANN_ERROR_CORRUPT, "has an axis that is no number");
          return NULL;
        }
    }

  return g_steal_pointer (&form);
}

static gboolean
parse_parts (Parsing *parsing, JsonObject *object, AnnForm *form, guint depth, GError **error)
{
  const char *behaviour;

  parse_parameters (object, form);
  behaviour = get_behaviour (form);
  if (!parse_contents (parsing, object, form, depth, error))
    return FALSE;

  form->is_text = form->n_contents == 1 && form->contents[0]->klass == ANN_FORM_NUMPY
                  && (g_strcmp0 (behaviour, "string") == 0
                      || g_strcmp0 (behaviour, "bytestring") == 0);
  form->is_bytes = form->is_text && g_strcmp0 (behaviour, "bytestring") == 0;
  form->valid_when = get_boolean (object, "valid_when");
  form->lsb_order = get_boolean (object, "lsb_order");

  if (form->klass == ANN_FORM_RECORD)
    return parse_fields (parsing, object, form, error);
  if (form->klass == ANN_FORM_NUMPY)
    return parse_numbers (parsing, object, form, error);
  if (form->klass == ANN_FORM_REGULAR
      && !get_natural (json_object_get_member (object, "size"), &form->size))
    {
      set_form_error (parsing, error, ANN_ERROR_CORRUPT, "has a regular layer without size");
      return FALSE;
    }

  return TRUE;
}

static AnnForm *
parse_form (Parsing *parsing, JsonNode *node, guint depth, GError **error)
{
  g_autoptr (AnnForm) form = NULL;
  const ClassInfo *info = NULL;
  JsonObject *object;
  const char *name;

  if (depth > MAX_DEPTH || !JSON_NODE_HOLDS_OBJECT (node))
    {
      set_form_error (parsing, error, ANN_ERROR_CORRUPT,
                      depth > MAX_DEPTH ? "is nested too deep" : "has a layer that is no object");
      return NULL;
    }

  object = json_node_get_object (node);
  name = get_text (object, "class");
  for (guint i = 0; name != NULL && i < G_N_ELEMENTS (classes); i++)
    {
      if (g_str_equal (classes[i].name, name))
        info = &classes[i];
    }
  if (info == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: its form has a layer “%s”, which this version does not know",
                   ann_node_get_path (parsing->group), name != NULL ? name : "");
      return NULL;
    }

  form = _ann_form_new_layer (info->klass, 0);
  if (!open_buffers (parsing, info, object, form, error)
      || !parse_parts (parsing, object, form, depth, error))
    return NULL;

  return form->klass == ANN_FORM_NUMPY
             ? parse_inner_axes (parsing, object, g_steal_pointer (&form), error)
             : g_steal_pointer (&form);
}

/* The parser recurses, so what is nested too deep must not come to it. */
static gboolean
is_too_deep (const char *json)
{
  gboolean in_text = FALSE;
  guint depth = 0;

  for (const char *at = json; *at != '\0'; at++)
    {
      if (in_text && *at == '\\' && at[1] != '\0')
        at++;
      else if (*at == '"')
        in_text = !in_text;
      else if (!in_text && (*at == '[' || *at == '{') && ++depth > MAX_JSON_NESTING)
        return TRUE;
      else if (!in_text && (*at == ']' || *at == '}') && depth > 0)
        depth--;
    }

  return FALSE;
}

AnnForm *
_ann_form_new (AnnNode *group,
               const char *json,
               GPtrArray *buffers,
               GCancellable *cancellable,
               GError **error)
{
  Parsing parsing = { group, buffers, cancellable };
  g_autoptr (GError) local_error = NULL;
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  JsonNode *root;

  if (is_too_deep (json))
    {
      set_form_error (&parsing, error, ANN_ERROR_CORRUPT, "is nested too deep");
      return NULL;
    }
  if (!json_parser_load_from_data (parser, json, -1, &local_error))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT, "%s: its form is not JSON: %s",
                   ann_node_get_path (group), local_error->message);
      return NULL;
    }
  root = json_parser_get_root (parser);
  if (root == NULL)
    {
      set_form_error (&parsing, error, ANN_ERROR_CORRUPT, "is empty");
      return NULL;
    }

  return parse_form (&parsing, root, 1, error);
}

/* --- What a layer is --- */

gboolean
_ann_form_is_option (const AnnForm *self)
{
  return self->klass == ANN_FORM_INDEXED_OPTION || self->klass == ANN_FORM_BYTE_MASKED
         || self->klass == ANN_FORM_BIT_MASKED || self->klass == ANN_FORM_UNMASKED;
}

gboolean
_ann_form_is_wrapper (const AnnForm *self)
{
  return self->klass == ANN_FORM_INDEXED || _ann_form_is_option (self);
}

gboolean
_ann_form_is_list (const AnnForm *self)
{
  return self->klass == ANN_FORM_LIST_OFFSET || self->klass == ANN_FORM_LIST
         || self->klass == ANN_FORM_REGULAR;
}

AnnForm *
_ann_form_unwrap (AnnForm *self)
{
  while (_ann_form_is_wrapper (self))
    self = self->contents[0];

  return self;
}

static void
append_contents (const AnnForm *self, const char *open, const char *close, GString *text)
{
  g_string_append (text, open);
  for (guint i = 0; i < self->n_contents; i++)
    {
      if (i > 0)
        g_string_append (text, ", ");
      if (self->fields != NULL)
        g_string_append_printf (text, "%s: ", self->fields[i]);
      _ann_form_append_type (self->contents[i], text);
    }
  g_string_append (text, close);
}

/* The type of one item, as awkward's own types are written: `var * float64`, `?int64`. */
void
_ann_form_append_type (const AnnForm *self, GString *text)
{
  if (self->is_text)
    g_string_append (text, "string");
  else if (self->klass == ANN_FORM_NUMPY)
    g_string_append (text, ann_dtype_get_name (self->dtype));
  else if (self->klass == ANN_FORM_EMPTY)
    g_string_append (text, "unknown");
  else if (self->klass == ANN_FORM_UNION)
    append_contents (self, "union[", "]", text);
  else if (self->klass == ANN_FORM_RECORD)
    append_contents (self, self->fields != NULL ? "{" : "(", self->fields != NULL ? "}" : ")",
                     text);
  else if (_ann_form_is_option (self) && !self->contents[0]->is_text
           && _ann_form_is_list (self->contents[0]))
    append_contents (self, "option[", "]", text);
  else if (_ann_form_is_option (self))
    append_contents (self, "?", "", text);
  else if (self->klass == ANN_FORM_INDEXED)
    _ann_form_append_type (self->contents[0], text);
  else
    {
      if (self->klass == ANN_FORM_REGULAR)
        g_string_append_printf (text, "%" G_GUINT64_FORMAT " * ", self->size);
      else
        g_string_append (text, "var * ");
      _ann_form_append_type (self->contents[0], text);
    }
}

/* --- Writing --- */

static const ClassInfo *
get_info (AnnFormClass klass)
{
  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    if (classes[i].klass == klass)
      return &classes[i];

  g_return_val_if_reached (NULL);
}

guint
_ann_form_class_count_buffers (AnnFormClass klass)
{
  const ClassInfo *info = get_info (klass);

  return (info->buffers[0] != NULL) + (info->buffers[1] != NULL);
}

char *
_ann_form_build_buffer_name (const AnnForm *self, guint which)
{
  return g_strdup_printf ("node%u-%s", self->first_buffer, get_info (self->klass)->buffers[which]);
}

void
_ann_form_number (AnnForm *self, guint *n_layers)
{
  self->first_buffer = (*n_layers)++;
  self->n_buffers = _ann_form_class_count_buffers (self->klass);
  for (guint i = 0; i < self->n_contents; i++)
    _ann_form_number (self->contents[i], n_layers);
}

/* What each class says beside contents: as awkward 2 writes it. */
static void
build_details (const AnnForm *self, JsonBuilder *builder)
{
  static const char *const index_names[] = {
    [ANN_FORM_LIST_OFFSET] = "offsets",
    [ANN_FORM_INDEXED_OPTION] = "index",
    [ANN_FORM_UNION] = "index",
  };

  if (self->klass == ANN_FORM_NUMPY)
    {
      json_builder_set_member_name (builder, "primitive");
      json_builder_add_string_value (builder, ann_dtype_get_name (self->dtype));
      json_builder_set_member_name (builder, "inner_shape");
      json_builder_begin_array (builder);
      json_builder_end_array (builder);
    }
  if (self->klass == ANN_FORM_REGULAR)
    {
      json_builder_set_member_name (builder, "size");
      json_builder_add_int_value (builder, (gint64) self->size);
    }
  if (self->klass == ANN_FORM_UNION)
    {
      json_builder_set_member_name (builder, "tags");
      json_builder_add_string_value (builder, "i8");
    }
  if (self->klass < G_N_ELEMENTS (index_names) && index_names[self->klass] != NULL)
    {
      json_builder_set_member_name (builder, index_names[self->klass]);
      json_builder_add_string_value (builder, "i64");
    }
  if (self->klass == ANN_FORM_RECORD)
    {
      json_builder_set_member_name (builder, "fields");
      if (self->fields == NULL)
        json_builder_add_null_value (builder);
      else
        json_builder_begin_array (builder);
      for (guint i = 0; self->fields != NULL && i < self->n_contents; i++)
        json_builder_add_string_value (builder, self->fields[i]);
      if (self->fields != NULL)
        json_builder_end_array (builder);
    }
}

static void
build_form (const AnnForm *self, JsonBuilder *builder)
{
  const gboolean has_several = self->klass == ANN_FORM_RECORD || self->klass == ANN_FORM_UNION;
  g_autofree char *key = g_strdup_printf ("node%u", self->first_buffer);

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "class");
  json_builder_add_string_value (builder, get_info (self->klass)->name);
  build_details (self, builder);
  if (has_several || self->n_contents > 0)
    json_builder_set_member_name (builder, has_several ? "contents" : "content");
  if (has_several)
    json_builder_begin_array (builder);
  for (guint i = 0; i < self->n_contents; i++)
    build_form (self->contents[i], builder);
  if (has_several)
    json_builder_end_array (builder);
  json_builder_set_member_name (builder, "parameters");
  if (self->parameters != NULL)
    json_builder_add_value (builder, json_node_copy (self->parameters));
  else
    {
      json_builder_begin_object (builder);
      json_builder_end_object (builder);
    }
  json_builder_set_member_name (builder, "form_key");
  json_builder_add_string_value (builder, key);
  json_builder_end_object (builder);
}

char *
_ann_form_to_json (const AnnForm *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  build_form (self, builder);
  root = json_builder_get_root (builder);

  return json_to_string (root, FALSE);
}
