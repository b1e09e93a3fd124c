/* ann-value-list.c: how often which value occurs
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "widgets/ann-value-list.h"

#include "ann-text.h"

#include <glib/gi18n.h>
#include <string.h>

#define ROW_HEIGHT 30
#define BAR_HEIGHT 3
#define CHIP 10
#define SPACING 6

typedef struct {
  char *text;
  char *folded; /* for the search; NULL before there was one */
  guint64 count;
  guint64 n_selected;
  guint32 color; /* 0xRRGGBB */
  gboolean has_color;
  guint index; /* in the order in which they were added */
} Value;

/* One widget that draws what is seen: a categorical may have thousands of categories. It is as
 * high as all rows, within a scrolled window whose adjustment it knows.
 */
struct _AnnValueList {
  GtkWidget parent_instance;

  GtkAdjustment *adjustment;
  GArray *values; /* of Value */
  GArray *rows;   /* of guint: those that match the search */
  guint64 most;
  gboolean has_selected;
  char *needle; /* folded; NULL when not searching */
  guint cursor;
};

enum { CHOSEN, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AnnValueList, ann_value_list, GTK_TYPE_WIDGET)

static Value *
get_row (AnnValueList *self, guint row)
{
  return &g_array_index (self->values, Value, g_array_index (self->rows, guint, row));
}

static void
value_clear (gpointer data)
{
  Value *value = data;

  g_free (value->text);
  g_free (value->folded);
}

/**
 * ann_value_list_get_n_values:
 * @self: a list
 *
 * Returns: how many values it has
 */
guint
ann_value_list_get_n_values (AnnValueList *self)
{
  return self->values->len;
}

/**
 * ann_value_list_get_n_rows:
 * @self: a list
 *
 * Returns: how many of them match what is searched
 */
guint
ann_value_list_get_n_rows (AnnValueList *self)
{
  return self->rows->len;
}

static const char *
get_label (const Value *value)
{
  const char *mark = ann_text_blank_mark (value->text);

  return mark != NULL ? mark : value->text;
}

/**
 * ann_value_list_describe:
 * @self: a list
 *
 * Returns: (transfer full): the value under the cursor and how often it occurs, in words
 */
char *
ann_value_list_describe (AnnValueList *self)
{
  const Value *value;
  g_autofree char *count = NULL;
  g_autofree char *text = NULL;

  if (self->cursor >= self->rows->len)
    return g_strdup ("");

  value = get_row (self, self->cursor);
  count = ann_text_count (value->count);
  /* Translators: a value, and how many rows have it */
  text = g_strdup_printf (ngettext ("%s: %s row", "%s: %s rows", (gulong) value->count),
                          get_label (value), count);
  if (self->has_selected)
    {
      g_autofree char *selected = ann_text_count (value->n_selected);

      return g_strdup_printf (
          ngettext ("%s, %s selected", "%s, %s selected", (gulong) value->n_selected), text,
          selected);
    }

  return g_steal_pointer (&text);
}

static void
update_accessible (AnnValueList *self)
{
  g_autofree char *text = ann_value_list_describe (self);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  text[0] != '\0' ? text : _ ("No values"), -1);
}

static gboolean
matches (const AnnValueList *self, Value *value)
{
  if (self->needle == NULL)
    return TRUE;
  if (value->folded == NULL)
    value->folded = g_utf8_casefold (value->text, -1);

  return strstr (value->folded, self->needle) != NULL;
}

