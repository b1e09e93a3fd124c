/* ann-concat-dialog-private.h: what the files of the dialog share
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "dialogs/ann-concat-dialog.h"
#include "dialogs/ann-target-chooser.h"
#include "models/ann-concat-preview.h"

G_BEGIN_DECLS

/* The rows of the list, in their order, are the stores. Whatever is changed asks the preview anew,
 * which forgets at once what it knew; only what it knows can be written or copied.
 */
struct _AnnConcatDialog {
  AdwWindow parent_instance;

  GPtrArray *offered; /* of AnnConcatPart: what is open elsewhere */
  AnnConcatPreview *preview;
  GtkFileChooserNative *chooser; /* of stores */
  AnnTargetChooser *target;
  char *obstacle; /* why the preview is not asked, or not enough */

  GtkWidget *content;
  GtkWidget *write_button;
  GtkWidget *list;
  GtkWidget *axis_row;
  GtkWidget *obs_button;
  GtkWidget *var_button;
  GtkWidget *join_row;
  GtkWidget *inner_button;
  GtkWidget *outer_button;
  GtkWidget *merge_row;
  GtkWidget *label_row;
  GtkWidget *unique_row;
  GtkWidget *unique_switch;
  GtkWidget *separator_entry;
  GtkWidget *more_row;
  GtkWidget *uns_row;
  GtkWidget *fill_row;
  GtkWidget *pairwise_switch;
  GtkWidget *format_row;
  GtkWidget *spinner;
  GtkWidget *shape_label;
  GtkWidget *facts;
  GtkWidget *details_button;
  GtkWidget *details_label;
};

gboolean _ann_concat_dialog_joins_obs (AnnConcatDialog *self);
gboolean _ann_concat_dialog_makes_set (AnnConcatDialog *self);
GPtrArray *_ann_concat_dialog_list_parts (AnnConcatDialog *self) G_GNUC_WARN_UNUSED_RESULT;

/* Something is not as it was: what was found out no longer holds. */
void _ann_concat_dialog_update (AnnConcatDialog *self);

/* Which stores of those that are open elsewhere are not in the list. */
void _ann_concat_dialog_update_offer (AnnConcatDialog *self);
void _ann_concat_dialog_init_stores (AnnConcatDialog *self);
void _ann_concat_dialog_class_init_stores (GtkWidgetClass *klass);

/* What is known of the plan, or why nothing is. */
void _ann_concat_dialog_show_facts (AnnConcatDialog *self);

G_END_DECLS
