/* test-node.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-memory-array.h"
#include "array/ann-node-private.h"
#include "base/ann-error.h"

/* A group with children a and b, of which b is broken: linked, but it cannot be opened. */
#define TEST_TYPE_NODE (test_node_get_type ())
G_DECLARE_FINAL_TYPE (TestNode, test_node, TEST, NODE, AnnNode)

struct _TestNode {
  AnnNode parent_instance;
  int n_lists;
  int n_opens;
};

G_DEFINE_FINAL_TYPE (TestNode, test_node, ANN_TYPE_NODE)

static TestNode *
test_node_new (AnnNodeKind kind, const char *path)
{
  TestNode *self = g_object_new (TEST_TYPE_NODE, NULL);

  _ann_node_set_info (ANN_NODE (self), kind, path, NULL);

  return self;
}

static AnnAttributes *
test_node_read_attributes (G_GNUC_UNUSED AnnNode *node,
                           G_GNUC_UNUSED GCancellable *cancellable,
                           G_GNUC_UNUSED GError **error)
{
  return ann_attributes_new ();
}

static char **
test_node_list_children (AnnNode *node,
                         G_GNUC_UNUSED GCancellable *cancellable,
                         G_GNUC_UNUSED GError **error)
{
  const char *const names[] = { "a", "b", NULL };

  TEST_NODE (node)->n_lists++;

  return g_strdupv ((char **) names);
}

static AnnNode *
test_node_open_child (AnnNode *node,
                      const char *name,
                      G_GNUC_UNUSED GCancellable *cancellable,
                      GError **error)
{
  TEST_NODE (node)->n_opens++;
  if (g_str_equal (name, "a"))
    return ANN_NODE (test_node_new (ANN_NODE_ARRAY, "g/a"));

  g_set_error (error, ANN_ERROR, g_str_equal (name, "b") ? ANN_ERROR_CORRUPT : ANN_ERROR_NOT_FOUND,
               "No “%s”", name);

  return NULL;
}

static AnnArray *
test_node_open_array (G_GNUC_UNUSED AnnNode *node,
                      G_GNUC_UNUSED GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (AnnBuffer) buffer = ann_buffer_new_vector (ANN_DTYPE_INT8, 3, error);

  return ann_memory_array_new (buffer);
}

static void
test_node_class_init (TestNodeClass *klass)
{
  ANN_NODE_CLASS (klass)->read_attributes = test_node_read_attributes;
  ANN_NODE_CLASS (klass)->list_children = test_node_list_children;
  ANN_NODE_CLASS (klass)->open_child = test_node_open_child;
  ANN_NODE_CLASS (klass)->open_array = test_node_open_array;
}

static void
test_node_init (G_GNUC_UNUSED TestNode *self)
{
}

static void
test_paths (void)
{
  const struct {
    const char *path;
    const char *name;
  } cases[] = { { "", "" }, { "obs", "obs" }, { "uns/neighbors/params", "params" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TestNode) node = test_node_new (ANN_NODE_GROUP, cases[i].path);

      g_assert_cmpstr (ann_node_get_path (ANN_NODE (node)), ==, cases[i].path);
      g_assert_cmpstr (ann_node_get_name (ANN_NODE (node)), ==, cases[i].name);
      g_assert_cmpstr (ann_node_get_link_description (ANN_NODE (node)), ==, "hard");
      g_assert_cmpint (ann_node_get_kind (ANN_NODE (node)), ==, ANN_NODE_GROUP);
    }
}

static void
test_children (void)
{
  g_autoptr (TestNode) group = test_node_new (ANN_NODE_GROUP, "g");
  AnnNode *node = ANN_NODE (group);
  const char *const never[] = { "", ".", "..", "a/b", "/a" };
  g_autoptr (AnnNode) child = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (ann_node_has_child (node, "a", NULL));
  g_assert_true (ann_node_has_child (node, "b", NULL));
  g_assert_false (ann_node_has_child (node, "c", NULL));
  g_assert_cmpint (group->n_lists, ==, 3);
  g_assert_cmpint (group->n_opens, ==, 0);

  child = ann_node_open_child (node, "a", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (ann_node_get_name (child), ==, "a");
  g_assert_null (ann_node_open_child (node, "b", NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
  g_clear_error (&error);
  g_assert_cmpint (group->n_opens, ==, 2);

  /* What is no name does not reach the format. */
  for (guint i = 0; i < G_N_ELEMENTS (never); i++)
    {
      g_assert_false (ann_node_has_child (node, never[i], NULL));
      g_assert_null (ann_node_open_child (node, never[i], NULL, &error));
      g_assert_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND);
      g_clear_error (&error);
    }
  g_assert_cmpint (group->n_opens, ==, 2);
  g_assert_cmpint (group->n_lists, ==, 3);
}

static void
test_kinds (void)
{
  g_autoptr (TestNode) group = test_node_new (ANN_NODE_GROUP, "");
  g_autoptr (TestNode) leaf = test_node_new (ANN_NODE_ARRAY, "X");
  g_auto (GStrv) children = NULL;
  g_autoptr (AnnArray) array = NULL;
  g_autoptr (AnnAttributes) attributes = NULL;
  g_autoptr (GError) error = NULL;

  children = ann_node_list_children (ANN_NODE (leaf), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (children), ==, 0);
  g_assert_false (ann_node_has_child (ANN_NODE (leaf), "a", NULL));
  g_assert_null (ann_node_open_child (ANN_NODE (leaf), "a", NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND);
  g_clear_error (&error);

  array = ann_node_open_array (ANN_NODE (leaf), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ann_array_get_length (array), ==, 3);
  g_assert_null (ann_node_open_array (ANN_NODE (group), NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_FORMAT);
  g_clear_error (&error);

  attributes = ann_node_read_attributes (ANN_NODE (group), NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (attributes);
}

static void
test_cancelled (void)
{
  g_autoptr (TestNode) group = test_node_new (ANN_NODE_GROUP, "");
  g_autoptr (TestNode) leaf = test_node_new (ANN_NODE_ARRAY, "X");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (ann_node_list_children (ANN_NODE (group), cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (ann_node_open_child (ANN_NODE (group), "a", cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (ann_node_read_attributes (ANN_NODE (group), cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (ann_node_open_array (ANN_NODE (leaf), cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (group->n_lists + group->n_opens, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/node/paths", test_paths);
  g_test_add_func ("/node/children", test_children);
  g_test_add_func ("/node/kinds", test_kinds);
  g_test_add_func ("/node/cancelled", test_cancelled);

  return g_test_run ();
}
