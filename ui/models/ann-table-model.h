/* ann-table-model.h: what a table shows
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "models/ann-table-order.h"

G_BEGIN_DECLS

#define ANN_TYPE_TABLE_MODEL (ann_table_model_get_type ())

G_DECLARE_INTERFACE (AnnTableModel, ann_table_model, ANN, TABLE_MODEL, GObject)

typedef enum {
  ANN_COLUMN_NUMBER,
  ANN_COLUMN_TEXT,
  ANN_COLUMN_CATEGORY,
  ANN_COLUMN_BOOLEAN,
} AnnColumnKind;

/**
 * AnnTableColumn:
 * @kind: how its values are drawn; numbers stand right
 * @type_name: (transfer none) (nullable): the type of its values in words, "int64" say; static
 * @width_chars: how wide it wants to be, in digits
 * @widest: (transfer none) (nullable) (array zero-terminated=1): texts of it for which there should
 *   be room, if that is known; until the model changes
 * @decimals: of all its numbers, or ANN_NUMBER_SCIENTIFIC
 * @known: whether the column has been looked at; until then the rest is a guess
 *
 * What is known of a column besides its title.
 */
typedef struct {
  AnnColumnKind kind;
  const char *type_name;
  guint width_chars;
  char *const *widest;
  guint decimals;
  gboolean known;
} AnnTableColumn;

/**
 * AnnCellState:
 * @ANN_CELL_LOADING: asked for, or not asked for yet
 * @ANN_CELL_VALUE: there is a text
 * @ANN_CELL_MISSING: the store says that there is no value: NaN too
 * @ANN_CELL_INVALID: it could not be read; the text says why
 */
typedef enum {
  ANN_CELL_LOADING,
  ANN_CELL_VALUE,
  ANN_CELL_MISSING,
  ANN_CELL_INVALID,
} AnnCellState;

/**
 * AnnTableCell:
 * @state: what there is
 * @has_color: whether the value is a category with a colour
 * @color: 0xRRGGBB
 * @is_implied: whether the value is not stored: a zero of a sparse matrix
 */
typedef struct {
  AnnCellState state;
  gboolean has_color;
  guint32 color;
  gboolean is_implied;
} AnnTableCell;

/* A part of a table, in rows as shown. */
typedef struct {
  guint64 first_row;
  guint64 n_rows;
  guint64 first_column;
  guint64 n_columns;
} AnnTableWindow;

/**
 * AnnTableChange:
 * @ANN_TABLE_CHANGED_CELLS: values arrived: draw again
 * @ANN_TABLE_CHANGED_COLUMNS: more is known of columns: their widths may change too
 * @ANN_TABLE_CHANGED_ROWS: other rows, or in another order
 *
 * What a "changed" signal is about; flags.
 */
typedef enum {
  ANN_TABLE_CHANGED_CELLS = 1 << 0,
  ANN_TABLE_CHANGED_COLUMNS = 1 << 1,
  ANN_TABLE_CHANGED_ROWS = 1 << 2,
} AnnTableChange;

/* As the column of an AnnTableCellFunc: the label of the row. */
#define ANN_TABLE_INDEX_COLUMN G_MAXUINT64
/* As a row in ann_table_model_read_cells (): the titles of the columns. */
#define ANN_TABLE_HEADER_ROW G_MAXUINT64

/**
 * AnnTableCellFunc:
 * @row: the place of the row in the list that was asked for
 * @column: the column, or ANN_TABLE_INDEX_COLUMN
 * @state: value, missing or invalid
 * @text: the value as stored, plain: UTF-8, numbers as a program reads them
 * @length: bytes in @text
 *
 * Takes one cell from [func@Ann.TableModel.read_cells].
 *
 * Returns: %FALSE with @error set to end the reading
 */
typedef gboolean (*AnnTableCellFunc) (gsize row,
                                      guint64 column,
                                      AnnCellState state,
                                      const char *text,
                                      gsize length,
                                      gpointer user_data,
                                      GError **error);

/**
 * AnnTableModelInterface:
 * @get_n_rows: those that are shown, up to 2⁶³
 * @get_n_stored_rows: all that there are
 * @get_n_columns: any number
 * @get_index_title: what the labels of rows are called; %NULL if they have only numbers
 * @get_index_widest: labels for which there should be room, if that is known
 * @get_column_width: how wide a column is of which nothing is known, in digits
 * @get_usual_title: (nullable): a title for which there should be room above such a column, if that
 *   is known; models of few columns leave it out
 * @get_column: what is known of a column, and its title appended to @title if not %NULL
 * @get_index: appends the label of a shown row
 * @get_cell: appends what a cell shows. Never waits
 * @set_window: what is on the screen now; whatever of it is not there is fetched by workers, and
 *   what was wanted before and is no more is dropped
 * @make_order: reads a column and sorts it. Any thread
 * @set_order: shows the rows of an order in it, %NULL for all in the stored one
 * @get_order: (nullable): the present order
 * @read_cells: gives cells by rows to @func. Any thread
 * @open_column: (nullable): a column as a vector, and a copy of the colours of its categories, if
 *   it has any. Any thread
 *
 * Everything belongs to the main thread where nothing else is said, and never waits for data.
 */
