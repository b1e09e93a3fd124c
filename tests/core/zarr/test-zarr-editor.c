/* test-zarr-editor.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#define _GNU_SOURCE /* syscall () */

#include "../../support/remove-tree.h"

#include "base/ann-clean-up.h"
#include "zarr-fixture.h"
#include "zarr-json.h"
#include "zarr-written.h"

#include "format/ann-create.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- The calls that change the names in a folder, of which the n-th fails, or ends the process ---
 */

static int n_calls; /* atomic: chunks are put by several threads */
static int fail_at; /* from 1; 0 for none */
static gboolean dies;

static gboolean
call_fails (void)
{
  if (fail_at == 0 || g_atomic_int_add (&n_calls, 1) + 1 != fail_at)
    return FALSE;
  if (dies)
    _exit (0);
  errno = EIO;

  return TRUE;
}

int
renameat2 (int from_folder, const char *from, int to_folder, const char *to, unsigned int flags)
{
  return call_fails () ? -1
                       : (int) syscall (SYS_renameat2, from_folder, from, to_folder, to, flags);
}

int
renameat (int from_folder, const char *from, int to_folder, const char *to)
{
  return renameat2 (from_folder, from, to_folder, to, 0);
}

/* As where files cannot have two names: then the store itself is changed. */
static gboolean has_no_links;

int
linkat (int from_folder, const char *from, int to_folder, const char *to, int flags)
{
  if (has_no_links)
    {
      errno = EPERM;
      return -1;
    }

  return (int) syscall (SYS_linkat, from_folder, from, to_folder, to, flags);
}

/* --- A store --- */

typedef struct {
  guint zarr_format;
  gboolean is_consolidated;
  gboolean is_in_place;
} Kind;

static char *folder;
static char *path;

static GBytes *
load (const char *name)
{
  char *text;
  gsize length;

  return g_file_get_contents (name, &text, &length, NULL) ? g_bytes_new_take (text, length) : NULL;
}

static gboolean
add_numbers (AnnNodeWriter *group, const char *name, double first, GError **error)
{
  const AnnArraySpec spec = {
    .dtype = ANN_DTYPE_INT32, .rank = 1, .shape = { 3 }, .chunk_shape = { 2 }
  };

  return write_numbers (group, name, &spec, 3, 3, first, error);
}

static gboolean
add_group (AnnNodeWriter *parent,
           const char *name,
           const char *const *arrays,
           double first,
           GError **error)
{
  g_autoptr (AnnNodeWriter) group = _ann_node_writer_add_group (parent, name, NULL, error);
  g_autoptr (AnnAttributes) attributes = make_attributes ();

  for (gsize i = 0; arrays[i] != NULL; i++)
    {
      if (!add_numbers (group, arrays[i], first + 10 * (double) i, error))
        return FALSE;
    }

  return _ann_node_writer_close (group, attributes, NULL, error);
}

/* As a writer that does not know of consolidated metadata leaves it. */
static void
drop_consolidated (guint zarr_format)
{
  static const char plain[] = "{\"zarr_format\": 3, \"node_type\": \"group\", \"more\": [ 1 ],"
                              " \"attributes\": {\"kept\": {\"a\": 1e2}, \"flag\": false}}";
  g_autofree char *name = g_build_filename (path, zarr_format == 3 ? "zarr.json" : ".zmetadata",
                                            NULL);

  if (zarr_format == 2)
    g_assert_no_errno (g_unlink (name));
  else
    g_assert_true (g_file_set_contents (name, plain, -1, NULL));
}

