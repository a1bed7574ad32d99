"""What attackers, scanners and broken programs send in place of what a page wants."""

ENDLESS = "9" * 4500  # Python reads no number of more than 4300 digits
HOSTILE = (
    "", "0", "-1", "1", "abc", "9" * 11, "2147483648", "9223372036854775808", ENDLESS, "1.5", "1e400", "NaN",
    "-Infinity", "٣", "²", "Ⅷ", "１", "a\0b", "\0", "%00", "\ufffe", "\u202e", "😀" * 30, "x" * 3000, " ",
    "\r\n", "\t", "' OR 1=1 --", '"><script>', "{{ 7*7 }}", "{number}", "{0.__class__}", "%s%n", "../../etc/passwd",
    "//evil.example", "javascript:1", "99999-01-01", "0000-00-00", "9999-12-31", "0001-01-01", "2024-02-30",
    "25:61", "00000000-0000-0000-0000-000000000000", "{}", "[]", "null", "true", "=1+1", "a@b", "robin@example.org",
    "robin@exa mple.org", "xn--@xn--", "LS1 1AA garbage", "GB", "ZZ", "__all__", "-pk", "pk", "id__in", "\\", "`",
)  # fmt: skip

# By the converter of a path; those with NUL or a slash come as a browser would send them.
HOSTILE_PATHS = {
    "int": ("0", "9" * 11, "2147483648", "9" * 900, "9" * 4500, "١"),
    "uuid": ("00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
    "slug": ("x", "-", "x" * 900, "0", "es"),
    "str": ("x", "%00", "x" * 900, "%F0%9F%98%80", "a:b:c", "MQ", "%2e%2e", "%FF", "1-x", "eyJ.x.y"),
    "path": ("abc", "0", "9" * 30, "_5F", "_31", "%00", "1/2", "x" * 900, "%C2%B2", "%FF", "1.5",
             "00000000-0000-0000-0000-000000000000"),
}  # fmt: skip

HOSTILE_HEADERS = (
    {"HTTP_COOKIE": 'sid="\\000aaaaaaaaaaaaaaaa"; form="\\000"; basket="\\000"; orders=x; left=\\'},
    {"HTTP_COOKIE": "sid=" + "a" * 3000},
    {"HTTP_COOKIE": "basket=:::; orders=e30:1:x; sid=" + "z" * 32},
    {"HTTP_REFERER": "http://[", "HTTP_ORIGIN": "null"},
    {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": "http://[::1", "HTTP_HX_TRIGGER": "\ufffe"},
    {"HTTP_ACCEPT_LANGUAGE": "x" * 900, "HTTP_ACCEPT": "\0", "HTTP_ACCEPT_ENCODING": "gzip;q=x"},
    {"HTTP_IF_MODIFIED_SINCE": "never", "HTTP_IF_NONE_MATCH": 'W/"', "HTTP_RANGE": "bytes=9-1"},
    {"HTTP_HOST": "evil.example:99999"},
    {"HTTP_STRIPE_SIGNATURE": "t=x,v1=" + "0" * 900},
    {"HTTP_X_FORWARDED_FOR": "::::, 999.1.1.1", "HTTP_X_FORWARDED_PROTO": "gopher"},
)
HOSTILE_BODIES = (
    ("application/json", b"{"),
    ("application/json", b'{"id": "evt_\\u0000"}'),
    ("application/x-www-form-urlencoded", b"%00=%00&a=%FF&%"),
    ("application/x-www-form-urlencoded", b"a=1&" * 3000),
    ("application/x-www-form-urlencoded; charset=nonsense", b"a=1"),
    ("multipart/form-data", b"no boundary"),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a\0"\r\n\r\n\0\r\n--x--'),
    ("multipart/form-data; boundary=x", (b'--x\r\nContent-Disposition: form-data; name="import_file"; '
                                        b'filename="../a\0.csv"\r\n\r\nx\r\n--x--')),
    ("text/plain", b"\xff" * 99),
)  # fmt: skip
