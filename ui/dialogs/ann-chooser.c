/* ann-chooser.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "dialogs/ann-chooser.h"

#include <glib/gi18n.h>

/**
 * ann_chooser_add_store_filters:
 * @chooser: a dialog that opens files
 *
 * Lets it show stores, or all files.
 */
void
ann_chooser_add_store_filters (GtkFileChooser *chooser)
{
  static const char *const suffixes[] = { "h5ad", "h5ads", "h5mu", "h5", "hdf5", "zip" };
  g_autoptr (GtkFileFilter) stores = gtk_file_filter_new ();
  g_autoptr (GtkFileFilter) all = gtk_file_filter_new ();

  gtk_file_filter_set_name (stores, _ ("AnnData, HDF5 and Zarr files"));
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    gtk_file_filter_add_suffix (stores, suffixes[i]);
  /* Who cannot choose a folder chooses what lies in it. */
  gtk_file_filter_add_pattern (stores, "zarr.json");
  gtk_file_filter_add_pattern (stores, ".zgroup");
  gtk_file_filter_set_name (all, _ ("All files"));
  gtk_file_filter_add_pattern (all, "*");
  gtk_file_chooser_add_filter (chooser, stores);
  gtk_file_chooser_add_filter (chooser, all);
}
