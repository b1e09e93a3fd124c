/* test-same-place.c: different addresses of one place
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "write-suite.h"

#include "store/ann-same-place.h"

#include <stdlib.h>

typedef enum {
  APART,
  WITHIN, /* the first in the second */
  SAME,
} Relation;

static Relation
relate (const char *a, const char *b)
{
  gboolean is_same = _ann_is_same_place (a, b);

  g_assert_cmpint (is_same, ==, _ann_is_same_place (b, a));
  if (is_same)
    {
      g_assert_true (_ann_lies_within (a, b));
      g_assert_true (_ann_lies_within (b, a));
      return SAME;
    }

  return _ann_lies_within (a, b) ? WITHIN : APART;
}

static void
test_paths (void)
{
  static const struct {
    const char *a;
    const char *b;
    Relation relation;
  } cases[] = {
    { "s.zarr", "s.zarr", SAME },
    { "s.zarr/", "./s.zarr//", SAME },
    { "s.zarr", "to-s", SAME },
    { "s.zarr", "to-to-s/", SAME },
    { "s.zarr", "s.zarr/X/../../s.zarr", SAME },
    { "s.zarr/X", "to-s", WITHIN },
    { "s.zarr", "to-s/X", APART },
    { "s.zarr", ".", WITHIN },
    { "s.zarr2", "s.zarr", APART },
    { "s.zarr", "s.zarr2", APART },
    { "a.h5ad", "b.h5ad", SAME }, /* a hard link */
    { "a.h5ad", "c.h5ad", APART },
    { "a.h5ad/mod/rna", "b.h5ad", WITHIN },
    { "a.h5ad/mod/rna", "a.h5ad/mod/rna", SAME },
    { "a.h5ad/mod/rna", "a.h5ad/mod", WITHIN },
    { "a.h5ad/mod/rna", "a.h5ad/mo", APART },
    { "new.h5ad", "new.h5ad", SAME },
    { "new.h5ad", "hanging", SAME },
    { "new.h5ad", "new.zarr", APART },
    { "to-s/new", "s.zarr/new/", SAME },
    { "to-s/new/newer", "s.zarr/new", WITHIN },
    { "to-s/new", "s.zarr", WITHIN },
    { "new/x", "s.zarr/new", APART },
    { "circle", "circle", SAME },
    { "circle", "s.zarr", APART },
  };
  static const char *const links[][2] = {
    { "s.zarr", "to-s" },
    { "to-s", "to-to-s" },
    { "new.h5ad", "hanging" },
    { "circle", "circle" },
  };
  g_autofree char *before = g_get_current_dir ();
  g_autofree char *old = NULL;
  g_autofree char *new = NULL;

  begin ();
  add_file ("s.zarr/X/0", "", 0600);
  add_file ("s.zarr2/X/0", "", 0600);
  add_file ("a.h5ad", "", 0600);
  add_file ("c.h5ad", "", 0600);
  old = at ("a.h5ad");
  new = at ("b.h5ad");
  g_assert_no_errno (link (old, new));
  g_assert_no_errno (chdir (folder));
  for (gsize i = 0; i < G_N_ELEMENTS (links); i++)
    g_assert_no_errno (symlink (links[i][0], links[i][1]));

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *whole = g_build_filename (folder, cases[i].b, NULL);
      g_autofree char *uri = g_strconcat ("file://", whole, NULL);
      const char *others[] = { cases[i].b, whole, uri };

      for (gsize j = 0; j < G_N_ELEMENTS (others); j++)
        if (relate (cases[i].a, others[j]) != cases[i].relation)
          g_error ("%s and %s are %d", cases[i].a, others[j], relate (cases[i].a, others[j]));
    }
  g_assert_no_errno (chdir (before));
  end ();
}

static void
test_remote (void)
{
  static const struct {
    const char *a;
    const char *b;
    Relation relation;
  } cases[] = {
    { "s3://bucket/k.zarr", "s3://bucket/k.zarr/", SAME },
    { "s3://bucket/k.zarr/X", "s3://bucket/k.zarr", WITHIN },
    { "s3://bucket/k.zarr2", "s3://bucket/k.zarr", APART },
    { "s3://bucket/k.zarr", "s3://other/k.zarr", APART },
    { "s3://bucket/k.zarr", "s3://bucket", WITHIN },
    { "s3://bucket/k?endpoint=http://h:1", "s3://bucket/k?endpoint=http://h:1/", SAME },
    { "s3://bucket/k?endpoint=http://h:1", "s3://bucket/k?endpoint=http://h:2", APART },
    { "s3://bucket/k?endpoint=http://from-environment", "s3://bucket/k", SAME },
    { "https://h/k.zarr", "https://H:443/k.zarr/", SAME },
    { "https://h/k.zarr/X", "https://h/k.zarr", WITHIN },
    { "https://h/k.zarr", "/k.zarr", APART },
    { "s3://bucket/k.zarr", "/b/k.zarr", APART },
    { "ftp://b/k.zarr", "ftp://b/k.zarr", APART },
  };

  g_setenv ("AWS_ENDPOINT_URL", "http://from-environment", TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    if (relate (cases[i].a, cases[i].b) != cases[i].relation)
      g_error ("%s and %s are %d", cases[i].a, cases[i].b, relate (cases[i].a, cases[i].b));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/same-place/paths", test_paths);
  g_test_add_func ("/same-place/remote", test_remote);

  return g_test_run ();
}