struct _AnnTableModelInterface {
  GTypeInterface parent_iface;

  guint64 (*get_n_rows) (AnnTableModel *self);
  guint64 (*get_n_stored_rows) (AnnTableModel *self);
  guint64 (*get_n_columns) (AnnTableModel *self);
  const char *(*get_index_title) (AnnTableModel *self);
  char *const *(*get_index_widest) (AnnTableModel *self);
  guint (*get_column_width) (AnnTableModel *self);
  const char *(*get_usual_title) (AnnTableModel *self);
  void (*get_column) (AnnTableModel *self, guint64 column, AnnTableColumn *info, GString *title);
  AnnCellState (*get_index) (AnnTableModel *self, guint64 row, GString *text);
  void (*get_cell) (AnnTableModel *self,
                    guint64 row,
                    guint64 column,
                    AnnTableCell *cell,
                    GString *text);
  void (*set_window) (AnnTableModel *self, const AnnTableWindow *window);
  AnnTableOrder *(*make_order) (AnnTableModel *self,
                                guint64 column,
                                AnnSortDirection direction,
                                AnnProgress *progress,
                                GCancellable *cancellable,
                                GError **error);
  void (*set_order) (AnnTableModel *self, AnnTableOrder *order);
  AnnTableOrder *(*get_order) (AnnTableModel *self);
  gboolean (*read_cells) (AnnTableModel *self,
                          const guint64 *stored_rows,
                          gsize n_rows,
                          guint64 first_column,
                          guint64 n_columns,
                          gboolean with_index,
                          AnnTableCellFunc func,
                          gpointer user_data,
                          GCancellable *cancellable,
                          GError **error);
  AnnElement *(*open_column) (AnnTableModel *self,
                              guint64 column,
                              guint32 **colors,
                              GCancellable *cancellable,
                              GError **error);
};

guint64 ann_table_model_get_n_rows (AnnTableModel *self);
guint64 ann_table_model_get_n_stored_rows (AnnTableModel *self);
guint64 ann_table_model_get_n_columns (AnnTableModel *self);
const char *ann_table_model_get_index_title (AnnTableModel *self);
char *const *ann_table_model_get_index_widest (AnnTableModel *self);
guint ann_table_model_get_column_width (AnnTableModel *self);
const char *ann_table_model_get_usual_title (AnnTableModel *self);
void ann_table_model_get_column (AnnTableModel *self,
                                 guint64 column,
                                 AnnTableColumn *info,
                                 GString *title);
guint64 ann_table_model_get_stored_row (AnnTableModel *self, guint64 row);
guint64 ann_table_model_find_stored_row (AnnTableModel *self, guint64 stored_row);
AnnCellState ann_table_model_get_index (AnnTableModel *self, guint64 row, GString *text);
void ann_table_model_get_cell (AnnTableModel *self,
                               guint64 row,
                               guint64 column,
                               AnnTableCell *cell,
                               GString *text);
void ann_table_model_set_window (AnnTableModel *self, const AnnTableWindow *window);

AnnSortDirection ann_table_model_get_sort (AnnTableModel *self, guint64 *column);
void ann_table_model_sort_async (AnnTableModel *self,
                                 guint64 column,
                                 AnnSortDirection direction,
                                 AnnProgress *progress,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean ann_table_model_sort_finish (AnnTableModel *self, GAsyncResult *result, GError **error);

AnnSelection *ann_table_model_get_filter (AnnTableModel *self);
void ann_table_model_filter_async (AnnTableModel *self,
                                   AnnSelection *filter,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean ann_table_model_filter_finish (AnnTableModel *self, GAsyncResult *result, GError **error);

AnnTableOrder *ann_table_model_get_order (AnnTableModel *self);
gboolean ann_table_model_read_cells (AnnTableModel *self,
                                     const guint64 *stored_rows,
                                     gsize n_rows,
                                     guint64 first_column,
                                     guint64 n_columns,
                                     gboolean with_index,
                                     AnnTableCellFunc func,
                                     gpointer user_data,
                                     GCancellable *cancellable,
                                     GError **error);
AnnElement *ann_table_model_open_column (AnnTableModel *self,
                                         guint64 column,
                                         guint32 **colors,
                                         GCancellable *cancellable,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* For models. */
void ann_table_model_changed (AnnTableModel *self, AnnTableChange what);

G_END_DECLS
