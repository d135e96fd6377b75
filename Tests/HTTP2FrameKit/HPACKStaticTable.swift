/// The 61 fields both sides know from the start (RFC 7541 Appendix A).
enum HPACKStaticTable {
    static let fields: [Field] =
        [
            Field(":authority", ""), Field(":method", "GET"), Field(":method", "POST"), Field(":path", "/"),
            Field(":path", "/index.html"), Field(":scheme", "http"), Field(":scheme", "https"),
        ] + ["200", "204", "206", "304", "400", "404", "500"].map { Field(":status", $0) }
        + [Field("accept-charset", ""), Field("accept-encoding", "gzip, deflate")]
        + [
            "accept-language", "accept-ranges", "accept", "access-control-allow-origin", "age", "allow",
            "authorization", "cache-control", "content-disposition", "content-encoding", "content-language",
            "content-length", "content-location", "content-range", "content-type", "cookie", "date", "etag", "expect",
            "expires", "from", "host", "if-match", "if-modified-since", "if-none-match", "if-range",
            "if-unmodified-since", "last-modified", "link", "location", "max-forwards", "proxy-authenticate",
            "proxy-authorization", "range", "referer", "refresh", "retry-after", "server", "set-cookie",
            "strict-transport-security", "transfer-encoding", "user-agent", "vary", "via", "www-authenticate",
        ].map { Field($0, "") }
}
