/* ann-problem-list.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "models/ann-problems.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define ANN_TYPE_PROBLEM_LIST (ann_problem_list_get_type ())

G_DECLARE_FINAL_TYPE (AnnProblemList, ann_problem_list, ANN, PROBLEM_LIST, AdwBin)

GtkWidget *ann_problem_list_new (GPtrArray *problems) G_GNUC_WARN_UNUSED_RESULT;

guint ann_problem_list_get_n_rows (AnnProblemList *self);

G_END_DECLS
