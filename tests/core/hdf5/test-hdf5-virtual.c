/* test-hdf5-virtual.c: datasets whose values are elsewhere, read as libhdf5 reads them
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#define _GNU_SOURCE /* memmem () */

#include "hdf5-fixture.h"

#include "format/hdf5/ann-hdf5-selection.h"

#include <string.h>

#define N_ROWS 12
#define N_COLUMNS 10

/* Every box of @name has what libhdf5 reads. */
static void
assert_boxes (Fixture *fixture, const char *name)
{
  gint32 expected[N_ROWS][N_COLUMNS];
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (AnnArray) array = NULL;
  AnnBox box = { .rank = 2 };
  guint64 n_rows;

  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) file = H5I_INVALID_HID;
    g_auto (AnnHdf5Hid) dataset = H5I_INVALID_HID;

    H5Fclose (fixture->file);
    fixture->file = H5I_INVALID_HID;
    file = H5Fopen (fixture->path, H5F_ACC_RDONLY, H5P_DEFAULT);
    dataset = H5Dopen2 (file, name, H5P_DEFAULT);
    g_assert_cmpint (H5Dread (dataset, H5T_NATIVE_INT32, H5S_ALL, H5S_ALL, H5P_DEFAULT, expected),
                     >=, 0);
  }

  root = fixture_open (fixture);
  array = open_array (root, name);
  /* libhdf5 has made the shape fit what there is, where that may grow. */
  n_rows = ann_array_get_shape (array)[0];
  g_assert_cmpuint (n_rows, ==,
                    strcmp (g_test_get_path (), "/hdf5/virtual/open-end") == 0 ? 9 : N_ROWS);
  for (box.start[0] = 0; box.start[0] < n_rows; box.start[0]++)
    for (box.count[0] = 1; box.count[0] <= n_rows - box.start[0]; box.count[0]++)
      for (box.start[1] = 0; box.start[1] < N_COLUMNS; box.start[1]++)
        for (box.count[1] = 1; box.count[1] <= N_COLUMNS - box.start[1]; box.count[1]++)
          {
            g_autoptr (GError) error = NULL;
            g_autoptr (AnnBuffer) buffer = ann_array_read (array, &box, NULL, &error);

            g_assert_no_error (error);
            for (guint64 i = 0; i < box.count[0]; i++)
              for (guint64 j = 0; j < box.count[1]; j++)
                g_assert_cmpfloat (ann_buffer_get_double (buffer, i * box.count[1] + j), ==,
                                   expected[box.start[0] + i][box.start[1] + j]);
          }
}

/* A dataset of the numbers from @first on. */
static void
write_numbers (hid_t file,
               const char *name,
               hid_t type,
               int rank,
               const hsize_t *shape,
               int first,
               hid_t creation)
{
  gint32 values[N_ROWS * N_COLUMNS];

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    values[i] = first + (int) i;
  write_dataset (file, name, type, H5T_NATIVE_INT32, rank, shape, creation, values);
}

typedef struct {
  hid_t creation;
  hid_t space;
} Virtual;

static void
virtual_begin (Virtual *self)
{
  static const hsize_t shape[2] = { N_ROWS, N_COLUMNS };
  static const hsize_t max_shape[2] = { H5S_UNLIMITED, H5S_UNLIMITED };
  static const gint32 fill = -7;

  self->creation = H5Pcreate (H5P_DATASET_CREATE);
  self->space = H5Screate_simple (2, shape, max_shape);
  H5Pset_fill_value (self->creation, H5T_NATIVE_INT32, &fill);
}

static void
virtual_end (Virtual *self, Fixture *fixture, hid_t type)
{
  g_auto (AnnHdf5Hid) dataset = H5Dcreate2 (fixture->file, "v", type, self->space, H5P_DEFAULT,
                                            self->creation, H5P_DEFAULT);

  g_assert_cmpint (dataset, >, 0);
  _ann_hdf5_close (self->creation);
  _ann_hdf5_close (self->space);
}

/* @start, @stride, @count and @block: of both axes */
static void
select_blocks (hid_t space,
               H5S_seloper_t how,
               const hsize_t *start,
               const hsize_t *stride,
               const hsize_t *count,
               const hsize_t *block)
{
  g_assert_cmpint (H5Sselect_hyperslab (space, how, start, stride, count, block), >=, 0);
}

static void
map (Virtual *self, const char *file, const char *name, hid_t source)
{
  g_assert_cmpint (H5Pset_virtual (self->creation, self->space, file, name, source), >=, 0);
}

