/* verb-digest.c: `ann digest`
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-command.h"
#include "ann-digest.h"
#include "ann-walk.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Decoded chunks kept by the command: half of what the limit of 384 MiB leaves room for. */
#define CACHE_BUDGET (G_GUINT64_CONSTANT (128) * 1024 * 1024)

static const GOptionEntry options[] = {
  { "json", 0, 0, G_OPTION_ARG_NONE, &ann_command_as_json, "One JSON document", NULL },
  { NULL },
};

/* @n_failed: elements that could not be read
 * @all: of a set: with its parts; @data is its file alone then
 * @as_arrays: the store is no AnnData, and its arrays are all there is to say
 */
typedef struct {
  const char *store;
  AnnData *data;
  AnnData *all;
  AnnJsonWriter *json;
  gboolean as_arrays;
  AnnDigestRules rules;
  guint n_failed;
} Digest;

/* What is a name of the kind alone, for an element that failed. */
static const char *
get_kind_name (AnnElement *element)
{
  return element != NULL ? ann_element_kind_get_name (ann_element_get_kind (element)) : "unknown";
}

static void
write_error (Digest *self, AnnElement *element, const char *path, const GError *error)
{
  ann_json_writer_name (self->json, "kind");
  ann_json_writer_string (self->json, get_kind_name (element));
  ann_json_writer_name (self->json, "error");
  ann_json_writer_string (self->json, error->message);
  self->n_failed++;
  ann_command_print_error (self->store, path, error);
}

static void
begin_element (Digest *self, const char *path)
{
  if (ann_command_as_json)
    ann_json_writer_name (self->json, path);
  else
    {
      ann_json_writer_text (self->json, path);
      ann_json_writer_text (self->json, "\t");
    }
  ann_json_writer_begin_object (self->json, ANN_JSON_INLINE);
}

static void
end_element (Digest *self)
{
  ann_json_writer_end_object (self->json);
  if (!ann_command_as_json)
    ann_json_writer_text (self->json, "\n");
}

static void
digest_path (Digest *self, AnnWalk *walk, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnElement) element = ann_walk_open (walk, path, &error);
  AnnJsonMark mark;

  if (self->as_arrays && element != NULL && ann_element_get_kind (element) == ANN_ELEMENT_MAPPING)
    return;

  begin_element (self, path);
  ann_json_writer_set_mark (self->json, &mark);
  if (element == NULL || !ann_digest_element (element, self->rules, self->json, NULL, &error))
    {
      ann_json_writer_go_back (self->json, &mark);
      write_error (self, element, path, error);
    }
  ann_json_writer_end_mark (self->json);
  end_element (self);
}

static void
show_progress (guint n_done, guint n_all, const char *path)
{
  g_autofree char *line = NULL;

  if (ann_command_quiet || !isatty (STDERR_FILENO))
    return;

  line = ann_command_make_line (path);
  fprintf (stderr, "\r\033[K%u of %u: %.60s", n_done, n_all, line);
}

static void
hide_progress (void)
{
  if (!ann_command_quiet && isatty (STDERR_FILENO))
    fprintf (stderr, "\r\033[K");
}

static void
digest_absent (Digest *self, const char *const *paths, const char *path, const char *kind)
{
  if (g_strv_contains (paths, path))
    return;

  begin_element (self, path);
  ann_json_writer_name (self->json, "kind");
  ann_json_writer_string (self->json, kind);
  if (strcmp (kind, "dict") == 0)
    {
      ann_json_writer_name (self->json, "keys");
      ann_json_writer_begin_array (self->json, ANN_JSON_INLINE);
      ann_json_writer_end_array (self->json);
    }
  end_element (self);
}

/* An AnnData without X has a null one, and mappings that are not there are empty ones: whoever
 * compares need not care how a writer says so.
 */
