/* ann-tree-expander.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

GtkWidget *ann_tree_expander_new (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
