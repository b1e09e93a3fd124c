/* test-reads.c: what each page of the window reads, counted, also with ten times the rows
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-ui-test.h"
#include "ann-window.h"
#include "format/hdf5/ann-hdf5-stats.h"
#include "pages/ann-heatmap-page.h"
#include "pages/ann-list-page.h"
#include "pages/ann-overview-page.h"
#include "pages/ann-statistics-panel.h"
#include "pages/ann-storage-page.h"
#include "pages/ann-table-page.h"
#include "pages/ann-value-page.h"
#include "widgets/ann-element-list.h"
#include "widgets/ann-element-tree.h"
#include "widgets/ann-property-row.h"

#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- All that is read of a store goes through this one ---- */

static ino_t store; /* the number of its file */
static atomic_ullong n_reads;
static atomic_ullong n_bytes_read;

ssize_t pread64 (int fd, void *bytes, size_t n_bytes, off_t offset);

/* The name that pread () has where offsets are 64 bits wide. */
ssize_t
pread64 (int fd, void *bytes, size_t n_bytes, off_t offset)
{
  const ssize_t n = syscall (SYS_pread64, fd, bytes, n_bytes, offset);
  struct stat status;

  if (n > 0 && fstat (fd, &status) == 0 && status.st_ino == store)
    {
      atomic_fetch_add (&n_reads, 1);
      atomic_fetch_add (&n_bytes_read, (unsigned long long) n);
    }

  return n;
}

typedef struct {
  guint64 n_reads;
  guint64 n_bytes;
  guint64 n_chunks;
} Counts;

static Counts
get_counts (void)
{
  AnnHdf5Stats stats;

  _ann_hdf5_get_stats (&stats);

  return (Counts){ n_reads, n_bytes_read, stats.n_chunk_reads };
}

static Counts
get_counts_since (Counts before)
{
  const Counts now = get_counts ();

  return (Counts){ now.n_reads - before.n_reads, now.n_bytes - before.n_bytes,
                   now.n_chunks - before.n_chunks };
}

/* ---- When a page has all that it shows ---- */

static gboolean
is_row_waiting (GtkWidget *root)
{
  if (ANN_IS_PROPERTY_ROW (root))
    return g_str_equal (ann_property_row_get_value (ANN_PROPERTY_ROW (root)), "…");

  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (is_row_waiting (child))
      return TRUE;

  return FALSE;
}

static gboolean
has_group (GtkWidget *root, const char *title)
{
  if (ADW_IS_PREFERENCES_GROUP (root))
    return g_str_equal (adw_preferences_group_get_title (ADW_PREFERENCES_GROUP (root)), title);

  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (has_group (child, title))
      return TRUE;

  return FALSE;
}

static gboolean
is_complete (GtkWidget *page)
{
  if (ANN_IS_OVERVIEW_PAGE (page))
    return ann_overview_page_is_complete (ANN_OVERVIEW_PAGE (page));
  if (ANN_IS_TABLE_PAGE (page))
    return ann_table_page_is_idle (ANN_TABLE_PAGE (page));
  if (ANN_IS_HEATMAP_PAGE (page))
    return ann_heatmap_view_is_complete (ann_heatmap_page_get_view (ANN_HEATMAP_PAGE (page)));
  if (ANN_IS_LIST_PAGE (page)) /* deep, lists, numbers, records, words */
    return ann_element_list_get_n_rows (
               ANN_ELEMENT_LIST (ann_list_page_get_list (ANN_LIST_PAGE (page))))
           >= 5;
  if (ANN_IS_VALUE_PAGE (page))
    {
      GtkTextView *view = ann_ui_test_find_named (page, "value-text");

      return gtk_text_buffer_get_char_count (gtk_text_view_get_buffer (view)) > 0;
    }
  g_assert_true (ANN_IS_STORAGE_PAGE (page));

  return has_group (page, "Attributes") && !is_row_waiting (page);
}

/* A page asks for what it shows when it is drawn. */
static void
wait (AnnWindow *window)
{
  GtkWidget *page = ann_document_get_page_widget (ann_window_get_document (window));

  for (guint round = 0; round < 2; round++)
    {
      ann_ui_test_wait_for_frame (GTK_WIDGET (window));
      ann_ui_test_wait_until (is_complete (page));
    }
}