static void
digest_absent_parts (Digest *self, const char *const *paths)
{
  static const char *const mappings[] = { "layers", "obsm", "varm", "obsp", "varp", "uns" };

  if (self->as_arrays)
    return;

  digest_absent (self, paths, "X", "null");
  for (gsize i = 0; i < G_N_ELEMENTS (mappings); i++)
    digest_absent (self, paths, mappings[i], "dict");
  if (g_strv_contains (paths, "raw/var"))
    digest_absent (self, paths, "raw/varm", "dict");
}

/* The root has no values of its own, and is there only if its attributes cannot be read. */
static void
digest_root (Digest *self)
{
  AnnElement *root = ann_data_get_root (self->data);
  AnnNode *node = ann_element_get_node (root);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnAttributes) attributes = NULL;

  if (self->as_arrays || node == NULL)
    return;
  attributes = ann_node_read_attributes (node, NULL, &error);
  if (attributes != NULL)
    return;

  begin_element (self, "");
  write_error (self, root, "", error);
  end_element (self);
}

static void
digest_paths (Digest *self, char **paths)
{
  g_autoptr (AnnWalk) walk = ann_walk_new (self->data);
  guint n_paths = g_strv_length (paths);

  digest_root (self);
  for (guint i = 0; i < n_paths; i++)
    {
      show_progress (i, n_paths, paths[i]);
      digest_path (self, walk, paths[i]);
    }
  digest_absent_parts (self, (const char *const *) paths);
  hide_progress ();
}

/* Where the names in a store without a matrix are not told, there may be more arrays than were
 * found. */
static void
check_is_listed (Digest *self)
{
  AnnElement *root = ann_data_get_root (self->data);

  if (self->as_arrays && !ann_element_is_listed (root))
    self->n_failed++; /* the warning says it */
}

/* A store that is an array itself, and no group of arrays: its path is empty. */
static void
add_root (Digest *self, char ***paths)
{
  AnnElementKind kind = ann_element_get_kind (ann_data_get_root (self->data));
  g_autoptr (GStrvBuilder) builder = NULL;

  if (!self->as_arrays || kind == ANN_ELEMENT_MAPPING)
    return;

  builder = g_strv_builder_new ();
  g_strv_builder_add (builder, "");
  g_strv_builder_addv (builder, (const char **) *paths);
  g_strfreev (*paths);
  *paths = g_strv_builder_end (builder);
}

/* What a set's parts have and its file has not. */
static void
digest_stacked (Digest *self, AnnData *all, char **own_paths)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) paths = ann_data_list_elements (all, NULL, &error);
  g_autoptr (AnnWalk) walk = ann_walk_new (all);

  if (paths == NULL)
    {
      self->n_failed++;
      ann_command_print_error (self->store, "", error);
      return;
    }
  for (guint i = 0; paths[i] != NULL; i++)
    {
      if (g_strv_contains ((const char *const *) own_paths, paths[i]))
        {
          G_GNUC_UNUSED g_autoptr (AnnElement) passed = ann_walk_open (walk, paths[i], NULL);

          continue;
        }
      digest_path (self, walk, paths[i]);
    }
}

/* … and where each of them begins, and the last ends. */
static void
write_offsets (Digest *self, AnnDataSet *set)
{
  ann_json_writer_begin_array (self->json, ANN_JSON_INLINE);
  ann_json_writer_uint (self->json, 0);
  for (guint i = 0; i < ann_data_set_get_n_parts (set); i++)
    {
      AnnDataSetPart part;

      ann_data_set_get_part (set, i, &part);
      ann_json_writer_uint (self->json, part.start + part.n_rows);
    }
  ann_json_writer_end_array (self->json);
}

static void
digest_set (Digest *self, char **own_paths)
{
  AnnDataSet *set = ann_data_set_get_of (self->all);

  if (!ann_command_as_json)
    {
      digest_stacked (self, self->all, own_paths);
      return;
    }

  ann_json_writer_name (self->json, "stacked");
  ann_json_writer_begin_object (self->json, ANN_JSON_LINES);
  digest_stacked (self, self->all, own_paths);
  ann_json_writer_end_object (self->json);
  ann_json_writer_name (self->json, "offsets");
  write_offsets (self, set);
}

