/* verb-concat.c: `ann concat`
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-command.h"
#include "ann-warning-groups.h"
#include "ann-write-arguments.h"
#include "ann-write-job.h"
#include "ann-write-report.h"

#include <string.h>

static char *axis_text;
static char *join_text;
static char *merge_text;
static char *uns_merge_text;
static char *label;
static char *keys_text;
static char *index_unique;
static char *fill_text;
static gboolean is_pairwise;

static const GOptionEntry options[] = {
  ANN_WRITE_TARGET_OPTIONS,
  { "axis", 0, 0, G_OPTION_ARG_STRING, &axis_text, "Along which axis: obs (default) or var",
    "obs|var" },
  { "join", 0, 0, G_OPTION_ARG_STRING, &join_text,
    "Labels of the other axis, columns and elements: those of all stores (inner, default) or of "
    "any (outer)",
    "inner|outer" },
  { "merge", 0, 0, G_OPTION_ARG_STRING, &merge_text,
    "What is aligned to the other axis: none (default), same, unique, first or only", "NAME" },
  { "uns-merge", 0, 0, G_OPTION_ARG_STRING, &uns_merge_text, "uns, the same way", "NAME" },
  { "label", 0, 0, G_OPTION_ARG_STRING, &label, "A column that says which store a row is of",
    "NAME" },
  { "keys", 0, 0, G_OPTION_ARG_STRING, &keys_text, "The stores' names (0, 1, …)", "A,B,…" },
  { "index-unique", 0, 0, G_OPTION_ARG_STRING, &index_unique,
    "Put this and the key behind each label", "SEPARATOR" },
  { "fill-value", 0, 0, G_OPTION_ARG_STRING, &fill_text,
    "Where a store has no value (0 if sparse, else missing)", "NUMBER" },
  { "pairwise", 0, 0, G_OPTION_ARG_NONE, &is_pairwise, "Join obsp (varp) too, block by block",
    NULL },
  { NULL },
};

/* @names: ended by %NULL. Sets @value to the place of @text in them; as it is if that is %NULL. */
static gboolean
parse_choice (const char *option, const char *text, const char *const *names, int *value)
{
  for (int i = 0; text != NULL && names[i] != NULL; i++)
    {
      if (strcmp (text, names[i]) == 0)
        {
          *value = i;
          return TRUE;
        }
    }
  if (text != NULL)
    {
      g_autofree char *choices = g_strjoinv (", ", (char **) names);

      ann_command_fail_usage ("concat", "%s %s: one of %s", option, text, choices);
    }

  return text == NULL;
}

static AnnConcatOptions *
parse_options (guint n_stores)
{
  static const char *const axes[] = { "obs", "var", NULL };
  static const char *const joins[] = { "inner", "outer", NULL };
  static const char *const merges[] = { "none", "same", "unique", "first", "only", NULL };
  g_autoptr (AnnConcatOptions) result = ann_concat_options_new ();
  int axis = ANN_AXIS_OBS;
  int join = ANN_JOIN_INNER;
  int merge = ANN_MERGE_NONE;
  int uns_merge = ANN_MERGE_NONE;

  if (!parse_choice ("--axis", axis_text, axes, &axis)
      || !parse_choice ("--join", join_text, joins, &join)
      || !parse_choice ("--merge", merge_text, merges, &merge)
      || !parse_choice ("--uns-merge", uns_merge_text, merges, &uns_merge))
    return NULL;

  result->axis = (AnnAxis) axis;
  result->join = (AnnJoin) join;
  result->merge = (AnnMerge) merge;
  result->uns_merge = (AnnMerge) uns_merge;
  result->label = g_strdup (label);
  result->index_unique = g_strdup (index_unique);
  result->pairwise = is_pairwise;
  result->keys = keys_text != NULL ? g_strsplit (keys_text, ",", -1) : NULL;
  if (result->keys != NULL && g_strv_length (result->keys) != n_stores)
    {
      ann_command_fail_usage ("concat", "--keys %s: %u names for %u stores", keys_text,
                              g_strv_length (result->keys), n_stores);
      return NULL;
    }
  if (fill_text != NULL)
    {
      char *end;

      result->has_fill_value = TRUE;
      result->fill_value = g_ascii_strtod (fill_text, &end);
      if (end == fill_text || *end != '\0')
        {
          ann_command_fail_usage ("concat", "--fill-value %s: a number", fill_text);
          return NULL;
        }
    }

  return g_steal_pointer (&result);
}

