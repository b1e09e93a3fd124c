/* ann-location-dialog.c: an address that is to be opened, or written to
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "dialogs/ann-location-dialog.h"

#include "ann-ui.h"
#include "ann-weak.h"
#include "dialogs/ann-address-popover.h"
#include "dialogs/ann-extra-rows.h"
#include "dialogs/ann-sign-in-group.h"
#include "models/ann-keyring.h"
#include "models/ann-location-facts.h"
#include "models/ann-place.h"

#include <glib/gi18n.h>
#include <libsecret/secret.h>
#include <string.h>

/* What is typed makes an address, at each key; an address is asked when the user says so, by Test
 * or Open. What was typed for signing in is in the entries, which forget it when the dialog closes,
 * and in an AnnSignIn. Until Open it holds for the test alone. What is to be written to is tested
 * before it is taken: there one can still sign in in another way.
 */
struct _AnnLocationDialog {
  AdwWindow parent_instance;

  char *address;         /* what is typed, with what the rows say */
  AnnLocation *location; /* of it; NULL if that is no address */
  AnnSignIn *sign_in;    /* what is typed of that; NULL if nothing is */
  gboolean is_wrong;     /* what is typed of that */
  AnnExtraRows *extras;
  AnnLocation *tested; /* whose sign-in was set for a test */
  AnnSignIn *previous; /* and what it was before */
  GCancellable *test;  /* while one goes on */
  gboolean is_taken;   /* what that finds free */
  char **suffixes;     /* of a target: what its name may end in; NULL for what is opened */
  gboolean replaces;

  GtkWidget *open_button;
  GtkWidget *address_row;
  GtkWidget *popover;
  AnnSignInGroup *sign_in_group;
  GtkWidget *remember_group;
  GtkWidget *remember_switch;
  GtkWidget *advanced_group;
  GtkWidget *advanced_row;
  GtkWidget *endpoint_row;
  GtkWidget *region_row;
  GtkWidget *path_style_row;
  GtkWidget *path_style_switch;
  GtkWidget *state_stack;
  GtkWidget *state_icon;
  GtkWidget *spinner;
  GtkWidget *state_label;
  GtkWidget *detail_label;
  GtkWidget *test_button;
};

enum { OPEN, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AnnLocationDialog, ann_location_dialog, ADW_TYPE_WINDOW)

static const char *
get_text (GtkWidget *row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row));
}

/* ---- What is said in the box ---- */

static void
show_state (AnnLocationDialog *self, const char *icon, const char *css_class, const char *text)
{
  const char *classes[] = { css_class, NULL };

  gtk_image_set_from_icon_name (GTK_IMAGE (self->state_icon), icon);
  gtk_widget_set_css_classes (self->state_icon, classes);
  gtk_stack_set_visible_child_name (GTK_STACK (self->state_stack),
                                    self->test != NULL ? "busy" : "icon");
  gtk_widget_set_visible (self->state_stack, self->test != NULL || icon != NULL);
  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner), self->test != NULL);
  gtk_label_set_text (GTK_LABEL (self->state_label), text);
  gtk_widget_set_tooltip_text (self->state_label, text);
}

static void
show_detail (AnnLocationDialog *self, const char *text)
{
  gtk_label_set_text (GTK_LABEL (self->detail_label), text != NULL ? text : "");
  gtk_widget_set_visible (self->detail_label, text != NULL);
}

static void
set_test_label (AnnLocationDialog *self, const char *label)
{
  gtk_button_set_label (GTK_BUTTON (self->test_button), label);
}

static void
describe_location (AnnLocationDialog *self)
{
  const gboolean is_remote = ann_location_is_remote (self->location);
  g_autofree char *detail = NULL;
  g_autofree char *text = ann_location_facts_guess (self->location, &detail);

  show_state (self, is_remote ? "network-server-symbolic" : "folder-symbolic", NULL, text);
  show_detail (self, detail);
}

/* ---- From what is typed to an address ---- */

