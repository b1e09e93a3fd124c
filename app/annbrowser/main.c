/* main.c: the program annbrowser
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-application.h"

int
main (int argc, char **argv)
{
  g_autoptr (AnnApplication) application = ann_application_new ("com.example.AnnBrowser",
                                                                G_APPLICATION_DEFAULT_FLAGS);

  return g_application_run (G_APPLICATION (application), argc, argv);
}