#define PAIR(a, b) ((const hsize_t[2]){ a, b })
#define SELECT(space, how, start, stride, count, block)                                            \
  select_blocks (space, H5S_SELECT_##how, start, stride, count, block)

/* Parts of files beside it one below the other, with rows between that none has. */
static void
write_stack (Fixture *fixture)
{
  Virtual virtual;

  virtual_begin (&virtual);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *name = g_strdup_printf ("part-%u.h5", i);
      g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
      g_auto (AnnHdf5Hid) file = H5Fcreate (path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
      g_auto (AnnHdf5Hid) source = H5Screate_simple (2, PAIR (3, N_COLUMNS), NULL);
      g_auto (AnnHdf5Hid) creation = make_chunking (2, PAIR (2, 3));

      H5Pset_deflate (creation, 1);
      write_numbers (file, "x", H5T_STD_I32LE, 2, PAIR (3, N_COLUMNS), (int) i * 1000, creation);
      SELECT (virtual.space, SET, PAIR (i * 4, 0), NULL, PAIR (1, 1), PAIR (3, N_COLUMNS));
      map (&virtual, name, "/x", source);
    }
  virtual_end (&virtual, fixture, H5T_STD_I32LE);
}

/* Columns of two datasets in turns, and of the second every other row only. */
static void
write_turns (Fixture *fixture)
{
  g_auto (AnnHdf5Hid) source = H5Screate_simple (2, PAIR (N_ROWS, 5), NULL);
  Virtual virtual;

  virtual_begin (&virtual);
  write_numbers (fixture->file, "a", H5T_STD_I32LE, 2, PAIR (N_ROWS, 5), 0, H5P_DEFAULT);
  write_numbers (fixture->file, "b", H5T_STD_I32LE, 2, PAIR (N_ROWS, 5), 1000, H5P_DEFAULT);
  SELECT (virtual.space, SET, PAIR (0, 0), PAIR (1, 2), PAIR (N_ROWS, 5), NULL);
  map (&virtual, ".", "a", source);
  SELECT (virtual.space, SET, PAIR (1, 1), PAIR (2, 2), PAIR (6, 5), NULL);
  SELECT (source, SET, PAIR (0, 0), PAIR (2, 1), PAIR (6, 5), NULL);
  map (&virtual, ".", "b", source);
  virtual_end (&virtual, fixture, H5T_STD_I32LE);
}

/* A line is a row here, and another one a column; then something over a part of both. */
static void
write_lines (Fixture *fixture)
{
  static const hsize_t length = 20, start = 3, row = N_COLUMNS, column = N_ROWS;
  g_auto (AnnHdf5Hid) line = H5Screate_simple (1, &length, NULL);
  g_auto (AnnHdf5Hid) patch = H5Screate_simple (2, PAIR (2, 3), NULL);
  const hsize_t one = 1;
  Virtual virtual;

  virtual_begin (&virtual);
  write_numbers (fixture->file, "line", H5T_STD_I32LE, 1, &length, 0, H5P_DEFAULT);
  write_numbers (fixture->file, "patch", H5T_STD_I32LE, 2, PAIR (2, 3), 1000, H5P_DEFAULT);
  SELECT (virtual.space, SET, PAIR (4, 0), NULL, PAIR (1, 1), PAIR (1, N_COLUMNS));
  SELECT (line, SET, &start, NULL, &one, &row);
  map (&virtual, ".", "line", line);
  SELECT (virtual.space, SET, PAIR (0, 6), NULL, PAIR (1, 1), PAIR (N_ROWS, 1));
  SELECT (line, SET, &start, NULL, &one, &column);
  map (&virtual, ".", "line", line);
  SELECT (virtual.space, SET, PAIR (4, 5), NULL, PAIR (1, 1), PAIR (2, 3));
  map (&virtual, ".", "patch", patch);
  virtual_end (&virtual, fixture, H5T_STD_I32LE);
}

/* Rows 1, 2, 5 and 9 from rows 0, 3, 4 and 7: no pattern. */
static void
write_chosen (Fixture *fixture)
{
  static const hsize_t here[] = { 1, 2, 5, 9 }, there[] = { 0, 3, 4, 7 };
  g_auto (AnnHdf5Hid) source = H5Screate_simple (2, PAIR (N_ROWS, N_COLUMNS), NULL);
  Virtual virtual;

  virtual_begin (&virtual);
  write_numbers (fixture->file, "a", H5T_STD_I32LE, 2, PAIR (N_ROWS, N_COLUMNS), 0, H5P_DEFAULT);
  for (guint i = 0; i < 4; i++)
    {
      H5S_seloper_t how = i == 0 ? H5S_SELECT_SET : H5S_SELECT_OR;

      select_blocks (virtual.space, how, PAIR (here[i], 2), NULL, PAIR (1, 1), PAIR (1, 7));
      select_blocks (source, how, PAIR (there[i], 1), NULL, PAIR (1, 1), PAIR (1, 7));
    }
  map (&virtual, ".", "a", source);
  virtual_end (&virtual, fixture, H5T_STD_I32LE);
}

/* The same numbers stored in another way there. */
static void
write_other_order (Fixture *fixture)
{
  g_auto (AnnHdf5Hid) source = H5Screate_simple (2, PAIR (N_ROWS, N_COLUMNS), NULL);
  Virtual virtual;

  virtual_begin (&virtual);
  write_numbers (fixture->file, "a", H5T_STD_I32LE, 2, PAIR (N_ROWS, N_COLUMNS), 0, H5P_DEFAULT);
  SELECT (virtual.space, SET, PAIR (0, 0), NULL, PAIR (1, 1), PAIR (N_ROWS, N_COLUMNS));
  map (&virtual, ".", "a", source);
  virtual_end (&virtual, fixture, H5T_STD_I32BE);
}

/* Every second row, for as many as there are: the source grows. */
static void
write_open_end (Fixture *fixture)
{
  g_auto (AnnHdf5Hid) source = H5Screate_simple (2, PAIR (5, N_COLUMNS),
                                                 PAIR (H5S_UNLIMITED, N_COLUMNS));
  g_auto (AnnHdf5Hid) creation = make_chunking (2, PAIR (2, N_COLUMNS));
  g_auto (AnnHdf5Hid) dataset = H5I_INVALID_HID;
  gint32 values[5][N_COLUMNS] = { 0 };
  Virtual virtual;

  virtual_begin (&virtual);
  for (int i = 0; i < 5 * N_COLUMNS; i++)
    values[i / N_COLUMNS][i % N_COLUMNS] = i + 1;
  dataset = H5Dcreate2 (fixture->file, "a", H5T_STD_I32LE, source, H5P_DEFAULT, creation,
                        H5P_DEFAULT);
  g_assert_cmpint (H5Dwrite (dataset, H5T_NATIVE_INT32, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), >=,
                   0);

  SELECT (virtual.space, SET, PAIR (0, 0), PAIR (2, 1), PAIR (H5S_UNLIMITED, 1),
          PAIR (1, N_COLUMNS));
  SELECT (source, SET, PAIR (0, 0), PAIR (1, 1), PAIR (H5S_UNLIMITED, 1), PAIR (1, N_COLUMNS));
  map (&virtual, ".", "a", source);
  virtual_end (&virtual, fixture, H5T_STD_I32LE);
}

/* More datasets than stay open: each one element of the first rows. */
static void
write_mosaic (Fixture *fixture)
{
  g_auto (AnnHdf5Hid) source = H5Screate_simple (2, PAIR (1, 1), NULL);
  Virtual virtual;

  virtual_begin (&virtual);
  for (guint i = 0; i < 70; i++)
    {
      g_autofree char *name = g_strdup_printf ("tile-%u", i);

      write_numbers (fixture->file, name, H5T_STD_I32LE, 2, PAIR (1, 1), (int) i, H5P_DEFAULT);
      SELECT (virtual.space, SET, PAIR (i / N_COLUMNS, i % N_COLUMNS), NULL, PAIR (1, 1), NULL);
      map (&virtual, ".", name, source);
    }
  virtual_end (&virtual, fixture, H5T_STD_I32LE);
}

static void
test_mappings (Fixture *fixture, gconstpointer data)
{
  void (*write) (Fixture *) = (void (*) (Fixture *)) data;

  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();

    write (fixture);
  }
  assert_boxes (fixture, "v");
}

