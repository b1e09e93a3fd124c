/* ann-table-view-cursor.c: the cell of a table where one is
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "widgets/ann-table-view-private.h"

#include <glib/gi18n.h>

/* The cells of a table are drawn and GTK 4.8 knows no accessible children that are no widgets. So
 * one widget follows the cursor: it has the keyboard focus, and its label says where one is and
 * what is there. It lies over the cell and draws the outline.
 */
struct _AnnTableViewCursor {
  GtkWidget parent_instance;
};

G_DEFINE_FINAL_TYPE (AnnTableViewCursor, ann_table_view_cursor, GTK_TYPE_WIDGET)

static void
ann_table_view_cursor_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  AnnTableView *view = ANN_TABLE_VIEW (gtk_widget_get_parent (widget));
  const GdkRGBA accent = _ann_table_view_get_colors (view)->accent;
  GskRoundedRect outline;

  gsk_rounded_rect_init_from_rect (
      &outline,
      &GRAPHENE_RECT_INIT (0, 0, gtk_widget_get_width (widget), gtk_widget_get_height (widget)), 3);
  gtk_snapshot_append_border (snapshot, &outline, (float[4]){ 2, 2, 2, 2 },
                              (GdkRGBA[4]){ accent, accent, accent, accent });
}

static void
ann_table_view_cursor_class_init (AnnTableViewCursorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = ann_table_view_cursor_snapshot;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GRID_CELL);
  gtk_widget_class_set_css_name (widget_class, "cell");
}

static void
ann_table_view_cursor_init (AnnTableViewCursor *self)
{
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_can_target (GTK_WIDGET (self), FALSE); /* the table takes the pointer */
}

/**
 * _ann_table_view_cursor_new:
 *
 * Returns: (transfer full): the widget for a new table
 */
GtkWidget *
_ann_table_view_cursor_new (void)
{
  return g_object_new (ANN_TYPE_TABLE_VIEW_CURSOR, NULL);
}

static int
clamp_to_int (guint64 value)
{
  return (int) MIN (value, G_MAXINT);
}

/**
 * _ann_table_view_cursor_update:
 * @self: a table
 *
 * Says again where the cursor is and what is there.
 */
void
_ann_table_view_cursor_update (AnnTableView *self)
{
  g_autofree char *label = NULL;

  if (_ann_table_view_is_empty (self))
    {
      gtk_widget_set_child_visible (self->cursor, FALSE);
      return;
    }

  label = ann_table_view_dup_cursor_text (self);
  gtk_widget_set_child_visible (self->cursor, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->cursor), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label, -1);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (self->cursor), GTK_ACCESSIBLE_RELATION_ROW_INDEX,
                                  clamp_to_int (self->cursor_row + 1),
                                  GTK_ACCESSIBLE_RELATION_COL_INDEX,
                                  clamp_to_int (self->cursor_column + 1), -1);
}
