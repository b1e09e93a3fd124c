/* ann-sign-in-group.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "dialogs/ann-sign-in-group.h"

#include "ann-ui.h"
#include "dialogs/ann-profile-row.h"

/* How one signs in, by a row of buttons, and the rows that the way chosen there needs. Which ways
 * there are depends on the kind of the address. What is typed stays in the entries until they are
 * told to forget it.
 */
struct _AnnSignInGroup {
  AdwPreferencesGroup parent_instance;

  GtkWidget *automatic_button;
  GtkWidget *anonymous_button;
  GtkWidget *key_button;
  GtkWidget *profile_button;
  GtkWidget *token_button;
  GtkWidget *key_id_row;
  GtkWidget *secret_row;
  GtkWidget *session_row;
  GtkWidget *profile_row;
  GtkWidget *bearer_row;
};

enum { CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AnnSignInGroup, ann_sign_in_group, ADW_TYPE_PREFERENCES_GROUP)

static gboolean
is_active (GtkWidget *button)
{
  return gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (button));
}

static void
activate (GtkWidget *button)
{
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), TRUE);
}

static const char *
get_text (GtkWidget *row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row));
}

/**
 * ann_sign_in_group_set_location:
 * @self: the rows
 * @location: (nullable): an address, or %NULL where there is none yet
 *
 * Shows what one is asked there. When the way that was chosen is none of its ways, another one is,
 * and "changed" tells of it.
 */
void
ann_sign_in_group_set_location (AnnSignInGroup *self, AnnLocation *location)
{
  const gboolean is_s3 = location != NULL && ann_location_get_kind (location) == ANN_LOCATION_S3;
  const gboolean is_http = location != NULL
                           && ann_location_get_kind (location) == ANN_LOCATION_HTTP;
  GtkWidget *s3_buttons[] = { self->anonymous_button, self->key_button, self->profile_button };
  gboolean is_of_s3 = FALSE, asks_key;

  /* While one takes over from another none is active; that is no reason to choose one. */
  for (guint i = 0; i < G_N_ELEMENTS (s3_buttons); i++)
    {
      gtk_widget_set_visible (s3_buttons[i], is_s3);
      is_of_s3 = is_of_s3 || is_active (s3_buttons[i]);
    }
  gtk_widget_set_visible (self->token_button, is_http);
  if ((is_http && is_of_s3) || (is_s3 && is_active (self->token_button)))
    activate (self->automatic_button);

  asks_key = is_s3 && is_active (self->key_button);
  gtk_widget_set_visible (self->key_id_row, asks_key);
  gtk_widget_set_visible (self->secret_row, asks_key);
  gtk_widget_set_visible (self->session_row, asks_key);
  gtk_widget_set_visible (self->profile_row, is_s3 && is_active (self->profile_button));
  gtk_widget_set_visible (self->bearer_row, is_http && is_active (self->token_button));
  gtk_widget_set_visible (GTK_WIDGET (self), is_s3 || is_http);
}

/**
 * ann_sign_in_group_set_anonymous:
 * @self: the rows
 *
 * Nobody is to be signed in.
 */
void
ann_sign_in_group_set_anonymous (AnnSignInGroup *self)
{
  activate (self->anonymous_button);
}

/**
 * ann_sign_in_group_set_profile:
 * @self: the rows
 * @profile: the name of one
 *
 * It is to be signed in as @profile.
 */
void
ann_sign_in_group_set_profile (AnnSignInGroup *self, const char *profile)
{
  activate (self->profile_button);
  ann_profile_row_set_profile (ANN_PROFILE_ROW (self->profile_row), profile);
}

/**
 * ann_sign_in_group_ask:
 * @self: the rows of an address
 *
 * Asks for the secret that is usual there, and puts the focus on its row.
 */
void
ann_sign_in_group_ask (AnnSignInGroup *self)
{
  const gboolean is_s3 = gtk_widget_get_visible (self->key_button);

  activate (is_s3 ? self->key_button : self->token_button);
  gtk_widget_grab_focus (is_s3 ? self->key_id_row : self->bearer_row);
}

/**
 * ann_sign_in_group_forget:
 * @self: the rows
 *
 * Empties those with secrets.
 */
