/* verb-info.c: `ann info`
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-command.h"
#include "ann-json-writer.h"
#include "ann-text-table.h"
#include "ann-walk.h"

#include <errno.h>
#include <string.h>

static gboolean with_storage;
static GError *size_error; /* why the first size that is missing is not known, if the disk failed */

static const GOptionEntry options[] = {
  { "json", 0, 0, G_OPTION_ARG_NONE, &ann_command_as_json, "One JSON document", NULL },
  { "storage", 0, 0, G_OPTION_ARG_NONE, &with_storage, "Stored bytes too: walks the chunk indexes",
    NULL },
  { NULL },
};

static void
append_shape (GString *text, guint rank, const guint64 *shape)
{
  for (guint i = 0; i < rank; i++)
    g_string_append_printf (text, "%s%" G_GUINT64_FORMAT, i > 0 ? " × " : "", shape[i]);
}

/* With a plain blank, for those who search and cut. */
static char *
format_size (guint64 size)
{
  g_autofree char *text = g_format_size (size);
  g_auto (GStrv) parts = g_strsplit (text, "\u00a0", -1);

  return g_strjoinv (" ", parts);
}

static const char *
get_layout_name (AnnLayout layout)
{
  switch (layout)
    {
    case ANN_LAYOUT_CHUNKED:
      return "chunked";
    case ANN_LAYOUT_CONTIGUOUS:
      return "contiguous";
    case ANN_LAYOUT_COMPACT:
      return "compact";
    case ANN_LAYOUT_EXTERNAL:
      return "external";
    case ANN_LAYOUT_VIRTUAL:
      return "virtual";
    case ANN_LAYOUT_MEMORY:
    default:
      return "memory";
    }
}

static gboolean
has_dtype (AnnElement *element)
{
  switch (ann_element_get_kind (element))
    {
    case ANN_ELEMENT_DENSE:
    case ANN_ELEMENT_CSR:
    case ANN_ELEMENT_CSC:
    case ANN_ELEMENT_NULLABLE_INTEGER:
    case ANN_ELEMENT_NULLABLE_BOOLEAN:
    case ANN_ELEMENT_NUMBER:
    case ANN_ELEMENT_BYTES:
    case ANN_ELEMENT_SEQUENCES:
      return TRUE;
    case ANN_ELEMENT_STRINGS:
    case ANN_ELEMENT_STRING:
      return ann_element_get_dtype (element) == ANN_DTYPE_BYTES;
    case ANN_ELEMENT_ANNDATA:
    case ANN_ELEMENT_RAW:
    case ANN_ELEMENT_MAPPING:
    case ANN_ELEMENT_FRAME:
    case ANN_ELEMENT_CATEGORICAL:
    case ANN_ELEMENT_NULLABLE_STRING:
    case ANN_ELEMENT_RECORDS:
    case ANN_ELEMENT_AWKWARD:
    case ANN_ELEMENT_NULL:
    case ANN_ELEMENT_OPAQUE:
    default:
      return FALSE;
    }
}

static gboolean
is_ok (AnnElement *element)
{
  return ann_element_get_state (element) == ANN_ELEMENT_OK;
}

/* Stored bytes of an array; %FALSE if it cannot tell. That its disk failed is told at the end. */
static gboolean
get_array_size (AnnArray *array, guint64 *stored_size)
{
  g_autoptr (GError) error = NULL;

  if (ann_array_get_stored_size (array, stored_size, NULL, &error))
    return TRUE;
  if (error->domain != ANN_ERROR && size_error == NULL)
    size_error = g_steal_pointer (&error);

  return FALSE;
}

/* Of all arrays of an element; %FALSE if some array cannot tell. */
static gboolean
get_stored_size (AnnArray **arrays, gsize n_arrays, guint64 *stored_size)
{
  *stored_size = 0;
  for (gsize i = 0; i < n_arrays; i++)
    {
      guint64 one = 0;

      if (!get_array_size (arrays[i], &one))
        return FALSE;
      *stored_size += one;
    }

  return n_arrays > 0;
}

static void
free_arrays (AnnArray **arrays, gsize n_arrays)
{
  for (gsize i = 0; i < n_arrays; i++)
    g_object_unref (arrays[i]);
  g_free (arrays);
}