/* X: 1…; obs: a 10…, b 20…; layers: x 30… */
static void
begin (const Kind *kind)
{
  static const char *const columns[] = { "a", "b", NULL };
  static const char *const layers[] = { "x", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnAttributes) attributes = make_attributes ();
  g_autoptr (AnnNodeWriter) root = NULL;

  has_no_links = kind->is_in_place;
  folder = g_dir_make_tmp ("ann-zarr-XXXXXX", &error);
  g_assert_no_error (error);
  path = g_build_filename (folder, "x.zarr", NULL);
  root = _ann_zarr_writer_new_root (_ann_store_writer_new (path, FALSE, NULL, NULL),
                                    kind->zarr_format, &error);
  g_assert_no_error (error);
  g_assert_true (add_numbers (root, "X", 1, &error));
  g_assert_true (add_group (root, "obs", columns, 10, &error));
  g_assert_true (add_group (root, "layers", layers, 30, &error));
  g_assert_true (_ann_node_writer_close (root, attributes, NULL, &error));
  g_assert_true (_ann_node_writer_commit (root, NULL, &error));
  if (!kind->is_consolidated)
    drop_consolidated (kind->zarr_format);
}

static void
end (void)
{
  remove_tree (folder);
  g_clear_pointer (&folder, g_free);
  g_clear_pointer (&path, g_free);
}

static AnnNode *
open_store (void)
{
  g_autoptr (AnnStore) store = _ann_folder_store_new (path);
  g_autoptr (GError) error = NULL;
  guint version;
  AnnNode *root = _ann_zarr_open (store, NULL, &version, NULL, &error);

  g_assert_no_error (error);

  return root;
}

static AnnStoreEditor *
open_editor (void)
{
  g_autoptr (GError) error = NULL;
  AnnStoreEditor *editor = _ann_store_editor_open (path, NULL, &error);

  g_assert_no_error (error);

  return editor;
}

/* --- What is there --- */

/* All files with what is in them. */
static void
add_files (GHashTable *files, const char *below)
{
  g_autofree char *name = g_build_filename (path, below, NULL);
  g_autoptr (GDir) entries = g_dir_open (name, 0, NULL);
  const char *entry;

  while (entries != NULL && (entry = g_dir_read_name (entries)) != NULL)
    {
      g_autofree char *key = *below != '\0' ? g_strconcat (below, "/", entry, NULL)
                                            : g_strdup (entry);
      g_autofree char *file = g_build_filename (path, key, NULL);

      if (g_file_test (file, G_FILE_TEST_IS_DIR))
        add_files (files, key);
      else
        g_hash_table_insert (files, g_steal_pointer (&key), load (file));
    }
}

static GHashTable *
list_files (void)
{
  GHashTable *files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                             (GDestroyNotify) g_bytes_unref);

  ann_clean_up_wait ();
  add_files (files, "");

  return files;
}

static void
assert_same_files (GHashTable *a, GHashTable *b)
{
  GHashTableIter iter;
  gpointer key;
  gpointer bytes;

  g_hash_table_iter_init (&iter, a);
  while (g_hash_table_iter_next (&iter, &key, &bytes))
    {
      if (!g_hash_table_contains (b, key) || !g_bytes_equal (bytes, g_hash_table_lookup (b, key)))
        g_error ("%s is not the same", (char *) key);
    }
  g_assert_cmpuint (g_hash_table_size (a), ==, g_hash_table_size (b));
}

/* The consolidated metadata at @below, if there are any, say what the documents of the nodes do;
 * and of all of them.
 */