/* The stores that were named, opened. */
static GPtrArray *
open_stores (char **stores, int *status)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; stores[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;
      AnnData *data = ann_command_open_whole (stores[i], &error);

      if (data == NULL)
        {
          *status = ann_command_fail (stores[i], NULL, error);
          return NULL;
        }
      g_ptr_array_add (parts, data);
    }

  return g_steal_pointer (&parts);
}

static void
add_facts (AnnJsonWriter *json, gpointer user_data)
{
  const AnnConcatPlan *plan = user_data;

  ann_json_writer_name (json, "dropped_labels");
  ann_json_writer_uint (json, plan->n_dropped_labels);
  ann_json_writer_name (json, "duplicate_labels");
  ann_json_writer_uint (json, plan->n_duplicates);
  ann_json_writer_texts (json, "dropped_columns", (const char *const *) plan->dropped_columns);
  ann_json_writer_texts (json, "dropped_elements", (const char *const *) plan->dropped_elements);
  ann_json_writer_texts (json, "clashes", (const char *const *) plan->clashes);
}

/* Whether something is left out that lies in @group, or in @group and a letter: obsm, obsp. */
static gboolean
drops (const AnnConcatPlan *plan, const char *group, const char *letters)
{
  const gsize length = strlen (group);

  for (guint i = 0; plan->dropped_elements[i] != NULL; i++)
    {
      const char *path = plan->dropped_elements[i];
      const char *rest = path + length;

      if (!g_str_has_prefix (path, group))
        continue;
      if (*rest != '\0' && strchr (letters, *rest) != NULL)
        rest++;
      if (*rest == '\0' || *rest == '/')
        return TRUE;
    }

  return FALSE;
}

/* The options that keep more of what is left out; "" if there are none. */
static char *
list_remedies (const AnnConcatPlan *plan, const AnnConcatOptions *used)
{
  const gboolean is_obs = used->axis == ANN_AXIS_OBS;
  const gboolean loses_labels = plan->n_dropped_labels > 0 || plan->dropped_columns[0] != NULL;
  GString *text = g_string_new (NULL);

  if (used->join == ANN_JOIN_INNER && loses_labels)
    g_string_append (text, ", --join=outer");
  if (used->merge == ANN_MERGE_NONE && drops (plan, is_obs ? "var" : "obs", "mp"))
    g_string_append (text, ", --merge");
  if (used->uns_merge == ANN_MERGE_NONE && drops (plan, "uns", ""))
    g_string_append (text, ", --uns-merge");
  if (!used->pairwise && drops (plan, is_obs ? "obsp" : "varp", ""))
    g_string_append (text, ", --pairwise");

  return g_string_free (text, FALSE);
}

static char **
describe_plan (const AnnConcatPlan *plan, const AnnConcatOptions *used)
{
  g_auto (GStrv) lines = ann_write_is_dry_run ? ann_concat_plan_describe (plan)
                                              : ann_warning_groups_of_concat (plan);
  g_autofree char *remedies = list_remedies (plan, used);
  g_autofree char *advice = NULL;
  g_autoptr (GStrvBuilder) all = NULL;

  if (*remedies == '\0')
    return g_steal_pointer (&lines);

  all = g_strv_builder_new ();
  advice = g_strdup_printf ("what keeps more: %s (see ann concat --help)", remedies + 2);
  g_strv_builder_addv (all, (const char **) lines);
  g_strv_builder_add (all, advice);

  return g_strv_builder_end (all);
}