static void
append_number (GByteArray *bytes, guint64 number, guint size)
{
  number = GUINT64_TO_LE (number);
  g_byte_array_append (bytes, (const guint8 *) &number, size);
}

/* Rows from @row on, @n_rows of them, as HDF5 2.0 writes it: by numbers of two bytes. */
static void
append_rows (GByteArray *bytes, guint row, guint n_rows)
{
  static const guint8 start[] = { 2, 0, 0, 0, 3, 0, 0, 0, 1, 2, 2, 0, 0, 0 };
  const guint numbers[] = { row, 1, 1, n_rows, 0, 1, 1, N_COLUMNS };

  g_byte_array_append (bytes, start, sizeof start);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    append_number (bytes, numbers[i], 2);
}

/* The list of parts that HDF5 2.0 writes, in which names are not repeated: in place of that which
 * libhdf5 1.10 wrote. Rows 0 to 2 are rows 5 to 7 of "a", 4 and 5 are 0 and 1, and 8 is row 3 of
 * "b".
 */
static void
test_new_list (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const struct {
    guint8 flags;
    const char *name; /* or NULL for that of the first part */
    guint there, here, n_rows;
  } parts[] = { { 4, "a", 5, 0, 3 }, { 4 | 2, NULL, 0, 4, 2 }, { 1, "b", 3, 8, 1 } };
  g_autoptr (GByteArray) list = g_byte_array_new ();
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (AnnArray) array = NULL;
  g_autoptr (AnnBuffer) buffer = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *bytes = NULL;
  char *heap;
  gsize n_bytes;
  AnnBox box;

  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();

    write_numbers (fixture->file, "b", H5T_STD_I32LE, 2, PAIR (N_ROWS, N_COLUMNS), 1000,
                   H5P_DEFAULT);
    write_other_order (fixture);
  }
  g_object_unref (fixture_open (fixture));

  append_number (list, 1, 1); /* the version */
  append_number (list, G_N_ELEMENTS (parts), 8);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      append_number (list, parts[i].flags, 1);
      if (parts[i].flags & 1)
        append_number (list, 0, 8); /* the file of the first part */
      if (parts[i].name != NULL)
        g_byte_array_append (list, (const guint8 *) parts[i].name, 2);
      else
        append_number (list, 0, 8);
      append_rows (list, parts[i].there, parts[i].n_rows);
      append_rows (list, parts[i].here, parts[i].n_rows);
    }
  append_number (list, _ann_hdf5_checksum (list->data, list->len), 4);

  /* The first object of the heap's first collection: its length precedes it. */
  g_assert_true (g_file_get_contents (fixture->path, &bytes, &n_bytes, NULL));
  heap = memmem (bytes, n_bytes, "GCOL", 4);
  g_assert_nonnull (heap);
  memset (heap + 24, 0, 4096 - 24);
  heap[24] = (char) list->len;
  g_assert_cmpuint (list->len, <, 256);
  memcpy (heap + 32, list->data, list->len);
  g_assert_true (g_file_set_contents (fixture->path, bytes, (gssize) n_bytes, NULL));

  root = fixture_open (fixture);
  array = open_array (root, "v");
  ann_box_init_whole (&box, 2, ann_array_get_shape (array));
  buffer = ann_array_read (array, &box, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < N_ROWS; i++)
    for (guint j = 0; j < N_COLUMNS; j++)
      {
        double expected = -7;

        if (i < 3)
          expected = (i + 5) * N_COLUMNS + j;
        else if (i == 4 || i == 5)
          expected = (i - 4) * N_COLUMNS + j;
        else if (i == 8)
          expected = 1000 + 3 * N_COLUMNS + j;
        g_assert_cmpfloat (ann_buffer_get_double (buffer, i * N_COLUMNS + j), ==, expected);
      }
}

