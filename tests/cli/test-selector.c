/* test-selector.c: rows and columns as options ask for them
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-selector.h"

#include <glib/gstdio.h>
#include <string.h>

static AnnData *data; /* 700 cells, 765 genes */
static char *folder;

static char *
write_list (const char *name, const char *text)
{
  char *path = g_build_filename (folder, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));

  return path;
}

/* @expected: how many, and the first */
static void
assert_selects (AnnAxis axis,
                const char *text,
                const char *names_path,
                guint64 n,
                guint64 first,
                guint64 last)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnSelection) selection = NULL;

  g_assert_true (
      ann_selector_select (data, axis, text, names_path, NULL, NULL, &selection, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (ann_selection_get_length (selection), ==, n);
  g_assert_cmpuint (ann_selection_get_position (selection, 0), ==, first);
  g_assert_cmpuint (ann_selection_get_position (selection, n - 1), ==, last);
}

static void
assert_fails (AnnAxis axis, const char *text, const char *names_path, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnSelection) selection = NULL;

  g_assert_false (
      ann_selector_select (data, axis, text, names_path, NULL, NULL, &selection, &error));
  g_assert_null (selection);
  if (strstr (error->message, words) == NULL)
    g_error ("“%s” is not in “%s”", words, error->message);
}

static void
test_numbers (void)
{
  g_autofree char *list = write_list ("list", "\xef\xbb\xbf"
                                              "5\n\n-1\r\n7");
  g_autofree char *option = g_strconcat ("@", list, NULL);

  assert_selects (ANN_AXIS_OBS, "10:20", NULL, 10, 10, 19);
  assert_selects (ANN_AXIS_OBS, "::100", NULL, 7, 0, 600);
  assert_selects (ANN_AXIS_VAR, "7,3,-1", NULL, 3, 7, 764);
  assert_selects (ANN_AXIS_OBS, option, NULL, 3, 5, 7);
  assert_fails (ANN_AXIS_OBS, "10:800", NULL, "there are 700 rows");
  assert_fails (ANN_AXIS_VAR, "800", NULL, "there are 765 columns");
  assert_fails (ANN_AXIS_OBS, "1:2:0", NULL, "0");
  assert_fails (ANN_AXIS_OBS, "1,,2", NULL, "character 3");
}

static void
test_expressions (void)
{
  assert_selects (ANN_AXIS_OBS, "bulk_labels == \"CD34+\"", NULL, 13, 138, 673);
  assert_selects (ANN_AXIS_VAR, "var_names == \"HES4\"", NULL, 1, 0, 0);
  assert_fails (ANN_AXIS_OBS, "bulk_label == \"CD34+\"", NULL, "the nearest is “bulk_labels”");
  assert_fails (ANN_AXIS_OBS, "n_genes >", NULL, "(at character 10)");
}

/* In the order of the file. */
static void
test_names (void)
{
  g_autofree char *cells = write_list ("cells", "AAATTCGATGCACA-1\r\nAAAGCCTGGCTAAC-1\n\n");
  g_autofree char *wrong = write_list ("wrong", "AAATTCGATGCACA-2\n");
  g_autofree char *many = write_list ("many",
                                      "AAATTCGATGCACA-1\n\nno 1\nno 2\nno 3\nno 4\nno 5\nno 6\n"
                                      "no 7\nno 8\nno 9\nno 10\nno 11\nno 12\n");
  g_autofree char *nowhere = g_build_filename (folder, "nowhere", NULL);

  assert_selects (ANN_AXIS_OBS, NULL, cells, 2, 1, 0);
  assert_fails (ANN_AXIS_OBS, NULL, wrong, "the nearest is");
  assert_fails (ANN_AXIS_OBS, NULL, wrong, "wrong, line 1: ");
  assert_fails (ANN_AXIS_OBS, NULL, many, "12 of 13 names are not in obs: “no 1” (line 3), “no 2”");
  assert_fails (ANN_AXIS_OBS, NULL, many, "“no 10” (line 12), …");
  assert_fails (ANN_AXIS_OBS, NULL, nowhere, "nowhere");
  assert_fails (ANN_AXIS_OBS, "1:2", cells, "give one of them");
}

static void
test_nothing (void)
{
  AnnSelection *selection = (AnnSelection *) 1;

  g_assert_true (
      ann_selector_select (data, ANN_AXIS_OBS, NULL, NULL, NULL, NULL, &selection, NULL));
  g_assert_null (selection);
}

static void
test_axes (void)
{
  static const struct {
    const char *path;
    guint dimension;
    int axis; /* -1: none */
  } places[] = {
    { "obs", 0, ANN_AXIS_OBS },
    { "obs", 1, -1 },
    { "obs/a", 0, ANN_AXIS_OBS },
    { "var", 0, ANN_AXIS_VAR },
    { "X", 0, ANN_AXIS_OBS },
    { "X", 1, ANN_AXIS_VAR },
    { "layers/a", 1, ANN_AXIS_VAR },
    { "obsm/a", 0, ANN_AXIS_OBS },
    { "obsm/a", 1, -1 },
    { "varp/a", 0, ANN_AXIS_VAR },
    { "varp/a", 1, ANN_AXIS_VAR },
    { "raw/X", 0, ANN_AXIS_OBS },
    { "raw/X", 1, -1 },
    { "raw/var/a", 0, -1 },
    { "uns/a", 0, -1 },
    { "", 0, -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      AnnAxis axis;

      g_assert_cmpint (ann_selector_find_axis (places[i].path, places[i].dimension, &axis), ==,
                       places[i].axis >= 0);
      if (places[i].axis >= 0)
        g_assert_cmpint (axis, ==, places[i].axis);
    }
}

int
main (int argc, char *argv[])
{
  g_autoptr (GError) error = NULL;
  const char *const names[] = { "list", "cells", "wrong", "many" };
  int status;

  g_test_init (&argc, &argv, NULL);

  folder = g_dir_make_tmp ("ann-selector-XXXXXX", &error);
  g_assert_no_error (error);
  data = ann_data_open (SAMPLE_STORE, NULL, &error);
  g_assert_no_error (error);

  g_test_add_func ("/selector/numbers", test_numbers);
  g_test_add_func ("/selector/expressions", test_expressions);
  g_test_add_func ("/selector/names", test_names);
  g_test_add_func ("/selector/nothing", test_nothing);
  g_test_add_func ("/selector/axes", test_axes);

  status = g_test_run ();
  g_object_unref (data);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (folder, names[i], NULL);

      g_unlink (path);
    }
  g_rmdir (folder);
  g_free (folder);

  return status;
}
