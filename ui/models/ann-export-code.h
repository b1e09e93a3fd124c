/* ann-export-code.h: an export as a command, and as Python
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "models/ann-export-request.h"

G_BEGIN_DECLS

char *ann_export_code_command (const AnnExportDraft *draft, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
char *ann_export_code_python (const AnnExportDraft *draft, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* For others who make commands. */
void ann_export_code_append_argument (GString *command, const char *option, const char *value);
void ann_export_code_append_options (GString *command, const AnnWriteOptions *options);
void ann_export_code_append_python_text (GString *code, const char *text);

G_END_DECLS