/* A selection as HDF5 2.0 writes it: by numbers of two bytes. */
static void
test_selection (void)
{
  static const guint8 pattern[] = {
    2,    0, 0, 0, 3,    0,    0, 0,
    1,    2, 2, 0, 0,    0,          /* blocks, version 3, a pattern, 2 bytes, 2 axes */
    3,    0, 1, 0, 1,    0,    3, 0, /* 3 to 5 */
    1,    0, 4, 0, 0xff, 0xff, 2, 0, /* 1, 2, 5, 6, 9, 10 … */
    0xee,                            /* what follows */
  };
  static const guint8 list[] = {
    2, 0, 0, 0, 3, 0, 0, 0, 0, 4, 1, 0, 0, 0, 3, 0, 0, 0, /* version 3, 4 bytes, 1 axis, 3 blocks */
    2, 0, 0, 0, 3, 0, 0, 0, 5, 0, 0, 0, 5, 0, 0, 0, 9, 0, 0, 0, 11, 0, 0, 0,
  };
  const guint64 shape[2] = { 6, 12 };
  const guint64 indices[] = { 1, 2, 5, 6, 9, 10 }, listed[] = { 2, 3, 5, 9, 10, 11 };
  AnnHdf5Cursor cursor = { pattern, pattern + sizeof pattern, 8, 8 };
  g_auto (AnnHdf5Selection) selection = { 0 };
  g_auto (AnnHdf5Selection) blocks = { 0 };
  g_autoptr (GError) error = NULL;
  guint64 run;

  g_assert_true (_ann_hdf5_selection_init (&selection, &cursor, "x", &error));
  g_assert_cmpuint (*cursor.at, ==, 0xee);
  g_assert_true (_ann_hdf5_selection_bind (&selection, 2, shape, "x", &error));
  g_assert_cmpuint (selection.axes[0].size, ==, 3);
  g_assert_cmpuint (_ann_hdf5_selected_axis_get (&selection.axes[0], 1, &run), ==, 4);
  g_assert_cmpuint (run, ==, 2);
  g_assert_cmpuint (selection.axes[1].size, ==, 6);
  for (guint i = 0; i < 6; i++)
    {
      g_assert_cmpuint (_ann_hdf5_selected_axis_get (&selection.axes[1], i, &run), ==, indices[i]);
      g_assert_cmpuint (run, ==, i % 2 == 0 ? 2 : 1);
      g_assert_cmpuint (_ann_hdf5_selected_axis_find (&selection.axes[1], indices[i]), ==, i);
    }
  g_assert_cmpuint (_ann_hdf5_selected_axis_find (&selection.axes[1], 0), ==, 0);
  g_assert_cmpuint (_ann_hdf5_selected_axis_find (&selection.axes[1], 3), ==, 2);
  g_assert_cmpuint (_ann_hdf5_selected_axis_find (&selection.axes[1], 11), ==, 6);

  cursor = (AnnHdf5Cursor){ list, list + sizeof list, 8, 8 };
  g_assert_true (_ann_hdf5_selection_init (&blocks, &cursor, "x", &error));
  g_assert_true (_ann_hdf5_selection_bind (&blocks, 1, shape + 1, "x", &error));
  g_assert_cmpuint (blocks.axes[0].size, ==, 6);
  for (guint i = 0; i < 6; i++)
    {
      g_assert_cmpuint (_ann_hdf5_selected_axis_get (&blocks.axes[0], i, &run), ==, listed[i]);
      g_assert_cmpuint (_ann_hdf5_selected_axis_find (&blocks.axes[0], listed[i]), ==, i);
    }
  g_assert_cmpuint (_ann_hdf5_selected_axis_find (&blocks.axes[0], 4), ==, 2);
  g_assert_cmpuint (_ann_hdf5_selected_axis_find (&blocks.axes[0], 12), ==, 6);
  g_assert_false (_ann_hdf5_selection_bind (&blocks, 1, shape, "x", &error));
  assert_says (error, ANN_ERROR_CORRUPT, "reaches beyond");
}