static void
add_parameter (GString *uri, const char *name, const char *value)
{
  g_autofree char *escaped = g_uri_escape_string (value, ":/", FALSE);

  g_string_append_printf (uri, "%c%s=%s", strchr (uri->str, '?') != NULL ? '&' : '?', name,
                          escaped);
}

/* What stands in the rows takes the place of what stands in the query of the address. */
static char *
make_s3_address (AnnLocationDialog *self, const char *address)
{
  g_autoptr (GString) uri = g_string_new_len (address, (gssize) strcspn (address, "?"));
  const char *profile = ann_sign_in_group_get_profile (self->sign_in_group);

  if (get_text (self->endpoint_row)[0] != '\0')
    add_parameter (uri, "endpoint", get_text (self->endpoint_row));
  if (get_text (self->region_row)[0] != '\0')
    add_parameter (uri, "region", get_text (self->region_row));
  if (gtk_switch_get_active (GTK_SWITCH (self->path_style_switch)))
    add_parameter (uri, "path-style", "true");
  if (ann_sign_in_group_is_anonymous (self->sign_in_group))
    add_parameter (uri, "anonymous", "true");
  if (profile != NULL)
    add_parameter (uri, "profile", profile);

  return g_strdup (uri->str);
}

/* A bucket alone can be written to, and who opens it later goes by its name. */
static gboolean
check_target (AnnLocationDialog *self, GError **error)
{
  const char *name = ann_location_get_name (self->location);
  g_autofree char *endings = NULL;

  if (self->suffixes == NULL)
    return TRUE;
  if (ann_location_get_kind (self->location) != ANN_LOCATION_S3)
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                           _ ("Only a bucket can be written to over a network: s3://…"));
      return FALSE;
    }
  for (guint i = 0; self->suffixes[i] != NULL; i++)
    if (g_str_has_suffix (name, self->suffixes[i]))
      return TRUE;

  endings = g_strjoinv (", ", self->suffixes);
  /* Translators: %s is an ending such as ".zarr", or several with commas. */
  g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED, _ ("The address has to end in %s"),
               endings);

  return FALSE;
}

static gboolean
read_address (AnnLocationDialog *self, GError **error)
{
  g_autoptr (GFile) place = ann_place_new (get_text (self->address_row), error);

  if (place == NULL)
    return FALSE;

  self->address = ann_place_dup_address (place);
  self->location = ann_location_parse (self->address, error);
  if (self->location != NULL && ann_location_get_kind (self->location) == ANN_LOCATION_S3)
    {
      char *address = make_s3_address (self, self->address);

      g_free (self->address);
      self->address = address;
      ann_location_unref (self->location);
      self->location = ann_location_parse (address, error);
    }
  if (self->location != NULL && !check_target (self, error))
    g_clear_pointer (&self->location, ann_location_unref);

  return self->location != NULL;
}

/* What a pasted address says in its query goes into the rows. */
static void
take_parameters (AnnLocationDialog *self)
{
  const char *address = get_text (self->address_row);
  g_autoptr (AnnLocation) location = ann_location_parse (address, NULL);

  if (location == NULL || ann_location_get_kind (location) != ANN_LOCATION_S3
      || strchr (address, '?') == NULL)
    return;

  if (strstr (address, "endpoint=") != NULL)
    gtk_editable_set_text (GTK_EDITABLE (self->endpoint_row), ann_location_get_endpoint (location));
  if (strstr (address, "region=") != NULL)
    gtk_editable_set_text (GTK_EDITABLE (self->region_row), ann_location_get_region (location));
  if (strstr (address, "path-style=") != NULL)
    gtk_switch_set_active (GTK_SWITCH (self->path_style_switch),
                           ann_location_is_path_style (location));
  if (ann_location_is_anonymous (location))
    ann_sign_in_group_set_anonymous (self->sign_in_group);
  if (strstr (address, "profile=") != NULL)
    ann_sign_in_group_set_profile (self->sign_in_group, ann_location_get_profile (location));
}

