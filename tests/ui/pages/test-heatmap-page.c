/* test-heatmap-page.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-ui-test.h"
#include "pages/ann-heatmap-page.h"

#include <math.h>

typedef struct {
  AnnData *data;
  AnnElement *element;
  GtkWidget *window;
  GtkWidget *page;
  AnnHeatmapView *view;
  AnnHeatmapTiles *tiles;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer path)
{
  g_autoptr (GError) error = NULL;

  fixture->data = ann_data_open (SAMPLE_STORE, NULL, &error);
  g_assert_no_error (error);
  fixture->element = ann_data_open_element (fixture->data, path, NULL, &error);
  g_assert_no_error (error);
  fixture->page = ann_heatmap_page_new (fixture->data, fixture->element);
  fixture->window = ann_ui_test_show (fixture->page, 1000, 700);
  fixture->view = ann_heatmap_page_get_view (ANN_HEATMAP_PAGE (fixture->page));
  g_assert_nonnull (fixture->view);
  fixture->tiles = ann_heatmap_view_get_tiles (fixture->view);
}

static void
tear_down (Fixture *fixture, gconstpointer path)
{
  ann_ui_test_close (fixture->window);
  g_object_unref (fixture->element);
  g_object_unref (fixture->data);
}

static gboolean
is_exact (Fixture *fixture)
{
  return ann_heatmap_tiles_has_picture (fixture->tiles)
         && ann_heatmap_tiles_get_n_missing (fixture->tiles) == 0;
}

static double
read_stored_value (Fixture *fixture, guint64 row, guint64 column)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnBlock) block = ann_element_read_rows (fixture->element, row, 1, NULL, &error);

  g_assert_no_error (error);
  if (!ann_block_is_sparse (block))
    return ann_buffer_get_double (block->values, column);

  for (gsize i = 0; i < ann_buffer_get_n_elements (block->indices); i++)
    {
      if (ann_buffer_get_double (block->indices, i) == column)
        return ann_buffer_get_double (block->values, i);
    }

  return 0;
}

static void
test_picture (Fixture *fixture, gconstpointer path)
{
  AnnValueScale scale;
  double below, above;
  AnnView view;

  ann_ui_test_wait_until (is_exact (fixture));
  g_assert_null (ann_heatmap_tiles_get_error (fixture->tiles));
  g_assert_true (ann_heatmap_tiles_get_scale (fixture->tiles, &scale, &below, &above));
  g_assert_cmpfloat (scale.high, >, scale.low);

  ann_heatmap_view_get_view (fixture->view, &view);
  g_assert_cmpfloat (view.height * view.rows_per_pixel, >=, view.n_rows * 0.999);
  g_assert_cmpfloat (view.width * view.columns_per_pixel, >=, view.n_columns * 0.999);

  ann_ui_test_screenshot (fixture->window, "heatmap");
  ann_ui_test_set_dark (TRUE);
  ann_ui_test_screenshot (fixture->window, "heatmap-dark");
  ann_ui_test_set_dark (FALSE);
}

static gboolean
has_value (Fixture *fixture, AnnHeatmapPoint *point)
{
  if (!ann_heatmap_view_get_point (fixture->view, point))
    return FALSE;
  if (point->has_value && point->has_mean && point->row_label != NULL
      && point->column_label != NULL)
    return TRUE;
  ann_heatmap_point_clear (point);

  return FALSE;
}

static void
assert_label (Fixture *fixture, const char *frame_path, guint64 row, const char *label)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnElement) frame = ann_data_open_element (fixture->data, frame_path, NULL, &error);
  g_autoptr (AnnElement) index = ann_frame_open_index (ANN_FRAME (frame), NULL, &error);
  g_autoptr (AnnBlock) block = ann_element_read_rows (index, row, 1, NULL, &error);
  g_autofree char *name = ann_strings_dup_utf8 (block->texts, 0);

  g_assert_cmpstr (label, ==, name);
}

/* At full size the read-out, the tile and the store agree on each cell, and names are those of obs
 * and var. */
static void
test_crosshair (Fixture *fixture, gconstpointer path)
{
  static const guint64 cells[][2] = { { 0, 0 }, { 17, 300 }, { 350, 5 }, { 699, 764 } };

  ann_ui_test_wait_until (is_exact (fixture));
  for (int i = 0; i < 12; i++)
    gtk_widget_activate_action (fixture->page, "picture.zoom-in", NULL);
  ann_ui_test_wait_until (is_exact (fixture));

  for (gsize i = 0; i < G_N_ELEMENTS (cells); i++)
    {
      AnnHeatmapPoint point;

      ann_heatmap_view_reveal (fixture->view, cells[i][0], cells[i][1]);
      ann_ui_test_wait_until (has_value (fixture, &point));
      g_assert_cmpuint (point.row, ==, cells[i][0]);
      g_assert_cmpuint (point.rows, ==, 1);
      g_assert_cmpuint (point.columns, ==, 1);
      g_assert_cmpfloat (point.value, ==, read_stored_value (fixture, point.row, point.column));
      g_assert_cmpfloat_with_epsilon (point.mean, point.value, 1e-6);
      assert_label (fixture, "obs", point.row, point.row_label);
      assert_label (fixture, g_str_has_prefix (path, "raw") ? "raw/var" : "var", point.column,
                    point.column_label);
      ann_heatmap_point_clear (&point);
    }
  ann_ui_test_screenshot (fixture->window, "heatmap-zoomed");
}

