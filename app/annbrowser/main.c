/* main.c: the program annbrowser
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-application.h"

#include <glib/gi18n.h>
#include <locale.h>

/* The texts of the user's language. Started from the build folder, ./run says where they are. */
static void
choose_language (void)
{
  const char *built = g_getenv ("ANNBROWSER_LOCALE_DIR");

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, built != NULL ? built : ANNBROWSER_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

int
main (int argc, char **argv)
{
  g_autoptr (AnnApplication) application = NULL;

  choose_language ();
  application = ann_application_new ("com.example.AnnBrowser", G_APPLICATION_DEFAULT_FLAGS);

  return g_application_run (G_APPLICATION (application), argc, argv);
}