/* Selections that make no sense, byte by byte and cut off anywhere. */
static void
test_damaged_selection (void)
{
  static const guint8 good[] = {
    2, 0, 0, 0, 3, 0, 0, 0, 1, 2, 2, 0, 0, 0, 3, 0, 1, 0, 1, 0, 3, 0, 1, 0, 4, 0, 2, 0, 2, 0,
  };
  const guint64 shape[2] = { 6, 12 };

  for (gsize n = 0; n < sizeof good; n++)
    {
      AnnHdf5Cursor cursor = { good, good + n, 8, 8 };
      g_auto (AnnHdf5Selection) selection = { 0 };
      g_autoptr (GError) error = NULL;

      g_assert_false (_ann_hdf5_selection_init (&selection, &cursor, "x", &error));
      g_assert_nonnull (error);
    }
  for (gsize i = 0; i < sizeof good; i++)
    for (guint value = 0; value < 256; value++)
      {
        guint8 bytes[sizeof good];
        AnnHdf5Cursor cursor = { bytes, bytes + sizeof bytes, 8, 8 };
        g_auto (AnnHdf5Selection) selection = { 0 };
        guint64 run;

        memcpy (bytes, good, sizeof bytes);
        bytes[i] = (guint8) value;
        if (!_ann_hdf5_selection_init (&selection, &cursor, "x", NULL)
            || !_ann_hdf5_selection_bind (&selection, 2, shape, "x", NULL) || selection.is_none)
          continue;
        for (guint axis = 0; axis < 2; axis++)
          {
            guint64 size = selection.axes[axis].size;

            g_assert_cmpuint (size, <=, shape[axis]);
            g_assert_cmpuint (_ann_hdf5_selected_axis_get (&selection.axes[axis], size - 1, &run),
                              <, shape[axis]);
          }
      }
}