static void
write_array (AnnJsonWriter *json, AnnArray *array)
{
  const guint64 *chunk_shape = ann_array_get_chunk_shape (array);
  g_autofree char *codecs = ann_codec_chain_to_string (ann_array_get_codecs (array));
  guint64 stored_size;

  ann_json_writer_begin_object (json, ANN_JSON_INLINE);
  ann_json_writer_name (json, "path");
  ann_json_writer_string (json, ann_array_get_path (array));
  ann_json_writer_name (json, "shape");
  ann_json_writer_shape (json, ann_array_get_rank (array), ann_array_get_shape (array));
  ann_json_writer_name (json, "type");
  ann_json_writer_string (json, ann_array_get_type_description (array));
  ann_json_writer_name (json, "layout");
  ann_json_writer_string (json, get_layout_name (ann_array_get_layout (array)));
  if (ann_array_get_layout (array) == ANN_LAYOUT_CHUNKED && chunk_shape != NULL)
    {
      ann_json_writer_name (json, "chunks");
      ann_json_writer_shape (json, ann_array_get_rank (array), chunk_shape);
    }
  ann_json_writer_name (json, "codecs");
  ann_json_writer_string (json, codecs);
  if (with_storage && get_array_size (array, &stored_size))
    {
      ann_json_writer_name (json, "stored_size");
      ann_json_writer_uint (json, stored_size);
    }
  ann_json_writer_end_object (json);
}

static void
write_details (AnnJsonWriter *json, AnnElement *element)
{
  if (ann_element_get_shape (element) != NULL)
    {
      ann_json_writer_name (json, "shape");
      ann_json_writer_shape (json, ann_element_get_rank (element), ann_element_get_shape (element));
    }
  if (has_dtype (element))
    {
      ann_json_writer_name (json, "dtype");
      ann_json_writer_string (json, ann_dtype_get_name (ann_element_get_dtype (element)));
    }
  if (ANN_IS_SPARSE (element))
    {
      const guint64 n_stored = ann_sparse_get_n_stored (ANN_SPARSE (element));

      if (n_stored != G_MAXUINT64)
        {
          ann_json_writer_name (json, "nnz");
          ann_json_writer_uint (json, n_stored);
        }
      ann_json_writer_name (json, "index_dtype");
      ann_json_writer_string (
          json, ann_dtype_get_name (ann_sparse_get_index_dtype (ANN_SPARSE (element))));
    }
  if (ANN_IS_CATEGORICAL (element))
    {
      ann_json_writer_name (json, "n_categories");
      ann_json_writer_uint (json, ann_categorical_get_n_categories (ANN_CATEGORICAL (element)));
      ann_json_writer_name (json, "ordered");
      ann_json_writer_boolean (json, ann_categorical_get_ordered (ANN_CATEGORICAL (element)));
    }
}

static void
write_texts (AnnJsonWriter *json, const char *name, const char *const *texts)
{
  if (texts != NULL && texts[0] != NULL)
    ann_json_writer_texts (json, name, texts);
}

static void
write_element (AnnJsonWriter *json, const char *path, AnnElement *element)
{
  gsize n_arrays = 0;
  AnnArray **arrays = is_ok (element) ? ann_element_list_arrays (element, &n_arrays) : NULL;

  ann_json_writer_begin_object (json, ANN_JSON_INLINE);
  ann_json_writer_name (json, "path");
  ann_json_writer_string (json, path);
  ann_json_writer_name (json, "kind");
  ann_json_writer_string (json, ann_element_kind_get_name (ann_element_get_kind (element)));
  ann_json_writer_name (json, "encoding_type");
  ann_json_writer_string (json, ann_element_get_encoding_type (element));
  ann_json_writer_name (json, "encoding_version");
  ann_json_writer_string (json, ann_element_get_encoding_version (element));
  if (is_ok (element))
    write_details (json, element);
  ann_json_writer_name (json, "state");
  ann_json_writer_string (json, ann_element_state_get_name (ann_element_get_state (element)));
  if (ann_element_get_error (element) != NULL)
    {
      ann_json_writer_name (json, "error");
      ann_json_writer_string (json, ann_element_get_error (element)->message);
    }
  write_texts (json, "warnings", ann_element_get_warnings (element));
  if (n_arrays > 0)
    {
      ann_json_writer_name (json, "arrays");
      ann_json_writer_begin_array (json, ANN_JSON_INLINE);
      for (gsize i = 0; i < n_arrays; i++)
        write_array (json, arrays[i]);
      ann_json_writer_end_array (json);
    }
  ann_json_writer_end_object (json);

  free_arrays (arrays, n_arrays);
}

