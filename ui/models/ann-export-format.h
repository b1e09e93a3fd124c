/* ann-export-format.h: what an export can be written as
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>

G_BEGIN_DECLS

#define ANN_N_EXPORT_FORMATS 8
#define ANN_N_EXPORT_COMPRESSIONS 7

/**
 * AnnExportFormat:
 * @title: to be translated
 * @suffix: of the names of such files
 * @zarr_format: version of Zarr; 0 for all else
 * @is_text: one element, and neither chunks nor compression
 * @elements: (nullable): what can be written as that text; with a slash behind, what lies in it
 */
typedef struct {
  const char *title;
  const char *suffix;
  guint zarr_format;
  gboolean is_text;
  const char *elements[8];
} AnnExportFormat;

/**
 * AnnExportCompression:
 * @title: to be translated
 * @compressor: means nothing for the first, which is what is usual
 * @min_level: the least level
 * @max_level: as @min_level, if it has none
 */
typedef struct {
  const char *title;
  AnnCompressor compressor;
  int min_level;
  int max_level;
} AnnExportCompression;

extern const AnnExportFormat ann_export_formats[ANN_N_EXPORT_FORMATS];
extern const AnnExportCompression ann_export_compressions[ANN_N_EXPORT_COMPRESSIONS];

char **ann_export_format_list_elements (const AnnExportFormat *self, const char *const *paths)
    G_GNUC_WARN_UNUSED_RESULT;
char *ann_export_format_make_target (const AnnExportFormat *self, AnnData *data, const char *part)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
