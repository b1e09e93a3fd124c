/* ann-table-view-private.h: for the files of AnnTableView
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "widgets/ann-column-layout.h"
#include "widgets/ann-table-view.h"
#include "widgets/ann-text-cache.h"

G_BEGIN_DECLS

/* Left and right of a text in a cell. */
#define INSET 10
/* A category's colour, and its distance from the label. */
#define CHIP_SIZE 10
#define CHIP_SPACING 6
/* Room for the mark of a sorted column. */
#define SORT_MARK 14
/* How near to the edge of a header the pointer takes hold of it. */
#define GRIP 5

typedef struct {
  gboolean is_valid;
  gboolean high_contrast;
  GdkRGBA view;
  GdkRGBA text;
  GdkRGBA dim;
  GdkRGBA implied;
  GdkRGBA missing;
  GdkRGBA error;
  GdkRGBA frozen;
  GdkRGBA header_sorted;
  GdkRGBA line;
  GdkRGBA frame;
  GdkRGBA bar;
  GdkRGBA selected;
  GdkRGBA block;
  GdkRGBA accent;
  GdkRGBA chip_outline;
} AnnTableColors;

typedef enum {
  ANN_TABLE_DRAG_NONE,
  ANN_TABLE_DRAG_RESIZE,
  ANN_TABLE_DRAG_CELLS,
  ANN_TABLE_DRAG_ROWS,
} AnnTableDrag;

/* The rows are numbered as shown, but in @selection, which holds stored rows: so it stays with
 * them when they are sorted. Positions of rows and columns in pixels are doubles, from the top left
 * of the first cell; what is drawn is relative to the scroll position and fits an int.
 */
struct _AnnTableView {
  GtkWidget parent_instance;

  AnnTableModel *model;
  gulong changed_id;
  GtkAdjustment *adjustments[2]; /* by GtkOrientation */
  GtkScrollablePolicy policies[2];
  gboolean is_arranging; /* it is not the user who scrolls */
  gboolean shows_place; /* @place_row and @place_column are kept in sight, until the user scrolls */
  guint64 place_row;
  guint64 place_column;

  /* Size of things */
  double text_scale;
  AnnTextCache *texts; /* NULL when fonts or scale changed */
  AnnColumnLayout *columns;
  GHashTable *resized; /* columns that the user gave a width: column → pixels at scale 1 */
  int resized_index;   /* the same for the labels of rows; 0 if not */
  GHashTable *grown;   /* columns with wider cells than the sample had: column → pixels */
  int grown_index;     /* the same for the labels of rows; 0 if not */
  guint grow_idle;
  int row_height;
  int header_height;
  int number_width;
  int index_width; /* with the number, as wide as it wants to be */
  gboolean sizes_known;
  AnnTableColors colors;

  /* Where one is */
  guint64 cursor_row;
  guint64 cursor_column;
  guint64 anchor_row; /* the opposite corner of the block */
  guint64 anchor_column;
  guint64 row_anchor; /* where Shift begins to select rows */
  AnnRowSelection *selection;
  GtkWidget *cursor;

  /* The pointer */
  AnnTableDrag drag;
  guint64 drag_column; /* ANN_TABLE_INDEX_COLUMN for the index */
  int drag_width;
  double drag_x;
  double drag_y;
  guint drag_tick;
  GtkWidget *menu;

  AnnSelection *filter; /* the rows that are to be shown; NULL: all */

  /* Work in progress */
  GCancellable *job;
  AnnProgress *progress;
  const char *busy_text;

  GString *scratch;
};

/* ann-table-view.c */
gboolean _ann_table_view_is_empty (AnnTableView *self);
void _ann_table_view_forget_look (AnnTableView *self);
void _ann_table_view_selection_changed (AnnTableView *self);
void _ann_table_view_set_cursor_column (AnnTableView *self, guint64 column);
void _ann_table_view_message (AnnTableView *self, const char *text);

/* ann-table-view-place.c */
int _ann_table_view_get_index_width (AnnTableView *self);
double _ann_table_view_get_scroll (AnnTableView *self, GtkOrientation orientation);
void _ann_table_view_get_window (AnnTableView *self, AnnTableWindow *window);
gboolean _ann_table_view_get_cell_area (AnnTableView *self,
                                        guint64 row,
                                        guint64 column,
                                        graphene_rect_t *area);
void _ann_table_view_arrange (AnnTableView *self, int width, int height);

/* ann-table-view-sizes.c */
void _ann_table_view_ensure_sizes (AnnTableView *self);
void _ann_table_view_forget_sizes (AnnTableView *self);
void _ann_table_view_grow_column (AnnTableView *self, guint64 column, int width);
void _ann_table_view_fit_column (AnnTableView *self, guint64 column);

/* ann-table-view-draw.c */
void _ann_table_view_draw (AnnTableView *self, GtkSnapshot *snapshot);
const AnnTableColors *_ann_table_view_get_colors (AnnTableView *self);

/* ann-table-view-actions.c */
void _ann_table_view_install_actions (GtkWidgetClass *klass);
void _ann_table_view_update_actions (AnnTableView *self);
void _ann_table_view_select_rows (AnnTableView *self, guint64 first, guint64 last, gboolean add);
void _ann_table_view_popup_menu (AnnTableView *self, double x, double y);

/* ann-table-view-pointer.c */
void _ann_table_view_add_pointer (AnnTableView *self);

/* ann-table-view-cursor.c */
#define ANN_TYPE_TABLE_VIEW_CURSOR (ann_table_view_cursor_get_type ())
G_DECLARE_FINAL_TYPE (AnnTableViewCursor, ann_table_view_cursor, ANN, TABLE_VIEW_CURSOR, GtkWidget)

GtkWidget *_ann_table_view_cursor_new (void);
void _ann_table_view_cursor_update (AnnTableView *self);

G_END_DECLS