static void
show (AnnWindow *window, const char *path, const char *page)
{
  AnnDocument *document = ann_window_get_document (window);

  g_action_group_activate_action (G_ACTION_GROUP (window), "show-element",
                                  g_variant_new_string (path));
  ann_ui_test_wait_until (g_str_equal (ann_document_get_path (document), path));
  g_action_group_activate_action (G_ACTION_GROUP (window), "show-page",
                                  g_variant_new_string (page));
  g_assert_cmpstr (ann_document_get_page (document), ==, page);
  wait (window);
}

/* ---- The pages ---- */

static AnnWindow *
new_window (guint64 n_rows)
{
  GtkWidget *window = ann_window_new (GTK_APPLICATION (g_application_get_default ()));
  g_autofree char *path = g_strdup_printf (PAGE_STORES "/pages-%" G_GUINT64_FORMAT ".h5ad", n_rows);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  struct stat status;
  AnnDocument *document;

  g_assert_cmpint (stat (path, &status), ==, 0);
  store = status.st_ino;
  gtk_window_set_default_size (GTK_WINDOW (window), 1000, 700);
  ann_ui_test_present (window);
  ann_window_open (ANN_WINDOW (window), file);
  document = ann_window_get_document (ANN_WINDOW (window));
  ann_ui_test_wait_until (!ann_document_is_loading (document));
  g_assert_no_error (ann_document_get_error (document));
  /* The overview, X, obs with its two columns, var and the six groups. */
  ann_ui_test_wait_until (g_str_equal (ann_document_get_page (document), "overview")
                          && ann_element_tree_get_n_rows (ANN_ELEMENT_TREE (
                                 ann_store_view_get_tree (ann_document_get_view (document))))
                                 == 12);
  wait (ANN_WINDOW (window));

  return ANN_WINDOW (window);
}

/* What has been read since @before, and that all of it is kept when one goes away and comes back.
 */
static Counts
check_again (AnnWindow *window, Counts before)
{
  AnnDocument *document = ann_window_get_document (window);
  const Counts counts = get_counts_since (before);
  g_autofree char *path = g_strdup (ann_document_get_path (document));
  g_autofree char *page = g_strdup (ann_document_get_page (document));
  Counts again;

  g_test_message ("%s of “%s”: %" G_GUINT64_FORMAT " chunks, %" G_GUINT64_FORMAT
                  " bytes in %" G_GUINT64_FORMAT " reads",
                  page, path, counts.n_chunks, counts.n_bytes, counts.n_reads);
  before = get_counts ();
  show (window, "", "overview");
  show (window, path, page);
  again = get_counts_since (before);
  g_assert_cmpuint (again.n_reads, ==, 0);
  g_assert_cmpuint (again.n_chunks, ==, 0);

  return counts;
}

/* tests/ui/stores/make-stores.py: chunks of 512 rows, 20 of each array, or 200; of the pointers of
 * X one more. A screen of a table takes the block of 4096 rows that it lies in and the next one: 16
 * chunks a column. Texts are no chunks: one of a screen takes its reference and its place in the
 * heap, 16 and 24 bytes.
 */
static const guint64 n_rows[] = { 10240, 102400 };

#define SCREEN_BYTES (2 * 4096 * (16 + 24))

/* Structures, whose indices of chunks are longer in the large store. Two threads that want the same
 * block of them at the same time read it both.
 */
#define METADATA (160 * 1024)

typedef struct {
  const char *path;
  const char *page;
  guint64 n_chunks[2];
} Page;

/* In this order; what was read for one page is not read for the next. The list of uns shows the
 * first values of three things, one of them out of two arrays: so the first chunk of the numbers is
 * there. A hundred lists take one chunk of each. The heatmap shows all of X, and reads no chunk
 * twice; the table has them from there.
 */
static const Page pages[] = {
  { "obs", "table", { 32, 32 } },
  { "obs", "storage", { 0, 0 } },
  { "uns", "content", { 4, 4 } },
  { "uns/deep/a/b", "content", { 0, 0 } },
  { "uns/deep/a/c", "content", { 0, 0 } },
  { "uns/numbers", "table", { 15, 15 } },
  { "uns/words", "table", { 0, 0 } },
  { "uns/records", "table", { 16, 16 } },
  { "uns/records", "storage", { 0, 0 } },
  { "uns/lists", "content", { 2, 2 } },
  { "uns/lists", "storage", { 0, 0 } },
  { "X", "heatmap", { 61, 601 } },
  { "X", "table", { 0, 0 } },
  { "X", "storage", { 0, 0 } },
};

