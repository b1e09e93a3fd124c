/* ann-target-chooser.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "dialogs/ann-target-chooser.h"

#include "dialogs/ann-location-dialog.h"
#include "models/ann-place.h"

#include <glib/gi18n.h>
#include <string.h>

/* A file is asked for by the desktop's dialog, a place in a bucket by ours. One at a time: the one
 * that is open is above the parent, and goes with it.
 */
struct _AnnTargetChooser {
  GObject parent_instance;

  GtkWindow *parent; /* not owned: it owns this */
  GtkFileChooserNative *chooser;
  char **suffixes;
};

enum { CHOSEN, N_SIGNALS };

static guint signals[N_SIGNALS];

/* Where something was written last, in this process: the next one goes beside it. */
static char *last_address;

G_DEFINE_FINAL_TYPE (AnnTargetChooser, ann_target_chooser, G_TYPE_OBJECT)

static gboolean
has_suffix (AnnTargetChooser *self, const char *name)
{
  for (guint i = 0; self->suffixes[i] != NULL; i++)
    if (g_str_has_suffix (name, self->suffixes[i]))
      return TRUE;

  return FALSE;
}

static void
on_file (GtkNativeDialog *chooser, int response, AnnTargetChooser *self)
{
  g_autoptr (GFile) file = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
  if (file != NULL)
    {
      g_autofree char *address = ann_place_dup_address (file);
      /* With a name that the chooser has not seen, it has not asked whether it may be replaced. */
      const gboolean is_asked = has_suffix (self, address);
      g_autofree char *target = is_asked ? g_strdup (address)
                                         : g_strconcat (address, self->suffixes[0], NULL);

      g_signal_emit (self, signals[CHOSEN], 0, target, is_asked);
    }
  g_clear_object (&self->chooser);
}

static void
take_question (AnnTargetChooser *self, const AnnTargetQuestion *question)
{
  g_strfreev (self->suffixes);
  self->suffixes = g_strdupv ((char **) question->suffixes);
}

/**
 * ann_target_chooser_ask_file:
 * @self: a chooser
 * @question: what is asked
 *
 * Asks for a file or folder on this computer.
 */
void
ann_target_chooser_ask_file (AnnTargetChooser *self, const AnnTargetQuestion *question)
{
  g_autofree char *folder = NULL;
  g_autoptr (GFile) place = NULL;

  if (self->chooser != NULL)
    return;

  take_question (self, question);
  self->chooser = gtk_file_chooser_native_new (
      question->title, self->parent, GTK_FILE_CHOOSER_ACTION_SAVE, question->accept, _ ("_Cancel"));
  if (question->beside != NULL && g_path_is_absolute (question->beside))
    {
      folder = g_path_get_dirname (question->beside);
      place = g_file_new_for_path (folder);
      gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (self->chooser), place, NULL);
    }
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), question->name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_file), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* ---- Buckets ---- */

/* (transfer full) (nullable): @name where @address, of a bucket, is; what stands in its query, such
 * as an endpoint, holds there too
 */
static char *
make_sibling (const char *address, const char *name)
{
  const gsize length = strcspn (address, "?");
  g_autofree char *path = g_strndup (address, length);
  g_autofree char *escaped = g_uri_escape_string (name, NULL, TRUE);
  char *slash = strrchr (path, '/');

  if (!g_str_has_prefix (path, "s3://"))
    return NULL;
  /* A store may be all of a bucket. */
  if (slash == path + strlen ("s3:/"))
    return g_strconcat (path, "/", escaped, address + length, NULL);

  *slash = '\0';

  return g_strconcat (path, "/", escaped, address + length, NULL);
}

static void
on_location (AnnLocationDialog *dialog, GFile *place, AnnTargetChooser *self)
{
  g_autofree char *address = ann_place_dup_address (place);

  g_free (last_address);
  last_address = g_strdup (address);
  g_signal_emit (self, signals[CHOSEN], 0, address, ann_location_dialog_get_replaces (dialog));
}

/**
 * ann_target_chooser_ask_location:
 * @self: a chooser
 * @question: what is asked
 *
 * Asks for an address in a bucket, and who we are there.
 */
void
ann_target_chooser_ask_location (AnnTargetChooser *self, const AnnTargetQuestion *question)
{
  const char *beside = last_address != NULL ? last_address : question->beside;
  g_autofree char *proposal = beside != NULL ? make_sibling (beside, question->name) : NULL;
  GtkWidget *dialog;

  take_question (self, question);
  dialog = ann_location_dialog_new_target (self->parent, question->title, question->accept,
                                           question->suffixes, proposal);
  g_signal_connect_object (dialog, "open", G_CALLBACK (on_location), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* ---- The object ---- */

static void
ann_target_chooser_dispose (GObject *object)
{
  AnnTargetChooser *self = ANN_TARGET_CHOOSER (object);

  if (self->chooser != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);
  g_clear_pointer (&self->suffixes, g_strfreev);

  G_OBJECT_CLASS (ann_target_chooser_parent_class)->dispose (object);
}

static void
ann_target_chooser_class_init (AnnTargetChooserClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ann_target_chooser_dispose;

  /**
   * AnnTargetChooser::chosen:
   * @self: a chooser
   * @target: a path or an address
   * @replaces: whether what is there may be replaced
   *
   * The user has said where to.
   */
  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_BOOLEAN);
}

static void
ann_target_chooser_init (AnnTargetChooser *self)
{
}

/**
 * ann_target_chooser_new:
 * @parent: the dialog that asks; it owns the chooser
 *
 * Returns: (transfer full): a chooser
 */
AnnTargetChooser *
ann_target_chooser_new (GtkWindow *parent)
{
  AnnTargetChooser *self = g_object_new (ANN_TYPE_TARGET_CHOOSER, NULL);

  self->parent = parent;

  return self;
}