void
ann_sign_in_group_forget (AnnSignInGroup *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->secret_row), "");
  gtk_editable_set_text (GTK_EDITABLE (self->session_row), "");
  gtk_editable_set_text (GTK_EDITABLE (self->bearer_row), "");
}

/**
 * ann_sign_in_group_is_complete:
 * @self: the rows
 *
 * Returns: whether all is there that the chosen way needs: a key without its secret is none
 */
gboolean
ann_sign_in_group_is_complete (AnnSignInGroup *self)
{
  if (gtk_widget_get_visible (self->secret_row))
    return get_text (self->key_id_row)[0] != '\0' && get_text (self->secret_row)[0] != '\0';
  if (gtk_widget_get_visible (self->bearer_row))
    return get_text (self->bearer_row)[0] != '\0';

  return !gtk_widget_get_visible (self->profile_row)
         || ann_sign_in_group_get_profile (self) != NULL;
}

/**
 * ann_sign_in_group_is_anonymous:
 * @self: the rows
 *
 * Returns: whether nobody is to be signed in
 */
gboolean
ann_sign_in_group_is_anonymous (AnnSignInGroup *self)
{
  return is_active (self->anonymous_button);
}

/**
 * ann_sign_in_group_get_profile:
 * @self: the rows
 *
 * Returns: (transfer none) (nullable): the profile that is to be signed in as, or %NULL for another
 *   way, or when none is chosen
 */
const char *
ann_sign_in_group_get_profile (AnnSignInGroup *self)
{
  return is_active (self->profile_button)
             ? ann_profile_row_get_profile (ANN_PROFILE_ROW (self->profile_row))
             : NULL;
}

/**
 * ann_sign_in_group_has_secret:
 * @self: the rows
 *
 * Returns: whether the chosen way is one by a key or a token, which could be remembered
 */
gboolean
ann_sign_in_group_has_secret (AnnSignInGroup *self)
{
  return gtk_widget_get_visible (self->secret_row) || gtk_widget_get_visible (self->bearer_row);
}

/**
 * ann_sign_in_group_make_sign_in:
 * @self: the rows
 *
 * Returns: (transfer full) (nullable): the key or token that is typed, or %NULL for another way
 */
AnnSignIn *
ann_sign_in_group_make_sign_in (AnnSignInGroup *self)
{
  const char *session = get_text (self->session_row);

  if (gtk_widget_get_visible (self->secret_row))
    return ann_sign_in_new_key (get_text (self->key_id_row), get_text (self->secret_row),
                                session[0] != '\0' ? session : NULL);
  if (gtk_widget_get_visible (self->bearer_row))
    return ann_sign_in_new_bearer (get_text (self->bearer_row));

  return NULL;
}

static void
on_changed (AnnSignInGroup *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
ann_sign_in_group_class_init (AnnSignInGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  /**
   * AnnSignInGroup::changed:
   * @self: the rows
   *
   * Something was typed or chosen.
   */
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (ANN_TYPE_PROFILE_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, ANN_UI_RESOURCE_PATH
                                               "/dialogs/ann-sign-in-group.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, AnnSignInGroup, name)
  BIND (automatic_button);
  BIND (anonymous_button);
  BIND (key_button);
  BIND (profile_button);
  BIND (token_button);
  BIND (key_id_row);
  BIND (secret_row);
  BIND (session_row);
  BIND (profile_row);
  BIND (bearer_row);
#undef BIND
}

static void
ann_sign_in_group_init (AnnSignInGroup *self)
{
  GtkWidget *rows[4], *buttons[5];

  gtk_widget_init_template (GTK_WIDGET (self));
  rows[0] = self->key_id_row;
  rows[1] = self->secret_row;
  rows[2] = self->session_row;
  rows[3] = self->bearer_row;
  buttons[0] = self->automatic_button;
  buttons[1] = self->anonymous_button;
  buttons[2] = self->key_button;
  buttons[3] = self->profile_button;
  buttons[4] = self->token_button;
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_signal_connect_swapped (rows[i], "changed", G_CALLBACK (on_changed), self);
  for (guint i = 0; i < G_N_ELEMENTS (buttons); i++)
    g_signal_connect_swapped (buttons[i], "toggled", G_CALLBACK (on_changed), self);
  g_signal_connect_swapped (self->profile_row, "notify::selected", G_CALLBACK (on_changed), self);
}
