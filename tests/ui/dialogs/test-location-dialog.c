/* test-location-dialog.c: the dialog that asks for an address
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-ui-test.h"
#include "dialogs/ann-address-popover.h"
#include "dialogs/ann-location-dialog.h"

#include <glib/gstdio.h>
#include <string.h>

static char *folder;

typedef struct {
  AnnRecents *recents;
  GtkWidget *dialog;
  GFile *opened;
} Fixture;

static GtkWidget *
find (Fixture *fixture, const char *name)
{
  GtkWidget *widget = ann_ui_test_find_named (fixture->dialog, name);

  g_assert_nonnull (widget);

  return widget;
}

static void
type (Fixture *fixture, const char *name, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (find (fixture, name)), text);
}

static void
choose (Fixture *fixture, const char *name)
{
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (find (fixture, name)), TRUE);
}

static const char *
get_label (Fixture *fixture, const char *name)
{
  return gtk_label_get_text (GTK_LABEL (find (fixture, name)));
}

static gboolean
is_visible (Fixture *fixture, const char *name)
{
  return gtk_widget_get_visible (find (fixture, name));
}

static gboolean
can_open (Fixture *fixture)
{
  return gtk_widget_get_sensitive (find (fixture, "location-open"));
}

static void
on_open (GtkWidget *dialog, GFile *place, Fixture *fixture)
{
  g_set_object (&fixture->opened, place);
}

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *path = g_build_filename (folder, "recents", NULL);

  fixture->recents = ann_recents_new (path);
  ann_ui_test_wait_until (ann_recents_is_loaded (fixture->recents));
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  fixture->dialog = ann_location_dialog_new (NULL, fixture->recents);
  g_signal_connect (fixture->dialog, "open", G_CALLBACK (on_open), fixture);
  ann_ui_test_present (fixture->dialog);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  if (fixture->dialog != NULL)
    ann_ui_test_close (fixture->dialog);
  g_clear_object (&fixture->opened);
  g_object_unref (fixture->recents);
}

static void
check_opened (Fixture *fixture, const char *address)
{
  g_autofree char *uri = NULL;

  fixture->opened = NULL;
  g_object_add_weak_pointer (G_OBJECT (fixture->dialog), (gpointer *) &fixture->dialog);
  gtk_widget_activate_action (fixture->dialog, "location.open", NULL);
  g_assert_nonnull (fixture->opened);
  uri = g_file_get_uri (fixture->opened);
  g_assert_cmpstr (uri, ==, address);
  ann_ui_test_wait_until (fixture->dialog == NULL);
}

/* What is typed is understood at each key. */
static void
test_kinds (Fixture *fixture, gconstpointer unused)
{
  g_assert_false (can_open (fixture));
  g_assert_false (is_visible (fixture, "location-detail"));

  type (fixture, "location-address", "https://example.org/data/cells.h5ad");
  g_assert_true (can_open (fixture));
  g_assert_cmpstr (get_label (fixture, "location-state"), ==, "HDF5 file on the web");
  g_assert_cmpstr (get_label (fixture, "location-detail"), ==, "cells.h5ad at example.org");
  g_assert_true (is_visible (fixture, "location-token"));
  g_assert_false (is_visible (fixture, "location-key"));

  type (fixture, "location-address", "s3://open-atlas/lung.zarr");
  g_assert_cmpstr (get_label (fixture, "location-state"), ==,
                   "Zarr store in the bucket open-atlas");
  g_assert_true (is_visible (fixture, "location-key"));
  g_assert_false (is_visible (fixture, "location-token"));

  type (fixture, "location-address", "/data/cells.zarr.zip");
  g_assert_cmpstr (get_label (fixture, "location-state"), ==,
                   "Zarr store in a zip file on this computer");

  type (fixture, "location-address", "s3://x");
  g_assert_false (can_open (fixture));
  g_assert_nonnull (strstr (get_label (fixture, "location-state"), "bucket"));

  type (fixture, "location-address", " ");
  g_assert_false (can_open (fixture));
}

static void
test_address (Fixture *fixture, gconstpointer unused)
{
  type (fixture, "location-address", "s3://open-atlas/lung.zarr");
  type (fixture, "location-endpoint", "https://minio.example.org:9000");
  type (fixture, "location-region", "eu-central-1");
  gtk_switch_set_active (GTK_SWITCH (find (fixture, "location-path-style")), TRUE);
  choose (fixture, "location-anonymous");
  check_opened (fixture, "s3://open-atlas/lung.zarr?endpoint=https://minio.example.org:9000"
                         "&region=eu-central-1&path-style=true&anonymous=true");
}

