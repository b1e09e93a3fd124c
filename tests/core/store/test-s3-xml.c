/* test-s3-xml.c: lists and errors, as servers send them or should not
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-error.h"
#include "store/ann-s3-xml.h"
#include "store/ann-store.h"

#include <string.h>

#define HEAD                                                                                       \
  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"                                                   \
  "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"

/* "name/" for a prefix, "name=size" for an object, one after the other. */
static char *
parse (const char *text, const char *prefix, char **token)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (
      (GDestroyNotify) _ann_store_entry_free);
  g_autoptr (GError) error = NULL;
  GString *names = g_string_new (NULL);

  _ann_s3_page_parse (text, strlen (text), prefix, entries, token, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < entries->len; i++)
    {
      const AnnStoreEntry *entry = entries->pdata[i];

      g_string_append_printf (names, "%s%s", i > 0 ? "|" : "", entry->name);
      if (entry->is_prefix)
        g_string_append_c (names, '/');
      else if (entry->size != ANN_STORE_SIZE_UNKNOWN)
        g_string_append_printf (names, "=%" G_GUINT64_FORMAT, entry->size);
    }

  return g_string_free (names, FALSE);
}

static void
assert_page (const char *body, const char *prefix, const char *expected, const char *next)
{
  g_autofree char *text = g_strconcat (HEAD, body, "</ListBucketResult>", NULL);
  g_autofree char *token = NULL;
  g_autofree char *names = parse (text, prefix, &token);

  g_assert_cmpstr (names, ==, expected);
  g_assert_cmpstr (token, ==, next);
}

static void
test_pages (void)
{
  assert_page ("<Name>b</Name><Prefix/><KeyCount>0</KeyCount><IsTruncated>false</IsTruncated>", "",
               "", NULL);
  assert_page ("<IsTruncated>true</IsTruncated><Contents><Key>a.txt</Key><LastModified>x"
               "</LastModified><ETag>&quot;e&quot;</ETag><Size>434234</Size><Owner><ID>7</ID>"
               "<Key>no</Key></Owner></Contents><Contents><Size>0</Size><Key>b &amp; c</Key>"
               "</Contents><CommonPrefixes><Prefix>d/</Prefix></CommonPrefixes>"
               "<NextContinuationToken>1u/+=</NextContinuationToken>",
               "", "a.txt=434234|b & c=0|d/", "1u/+=");
  /* A token without more to come is not asked with. */
  assert_page ("<NextContinuationToken>x</NextContinuationToken>", "", "", NULL);
  /* Encoded, which may be said at the end. */
  assert_page ("<Contents><Key>p/a+b%2Bc%C3%BC%25</Key><Size>1</Size></Contents>"
               "<CommonPrefixes><Prefix>p/x%2Fy/</Prefix></CommonPrefixes>"
               "<CommonPrefixes><Prefix>p/d+e/</Prefix></CommonPrefixes>"
               "<EncodingType>url</EncodingType>",
               "p/", "a b+cü%=1|d e/", NULL);
  assert_page ("<Contents><Key>a+b%20c</Key><Size>1</Size></Contents>", "", "a+b%20c=1", NULL);
  /* The marker of a folder, what is elsewhere, what is no name of a key, a size that is none. */
  assert_page ("<Contents><Key>p/</Key><Size>0</Size></Contents>"
               "<Contents><Key>q/a</Key><Size>1</Size></Contents>"
               "<Contents><Key>p/a/b</Key><Size>1</Size></Contents>"
               "<Contents><Key>p/..</Key><Size>1</Size></Contents>"
               "<CommonPrefixes><Prefix>p//</Prefix></CommonPrefixes>"
               "<CommonPrefixes><Prefix>p/../</Prefix></CommonPrefixes>"
               "<Contents><Size>1</Size></Contents>"
               "<Contents><Key>p/c</Key><Size>-1</Size></Contents>"
               "<Contents><Key>p/d</Key></Contents>",
               "p/", "c|d", NULL);
  assert_page ("<Contents><Key>a%FF</Key></Contents><Contents><Key>a%00</Key></Contents>"
               "<EncodingType>url</EncodingType>",
               "", "", NULL);
}