static gboolean
check_consolidated (GHashTable *files, const char *below, guint zarr_format)
{
  g_autofree char *prefix = *below != '\0' ? g_strconcat (below, "/", NULL) : g_strdup ("");
  g_autofree char *name = g_strconcat (prefix, zarr_format == 3 ? "zarr.json" : ".zmetadata", NULL);
  GBytes *bytes = g_hash_table_lookup (files, name);
  g_autoptr (AnnJson) document = bytes != NULL ? json_parse (bytes) : NULL;
  AnnJsonValue metadata = { NULL, 0 };
  GHashTableIter iter;
  gpointer key;
  guint n = 0;

  if (document != NULL)
    metadata = _ann_json_get_root (document);
  if (zarr_format == 3)
    metadata = _ann_json_get_member (metadata, "consolidated_metadata");
  metadata = _ann_json_get_member (metadata, "metadata");
  if (_ann_json_get_kind (metadata) == ANN_JSON_ABSENT)
    return FALSE;

  g_hash_table_iter_init (&iter, files);
  while (g_hash_table_iter_next (&iter, &key, (gpointer *) &bytes))
    {
      const char *rest = (const char *) key + strlen (prefix);
      const char *slash = strrchr (key, '/');
      const char *file = slash != NULL ? slash + 1 : key;
      g_autofree char *node = NULL;
      g_autoptr (AnnJson) json = NULL;
      AnnJsonValue noted;

      if (!g_str_has_prefix (key, prefix) || g_str_has_prefix (key, ".ann-edit")
          || (zarr_format == 3 ? (!g_str_equal (file, "zarr.json") || file == rest)
                               : (file[0] != '.' || g_str_equal (file, ".zmetadata"))))
        continue;
      n++;
      node = zarr_format == 3 ? g_strndup (rest, (gsize) (slash - rest)) : g_strdup (rest);
      json = json_parse (bytes);
      noted = _ann_json_get_member (metadata, node);
      if (_ann_json_string_is (_ann_json_get_member (noted, "node_type"), "group"))
        g_assert_true (json_equal (_ann_json_get_member (noted, "attributes"),
                                   _ann_json_get_member (_ann_json_get_root (json), "attributes")));
      else
        g_assert_true (json_equal (noted, _ann_json_get_root (json)));
    }
  g_assert_cmpuint (n, ==, _ann_json_get_length (metadata));

  return TRUE;
}

/* (nullable): the node, if it is there */
static AnnNode *
find (AnnNode *root, const char *node_path)
{
  g_auto (GStrv) names = g_strsplit (node_path, "/", -1);
  g_autoptr (AnnNode) node = g_object_ref (root);

  for (gsize i = 0; node != NULL && names[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;
      AnnNode *child = ann_node_open_child (node, names[i], NULL, &error);

      if (child == NULL)
        g_assert_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND);
      g_object_unref (node);
      node = child;
    }

  return g_steal_pointer (&node);
}

/* 0 where there is nothing: else the first of three numbers. */
static double
get_first (AnnNode *root, const char *node_path)
{
  g_autoptr (AnnNode) node = find (root, node_path);
  g_autoptr (AnnArray) array = NULL;
  g_autoptr (AnnBuffer) buffer = NULL;
  g_autoptr (GError) error = NULL;
  double first;

  if (node == NULL)
    return 0;
  array = open_array (node);
  buffer = read_whole (array, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ann_buffer_get_n_elements (buffer), ==, 3);
  first = ann_buffer_get_double (buffer, 0);
  g_assert_cmpfloat (ann_buffer_get_double (buffer, 2), ==, first + 2);

  return first;
}

static void
assert_children (AnnNode *root, const char *node_path, const char *expected)
{
  g_autoptr (AnnNode) node = *node_path != '\0' ? find (root, node_path) : g_object_ref (root);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) names = ann_node_list_children (node, NULL, &error);
  g_autofree char *joined = NULL;

  g_assert_no_error (error);
  joined = g_strjoinv (" ", names);
  g_assert_cmpstr (joined, ==, expected);
}

/* --- Changes --- */

static AnnAttributes *
make_changes (void)
{
  AnnAttributes *attributes = ann_attributes_new ();
  g_autoptr (AnnStrings) text = split_texts ("changed");
  g_autoptr (AnnBuffer) number = count_up (ANN_DTYPE_INT64, 1, 5);

  ann_attributes_add_texts (attributes, "flag", TRUE, text);
  ann_attributes_add_numbers (attributes, "number", number);

  return attributes;
}

#define N_CHANGES 10
#define DOOMED "--doomed"