/* What a pasted address says goes into the rows, and is changed there. */
static void
test_paste (Fixture *fixture, gconstpointer unused)
{
  type (fixture, "location-address",
        "s3://open-atlas/lung.zarr?region=eu-central-1&anonymous=true&path-style=true");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (find (fixture, "location-region"))), ==,
                   "eu-central-1");
  g_assert_true (gtk_switch_get_active (GTK_SWITCH (find (fixture, "location-path-style"))));
  g_assert_true (
      gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (find (fixture, "location-anonymous"))));

  type (fixture, "location-region", "us-west-2");
  choose (fixture, "location-automatic");
  check_opened (fixture, "s3://open-atlas/lung.zarr?region=us-west-2&path-style=true");
}

/* A key holds for its bucket from Open on, and not before. */
static void
test_key (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (AnnLocation) location = ann_location_parse ("s3://key-bucket/a.zarr", NULL);
  g_autoptr (AnnSignIn) sign_in = NULL;

  type (fixture, "location-address", "s3://key-bucket/lung.zarr");
  choose (fixture, "location-key");
  g_assert_true (is_visible (fixture, "location-key-id"));
  g_assert_false (can_open (fixture));
  type (fixture, "location-key-id", "READER");
  g_assert_false (can_open (fixture));
  type (fixture, "location-secret", "k3y");
  g_assert_true (can_open (fixture));
  gtk_switch_set_active (GTK_SWITCH (find (fixture, "location-remember")), FALSE);
  ann_ui_test_wait_for_frame (fixture->dialog);
  ann_ui_test_screenshot (fixture->dialog, "location-key");

  g_assert_null (ann_sign_in_get (location));
  check_opened (fixture, "s3://key-bucket/lung.zarr");
  sign_in = ann_sign_in_get (location);
  g_assert_nonnull (sign_in);
  ann_sign_in_set (location, NULL);
}

static gboolean
is_chosen (Fixture *fixture, const char *name)
{
  return gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (find (fixture, name)));
}

/* One way is chosen at any time, and each can be left again; what the next address does not know
 * is not kept.
 */
static void
test_ways (Fixture *fixture, gconstpointer unused)
{
  type (fixture, "location-address", "https://example.org/cells.zarr");
  g_assert_true (is_chosen (fixture, "location-automatic"));
  choose (fixture, "location-token");
  g_assert_true (is_chosen (fixture, "location-token"));
  g_assert_false (is_chosen (fixture, "location-automatic"));
  g_assert_true (is_visible (fixture, "location-bearer"));
  choose (fixture, "location-automatic");
  g_assert_true (is_chosen (fixture, "location-automatic"));
  g_assert_false (is_chosen (fixture, "location-token"));
  g_assert_false (is_visible (fixture, "location-bearer"));
  g_assert_true (can_open (fixture));

  choose (fixture, "location-token");
  type (fixture, "location-address", "s3://open-atlas/lung.zarr");
  g_assert_true (is_chosen (fixture, "location-automatic"));
  g_assert_false (is_chosen (fixture, "location-token"));
  choose (fixture, "location-profile");
  g_assert_false (is_chosen (fixture, "location-automatic"));
  type (fixture, "location-address", "https://example.org/cells.zarr");
  g_assert_true (is_chosen (fixture, "location-automatic"));
  g_assert_false (is_chosen (fixture, "location-profile"));
}

/* Headers and certificates go with any kind of sign-in; there is always a row for one more. */
static void
test_extras (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (AnnLocation) location = ann_location_parse ("https://example.org/", NULL);
  g_autoptr (AnnSignIn) sign_in = NULL;
  g_autofree char *text = NULL;

  type (fixture, "location-address", "https://example.org/cells.zarr");
  g_assert_false (is_visible (fixture, "location-endpoint"));
  g_assert_false (gtk_widget_get_mapped (find (fixture, "location-remember")));
  type (fixture, "location-header-0", "no header");
  g_assert_false (can_open (fixture));
  g_assert_nonnull (strstr (get_label (fixture, "location-state"), "NAME: VALUE"));
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (find (fixture, "location-advanced")), TRUE);

  type (fixture, "location-header-0", "X-Lab: one");
  g_assert_true (can_open (fixture));
  type (fixture, "location-header-1", "X-Key: s3cret");
  g_assert_null (ann_ui_test_find_named (fixture->dialog, "location-header-3"));
  type (fixture, "location-ca-file", "/etc/lab.pem");
  choose (fixture, "location-token");
  type (fixture, "location-bearer", "t0ken");
  gtk_switch_set_active (GTK_SWITCH (find (fixture, "location-remember")), FALSE);
  ann_ui_test_wait_for_frame (fixture->dialog);
  g_assert_true (gtk_widget_get_mapped (find (fixture, "location-remember")));
  ann_ui_test_screenshot (fixture->dialog, "location-extras");

  check_opened (fixture, "https://example.org/cells.zarr");
  sign_in = ann_sign_in_get (location);
  text = ann_sign_in_dup_text (sign_in);
  g_assert_cmpstr (text, ==,
                   "bearer t0ken\nheader X-Lab: one\nheader X-Key: s3cret\nca-file /etc/lab.pem\n");
  ann_sign_in_set (location, NULL);
}

