/* ann-text-table.h: columns of text, aligned
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>
#include <stdio.h>

G_BEGIN_DECLS

/**
 * AnnTextTable:
 *
 * Cells that are printed once all are there, each column as wide as its widest cell.
 * Texts are made fit for one line: line feeds and tabs are shown as escapes.
 */
typedef struct _AnnTextTable AnnTextTable;

AnnTextTable *ann_text_table_new (guint n_columns);
void ann_text_table_free (AnnTextTable *self);
void ann_text_table_set_align_right (AnnTextTable *self, guint column);
void ann_text_table_add (AnnTextTable *self, const char *text);
void ann_text_table_add_bytes (AnnTextTable *self, const char *text, gsize length);
void ann_text_table_print (AnnTextTable *self, FILE *stream);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnTextTable, ann_text_table_free)

G_END_DECLS