static void
assert_wrong (const char *text)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (
      (GDestroyNotify) _ann_store_entry_free);
  g_autoptr (GError) error = NULL;
  char *token = NULL;

  g_assert_false (_ann_s3_page_parse (text, strlen (text), "", entries, &token, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_FORMAT);
  g_assert_null (token);
}

static void
test_wrong_pages (void)
{
  g_autofree char *long_token = g_strnfill (10000, 'x');
  g_autofree char *long_page = g_strconcat (
      HEAD "<IsTruncated>true</IsTruncated><NextContinuationToken>", long_token,
      "</NextContinuationToken></ListBucketResult>", NULL);

  assert_wrong ("");
  assert_wrong ("<html><body>Sign in to the network</body></html>");
  assert_wrong ("<!DOCTYPE html><p>");
  assert_wrong (HEAD "<Contents><Key>a</Key>");
  assert_wrong (HEAD "<Contents><Key>\xff</Key></Contents></ListBucketResult>");
  assert_wrong (HEAD "<IsTruncated>true</IsTruncated></ListBucketResult>");
  assert_wrong ("<ListAllMyBucketsResult></ListAllMyBucketsResult>");
  assert_wrong (long_page);
}

static void
assert_fault (const char *text, const char *code, const char *region)
{
  AnnS3Fault fault;

  _ann_s3_fault_parse (&fault, text);
  g_assert_cmpstr (fault.code, ==, code);
  g_assert_cmpstr (fault.region, ==, region);
  _ann_s3_fault_clear (&fault);
}

static void
test_faults (void)
{
  assert_fault (
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>NoSuchKey</Code><Message>The "
      "specified key does not exist.</Message><Key>a</Key></Error>",
      "NoSuchKey", NULL);
  assert_fault (
      "<Error><Code>AuthorizationHeaderMalformed</Code><Message>the region 'us-east-1' is "
      "wrong</Message><Region>eu-west-1</Region></Error>",
      "AuthorizationHeaderMalformed", "eu-west-1");
  /* What breaks off is taken as far as it goes. */
  assert_fault ("<Error><Code>AccessDenied</Code><Message>User: arn", "AccessDenied", NULL);
  assert_fault ("<Error><Code>PermanentRedirect</Code><Endpoint>b.s3.eu-west-1.amazonaws.com"
                "</Endpoint></Error>",
                "PermanentRedirect", "eu-west-1");
  assert_fault ("<Error><Endpoint>b.s3-us-west-2.amazonaws.com</Endpoint></Error>", NULL,
                "us-west-2");
  assert_fault ("<Error><Endpoint>b.s3.amazonaws.com</Endpoint></Error>", NULL, "us-east-1");
  assert_fault ("<Error><Endpoint>b.s3.cn-north-1.amazonaws.com.cn</Endpoint></Error>", NULL,
                "cn-north-1");
  assert_fault ("<Error><Endpoint>h.org</Endpoint></Error>", NULL, NULL);
  assert_fault ("<Error><Endpoint>.amazonaws.com</Endpoint></Error>", NULL, NULL);
  assert_fault ("<Error><Region>a.b</Region></Error>", NULL, NULL);
  assert_fault ("<Other><Code>AccessDenied</Code></Other>", NULL, NULL);
  assert_fault ("no XML", NULL, NULL);
  assert_fault ("", NULL, NULL);
  assert_fault (NULL, NULL, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/s3-xml/pages", test_pages);
  g_test_add_func ("/s3-xml/wrong-pages", test_wrong_pages);
  g_test_add_func ("/s3-xml/faults", test_faults);

  return g_test_run ();
}