/* One after the other; all must be done by their number. */
static gboolean
change (AnnStoreEditor *editor, guint n, GError **error)
{
  static const char *const names[] = { "y", NULL };
  g_autoptr (AnnAttributes) attributes = make_changes ();

  switch (n)
    {
    case 0:
      return add_numbers (_ann_store_editor_get_new (editor), "n", 100, error)
             && _ann_store_editor_place (editor, "n", "layers/new", NULL, error);
    case 1:
      return add_group (_ann_store_editor_get_new (editor), "g", names, 200, error)
             && _ann_store_editor_place (editor, "g", "X", NULL, error);
    case 2:
      return _ann_store_editor_move (editor, "obs/a", "obs/c", NULL, error);
    case 3:
      return _ann_store_editor_move (editor, "obs/b", "obs/c", NULL, error);
    case 4:
      return _ann_store_editor_remove (editor, "layers/x", NULL, error);
    case 5:
      return _ann_store_editor_set_attributes (editor, "", attributes, NULL, error);
    case 6:
      return _ann_store_editor_set_attributes (editor, "obs", attributes, NULL, error);
    case 7:
      return _ann_store_editor_set_attributes (editor, "layers/new", attributes, NULL, error);
    case 8:
      return _ann_store_editor_move (editor, "layers", "raw", NULL, error);
    default:
      return _ann_store_editor_commit (editor, NULL, error);
    }
}

static gboolean
change_all (AnnStoreEditor *editor, GError **error)
{
  for (guint i = 0; i < N_CHANGES; i++)
    {
      if (!change (editor, i, error))
        return FALSE;
    }

  return TRUE;
}

static void
check_attributes (AnnNode *root, const char *node_path, gboolean has_more)
{
  g_autoptr (AnnNode) node = *node_path != '\0' ? find (root, node_path) : g_object_ref (root);
  g_autoptr (AnnAttributes) attributes = ann_node_read_attributes (node, NULL, NULL);
  gint64 number;

  g_assert_cmpstr (ann_attributes_get_text (attributes, "flag"), ==, "changed");
  g_assert_true (ann_attributes_get_int64 (attributes, "number", &number) && number == 5);
  if (has_more)
    {
      AnnBuffer *large = ann_attributes_get_numbers (attributes, "large");

      g_assert_true (*(const guint64 *) ann_buffer_get_data (large) == G_MAXUINT64);
      g_assert_true (ann_attributes_has (attributes, "object"));
    }
}

static void
check_changed (const Kind *kind)
{
  g_autoptr (AnnNode) root = open_store ();
  g_autoptr (GHashTable) files = list_files ();

  assert_children (root, "", "X obs raw");
  assert_children (root, "X", "y");
  assert_children (root, "obs", "c");
  assert_children (root, "raw", "new");
  g_assert_cmpfloat (get_first (root, "X/y"), ==, 200);
  g_assert_cmpfloat (get_first (root, "obs/c"), ==, 20);
  g_assert_cmpfloat (get_first (root, "raw/new"), ==, 100);
  check_attributes (root, "", kind->is_consolidated || kind->zarr_format == 2);
  check_attributes (root, "obs", TRUE);
  check_attributes (root, "raw/new", FALSE);
  g_assert_true (check_consolidated (files, "", kind->zarr_format) == kind->is_consolidated);
}

static void
test_changes (gconstpointer data)
{
  const Kind *kind = data;
  g_autoptr (AnnStoreEditor) editor = NULL;
  g_autoptr (GError) error = NULL;

  begin (kind);
  editor = open_editor ();
  change_all (editor, &error);
  g_assert_no_error (error);
  check_changed (kind);
  g_clear_pointer (&editor, _ann_store_editor_free);
  check_changed (kind);
  end ();
}

