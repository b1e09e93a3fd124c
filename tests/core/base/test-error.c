/* test-error.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-error.h"

#include <gio/gio.h>

static void
test_names (void)
{
  const struct {
    GQuark domain;
    int code;
    const char *name;
  } cases[] = {
    { ANN_ERROR, ANN_ERROR_NOT_FOUND, "not-found" },
    { ANN_ERROR, ANN_ERROR_MISSING_CODEC, "missing-codec" },
    { ANN_ERROR, ANN_ERROR_EXISTS, "exists" },
    { ANN_ERROR, ANN_ERROR_EXISTS + 1, "io" },
    { G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled" },
    { G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "io" },
    { G_FILE_ERROR, G_FILE_ERROR_ACCES, "io" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = g_error_new_literal (cases[i].domain, cases[i].code, "");

      g_assert_cmpstr (ann_error_get_name (error), ==, cases[i].name);
    }
  for (int code = ANN_ERROR_NOT_FOUND; code <= ANN_ERROR_EXISTS; code++)
    {
      g_autoptr (GError) error = g_error_new_literal (ANN_ERROR, code, "");

      g_assert_cmpstr (ann_error_get_name (error), !=, "io");
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/error/names", test_names);

  return g_test_run ();
}