/* ---- Which rows there are ---- */

static void
update_rows (AnnLocationDialog *self)
{
  const gboolean is_s3 = self->location != NULL
                         && ann_location_get_kind (self->location) == ANN_LOCATION_S3;
  const gboolean is_http = self->location != NULL
                           && ann_location_get_kind (self->location) == ANN_LOCATION_HTTP;

  ann_sign_in_group_set_location (self->sign_in_group, self->location);
  gtk_widget_set_visible (self->endpoint_row, is_s3);
  gtk_widget_set_visible (self->region_row, is_s3);
  gtk_widget_set_visible (self->path_style_row, is_s3);
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self->advanced_row),
                                 is_s3 ? _ ("Endpoint, region, path style, certificates, headers")
                                       : _ ("Certificates, headers"));
  gtk_widget_set_visible (self->advanced_group, is_s3 || is_http);
  gtk_widget_set_visible (self->remember_group,
                          ann_sign_in_group_has_secret (self->sign_in_group)
                              || ((is_s3 || is_http) && !ann_extra_rows_is_empty (self->extras)));
}

/* ---- Who we are ---- */

static gboolean
read_sign_in (AnnLocationDialog *self, GError **error)
{
  g_autoptr (AnnSignIn) base = ann_sign_in_group_make_sign_in (self->sign_in_group);
  char *headers;

  /* Rows that come or go tell of it, so that this may have been done within the same update. */
  g_clear_pointer (&self->sign_in, ann_sign_in_unref);
  if (!ann_location_is_remote (self->location))
    return TRUE;
  if (ann_extra_rows_is_empty (self->extras))
    {
      self->sign_in = g_steal_pointer (&base);
      return TRUE;
    }

  headers = ann_extra_rows_dup_headers (self->extras);
  self->sign_in = ann_sign_in_new_with_extras (base, headers,
                                               ann_extra_rows_get_ca_file (self->extras), error);
  secret_password_free (headers);

  return self->sign_in != NULL;
}

static gboolean
is_complete (AnnLocationDialog *self)
{
  return self->location != NULL && !self->is_wrong
         && ann_sign_in_group_is_complete (self->sign_in_group);
}

static void
end_test (AnnLocationDialog *self)
{
  g_cancellable_cancel (self->test);
  g_clear_object (&self->test);
  self->is_taken = FALSE;
  set_test_label (self, _ ("_Test"));
}

/* Something was typed: what a test found out is no longer about it. */
static void
update (AnnLocationDialog *self)
{
  g_autoptr (GError) error = NULL;
  const char *address = get_text (self->address_row);

  end_test (self);
  g_clear_pointer (&self->location, ann_location_unref);
  g_clear_pointer (&self->sign_in, ann_sign_in_unref);
  g_clear_pointer (&self->address, g_free);
  if (address[strspn (address, " \t\n")] != '\0')
    read_address (self, &error);

  update_rows (self);
  self->is_wrong = self->location != NULL && !read_sign_in (self, &error);
  if (self->location != NULL && !self->is_wrong)
    describe_location (self);
  else
    {
      show_state (self, NULL, NULL,
                  error != NULL            ? error->message
                  : self->suffixes != NULL ? _ ("An address such as s3://bucket/folder/name")
                                           : _ ("An address such as https://…, s3://bucket/…, or "
                                                "a path"));
      show_detail (self, NULL);
    }
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "location.open", is_complete (self));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "location.test", is_complete (self));
}

static void
on_address_changed (AnnLocationDialog *self)
{
  take_parameters (self);
  update (self);
}

/* ---- Who we are from now on ---- */

static void
undo_sign_in (AnnLocationDialog *self)
{
  if (self->tested != NULL)
    ann_sign_in_set (self->tested, self->previous);
  g_clear_pointer (&self->tested, ann_location_unref);
  g_clear_pointer (&self->previous, ann_sign_in_unref);
}