/* What means nothing to us stays as it was written. */
static void
test_unknown_members (void)
{
  const Kind kind = { 3, FALSE, FALSE };
  g_autoptr (AnnStoreEditor) editor = NULL;
  g_autoptr (GHashTable) files = NULL;
  g_autoptr (AnnJson) expected = NULL;
  g_autoptr (AnnJson) found = NULL;
  static const char text[]
      = "{\"zarr_format\":3,\"node_type\":\"group\",\"more\":[ 1 ],"
        "\"attributes\":{\"kept\":{\"a\":1e2},\"flag\":\"changed\",\"number\":[5]}}";
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr (GError) error = NULL;

  begin (&kind);
  editor = open_editor ();
  g_assert_true (change (editor, 5, &error));
  g_assert_true (_ann_store_editor_commit (editor, NULL, &error));
  files = list_files ();
  expected = json_parse (bytes);
  found = json_parse (g_hash_table_lookup (files, "zarr.json"));
  g_assert_true (json_equal (_ann_json_get_root (expected), _ann_json_get_root (found)));
  end ();
}

/* Dropped after any number of changes, the store is what it was, to the byte. */
static void
test_dropped (gconstpointer data)
{
  for (guint n = 0; n < N_CHANGES; n++)
    {
      g_autoptr (GHashTable) before = NULL;
      g_autoptr (GHashTable) after = NULL;
      g_autoptr (GError) error = NULL;
      AnnStoreEditor *editor;

      begin (data);
      before = list_files ();
      editor = open_editor ();
      for (guint i = 0; i < n; i++)
        g_assert_true (change (editor, i, &error));
      _ann_store_editor_free (editor);
      after = list_files ();
      assert_same_files (before, after);
      end ();
    }
}

/* The same if the n-th call fails, for every n. */
static void
test_nth_call_fails (gconstpointer data)
{
  gboolean is_done = FALSE;

  for (guint n = 1; !is_done; n++)
    {
      g_autoptr (GHashTable) before = NULL;
      g_autoptr (GHashTable) after = NULL;
      g_autoptr (GError) error = NULL;
      AnnStoreEditor *editor;

      begin (data);
      before = list_files ();
      editor = open_editor ();
      fail_at = n;
      n_calls = 0;
      is_done = change_all (editor, &error);
      fail_at = 0;
      g_assert_true (is_done || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_FAILED));
      _ann_store_editor_free (editor);
      if (is_done)
        check_changed (data);
      else
        {
          after = list_files ();
          assert_same_files (before, after);
        }
      end ();
    }
}

/* What is there is whole: each node is the old or the new one, and consolidated metadata, if there
 * are any, are true.
 */
static void
check_any_state (const Kind *kind)
{
  g_autoptr (AnnNode) root = open_store ();
  g_autoptr (GHashTable) files = list_files ();
  g_autoptr (AnnNode) x = find (root, "X");
  g_autoptr (AnnNode) raw = find (root, "raw");
  const char *layers = raw != NULL ? "raw" : "layers";
  g_autofree char *new_path = g_strconcat (layers, "/new", NULL);
  g_autofree char *old_path = g_strconcat (layers, "/x", NULL);
  const double a = get_first (root, "obs/a");
  const double b = get_first (root, "obs/b");
  const double c = get_first (root, "obs/c");

  (void) check_consolidated (files, "", kind->zarr_format);
  g_assert_nonnull (x);
  if (ann_node_get_kind (x) == ANN_NODE_ARRAY)
    g_assert_cmpfloat (get_first (root, "X"), ==, 1);
  else
    g_assert_cmpfloat (get_first (root, "X/y"), ==, 200);

  /* a, b → b, c (a) → c (b), and for a moment between the last two b is what c was */
  g_assert_true ((a == 10 && b == 20 && c == 0) || (a == 0 && b == 20 && c == 10)
                 || (a == 0 && b == 10 && c == 20) || (a == 0 && b == 0 && c == 20));
  g_assert_true (get_first (root, new_path) == 100 || get_first (root, new_path) == 0);
  g_assert_true (get_first (root, old_path) == 30 || get_first (root, old_path) == 0);
}

/* What this program does if it is started for that: it makes all changes, and ends at the n-th
 * call. 0: it was ended; 1: it was done before.
 */
static int
main_doomed (char **argv)
{
  g_autoptr (AnnStoreEditor) editor = NULL;

  path = g_strdup (argv[3]);
  has_no_links = g_str_equal (argv[4], "in-place");
  editor = open_editor ();
  fail_at = atoi (argv[2]);
  dies = TRUE;

  return change_all (editor, NULL) ? 1 : 2;
}