/* What stands in the table's column "detail": what is special to the kind, and what is wrong. */
static char *
describe_details (const char *path, AnnElement *element)
{
  GString *text = g_string_new (NULL);
  const char *const *warnings = ann_element_get_warnings (element);

  if (ANN_IS_SPARSE (element) && is_ok (element)
      && ann_sparse_get_n_stored (ANN_SPARSE (element)) != G_MAXUINT64)
    g_string_append_printf (text, "%" G_GUINT64_FORMAT " stored",
                            ann_sparse_get_n_stored (ANN_SPARSE (element)));
  if (ANN_IS_CATEGORICAL (element) && is_ok (element))
    g_string_append_printf (text, "%" G_GUINT64_FORMAT " %scategories",
                            ann_categorical_get_n_categories (ANN_CATEGORICAL (element)),
                            ann_categorical_get_ordered (ANN_CATEGORICAL (element)) ? "ordered "
                                                                                    : "");
  if (!is_ok (element))
    g_string_append_printf (text, "%s: %s",
                            ann_element_state_get_name (ann_element_get_state (element)),
                            ann_command_skip_path (ann_element_get_error (element)->message, path));
  for (guint i = 0; warnings != NULL && warnings[i] != NULL; i++)
    g_string_append_printf (text, "%s%s", text->len > 0 ? "; " : "",
                            ann_command_skip_path (warnings[i], path));

  return g_string_free (text, FALSE);
}

static char *
describe_shape (AnnElement *element)
{
  GString *text = g_string_new (NULL);

  if (is_ok (element) && ann_element_get_shape (element) != NULL)
    append_shape (text, ann_element_get_rank (element), ann_element_get_shape (element));

  return g_string_free (text, FALSE);
}

static char *
describe_chunks (AnnArray **arrays, gsize n_arrays)
{
  GString *text = g_string_new (NULL);
  AnnLayout layout = n_arrays > 0 ? ann_array_get_layout (arrays[0]) : ANN_LAYOUT_MEMORY;

  if (n_arrays > 0 && layout == ANN_LAYOUT_CHUNKED && ann_array_get_chunk_shape (arrays[0]) != NULL)
    append_shape (text, ann_array_get_rank (arrays[0]), ann_array_get_chunk_shape (arrays[0]));
  else if (n_arrays > 0)
    g_string_append (text, get_layout_name (layout));

  return g_string_free (text, FALSE);
}

static void
add_row (AnnTextTable *table, const char *path, AnnElement *element)
{
  gsize n_arrays = 0;
  AnnArray **arrays = is_ok (element) ? ann_element_list_arrays (element, &n_arrays) : NULL;
  g_autofree char *encoding = g_strconcat (ann_element_get_encoding_type (element), " ",
                                           ann_element_get_encoding_version (element), NULL);
  g_autofree char *shape = describe_shape (element);
  g_autofree char *chunks = describe_chunks (arrays, n_arrays);
  g_autofree char *codecs = n_arrays > 0
                                ? ann_codec_chain_to_string (ann_array_get_codecs (arrays[0]))
                                : NULL;
  g_autofree char *details = describe_details (path, element);
  guint64 stored_size;

  ann_text_table_add (table, path);
  ann_text_table_add (table, ann_element_kind_get_name (ann_element_get_kind (element)));
  ann_text_table_add (table, g_strchomp (encoding));
  ann_text_table_add (table, shape);
  ann_text_table_add (
      table, has_dtype (element) ? ann_dtype_get_name (ann_element_get_dtype (element)) : NULL);
  ann_text_table_add (table, chunks);
  ann_text_table_add (table, codecs);
  if (with_storage)
    {
      g_autofree char *size = get_stored_size (arrays, n_arrays, &stored_size)
                                  ? format_size (stored_size)
                                  : NULL;

      ann_text_table_add (table, size);
    }
  ann_text_table_add (table, details);

  free_arrays (arrays, n_arrays);
}

static void
print_head (const char *store, AnnData *data)
{
  g_autofree char *bytes = format_size (ann_data_get_stored_size (data));
  g_autofree char *size = ann_data_get_stored_size (data) > 0 ? g_strconcat (", ", bytes, NULL)
                                                              : g_strdup ("");
  g_autofree char *name = ann_location_hide_secrets (store);

  if (ann_data_is_annotated (data))
    printf ("%s: AnnData in %s%s\n"
            "%" G_GUINT64_FORMAT " observations × %" G_GUINT64_FORMAT " variables\n\n",
            name, ann_data_get_format (data), size, ann_data_get_n_obs (data),
            ann_data_get_n_var (data));
  else
    printf ("%s: %s%s; no AnnData\n\n", name, ann_data_get_format (data), size);
}