static void
apply_sign_in (AnnLocationDialog *self)
{
  undo_sign_in (self);
  /* Who reads from a bucket may be signed in there already, and writes to it as the same. */
  if (!ann_location_is_remote (self->location) || (self->suffixes != NULL && self->sign_in == NULL))
    return;

  self->tested = ann_location_ref (self->location);
  self->previous = ann_sign_in_get (self->location);
  ann_sign_in_set (self->location, self->sign_in);
}

/* The dialogs are gone by now, so that the window says it. */
static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkWidget) parent = ann_weak_take (user_data);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (ann_keyring_store_finish (result, &error) || parent == NULL)
    return;

  text = g_strdup_printf (
      /* Translators: %s is a sentence that says what is wrong with the keyring. */
      _ ("The sign-in is kept until AnnBrowser ends, the keyring cannot be used: %s"),
      error->message);
  gtk_widget_activate_action (parent, "win.show-message", "s", text);
}

static void
remember (AnnLocationDialog *self)
{
  GtkWindow *parent = GTK_WINDOW (self);

  if (self->sign_in == NULL)
    return;

  while (gtk_window_get_transient_for (parent) != NULL)
    parent = gtk_window_get_transient_for (parent);

  if (gtk_switch_get_active (GTK_SWITCH (self->remember_switch)))
    ann_keyring_store_async (self->location, self->sign_in, NULL, on_stored, ann_weak_new (parent));
  else
    ann_keyring_forget (self->location);
}

static void
forget_secrets (AnnLocationDialog *self)
{
  ann_sign_in_group_forget (self->sign_in_group);
  ann_extra_rows_forget (self->extras);
}

/* ---- Open ---- */

/* What was typed for signing in holds from now on. Whoever hears of it may close the dialog below,
 * of which GTK would not tell a window that is closed.
 */
static void
take (AnnLocationDialog *self)
{
  g_autoptr (AnnLocationDialog) held = g_object_ref (self);
  g_autoptr (GFile) place = ann_location_is_remote (self->location)
                                ? g_file_new_for_uri (self->address)
                                : g_file_new_for_path (self->address);

  remember (self);
  g_clear_pointer (&self->tested, ann_location_unref);
  g_clear_pointer (&self->previous, ann_sign_in_unref);
  gtk_window_close (GTK_WINDOW (self));
  gtk_window_set_transient_for (GTK_WINDOW (held), NULL);
  g_signal_emit (held, signals[OPEN], 0, place);
}

static void
on_answer (AdwMessageDialog *question, const char *response, AnnLocationDialog *self)
{
  if (!g_str_equal (response, "replace") || !is_complete (self))
    return;

  self->replaces = TRUE;
  gtk_window_set_transient_for (GTK_WINDOW (question), NULL);
  take (self);
}

static void
ask_to_replace (AnnLocationDialog *self, const GError *error)
{
  GtkWidget *question = adw_message_dialog_new (GTK_WINDOW (self), _ ("Replace What Is There?"),
                                                error->message);
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (question);

  adw_message_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "replace", _ ("_Replace"),
                                    NULL);
  adw_message_dialog_set_close_response (dialog, "cancel");
  adw_message_dialog_set_response_appearance (dialog, "replace", ADW_RESPONSE_DESTRUCTIVE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_answer), self, 0);
  gtk_window_present (GTK_WINDOW (question));
}

/* ---- Test ---- */

static void
on_tested (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AnnLocationDialog) self = ann_weak_take (user_data);
  g_autoptr (GError) error = NULL;
  g_autofree char *detail = NULL;
  g_autofree char *text = ann_location_facts_ask_finish (result, &detail, &error);
  gboolean is_taken;

  /* Given up, or another one was begun. */
  if (self == NULL || self->test == NULL || self->test != g_task_get_cancellable (G_TASK (result)))
    return;

  is_taken = self->is_taken;
  end_test (self);
  set_test_label (self, _ ("_Test Again"));
  show_detail (self, detail);
  if (text != NULL)
    show_state (self, "emblem-ok-symbolic", "success", text);
  else
    show_state (self, "dialog-error-symbolic", "error", error->message);

  if (is_taken && text != NULL)
    take (self);
  else if (is_taken && g_error_matches (error, ANN_ERROR, ANN_ERROR_EXISTS))
    ask_to_replace (self, error);
}