static int
run_doomed (const Kind *kind, guint n)
{
  g_autofree char *number = g_strdup_printf ("%u", n);
  const char *arguments[] = {
    "/proc/self/exe", DOOMED, number, path, kind->is_in_place ? "in-place" : "apart", NULL
  };
  g_autoptr (GError) error = NULL;
  int status;

  g_spawn_sync (NULL, (char **) arguments, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, &status,
                &error);
  g_assert_no_error (error);
  g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) < 2);

  return WEXITSTATUS (status);
}

/* Where a clone takes the store's place, there is nothing in between. */
static void
check_left (const Kind *kind, GHashTable *before, gboolean is_done)
{
  g_autofree char *work = g_build_filename (path, ".ann-edit.part", NULL);
  g_autoptr (GHashTable) after = NULL;

  check_any_state (kind);
  if (is_done)
    check_changed (kind);
  else if (kind->is_in_place)
    g_assert_true (g_file_test (work, G_FILE_TEST_EXISTS));
  else
    {
      after = list_files ();
      assert_same_files (before, after);
    }
}

static void
check_nothing_beside (void)
{
  g_autoptr (GDir) entries = g_dir_open (folder, 0, NULL);

  ann_clean_up_wait ();
  g_assert_cmpstr (g_dir_read_name (entries), ==, "x.zarr");
  g_assert_null (g_dir_read_name (entries));
}

/* A process ends at the n-th call, for every n. Who edits the store next finds nothing of it. */
static void
test_killed (gconstpointer data)
{
  const Kind *kind = data;
  gboolean is_done = FALSE;

  for (guint n = 1; !is_done; n++)
    {
      g_autoptr (AnnStoreEditor) editor = NULL;
      g_autoptr (GHashTable) before = NULL;
      g_autofree char *work = NULL;

      begin (kind);
      before = list_files ();
      is_done = run_doomed (kind, n) == 1;
      check_left (kind, before, is_done);

      work = g_build_filename (path, ".ann-edit.part", NULL);
      editor = open_editor ();
      g_assert_true (_ann_store_editor_commit (editor, NULL, NULL));
      g_assert_false (g_file_test (work, G_FILE_TEST_EXISTS));
      check_any_state (kind);
      check_nothing_beside ();
      end ();
    }
}

/* Metadata that a group has for itself. */
static void
test_nested (gconstpointer data)
{
  const Kind *kind = data;
  g_autoptr (AnnStoreEditor) editor = NULL;
  g_autoptr (GHashTable) files = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *target = NULL;
  g_autofree char *source = NULL;
  g_autofree char *inner = NULL;

  /* obs becomes a store in the store: all of its own is moved into it. */
  begin (kind);
  source = g_strdup (path);
  inner = g_build_filename (folder, "inner.zarr", NULL);
  g_assert_no_errno (g_rename (source, inner));
  g_clear_pointer (&path, g_free);
  g_free (folder);
  folder = g_path_get_dirname (inner);
  path = g_build_filename (folder, "x.zarr", NULL);
  {
    g_autoptr (AnnNodeWriter) root = _ann_zarr_writer_new_root (
        _ann_store_writer_new (path, FALSE, NULL, NULL), kind->zarr_format, &error);

    g_assert_true (add_numbers (root, "X", 1, &error));
    g_assert_true (_ann_node_writer_close (root, NULL, NULL, &error));
    g_assert_true (_ann_node_writer_commit (root, NULL, &error));
  }
  target = g_build_filename (path, "mod", NULL);
  g_assert_no_errno (g_rename (inner, target));

  editor = open_editor ();
  g_assert_true (_ann_store_editor_remove (editor, "mod/layers/x", NULL, &error));
  files = list_files ();
  if (kind->is_in_place)
    {
      g_assert_false (check_consolidated (files, "", kind->zarr_format));
      g_assert_false (check_consolidated (files, "mod", kind->zarr_format));
    }
  g_clear_pointer (&files, g_hash_table_unref);
  g_assert_true (_ann_store_editor_commit (editor, NULL, &error));
  files = list_files ();
  g_assert_true (check_consolidated (files, "", kind->zarr_format));
  g_assert_true (check_consolidated (files, "mod", kind->zarr_format) == kind->is_consolidated);
  end ();
}

