/* ann-application.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define ANN_TYPE_APPLICATION (ann_application_get_type ())

G_DECLARE_FINAL_TYPE (AnnApplication, ann_application, ANN, APPLICATION, AdwApplication)

AnnApplication *ann_application_new (const char *application_id, GApplicationFlags flags);

G_END_DECLS