/* Three files in a row, the middle one too short: what it has not is zeros. */
static void
test_external (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  gint32 values[N_ROWS * N_COLUMNS];
  const gsize n_bytes = sizeof values;
  const gsize ends[] = { 0, 100, 300, n_bytes };

  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) creation = H5Pcreate (H5P_DATASET_CREATE);

    for (guint i = 0; i < G_N_ELEMENTS (values); i++)
      values[i] = (int) i;
    for (guint i = 0; i < 3; i++)
      {
        g_autofree char *name = g_strdup_printf ("raw-%u", i);
        g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
        g_autofree char *bytes = g_malloc0 (n_bytes + 8);
        gsize n = ends[i + 1] - ends[i];

        memcpy (bytes + i, (const char *) values + ends[i], n);
        g_assert_true (g_file_set_contents (path, bytes, (gssize) (i == 1 ? n / 2 : n + i), NULL));
        H5Pset_external (creation, name, (off_t) i, i == 2 ? H5F_UNLIMITED : n);
      }
    write_dataset (fixture->file, "v", H5T_STD_I32LE, H5T_NATIVE_INT32, 2, PAIR (N_ROWS, N_COLUMNS),
                   creation, NULL);
  }
  g_assert_no_errno (g_chdir (fixture->folder)); /* where libhdf5 looks for them */
  assert_boxes (fixture, "v");
  g_assert_no_errno (g_chdir ("/"));
}

/* Bools of four bytes that are put together from integers of another byte order. */
static void
test_wide_bools (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const guint8 expected[] = { 0, 1, 1 };
  static const gint32 values[] = { 0, 1, 1 };
  const hsize_t three = 3;
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (AnnArray) array = NULL;
  g_autoptr (AnnBuffer) buffer = NULL;
  g_autoptr (GError) error = NULL;

  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) creation = H5Pcreate (H5P_DATASET_CREATE);
    g_auto (AnnHdf5Hid) space = H5Screate_simple (1, &three, NULL);
    g_auto (AnnHdf5Hid) type = H5Tenum_create (H5T_STD_I32LE);
    const gint32 members[] = { GINT32_TO_LE (0), GINT32_TO_LE (1) };

    g_assert_cmpint (H5Tenum_insert (type, "FALSE", &members[0]), >=, 0);
    g_assert_cmpint (H5Tenum_insert (type, "TRUE", &members[1]), >=, 0);
    write_dataset (fixture->file, "a", H5T_STD_I32BE, H5T_NATIVE_INT32, 1, &three, H5P_DEFAULT,
                   values);
    g_assert_cmpint (H5Pset_virtual (creation, space, ".", "a", space), >=, 0);
    write_dataset (fixture->file, "v", type, type, 1, &three, creation, NULL);
  }

  root = fixture_open (fixture);
  array = open_array (root, "v");
  g_assert_cmpint (ann_array_get_dtype (array), ==, ANN_DTYPE_BOOL);
  buffer = ann_array_read_range (array, 0, 3, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (ann_buffer_get_data (buffer), ann_buffer_get_size (buffer), expected, 3);
}

int
main (int argc, char *argv[])
{
  static const struct {
    const char *name;
    void (*write) (Fixture *);
  } mappings[] = {
    { "stack", write_stack },
    { "turns", write_turns },
    { "lines", write_lines },
    { "chosen", write_chosen },
    { "other-order", write_other_order },
    { "open-end", write_open_end },
    { "mosaic", write_mosaic },
  };

  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/hdf5/virtual/selection", test_selection);
  g_test_add_func ("/hdf5/virtual/damaged-selection", test_damaged_selection);
  for (guint i = 0; i < G_N_ELEMENTS (mappings); i++)
    {
      g_autofree char *path = g_strconcat ("/hdf5/virtual/", mappings[i].name, NULL);

      g_test_add (path, Fixture, (gconstpointer) mappings[i].write, fixture_set_up, test_mappings,
                  fixture_tear_down);
    }
  add_test ("/hdf5/virtual/new-list", test_new_list);
  add_test ("/hdf5/virtual/wide-bools", test_wide_bools);
  add_test ("/hdf5/virtual/external", test_external);

  return g_test_run ();
}