/* --- What is refused --- */

static void
assert_refused (gboolean is_done, GError **error, int code, const char *words)
{
  g_assert_false (is_done);
  assert_error_says (*error, code, words);
  g_clear_error (error);
}

static void
test_refused (gconstpointer data)
{
  const Kind *kind = data;
  g_autoptr (AnnStoreEditor) editor = NULL;
  g_autoptr (GHashTable) before = NULL;
  g_autoptr (GHashTable) after = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnAttributes) attributes = make_changes ();
  g_autofree char *group = NULL;

  begin (kind);
  before = list_files ();
  editor = open_editor ();
  assert_refused (_ann_store_editor_open (path, NULL, &error) != NULL, &error, ANN_ERROR_DENIED,
                  "by somebody else");
  assert_refused (_ann_store_editor_remove (editor, "Y", NULL, &error), &error, ANN_ERROR_NOT_FOUND,
                  "Y: ");
  assert_refused (_ann_store_editor_remove (editor, "X/c", NULL, &error), &error,
                  ANN_ERROR_NOT_FOUND, "X/c: ");
  assert_refused (_ann_store_editor_move (editor, "X", "no/X", NULL, &error), &error,
                  ANN_ERROR_NOT_FOUND, "no/X: ");
  assert_refused (_ann_store_editor_move (editor, "obs/a", "X/a", NULL, &error), &error,
                  ANN_ERROR_FORMAT, "“X” is an array");
  assert_refused (_ann_store_editor_move (editor, "X", ".zattrs", NULL, &error), &error,
                  ANN_ERROR_FORMAT, "another name");
  assert_refused (_ann_store_editor_place (editor, "no", "Y", NULL, &error), &error,
                  ANN_ERROR_NOT_FOUND, "no: ");
  assert_refused (_ann_store_editor_set_attributes (editor, "Y", attributes, NULL, &error), &error,
                  ANN_ERROR_NOT_FOUND, "Y: ");
  g_clear_pointer (&editor, _ann_store_editor_free);

  group = g_build_filename (path, "obs", NULL);
  assert_refused (_ann_store_editor_open (group, NULL, &error) != NULL, &error,
                  ANN_ERROR_UNSUPPORTED, "change it there");
  g_free (group);
  group = g_build_filename (path, "X", NULL);
  assert_refused (_ann_store_editor_open (group, NULL, &error) != NULL, &error,
                  ANN_ERROR_UNSUPPORTED, "an array");
  assert_refused (_ann_store_editor_open (folder, NULL, &error) != NULL, &error,
                  ANN_ERROR_NOT_FOUND, "no Zarr");
  assert_refused (_ann_store_editor_open ("s3://bucket/x.zarr", NULL, &error) != NULL, &error,
                  ANN_ERROR_UNSUPPORTED, "export");
  assert_refused (_ann_store_editor_open ("/nowhere/x.zarr.zip", NULL, &error) != NULL, &error,
                  ANN_ERROR_UNSUPPORTED, "archive");
  after = list_files ();
  assert_same_files (before, after);
  end ();
}

