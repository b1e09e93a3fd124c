/* test-s3-sign.c: signatures against the examples in Amazon's description of them
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "store/ann-s3-sign.h"

#include <string.h>

#define HOST "https://examplebucket.s3.amazonaws.com"
#define TIME G_GINT64_CONSTANT (1369353600) /* 2013-05-24T00:00:00Z */

static AnnSignIn *
sign_in_new (const char *token)
{
  return ann_sign_in_new_key ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                              token);
}

static const char *
find (GPtrArray *headers, const char *name)
{
  for (guint i = 0; i < headers->len; i++)
    {
      if (g_str_has_prefix (headers->pdata[i], name))
        return (const char *) headers->pdata[i] + strlen (name);
    }

  return NULL;
}

static void
assert_signature (const char *url, const char *header, const char *names, const char *signature)
{
  g_autoptr (AnnSignIn) sign_in = sign_in_new (NULL);
  g_autoptr (GPtrArray) headers = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *expected = g_strdup_printf (
      "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/"
      "aws4_request, SignedHeaders=%s, Signature=%s",
      names, signature);

  if (header != NULL)
    g_ptr_array_add (headers, g_strdup (header));
  _ann_s3_sign (sign_in, "GET", url, NULL, "us-east-1", TIME, headers);

  g_assert_cmpstr (find (headers, "Authorization: "), ==, expected);
  g_assert_cmpstr (find (headers, "x-amz-date: "), ==, "20130524T000000Z");
  g_assert_cmpstr (find (headers, "x-amz-content-sha256: "), ==,
                   "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  g_assert_null (find (headers, "x-amz-security-token: "));
}

/* "Example: GET Object", "Example: GET Bucket Lifecycle", "Example: Get Bucket (List Objects)" of
 * the S3 API reference, the last one also with its parameters in another order.
 */
static void
test_examples (void)
{
  assert_signature (HOST "/test.txt", "Range: bytes=0-9",
                    "host;range;x-amz-content-sha256;x-amz-date",
                    "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
  assert_signature (HOST "/?lifecycle", NULL, "host;x-amz-content-sha256;x-amz-date",
                    "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
  assert_signature (HOST "?max-keys=2&prefix=J", NULL, "host;x-amz-content-sha256;x-amz-date",
                    "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
  assert_signature (HOST "/?prefix=J&max-keys=2", NULL, "host;x-amz-content-sha256;x-amz-date",
                    "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

/* A header that comes before the host in the order of names: as botocore 1.44 signs it. */
static void
test_order (void)
{
  assert_signature (HOST "/test.txt", "Accept: x", "accept;host;x-amz-content-sha256;x-amz-date",
                    "a20a586f003a6b51c81150897c63858ef7743f5d3f4214b4c30ef1b1ec2bff8a");
}

/* As botocore 1.44 signs it at the same time. */
static void
test_token (void)
{
  g_autoptr (AnnSignIn) sign_in = sign_in_new ("to/ken+=");
  g_autoptr (GPtrArray) headers = g_ptr_array_new_with_free_func (g_free);

  _ann_s3_sign (sign_in, "GET", "http://127.0.0.1:9000/bucket/a%20b%2B%C3%BC/x~y%281%27%29", NULL,
                "eu-central-1", TIME, headers);

  g_assert_cmpstr (find (headers, "x-amz-security-token: "), ==, "to/ken+=");
  g_assert_cmpstr (find (headers, "Authorization: "), ==,
                   "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/eu-central-1/s3/"
                   "aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date;"
                   "x-amz-security-token, Signature="
                   "f0c026f429aeb4153e1b67bcfe1f1288fbc804b0944bea20c0b96c54b41221a7");
}

static void
test_bearer (void)
{
  g_autoptr (AnnSignIn) sign_in = ann_sign_in_new_bearer ("token");
  g_autoptr (GPtrArray) headers = g_ptr_array_new_with_free_func (g_free);

  _ann_s3_sign (sign_in, "GET", HOST "/x", NULL, "auto", TIME, headers);

  g_assert_cmpuint (headers->len, ==, 1);
  g_assert_cmpstr (headers->pdata[0], ==, "Authorization: Bearer token");
}

/* "Example: PUT Object" of the same. */
static void
test_put (void)
{
  const char *body = "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072";
  g_autoptr (AnnSignIn) sign_in = sign_in_new (NULL);
  g_autoptr (GPtrArray) headers = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (headers, g_strdup ("Date: Fri, 24 May 2013 00:00:00 GMT"));
  g_ptr_array_add (headers, g_strdup ("x-amz-storage-class: REDUCED_REDUNDANCY"));
  _ann_s3_sign (sign_in, "PUT", HOST "/test%24file.text", body, "us-east-1", TIME, headers);

  g_assert_cmpstr (find (headers, "x-amz-content-sha256: "), ==, body);
  g_assert_cmpstr (find (headers, "Authorization: "), ==,
                   "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/"
                   "aws4_request, SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;"
                   "x-amz-storage-class, Signature="
                   "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/s3-sign/examples", test_examples);
  g_test_add_func ("/s3-sign/order", test_order);
  g_test_add_func ("/s3-sign/token", test_token);
  g_test_add_func ("/s3-sign/bearer", test_bearer);
  g_test_add_func ("/s3-sign/put", test_put);

  return g_test_run ();
}
