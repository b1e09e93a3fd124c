/* ann-target-chooser.h: where something is to be written
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define ANN_TYPE_TARGET_CHOOSER (ann_target_chooser_get_type ())

G_DECLARE_FINAL_TYPE (AnnTargetChooser, ann_target_chooser, ANN, TARGET_CHOOSER, GObject)

/**
 * AnnTargetQuestion:
 * @title: of the dialog
 * @accept: for its button, with a mnemonic
 * @suffixes: (array zero-terminated=1): what the name may end in; the first one is added to the
 *   name of a file that ends in none
 * @name: that is proposed
 * @beside: (nullable): a path or an address of a store: beside it, if that can be
 *
 * What is asked.
 */
typedef struct {
  const char *title;
  const char *accept;
  const char *const *suffixes;
  const char *name;
  const char *beside;
} AnnTargetQuestion;

AnnTargetChooser *ann_target_chooser_new (GtkWindow *parent) G_GNUC_WARN_UNUSED_RESULT;

void ann_target_chooser_ask_file (AnnTargetChooser *self, const AnnTargetQuestion *question);
void ann_target_chooser_ask_location (AnnTargetChooser *self, const AnnTargetQuestion *question);

G_END_DECLS
