/* ann-application.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-application.h"

#include "ann-ui.h"

struct _AnnApplication {
  AdwApplication parent_instance;
};

G_DEFINE_FINAL_TYPE (AnnApplication, ann_application, ADW_TYPE_APPLICATION)

static void
ann_application_startup (GApplication *application)
{
  G_APPLICATION_CLASS (ann_application_parent_class)->startup (application);
  ann_ui_init ();
}

static void
ann_application_activate (GApplication *application)
{
  GtkWidget *window = adw_application_window_new (GTK_APPLICATION (application));

  gtk_window_present (GTK_WINDOW (window));
}

static void
ann_application_class_init (AnnApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  application_class->startup = ann_application_startup;
  application_class->activate = ann_application_activate;
}

static void
ann_application_init (AnnApplication *self)
{
}

/**
 * ann_application_new:
 * @application_id: (nullable): the name on the bus
 * @flags: flags besides those that it always has
 *
 * Returns: (transfer full): the application
 */
AnnApplication *
ann_application_new (const char *application_id, GApplicationFlags flags)
{
  return g_object_new (ANN_TYPE_APPLICATION, "application-id", application_id, "flags",
                       G_APPLICATION_HANDLES_OPEN | flags, NULL);
}