/* What somebody else puts into the store meanwhile is not lost, and the changes are not made. */
static void
test_changed_meanwhile (gconstpointer data)
{
  const Kind *kind = data;
  g_autoptr (AnnStoreEditor) editor = NULL;
  g_autoptr (GHashTable) before = NULL;
  g_autoptr (GHashTable) after = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *file = NULL;

  if (kind->is_in_place)
    return;

  begin (kind);
  editor = open_editor ();
  g_assert_true (_ann_store_editor_remove (editor, "obs/b", NULL, &error));
  g_usleep (20 * 1000); /* the file system's clock ticks */
  file = g_build_filename (path, "obs", "a", "else", NULL);
  g_assert_true (g_file_set_contents (file, "x", -1, NULL));
  before = list_files ();
  assert_refused (_ann_store_editor_commit (editor, NULL, &error), &error, ANN_ERROR_CHANGED,
                  "meanwhile");
  g_clear_pointer (&editor, _ann_store_editor_free);
  after = list_files ();
  assert_same_files (before, after);
  check_nothing_beside ();
  end ();
}

static void
test_both_versions (void)
{
  const Kind kind = { 2, TRUE, FALSE };
  g_autoptr (GError) error = NULL;
  g_autofree char *document = NULL;

  begin (&kind);
  document = g_build_filename (path, "zarr.json", NULL);
  g_assert_true (g_file_set_contents (document, GROUP_V3, -1, NULL));
  assert_refused (_ann_store_editor_open (path, NULL, &error) != NULL, &error,
                  ANN_ERROR_UNSUPPORTED, "v2 and of v3");
  end ();
}

/* A node that nobody can read can go; while it is there, nothing can be consolidated. */
static void
test_damaged (gconstpointer data)
{
  const Kind *kind = data;
  g_autoptr (AnnStoreEditor) editor = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) files = NULL;
  g_autofree char *document = NULL;

  begin (kind);
  document = g_build_filename (path, "obs", "a", kind->zarr_format == 3 ? "zarr.json" : ".zarray",
                               NULL);
  g_assert_true (g_file_set_contents (document, "{", -1, NULL));
  editor = open_editor ();
  g_assert_true (_ann_store_editor_remove (editor, "obs/b", NULL, &error));
  if (kind->is_consolidated)
    assert_refused (_ann_store_editor_commit (editor, NULL, &error), &error, ANN_ERROR_FORMAT,
                    "obs/a/");
  g_assert_true (_ann_store_editor_remove (editor, "obs/a", NULL, &error));
  g_assert_true (_ann_store_editor_commit (editor, NULL, &error));
  files = list_files ();
  g_assert_true (check_consolidated (files, "", kind->zarr_format) == kind->is_consolidated);
  end ();
}

static void
add (const char *name, GTestDataFunc func)
{
  static const Kind kinds[] = { { 2, FALSE, FALSE }, { 2, TRUE, FALSE }, { 3, FALSE, FALSE },
                                { 3, TRUE, FALSE },  { 2, FALSE, TRUE }, { 2, TRUE, TRUE },
                                { 3, FALSE, TRUE },  { 3, TRUE, TRUE } };

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *case_path = g_strdup_printf ("/zarr-editor/v%u%s%s/%s", kinds[i].zarr_format,
                                                    kinds[i].is_consolidated ? "-consolidated" : "",
                                                    kinds[i].is_in_place ? "-in-place" : "", name);

      g_test_add_data_func (case_path, &kinds[i], func);
    }
}

int
main (int argc, char **argv)
{
  if (argc == 5 && g_str_equal (argv[1], DOOMED))
    return main_doomed (argv);

  /* In memory: each change asks a disk to be done with what it has to write, also for others. */
  if (g_file_test ("/dev/shm", G_FILE_TEST_IS_DIR))
    g_setenv ("TMPDIR", "/dev/shm", TRUE);
  g_test_init (&argc, &argv, NULL);

  add ("changes", test_changes);
  add ("dropped", test_dropped);
  add ("nth-call-fails", test_nth_call_fails);
  add ("killed", test_killed);
  add ("nested", test_nested);
  add ("refused", test_refused);
  add ("damaged", test_damaged);
  add ("changed-meanwhile", test_changed_meanwhile);
  g_test_add_func ("/zarr-editor/unknown-members", test_unknown_members);
  g_test_add_func ("/zarr-editor/both-versions", test_both_versions);

  return g_test_run ();
}
