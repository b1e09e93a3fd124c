/* ann-dim-label.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "widgets/ann-dim-label.h"

GtkWidget *
ann_dim_label_new (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_widget_add_css_class (label, "dim-label");

  return label;
}
