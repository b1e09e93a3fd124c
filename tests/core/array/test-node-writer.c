/* test-node-writer.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-node-writer.h"
#include "base/ann-error.h"

#include <string.h>

/* Notes what it is asked for. */
#define NOTING_TYPE_WRITER (noting_writer_get_type ())
G_DECLARE_FINAL_TYPE (NotingWriter, noting_writer, NOTING, WRITER, AnnNodeWriter)

struct _NotingWriter {
  AnnNodeWriter parent_instance;
  gboolean fails;
  guint n_nulls;
  guint n_closed;
  guint n_committed;
};

G_DEFINE_FINAL_TYPE (NotingWriter, noting_writer, _ann_node_writer_get_type ())

static const AnnWriterTraits traits = { .format = "Notes" };

static const AnnWriterTraits *
noting_writer_get_traits (G_GNUC_UNUSED AnnNodeWriter *writer)
{
  return &traits;
}

static gboolean
fail (NotingWriter *self, GError **error)
{
  if (self->fails)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "full");

  return self->fails;
}

static AnnNodeWriter *
noting_writer_add_group (AnnNodeWriter *writer,
                         const char *name,
                         G_GNUC_UNUSED GCancellable *cancellable,
                         GError **error)
{
  g_autofree char *path = _ann_node_writer_build_path (writer, name);
  AnnNodeWriter *child;

  if (fail (NOTING_WRITER (writer), error))
    return NULL;

  child = g_object_new (NOTING_TYPE_WRITER, NULL);
  _ann_node_writer_set_path (child, path);

  return child;
}

static gboolean
noting_writer_add_null (AnnNodeWriter *writer,
                        G_GNUC_UNUSED const char *name,
                        G_GNUC_UNUSED AnnAttributes *attributes,
                        G_GNUC_UNUSED GCancellable *cancellable,
                        GError **error)
{
  NOTING_WRITER (writer)->n_nulls++;

  return !fail (NOTING_WRITER (writer), error);
}

static gboolean
noting_writer_close (AnnNodeWriter *writer,
                     G_GNUC_UNUSED AnnAttributes *attributes,
                     G_GNUC_UNUSED GCancellable *cancellable,
                     GError **error)
{
  NOTING_WRITER (writer)->n_closed++;

  return !fail (NOTING_WRITER (writer), error);
}

static gboolean
noting_writer_commit (AnnNodeWriter *writer,
                      G_GNUC_UNUSED GCancellable *cancellable,
                      GError **error)
{
  NOTING_WRITER (writer)->n_committed++;

  return !fail (NOTING_WRITER (writer), error);
}

static void
noting_writer_class_init (NotingWriterClass *klass)
{
  AnnNodeWriterClass *writer_class = ANN_NODE_WRITER_CLASS (klass);

  writer_class->get_traits = noting_writer_get_traits;
  writer_class->add_group = noting_writer_add_group;
  writer_class->add_null = noting_writer_add_null;
  writer_class->close = noting_writer_close;
  writer_class->commit = noting_writer_commit;
}

static void
noting_writer_init (G_GNUC_UNUSED NotingWriter *self)
{
}

static AnnNodeWriter *
new_root (void)
{
  AnnNodeWriter *root = g_object_new (NOTING_TYPE_WRITER, NULL);

  _ann_node_writer_set_path (root, "");

  return root;
}

static void
test_paths (void)
{
  g_autoptr (AnnNodeWriter) root = new_root ();
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnNodeWriter) group = _ann_node_writer_add_group (root, "obs", NULL, &error);
  g_autoptr (AnnNodeWriter) inner = NULL;

  g_assert_no_error (error);
  inner = _ann_node_writer_add_group (group, "a b", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (_ann_node_writer_get_path (root), ==, "");
  g_assert_cmpstr (_ann_node_writer_get_path (group), ==, "obs");
  g_assert_cmpstr (_ann_node_writer_get_path (inner), ==, "obs/a b");
  g_assert_true (_ann_node_writer_get_traits (inner) == &traits);
}

static void
test_names (void)
{
  static const char *const wrong[] = { "", "a/b", "/", ".", "..", "there", "null" };
  static const char *const right[] = { "...", "There", " ", "a\\b", "é" };
  g_autoptr (AnnNodeWriter) root = new_root ();
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnNodeWriter) there = _ann_node_writer_add_group (root, "there", NULL, &error);

  g_assert_no_error (error);
  g_assert_true (_ann_node_writer_add_null (root, "null", NULL, NULL, &error));
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_assert_null (_ann_node_writer_add_group (root, wrong[i], NULL, &error));
      g_assert_error (error, ANN_ERROR, ANN_ERROR_FORMAT);
      g_assert_nonnull (strstr (error->message, "rename"));
      g_clear_error (&error);
      g_assert_false (_ann_node_writer_add_null (root, wrong[i], NULL, NULL, &error));
      g_assert_error (error, ANN_ERROR, ANN_ERROR_FORMAT);
      g_clear_error (&error);
    }
  g_assert_cmpuint (NOTING_WRITER (root)->n_nulls, ==, 1);

  for (gsize i = 0; i < G_N_ELEMENTS (right); i++)
    {
      g_autoptr (AnnNodeWriter) child = _ann_node_writer_add_group (root, right[i], NULL, &error);

      g_assert_no_error (error);
    }
}

/* What could not be added is not there. */
static void
test_failure (void)
{
  g_autoptr (AnnNodeWriter) root = new_root ();
  g_autoptr (AnnNodeWriter) child = NULL;
  g_autoptr (GError) error = NULL;

  NOTING_WRITER (root)->fails = TRUE;
  g_assert_null (_ann_node_writer_add_group (root, "a", NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_clear_error (&error);
  g_assert_false (_ann_node_writer_add_null (root, "a", NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_clear_error (&error);

  NOTING_WRITER (root)->fails = FALSE;
  child = _ann_node_writer_add_group (root, "a", NULL, &error);
  g_assert_no_error (error);
}

static void
test_end (void)
{
  g_autoptr (AnnNodeWriter) root = new_root ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_false (_ann_node_writer_close (root, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_cmpuint (NOTING_WRITER (root)->n_closed, ==, 0);

  g_assert_true (_ann_node_writer_close (root, NULL, NULL, &error));
  g_assert_false (_ann_node_writer_commit (root, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_cmpuint (NOTING_WRITER (root)->n_committed, ==, 0);

  g_assert_true (_ann_node_writer_commit (root, NULL, &error));
  g_assert_cmpuint (NOTING_WRITER (root)->n_committed, ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/node-writer/paths", test_paths);
  g_test_add_func ("/node-writer/names", test_names);
  g_test_add_func ("/node-writer/failure", test_failure);
  g_test_add_func ("/node-writer/end", test_end);

  return g_test_run ();
}