/* Other colours repaint what is there: no chunk is decoded, no tile made. */
static void
test_colors (Fixture *fixture, gconstpointer path)
{
  AnnValueScale before, after;
  AnnChunkCacheStats stats, later;
  double below, above;

  ann_ui_test_wait_until (is_exact (fixture));
  ann_ui_test_drain ();
  ann_chunk_cache_get_stats (&stats);
  g_assert_true (ann_heatmap_tiles_get_scale (fixture->tiles, &before, &below, &above));

  gtk_widget_activate_action (fixture->page, "colors.map", "s", "magma");
  gtk_widget_activate_action (fixture->page, "colors.scale", "s", "log1p");
  gtk_widget_activate_action (fixture->page, "colors.range", "s", "all");
  g_assert_true (is_exact (fixture));
  ann_ui_test_wait_for_frame (fixture->window);
  g_assert_true (ann_heatmap_tiles_get_scale (fixture->tiles, &after, &below, &above));
  g_assert_cmpint (after.transform, ==, ANN_TRANSFORM_LOG1P);
  g_assert_cmpfloat (after.high, >, before.high);

  ann_chunk_cache_get_stats (&later);
  g_assert_cmpuint (later.n_misses, ==, stats.n_misses);
}

/* Zooming far in and panning ask for what is seen, not for the whole matrix again. */
static void
test_zoom_is_bounded (Fixture *fixture, gconstpointer path)
{
  AnnView view;

  ann_ui_test_wait_until (is_exact (fixture));
  for (int i = 0; i < 20; i++)
    gtk_widget_activate_action (fixture->page, "picture.zoom-in", NULL);
  ann_heatmap_view_get_view (fixture->view, &view);
  g_assert_cmpfloat (1 / view.rows_per_pixel, <=, 64.001);
  g_assert_cmpfloat (1 / view.columns_per_pixel, <=, 64.001);

  for (int i = 0; i < 60; i++)
    gtk_widget_activate_action (fixture->page, "picture.zoom-out", NULL);
  ann_heatmap_view_get_view (fixture->view, &view);
  g_assert_cmpfloat (view.top, ==, 0);
  g_assert_cmpfloat (view.left, ==, 0);
  g_assert_cmpfloat_with_epsilon (view.height * view.rows_per_pixel, view.n_rows,
                                  1e-6 * view.n_rows);
}

static void
test_keys (Fixture *fixture, gconstpointer path)
{
  AnnHeatmapPoint point;
  AnnView before, after;

  ann_ui_test_wait_until (is_exact (fixture));
  gtk_widget_activate_action (GTK_WIDGET (fixture->view), "heatmap.zoom-in", NULL);
  gtk_widget_activate_action (GTK_WIDGET (fixture->view), "heatmap.zoom-in", NULL);
  ann_heatmap_view_get_view (fixture->view, &before);
  g_assert_cmpfloat (before.height * before.rows_per_pixel, <, before.n_rows);
  gtk_widget_activate_action (GTK_WIDGET (fixture->view), "heatmap.fit", NULL);
  ann_heatmap_view_get_view (fixture->view, &after);
  g_assert_cmpfloat (after.rows_per_pixel, >, before.rows_per_pixel);

  g_assert_false (ann_heatmap_view_get_point (fixture->view, &point));
  ann_heatmap_view_set_crosshair (fixture->view, 3, 4);
  g_assert_true (ann_heatmap_view_get_point (fixture->view, &point));
  g_assert_cmpuint (point.column, ==, 4);
  ann_heatmap_point_clear (&point);
  ann_heatmap_view_set_crosshair (fixture->view, 700, 4); /* beyond the matrix: stays */
  g_assert_true (ann_heatmap_view_get_point (fixture->view, &point));
  g_assert_cmpuint (point.row, ==, 3);
  ann_heatmap_point_clear (&point);
}

/* Set-up and tear-down at once: workers are cancelled, nothing comes in late. */
static void
test_close_while_loading (Fixture *fixture, gconstpointer path)
{
  ann_heatmap_view_set_crosshair (fixture->view, 1, 1);
}

static void
test_stop (Fixture *fixture, gconstpointer path)
{
  gtk_widget_activate_action (fixture->page, "picture.stop", NULL);
  g_assert_true (ann_heatmap_tiles_is_stopped (fixture->tiles));
  gtk_widget_activate_action (fixture->page, "picture.refine", NULL);
  g_assert_false (ann_heatmap_tiles_is_stopped (fixture->tiles));
  ann_ui_test_wait_until (is_exact (fixture));
}

static void
test_watchdog (Fixture *fixture, gconstpointer path)
{
  ann_ui_watchdog_start ();
  ann_ui_test_wait_until (is_exact (fixture));
  for (int i = 0; i < 10; i++)
    {
      gtk_widget_activate_action (fixture->page, i < 5 ? "picture.zoom-in" : "picture.zoom-out",
                                  NULL);
      ann_ui_test_wait_until (is_exact (fixture));
      ann_ui_test_wait_for_frame (fixture->window);
    }
  g_assert_cmpuint (ann_ui_watchdog_stop (), ==, 0);
}

#define ADD(name, path, func)                                                                      \
  g_test_add ("/heatmap-page/" name, Fixture, path, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  ann_ui_test_init (&argc, &argv);

  ADD ("dense/picture", "X", test_picture);
  ADD ("dense/crosshair", "X", test_crosshair);
  ADD ("sparse/picture", "raw/X", test_picture);
  ADD ("sparse/crosshair", "raw/X", test_crosshair);
  ADD ("colors", "raw/X", test_colors);
  ADD ("zoom-is-bounded", "X", test_zoom_is_bounded);
  ADD ("keys", "X", test_keys);
  ADD ("close-while-loading", "X", test_close_while_loading);
  ADD ("stop", "X", test_stop);
  ADD ("watchdog", "X", test_watchdog);

  return g_test_run ();
}