static void
test_pages (void)
{
  for (guint size = 0; size < G_N_ELEMENTS (n_rows); size++)
    {
      AnnWindow *window = new_window (n_rows[size]);

      for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
        {
          const Counts before = get_counts ();
          Counts counts;

          show (window, pages[i].path, pages[i].page);
          counts = check_again (window, before);
          g_assert_cmpuint (counts.n_chunks, ==, pages[i].n_chunks[size]);
          g_assert_cmpuint (counts.n_bytes, <=, SCREEN_BYTES + METADATA);
        }
      ann_ui_test_close (GTK_WIDGET (window));
    }
}

/* To open a store and to see what is in it. Of its values are looked at: the categories in 16
 * blocks of 4096 rows, each in nine chunks at most, and 64 rows of X, each in a chunk of values,
 * one of indices and one or two of pointers. In the small store that is all there is.
 */
static void
test_overview (void)
{
  static const guint64 n_most[] = { 20 + 61, 16 * 9 + 64 * 4 };

  for (guint size = 0; size < G_N_ELEMENTS (n_rows); size++)
    {
      const Counts before = get_counts ();
      AnnWindow *window = new_window (n_rows[size]);
      const Counts counts = check_again (window, before);

      g_assert_cmpuint (counts.n_chunks, >, 0);
      g_assert_cmpuint (counts.n_chunks, <=, n_most[size]);
      g_assert_cmpuint (counts.n_bytes, <=, SCREEN_BYTES + METADATA);
      ann_ui_test_close (GTK_WIDGET (window));
    }
}

/* The last row: its block and the one before, and nothing between them and the first. In the small
 * store the last block is half as long, and the one before is there.
 */
static void
test_end (void)
{
  static const guint64 n_chunks[] = { 2 * 4, 2 * 16 };

  for (guint size = 0; size < G_N_ELEMENTS (n_rows); size++)
    {
      AnnWindow *window = new_window (n_rows[size]);
      AnnTablePage *page;
      Counts before, counts;

      show (window, "obs", "table");
      page = ANN_TABLE_PAGE (ann_document_get_page_widget (ann_window_get_document (window)));
      before = get_counts ();
      ann_table_view_set_cursor (ann_table_page_get_view (page), n_rows[size] - 1, 0, FALSE);
      wait (window);
      counts = check_again (window, before);
      g_assert_cmpuint (counts.n_chunks, ==, n_chunks[size]);
      g_assert_cmpuint (counts.n_bytes, <=, SCREEN_BYTES + METADATA);
      ann_ui_test_close (GTK_WIDGET (window));
    }
}

/* Statistics are of the whole column, and of no other: what the table has not read yet, for the
 * quantiles of numbers twice.
 */
static void
test_statistics (void)
{
  static const guint n_passes[] = { 1, 2 };

  for (guint size = 0; size < G_N_ELEMENTS (n_rows); size++)
    {
      AnnWindow *window = new_window (n_rows[size]);
      AnnDocument *document = ann_window_get_document (window);

      show (window, "obs", "table");
      for (guint column = 0; column < G_N_ELEMENTS (n_passes); column++)
        {
          AnnTablePage *page = ANN_TABLE_PAGE (ann_document_get_page_widget (document));
          const Counts before = get_counts ();
          AnnStatisticsPanel *panel;
          Counts counts;

          ann_table_view_set_cursor (ann_table_page_get_view (page), 0, column, FALSE);
          ann_tab_layout_set_shows_inspector (ann_document_get_layout (document), TRUE);
          panel = ann_ui_test_find (GTK_WIDGET (window), ANN_TYPE_STATISTICS_PANEL);
          ann_ui_test_wait_for_frame (GTK_WIDGET (window));
          ann_ui_test_wait_until (ann_statistics_panel_is_idle (panel));
          g_assert_nonnull (ann_statistics_panel_get_statistics (panel));
          counts = check_again (window, before);
          g_assert_cmpuint (counts.n_chunks, ==, n_passes[column] * (n_rows[size] / 512 - 16));
          g_assert_cmpuint (counts.n_bytes, <=, SCREEN_BYTES + METADATA);
        }
      ann_ui_test_close (GTK_WIDGET (window));
    }
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = g_dir_make_tmp ("annbrowser-test-XXXXXX", NULL);

  /* The user's own list of recent stores stays as it is. */
  g_setenv ("XDG_DATA_HOME", folder, TRUE);
  ann_ui_test_init (&argc, &argv);

  g_test_add_func ("/reads/overview", test_overview);
  g_test_add_func ("/reads/pages", test_pages);
  g_test_add_func ("/reads/end", test_end);
  g_test_add_func ("/reads/statistics", test_statistics);

  return g_test_run ();
}