static void
digest_store (Digest *self, char **paths)
{
  if (!ann_command_as_json)
    {
      digest_paths (self, paths);
      if (self->all != NULL)
        digest_set (self, paths);
      return;
    }

  ann_json_writer_begin_object (self->json, ANN_JSON_LINES);
  if (!self->as_arrays)
    {
      const guint64 shape[2] = { ann_data_get_n_obs (self->data), ann_data_get_n_var (self->data) };

      ann_json_writer_name (self->json, "shape");
      ann_json_writer_shape (self->json, 2, shape);
    }
  ann_json_writer_name (self->json, self->as_arrays ? "arrays" : "elements");
  ann_json_writer_begin_object (self->json, ANN_JSON_LINES);
  digest_paths (self, paths);
  ann_json_writer_end_object (self->json);
  if (self->all != NULL)
    digest_set (self, paths);
  ann_json_writer_end_object (self->json);
}

static guint
count_warnings (AnnData *data)
{
  return g_strv_length ((char **) ann_data_get_warnings (data));
}

/* The tables were arrays of records before anndata 0.7. */
static gboolean
is_old (AnnData *data)
{
  AnnFrame *obs = ann_data_get_obs (data);
  AnnNode *node = obs != NULL ? ann_element_get_node (ANN_ELEMENT (obs)) : NULL;

  return node != NULL && ann_node_get_kind (node) == ANN_NODE_ARRAY;
}

static AnnDigestRules
get_rules (AnnData *data)
{
  AnnDigestRules rules = 0;

  if (!ann_data_is_annotated (data))
    rules |= ANN_DIGEST_PLAIN;
  if (g_str_has_prefix (ann_data_get_format (data), "Zarr"))
    rules |= ANN_DIGEST_ZARR;
  if (is_old (data))
    rules |= ANN_DIGEST_OLD;

  return rules;
}

/* A set is taken apart: its file, and what it stands for. */
static AnnData *
dup_own (AnnData *data)
{
  AnnDataSet *set = ann_data_set_get_of (data);

  return g_object_ref (set != NULL ? ann_data_set_get_own (set) : data);
}

static int
run (char **arguments)
{
  const char *store = arguments[0];
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnJsonWriter) json = NULL;
  g_autoptr (AnnData) all = NULL;
  g_autoptr (AnnData) data = NULL;
  g_auto (GStrv) paths = NULL;
  Digest digest;
  guint n_warnings;

  ann_chunk_cache_set_budget (CACHE_BUDGET);
  all = ann_command_open (store, &error);
  if (all == NULL)
    return ann_command_fail (store, NULL, error);
  data = dup_own (all);
  n_warnings = count_warnings (data);
  paths = ann_data_list_elements (data, NULL, &error);
  if (paths == NULL)
    return ann_command_fail (store, NULL, error);
  ann_command_print_data_warnings (store, all);

  json = ann_json_writer_new (stdout);
  /* What could not be listed has no digest. */
  digest = (Digest){ .store = store,
                     .data = data,
                     .all = data != all ? all : NULL,
                     .json = json,
                     .as_arrays = !ann_data_is_annotated (data),
                     .rules = get_rules (data),
                     .n_failed = count_warnings (data) - n_warnings };
  check_is_listed (&digest);
  add_root (&digest, &paths);
  digest_store (&digest, paths);
  if (!ann_json_writer_finish (json))
    return ann_command_fail_output ();

  return digest.n_failed > 0 ? ANN_EXIT_FAILED : ANN_EXIT_OK;
}

const AnnVerb ann_verb_digest = {
  .name = "digest",
  .arguments = "STORE",
  .summary = "Prints sums and hashes of all values, element by element",
  .examples = "  ann digest cells.h5ad --json > cells.json",
  .n_arguments = 1,
  .options = options,
  .run = run,
};