static void
start_test (AnnLocationDialog *self)
{
  apply_sign_in (self);
  self->test = g_cancellable_new ();
  show_state (self, NULL, NULL, _ ("Connecting…"));
  show_detail (self, NULL);
  set_test_label (self, _ ("_Stop"));
  ann_location_facts_ask_async (self->address, self->suffixes != NULL, self->test, on_tested,
                                ann_weak_new (self));
}

static void
test_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AnnLocationDialog *self = ANN_LOCATION_DIALOG (widget);

  if (self->test != NULL)
    update (self);
  else
    start_test (self);
}

static void
open_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AnnLocationDialog *self = ANN_LOCATION_DIALOG (widget);

  if (!is_complete (self))
    return;

  if (self->suffixes != NULL)
    {
      end_test (self);
      start_test (self);
      self->is_taken = TRUE;
      return;
    }
  apply_sign_in (self);
  take (self);
}

/* ---- The dialog ---- */

static gboolean
on_escape (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  gtk_window_close (GTK_WINDOW (widget));

  return TRUE;
}

static gboolean
ann_location_dialog_close_request (GtkWindow *window)
{
  AnnLocationDialog *self = ANN_LOCATION_DIALOG (window);

  end_test (self);
  undo_sign_in (self);
  forget_secrets (self);

  return GTK_WINDOW_CLASS (ann_location_dialog_parent_class)->close_request (window);
}

static void
ann_location_dialog_dispose (GObject *object)
{
  AnnLocationDialog *self = ANN_LOCATION_DIALOG (object);

  g_cancellable_cancel (self->test);
  g_clear_object (&self->test);
  undo_sign_in (self);
  g_clear_pointer (&self->popover, gtk_widget_unparent);
  g_clear_object (&self->extras);

  G_OBJECT_CLASS (ann_location_dialog_parent_class)->dispose (object);
}

static void
ann_location_dialog_finalize (GObject *object)
{
  AnnLocationDialog *self = ANN_LOCATION_DIALOG (object);

  g_clear_pointer (&self->location, ann_location_unref);
  g_clear_pointer (&self->sign_in, ann_sign_in_unref);
  g_free (self->address);
  g_strfreev (self->suffixes);

  G_OBJECT_CLASS (ann_location_dialog_parent_class)->finalize (object);
}

static void
bind_children (GtkWidgetClass *klass)
{
#define BIND(name) gtk_widget_class_bind_template_child (klass, AnnLocationDialog, name)
  BIND (open_button);
  BIND (address_row);
  BIND (sign_in_group);
  BIND (remember_group);
  BIND (remember_switch);
  BIND (advanced_group);
  BIND (advanced_row);
  BIND (endpoint_row);
  BIND (region_row);
  BIND (path_style_row);
  BIND (path_style_switch);
  BIND (state_stack);
  BIND (state_icon);
  BIND (spinner);
  BIND (state_label);
  BIND (detail_label);
  BIND (test_button);
#undef BIND
}

static void
ann_location_dialog_class_init (AnnLocationDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ann_location_dialog_dispose;
  object_class->finalize = ann_location_dialog_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = ann_location_dialog_close_request;

  /**
   * AnnLocationDialog::open:
   * @self: a dialog
   * @place: a #GFile
   *
   * The user wants to have the place opened, or written to; who we are there has been set.
   */
  signals[OPEN] = g_signal_new ("open", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_FILE);

  g_type_ensure (ANN_TYPE_SIGN_IN_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, ANN_UI_RESOURCE_PATH
                                               "/dialogs/ann-location-dialog.ui");
  bind_children (widget_class);
  gtk_widget_class_install_action (widget_class, "location.open", NULL, open_action);
  gtk_widget_class_install_action (widget_class, "location.test", NULL, test_action);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, on_escape, NULL);
}