/* What is odd about a set is what it says when it is opened. */
static gboolean
check_set (guint n_stores, gint64 start, GError **error)
{
  g_autoptr (AnnData) data = ann_data_open (ann_write_target, NULL, error);
  g_autofree char *shape = NULL;
  g_autofree char *what = NULL;

  if (data == NULL)
    return FALSE;

  ann_command_print_data_warnings (ann_write_target, data);
  shape = ann_write_report_make_shape (ann_data_get_n_obs (data), ann_data_get_n_var (data));
  what = g_strdup_printf ("the names of %u stores, %s", n_stores, shape);
  ann_write_report (ann_write_target, what, (const char *const[]){ ann_write_target, NULL },
                    (double) (g_get_monotonic_time () - start) / G_TIME_SPAN_SECOND, NULL);

  return TRUE;
}

/* `-o cells.h5ads`: a file that names the stores. */
static int
write_set (GPtrArray *parts, const AnnConcatOptions *concat_options, gboolean overwrite)
{
  const gint64 start = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;

  if (!ann_data_set_write (ann_write_target, (AnnData **) parts->pdata, parts->len, concat_options,
                           overwrite, NULL, &error)
      || !check_set (parts->len, start, &error))
    return ann_command_fail (ann_write_target, NULL, error);

  return ANN_EXIT_OK;
}

/* What was said about a joining of values means nothing for a set, which joins none. */
static gboolean
check_set_options (const AnnWriteOptions *write_options)
{
  const struct {
    gboolean is_given;
    const char *name;
  } given[] = {
    { g_strcmp0 (axis_text, "var") == 0, "--axis var" },
    { join_text != NULL, "--join" },
    { merge_text != NULL, "--merge" },
    { uns_merge_text != NULL, "--uns-merge" },
    { fill_text != NULL, "--fill-value" },
    { is_pairwise, "--pairwise" },
    { write_options->format != NULL, "--format" },
    { ann_write_is_dry_run, "--dry-run" },
    { ann_command_as_json, "--json" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (given); i++)
    {
      if (!given[i].is_given)
        continue;
      ann_command_fail_usage ("concat", "%s is for copies, not for .h5ads, which names stores",
                              given[i].name);
      return FALSE;
    }

  return ann_write_arguments_check ("concat", ann_write_target, 0);
}

static int
run (char **arguments)
{
  g_autoptr (AnnConcatOptions) concat_options = parse_options (g_strv_length (arguments));
  g_autoptr (AnnWriteOptions) write_options = NULL;
  g_autoptr (GPtrArray) parts = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnConcatPlan) plan = NULL;
  g_autoptr (AnnData) data = NULL;
  g_auto (GStrv) lines = NULL;
  int status = ANN_EXIT_OK;
  gboolean is_set;

  if (concat_options == NULL)
    return ANN_EXIT_USAGE;
  ann_chunk_cache_set_budget (ANN_WRITE_CACHE_BUDGET);
  write_options = ann_write_arguments_get ("concat");
  if (write_options == NULL)
    return ANN_EXIT_USAGE;
  is_set = g_str_has_suffix (ann_write_target, ".h5ads");
  if (is_set ? !check_set_options (write_options)
             : !ann_write_arguments_check_target ("concat", ann_write_target, write_options))
    return ANN_EXIT_USAGE;
  parts = open_stores (arguments, &status);
  if (parts == NULL)
    return status;
  if (is_set)
    return write_set (parts, concat_options, write_options->overwrite);

  data = ann_data_concat ((AnnData **) parts->pdata, parts->len, concat_options, &plan, NULL,
                          &error);
  if (data == NULL)
    return ann_command_fail (ann_write_target, NULL, error);
  lines = describe_plan (plan, concat_options);

  return ann_write_job_run (&(AnnWriteJob){ .store = ann_write_target,
                                            .data = data,
                                            .target = ann_write_target,
                                            .options = write_options,
                                            .lines = (const char *const *) lines,
                                            .add_facts = add_facts,
                                            .facts = plan });
}

const AnnVerb ann_verb_concat = {
  .name = "concat",
  .arguments = "STORE… -o OUT",
  .summary = "Joins stores along an axis, as anndata.concat does",
  .examples = "  ann concat a.h5ad b.zarr -o all.h5ad --join outer --label batch --keys a,b\n"
              "  ann concat a.h5ad b.h5ad -o all.h5ads",
  .n_arguments = 1,
  .takes_more_arguments = TRUE,
  .options = options,
  .more_options = ann_write_arguments,
  .run = run,
};