static int
print_table (const char *store, AnnData *data, char **paths)
{
  static const char *const titles[] = { "PATH", "KIND",   "ENCODING", "SHAPE",
                                        "TYPE", "CHUNKS", "CODECS" };
  g_autoptr (AnnTextTable) table = ann_text_table_new (G_N_ELEMENTS (titles)
                                                       + (with_storage ? 2 : 1));
  g_autoptr (AnnWalk) walk = ann_walk_new (data);

  for (guint i = 0; i < G_N_ELEMENTS (titles); i++)
    ann_text_table_add (table, titles[i]);
  if (with_storage)
    {
      ann_text_table_set_align_right (table, G_N_ELEMENTS (titles));
      ann_text_table_add (table, "STORED");
    }
  ann_text_table_add (table, "");

  for (guint i = 0; paths[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnElement) element = ann_walk_open (walk, paths[i], &error);

      if (element == NULL)
        return ann_command_fail (store, paths[i], error);
      add_row (table, paths[i], element);
    }

  print_head (store, data);
  ann_text_table_print (table, stdout);

  return ANN_EXIT_OK;
}

static void
write_head (AnnJsonWriter *json, const char *store, AnnData *data)
{
  g_autofree char *name = ann_location_hide_secrets (store);

  ann_json_writer_name (json, "store");
  ann_json_writer_string (json, name);
  ann_json_writer_name (json, "format");
  ann_json_writer_string (json, ann_data_get_format (data));
  ann_json_writer_name (json, "annotated");
  ann_json_writer_boolean (json, ann_data_is_annotated (data));
  if (ann_data_get_stored_size (data) > 0)
    {
      ann_json_writer_name (json, "stored_size");
      ann_json_writer_uint (json, ann_data_get_stored_size (data));
    }
  if (ann_data_is_annotated (data))
    {
      const guint64 shape[2] = { ann_data_get_n_obs (data), ann_data_get_n_var (data) };

      ann_json_writer_name (json, "shape");
      ann_json_writer_shape (json, 2, shape);
    }
  write_texts (json, "warnings", ann_data_get_warnings (data));
}

static int
print_json (const char *store, AnnData *data, char **paths)
{
  g_autoptr (AnnJsonWriter) json = ann_json_writer_new (stdout);
  g_autoptr (AnnWalk) walk = ann_walk_new (data);

  ann_json_writer_begin_object (json, ANN_JSON_LINES);
  write_head (json, store, data);
  ann_json_writer_name (json, "elements");
  ann_json_writer_begin_array (json, ANN_JSON_LINES);
  for (guint i = 0; paths[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnElement) element = ann_walk_open (walk, paths[i], &error);

      if (element == NULL)
        return ann_command_fail (store, paths[i], error);
      write_element (json, paths[i], element);
    }
  ann_json_writer_end_array (json);
  ann_json_writer_end_object (json);

  if (!ann_json_writer_finish (json))
    return ann_command_fail_output ();

  return ANN_EXIT_OK;
}

static int
run (char **arguments)
{
  const char *store = arguments[0];
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnData) data = ann_command_open (store, &error);
  g_auto (GStrv) paths = NULL;
  int status;

  if (data == NULL)
    return ann_command_fail (store, NULL, error);
  paths = ann_data_list_elements (data, NULL, &error);
  if (paths == NULL)
    return ann_command_fail (store, NULL, error);
  ann_command_print_data_warnings (store, data);

  status = ann_command_as_json ? print_json (store, data, paths) : print_table (store, data, paths);
  if (size_error != NULL)
    {
      status = ann_command_fail (store, NULL, size_error);
      g_clear_error (&size_error);
    }

  return status;
}

const AnnVerb ann_verb_info = {
  .name = "info",
  .arguments = "STORE",
  .summary = "Lists what is in a store: shapes, kinds, types, chunks. Reads metadata only",
  .examples = "  ann info cells.h5ad\n"
              "  ann info https://example.org/cells.zarr --json",
  .n_arguments = 1,
  .options = options,
  .run = run,
};