static void
update_rows (AnnValueList *self)
{
  g_array_set_size (self->rows, 0);
  for (guint i = 0; i < self->values->len; i++)
    if (matches (self, &g_array_index (self->values, Value, i)))
      g_array_append_val (self->rows, i);
  self->cursor = 0;
  update_accessible (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

/**
 * ann_value_list_clear:
 * @self: a list
 *
 * Takes all values out of it.
 */
void
ann_value_list_clear (AnnValueList *self)
{
  g_array_set_size (self->values, 0);
  self->most = 0;
  self->has_selected = FALSE;
  update_rows (self);
}

/**
 * ann_value_list_add:
 * @self: a list
 * @text: a value, in valid UTF-8
 * @count: how often it occurs
 * @color: (nullable): 0xRRGGBB
 *
 * Adds a value; ann_value_list_sort() shows it.
 */
void
ann_value_list_add (AnnValueList *self, const char *text, guint64 count, const guint32 *color)
{
  const Value value = {
    .text = g_strdup (text),
    .count = count,
    .color = color != NULL ? *color : 0,
    .has_color = color != NULL,
    .index = self->values->len,
  };

  g_array_append_val (self->values, value);
  self->most = MAX (self->most, count);
}

static int
compare_counts (gconstpointer a, gconstpointer b)
{
  const Value *left = a;
  const Value *right = b;

  if (left->count != right->count)
    return left->count < right->count ? 1 : -1;

  return left->index < right->index ? -1 : left->index > right->index;
}

/**
 * ann_value_list_sort:
 * @self: a list
 *
 * Puts the most frequent first, equal ones in the order in which they were added.
 */
void
ann_value_list_sort (AnnValueList *self)
{
  g_array_sort (self->values, compare_counts);
  update_rows (self);
}

/**
 * ann_value_list_set_selected:
 * @self: a list
 * @counts: (nullable): how often each value occurs in the selected rows, in the order in which the
 *   values were added; %NULL when no rows are selected
 */
void
ann_value_list_set_selected (AnnValueList *self, const guint64 *counts)
{
  self->has_selected = counts != NULL;
  for (guint i = 0; i < self->values->len; i++)
    {
      Value *value = &g_array_index (self->values, Value, i);

      value->n_selected = counts != NULL ? counts[value->index] : 0;
    }
  update_accessible (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * ann_value_list_set_filter:
 * @self: a list
 * @text: what values shall contain, in any case; empty for all
 */
void
ann_value_list_set_filter (AnnValueList *self, const char *text)
{
  g_clear_pointer (&self->needle, g_free);
  if (text[0] != '\0')
    self->needle = g_utf8_casefold (text, -1);
  update_rows (self);
}

/* To @row, or the last one for all behind it. */
static void
set_cursor (AnnValueList *self, guint row)
{
  if (self->rows->len == 0)
    return;

  self->cursor = MIN (row, self->rows->len - 1);
  gtk_adjustment_clamp_page (self->adjustment, (double) self->cursor * ROW_HEIGHT,
                             (self->cursor + 1.0) * ROW_HEIGHT);
  update_accessible (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* ---- Drawing ---- */

typedef struct {
  AnnValueList *list;
  GtkSnapshot *snapshot;
  PangoLayout *layout;
  GdkRGBA text;
  GdkRGBA accent;
  int width;
  int selected_width; /* of the column of how many are selected; 0: there is none */
} Frame;

static GdkRGBA
fade (const GdkRGBA *color, double alpha)
{
  return (GdkRGBA){ color->red, color->green, color->blue, color->alpha * (float) alpha };
}

static void
fill (Frame *frame, const GdkRGBA *color, int x, int y, int width, int height)
{
  if (width > 0)
    gtk_snapshot_append_color (
        frame->snapshot, color,
        &GRAPHENE_RECT_INIT ((float) x, (float) y, (float) width, (float) height));
}

/* Returns: how wide the text is. @right: its right end, or with @room > 0 its left end */
static int
draw_text (Frame *frame, const GdkRGBA *color, const char *text, int x, int y, int room)
{
  int width;

  pango_layout_set_width (frame->layout, room > 0 ? room * PANGO_SCALE : -1);
  pango_layout_set_text (frame->layout, text, -1);
  pango_layout_get_pixel_size (frame->layout, &width, NULL);
  gtk_snapshot_save (frame->snapshot);
  gtk_snapshot_translate (frame->snapshot,
                          &GRAPHENE_POINT_INIT ((float) (room > 0 ? x : x - width), (float) y));
  gtk_snapshot_append_layout (frame->snapshot, frame->layout, color);
  gtk_snapshot_restore (frame->snapshot);

  return width;
}

static void
draw_chip (Frame *frame, guint32 color, int y)
{
  const GdkRGBA rgba = { (float) (color >> 16 & 0xff) / 255, (float) (color >> 8 & 0xff) / 255,
                         (float) (color & 0xff) / 255, 1 };
  const GdkRGBA line = fade (&frame->text, 0.25);
  GskRoundedRect chip;

  gsk_rounded_rect_init_from_rect (&chip, &GRAPHENE_RECT_INIT (0, (float) y, CHIP, CHIP), 3);
  gtk_snapshot_push_rounded_clip (frame->snapshot, &chip);
  fill (frame, &rgba, 0, y, CHIP, CHIP);
  gtk_snapshot_pop (frame->snapshot);
  gtk_snapshot_append_border (frame->snapshot, &chip, (float[4]){ 1, 1, 1, 1 },
                              (GdkRGBA[4]){ line, line, line, line });
}

static int
get_bar_width (guint64 count, guint64 most, int room)
{
  return count == 0 || most == 0 ? 0 : MAX ((int) ((double) count / (double) most * room + 0.5), 1);
}

static void
draw_row (Frame *frame, guint row)
{
  const AnnValueList *self = frame->list;
  const Value *value = get_row (frame->list, row);
  const int top = (int) row * ROW_HEIGHT;
  const int left = value->has_color ? CHIP + SPACING : 0;
  const GdkRGBA bar = fade (&frame->text, 0.18);
  const char *mark = ann_text_blank_mark (value->text);
  g_autofree char *count = ann_text_count (value->count);
  int right = frame->width;

  if (row == self->cursor && gtk_widget_has_visible_focus (GTK_WIDGET (self)))
    {
      const GdkRGBA cursor = fade (&frame->accent, 0.18);

      fill (frame, &cursor, 0, top, frame->width, ROW_HEIGHT - 2);
    }
  if (value->has_color)
    draw_chip (frame, value->color, top + 7);
  if (self->has_selected)
    {
      g_autofree char *selected = ann_text_count (value->n_selected);

      draw_text (frame, &frame->accent, selected, right, top + 3, 0);
      right -= frame->selected_width + SPACING;
    }
  right -= draw_text (frame, &frame->text, count, right, top + 3, 0) + SPACING;
  if (mark != NULL)
    {
      const GdkRGBA faint = fade (&frame->text, 0.55);

      draw_text (frame, &faint, mark, left, top + 3, MAX (right - left, 1));
    }
  else
    draw_text (frame, &frame->text, value->text, left, top + 3, MAX (right - left, 1));

  fill (frame, &bar, left, top + ROW_HEIGHT - BAR_HEIGHT - 3,
        get_bar_width (value->count, self->most, frame->width - left), BAR_HEIGHT);
  fill (frame, &frame->accent, left, top + ROW_HEIGHT - BAR_HEIGHT - 3,
        get_bar_width (value->n_selected, self->most, frame->width - left), BAR_HEIGHT);
}

/* All rows have all values first and the selected ones behind them, as the figures above the list
 * have. None has more selected than the most frequent one has rows.
 */
static int
measure_selected (const AnnValueList *self, PangoLayout *layout)
{
  g_autofree char *widest = ann_text_count (self->most);
  int width;

  pango_layout_set_text (layout, widest, -1);
  pango_layout_get_pixel_size (layout, &width, NULL);

  return width;
}

static void
ann_value_list_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  AnnValueList *self = ANN_VALUE_LIST (widget);
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  const double from = gtk_adjustment_get_value (self->adjustment);
  const double to = from + gtk_adjustment_get_page_size (self->adjustment);
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, NULL);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_from_string (
      "0 -1 font-features \"tnum=1\"");
  Frame frame = {
    .list = self,
    .snapshot = snapshot,
    .layout = layout,
    .width = gtk_widget_get_width (widget),
  };

  pango_layout_set_attributes (layout, attributes);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  gtk_style_context_get_color (style, &frame.text);
  if (!gtk_style_context_lookup_color (style, "accent_color", &frame.accent))
    frame.accent = frame.text;
  if (self->has_selected)
    frame.selected_width = measure_selected (self, layout);
  for (guint row = (guint) (from / ROW_HEIGHT); row < self->rows->len && row * ROW_HEIGHT < to;
       row++)
    draw_row (&frame, row);
}

static void
ann_value_list_measure (GtkWidget *widget,
                        GtkOrientation orientation,
                        int for_size,
                        int *minimum,
                        int *natural,
                        int *minimum_baseline,
                        int *natural_baseline)
{
  const AnnValueList *self = ANN_VALUE_LIST (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = *natural = 100;
  else
    *minimum = *natural = (int) MIN ((guint64) self->rows->len * ROW_HEIGHT, G_MAXINT / 2);
}

/* ---- Pointer and keys ---- */

static void
choose (AnnValueList *self, GdkModifierType state)
{
  if (self->cursor < self->rows->len)
    g_signal_emit (self, signals[CHOSEN], 0, get_row (self, self->cursor)->index,
                   (state & GDK_CONTROL_MASK) != 0);
}

static void
on_released (GtkGestureClick *gesture, int n_press, double x, double y, AnnValueList *self)
{
  const guint row = (guint) (MAX (y, 0) / ROW_HEIGHT);

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (row >= self->rows->len)
    return;

  set_cursor (self, row);
  choose (self, gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture)));
}

static gboolean
on_query_tooltip (AnnValueList *self,
                  int x,
                  int y,
                  gboolean keyboard,
                  GtkTooltip *tooltip,
                  gpointer user_data)
{
  const guint row = keyboard ? self->cursor : (guint) (MAX (y, 0) / ROW_HEIGHT);

  if (row >= self->rows->len)
    return FALSE;

  gtk_tooltip_set_text (tooltip, get_label (get_row (self, row)));
  gtk_tooltip_set_tip_area (tooltip, &(GdkRectangle){ 0, (int) row * ROW_HEIGHT,
                                                      gtk_widget_get_width (GTK_WIDGET (self)),
                                                      ROW_HEIGHT });

  return TRUE;
}

static gboolean
on_move (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  AnnValueList *self = ANN_VALUE_LIST (widget);
  const gint64 step = g_variant_get_int32 (arguments);

  set_cursor (self, (guint) CLAMP (self->cursor + step, 0, G_MAXINT));

  return TRUE;
}

static gboolean
on_choose (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  choose (ANN_VALUE_LIST (widget), g_variant_get_boolean (arguments) ? GDK_CONTROL_MASK : 0);

  return TRUE;
}

static void
bind_keys (GtkWidgetClass *klass)
{
  static const struct {
    guint key;
    int step;
  } moves[] = {
    { GDK_KEY_Up, -1 },          { GDK_KEY_KP_Up, -1 },     { GDK_KEY_Down, 1 },
    { GDK_KEY_KP_Down, 1 },      { GDK_KEY_Page_Up, -10 },  { GDK_KEY_Page_Down, 10 },
    { GDK_KEY_Home, -G_MAXINT }, { GDK_KEY_End, G_MAXINT },
  };
  static const guint choosing[] = { GDK_KEY_Return, GDK_KEY_KP_Enter, GDK_KEY_space };

  for (guint i = 0; i < G_N_ELEMENTS (moves); i++)
    gtk_widget_class_add_binding (klass, moves[i].key, 0, on_move, "i", moves[i].step);
  for (guint i = 0; i < G_N_ELEMENTS (choosing); i++)
    {
      gtk_widget_class_add_binding (klass, choosing[i], 0, on_choose, "b", FALSE);
      gtk_widget_class_add_binding (klass, choosing[i], GDK_CONTROL_MASK, on_choose, "b", TRUE);
    }
}

/* ---- The widget ---- */

static void
ann_value_list_finalize (GObject *object)
{
  AnnValueList *self = ANN_VALUE_LIST (object);

  g_clear_object (&self->adjustment);
  g_array_unref (self->values);
  g_array_unref (self->rows);
  g_free (self->needle);

  G_OBJECT_CLASS (ann_value_list_parent_class)->finalize (object);
}

static void
ann_value_list_class_init (AnnValueListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ann_value_list_finalize;
  widget_class->measure = ann_value_list_measure;
  widget_class->snapshot = ann_value_list_snapshot;
  gtk_widget_class_set_css_name (widget_class, "annvaluelist");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST_BOX);
  bind_keys (widget_class);

  /* The value with this number, in the order of adding, was chosen; the boolean: besides what was
   * chosen before.
   */
  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_BOOLEAN);
}

static void
ann_value_list_init (AnnValueList *self)
{
  GtkGesture *click = gtk_gesture_click_new ();

  self->values = g_array_new (FALSE, FALSE, sizeof (Value));
  g_array_set_clear_func (self->values, value_clear);
  self->rows = g_array_new (FALSE, FALSE, sizeof (guint));
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  g_signal_connect (click, "released", G_CALLBACK (on_released), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  g_signal_connect (self, "query-tooltip", G_CALLBACK (on_query_tooltip), NULL);
}

/**
 * ann_value_list_new:
 * @adjustment: the vertical one of the scrolled window in which it is going to be
 *
 * Returns: (transfer floating): a list without values
 */
GtkWidget *
ann_value_list_new (GtkAdjustment *adjustment)
{
  AnnValueList *self = g_object_new (ANN_TYPE_VALUE_LIST, NULL);

  self->adjustment = g_object_ref (adjustment);
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);

  return GTK_WIDGET (self);
}