/* The names are read by a worker. */
static void
test_profile (Fixture *fixture, gconstpointer unused)
{
  type (fixture, "location-address", "s3://open-atlas/lung.zarr");
  choose (fixture, "location-profile");
  ann_ui_test_wait_until (can_open (fixture));
  check_opened (fixture, "s3://open-atlas/lung.zarr?profile=lab");
}

static void
on_changed (GtkEditable *row, gboolean *is_empty)
{
  *is_empty = gtk_editable_get_text (row)[0] == '\0';
}

/* What was typed is not left in memory, nor does it hold for anything. */
static void
test_cancel (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (AnnLocation) location = ann_location_parse ("https://127.0.0.1:1/", NULL);
  gboolean is_empty = FALSE;

  type (fixture, "location-address", "https://127.0.0.1:1/a.zarr");
  choose (fixture, "location-token");
  type (fixture, "location-bearer", "t0ken");
  gtk_widget_activate_action (fixture->dialog, "location.test", NULL);
  g_signal_connect (find (fixture, "location-bearer"), "changed", G_CALLBACK (on_changed),
                    &is_empty);
  g_object_add_weak_pointer (G_OBJECT (fixture->dialog), (gpointer *) &fixture->dialog);
  gtk_widget_activate_action (fixture->dialog, "window.close", NULL);
  ann_ui_test_wait_until (fixture->dialog == NULL);
  g_assert_null (fixture->opened);
  g_assert_true (is_empty);
  g_assert_null (ann_sign_in_get (location));
}

static void
test_test (Fixture *fixture, gconstpointer unused)
{
  type (fixture, "location-address", SAMPLE_STORE);
  gtk_widget_activate_action (fixture->dialog, "location.test", NULL);
  ann_ui_test_wait_until (g_str_equal (get_label (fixture, "location-state"), "HDF5"));
  g_assert_cmpstr (get_label (fixture, "location-detail"), ==, "700 × 765");
  ann_ui_test_screenshot (fixture->dialog, "location-found");

  type (fixture, "location-address", "/nowhere/cells.h5ad");
  g_assert_cmpstr (get_label (fixture, "location-state"), ==, "HDF5 file on this computer");
  gtk_widget_activate_action (fixture->dialog, "location.test", NULL);
  ann_ui_test_wait_until (strstr (get_label (fixture, "location-state"), "no such file") != NULL);
}

static void
test_recents (Fixture *fixture, gconstpointer unused)
{
  static const char *const addresses[] = { "https://example.org/a.zarr", "s3://open-atlas/b.zarr",
                                           "file:///data/example.zarr" };
  g_autoptr (AnnData) data = ann_data_open (SAMPLE_STORE, NULL, NULL);
  AnnAddressPopover *popover = ann_ui_test_find (fixture->dialog, ANN_TYPE_ADDRESS_POPOVER);

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      g_autoptr (GFile) place = g_file_new_for_uri (addresses[i]);

      ann_recents_add (fixture->recents, place, data);
    }

  type (fixture, "location-address", "examp");
  g_assert_cmpuint (ann_address_popover_get_n_rows (popover), ==, 1);
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (popover)));
  gtk_widget_activate (GTK_WIDGET (ann_ui_test_find (GTK_WIDGET (popover), GTK_TYPE_LIST_BOX_ROW)));
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (find (fixture, "location-address"))), ==,
                   addresses[0]);
  ann_ui_test_wait_until (!gtk_widget_get_visible (GTK_WIDGET (popover)));
  ann_ui_test_wait_until (!ann_recents_is_saving (fixture->recents));
}

int
main (int argc, char **argv)
{
  g_autofree char *recents = NULL;
  g_autofree char *credentials = NULL;
  int status;

  ann_ui_test_init (&argc, &argv);
  folder = g_dir_make_tmp ("annbrowser-test-XXXXXX", NULL);
  credentials = g_build_filename (folder, "credentials", NULL);
  g_assert_true (g_file_set_contents (credentials, "[lab]\naws_access_key_id=A\n", -1, NULL));
  g_setenv ("AWS_SHARED_CREDENTIALS_FILE", credentials, TRUE);
  g_setenv ("AWS_CONFIG_FILE", "/nowhere", TRUE);

#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)
  ADD ("/location-dialog/kinds", test_kinds);
  ADD ("/location-dialog/address", test_address);
  ADD ("/location-dialog/paste", test_paste);
  ADD ("/location-dialog/key", test_key);
  ADD ("/location-dialog/profile", test_profile);
  ADD ("/location-dialog/ways", test_ways);
  ADD ("/location-dialog/extras", test_extras);
  ADD ("/location-dialog/cancel", test_cancel);
  ADD ("/location-dialog/test", test_test);
  ADD ("/location-dialog/recents", test_recents);

  status = g_test_run ();
  recents = g_build_filename (folder, "recents", NULL);
  g_remove (recents);
  g_remove (credentials);
  g_rmdir (folder);
  g_free (folder);

  return status;
}