static void
ann_location_dialog_init (AnnLocationDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  g_signal_connect_swapped (self->address_row, "changed", G_CALLBACK (on_address_changed), self);
  g_signal_connect_swapped (self->sign_in_group, "changed", G_CALLBACK (update), self);
  g_signal_connect_swapped (self->endpoint_row, "changed", G_CALLBACK (update), self);
  self->extras = ann_extra_rows_new (ADW_EXPANDER_ROW (self->advanced_row));
  g_signal_connect_object (self->extras, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_swapped (self->region_row, "changed", G_CALLBACK (update), self);
  g_signal_connect_swapped (self->path_style_switch, "notify::active", G_CALLBACK (update), self);
}

/**
 * ann_location_dialog_set_place:
 * @self: a dialog
 * @place: an address
 *
 * Fills it in, and goes on with how to sign in there.
 */
void
ann_location_dialog_set_place (AnnLocationDialog *self, GFile *place)
{
  g_autofree char *address = ann_place_dup_address (place);

  gtk_editable_set_text (GTK_EDITABLE (self->address_row), address);
  ann_address_popover_close (ANN_ADDRESS_POPOVER (self->popover));
  if (self->location != NULL)
    ann_sign_in_group_ask (self->sign_in_group);
}

/**
 * ann_location_dialog_new:
 * @parent: (nullable): the window above which it stands
 * @recents: stores that were open lately, whose addresses it offers
 *
 * Returns: (transfer none): the dialog
 */
GtkWidget *
ann_location_dialog_new (GtkWindow *parent, AnnRecents *recents)
{
  AnnLocationDialog *self = g_object_new (ANN_TYPE_LOCATION_DIALOG, "transient-for", parent, NULL);

  self->popover = ann_address_popover_new (self->address_row, recents);
  update (self);
  gtk_widget_grab_focus (self->address_row);

  return GTK_WIDGET (self);
}

/**
 * ann_location_dialog_new_target:
 * @parent: the window above which it stands
 * @title: what is done
 * @accept: the same, with a mnemonic, for the button
 * @suffixes: (array zero-terminated=1): what the name of the target may end in
 * @proposal: (nullable): an address to begin with
 *
 * Asks for an address in a bucket that is to be written to; it is taken when nothing is there, or
 * the user wants to replace that.
 *
 * Returns: (transfer none): the dialog
 */
GtkWidget *
ann_location_dialog_new_target (GtkWindow *parent,
                                const char *title,
                                const char *accept,
                                const char *const *suffixes,
                                const char *proposal)
{
  AnnLocationDialog *self = g_object_new (ANN_TYPE_LOCATION_DIALOG, "transient-for", parent, NULL);

  gtk_window_set_title (GTK_WINDOW (self), title);
  gtk_button_set_label (GTK_BUTTON (self->open_button), accept);
  self->suffixes = g_strdupv ((char **) suffixes);
  update (self);
  if (proposal != NULL)
    {
      g_autofree char *path = g_strndup (proposal, strcspn (proposal, "?"));

      /* First its query goes into the rows, where it stays. */
      gtk_editable_set_text (GTK_EDITABLE (self->address_row), proposal);
      gtk_editable_set_text (GTK_EDITABLE (self->address_row), path);
    }
  gtk_widget_grab_focus (self->address_row);
  gtk_editable_set_position (GTK_EDITABLE (self->address_row), -1);

  return GTK_WIDGET (self);
}

/**
 * ann_location_dialog_get_replaces:
 * @self: a dialog
 *
 * Returns: whether the user wants to replace what is there
 */
gboolean
ann_location_dialog_get_replaces (AnnLocationDialog *self)
{
  return self->replaces;
}
